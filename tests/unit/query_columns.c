/*
 * Columns from C: over all captures every field comes through the stream and is given back; wherever memory ends on the
 * way, the stream says so and nothing is leaked. That the values are those of the rows is tests/python/test_query.py's.
 */
#include "faults.h"

#include "support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <steelpkt.h>

/* Reads a stream to its end: its rows, or minus its errno. */
static int64_t drain(struct ArrowArrayStream *stream)
{
    int64_t rows = 0;
    for (;;) {
        struct ArrowArray array;
        int code = stream->get_next(stream, &array);
        if (code != 0) {
            assert_non_null(stream->get_last_error(stream));
            assert_int_equal(stream->get_next(stream, &array), code); /* and again */
            return -(int64_t)code;
        }
        if (array.release == NULL) {
            return rows;
        }
        rows += array.length;
        array.release(&array);
        assert_null(array.release);
    }
}

static struct spk_query *query_of(const char *const *names, size_t count, uint8_t occurrence)
{
    const struct spk_query_options options = { .occurrence = occurrence };
    struct spk_query *query = NULL;
    struct spk_error error = { 0 };
    if (spk_query_new(names, count, &options, &query, &error) != SPK_OK) {
        fail_msg("%s: %s", error.who, error.what);
    }
    return query;
}

static struct spk_query *query_of_everything(uint8_t occurrence)
{
    const struct spk_registry *registry = spk_registry_default();
    const char *names[4096];
    size_t count = 0;
    for (size_t i = 0; i < spk_registry_field_count(registry); i++) {
        names[count++] = spk_registry_field(registry, i)->name;
    }
    return query_of(names, count, occurrence);
}

struct visit {
    const struct spk_query *query;
    uint64_t rows;
};

static void read_all(const char *path, void *context)
{
    struct visit *visit = context;
    struct ArrowArrayStream stream;
    const struct spk_columns_options options = { .batch_rows = 100, .dictionary = true };
    assert_int_equal(spk_columns_open(visit->query, &options, &path, 1, &stream, NULL), SPK_OK);
    drain(&stream); /* a capture may be damaged */
    visit->rows += spk_columns_counts(&stream)->rows;
    stream.release(&stream);
    assert_null(stream.release);
}

static void every_field_of_every_capture(void **state)
{
    (void)state;
    for (uint8_t occurrence = SPK_OCCURRENCE_AUTO; occurrence <= SPK_OCCURRENCE_LAST; occurrence++) {
        struct spk_query *query = query_of_everything(occurrence);
        struct visit visit = { .query = query };
        for_each_capture(read_all, &visit);
        assert_true(visit.rows > 300);
        spk_query_free(query);
    }
}

static const char *dns_path(char *room, size_t size)
{
    snprintf(room, size, "%s/tests/captures/dns.pcap", getenv("STEELPKT_SOURCE"));
    return room;
}

static void wherever_memory_ends_the_stream_says_so(void **state)
{
    const char *names[] = { "frame.number", "_file",       "ip.src", "ip.addr",
                            "dns.qry.name", "udp.payload", "dns.a",  "dns.queries" };
    char room[1024];
    const char *path = dns_path(room, sizeof room);
    struct spk_query *query = query_of(names, SPK_COUNT_OF(names), SPK_OCCURRENCE_AUTO);
    const struct spk_columns_options options = { .batch_rows = 2, .dictionary = true };
    (void)state;
    fired = true;
    for (unsigned k = 1; fired; k++) {
        struct ArrowArrayStream stream;
        struct ArrowSchema schema;
        int64_t rows = -ENOMEM;
        fired = false;
        countdown = k;
        enum spk_status opened = spk_columns_open(query, &options, &path, 1, &stream, NULL);
        assert_int_equal(opened, fired ? SPK_ERR_MEMORY : SPK_OK);
        if (opened == SPK_OK) {
            int code = stream.get_schema(&stream, &schema);
            if (code == 0) {
                schema.release(&schema);
                rows = drain(&stream);
            }
            stream.release(&stream);
        }
        countdown = 0;
        assert_int_equal(rows < 0 ? rows : 0, fired ? -ENOMEM : 0);
    }
    spk_query_free(query);
}

