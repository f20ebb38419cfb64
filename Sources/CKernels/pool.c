/* Max-pool, with a task for several rows of pooled pixels. */
#include "kernels.h"

typedef struct pooling {
    const ck_kernels *kernels;
    ck_pool shape;
    const float *x, *scale, *shift, *gradient, *skip;
    float *z, *out;
    int planes, rows, tasks; /* pairs of planes (or planes) of a map, rows per task, tasks per pair */
} pooling;

static pooling begin(const ck_pool *shape, const ck_team *team) {
    pooling p = {.kernels = ck_kernels_for(team->isa), .shape = *shape};
    int rows = ck_divide_up(shape->height, 2); /* an odd last row or plane is a separate step */
    p.planes = ck_divide_up(shape->depth, shape->kernel_depth);
    p.rows = ck_max(1, ck_min(rows, 16384 / ck_max(1, shape->width * shape->channels)));
    p.tasks = ck_divide_up(rows, p.rows);
    return p;
}

/* The position of the input rows of a pooled row, and that of the pooled row, which is negative if there is none. */
typedef struct place {
    ptrdiff_t at, pooled;
    int planes, rows; /* within the map */
} place;

static place place_of(const pooling *p, int task, int y) {
    const ck_pool *s = &p->shape;
    ptrdiff_t line = (ptrdiff_t)s->width * s->channels, small = (ptrdiff_t)(s->width / 2) * s->channels;
    int pair = task / p->tasks, batch = pair / p->planes, depth = pair % p->planes;
    place to = {
        .at = (((ptrdiff_t)batch * s->depth + depth * s->kernel_depth) * s->height + 2 * y) * line,
        .planes = ck_min(s->kernel_depth, s->depth - depth * s->kernel_depth),
        .rows = ck_min(2, s->height - 2 * y),
    };
    ptrdiff_t plane = (ptrdiff_t)batch * (s->depth / s->kernel_depth) + depth;
    to.pooled = to.planes == s->kernel_depth && to.rows == 2 ? (plane * (s->height / 2) + y) * small : -1;
    return to;
}

static void forward_task(void *argument, int task, int thread) {
    (void)thread;
    const pooling *p = argument;
    const ck_pool *s = &p->shape;
    ptrdiff_t line = (ptrdiff_t)s->width * s->channels, plane = s->height * line;
    int first = task % p->tasks * p->rows;
    for (int y = first; y < ck_min(first + p->rows, ck_divide_up(s->height, 2)); y++) {
        place to = place_of(p, task, y);
        float *z = p->z ? p->z + to.at : NULL;
        if (to.pooled >= 0) {
            p->kernels->pool_row(
                s->width, s->channels, s->kernel_depth, p->x + to.at, line, plane, p->scale, p->shift, z, p->out + to.pooled);
        } else if (z) {
            for (int i = 0; i < to.planes * to.rows; i++) {
                ptrdiff_t at = i / to.rows * plane + i % to.rows * line;
                p->kernels->copy_pixels(
                    (size_t)s->width, s->channels, p->x + to.at + at, s->channels, p->scale, p->shift, z + at, s->channels);
            }
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
    ck_run(team, shape->batch * p.planes * p.tasks, forward_task, &p);
}

static void backward_task(void *argument, int task, int thread) {
    (void)thread;
    const pooling *p = argument;
    const ck_pool *s = &p->shape;
    ptrdiff_t line = (ptrdiff_t)s->width * s->channels, plane = s->height * line;
    int first = task % p->tasks * p->rows;
    for (int y = first; y < ck_min(first + p->rows, ck_divide_up(s->height, 2)); y++) {
        place to = place_of(p, task, y);
        const float *skip = p->skip ? p->skip + to.at : NULL;
        float *dx = p->out + to.at;
        if (to.pooled >= 0) {
            p->kernels->pool_row_backward(
                s->width, s->channels, s->kernel_depth, p->x + to.at, line, plane, p->scale, p->shift,
                p->gradient + to.pooled, skip, dx);
            continue;
        }
        for (int i = 0; i < to.planes * to.rows; i++) {
            ptrdiff_t at = i / to.rows * plane + i % to.rows * line;
            if (!skip) memset(dx + at, 0, (size_t)line * sizeof(float));
            else if (skip != dx) memcpy(dx + at, skip + at, (size_t)line * sizeof(float));
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
    ck_run(team, shape->batch * p.planes * p.tasks, backward_task, &p);
}
