/* arm64: 4 lanes, 32 registers, fused multiply-add. */
#include "kernels.h"

#if defined(__aarch64__)
#define LANES 4
#define ROWS 12
#define HAS_FMA 1
#define TABLE ck_kernels_neon
#include "body/vector.h"
#include "body/gemm.h"
#include "body/winograd.h"
#include "body/passes.h"
#include "body/table.h"
#endif
