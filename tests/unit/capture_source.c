/*
 * What a capture may come from: a FIFO, a file that grows or shrinks under the reader, a sparse file of a
 * terabyte, a loop of links.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_support.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#define COUNT 4000

enum { LINK_DBUS = 231 }; /* one whose records may be long */

static char directory[256];

static int set_up(void **unused)
{
    (void)unused;
    signal(SIGPIPE, SIG_IGN);
    make_directory(directory, sizeof directory);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    remove_directory(directory);
    return 0;
}

static void write_made(const char *path, uint64_t count)
{
    struct spk_writer *writer;
    uint8_t data[2048];
    assert_int_equal(spk_writer_open(path, NULL, &writer, NULL), SPK_OK);
    for (uint64_t i = 1; i <= count; i++) {
        struct spk_record record = made_record(i, data);
        assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    }
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
}

struct drip {
    struct bytes bytes;
    char path[512];
};

static void *into_fifo(void *argument)
{
    const struct drip *drip = argument;
    int fd = open(drip->path, O_WRONLY);
    size_t at = 0;
    while (at < drip->bytes.size) {
        size_t left = drip->bytes.size - at;
        ssize_t n = write(fd, drip->bytes.at + at, left < 7001 ? left : 7001);
        if (n <= 0) {
            break;
        }
        at += (size_t)n;
    }
    close(fd);
    return NULL;
}

/* By path, and one that dries up in the middle of a record. */
static void a_fifo(void **unused)
{
    struct drip drip;
    pthread_t thread;
    (void)unused;
    write_made(path_in(directory, "whole"), COUNT);
    drip.bytes = read_file(path_in(directory, "whole"));
    snprintf(drip.path, sizeof drip.path, "%s", path_in(directory, "fifo"));
    assert_int_equal(mkfifo(drip.path, 0600), 0);
    for (size_t cut = 0; cut <= 1; cut++) {
        drip.bytes.size -= cut;
        pthread_create(&thread, NULL, into_fifo, &drip);
        struct outcome out = read_path(drip.path, false);
        pthread_join(thread, NULL);
        assert_int_equal(out.status, cut == 0 ? SPK_END : SPK_ERR_CUT);
        assert_int_equal(out.packets, COUNT - cut);
    }
    free(drip.bytes.at);
}

/* A record is given as soon as it is there: a pipe need not say more first. */
static void no_waiting_for_more(void **unused)
{
    int ends[2];
    struct spk_reader *reader;
    struct spk_record record;
    (void)unused;
    write_made(path_in(directory, "two"), 2);
    struct bytes bytes = read_file(path_in(directory, "two"));
    uint8_t data[2048];
    struct spk_record first = made_record(1, data);
    size_t begin = 24 + 16 + first.caplen;
    assert_int_equal(pipe(ends), 0);
    alarm(20); /* a reader that waits here would wait for ever */
    assert_int_equal(write(ends[1], bytes.at, begin), begin);
    assert_int_equal(spk_reader_open_fd(ends[0], "pipe", &reader, NULL), SPK_OK);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
    assert_int_equal(write(ends[1], bytes.at + begin, bytes.size - begin), bytes.size - begin);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
    close(ends[1]);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_END);
    alarm(0);
    spk_reader_close(reader);
    close(ends[0]);
    free(bytes.at);
}

static void a_file_that_shrinks(void **unused)
{
    struct spk_reader *reader;
    struct spk_record record;
    struct spk_error error;
    uint64_t packets = 0;
    enum spk_status status;
    (void)unused;
    write_made(path_in(directory, "shrinks"), COUNT);
    assert_int_equal(spk_reader_open(path_in(directory, "shrinks"), &reader, NULL), SPK_OK);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
    assert_int_equal(truncate(path_in(directory, "shrinks"), 1000001), 0);
    while ((status = spk_reader_next(reader, &record, &error)) == SPK_OK) {
        packets++;
    }
    assert_true(packets > 0 && packets < COUNT);
    assert_int_equal(status, SPK_ERR_CUT);
    spk_reader_close(reader);
}

