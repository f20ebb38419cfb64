/* Winograd convolution: input transforms, 36 matrix products, and output transforms, block of tiles by block. */
#include "plan.h"

typedef struct winograd {
    const ck_plan *plan;
    const ck_run_args *args;
    float *v, *m, *u, *gathered;
    int first, count; /* tiles of the current block, if it is shared */
} winograd;

void ck_transform_tile(const ck_plan *p, const ck_source *sources, int tile, float *v) {
    ck_place at = ck_place_of(p, tile);
    int y = at.y - p->padding, x = at.x - p->padding;
    for (int tap = 0; tap < p->kernel_depth; tap++) {
        int depth = at.depth + tap - p->padding_depth;
        bool absent = depth < 0 || depth >= p->depth_in;
        for (int i = 0; i < 2 && p->k[i] > 0; i++) {
            if (absent) {
                for (int point = 0; point < ck_points; point++) {
                    memset(v + point * p->v_plane, 0, (size_t)p->k_padded[i] * sizeof(float));
                }
            } else {
                const ck_source *source = &sources[i];
                ptrdiff_t pixel = source->stride ? source->stride : p->k[i], row = pixel * p->width_in;
                ptrdiff_t plane = (ptrdiff_t)at.batch * p->depth_in + depth;
                ck_patch patch = {
                    .data = source->data + plane * p->height_in * row + y * row + x * pixel,
                    .pixel = pixel,
                    .row = row,
                    .y0 = -y,
                    .y1 = p->height_in - y,
                    .x0 = -x,
                    .x1 = p->width_in - x,
                    .channels = p->k[i],
                    .scale = source->scale,
                    .shift = source->shift,
                };
                p->kernels->input_tile(&patch, v, p->v_plane);
            }
            v += p->k_padded[i];
        }
    }
}

enum { most_segments = 8 };

/* Position in the input channels, which are read in segments of at most `longest` in total, and in the rows of the
 * weights. */
typedef struct walk {
    int tap, map, channel; /* where the next segment begins */
    int row;
} walk;

static int next_segments(const ck_plan *p, walk *at, const float *v, ck_segment *segments, int longest) {
    int count = 0, sum = 0;
    while (at->tap < p->kernel_depth && count < most_segments && sum < longest) {
        int length = ck_min(p->k[at->map] - at->channel, longest - sum);
        ptrdiff_t column = (ptrdiff_t)at->tap * (p->k_padded[0] + p->k_padded[1]) + (at->map ? p->k_padded[0] : 0);
        segments[count++] = (ck_segment){v + column + at->channel, length};
        sum += length;
        at->channel += length;
        if (at->channel == p->k[at->map]) {
            at->channel = 0;
            at->map = at->map == 0 && p->k[1] > 0;
            if (at->map == 0) at->tap++;
        }
    }
    at->row += sum;
    return count;
}

/* Transforms rows [row, row + count) of a panel of untransformed weights into u. */
static void transform_weights(const ck_plan *p, const float *panel, int width, int row, int count, float *u) {
    int lanes = p->kernels->lanes;
    for (int i = 0; i < count; i++) {
        int tap = (row + i) / p->k_total, k = (row + i) % p->k_total;
        const float *from = panel + ((size_t)tap * 9 * (size_t)p->k_total + (size_t)k) * (size_t)width;
        for (int lane = 0; lane < width; lane += lanes) {
            p->kernels->filter_transform(from + lane, (ptrdiff_t)p->k_total * width, u + i * width + lane, p->u_plane);
        }
    }
}

/* m = v · u at all points, for the columns of one group. */
static void multiply_group(const ck_plan *p, const float *packed, int group, int tiles, const float *v, float *m) {
    int lanes = p->kernels->lanes, rows = p->k_total * p->kernel_depth;
    int end = ck_min(p->n_total, (group + 1) * p->group);
    for (int column = group * p->group; column < end; column += 2 * lanes) {
        int vectors = ck_min(2, (end - column) / lanes), width = vectors * lanes;
        const float *panel = packed + (size_t)column * ck_points * (size_t)rows;
        for (int point = 0; point < ck_points; point++) {
            float *to = m + point * p->m_plane + (column - group * p->group);
            walk at = {0};
            while (at.tap < p->kernel_depth) {
                ck_segment segments[most_segments];
                int row = at.row;
                int count = next_segments(p, &at, v + point * p->v_plane, segments, ck_sum);
                const float *b = panel + ((size_t)point * (size_t)rows + (size_t)row) * (size_t)width;
                p->kernels->gemm_rows(tiles, vectors, count, segments, p->v_stride, b, to, p->m_stride, row > 0);
            }
        }
    }
}

/* The same with untransformed weights, for which u is scratch memory. It processes a few channels at a time for all
 * columns of the group, so that v, which exceeds the second-level cache, is read from memory only once. */
