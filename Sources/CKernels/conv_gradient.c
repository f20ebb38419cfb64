/* Backward-weights: for each of the 36 points, the product of transformed inputs and transformed output gradients,
 * summed over all tiles and transformed back at the end. With few input channels: directly, row by row. */
#include "plan.h"

typedef struct gradient {
    const ck_plan *plan;
    const ck_conv_backward_weights_args *args;
    float *v, *d;     /* transformed tiles, or strips and gradient rows */
    float *w, *bias;  /* sums over tiles; bias: one row of n_total for each of `bias_rows` */
    int bias_rows;
    int first, count; /* tiles of the current block, if it is shared */
} gradient;

enum { tiles_per_task = 12 };

static int bias_rows(const ck_plan *p) {
    return p->shared ? p->blocks * ck_divide_up(p->block, tiles_per_task) : p->sums;
}

static ck_slope slope_at(const gradient *g, ptrdiff_t pixel) {
    const ck_plan *p = g->plan;
    const ck_conv_backward_weights_args *a = g->args;
    ptrdiff_t n = p->n[0], at = pixel * n;
    ck_slope slope = {.g = a->gradient + at, .pixel = n, .row = n * p->width_out, .channels = p->n[0]};
    if (a->y) {
        slope.y = a->y + at;
        slope.scale = a->scale;
        slope.shift = a->shift;
        slope.c1 = a->c1;
        slope.c2 = a->c2;
        slope.c3 = a->c3;
        slope.stored = a->output_gradient ? a->output_gradient + at : NULL;
    }
    return slope;
}

/* Transforms one tile of the output gradient into row d, and adds its sum to bias. */
static void transform_gradient(const gradient *g, int tile, float *d, float *bias) {
    const ck_plan *p = g->plan;
    ck_place at = ck_place_of(p, tile);
    ptrdiff_t plane = (ptrdiff_t)at.batch * p->depth_out + at.depth;
    ck_slope slope = slope_at(g, (plane * p->height_out + at.y) * p->width_out + at.x);
    slope.rows = ck_min(ck_tile, p->height_out - at.y);
    slope.columns = ck_min(ck_tile, p->width_out - at.x);
    slope.bias = bias;
    p->kernels->gradient_tile(&slope, d, p->m_plane);
}

/* Adds `tiles` tiles to the sums of one point, of one depth tap and source. */
static void multiply(
    const ck_plan *p, int point, int tap, int map, int tiles, const float *v, const float *d, float *w, bool accumulate) {
    ptrdiff_t column = (ptrdiff_t)tap * (p->k_padded[0] + p->k_padded[1]) + (map ? p->k_padded[0] : 0);
    p->kernels->gemm_outer(
        p->k[map], p->n_total / p->kernels->lanes, tiles, v + point * p->v_plane + column, p->v_stride,
        d + point * p->m_plane, p->m_stride, w + point * p->w_plane + column * p->n_total, p->n_total, accumulate);
}

/* ---- separate sums per task ---- */

static void sum_task(void *argument, int task, int thread) {
    const gradient *g = argument;
    const ck_plan *p = g->plan;
    float *v = g->v + (size_t)thread * p->v_floats, *d = g->d + (size_t)thread * p->m_floats;
    float *w = g->w + (size_t)task * p->w_floats, *bias = g->bias + (size_t)task * (size_t)p->n_total;
    int begin = (int)((int64_t)p->blocks * task / p->sums), end = (int)((int64_t)p->blocks * (task + 1) / p->sums);
    memset(bias, 0, (size_t)p->n_total * sizeof(float));
    for (int block = begin; block < end; block++) {
        int first = block * p->block, count = ck_min(p->block, p->tiles - first);
        for (int i = 0; i < count; i++) {
            ck_transform_tile(p, g->args->sources, first + i, v + i * p->v_stride);
            transform_gradient(g, first + i, d + i * p->m_stride, bias);
        }
        for (int point = 0; point < ck_points; point++) {
            for (int tap = 0; tap < p->kernel_depth; tap++) {
                for (int map = 0; map < 2 && p->k[map] > 0; map++) {
                    multiply(p, point, tap, map, count, v, d, w, block > begin);
                }
            }
        }
    }
}

/* ---- sums shared by all threads ---- */

static void transform_task(void *argument, int task, int thread) {
    (void)thread;
    const gradient *g = argument;
    const ck_plan *p = g->plan;
    int tasks = ck_divide_up(p->block, tiles_per_task);
    float *bias = g->bias + ((size_t)(g->first / p->block) * (size_t)tasks + (size_t)task) * (size_t)p->n_total;
    memset(bias, 0, (size_t)p->n_total * sizeof(float));
    for (int i = task * tiles_per_task; i < ck_min(g->count, (task + 1) * tiles_per_task); i++) {
        ck_transform_tile(p, g->args->sources, g->first + i, g->v + i * p->v_stride);
        transform_gradient(g, g->first + i, g->d + i * p->m_stride, bias);
    }
}

