/* Norm and ReLU: coefficients, and passes over maps in pieces of a fixed number of pixels. */
#include <math.h>

#include "kernels.h"

void ck_norm_coefficients(
    int channels, const ck_moments *moments, double count, const float *weight, const float *bias, double epsilon,
    float *mean, float *inverse_deviation, float *scale, float *shift) {
    for (int c = 0; c < channels; c++) {
        double inverse = 1 / sqrt(moments[c].m2 / count + epsilon);
        double a = (weight ? weight[c] : 1) * inverse;
        mean[c] = (float)moments[c].mean;
        inverse_deviation[c] = (float)inverse;
        scale[c] = (float)a;
        shift[c] = (float)((bias ? bias[c] : 0) - moments[c].mean * a);
    }
}

void ck_norm_backward_coefficients(
    int channels, const ck_norm_sums *sums, double count, const float *mean, const float *inverse_deviation,
    const float *weight, float *weight_gradient, float *bias_gradient, float *c1, float *c2, float *c3) {
    for (int c = 0; c < channels; c++) {
        double inverse = inverse_deviation[c], a = (weight ? weight[c] : 1) * inverse;
        double slope = sums[c].gy * inverse;
        if (weight_gradient) weight_gradient[c] = (float)slope;
        if (bias_gradient) bias_gradient[c] = (float)sums[c].g;
        c1[c] = (float)a;
        c2[c] = (float)(-a * inverse * slope / count);
        c3[c] = (float)(a * (inverse * slope * mean[c] - sums[c].g) / count);
    }
}

typedef struct pass {
    const ck_kernels *kernels;
    size_t pixels, piece;
    int channels;
    const float *x, *y, *scale, *shift, *mean, *c1, *c2, *c3;
    float *out, *sums;
} pass;

/* The number of pixels in a piece: about 32 KiB of a map, so that it stays in the first-level cache for all passes. */
static size_t piece_pixels(int channels) { return (size_t)ck_max(16, 8192 / channels); }
static int pieces(size_t pixels, int channels) {
    size_t piece = piece_pixels(channels);
    return (int)((pixels + piece - 1) / piece);
}

static size_t piece_at(const pass *p, int task, size_t *count) {
    size_t begin = (size_t)task * p->piece;
    *count = p->pixels - begin < p->piece ? p->pixels - begin : p->piece;
    return begin;
}

static void norm_relu_task(void *argument, int task, int thread) {
    (void)thread;
    const pass *p = argument;
    size_t count, at = piece_at(p, task, &count) * (size_t)p->channels;
    p->kernels->norm_relu(count, p->channels, p->y + at, p->scale, p->shift, p->out + at);
}

void ck_norm_relu(
    size_t pixels, int channels, const float *y, const float *scale, const float *shift, float *z, const ck_team *team) {
    pass p = {
        .kernels = ck_kernels_for(team->isa), .pixels = pixels, .piece = piece_pixels(channels), .channels = channels, .y = y,
        .scale = scale, .shift = shift, .out = z,
    };
    ck_run(team, pieces(pixels, channels), norm_relu_task, &p);
}

static void backward_task(void *argument, int task, int thread) {
    (void)thread;
    const pass *p = argument;
    size_t count, at = piece_at(p, task, &count) * (size_t)p->channels;
    p->kernels->norm_relu_backward(
        count, p->channels, p->x + at, p->y + at, p->scale, p->shift, p->c1, p->c2, p->c3, p->out + at);
}

void ck_norm_relu_backward(
    size_t pixels, int channels, const float *dz, const float *y, const float *scale, const float *shift, const float *c1,
    const float *c2, const float *c3, float *dy, const ck_team *team) {
    pass p = {
        .kernels = ck_kernels_for(team->isa), .pixels = pixels, .piece = piece_pixels(channels), .channels = channels, .x = dz,
        .y = y, .scale = scale, .shift = shift, .c1 = c1, .c2 = c2, .c3 = c3, .out = dy,
    };
    ck_run(team, pieces(pixels, channels), backward_task, &p);
}

size_t ck_norm_relu_sums_scratch_bytes(size_t pixels, int channels, const ck_team *team) {
    (void)team;
    return ck_lines((size_t)pieces(pixels, channels) * 2 * (size_t)channels) * sizeof(float);
}

static void sums_task(void *argument, int task, int thread) {
    (void)thread;
    const pass *p = argument;
    size_t count, at = piece_at(p, task, &count) * (size_t)p->channels;
    float *to = p->sums + (size_t)task * 2 * (size_t)p->channels;
    p->kernels->norm_relu_sums(
        count, p->channels, p->x + at, p->y + at, p->scale, p->shift, p->mean, to, to + p->channels);
}

void ck_norm_relu_sums(
    size_t pixels, int channels, const float *dz, const float *y, const float *scale, const float *shift, const float *mean,
    ck_norm_sums *sums, void *scratch, const ck_team *team) {
    pass p = {
        .kernels = ck_kernels_for(team->isa), .pixels = pixels, .piece = piece_pixels(channels), .channels = channels, .x = dz,
        .y = y, .scale = scale, .shift = shift, .mean = mean, .sums = scratch,
    };
    int tasks = pieces(pixels, channels);
    ck_run(team, tasks, sums_task, &p);
    for (int c = 0; c < channels; c++) sums[c] = (ck_norm_sums){0, 0};
    for (int task = 0; task < tasks; task++) {
        const float *from = p.sums + (size_t)task * 2 * (size_t)channels;
        for (int c = 0; c < channels; c++) {
            sums[c].g += from[c];
            sums[c].gy += from[channels + c];
        }
    }
}

size_t ck_moments_scratch_bytes(size_t pixels, int channels, const ck_team *team) {
    (void)team;
    return ck_lines((size_t)pieces(pixels, channels) * 3 * (size_t)channels) * sizeof(float);
}

static void moments_task(void *argument, int task, int thread) {
    (void)thread;
    const pass *p = argument;
    size_t count, at = piece_at(p, task, &count) * (size_t)p->channels;
    float *to = p->sums + (size_t)task * 3 * (size_t)p->channels;
    p->kernels->moments(count, p->channels, p->x + at, to, to + p->channels, to + 2 * p->channels);
}

/* As in Chan et al. (1979). */
void ck_moments_join(ck_moments *total, double before, double count, float shift, float sum, float square) {
    double mean = shift + sum / count, m2 = square - (double)sum * sum / count, d = mean - total->mean;
    total->mean += d * count / (before + count);
    total->m2 += (m2 < 0 ? 0 : m2) + d * d * before * count / (before + count);
}

void ck_moments_of(
    size_t pixels, int channels, const float *x, ck_moments *moments, void *scratch, const ck_team *team) {
    pass p = {
        .kernels = ck_kernels_for(team->isa), .pixels = pixels, .piece = piece_pixels(channels), .channels = channels, .x = x,
        .sums = scratch,
    };
    int tasks = pieces(pixels, channels);
    ck_run(team, tasks, moments_task, &p);
    for (int c = 0; c < channels; c++) moments[c] = (ck_moments){0, 0};
    for (int task = 0; task < tasks; task++) {
        const float *from = p.sums + (size_t)task * 3 * (size_t)channels;
        size_t count, before = piece_at(&p, task, &count);
        for (int c = 0; c < channels; c++) {
            ck_moments_join(
                &moments[c], (double)before, (double)count, from[c], from[channels + c], from[2 * channels + c]);
        }
    }
}
