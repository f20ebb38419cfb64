/* x86-64 with AVX-512: 16 lanes, 32 registers. */
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)

#define LANES 16
#define ROWS 12
#define HAS_FMA 1
#define MASKED_LOAD(p, n) ((vec)_mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1), p))
#define MASKED_STORE(p, v, n) _mm512_mask_storeu_ps(p, (__mmask16)((1u << (n)) - 1), (__m512)(v))
#define TABLE ck_kernels_avx512
#include "body/vector.h"
#include "body/gemm.h"
#include "body/winograd.h"
#include "body/passes.h"
#include "body/table.h"

#pragma clang attribute pop
#endif
