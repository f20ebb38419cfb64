/* Vectors of LANES floats, and loads and stores of the first `n` lanes. Included once for each instruction set, which
 * defines LANES, ROWS, HAS_FMA and, if available, masked loads and stores. */

typedef float vec __attribute__((ext_vector_type(LANES)));
typedef float vec_unaligned __attribute__((ext_vector_type(LANES), aligned(4), may_alias));
typedef int vec_mask __attribute__((ext_vector_type(LANES)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE vec load(const float *p) { return *(const vec_unaligned *)p; }
INLINE void store(float *p, vec v) { *(vec_unaligned *)p = v; }
INLINE vec splat(float x) { return (vec)(x); }

INLINE vec fma_(vec a, vec b, vec c) {
#if HAS_FMA
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

/* Loads the first n lanes (0 < n ≤ LANES); the others are 0 and their memory is not accessed. */
INLINE vec load_first(const float *p, int n) {
#if defined(MASKED_LOAD)
    return MASKED_LOAD(p, n);
#else
    vec v = {};
    for (int i = 0; i < n; i++) v[i] = p[i];
    return v;
#endif
}

INLINE void store_first(float *p, vec v, int n) {
#if defined(MASKED_STORE)
    MASKED_STORE(p, v, n);
#else
    for (int i = 0; i < n; i++) p[i] = v[i];
#endif
}

INLINE vec load_n(const float *p, int n) { return n >= LANES ? load(p) : load_first(p, n); }
INLINE void store_n(float *p, vec v, int n) {
    if (n >= LANES) store(p, v);
    else store_first(p, v, n);
}

/* max(0, x), preserving NaN. */
INLINE vec relu(vec x) {
    vec zero = {};
    return x < zero ? zero : x;
}

/* a where the mask is set, otherwise b. */
INLINE vec choose(vec_mask mask, vec a, vec b) { return mask ? a : b; }
