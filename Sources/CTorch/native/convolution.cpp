// Separate convolutions: 3×3, 1×1, and the up-convolution.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "arena.hpp"
#include "layers.hpp"
#include "passes.hpp"
#include "record.hpp"
#include "team.hpp"
#include "weights.hpp"

namespace native {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

at::Tensor run(const ck_conv &conv, const at::Tensor &x, const at::Tensor &packed, const at::Tensor &bias) {
    return convolve(conv, Sources(x, std::nullopt), packed, bias, false);
}

at::Tensor run(const ck_dense &dense, const at::Tensor &x, const at::Tensor &packed, const at::Tensor &bias) {
    const auto team = native::team();
    auto y = empty_map(output_sizes(dense, x.dim()));
    const auto from = source(x);
    ck_dense_forward(&dense, &from, values(packed), values(bias), y.data_ptr<float>(),
                     scratch(ck_dense_scratch_bytes(&dense, &team)), &team);
    return y;
}

/// Writes the gradients of weights and bias, and returns that of x if `wants_x`.
at::Tensor gradients(const ck_conv &conv, const at::Tensor &x, const at::Tensor &dy, const at::Tensor &weight, bool wants_x,
                     at::Tensor &dweight, at::Tensor &dbias) {
    const Sources from(x, std::nullopt);
    ck_conv_backward_weights_args args{};
    args.gradient = values(dy);
    weight_gradients(conv, from, args, dweight, dbias);
    return wants_x ? input_gradients(conv, from, dy, weight).first : at::Tensor();
}

at::Tensor gradients(const ck_dense &dense, const at::Tensor &x, const at::Tensor &dy, const at::Tensor &weight,
                     bool wants_x, at::Tensor &dweight, at::Tensor &dbias) {
    const auto team = native::team();
    void *memory = scratch(ck_dense_scratch_bytes(&dense, &team));
    const auto from = source(x);
    ck_dense_backward_weights(&dense, &from, values(dy), dweight.data_ptr<float>(),
                              dbias.defined() ? dbias.data_ptr<float>() : nullptr, memory, &team);
    if (!wants_x) return {};
    auto dx = empty_map_like(x);
    const auto packed = pack(dense, ck_pass_backward_data, weight);
    ck_dense_backward_data(&dense, values(dy), values(packed), nullptr, dx.data_ptr<float>(), memory, &team);
    return dx;
}

/// A recorded layer of `Shape`, which is ck_conv or ck_dense.
template <class Shape>
struct Layer : torch::autograd::Function<Layer<Shape>> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &input, const at::Tensor &weight,
                              const std::optional<at::Tensor> &given_bias, const Shape *shape) {
        const at::Tensor bias = given_bias.value_or(at::Tensor());
        const auto x = channels_last(input);
        ctx->save_for_backward({x, weight});
        ctx->saved_data["bias"] = bias.defined();
        keep_shape(ctx, *shape);
        return run(*shape, x, pack(*shape, ck_pass_forward, weight), bias);
    }

    static tensor_list backward(AutogradContext *ctx, tensor_list incoming) {
        check_unrecorded();
        const auto saved = ctx->get_saved_variables();
        const auto &x = saved[0], &weight = saved[1];
        const auto shape = kept_shape<Shape>(ctx);
        const auto dy = channels_last(incoming[0]);
        auto dweight = empty_weights(weight.sizes());
        at::Tensor dbias;
        if (ctx->saved_data["bias"].toBool()) dbias = at::empty({dy.size(1)}, weight.options());
        auto dx = gradients(shape, x, dy, weight, ctx->needs_input_grad(0), dweight, dbias);
        return {dx, dweight, dbias, {}};
    }
};

template <class Shape>
at::Tensor apply(const Shape &shape, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias) {
    if (at::GradMode::is_enabled()) {
        // Autograd requires an absent bias to be an empty optional, not an undefined tensor.
        return Layer<Shape>::apply(x, weight, bias.defined() ? std::optional<at::Tensor>(bias) : std::nullopt, &shape);
    }
    return run(shape, channels_last(x), packed(shape, weight), bias);
}

}  // namespace

std::optional<at::Tensor> convolution(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                                      at::IntArrayRef stride, at::IntArrayRef padding, bool transposed) {
    if (bias.defined() && !fits_channels(bias, weight.size(transposed ? 1 : 0))) return std::nullopt;
    if (const auto dense = dense_shape(x, weight, stride, padding, transposed)) return apply(*dense, x, weight, bias);
    const bool steps = std::any_of(stride.begin(), stride.end(), [](int64_t step) { return step != 1; });
    if (transposed || steps) return std::nullopt;
    if (const auto conv = conv_shape({x}, weight, padding)) return apply(*conv, x, weight, bias);
    return std::nullopt;
}

}  // namespace native
