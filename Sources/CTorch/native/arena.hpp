// Memory for maps, reused from step to step.
#pragma once

#include <ATen/core/Tensor.h>

namespace native {

/// Returns an uninitialized float32 map of these sizes (N, C, (D,) H, W) with channels fastest.
///
/// Large maps use recycled memory, since fresh memory from the system costs a page fault every few kilobytes, which
/// takes longer than many layers. The memory held is at most the peak that was in use at once, plus gaps.
at::Tensor empty_map(at::IntArrayRef sizes);

/// Returns an uninitialized float32 tensor of these sizes from the same memory, contiguous like PyTorch's weights, at
/// an address that is a multiple of 64.
at::Tensor empty_weights(at::IntArrayRef sizes);

/// Returns an uninitialized map with the sizes of `map`.
inline at::Tensor empty_map_like(const at::Tensor &map) { return empty_map(map.sizes()); }

}  // namespace native
