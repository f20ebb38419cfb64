/* 1×1 convolution and transposed convolution without overlap, as matrix products. One input row of pixels yields
 * kernel[0] · kernel[1] output rows, here called bands; in each, an input pixel yields kernel[2] · out_channels
 * adjacent numbers. */
#include "kernels.h"

enum {
    run_pixels = 48,  /* pixels multiplied at a time */
    runs_per_task = 8,
    sum_length = 128, /* channels summed in registers before they are added to the total */
    outer_channels = 64
};

typedef struct dense {
    const ck_kernels *kernels;
    ck_dense shape;
    int bands, wide, padded; /* numbers that a pixel yields in a band; the same in whole vectors */
    int in_padded;
    size_t lines;            /* rows of pixels, and their length; a 1×1 convolution has one long row */
    size_t length, runs_per_line, runs;
    int tasks;

    ck_source source;
    const float *gradient, *packed, *bias, *weights_in;
    const ck_norm_probe *probe;
    float *out, *weights, *bias_gradient;
    float *x, *d, *c, *gathered; /* scratch: copied inputs, copied gradients, products, sums of each part */
    size_t x_floats, d_floats, c_floats;

    bool weights_last; /* all weights fit in the first-level cache, so a task traverses them once per run */

    int sums; /* backward-weights: partial sums of w_floats; 0 for tasks over bands and input channels */
    size_t w_floats;
    ck_pass pass;
} dense;

bool ck_dense_valid(const ck_dense *s) {
    if (s->batch < 1 || s->depth < 1 || s->height < 1 || s->width < 1 || s->in_channels < 1 || s->out_channels < 1) return false;
    for (int i = 0; i < 3; i++) {
        if (s->kernel[i] != 1 && s->kernel[i] != 2) return false;
    }
    return (double)s->batch * s->depth * s->height * s->width < 2e9;
}

static dense plan(const ck_dense *shape, const ck_team *team) {
    dense d = {.kernels = ck_kernels_for(team->isa), .shape = *shape};
    int lanes = d.kernels->lanes;
    d.bands = shape->kernel[0] * shape->kernel[1];
    d.wide = shape->kernel[2] * shape->out_channels;
    d.padded = ck_round_up(d.wide, lanes);
    d.in_padded = ck_round_up(shape->in_channels, lanes);
    d.lines = (size_t)shape->batch * (size_t)shape->depth * (size_t)shape->height;
    d.length = (size_t)shape->width;
    if (d.bands * shape->kernel[2] == 1) {
        d.length *= d.lines;
        d.lines = 1;
    }
    d.runs_per_line = (d.length + run_pixels - 1) / run_pixels;
    d.runs = d.lines * d.runs_per_line;
    d.tasks = (int)((d.runs + runs_per_task - 1) / runs_per_task);

    d.x_floats = ck_lines((size_t)run_pixels * (size_t)shape->in_channels);
    d.d_floats = ck_lines((size_t)run_pixels * (size_t)d.padded);
    d.c_floats = ck_lines((size_t)run_pixels * 2 * (size_t)lanes);
    d.w_floats = ck_lines((size_t)d.bands * (size_t)shape->in_channels * (size_t)d.padded);
    d.weights_last = d.w_floats * sizeof(float) <= 24 << 10;
    d.sums = d.w_floats * sizeof(float) <= 256 << 10 ? ck_min(d.tasks, 16) : 0;
    return d;
}

static dense begin(const ck_dense *shape, const ck_team *team, float *scratch) {
    dense d = plan(shape, team);
    size_t threads = (size_t)ck_max(1, team->threads);
    d.x = scratch;
    d.d = d.x + threads * d.x_floats;
    d.c = d.d + threads * d.d_floats;
    d.gathered = d.c + threads * d.c_floats;
    return d;
}