static void a_file_that_grows(void **unused)
{
    struct spk_reader *reader;
    struct spk_record record;
    uint64_t packets = 0;
    (void)unused;
    write_made(path_in(directory, "grows"), COUNT);
    struct bytes bytes = read_file(path_in(directory, "grows"));
    assert_int_equal(spk_reader_open(path_in(directory, "grows"), &reader, NULL), SPK_OK);
    while (spk_reader_next(reader, &record, NULL) == SPK_OK) {
        if (++packets == 1) {
            int fd = open(path_in(directory, "grows"), O_WRONLY | O_APPEND);
            assert_int_equal(write(fd, bytes.at + 24, bytes.size - 24), bytes.size - 24);
            close(fd);
        }
    }
    assert_int_equal(packets, 2 * COUNT);
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_END); /* and an end stays one */
    spk_reader_close(reader);
    free(bytes.at);
}

static void a_sparse_terabyte(void **unused)
{
    (void)unused;
    write_made(path_in(directory, "sparse"), 3);
    if (truncate(path_in(directory, "sparse"), (off_t)1 << 40) != 0) {
        skip(); /* not on this file system */
    }
    struct outcome out = read_path(path_in(directory, "sparse"), false);
    assert_int_equal(out.status, SPK_ERR_CUT);
    assert_int_equal(out.packets, 3);
    assert_non_null(strstr(out.what, "zero-filled"));
}

static void a_loop_of_links(void **unused)
{
    char a[512];
    (void)unused;
    snprintf(a, sizeof a, "%s", path_in(directory, "a"));
    assert_int_equal(symlink("b", a), 0);
    assert_int_equal(symlink("a", path_in(directory, "b")), 0);
    struct outcome out = read_path(a, false);
    assert_int_equal(out.status, SPK_ERR_IO);
    assert_int_equal(out.error.sys_errno, ELOOP);
}

/* A capture in memory behind functions, which give and take a few bytes at a time, and fail where told to. */
struct held {
    uint8_t *at;
    size_t size, done;
    size_t fails_at;
};

static ptrdiff_t give(void *context, void *to, size_t size)
{
    struct held *held = context;
    size_t n = held->size - held->done;
    n = n < size ? n : size;
    n = n < 1000 ? n : 1000;
    if (held->fails_at > 0 && held->done >= held->fails_at) {
        return -1;
    }
    memcpy(to, held->at + held->done, n);
    held->done += n;
    return (ptrdiff_t)n;
}

static ptrdiff_t take(void *context, const void *from, size_t size)
{
    struct held *held = context;
    size_t n = size < 700 ? size : 700;
    if (held->fails_at > 0 && held->done >= held->fails_at) {
        return -1;
    }
    assert_true(held->done + n <= held->size);
    memcpy(held->at + held->done, from, n);
    held->done += n;
    return (ptrdiff_t)n;
}

static void functions_give_and_take(void **unused)
{
    const char *path = path_in(directory, "whole.pcap");
    struct spk_reader *reader;
    struct spk_writer *writer;
    struct spk_error error;
    uint8_t data[2048];
    (void)unused;
    write_made(path, COUNT);
    struct bytes file = read_file(path);
    struct held source = { .at = file.at, .size = file.size };
    struct spk_reader_options options = { .read = give, .context = &source, .name = "held" };
    assert_int_equal(spk_reader_open_with(&options, &reader, &error), SPK_OK);
    struct outcome by_function = read_on(reader, false);
    struct outcome by_path = read_path(path, false);
    spk_reader_close(reader);
    assert_int_equal(by_function.status, SPK_END);
    assert_int_equal(by_function.packets, COUNT);
    assert_true(by_function.sum == by_path.sum);

    source = (struct held){ .at = file.at, .size = file.size, .fails_at = file.size / 2 };
    assert_int_equal(spk_reader_open_with(&options, &reader, &error), SPK_OK);
    by_function = read_on(reader, false);
    spk_reader_close(reader);
    assert_int_equal(by_function.status, SPK_ERR_IO);
    assert_in_range(by_function.packets, COUNT / 2 - 100, COUNT / 2 + 100);

    struct held sink = { .at = malloc(file.size), .size = file.size };
    struct spk_writer_options link = { .has_link = true, .link = SPK_LINK_ETHERNET };
    assert_int_equal(spk_writer_open_function(take, &sink, "held", &link, &writer, &error), SPK_OK);
    assert_int_equal(spk_writer_flush(writer, &error), SPK_OK);
    assert_int_equal(sink.done, 24); /* the link type is known, so the header stands there already */
    for (uint64_t i = 1; i <= COUNT; i++) {
        struct spk_record record = made_record(i, data);
        assert_int_equal(spk_writer_write(writer, &record, &error), SPK_OK);
    }
    assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_OK);
    assert_int_equal(sink.done, file.size);
    assert_memory_equal(sink.at, file.at, file.size);

    sink = (struct held){ .at = sink.at, .size = file.size, .fails_at = 1 };
    assert_int_equal(spk_writer_open_function(take, &sink, "held", &link, &writer, &error), SPK_OK);
    assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_OK); /* 24 bytes are taken at once */
    sink.done = 0;
    sink.fails_at = 10;
    assert_int_equal(spk_writer_open_function(take, &sink, "held", &link, &writer, &error), SPK_OK);
    struct spk_record record = made_record(2, data);
    assert_int_equal(spk_writer_write(writer, &record, &error), SPK_OK);
    assert_int_equal(spk_writer_close(writer, NULL, &error), SPK_ERR_IO);
    assert_int_equal(error.sys_errno, 0);
    free(sink.at);
    free(file.at);
}

