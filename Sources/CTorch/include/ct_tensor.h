/* Creating, reading, and releasing tensors. dtype and device numbers are libtorch's own (c10/core). */
#ifndef CT_TENSOR_H
#define CT_TENSOR_H
#include "ct_base.h"

#ifdef __cplusplus
extern "C" {
#endif

void ct_tensor_release(CTTensor _Nullable tensor);
/* The number of handles created and not yet released, in the whole process. */
int64_t ct_live_tensors(void);

/* Copies `bytes` of contiguous values from memory. */
int ct_from_bytes(const void *_Nonnull data, int64_t bytes, const int64_t *_Nonnull shape, int32_t rank,
                  int8_t dtype, CTTensor _Nullable *_Nonnull out);
/* Copies the values, contiguous and from any device, into memory that holds `bytes`. */
int ct_to_bytes(CTTensor _Nonnull tensor, void *_Nonnull data, int64_t bytes);
int ct_full(const int64_t *_Nonnull shape, int32_t rank, double value, int8_t dtype, int8_t device_type,
            int8_t device_index, CTTensor _Nullable *_Nonnull out);
int ct_randn(const int64_t *_Nonnull shape, int32_t rank, CTTensor _Nullable *_Nonnull out);
int ct_rand(const int64_t *_Nonnull shape, int32_t rank, CTTensor _Nullable *_Nonnull out);

int32_t ct_rank(CTTensor _Nonnull tensor);
int64_t ct_size(CTTensor _Nonnull tensor, int32_t dim);
int64_t ct_count(CTTensor _Nonnull tensor);
int8_t ct_dtype(CTTensor _Nonnull tensor);
int8_t ct_device_type(CTTensor _Nonnull tensor);
int8_t ct_device_index(CTTensor _Nonnull tensor);
int ct_to(CTTensor _Nonnull tensor, int8_t dtype, int8_t device_type, int8_t device_index,
          CTTensor _Nullable *_Nonnull out);
/* The same values in channels-last layout (rank 4 or 5). */
int ct_channels_last(CTTensor _Nonnull tensor, CTTensor _Nullable *_Nonnull out);
int ct_contiguous(CTTensor _Nonnull tensor, CTTensor _Nullable *_Nonnull out);
int ct_clone(CTTensor _Nonnull tensor, CTTensor _Nullable *_Nonnull out);
/* Copies the values of `source` into `tensor`; shapes must agree. */
int ct_copy(CTTensor _Nonnull tensor, CTTensor _Nonnull source);

#ifdef __cplusplus
}
#endif
#endif
