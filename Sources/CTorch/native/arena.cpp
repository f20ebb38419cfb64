#include "arena.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace native {

namespace {

constexpr size_t line = 64, huge_page = size_t(2) << 20, slab_bytes = size_t(64) << 20;
constexpr size_t smallest = size_t(64) << 10;  // below this, malloc is fast enough

size_t round_up(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

/// Slabs from the system, divided into blocks. The smallest gap that fits is used, and adjacent gaps are merged.
class Arena {
public:
    void *take(size_t bytes) {
        const std::lock_guard<std::mutex> guard(lock);
        bytes = round_up(std::max(bytes, line), line);
        auto gap = find(bytes);
        if (gap == gaps.end()) gap = grow(bytes);
        char *const begin = gap->first;
        const size_t left = gap->second - bytes;
        gaps.erase(gap);
        if (left > 0) gaps.emplace(begin + bytes, left);
        blocks.emplace(begin, bytes);
        return begin;
    }

    void give(void *memory) {
        const std::lock_guard<std::mutex> guard(lock);
        const auto block = blocks.find(static_cast<char *>(memory));
        char *begin = block->first;
        size_t bytes = block->second;
        blocks.erase(block);
        const auto after = gaps.lower_bound(begin);
        if (after != gaps.end() && begin + bytes == after->first && !begins_slab(after->first)) {
            bytes += after->second;
            gaps.erase(after);
        }
        const auto next = gaps.lower_bound(begin);
        if (next != gaps.begin()) {
            const auto before = std::prev(next);
            if (before->first + before->second == begin && !begins_slab(begin)) {
                before->second += bytes;
                return;
            }
        }
        gaps.emplace(begin, bytes);
    }

private:
    using Gaps = std::map<char *, size_t>;

    Gaps::iterator find(size_t bytes) {
        auto best = gaps.end();
        for (auto gap = gaps.begin(); gap != gaps.end(); ++gap) {
            if (gap->second >= bytes && (best == gaps.end() || gap->second < best->second)) best = gap;
        }
        return best;
    }

    Gaps::iterator grow(size_t bytes) {
        const size_t size = round_up(std::max(bytes, slab_bytes), huge_page);
        // Wholly unused slabs, which were too small, are freed up to the new size, so that the total stays the same.
        size_t gone = 0;
        for (auto slab = slabs.begin(); slab != slabs.end() && gone < size;) {
            const auto gap = gaps.find(slab->first);
            if (gap == gaps.end() || gap->second != slab->second) {
                ++slab;
                continue;
            }
            gone += slab->second;
            gaps.erase(gap);
            std::free(slab->first);
            slab = slabs.erase(slab);
        }
        auto *const memory = static_cast<char *>(std::aligned_alloc(huge_page, size));
        TORCH_CHECK(memory, "no memory for ", size, " bytes of maps");
#if defined(__linux__)
        madvise(memory, size, MADV_HUGEPAGE);  // optional: it only avoids page faults
#endif
        slabs.emplace(memory, size);
        return gaps.emplace(memory, size).first;
    }

    bool begins_slab(char *address) const { return slabs.find(address) != slabs.end(); }

    std::mutex lock;
    Gaps gaps, blocks, slabs;
};

/// Never destroyed, since maps can outlive everything else.
Arena &arena() {
    static auto *const arena = new Arena;
    return *arena;
}

}  // namespace

at::Tensor empty_weights(at::IntArrayRef sizes) {
    size_t count = 1;
    for (const int64_t size : sizes) count *= static_cast<size_t>(size);
    return at::from_blob(arena().take(count * sizeof(float)), sizes, [](void *memory) { arena().give(memory); },
                         at::TensorOptions().dtype(at::kFloat));
}

at::Tensor empty_map(at::IntArrayRef sizes) {
    size_t count = 1;
    for (const int64_t size : sizes) count *= static_cast<size_t>(size);
    if (count * sizeof(float) < smallest) {
        const auto format = sizes.size() == 5 ? at::MemoryFormat::ChannelsLast3d : at::MemoryFormat::ChannelsLast;
        return at::empty(sizes, at::TensorOptions().dtype(at::kFloat).memory_format(format));
    }
    std::vector<int64_t> strides(sizes.size());
    int64_t step = sizes[1];
    strides[1] = 1;
    for (size_t dim = sizes.size() - 1; dim >= 2; --dim) {
        strides[dim] = step;
        step *= sizes[dim];
    }
    strides[0] = step;
    return at::from_blob(arena().take(count * sizeof(float)), sizes, strides, [](void *memory) { arena().give(memory); },
                         at::TensorOptions().dtype(at::kFloat));
}

}  // namespace native
