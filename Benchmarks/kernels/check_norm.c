/* Moments, norm + ReLU and their gradients. */
#include "check.h"

void check_norm(size_t pixels, int channels) {
    size_t count = pixels * channels;
    float *y = noise(count), *dz = noise(count), *k[6];
    for (int i = 0; i < 6; i++) k[i] = noise(channels); /* scale, shift, mean, c1, c2, c3 */
    for (size_t i = 0; i < count; i++) y[i] += 100 * k[2][i % channels];
    double *mean = calloc(channels, sizeof(double)), *m2 = calloc(channels, sizeof(double)), *z = malloc(count * sizeof(double)), *dy = malloc(count * sizeof(double));
    double *g = calloc(channels, sizeof(double)), *gy = calloc(channels, sizeof(double)), *size = calloc(channels, sizeof(double));
    for (size_t i = 0; i < count; i++) mean[i % channels] += y[i] / (double)pixels;
    for (size_t i = 0; i < count; i++) {
        int c = (int)(i % channels);
        m2[c] += (y[i] - mean[c]) * (y[i] - mean[c]);
        float u = fmaf(y[i], k[0][c], k[1][c]);
        z[i] = u < 0 ? 0 : u;
        double slope = u > 0 ? dz[i] : 0;
        dy[i] = k[3][c] * slope + k[4][c] * (double)y[i] + k[5][c];
        g[c] += slope, gy[c] += slope * ((double)y[i] - k[2][c]), size[c] += fabs(slope) * (1 + fabs((double)y[i] - k[2][c]));
    }
    char shape[64];
    snprintf(shape, sizeof shape, "norm %zu pixels, %d channels", pixels, channels);
    for (int isa = 0; isa <= ck_isa_avx512; isa++) {
        if (!ck_isa_available(isa)) continue;
        pool p;
        pool_start(&p, 3);
        ck_moments *moments[2];
        ck_norm_sums *sums[2];
        float *out[2][2];
        for (int turn = 0; turn < 2; turn++) {
            ck_team team = turn ? pool_team(&p, isa) : ck_team_serial(isa);
            moments[turn] = malloc(channels * sizeof(ck_moments));
            sums[turn] = malloc(channels * sizeof(ck_norm_sums));
            for (int i = 0; i < 2; i++) out[turn][i] = poison(count);
            void *scratch = aligned(ck_moments_scratch_bytes(pixels, channels, &team));
            ck_moments_of(pixels, channels, y, moments[turn], scratch, &team);
            free(scratch);
            scratch = aligned(ck_norm_relu_sums_scratch_bytes(pixels, channels, &team));
            ck_norm_relu_sums(pixels, channels, dz, y, k[0], k[1], k[2], sums[turn], scratch, &team);
            free(scratch);
            ck_norm_relu(pixels, channels, y, k[0], k[1], out[turn][0], &team);
            ck_norm_relu_backward(pixels, channels, dz, y, k[0], k[1], k[3], k[4], k[5], out[turn][1], &team);
        }
        pool_end(&p);
        near("norm + ReLU", isa, shape, out[0][0], z, count, 1e-6);
        near("norm + ReLU backward", isa, shape, out[0][1], dy, count, 1e-6);
        for (int c = 0; c < channels; c++) {
            double deviation = sqrt(m2[c] / (double)pixels);
            bool good = fabs(moments[0][c].mean - mean[c]) <= 1e-5 * (fabs(mean[c]) + deviation) && fabs(moments[0][c].m2 - m2[c]) <= 1e-4 * m2[c] + 1e-8;
            good = good && fabs(sums[0][c].g - g[c]) <= 1e-5 * size[c] + 1e-9 && fabs(sums[0][c].gy - gy[c]) <= 1e-5 * size[c] + 1e-9;
            if (good) continue;
            failures++;
            printf("FAIL sums %s, %s\n", ck_isa_name(isa), shape);
            break;
        }
        equal("moments", isa, shape, moments[0], moments[1], channels * sizeof(ck_moments));
        equal("sums", isa, shape, sums[0], sums[1], channels * sizeof(ck_norm_sums));
        for (int i = 0; i < 2; i++) equal("threads", isa, shape, out[0][i], out[1][i], count * sizeof(float));
        for (int turn = 0; turn < 2; turn++) free(moments[turn]), free(sums[turn]), free(out[turn][0]), free(out[turn][1]);
    }
    void *all[] = {y, dz, k[0], k[1], k[2], k[3], k[4], k[5], mean, m2, z, dy, g, gy, size};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}
