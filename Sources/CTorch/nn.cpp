#include "ct_nn.h"

#include <ATen/ATen.h>

#include "border.hpp"

using namespace border;

int ct_convolution(CTTensor x, CTTensor weight, CTTensor bias, const int64_t *stride, const int64_t *padding,
                   int32_t dims, bool transposed, CTTensor *out) {
    return boxed(out, [&] {
        const std::vector<int64_t> ones(static_cast<size_t>(dims), 1), zeros(static_cast<size_t>(dims), 0);
        const c10::optional<at::Tensor> shift = bias ? c10::optional<at::Tensor>(unbox(bias)) : c10::nullopt;
        return at::convolution(unbox(x), unbox(weight), shift, list(stride, dims), list(padding, dims), ones,
                               transposed, zeros, 1);
    });
}

int ct_batch_norm(CTTensor x, CTTensor weight, CTTensor bias, CTTensor running_mean, CTTensor running_var,
                  bool training, double momentum, double epsilon, CTTensor *out) {
    return boxed(out, [&] {
        // One value has no unbiased variance: libtorch would put NaN into the running one and say nothing.
        TORCH_CHECK(!training || unbox(x).numel() > unbox(weight).numel(),
                    "training needs more than one value a channel: give larger images or more of them");
        return at::batch_norm(unbox(x), unbox(weight), unbox(bias), unbox(running_mean), unbox(running_var), training,
                              momentum, epsilon, /*cudnn_enabled=*/true);
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
        return dims == 3 ? at::max_pool3d(unbox(x), size, size) : at::max_pool2d(unbox(x), size, size);
    });
}

int ct_cross_entropy(CTTensor logits, CTTensor target, CTTensor *out) {
    return boxed(out, [&] { return at::cross_entropy_loss(unbox(logits), unbox(target)); });
}

int ct_binary_cross_entropy(CTTensor logits, CTTensor target, CTTensor *out) {
    return boxed(out, [&] { return at::binary_cross_entropy_with_logits(unbox(logits), unbox(target)); });
}
