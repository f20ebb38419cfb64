/* Two register-blocked products. Both keep up to ROWS × 2 vectors (or 2·ROWS × 1) of the result in registers. */

/* sum[R][V] = Σ over segments, Σ_k a[r · as + k] · b[k][·]. b continues through all segments. */
INLINE void rows_sum(
    const int R, const int V, int segments, const ck_segment *segment, ptrdiff_t offset, ptrdiff_t as, const float *b,
    vec sum[2 * ROWS]) {
    UNROLL for (int i = 0; i < R * V; i++) sum[i] = (vec){};
    for (int s = 0; s < segments; s++) {
        const float *a = segment[s].a + offset;
        int count = segment[s].count;
        for (int k = 0; k < count; k++) {
            vec b0 = *(const vec *)b;
            vec b1 = V > 1 ? *(const vec *)(b + LANES) : b0;
            b += V * LANES;
            UNROLL for (int i = 0; i < R; i++) {
                vec x = splat(a[k + i * as]);
                sum[i * V] = fma_(x, b0, sum[i * V]);
                if (V > 1) sum[i * V + V - 1] = fma_(x, b1, sum[i * V + V - 1]);
            }
        }
    }
}

/* c[r][·] (+)= that sum, R × V vectors. */
INLINE void rows_block(
    const int R, const int V, int segments, const ck_segment *segment, ptrdiff_t offset, ptrdiff_t as, const float *b,
    float *c, ptrdiff_t cs, bool accumulate) {
    vec sum[2 * ROWS];
    rows_sum(R, V, segments, segment, offset, as, b, sum);
    UNROLL for (int i = 0; i < R; i++) {
        UNROLL for (int j = 0; j < V; j++) {
            vec *to = (vec *)(c + i * cs + j * LANES);
            *to = accumulate ? *to + sum[i * V + j] : sum[i * V + j];
        }
    }
}

#define ROWS_CASE(R, V) \
    case R: rows_block(R, V, segments, segment, offset, as, b, c, cs, accumulate); return;

static void rows_2(
    int rows, int segments, const ck_segment *segment, ptrdiff_t offset, ptrdiff_t as, const float *b, float *c,
    ptrdiff_t cs, bool accumulate) {
    switch (rows) {
        ROWS_CASE(1, 2) ROWS_CASE(2, 2) ROWS_CASE(3, 2) ROWS_CASE(4, 2) ROWS_CASE(5, 2) ROWS_CASE(6, 2)
#if ROWS > 6
        ROWS_CASE(7, 2) ROWS_CASE(8, 2) ROWS_CASE(9, 2) ROWS_CASE(10, 2) ROWS_CASE(11, 2) ROWS_CASE(12, 2)
#endif
    }
}

static void rows_1(
    int rows, int segments, const ck_segment *segment, ptrdiff_t offset, ptrdiff_t as, const float *b, float *c,
    ptrdiff_t cs, bool accumulate) {
    switch (rows) {
        ROWS_CASE(1, 1) ROWS_CASE(2, 1) ROWS_CASE(3, 1) ROWS_CASE(4, 1) ROWS_CASE(5, 1) ROWS_CASE(6, 1)
        ROWS_CASE(7, 1) ROWS_CASE(8, 1) ROWS_CASE(9, 1) ROWS_CASE(10, 1) ROWS_CASE(11, 1) ROWS_CASE(12, 1)
    }
}

/* c[rows][vectors] (+)= a · b, b packed as one panel. */
static void gemm_rows(
    int rows, int vectors, int segments, const ck_segment *segment, ptrdiff_t as, const float *b, float *c, ptrdiff_t cs,
    bool accumulate) {
    int step = vectors > 1 ? ROWS : 12;
    for (int r = 0; r < rows; r += step) {
        int n = rows - r < step ? rows - r : step;
        if (vectors > 1) rows_2(n, segments, segment, r * as, as, b, c + r * cs, cs, accumulate);
        else rows_1(n, segments, segment, r * as, as, b, c + r * cs, cs, accumulate);
    }
}

/* Writes the same sum, plus c if given and the bias, directly to the sink without an intermediate row. */
INLINE void rows_out(
    const int R, const int V, int segments, const ck_segment *segment, ptrdiff_t offset, ptrdiff_t as, const float *b,
    const float *c, ptrdiff_t cs, const ck_sink *s, float *out) {
    vec sum[2 * ROWS];
    rows_sum(R, V, segments, segment, offset, as, b, sum);
    UNROLL for (int j = 0; j < V; j++) {
        int n = s->channels - j * LANES;
        vec bias = s->bias ? load_n(s->bias + j * LANES, n) : (vec){};
        UNROLL for (int i = 0; i < R; i++) {
            vec value = sum[i * V + j];
            if (c) value = *(const vec *)(c + i * cs + j * LANES) + value;
            value += bias;
            if (s->relu) value = relu(value);
            store_n(out + i * s->pixel + j * LANES, value, n);
        }
    }
}

#define OUT_CASE(R, V) \
    case R: rows_out(R, V, segments, segment, offset, as, b, c, cs, s, out); return;

static void out_2(
    int rows, int segments, const ck_segment *segment, ptrdiff_t offset, ptrdiff_t as, const float *b, const float *c,
    ptrdiff_t cs, const ck_sink *s, float *out) {
    switch (rows) {
        OUT_CASE(1, 2) OUT_CASE(2, 2) OUT_CASE(3, 2) OUT_CASE(4, 2) OUT_CASE(5, 2) OUT_CASE(6, 2)
#if ROWS > 6
        OUT_CASE(7, 2) OUT_CASE(8, 2) OUT_CASE(9, 2) OUT_CASE(10, 2) OUT_CASE(11, 2) OUT_CASE(12, 2)
#endif
    }
}

