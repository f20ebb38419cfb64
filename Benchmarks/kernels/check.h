/* What the checks of all kernels share: noise, what is compared with what, and how a difference is told. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "team.h"

/* Differences found so far. */
extern int failures;
/* Largest error of the convolutions so far: forward, data gradients, weight gradients. */
extern double worst[3];
/* Where the random numbers stand; set it to repeat a round. */
extern uint64_t state;

/* From 0 to 1; a whole number from a to b; about normal with mean 0. */
double uniform(void);
int between(int a, int b);
/* `count` values: random ones, and NaN for what must be written. Freed by the caller. */
float *noise(size_t count);
float *poison(size_t count);

/* Differences of `got` from `want` as parts of the largest of `want`. */
void near(const char *what, ck_isa isa, const char *shape, const float *got, const double *want, size_t count, double bound);
/* The same bits. */
void equal(const char *what, ck_isa isa, const char *shape, const void *a, const void *b, size_t bytes);

/* In a file each. Every one runs all passes of one kernel against direct sums in double precision, on every instruction set of the
 * machine, with one thread and with three. `prologue`, `norm`: norm and ReLU read on the fly. `slope`: the gradient goes through them too. */
void check_conv(const ck_conv *c, bool prologue, bool slope, double bound);
void check_dense(const ck_dense *d, bool prologue);
void check_norm(size_t pixels, int channels);
void check_pool(const ck_pool *s, bool norm, bool with_skip);

#endif
