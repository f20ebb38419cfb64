#include "ct_nn.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <limits>

#include "border.hpp"
#include "native/layers.hpp"

using namespace border;

namespace {

/// Refuses a single value per channel, which has no unbiased variance: libtorch would silently store NaN as the running
/// one.
void check_statistics(const at::Tensor &map) {
    TORCH_CHECK(map.dim() < 2 || map.numel() > map.size(1),
                "training needs more than one value per channel: use larger images or more of them");
}

/// Returns sum(w·l) / sum(w), or 0 if all weights are 0.
at::Tensor weighted_mean(const at::Tensor &losses, const at::Tensor &weights) {
    TORCH_CHECK(losses.sizes() == weights.sizes(), "weights of shape ", weights.sizes(), " for losses of shape ",
                losses.sizes());
    const auto total = at::sum(weights).clamp_min(std::numeric_limits<float>::min());
    return at::sum(losses * weights) / total;
}

/// Returns libtorch's convolution with stride 1 of `maps` concatenated along the channels.
at::Tensor plain_convolution(const std::vector<at::Tensor> &maps, const at::Tensor &weight, const at::Tensor &bias,
                             at::IntArrayRef padding) {
    const auto x = maps.size() == 1 ? maps[0] : at::cat(maps, 1);
    const std::vector<int64_t> ones(padding.size(), 1), zeros(padding.size(), 0);
    return at::convolution(x, weight, bias.defined() ? c10::optional<at::Tensor>(bias) : c10::nullopt, ones, padding, ones,
                           false, zeros, 1);
}

}  // namespace

int ct_convolution(CTTensor x, CTTensor weight, CTTensor bias, const int64_t *stride, const int64_t *padding,
                   int32_t dims, bool transposed, CTTensor *out) {
    return boxed(out, [&] {
        const at::Tensor kernel_bias = bias ? unbox(bias) : at::Tensor();
        if (auto y = native::convolution(unbox(x), unbox(weight), kernel_bias, list(stride, dims), list(padding, dims),
                                         transposed)) {
            return *std::move(y);
        }
        const std::vector<int64_t> ones(static_cast<size_t>(dims), 1), zeros(static_cast<size_t>(dims), 0);
        const c10::optional<at::Tensor> shift = bias ? c10::optional<at::Tensor>(unbox(bias)) : c10::nullopt;
        return at::convolution(unbox(x), unbox(weight), shift, list(stride, dims), list(padding, dims), ones,
                               transposed, zeros, 1);
    });
}

int ct_batch_norm(CTTensor x, CTTensor weight, CTTensor bias, CTTensor running_mean, CTTensor running_var,
                  bool training, double momentum, double epsilon, CTTensor *out) {
    return boxed(out, [&] {
        if (training) check_statistics(unbox(x));
        return at::batch_norm(unbox(x), unbox(weight), unbox(bias), unbox(running_mean), unbox(running_var), training,
                              momentum, epsilon, /*cudnn_enabled=*/true);
    });
}

int ct_conv_norm_relu(const CTTensor *parts, int32_t count, CTTensor weight, CTTensor bias, const int64_t *padding,
                      int32_t dims, CTTensor norm_weight, CTTensor norm_bias, CTTensor running_mean,
                      CTTensor running_var, bool training, double momentum, double epsilon, CTTensor *out) {
    return boxed(out, [&] {
        const auto maps = list(parts, count);
        const at::Tensor shift = bias ? unbox(bias) : at::Tensor();
        const native::Norm norm{unbox(norm_weight), unbox(norm_bias), unbox(running_mean), unbox(running_var),
                                momentum, epsilon};
        const auto sides = list(padding, dims);
        if (training) {
            if (auto z = native::conv_norm_relu_training(maps, unbox(weight), shift, sides, norm)) return *std::move(z);
        } else if (!at::GradMode::is_enabled()) {
            if (auto z = native::conv_norm_relu_prediction(maps, unbox(weight), shift, sides, norm)) return *std::move(z);
        }
        const auto y = plain_convolution(maps, unbox(weight), shift, sides);
        if (training) check_statistics(y);
        return at::relu(at::batch_norm(y, norm.weight, norm.bias, norm.running_mean, norm.running_var, training, momentum,
                                       epsilon, /*cudnn_enabled=*/true));
    });
}

int ct_conv_relu(const CTTensor *parts, int32_t count, CTTensor weight, CTTensor bias, const int64_t *padding, int32_t dims,
                 CTTensor *out) {
    return boxed(out, [&] {
        const auto maps = list(parts, count);
        const at::Tensor shift = bias ? unbox(bias) : at::Tensor();
        const auto sides = list(padding, dims);
        if (auto z = native::conv_relu(maps, unbox(weight), shift, sides)) return *std::move(z);
        return at::relu(plain_convolution(maps, unbox(weight), shift, sides));
    });
}

int ct_conv_instance_norm_relu(const CTTensor *parts, int32_t count, CTTensor weight, CTTensor bias, const int64_t *padding,
                               int32_t dims, CTTensor norm_weight, CTTensor norm_bias, double epsilon, CTTensor *out) {
    return boxed(out, [&] {
        const auto maps = list(parts, count);
        const at::Tensor shift = bias ? unbox(bias) : at::Tensor(), scale = unbox(norm_weight), offset = unbox(norm_bias);
        const auto sides = list(padding, dims);
        if (auto z = native::conv_instance_norm_relu(maps, unbox(weight), shift, sides, scale, offset, epsilon)) {
            return *std::move(z);
        }
        const auto y = plain_convolution(maps, unbox(weight), shift, sides);
        return at::relu(at::instance_norm(y, scale, offset, {}, {}, /*use_input_stats=*/true, 0.0, epsilon,
                                          /*cudnn_enabled=*/true));
    });
}

int ct_instance_norm(CTTensor x, CTTensor weight, CTTensor bias, double epsilon, CTTensor *out) {
    return boxed(out, [&] {
        return at::instance_norm(unbox(x), unbox(weight), unbox(bias), {}, {}, /*use_input_stats=*/true, 0.0, epsilon,
                                 /*cudnn_enabled=*/true);
    });
}

int ct_dropout(CTTensor x, double probability, bool training, CTTensor *out) {
    return boxed(out, [&] { return at::dropout(unbox(x), probability, training); });
}

int ct_max_pool(CTTensor x, const int64_t *kernel, int32_t dims, CTTensor *out) {
    return boxed(out, [&] {
        const auto size = list(kernel, dims);
        if (auto pooled = native::max_pool(unbox(x), size)) return *std::move(pooled);
        return dims == 3 ? at::max_pool3d(unbox(x), size, size) : at::max_pool2d(unbox(x), size, size);
    });
}

int ct_cross_entropy(CTTensor logits, CTTensor target, CTTensor weights, CTTensor *out) {
    return boxed(out, [&] {
        if (!weights) return at::cross_entropy_loss(unbox(logits), unbox(target));
        return weighted_mean(at::cross_entropy_loss(unbox(logits), unbox(target), {}, at::Reduction::None), unbox(weights));
    });
}

int ct_binary_cross_entropy(CTTensor logits, CTTensor target, CTTensor weights, CTTensor *out) {
    return boxed(out, [&] {
        if (!weights) return at::binary_cross_entropy_with_logits(unbox(logits), unbox(target));
        return weighted_mean(
            at::binary_cross_entropy_with_logits(unbox(logits), unbox(target), {}, {}, at::Reduction::None),
            unbox(weights));
    });
}
