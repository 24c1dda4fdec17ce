/*
 * The quick ways through a packet agree with the law. Layers that a few loads place (steps) are those that the protocols'
 * rows place; and decoding only as far as a field needs gives that field the values it has in the whole packet.
 * Captures: tests/captures, and those below STEELPKT_CORPUS where that is set.
 */
#include "support.h"

#include "packet/reach.h"

#include <stdlib.h>
#include <string.h>

/* A packet is asked for one field in so many; the next packet for the next ones. */
enum { FIELD_STRIDE = 24 };

struct tally {
    unsigned long packets, fields, values;
    struct spk_reach *whole;     /* every protocol wanted */
    struct spk_reach *law;       /* the same without any steps */
    struct spk_reach **by_field; /* as far as one field needs */
};

static void fail_packet(const char *path, const struct spk_record *record, const char *what)
{
    fail_msg("%s: packet %llu: %s", path, (unsigned long long)record->number, what);
}

static bool same_layers(const struct spk_packet *a, const struct spk_packet *b)
{
    bool same = a->count == b->count && a->stop.reason == b->stop.reason && a->stop.at == b->stop.at;
    for (unsigned i = 0; same && i < a->count; i++) {
        const struct spk_layer *x = &a->layers[i];
        const struct spk_layer *y = &b->layers[i];
        same = x->proto == y->proto && x->next == y->next && x->flags == y->flags && x->at == y->at
               && x->hdr_len == y->hdr_len && x->end == y->end;
    }
    return same;
}

static void check_steps(const char *path, const struct spk_record *record, struct tally *tally)
{
    struct spk_packet quick, law;
    struct spk_record cut = *record;
    uint32_t step = record->caplen <= 128 ? 1 : record->caplen / 32;
    for (uint32_t len = record->number <= 20 ? 0 : record->caplen; len <= record->caplen; len += step) {
        cut.caplen = len;
        spk_decode_record(spk_registry_default(), &cut, &quick);
        spk_decode_reach(tally->law, &cut, &law);
        if (!same_layers(&quick, &law)) {
            fail_packet(path, record, "steps and rows place different layers");
        }
        spk_decode_reach(tally->whole, &cut, &law);
        if (!same_layers(&quick, &law)) {
            fail_packet(path, record, "a reach that wants everything leaves something out");
        }
    }
}

