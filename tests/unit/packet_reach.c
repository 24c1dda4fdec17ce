/*
 * The quick ways through a packet agree with the law. Layers that a few loads place (steps) are those that the protocols'
 * rows place; and decoding only as far as a field needs gives that field the values it has in the whole packet.
 * Captures: tests/captures, and those below STEELPKT_CORPUS where that is set.
 */
#include "packet_made.h"

#include "packet/reach.h"

#include <stdlib.h>
#include <string.h>

/* A packet is asked for one field in so many; the next packet for the next ones. */
enum { FIELD_STRIDE = 24 };

/* What somebody asks by spots. */
struct asked {
    struct spk_reach *reach;
    struct spk_stencils *stencils;
    struct spk_spot spots[8];
    size_t count;
    bool own; /* of the packet itself, not of one that it quotes */
};

enum { ASKED = 5 };

struct tally {
    unsigned long packets, fields, values;
    struct spk_reach *whole;     /* every protocol wanted */
    struct spk_reach *law;       /* the same without any steps */
    struct spk_reach **by_field; /* as far as one field needs */
    struct spk_reach **by_rows;  /* the same for somebody who asks rows and nothing else */
    struct asked asked[ASKED];
    unsigned long fitted[ASKED]; /* packets, whole, cut and spoilt, that a stencil stands for */
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
                        const struct spk_field *field, const struct spk_reach *reach, struct tally *tally)
{
    struct spk_packet packet;
    struct spk_occurrences all, near;
    struct spk_scratch scratch, near_scratch;
    struct spk_value value, near_value;
    bool more = true;
    spk_decode_reach(reach, record, &packet);
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

/* Layers that a reach for the packet's own headers places: none behind one that quotes, and the others as ever. */
static void check_own(const char *path, const struct spk_record *record, const struct spk_packet *own)
{
    struct spk_packet whole;
    bool same = true;
    bool quotes = false;
    spk_decode_record(spk_registry_default(), record, &whole);
    for (unsigned i = 0; i < whole.count && same && !quotes; i++) {
        const struct spk_proto *proto = spk_layer_proto(&whole, i);
        bool wanted = strcmp(proto->name, "ip") == 0 || strcmp(proto->name, "udp") == 0;
        same = i < own->count ? own->layers[i].proto == whole.layers[i].proto && own->layers[i].at == whole.layers[i].at
                                    && own->layers[i].hdr_len == whole.layers[i].hdr_len
                              : !wanted;
        quotes = (proto->flags & SPK_QUOTES) != 0;
        same = same && (!quotes || own->count <= i + 1);
    }
    if (!same) {
        fail_packet(path, record, "of the packet's own headers others are placed");
    }
}

/* Where a stencil says that a spot's header stands, against the layers of the packet decoded whole. */
static bool check_stencil(const char *path, const struct spk_record *record, const struct asked *asked)
{
    static const struct spk_packet untouched;
    struct spk_packet packet = untouched, law;
    const struct spk_stencil *stencil = spk_decode_stencil(asked->stencils, record, &packet);
    spk_decode_reach(asked->reach, record, &law);
    if (asked->own) {
        check_own(path, record, &law);
    }
    if (stencil == NULL) {
        if (!same_layers(&packet, &law)) {
            fail_packet(path, record, "no stencil, and the packet is decoded otherwise");
        }
        return false;
    }
    unsigned left = law.count;
    for (const struct spk_stencil *s = stencil; s != NULL; s = s->outer) {
        const struct spk_layer *layer = left > 0 ? &law.layers[--left] : NULL;
        if (layer == NULL || layer->proto != s->layer.proto || layer->at != s->layer.at || layer->flags != 0
            || layer->hdr_len < s->layer.hdr_len) {
            fail_packet(path, record, "a stencil of other layers");
        }
    }
    if (left != 0) {
        fail_packet(path, record, "a stencil of fewer layers");
    }
    for (size_t i = 0; i < asked->count; i++) {
        uint32_t at = SPK_NOT_THERE;
        for (unsigned k = law.count; k-- > 0;) {
            at = spk_spot_header(&law, k, &asked->spots[i]) != NULL ? law.layers[k].at : at;
        }
        if (at != stencil->at[i]) {
            fail_packet(path, record, "a stencil has a spot elsewhere");
        }
    }
    return true;
}

static void check_asked(const char *path, const struct spk_record *record, struct tally *tally)
{
    for (size_t i = 0; i < ASKED; i++) {
        tally->fitted[i] += check_stencil(path, record, &tally->asked[i]);
    }
}

/* Records one after the other have the stencils that each of them has, whatever their link types. */
static void check_runs(const char *path, const struct tally *tally)
{
    struct spk_reader *reader = NULL;
    struct spk_record records[64];
    uint16_t indexes[SPK_COUNT_OF(records)];
    struct spk_packet packet, law;
    size_t count = 0;
    assert_int_equal(spk_reader_open(path, &reader, NULL), SPK_OK);
    while ((count = spk_reader_more(reader, records, SPK_COUNT_OF(records))) > 0
           || (count = spk_reader_next(reader, records, NULL) == SPK_OK) > 0) {
        for (size_t i = 0; i < ASKED; i++) {
            const struct spk_stencils *set = tally->asked[i].stencils;
            for (size_t at = 0, told = 0; at < count; at += told) {
                assert_int_equal(spk_decode_stencils(set, records + at, count - at, indexes, NULL),
                                 told = spk_decode_stencils(set, records + at, count - at, indexes, &packet));
                for (size_t k = 0; k < told; k++) {
                    const struct spk_stencil *one = spk_decode_stencil(set, &records[at + k], &law);
                    assert_true(one != NULL && one->index == indexes[k]);
                }
                if (at + told < count) {
                    assert_null(spk_decode_stencil(set, &records[at + told], &law));
                    assert_true(same_layers(&packet, &law));
                    told++;
                }
            }
        }
    }
    spk_reader_close(reader);
}

/* Each of the first bytes as another: lengths that cannot be, other keys, fragments. */
static void check_spoilt(const char *path, const struct spk_record *record, struct tally *tally)
{
    enum { SPOILT = 80 };
    static const uint8_t changes[] = { 0xff, 0x01, 0x06, 0x11, 0x40 };
    struct spk_record spoilt = *record;
    uint8_t *exact = malloc(record->caplen + 1);
    assert_non_null(exact);
    spoilt.data = memcpy(exact, record->data, record->caplen);
    for (uint32_t i = 0; i < record->caplen && i < SPOILT; i++) {
        for (size_t k = 0; k < SPK_COUNT_OF(changes); k++) {
            exact[i] ^= changes[k];
            check_asked(path, &spoilt, tally);
            exact[i] ^= changes[k];
        }
    }
    free(exact);
}

static void check_stencils(const char *path, const struct spk_record *record, struct tally *tally)
{
    struct spk_record cut = *record;
    uint8_t *exact = malloc(record->caplen + 1);
    assert_non_null(exact);
    for (uint32_t len = record->number <= 20 ? 0 : record->caplen; len <= record->caplen; len++) {
        cut.caplen = len;
        cut.data = memcpy(exact + record->caplen - len, record->data, len);
        check_asked(path, &cut, tally);
        cut.len = len;
        check_asked(path, &cut, tally);
        cut.len = record->len;
    }
    free(exact);
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
        check_stencils(path, &record, tally);
        if (record.number <= 20) {
            check_spoilt(path, &record, tally);
        }
        spk_decode_record(registry, &record, &whole);
        whole.frame = &frame;
        for (size_t i = tally->packets % FIELD_STRIDE; i < count; i += FIELD_STRIDE) {
            check_field(path, &record, &whole, spk_registry_field(registry, i), tally->by_field[i], tally);
            check_field(path, &record, &whole, spk_registry_field(registry, i), tally->by_rows[i], tally);
        }
        tally->packets++;
    }
    spk_reader_close(reader);
    check_runs(path, tally);
}

