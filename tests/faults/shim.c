/*
 * shim: a library that is loaded before a program (LD_PRELOAD) and makes its k-th allocation, or its k-th read, write, open
 * or close of a file, fail or fall short, or its k-th pipe, fork or wait for a process fail. Calls that the C library makes
 * of itself are not seen.
 *
 *     FAULT=KIND:K:HOW     KIND: alloc, read, write, open, close, pipe, fork, wait; K from 1; HOW: an errno's number, or
 *                          "short"
 *     FAULT_SEEN=FILE      16 bytes that this process writes while it runs, two numbers: 1 once the fault was met, and how
 *                          many blocks of memory are allocated and not given back
 *
 * These are written through memory that is the file's: where a program is fenced in, nothing can be opened any more.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The C library's own functions, under the names that it keeps for those who replace them. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static char kind[8];
static atomic_long left; /* calls of the kind until the one that fails */
static int number;       /* errno; 0: the call is cut short */

/* What FAULT_SEEN is told. */
struct seen {
    _Atomic int64_t fired, blocks;
};
static struct seen first;
static struct seen *seen = &first;

static void begin_telling(const char *path)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_RDWR | O_TRUNC, 0600);
    struct seen *shared = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, sizeof *shared) == 0) {
        shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    syscall(SYS_close, fd);
    if (shared == MAP_FAILED) {
        abort(); /* or every test would take it that nothing failed */
    }
    shared->blocks = first.blocks;
    seen = shared;
}

__attribute__((constructor)) static void begin(void)
{
    const char *fault = getenv("FAULT");
    const char *colon = fault != NULL ? strchr(fault, ':') : NULL;
    const char *path = getenv("FAULT_SEEN");
    bool ours = strcmp(program_invocation_short_name, "steelpkt") == 0;
    if (ours && path != NULL) {
        begin_telling(path);
    }
    if (ours && colon != NULL && (size_t)(colon - fault) < sizeof kind) {
        char *end = NULL;
        long k = strtol(colon + 1, &end, 10);
        number = *end == ':' ? atoi(end + 1) : EIO;
        memcpy(kind, fault, (size_t)(colon - fault));
        atomic_store(&left, k);
    }
}

static bool fires(const char *what)
{
    if (kind[0] == '\0' || strcmp(kind, what) != 0 || atomic_fetch_sub(&left, 1) != 1) {
        return false;
    }
    seen->fired = 1;
    errno = number;
    return true;
}

static void *counted(void *block)
{
    seen->blocks += block != NULL;
    return block;
}

void *malloc(size_t size)
{
    return fires("alloc") ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return fires("alloc") ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
    if (fires("alloc")) {
        return NULL;
    }
    void *result = __libc_realloc(block, size);
    seen->blocks += (block == NULL && result != NULL) - (block != NULL && size == 0);
    return result;
}

void free(void *block)
{
    seen->blocks -= block != NULL;
    __libc_free(block);
}

/* True: the call fails. Else it is made, for as many bytes as are left. */
static bool disturb(const char *what, size_t *size)
{
    if (!fires(what)) {
        return false;
    }
    *size = number == 0 && *size > 3 ? *size / 3 : *size;
    return number != 0;
}

ssize_t read(int fd, void *to, size_t size)
{
    return disturb("read", &size) ? -1 : syscall(SYS_read, fd, to, size);
}

ssize_t pread64(int fd, void *to, size_t size, off64_t at)
{
    return disturb("read", &size) ? -1 : syscall(SYS_pread64, fd, to, size, at);
}

ssize_t pread(int fd, void *to, size_t size, off_t at)
{
    return pread64(fd, to, size, at);
}

ssize_t write(int fd, const void *from, size_t size)
{
    /* what goes to standard error is the message about the fault */
    return fd != STDERR_FILENO && disturb("write", &size) ? -1 : syscall(SYS_write, fd, from, size);
}

int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    int mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, int) : 0;
    va_end(rest);
    return fires("open") ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int open(const char *path, int flags, ...) __attribute__((alias("open64")));

int close(int fd)
{
    int result = (int)syscall(SYS_close, fd); /* it is closed, whatever is said: close(2) */
    return fires("close") ? -1 : result;
}

FILE *fopen64(const char *path, const char *mode)
{
    FILE *(*real)(const char *, const char *) = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen64");
    return fires("open") ? NULL : real(path, mode);
}

FILE *fopen(const char *path, const char *mode) __attribute__((alias("fopen64")));

int fclose(FILE *file)
{
    int (*real)(FILE *) = (int (*)(FILE *))dlsym(RTLD_NEXT, "fclose");
    int result = real(file);
    return fires("close") ? EOF : result;
}

int pipe(int ends[2])
{
    return fires("pipe") ? -1 : (int)syscall(SYS_pipe2, ends, 0);
}

pid_t fork(void)
{
    pid_t (*real)(void) = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
    return fires("fork") ? -1 : real();
}

pid_t waitpid(pid_t child, int *status, int options)
{
    return fires("wait") ? -1 : (pid_t)syscall(SYS_wait4, child, status, options, NULL);
}
