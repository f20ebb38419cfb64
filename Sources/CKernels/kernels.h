/* The kernels of each instruction set, and the arguments passed between the drivers (plain C, compiled once) and the
 * bodies (compiled once for each instruction set). */
#ifndef CK_KERNELS_H
#define CK_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "include/CKernels.h"

/* Points of F(4×4, 3×3): a tile of 6×6 input pixels, 36 products, 4×4 output pixels. */
enum { ck_points = 36, ck_tile = 4, ck_reach = 6 };

/* `count` numbers at a. */
typedef struct ck_segment {
    const float *a;
    int count;
} ck_segment;

/* A 6×6 patch of an input map. Pixels outside y0 ..< y1, x0 ..< x1 are padding, 0. */
typedef struct ck_patch {
    const float *data; /* pixel (0, 0) of the patch, which can lie outside the map */
    ptrdiff_t pixel, row;
    int y0, y1, x0, x1;
    int channels;
    const float *scale, *shift;
} ck_patch;

/* The destination of a rectangle of output pixels, and the sums gathered along the way. All per-channel pointers start
 * at the first channel of the rectangle. */
typedef struct ck_sink {
    float *out;
    ptrdiff_t pixel, row;
    int rows, columns;
    int channels;
    const float *bias;
    bool relu;
    bool first;                        /* the first rectangle of its block: sets `shift` */
    float *shift, *sum, *square;       /* moments, or NULL */
    const float *y;                    /* probe, or NULL: the rectangle of the map before the norm */
    ptrdiff_t y_pixel, y_row;
    const float *y_scale, *y_shift, *y_mean;
    float *g, *gy;
} ck_sink;

/* A rectangle of an output gradient, of the convolution itself or of the norm + ReLU after it (y not NULL). */
typedef struct ck_slope {
    const float *g;
    ptrdiff_t pixel, row;
    int rows, columns;
    int channels;
    const float *y, *scale, *shift, *c1, *c2, *c3;
    float *stored; /* destination of the convolution's own gradient, or NULL */
    float *bias;   /* sums over the rectangle are added here, or NULL */
} ck_slope;

typedef struct ck_kernels {
    int lanes;

    /* c[rows][vectors · lanes] (+)= Σ_segments Σ_k a[r · as + k] · b[k][·]; b is one packed panel. */
    void (*gemm_rows)(
        int rows, int vectors, int segments, const ck_segment *segment, ptrdiff_t as, const float *b, float *c,
        ptrdiff_t cs, bool accumulate);
    /* The same sum plus c, if given, and bias, after ReLU if requested, to the sink: `columns` pixels of `channels`, at
     * most two vectors, without gathering sums. */
    void (*gemm_out)(
        const ck_sink *sink, int segments, const ck_segment *segment, ptrdiff_t as, const float *b, const float *c,
        ptrdiff_t cs);
    /* c[rows][vectors · lanes] (+)= Σ_t a[t · as + r] · b[t · bs + ·]. */
    void (*gemm_outer)(
        int rows, int vectors, int terms, const float *a, ptrdiff_t as, const float *b, ptrdiff_t bs, float *c,
        ptrdiff_t cs, bool accumulate);

    /* Bᵀ d B into v[36 · plane + channel], zeros up to whole vectors. */
    void (*input_tile)(const ck_patch *patch, float *v, ptrdiff_t plane);
    /* Aᵀ m A to the sink. */
    void (*output_tile)(const ck_sink *sink, const float *m, ptrdiff_t plane);
    /* A g Aᵀ into d[36 · plane + channel], zeros up to whole vectors. */
    void (*gradient_tile)(const ck_slope *slope, float *d, ptrdiff_t plane);
    /* G g Gᵀ of `lanes` filters at once, g[9 · step], into u[36 · plane]. */
    void (*filter_transform)(const float *g, ptrdiff_t step, float *u, ptrdiff_t plane);
    /* Gᵀ w G of `lanes` filters at once, w[36 · plane], into g[9][lanes]. */
    void (*filter_gradient)(const float *w, ptrdiff_t plane, float *g);

    /* One row of pixels, x[columns][stride], to the sink. */
    void (*output_row)(const ck_sink *sink, const float *x, ptrdiff_t stride);
    /* One row of a gradient into d[columns][stride], zeros up to whole vectors. */
    void (*gradient_row)(const ck_slope *slope, float *d, ptrdiff_t stride);
    /* Copies pixels, through max(0, x · scale + shift) if given. */
    void (*copy_pixels)(
        size_t count, int channels, const float *x, ptrdiff_t x_stride, const float *scale, const float *shift, float *to,
        ptrdiff_t to_stride);
    /* a += b; count is a multiple of lanes. */
    void (*add)(size_t count, float *a, const float *b);

    void (*norm_relu)(size_t pixels, int channels, const float *y, const float *scale, const float *shift, float *z);
    void (*norm_relu_backward)(
        size_t pixels, int channels, const float *dz, const float *y, const float *scale, const float *shift,
        const float *c1, const float *c2, const float *c3, float *dy);
    /* g[channel] = Σ g, gy[channel] = Σ g · (y − mean), over a block that is small enough for floats. */
    void (*norm_relu_sums)(
        size_t pixels, int channels, const float *dz, const float *y, const float *scale, const float *shift,
        const float *mean, float *g, float *gy);
    /* sum[channel] = Σ (x − x₀), square[channel] = Σ (x − x₀)², shift[channel] = x₀. */
    void (*moments)(size_t pixels, int channels, const float *x, float *shift, float *sum, float *square);

    /* One row of pooled pixels from two rows of x, `row` floats apart and `width` pixels long, in each of `planes` (1
     * or 2) planes, `plane` floats apart. */
    void (*pool_row)(
        int width, int channels, int planes, const float *x, ptrdiff_t row, ptrdiff_t plane, const float *scale,
        const float *shift, float *z, float *pooled);
    void (*pool_row_backward)(
        int width, int channels, int planes, const float *x, ptrdiff_t row, ptrdiff_t plane, const float *scale,
        const float *shift, const float *pooled_gradient, const float *skip, float *dx);
} ck_kernels;

extern const ck_kernels ck_kernels_portable;
#if defined(__x86_64__)
extern const ck_kernels ck_kernels_avx2;
extern const ck_kernels ck_kernels_avx512;
#elif defined(__aarch64__)
extern const ck_kernels ck_kernels_neon;
#endif

const ck_kernels *ck_kernels_for(ck_isa isa);

/* Runs tasks on the team. */
void ck_run(const ck_team *team, int tasks, ck_body body, void *argument);

/* Merges `count` numbers, given by Σ (x − shift) and Σ (x − shift)², into the moments of `before` numbers. */
void ck_moments_join(ck_moments *total, double before, double count, float shift, float sum, float square);

static inline int ck_round_up(int n, int to) { return (n + to - 1) / to * to; }
static inline int ck_divide_up(int n, int by) { return (n + by - 1) / by; }
static inline int ck_min(int a, int b) { return a < b ? a : b; }
static inline int ck_max(int a, int b) { return a > b ? a : b; }
static inline size_t ck_lines(size_t floats) { return (floats + 15) / 16 * 16; }

/* A row length in floats, in whole vectors, that spreads rows over the cache's sets: an odd number of 64-byte lines. */
static inline ptrdiff_t ck_spread(ptrdiff_t floats) {
    ptrdiff_t lines = (floats + 15) / 16;
    return (lines | 1) * 16;
}

#endif
