#include "weights.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "arena.hpp"
#include "team.hpp"

namespace native {

namespace {

using Identity = c10::weak_intrusive_ptr<c10::TensorImpl>;

/// The origin of packed weights, which are valid as long as all of it is unchanged.
struct Origin {
    uint64_t layout;
    ck_isa isa;
    double epsilon;
    std::vector<Identity> tensors;  // weak: they keep no values, but reserve the address
    std::vector<uint32_t> versions;

    bool operator==(const Origin &other) const {
        const auto same = [](const Identity &a, const Identity &b) {
            return a._unsafe_get_target() == b._unsafe_get_target();
        };
        return layout == other.layout && isa == other.isa && epsilon == other.epsilon && versions == other.versions &&
               std::equal(tensors.begin(), tensors.end(), other.tensors.begin(), other.tensors.end(), same);
    }
};

struct Entry {
    Origin origin;
    Packed packed;
};

Origin origin(uint64_t layout, double epsilon, std::initializer_list<at::Tensor> tensors) {
    Origin origin{layout, instructions(), epsilon, {}, {}};
    for (const auto &tensor : tensors) {
        origin.tensors.emplace_back(tensor.getIntrusivePtr());
        origin.versions.push_back(tensor.defined() ? static_cast<uint32_t>(tensor._version()) : 0);
    }
    return origin;
}

/// Returns the entry of the first tensor of `wanted`, created by `make` if it is missing or stale. There is one entry
/// per weight tensor, since networks predict at the same size repeatedly.
Packed cached(Origin wanted, const std::function<Packed()> &make) {
    // All tensor work is on one thread, so a cache per thread needs no lock.
    thread_local std::unordered_map<const void *, Entry> entries;
    const void *key = wanted.tensors.front()._unsafe_get_target();
    const auto found = entries.find(key);
    if (found != entries.end() && found->second.origin == wanted) return found->second.packed;
    // Stale entries are removed first, so that old and new ones are never in memory together.
    for (auto entry = entries.begin(); entry != entries.end();) {
        const bool stale = entry->first == key || entry->second.origin.tensors.front().expired();
        entry = stale ? entries.erase(entry) : std::next(entry);
    }
    Packed packed = make();
    entries.insert_or_assign(key, Entry{std::move(wanted), packed});
    return packed;
}

}  // namespace

at::Tensor pack(const ck_conv &conv, ck_pass pass, const at::Tensor &weight, const float *scale) {
    const auto team = native::team();
    auto packed = empty_weights(static_cast<int64_t>(ck_conv_weights_bytes(&conv, pass, team.isa) / sizeof(float)));
    ck_conv_pack_weights(&conv, pass, weight.contiguous().const_data_ptr<float>(), scale, packed.data_ptr<float>(), &team);
    return packed;
}

at::Tensor pack(const ck_dense &dense, ck_pass pass, const at::Tensor &weight) {
    const auto team = native::team();
    auto packed = empty_weights(static_cast<int64_t>(ck_dense_weights_bytes(&dense, pass, team.isa) / sizeof(float)));
    ck_dense_pack_weights(&dense, pass, weight.contiguous().const_data_ptr<float>(), packed.data_ptr<float>(), &team);
    return packed;
}

at::Tensor packed(const ck_conv &conv, const at::Tensor &weight) {
    const uint64_t layout = ck_conv_weights_layout(&conv, ck_pass_forward, instructions());
    return cached(origin(layout, 0, {weight}), [&] { return Packed{pack(conv, ck_pass_forward, weight), {}}; }).weights;
}

at::Tensor packed(const ck_dense &dense, const at::Tensor &weight) {
    // A transposed and a plain layer never share a weight tensor, so the key need not include sizes.
    return cached(origin(0, 0, {weight}), [&] { return Packed{pack(dense, ck_pass_forward, weight), {}}; }).weights;
}

Packed folded(const ck_conv &conv, const at::Tensor &weight, const at::Tensor &bias, const Norm &norm) {
    const uint64_t layout = ck_conv_weights_layout(&conv, ck_pass_forward, instructions());
    auto from = origin(layout, norm.epsilon, {weight, bias, norm.weight, norm.bias, norm.running_mean, norm.running_var});
    return cached(std::move(from), [&] {
        const auto scale = norm.weight.to(at::kDouble) / (norm.running_var.to(at::kDouble) + norm.epsilon).sqrt();
        auto shift = norm.bias.to(at::kDouble) - norm.running_mean.to(at::kDouble) * scale;
        if (bias.defined()) shift += bias.to(at::kDouble) * scale;
        const auto factors = scale.to(at::kFloat).contiguous();
        return Packed{pack(conv, ck_pass_forward, weight, factors.const_data_ptr<float>()), shift.to(at::kFloat).contiguous()};
    });
}

}  // namespace native
