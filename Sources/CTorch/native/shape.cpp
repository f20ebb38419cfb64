#include "shape.hpp"

#include <algorithm>

#include "team.hpp"

namespace native {

namespace {

/// Returns `size`, or 0, which is in no valid shape, if it is too large for an int.
int narrow(int64_t size) { return size <= 1 << 30 ? static_cast<int>(size) : 0; }

bool same(at::IntArrayRef values, int64_t value) {
    return std::all_of(values.begin(), values.end(), [&](int64_t entry) { return entry == value; });
}

}  // namespace

std::optional<ck_conv> conv_shape(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                  at::IntArrayRef padding) {
    if (!enabled() || parts.empty() || parts.size() > 2 || !fits(weight)) return std::nullopt;
    const int64_t rank = weight.dim();
    for (const auto &part : parts) {
        if (!fits(part) || part.dim() != rank) return std::nullopt;
        if (part.size(0) != parts[0].size(0) || part.sizes().slice(2) != parts[0].sizes().slice(2)) return std::nullopt;
    }
    const auto kernel = weight.sizes().slice(2);
    const auto plane = kernel.slice(kernel.size() - 2);
    const int64_t depth = rank == 5 ? kernel[0] : 1;
    if (!same(plane, 3) || (depth != 1 && depth != 3)) return std::nullopt;
    const int64_t pad = padding.back();
    if (pad != 0 && pad != 1) return std::nullopt;
    if (padding[padding.size() - 2] != pad) return std::nullopt;
    const int64_t depth_pad = rank == 5 ? padding[0] : 0;
    if (depth_pad != 0 && (depth == 1 || depth_pad != 1)) return std::nullopt;

    const auto &x = parts[0];
    ck_conv conv{};
    conv.batch = narrow(x.size(0));
    conv.depth = rank == 5 ? narrow(x.size(2)) : 1;
    conv.height = narrow(x.size(rank - 2));
    conv.width = narrow(x.size(rank - 1));
    conv.in_channels[0] = narrow(x.size(1));
    conv.in_channels[1] = parts.size() == 2 ? narrow(parts[1].size(1)) : 0;
    conv.out_channels = narrow(weight.size(0));
    conv.kernel_depth = narrow(depth);
    conv.padding = narrow(pad);
    conv.padding_depth = narrow(depth_pad);
    if (weight.size(1) != conv.in_channels[0] + conv.in_channels[1] || !ck_conv_valid(&conv)) return std::nullopt;
    return conv;
}

std::vector<int64_t> output_sizes(const ck_conv &conv, int64_t rank) {
    std::vector<int64_t> sizes{conv.batch, conv.out_channels};
    if (rank == 5) sizes.push_back(ck_conv_out_depth(&conv));
    sizes.push_back(ck_conv_out_height(&conv));
    sizes.push_back(ck_conv_out_width(&conv));
    return sizes;
}

std::optional<ck_dense> dense_shape(const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride,
                                    at::IntArrayRef padding, bool transposed) {
    if (!enabled() || !fits(x) || !fits(weight) || weight.dim() != x.dim()) return std::nullopt;
    const int64_t rank = x.dim();
    const auto kernel = weight.sizes().slice(2);
    if (!same(padding, 0) || kernel != stride) return std::nullopt;
    if (transposed) {
        // 2×2 in plane, and 1 or 2 through the slices.
        if (kernel.back() != 2 || kernel[kernel.size() - 2] != 2) return std::nullopt;
        if (rank == 5 && kernel[0] != 1 && kernel[0] != 2) return std::nullopt;
    } else if (!same(kernel, 1)) {
        return std::nullopt;
    }
    ck_dense dense{};
    dense.batch = narrow(x.size(0));
    dense.depth = rank == 5 ? narrow(x.size(2)) : 1;
    dense.height = narrow(x.size(rank - 2));
    dense.width = narrow(x.size(rank - 1));
    dense.in_channels = narrow(x.size(1));
    dense.out_channels = narrow(weight.size(transposed ? 1 : 0));
    dense.kernel[0] = rank == 5 ? narrow(kernel[0]) : 1;
    dense.kernel[1] = narrow(kernel[kernel.size() - 2]);
    dense.kernel[2] = narrow(kernel.back());
    if (weight.size(transposed ? 0 : 1) != dense.in_channels || !ck_dense_valid(&dense)) return std::nullopt;
    return dense;
}

std::vector<int64_t> output_sizes(const ck_dense &dense, int64_t rank) {
    std::vector<int64_t> sizes{dense.batch, dense.out_channels};
    if (rank == 5) sizes.push_back(static_cast<int64_t>(dense.depth) * dense.kernel[0]);
    sizes.push_back(static_cast<int64_t>(dense.height) * dense.kernel[1]);
    sizes.push_back(static_cast<int64_t>(dense.width) * dense.kernel[2]);
    return sizes;
}

}  // namespace native
