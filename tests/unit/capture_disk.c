/*
 * A full disk, at many sizes, for every format and compression: the file is left with whole records,
 * and how many they are is said.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_support.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static char directory[256];

static int set_up(void **unused)
{
    (void)unused;
    make_directory(directory, sizeof directory);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    remove_directory(directory);
    return 0;
}

/* Writes until a limit on the file's size stops it; in a child, whose limit it is. */
static uint64_t fill_disk(const struct spk_writer_options *options, rlim_t limit)
{
    int ends[2];
    uint64_t safe[2] = { 0, 0 };
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit size = { limit, limit };
        struct spk_writer *writer;
        struct spk_error error = { .code = SPK_OK }, second = { .code = SPK_OK };
        uint8_t data[2048];
        bool good = true;
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &size);
        if (spk_writer_open(path_in(directory, "full"), options, &writer, &error) != SPK_OK) {
            _exit(2);
        }
        enum spk_status status = SPK_OK;
        for (uint64_t i = 1; i <= 3000 && status == SPK_OK; i++) {
            struct spk_record record = made_record(i, data);
            status = spk_writer_write(writer, &record, &error);
        }
        if (status != SPK_OK) {
            safe[1] = spk_writer_safe(writer);
            good = spk_writer_flush(writer, &second) == SPK_ERR_IO && second.sys_errno == error.sys_errno;
        }
        status = spk_writer_close(writer, &safe[0], &error);
        if (status == SPK_OK && options->compression != SPK_COMPRESSION_NONE) {
            _exit(write(ends[1], safe, sizeof safe) == (ssize_t)sizeof safe && safe[0] == 3000 ? 0 : 1);
        }
        good = good && status == SPK_ERR_IO && error.sys_errno == EFBIG && error.packet == safe[0] + 1
               && (safe[1] == 0 || safe[1] == safe[0]);
        good = good && write(ends[1], safe, sizeof safe) == (ssize_t)sizeof safe;
        _exit(good ? 0 : 1);
    }
    int status = -1;
    close(ends[1]);
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(read(ends[0], safe, sizeof safe), sizeof safe);
    close(ends[0]);
    struct bytes left = read_file(path_in(directory, "full"));
    assert_true(left.size <= limit);
    if (left.size == 0) {
        assert_true(safe[0] == 0);
    } else {
        struct outcome out = read_path(path_in(directory, "full"), false);
        assert_int_equal(out.status, SPK_END); /* whole records and nothing else */
        assert_true(out.packets == safe[0]);
        if (options->compression == SPK_COMPRESSION_NONE) {
            assert_true(limit - left.size < 2100); /* no more was given up than one record */
        }
    }
    free(left.at);
    return safe[0];
}

static void full_disk(void **unused)
{
    const rlim_t limits[] = { 0, 1, 23, 24, 25, 40, 100, 1000, 4096, 100000, 262144, 262145, 300000, 700000, 1000001 };
    unsigned partly[4] = { 0 };
    (void)unused;
    for (size_t i = 0; i < SPK_COUNT_OF(limits); i++) {
        for (int kind = 0; kind < 4; kind++) {
            for (int format = 1; format <= 2; format++) {
                struct spk_writer_options options = { .format = (enum spk_format)format,
                                                      .compression = (enum spk_compression)kind };
                if (kind == 0 || limits[i] <= 100000) { /* packed, all of it would fit */
                    fill_disk(&options, limits[i]);
                }
            }
        }
    }
    for (rlim_t limit = 500; limit < 60000; limit += 2003) { /* in every bufferful that is packed */
        for (int kind = 1; kind < 4; kind++) {
            struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG,
                                                  .compression = (enum spk_compression)kind };
            uint64_t safe = fill_disk(&options, limit);
            if (safe > 0 && safe < 3000) {
                struct stat left;
                assert_int_equal(stat(path_in(directory, "full"), &left), 0);
                for (rlim_t less = 1; less <= 4; less++) { /* no room for the frame's end: a bufferful less */
                    fill_disk(&options, (rlim_t)left.st_size - less);
                }
                partly[kind]++;
            }
        }
    }
    for (int kind = 1; kind < 4; kind++) {
        assert_true(partly[kind] > 0); /* or nothing was ended early here */
    }
    for (rlim_t limit = 0; limit < 3000; limit += 7) {
        struct spk_writer_options options = { .format = limit % 2 == 0 ? SPK_FORMAT_PCAP : SPK_FORMAT_PCAPNG };
        fill_disk(&options, limit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_disk),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
