/* Direct convolution for few input channels and tiny maps. The input rows of a task are copied once, with their
 * padding. The three column taps of a row are then adjacent in memory, and each output pixel is a sum over 3 (or 9)
 * runs of 3 · channels numbers. */
#include "plan.h"

typedef struct direct {
    const ck_plan *plan;
    const ck_run_args *args;
    float *strips, *rows, *gathered;
} direct;

void ck_fill_strip(const ck_plan *p, const ck_source *sources, int batch, int depth, int y, int count, float *strip) {
    ptrdiff_t k = p->k_total, line = (ptrdiff_t)(p->width_out + 2) * k;
    if (depth < 0 || depth >= p->depth_in) {
        memset(strip, 0, (size_t)(line * count) * sizeof(float));
        return;
    }
    for (int i = 0; i < count; i++, strip += line) {
        if (y + i < 0 || y + i >= p->height_in) {
            memset(strip, 0, (size_t)line * sizeof(float));
            continue;
        }
        int left = ck_min(p->padding, p->width_out + 2), inside = ck_min(p->width_in, p->width_out + 2 - left);
        int right = p->width_out + 2 - left - inside;
        memset(strip, 0, (size_t)(left * k) * sizeof(float));
        memset(strip + (left + inside) * k, 0, (size_t)(right * k) * sizeof(float));
        float *to = strip + left * k;
        for (int map = 0; map < 2 && p->k[map] > 0; map++) {
            const ck_source *source = &sources[map];
            ptrdiff_t pixel = source->stride ? source->stride : p->k[map];
            ptrdiff_t row = ((ptrdiff_t)batch * p->depth_in + depth) * p->height_in + y + i;
            p->kernels->copy_pixels(
                (size_t)inside, p->k[map], source->data + row * p->width_in * pixel, pixel, source->scale, source->shift, to,
                k);
            to += p->k[map];
        }
    }
}

static void direct_task(void *argument, int task, int thread) {
    const direct *d = argument;
    const ck_plan *p = d->plan;
    const ck_run_args *args = d->args;
    int lanes = p->kernels->lanes, taps = p->kernel_depth, k = p->k_total;
    int strips = ck_divide_up(p->height_out, p->rows), plane = task / strips;
    int batch = plane / p->depth_out, depth = plane % p->depth_out;
    int first = task % strips * p->rows, rows = ck_min(p->rows, p->height_out - first);
    float *strip = d->strips + (size_t)thread * p->strip_floats;
    float *out = d->rows + (size_t)thread * ck_lines((size_t)ck_block * (size_t)p->n_total);
    ptrdiff_t line = (ptrdiff_t)(p->width_out + 2) * k, lines = p->rows + 2;
    bool plain = !args->moments && !args->probe && p->n[1] == 0; /* sums go directly to the output */
    for (int tap = 0; tap < taps; tap++) {
        float *to = strip + tap * lines * line;
        ck_fill_strip(p, args->sources, batch, depth + tap - p->padding_depth, first - p->padding, rows + 2, to);
    }
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < p->width_out; x += ck_block) {
            int count = ck_min(ck_block, p->width_out - x);
            ck_segment segments[9];
            for (int i = 0; i < 3 * taps; i++) {
                segments[i] = (ck_segment){strip + (i / 3 * lines + y + i % 3) * line + (ptrdiff_t)x * k, 3 * k};
            }
            ptrdiff_t position = ((ptrdiff_t)plane * p->height_out + first + y) * p->width_out + x;
            for (int column = 0; column < p->n_total; column += 2 * lanes) {
                int vectors = ck_min(2, (p->n_total - column) / lanes);
                const float *panel = args->packed + (size_t)column * 9 * (size_t)(k * taps);
                if (plain) {
                    ptrdiff_t pixel = args->strides[0] ? args->strides[0] : p->n[0];
                    ck_sink sink = {
                        .out = args->outputs[0] + position * pixel + column,
                        .pixel = pixel,
                        .columns = count,
                        .channels = ck_min(vectors * lanes, p->n[0] - column),
                        .bias = args->bias ? args->bias + column : NULL,
                        .relu = args->relu,
                    };
                    p->kernels->gemm_out(&sink, 3 * taps, segments, k, panel, NULL, 0);
                } else {
                    p->kernels->gemm_rows(count, vectors, 3 * taps, segments, k, panel, out + column, p->n_total, false);
                }
            }
            if (plain) continue;
            for (int column = 0; column < p->n_total;) {
                ck_lane_range range;
                int next = ck_map_run(p, column, p->n_total, &range);
                if (args->outputs[range.map]) {
                    ptrdiff_t pixel = args->strides[range.map] ? args->strides[range.map] : p->n[range.map];
                    ck_sink sink = {
                        .out = args->outputs[range.map] + position * pixel + range.channel,
                        .pixel = pixel,
                        .rows = 1,
                        .columns = count,
                        .first = x == 0 && y == 0,
                    };
                    ck_sink_channels(p, args, range, column, task, d->gathered, &sink);
                    if (sink.y) {
                        sink.y_pixel = p->n[range.map];
                        sink.y += position * sink.y_pixel + range.channel;
                    }
                    p->kernels->output_row(&sink, out + column, p->n_total);
                }
                column = next;
            }
        }
    }
}

void ck_run_direct(const ck_plan *p, const ck_run_args *args, float *scratch, float *gathered, const ck_team *team) {
    direct d = {.plan = p, .args = args, .strips = scratch, .gathered = gathered};
    d.rows = scratch + (size_t)ck_max(1, team->threads) * p->strip_floats;
    ck_run(team, p->row_tasks, direct_task, &d);
}
