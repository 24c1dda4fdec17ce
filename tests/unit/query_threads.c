/*
 * Threads: captures cut into parts, also those made to mislead whoever cuts them, give what one thread gives: the same rows,
 * numbers and times, and the same error.
 */
#define _POSIX_C_SOURCE 200809L
#include "support.h"

#include "query/pass.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

static const char *const names[] = { "frame.number",     "frame.time_epoch",           "frame.time_relative",
                                     "frame.time_delta", "frame.time_delta_displayed", "_number",
                                     "frame.cap_len",    "frame.interface_id",         "ip.src",
                                     "udp.payload" };

/* ---- captures ---- */

struct made {
    uint8_t *bytes;
    size_t len, room;
    bool swapped;
    bool empties; /* among the packets are some of no bytes */
    uint32_t random;
};

static void put(struct made *made, const void *bytes, size_t len)
{
    if (made->len + len > made->room) {
        made->room = (made->len + len) * 2;
        made->bytes = realloc(made->bytes, made->room);
        assert_non_null(made->bytes);
    }
    if (len > 0) {
        memcpy(made->bytes + made->len, bytes, len);
    }
    made->len += len;
}

static void put32(struct made *made, uint32_t number)
{
    uint8_t bytes[4];
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(number >> 8 * (made->swapped ? 3 - i : i));
    }
    put(made, bytes, 4);
}

static uint32_t dice(struct made *made, uint32_t sides)
{
    made->random = made->random * 1664525 + 1013904223;
    return (made->random >> 8) % sides;
}

static void pcap_header(struct made *made, uint32_t magic)
{
    const uint32_t words[] = { magic, made->swapped ? 0x00020004 : 0x00040002, 0, 0, 262144, 1 };
    for (size_t i = 0; i < SPK_COUNT_OF(words); i++) {
        put32(made, words[i]);
    }
}

static void pcap_record(struct made *made, uint32_t seconds, const void *data, uint32_t len)
{
    put32(made, seconds);
    put32(made, 7);
    put32(made, len);
    put32(made, len);
    put(made, data, len);
}

static void block(struct made *made, uint32_t type, const void *body, uint32_t len)
{
    const uint8_t zeros[4] = { 0 };
    uint32_t size = 12 + (len + 3) / 4 * 4;
    put32(made, type);
    put32(made, size);
    put(made, body, len);
    put(made, zeros, (4 - len % 4) % 4);
    put32(made, size);
}

/* An Ethernet frame with UDP and a payload, in place. Gives its length. */
static uint32_t frame(uint8_t *to, uint32_t id, const void *payload, uint32_t len)
{
    static const uint8_t head[] = { 2, 0,  0,  0, 0, 1,  2, 0, 0, 0,  0, 2, 8, 0, 0x45, 0, 0,  0, 0, 0, 0,
                                    0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 99,   0, 99, 0, 0, 0, 0 };
    memcpy(to, head, sizeof head);
    to[16] = (uint8_t)((len + 28) >> 8);
    to[17] = (uint8_t)(len + 28);
    to[28] = (uint8_t)(id >> 8);
    to[29] = (uint8_t)id;
    to[38] = (uint8_t)((len + 8) >> 8);
    to[39] = (uint8_t)(len + 8);
    memcpy(to + sizeof head, payload, len);
    return (uint32_t)sizeof head + len;
}

enum { BYTES = 1500000 };

/* Packets of all lengths, times that go backwards. */
static void plain(struct made *made)
{
    uint8_t packet[1600];
    uint8_t payload[1500];
    for (uint32_t i = 0; made->len < BYTES; i++) {
        uint32_t len = dice(made, 20) == 0 ? 1400 : dice(made, 100);
        for (uint32_t k = 0; k < len; k++) {
            payload[k] = (uint8_t)dice(made, 256);
        }
        uint32_t size = frame(packet, i, payload, len);
        pcap_record(made, 1000 + i - dice(made, 3) * 40, packet, made->empties && dice(made, 10) == 0 ? 0 : size);
    }
}

static void nanoseconds(struct made *made)
{
    pcap_header(made, 0xa1b23c4d);
    plain(made);
}

