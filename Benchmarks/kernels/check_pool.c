/* Max-pool, with the norm before it and the gradient of the skip connection. */
#include "check.h"

void check_pool(const ck_pool *s, bool norm, bool with_skip) {
    size_t count = (size_t)s->batch * s->depth * s->height * s->width * s->channels;
    int od = s->depth / s->kernel_depth, oh = s->height / 2, ow = s->width / 2;
    size_t small = (size_t)s->batch * od * oh * ow * s->channels;
    float *x = noise(count), *gradient = noise(small), *skip = with_skip ? noise(count) : NULL;
    float *scale = norm ? noise(s->channels) : NULL, *shift = norm ? noise(s->channels) : NULL;
    float *z = malloc(count * sizeof(float)), *pooled = malloc((small + 1) * sizeof(float)), *dx = malloc(count * sizeof(float));
    for (size_t i = 0; i < count; i++) {
        if (uniform() < 0.5) x[i] = roundf(x[i]);
        int c = (int)(i % s->channels);
        z[i] = norm ? fmaxf(0, fmaf(x[i], scale[c], shift[c])) : x[i];
        dx[i] = with_skip ? skip[i] : 0;
    }
    for (size_t o = 0; o < small; o++) {
        int c = (int)(o % s->channels), q = (int)(o / s->channels % ow), r = (int)(o / s->channels / ow % oh), d = (int)(o / s->channels / ow / oh % od);
        size_t b = o / s->channels / ow / oh / od, best = 0;
        for (int t = 0; t < 4 * s->kernel_depth; t++) {
            size_t at = (((b * s->depth + d * s->kernel_depth + t / 4) * s->height + 2 * r + t / 2 % 2) * s->width + 2 * q + t % 2) * s->channels + c;
            if (t == 0 || z[at] > z[best]) best = at;
        }
        pooled[o] = z[best];
        dx[best] += gradient[o];
    }
    char shape[128];
    snprintf(shape, sizeof shape, "pool %dx%dx%dx%d, %d channels, kernel depth %d%s%s", s->batch, s->depth, s->height, s->width, s->channels, s->kernel_depth, norm ? ", norm" : "", with_skip ? ", skip" : "");
    for (int isa = ck_isa_portable; isa <= ck_isa_avx512; isa++) {
        /* Without a fused multiply-add the norm rounds twice. */
        if (!ck_isa_available(isa) || (norm && isa == ck_isa_portable)) continue;
        pool p;
        pool_start(&p, 3);
        for (int turn = 0; turn < 2; turn++) {
            ck_team team = turn ? pool_team(&p, isa) : ck_team_serial(isa);
            float *got = poison(small), *stored = poison(count), *back = poison(count);
            ck_max_pool(s, x, scale, shift, stored, got, &team);
            ck_max_pool_backward(s, x, scale, shift, gradient, skip, back, &team);
            equal("pooled", isa, shape, got, pooled, small * sizeof(float));
            /* +0 and −0 are equal here. */
            for (size_t i = 0; i < count; i++) if (stored[i] != z[i] || back[i] != dx[i]) {
                failures++;
                printf("FAIL pool %s, %s\n", ck_isa_name(isa), shape);
                break;
            }
            free(got);
            free(stored);
            free(back);
        }
        pool_end(&p);
    }
    void *all[] = {x, gradient, skip, scale, shift, z, pooled, dx};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}
