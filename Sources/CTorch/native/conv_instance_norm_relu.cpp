// Convolution, instance norm, and ReLU as one step of the autograd record: like batch norm, but with statistics per
// image.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

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

/// The mean, the inverse deviation, and the norm as a scale and a shift: a row per image, with a number per channel.
struct Coefficients {
    at::Tensor mean, inverse, scale, shift;
};

Coefficients coefficients(const at::Tensor &y, const ck_moments *known, const at::Tensor &weight, const at::Tensor &bias,
                          double epsilon) {
    const auto team = native::team();
    const int64_t images = y.size(0), channels = y.size(1);
    const size_t count = pixels(y) / static_cast<size_t>(images);
    const auto empty = [&] { return at::empty({images, channels}, at::TensorOptions().dtype(at::kFloat)); };
    Coefficients to{empty(), empty(), empty(), empty()};
    std::vector<ck_moments> moments(static_cast<size_t>(channels));
    for (int64_t image = 0; image < images; ++image) {
        if (!known) {
            ck_moments_of(count, static_cast<int>(channels), values(y) + image * static_cast<int64_t>(count) * channels,
                          moments.data(), scratch(ck_moments_scratch_bytes(count, static_cast<int>(channels), &team)), &team);
        }
        const auto row = [&](const at::Tensor &rows) { return rows.data_ptr<float>() + image * channels; };
        ck_norm_coefficients(static_cast<int>(channels), known ? known : moments.data(), static_cast<double>(count),
                             values(weight), values(bias), epsilon, row(to.mean), row(to.inverse), row(to.scale),
                             row(to.shift));
    }
    return to;
}

/// Computes z = max(0, y · scale + shift); z can be y.
void apply_norm(const at::Tensor &y, const Coefficients &by, const at::Tensor &z) {
    const auto team = native::team();
    const int64_t images = y.size(0), channels = y.size(1), size = y.numel() / images;
    for (int64_t image = 0; image < images; ++image) {
        ck_norm_relu(static_cast<size_t>(size / channels), static_cast<int>(channels), values(y) + image * size,
                     values(by.scale) + image * channels, values(by.shift) + image * channels,
                     z.data_ptr<float>() + image * size, &team);
    }
}

/// Returns the convolution and the coefficients of its norm.
std::pair<at::Tensor, Coefficients> normalized(const ck_conv &conv, const Sources &from, const at::Tensor &packed,
                                               const at::Tensor &bias, const at::Tensor &norm_weight,
                                               const at::Tensor &norm_bias, double epsilon) {
    // For a single image, the convolution computes the moments along the way.
    std::vector<ck_moments> moments(conv.batch == 1 ? static_cast<size_t>(conv.out_channels) : 0);
    const auto *known = conv.batch == 1 ? moments.data() : nullptr;
    const auto y = convolve(conv, from, packed, bias, false, conv.batch == 1 ? moments.data() : nullptr);
    return {y, coefficients(y, known, norm_weight, norm_bias, epsilon)};
}

