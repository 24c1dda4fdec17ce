/*
 * Fixed: packets that are told by a few comparisons, and read from bytes known beforehand, have the values that decoding
 * them gives: all prefixes of the packets of all captures, for sets of columns that are read so.
 */
#define _GNU_SOURCE
#include "query_read.h"
#include "support.h"

#include "base/bytes.h"
#include "query/fixed.h"
#include "query/lists.h"
#include "wire/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORDS = 40, PREFIX = 120 };

/* Separated by blanks, as they are asked for together. */
static const char *const sets[] = {
    "frame.time_epoch ip.src ip.dst udp.srcport udp.dstport",
    "ip.len eth.src udp.srcport frame.time_epoch", /* kinds with IPv4 are not known, others are */
    "frame.len frame.cap_len frame.time ip.addr ip.ttl ip.id ip.flags.df ip.dsfield.dscp ip.hdr_len",
    "tcp.srcport tcp.dstport tcp.port tcp.seq_raw tcp.flags tcp.flags.syn tcp.window_size_value ip.dst",
    "eth.src eth.dst vlan.id vlan.priority ipv6.src ipv6.dst ipv6.hlim ipv6.nxt udp.port",
    "dns.id dns.flags.rcode dns.count.answers dns.count.zones dns.flags.authenticated dns.flags.opcode udp.dstport",
    "dns.qry.name dns.flags.rcode dns.count.answers",
    "frame.time dns.qry.type dns.resp.name dns.a dns.resp.ttl dns.txt dns.qry.name ip.src dns.qry.name",
    "tcp.options.mss_val tcp.option_kind ip.opt.type ip.dst igmp.maddr icmpv6.opt.type",
    "frame.number frame.time_delta ip.proto udp.checksum arp.opcode icmp.type",
    "frame.time_epoch frame.len",
};

/* Columns that decoding alone gives. */
static const char decoded_set[] = "_offset dns.qry.name udp.srcport ip.src ip.len";

/* Display filters that nothing but comparisons are left of. */
static const char *const filters[] = {
    "tcp.port == 443 && ip.src == 10.0.0.0/8",
    "udp.port != 53",
    "not tcp.port == 80 || ip.ttl > 64",
    "tcp && !(tcp.flags.syn == 1)",
    "ip.addr == 192.168.0.0/16 or udp.dstport >= 5353",
    "all tcp.port > 1024 && ip.ttl <= 64",
    "any udp.port < 1024",
    "ip.src > 10.0.0.9 and ip.dst != 10.0.0.1",
    "ip.proto == 17 || ip.proto == 6 && !(ip.id == 0)",
    "frame && ip.flags.df",
    "tcp.seq_raw >= 2147483648 || icmp",
    "ip.dsfield.dscp == 0 && not udp",
    "!ip",
    "ip.addr in {192.168.0.0/16, 10.0.0.1 .. 10.0.0.9}",
    "tcp.port in {80, 443, 8000 .. 9000} || udp.port in {53}",
    "not udp.port in {53, 5353 .. 5355}",
    "all tcp.port in {1 .. 1023, 50000 .. 65535}",
};

struct asked {
    struct spk_query *query;
    struct spk_filter *filter;
    const char *names[16];
    char text[256];
    size_t count;
};

/* Which values count: what is said here, or by turns the first, the last, or as the fields have it. */
enum { BY_TURNS = UINT8_MAX };
static uint8_t occurrence = BY_TURNS;

static uint8_t occurrence_of(const char *set, const char *filter)
{
    static const uint8_t turns[] = { SPK_OCCURRENCE_FIRST, SPK_OCCURRENCE_AUTO, SPK_OCCURRENCE_LAST };
    if (occurrence != BY_TURNS) {
        return occurrence;
    }
    return turns[(strlen(set) + (filter != NULL ? strlen(filter) : 0)) % SPK_COUNT_OF(turns)];
}