/* Writes a capture of so many records of four bytes. */
static void write_records(char path[32], uint32_t count)
{
    static const uint8_t header[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, [18] = 1, [20] = SPK_LINK_ETHERNET };
    static const uint8_t record[20] = { 1, [8] = 4, [12] = 4 };
    strcpy(path, "/tmp/spk-columns-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    assert_non_null(file);
    fwrite(header, sizeof header, 1, file);
    for (uint32_t i = 0; i < count; i++) {
        fwrite(record, sizeof record, 1, file);
    }
    assert_int_equal(fclose(file), 0);
}

static void batches_have_as_many_rows_as_were_asked_for(void **state)
{
    static const struct {
        uint32_t asked;
        int64_t rows;
    } list[] = { { 0, 16384 }, { 1000, 1000 }, { 40000, 40000 }, { 65536, 65536 }, { 70000, 65536 } };
    const char *names[] = { "frame.len" };
    char room[32];
    const char *path = room;
    struct spk_query *query = query_of(names, 1, SPK_OCCURRENCE_AUTO);
    (void)state;
    write_records(room, 70000);
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        const struct spk_columns_options options = { .threads = 1, .batch_rows = list[i].asked };
        struct ArrowArrayStream stream;
        struct ArrowArray array;
        assert_int_equal(spk_columns_open(query, &options, &path, 1, &stream, NULL), SPK_OK);
        for (int k = 0; k < 2; k++) { /* where the capture has so many */
            assert_int_equal(stream.get_next(&stream, &array), 0);
            assert_int_equal(array.length, k == 0 || 2 * list[i].rows <= 70000 ? list[i].rows : 70000 - list[i].rows);
            array.release(&array);
        }
        stream.release(&stream);
    }
    unlink(path);
    spk_query_free(query);
}

static void a_child_that_was_moved_away_stays(void **state)
{
    const char *names[] = { "ip.src", "udp.srcport" };
    char room[1024];
    const char *path = dns_path(room, sizeof room);
    struct spk_query *query = query_of(names, 2, SPK_OCCURRENCE_AUTO);
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    (void)state;
    assert_int_equal(spk_columns_open(query, NULL, &path, 1, &stream, NULL), SPK_OK);
    assert_int_equal(stream.get_next(&stream, &array), 0);
    struct ArrowArray moved = *array.children[0];
    array.children[0]->release = NULL;
    array.release(&array);
    stream.release(&stream);
    const int32_t *offsets = moved.buffers[1];
    assert_memory_equal(moved.buffers[2], "192.0.2.15", 10);
    assert_int_equal(offsets[1], 10);
    moved.release(&moved);
    spk_query_free(query);
}

static void a_capture_that_is_not_there_is_an_error_of_the_first_batch(void **state)
{
    const char *names[] = { "ip.src" };
    char room[1024];
    const char *paths[] = { dns_path(room, sizeof room), "/nowhere/at/all.pcap" };
    struct spk_query *query = query_of(names, 1, SPK_OCCURRENCE_AUTO);
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    (void)state;
    assert_int_equal(spk_columns_open(query, NULL, paths, 2, &stream, NULL), SPK_OK);
    assert_int_equal(stream.get_next(&stream, &array), 0); /* the first capture's */
    assert_true(array.length > 0);
    array.release(&array);
    assert_int_equal(drain(&stream), -ENOENT);
    assert_string_equal(spk_columns_error(&stream)->who, "/nowhere/at/all.pcap");
    stream.release(&stream);
    spk_query_free(query);
}

static bool not_too_many(void *context, uint64_t read)
{
    *(uint64_t *)context = read;
    return read < 1000;
}

static void whoever_asks_can_end_it(void **state)
{
    const char *names[] = { "ip.src" };
    char room[1024];
    const char *paths[2000];
    struct spk_query *query = query_of(names, 1, SPK_OCCURRENCE_AUTO);
    struct ArrowArrayStream stream;
    uint64_t read = 0;
    const struct spk_columns_options options = { .tick = not_too_many, .tick_context = &read };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(paths); i++) {
        paths[i] = dns_path(room, sizeof room);
    }
    assert_int_equal(spk_columns_open(query, &options, paths, SPK_COUNT_OF(paths), &stream, NULL), SPK_OK);
    assert_int_equal(drain(&stream), -ECANCELED);
    assert_in_range(read, 1000, 10000);
    stream.release(&stream);
    spk_query_free(query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_every_capture),
        cmocka_unit_test(wherever_memory_ends_the_stream_says_so),
        cmocka_unit_test(batches_have_as_many_rows_as_were_asked_for),
        cmocka_unit_test(a_child_that_was_moved_away_stays),
        cmocka_unit_test(a_capture_that_is_not_there_is_an_error_of_the_first_batch),
        cmocka_unit_test(whoever_asks_can_end_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
