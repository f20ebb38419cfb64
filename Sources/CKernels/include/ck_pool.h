/* 2×2 and 2×2×2 max-pool with stride 2. The last row, column, or plane of an odd size is ignored, as in PyTorch. */
#ifndef CK_POOL_H
#define CK_POOL_H

#include "ck_team.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Maps of batch × depth × height × width × channels; pooled maps have height/2 × width/2, and depth/2 if kernel_depth,
 * which is 1 or 2, is 2. */
typedef struct ck_pool {
    int batch, depth, height, width, channels;
    int kernel_depth;
} ck_pool;

/* pooled = max over 2×2 or 2×2×2 of x or, with `scale` and `shift`, of max(0, x · scale + shift), which is also stored
 * in `z` if given. */
void ck_max_pool(
    const ck_pool *_Nonnull pool, const float *_Nonnull x, const float *_Nullable scale, const float *_Nullable shift,
    float *_Nullable z, float *_Nonnull pooled, const ck_team *_Nonnull team);

/* Computes the gradient of `x` (of z, if scale and shift are given): each pooled gradient goes to the first largest of
 * its four or eight pixels, determined again from `x`. `skip`, if given, is a second gradient of the same map to add
 * (it can be `dx`). */
void ck_max_pool_backward(
    const ck_pool *_Nonnull pool, const float *_Nonnull x, const float *_Nullable scale, const float *_Nullable shift,
    const float *_Nonnull pooled_gradient, const float *_Nullable skip, float *_Nonnull dx, const ck_team *_Nonnull team);

#ifdef __cplusplus
}
#endif
#endif
