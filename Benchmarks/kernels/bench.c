/* Times the convolutions alone: bench [isa] [threads] [only]. Effective GFLOP/s count a direct convolution's multiplications
 * and additions. */
#include <stdio.h>
#include <string.h>

#include "team.h"

typedef struct shape {
    int batch, depth, size, in, out, kernel_depth;
} shape;

int main(int argc, char **argv) {
    ck_isa isa = ck_isa_best();
    for (int i = 0; i <= ck_isa_avx512; i++) {
        if (argc > 1 && strcmp(argv[1], ck_isa_name(i)) == 0) isa = i;
    }
    pool p;
    pool_start(&p, argc > 2 ? atoi(argv[2]) : 2);
    ck_team team = pool_team(&p, isa);
    const shape shapes[] = {
        {1, 1, 256, 64, 64, 1}, {1, 1, 128, 128, 128, 1}, {1, 1, 64, 256, 256, 1}, {1, 1, 32, 512, 512, 1}, {1, 1, 16, 1024, 1024, 1},
        {8, 1, 224, 16, 16, 1}, {8, 1, 112, 16, 32, 1}, {8, 1, 112, 32, 32, 1}, {8, 1, 56, 64, 64, 1}, {8, 1, 28, 128, 128, 1},
        {8, 1, 14, 256, 256, 1}, {4, 1, 256, 32, 32, 1}, {4, 1, 128, 64, 64, 1}, {4, 1, 32, 256, 256, 1}, {4, 1, 16, 512, 512, 1},
        {1, 1, 256, 1, 64, 1}, {1, 16, 96, 32, 32, 3},
    };
    int only = argc > 3 ? atoi(argv[3]) : -1;
    printf("%s, %d threads\n%-34s %9s %9s %9s %9s   GFLOP/s: forward, with norm and moments, backward data, backward weights\n", ck_isa_name(isa), team.threads, "", "", "", "", "");
    for (int i = 0; i < (int)(sizeof shapes / sizeof *shapes); i++) {
        if (only >= 0 && i != only) continue;
        shape s = shapes[i];
        ck_conv c = {s.batch, s.depth, s.size, s.size, {s.in, 0}, s.out, s.kernel_depth, 1, 1};
        size_t pixels = (size_t)s.batch * s.depth * s.size * s.size;
        float *x = aligned(pixels * s.in * 4), *y = aligned(pixels * s.out * 4), *dx = aligned(pixels * s.in * 4);
        float *w = aligned((size_t)s.in * s.out * 27 * 4), *dw = aligned((size_t)s.in * s.out * 27 * 4), *bias = aligned(4096 * 4);
        for (size_t j = 0; j < pixels * s.in; j++) x[j] = (float)(j % 17) - 8;
        for (size_t j = 0; j < pixels * s.out; j++) y[j] = 0;
        for (size_t j = 0; j < pixels * s.in; j++) dx[j] = 0;
        for (size_t j = 0; j < (size_t)s.in * s.out * 27; j++) w[j] = (float)(j % 13) - 6;
        for (int j = 0; j < 4096; j++) bias[j] = 1;
        float *u = aligned(ck_conv_weights_bytes(&c, ck_pass_forward, isa)), *ub = aligned(ck_conv_weights_bytes(&c, ck_pass_backward_data, isa));
        ck_moments *moments = aligned(s.out * sizeof *moments);
        ck_conv_pack_weights(&c, ck_pass_forward, w, NULL, u, &team);
        ck_conv_pack_weights(&c, ck_pass_backward_data, w, NULL, ub, &team);
        size_t a = ck_conv_forward_scratch_bytes(&c, &team), b = ck_conv_backward_data_scratch_bytes(&c, &team), d = ck_conv_backward_weights_scratch_bytes(&c, &team);
        size_t bytes = a > b ? a : b;
        void *scratch = aligned(bytes > d ? bytes : d);
        memset(scratch, 0, bytes > d ? bytes : d);
        ck_conv_forward_args plain = {.sources = {{.data = x}}, .packed = u, .bias = bias, .relu = true, .output = y};
        ck_conv_forward_args train = {.sources = {{.data = x, .scale = bias, .shift = bias}}, .packed = u, .bias = bias, .output = y, .moments = moments};
        ck_conv_backward_data_args back = {.gradient = y, .packed = ub, .outputs = {dx}};
        ck_conv_backward_weights_args grad = {.sources = {{.data = x}}, .gradient = y, .weights = dw};
        double best[5] = {1e9, 1e9, 1e9, 1e9, 1e9}, flops = 18.0 * s.kernel_depth * s.in * s.out * pixels, start = seconds(team.threads);
        for (int r = 0; r < 3 || (seconds(team.threads) - start < 0.8 && r < 200); r++) {
            double t[6];
            t[0] = seconds(team.threads);
            ck_conv_forward(&c, &plain, scratch, &team);
            t[1] = seconds(team.threads);
            ck_conv_forward(&c, &train, scratch, &team);
            t[2] = seconds(team.threads);
            ck_conv_backward_data(&c, &back, scratch, &team);
            t[3] = seconds(team.threads);
            ck_conv_backward_weights(&c, &grad, scratch, &team);
            t[4] = seconds(team.threads);
            ck_conv_pack_weights(&c, ck_pass_forward, w, NULL, u, &team);
            t[5] = seconds(team.threads);
            for (int j = 0; j < 5; j++) if (t[j + 1] - t[j] < best[j]) best[j] = t[j + 1] - t[j];
        }
        char name[64];
        snprintf(name, sizeof name, "%dx%dx%d^2 %d->%d kd%d", s.batch, s.depth, s.size, s.in, s.out, s.kernel_depth);
        printf("%-34s", name);
        for (int j = 0; j < 4; j++) printf(" %8.3fms", best[j] * 1e3);
        for (int j = 0; j < 4; j++) printf(" %6.0f", flops / best[j] / 1e9);
        printf("  pack %.3fms, scratch %.1f MB\n", best[4] * 1e3, (bytes > d ? bytes : d) / 1e6);
        void *all[] = {x, y, dx, w, dw, bias, u, ub, moments, scratch};
        for (size_t j = 0; j < sizeof all / sizeof *all; j++) free(all[j]);
    }
    pool_end(&p);
}
