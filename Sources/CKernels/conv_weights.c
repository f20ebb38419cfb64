/* Packing of weights: transformed, [panel of two vectors of outputs][point][depth tap and input channel][output], or
 * untransformed, [panel][depth tap][row tap][column tap and input channel][output]. */
#include "plan.h"

uint64_t ck_conv_weights_layout(const ck_conv *conv, ck_pass pass, ck_isa isa) {
    const ck_kernels *kernels = ck_kernels_for(isa);
    ck_plan p = ck_plan_conv(conv, pass, kernels);
    return (uint64_t)p.transformed | (uint64_t)kernels->lanes << 1 | (uint64_t)pass << 7 | (uint64_t)p.kernel_depth << 8
        | (uint64_t)(p.n[1] > 0 ? p.n[0] : 0) << 10;
}

size_t ck_conv_weights_bytes(const ck_conv *conv, ck_pass pass, ck_isa isa) {
    ck_plan p = ck_plan_conv(conv, pass, ck_kernels_for(isa));
    return ck_plan_weights(&p) * sizeof(float);
}

typedef struct packing {
    const ck_plan *plan;
    ck_pass pass;
    const float *weights, *scale;
    float *packed;
    int chunks; /* of input channels */
} packing;

enum { chunk_channels = 32 };

static void pack_task(void *argument, int task, int thread) {
    (void)thread;
    const packing *a = argument;
    const ck_plan *p = a->plan;
    int lanes = p->kernels->lanes, taps = p->kernel_depth, rows = p->k_total * taps;
    int vector = task / a->chunks, chunk = task % a->chunks;
    ck_lane_range range = ck_output_lanes(p, vector);
    int first = range.channel + (range.map ? p->n[0] : 0);

    /* The panel of the vector, and its place in it. */
    int panel = vector / 2, width = ck_min(2, p->n_total / lanes - 2 * panel) * lanes;
    int points = p->transformed ? ck_points : 9;
    float *to = a->packed + (size_t)panel * 2 * (size_t)lanes * (size_t)points * (size_t)rows + vector % 2 * lanes;

    /* Backward, the outputs are the convolution's inputs, and all taps are reversed. */
    bool back = a->pass == ck_pass_backward_data;
    ptrdiff_t inputs = back ? p->n[0] + p->n[1] : p->k_total, filter = 9 * taps;
    ptrdiff_t n_step = back ? filter : inputs * filter, k_step = back ? inputs * filter : filter;

    float g[9 * 16];
    for (int tap = 0; tap < taps; tap++) {
        for (int k = chunk * chunk_channels; k < ck_min(p->k_total, (chunk + 1) * chunk_channels); k++) {
            const float *from = a->weights + first * n_step + k * k_step + (back ? taps - 1 - tap : tap) * 9;
            memset(g, 0, sizeof g);
            for (int lane = 0; lane < range.count; lane++) {
                float scale = a->scale ? a->scale[back ? k : first + lane] : 1;
                for (int i = 0; i < 9; i++) g[i * lanes + lane] = from[lane * n_step + (back ? 8 - i : i)] * scale;
            }
            if (!p->transformed) {
                for (int i = 0; i < 9; i++) {
                    size_t row = (size_t)(tap * 9 + i) * (size_t)p->k_total + (size_t)k;
                    memcpy(to + row * (size_t)width, g + i * lanes, (size_t)lanes * sizeof(float));
                }
            } else {
                size_t row = (size_t)tap * (size_t)p->k_total + (size_t)k;
                p->kernels->filter_transform(g, lanes, to + row * (size_t)width, (ptrdiff_t)rows * width);
            }
        }
    }
}

void ck_conv_pack_weights(
    const ck_conv *conv, ck_pass pass, const float *weights, const float *scale, float *packed, const ck_team *team) {
    ck_plan p = ck_plan_conv(conv, pass, ck_kernels_for(team->isa));
    packing a = {&p, pass, weights, scale, packed, ck_divide_up(p.k_total, chunk_channels)};
    ck_run(team, p.n_total / p.kernels->lanes * a.chunks, pack_task, &a);
}