static void ask(struct asked *asked, const char *set, const char *filter)
{
    struct spk_query_options options = { .occurrence = occurrence_of(set, filter) };
    struct spk_error error = { .code = SPK_OK };
    char *rest = NULL;
    *asked = (struct asked){ .count = 0 };
    if (filter != NULL && spk_filter_new(NULL, filter, &asked->filter, NULL, &error) != SPK_OK) {
        fail_msg("%s: %s", filter, error.what);
    }
    options.filter = asked->filter;
    strcpy(asked->text, set);
    for (char *name = strtok_r(asked->text, " ", &rest); name != NULL; name = strtok_r(NULL, " ", &rest)) {
        asked->names[asked->count++] = name;
    }
    if (spk_query_new(asked->names, asked->count, &options, &asked->query, &error) != SPK_OK) {
        fail_msg("%s: %s", error.who, error.what);
    }
    assert_true((asked->query->fixed != NULL) == (set != decoded_set)); /* else it shows nothing */
    assert_true((asked->query->sieve != NULL) == (filter != NULL));
}

/* The same, and every packet is decoded and asked. */
static void ask_plainly(struct asked *asked, const char *set, const char *filter)
{
    ask(asked, set, filter);
    spk_fixed_free(asked->query->sieve);
    asked->query->sieve = NULL;
}

static void forget(struct asked *asked)
{
    spk_query_free(asked->query);
    spk_filter_free(asked->filter);
}

/* A query, and the same without its quick ways. Making it costs more than asking it of a small capture. */
struct pair {
    struct asked quick, plain;
};

static void ask_both(struct pair *pair, const char *set, const char *filter)
{
    ask(&pair->quick, set, filter);
    ask_plainly(&pair->plain, set, filter);
}

static void forget_both(struct pair *pair)
{
    forget(&pair->quick);
    forget(&pair->plain);
}

/* A file of all prefixes of a capture's first records. */
static void write_prefixes(const char *path, const char *capture)
{
    struct spk_reader *reader = NULL;
    struct spk_writer *writer = NULL;
    struct spk_record record;
    const struct spk_writer_options options = { .format = SPK_FORMAT_PCAPNG, .nanoseconds = true };
    assert_int_equal(spk_writer_open(path, &options, &writer, NULL), SPK_OK);
    bool open = spk_reader_open(capture, &reader, NULL) == SPK_OK;
    for (unsigned i = 0; open && i < RECORDS && spk_reader_next(reader, &record, NULL) == SPK_OK; i++) {
        const uint32_t caplen = record.caplen;
        const uint32_t most = caplen < PREFIX ? caplen : PREFIX;
        record.options_len = 0;
        record.has_section = false;
        for (uint32_t len = 0; len <= most; len++) {
            record.caplen = len < most ? len : caplen;
            assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
        }
    }
    spk_reader_close(reader);
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
}

/* A cell of an array as the text it would be, or the number it is. */
static void put_array(struct spk_buf *to, const struct ArrowArray *array, const struct ArrowSchema *schema, int64_t row)
{
    const uint8_t *valid = array->buffers[0];
    const uint8_t *data = array->buffers[1];
    uint64_t number = 0;
    if (schema->format[0] == '+') {
        const int32_t *ends = array->buffers[1];
        for (int32_t i = ends[row]; i < ends[row + 1]; i++) {
            put_array(to, array->children[0], schema->children[0], i);
            assert_true(spk_buf_put_byte(to, 0));
        }
        return;
    }
    if (valid != NULL && (valid[row / 8] >> row % 8 & 1) == 0) {
        return;
    }
    switch (schema->format[0]) {
    case 'u': {
        const int32_t *offsets = array->buffers[1];
        const uint8_t *bytes = array->buffers[2];
        assert_true(spk_buf_put(to, bytes + offsets[row], (size_t)(offsets[row + 1] - offsets[row])));
        return;
    }
    case 'b':
        number = data[row / 8] >> row % 8 & 1;
        break;
    case 'C':
        number = data[row];
        break;
    case 'S':
        number = ((const uint16_t *)(const void *)data)[row];
        break;
    case 'I':
        number = ((const uint32_t *)(const void *)data)[row];
        break;
    default:
        number = ((const uint64_t *)(const void *)data)[row];
        break;
    }
    assert_true(spk_buf_put(to, &number, sizeof number));
}

/* The same of a cell. */
static void put_cell(struct spk_buf *to, const struct spk_cell *cell, bool list)
{
    for (uint32_t i = 0; i < cell->count && (list || i == 0); i++) {
        const struct spk_item *item = &cell->items[i];
        const uint8_t kind = item->value.kind;
        bool text = kind == SPK_IP4 || kind == SPK_IP6 || kind == SPK_MAC || kind == SPK_TEXT;
        assert_true(text ? spk_text_put(to, item->row, &item->value)
                         : spk_buf_put(to, &item->value.u, sizeof item->value.u));
        assert_true(!list || spk_buf_put_byte(to, 0));
    }
}

