/* 4 lanes, with only the base instructions of the processor family. */
#include "kernels.h"

#define LANES 4
#define ROWS 6
#define HAS_FMA 0
#define TABLE ck_kernels_portable
#include "body/vector.h"
#include "body/gemm.h"
#include "body/winograd.h"
#include "body/passes.h"
#include "body/table.h"
