/*
 * calls: the system calls that decoding, reading and writing need, as rows, and the kernel's filter (seccomp) made of them.
 *
 * The filter is written here, and not by libseccomp, because that falls apart when memory ends: where one of its allocations
 * fails it may run for ever, free a block twice, or report success for a filter that lacks rules, of which the process then
 * dies (2.5.4). This one is made on the stack: it takes no memory, so it is whole or it is not loaded.
 *
 * The program: a call in another processor's numbering is refused; then each row lets its call pass, where it has a
 * condition only with such an argument; what no row lets pass is refused with EPERM, x32's numbers too. Only the low half of
 * an argument is looked at: descriptors, protections, flags and commands have no more, and the kernel itself takes no more
 * of them.
 */
#define _GNU_SOURCE
#include "fence.h"

#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/seccomp.h>
#endif

/*
 * The kernel's name for the processor and the way its calls are numbered; where it is not here, there is no filter, and the
 * fence says so. The name alone would not do for others: the rows below need a processor that takes an argument's low half
 * first, mmap's protection as its third argument and clone's flags as its first. An s390x does none of these.
 */
#if defined __x86_64__
#define NUMBERING AUDIT_ARCH_X86_64
#elif defined __i386__
#define NUMBERING AUDIT_ARCH_I386
#elif defined __aarch64__ && defined __LP64__ && !defined __AARCH64EB__
#define NUMBERING AUDIT_ARCH_AARCH64
#elif defined __arm__ && !defined __ARMEB__
#define NUMBERING AUDIT_ARCH_ARM
#elif defined __riscv && __riscv_xlen == 64
#define NUMBERING AUDIT_ARCH_RISCV64
#elif defined __powerpc64__ && defined __LITTLE_ENDIAN__
#define NUMBERING AUDIT_ARCH_PPC64LE
#elif defined __loongarch_lp64 && defined AUDIT_ARCH_LOONGARCH64
#define NUMBERING AUDIT_ARCH_LOONGARCH64
#endif

#if defined __linux__ && defined NUMBERING

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Those that need no condition: they read, wait, look at the clock, take and give back memory, handle signals and end. */
static const int always[] = {
    SYS_read,
    SYS_readv,
    SYS_pread64,
    SYS_close,
    SYS_ppoll,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_futex,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_wait4,
    SYS_restart_syscall,
    SYS_sched_yield,
    SYS_getrandom,
    SYS_set_robust_list,
    SYS_exit,
    SYS_exit_group,
/* and those that not every processor or system has */
#ifdef SYS_recvfrom
    SYS_recvfrom,
#endif
#ifdef SYS_recvmsg
    SYS_recvmsg,
#endif
#ifdef SYS_getsockopt
    SYS_getsockopt,
#endif
#ifdef SYS_lseek
    SYS_lseek,
#endif
#ifdef SYS__llseek
    SYS__llseek,
#endif
#ifdef SYS_fstat
    SYS_fstat,
#endif
#ifdef SYS_fstat64
    SYS_fstat64,
#endif
#ifdef SYS_newfstatat
    SYS_newfstatat,
#endif
#ifdef SYS_fstatat64
    SYS_fstatat64,
#endif
#ifdef SYS_statx
    SYS_statx,
#endif
#ifdef SYS_stat
    SYS_stat,
#endif
#ifdef SYS_stat64
    SYS_stat64,
#endif
#ifdef SYS_poll
    SYS_poll,
#endif
#ifdef SYS_ppoll_time64
    SYS_ppoll_time64,
#endif
#ifdef SYS_clock_gettime64
    SYS_clock_gettime64,
#endif
#ifdef SYS_time
    SYS_time,
#endif
#ifdef SYS_futex_time64
    SYS_futex_time64,
#endif
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_sigreturn
    SYS_sigreturn,
#endif
#ifdef SYS_waitpid
    SYS_waitpid,
#endif
};

/* One that is allowed only where argument & mask is value. */
struct call {
    int number;
    uint8_t argument; /* from 0 on */
    uint32_t mask, value;
};

