/* Checks the convolutions, norms, max-pool, 1×1 and transposed convolutions against direct sums in double precision, over
 * random shapes, on every instruction set that this machine has, with one and three threads, which must give the same bits.
 * Inputs are as long as they must be and outputs begin as NaN, so that the sanitizers see what reads or writes too far. Build with `sanitize.sh`, or plainly. */
#include "check.h"

static void check_others(int round, const int *channels) {
    state = 5000 + round;
    for (int i = 0; i < 5; i++) uniform();
    const int kernels[][3] = {{1, 1, 1}, {1, 2, 2}, {2, 2, 2}};
    const int *kernel = kernels[between(0, 2)];
    ck_dense d = {between(1, 2), uniform() < 0.3 ? between(1, 3) : 1, between(1, 9), between(1, uniform() < 0.3 ? 60 : 9), channels[between(0, 13)], channels[between(0, 13)], {kernel[0], kernel[1], kernel[2]}};
    if (uniform() < 0.2) d.in_channels = 150;
    check_dense(&d, uniform() < 0.5);
    check_norm((size_t)between(1, uniform() < 0.3 ? 5000 : 60), channels[between(0, 13)]);
    int kernel_depth = between(1, 2);
    ck_pool pool = {between(1, 2), between(kernel_depth, 5), between(2, 11), between(2, uniform() < 0.3 ? 70 : 11), channels[between(0, 13)], kernel_depth};
    check_pool(&pool, uniform() < 0.5, uniform() < 0.5);
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 60;
    bool large = argc > 2;
    const int channels[] = {1, 2, 3, 4, 5, 7, 8, 16, 17, 24, 32, 33, 40, 64};
    for (int round = 0; round < rounds; round++) {
        state = 1000 + round;
        for (int i = 0; i < 5; i++) uniform();
        ck_conv c = {.batch = between(1, 3), .depth = 1, .kernel_depth = uniform() < 0.3 ? 3 : 1, .padding = uniform() < 0.7, .padding_depth = uniform() < 0.7};
        c.depth = c.kernel_depth == 3 || uniform() < 0.1 ? between(c.padding_depth ? 1 : 3, 5) : 1;
        int smallest = c.padding ? 1 : 3;
        c.height = between(smallest, uniform() < 0.5 ? 7 : 23);
        c.width = between(smallest, uniform() < 0.5 ? 7 : 23);
        c.in_channels[0] = channels[between(0, 13)];
        c.in_channels[1] = uniform() < 0.3 ? channels[between(0, 13)] : 0;
        c.out_channels = channels[between(0, 13)];
        check_conv(&c, uniform() < 0.5, uniform() < 0.5, 1e-5);
        check_others(round, channels);
    }
    if (large) {
        const int sizes[][5] = {{16, 512, 0, 32, 1}, {8, 1024, 0, 64, 2}, {20, 256, 256, 128, 1}, {30, 128, 0, 128, 2}, {64, 16, 0, 16, 2}, {64, 1, 0, 64, 1}, {64, 64, 64, 64, 1}};
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            const int *s = sizes[i];
            ck_conv c = {.batch = s[4], .depth = 1, .height = s[0], .width = s[0], .in_channels = {s[1], s[2]}, .out_channels = s[3], .kernel_depth = 1, .padding = 1};
            check_conv(&c, true, true, s[1] > 512 ? 2e-5 : 1e-5);
        }
    }
    printf("%s: worst errors: forward %.1e, data gradients %.1e, weight gradients %.1e\n", failures ? "FAILED" : "passed", worst[0], worst[1], worst[2]);
    return failures > 0;
}
