// Convolution, batch norm and ReLU as one step of the autograd record.
//
// Training writes the convolution's output y, with its mean and variance gathered on the way, and z = max(0, y · scale +
// shift). For the gradients only the input and y are kept. Going back, one pass over z's gradient gives the two sums that
// the norm needs; the gradient of y is then computed inside the pass over the weights' gradient.

#include <ATen/ATen.h>

#include "ck_norm.h"
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

at::Tensor channel_values(int64_t channels) { return at::empty({channels}, at::TensorOptions().dtype(at::kFloat)); }

size_t pixels(const at::Tensor &map) { return static_cast<size_t>(map.numel() / map.size(1)); }

/// Moves running statistics towards those of the batch, as PyTorch does: the variance unbiased.
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
    // Autograd takes an absent map as an empty optional, not as an undefined tensor.
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &first, const std::optional<at::Tensor> &second,
                              const at::Tensor &weight, const std::optional<at::Tensor> &given_bias,
                              const at::Tensor &norm_weight, const at::Tensor &norm_bias, const Norm *norm,
                              const ck_conv *shape) {
        const ck_conv conv = *shape;
        const at::Tensor bias = given_bias.value_or(at::Tensor());
        const auto team = native::team();
        const int channels = conv.out_channels;
        const auto x = channels_last(first);
        const auto skip = second ? channels_last(*second) : at::Tensor();
        const auto packed = pack(conv, ck_pass_forward, weight);

        auto y = empty_map(output_sizes(conv, x.dim()));
        std::vector<ck_moments> moments(static_cast<size_t>(channels));
        ck_conv_forward_args args{};
        args.sources[0] = source(x);
        if (skip.defined()) args.sources[1] = source(skip);
        args.packed = values(packed);
        args.bias = values(bias);
        args.output = y.data_ptr<float>();
        args.moments = moments.data();
        ck_conv_forward(&conv, &args, scratch(ck_conv_forward_scratch_bytes(&conv, &team)), &team);

        const auto count = static_cast<double>(pixels(y));
        auto mean = channel_values(channels), inverse = channel_values(channels), scale = channel_values(channels),
             shift = channel_values(channels);
        ck_norm_coefficients(channels, moments.data(), count, values(norm_weight), values(norm_bias), norm->epsilon,
                             mean.data_ptr<float>(), inverse.data_ptr<float>(), scale.data_ptr<float>(),
                             shift.data_ptr<float>());
        update_running(*norm, moments, count);
        auto z = empty_map_like(y);
        ck_norm_relu(pixels(y), channels, values(y), values(scale), values(shift), z.data_ptr<float>(), &team);

        ctx->save_for_backward({x, skip, weight, norm_weight, y, mean, inverse, scale, shift});
        keep_shape(ctx, conv);
        ctx->saved_data["bias"] = bias.defined();
        return z;
    }

    static tensor_list backward(AutogradContext *ctx, tensor_list gradients) {
        check_unrecorded();
        const auto saved = ctx->get_saved_variables();
        const auto &x = saved[0], &skip = saved[1], &weight = saved[2], &norm_weight = saved[3], &y = saved[4];
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
        auto weight_gradient = at::empty(weight.sizes(), weight.options().memory_format(at::MemoryFormat::Contiguous));
        at::Tensor bias_gradient;
        if (ctx->saved_data["bias"].toBool()) bias_gradient = channel_values(channels);
        ck_conv_backward_weights_args args{};
        args.sources[0] = source(x);
        if (skip.defined()) args.sources[1] = source(skip);
        args.gradient = values(dz);
        args.y = values(y);
        args.scale = values(scale);
        args.shift = values(shift);
        args.c1 = values(c1);
        args.c2 = values(c2);
        args.c3 = values(c3);
        args.output_gradient = dy.data_ptr<float>();
        args.weights = weight_gradient.data_ptr<float>();
        args.bias = bias_gradient.defined() ? bias_gradient.data_ptr<float>() : nullptr;
        ck_conv_backward_weights(&conv, &args, scratch(ck_conv_backward_weights_scratch_bytes(&conv, &team)), &team);

        at::Tensor dx, dskip;
        const bool wants_x = ctx->needs_input_grad(0), wants_skip = skip.defined() && ctx->needs_input_grad(1);
        if (wants_x || wants_skip) {
            const auto packed = pack(conv, ck_pass_backward_data, weight);
            ck_conv_backward_data_args data{};
            data.gradient = values(dy);
            data.packed = values(packed);
            dx = empty_map_like(x);
            data.outputs[0] = dx.data_ptr<float>();
            if (skip.defined()) {
                dskip = empty_map_like(skip);
                data.outputs[1] = dskip.data_ptr<float>();
            }
            ck_conv_backward_data(&conv, &data, scratch(ck_conv_backward_data_scratch_bytes(&conv, &team)), &team);
        }
        return {dx, dskip, weight_gradient, bias_gradient, norm_weight_gradient, norm_bias_gradient, {}, {}};
    }
};

/// Whether the kernels may read all that stands beside the weights.
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
    // One value has no variance; libtorch's way says so.
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
    const auto team = native::team();
    const auto x = channels_last(parts[0]);
    const auto skip = parts.size() == 2 ? channels_last(parts[1]) : at::Tensor();
    auto z = empty_map(output_sizes(*conv, weight.dim()));
    ck_conv_forward_args args{};
    args.sources[0] = source(x);
    if (skip.defined()) args.sources[1] = source(skip);
    args.packed = values(weights.weights);
    args.bias = values(weights.bias);
    args.relu = true;
    args.output = z.data_ptr<float>();
    ck_conv_forward(&*conv, &args, scratch(ck_conv_forward_scratch_bytes(&*conv, &team)), &team);
    return z;
}

}  // namespace native
