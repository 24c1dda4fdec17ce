/* A capture that is asked for part by part gives the very rows of the whole, as text, columns and groups. */
#define _GNU_SOURCE
#include "capture_support.h"
#include "support.h"

#include <steelpkt.h>

#include <string.h>

enum { COUNT = 600, TEXT_ROOM = 1 << 17 };

static const char *const names[] = { "frame.len", "frame.time_epoch", "frame.protocols", "eth.type", "ip.version" };

static const struct spk_writer_options forms[] = {
    { .format = SPK_FORMAT_PCAP, .nanoseconds = true },
    { .format = SPK_FORMAT_PCAPNG },
};

static char directory[256];
static struct spk_query *query;

/* Packets of two link types by turns from the middle on, so that a pcapng tells of a second interface there. */
static void write_capture(const char *path, const struct spk_writer_options *options)
{
    struct spk_writer *writer = NULL;
    uint8_t data[2048];
    assert_int_equal(spk_writer_open(path, options, &writer, NULL), SPK_OK);
    for (uint64_t i = 1; i <= COUNT; i++) {
        struct spk_record record = made_record(i, data);
        bool other = options->format == SPK_FORMAT_PCAPNG && i > COUNT / 2 && i % 2 == 0;
        record.link = other ? SPK_LINK_RAW : SPK_LINK_ETHERNET;
        assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    }
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
}

/* Appends the rows of a part, or with NULL of all, to text. */
static enum spk_status add_lines(const char *path, const struct spk_part *part, char *text, size_t *used,
                                 struct spk_error *error)
{
    const struct spk_pass_options options = { .threads = 1, .part = part };
    const struct spk_sink_options how = { .format = SPK_SINK_TSV };
    struct spk_out *out = NULL;
    struct spk_sink *sink = NULL;
    struct spk_lines *lines = NULL;
    assert_int_equal(spk_out_new(&out), SPK_OK);
    assert_int_equal(spk_sink_new(query, &how, out, &sink, NULL), SPK_OK);
    assert_int_equal(spk_lines_new(query, &options, &path, 1, sink, &lines, error), SPK_OK);
    enum spk_status status = SPK_OK;
    while (status == SPK_OK) {
        status = spk_lines_next(lines, error);
    }
    size_t len = 0;
    const char *made = spk_out_data(out, &len);
    assert_true(*used + len < TEXT_ROOM);
    memcpy(text + *used, made, len);
    *used += len;
    if (status < 0) {
        assert_string_equal(error->who, path); /* which the pass has a copy of */
        error->who = NULL;
    }
    spk_lines_free(lines);
    spk_sink_free(sink);
    spk_out_free(out);
    return status;
}

static uint64_t rows_in_columns(const char *path, const struct spk_part *part)
{
    const struct spk_columns_options options = { .threads = 1, .part = part, .batch_rows = 7 };
    struct ArrowArrayStream stream = { .release = NULL };
    struct ArrowArray batch = { .release = NULL };
    uint64_t rows = 0;
    assert_int_equal(spk_columns_open(query, &options, &path, 1, &stream, NULL), SPK_OK);
    while (stream.get_next(&stream, &batch) == 0 && batch.release != NULL) {
        rows += (uint64_t)batch.length;
        batch.release(&batch);
    }
    assert_int_equal(spk_columns_counts(&stream)->rows, rows);
    stream.release(&stream);
    return rows;
}

static struct spk_part part_of(const struct spk_splits *splits, size_t i)
{
    struct spk_part part = { .begin = splits->begins[i],
                             .end = i + 1 < splits->count ? splits->begins[i + 1] : splits->size,
                             .tells = splits->tells };
    while (part.tell_count < splits->tell_count && splits->tells[part.tell_count] <= part.begin) {
        part.tell_count++;
    }
    return part;
}

static void parts_are_the_whole(void **state)
{
    static char whole[TEXT_ROOM], parts[TEXT_ROOM];
    (void)state;
    for (size_t f = 0; f < SPK_COUNT_OF(forms); f++) {
        const char *path = path_in(directory, "made");
        struct spk_splits splits = { .count = 0 };
        struct spk_error error = { 0 };
        size_t size = 0;
        size_t used = 0;
        uint64_t rows = 0;
        unsigned told = 0;
        write_capture(path, &forms[f]);
        assert_int_equal(add_lines(path, NULL, whole, &size, &error), SPK_END);
        assert_int_equal(spk_splits_find(path, 40000, &splits, &error), SPK_OK);
        assert_true(splits.count > 5);
        for (size_t i = 0; i < splits.count; i++) {
            struct spk_part part = part_of(&splits, i);
            if (add_lines(path, &part, parts, &used, &error) != SPK_END) {
                fail_msg("part %zu: %s", i, error.what);
            }
            rows += rows_in_columns(path, &part);
            told += part.tell_count > 0;
        }
        assert_int_equal(used, size);
        assert_memory_equal(parts, whole, size);
        assert_int_equal(rows, COUNT);
        assert_true((told > 0) == (forms[f].format == SPK_FORMAT_PCAPNG));
        spk_splits_free(&splits);
    }
}

