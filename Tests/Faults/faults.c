/* Makes the Nth system call of one kind fail, or the Nth large allocation: a library for LD_PRELOAD (Linux, glibc).

   FAULT_CALL    write, fsync, rename, open, mkdir, close, flock or alloc
   FAULT_NUMBER  which of them fails, from 1; 0 counts only
   FAULT_CODE    the errno it fails with
   FAULT_BYTES   how large an allocation counts
   FAULT_REPORT  a file that gets the number of calls, as many bytes as there were

   Only calls on files count, not those on pipes, terminals and devices. A write that fails has written half of its
   bytes, as one that fills up a disk has. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int calls;
static int number, code, report = -1;
static size_t least;
static const char *kind = "";
/* Files that this process has opened for writing: only their closing counts. */
static atomic_uchar written[1024];

__attribute__((constructor)) static void begin(void) {
    const char *text;
    if ((text = getenv("FAULT_NUMBER"))) number = atoi(text);
    if ((text = getenv("FAULT_CODE"))) code = atoi(text);
    if ((text = getenv("FAULT_BYTES"))) least = (size_t)atoll(text);
    if ((text = getenv("FAULT_REPORT")))
        report = (int)syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if ((text = getenv("FAULT_CALL"))) kind = text;
    /* Not for programs that this one starts. */
    unsetenv("LD_PRELOAD");
}

/* Counts a call; whether it is the one that fails. */
static int fails(const char *call) {
    if (*kind != *call || strcmp(kind, call) != 0) return 0;
    int count = atomic_fetch_add(&calls, 1) + 1;
    if (report >= 0) syscall(SYS_write, report, "x", 1);
    if (count != number) return 0;
    errno = code;
    return 1;
}

static int is_file(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    if (is_file(descriptor) && fails("write")) {
        syscall(SYS_write, descriptor, bytes, count / 2);
        errno = code;
        return -1;
    }
    return syscall(SYS_write, descriptor, bytes, count);
}

int fsync(int descriptor) { return fails("fsync") ? -1 : (int)syscall(SYS_fsync, descriptor); }

int rename(const char *old, const char *new) {
    return fails("rename") ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0);
}

int mkdir(const char *path, mode_t mode) {
    return fails("mkdir") ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int flock(int descriptor, int operation) {
    return fails("flock") ? -1 : (int)syscall(SYS_flock, descriptor, operation);
}

static int opened(const char *path, int flags, mode_t mode) {
    if ((flags & O_CREAT) && fails("open")) return -1;
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (descriptor >= 0 && descriptor < 1024) written[descriptor] = (flags & O_ACCMODE) != O_RDONLY;
    return descriptor;
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    return opened(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    return opened(path, flags, mode);
}

int close(int descriptor) {
    int counts = descriptor >= 0 && descriptor < 1024 && written[descriptor] && is_file(descriptor);
    if (descriptor >= 0 && descriptor < 1024) written[descriptor] = 0;
    int failed = counts && fails("close");
    int result = (int)syscall(SYS_close, descriptor);
    if (!failed) return result;
    errno = code;
    return -1;
}

/* dlsym allocates, so the real ones are called by glibc's other names for them. */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static int starves(size_t size) { return least > 0 && size >= least && fails("alloc"); }

void *malloc(size_t size) { return starves(size) ? NULL : __libc_malloc(size); }

void *calloc(size_t count, size_t size) {
    return size > 0 && count < (size_t)-1 / size && starves(count * size) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) { return starves(size) ? NULL : __libc_realloc(old, size); }

void *memalign(size_t alignment, size_t size) {
    return starves(size) ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
    if (starves(size)) return ENOMEM;
    void *found = __libc_memalign(alignment, size);
    if (!found) return ENOMEM;
    *out = found;
    return 0;
}