static void transform_and_multiply_group(
    const ck_plan *p, const float *packed, int group, int tiles, const float *v, float *m, float *u) {
    int lanes = p->kernels->lanes, rows = p->k_total * p->kernel_depth;
    int start = group * p->group, end = ck_min(p->n_total, start + p->group);
    for (walk at = {0}, next = {0}; at.tap < p->kernel_depth; at = next) {
        ck_segment segments[most_segments];
        next_segments(p, &next, v, segments, ck_few);
        for (int column = start; column < end; column += 2 * lanes) {
            int vectors = ck_min(2, (end - column) / lanes), width = vectors * lanes;
            const float *panel = packed + (size_t)column * 9 * (size_t)rows;
            transform_weights(p, panel, width, at.row, next.row - at.row, u);
            for (int point = 0; point < ck_points; point++) {
                walk again = at;
                int count = next_segments(p, &again, v + point * p->v_plane, segments, ck_few);
                p->kernels->gemm_rows(
                    tiles, vectors, count, segments, p->v_stride, u + point * p->u_plane,
                    m + point * p->m_plane + (column - start), p->m_stride, at.row > 0);
            }
        }
    }
}

/* Writes the outputs of tiles [first, first + count) for the columns of one group. */
static void finish_group(const winograd *w, int group, int first, int count, const float *m) {
    const ck_plan *p = w->plan;
    const ck_run_args *args = w->args;
    int start = group * p->group, end = ck_min(p->n_total, start + p->group);
    for (int i = 0; i < count; i++) {
        int tile = first + i;
        ck_place at = ck_place_of(p, tile);
        ptrdiff_t plane = (ptrdiff_t)at.batch * p->depth_out + at.depth;
        ptrdiff_t position = (plane * p->height_out + at.y) * p->width_out + at.x;
        for (int column = start; column < end;) {
            ck_lane_range range;
            int next = ck_map_run(p, column, end, &range);
            if (args->outputs[range.map]) {
                ptrdiff_t pixel = args->strides[range.map] ? args->strides[range.map] : p->n[range.map];
                ck_sink sink = {
                    .out = args->outputs[range.map] + position * pixel + range.channel,
                    .pixel = pixel,
                    .row = pixel * p->width_out,
                    .rows = ck_min(ck_tile, p->height_out - at.y),
                    .columns = ck_min(ck_tile, p->width_out - at.x),
                    .first = tile % ck_block == 0,
                };
                ck_sink_channels(p, args, range, column, tile / ck_block, w->gathered, &sink);
                if (sink.y) {
                    sink.y_pixel = p->n[range.map];
                    sink.y_row = sink.y_pixel * p->width_out;
                    sink.y += position * sink.y_pixel + range.channel;
                }
                p->kernels->output_tile(&sink, m + i * p->m_stride + (column - start), p->m_plane);
            }
            column = next;
        }
    }
}

static void block_task(void *argument, int task, int thread) {
    const winograd *w = argument;
    const ck_plan *p = w->plan;
    float *v = w->v + (size_t)thread * p->v_floats, *m = w->m + (size_t)thread * p->m_floats;
    int first = task * p->block, count = ck_min(p->block, p->tiles - first);
    for (int i = 0; i < count; i++) ck_transform_tile(p, w->args->sources, first + i, v + i * p->v_stride);
    for (int group = 0; group < p->groups; group++) {
        multiply_group(p, w->args->packed, group, count, v, m);
        finish_group(w, group, first, count, m);
    }
}

enum { tiles_per_task = 4 };

static void transform_task(void *argument, int task, int thread) {
    (void)thread;
    const winograd *w = argument;
    for (int i = task * tiles_per_task; i < ck_min(w->count, (task + 1) * tiles_per_task); i++) {
        ck_transform_tile(w->plan, w->args->sources, w->first + i, w->v + i * w->plan->v_stride);
    }
}

static void group_task(void *argument, int task, int thread) {
    const winograd *w = argument;
    float *m = w->m + (size_t)thread * w->plan->m_floats, *u = w->u + (size_t)thread * w->plan->u_floats;
    if (w->plan->transformed) multiply_group(w->plan, w->args->packed, task, w->count, w->v, m);
    else transform_and_multiply_group(w->plan, w->args->packed, task, w->count, w->v, m, u);
    finish_group(w, task, w->first, w->count, m);
}

void ck_run_winograd(const ck_plan *p, const ck_run_args *args, float *scratch, float *gathered, const ck_team *team) {
    int threads = ck_max(1, team->threads);
    winograd w = {.plan = p, .args = args, .gathered = gathered, .v = scratch};
    w.m = scratch + (p->shared ? 1 : (size_t)threads) * p->v_floats;
    w.u = w.m + (size_t)threads * p->m_floats;
    if (!p->shared) {
        ck_run(team, p->blocks, block_task, &w);
        return;
    }
    for (int block = 0; block < p->blocks; block++) {
        w.first = block * p->block;
        w.count = ck_min(p->block, p->tiles - w.first);
        ck_run(team, ck_divide_up(w.count, tiles_per_task), transform_task, &w);
        ck_run(team, p->groups, group_task, &w);
    }
}
