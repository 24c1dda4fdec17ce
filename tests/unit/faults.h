/*
 * faults: the library allocates here instead, and the test's program opens, reads, writes and closes here; the Nth of these
 * fails, is interrupted or does less than it was asked. For the one source of a test, which includes this before all else:
 * what is defined here takes the place of src/base/memory.c and of the C library's functions.
 */
#ifndef UNIT_FAULTS_H
#define UNIT_FAULTS_H

#undef _FORTIFY_SOURCE /* which makes inline functions of those defined here */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "base/memory.h"
#include "support.h"

#include <steelpkt/query.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum fault_kind { FAULT_ALLOCATION, FAULT_OPEN, FAULT_READ, FAULT_WRITE, FAULT_CLOSE, FAULT_KINDS };

static enum fault_kind armed;        /* what fails */
static int fault_number;             /* and with which errno; 0: less is done */
static atomic_uint countdown;        /* 1: the next of that kind, of whatever thread; 0: none */
static atomic_bool fired;            /* one did */
static atomic_uint met[FAULT_KINDS]; /* how many there were, failed or not */

static bool fires(enum fault_kind kind)
{
    atomic_fetch_add(&met[kind], 1);
    if (kind != armed || countdown == 0 || atomic_fetch_sub(&countdown, 1) != 1) {
        return false;
    }
    fired = true;
    errno = kind == FAULT_ALLOCATION ? ENOMEM : fault_number;
    return true;
}

/* ---- memory ---- */

void *spk_alloc(size_t size)
{
    return fires(FAULT_ALLOCATION) ? NULL : malloc(size > 0 ? size : 1);
}

void *spk_alloc_zeroed(size_t count, size_t size)
{
    return fires(FAULT_ALLOCATION) ? NULL : calloc(count > 0 ? count : 1, size > 0 ? size : 1);
}

void *spk_realloc(void *block, size_t size)
{
    return fires(FAULT_ALLOCATION) ? NULL : realloc(block, size > 0 ? size : 1);
}

void spk_free(void *block)
{
    free(block);
}

/* ---- files ---- */

