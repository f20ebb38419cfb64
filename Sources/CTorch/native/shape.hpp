// Conversion of tensors to the shapes of CKernels.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "ck_conv.h"
#include "ck_dense.h"

namespace native {

/// Returns the 3×3 convolution of `parts` by `weight` with stride 1, or nothing if the kernels do not support it.
std::optional<ck_conv> conv_shape(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                  at::IntArrayRef padding);

/// Returns the sizes (N, C, (D,) H, W) of the output.
std::vector<int64_t> output_sizes(const ck_conv &conv, int64_t rank);

/// Returns the 1×1 convolution, or the transposed convolution without overlap, of `x` by `weight`, or nothing.
std::optional<ck_dense> dense_shape(const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride,
                                    at::IntArrayRef padding, bool transposed);

std::vector<int64_t> output_sizes(const ck_dense &dense, int64_t rank);

/// Returns the start of a map's values as a source of a kernel.
inline ck_source source(const at::Tensor &map) { return ck_source{map.const_data_ptr<float>(), nullptr, nullptr, 0}; }

}  // namespace native
