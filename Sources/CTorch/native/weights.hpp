// Weights as the kernels read them, kept until the tensors they come from change.
#pragma once

#include "layers.hpp"
#include "shape.hpp"

namespace native {

/// Weights with a norm folded in, and the bias that goes with them.
struct Packed {
    at::Tensor weights;
    at::Tensor bias;
};

/// Packs for one pass; not kept.
at::Tensor pack(const ck_conv &conv, ck_pass pass, const at::Tensor &weight, const float *scale = nullptr);
at::Tensor pack(const ck_dense &dense, ck_pass pass, const at::Tensor &weight);

/// Packed weights for forward passes that are not recorded, from the cache where nothing has changed since.
at::Tensor packed(const ck_conv &conv, const at::Tensor &weight);
at::Tensor packed(const ck_dense &dense, const at::Tensor &weight);

/// The same with a norm folded in.
Packed folded(const ck_conv &conv, const at::Tensor &weight, const at::Tensor &bias, const Norm &norm);

}  // namespace native
