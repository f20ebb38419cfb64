/* Checks the convolutions, norms, max-pool, 1×1 and transposed convolutions against direct sums in double precision, over
 * random shapes, on every instruction set that this machine has, with one and three threads, which must give the same bits.
 * Inputs are as long as they must be and outputs begin as NaN, so that the sanitizers see what reads or writes too far. Build with `sanitize.sh`, or plainly. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "team.h"

static uint64_t state = 1;
static double uniform(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}
static int between(int a, int b) { return a + (int)(uniform() * (b - a + 1)); }
static float normal(void) { return (float)(uniform() + uniform() + uniform() + uniform() - 2); }

static float *noise(size_t count) {
    float *p = malloc(count * sizeof(float));
    for (size_t i = 0; i < count; i++) p[i] = normal();
    return p;
}
static float *poison(size_t count) {
    float *p = malloc(count * sizeof(float));
    for (size_t i = 0; i < count; i++) p[i] = NAN;
    return p;
}

static int failures = 0;
static double worst[3];

static void compare(const char *what, int kind, const ck_conv *c, ck_isa isa, const float *got, const double *want, size_t count, double bound) {
    double scale = 0, difference = 0;
    for (size_t i = 0; i < count; i++) scale = fmax(scale, fabs(want[i]));
    for (size_t i = 0; i < count; i++) {
        double d = fabs(got[i] - want[i]);
        if (!(d <= difference)) difference = d;
    }
    double error = scale > 0 ? difference / scale : difference;
    if (error > worst[kind]) worst[kind] = error;
    if (!(error <= bound)) {
        failures++;
        printf("FAIL %s %s: error %.2e, batch %d, %dx%dx%d, in %d+%d, out %d, kernel depth %d, padding %d\n", what, ck_isa_name(isa), error,
            c->batch, c->depth, c->height, c->width, c->in_channels[0], c->in_channels[1], c->out_channels, c->kernel_depth, c->padding);
    }
}

static void same(const char *what, const ck_conv *c, ck_isa isa, const void *a, const void *b, size_t bytes) {
    if (memcmp(a, b, bytes) == 0) return;
    failures++;
    printf("FAIL %s %s: bits differ with threads, %dx%dx%d in %d+%d out %d\n", what, ck_isa_name(isa), c->depth, c->height, c->width,
        c->in_channels[0], c->in_channels[1], c->out_channels);
}

typedef struct results {
    float *out, *dx[2], *dw, *db, *dy;
    ck_moments *moments;
    ck_norm_sums *sums;
} results;

static void run(const ck_conv *c, const ck_team *team, float *const x[2], const float *scale, const float *shift, const float *w, const float *bias,
    const float *dout, const float *y, const float *const norm[5], const float *mean, results *r) {
    int k = c->in_channels[0] + c->in_channels[1], n = c->out_channels;
    size_t pin = (size_t)c->batch * c->depth * c->height * c->width;
    size_t pout = (size_t)c->batch * ck_conv_out_depth(c) * ck_conv_out_height(c) * ck_conv_out_width(c);
    r->out = poison(pout * n);
    r->dx[0] = poison(pin * c->in_channels[0]);
    r->dx[1] = c->in_channels[1] ? poison(pin * c->in_channels[1]) : NULL;
    r->dw = poison((size_t)n * k * 9 * c->kernel_depth);
    r->db = poison(n);
    r->dy = poison(pout * n);
    r->moments = malloc(n * sizeof(ck_moments));
    r->sums = malloc(c->in_channels[0] * sizeof(ck_norm_sums));

    float *packed = aligned(ck_conv_weights_bytes(c, ck_pass_forward, team->isa));
    float *packed_back = aligned(ck_conv_weights_bytes(c, ck_pass_backward_data, team->isa));
    ck_conv_pack_weights(c, ck_pass_forward, w, NULL, packed, team);
    ck_conv_pack_weights(c, ck_pass_backward_data, w, NULL, packed_back, team);
    ck_source s0 = {x[0], scale, shift, 0}, s1 = {x[1], NULL, NULL, 0};

    size_t bytes = ck_conv_forward_scratch_bytes(c, team);
    void *scratch = aligned(bytes);
    memset(scratch, 0xff, bytes);
    ck_conv_forward_args f = {.sources = {s0, s1}, .packed = packed, .bias = bias, .output = r->out, .moments = r->moments};
    ck_conv_forward(c, &f, scratch, team);
    free(scratch);

    bytes = ck_conv_backward_weights_scratch_bytes(c, team);
    scratch = aligned(bytes);
    memset(scratch, 0xff, bytes);
    ck_conv_backward_weights_args g = {.sources = {s0, s1}, .gradient = dout, .weights = r->dw, .bias = r->db};
    if (y) {
        g.y = y;
        g.scale = norm[0];
        g.shift = norm[1];
        g.c1 = norm[2];
        g.c2 = norm[3];
        g.c3 = norm[4];
        g.output_gradient = r->dy;
    } else {
        memcpy(r->dy, dout, pout * n * sizeof(float));
    }
    ck_conv_backward_weights(c, &g, scratch, team);
    free(scratch);

    bytes = ck_conv_backward_data_scratch_bytes(c, team);
    scratch = aligned(bytes);
    memset(scratch, 0xff, bytes);
    ck_conv_backward_data_args b = {.gradient = r->dy, .packed = packed_back, .outputs = {r->dx[0], r->dx[1]}};
    if (scale) b.probes[0] = (ck_norm_probe){x[0], scale, shift, mean, r->sums};
    ck_conv_backward_data(c, &b, scratch, team);
    free(scratch);
    free(packed);
    free(packed_back);
}

static void drop(results *r) {
    free(r->out);
    free(r->dx[0]);
    free(r->dx[1]);
    free(r->dw);
    free(r->db);
    free(r->dy);
    free(r->moments);
    free(r->sums);
}

static void check(const ck_conv *c, bool prologue, bool slope, double bound) {
    int k = c->in_channels[0] + c->in_channels[1], n = c->out_channels, kd = c->kernel_depth;
    int od = ck_conv_out_depth(c), oh = ck_conv_out_height(c), ow = ck_conv_out_width(c);
    size_t pin = (size_t)c->batch * c->depth * c->height * c->width, pout = (size_t)c->batch * od * oh * ow;
    float *x[2] = {noise(pin * c->in_channels[0]), c->in_channels[1] ? noise(pin * c->in_channels[1]) : NULL};
    float *scale = prologue ? noise(c->in_channels[0]) : NULL, *shift = prologue ? noise(c->in_channels[0]) : NULL;
    float *w = noise((size_t)n * k * 9 * kd), *bias = noise(n), *dout = noise(pout * n), *mean = noise(c->in_channels[0]);
    float *y = slope ? noise(pout * n) : NULL, *norm[5];
    for (int i = 0; i < 5; i++) norm[i] = noise(n);

    double *xs = malloc(pin * k * sizeof(double)), *dys = malloc(pout * n * sizeof(double));
    for (size_t i = 0; i < pin; i++) {
        for (int j = 0; j < k; j++) {
            int c0 = c->in_channels[0];
            double v = j < c0 ? x[0][i * c0 + j] : x[1][i * c->in_channels[1] + j - c0];
            if (prologue && j < c0) v = fmax(0, fmaf((float)v, scale[j], shift[j]));
            xs[i * k + j] = v;
        }
    }
    for (size_t i = 0; i < pout * n; i++) {
        int j = (int)(i % n);
        double g = dout[i];
        if (slope) g = (double)norm[2][j] * (fmaf(y[i], norm[0][j], norm[1][j]) > 0 ? g : 0) + (double)norm[3][j] * y[i] + norm[4][j];
        dys[i] = g;
    }
    double *out = calloc(pout * n, sizeof(double)), *dx = calloc(pin * k, sizeof(double)), *dw = calloc((size_t)n * k * 9 * kd, sizeof(double));
    double *db = calloc(n, sizeof(double));
    double *wt = malloc((size_t)n * k * 9 * kd * sizeof(double)), *dwt = calloc((size_t)n * k * 9 * kd, sizeof(double));
    for (int j = 0; j < n; j++) for (int i = 0; i < k; i++) for (int t = 0; t < 9 * kd; t++) wt[((size_t)t * k + i) * n + j] = w[((size_t)j * k + i) * 9 * kd + t];
    int pd = kd > 1 ? c->padding_depth : 0;
    for (int b = 0; b < c->batch; b++) for (int z = 0; z < od; z++) for (int yy = 0; yy < oh; yy++) for (int xx = 0; xx < ow; xx++) {
        size_t o = (((size_t)b * od + z) * oh + yy) * ow + xx;
        for (int j = 0; j < n; j++) {
            out[o * n + j] = bias[j];
            db[j] += dys[o * n + j];
        }
        for (int t = 0; t < 9 * kd; t++) {
            int zi = z + t / 9 - pd, yi = yy + t / 3 % 3 - c->padding, xi = xx + t % 3 - c->padding;
            if (zi < 0 || zi >= c->depth || yi < 0 || yi >= c->height || xi < 0 || xi >= c->width) continue;
            size_t in = (((size_t)b * c->depth + zi) * c->height + yi) * c->width + xi;
            for (int i = 0; i < k; i++) {
                double v = xs[in * k + i], d = 0;
                double *restrict po = out + o * n, *restrict pg = dwt + ((size_t)t * k + i) * n;
                const double *restrict pw = wt + ((size_t)t * k + i) * n, *restrict py = dys + o * n;
                for (int j = 0; j < n; j++) {
                    po[j] += v * pw[j];
                    pg[j] += v * py[j];
                    d += pw[j] * py[j];
                }
                dx[in * k + i] += d;
            }
        }
    }
    for (int j = 0; j < n; j++) for (int i = 0; i < k; i++) for (int t = 0; t < 9 * kd; t++) dw[((size_t)j * k + i) * 9 * kd + t] = dwt[((size_t)t * k + i) * n + j];

    double *dx0 = malloc(pin * c->in_channels[0] * sizeof(double)), *dx1 = malloc((pin * c->in_channels[1] + 1) * sizeof(double));
    for (size_t i = 0; i < pin; i++) for (int j = 0; j < k; j++) {
        if (j < c->in_channels[0]) dx0[i * c->in_channels[0] + j] = dx[i * k + j];
        else dx1[i * c->in_channels[1] + j - c->in_channels[0]] = dx[i * k + j];
    }

    for (int isa = 0; isa <= ck_isa_avx512; isa++) {
        if (!ck_isa_available(isa)) continue;
        ck_team serial = ck_team_serial(isa);
        pool p;
        pool_start(&p, 3);
        ck_team three = pool_team(&p, isa);
        results r, q;
        run(c, &serial, x, scale, shift, w, bias, dout, y, (const float *const *)norm, mean, &r);
        run(c, &three, x, scale, shift, w, bias, dout, y, (const float *const *)norm, mean, &q);
        pool_end(&p);
        compare("forward", 0, c, isa, r.out, out, pout * n, bound);
        compare("backward data", 1, c, isa, r.dx[0], dx0, pin * c->in_channels[0], 1e-4);
        if (r.dx[1]) compare("backward data 2", 1, c, isa, r.dx[1], dx1, pin * c->in_channels[1], 1e-4);
        compare("backward weights", 2, c, isa, r.dw, dw, (size_t)n * k * 9 * kd, 1e-4);
        compare("bias", 2, c, isa, r.db, db, n, 1e-4);
        compare("gradient", 1, c, isa, r.dy, dys, pout * n, 1e-5);
        same("forward", c, isa, r.out, q.out, pout * n * sizeof(float));
        same("moments", c, isa, r.moments, q.moments, n * sizeof(ck_moments));
        same("backward data", c, isa, r.dx[0], q.dx[0], pin * c->in_channels[0] * sizeof(float));
        same("backward weights", c, isa, r.dw, q.dw, (size_t)n * k * 9 * kd * sizeof(float));
        same("bias", c, isa, r.db, q.db, n * sizeof(float));
        for (int j = 0; j < n; j++) {
            double mean_ = 0, m2 = 0;
            for (size_t i = 0; i < pout; i++) mean_ += out[i * n + j] / pout;
            for (size_t i = 0; i < pout; i++) m2 += (out[i * n + j] - mean_) * (out[i * n + j] - mean_);
            if (!(fabs(mean_ - r.moments[j].mean) <= 1e-4 * (1 + sqrt(m2 / pout))) || !(fabs(m2 - r.moments[j].m2) <= 1e-4 * m2 + 1e-6)) {
                failures++;
                printf("FAIL moments %s: %g %g, expected %g %g\n", ck_isa_name(isa), r.moments[j].mean, r.moments[j].m2, mean_, m2);
                break;
            }
        }
        if (prologue) for (int j = 0; j < c->in_channels[0]; j++) {
            double g = 0, gy = 0, size = 0;
            for (size_t i = 0; i < pin; i++) {
                float v = x[0][i * c->in_channels[0] + j];
                if (fmaf(v, scale[j], shift[j]) <= 0) continue;
                g += r.dx[0][i * c->in_channels[0] + j];
                gy += r.dx[0][i * c->in_channels[0] + j] * ((double)v - mean[j]);
                size += fabs(r.dx[0][i * c->in_channels[0] + j]) * (1 + fabs((double)v - mean[j]));
            }
            if (!(fabs(g - r.sums[j].g) <= 1e-5 * size) || !(fabs(gy - r.sums[j].gy) <= 1e-5 * size)) {
                failures++;
                printf("FAIL probe %s: %g %g, expected %g %g\n", ck_isa_name(isa), r.sums[j].g, r.sums[j].gy, g, gy);
                break;
            }
        }
        drop(&r);
        drop(&q);
    }
    void *all[] = {x[0], x[1], scale, shift, w, bias, dout, mean, y, norm[0], norm[1], norm[2], norm[3], norm[4], xs, dys, out, dx, dw, db, wt, dwt, dx0, dx1};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

/* ---- the other operations ---- */

