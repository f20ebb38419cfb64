/* The choice of the instruction set, and tasks on the caller's threads. */
#include "kernels.h"

bool ck_isa_available(ck_isa isa) {
    switch (isa) {
    case ck_isa_portable: return true;
#if defined(__x86_64__)
    case ck_isa_avx2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case ck_isa_avx512:
        return ck_isa_available(ck_isa_avx2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#elif defined(__aarch64__)
    case ck_isa_neon: return true;
#endif
    default: return false;
    }
}

ck_isa ck_isa_best(void) {
    for (int isa = ck_isa_avx512; isa > ck_isa_portable; isa--) {
        if (ck_isa_available((ck_isa)isa)) return (ck_isa)isa;
    }
    return ck_isa_portable;
}

const char *ck_isa_name(ck_isa isa) {
    static const char *const names[] = {"portable", "neon", "avx2", "avx512"};
    return names[isa];
}

const ck_kernels *ck_kernels_for(ck_isa isa) {
    switch (isa) {
#if defined(__x86_64__)
    case ck_isa_avx2: return &ck_kernels_avx2;
    case ck_isa_avx512: return &ck_kernels_avx512;
#elif defined(__aarch64__)
    case ck_isa_neon: return &ck_kernels_neon;
#endif
    default: return &ck_kernels_portable;
    }
}

ck_team ck_team_serial(ck_isa isa) { return (ck_team){.isa = isa, .threads = 1, .parallel = NULL, .context = NULL}; }

void ck_run(const ck_team *team, int tasks, ck_body body, void *argument) {
    if (tasks <= 0) return;
    if (team->parallel && team->threads > 1 && tasks > 1) {
        team->parallel(team->context, tasks, body, argument);
    } else {
        for (int task = 0; task < tasks; task++) body(argument, task, 0);
    }
}
