/* The 1×1 and transposed convolutions. */
#include "check.h"

void check_dense(const ck_dense *d, bool prologue) {
    int in = d->in_channels, out = d->out_channels, kd = d->kernel[0], kh = d->kernel[1], kw = d->kernel[2], taps = kd * kh * kw;
    size_t pin = (size_t)d->batch * d->depth * d->height * d->width, pout = pin * taps, nw = (size_t)in * out * taps;
    float *x = noise(pin * in), *w = noise(nw), *bias = noise(out), *dy = noise(pout * out);
    float *scale = prologue ? noise(in) : NULL, *shift = prologue ? noise(in) : NULL, *mean = noise(in);
    double *y = malloc(pout * out * sizeof(double)), *dx = calloc(pin * in, sizeof(double)), *dw = calloc(nw, sizeof(double)), *db = calloc(out, sizeof(double));
    for (size_t i = 0; i < pout * out; i++) y[i] = bias[i % out], db[i % out] += dy[i];
    for (int b = 0; b < d->batch; b++) for (int z = 0; z < d->depth; z++) for (int r = 0; r < d->height; r++) for (int q = 0; q < d->width; q++) {
        size_t from = (((size_t)b * d->depth + z) * d->height + r) * d->width + q;
        for (int t = 0; t < taps; t++) {
            int tz = t / (kh * kw), ty = t / kw % kh, tx = t % kw;
            size_t to = ((((size_t)b * d->depth + z) * kd + tz) * d->height * kh + r * kh + ty) * d->width * kw + q * kw + tx;
            for (int i = 0; i < in; i++) {
                double v = x[from * in + i];
                if (prologue) v = fmax(0, fmaf((float)v, scale[i], shift[i]));
                for (int j = 0; j < out; j++) {
                    size_t at = taps == 1 ? (size_t)j * in + i : ((size_t)i * out + j) * taps + t;
                    y[to * out + j] += v * w[at];
                    dx[from * in + i] += dy[to * out + j] * (double)w[at];
                    dw[at] += v * dy[to * out + j];
                }
            }
        }
    }
    char shape[128];
    snprintf(shape, sizeof shape, "dense %dx%dx%dx%d %d->%d kernel %dx%dx%d", d->batch, d->depth, d->height, d->width, in, out, kd, kh, kw);
    for (int isa = 0; isa <= ck_isa_avx512; isa++) {
        if (!ck_isa_available(isa)) continue;
        pool p;
        pool_start(&p, 3);
        float *before[4] = {0};
        ck_norm_sums *sums_before = NULL;
        for (int turn = 0; turn < 2; turn++) {
            ck_team team = turn ? pool_team(&p, isa) : ck_team_serial(isa);
            float *got[4] = {poison(pout * out), poison(pin * in), poison(nw), poison(out)};
            float *forward = aligned(ck_dense_weights_bytes(d, ck_pass_forward, isa)), *back = aligned(ck_dense_weights_bytes(d, ck_pass_backward_data, isa));
            ck_dense_pack_weights(d, ck_pass_forward, w, forward, &team);
            ck_dense_pack_weights(d, ck_pass_backward_data, w, back, &team);
            size_t bytes = ck_dense_scratch_bytes(d, &team);
            void *scratch = aligned(bytes);
            ck_source source = {x, scale, shift, 0};
            ck_norm_sums *sums = malloc(in * sizeof *sums);
            ck_norm_probe probe = {x, scale, shift, mean, sums};
            memset(scratch, 0xff, bytes);
            ck_dense_forward(d, &source, forward, bias, got[0], scratch, &team);
            memset(scratch, 0xff, bytes);
            ck_dense_backward_data(d, dy, back, prologue ? &probe : NULL, got[1], scratch, &team);
            memset(scratch, 0xff, bytes);
            ck_dense_backward_weights(d, &source, dy, got[2], got[3], scratch, &team);
            free(scratch);
            free(forward);
            free(back);
            const size_t counts[4] = {pout * out, pin * in, nw, out};
            if (turn) {
                for (int i = 0; i < 4; i++) equal("threads", isa, shape, before[i], got[i], counts[i] * sizeof(float));
                if (prologue) equal("probe", isa, shape, sums_before, sums, in * sizeof *sums);
                for (int i = 0; i < 4; i++) free(before[i]), free(got[i]);
                free(sums_before);
                free(sums);
                continue;
            }
            near("forward", isa, shape, got[0], y, counts[0], 1e-5);
            near("backward data", isa, shape, got[1], dx, counts[1], 1e-4);
            near("backward weights", isa, shape, got[2], dw, counts[2], 1e-4);
            near("bias", isa, shape, got[3], db, counts[3], 1e-4);
            if (prologue) for (int c = 0; c < in; c++) {
                double g = 0, gy = 0, size = 1e-6;
                for (size_t i = 0; i < pin; i++) {
                    if (fmaf(x[i * in + c], scale[c], shift[c]) <= 0) continue;
                    double v = got[1][i * in + c], from_mean = (double)x[i * in + c] - mean[c];
                    g += v, gy += v * from_mean, size += fabs(v) * (1 + fabs(from_mean));
                }
                if (!(fabs(g - sums[c].g) <= 1e-5 * size) || !(fabs(gy - sums[c].gy) <= 1e-5 * size)) {
                    failures++;
                    printf("FAIL probe %s, %s\n", ck_isa_name(isa), shape);
                    break;
                }
            }
            memcpy(before, got, sizeof before);
            sums_before = sums;
        }
        pool_end(&p);
    }
    void *all[] = {x, w, bias, dy, scale, shift, mean, y, dx, dw, db};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}
