/* A small pool of pthreads for the drivers in this folder. */
#ifndef DRIVER_TEAM_H
#define DRIVER_TEAM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "CKernels.h"

typedef struct pool {
    int threads;
    pthread_t handles[64];
    atomic_int generation, running, next, ids, stop;
    int tasks;
    ck_body body;
    void *argument;
} pool;

static inline void pool_drain(pool *p, int thread) {
    for (int task; (task = atomic_fetch_add(&p->next, 1)) < p->tasks;) p->body(p->argument, task, thread);
}

static inline void *pool_thread(void *argument) {
    pool *p = argument;
    int id = atomic_fetch_add(&p->ids, 1), seen = 0;
    for (;;) {
        int spins = 0;
        while (atomic_load(&p->generation) == seen) {
            if (atomic_load(&p->stop)) return NULL;
            if (++spins > 20000) {
                struct timespec pause = {0, 20000};
                nanosleep(&pause, NULL);
            }
        }
        seen++;
        pool_drain(p, id);
        atomic_fetch_sub(&p->running, 1);
    }
}

static inline void pool_run(void *context, int tasks, ck_body body, void *argument) {
    pool *p = context;
    p->tasks = tasks;
    p->body = body;
    p->argument = argument;
    atomic_store(&p->next, 0);
    atomic_store(&p->running, p->threads - 1);
    atomic_fetch_add(&p->generation, 1);
    pool_drain(p, 0);
    while (atomic_load(&p->running) > 0) {}
}

static inline void pool_start(pool *p, int threads) {
    *p = (pool){.threads = threads};
    atomic_store(&p->ids, 1);
    for (int i = 1; i < threads; i++) pthread_create(&p->handles[i], NULL, pool_thread, p);
}

static inline void pool_end(pool *p) {
    atomic_store(&p->stop, 1);
    for (int i = 1; i < p->threads; i++) pthread_join(p->handles[i], NULL);
}

static inline ck_team pool_team(pool *p, ck_isa isa) {
    return (ck_team){.isa = isa, .threads = p->threads, .parallel = pool_run, .context = p};
}

/* Wall time; with one thread the thread's own time, so that neighbors on a busy machine count less. */
static inline double seconds(int threads) {
    struct timespec t;
    clock_gettime(threads > 1 ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline void *aligned(size_t bytes) {
    void *p = NULL;
    if (posix_memalign(&p, 64, (bytes + 63) / 64 * 64 + 64)) abort();
    return p;
}

#endif