/* True: the call fails. Else it is made, for as many bytes as are left. */
static bool disturb(enum fault_kind kind, size_t *size)
{
    if (!fires(kind)) {
        return false;
    }
    *size = fault_number == 0 && *size > 3 ? *size / 3 : *size;
    return fault_number != 0;
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    int mode = (flags & O_CREAT) != 0 ? va_arg(rest, int) : 0;
    va_end(rest);
    return fires(FAULT_OPEN) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

ssize_t read(int fd, void *to, size_t size)
{
    return disturb(FAULT_READ, &size) ? -1 : syscall(SYS_read, fd, to, size);
}

/* Sets a pointer to a function: that of the C library, behind ours. ISO C has no cast from what dlsym gives to it. */
static void find_real(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

ssize_t pread(int fd, void *to, size_t size, off_t at)
{
    ssize_t (*real)(int, void *, size_t, off_t) = NULL;
    find_real("pread64", &real);
    return disturb(FAULT_READ, &size) ? -1 : real(fd, to, size, at);
}

ssize_t write(int fd, const void *from, size_t size)
{
    return disturb(FAULT_WRITE, &size) ? -1 : syscall(SYS_write, fd, from, size);
}

ssize_t pwrite(int fd, const void *from, size_t size, off_t at)
{
    ssize_t (*real)(int, const void *, size_t, off_t) = NULL;
    find_real("pwrite64", &real);
    return disturb(FAULT_WRITE, &size) ? -1 : real(fd, from, size, at);
}

int close(int fd)
{
    int result = (int)syscall(SYS_close, fd); /* it is closed, whatever is said: close(2) */
    return fires(FAULT_CLOSE) ? -1 : result;
}

/* Of the calls that are never interrupted and never do less: opendir(3), readdir(3), pipe(2). */
static bool refuses(enum fault_kind kind)
{
    const int kept = errno;
    const bool fails = fires(kind) && fault_number != EINTR && fault_number != 0;
    errno = fails ? fault_number : kept;
    return fails;
}

DIR *opendir(const char *path)
{
    DIR *(*real)(const char *) = NULL;
    find_real("opendir", &real);
    return refuses(FAULT_OPEN) ? NULL : real(path);
}

struct dirent *readdir(DIR *directory)
{
    struct dirent *(*real)(DIR *) = NULL;
    find_real("readdir64", &real);
    return refuses(FAULT_READ) ? NULL : real(directory);
}

int pipe(int ends[2])
{
    return refuses(FAULT_OPEN) ? -1 : (int)syscall(SYS_pipe2, ends, 0);
}

/* ---- uses ---- */

/* A use of the library that leaves nothing behind. Gives the first status that is a failure, or SPK_OK. */
typedef enum spk_status (*use_fn)(void);

static struct spk_error said; /* for a use to take its errors with */

/* What the use in hand gives when nothing fails, and how much of that it has given in this run. */
static struct {
    uint8_t *bytes;
    size_t size, at;
    bool known;
} undisturbed;

/* A use has been given these bytes: the next of those that it is given when nothing fails. */
static inline void deliver(const void *bytes, size_t size)
{
    if (!undisturbed.known && size > 0) {
        undisturbed.bytes = realloc(undisturbed.bytes, undisturbed.at + size);
        assert_non_null(undisturbed.bytes);
        memcpy(undisturbed.bytes + undisturbed.at, bytes, size);
        undisturbed.size = undisturbed.at + size;
    }
    assert_true(size <= undisturbed.size - undisturbed.at);
    if (size > 0) {
        assert_memory_equal(undisturbed.bytes + undisturbed.at, bytes, size);
    }
    undisturbed.at += size;
}

/* What there is of a text: with a failure the beginning of the whole one, up to some byte. */
static inline void deliver_text(const struct spk_out *out)
{
    size_t len = 0;
    const char *made = out != NULL ? spk_out_data(out, &len) : "";
    deliver(made, len);
}

/* What a test does of its own within a use is not disturbed: between these two. */
static inline unsigned begin_peace(void)
{
    return atomic_exchange(&countdown, 0);
}

static inline void end_peace(unsigned kept)
{
    countdown = kept;
}

static inline unsigned open_descriptors(void)
{
    unsigned count = 0;
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count;
}

/* Whether something has failed in this run; what was interrupted or cut short has not. */
static inline bool has_failed(void)
{
    return fired && (armed == FAULT_ALLOCATION || (fault_number != EINTR && fault_number != 0));
}

/* A failure is told, a system's by its number; without one, all was given. */
static inline void check_end(enum spk_status status, unsigned nth)
{
    const bool memory = armed == FAULT_ALLOCATION;
    const char *wrong = NULL;
    if (status == SPK_OK) {
        wrong = undisturbed.at == undisturbed.size ? NULL : "and what is given is short";
    } else if (!has_failed()) {
        wrong = "which should change nothing";
    } else if (status != (memory ? SPK_ERR_MEMORY : SPK_ERR_IO)) {
        wrong = "and another failure is told";
    } else if (!memory && (said.code != status || said.what == NULL || said.sys_errno != fault_number)) {
        wrong = "and it is not said why";
    }
    if (wrong != NULL) {
        fail_msg("call %u of kind %d fails (errno %d), %s: status %d, %s", nth, (int)armed, fault_number, wrong, status,
                 said.what != NULL ? said.what : "");
    }
}

/* The use once more for each of one kind of fault: how many there were. */
static inline unsigned with_each(use_fn use, enum fault_kind kind, int number)
{
    unsigned nth = 0;
    armed = kind;
    fault_number = number;
    do {
        unsigned descriptors = open_descriptors();
        said = (struct spk_error){ .code = SPK_OK };
        undisturbed.at = 0;
        fired = false;
        countdown = ++nth;
        enum spk_status status = use();
        countdown = 0;
        check_end(status, nth);
        assert_int_equal(open_descriptors(), descriptors);
    } while (fired);
    armed = FAULT_ALLOCATION;
    return nth - 1;
}

/* The use succeeds, with at least so many allocations; and without any one of them it says so or does without. */
static inline void without_each_allocation(use_fn use, unsigned least)
{
    free(undisturbed.bytes);
    memset(&undisturbed, 0, sizeof undisturbed);
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        met[i] = 0;
    }
    assert_int_equal(use(), SPK_OK);
    assert_true(met[FAULT_ALLOCATION] >= least);
    undisturbed.known = true;
    with_each(use, FAULT_ALLOCATION, 0);
}

/*
 * The same, and whichever of its calls on files, at least so many, fails, the use says so or does without, after it has
 * given the beginning of what it would have given. What is interrupted or cut short changes nothing.
 */
static inline void under_each_fault(use_fn use, unsigned allocations, unsigned calls)
{
    static const struct {
        enum fault_kind kind;
        int number;
    } faults[] = {
        { FAULT_OPEN, EIO },    { FAULT_OPEN, EMFILE }, { FAULT_OPEN, EINTR }, { FAULT_READ, EIO },
        { FAULT_READ, EINTR },  { FAULT_READ, 0 },      { FAULT_WRITE, EIO },  { FAULT_WRITE, ENOSPC },
        { FAULT_WRITE, EINTR }, { FAULT_WRITE, 0 },     { FAULT_CLOSE, EIO },  { FAULT_CLOSE, ENOSPC },
        { FAULT_CLOSE, EINTR },
    };
    unsigned fired_calls = 0;
    without_each_allocation(use, allocations);
    for (size_t i = 0; i < SPK_COUNT_OF(faults); i++) {
        unsigned count = with_each(use, faults[i].kind, faults[i].number);
        fired_calls += i == 0 || faults[i].kind != faults[i - 1].kind ? count : 0;
    }
    assert_true(fired_calls >= calls);
    free(undisturbed.bytes);
    memset(&undisturbed, 0, sizeof undisturbed);
}

#endif
