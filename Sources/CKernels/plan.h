/* The plan of a convolution: shapes as the kernels see them, and the division of work. */
#ifndef CK_PLAN_H
#define CK_PLAN_H

#include "kernels.h"

enum {
    ck_block = 48,        /* tiles whose transforms fit in the second-level cache together */
    ck_sum = 128,         /* channels summed in registers before they are added to the total */
    ck_few = 64,           /* the same if weights are transformed along the way */
    ck_shared_tiles = 240, /* tiles of a block whose transforms all threads share */
    ck_joint_tiles = 64, /* up to this number, backward-weights keeps no sums in the Winograd domain */
    ck_joint_rows = 64, ck_joint_columns = 128 /* filters that it sums at a time */
};

/* A forward convolution, or a backward-data pass viewed as one: `k` channels in, `n` channels out, each in up to two
 * maps. */
typedef struct ck_plan {
    const ck_kernels *kernels;
    int batch, depth_in, depth_out, height_in, width_in, height_out, width_out;
    int padding, padding_depth, kernel_depth;
    int k[2], k_padded[2], k_total;  /* k_total: k[0] + k[1] */
    int n[2], n_padded[2], n_total;  /* n_total: padded */
    bool direct;
    bool transformed; /* whether the packed weights are */

    int tiles_y, tiles_x, tiles;     /* tiles: in all output planes */

    /* Winograd. If `shared`, the inputs of a block are transformed first, and then tasks over groups of output channels
     * read them all; otherwise, a task processes a whole block with its own transforms. */
    bool shared;
    int block, blocks;               /* tiles in a block */
    int group, groups;               /* output channels in a group */
    ptrdiff_t v_stride, v_plane, m_stride, m_plane;
    size_t v_floats, m_floats;
    ptrdiff_t u_plane;               /* weights transformed along the way: ck_few channels of a panel */
    size_t u_floats;

    /* Direct: tasks of `rows` output rows. */
    int rows, row_tasks;
    size_t strip_floats;

    /* Backward-weights: the number of sums of w_floats each, added in order at the end. */
    int sums;
    bool joint;                      /* all tiles are one block, and sums become filters at once */
    ptrdiff_t w_plane;
    size_t w_floats;

    /* Blocks of output pixels whose moments are summed together. */
    int parts;
} ck_plan;

/* The position of a tile. */
typedef struct ck_place {
    int batch, depth, y, x; /* of the first output pixel */
} ck_place;

ck_plan ck_plan_conv(const ck_conv *conv, ck_pass pass, const ck_kernels *kernels);
ck_plan ck_plan_gradient(const ck_conv *conv, const ck_kernels *kernels);
ck_place ck_place_of(const ck_plan *plan, int tile);

/* The number of output pixels in part `part`. */
int ck_part_pixels(const ck_plan *plan, int part);

/* The map, its first channel, and the number of channels of vector `vector` of the padded output channels. */
typedef struct ck_lane_range {
    int map, channel, count;
} ck_lane_range;
ck_lane_range ck_output_lanes(const ck_plan *plan, int vector);

/* The number of floats of packed weights. */
size_t ck_plan_weights(const ck_plan *plan);

/* The inputs and outputs of a run. */
typedef struct ck_run_args {
    ck_source sources[2];
    const float *packed;
    const float *bias;
    bool relu;
    float *outputs[2];
    ptrdiff_t strides[2];
    bool probe;
    ck_norm_probe probes[2];
    ck_moments *moments;
} ck_run_args;

size_t ck_plan_scratch(const ck_plan *plan, int threads, bool gathers);
void ck_plan_run(const ck_plan *plan, const ck_run_args *args, float *scratch, const ck_team *team);
void ck_run_winograd(const ck_plan *plan, const ck_run_args *args, float *scratch, float *gathered, const ck_team *team);
void ck_run_direct(const ck_plan *plan, const ck_run_args *args, float *scratch, float *gathered, const ck_team *team);

/* Transforms one tile of all sources and depth taps into row `v` of the transformed inputs. */
void ck_transform_tile(const ck_plan *plan, const ck_source *sources, int tile, float *v);

/* Copies input rows [y, y + count) of plane (batch, depth) with their padding and the concatenated channels of both
 * sources. */
void ck_fill_strip(
    const ck_plan *plan, const ck_source *sources, int batch, int depth, int y, int count, float *strip);

/* Points the sink's per-channel fields at the channels of `range`; `column` is its place among the padded channels. */
void ck_sink_channels(
    const ck_plan *plan, const ck_run_args *args, ck_lane_range range, int column, int part, float *gathered, ck_sink *sink);

/* Finds the range of channels from `column` of the padded output up to `limit` that lies in one map, and returns its
 * end. */
int ck_map_run(const ck_plan *plan, int column, int limit, ck_lane_range *range);

#endif
