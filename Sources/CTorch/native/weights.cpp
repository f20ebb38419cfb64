#include "weights.hpp"

#include <ATen/ATen.h>

#include <functional>
#include <unordered_map>

#include "team.hpp"

namespace native {

namespace {

/// What packed weights were made from: they hold while all of it is the same.
struct Origin {
    uint64_t layout;
    ck_isa isa;
    std::vector<const void *> tensors;
    std::vector<uint32_t> versions;

    bool operator==(const Origin &other) const {
        return layout == other.layout && isa == other.isa && tensors == other.tensors && versions == other.versions;
    }
};

struct Entry {
    c10::weak_intrusive_ptr<c10::TensorImpl> weight;
    Origin origin;
    Packed packed;
};

Origin origin(uint64_t layout, std::initializer_list<at::Tensor> tensors) {
    Origin origin{layout, instructions(), {}, {}};
    for (const auto &tensor : tensors) {
        origin.tensors.push_back(tensor.defined() ? tensor.unsafeGetTensorImpl() : nullptr);
        origin.versions.push_back(tensor.defined() ? static_cast<uint32_t>(tensor._version()) : 0);
    }
    return origin;
}

/// The entry of `weight`, made anew by `make` where it is missing or stale. One entry a weight tensor: networks are predicted
/// at one size again and again.
Packed cached(const at::Tensor &weight, Origin wanted, const std::function<Packed()> &make) {
    // All tensor work is on one thread, so each thread has a cache of its own and no lock is needed.
    thread_local std::unordered_map<const void *, Entry> entries;
    const void *key = weight.unsafeGetTensorImpl();
    const auto found = entries.find(key);
    if (found != entries.end() && !found->second.weight.expired() && found->second.origin == wanted) {
        return found->second.packed;
    }
    for (auto entry = entries.begin(); entry != entries.end();) {
        entry = entry->second.weight.expired() ? entries.erase(entry) : std::next(entry);
    }
    Packed packed = make();
    entries.insert_or_assign(
        key, Entry{c10::weak_intrusive_ptr<c10::TensorImpl>(weight.getIntrusivePtr()), std::move(wanted), packed});
    return packed;
}

}  // namespace

at::Tensor pack(const ck_conv &conv, ck_pass pass, const at::Tensor &weight, const float *scale) {
    const auto isa = instructions();
    auto packed = buffer(ck_conv_weights_bytes(&conv, pass, isa));
    const auto team = native::team();
    ck_conv_pack_weights(&conv, pass, weight.contiguous().const_data_ptr<float>(), scale, packed.data_ptr<float>(), &team);
    return packed;
}

at::Tensor pack(const ck_dense &dense, ck_pass pass, const at::Tensor &weight) {
    const auto isa = instructions();
    auto packed = buffer(ck_dense_weights_bytes(&dense, pass, isa));
    const auto team = native::team();
    ck_dense_pack_weights(&dense, pass, weight.contiguous().const_data_ptr<float>(), packed.data_ptr<float>(), &team);
    return packed;
}

Packed packed(const ck_conv &conv, const at::Tensor &weight, const at::Tensor &bias, const Norm *norm) {
    const uint64_t layout = ck_conv_weights_layout(&conv, ck_pass_forward, instructions());
    if (!norm) {
        return cached(weight, origin(layout, {weight}), [&] { return Packed{pack(conv, ck_pass_forward, weight), bias}; });
    }
    return cached(weight, origin(layout, {weight, bias, norm->weight, norm->bias, norm->running_mean, norm->running_var}), [&] {
        const auto scale = (norm->weight.to(at::kDouble) / (norm->running_var.to(at::kDouble) + norm->epsilon).sqrt());
        auto shift = norm->bias.to(at::kDouble) - norm->running_mean.to(at::kDouble) * scale;
        if (bias.defined()) shift += bias.to(at::kDouble) * scale;
        const auto factors = scale.to(at::kFloat).contiguous();
        return Packed{pack(conv, ck_pass_forward, weight, factors.const_data_ptr<float>()), shift.to(at::kFloat).contiguous()};
    });
}

Packed packed(const ck_dense &dense, const at::Tensor &weight, const at::Tensor &bias) {
    // A transposed and a plain layer never share a weight tensor, so sizes need no part in the key.
    return cached(weight, origin(0, {weight}), [&] { return Packed{pack(dense, ck_pass_forward, weight), bias}; });
}

}  // namespace native