static void microseconds(struct made *made)
{
    pcap_header(made, 0xa1b2c3d4);
    plain(made);
}

static void empty_records(struct made *made)
{
    made->empties = true;
    microseconds(made);
}

static void big_endian(struct made *made)
{
    made->swapped = true;
    pcap_header(made, 0xa1b2c3d4);
    plain(made);
}

/* Packets whose payload is a capture, of records as good as those around. */
static void captures_within(struct made *made)
{
    uint8_t packet[1600];
    pcap_header(made, 0xa1b2c3d4);
    for (uint32_t i = 0; made->len < BYTES; i++) {
        struct made inner = { .random = i };
        pcap_header(&inner, 0xa1b2c3d4);
        while (inner.len < 1200) {
            pcap_record(&inner, i, packet + 100, dice(made, 90));
        }
        pcap_record(made, i, packet, frame(packet, i, inner.bytes, (uint32_t)inner.len));
        free(inner.bytes);
    }
}

/* In each payload a false record, which reaches to the one in the next: two chains to the end. */
static void false_chain(struct made *made)
{
    uint8_t packet[400];
    pcap_header(made, 0xa1b2c3d4);
    for (uint32_t i = 0; made->len < BYTES; i++) {
        struct made inner = { .random = i };
        memset(packet, 0xee, sizeof packet);
        pcap_record(&inner, i, packet, 0);
        uint8_t payload[300];
        memset(payload, 0xee, sizeof payload);
        memcpy(payload + 100, inner.bytes, 16);
        const uint32_t next = 300 + 42; /* less its own header, with that of the record around */
        memcpy(payload + 108, &next, 4);
        memcpy(payload + 112, &next, 4);
        pcap_record(made, i, packet, frame(packet, i, payload, sizeof payload));
        free(inner.bytes);
    }
}

/* Records far longer than a part, between short ones. */
static void jumbo_records(struct made *made)
{
    uint8_t *large = calloc(1, 262144);
    uint8_t packet[200];
    assert_non_null(large);
    pcap_header(made, 0xa1b2c3d4);
    for (uint32_t i = 0; made->len < 2 * BYTES; i++) {
        pcap_record(made, i, packet, frame(packet, i, "hello", 5));
        if (i % 50 == 0) {
            pcap_record(made, i, large, 200000 + i);
        }
    }
    free(large);
}

static void zeros_within(struct made *made)
{
    uint8_t packet[1600];
    const uint8_t zeros[1400] = { 0 };
    pcap_header(made, 0xa1b2c3d4);
    for (uint32_t i = 0; made->len < BYTES; i++) {
        pcap_record(made, i + 1, packet, frame(packet, i, zeros, dice(made, 1400)));
        for (uint32_t k = dice(made, 300) == 0 ? 9000 : 0; k > 0; k--) {
            put(made, zeros, 16); /* empty records at time 0 */
        }
    }
}

static void zero_tail(struct made *made)
{
    const uint8_t zeros[1000] = { 0 };
    microseconds(made);
    for (unsigned i = 0; i < 1000; i++) {
        put(made, zeros, sizeof zeros);
    }
}

static void damaged(struct made *made)
{
    microseconds(made);
    put32(made, 1);
    put32(made, 1);
    put32(made, 0x7fffffff);
    put32(made, 1);
    plain(made);
    for (unsigned i = 0; i < 3; i++) {
        plain(made);
    }
}

static void write_to(char path[32], void (*make)(struct made *made))
{
    struct made made = { .random = 42 };
    strcpy(path, "/tmp/spk-threads-XXXXXX");
    int fd = mkstemp(path);
    make(&made);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, made.bytes, made.len), (ssize_t)made.len);
    close(fd);
    free(made.bytes);
}

/* What is damaged is the first record of a part. */
static void damaged_at_a_cut(struct made *made)
{
    char path[32];
    struct spk_reader *reader = NULL;
    uint64_t offset = 0;
    write_to(path, microseconds);
    microseconds(made);
    assert_int_equal(spk_reader_open(path, &reader, NULL), SPK_OK);
    assert_int_equal(spk_reader_guess(reader, 24 + 20000, &offset), SPK_OK);
    spk_reader_close(reader);
    unlink(path);
    memset(made->bytes + offset, 0xff, 16);
}

