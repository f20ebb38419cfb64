// Convolution and ReLU as one step of the autograd record, which keeps only the input and the result. Where the result
// is 0, so is the gradient; this is applied within the pass for the weights' gradient.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <tuple>

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

struct ConvReLU : torch::autograd::Function<ConvReLU> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &first, const std::optional<at::Tensor> &second,
                              const at::Tensor &weight, const std::optional<at::Tensor> &bias, const ck_conv *conv) {
        const Sources from(first, second);
        const auto z = convolve(*conv, from, pack(*conv, ck_pass_forward, weight), bias.value_or(at::Tensor()), true);
        ctx->save_for_backward({from.x, from.skip, weight, z});
        ctx->saved_data["bias"] = bias.has_value();
        keep_shape(ctx, *conv);
        return z;
    }

    static tensor_list backward(AutogradContext *ctx, tensor_list gradients) {
        check_unrecorded();
        const auto saved = ctx->get_saved_variables();
        const Sources from(saved[0], saved[1]);
        const auto &weight = saved[2], &z = saved[3];
        const auto conv = kept_shape<ck_conv>(ctx);
        const auto dz = channels_last(gradients[0]);
        // As with an identity norm between the two, so that values of z that are not finite stay so.
        const auto ones = at::ones({z.size(1)}, weight.options()), zeros = at::zeros({z.size(1)}, weight.options());
        auto dy = empty_map_like(z);
        auto weight_gradient = empty_weights(weight.sizes());
        const auto bias_gradient = ctx->saved_data["bias"].toBool() ? channel_values(z.size(1)) : at::Tensor();
        ck_conv_backward_weights_args args{};
        args.gradient = values(dz);
        args.y = values(z);
        args.scale = args.c1 = values(ones);
        args.shift = args.c2 = args.c3 = values(zeros);
        args.output_gradient = dy.data_ptr<float>();
        weight_gradients(conv, from, args, weight_gradient, bias_gradient);
        at::Tensor dx, dskip;
        if (ctx->needs_input_grad(0) || ctx->needs_input_grad(1)) {
            std::tie(dx, dskip) = input_gradients(conv, from, dy, weight);
        }
        return {dx, dskip, weight_gradient, bias_gradient, {}};
    }
};

}  // namespace

std::optional<at::Tensor> conv_relu(const std::vector<at::Tensor> &parts, const at::Tensor &weight, const at::Tensor &bias,
                                    at::IntArrayRef padding) {
    const auto conv = conv_shape(parts, weight, padding);
    if (!conv || (bias.defined() && !fits_channels(bias, conv->out_channels))) return std::nullopt;
    const auto second = parts.size() == 2 ? std::optional<at::Tensor>(parts[1]) : std::nullopt;
    if (!at::GradMode::is_enabled()) return convolve(*conv, Sources(parts[0], second), packed(*conv, weight), bias, true);
    return ConvReLU::apply(parts[0], second, weight, bias.defined() ? std::optional<at::Tensor>(bias) : std::nullopt, &*conv);
}

}  // namespace native
