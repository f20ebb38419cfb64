/* 2×2 max-pool: one task for some rows of pooled pixels. */
#include "kernels.h"

typedef struct pooling {
    const ck_kernels *kernels;
    ck_pool shape;
    const float *x, *scale, *shift, *gradient, *skip;
    float *z, *out;
    int rows, tasks; /* rows of a task, tasks of a plane */
} pooling;

static pooling begin(const ck_pool *shape, const ck_team *team) {
    pooling p = {.kernels = ck_kernels_for(team->isa), .shape = *shape};
    int rows = ck_divide_up(shape->height, 2); /* an odd last row has a turn of its own */
    p.rows = ck_max(1, ck_min(rows, 16384 / ck_max(1, shape->width * shape->channels)));
    p.tasks = ck_divide_up(rows, p.rows);
    return p;
}

static void forward_task(void *argument, int task, int thread) {
    (void)thread;
    const pooling *p = argument;
    const ck_pool *s = &p->shape;
    ptrdiff_t line = (ptrdiff_t)s->width * s->channels, small = (ptrdiff_t)(s->width / 2) * s->channels;
    int plane = task / p->tasks, first = task % p->tasks * p->rows;
    for (int y = first; y < ck_min(first + p->rows, ck_divide_up(s->height, 2)); y++) {
        ptrdiff_t at = ((ptrdiff_t)plane * s->height + 2 * y) * line;
        float *z = p->z ? p->z + at : NULL;
        if (2 * y + 1 < s->height) {
            float *pooled = p->out + ((ptrdiff_t)plane * (s->height / 2) + y) * small;
            p->kernels->pool_row(s->width, s->channels, p->x + at, line, p->scale, p->shift, z, pooled);
        } else if (z) {
            p->kernels->copy_pixels(
                (size_t)s->width, s->channels, p->x + at, s->channels, p->scale, p->shift, z, s->channels);
        }
    }
}

void ck_max_pool(
    const ck_pool *shape, const float *x, const float *scale, const float *shift, float *z, float *pooled,
    const ck_team *team) {
    pooling p = begin(shape, team);
    p.x = x;
    p.scale = scale;
    p.shift = shift;
    p.z = z;
    p.out = pooled;
    ck_run(team, shape->planes * p.tasks, forward_task, &p);
}

static void backward_task(void *argument, int task, int thread) {
    (void)thread;
    const pooling *p = argument;
    const ck_pool *s = &p->shape;
    ptrdiff_t line = (ptrdiff_t)s->width * s->channels, small = (ptrdiff_t)(s->width / 2) * s->channels;
    int plane = task / p->tasks, first = task % p->tasks * p->rows;
    for (int y = first; y < ck_min(first + p->rows, ck_divide_up(s->height, 2)); y++) {
        ptrdiff_t at = ((ptrdiff_t)plane * s->height + 2 * y) * line;
        const float *skip = p->skip ? p->skip + at : NULL;
        if (2 * y + 1 < s->height) {
            const float *gradient = p->gradient + ((ptrdiff_t)plane * (s->height / 2) + y) * small;
            p->kernels->pool_row_backward(
                s->width, s->channels, p->x + at, line, p->scale, p->shift, gradient, skip, p->out + at);
        } else if (!skip) {
            memset(p->out + at, 0, (size_t)line * sizeof(float));
        } else if (skip != p->out + at) {
            memcpy(p->out + at, skip, (size_t)line * sizeof(float));
        }
    }
}

void ck_max_pool_backward(
    const ck_pool *shape, const float *x, const float *scale, const float *shift, const float *pooled_gradient,
    const float *skip, float *dx, const ck_team *team) {
    pooling p = begin(shape, team);
    p.x = x;
    p.scale = scale;
    p.shift = shift;
    p.gradient = pooled_gradient;
    p.skip = skip;
    p.out = dx;
    ck_run(team, shape->planes * p.tasks, backward_task, &p);
}
