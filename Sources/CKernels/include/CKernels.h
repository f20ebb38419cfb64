/* CKernels: float32 kernels of convolution, normalization, pooling, and upsampling for the CPU.
 *
 * Conventions of all functions:
 * - Maps are channels-last and contiguous: [batch][depth][height][width][channels]; a 2D map has depth 1.
 * - Nothing is allocated and no thread is started. The caller provides a `ck_team` and scratch memory, 64-byte aligned
 *   and of as many bytes as the matching `…_scratch_bytes` returns.
 * - Results are bit-identical for every number of threads: sums are divided at fixed places and added in a fixed order.
 *   They differ in the last bits between instruction sets.
 * - Pointers need no more than a float's alignment, except scratch memory and packed weights (64 bytes).
 * - NaN and infinity propagate; they are never turned into finite numbers.
 */
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ck_team.h"
#include "ck_conv.h"
#include "ck_norm.h"
#include "ck_pool.h"
#include "ck_dense.h"

#endif