static const struct call some[] = {
/* memory that no code can be put into */
#ifdef SYS_mmap2 /* the older one has its arguments in memory, where nobody can look at them */
    { .number = SYS_mmap2, .argument = 2, .mask = PROT_EXEC, .value = 0 },
#else
    { .number = SYS_mmap, .argument = 2, .mask = PROT_EXEC, .value = 0 },
#endif
    { .number = SYS_mprotect, .argument = 2, .mask = PROT_EXEC, .value = 0 },
    /* threads, but no processes */
    { .number = SYS_clone, .argument = 0, .mask = CLONE_THREAD, .value = CLONE_THREAD },
    /* a descriptor must not take the output's place, so none is duplicated */
    { .number = SYS_fcntl, .argument = 1, .mask = UINT32_MAX, .value = F_GETFL },
#ifdef SYS_fcntl64
    { .number = SYS_fcntl64, .argument = 1, .mask = UINT32_MAX, .value = F_GETFL },
#endif
#ifdef SYS_socketcall /* recvfrom, getsockopt and recvmsg where they are one call, by their numbers in linux/net.h */
    { .number = SYS_socketcall, .argument = 0, .mask = UINT32_MAX, .value = SYS_RECVFROM },
    { .number = SYS_socketcall, .argument = 0, .mask = UINT32_MAX, .value = SYS_GETSOCKOPT },
    { .number = SYS_socketcall, .argument = 0, .mask = UINT32_MAX, .value = SYS_RECVMSG },
#endif
};

/* Those that change a file, and are for outputs only: their first argument is the descriptor. */
static const int changes[] = {
    SYS_write,       SYS_writev, SYS_pwrite64,
#ifdef SYS_ftruncate
    SYS_ftruncate,
#endif
#ifdef SYS_ftruncate64
    SYS_ftruncate64,
#endif
};

enum {
    PLAIN = 2,       /* instructions of a call without a condition, */
    CONDITIONAL = 6, /* of one with a condition, */
    AROUND = 7,      /* and before and behind them all */
    OUTPUTS = 2,
    MOST = SPK_COUNT_OF(always) * PLAIN + (SPK_COUNT_OF(some) + OUTPUTS * SPK_COUNT_OF(changes)) * CONDITIONAL + AROUND,
    NUMBER_AT = offsetof(struct seccomp_data, nr),
    NUMBERING_AT = offsetof(struct seccomp_data, arch),
    ARGUMENTS_AT = offsetof(struct seccomp_data, args), /* 64 bits each; all processors here have the low half first */
};

struct program {
    struct sock_filter code[MOST];
    unsigned short count;
};

static void put(struct program *program, uint16_t code, uint32_t operand)
{
    program->code[program->count++] = (struct sock_filter)BPF_STMT(code, operand);
}

/* What was loaded is compared; where it is something else, the next instructions are passed over. */
static void put_unless(struct program *program, uint32_t value, uint8_t passed_over)
{
    program->code[program->count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, passed_over);
}

static void put_load(struct program *program, uint32_t at)
{
    put(program, BPF_LD | BPF_W | BPF_ABS, at);
}

static void put_answer(struct program *program, uint32_t answer)
{
    put(program, BPF_RET | BPF_K, answer);
}

/* The call's number is loaded, and is again behind this. */
static void put_plain(struct program *program, int number, uint32_t answer)
{
    put_unless(program, (uint32_t)number, PLAIN - 1);
    put_answer(program, answer);
}

/* The same. */
static void put_conditional(struct program *program, const struct call *call)
{
    put_unless(program, (uint32_t)call->number, CONDITIONAL - 1);
    put_load(program, ARGUMENTS_AT + (uint32_t)sizeof(uint64_t) * call->argument);
    put(program, BPF_ALU | BPF_AND | BPF_K, call->mask);
    put_unless(program, call->value, 1);
    put_answer(program, SECCOMP_RET_ALLOW);
    put_load(program, NUMBER_AT);
}

static void put_change(struct program *program, int number, int output)
{
    const struct call call = { .number = number, .argument = 0, .mask = UINT32_MAX, .value = (uint32_t)output };
    put_conditional(program, &call);
}

bool spk_cli_restrict_calls(int output)
{
    const uint32_t refused = SECCOMP_RET_ERRNO | EPERM;
    struct program program = { .count = 0 };
    put_load(&program, NUMBERING_AT);
    program.code[program.count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NUMBERING, 1, 0);
    put_answer(&program, refused);
    put_load(&program, NUMBER_AT);
    for (size_t i = 0; i < SPK_COUNT_OF(always); i++) {
        put_plain(&program, always[i], SECCOMP_RET_ALLOW);
    }
    for (size_t i = 0; i < SPK_COUNT_OF(some); i++) {
        put_conditional(&program, &some[i]);
    }
    for (size_t i = 0; i < SPK_COUNT_OF(changes); i++) {
        put_change(&program, changes[i], STDERR_FILENO);
        put_change(&program, changes[i], output);
    }
#ifdef SYS_clone3 /* which hides what it makes; the C library can do without where there is none */
    put_plain(&program, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
#endif
    put_answer(&program, refused);
    const struct sock_fprog all = { .len = program.count, .filter = program.code };
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all, 0, 0) == 0;
}

bool spk_cli_can_restrict_calls(void)
{
    return true;
}

#else

bool spk_cli_restrict_calls(int output)
{
    (void)output;
    return false;
}

bool spk_cli_can_restrict_calls(void)
{
    return false;
}

#endif
