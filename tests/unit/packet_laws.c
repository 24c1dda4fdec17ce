/*
 * The laws that hold for every packet of every capture, whatever its protocols: rows tile the bytes, and what is read out
 * of a packet builds the very same packet again, from the values alone; a fixed row changed and changed back is as before;
 * lengths and checksums that were fixed are right, whatever they were before: fixing again changes nothing;
 * every prefix decodes, and is fixed, within its bytes (run under AddressSanitizer to see it). Captures: tests/captures,
 * and those below STEELPKT_CORPUS where that is set.
 */
#include "support.h"

#include <steelpkt.h>

#include <stdlib.h>
#include <string.h>

struct tally {
    unsigned long files, packets, values, prefixes, fixed, series, refused;
    struct spk_build *build;
};

static void fail_packet(const char *path, const struct spk_record *record, const char *what)
{
    fail_msg("%s: packet %llu: %s", path, (unsigned long long)record->number, what);
}

/* The bytes of all raw events and of all values that are no views, in order and without gap, are the packet. */
static void check_tiles(const char *path, const struct spk_record *record, const struct spk_packet *packet,
                        struct tally *tally)
{
    struct spk_walk walk;
    uint32_t bit = 0;
    spk_walk_begin(&walk, packet);
    for (;;) {
        enum spk_walk_event event = spk_walk_next(&walk);
        if (event == SPK_EVENT_END) {
            break;
        }
        bool tile = event == SPK_EVENT_RAW || (event == SPK_EVENT_VALUE && walk.row->view.op == SPK_NOT_A_VIEW);
        if (tile) {
            if (walk.bit != bit) {
                fail_packet(path, record, walk.row != NULL && walk.row->name != NULL ? walk.row->name : "gap");
            }
            bit += walk.width;
            tally->values++;
        }
    }
    if (bit != record->caplen * 8) {
        fail_packet(path, record, "the rows do not reach the packet's end");
    }
}

static void check_rebuild(const char *path, const struct spk_record *record, const struct spk_packet *packet,
                          struct tally *tally)
{
    struct spk_walk walk;
    struct spk_error error = { 0 };
    const uint8_t *data = NULL;
    uint32_t len = 0;
    spk_build_reset(tally->build);
    spk_walk_begin(&walk, packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        spk_build_event(tally->build, &walk, event);
    }
    if (spk_build_finish(tally->build, 0, &data, &len, &error) != SPK_OK) {
        fail_packet(path, record, error.what);
    }
    if (len != record->caplen || (len > 0 && memcmp(data, record->data, len) != 0)) {
        fail_packet(path, record, "encode(decode(bytes)) differs");
    }
}

/* Each writable row of a fixed width: another value, read back, and the old one again. */
static void check_change(const char *path, const struct spk_record *record, uint8_t *copy)
{
    struct spk_packet packet;
    struct spk_walk walk;
    struct spk_scratch scratch;
    struct spk_value value;
    spk_decode(spk_registry_default(), record->link, record->data, record->caplen, record->len, &packet);
    spk_walk_begin(&walk, &packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        bool number = event == SPK_EVENT_VALUE && walk.row->view.op == SPK_NOT_A_VIEW
                      && (walk.row->kind == SPK_UINT || walk.row->kind == SPK_IP4) && walk.field != UINT32_MAX;
        if (!number || !spk_walk_spelling(&walk, &scratch, &value)) {
            continue;
        }
        /* only the first occurrence can be set through its field: others are met when they come first elsewhere */
        const struct spk_field *field = spk_registry_field(spk_registry_default(), walk.field);
        uint64_t first = 0;
        if (!spk_packet_uint(&packet, field, &first) || first != value.u) {
            continue;
        }
        struct spk_value other = value;
        other.u = value.u ^ 1;
        struct spk_error error = { 0 };
        assert_int_equal(spk_packet_set(&packet, copy, field, &other, &error), SPK_OK);
        if (memcmp(copy, record->data, record->caplen) == 0) {
            fail_packet(path, record, "a change did not change a byte");
        }
        assert_int_equal(spk_packet_set(&packet, copy, field, &value, &error), SPK_OK);
        if (memcmp(copy, record->data, record->caplen) != 0) {
            fail_packet(path, record, "a change changed back is not as before");
        }
    }
}

/* A heap block of just the right size, so that a read past it is seen. */
static void check_prefix(const struct spk_record *record, uint32_t len)
{
    uint8_t *exact = malloc(len > 0 ? len : 1);
    struct spk_packet packet;
    assert_non_null(exact);
    memcpy(exact, record->data, len);
    spk_decode(spk_registry_default(), record->link, exact, len, record->len, &packet);
    spk_packet_check(&packet, NULL);
    spk_decode(spk_registry_default(), record->link, exact, len, len, &packet);
    spk_packet_check(&packet, NULL);
    spk_decode(spk_registry_default(), record->link, exact, len, record->len, &packet);
    spk_packet_fix(&packet, exact, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS);
    free(exact);
}

