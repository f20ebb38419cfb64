/* The public interface of the convolutions. */
#include "plan.h"

int ck_conv_out_depth(const ck_conv *c) { return c->kernel_depth > 1 ? c->depth + 2 * c->padding_depth - 2 : c->depth; }
int ck_conv_out_height(const ck_conv *c) { return c->height + 2 * c->padding - 2; }
int ck_conv_out_width(const ck_conv *c) { return c->width + 2 * c->padding - 2; }

bool ck_conv_valid(const ck_conv *c) {
    if (c->batch < 1 || c->depth < 1 || c->height < 1 || c->width < 1) return false;
    if (c->in_channels[0] < 1 || c->in_channels[1] < 0 || c->out_channels < 1) return false;
    if (c->kernel_depth != 1 && c->kernel_depth != 3) return false;
    if (c->padding != 0 && c->padding != 1) return false;
    if (c->kernel_depth > 1 && c->padding_depth != 0 && c->padding_depth != 1) return false;
    if (ck_conv_out_depth(c) < 1 || ck_conv_out_height(c) < 1 || ck_conv_out_width(c) < 1) return false;
    /* Tiles are counted in ints, with padding on both sides. */
    double pixels = (double)c->batch * (c->depth + 4.0) * (c->height + 8.0) * (c->width + 8.0);
    return pixels < 2e9 && c->in_channels[0] < 1 << 20 && c->in_channels[1] < 1 << 20 && c->out_channels < 1 << 20;
}

size_t ck_conv_forward_scratch_bytes(const ck_conv *conv, const ck_team *team) {
    ck_plan plan = ck_plan_conv(conv, ck_pass_forward, ck_kernels_for(team->isa));
    return ck_plan_scratch(&plan, team->threads, true);
}

void ck_conv_forward(const ck_conv *conv, const ck_conv_forward_args *args, void *scratch, const ck_team *team) {
    ck_plan plan = ck_plan_conv(conv, ck_pass_forward, ck_kernels_for(team->isa));
    ck_run_args run = {
        .sources = {args->sources[0], args->sources[1]},
        .packed = args->packed,
        .bias = args->bias,
        .relu = args->relu,
        .outputs = {args->output, NULL},
        .strides = {args->output_stride, 0},
        .moments = args->moments,
    };
    ck_plan_run(&plan, &run, scratch, team);
}

size_t ck_conv_backward_data_scratch_bytes(const ck_conv *conv, const ck_team *team) {
    ck_plan plan = ck_plan_conv(conv, ck_pass_backward_data, ck_kernels_for(team->isa));
    return ck_plan_scratch(&plan, team->threads, true);
}

void ck_conv_backward_data(const ck_conv *conv, const ck_conv_backward_data_args *args, void *scratch, const ck_team *team) {
    ck_plan plan = ck_plan_conv(conv, ck_pass_backward_data, ck_kernels_for(team->isa));
    ck_run_args run = {
        .sources = {{.data = args->gradient}, {0}},
        .packed = args->packed,
        .outputs = {args->outputs[0], args->outputs[1]},
        .strides = {args->output_strides[0], args->output_strides[1]},
        .probe = args->probes[0].sums || args->probes[1].sums,
        .probes = {args->probes[0], args->probes[1]},
    };
    ck_plan_run(&plan, &run, scratch, team);
}
