/* Instruction sets, and the threads that the caller lends. */
#ifndef CK_TEAM_H
#define CK_TEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One variant of every kernel is compiled for each instruction set of the processor family. */
typedef enum ck_isa {
    ck_isa_portable = 0, /* 4 lanes; what every processor of the family has */
    ck_isa_neon = 1,     /* arm64 */
    ck_isa_avx2 = 2,     /* x86-64 with AVX2 and FMA */
    ck_isa_avx512 = 3,   /* x86-64 with AVX-512 F, VL, DQ and BW */
} ck_isa;

/* Whether this build and this processor can run `isa`. */
bool ck_isa_available(ck_isa isa);

/* The fastest one available. */
ck_isa ck_isa_best(void);

/* "portable", "neon", "avx2" or "avx512". */
const char *_Nonnull ck_isa_name(ck_isa isa);

/* A piece of work: `task` counts from 0; `thread` (0 ..< threads) owns a part of the scratch memory. */
typedef void (*ck_body)(void *_Nullable argument, int task, int thread);

/* How kernels run: with which instructions, and on which threads.
 *
 * `parallel` must call `body(argument, t, thread)` once for each t in 0 ..< tasks, in any order, on any threads, two
 * calls at the same time never with the same `thread`, and return when all are done. Handing tasks out one by one
 * (an atomic counter) balances best. NULL runs everything on the calling thread. */
typedef struct ck_team {
    ck_isa isa;
    int threads;
    void (*_Nullable parallel)(void *_Nullable context, int tasks, ck_body _Nonnull body, void *_Nullable argument);
    void *_Nullable context;
} ck_team;

/* A team of the calling thread alone. */
ck_team ck_team_serial(ck_isa isa);

#ifdef __cplusplus
}
#endif
#endif