static void check_record(const char *path, const struct spk_record *record, struct tally *tally)
{
    struct spk_packet packet;
    spk_decode(spk_registry_default(), record->link, record->data, record->caplen, record->len, &packet);
    check_tiles(path, record, &packet, tally);
    check_rebuild(path, record, &packet, tally);
    tally->packets++;
    /* the costly laws on the first packets of each file only */
    if (record->number <= 20) {
        uint8_t *copy = malloc(record->caplen + 1u);
        assert_non_null(copy);
        memcpy(copy, record->data, record->caplen);
        check_change(path, record, copy);
        free(copy);
        uint32_t step = record->caplen <= 256 ? 1 : record->caplen / 64;
        for (uint32_t len = 0; len <= record->caplen; len += step) {
            check_prefix(record, len);
            tally->prefixes++;
        }
    }
}

/* What is fixed in data, which has the packet's bytes, is fixed for good: for these layers, and decoded anew. */
static void check_fixed(const char *path, const struct spk_record *record, uint8_t *data, uint8_t *once, unsigned flags)
{
    struct spk_packet packet;
    spk_decode(spk_registry_default(), record->link, data, record->caplen, record->len, &packet);
    spk_packet_fix(&packet, data, flags);
    memcpy(once, data, record->caplen);
    spk_packet_fix(&packet, data, flags);
    if (memcmp(once, data, record->caplen) != 0) {
        fail_packet(path, record, "fixed twice it is another");
    }
    spk_decode(spk_registry_default(), record->link, data, record->caplen, record->len, &packet);
    spk_packet_fix(&packet, data, flags);
    if (memcmp(once, data, record->caplen) != 0) {
        fail_packet(path, record, "fixed and decoded it is fixed otherwise");
    }
}

/* As it is and, of the first packets of a file, with each of the first bytes changed: lengths are among them. */
static void check_fixing(const char *path, const struct spk_record *record, struct tally *tally)
{
    static const uint8_t changes[] = { 0x01, 0x0f, 0x10, 0x80 };
    const uint32_t changed = record->number > 5 ? 0 : record->caplen < 100 ? record->caplen : 100;
    const size_t size = record->caplen + 1u;
    uint8_t *data = malloc(size), *once = malloc(size);
    assert_non_null(data);
    assert_non_null(once);
    for (unsigned flags = SPK_FIX_LENGTHS; flags <= (SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS); flags++) {
        memcpy(data, record->data, record->caplen);
        check_fixed(path, record, data, once, flags);
    }
    for (uint32_t i = 0; i < changed * SPK_COUNT_OF(changes); i++) {
        memcpy(data, record->data, record->caplen);
        data[i / SPK_COUNT_OF(changes)] ^= changes[i % SPK_COUNT_OF(changes)];
        check_fixed(path, record, data, once, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS);
        tally->fixed++;
    }
    free(data);
    free(once);
}

/* A series writes what spk_packet_fix writes, into another packet of the same form as well. */
static void check_series(const char *path, const struct spk_record *record, struct tally *tally)
{
    const unsigned flags = SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS;
    struct spk_packet packet;
    struct spk_series *series = NULL;
    struct spk_error error;
    uint8_t *each = malloc(record->caplen + 1u);
    uint8_t *alike = malloc(record->caplen + 1u);
    assert_non_null(each);
    assert_non_null(alike);
    memcpy(each, record->data, record->caplen);
    spk_decode(spk_registry_default(), record->link, each, record->caplen, record->len, &packet);
    if (spk_series_new(&packet, flags, &series, &error) != SPK_OK) {
        assert_int_equal(error.code, SPK_ERR_USAGE);
        tally->refused++;
    }
    for (int round = 0; round < 2 && series != NULL; round++) {
        if (round == 1 && record->caplen > 0) {
            each[record->caplen - 1] ^= 0x5a; /* payload, mostly */
        }
        memcpy(alike, each, record->caplen);
        spk_packet_fix(&packet, each, flags);
        spk_series_fix(series, alike);
        if (memcmp(each, alike, record->caplen) != 0) {
            fail_packet(path, record, "a series is fixed otherwise than its packets");
        }
        tally->series++;
    }
    spk_series_free(series);
    free(each);
    free(alike);
}

static void check_file(const char *path, void *context)
{
    struct tally *tally = context;
    struct spk_reader *reader = NULL;
    struct spk_record record;
    struct spk_error error;
    if (spk_reader_open(path, &reader, &error) != SPK_OK) {
        return; /* what cannot be read is the reader tests' affair */
    }
    tally->files++;
    while (spk_reader_next(reader, &record, &error) == SPK_OK) {
        check_record(path, &record, tally);
        check_fixing(path, &record, tally);
        check_series(path, &record, tally);
    }
    spk_reader_close(reader);
}

static void every_packet_obeys(void **state)
{
    struct tally tally = { 0 };
    (void)state;
    assert_non_null(spk_registry_default());
    assert_int_equal(spk_build_new(spk_registry_default(), &tally.build), SPK_OK);
    for_each_capture(check_file, &tally);
    spk_build_free(tally.build);
    printf("%lu files, %lu packets, %lu tiles, %lu prefixes, %lu fixed, %lu in series, %lu not in one\n", tally.files,
           tally.packets, tally.values, tally.prefixes, tally.fixed, tally.series, tally.refused);
    assert_true(tally.files > 10);
    assert_true(tally.packets > 100);
    assert_true(tally.fixed > 1000);
    assert_true(tally.series > tally.packets);
    assert_true(tally.refused > 0); /* those with a source route */
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_packet_obeys) };
    return cmocka_run_group_tests_name("packet laws", tests, NULL, NULL);
}