static void cut(struct made *made)
{
    microseconds(made);
    made->len -= 3;
}

static void ng_section(struct made *made)
{
    const uint8_t head[] = { 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255 };
    block(made, SPK_BLOCK_SECTION, head, sizeof head);
}

static void ng_interface(struct made *made, uint8_t resolution)
{
    const uint8_t body[] = { 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, resolution, 0, 0, 0, 0, 0, 0, 0 };
    block(made, SPK_BLOCK_INTERFACE, body, sizeof body);
}

static void ng_packet(struct made *made, uint32_t interface, uint32_t i, const void *payload, uint32_t len)
{
    uint8_t packet[1600];
    struct made body = { .random = 0 };
    uint32_t size = frame(packet, i, payload, len);
    put32(&body, interface);
    put32(&body, 0);
    put32(&body, i * 1000);
    put32(&body, size);
    put32(&body, size);
    put(&body, packet, size);
    block(made, SPK_BLOCK_PACKET, body.bytes, (uint32_t)body.len);
    free(body.bytes);
}

static void ng_packets(struct made *made, uint32_t interfaces, size_t until)
{
    uint8_t payload[1400] = { 0 };
    for (uint32_t i = 0; made->len < until; i++) {
        ng_packet(made, dice(made, interfaces), i, payload, dice(made, 1400));
        if (dice(made, 20) == 0) {
            block(made, SPK_BLOCK_CUSTOM, payload, dice(made, 100));
        }
    }
}

static void ng_one(struct made *made)
{
    ng_section(made);
    ng_interface(made, 6);
    ng_packets(made, 1, BYTES);
}

/* Interfaces that come late, and sections that forget them: what a part ahead takes for granted is wrong. */
static void ng_many(struct made *made)
{
    for (unsigned section = 0; section < 4; section++) {
        ng_section(made);
        for (uint32_t interface = 1; interface <= 3; interface++) {
            ng_interface(made, (uint8_t)(section % 2 == 0 ? 6 : 9));
            ng_packets(made, interface, made->len + 150000);
        }
    }
}

/* Payloads that hold pcapng blocks, aligned as the blocks around are. */
static void ng_within(struct made *made)
{
    ng_section(made);
    ng_interface(made, 6);
    for (uint32_t i = 0; made->len < BYTES; i++) {
        struct made inner = { .random = i };
        put(&inner, "..", 2);
        ng_interface(&inner, 9);
        for (uint32_t k = 0; k < 8; k++) {
            ng_packet(&inner, k % 2, i + k, "", 0);
        }
        ng_packet(made, 0, i, inner.bytes, (uint32_t)inner.len);
        free(inner.bytes);
    }
}

/* ---- comparing ---- */

struct answer {
    struct made rows;
    struct made text; /* of lines, in each form */
    int64_t count;
    struct spk_error error;
    size_t joined, read_again;
};

/* Appends a column's values, so that two answers can be compared whatever their batches are. */
static void put_column(struct made *to, const struct ArrowArray *array, const char *format, int64_t row)
{
    const uint8_t *valid = array->buffers[0];
    uint8_t there = valid == NULL || (valid[row / 8] >> (row % 8) & 1) != 0;
    put(to, &there, 1);
    if (format[0] == 'z' || format[0] == 'u') {
        const int32_t *offsets = array->buffers[1];
        put(to, (const uint8_t *)array->buffers[2] + offsets[row], (size_t)(offsets[row + 1] - offsets[row]));
    } else {
        size_t size = format[0] == 'I' ? 4 : 8;
        put(to, (const uint8_t *)array->buffers[1] + (size_t)row * size, there ? size : 0);
    }
}

