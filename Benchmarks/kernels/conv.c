/* One 3×3 convolution with bias, padded, run once for each line on standard input; answers with its seconds:
 * conv ISA THREADS IN OUT SIDE FOLDER. Reads FOLDER/x (channels-last), /w ([out][in][3][3]) and /b, float32; writes FOLDER/y. */
#include <stdio.h>
#include <string.h>

#include "team.h"

static float *read_floats(const char *folder, const char *name, size_t count) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    float *values = aligned(count * sizeof(float));
    if (!file || fread(values, sizeof(float), count, file) != count) {
        fprintf(stderr, "conv: %s is not %zu float32 numbers\n", path, count);
        exit(1);
    }
    fclose(file);
    return values;
}

int main(int argc, char **argv) {
    if (argc != 7) return fprintf(stderr, "usage: conv ISA THREADS IN OUT SIDE FOLDER\n"), 64;
    ck_isa isa = ck_isa_best();
    for (int i = 0; i <= ck_isa_avx512; i++) {
        if (strcmp(argv[1], ck_isa_name(i)) == 0) isa = i;
    }
    int in = atoi(argv[3]), out = atoi(argv[4]), side = atoi(argv[5]);
    size_t pixels = (size_t)side * side;
    pool p;
    pool_start(&p, atoi(argv[2]));
    ck_team team = pool_team(&p, isa);
    ck_conv c = {.batch = 1, .depth = 1, .height = side, .width = side, .in_channels = {in, 0}, .out_channels = out, .kernel_depth = 1, .padding = 1};
    float *x = read_floats(argv[6], "x", pixels * in), *w = read_floats(argv[6], "w", (size_t)9 * in * out), *b = read_floats(argv[6], "b", out);
    float *y = aligned(pixels * out * sizeof(float)), *packed = aligned(ck_conv_weights_bytes(&c, ck_pass_forward, isa));
    void *scratch = aligned(ck_conv_forward_scratch_bytes(&c, &team));
    ck_conv_pack_weights(&c, ck_pass_forward, w, NULL, packed, &team);
    ck_conv_forward_args args = {.sources = {{.data = x}}, .packed = packed, .bias = b, .output = y};
    ck_conv_forward(&c, &args, scratch, &team);
    char line[64], path[4096];
    snprintf(path, sizeof path, "%s/y", argv[6]);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(y, sizeof(float), pixels * out, file) != pixels * out || fclose(file)) return 1;
    puts(ck_isa_name(isa));
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        double start = seconds(2);
        ck_conv_forward(&c, &args, scratch, &team);
        printf("%.9f\n", seconds(2) - start);
        fflush(stdout);
    }
    pool_end(&p);
}
