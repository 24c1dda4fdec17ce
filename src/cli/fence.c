/* fence: a list of the system calls that decoding, reading and writing need, and Landlock over the files. */
#define _GNU_SOURCE
#include "fence.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#ifdef SPK_SECCOMP
#include <sched.h>
#include <seccomp.h>
#endif

/* ---- Landlock ---- */

#ifdef SYS_landlock_create_ruleset

/* As in linux/landlock.h, which may be older than the kernel: each version of the interface has more of it. */
struct ruleset {
    uint64_t files, net, scopes;
};

enum { ASK_VERSION = 1 };

/* All that each version can forbid. */
static size_t ruleset_of(long version, struct ruleset *set)
{
    static const uint64_t files[] = { 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };
    enum { VERSIONS = SPK_COUNT_OF(files), NET_FROM = 4, SCOPES_FROM = 6 };
    *set = (struct ruleset){ .files = files[version <= VERSIONS ? version - 1 : VERSIONS - 1],
                             .net = version >= NET_FROM ? 3 : 0,
                             .scopes = version >= SCOPES_FROM ? 3 : 0 };
    return version >= SCOPES_FROM ? sizeof *set : version >= NET_FROM ? 2 * sizeof set->net : sizeof set->files;
}

static bool restrict_files(void)
{
    struct ruleset set;
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
    if (version <= 0) {
        return false;
    }
    size_t size = ruleset_of(version, &set);
    int fd = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
    if (fd < 0) {
        return false;
    }
    bool done = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    (void)close(fd);
    return done;
}

#else

static bool restrict_files(void)
{
    return false;
}

#endif

/* ---- system calls ---- */

#ifdef SPK_SECCOMP

/* Those that read, wait, look at the clock, take and give back memory, handle signals and end. */
static const int calls[] = {
    SCMP_SYS(read),         SCMP_SYS(readv),          SCMP_SYS(pread64),
    SCMP_SYS(recvfrom),     SCMP_SYS(recvmsg),        SCMP_SYS(getsockopt),
    SCMP_SYS(lseek),        SCMP_SYS(_llseek),        SCMP_SYS(close),
    SCMP_SYS(fstat),        SCMP_SYS(fstat64),        SCMP_SYS(newfstatat),
    SCMP_SYS(fstatat64),    SCMP_SYS(statx),          SCMP_SYS(stat),
    SCMP_SYS(stat64),       SCMP_SYS(poll),           SCMP_SYS(ppoll),
    SCMP_SYS(ppoll_time64), SCMP_SYS(clock_gettime),  SCMP_SYS(clock_gettime64),
    SCMP_SYS(gettimeofday), SCMP_SYS(time),           SCMP_SYS(brk),
    SCMP_SYS(munmap),       SCMP_SYS(mremap),         SCMP_SYS(madvise),
    SCMP_SYS(futex),        SCMP_SYS(futex_time64),   SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),         SCMP_SYS(sched_yield),    SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigreturn),    SCMP_SYS(sigaltstack),    SCMP_SYS(restart_syscall),
    SCMP_SYS(wait4),        SCMP_SYS(waitpid),        SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* Those that change a file, and are for outputs only. */
static const int changes[] = {
    SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64),
};

static bool allow_output(scmp_filter_ctx filter, int fd)
{
    bool ok = true;
    for (size_t i = 0; i < SPK_COUNT_OF(changes); i++) {
        ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, changes[i], 1, SCMP_A0(SCMP_CMP_EQ, (unsigned)fd, 0)) == 0;
    }
    return ok;
}

/*
 * Memory that no code can be put into; threads, but no processes: clone3 hides what it makes, and the C library can do
 * without.
 */
static bool allow_some(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const struct scmp_arg_cmp a_thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code) == 0
           && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap2), 1, no_code) == 0
           && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code) == 0
           && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, a_thread) == 0
           && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

/* A descriptor must not take the output's place, so none is duplicated. */
static bool allow_look(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp flags = SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, flags) == 0
           && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl64), 1, flags) == 0;
}

static bool restrict_calls(int output)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = filter != NULL;
    for (size_t i = 0; ok && i < SPK_COUNT_OF(calls); i++) {
        ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
    }
    ok = ok && allow_some(filter) && allow_look(filter) && allow_output(filter, STDERR_FILENO);
    ok = ok && (output == STDERR_FILENO || allow_output(filter, output));
    ok = ok && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok;
}

#else

static bool restrict_calls(int output)
{
    (void)output;
    return false;
}

#endif

/* ---- both ---- */

#define NOT_FENCED "decoding is not fenced in: "
#define PARTLY_FENCED "decoding is not wholly fenced in: "
#ifdef SPK_SECCOMP
#define NO_FILTER "the kernel has no filter of system calls (seccomp)"
#else
#define NO_FILTER "this build has no filter of system calls (libseccomp)"
#endif

/* Also what a program of another user is started with stays what it is now. */
static bool forbid_new_rights(void)
{
#ifdef __linux__
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
#else
    return false;
#endif
}

const char *spk_cli_fence_kind(void)
{
#if defined SPK_SANITIZED
    return "none, in a build with sanitizers";
#elif defined SPK_SECCOMP
    return "seccomp, Landlock";
#else
    return "Landlock";
#endif
}

const char *spk_cli_fence(int output)
{
#ifdef SPK_SANITIZED /* whose own threads and files the fence would keep out */
    (void)output;
    (void)restrict_files;
    (void)restrict_calls;
    (void)forbid_new_rights;
    return NOT_FENCED "this build has sanitizers";
#else
    if (!forbid_new_rights()) {
        return NOT_FENCED "the kernel has no no_new_privs";
    }
    bool files = restrict_files(); /* first: it takes calls that the filter forbids */
    bool filtered = restrict_calls(output);
    return filtered && files ? NULL
           : filtered        ? PARTLY_FENCED "the kernel has no Landlock"
           : files           ? PARTLY_FENCED NO_FILTER
                             : NOT_FENCED NO_FILTER ", and the kernel has no Landlock";
#endif
}