/* The same as text. */
static void ask_lines(const char *const *paths, size_t path_count, const struct spk_query *query, uint8_t format,
                      const struct spk_columns_options *columns, struct answer *answer)
{
    const struct spk_pass_options how = { .threads = columns->threads, .part_size = columns->part_size };
    const struct spk_sink_options form = { .format = format, .header = true, .quote = '"' };
    struct spk_out *out = NULL;
    struct spk_sink *sink = NULL;
    struct spk_lines *lines = NULL;
    struct spk_error error = { .code = SPK_OK };
    size_t len;
    assert_int_equal(spk_out_new(&out), SPK_OK);
    assert_int_equal(spk_sink_new(query, &form, out, &sink, NULL), SPK_OK);
    assert_int_equal(spk_lines_new(query, &how, paths, path_count, sink, &lines, NULL), SPK_OK);
    while (spk_lines_next(lines, &error) == SPK_OK) {
        const char *data = spk_out_data(out, &len);
        put(&answer->text, data, len);
        spk_out_clear(out);
    }
    assert_int_equal(error.code, answer->error.code);
    assert_int_equal(error.packet, answer->error.packet);
    assert_int_equal(spk_lines_counts(lines)->rows, answer->count);
    assert_int_equal(spk_sink_flush(sink), SPK_OK);
    const char *data = spk_out_data(out, &len);
    put(&answer->text, data, len);
    spk_lines_free(lines);
    spk_sink_free(sink);
    spk_out_free(out);
}

static struct answer ask(const char *const *paths, size_t path_count, const struct spk_query_options *options,
                         struct spk_columns_options columns)
{
    struct answer answer = { .count = 0 };
    struct spk_query *query = NULL;
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array;
    assert_int_equal(spk_query_new(names, SPK_COUNT_OF(names), options, &query, NULL), SPK_OK);
    assert_int_equal(spk_columns_open(query, &columns, paths, path_count, &stream, NULL), SPK_OK);
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    int code;
    while ((code = stream.get_next(&stream, &array)) == 0 && array.release != NULL) {
        answer.count += array.length;
        for (int64_t row = 0; row < array.length; row++) {
            for (int64_t i = 0; i < array.n_children; i++) {
                put_column(&answer.rows, array.children[i], schema.children[i]->format, row);
            }
        }
        array.release(&array);
    }
    const struct pass *pass = spk_columns_pass(&stream);
    answer.joined = pass->joined;
    answer.read_again = pass->read_again;
    answer.error = *spk_columns_error(&stream);
    assert_int_equal(code != 0, answer.error.code != SPK_OK);
    schema.release(&schema);
    stream.release(&stream);
    for (uint8_t format = SPK_SINK_TSV; format <= SPK_SINK_TABLE; format++) {
        ask_lines(paths, path_count, query, format, &columns, &answer);
    }
    spk_query_free(query);
    return answer;
}

static void assert_same(struct answer one, struct answer many)
{
    assert_int_equal(one.count, many.count);
    assert_int_equal(one.rows.len, many.rows.len);
    assert_memory_equal(one.rows.bytes, many.rows.bytes, one.rows.len);
    assert_int_equal(one.text.len, many.text.len);
    assert_memory_equal(one.text.bytes, many.text.bytes, one.text.len);
    assert_int_equal(one.error.code, many.error.code);
    assert_int_equal(one.error.at, many.error.at);
    assert_int_equal(one.error.packet, many.error.packet);
    assert_int_equal(one.error.need, many.error.need);
    assert_int_equal(one.error.have, many.error.have);
    free(one.rows.bytes);
    free(many.rows.bytes);
    free(one.text.bytes);
    free(many.text.bytes);
}

static const struct spk_query_options every;

/* By one thread and by several, in parts of several sizes. Gives the parts that counted and those that did not, all told. */
static struct answer compare(void (*make)(struct made *made), const struct spk_query_options *options)
{
    static const uint32_t sizes[] = { 20000, 100000, 333333 };
    char path[32];
    struct answer sum = { .count = 0 };
    write_to(path, make);
    const char *paths[] = { path, path };
    for (size_t i = 0; i < SPK_COUNT_OF(sizes); i++) {
        const struct spk_columns_options alone = { .threads = 1 };
        const struct spk_columns_options many = { .threads = 3, .part_size = sizes[i], .batch_rows = 1000 };
        struct answer one = ask(paths, 2, options, alone);
        struct answer three = ask(paths, 2, options, many);
        assert_int_equal(one.joined + one.read_again, 0);
        assert_true(options->filter != NULL || one.count > 20);
        sum.joined += three.joined;
        sum.read_again += three.read_again;
        assert_same(one, three);
    }
    unlink(path);
    return sum;
}

