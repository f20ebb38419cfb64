#include "passes.hpp"

#include <ATen/ops/empty.h>

#include "arena.hpp"
#include "team.hpp"
#include "weights.hpp"

namespace native {

at::Tensor channel_values(int64_t channels) { return at::empty({channels}, at::TensorOptions().dtype(at::kFloat)); }

Sources::Sources(const at::Tensor &first, const std::optional<at::Tensor> &second)
    : x(channels_last(first)), skip(second && second->defined() ? channels_last(*second) : at::Tensor()) {}

at::Tensor convolve(const ck_conv &conv, const Sources &sources, const at::Tensor &packed, const at::Tensor &bias, bool relu,
                    ck_moments *moments) {
    const auto team = native::team();
    auto y = empty_map(output_sizes(conv, sources.x.dim()));
    ck_conv_forward_args args{};
    args.sources[0] = source(sources.x);
    if (sources.skip.defined()) args.sources[1] = source(sources.skip);
    args.packed = values(packed);
    args.bias = values(bias);
    args.relu = relu;
    args.output = y.data_ptr<float>();
    args.moments = moments;
    ck_conv_forward(&conv, &args, scratch(ck_conv_forward_scratch_bytes(&conv, &team)), &team);
    return y;
}

void weight_gradients(const ck_conv &conv, const Sources &sources, ck_conv_backward_weights_args args,
                      const at::Tensor &weights, const at::Tensor &bias) {
    const auto team = native::team();
    args.sources[0] = source(sources.x);
    if (sources.skip.defined()) args.sources[1] = source(sources.skip);
    args.weights = weights.data_ptr<float>();
    args.bias = bias.defined() ? bias.data_ptr<float>() : nullptr;
    ck_conv_backward_weights(&conv, &args, scratch(ck_conv_backward_weights_scratch_bytes(&conv, &team)), &team);
}

std::pair<at::Tensor, at::Tensor> input_gradients(const ck_conv &conv, const Sources &sources, const at::Tensor &dy,
                                                  const at::Tensor &weight) {
    const auto team = native::team();
    const auto packed = pack(conv, ck_pass_backward_data, weight);
    auto dx = empty_map_like(sources.x);
    auto dskip = sources.skip.defined() ? empty_map_like(sources.skip) : at::Tensor();
    ck_conv_backward_data_args args{};
    args.gradient = values(dy);
    args.packed = values(packed);
    args.outputs[0] = dx.data_ptr<float>();
    if (dskip.defined()) args.outputs[1] = dskip.data_ptr<float>();
    ck_conv_backward_data(&conv, &args, scratch(ck_conv_backward_data_scratch_bytes(&conv, &team)), &team);
    return {dx, dskip};
}

}  // namespace native
