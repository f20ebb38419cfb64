/* Winograd F(4×4, 3×3) with the points 0, 1, −1, 2, −½, and infinity: the transforms of inputs, outputs, output
 * gradients, filters, and filter gradients. docs/Kernels.md derives the matrices. */

/* Bᵀ d in one direction. */
INLINE void input_points(const vec d[6], vec o[6]) {
    vec e = d[4] - d[2], f = d[3] - d[1], g = fma_(splat(1.5f), d[2], d[1]);
    o[0] = fma_(splat(-1.5f), f, e) + (d[0] - d[2]);
    o[1] = fma_(splat(-0.5f), d[3], e - g);
    o[2] = fma_(splat(-2.5f), d[3], e + g);
    o[3] = fma_(splat(0.5f), f, e);
    o[4] = fma_(splat(-2.0f), f, e);
    o[5] = fma_(splat(-1.5f), e, d[5]) - (f + d[3]);
}

/* Aᵀ m in one direction. */
INLINE void output_points(const vec m[6], vec y[4]) {
    vec s = m[1] + m[2], d = m[1] - m[2];
    y[0] = (m[0] + s) + (m[3] + m[4]);
    y[1] = fma_(splat(-0.5f), m[4], fma_(splat(2.0f), m[3], d));
    y[2] = fma_(splat(0.25f), m[4], fma_(splat(4.0f), m[3], s));
    y[3] = fma_(splat(-0.125f), m[4], fma_(splat(8.0f), m[3], d)) + m[5];
}

/* A g in one direction. */
INLINE void gradient_points(const vec g[4], vec o[6]) {
    vec even = g[0] + g[2], odd = g[1] + g[3];
    o[0] = g[0];
    o[1] = even + odd;
    o[2] = even - odd;
    o[3] = fma_(splat(8.0f), g[3], fma_(splat(4.0f), g[2], fma_(splat(2.0f), g[1], g[0])));
    o[4] = fma_(splat(-0.125f), g[3], fma_(splat(0.25f), g[2], fma_(splat(-0.5f), g[1], g[0])));
    o[5] = g[3];
}

/* G g in one direction. */
INLINE void filter_points(const vec g[3], vec o[6]) {
    vec even = g[0] + g[2];
    o[0] = g[0];
    o[1] = (even + g[1]) * splat(-1.0f / 3);
    o[2] = (even - g[1]) * splat(1.0f / 3);
    o[3] = fma_(splat(4.0f), g[2], fma_(splat(2.0f), g[1], g[0])) * splat(1.0f / 15);
    o[4] = fma_(splat(0.25f), g[2], fma_(splat(-0.5f), g[1], g[0])) * splat(-16.0f / 15);
    o[5] = g[2];
}

/* Gᵀ w in one direction. */
INLINE void filter_gradient_points(const vec w[6], vec g[3]) {
    vec one = w[1] * splat(-1.0f / 3), minus = w[2] * splat(1.0f / 3);
    vec two = w[3] * splat(1.0f / 15), half = w[4] * splat(-16.0f / 15);
    vec s = one + minus, d = one - minus;
    g[0] = (w[0] + s) + (two + half);
    g[1] = fma_(splat(-0.5f), half, fma_(splat(2.0f), two, d));
    g[2] = fma_(splat(0.25f), half, fma_(splat(4.0f), two, s)) + w[5];
}

/* ---- inputs ---- */

INLINE void input_vector(
    const ck_patch *p, int c, int n, const bool whole, const bool inside, const bool norm, float *v, ptrdiff_t plane) {
    vec t[6][6];
    vec scale, shift;
    if (norm) {
        scale = whole ? load(p->scale + c) : load_first(p->scale + c, n);
        shift = whole ? load(p->shift + c) : load_first(p->shift + c, n);
    }
    const float *data = p->data + c;
    UNROLL for (int x = 0; x < 6; x++) {
        vec d[6];
        UNROLL for (int y = 0; y < 6; y++) {
            if (inside || (y >= p->y0 && y < p->y1 && x >= p->x0 && x < p->x1)) {
                const float *from = data + y * p->row + x * p->pixel;
                vec value = whole ? load(from) : load_first(from, n);
                d[y] = norm ? relu(fma_(value, scale, shift)) : value;
            } else {
                d[y] = (vec){};
            }
        }
        vec o[6];
        input_points(d, o);
        UNROLL for (int y = 0; y < 6; y++) t[y][x] = o[y];
    }
    UNROLL for (int y = 0; y < 6; y++) {
        vec o[6];
        input_points(t[y], o);
        UNROLL for (int x = 0; x < 6; x++) *(vec *)(v + c + (y * 6 + x) * plane) = o[x];
    }
}