size_t ck_dense_scratch_bytes(const ck_dense *shape, const ck_team *team) {
    dense d = plan(shape, team);
    size_t threads = (size_t)ck_max(1, team->threads);
    size_t probes = (size_t)d.tasks * 2 * (size_t)d.in_padded, bias = ck_lines((size_t)d.padded);
    size_t sums = (size_t)ck_max(1, d.sums) * (d.w_floats + ck_lines((size_t)d.bands * (size_t)d.padded));
    size_t floats = ck_lines(probes) + bias;
    if (floats < sums) floats = sums;
    return (threads * (d.x_floats + d.d_floats + d.c_floats) + floats) * sizeof(float);
}

/* The start of a run: its first pixel of the input, and its first number in each band of the output. */
typedef struct place {
    size_t pixel, out;
    int count;
} place;

static place place_of(const dense *d, size_t run) {
    size_t line = run / d->runs_per_line, x = run % d->runs_per_line * run_pixels;
    const ck_dense *s = &d->shape;
    size_t y = line % (size_t)s->height, z = line / (size_t)s->height;
    size_t out_line = z * (size_t)s->kernel[0] * (size_t)s->height * (size_t)s->kernel[1] + y * (size_t)s->kernel[1];
    if (d->lines == 1) out_line = 0;
    return (place){
        .pixel = line * d->length + x,
        .out = (out_line * d->length + x) * (size_t)d->wide,
        .count = d->length - x < run_pixels ? (int)(d->length - x) : run_pixels,
    };
}

/* The distance of a band's output from that of band 0. */
static size_t band_offset(const dense *d, int band) {
    const ck_dense *s = &d->shape;
    size_t lines = (size_t)(band / s->kernel[1]) * (size_t)s->height * (size_t)s->kernel[1] + (size_t)(band % s->kernel[1]);
    return lines * d->length * (size_t)d->wide;
}

/* ---- weights ---- */

/* The index of a weight in PyTorch's tensor. */
static size_t weight_at(const ck_dense *s, int in, int band, int wide) {
    int out = wide % s->out_channels, column = wide / s->out_channels;
    if (s->kernel[0] * s->kernel[1] * s->kernel[2] == 1) return (size_t)out * (size_t)s->in_channels + (size_t)in;
    return (((size_t)in * (size_t)s->out_channels + (size_t)out) * (size_t)(s->kernel[0] * s->kernel[1]) + (size_t)band)
        * (size_t)s->kernel[2] + (size_t)column;
}

size_t ck_dense_weights_bytes(const ck_dense *shape, ck_pass pass, ck_isa isa) {
    ck_team team = ck_team_serial(isa);
    dense d = plan(shape, &team);
    size_t floats = pass == ck_pass_forward ? (size_t)d.bands * (size_t)shape->in_channels * (size_t)d.padded
                                            : (size_t)d.bands * (size_t)d.wide * (size_t)d.in_padded;
    return ck_lines(floats) * sizeof(float);
}

/* Forward: [band][panel][in][wide], one task per vector of `wide`. Backward: [panel][band][wide][in], one task per
 * vector of `in`. */
static void pack_task(void *argument, int task, int thread) {
    (void)thread;
    const dense *d = argument;
    const ck_dense *s = &d->shape;
    bool forward = d->pass == ck_pass_forward;
    int lanes = d->kernels->lanes, columns = forward ? d->padded : d->in_padded;
    int vectors = columns / lanes, band = task / vectors, vector = task % vectors, panel = vector / 2;
    int width = ck_min(2, vectors - 2 * panel) * lanes, rows = forward ? s->in_channels : d->wide;
    int valid = ck_min(lanes, (forward ? d->wide : s->in_channels) - vector * lanes);
    size_t skipped = (size_t)panel * 2 * (size_t)lanes;
    float *to = d->out + vector % 2 * lanes;
    to += forward ? ((size_t)band * (size_t)columns + skipped) * (size_t)rows
                  : (skipped * (size_t)d->bands + (size_t)band * (size_t)width) * (size_t)rows;
    for (int row = 0; row < rows; row++, to += width) {
        for (int lane = 0; lane < lanes; lane++) {
            int column = vector * lanes + lane;
            to[lane] = lane >= valid ? 0
                : d->weights_in[forward ? weight_at(s, row, band, column) : weight_at(s, column, band, row)];
        }
    }
}

