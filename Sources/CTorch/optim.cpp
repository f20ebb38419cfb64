#include "ct_optim.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "border.hpp"

using namespace border;

namespace {

/// Bumps the versions of tensors, which the fused steps do not: saved tensors and packed weights would seem unchanged.
void count_change(const std::vector<at::Tensor> &tensors) {
    for (const auto &tensor : tensors) tensor.unsafeGetTensorImpl()->bump_version();
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
