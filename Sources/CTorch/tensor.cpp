#include "ct_tensor.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cstring>

#include "border.hpp"

using namespace border;

namespace {

at::Device device(int8_t type, int8_t index) {
    return at::Device(static_cast<c10::DeviceType>(type), index);
}

at::ScalarType scalar(int8_t dtype) { return static_cast<at::ScalarType>(dtype); }

}  // namespace

int ct_from_bytes(const void *data, int64_t bytes, const int64_t *shape, int32_t rank, int8_t dtype, CTTensor *out) {
    return boxed(out, [&] {
        auto tensor = at::empty(list(shape, rank), at::TensorOptions().dtype(scalar(dtype)));
        TORCH_CHECK(static_cast<int64_t>(tensor.nbytes()) == bytes, "shape ", tensor.sizes(), " holds ",
                    tensor.nbytes(), " bytes, but ", bytes, " were given");
        if (bytes > 0) std::memcpy(tensor.data_ptr(), data, static_cast<size_t>(bytes));
        return tensor;
    });
}

int ct_to_bytes(CTTensor tensor, void *data, int64_t bytes) {
    return guarded([&] {
        const auto values = unbox(tensor).detach().to(at::kCPU).contiguous();
        TORCH_CHECK(static_cast<int64_t>(values.nbytes()) == bytes, "the tensor holds ", values.nbytes(),
                    " bytes, but room for ", bytes, " was given");
        if (bytes > 0) std::memcpy(data, values.data_ptr(), static_cast<size_t>(bytes));
    });
}

int ct_full(const int64_t *shape, int32_t rank, double value, int8_t dtype, int8_t device_type, int8_t device_index,
            CTTensor *out) {
    return boxed(out, [&] {
        return at::full(list(shape, rank), value,
                        at::TensorOptions().dtype(scalar(dtype)).device(device(device_type, device_index)));
    });
}

int ct_randn(const int64_t *shape, int32_t rank, CTTensor *out) {
    return boxed(out, [&] { return at::randn(list(shape, rank)); });
}

int ct_rand(const int64_t *shape, int32_t rank, CTTensor *out) {
    return boxed(out, [&] { return at::rand(list(shape, rank)); });
}

int32_t ct_rank(CTTensor tensor) { return static_cast<int32_t>(unbox(tensor).dim()); }
int64_t ct_size(CTTensor tensor, int32_t dim) { return unbox(tensor).sizes()[static_cast<size_t>(dim)]; }
int64_t ct_count(CTTensor tensor) { return unbox(tensor).numel(); }
int8_t ct_dtype(CTTensor tensor) { return static_cast<int8_t>(unbox(tensor).scalar_type()); }
int8_t ct_device_type(CTTensor tensor) { return static_cast<int8_t>(unbox(tensor).device().type()); }
int8_t ct_device_index(CTTensor tensor) { return static_cast<int8_t>(unbox(tensor).device().index()); }

int ct_to(CTTensor tensor, int8_t dtype, int8_t device_type, int8_t device_index, CTTensor *out) {
    return boxed(out, [&] { return unbox(tensor).to(device(device_type, device_index), scalar(dtype)); });
}

int ct_channels_last(CTTensor tensor, CTTensor *out) {
    return boxed(out, [&] {
        const auto format = unbox(tensor).dim() == 5 ? at::MemoryFormat::ChannelsLast3d : at::MemoryFormat::ChannelsLast;
        return unbox(tensor).contiguous(format);
    });
}

int ct_contiguous(CTTensor tensor, CTTensor *out) {
    return boxed(out, [&] { return unbox(tensor).contiguous(); });
}

int ct_clone(CTTensor tensor, CTTensor *out) {
    return boxed(out, [&] { return unbox(tensor).clone(); });
}

int ct_copy(CTTensor tensor, CTTensor source) {
    return guarded([&] {
        at::NoGradGuard unrecorded;
        TORCH_CHECK(unbox(tensor).sizes() == unbox(source).sizes(), "cannot copy a tensor of shape ",
                    unbox(source).sizes(), " into one of shape ", unbox(tensor).sizes());
        unbox(tensor).copy_(unbox(source));
    });
}
