/* 1×1 convolution, and transposed convolution with a kernel equal to its stride (1×1×1, 1×2×2, 2×2×2). */
#ifndef CK_DENSE_H
#define CK_DENSE_H

#include "ck_conv.h"

#ifdef __cplusplus
extern "C" {
#endif

/* out = Σ in · weights + bias at every pixel. Sizes are those of the input. kernel[] is depth, height, width, each 1 or
 * 2: {1,1,1} is a 1×1 convolution; a larger kernel is a transposed convolution, which writes one pixel per kernel
 * element for each input pixel. */
typedef struct ck_dense {
    int batch, depth, height, width;
    int in_channels, out_channels;
    int kernel[3];
} ck_dense;

bool ck_dense_valid(const ck_dense *_Nonnull dense);

/* Weights are PyTorch's: [out][in] for a 1×1 convolution, [in][out][kd][kh][kw] for a transposed convolution. */
size_t ck_dense_weights_bytes(const ck_dense *_Nonnull dense, ck_pass pass, ck_isa isa);
void ck_dense_pack_weights(
    const ck_dense *_Nonnull dense, ck_pass pass, const float *_Nonnull weights, float *_Nonnull packed,
    const ck_team *_Nonnull team);

size_t ck_dense_scratch_bytes(const ck_dense *_Nonnull dense, const ck_team *_Nonnull team);

void ck_dense_forward(
    const ck_dense *_Nonnull dense, const ck_source *_Nonnull source, const float *_Nonnull packed,
    const float *_Nullable bias, float *_Nonnull output, void *_Nonnull scratch, const ck_team *_Nonnull team);

/* `probe`, if given, gathers the sums for the norm through which `source` was read. */
void ck_dense_backward_data(
    const ck_dense *_Nonnull dense, const float *_Nonnull gradient, const float *_Nonnull packed,
    const ck_norm_probe *_Nullable probe, float *_Nonnull input_gradient, void *_Nonnull scratch,
    const ck_team *_Nonnull team);

void ck_dense_backward_weights(
    const ck_dense *_Nonnull dense, const ck_source *_Nonnull source, const float *_Nonnull gradient,
    float *_Nonnull weights, float *_Nullable bias, void *_Nonnull scratch, const ck_team *_Nonnull team);

#ifdef __cplusplus
}
#endif
#endif
