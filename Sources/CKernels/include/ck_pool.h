/* 2×2 and 2×2×2 max-pool with stride 2; the last row, column or plane of an odd size is left out, as PyTorch does. */
#ifndef CK_POOL_H
#define CK_POOL_H

#include "ck_team.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Maps of batch × depth × height × width × channels; pooled ones have height/2 × width/2, and depth/2 where kernel_depth is
 * 2. It is 1 or 2. */
typedef struct ck_pool {
    int batch, depth, height, width, channels;
    int kernel_depth;
} ck_pool;

/* pooled = max over 2×2 or 2×2×2. With `scale` and `shift`, of max(0, x · scale + shift), which is also stored in `z` where given. */
void ck_max_pool(
    const ck_pool *_Nonnull pool, const float *_Nonnull x, const float *_Nullable scale, const float *_Nullable shift,
    float *_Nullable z, float *_Nonnull pooled, const ck_team *_Nonnull team);

/* The gradient of `x` (of z, where scale and shift are given): each pooled gradient goes to the first largest of its four or
 * eight pixels, found anew from `x`. `skip`, where given, is a second gradient of the same map that is added (it may be `dx`). */
void ck_max_pool_backward(
    const ck_pool *_Nonnull pool, const float *_Nonnull x, const float *_Nullable scale, const float *_Nullable shift,
    const float *_Nonnull pooled_gradient, const float *_Nullable skip, float *_Nonnull dx, const ck_team *_Nonnull team);

#ifdef __cplusplus
}
#endif
#endif
