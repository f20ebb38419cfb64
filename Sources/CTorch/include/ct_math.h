/* Arithmetic, reductions and rearrangement. */
#ifndef CT_MATH_H
#define CT_MATH_H
#include "ct_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { CTBinaryAdd, CTBinarySubtract, CTBinaryMultiply, CTBinaryDivide, CTBinaryEqual } CTBinary;
typedef enum {
    CTUnaryNegate, CTUnaryExp, CTUnaryLog, CTUnarySqrt, CTUnaryAbs, CTUnarySquare,
    CTUnaryReLU, CTUnarySigmoid, CTUnaryIsFinite
} CTUnary;
typedef enum { CTReduceSum, CTReduceMean, CTReduceMax } CTReduce;

int ct_binary(CTBinary operation, CTTensor _Nonnull a, CTTensor _Nonnull b, CTTensor _Nullable *_Nonnull out);
int ct_binary_scalar(CTBinary operation, CTTensor _Nonnull a, double b, CTTensor _Nullable *_Nonnull out);
int ct_unary(CTUnary operation, CTTensor _Nonnull a, CTTensor _Nullable *_Nonnull out);
int ct_clamp(CTTensor _Nonnull a, double low, double high, CTTensor _Nullable *_Nonnull out);
/* Over the listed dimensions, or over all if the list is empty. */
int ct_reduce(CTReduce operation, CTTensor _Nonnull a, const int64_t *_Nullable dims, int32_t count, bool keep,
              CTTensor _Nullable *_Nonnull out);
int ct_argmax(CTTensor _Nonnull a, int64_t dim, CTTensor _Nullable *_Nonnull out);
int ct_softmax(CTTensor _Nonnull a, int64_t dim, bool logarithm, CTTensor _Nullable *_Nonnull out);

int ct_cat(const CTTensor _Nonnull *_Nonnull tensors, int32_t count, int64_t dim,
           CTTensor _Nullable *_Nonnull out);
int ct_reshape(CTTensor _Nonnull a, const int64_t *_Nonnull shape, int32_t rank, CTTensor _Nullable *_Nonnull out);
int ct_permute(CTTensor _Nonnull a, const int64_t *_Nonnull dims, int32_t rank, CTTensor _Nullable *_Nonnull out);
int ct_narrow(CTTensor _Nonnull a, int64_t dim, int64_t start, int64_t length, CTTensor _Nullable *_Nonnull out);
int ct_flip(CTTensor _Nonnull a, const int64_t *_Nonnull dims, int32_t count, CTTensor _Nullable *_Nonnull out);
/* Every step-th value, starting with the first, along the last axes, one per step. */
int ct_sample(CTTensor _Nonnull a, const int64_t *_Nonnull steps, int32_t count, CTTensor _Nullable *_Nonnull out);
/* Every value repeated to a block along the last axes, one per factor. */
int ct_enlarge(CTTensor _Nonnull a, const int64_t *_Nonnull factors, int32_t count, CTTensor _Nullable *_Nonnull out);
/* One value per class: (N, …) int64 to (N, classes, …) float32. */
int ct_one_hot(CTTensor _Nonnull a, int64_t classes, CTTensor _Nullable *_Nonnull out);

/* a = a·scale + b·factor, in place and without recording. */
int ct_scale_add(CTTensor _Nonnull a, double scale, CTTensor _Nonnull b, double factor);
int ct_fill(CTTensor _Nonnull a, double value);

#ifdef __cplusplus
}
#endif
#endif