static void a_capture_is_read_by_several(void **state)
{
    (void)state;
    struct answer sum = compare(microseconds, &every);
    assert_true(sum.joined > sum.read_again);
    sum = compare(nanoseconds, &every);
    assert_true(sum.joined > sum.read_again);
    sum = compare(big_endian, &every);
    assert_true(sum.joined > sum.read_again);
    sum = compare(ng_one, &every);
    assert_true(sum.joined > sum.read_again);
}

static void captures_that_mislead_do_not(void **state)
{
    (void)state;
    compare(captures_within, &every);
    struct answer sum = compare(false_chain, &every);
    assert_true(sum.read_again == 0); /* no cut can be had there, and none is tried */
    compare(empty_records, &every);
    compare(jumbo_records, &every);
    compare(zeros_within, &every);
    compare(ng_within, &every);
}

static void interfaces_that_come_late_are_known(void **state)
{
    (void)state;
    compare(ng_many, &every);
}

static void damage_is_told_where_it_is(void **state)
{
    (void)state;
    compare(zero_tail, &every);
    compare(damaged, &every);
    compare(damaged_at_a_cut, &every);
    compare(cut, &every);
}

static void filters_see_what_runs_on(void **state)
{
    static const char *const texts[] = { "udp.length > 50", "frame.number % 7 == 3", "frame.time_delta > 20",
                                         "frame.time_delta_displayed < 0" };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(texts); i++) {
        struct spk_query_options options = { .has_start = true, .start_ns = 1500 * SECOND };
        struct spk_filter *filter = NULL;
        assert_int_equal(spk_filter_new(NULL, texts[i], &filter, NULL, NULL), SPK_OK);
        options.filter = filter;
        compare(microseconds, &options);
        spk_filter_free(filter);
    }
}

static void a_pass_that_is_given_up_leaves_nothing_behind(void **state)
{
    char path[32];
    struct spk_query *query = NULL;
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    (void)state;
    write_to(path, microseconds);
    const char *paths[] = { path, path, path };
    const struct spk_columns_options options = { .threads = 4, .part_size = 10000, .batch_rows = 50 };
    assert_int_equal(spk_query_new(names, SPK_COUNT_OF(names), NULL, &query, NULL), SPK_OK);
    for (unsigned batches = 0; batches < 60; batches += 7) {
        assert_int_equal(spk_columns_open(query, &options, paths, 3, &stream, NULL), SPK_OK);
        for (unsigned i = 0; i < batches; i++) {
            assert_int_equal(stream.get_next(&stream, &array), 0);
            array.release(&array);
        }
        stream.release(&stream);
    }
    spk_query_free(query);
    unlink(path);
}

static void cuts_begin_at_records(void **state)
{
    static void (*const makers[])(struct made *) = { microseconds,  big_endian, captures_within, false_chain,
                                                     jumbo_records, ng_one,     ng_many,         ng_within };
    (void)state;
    for (size_t m = 0; m < SPK_COUNT_OF(makers); m++) {
        char path[32];
        struct spk_splits splits;
        struct spk_reader *reader = NULL;
        struct spk_record record;
        size_t met = 0;
        write_to(path, makers[m]);
        assert_int_equal(spk_splits_find(path, 100000, &splits, NULL), SPK_OK);
        assert_true(splits.count > 5);
        assert_int_equal(spk_reader_open(path, &reader, NULL), SPK_OK);
        while (spk_reader_next(reader, &record, NULL) == SPK_OK) {
            met += met < splits.count && record.offset == splits.begins[met];
        }
        assert_int_equal(met, splits.count);
        spk_reader_close(reader);
        spk_splits_free(&splits);
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_capture_is_read_by_several),
        cmocka_unit_test(captures_that_mislead_do_not),
        cmocka_unit_test(interfaces_that_come_late_are_known),
        cmocka_unit_test(damage_is_told_where_it_is),
        cmocka_unit_test(filters_see_what_runs_on),
        cmocka_unit_test(a_pass_that_is_given_up_leaves_nothing_behind),
        cmocka_unit_test(cuts_begin_at_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
