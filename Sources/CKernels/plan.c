/* Plans the execution of a convolution. Everything here depends on shapes and the instruction set, never on threads. */
#include "plan.h"

static int planes_out(const ck_plan *p) { return p->batch * p->depth_out; }

/* Compares rough cycle counts of both methods; only their order matters. */
static bool direct_is_faster(const ck_plan *p) {
    double lanes = p->kernels->lanes, n = p->n_total / lanes, k = (p->k_padded[0] + p->k_padded[1]) / lanes;
    double taps = p->kernel_depth, channels = p->k_total * taps;
    double tiles = p->tiles, pixels = (double)planes_out(p) * p->height_out * p->width_out;
    double winograd = tiles * (18 * channels * n + 130 * k * taps + 130 * n)
        + 6 * p->k_total * taps * p->n_total * (1 + tiles / 256);
    double direct = pixels * (4.8 * channels * n + 2 * k * taps + 3 * n) + 1.5 * p->k_total * taps * p->n_total;
    return direct < winograd;
}

static void plan_winograd(ck_plan *p) {
    double weights = (double)ck_points * p->kernel_depth * p->k_total * p->n_total * sizeof(float);
    p->shared = p->tiles <= 4 * ck_block || weights > 8e6;
    if (p->shared) {
        int blocks = ck_divide_up(p->tiles, ck_shared_tiles);
        p->block = ck_min(ck_round_up(ck_divide_up(p->tiles, blocks), ck_block), p->tiles);
        p->group = ck_min(p->n_total, 64);
    } else {
        p->block = ck_block;
        p->group = ck_min(p->n_total, 128);
    }
    p->blocks = ck_divide_up(p->tiles, p->block);
    /* With few tiles, reading 36 numbers for 9 from memory costs more than transforming the 9 again. */
    p->transformed = !p->shared || p->blocks > 4;
    p->u_plane = ck_spread(ck_few * 2 * p->kernels->lanes);
    p->u_floats = p->transformed ? 0 : (size_t)p->u_plane * ck_points;
    p->groups = ck_divide_up(p->n_total, p->group);
    ptrdiff_t columns = (ptrdiff_t)p->kernel_depth * (p->k_padded[0] + p->k_padded[1]);
    p->v_stride = columns % 128 == 0 ? columns + 16 : columns;
    p->v_plane = ck_spread(p->v_stride * p->block);
    p->m_stride = p->group;
    p->m_plane = ck_spread(p->m_stride * p->block);
    p->v_floats = ck_lines((size_t)p->v_plane * ck_points);
    p->m_floats = ck_lines((size_t)p->m_plane * ck_points);
    p->parts = ck_divide_up(p->tiles, ck_block);
}

static void plan_direct(ck_plan *p) {
    p->rows = ck_max(1, ck_min(p->height_out, 1024 / ck_max(1, p->width_out)));
    int strips = ck_divide_up(p->height_out, p->rows);
    p->rows = ck_divide_up(p->height_out, strips);
    p->row_tasks = planes_out(p) * strips;
    p->strip_floats = ck_lines((size_t)p->kernel_depth * (p->rows + 2) * (p->width_out + 2) * p->k_total);
    p->parts = p->row_tasks;
}

static ck_plan shapes(const ck_conv *conv, ck_pass pass, const ck_kernels *kernels) {
    ck_plan p = {.kernels = kernels, .batch = conv->batch, .kernel_depth = conv->kernel_depth};
    int depth = ck_conv_out_depth(conv), height = ck_conv_out_height(conv), width = ck_conv_out_width(conv);
    if (pass == ck_pass_forward) {
        p.depth_in = conv->depth;
        p.height_in = conv->height;
        p.width_in = conv->width;
        p.depth_out = depth;
        p.height_out = height;
        p.width_out = width;
        p.padding = conv->padding;
        p.k[0] = conv->in_channels[0];
        p.k[1] = conv->in_channels[1];
        p.n[0] = conv->out_channels;
    } else {
        p.depth_in = depth;
        p.height_in = height;
        p.width_in = width;
        p.depth_out = conv->depth;
        p.height_out = conv->height;
        p.width_out = conv->width;
        p.padding = 2 - conv->padding;
        p.k[0] = conv->out_channels;
        p.n[0] = conv->in_channels[0];
        p.n[1] = conv->in_channels[1];
    }
    if (conv->kernel_depth > 1) {
        p.padding_depth = pass == ck_pass_forward ? conv->padding_depth : 2 - conv->padding_depth;
    }
    for (int i = 0; i < 2; i++) {
        p.k_padded[i] = ck_round_up(p.k[i], kernels->lanes);
        p.n_padded[i] = ck_round_up(p.n[i], kernels->lanes);
    }
    p.k_total = p.k[0] + p.k[1];
    p.n_total = p.n_padded[0] + p.n_padded[1];
    p.tiles_y = ck_divide_up(p.height_out, ck_tile);
    p.tiles_x = ck_divide_up(p.width_out, ck_tile);
    p.tiles = planes_out(&p) * p.tiles_y * p.tiles_x;
    return p;
}