/* The fields that have a spot come first; for the others it is only decoded. */
static void make_stencils(struct asked *asked, const char *const *names, size_t spots)
{
    const struct spk_registry *registry = spk_registry_default();
    bool wanted[512] = { false };
    struct spk_error error;
    assert_true(spk_registry_proto_count(registry) <= sizeof wanted);
    for (; *names != NULL; names++) {
        const struct spk_field *field = spk_field_find(registry, *names);
        assert_non_null(field);
        asked->count += spk_field_spot(registry, field, &asked->spots[asked->count]);
        spk_field_wants(registry, field, wanted);
    }
    assert_int_equal((asked->own ? spk_reach_own : spk_reach_new)(registry, wanted, &asked->reach, &error), SPK_OK);
    assert_int_equal(spk_stencils_new(asked->reach, asked->spots, asked->count, &asked->stencils, &error), SPK_OK);
    assert_int_equal(asked->count, spots);
    assert_true(spk_stencils_count(asked->stencils) > 10);
    assert_null(spk_stencils_get(asked->stencils, spk_stencils_count(asked->stencils)));
    for (size_t i = 0; i < spk_stencils_count(asked->stencils); i++) {
        const struct spk_stencil *stencil = spk_stencils_get(asked->stencils, i);
        assert_int_equal(stencil->index, i);
        assert_true(stencil->outer == NULL || stencil->outer->layer.at < stencil->layer.at);
    }
}

