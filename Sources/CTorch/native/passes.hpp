// The three passes of a convolution of one or two maps, from tensors to kernels.
#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

#include "ck_conv.h"

namespace native {

inline const float *values(const at::Tensor &tensor) { return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr; }

/// One number a channel.
at::Tensor channel_values(int64_t channels);

/// Pixels of all images of a map.
inline size_t pixels(const at::Tensor &map) { return static_cast<size_t>(map.numel() / map.size(1)); }

/// Maps that a convolution reads, channels fastest; `skip` may be undefined.
struct Sources {
    at::Tensor x, skip;

    Sources(const at::Tensor &first, const std::optional<at::Tensor> &second);
};

/// The convolution with its bias (undefined: none), through ReLU where asked, with the moments of its channels where wanted.
at::Tensor convolve(const ck_conv &conv, const Sources &sources, const at::Tensor &packed, const at::Tensor &bias, bool relu,
                    ck_moments *moments = nullptr);

/// Gradients of `weights` and `bias` (undefined: none) out of what `args` says of the output's gradient.
void weight_gradients(const ck_conv &conv, const Sources &sources, ck_conv_backward_weights_args args,
                      const at::Tensor &weights, const at::Tensor &bias);

/// Gradients of both maps out of that of the output.
std::pair<at::Tensor, at::Tensor> input_gradients(const ck_conv &conv, const Sources &sources, const at::Tensor &dy,
                                                  const at::Tensor &weight);

}  // namespace native
