/* The choice of CPU kernels for convolutions and related layers: this project's own or libtorch's. */
#ifndef CT_KERNELS_H
#define CT_KERNELS_H
#include "ct_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* If on, float32 convolutions of rank 4 and 5 on the CPU use CKernels for all shapes that it supports. */
void ct_set_native_kernels(bool on);
bool ct_native_kernels(void);
/* The instruction set in use: "avx512", "avx2", "neon", or "portable". */
const char *_Nonnull ct_kernel_instructions(void);
/* Chooses an instruction set by that name; fails if the processor lacks it. */
int ct_set_kernel_instructions(const char *_Nonnull name);

/* The number of threads of the native kernels; 0 for the number of libtorch's operations. */
void ct_set_native_threads(int32_t count);
int32_t ct_native_threads(void);

#ifdef __cplusplus
}
#endif
#endif
