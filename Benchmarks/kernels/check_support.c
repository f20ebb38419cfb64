/* What check.h offers to all checks. */
#include "check.h"

int failures = 0;
double worst[3];
uint64_t state = 1;

double uniform(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}
int between(int a, int b) { return a + (int)(uniform() * (b - a + 1)); }
static float normal(void) { return (float)(uniform() + uniform() + uniform() + uniform() - 2); }

float *noise(size_t count) {
    float *p = malloc(count * sizeof(float));
    for (size_t i = 0; i < count; i++) p[i] = normal();
    return p;
}
float *poison(size_t count) {
    float *p = malloc(count * sizeof(float));
    for (size_t i = 0; i < count; i++) p[i] = NAN;
    return p;
}

void near(const char *what, ck_isa isa, const char *shape, const float *got, const double *want, size_t count, double bound) {
    double scale = 0, difference = 0;
    for (size_t i = 0; i < count; i++) {
        scale = fmax(scale, fabs(want[i]));
        double d = fabs(got[i] - want[i]);
        if (!(d <= difference)) difference = d;
    }
    if (difference <= bound * fmax(scale, 1e-30)) return;
    failures++;
    printf("FAIL %s %s: error %.2e of %.2e, %s\n", what, ck_isa_name(isa), difference, scale, shape);
}

void equal(const char *what, ck_isa isa, const char *shape, const void *a, const void *b, size_t bytes) {
    if (memcmp(a, b, bytes) == 0) return;
    failures++;
    printf("FAIL %s %s: bits differ, %s\n", what, ck_isa_name(isa), shape);
}
