// The three passes of a convolution of one or two maps, from tensors to kernels.
#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

#include "ck_conv.h"

namespace native {

inline const float *values(const at::Tensor &tensor) { return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr; }

/// Returns an uninitialized tensor with one number per channel.
at::Tensor channel_values(int64_t channels);

/// Returns the number of pixels in all images of a map.
inline size_t pixels(const at::Tensor &map) { return static_cast<size_t>(map.numel() / map.size(1)); }

/// The input maps of a convolution, channels fastest; `skip` can be undefined.
struct Sources {
    at::Tensor x, skip;

    Sources(const at::Tensor &first, const std::optional<at::Tensor> &second);
};

/// Returns the convolution with its bias (none if undefined), after ReLU if `relu`, and writes the moments of its
/// channels to `moments` if given.
at::Tensor convolve(const ck_conv &conv, const Sources &sources, const at::Tensor &packed, const at::Tensor &bias, bool relu,
                    ck_moments *moments = nullptr);

/// Computes the gradients of `weights` and `bias` (none if undefined) from the output's gradient in `args`.
void weight_gradients(const ck_conv &conv, const Sources &sources, ck_conv_backward_weights_args args,
                      const at::Tensor &weights, const at::Tensor &bias);

/// Returns the gradients of both maps, given that of the output.
std::pair<at::Tensor, at::Tensor> input_gradients(const ck_conv &conv, const Sources &sources, const at::Tensor &dy,
                                                  const at::Tensor &weight);

}  // namespace native
