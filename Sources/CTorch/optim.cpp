#include "ct_optim.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <cmath>

#include "border.hpp"

using namespace border;

namespace {

/// Bumps the versions of tensors, which the fused steps do not: saved tensors and packed weights would seem unchanged.
void count_change(const std::vector<at::Tensor> &tensors) {
    for (const auto &tensor : tensors) tensor.unsafeGetTensorImpl()->bump_version();
}

/// The sum of squares of float32 numbers, in double precision and one order.
double sum_of_squares(const float *values, int64_t count) {
    // Several sums, so that the additions need not wait for each other.
    constexpr int64_t lanes = 16;
    double sums[lanes] = {};
    int64_t index = 0;
    for (; index + lanes <= count; index += lanes) {
        for (int64_t lane = 0; lane < lanes; lane++) {
            const double value = values[index + lane];
            sums[lane] += value * value;
        }
    }
    double sum = 0;
    for (; index < count; index++) sum += static_cast<double>(values[index]) * values[index];
    for (const double lane : sums) sum += lane;
    return sum;
}

double sum_of_squares(const at::Tensor &tensor) {
    if (!tensor.is_cpu() || tensor.scalar_type() != at::kFloat) {
        return tensor.to(at::kDouble).square().sum().item<double>();
    }
    const auto dense = tensor.is_non_overlapping_and_dense() ? tensor : tensor.contiguous();
    return sum_of_squares(dense.data_ptr<float>(), dense.numel());
}

}  // namespace

int ct_sgd_step(const CTTensor *parameters, const CTTensor *gradients, const CTTensor *momentum, int32_t count,
                double rate, double momentum_factor, double weight_decay, bool nesterov, bool first) {
    if (count == 0) return 0;  // the fused steps reject empty lists
    return guarded([&] {
        at::NoGradGuard unrecorded;
        const auto buffers = momentum_factor == 0 ? std::vector<at::Tensor>{} : list(momentum, count);
        const auto p = list(parameters, count);
        at::_fused_sgd_(p, list(gradients, count), buffers, weight_decay, momentum_factor, rate, /*dampening=*/0.0,
                        nesterov, /*maximize=*/false, first);
        count_change(p);
    });
}

int ct_adam_step(const CTTensor *parameters, const CTTensor *gradients, const CTTensor *mean, const CTTensor *square,
                 const CTTensor *steps, int32_t count, double rate, double beta1, double beta2, double epsilon,
                 double weight_decay, bool decoupled) {
    if (count == 0) return 0;
    return guarded([&] {
        at::NoGradGuard unrecorded;
        const auto p = list(parameters, count), g = list(gradients, count), m = list(mean, count),
                   s = list(square, count), t = list(steps, count);
        if (decoupled) {
            at::_fused_adamw_(p, g, m, s, {}, t, rate, beta1, beta2, weight_decay, epsilon, false, false);
        } else {
            at::_fused_adam_(p, g, m, s, {}, t, rate, beta1, beta2, weight_decay, epsilon, false, false);
        }
        count_change(p);
    });
}

int ct_clip_gradients(const CTTensor *gradients, int32_t count, double limit, double *norm) {
    return guarded([&] {
        at::NoGradGuard unrecorded;
        const auto all = list(gradients, count);
        double sum = 0;
        for (const auto &gradient : all) sum += sum_of_squares(gradient);
        *norm = std::sqrt(sum);
        if (*norm <= limit) return;
        // 1e-6 as in torch.nn.utils.clip_grad_norm_.
        for (auto gradient : all) gradient.mul_(limit / (*norm + 1e-6));
    });
}
