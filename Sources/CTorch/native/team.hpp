// The threads and instructions that CKernels runs on: libtorch's own OpenMP team, so that two pools never fight.
#pragma once

#include <ATen/core/Tensor.h>

#include "ck_team.h"

namespace native {

/// Whether this process wants CKernels where they fit.
bool enabled();
void enable(bool on);

/// A team of libtorch's threads.
ck_team team();

ck_isa instructions();
void set_instructions(ck_isa isa);

/// Memory for a kernel's intermediate results, kept per thread that calls libtorch and grown when needed.
void *scratch(size_t bytes);

/// Whether `x` is a map that kernels can read: float32 on the CPU, rank 4 or 5, not empty.
bool fits(const at::Tensor &x);

/// Whether `x` is one float32 number for each of `channels` channels, side by side on the CPU.
bool fits_channels(const at::Tensor &x, int64_t channels);

/// `x` with channels fastest in memory; `x` itself where it lies so already.
at::Tensor channels_last(const at::Tensor &x);

/// Whether channels are fastest in memory. Sizes of 1 leave it open how a map lies; such maps count as such.
bool is_channels_last(const at::Tensor &x);

}  // namespace native
