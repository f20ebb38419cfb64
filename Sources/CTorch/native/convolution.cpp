// Convolutions that stand alone: 3×3, 1×1, and the up-convolution.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "arena.hpp"
#include "layers.hpp"
#include "record.hpp"
#include "team.hpp"
#include "weights.hpp"

namespace native {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

const float *values(const at::Tensor &tensor) { return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr; }

at::Tensor empty_weights(const at::Tensor &weight) {
    return at::empty(weight.sizes(), weight.options().memory_format(at::MemoryFormat::Contiguous));
}

at::Tensor run(const ck_conv &conv, const at::Tensor &x, const at::Tensor &packed, const at::Tensor &bias) {
    const auto team = native::team();
    auto y = empty_map(output_sizes(conv, x.dim()));
    ck_conv_forward_args args{};
    args.sources[0] = source(x);
    args.packed = values(packed);
    args.bias = values(bias);
    args.output = y.data_ptr<float>();
    ck_conv_forward(&conv, &args, scratch(ck_conv_forward_scratch_bytes(&conv, &team)), &team);
    return y;
}

at::Tensor run(const ck_dense &dense, const at::Tensor &x, const at::Tensor &packed, const at::Tensor &bias) {
    const auto team = native::team();
    auto y = empty_map(output_sizes(dense, x.dim()));
    const auto from = source(x);
    ck_dense_forward(&dense, &from, values(packed), values(bias), y.data_ptr<float>(),
                     scratch(ck_dense_scratch_bytes(&dense, &team)), &team);
    return y;
}

void gradients(const ck_conv &conv, const at::Tensor &x, const at::Tensor &dy, const at::Tensor &weight, at::Tensor &dx,
               at::Tensor &dweight, at::Tensor &dbias) {
    const auto team = native::team();
    ck_conv_backward_weights_args args{};
    args.sources[0] = source(x);
    args.gradient = values(dy);
    args.weights = dweight.data_ptr<float>();
    args.bias = dbias.defined() ? dbias.data_ptr<float>() : nullptr;
    ck_conv_backward_weights(&conv, &args, scratch(ck_conv_backward_weights_scratch_bytes(&conv, &team)), &team);
    if (!dx.defined()) return;
    const auto packed = pack(conv, ck_pass_backward_data, weight);
    ck_conv_backward_data_args data{};
    data.gradient = values(dy);
    data.packed = values(packed);
    data.outputs[0] = dx.data_ptr<float>();
    ck_conv_backward_data(&conv, &data, scratch(ck_conv_backward_data_scratch_bytes(&conv, &team)), &team);
}

void gradients(const ck_dense &dense, const at::Tensor &x, const at::Tensor &dy, const at::Tensor &weight, at::Tensor &dx,
               at::Tensor &dweight, at::Tensor &dbias) {
    const auto team = native::team();
    void *memory = scratch(ck_dense_scratch_bytes(&dense, &team));
    const auto from = source(x);
    ck_dense_backward_weights(&dense, &from, values(dy), dweight.data_ptr<float>(),
                              dbias.defined() ? dbias.data_ptr<float>() : nullptr, memory, &team);
    if (!dx.defined()) return;
    const auto packed = pack(dense, ck_pass_backward_data, weight);
    ck_dense_backward_data(&dense, values(dy), values(packed), nullptr, dx.data_ptr<float>(), memory, &team);
}

/// A layer of `Shape`, ck_conv or ck_dense, with its record.
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
        auto dweight = empty_weights(weight);
        at::Tensor dx, dbias;
        if (ctx->needs_input_grad(0)) dx = empty_map_like(x);
        if (ctx->saved_data["bias"].toBool()) dbias = at::empty({dy.size(1)}, weight.options());
        gradients(shape, x, dy, weight, dx, dweight, dbias);
        return {dx, dweight, dbias, {}};
    }
};

template <class Shape>
at::Tensor apply(const Shape &shape, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias) {
    if (at::GradMode::is_enabled()) {
        // Autograd takes an absent bias as an empty optional, not as an undefined tensor.
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