ck_plan ck_plan_conv(const ck_conv *conv, ck_pass pass, const ck_kernels *kernels) {
    ck_plan p = shapes(conv, pass, kernels);
    p.direct = direct_is_faster(&p);
    if (p.direct) plan_direct(&p);
    else plan_winograd(&p);
    return p;
}

/* Backward-weights sums over tiles: rows of both operands are read at the same columns, so they are spread over the
 * cache's sets. Small sums (up to about 64 · 64) fit in a core's cache, so each task has its own. */
ck_plan ck_plan_gradient(const ck_conv *conv, const ck_kernels *kernels) {
    ck_plan p = shapes(conv, ck_pass_forward, kernels);
    p.direct = p.k_total <= 4;
    if (p.direct) {
        plan_direct(&p);
        p.blocks = p.row_tasks;
        p.shared = false;
        p.w_plane = 0;
        p.w_floats = ck_lines((size_t)9 * (size_t)p.kernel_depth * (size_t)p.k_total * (size_t)p.n_total);
    } else {
        ptrdiff_t columns = (ptrdiff_t)p.kernel_depth * (p.k_padded[0] + p.k_padded[1]);
        p.w_plane = ck_spread(columns * p.n_total);
        p.w_floats = ck_lines((size_t)p.w_plane * ck_points);
        p.shared = p.w_floats * sizeof(float) > 640 << 10;
        p.v_stride = ck_spread(columns);
        p.m_stride = ck_spread(p.n_total);
        p.joint = p.shared && p.tiles <= ck_joint_tiles;
        int blocks = p.joint ? 1 : ck_divide_up(p.tiles, p.shared ? ck_shared_tiles : ck_block);
        p.block = ck_divide_up(p.tiles, blocks);
        p.blocks = ck_divide_up(p.tiles, p.block);
        p.v_plane = ck_spread(p.v_stride * p.block);
        p.m_plane = ck_spread(p.m_stride * p.block);
        p.v_floats = ck_lines((size_t)p.v_plane * ck_points);
        p.m_floats = ck_lines((size_t)p.m_plane * ck_points);
    }
    if (p.joint) {
        p.w_plane = ck_spread(ck_joint_rows * ck_min(p.n_total, ck_joint_columns));
        p.w_floats = ck_lines((size_t)p.w_plane * ck_points);
    }
    p.sums = p.shared ? 1 : ck_min(p.blocks, 16);
    return p;
}

ck_place ck_place_of(const ck_plan *p, int tile) {
    int plane = p->tiles_y * p->tiles_x, q = tile / plane, in_plane = tile % plane;
    return (ck_place){
        .batch = q / p->depth_out,
        .depth = q % p->depth_out,
        .y = in_plane / p->tiles_x * ck_tile,
        .x = in_plane % p->tiles_x * ck_tile,
    };
}

int ck_part_pixels(const ck_plan *p, int part) {
    if (p->direct) {
        int strips = ck_divide_up(p->height_out, p->rows);
        return ck_min(p->rows, p->height_out - part % strips * p->rows) * p->width_out;
    }
    int pixels = 0;
    for (int tile = part * ck_block; tile < ck_min(p->tiles, (part + 1) * ck_block); tile++) {
        ck_place at = ck_place_of(p, tile);
        pixels += ck_min(ck_tile, p->height_out - at.y) * ck_min(ck_tile, p->width_out - at.x);
    }
    return pixels;
}

ck_lane_range ck_output_lanes(const ck_plan *p, int vector) {
    int lanes = p->kernels->lanes, column = vector * lanes, map = column >= p->n_padded[0];
    int channel = column - (map ? p->n_padded[0] : 0);
    return (ck_lane_range){.map = map, .channel = channel, .count = ck_min(lanes, p->n[map] - channel)};
}

