#include "team.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "border.hpp"
#include "ct_kernels.h"

#if defined(__APPLE__)
#include <dispatch/dispatch.h>
#else
// Swift's clang has no OpenMP, so the team of libtorch's libgomp is used through its C interface. The symbols are weak:
// with a libtorch built without libgomp, they are null and kernels run on one thread.
extern "C" {
void GOMP_parallel(void (*function)(void *), void *data, unsigned threads, unsigned flags) __attribute__((weak));
int omp_get_thread_num(void) __attribute__((weak));
}
#endif

namespace {

std::atomic<bool> wanted{true};
std::atomic<int> isa{-1};
std::atomic<int> own_threads{0};

struct Job {
    ck_body body;
    void *argument;
    int tasks;
    std::atomic<int> next{0};

    void work(int thread) {
        for (int task = next.fetch_add(1); task < tasks; task = next.fetch_add(1)) body(argument, task, thread);
    }
};

#if defined(__APPLE__)
void run(void *context, int tasks, ck_body body, void *argument) {
    Job job{body, argument, tasks};
    dispatch_apply_f(reinterpret_cast<uintptr_t>(context), DISPATCH_APPLY_AUTO, &job,
                     [](void *data, size_t thread) { static_cast<Job *>(data)->work(static_cast<int>(thread)); });
}
bool has_threads() { return true; }
#else
void run(void *context, int tasks, ck_body body, void *argument) {
    Job job{body, argument, tasks};
    GOMP_parallel([](void *data) { static_cast<Job *>(data)->work(omp_get_thread_num()); }, &job,
                  static_cast<unsigned>(reinterpret_cast<uintptr_t>(context)), 0);
}
bool has_threads() { return GOMP_parallel != nullptr && omp_get_thread_num != nullptr; }
#endif

}  // namespace

namespace native {

bool enabled() { return wanted.load(std::memory_order_relaxed); }
void enable(bool on) { wanted.store(on); }

ck_isa instructions() {
    const int chosen = isa.load(std::memory_order_relaxed);
    return chosen < 0 ? ck_isa_best() : static_cast<ck_isa>(chosen);
}

void set_instructions(ck_isa chosen) { isa.store(chosen); }

ck_team team() {
    const int own = own_threads.load(std::memory_order_relaxed);
    const int threads = own > 0 ? own : at::get_num_threads();
    if (threads <= 1 || !has_threads()) return ck_team_serial(instructions());
    // The number is passed along, since scratch memory is sized for it whatever the setting when the team runs.
    return ck_team{instructions(), threads, run, reinterpret_cast<void *>(static_cast<uintptr_t>(threads))};
}

void *scratch(size_t bytes) {
    struct Free {
        void operator()(void *memory) const { std::free(memory); }
    };
    thread_local std::unique_ptr<void, Free> memory;
    thread_local size_t capacity = 0;
    if (bytes > capacity) {
        memory.reset();
        capacity = 0;
        const size_t rounded = (bytes + 4095) / 4096 * 4096;
        memory.reset(std::aligned_alloc(64, rounded));
        TORCH_CHECK(memory, "no memory for ", rounded, " bytes of a convolution's intermediate results");
        capacity = rounded;
    }
    return memory.get();
}

bool fits(const at::Tensor &x) {
    return x.is_cpu() && x.scalar_type() == at::kFloat && (x.dim() == 4 || x.dim() == 5) && x.numel() > 0;
}

bool fits_channels(const at::Tensor &x, int64_t channels) {
    return x.is_cpu() && x.scalar_type() == at::kFloat && x.dim() == 1 && x.size(0) == channels && x.is_contiguous();
}

bool is_channels_last(const at::Tensor &x) {
    int64_t step = 1;
    const auto check = [&](int64_t dim) {
        if (x.size(dim) != 1 && x.stride(dim) != step) return false;
        step *= x.size(dim);
        return true;
    };
    if (!check(1)) return false;
    for (int64_t dim = x.dim() - 1; dim >= 2; --dim) {
        if (!check(dim)) return false;
    }
    return check(0);
}

at::Tensor channels_last(const at::Tensor &x) {
    if (is_channels_last(x)) return x;
    return x.contiguous(x.dim() == 5 ? at::MemoryFormat::ChannelsLast3d : at::MemoryFormat::ChannelsLast);
}

}  // namespace native

void ct_set_native_kernels(bool on) { native::enable(on); }
void ct_set_native_threads(int32_t count) { own_threads.store(count); }
int32_t ct_native_threads(void) { return own_threads.load(std::memory_order_relaxed); }
bool ct_native_kernels(void) { return native::enabled(); }
const char *ct_kernel_instructions(void) { return ck_isa_name(native::instructions()); }

int ct_set_kernel_instructions(const char *name) {
    return border::guarded([&] {
        for (int candidate = ck_isa_portable; candidate <= ck_isa_avx512; ++candidate) {
            const auto chosen = static_cast<ck_isa>(candidate);
            if (std::strcmp(ck_isa_name(chosen), name) != 0) continue;
            TORCH_CHECK(ck_isa_available(chosen), "this processor has no ", name, " instructions");
            native::set_instructions(chosen);
            return;
        }
        TORCH_CHECK(false, "there are no instructions called ", name);
    });
}