/* Differences of `got` from `want` as parts of the largest of `want`. */
static void near(const char *what, ck_isa isa, const char *shape, const float *got, const double *want, size_t count, double bound) {
    double scale = 0, difference = 0;
    for (size_t i = 0; i < count; i++) {
        scale = fmax(scale, fabs(want[i]));
        double d = fabs(got[i] - want[i]);
        if (!(d <= difference)) difference = d;
    }
    if (difference <= bound * fmax(scale, 1e-30)) return;
    failures++;
    printf("FAIL %s %s: error %.2e of %.2e, %s\n", what, ck_isa_name(isa), difference, scale, shape);
}

static void equal(const char *what, ck_isa isa, const char *shape, const void *a, const void *b, size_t bytes) {
    if (memcmp(a, b, bytes) == 0) return;
    failures++;
    printf("FAIL %s %s: bits differ, %s\n", what, ck_isa_name(isa), shape);
}

static void check_dense(const ck_dense *d, bool prologue) {
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

static void check_norm(size_t pixels, int channels) {
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

static void check_pool(const ck_pool *s, bool norm, bool with_skip) {
    size_t count = (size_t)s->batch * s->depth * s->height * s->width * s->channels;
    int od = s->depth / s->kernel_depth, oh = s->height / 2, ow = s->width / 2;
    size_t small = (size_t)s->batch * od * oh * ow * s->channels;
    float *x = noise(count), *gradient = noise(small), *skip = with_skip ? noise(count) : NULL;
    float *scale = norm ? noise(s->channels) : NULL, *shift = norm ? noise(s->channels) : NULL;
    float *z = malloc(count * sizeof(float)), *pooled = malloc((small + 1) * sizeof(float)), *dx = malloc(count * sizeof(float));
    for (size_t i = 0; i < count; i++) {
        if (uniform() < 0.5) x[i] = roundf(x[i]);
        int c = (int)(i % s->channels);
        z[i] = norm ? fmaxf(0, fmaf(x[i], scale[c], shift[c])) : x[i];
        dx[i] = with_skip ? skip[i] : 0;
    }
    for (size_t o = 0; o < small; o++) {
        int c = (int)(o % s->channels), q = (int)(o / s->channels % ow), r = (int)(o / s->channels / ow % oh), d = (int)(o / s->channels / ow / oh % od);
        size_t b = o / s->channels / ow / oh / od, best = 0;
        for (int t = 0; t < 4 * s->kernel_depth; t++) {
            size_t at = (((b * s->depth + d * s->kernel_depth + t / 4) * s->height + 2 * r + t / 2 % 2) * s->width + 2 * q + t % 2) * s->channels + c;
            if (t == 0 || z[at] > z[best]) best = at;
        }
        pooled[o] = z[best];
        dx[best] += gradient[o];
    }
    char shape[128];
    snprintf(shape, sizeof shape, "pool %dx%dx%dx%d, %d channels, kernel depth %d%s%s", s->batch, s->depth, s->height, s->width, s->channels, s->kernel_depth, norm ? ", norm" : "", with_skip ? ", skip" : "");
    for (int isa = ck_isa_portable; isa <= ck_isa_avx512; isa++) {
        /* Without a fused multiply-add the norm rounds twice. */
        if (!ck_isa_available(isa) || (norm && isa == ck_isa_portable)) continue;
        pool p;
        pool_start(&p, 3);
        for (int turn = 0; turn < 2; turn++) {
            ck_team team = turn ? pool_team(&p, isa) : ck_team_serial(isa);
            float *got = poison(small), *stored = poison(count), *back = poison(count);
            ck_max_pool(s, x, scale, shift, stored, got, &team);
            ck_max_pool_backward(s, x, scale, shift, gradient, skip, back, &team);
            equal("pooled", isa, shape, got, pooled, small * sizeof(float));
            /* +0 and −0 are equal here. */
            for (size_t i = 0; i < count; i++) if (stored[i] != z[i] || back[i] != dx[i]) {
                failures++;
                printf("FAIL pool %s, %s\n", ck_isa_name(isa), shape);
                break;
            }
            free(got);
            free(stored);
            free(back);
        }
        pool_end(&p);
    }
    void *all[] = {x, gradient, skip, scale, shift, z, pooled, dx};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

static void check_others(int round, const int *channels) {
    state = 5000 + round;
    for (int i = 0; i < 5; i++) uniform();
    const int kernels[][3] = {{1, 1, 1}, {1, 2, 2}, {2, 2, 2}};
    const int *kernel = kernels[between(0, 2)];
    ck_dense d = {between(1, 2), uniform() < 0.3 ? between(1, 3) : 1, between(1, 9), between(1, uniform() < 0.3 ? 60 : 9), channels[between(0, 13)], channels[between(0, 13)], {kernel[0], kernel[1], kernel[2]}};
    if (uniform() < 0.2) d.in_channels = 150;
    check_dense(&d, uniform() < 0.5);
    check_norm((size_t)between(1, uniform() < 0.3 ? 5000 : 60), channels[between(0, 13)]);
    int kernel_depth = between(1, 2);
    ck_pool pool = {between(1, 2), between(kernel_depth, 5), between(2, 11), between(2, uniform() < 0.3 ? 70 : 11), channels[between(0, 13)], kernel_depth};
    check_pool(&pool, uniform() < 0.5, uniform() < 0.5);
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 60;
    bool large = argc > 2;
    const int channels[] = {1, 2, 3, 4, 5, 7, 8, 16, 17, 24, 32, 33, 40, 64};
    for (int round = 0; round < rounds; round++) {
        state = 1000 + round;
        for (int i = 0; i < 5; i++) uniform();
        ck_conv c = {.batch = between(1, 3), .depth = 1, .kernel_depth = uniform() < 0.3 ? 3 : 1, .padding = uniform() < 0.7, .padding_depth = uniform() < 0.7};
        c.depth = c.kernel_depth == 3 || uniform() < 0.1 ? between(c.padding_depth ? 1 : 3, 5) : 1;
        int smallest = c.padding ? 1 : 3;
        c.height = between(smallest, uniform() < 0.5 ? 7 : 23);
        c.width = between(smallest, uniform() < 0.5 ? 7 : 23);
        c.in_channels[0] = channels[between(0, 13)];
        c.in_channels[1] = uniform() < 0.3 ? channels[between(0, 13)] : 0;
        c.out_channels = channels[between(0, 13)];
        check(&c, uniform() < 0.5, uniform() < 0.5, 1e-5);
        check_others(round, channels);
    }
    if (large) {
        const int sizes[][5] = {{16, 512, 0, 32, 1}, {8, 1024, 0, 64, 2}, {20, 256, 256, 128, 1}, {30, 128, 0, 128, 2}, {64, 16, 0, 16, 2}, {64, 1, 0, 64, 1}, {64, 64, 64, 64, 1}};
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            const int *s = sizes[i];
            ck_conv c = {.batch = s[4], .depth = 1, .height = s[0], .width = s[0], .in_channels = {s[1], s[2]}, .out_channels = s[3], .kernel_depth = 1, .padding = 1};
            check(&c, true, true, s[1] > 512 ? 2e-5 : 1e-5);
        }
    }
    printf("%s: worst errors: forward %.1e, data gradients %.1e, weight gradients %.1e\n", failures ? "FAILED" : "passed", worst[0], worst[1], worst[2]);
    return failures > 0;
}
