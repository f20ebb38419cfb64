#include <ATen/ATen.h>

#include "arena.hpp"
#include "ck_pool.h"
#include "layers.hpp"
#include "record.hpp"
#include "team.hpp"

namespace native {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

ck_pool shape(const at::Tensor &x, int kernel_depth) {
    const int64_t rank = x.dim();
    return ck_pool{static_cast<int>(x.size(0)),        static_cast<int>(rank == 5 ? x.size(2) : 1),
                   static_cast<int>(x.size(rank - 2)), static_cast<int>(x.size(rank - 1)),
                   static_cast<int>(x.size(1)),        kernel_depth};
}

struct MaxPool : torch::autograd::Function<MaxPool> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &input, int64_t kernel_depth) {
        const auto x = channels_last(input);
        auto sizes = x.sizes().vec();
        for (size_t side = sizes.size() - 2; side < sizes.size(); ++side) sizes[side] /= 2;
        if (kernel_depth == 2) sizes[2] /= 2;
        auto pooled = empty_map(sizes);
        const auto pool = shape(x, static_cast<int>(kernel_depth));
        const auto team = native::team();
        ck_max_pool(&pool, x.const_data_ptr<float>(), nullptr, nullptr, nullptr, pooled.data_ptr<float>(), &team);
        ctx->save_for_backward({x});
        keep_shape(ctx, pool);
        return pooled;
    }

    static tensor_list backward(AutogradContext *ctx, tensor_list gradients) {
        check_unrecorded();
        const auto x = ctx->get_saved_variables()[0];
        const auto gradient = channels_last(gradients[0]);
        auto dx = empty_map_like(x);
        const auto pool = kept_shape<ck_pool>(ctx);
        const auto team = native::team();
        ck_max_pool_backward(&pool, x.const_data_ptr<float>(), nullptr, nullptr, gradient.const_data_ptr<float>(), nullptr,
                             dx.data_ptr<float>(), &team);
        return {dx, {}};
    }
};

}  // namespace

std::optional<at::Tensor> max_pool(const at::Tensor &x, at::IntArrayRef kernel) {
    if (!enabled() || !fits(x) || static_cast<int64_t>(kernel.size()) != x.dim() - 2) return std::nullopt;
    if (kernel[kernel.size() - 1] != 2 || kernel[kernel.size() - 2] != 2) return std::nullopt;
    const int64_t kernel_depth = kernel.size() == 3 ? kernel[0] : 1;
    if (kernel_depth != 1 && (kernel_depth != 2 || x.size(2) < 2)) return std::nullopt;
    if (x.size(-1) < 2 || x.size(-2) < 2 || x.numel() / x.size(1) > 1 << 30) return std::nullopt;
    if (x.size(-1) * x.size(1) > 1 << 30) return std::nullopt;
    return MaxPool::apply(x, kernel_depth);
}

}  // namespace native