INLINE void input_channels(const ck_patch *p, const bool inside, const bool norm, float *v, ptrdiff_t plane) {
    int c = 0;
    for (; c + LANES <= p->channels; c += LANES) input_vector(p, c, LANES, true, inside, norm, v, plane);
    if (c < p->channels) input_vector(p, c, p->channels - c, false, inside, norm, v, plane);
}

static void input_tile(const ck_patch *p, float *v, ptrdiff_t plane) {
    bool inside = p->y0 <= 0 && p->y1 >= 6 && p->x0 <= 0 && p->x1 >= 6;
    if (p->scale) {
        if (inside) input_channels(p, true, true, v, plane);
        else input_channels(p, false, true, v, plane);
    } else {
        if (inside) input_channels(p, true, false, v, plane);
        else input_channels(p, false, false, v, plane);
    }
}

/* ---- outputs ---- */

/* Per-channel values for a vector of channels on its way to the sink, and the sums gathered from it. */
typedef struct gathered {
    vec bias, shift, sum, square;
    vec y_scale, y_shift, y_mean, g, gy;
} gathered;

INLINE void gather_begin(const ck_sink *s, int c, int n, const bool whole, const bool moments, const bool probe, gathered *to) {
    to->bias = s->bias ? (whole ? load(s->bias + c) : load_first(s->bias + c, n)) : (vec){};
    if (moments) {
        to->shift = s->first ? (vec){} : load(s->shift + c);
        to->sum = s->first ? (vec){} : load(s->sum + c);
        to->square = s->first ? (vec){} : load(s->square + c);
    }
    if (probe) {
        to->y_scale = whole ? load(s->y_scale + c) : load_first(s->y_scale + c, n);
        to->y_shift = whole ? load(s->y_shift + c) : load_first(s->y_shift + c, n);
        to->y_mean = whole ? load(s->y_mean + c) : load_first(s->y_mean + c, n);
        to->g = s->first ? (vec){} : load(s->g + c);
        to->gy = s->first ? (vec){} : load(s->gy + c);
    }
}

INLINE void gather_pixel(
    const ck_sink *s, int c, int n, const bool whole, const bool moments, const bool probe, gathered *to, int row, int column,
    vec value) {
    value += to->bias;
    if (moments) {
        vec d = value - to->shift;
        to->sum += d;
        to->square = fma_(d, d, to->square);
    }
    if (s->relu) value = relu(value);
    if (probe) {
        const float *from = s->y + row * s->y_row + column * s->y_pixel + c;
        vec y = whole ? load(from) : load_first(from, n);
        vec u = fma_(y, to->y_scale, to->y_shift);
        vec g = choose(u <= (vec){}, (vec){}, value);
        to->g += g;
        to->gy = fma_(g, y - to->y_mean, to->gy);
    }
    float *out = s->out + row * s->row + column * s->pixel + c;
    if (whole) store(out, value);
    else store_first(out, value, n);
}

INLINE void gather_end(const ck_sink *s, int c, const bool moments, const bool probe, const gathered *from) {
    if (moments) {
        if (s->first) store(s->shift + c, from->shift);
        store(s->sum + c, from->sum);
        store(s->square + c, from->square);
    }
    if (probe) {
        store(s->g + c, from->g);
        store(s->gy + c, from->gy);
    }
}

