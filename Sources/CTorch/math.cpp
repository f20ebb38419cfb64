#include "ct_math.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "border.hpp"

using namespace border;

int ct_binary(CTBinary operation, CTTensor a, CTTensor b, CTTensor *out) {
    return boxed(out, [&] {
        switch (operation) {
        case CTBinaryAdd: return at::add(unbox(a), unbox(b));
        case CTBinarySubtract: return at::sub(unbox(a), unbox(b));
        case CTBinaryMultiply: return at::mul(unbox(a), unbox(b));
        case CTBinaryDivide: return at::div(unbox(a), unbox(b));
        case CTBinaryEqual: return at::eq(unbox(a), unbox(b));
        }
        TORCH_CHECK(false, "no such operation");
    });
}

int ct_binary_scalar(CTBinary operation, CTTensor a, double b, CTTensor *out) {
    return boxed(out, [&] {
        switch (operation) {
        case CTBinaryAdd: return at::add(unbox(a), b);
        case CTBinarySubtract: return at::sub(unbox(a), b);
        case CTBinaryMultiply: return at::mul(unbox(a), b);
        case CTBinaryDivide: return at::div(unbox(a), b);
        case CTBinaryEqual: return at::eq(unbox(a), b);
        }
        TORCH_CHECK(false, "no such operation");
    });
}

int ct_unary(CTUnary operation, CTTensor a, CTTensor *out) {
    return boxed(out, [&] {
        switch (operation) {
        case CTUnaryNegate: return at::neg(unbox(a));
        case CTUnaryExp: return at::exp(unbox(a));
        case CTUnaryLog: return at::log(unbox(a));
        case CTUnarySqrt: return at::sqrt(unbox(a));
        case CTUnaryAbs: return at::abs(unbox(a));
        case CTUnarySquare: return at::square(unbox(a));
        case CTUnaryReLU: return at::relu(unbox(a));
        case CTUnarySigmoid: return at::sigmoid(unbox(a));
        case CTUnaryIsFinite: return at::isfinite(unbox(a));
        }
        TORCH_CHECK(false, "no such operation");
    });
}

int ct_clamp(CTTensor a, double low, double high, CTTensor *out) {
    return boxed(out, [&] { return at::clamp(unbox(a), low, high); });
}

int ct_reduce(CTReduce operation, CTTensor a, const int64_t *dims, int32_t count, bool keep, CTTensor *out) {
    return boxed(out, [&] {
        const auto &x = unbox(a);
        const auto over = list(dims, count);
        switch (operation) {
        case CTReduceSum: return count == 0 ? at::sum(x) : at::sum(x, over, keep);
        case CTReduceMean: return count == 0 ? at::mean(x) : at::mean(x, over, keep);
        case CTReduceMax: return count == 0 ? at::max(x) : at::amax(x, over, keep);
        }
        TORCH_CHECK(false, "no such operation");
    });
}

int ct_argmax(CTTensor a, int64_t dim, CTTensor *out) {
    return boxed(out, [&] { return at::argmax(unbox(a), dim); });
}

int ct_softmax(CTTensor a, int64_t dim, bool logarithm, CTTensor *out) {
    return boxed(out, [&] { return logarithm ? at::log_softmax(unbox(a), dim) : at::softmax(unbox(a), dim); });
}

int ct_cat(const CTTensor *tensors, int32_t count, int64_t dim, CTTensor *out) {
    return boxed(out, [&] { return at::cat(list(tensors, count), dim); });
}

int ct_reshape(CTTensor a, const int64_t *shape, int32_t rank, CTTensor *out) {
    return boxed(out, [&] { return unbox(a).reshape(list(shape, rank)); });
}

int ct_permute(CTTensor a, const int64_t *dims, int32_t rank, CTTensor *out) {
    return boxed(out, [&] { return unbox(a).permute(list(dims, rank)); });
}

int ct_narrow(CTTensor a, int64_t dim, int64_t start, int64_t length, CTTensor *out) {
    return boxed(out, [&] { return unbox(a).narrow(dim, start, length); });
}

int ct_flip(CTTensor a, const int64_t *dims, int32_t count, CTTensor *out) {
    return boxed(out, [&] { return at::flip(unbox(a), list(dims, count)); });
}

int ct_sample(CTTensor a, const int64_t *steps, int32_t count, CTTensor *out) {
    return boxed(out, [&] {
        auto part = unbox(a);
        TORCH_CHECK(count <= part.dim(), "a step for an axis that does not exist");
        const int64_t first = part.dim() - count;
        for (int32_t i = 0; i < count; ++i) {
            TORCH_CHECK(steps[i] > 0, "a step must be positive");
            if (steps[i] > 1) part = part.slice(first + i, 0, part.size(first + i), steps[i]);
        }
        return part;
    });
}

int ct_enlarge(CTTensor a, const int64_t *factors, int32_t count, CTTensor *out) {
    return boxed(out, [&] {
        // An axis of size 1 after each axis is expanded to the factor. Unlike indexing, its backward pass has a fixed
        // order.
        auto blocks = unbox(a);
        TORCH_CHECK(count <= blocks.dim(), "a factor for an axis that does not exist");
        auto shape = blocks.sizes().vec();
        for (int32_t i = 0; i < count; ++i) {
            TORCH_CHECK(factors[i] > 0, "a factor must be positive");
            const int64_t axis = blocks.dim() - count + i;
            auto spread = shape;
            spread.insert(spread.begin() + axis + 1, factors[i]);
            shape[static_cast<size_t>(axis)] *= factors[i];
            blocks = blocks.unsqueeze(axis + 1).expand(spread).reshape(shape);
        }
        return blocks;
    });
}

int ct_one_hot(CTTensor a, int64_t classes, CTTensor *out) {
    return boxed(out, [&] {
        const auto &labels = unbox(a);
        auto shape = labels.sizes().vec();
        shape.insert(shape.begin() + 1, classes);
        return at::zeros(shape, labels.options().dtype(at::kFloat)).scatter_(1, labels.unsqueeze(1), 1.0);
    });
}

int ct_scale_add(CTTensor a, double scale, CTTensor b, double factor) {
    return guarded([&] {
        at::NoGradGuard unrecorded;
        unbox(a).mul_(scale).add_(unbox(b), factor);
    });
}

int ct_fill(CTTensor a, double value) {
    return guarded([&] {
        at::NoGradGuard unrecorded;
        unbox(a).fill_(value);
    });
}