/*
 * Addresses and ports; what two ports lead to; headers outside of IP; what a header that leads on holds itself; what is the
 * packet's own.
 */
static void make_asked(struct tally *tally)
{
    static const struct {
        const char *names[8];
        size_t spots;
        bool own;
    } sets[ASKED] = {
        { { "ip.src", "ip.dst", "ipv6.dst", "tcp.flags", "tcp.dstport", "udp.srcport" }, 6, false },
        { { "ip.src", "udp.dstport", "dns.id" }, 2, false },
        { { "eth.dst", "vlan.id", "arp.opcode" }, 3, false },
        { { "ip.ttl", "icmp.type", "ipv6.nxt", "icmpv6.code" }, 4, false },
        { { "ip.src", "udp.dstport" }, 2, true },
    };
    for (size_t i = 0; i < ASKED; i++) {
        tally->asked[i].own = sets[i].own;
        make_stencils(&tally->asked[i], sets[i].names, sets[i].spots);
    }
}

static void quick_ways_agree_with_the_rows(void **state)
{
    const struct spk_registry *registry = spk_registry_default();
    size_t count = spk_registry_field_count(registry);
    size_t protos = spk_registry_proto_count(registry);
    struct tally tally = { .by_field = calloc(count, sizeof(struct spk_reach *)),
                           .by_rows = calloc(count, sizeof(struct spk_reach *)) };
    bool *wanted = calloc(protos, sizeof *wanted);
    struct spk_error error;
    (void)state;
    assert_non_null(tally.by_field);
    assert_non_null(tally.by_rows);
    assert_non_null(wanted);
    for (size_t i = 0; i < count; i++) {
        memset(wanted, 0, protos * sizeof *wanted);
        spk_field_wants(registry, spk_registry_field(registry, i), wanted);
        assert_int_equal(spk_reach_new(registry, wanted, &tally.by_field[i], &error), SPK_OK);
        assert_int_equal(spk_reach_rows(registry, wanted, &tally.by_rows[i], &error), SPK_OK);
    }
    memset(wanted, 1, protos * sizeof *wanted);
    assert_int_equal(spk_reach_new(registry, wanted, &tally.whole, &error), SPK_OK);
    assert_int_equal(spk_reach_new(registry, wanted, &tally.law, &error), SPK_OK);
    for (size_t i = 0; i < protos; i++) {
        tally.law->steps[i].need = SPK_NOWHERE;
    }
    memset(tally.law->roots, 0, sizeof tally.law->roots);
    make_asked(&tally);
    for_each_capture(check_file, &tally);
    printf("%lu packets, %lu fields asked, %lu values; %lu stencils fitted\n", tally.packets, tally.fields,
           tally.values, tally.fitted[0]);
    assert_true(tally.packets > 100);
    assert_true(tally.values > 1000);
    for (size_t i = 0; i < ASKED; i++) {
        assert_true(tally.fitted[i] > tally.packets);
        spk_stencils_free(tally.asked[i].stencils);
        spk_reach_free(tally.asked[i].reach);
    }
    for (size_t i = 0; i < count; i++) {
        spk_reach_free(tally.by_field[i]);
        spk_reach_free(tally.by_rows[i]);
    }
    spk_reach_free(tally.whole);
    spk_reach_free(tally.law);
    free(tally.by_field);
    free(tally.by_rows);
    free(wanted);
}