INLINE void output_vector(
    const ck_sink *s, int c, int n, const bool whole, const bool inside, const bool moments, const bool probe, const float *m,
    ptrdiff_t plane) {
    vec t[4][6];
    UNROLL for (int x = 0; x < 6; x++) {
        vec d[6], o[4];
        UNROLL for (int y = 0; y < 6; y++) d[y] = *(const vec *)(m + c + (y * 6 + x) * plane);
        output_points(d, o);
        UNROLL for (int y = 0; y < 4; y++) t[y][x] = o[y];
    }
    gathered sums;
    gather_begin(s, c, n, whole, moments, probe, &sums);
    UNROLL for (int y = 0; y < 4; y++) {
        vec o[4];
        output_points(t[y], o);
        if (moments && y == 0 && s->first) sums.shift = o[0] + sums.bias;
        UNROLL for (int x = 0; x < 4; x++) {
            if (inside || (y < s->rows && x < s->columns)) {
                gather_pixel(s, c, n, whole, moments, probe, &sums, y, x, o[x]);
            }
        }
    }
    gather_end(s, c, moments, probe, &sums);
}

INLINE void output_channels(
    const ck_sink *s, const bool inside, const bool moments, const bool probe, const float *m, ptrdiff_t plane) {
    int c = 0;
    for (; c + LANES <= s->channels; c += LANES) output_vector(s, c, LANES, true, inside, moments, probe, m, plane);
    if (c < s->channels) output_vector(s, c, s->channels - c, false, inside, moments, probe, m, plane);
}

static void output_tile(const ck_sink *s, const float *m, ptrdiff_t plane) {
    bool inside = s->rows >= 4 && s->columns >= 4;
    if (s->y) {
        if (inside) output_channels(s, true, false, true, m, plane);
        else output_channels(s, false, false, true, m, plane);
    } else if (s->sum) {
        if (inside) output_channels(s, true, true, false, m, plane);
        else output_channels(s, false, true, false, m, plane);
    } else {
        if (inside) output_channels(s, true, false, false, m, plane);
        else output_channels(s, false, false, false, m, plane);
    }
}

INLINE void output_row_vector(
    const ck_sink *s, int c, int n, const bool whole, const bool moments, const bool probe, const float *x, ptrdiff_t stride) {
    gathered sums;
    gather_begin(s, c, n, whole, moments, probe, &sums);
    if (moments && s->first) sums.shift = load(x + c) + sums.bias;
    for (int i = 0; i < s->columns; i++) {
        gather_pixel(s, c, n, whole, moments, probe, &sums, 0, i, load(x + c + i * stride));
    }
    gather_end(s, c, moments, probe, &sums);
}

INLINE void output_row_channels(const ck_sink *s, const bool moments, const bool probe, const float *x, ptrdiff_t stride) {
    int c = 0;
    for (; c + LANES <= s->channels; c += LANES) output_row_vector(s, c, LANES, true, moments, probe, x, stride);
    if (c < s->channels) output_row_vector(s, c, s->channels - c, false, moments, probe, x, stride);
}

static void output_row(const ck_sink *s, const float *x, ptrdiff_t stride) {
    if (s->y) output_row_channels(s, false, true, x, stride);
    else if (s->sum) output_row_channels(s, true, false, x, stride);
    else output_row_channels(s, false, false, x, stride);
}

/* ---- output gradients ---- */

typedef struct slope_norm {
    vec scale, shift, c1, c2, c3;
} slope_norm;

INLINE void slope_begin(const ck_slope *s, int c, int n, const bool norm, slope_norm *to) {
    if (!norm) return;
    to->scale = load_n(s->scale + c, n);
    to->shift = load_n(s->shift + c, n);
    to->c1 = load_n(s->c1 + c, n);
    to->c2 = load_n(s->c2 + c, n);
    to->c3 = load_n(s->c3 + c, n);
}

INLINE vec slope_pixel(const ck_slope *s, int c, int n, const bool whole, const bool norm, const slope_norm *k, ptrdiff_t at) {
    vec g = whole ? load(s->g + c + at) : load_first(s->g + c + at, n);
    if (norm) {
        vec y = whole ? load(s->y + c + at) : load_first(s->y + c + at, n);
        g = choose(fma_(y, k->scale, k->shift) <= (vec){}, (vec){}, g);
        g = fma_(k->c1, g, fma_(k->c2, y, k->c3));
    }
    if (s->stored) {
        if (whole) store(s->stored + c + at, g);
        else store_first(s->stored + c + at, g, n);
    }
    return g;
}