struct ConvInstanceNormReLU : torch::autograd::Function<ConvInstanceNormReLU> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &first, const std::optional<at::Tensor> &second,
                              const at::Tensor &weight, const std::optional<at::Tensor> &bias, const at::Tensor &norm_weight,
                              const at::Tensor &norm_bias, double epsilon, const ck_conv *conv) {
        const Sources from(first, second);
        const auto [y, by] = normalized(*conv, from, pack(*conv, ck_pass_forward, weight), bias.value_or(at::Tensor()),
                                        norm_weight, norm_bias, epsilon);
        auto z = empty_map_like(y);
        apply_norm(y, by, z);
        ctx->save_for_backward({from.x, from.skip, weight, norm_weight, y, by.mean, by.inverse, by.scale, by.shift});
        ctx->saved_data["bias"] = bias.has_value();
        keep_shape(ctx, *conv);
        return z;
    }

    static tensor_list backward(AutogradContext *ctx, tensor_list gradients) {
        check_unrecorded();
        const auto saved = ctx->get_saved_variables();
        const Sources from(saved[0], saved[1]);
        const auto &weight = saved[2], &norm_weight = saved[3], &y = saved[4];
        const Coefficients by{saved[5], saved[6], saved[7], saved[8]};
        const auto team = native::team();
        const auto conv = kept_shape<ck_conv>(ctx);
        const auto dz = channels_last(gradients[0]);
        const int channels = conv.out_channels;
        const int64_t size = y.numel() / y.size(0);
        const size_t count = static_cast<size_t>(size / channels);

        auto dy = empty_map_like(y);
        auto norm_weight_gradient = at::zeros({channels}, weight.options());
        auto norm_bias_gradient = at::zeros({channels}, weight.options());
        auto weight_part = channel_values(channels), bias_part = channel_values(channels);
        auto c1 = channel_values(channels), c2 = channel_values(channels), c3 = channel_values(channels);
        std::vector<ck_norm_sums> sums(static_cast<size_t>(channels));
        for (int64_t image = 0; image < y.size(0); ++image) {
            const auto row = [&](const at::Tensor &rows) { return values(rows) + image * channels; };
            const float *const g = values(dz) + image * size, *const map = values(y) + image * size;
            ck_norm_relu_sums(count, channels, g, map, row(by.scale), row(by.shift), row(by.mean), sums.data(),
                              scratch(ck_norm_relu_sums_scratch_bytes(count, channels, &team)), &team);
            ck_norm_backward_coefficients(channels, sums.data(), static_cast<double>(count), row(by.mean), row(by.inverse),
                                          values(norm_weight), weight_part.data_ptr<float>(), bias_part.data_ptr<float>(),
                                          c1.data_ptr<float>(), c2.data_ptr<float>(), c3.data_ptr<float>());
            ck_norm_relu_backward(count, channels, g, map, row(by.scale), row(by.shift), values(c1), values(c2), values(c3),
                                  dy.data_ptr<float>() + image * size, &team);
            norm_weight_gradient += weight_part;
            norm_bias_gradient += bias_part;
        }

        auto weight_gradient = empty_weights(weight.sizes());
        const auto bias_gradient = ctx->saved_data["bias"].toBool() ? channel_values(channels) : at::Tensor();
        ck_conv_backward_weights_args args{};
        args.gradient = values(dy);
        weight_gradients(conv, from, args, weight_gradient, bias_gradient);
        at::Tensor dx, dskip;
        if (ctx->needs_input_grad(0) || ctx->needs_input_grad(1)) {
            std::tie(dx, dskip) = input_gradients(conv, from, dy, weight);
        }
        return {dx, dskip, weight_gradient, bias_gradient, norm_weight_gradient, norm_bias_gradient, {}, {}};
    }
};

}  // namespace

std::optional<at::Tensor> conv_instance_norm_relu(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                                  const at::Tensor &bias, at::IntArrayRef padding,
                                                  const at::Tensor &norm_weight, const at::Tensor &norm_bias,
                                                  double epsilon) {
    const auto conv = conv_shape(parts, weight, padding);
    if (!conv || (bias.defined() && !fits_channels(bias, conv->out_channels))) return std::nullopt;
    if (!fits_channels(norm_weight, conv->out_channels) || !fits_channels(norm_bias, conv->out_channels)) return std::nullopt;
    // A single value has no variance, which libtorch's implementation reports.
    const auto sizes = output_sizes(*conv, weight.dim());
    if (c10::multiply_integers(sizes) <= sizes[0] * sizes[1]) return std::nullopt;
    const auto second = parts.size() == 2 ? std::optional<at::Tensor>(parts[1]) : std::nullopt;
    if (!at::GradMode::is_enabled()) {
        const auto [y, by] = normalized(*conv, Sources(parts[0], second), packed(*conv, weight), bias, norm_weight, norm_bias,
                                        epsilon);
        apply_norm(y, by, y);
        return y;
    }
    return ConvInstanceNormReLU::apply(parts[0], second, weight, bias.defined() ? std::optional<at::Tensor>(bias) : std::nullopt,
                                       norm_weight, norm_bias, epsilon, &*conv);
}

}  // namespace native
