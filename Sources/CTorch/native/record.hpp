// What the layers store in autograd's record besides tensors.
#pragma once

#include <torch/csrc/autograd/custom_function.h>

#include <ATen/core/grad_mode.h>

#include <cstring>
#include <string>
#include <type_traits>

namespace native {

/// Stores the shape of a layer's kernel, so that its gradient does not depend on settings that could have changed
/// since.
template <class Shape>
void keep_shape(torch::autograd::AutogradContext *ctx, const Shape &shape) {
    static_assert(std::is_trivially_copyable_v<Shape>);
    ctx->saved_data["shape"] = std::string(reinterpret_cast<const char *>(&shape), sizeof(Shape));
}

template <class Shape>
Shape kept_shape(torch::autograd::AutogradContext *ctx) {
    Shape shape;
    std::memcpy(&shape, ctx->saved_data["shape"].toStringRef().data(), sizeof(Shape));
    return shape;
}

/// Refuses second derivatives, which would silently lack the part of the kernels, since these record nothing.
inline void check_unrecorded() {
    TORCH_CHECK(!at::GradMode::is_enabled(), "the native kernels have no second derivatives: use those of libtorch");
}

}  // namespace native