int ck_map_run(const ck_plan *p, int column, int limit, ck_lane_range *range) {
    int map = column >= p->n_padded[0], start = map ? p->n_padded[0] : 0;
    int end = ck_min(limit, start + p->n_padded[map]);
    *range = (ck_lane_range){
        .map = map, .channel = column - start, .count = ck_min(end - start, p->n[map]) - (column - start)};
    return end;
}

size_t ck_plan_weights(const ck_plan *p) {
    size_t taps = p->transformed ? ck_points : 9;
    return ck_lines(taps * (size_t)p->kernel_depth * (size_t)p->k_total * (size_t)p->n_total);
}

/* ---- gathered sums: for each part, `shift`, `sum`, `square` or `g`, `gy`, each n_total floats ---- */

static size_t gathered_floats(const ck_plan *p) { return ck_lines((size_t)p->parts * 3 * (size_t)p->n_total); }

size_t ck_plan_scratch(const ck_plan *p, int threads, bool gathers) {
    size_t floats = gathers ? gathered_floats(p) : 0;
    size_t each = (size_t)ck_max(threads, 1);
    if (p->direct) {
        floats += each * (p->strip_floats + ck_lines((size_t)ck_block * (size_t)p->n_total));
    } else if (p->shared) {
        floats += p->v_floats + each * (p->m_floats + p->u_floats);
    } else {
        floats += each * (p->v_floats + p->m_floats);
    }
    return floats * sizeof(float);
}

void ck_sink_channels(
    const ck_plan *p, const ck_run_args *args, ck_lane_range range, int column, int part, float *gathered, ck_sink *sink) {
    sink->channels = range.count;
    sink->bias = args->bias ? args->bias + range.channel : NULL;
    sink->relu = args->relu;
    sink->shift = sink->sum = sink->square = sink->g = sink->gy = NULL;
    sink->y = NULL;
    float *sums = gathered + (size_t)part * 3 * (size_t)p->n_total + column;
    if (args->moments) {
        sink->shift = sums;
        sink->sum = sums + p->n_total;
        sink->square = sums + 2 * p->n_total;
    } else if (args->probe && args->probes[range.map].sums) {
        const ck_norm_probe *probe = &args->probes[range.map];
        sink->y = probe->y;
        sink->y_scale = probe->scale + range.channel;
        sink->y_shift = probe->shift + range.channel;
        sink->y_mean = probe->mean + range.channel;
        sink->g = sums;
        sink->gy = sums + p->n_total;
    }
}

static void join_moments(const ck_plan *p, const float *gathered, ck_moments *moments) {
    double count = 0;
    for (int c = 0; c < p->n[0]; c++) moments[c] = (ck_moments){0, 0};
    for (int part = 0; part < p->parts; part++) {
        const float *sums = gathered + (size_t)part * 3 * (size_t)p->n_total;
        double n = ck_part_pixels(p, part);
        for (int c = 0; c < p->n[0]; c++) {
            ck_moments_join(&moments[c], count, n, sums[c], sums[p->n_total + c], sums[2 * p->n_total + c]);
        }
        count += n;
    }
}

static void join_probes(const ck_plan *p, const float *gathered, const ck_run_args *args) {
    for (int map = 0, column = 0; map < 2; column += p->n_padded[map++]) {
        ck_norm_sums *sums = args->probes[map].sums;
        if (!sums) continue;
        for (int c = 0; c < p->n[map]; c++) sums[c] = (ck_norm_sums){0, 0};
        for (int part = 0; part < p->parts; part++) {
            const float *from = gathered + (size_t)part * 3 * (size_t)p->n_total + column;
            for (int c = 0; c < p->n[map]; c++) {
                sums[c].g += from[c];
                sums[c].gy += from[p->n_total + c];
            }
        }
    }
}

void ck_plan_run(const ck_plan *p, const ck_run_args *args, float *scratch, const ck_team *team) {
    float *gathered = scratch;
    if (args->moments || args->probe) scratch += gathered_floats(p);
    if (p->direct) ck_run_direct(p, args, scratch, gathered, team);
    else ck_run_winograd(p, args, scratch, gathered, team);
    if (args->moments) join_moments(p, gathered, args->moments);
    else if (args->probe) join_probes(p, gathered, args);
}