void ck_dense_pack_weights(
    const ck_dense *shape, ck_pass pass, const float *weights, float *packed, const ck_team *team) {
    dense d = plan(shape, team);
    d.pass = pass;
    d.weights_in = weights;
    d.out = packed;
    int columns = pass == ck_pass_forward ? d.padded : d.in_padded;
    ck_run(team, d.bands * columns / d.kernels->lanes, pack_task, &d);
}

/* ---- forward ---- */

/* The run's input pixels, copied if they are read through a norm. */
static const float *inputs(const dense *d, place at, int thread, ptrdiff_t *stride) {
    ptrdiff_t pixel = d->source.stride ? d->source.stride : d->shape.in_channels;
    const float *from = d->source.data + (ptrdiff_t)at.pixel * pixel;
    *stride = pixel;
    if (!d->source.scale) return from;
    float *to = d->x + (size_t)thread * d->x_floats;
    *stride = d->shape.in_channels;
    d->kernels->copy_pixels(
        (size_t)at.count, d->shape.in_channels, from, pixel, d->source.scale, d->source.shift, to, *stride);
    return to;
}

/* One run of pixels for two vectors of a band. */
static void forward_panel(const dense *d, size_t run, int band, int column, int thread) {
    int lanes = d->kernels->lanes, k = d->shape.in_channels;
    int vectors = ck_min(2, (d->padded - column) / lanes), width = vectors * lanes;
    float *c = d->c + (size_t)thread * d->c_floats;
    const float *panel = d->packed + ((size_t)band * (size_t)d->padded + (size_t)column) * (size_t)k;
    place at = place_of(d, run);
    ptrdiff_t stride;
    const float *x = inputs(d, at, thread, &stride);
    ck_sink sink = {
        .out = d->out + at.out + band_offset(d, band) + column,
        .pixel = d->wide,
        .rows = 1,
        .columns = at.count,
        .channels = ck_min(width, d->wide - column),
        .bias = d->bias ? d->bias + column : NULL,
    };
    for (int from = 0; from < k; from += sum_length) {
        ck_segment segment = {x + from, ck_min(sum_length, k - from)};
        const float *b = panel + (size_t)from * (size_t)width;
        if (from + sum_length < k) {
            d->kernels->gemm_rows(at.count, vectors, 1, &segment, stride, b, c, 2 * lanes, from > 0);
        } else {
            d->kernels->gemm_out(&sink, 1, &segment, stride, b, from > 0 ? c : NULL, 2 * lanes);
        }
    }
}

static void forward_task(void *argument, int task, int thread) {
    const dense *d = argument;
    size_t begin = (size_t)task * runs_per_task, end = begin + runs_per_task < d->runs ? begin + runs_per_task : d->runs;
    int panels = ck_divide_up(d->padded, 2 * d->kernels->lanes), all = d->bands * panels, step = 2 * d->kernels->lanes;
    if (d->weights_last) {
        for (size_t run = begin; run < end; run++) {
            for (int i = 0; i < all; i++) forward_panel(d, run, i / panels, i % panels * step, thread);
        }
    } else {
        for (int i = 0; i < all; i++) {
            for (size_t run = begin; run < end; run++) forward_panel(d, run, i / panels, i % panels * step, thread);
        }
    }
}

void ck_dense_forward(
    const ck_dense *shape, const ck_source *source, const float *packed, const float *bias, float *output, void *scratch,
    const ck_team *team) {
    dense d = begin(shape, team, scratch);
    d.source = *source;
    d.weights_last |= source->scale != NULL; /* inputs are copied for each run; once is enough */
    d.packed = packed;
    d.out = output;
    if (bias) {
        for (int i = 0; i < d.wide; i++) d.gathered[i] = bias[i % shape->out_channels];
        d.bias = d.gathered;
    }
    ck_run(team, d.tasks, forward_task, &d);
}