static void parts_that_there_are_not(void **state)
{
    static char text[TEXT_ROOM];
    const char *path = path_in(directory, "made.gz");
    const struct spk_writer_options packed = { .compression = SPK_COMPRESSION_GZIP };
    const struct spk_writer_options plain = { .compression = SPK_COMPRESSION_NONE };
    struct spk_splits splits = { .count = 0 };
    struct spk_part part = { .begin = 24, .end = 1000 };
    struct spk_error error = { 0 };
    size_t used = 0;
    (void)state;
    write_capture(path, &packed);
    assert_int_equal(spk_splits_find(path, 40000, &splits, &error), SPK_ERR_UNSUPPORTED);
    spk_splits_free(&splits);
    assert_int_equal(add_lines(path, &part, text, &used, &error), SPK_ERR_UNSUPPORTED);
    assert_string_equal(error.what, "it does not have this part");
    write_capture(path, &plain);
    const uint64_t beyond = UINT64_C(1) << 40; /* it tells of nothing there */
    part = (struct spk_part){ .begin = 24, .end = 1000, .tells = &beyond, .tell_count = 1 };
    assert_int_equal(add_lines(path, &part, text, &used, &error), SPK_ERR_UNSUPPORTED);
    assert_string_equal(error.what, "it does not have this part");
    assert_int_equal(used, 0);
    part = (struct spk_part){ .begin = 24, .end = 24 }; /* no record begins in it */
    assert_int_equal(add_lines(path, &part, text, &used, &error), SPK_END);
    assert_int_equal(used, 0);
}

/*
 * A damaged record is told of by the part that begins with it and no other. It does not say which packet of the whole file
 * it was: nobody has counted that.
 */
static void damage_where_a_part_begins(const char *path, const struct spk_splits *splits, size_t i)
{
    static char whole[TEXT_ROOM], parts[TEXT_ROOM];
    size_t size = 0, used = 0;
    struct spk_error alone = { .code = SPK_OK };
    assert_int_equal(add_lines(path, NULL, whole, &size, &alone), SPK_ERR_DAMAGED);
    assert_int_equal(alone.at, splits->begins[i]);
    for (size_t k = 0; k <= i; k++) {
        struct spk_part part = part_of(splits, k);
        struct spk_error error = { .code = SPK_OK };
        const uint64_t rows = rows_in_columns(path, &part);
        assert_true((rows > 0) == (k < i));
        assert_int_equal(add_lines(path, &part, parts, &used, &error), k < i ? SPK_END : SPK_ERR_DAMAGED);
        if (k == i) {
            assert_string_equal(error.what, alone.what);
            assert_true(error.has_at && error.at == alone.at);
            assert_int_equal(error.packet, 0);
        }
    }
    assert_int_equal(used, size);
    assert_memory_equal(parts, whole, size);
}

static void damage_in_a_part(void **state)
{
    (void)state;
    for (size_t f = 0; f < SPK_COUNT_OF(forms); f++) {
        const char *path = path_in(directory, "damaged");
        struct spk_splits splits = { .count = 0 };
        write_capture(path, &forms[f]);
        assert_int_equal(spk_splits_find(path, 40000, &splits, NULL), SPK_OK);
        struct bytes file = read_file(path);
        for (size_t i = 0; i < splits.count; i++) {
            uint8_t before[16];
            uint8_t *at = file.at + splits.begins[i]; /* the record's header */
            memcpy(before, at, sizeof before);
            memset(at, 0xff, sizeof before);
            write_file(path, file.at, file.size);
            damage_where_a_part_begins(path, &splits, i);
            memcpy(at, before, sizeof before);
        }
        free(file.at);
        spk_splits_free(&splits);
    }
}

static int set_up(void **state)
{
    const struct spk_query_options options = { .occurrence = SPK_OCCURRENCE_FIRST };
    struct spk_error error = { 0 };
    (void)state;
    make_directory(directory, sizeof directory);
    return spk_query_new(names, SPK_COUNT_OF(names), &options, &query, &error) != SPK_OK;
}

static int tear_down(void **state)
{
    (void)state;
    spk_query_free(query);
    remove_directory(directory);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_the_whole),
        cmocka_unit_test(parts_that_there_are_not),
        cmocka_unit_test(damage_in_a_part),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
