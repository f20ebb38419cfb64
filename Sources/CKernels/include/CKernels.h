/* CKernels: float32 convolution, normalization, pooling and up-sampling kernels for the CPU.
 *
 * Conventions of every function:
 * - Maps are channels-last and contiguous: [batch][depth][height][width][channels]; a 2D map has depth 1.
 * - Nothing is allocated and no thread is started. The caller brings scratch memory (64-byte aligned, as many
 *   bytes as the matching `…_scratch_bytes` says) and a `ck_team`.
 * - Results have the same bits for every number of threads: sums are cut at fixed places and added in a fixed order.
 *   They differ in the last bits from one instruction set to another.
 * - Pointers need no alignment beyond a float's, except scratch and packed weights (64 bytes).
 * - NaN and infinity spread; they are never turned into finite numbers.
 */
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ck_team.h"
#include "ck_conv.h"
#include "ck_norm.h"
#include "ck_pool.h"
#include "ck_dense.h"

#endif
