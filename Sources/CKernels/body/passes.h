/* Passes over whole maps: copies, norm + ReLU and its backward pass, sums, and max-pool. */

INLINE void copy_vector(const float *x, vec scale, vec shift, const bool norm, float *to, int n, const bool whole) {
    vec v = whole ? load(x) : load_first(x, n);
    if (norm) v = relu(fma_(v, scale, shift));
    if (whole) store(to, v);
    else store_first(to, v, n);
}

static void copy_pixels(
    size_t count, int channels, const float *x, ptrdiff_t x_stride, const float *scale, const float *shift, float *to,
    ptrdiff_t to_stride) {
    if (!scale) {
        if (x_stride == channels && to_stride == channels) {
            memcpy(to, x, count * (size_t)channels * sizeof(float));
            return;
        }
        for (size_t i = 0; i < count; i++) {
            const float *from = x + (ptrdiff_t)i * x_stride;
            float *into = to + (ptrdiff_t)i * to_stride;
            int c = 0;
            for (; c + LANES <= channels; c += LANES) store(into + c, load(from + c));
            if (c < channels) store_first(into + c, load_first(from + c, channels - c), channels - c);
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const float *from = x + (ptrdiff_t)i * x_stride;
        float *into = to + (ptrdiff_t)i * to_stride;
        int c = 0;
        for (; c + LANES <= channels; c += LANES) {
            copy_vector(from + c, load(scale + c), load(shift + c), true, into + c, LANES, true);
        }
        if (c < channels) {
            int n = channels - c;
            copy_vector(from + c, load_first(scale + c, n), load_first(shift + c, n), true, into + c, n, false);
        }
    }
}

static void add(size_t count, float *a, const float *b) {
    for (size_t i = 0; i < count; i += LANES) store(a + i, load(a + i) + load(b + i));
}

static void norm_relu(size_t pixels, int channels, const float *y, const float *scale, const float *shift, float *z) {
    copy_pixels(pixels, channels, y, channels, scale, shift, z, channels);
}

INLINE vec masked_gradient(vec dz, vec y, vec scale, vec shift) {
    return choose(fma_(y, scale, shift) <= (vec){}, (vec){}, dz);
}

static void norm_relu_backward(
    size_t pixels, int channels, const float *dz, const float *y, const float *scale, const float *shift, const float *c1,
    const float *c2, const float *c3, float *dy) {
    for (size_t i = 0; i < pixels; i++) {
        for (int c = 0; c < channels; c += LANES) {
            int n = channels - c;
            vec u = load_n(y + c, n);
            vec g = masked_gradient(load_n(dz + c, n), u, load_n(scale + c, n), load_n(shift + c, n));
            store_n(dy + c, fma_(load_n(c1 + c, n), g, fma_(load_n(c2 + c, n), u, load_n(c3 + c, n))), n);
        }
        dz += channels;
        y += channels;
        dy += channels;
    }
}

INLINE void sums_vector(
    size_t pixels, int channels, int n, const bool whole, const float *dz, const float *y, const float *scale,
    const float *shift, const float *mean, float *g_sum, float *gy_sum) {
    vec a = load_n(scale, n), b = load_n(shift, n), m = load_n(mean, n);
    vec s[2] = {}, q[2] = {};
    for (size_t i = 0; i < pixels; i++) {
        vec u = whole ? load(y) : load_first(y, n);
        vec g = masked_gradient(whole ? load(dz) : load_first(dz, n), u, a, b);
        s[0] += g;
        q[0] = fma_(g, u - m, q[0]);
        dz += channels;
        y += channels;
        if (++i < pixels) {
            u = whole ? load(y) : load_first(y, n);
            g = masked_gradient(whole ? load(dz) : load_first(dz, n), u, a, b);
            s[1] += g;
            q[1] = fma_(g, u - m, q[1]);
            dz += channels;
            y += channels;
        }
    }
    store_n(g_sum, s[0] + s[1], n);
    store_n(gy_sum, q[0] + q[1], n);
}

static void norm_relu_sums(
    size_t pixels, int channels, const float *dz, const float *y, const float *scale, const float *shift, const float *mean,
    float *g, float *gy) {
    int c = 0;
    for (; c + LANES <= channels; c += LANES) {
        sums_vector(pixels, channels, LANES, true, dz + c, y + c, scale + c, shift + c, mean + c, g + c, gy + c);
    }
    if (c < channels) {
        int n = channels - c;
        sums_vector(pixels, channels, n, false, dz + c, y + c, scale + c, shift + c, mean + c, g + c, gy + c);
    }
}

static void moments(size_t pixels, int channels, const float *x, float *shift, float *sum, float *square) {
    for (int c = 0; c < channels; c += LANES) {
        int n = channels - c;
        const float *from = x + c;
        vec origin = load_n(from, n), s = {}, q = {};
        for (size_t i = 0; i < pixels; i++) {
            vec d = load_n(from, n) - origin;
            s += d;
            q = fma_(d, d, q);
            from += channels;
        }
        store_n(shift + c, origin, n);
        store_n(sum + c, s, n);
        store_n(square + c, q, n);
    }
}

/* ---- max-pool ---- */

/* Whether a replaces b: larger, or NaN. */
INLINE vec_mask beats(vec a, vec b) { return (a > b) | (a != a); }

/* The offset of input pixel k of a pooled pixel; there are four in each plane. */
#define POOL_AT(k) ((2 * i + ((k) & 1)) * channels + ((k) >> 1 & 1) * row + ((k) >> 2) * plane)

INLINE void pool_row_of(
    const int pixels, int width, int channels, const float *x, ptrdiff_t row, ptrdiff_t plane, const float *scale,
    const float *shift, float *z, float *pooled) {
    for (int c = 0; c < channels; c += LANES) {
        int n = channels - c;
        vec a = {}, b = {};
        if (scale) {
            a = load_n(scale + c, n);
            b = load_n(shift + c, n);
        }
        for (ptrdiff_t i = 0; i < width / 2; i++) {
            vec best = {};
            UNROLL for (int k = 0; k < pixels; k++) {
                vec v = load_n(x + c + POOL_AT(k), n);
                if (scale) v = relu(fma_(v, a, b));
                if (z) store_n(z + c + POOL_AT(k), v, n);
                best = k == 0 ? v : choose(beats(v, best), v, best);
            }
            store_n(pooled + c + i * channels, best, n);
        }
        if (z && width % 2) {
            for (int k = 0; k < pixels; k += 2) {
                ptrdiff_t i = width / 2, at = c + POOL_AT(k);
                vec v = load_n(x + at, n);
                store_n(z + at, scale ? relu(fma_(v, a, b)) : v, n);
            }
        }
    }
}

static void pool_row(
    int width, int channels, int planes, const float *x, ptrdiff_t row, ptrdiff_t plane, const float *scale,
    const float *shift, float *z, float *pooled) {
    if (planes == 1) pool_row_of(4, width, channels, x, row, plane, scale, shift, z, pooled);
    else pool_row_of(8, width, channels, x, row, plane, scale, shift, z, pooled);
}

INLINE void pool_row_backward_of(
    const int pixels, int width, int channels, const float *x, ptrdiff_t row, ptrdiff_t plane, const float *scale,
    const float *shift, const float *pooled_gradient, const float *skip, float *dx) {
    for (int c = 0; c < channels; c += LANES) {
        int n = channels - c;
        vec a = {}, b = {};
        if (scale) {
            a = load_n(scale + c, n);
            b = load_n(shift + c, n);
        }
        for (ptrdiff_t i = 0; i < width / 2; i++) {
            vec best = {};
            vec_mask won[8];
            UNROLL for (int k = 0; k < pixels; k++) {
                vec v = load_n(x + c + POOL_AT(k), n);
                if (scale) v = relu(fma_(v, a, b));
                won[k] = k == 0 ? (vec_mask)(-1) : beats(v, best);
                best = k == 0 ? v : choose(won[k], v, best);
            }
            vec g = load_n(pooled_gradient + c + i * channels, n);
            vec_mask later = (vec_mask)(0);
            UNROLL for (int k = pixels - 1; k >= 0; k--) {
                vec part = choose(won[k] & ~later, g, (vec){});
                later |= won[k];
                if (skip) part += load_n(skip + c + POOL_AT(k), n);
                store_n(dx + c + POOL_AT(k), part, n);
            }
        }
        if (width % 2) {
            for (int k = 0; k < pixels; k += 2) {
                ptrdiff_t i = width / 2, at = c + POOL_AT(k);
                store_n(dx + at, skip ? load_n(skip + at, n) : (vec){}, n);
            }
        }
    }
}

static void pool_row_backward(
    int width, int channels, int planes, const float *x, ptrdiff_t row, ptrdiff_t plane, const float *scale,
    const float *shift, const float *pooled_gradient, const float *skip, float *dx) {
    if (planes == 1) pool_row_backward_of(4, width, channels, x, row, plane, scale, shift, pooled_gradient, skip, dx);
    else pool_row_backward_of(8, width, channels, x, row, plane, scale, shift, pooled_gradient, skip, dx);
}