static void point_task(void *argument, int task, int thread) {
    (void)thread;
    const gradient *g = argument;
    const ck_plan *p = g->plan;
    int maps = p->k[1] > 0 ? 2 : 1, point = task / (maps * p->kernel_depth);
    int tap = task / maps % p->kernel_depth, map = task % maps;
    multiply(p, point, tap, map, g->count, g->v, g->d, g->w, g->first > 0);
}

/* ---- back to filters ---- */

/* Transforms vector `vector` of the output channels of one (depth tap, input channel) into its filters' gradients. */
static void finish_filters(const gradient *g, int tap, int k, int vector, const float *w) {
    const ck_plan *p = g->plan;
    int lanes = p->kernels->lanes;
    ck_lane_range range = ck_output_lanes(p, vector);
    ptrdiff_t filter = 9 * p->kernel_depth, step = p->k_total * filter;
    float filters[9 * 16];
    p->kernels->filter_gradient(w, p->w_plane, filters);
    float *to = g->args->weights + range.channel * step + k * filter + tap * 9;
    for (int lane = 0; lane < range.count; lane++, to += step) {
        for (int i = 0; i < 9; i++) to[i] = filters[i * lanes + lane];
    }
}

/* The number of pieces of the filters' gradients, each of which is summed over all tiles at once. */
static int joint_rows(const ck_plan *p) {
    return p->kernel_depth * (ck_divide_up(p->k[0], ck_joint_rows) + ck_divide_up(p->k[1], ck_joint_rows));
}

static void joint_task(void *argument, int task, int thread) {
    const gradient *g = argument;
    const ck_plan *p = g->plan;
    int rows = joint_rows(p) / p->kernel_depth, first_map = ck_divide_up(p->k[0], ck_joint_rows);
    int piece = task % rows, tap = task / rows % p->kernel_depth, column = task / rows / p->kernel_depth * ck_joint_columns;
    int map = piece >= first_map, k = (piece - (map ? first_map : 0)) * ck_joint_rows;
    int count = ck_min(ck_joint_rows, p->k[map] - k), lanes = p->kernels->lanes;
    int columns = ck_min(ck_joint_columns, p->n_total - column);
    ptrdiff_t at = (ptrdiff_t)tap * (p->k_padded[0] + p->k_padded[1]) + (map ? p->k_padded[0] : 0) + k;
    float *w = g->w + (size_t)thread * p->w_floats;
    for (int point = 0; point < ck_points; point++) {
        p->kernels->gemm_outer(
            count, columns / lanes, p->tiles, g->v + point * p->v_plane + at, p->v_stride,
            g->d + point * p->m_plane + column, p->m_stride, w + point * p->w_plane, columns, false);
    }
    for (int n = 0; n < columns; n += lanes) {
        for (int i = 0; i < count; i++) {
            finish_filters(g, tap, (map ? p->k[0] : 0) + k + i, (column + n) / lanes, w + (ptrdiff_t)i * columns + n);
        }
    }
}

enum { join_floats = 1 << 14 };

static void join_task(void *argument, int task, int thread) {
    (void)thread;
    const gradient *g = argument;
    size_t begin = (size_t)task * join_floats, count = g->plan->w_floats - begin;
    if (count > join_floats) count = join_floats;
    for (int i = 1; i < g->plan->sums; i++) {
        g->plan->kernels->add(count, g->w + begin, g->w + (size_t)i * g->plan->w_floats + begin);
    }
}

static int channel_chunks(const ck_plan *p) { return ck_divide_up(p->k_total, 32); }

static void finish_task(void *argument, int task, int thread) {
    (void)thread;
    const gradient *g = argument;
    const ck_plan *p = g->plan;
    int lanes = p->kernels->lanes, chunks = channel_chunks(p), vector = task / chunks, chunk = task % chunks;
    for (int tap = 0; tap < p->kernel_depth; tap++) {
        for (int k = chunk * 32; k < ck_min(p->k_total, (chunk + 1) * 32); k++) {
            ptrdiff_t row = (ptrdiff_t)tap * (p->k_padded[0] + p->k_padded[1])
                + (k < p->k[0] ? k : p->k_padded[0] + k - p->k[0]);
            finish_filters(g, tap, k, vector, g->w + row * p->n_total + vector * lanes);
        }
    }
}

static void finish_bias(const gradient *g) {
    const ck_plan *p = g->plan;
    if (!g->args->bias) return;
    for (int n = 0; n < p->n[0]; n++) {
        double sum = 0;
        for (int i = 0; i < g->bias_rows; i++) sum += g->bias[(size_t)i * (size_t)p->n_total + (size_t)n];
        g->args->bias[n] = (float)sum;
    }
}

/* ---- direct ---- */

