// Definitions shared by the C++ files: the box behind a handle, and the guard that turns exceptions into a status.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <exception>
#include <string>
#include <vector>

#include "ct_base.h"

struct CTTensorBox {
    at::Tensor tensor;
};

namespace border {

void keep_error(std::string message);
CTTensor box(at::Tensor tensor);

inline at::Tensor &unbox(CTTensor handle) { return handle->tensor; }

inline at::IntArrayRef list(const int64_t *values, int32_t count) {
    return at::IntArrayRef(values, static_cast<size_t>(count));
}

inline std::vector<at::Tensor> list(const CTTensor *handles, int32_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; ++i) tensors.push_back(handles[i]->tensor);
    return tensors;
}

/// Runs `body`. Returns 0, or 1 with the message kept.
template <class Body>
int guarded(Body &&body) {
    try {
        body();
        return 0;
    } catch (const c10::Error &error) {
        keep_error(error.what_without_backtrace());
    } catch (const std::exception &error) {
        keep_error(error.what());
    } catch (...) {
        keep_error("an unknown C++ exception");
    }
    return 1;
}

/// Runs `body` and boxes the tensor that it returns.
template <class Body>
int boxed(CTTensor *out, Body &&body) {
    return guarded([&] { *out = box(body()); });
}

}  // namespace border
