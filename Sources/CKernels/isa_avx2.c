/* x86-64 with AVX2 and FMA: 8 lanes, 16 registers. */
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

static const int lanes_of_first[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
#define FIRST(n) _mm256_loadu_si256((const __m256i *)(lanes_of_first + 8 - (n)))

#define LANES 8
#define ROWS 6
#define HAS_FMA 1
#define MASKED_LOAD(p, n) ((vec)_mm256_maskload_ps(p, FIRST(n)))
#define MASKED_STORE(p, v, n) _mm256_maskstore_ps(p, FIRST(n), (__m256)(v))
#define TABLE ck_kernels_avx2
#include "body/vector.h"
#include "body/gemm.h"
#include "body/winograd.h"
#include "body/passes.h"
#include "body/table.h"

#pragma clang attribute pop
#endif