INLINE void gradient_vector(
    const ck_slope *s, int c, int n, const bool whole, const bool inside, const bool norm, float *d, ptrdiff_t plane) {
    vec t[6][4];
    vec sum = {};
    slope_norm k;
    slope_begin(s, c, n, norm, &k);
    UNROLL for (int x = 0; x < 4; x++) {
        vec g[4], o[6];
        UNROLL for (int y = 0; y < 4; y++) {
            if (inside || (y < s->rows && x < s->columns)) {
                g[y] = slope_pixel(s, c, n, whole, norm, &k, y * s->row + x * s->pixel);
                sum += g[y];
            } else {
                g[y] = (vec){};
            }
        }
        gradient_points(g, o);
        UNROLL for (int y = 0; y < 6; y++) t[y][x] = o[y];
    }
    UNROLL for (int y = 0; y < 6; y++) {
        vec o[6];
        gradient_points(t[y], o);
        UNROLL for (int x = 0; x < 6; x++) *(vec *)(d + c + (y * 6 + x) * plane) = o[x];
    }
    if (s->bias) store(s->bias + c, load(s->bias + c) + sum);
}

INLINE void gradient_channels(const ck_slope *s, const bool inside, const bool norm, float *d, ptrdiff_t plane) {
    int c = 0;
    for (; c + LANES <= s->channels; c += LANES) gradient_vector(s, c, LANES, true, inside, norm, d, plane);
    if (c < s->channels) gradient_vector(s, c, s->channels - c, false, inside, norm, d, plane);
}

static void gradient_tile(const ck_slope *s, float *d, ptrdiff_t plane) {
    bool inside = s->rows >= 4 && s->columns >= 4;
    if (s->y) {
        if (inside) gradient_channels(s, true, true, d, plane);
        else gradient_channels(s, false, true, d, plane);
    } else {
        if (inside) gradient_channels(s, true, false, d, plane);
        else gradient_channels(s, false, false, d, plane);
    }
}

INLINE void gradient_row_vector(
    const ck_slope *s, int c, int n, const bool whole, const bool norm, float *d, ptrdiff_t stride) {
    vec sum = {};
    slope_norm k;
    slope_begin(s, c, n, norm, &k);
    for (int x = 0; x < s->columns; x++) {
        vec g = slope_pixel(s, c, n, whole, norm, &k, x * s->pixel);
        sum += g;
        store(d + x * stride + c, g);
    }
    if (s->bias) store(s->bias + c, load(s->bias + c) + sum);
}

INLINE void gradient_row_channels(const ck_slope *s, const bool norm, float *d, ptrdiff_t stride) {
    int c = 0;
    for (; c + LANES <= s->channels; c += LANES) gradient_row_vector(s, c, LANES, true, norm, d, stride);
    if (c < s->channels) gradient_row_vector(s, c, s->channels - c, false, norm, d, stride);
}

static void gradient_row(const ck_slope *s, float *d, ptrdiff_t stride) {
    if (s->y) gradient_row_channels(s, true, d, stride);
    else gradient_row_channels(s, false, d, stride);
}

/* ---- filters ---- */

static void filter_transform(const float *g, ptrdiff_t step, float *u, ptrdiff_t plane) {
    vec t[6][3];
    UNROLL for (int x = 0; x < 3; x++) {
        vec d[3], o[6];
        UNROLL for (int y = 0; y < 3; y++) d[y] = load(g + (y * 3 + x) * step);
        filter_points(d, o);
        UNROLL for (int y = 0; y < 6; y++) t[y][x] = o[y];
    }
    UNROLL for (int y = 0; y < 6; y++) {
        vec o[6];
        filter_points(t[y], o);
        UNROLL for (int x = 0; x < 6; x++) *(vec *)(u + (y * 6 + x) * plane) = o[x];
    }
}

static void filter_gradient(const float *w, ptrdiff_t plane, float *g) {
    vec t[3][6];
    UNROLL for (int x = 0; x < 6; x++) {
        vec d[6], o[3];
        UNROLL for (int y = 0; y < 6; y++) d[y] = *(const vec *)(w + (y * 6 + x) * plane);
        filter_gradient_points(d, o);
        UNROLL for (int y = 0; y < 3; y++) t[y][x] = o[y];
    }
    UNROLL for (int y = 0; y < 3; y++) {
        vec o[3];
        filter_gradient_points(t[y], o);
        UNROLL for (int x = 0; x < 3; x++) store(g + (y * 3 + x) * LANES, o[x]);
    }
}