static void out_1(
    int rows, int segments, const ck_segment *segment, ptrdiff_t offset, ptrdiff_t as, const float *b, const float *c,
    ptrdiff_t cs, const ck_sink *s, float *out) {
    switch (rows) {
        OUT_CASE(1, 1) OUT_CASE(2, 1) OUT_CASE(3, 1) OUT_CASE(4, 1) OUT_CASE(5, 1) OUT_CASE(6, 1)
        OUT_CASE(7, 1) OUT_CASE(8, 1) OUT_CASE(9, 1) OUT_CASE(10, 1) OUT_CASE(11, 1) OUT_CASE(12, 1)
    }
}

/* c + a · b + bias for s->columns pixels of s->channels (at most two vectors), without gathering sums. */
static void gemm_out(
    const ck_sink *s, int segments, const ck_segment *segment, ptrdiff_t as, const float *b, const float *c, ptrdiff_t cs) {
    int step = s->channels > LANES ? ROWS : 12;
    for (int r = 0; r < s->columns; r += step) {
        int n = s->columns - r < step ? s->columns - r : step;
        const float *from = c ? c + r * cs : NULL;
        float *out = s->out + r * s->pixel;
        if (s->channels > LANES) out_2(n, segments, segment, r * as, as, b, from, cs, s, out);
        else out_1(n, segments, segment, r * as, as, b, from, cs, s, out);
    }
}

/* c[i][·] (+)= Σ_t a[t · as + i] · b[t · bs + ·], R × V vectors. */
INLINE void outer_block(
    const int R, const int V, int terms, const float *a, ptrdiff_t as, const float *b, ptrdiff_t bs, float *c,
    ptrdiff_t cs, bool accumulate) {
    vec sum[2 * ROWS];
    UNROLL for (int i = 0; i < R * V; i++) sum[i] = (vec){};
    for (int t = 0; t < terms; t++) {
        vec b0 = load(b);
        vec b1 = V > 1 ? load(b + LANES) : b0;
        UNROLL for (int i = 0; i < R; i++) {
            vec x = splat(a[i]);
            sum[i * V] = fma_(x, b0, sum[i * V]);
            if (V > 1) sum[i * V + V - 1] = fma_(x, b1, sum[i * V + V - 1]);
        }
        a += as;
        b += bs;
    }
    UNROLL for (int i = 0; i < R; i++) {
        UNROLL for (int j = 0; j < V; j++) {
            vec *to = (vec *)(c + i * cs + j * LANES);
            *to = accumulate ? *to + sum[i * V + j] : sum[i * V + j];
        }
    }
}

#define OUTER_CASE(R, V) \
    case R: outer_block(R, V, terms, a, as, b, bs, c, cs, accumulate); return;

static void outer_2(
    int rows, int terms, const float *a, ptrdiff_t as, const float *b, ptrdiff_t bs, float *c, ptrdiff_t cs,
    bool accumulate) {
    switch (rows) {
        OUTER_CASE(1, 2) OUTER_CASE(2, 2) OUTER_CASE(3, 2) OUTER_CASE(4, 2) OUTER_CASE(5, 2) OUTER_CASE(6, 2)
#if ROWS > 6
        OUTER_CASE(7, 2) OUTER_CASE(8, 2) OUTER_CASE(9, 2) OUTER_CASE(10, 2) OUTER_CASE(11, 2) OUTER_CASE(12, 2)
#endif
    }
}

static void outer_1(
    int rows, int terms, const float *a, ptrdiff_t as, const float *b, ptrdiff_t bs, float *c, ptrdiff_t cs,
    bool accumulate) {
    switch (rows) {
        OUTER_CASE(1, 1) OUTER_CASE(2, 1) OUTER_CASE(3, 1) OUTER_CASE(4, 1) OUTER_CASE(5, 1) OUTER_CASE(6, 1)
        OUTER_CASE(7, 1) OUTER_CASE(8, 1) OUTER_CASE(9, 1) OUTER_CASE(10, 1) OUTER_CASE(11, 1) OUTER_CASE(12, 1)
    }
}

/* c[rows][vectors] (+)= aᵀ · b, divided into sums of at most 96 terms. */
static void gemm_outer(
    int rows, int vectors, int terms, const float *a, ptrdiff_t as, const float *b, ptrdiff_t bs, float *c, ptrdiff_t cs,
    bool accumulate) {
    for (int t = 0; t < terms; t += 96) {
        int count = terms - t < 96 ? terms - t : 96;
        for (int v = 0; v < vectors; v += 2) {
            int width = vectors - v < 2 ? 1 : 2;
            int step = width > 1 ? ROWS : 12;
            const float *bt = b + t * bs + v * LANES;
            for (int r = 0; r < rows; r += step) {
                int n = rows - r < step ? rows - r : step;
                const float *at = a + t * as + r;
                float *to = c + r * cs + v * LANES;
                if (width > 1) outer_2(n, count, at, as, bt, bs, to, cs, accumulate || t > 0);
                else outer_1(n, count, at, as, bt, bs, to, cs, accumulate || t > 0);
            }
        }
    }
}