/* Rows of cells by one record after the other, which decodes each. */
struct reference {
    struct spk_reader *reader;
    struct spk_scan *scan;
};

static void compare_batch(const struct ArrowArray *array, const struct ArrowSchema *schema, struct reference *reference)
{
    struct spk_buf ours = { 0 };
    struct spk_buf theirs = { 0 };
    for (int64_t row = 0; row < array->length; row++) {
        const struct spk_cells *cells = NULL;
        assert_int_equal(spk_scan_next(reference->scan, &cells, NULL), SPK_OK);
        for (int64_t i = 0; i < array->n_children; i++) {
            ours.len = theirs.len = 0;
            put_array(&ours, array->children[i], schema->children[i], row);
            put_cell(&theirs, &cells->cells[i], schema->children[i]->format[0] == '+');
            if (ours.len != theirs.len || (ours.len > 0 && memcmp(ours.data, theirs.data, ours.len) != 0)) {
                fail_msg("packet %llu: %s differs", (unsigned long long)cells->number, schema->children[i]->name);
            }
        }
    }
    spk_buf_free(&ours);
    spk_buf_free(&theirs);
}

static void compare(const struct pair *pair, const char *path, uint32_t batch_rows)
{
    const struct spk_columns_options options = { .threads = 1, .batch_rows = batch_rows };
    struct reference reference = { .reader = NULL };
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array;
    const struct spk_cells *cells = NULL;
    assert_int_equal(spk_reader_open(path, &reference.reader, NULL), SPK_OK);
    assert_int_equal(spk_scan_new(pair->plain.query, &reference.scan, NULL), SPK_OK);
    spk_scan_source(reference.scan, path, next_record, reference.reader);
    assert_int_equal(spk_columns_open(pair->quick.query, &options, &path, 1, &stream, NULL), SPK_OK);
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    while (stream.get_next(&stream, &array) == 0 && array.release != NULL) {
        compare_batch(&array, &schema, &reference);
        array.release(&array);
    }
    assert_int_equal(spk_columns_error(&stream)->code, SPK_OK);
    assert_int_equal(spk_scan_next(reference.scan, &cells, NULL), SPK_END);
    schema.release(&schema);
    stream.release(&stream);
    spk_scan_free(reference.scan);
    spk_reader_close(reference.reader);
}

/* All that a capture is asked. */
struct pairs {
    struct pair sets[SPK_COUNT_OF(sets)];
    struct pair filtered[SPK_COUNT_OF(filters)], decoded[SPK_COUNT_OF(filters)];
};

static void compare_capture(const char *capture, void *context)
{
    const struct pairs *pairs = context;
    char path[] = "/tmp/spk-fixed-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    write_prefixes(path, capture);
    for (size_t i = 0; i < SPK_COUNT_OF(sets); i++) {
        compare(&pairs->sets[i], path, i % 2 == 0 ? 0 : 77);
    }
    for (size_t i = 0; i < SPK_COUNT_OF(filters); i++) {
        compare(&pairs->filtered[i], path, i % 2 == 0 ? 77 : 0);
        compare(&pairs->decoded[i], path, 0);
    }
    unlink(path);
}

static void known_kinds_have_the_values_of_decoding(void **state)
{
    static struct pairs pairs;
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(sets); i++) {
        ask_both(&pairs.sets[i], sets[i], NULL);
    }
    for (size_t i = 0; i < SPK_COUNT_OF(filters); i++) {
        ask_both(&pairs.filtered[i], sets[i % 3 == 0 ? 0 : SPK_COUNT_OF(sets) - i % 3], filters[i]);
        ask_both(&pairs.decoded[i], decoded_set, filters[i]);
    }
    for_each_capture(compare_capture, &pairs);
    for (size_t i = 0; i < SPK_COUNT_OF(sets); i++) {
        forget_both(&pairs.sets[i]);
    }
    for (size_t i = 0; i < SPK_COUNT_OF(filters); i++) {
        forget_both(&pairs.filtered[i]);
        forget_both(&pairs.decoded[i]);
    }
}