/* Addresses and ports end at the transport; what stands above is not even looked at. */
static void a_reach_ends_where_nothing_wanted_follows(void **state)
{
    static const char *const line =
        "eth / ip(src=192.0.2.1, dst=192.0.2.2, proto=6) / tcp(sport=53, dport=4000) / \"text\"";
    const struct spk_registry *registry = spk_registry_default();
    bool wanted[512] = { false };
    struct spk_record record = { .link = SPK_LINK_ETHERNET };
    struct spk_reach *reach = NULL;
    struct spk_packet packet;
    struct spk_build *build = NULL;
    struct spk_error error;
    (void)state;
    assert_true(spk_registry_proto_count(registry) <= sizeof wanted);
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    record.data = line_bytes(build, line, SPK_FIX_LENGTHS, &record.len);
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

/* The default registry in which a link holds. */
static struct spk_registry *relinked(const char *text)
{
    struct spk_registry *registry = NULL;
    struct spk_link link;
    assert_int_equal(spk_link_parse(spk_registry_default(), text, &link, NULL), SPK_OK);
    assert_int_equal(spk_registry_relink(spk_registry_default(), &link, 1, &registry, NULL), SPK_OK);
    return registry;
}

static struct spk_reach *reach_of(const struct spk_registry *registry, const char *name)
{
    bool wanted[512] = { false };
    struct spk_reach *reach = NULL;
    assert_true(spk_registry_proto_count(registry) <= sizeof wanted);
    spk_field_wants(registry, spk_field_find(registry, name), wanted);
    assert_int_equal(spk_reach_new(registry, wanted, &reach, NULL), SPK_OK);
    return reach;
}

/* A header with options is told where it ends the packet, and says so by its length. */
static void a_longer_header_is_a_kind_of_its_own(void **state)
{
    uint8_t data[60] = { [12] = 0x08, [14] = 0x46, [17] = 46, [23] = 2 }; /* IPv4 of 24 bytes that says IGMP */
    const struct spk_record record = { .link = SPK_LINK_ETHERNET, .data = data, .caplen = 60, .len = 60 };
    const struct spk_registry *registry = spk_registry_default();
    struct asked asked = { .count = 0 };
    struct spk_packet packet;
    (void)state;
    assert_true(spk_field_spot(registry, spk_field_find(registry, "ip.src"), &asked.spots[asked.count++]));
    asked.reach = reach_of(registry, "ip.src");
    assert_int_equal(spk_stencils_new(asked.reach, asked.spots, 1, &asked.stencils, NULL), SPK_OK);
    for (uint8_t words = 0; words < 16; words++) {
        data[14] = (uint8_t)(0x40 | words);
        const struct spk_stencil *stencil = spk_decode_stencil(asked.stencils, &record, &packet);
        assert_int_equal(stencil != NULL, words >= 5 && words * 4 <= 46);
        assert_true(stencil == NULL || stencil->layer.hdr_len == (words == 5 ? 20 : 24));
        check_stencil("options", &record, &asked);
    }
    data[14] = 0x46;
    data[23] = 4; /* IPv4 in it, where no node stands */
    assert_null(spk_decode_stencil(asked.stencils, &record, &packet));
    spk_stencils_free(asked.stencils);
    spk_reach_free(asked.reach);
}

/* A link type beyond those that have trees of paths. */
static void a_link_type_without_a_tree_is_decoded_as_far(void **state)
{
    const uint8_t data[34] = { [12] = 0x08, [14] = 0x45, [17] = 20, [23] = 6 }; /* IPv4 that says TCP */
    struct spk_record record = { .link = 1000, .data = data, .caplen = sizeof data, .len = sizeof data };
    struct spk_registry *registry = relinked("link==1000,eth");
    struct spk_reach *reach = reach_of(registry, "eth.dst");
    struct spk_packet without, with;
    (void)state;
    assert_true(record.link >= SPK_REACH_LINKS);
    for (record.caplen = 0; record.caplen <= sizeof data; record.caplen++) {
        record.link = 1000;
        spk_decode_reach(reach, &record, &without);
        record.link = SPK_LINK_ETHERNET;
        spk_decode_reach(reach, &record, &with);
        assert_true(same_layers(&without, &with));
    }
    spk_reach_free(reach);
    spk_registry_free(registry);
}

enum { KEY, REST };
static const struct spk_row nest_rows[] = {
    [KEY] = { .name = "nest.next", .kind = SPK_UINT, .bits = 32, .doc = "1: another one follows." },
    [REST] = { .attr = "rest", .kind = SPK_PAD, .bits = 32 },
};
static const struct spk_proto nest = {
    .name = "nest",
    .hdr = { .name = "Nest", SPK_ROWS(nest_rows) },
    .next = SPK_NEXTS({ "nest", .keys = { KEY } }),
    .sits = SPK_SITS({ "link", 300 }, { "nest", 1 }),
};

/* Headers of one protocol within each other: quick or not, layers end where there is no more room for them. */
static void a_protocol_within_itself_goes_no_deeper_than_the_rows(void **state)
{
    enum { HEADERS = SPK_LAYERS_MAX + 8, HEADER = 8 };
    const struct spk_proto *list[] = { &nest };
    uint8_t data[HEADERS * HEADER] = { 0 };
    struct spk_registry *registry = NULL;
    struct spk_stencils *stencils = NULL;
    struct spk_spot spot;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    struct spk_reach *reach = reach_of(registry, "nest.next");
    assert_true(spk_field_spot(registry, spk_field_find(registry, "nest.next"), &spot));
    assert_int_equal(spk_stencils_new(reach, &spot, 1, &stencils, NULL), SPK_OK);
    assert_true(spk_stencils_count(stencils) > 1);
    for (uint32_t len = 0; len <= sizeof data; len++) {
        struct spk_record record = { .link = 300, .data = data, .caplen = len, .len = len };
        struct spk_packet *law = malloc(sizeof *law);
        struct spk_packet *quick = malloc(sizeof *quick); /* so that a layer too many is seen */
        assert_true(law != NULL && quick != NULL);
        for (uint32_t i = 0; i < HEADERS; i++) {
            data[i * HEADER + 3] = i + 1 < len / HEADER;
        }
        spk_decode_record(registry, &record, law);
        spk_decode_reach(reach, &record, quick);
        assert_true(same_layers(quick, law));
        const struct spk_stencil *stencil = spk_decode_stencil(stencils, &record, quick);
        unsigned left = law->count;
        for (const struct spk_stencil *s = stencil; s != NULL; s = s->outer) {
            assert_int_equal(s->layer.at, law->layers[--left].at);
        }
        assert_true(stencil == NULL || left == 0);
        free(law);
        free(quick);
    }
    spk_stencils_free(stencils);
    spk_reach_free(reach);
    spk_registry_free(registry);
}

/* The last label is there, and nothing behind it: the rows say that the stack is cut, and so does who measures it. */
static void a_stack_that_the_capture_ends_with_is_cut(void **state)
{
    static const uint8_t bytes[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0x47, 0, 1, 0xd0, 255, 0, 1, 0xd1, 255 };
    struct spk_packet packet;
    struct spk_stop why;
    (void)state;
    for (uint32_t missing = 0; missing <= 1; missing++) {
        spk_decode(spk_registry_default(), SPK_LINK_ETHERNET, bytes, sizeof bytes, sizeof bytes + missing, &packet);
        assert_int_equal(packet.count, 2);
        assert_int_equal(packet.layers[1].hdr_len, 8);
        assert_int_equal(spk_packet_check(&packet, &why), missing == 0);
        assert_int_equal(packet.layers[1].flags, missing == 0 ? 0 : SPK_LAYER_SHORT);
        assert_int_equal(packet.stop.reason, missing == 0 ? SPK_STOP_NOT : SPK_STOP_TRUNCATED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quick_ways_agree_with_the_rows),
        cmocka_unit_test(a_reach_ends_where_nothing_wanted_follows),
        cmocka_unit_test(a_longer_header_is_a_kind_of_its_own),
        cmocka_unit_test(a_link_type_without_a_tree_is_decoded_as_far),
        cmocka_unit_test(a_protocol_within_itself_goes_no_deeper_than_the_rows),
        cmocka_unit_test(a_stack_that_the_capture_ends_with_is_cut),
    };
    return cmocka_run_group_tests_name("packet reach", tests, NULL, NULL);
}
