/* Threads, random numbers, devices, and the version of libtorch. */
#ifndef CT_RUNTIME_H
#define CT_RUNTIME_H
#include "ct_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version, such as 2.13.0. */
const char *_Nonnull ct_version(void);
int ct_set_thread_count(int32_t count);
int32_t ct_thread_count(void);
/* Seeds every generator: CPU and, if available, CUDA and MPS. */
int ct_seed(uint64_t seed);
/* Get and set the state of the CPU generator as a uint8 tensor. */
int ct_random_state(CTTensor _Nullable *_Nonnull out);
int ct_set_random_state(CTTensor _Nonnull state);
bool ct_has_cuda(void);
bool ct_has_mps(void);
int32_t ct_cuda_count(void);
/* Waits until the device has finished all submitted work; device numbers are libtorch's own. */
int ct_synchronize(int32_t device_type, int32_t device_index);
/* Makes CUDA pick only deterministic algorithms, or lets it choose the fastest. */
int ct_set_deterministic(bool on);

#ifdef __cplusplus
}
#endif
#endif
