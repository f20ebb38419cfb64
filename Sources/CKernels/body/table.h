/* The table of one instruction set's kernels; TABLE is its name. */

const ck_kernels TABLE = {
    .lanes = LANES,
    .gemm_rows = gemm_rows,
    .gemm_out = gemm_out,
    .gemm_outer = gemm_outer,
    .input_tile = input_tile,
    .output_tile = output_tile,
    .gradient_tile = gradient_tile,
    .filter_transform = filter_transform,
    .filter_gradient = filter_gradient,
    .output_row = output_row,
    .gradient_row = gradient_row,
    .copy_pixels = copy_pixels,
    .add = add,
    .norm_relu = norm_relu,
    .norm_relu_backward = norm_relu_backward,
    .norm_relu_sums = norm_relu_sums,
    .moments = moments,
    .pool_row = pool_row,
    .pool_row_backward = pool_row_backward,
};
