/* The 3×3 convolutions. */
#include "check.h"

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

void check_conv(const ck_conv *c, bool prologue, bool slope, double bound) {
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
