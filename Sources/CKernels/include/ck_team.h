/* Instruction sets, and the threads provided by the caller. */
#ifndef CK_TEAM_H
#define CK_TEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A variant of every kernel is compiled for each instruction set of the processor family. */
typedef enum ck_isa {
    ck_isa_portable = 0, /* 4 lanes; runs on every processor of the family */
    ck_isa_neon = 1,     /* arm64 */
    ck_isa_avx2 = 2,     /* x86-64 with AVX2 and FMA */
    ck_isa_avx512 = 3,   /* x86-64 with AVX-512 F, VL, DQ, and BW */
} ck_isa;

/* Whether this build and this processor can run `isa`. */
bool ck_isa_available(ck_isa isa);

/* The fastest instruction set available. */
ck_isa ck_isa_best(void);

/* "portable", "neon", "avx2", or "avx512". */
const char *_Nonnull ck_isa_name(ck_isa isa);

/* A piece of work. `task` counts from 0; `thread` (0 ..< threads) owns a part of the scratch memory. */
typedef void (*ck_body)(void *_Nullable argument, int task, int thread);

/* The instruction set and the threads of kernels.
 *
 * `parallel` must call `body(argument, t, thread)` once for each t in 0 ..< tasks, in any order and on any threads, but
 * never two concurrent calls with the same `thread`, and return when all are done. Assigning tasks one by one (with an
 * atomic counter) balances best. NULL runs everything on the calling thread. */
typedef struct ck_team {
    ck_isa isa;
    int threads;
    void (*_Nullable parallel)(void *_Nullable context, int tasks, ck_body _Nonnull body, void *_Nullable argument);
    void *_Nullable context;
} ck_team;

/* Returns a team of only the calling thread. */
ck_team ck_team_serial(ck_isa isa);

#ifdef __cplusplus
}
#endif
#endif
