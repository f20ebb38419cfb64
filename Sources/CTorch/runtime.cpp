#include "ct_runtime.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Generator.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/detail/MPSHooksInterface.h>
#include <torch/csrc/api/include/torch/version.h>

#include <mutex>

#include "border.hpp"

using namespace border;

const char *ct_version(void) { return TORCH_VERSION; }

int ct_set_thread_count(int32_t count) {
    return guarded([&] { at::set_num_threads(count); });
}

int32_t ct_thread_count(void) { return at::get_num_threads(); }

int ct_seed(uint64_t seed) {
    return guarded([&] { at::manual_seed(seed); });
}

int ct_random_state(CTTensor *out) {
    return boxed(out, [&] {
        auto generator = at::globalContext().defaultGenerator(at::kCPU);
        std::lock_guard<std::mutex> lock(generator.mutex());
        return generator.get_state();
    });
}

int ct_set_random_state(CTTensor state) {
    return guarded([&] {
        auto generator = at::globalContext().defaultGenerator(at::kCPU);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(unbox(state));
    });
}

bool ct_has_cuda(void) { return at::globalContext().hasCUDA(); }
bool ct_has_mps(void) { return at::globalContext().hasMPS(); }
int32_t ct_cuda_count(void) { return at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0; }

int ct_synchronize(int32_t device_type, int32_t device_index) {
    return guarded([&] {
        if (device_type == static_cast<int32_t>(at::kCUDA)) {
            at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(device_index));
        }
        if (device_type == static_cast<int32_t>(at::kMPS)) at::detail::getMPSHooks().deviceSynchronize();
    });
}

int ct_set_deterministic(bool on) {
    return guarded([&] {
        at::globalContext().setDeterministicAlgorithms(on, /*warn_only=*/true);
        at::globalContext().setBenchmarkCuDNN(!on);
    });
}