/* As give, but as much as is asked for. */
static ptrdiff_t give_all(void *context, void *to, size_t size)
{
    struct held *held = context;
    size_t n = held->size - held->done < size ? held->size - held->done : size;
    memcpy(to, held->at + held->done, n);
    held->done += n;
    return (ptrdiff_t)n;
}

/* Behind the byte from which on hardly anything is wanted, little is read at once, and the records are the same. */
static void little_behind_what_is_wanted(void **unused)
{
    const char *path = path_in(directory, "wanted.pcap");
    struct spk_reader *reader;
    struct spk_record record;
    (void)unused;
    write_made(path, COUNT);
    struct bytes file = read_file(path);
    const struct outcome by_path = read_path(path, false);
    for (size_t until = 0; until < file.size - 2048; until += file.size / 3) {
        struct held source = { .at = file.at, .size = file.size };
        struct spk_reader_options options = { .read = give_all, .context = &source, .name = "held" };
        uint64_t sum = 1;
        size_t read_until = 0;
        assert_int_equal(spk_reader_open_with(&options, &reader, NULL), SPK_OK);
        spk_reader_until(reader, until);
        while (spk_reader_next(reader, &record, NULL) == SPK_OK) {
            uint64_t one = record_digest(&record);
            sum = digest(sum, &one, sizeof one);
            read_until = read_until == 0 && record.offset >= until ? source.done : read_until;
        }
        /* a buffer that was filled before it was said, or 16 KiB and the record that reaches over their end */
        assert_in_range(read_until, until, (until < 512 * 1024 ? 512 * 1024 : until) + 16 * 1024 + 2048);
        assert_true(sum == by_path.sum);
        spk_reader_close(reader);
    }
    free(file.at);
}

/* One that is longer than what is read at once, and than the buffer. */
static void a_long_record_behind_what_is_wanted(void **unused)
{
    const char *path = path_in(directory, "long.pcap");
    const struct spk_writer_options link = { .has_link = true, .link = LINK_DBUS };
    uint8_t *data = calloc(1, 2000000);
    struct spk_reader *reader;
    struct spk_writer *writer;
    struct spk_record record = { .data = data, .has_time = true, .link = LINK_DBUS };
    (void)unused;
    assert_int_equal(spk_writer_open(path, &link, &writer, NULL), SPK_OK);
    for (uint32_t size = 100000; size <= 1600000; size *= 4) {
        record.caplen = record.len = size;
        data[size - 1] = (uint8_t)(size / 100000);
        assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    }
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    assert_int_equal(spk_reader_open(path, &reader, NULL), SPK_OK);
    spk_reader_until(reader, 24);
    for (uint32_t size = 100000; size <= 1600000; size *= 4) {
        assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_OK);
        assert_int_equal(record.caplen, size);
        assert_memory_equal(record.data, data, size);
    }
    assert_int_equal(spk_reader_next(reader, &record, NULL), SPK_END);
    spk_reader_close(reader);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fifo),
        cmocka_unit_test(no_waiting_for_more),
        cmocka_unit_test(a_file_that_shrinks),
        cmocka_unit_test(a_file_that_grows),
        cmocka_unit_test(a_sparse_terabyte),
        cmocka_unit_test(a_loop_of_links),
        cmocka_unit_test(functions_give_and_take),
        cmocka_unit_test(little_behind_what_is_wanted),
        cmocka_unit_test(a_long_record_behind_what_is_wanted),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
