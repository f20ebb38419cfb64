#include "border.hpp"

#include <atomic>

#include "ct_tensor.h"

namespace {
thread_local std::string last_error;
std::atomic<int64_t> live{0};
}  // namespace

namespace border {

void keep_error(std::string message) {
    // c10's messages end with a stack trace, which is of no use to readers.
    const auto frames = message.find("\nException raised from");
    if (frames != std::string::npos) message.resize(frames);
    while (!message.empty() && message.back() == '\n') message.pop_back();
    last_error = std::move(message);
}

CTTensor box(at::Tensor tensor) {
    auto handle = new CTTensorBox{std::move(tensor)};
    live.fetch_add(1, std::memory_order_relaxed);
    return handle;
}

}  // namespace border

const char *ct_error_message(void) { return last_error.c_str(); }

void ct_tensor_release(CTTensor tensor) {
    if (!tensor) return;
    delete tensor;
    live.fetch_sub(1, std::memory_order_relaxed);
}

int64_t ct_live_tensors(void) { return live.load(std::memory_order_relaxed); }