/* ---- gradient of the input ---- */

/* One run of pixels for two vectors of input channels; `first` starts the task's sums for the norm. */
static void backward_panel(const dense *d, size_t run, int column, bool first, float *part, int thread) {
    int lanes = d->kernels->lanes, in = d->shape.in_channels;
    int vectors = ck_min(2, (d->in_padded - column) / lanes), width = vectors * lanes;
    float *c = d->c + (size_t)thread * d->c_floats;
    const float *panel = d->packed + (size_t)column * (size_t)d->bands * (size_t)d->wide;
    place at = place_of(d, run);
    ck_sink sink = {
        .out = d->out + at.pixel * (size_t)in + column,
        .pixel = in,
        .rows = 1,
        .columns = at.count,
        .channels = ck_min(width, in - column),
        .first = first,
    };
    for (int band = 0; band < d->bands; band++) {
        for (int from = 0; from < d->wide; from += sum_length) {
            ck_segment segment = {
                d->gradient + at.out + band_offset(d, band) + from, ck_min(sum_length, d->wide - from)};
            const float *b = panel + ((size_t)band * (size_t)d->wide + (size_t)from) * (size_t)width;
            bool started = band > 0 || from > 0, last = band == d->bands - 1 && from + sum_length >= d->wide;
            if (last && !d->probe) {
                d->kernels->gemm_out(&sink, 1, &segment, d->wide, b, started ? c : NULL, 2 * lanes);
            } else {
                d->kernels->gemm_rows(at.count, vectors, 1, &segment, d->wide, b, c, 2 * lanes, started);
            }
        }
    }
    if (!d->probe) return;
    sink.y = d->probe->y + at.pixel * (size_t)in + column;
    sink.y_pixel = in;
    sink.y_scale = d->probe->scale + column;
    sink.y_shift = d->probe->shift + column;
    sink.y_mean = d->probe->mean + column;
    sink.g = part + column;
    sink.gy = part + d->in_padded + column;
    d->kernels->output_row(&sink, c, 2 * lanes);
}

static void backward_task(void *argument, int task, int thread) {
    const dense *d = argument;
    float *part = d->gathered + (size_t)task * 2 * (size_t)d->in_padded;
    size_t begin = (size_t)task * runs_per_task, end = begin + runs_per_task < d->runs ? begin + runs_per_task : d->runs;
    for (int column = 0; column < d->in_padded; column += 2 * d->kernels->lanes) {
        for (size_t run = begin; run < end; run++) backward_panel(d, run, column, run == begin, part, thread);
    }
}

void ck_dense_backward_data(
    const ck_dense *shape, const float *gradient, const float *packed, const ck_norm_probe *probe, float *input_gradient,
    void *scratch, const ck_team *team) {
    dense d = begin(shape, team, scratch);
    d.gradient = gradient;
    d.packed = packed;
    d.probe = probe && probe->sums ? probe : NULL;
    d.out = input_gradient;
    ck_run(team, d.tasks, backward_task, &d);
    if (!d.probe) return;
    for (int c = 0; c < shape->in_channels; c++) {
        ck_norm_sums sums = {0, 0};
        for (int task = 0; task < d.tasks; task++) {
            const float *part = d.gathered + (size_t)task * 2 * (size_t)d.in_padded;
            sums.g += part[c];
            sums.gy += part[d.in_padded + c];
        }
        d.probe->sums[c] = sums;
    }
}

/* ---- gradient of the weights ---- */

