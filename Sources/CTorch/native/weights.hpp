// Packed weights for the kernels, cached until their source tensors change.
#pragma once

#include "layers.hpp"
#include "shape.hpp"

namespace native {

/// Packed weights, with the bias for a norm folded into them.
struct Packed {
    at::Tensor weights;
    at::Tensor bias;
};

/// Packs weights for one pass, without caching.
at::Tensor pack(const ck_conv &conv, ck_pass pass, const at::Tensor &weight, const float *scale = nullptr);
at::Tensor pack(const ck_dense &dense, ck_pass pass, const at::Tensor &weight);

/// Returns packed weights for unrecorded forward passes, from the cache if nothing has changed.
at::Tensor packed(const ck_conv &conv, const at::Tensor &weight);
at::Tensor packed(const ck_dense &dense, const at::Tensor &weight);

/// Returns packed weights with a norm folded in.
Packed folded(const ck_conv &conv, const at::Tensor &weight, const at::Tensor &bias, const Norm &norm);

}  // namespace native
