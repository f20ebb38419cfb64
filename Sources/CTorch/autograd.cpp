#include "ct_autograd.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include "border.hpp"

using namespace border;

int ct_set_requires_grad(CTTensor tensor, bool on) {
    return guarded([&] { unbox(tensor).set_requires_grad(on); });
}

bool ct_requires_grad(CTTensor tensor) { return unbox(tensor).requires_grad(); }

int ct_backward(CTTensor loss) {
    return guarded([&] { unbox(loss).backward(); });
}

int ct_grad(CTTensor tensor, CTTensor *out) {
    return guarded([&] {
        const auto &gradient = unbox(tensor).grad();
        *out = gradient.defined() ? box(gradient) : nullptr;
    });
}

int ct_clear_grad(CTTensor tensor) {
    return guarded([&] { unbox(tensor).mutable_grad().reset(); });
}

int ct_detach(CTTensor tensor, CTTensor *out) {
    return boxed(out, [&] { return unbox(tensor).detach(); });
}

bool ct_set_grad_mode(bool on) {
    const bool was = at::GradMode::is_enabled();
    at::GradMode::set_enabled(on);
    return was;
}