/* Where a row's own function has a say (the destination behind a source route), and where it has none. */
static void options_are_looked_at(void **state)
{
    static const uint8_t plain[] = { 2, 0,  0,  0, 0, 1,  2, 0, 0, 0,  0, 2, 8, 0, 0x45, 0, 0, 28, 0, 0, 0,
                                     0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 7,    0, 9, 0,  8, 0, 0 };
    static const uint8_t routed[] = { 2,   0, 0, 0,   0, 1,  2,  0, 0, 0,  0, 2, 8, 0,  0x47, 0, 0,
                                      36,  0, 0, 0,   0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0,    0, 2,
                                      131, 7, 4, 192, 0, 2,  99, 0, 0, 7,  0, 9, 0, 8,  0,    0 };
    const char *const name = "ip.dst";
    struct spk_query *query = NULL;
    struct spk_packet packet;
    struct spk_record record = {
        .data = plain, .caplen = sizeof plain, .len = sizeof plain, .link = SPK_LINK_ETHERNET
    };
    (void)state;
    assert_int_equal(spk_query_new(&name, 1, NULL, &query, NULL), SPK_OK);
    assert_non_null(spk_fixed_find(query->fixed, &record, &packet));
    record.data = routed;
    record.caplen = record.len = sizeof routed;
    assert_null(spk_fixed_find(query->fixed, &record, &packet));
    assert_true(packet.count >= 2);
    spk_query_free(query);
}

/* ---- names that are none, too long, cut, or point where they may not ---- */

struct message {
    const char *bytes;
    uint16_t len, queries;
    uint8_t flags; /* the first octet of them */
};

#define MESSAGE(queries, flags, text)                                                                                  \
    {                                                                                                                  \
        (text), sizeof(text) - 1, (queries), (flags)                                                                   \
    }
#define ASKED "\0\1\0\1"
#define TEN(text) text text text text text text text text text text
#define LABEL63 "\x3f" TEN("abcdef") "xyz"

static const struct message messages[] = {
    MESSAGE(1, 0x01, "\3www\7example\3com\0" ASKED),
    MESSAGE(1, 0x81, "\0" ASKED),
    MESSAGE(2, 0x81, "\3www\7example\3com\0" ASKED "\4mail\xc0\x10" ASKED),
    MESSAGE(3, 0x29, "\1a\0" ASKED "\xc0\x0c" ASKED "\xc0\x13" ASKED),
    MESSAGE(1, 0x01, "\xc0\x0c" ASKED),
    MESSAGE(1, 0x01, "\1a\xc0\x0c" ASKED),
    MESSAGE(2, 0x01, "\1a\xc0\x13" ASKED "\1b\xc0\x0c" ASKED),
    MESSAGE(1, 0x01, "\xc0\x40" ASKED),
    MESSAGE(1, 0x01, "\xff\xff" ASKED),
    MESSAGE(2, 0x01, "\xc0\x00" ASKED "\xc0\x04" ASKED),
    MESSAGE(1, 0x01,
            "\x40"
            "abc\0" ASKED),
    MESSAGE(1, 0x01, "\x80\0" ASKED),
    MESSAGE(1, 0x01, LABEL63 LABEL63 LABEL63 LABEL63 "\0" ASKED),
    MESSAGE(2, 0x01, LABEL63 LABEL63 LABEL63 "\x3d" TEN("abcdef") "x\0" ASKED "\1b\xc0\x0c" ASKED),
    MESSAGE(1, 0x01, TEN(TEN("\1a")) TEN("\1b\1c") "\1d\1e\1f\1g\1h\1i\1j\0" ASKED),
    MESSAGE(2, 0x01, "\5a\0.\\\t\0" ASKED "\6\xc3\xa9\xff\xe2\x80\x8b\0" ASKED),
    MESSAGE(1, 0x01, "\7cut off"),
    MESSAGE(65535, 0x01, "\1a\0" ASKED "\1b\0" ASKED "\1c\0\0"),
    MESSAGE(0, 0x81, "\1a\0" ASKED),
};

/* What asks for them: plain, and with something before and behind; then what needs the walk. */
static const char *const name_sets[] = {
    "dns.qry.name dns.flags.rcode dns.count.answers",
    "dns.qry.type dns.qry.name udp.srcport dns.question.class dns.qry.name",
    "dns.qry.name.len dns.qry.name dns.qry.class",
    "dns.resp.name dns.qry.type",
};

