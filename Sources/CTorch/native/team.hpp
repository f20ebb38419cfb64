// The threads and instructions of CKernels: libtorch's own OpenMP team, so that two pools never compete.
#pragma once

#include <ATen/core/Tensor.h>

#include "ck_team.h"

namespace native {

/// Returns whether this process uses CKernels where possible.
bool enabled();
void enable(bool on);

/// Returns a team of libtorch's threads.
ck_team team();

ck_isa instructions();
void set_instructions(ck_isa isa);

/// Returns memory for a kernel's intermediate results, kept per calling thread and grown when needed.
void *scratch(size_t bytes);

/// Returns whether `x` is a map that kernels can read: float32 on the CPU, rank 4 or 5, not empty.
bool fits(const at::Tensor &x);

/// Returns whether `x` is one float32 number for each of `channels` channels, contiguous on the CPU.
bool fits_channels(const at::Tensor &x, int64_t channels);

/// Returns `x` with channels fastest in memory, or `x` itself if they already are.
at::Tensor channels_last(const at::Tensor &x);

/// Returns whether channels are fastest in memory. Maps whose layout is ambiguous because of sizes of 1 count as such.
bool is_channels_last(const at::Tensor &x);

}  // namespace native
