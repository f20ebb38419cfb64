/* Norm + ReLU passes, forward and backward. */
#ifndef CK_NORM_H
#define CK_NORM_H

#include "ck_conv.h"

#ifdef __cplusplus
extern "C" {
#endif

/* scale = weight / √(m2 / count + epsilon), shift = bias − mean · scale. A NULL `weight` is 1, a NULL `bias` is 0. */
void ck_norm_coefficients(
    int channels, const ck_moments *_Nonnull moments, double count, const float *_Nullable weight,
    const float *_Nullable bias, double epsilon, float *_Nonnull mean, float *_Nonnull inverse_deviation,
    float *_Nonnull scale, float *_Nonnull shift);

/* Computes the gradients of weight and bias, and c1, c2, c3 of dy = c1 · g + c2 · y + c3, from the sums over `count`
 * pixels. */
void ck_norm_backward_coefficients(
    int channels, const ck_norm_sums *_Nonnull sums, double count, const float *_Nonnull mean,
    const float *_Nonnull inverse_deviation, const float *_Nullable weight, float *_Nullable weight_gradient,
    float *_Nullable bias_gradient, float *_Nonnull c1, float *_Nonnull c2, float *_Nonnull c3);

/* Computes the mean and m2 of each channel of a map. */
size_t ck_moments_scratch_bytes(size_t pixels, int channels, const ck_team *_Nonnull team);
void ck_moments_of(
    size_t pixels, int channels, const float *_Nonnull x, ck_moments *_Nonnull moments, void *_Nonnull scratch,
    const ck_team *_Nonnull team);

/* z = max(0, y · scale + shift). `z` can be `y`. */
void ck_norm_relu(
    size_t pixels, int channels, const float *_Nonnull y, const float *_Nonnull scale, const float *_Nonnull shift,
    float *_Nonnull z, const ck_team *_Nonnull team);

/* Σ g and Σ g · (y − mean) with g = dz where y · scale + shift > 0. */
size_t ck_norm_relu_sums_scratch_bytes(size_t pixels, int channels, const ck_team *_Nonnull team);
void ck_norm_relu_sums(
    size_t pixels, int channels, const float *_Nonnull dz, const float *_Nonnull y, const float *_Nonnull scale,
    const float *_Nonnull shift, const float *_Nonnull mean, ck_norm_sums *_Nonnull sums, void *_Nonnull scratch,
    const ck_team *_Nonnull team);

/* dy = c1 · g + c2 · y + c3. `dy` can be `dz`. */
void ck_norm_relu_backward(
    size_t pixels, int channels, const float *_Nonnull dz, const float *_Nonnull y, const float *_Nonnull scale,
    const float *_Nonnull shift, const float *_Nonnull c1, const float *_Nonnull c2, const float *_Nonnull c3,
    float *_Nonnull dy, const ck_team *_Nonnull team);

#ifdef __cplusplus
}
#endif
#endif