/* Adds runs [begin, end) of one band, for input channels [from, from + count), to w[count][padded]. */
static void add_runs(
    const dense *d, int thread, size_t begin, size_t end, int band, int from, int count, float *w, float *bias) {
    float *copy = d->d + (size_t)thread * d->d_floats;
    if (bias) memset(bias, 0, (size_t)d->padded * sizeof(float));
    for (size_t run = begin; run < end; run++) {
        place at = place_of(d, run);
        ptrdiff_t stride;
        const float *x = inputs(d, at, thread, &stride);
        ck_slope slope = {
            .g = d->gradient + at.out + band_offset(d, band),
            .pixel = d->wide,
            .rows = 1,
            .columns = at.count,
            .channels = d->wide,
            .bias = bias,
        };
        d->kernels->gradient_row(&slope, copy, d->padded);
        d->kernels->gemm_outer(
            count, d->padded / d->kernels->lanes, at.count, x + from, stride, copy, d->padded, w, d->padded, run > begin);
    }
}

static void sum_task(void *argument, int task, int thread) {
    const dense *d = argument;
    size_t begin = d->runs * (size_t)task / (size_t)d->sums, end = d->runs * (size_t)(task + 1) / (size_t)d->sums;
    float *w = d->gathered + (size_t)task * d->w_floats;
    float *bias = d->gathered + (size_t)d->sums * d->w_floats + (size_t)task * ck_lines((size_t)d->bands * (size_t)d->padded);
    for (int band = 0; band < d->bands; band++) {
        int in = d->shape.in_channels;
        add_runs(
            d, thread, begin, end, band, 0, in, w + (size_t)band * (size_t)in * (size_t)d->padded,
            bias + (size_t)band * (size_t)d->padded);
    }
}

static void channels_task(void *argument, int task, int thread) {
    const dense *d = argument;
    int in = d->shape.in_channels, chunks = ck_divide_up(in, outer_channels), band = task / chunks;
    int from = task % chunks * outer_channels;
    float *w = d->gathered + ((size_t)band * (size_t)in + (size_t)from) * (size_t)d->padded;
    float *bias = from == 0 ? d->gathered + d->w_floats + (size_t)band * (size_t)d->padded : NULL;
    add_runs(d, thread, 0, d->runs, band, from, ck_min(outer_channels, in - from), w, bias);
}

static void finish_task(void *argument, int task, int thread) {
    (void)thread;
    const dense *d = argument;
    for (int band = 0; band < d->bands; band++) {
        for (int n = 0; n < d->wide; n++) {
            double sum = 0;
            const float *from = d->gathered
                + ((size_t)band * (size_t)d->shape.in_channels + (size_t)task) * (size_t)d->padded + (size_t)n;
            for (int i = 0; i < ck_max(1, d->sums); i++) sum += from[(size_t)i * d->w_floats];
            d->weights[weight_at(&d->shape, task, band, n)] = (float)sum;
        }
    }
}

void ck_dense_backward_weights(
    const ck_dense *shape, const ck_source *source, const float *gradient, float *weights, float *bias, void *scratch,
    const ck_team *team) {
    dense d = begin(shape, team, scratch);
    d.source = *source;
    d.gradient = gradient;
    d.weights = weights;
    int in = shape->in_channels, sums = ck_max(1, d.sums);
    if (d.sums) ck_run(team, d.sums, sum_task, &d);
    else ck_run(team, d.bands * ck_divide_up(in, outer_channels), channels_task, &d);
    ck_run(team, in, finish_task, &d);
    if (!bias) return;
    size_t step = ck_lines((size_t)d.bands * (size_t)d.padded);
    for (int c = 0; c < shape->out_channels; c++) {
        double sum = 0;
        for (int i = 0; i < sums; i++) {
            const float *part = d.gathered + (size_t)sums * d.w_floats + (size_t)i * step;
            for (int band = 0; band < d.bands; band++) {
                for (int n = c; n < d.wide; n += shape->out_channels) sum += part[band * d.padded + n];
            }
        }
        bias[c] = (float)sum;
    }
}
