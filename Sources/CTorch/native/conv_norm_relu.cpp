// Convolution, batch norm, and ReLU as one step of the autograd record.
//
// Training writes the convolution's output y, computing its mean and variance along the way, and z = max(0, y · scale +
// shift). Only the input and y are kept for the gradients. Backward, one pass over z's gradient yields the two sums
// that the norm needs; the gradient of y is then computed within the pass for the weights' gradient.

#include <ATen/ATen.h>

#include <tuple>

#include "arena.hpp"
#include "ck_norm.h"
#include "layers.hpp"
#include "passes.hpp"
#include "record.hpp"
#include "team.hpp"
#include "weights.hpp"

namespace native {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// Moves the running statistics toward those of the batch, with unbiased variance as in PyTorch.
void update_running(const Norm &norm, const std::vector<ck_moments> &moments, double count) {
    auto mean = norm.running_mean, var = norm.running_var;
    auto *means = mean.data_ptr<float>();
    auto *vars = var.data_ptr<float>();
    for (size_t channel = 0; channel < moments.size(); ++channel) {
        const double unbiased = moments[channel].m2 / (count - 1);
        means[channel] = static_cast<float>((1 - norm.momentum) * means[channel] + norm.momentum * moments[channel].mean);
        vars[channel] = static_cast<float>((1 - norm.momentum) * vars[channel] + norm.momentum * unbiased);
    }
    mean.unsafeGetTensorImpl()->bump_version();
    var.unsafeGetTensorImpl()->bump_version();
}

struct ConvNormReLU : torch::autograd::Function<ConvNormReLU> {
    // Autograd requires an absent map to be an empty optional, not an undefined tensor.
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &first, const std::optional<at::Tensor> &second,
                              const at::Tensor &weight, const std::optional<at::Tensor> &given_bias,
                              const at::Tensor &norm_weight, const at::Tensor &norm_bias, const Norm *norm,
                              const ck_conv *shape) {
        const ck_conv conv = *shape;
        const at::Tensor bias = given_bias.value_or(at::Tensor());
        const int channels = conv.out_channels;
        const Sources from(first, second);
        std::vector<ck_moments> moments(static_cast<size_t>(channels));
        const auto y = convolve(conv, from, pack(conv, ck_pass_forward, weight), bias, false, moments.data());

        const auto count = static_cast<double>(pixels(y));
        auto mean = channel_values(channels), inverse = channel_values(channels), scale = channel_values(channels),
             shift = channel_values(channels);
        ck_norm_coefficients(channels, moments.data(), count, values(norm_weight), values(norm_bias), norm->epsilon,
                             mean.data_ptr<float>(), inverse.data_ptr<float>(), scale.data_ptr<float>(),
                             shift.data_ptr<float>());
        update_running(*norm, moments, count);
        auto z = empty_map_like(y);
        const auto team = native::team();
        ck_norm_relu(pixels(y), channels, values(y), values(scale), values(shift), z.data_ptr<float>(), &team);

        ctx->save_for_backward({from.x, from.skip, weight, norm_weight, y, mean, inverse, scale, shift});
        keep_shape(ctx, conv);
        ctx->saved_data["bias"] = bias.defined();
        return z;
    }

    static tensor_list backward(AutogradContext *ctx, tensor_list gradients) {
        check_unrecorded();
        const auto saved = ctx->get_saved_variables();
        const Sources from(saved[0], saved[1]);
        const auto &weight = saved[2], &norm_weight = saved[3], &y = saved[4];
        const auto &mean = saved[5], &inverse = saved[6], &scale = saved[7], &shift = saved[8];
        const auto team = native::team();
        const auto dz = channels_last(gradients[0]);
        const int channels = static_cast<int>(y.size(1));
        const auto conv = kept_shape<ck_conv>(ctx);

        std::vector<ck_norm_sums> sums(static_cast<size_t>(channels));
        ck_norm_relu_sums(pixels(y), channels, values(dz), values(y), values(scale), values(shift), values(mean), sums.data(),
                          scratch(ck_norm_relu_sums_scratch_bytes(pixels(y), channels, &team)), &team);
        auto norm_weight_gradient = channel_values(channels), norm_bias_gradient = channel_values(channels);
        auto c1 = channel_values(channels), c2 = channel_values(channels), c3 = channel_values(channels);
        ck_norm_backward_coefficients(channels, sums.data(), static_cast<double>(pixels(y)), values(mean), values(inverse),
                                      values(norm_weight), norm_weight_gradient.data_ptr<float>(),
                                      norm_bias_gradient.data_ptr<float>(), c1.data_ptr<float>(), c2.data_ptr<float>(),
                                      c3.data_ptr<float>());

        auto dy = empty_map_like(y);
        auto weight_gradient = empty_weights(weight.sizes());
        at::Tensor bias_gradient;
        if (ctx->saved_data["bias"].toBool()) bias_gradient = channel_values(channels);
        ck_conv_backward_weights_args args{};
        args.gradient = values(dz);
        args.y = values(y);
        args.scale = values(scale);
        args.shift = values(shift);
        args.c1 = values(c1);
        args.c2 = values(c2);
        args.c3 = values(c3);
        args.output_gradient = dy.data_ptr<float>();
        weight_gradients(conv, from, args, weight_gradient, bias_gradient);

        at::Tensor dx, dskip;
        if (ctx->needs_input_grad(0) || ctx->needs_input_grad(1)) {
            std::tie(dx, dskip) = input_gradients(conv, from, dy, weight);
        }
        return {dx, dskip, weight_gradient, bias_gradient, norm_weight_gradient, norm_bias_gradient, {}, {}};
    }
};

/// Returns whether the kernels can read all tensors besides the weights.
bool fits(const ck_conv &conv, const at::Tensor &bias, const Norm &norm) {
    const auto each = [&](const at::Tensor &tensor) { return fits_channels(tensor, conv.out_channels); };
    return (!bias.defined() || each(bias)) && each(norm.weight) && each(norm.bias) && each(norm.running_mean) &&
           each(norm.running_var);
}

}  // namespace

std::optional<at::Tensor> conv_norm_relu_training(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                                  const at::Tensor &bias, at::IntArrayRef padding, const Norm &norm) {
    const auto conv = conv_shape(parts, weight, padding);
    if (!conv || !fits(*conv, bias, norm)) return std::nullopt;
    // A single value has no variance, which libtorch's implementation reports.
    if (c10::multiply_integers(output_sizes(*conv, weight.dim())) <= weight.size(0)) return std::nullopt;
    const auto second = parts.size() == 2 ? std::optional<at::Tensor>(parts[1]) : std::nullopt;
    const auto given_bias = bias.defined() ? std::optional<at::Tensor>(bias) : std::nullopt;
    return ConvNormReLU::apply(parts[0], second, weight, given_bias, norm.weight, norm.bias, &norm, &*conv);
}

std::optional<at::Tensor> conv_norm_relu_prediction(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                                    const at::Tensor &bias, at::IntArrayRef padding, const Norm &norm) {
    const auto conv = conv_shape(parts, weight, padding);
    if (!conv || !fits(*conv, bias, norm)) return std::nullopt;
    const auto weights = folded(*conv, weight, bias, norm);
    const Sources from(parts[0], parts.size() == 2 ? std::optional<at::Tensor>(parts[1]) : std::nullopt);
    return convolve(*conv, from, weights.weights, weights.bias, true);
}

}  // namespace native
