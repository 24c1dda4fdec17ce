/*
 * The filter of system calls, as the kernel would run it: each row lets pass what it says and nothing else does, whoever
 * numbers the calls.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/calls.c"

#ifdef NUMBERING

#include <string.h>

enum { OUTPUT = 7, REFUSED = SECCOMP_RET_ERRNO | EPERM, NUMBERS = 1024, X32 = 0x40000000 };

static struct sock_filter loaded[BPF_MAXINSNS];
static unsigned loaded_count;

/* In the place of the C library's: the filter that is loaded comes here. */
int prctl(int option, ...)
{
    va_list rest;
    va_start(rest, option);
    assert_int_equal(option, PR_SET_SECCOMP);
    assert_int_equal(va_arg(rest, int), SECCOMP_MODE_FILTER);
    const struct sock_fprog *program = va_arg(rest, const struct sock_fprog *);
    va_end(rest);
    assert_true(program->len <= MOST);
    memcpy(loaded, program->filter, program->len * sizeof loaded[0]);
    loaded_count = program->len;
    return 0;
}

static uint32_t answer_to(const struct seccomp_data *data)
{
    uint32_t a = 0;
    for (unsigned at = 0; at < loaded_count; at++) {
        const struct sock_filter *one = &loaded[at];
        switch (one->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            assert_true(one->k % 4 == 0 && one->k + sizeof a <= sizeof *data);
            memcpy(&a, (const uint8_t *)data + one->k, sizeof a);
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            a &= one->k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            at += a == one->k ? one->jt : one->jf;
            break;
        case BPF_RET | BPF_K:
            return one->k;
        default:
            fail_msg("instruction %u is of another kind: %u", at, one->code);
        }
    }
    fail_msg("the filter has no end");
    return 0;
}

/* The argument that the rows look at has this value, the others have all bits. */
static uint32_t answer(uint32_t numbering, uint32_t number, unsigned argument, uint64_t value)
{
    struct seccomp_data data = { .nr = (int)number, .arch = numbering };
    memset(data.args, 0xff, sizeof data.args);
    data.args[argument] = value;
    return answer_to(&data);
}

static int set_up(void **unused)
{
    (void)unused;
    return spk_cli_restrict_calls(OUTPUT) ? 0 : 1;
}

static bool is_let_pass(const struct call *call, uint32_t value)
{
    bool passes = false;
    for (size_t i = 0; i < SPK_COUNT_OF(some); i++) { /* several rows may be of one call */
        passes = passes || (some[i].number == call->number && (value & some[i].mask) == some[i].value);
    }
    return passes;
}

static void each_row_lets_pass_what_it_says(void **unused)
{
    const uint64_t high = 0xa5a5a5a500000000; /* which the kernel does not look at */
    (void)unused;
    for (size_t i = 0; i < SPK_COUNT_OF(always); i++) {
        assert_int_equal(answer(NUMBERING, (uint32_t)always[i], 0, 0), SECCOMP_RET_ALLOW);
    }
    for (size_t i = 0; i < SPK_COUNT_OF(some); i++) {
        const struct call *call = &some[i];
        const uint32_t number = (uint32_t)call->number;
        assert_int_equal(answer(NUMBERING, number, call->argument, high | call->value), SECCOMP_RET_ALLOW);
        for (unsigned bit = 0; bit < 32; bit++) {
            const uint32_t flipped = call->value ^ UINT32_C(1) << bit;
            assert_int_equal(answer(NUMBERING, number, call->argument, high | flipped),
                             is_let_pass(call, flipped) ? (int)SECCOMP_RET_ALLOW : (int)REFUSED);
        }
    }
}

static void only_two_descriptors_are_written_to(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < SPK_COUNT_OF(changes); i++) {
        for (uint32_t fd = 0; fd < 1000; fd++) {
            const bool may = fd == OUTPUT || fd == STDERR_FILENO;
            assert_int_equal(answer(NUMBERING, (uint32_t)changes[i], 0, fd), may ? SECCOMP_RET_ALLOW : REFUSED);
        }
        assert_int_equal(answer(NUMBERING, (uint32_t)changes[i], 0, UINT64_MAX), REFUSED);
    }
}

static bool has_row(uint32_t number)
{
    bool has = false;
    for (size_t i = 0; i < SPK_COUNT_OF(always); i++) {
        has = has || (uint32_t)always[i] == number;
    }
    for (size_t i = 0; i < SPK_COUNT_OF(some); i++) {
        has = has || (uint32_t)some[i].number == number;
    }
    for (size_t i = 0; i < SPK_COUNT_OF(changes); i++) {
        has = has || (uint32_t)changes[i] == number;
    }
    return has;
}

static void nothing_else_passes(void **unused)
{
    (void)unused;
    for (uint32_t number = 0; number < NUMBERS; number++) {
        for (uint64_t value = 0; value < 16; value++) {
            assert_int_equal(answer(NUMBERING, number | X32, 0, value), REFUSED);
            assert_int_equal(answer(NUMBERING ^ 1, number, 0, value), REFUSED);
            assert_int_equal(answer(NUMBERING ^ 0x80000000, number, 0, value), REFUSED);
            if (!has_row(number)) {
                const bool hidden = number == SYS_clone3;
                assert_int_equal(answer(NUMBERING, number, 0, value),
                                 hidden ? (int)(SECCOMP_RET_ERRNO | ENOSYS) : (int)REFUSED);
            }
        }
    }
}

/* Whatever the rows may say one day. */
static void what_does_harm_has_no_row(void **unused)
{
    static const int harm[] = { SYS_openat, SYS_socket,       SYS_connect, SYS_sendto,   SYS_sendmsg,
                                SYS_execve, SYS_execveat,     SYS_ptrace,  SYS_kill,     SYS_tgkill,
                                SYS_prctl,  SYS_dup,          SYS_dup3,    SYS_unlinkat, SYS_process_vm_writev,
                                SYS_bpf,    SYS_memfd_create, SYS_setuid,  SYS_ioctl,    SYS_unshare };
    (void)unused;
    for (size_t i = 0; i < SPK_COUNT_OF(harm); i++) {
        assert_false(has_row((uint32_t)harm[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_lets_pass_what_it_says),
        cmocka_unit_test(only_two_descriptors_are_written_to),
        cmocka_unit_test(nothing_else_passes),
        cmocka_unit_test(what_does_harm_has_no_row),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}

#else

static void there_is_none(void **unused)
{
    (void)unused;
    assert_false(spk_cli_can_restrict_calls());
    assert_false(spk_cli_restrict_calls(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(there_is_none) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
