/* Layers and losses, in 2D (N, C, H, W) and 3D (N, C, D, H, W). Lists of sizes have 2 or 3 entries. */
#ifndef CT_NN_H
#define CT_NN_H
#include "ct_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Weights are (out, in, k…), or (in, out, k…) if transposed. */
int ct_convolution(CTTensor _Nonnull x, CTTensor _Nonnull weight, CTTensor _Nullable bias,
                   const int64_t *_Nonnull stride, const int64_t *_Nonnull padding, int32_t dims, bool transposed,
                   CTTensor _Nullable *_Nonnull out);
/* Updates the running statistics in place in training, which requires more than one value per channel. */
int ct_batch_norm(CTTensor _Nonnull x, CTTensor _Nonnull weight, CTTensor _Nonnull bias,
                  CTTensor _Nonnull running_mean, CTTensor _Nonnull running_var, bool training, double momentum,
                  double epsilon, CTTensor _Nullable *_Nonnull out);
/* ReLU(batch norm(convolution)) with stride 1 of the `count` parts of x, concatenated along the channels. */
int ct_conv_norm_relu(const CTTensor _Nonnull *_Nonnull parts, int32_t count, CTTensor _Nonnull weight,
                      CTTensor _Nullable bias, const int64_t *_Nonnull padding, int32_t dims,
                      CTTensor _Nonnull norm_weight, CTTensor _Nonnull norm_bias, CTTensor _Nonnull running_mean,
                      CTTensor _Nonnull running_var, bool training, double momentum, double epsilon,
                      CTTensor _Nullable *_Nonnull out);
/* ReLU(convolution), and ReLU(instance norm(convolution)), with stride 1, of `count` maps concatenated along the
 * channels; padding has `dims` entries. */
int ct_conv_relu(const CTTensor _Nonnull *_Nonnull parts, int32_t count, CTTensor _Nonnull weight, CTTensor _Nullable bias,
                 const int64_t *_Nonnull padding, int32_t dims, CTTensor _Nullable *_Nonnull out);
int ct_conv_instance_norm_relu(const CTTensor _Nonnull *_Nonnull parts, int32_t count, CTTensor _Nonnull weight,
                               CTTensor _Nullable bias, const int64_t *_Nonnull padding, int32_t dims,
                               CTTensor _Nonnull norm_weight, CTTensor _Nonnull norm_bias, double epsilon,
                               CTTensor _Nullable *_Nonnull out);
int ct_instance_norm(CTTensor _Nonnull x, CTTensor _Nonnull weight, CTTensor _Nonnull bias, double epsilon,
                     CTTensor _Nullable *_Nonnull out);
int ct_dropout(CTTensor _Nonnull x, double probability, bool training, CTTensor _Nullable *_Nonnull out);
int ct_max_pool(CTTensor _Nonnull x, const int64_t *_Nonnull kernel, int32_t dims,
                CTTensor _Nullable *_Nonnull out);
/* Mean over voxels; target is (N, …) int64. With weights (N, …), the weighted mean sum(w·l) / sum(w). */
int ct_cross_entropy(CTTensor _Nonnull logits, CTTensor _Nonnull target, CTTensor _Nullable weights,
                     CTTensor _Nullable *_Nonnull out);
/* Mean over voxels; target and weights, if any, have the shape of logits. */
int ct_binary_cross_entropy(CTTensor _Nonnull logits, CTTensor _Nonnull target, CTTensor _Nullable weights,
                            CTTensor _Nullable *_Nonnull out);

#ifdef __cplusplus
}
#endif
#endif
