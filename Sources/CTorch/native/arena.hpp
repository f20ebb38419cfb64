// Memory for maps, kept from one step to the next.
#pragma once

#include <ATen/core/Tensor.h>

namespace native {

/// An uninitialized float32 map of these sizes (N, C, (D,) H, W) with channels fastest.
///
/// Large ones live in memory that is reused: fresh memory from the system costs a page fault every few kilobytes, which
/// takes longer than many a layer. What is held is at most what was once in use at the same time, and gaps between.
at::Tensor empty_map(at::IntArrayRef sizes);

/// Uninitialized float32 numbers of these sizes, contiguous as PyTorch's weights are, from there too, at an address that is a
/// multiple of 64.
at::Tensor empty_weights(at::IntArrayRef sizes);

/// The same with the sizes of `map`.
inline at::Tensor empty_map_like(const at::Tensor &map) { return empty_map(map.sizes()); }

}  // namespace native