static bool same_value(const struct spk_value *a, const struct spk_value *b)
{
    return a->kind == b->kind && a->u == b->u && a->len == b->len
           && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static void check_field(const char *path, const struct spk_record *record, const struct spk_packet *whole,
                        const struct spk_field *field, struct tally *tally)
{
    struct spk_packet packet;
    struct spk_occurrences all, near;
    struct spk_scratch scratch, near_scratch;
    struct spk_value value, near_value;
    bool more = true;
    spk_decode_reach(tally->by_field[field->index], record, &packet);
    packet.frame = whole->frame;
    spk_occurrences_begin(&all, whole, field);
    spk_occurrences_begin(&near, &packet, field);
    while (more) {
        more = spk_occurrences_next(&all, &scratch, &value);
        bool there = spk_occurrences_next(&near, &near_scratch, &near_value);
        if (there != more || (more && !same_value(&value, &near_value))) {
            fail_packet(path, record, field->name);
        }
        tally->values += more;
    }
    tally->fields++;
}

static void check_file(const char *path, void *context)
{
    struct tally *tally = context;
    const struct spk_registry *registry = spk_registry_default();
    size_t count = spk_registry_field_count(registry);
    struct spk_reader *reader = NULL;
    struct spk_record record;
    struct spk_error error;
    if (spk_reader_open(path, &reader, &error) != SPK_OK) {
        return; /* what cannot be read is the reader tests' affair */
    }
    while (spk_reader_next(reader, &record, &error) == SPK_OK) {
        struct spk_frame frame = { .number = record.number, .link = record.link };
        struct spk_packet whole;
        check_steps(path, &record, tally);
        spk_decode_record(registry, &record, &whole);
        whole.frame = &frame;
        for (size_t i = tally->packets % FIELD_STRIDE; i < count; i += FIELD_STRIDE) {
            check_field(path, &record, &whole, spk_registry_field(registry, i), tally);
        }
        tally->packets++;
    }
    spk_reader_close(reader);
}

static void quick_ways_agree_with_the_rows(void **state)
{
    const struct spk_registry *registry = spk_registry_default();
    size_t count = spk_registry_field_count(registry);
    size_t protos = spk_registry_proto_count(registry);
    struct tally tally = { .by_field = calloc(count, sizeof(struct spk_reach *)) };
    bool *wanted = calloc(protos, sizeof *wanted);
    struct spk_error error;
    (void)state;
    assert_non_null(tally.by_field);
    assert_non_null(wanted);
    for (size_t i = 0; i < count; i++) {
        memset(wanted, 0, protos * sizeof *wanted);
        spk_field_wants(registry, spk_registry_field(registry, i), wanted);
        assert_int_equal(spk_reach_new(registry, wanted, &tally.by_field[i], &error), SPK_OK);
    }
    memset(wanted, 1, protos * sizeof *wanted);
    assert_int_equal(spk_reach_new(registry, wanted, &tally.whole, &error), SPK_OK);
    assert_int_equal(spk_reach_new(registry, wanted, &tally.law, &error), SPK_OK);
    for (size_t i = 0; i < protos; i++) {
        tally.law->steps[i].need = SPK_NOWHERE;
    }
    memset(tally.law->roots, 0, sizeof tally.law->roots);
    for_each_capture(check_file, &tally);
    printf("%lu packets, %lu fields asked, %lu values\n", tally.packets, tally.fields, tally.values);
    assert_true(tally.packets > 100);
    assert_true(tally.values > 1000);
    for (size_t i = 0; i < count; i++) {
        spk_reach_free(tally.by_field[i]);
    }
    spk_reach_free(tally.whole);
    spk_reach_free(tally.law);
    free(tally.by_field);
    free(wanted);
}

/* Addresses and ports end at the transport; what stands above is not even looked at. */
static void a_reach_ends_where_nothing_wanted_follows(void **state)
{
    static const char *const line =
        "eth / ip(src=192.0.2.1, dst=192.0.2.2, proto=6) / tcp(sport=53, dport=4000) / \"text\"";
    const struct spk_registry *registry = spk_registry_default();
    bool wanted[512] = { false };
    const uint8_t *data = NULL;
    struct spk_record record = { .link = SPK_LINK_ETHERNET };
    struct spk_reach *reach = NULL;
    struct spk_packet packet;
    struct spk_build *build = NULL;
    struct spk_error error;
    (void)state;
    assert_true(spk_registry_proto_count(registry) <= sizeof wanted);
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    assert_int_equal(spk_build_line(build, line, &error), SPK_OK);
    assert_int_equal(spk_build_finish(build, SPK_FIX_LENGTHS, &data, &record.len, &error), SPK_OK);
    record.data = data;
    record.caplen = record.len;
    spk_field_wants(registry, spk_field_find(registry, "ip.src"), wanted);
    spk_field_wants(registry, spk_field_find(registry, "tcp.srcport"), wanted);
    assert_int_equal(spk_reach_new(registry, wanted, &reach, &error), SPK_OK);
    spk_decode_reach(reach, &record, &packet);
    assert_int_equal(packet.count, 3);
    assert_string_equal(spk_layer_proto(&packet, 2)->name, "tcp");
    spk_reach_free(reach);
    spk_build_free(build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quick_ways_agree_with_the_rows),
        cmocka_unit_test(a_reach_ends_where_nothing_wanted_follows),
    };
    return cmocka_run_group_tests_name("packet reach", tests, NULL, NULL);
}
