/* fence: the filter of system calls (calls.c), and Landlock over the files. */
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

/* ---- both ---- */

#define NOT_FENCED "decoding is not fenced in: "
#define PARTLY_FENCED "decoding is not wholly fenced in: "
#define NO_FILTER "the kernel has no filter of system calls (seccomp)"
#define NO_NUMBERS "this build does not know the system calls of this processor"
#define NEITHER ", and the kernel has no Landlock"

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
#else
    return spk_cli_can_restrict_calls() ? "seccomp, Landlock" : "Landlock";
#endif
}

const char *spk_cli_fence(int output)
{
#ifdef SPK_SANITIZED /* whose own threads and files the fence would keep out */
    (void)output;
    (void)restrict_files;
    (void)forbid_new_rights;
    return NOT_FENCED "this build has sanitizers";
#else
    if (!forbid_new_rights()) {
        return NOT_FENCED "the kernel has no no_new_privs";
    }
    bool files = restrict_files(); /* first: it takes calls that the filter forbids */
    bool filtered = spk_cli_restrict_calls(output);
    if (filtered) {
        return files ? NULL : PARTLY_FENCED "the kernel has no Landlock";
    }
    if (!spk_cli_can_restrict_calls()) {
        return files ? PARTLY_FENCED NO_NUMBERS : NOT_FENCED NO_NUMBERS NEITHER;
    }
    return files ? PARTLY_FENCED NO_FILTER : NOT_FENCED NO_FILTER NEITHER;
#endif
}
