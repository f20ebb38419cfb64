/* 3×3 and 3×3×3 convolution with stride 1: Winograd F(4×4, 3×3) in plane, or direct if that is faster. */
#ifndef CK_CONV_H
#define CK_CONV_H

#include "ck_team.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The shape of a convolution. Sizes are those of its input. `in_channels[1]` is 0 unless the input is the concatenation
 * over channels of two maps. `kernel_depth` is 1 (3×3, or 1×3×3 on volumes) or 3. `padding` is 0 (valid) or 1 (same) in
 * height and width; so is `padding_depth` in depth if kernel_depth is 3, and it is ignored if kernel_depth is 1. */
typedef struct ck_conv {
    int batch, depth, height, width;
    int in_channels[2];
    int out_channels;
    int kernel_depth;
    int padding, padding_depth;
} ck_conv;

int ck_conv_out_depth(const ck_conv *_Nonnull conv);
int ck_conv_out_height(const ck_conv *_Nonnull conv);
int ck_conv_out_width(const ck_conv *_Nonnull conv);

/* Whether all sizes are positive and fit, as the functions below require. */
bool ck_conv_valid(const ck_conv *_Nonnull conv);

typedef enum ck_pass { ck_pass_forward = 0, ck_pass_backward_data = 1 } ck_pass;

/* ---- weights ---- */

/* Packed weights depend on the convolution only through this number (for a given weight tensor and instruction set). A
 * cache stores it with the packed weights, and packs again if it or the weights change. */
uint64_t ck_conv_weights_layout(const ck_conv *_Nonnull conv, ck_pass pass, ck_isa isa);
size_t ck_conv_weights_bytes(const ck_conv *_Nonnull conv, ck_pass pass, ck_isa isa);

/* Packs `weights`, [out][in][3][3] or [out][in][3][3][3], where `in` is the sum of in_channels. `scale`, if given,
 * multiplies the weights of each output channel (a norm folded into them for inference). */
void ck_conv_pack_weights(
    const ck_conv *_Nonnull conv, ck_pass pass, const float *_Nonnull weights, const float *_Nullable scale,
    float *_Nonnull packed, const ck_team *_Nonnull team);

/* ---- forward ---- */

/* An input map. With `scale` and `shift` (one number per channel), the map is read as max(0, x · scale + shift),
 * which saves a separate pass for the norm and ReLU after the layer that wrote it. Padding stays 0. `stride` is the
 * distance between two pixels in floats, or 0 for `channels`. */
typedef struct ck_source {
    const float *_Nullable data;
    const float *_Nullable scale;
    const float *_Nullable shift;
    ptrdiff_t stride;
} ck_source;

/* The mean and the sum of squared differences from it, one pair per channel. */
typedef struct ck_moments {
    double mean, m2;
} ck_moments;

typedef struct ck_conv_forward_args {
    ck_source sources[2];
    const float *_Nonnull packed;
    const float *_Nullable bias;      /* [out] */
    bool relu;                        /* max(0, ·) on the output */
    float *_Nonnull output;
    ptrdiff_t output_stride;          /* between two pixels in floats, 0 for out_channels */
    ck_moments *_Nullable moments;    /* [out], over all output pixels, before `relu` */
} ck_conv_forward_args;

size_t ck_conv_forward_scratch_bytes(const ck_conv *_Nonnull conv, const ck_team *_Nonnull team);
void ck_conv_forward(
    const ck_conv *_Nonnull conv, const ck_conv_forward_args *_Nonnull args, void *_Nonnull scratch,
    const ck_team *_Nonnull team);

/* ---- gradient of the input ---- */

/* The sums over all pixels that the backward pass of norm + ReLU needs: with u = y · scale + shift and g the gradient
 * where u > 0 and 0 elsewhere, `g` = Σ g and `gy` = Σ g · (y − mean). */
typedef struct ck_norm_sums {
    double g, gy;
} ck_norm_sums;

/* A request to a convolution's backward-data for those sums over the gradient that it writes. */
typedef struct ck_norm_probe {
    const float *_Nullable y;     /* the map before the norm; its pixel stride is the output's channels */
    const float *_Nullable scale; /* one per channel, like the next three */
    const float *_Nullable shift;
    const float *_Nullable mean;
    ck_norm_sums *_Nullable sums;
} ck_norm_probe;

typedef struct ck_conv_backward_data_args {
    const float *_Nonnull gradient;       /* of the output */
    const float *_Nonnull packed;         /* packed for ck_pass_backward_data */
    float *_Nullable outputs[2];          /* gradients of the one or two inputs */
    ptrdiff_t output_strides[2];          /* between two pixels in floats, 0 for their channels */
    ck_norm_probe probes[2];              /* all NULL for no request */
} ck_conv_backward_data_args;

size_t ck_conv_backward_data_scratch_bytes(const ck_conv *_Nonnull conv, const ck_team *_Nonnull team);
void ck_conv_backward_data(
    const ck_conv *_Nonnull conv, const ck_conv_backward_data_args *_Nonnull args, void *_Nonnull scratch,
    const ck_team *_Nonnull team);

/* ---- gradient of the weights ---- */

/* If `y` is given, `gradient` is that of the map *after* norm and ReLU, and the convolution's own is computed along the
 * way as c1 · g + c2 · y + c3, where g is the gradient where y · scale + shift > 0 and 0 elsewhere
 * (`ck_norm_backward_coefficients` computes c1, c2, c3). It is stored in `output_gradient` (which can be `gradient`)
 * for the following backward-data pass. */
typedef struct ck_conv_backward_weights_args {
    ck_source sources[2];
    const float *_Nonnull gradient;
    const float *_Nullable y;
    const float *_Nullable scale, *_Nullable shift;
    const float *_Nullable c1, *_Nullable c2, *_Nullable c3;
    float *_Nullable output_gradient;
    float *_Nonnull weights;      /* overwritten, in the layout of the weights */
    float *_Nullable bias;        /* overwritten, [out] */
} ck_conv_backward_weights_args;

size_t ck_conv_backward_weights_scratch_bytes(const ck_conv *_Nonnull conv, const ck_team *_Nonnull team);
void ck_conv_backward_weights(
    const ck_conv *_Nonnull conv, const ck_conv_backward_weights_args *_Nonnull args, void *_Nonnull scratch,
    const ck_team *_Nonnull team);

#ifdef __cplusplus
}
#endif
#endif