static void direct_task(void *argument, int task, int thread) {
    const gradient *g = argument;
    const ck_plan *p = g->plan;
    int k = p->k_total, strips = ck_divide_up(p->height_out, p->rows);
    float *strip = g->v + (size_t)thread * p->strip_floats;
    float *d = g->d + (size_t)thread * ck_lines((size_t)p->width_out * (size_t)p->n_total);
    float *w = g->w + (size_t)task * p->w_floats, *bias = g->bias + (size_t)task * (size_t)p->n_total;
    int begin = (int)((int64_t)p->blocks * task / p->sums), end = (int)((int64_t)p->blocks * (task + 1) / p->sums);
    ptrdiff_t line = (ptrdiff_t)(p->width_out + 2) * k, lines = p->rows + 2;
    memset(bias, 0, (size_t)p->n_total * sizeof(float));
    for (int block = begin; block < end; block++) {
        int plane = block / strips, batch = plane / p->depth_out, depth = plane % p->depth_out;
        int first = block % strips * p->rows, rows = ck_min(p->rows, p->height_out - first);
        for (int tap = 0; tap < p->kernel_depth; tap++) {
            float *to = strip + tap * lines * line;
            ck_fill_strip(
                p, g->args->sources, batch, depth + tap - p->padding_depth, first - p->padding, rows + 2, to);
        }
        for (int y = 0; y < rows; y++) {
            ck_slope slope = slope_at(g, ((ptrdiff_t)plane * p->height_out + first + y) * p->width_out);
            slope.rows = 1;
            slope.columns = p->width_out;
            slope.bias = bias;
            p->kernels->gradient_row(&slope, d, p->n_total);
            for (int i = 0; i < 3 * p->kernel_depth; i++) {
                p->kernels->gemm_outer(
                    3 * k, p->n_total / p->kernels->lanes, p->width_out, strip + (i / 3 * lines + y + i % 3) * line, k, d,
                    p->n_total, w + (ptrdiff_t)i * 3 * k * p->n_total, p->n_total, block > begin || y > 0);
            }
        }
    }
}

static void finish_direct(const gradient *g) {
    const ck_plan *p = g->plan;
    int k = p->k_total, taps = 9 * p->kernel_depth;
    for (int n = 0; n < p->n[0]; n++) {
        for (int c = 0; c < k; c++) {
            for (int tap = 0; tap < taps; tap++) {
                double sum = 0;
                const float *from = g->w + ((ptrdiff_t)tap * k + c) * p->n_total + n;
                for (int i = 0; i < p->sums; i++) sum += from[(size_t)i * p->w_floats];
                g->args->weights[((ptrdiff_t)n * k + c) * taps + tap] = (float)sum;
            }
        }
    }
}

/* ---- entry ---- */

static size_t d_floats(const ck_plan *p) {
    return p->direct ? ck_lines((size_t)p->width_out * (size_t)p->n_total) : p->m_floats;
}

static size_t v_floats(const ck_plan *p) { return p->direct ? p->strip_floats : p->v_floats; }

size_t ck_conv_backward_weights_scratch_bytes(const ck_conv *conv, const ck_team *team) {
    ck_plan p = ck_plan_gradient(conv, ck_kernels_for(team->isa));
    size_t each = p.shared ? 1 : (size_t)ck_max(1, team->threads);
    size_t sums = p.joint ? (size_t)ck_max(1, team->threads) : (size_t)p.sums;
    size_t floats = each * (v_floats(&p) + d_floats(&p)) + sums * p.w_floats
        + ck_lines((size_t)bias_rows(&p) * (size_t)p.n_total);
    return floats * sizeof(float);
}

void ck_conv_backward_weights(
    const ck_conv *conv, const ck_conv_backward_weights_args *args, void *scratch, const ck_team *team) {
    ck_plan p = ck_plan_gradient(conv, ck_kernels_for(team->isa));
    size_t each = p.shared ? 1 : (size_t)ck_max(1, team->threads);
    gradient g = {.plan = &p, .args = args, .v = scratch, .bias_rows = bias_rows(&p)};
    g.d = g.v + each * v_floats(&p);
    g.w = g.d + each * d_floats(&p);
    g.bias = g.w + (p.joint ? (size_t)ck_max(1, team->threads) : (size_t)p.sums) * p.w_floats;
    if (p.direct) {
        ck_run(team, p.sums, direct_task, &g);
        finish_direct(&g);
        finish_bias(&g);
        return;
    }
    int tasks = ck_divide_up(p.block, tiles_per_task);
    if (p.joint) {
        g.count = p.tiles;
        ck_run(team, tasks, transform_task, &g);
        ck_run(team, joint_rows(&p) * ck_divide_up(p.n_total, ck_joint_columns), joint_task, &g);
        finish_bias(&g);
        return;
    }
    if (p.shared) {
        int maps = p.k[1] > 0 ? 2 : 1;
        for (int block = 0; block < p.blocks; block++) {
            g.first = block * p.block;
            g.count = ck_min(p.block, p.tiles - g.first);
            ck_run(team, tasks, transform_task, &g);
            ck_run(team, ck_points * p.kernel_depth * maps, point_task, &g);
        }
    } else {
        ck_run(team, p.sums, sum_task, &g);
        if (p.sums > 1) ck_run(team, (int)((p.w_floats + join_floats - 1) / join_floats), join_task, &g);
    }
    ck_run(team, p.n_total / p.kernels->lanes * channel_chunks(&p), finish_task, &g);
    finish_bias(&g);
}