static void write_message(struct spk_writer *writer, const struct message *message, unsigned way)
{
    static const uint16_t ports[][2] = { { 40000, 53 }, { 53, 7 }, { 5353, 5353 }, { 5355, 40000 }, { 53, 5353 } };
    uint8_t packet[42 + 12 + 512] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45 };
    const uint16_t *port = ports[way % SPK_COUNT_OF(ports)];
    const uint16_t udp = (uint16_t)(8 + 12 + message->len);
    struct spk_record record = { .data = packet, .link = SPK_LINK_ETHERNET, .has_time = true };
    spk_store16(packet + 16, (uint16_t)(20 + udp));
    packet[22] = 64;
    packet[23] = 17;
    packet[26] = packet[30] = 10;
    spk_store16(packet + 34, port[0]);
    spk_store16(packet + 36, port[1]);
    packet[44] = message->flags;
    spk_store16(packet + 46, message->queries);
    memcpy(packet + 54, message->bytes, message->len);
    record.len = 34u + udp + way % 3; /* octets behind the datagram */
    for (uint32_t len = 34; len <= record.len; len++) {
        record.caplen = len; /* cut by the capture, and by the datagram's own length */
        spk_store16(packet + 38, udp);
        assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
        record.caplen = record.len;
        spk_store16(packet + 38, (uint16_t)(len - 34));
        assert_int_equal(spk_writer_write(writer, &record, NULL), SPK_OK);
    }
}

/* The cells are what the rows say when they are walked. */
static void check_cells(const char *set, const char *path)
{
    struct asked asked;
    struct spk_reader *reader = NULL;
    struct spk_scan *scan = NULL;
    const struct spk_cells *cells = NULL;
    struct spk_packet whole;
    ask(&asked, set, NULL);
    assert_true((asked.query->lists->lists.len > 0) == (set == name_sets[0] || set == name_sets[1]));
    assert_int_equal(spk_reader_open(path, &reader, NULL), SPK_OK);
    assert_int_equal(spk_scan_new(asked.query, &scan, NULL), SPK_OK);
    spk_scan_source(scan, path, next_record, reader);
    while (spk_scan_next(scan, &cells, NULL) == SPK_OK) {
        spk_decode_record(spk_registry_default(), cells->record, &whole);
        for (size_t i = 0; i < asked.count; i++) {
            const struct spk_cell *cell = &cells->cells[i];
            struct spk_occurrences occurrences;
            struct spk_scratch scratch;
            struct spk_value value;
            uint32_t n = 0;
            spk_occurrences_begin(&occurrences, &whole, spk_query_column(asked.query, i)->field);
            for (; spk_occurrences_next(&occurrences, &scratch, &value); n++) {
                const struct spk_value *ours = &cell->items[n].value;
                assert_true(n < cell->count);
                assert_true(ours->u == value.u && ours->len == value.len
                            && (value.len == 0 || memcmp(ours->data, value.data, value.len) == 0));
            }
            assert_int_equal(n, cell->count);
        }
    }
    spk_scan_free(scan);
    spk_reader_close(reader);
    forget(&asked);
}

static void compare_names(const char *set, const char *path, uint32_t batch_rows)
{
    struct pair pair;
    ask_both(&pair, set, NULL);
    compare(&pair, path, batch_rows);
    forget_both(&pair);
}

static void names_are_those_of_a_walk(void **state)
{
    const struct spk_writer_options options = { .format = SPK_FORMAT_PCAP };
    char path[] = "/tmp/spk-names-XXXXXX";
    struct spk_writer *writer = NULL;
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(spk_writer_open(path, &options, &writer, NULL), SPK_OK);
    for (unsigned i = 0; i < SPK_COUNT_OF(messages); i++) {
        for (unsigned way = 0; way < 5; way++) {
            write_message(writer, &messages[i], way);
        }
    }
    assert_int_equal(spk_writer_close(writer, NULL, NULL), SPK_OK);
    for (size_t i = 0; i < SPK_COUNT_OF(name_sets); i++) {
        compare_names(name_sets[i], path, i % 2 == 0 ? 0 : 77);
        occurrence = SPK_OCCURRENCE_ALL;
        compare_names(name_sets[i], path, 0);
        check_cells(name_sets[i], path);
        occurrence = BY_TURNS;
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_kinds_have_the_values_of_decoding),
        cmocka_unit_test(options_are_looked_at),
        cmocka_unit_test(names_are_those_of_a_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
