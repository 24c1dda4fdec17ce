/*
 * packet_elements: tries elements of a group that no protocol of the library has. The group repeats in every way there is,
 * over bytes that are alike but for one, each prefix of them in a block of its own size. What cells hold, and where a header
 * ends, has to be what a walk of every row finds, which takes no elements together.
 */
#ifndef UNIT_PACKET_ELEMENTS_H
#define UNIT_PACKET_ELEMENTS_H

#include "support.h"

#include "packet/walk.h"

#include <stdlib.h>
#include <string.h>

#include <steelpkt.h>

enum { LINK = 147, LONGEST = 400, FIELDS_MAX = 64, BYTES_IN_ALL = 220 };

/* A group that repeats. */
struct element {
    struct spk_group group;
    int16_t until;    /* the row that says in one way which element is the last */
    uint16_t period;  /* bytes after which the next are alike; 0: some */
    uint16_t bytes;   /* so many are tried; 0: some */
    uint16_t differs; /* the byte that is 0 or 1 instead; 0: some byte differs */
    uint8_t octets;   /* the bits that octets may have; 0: two */
};

/* Every prefix of a packet, as what was captured of it and as a packet, each in a block of its own size. */
struct prefixes {
    const uint8_t *bytes;
    uint8_t *block;
    uint32_t len, next;
};

static inline enum spk_status next_prefix(void *context, struct spk_record *record, struct spk_error *error)
{
    struct prefixes *prefixes = context;
    const uint32_t caplen = prefixes->next / 2;
    const uint32_t len = prefixes->next % 2 == 0 ? prefixes->len : caplen;
    (void)error;
    if (caplen > prefixes->len) {
        return SPK_END;
    }
    free(prefixes->block);
    prefixes->block = malloc(caplen > 0 ? caplen : 1);
    assert_non_null(prefixes->block);
    memcpy(prefixes->block, prefixes->bytes, caplen);
    *record = (struct spk_record){
        .data = prefixes->block, .caplen = caplen, .len = len, .number = ++prefixes->next, .link = LINK
    };
    return SPK_OK;
}

/* ---- comparing ---- */

static inline bool same_value(const struct spk_value *a, const struct spk_value *b)
{
    return a->kind == b->kind && a->u == b->u && a->len == b->len
           && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static inline void fail_at(const char *what, const struct spk_packet *packet, const struct prefixes *prefixes)
{
    for (uint32_t i = 0; i < prefixes->len; i++) {
        print_error("%s%02x", i == packet->caplen ? " | " : "", prefixes->bytes[i]);
    }
    fail_msg(": %s, %u bytes of %u", what, packet->caplen, packet->len);
}

static inline void check_cells(const struct spk_query *query, const struct spk_cells *cells,
                               const struct prefixes *prefixes)
{
    for (size_t i = 0; i < spk_query_column_count(query); i++) {
        const struct spk_column *column = spk_query_column(query, i);
        const struct spk_cell *cell = &cells->cells[i];
        struct spk_occurrences occurrences;
        struct spk_scratch scratch;
        struct spk_value value;
        uint32_t n = 0;
        bool same = true;
        spk_occurrences_begin(&occurrences, cells->packet, column->field);
        while (same && spk_occurrences_next(&occurrences, &scratch, &value)) {
            same = n < cell->count && same_value(&value, &cell->items[n].value)
                   && cell->items[n].layer == occurrences.walk.layer;
            n++;
        }
        if (!same || n != cell->count) {
            fail_at(column->name, cells->packet, prefixes);
        }
    }
}

/* A header ends, and stops at, what a walk of every row of it does, which is not told how long the header is. */
static inline void check_header_end(const struct spk_packet *decoded, const struct prefixes *prefixes)
{
    struct spk_packet packet = *decoded;
    for (unsigned i = 0; i < packet.count; i++) {
        struct spk_walk walk;
        struct spk_stop why;
        uint32_t len = 0;
        spk_header_walk(&packet, i, &len, &why);
        packet.layers[i].hdr_len = 0;
        spk_walk_layer(&walk, &packet, i, NULL);
        while (spk_walk_next(&walk) != SPK_EVENT_END) {
        }
        if (packet.layers[i].at + len != (walk.levels[0].pos + 7) / 8 || why.reason != walk.stop.reason
            || why.at != walk.stop.at || why.need != walk.stop.need || why.row != walk.stop.row) {
            fail_at("the header's end", &packet, prefixes);
        }
    }
}

static inline unsigned check_prefixes(struct spk_query *const *queries, size_t count, const uint8_t *bytes,
                                      uint32_t len)
{
    unsigned values = 0;
    for (size_t i = 0; i < count; i++) {
        struct prefixes prefixes = { .bytes = bytes, .len = len };
        struct spk_scan *scan = NULL;
        const struct spk_cells *cells = NULL;
        assert_int_equal(spk_scan_new(queries[i], &scan, NULL), SPK_OK);
        spk_scan_source(scan, "made", next_prefix, &prefixes);
        while (spk_scan_next(scan, &cells, NULL) == SPK_OK) {
            check_cells(queries[i], cells, &prefixes);
            values += cells->cells[0].count;
            if (i == 0) {
                check_header_end(cells->packet, &prefixes);
            }
        }
        spk_scan_free(scan);
        free(prefixes.block);
    }
    return values;
}

/* ---- trying a group in every way ---- */

/* Bytes that repeat after some, with one that differs, which turn says of some elements. The same each time. */
static inline void make_bytes(uint8_t *bytes, uint32_t len, const struct element *element, uint32_t turn,
                              uint32_t *seed)
{
    const uint32_t period = element->period > 0 ? element->period : 1 + turn % 6;
    const uint32_t bits = element->octets > 0 ? element->octets : 3;
    for (uint32_t i = 0; i < len; i++) {
        *seed = *seed * 1664525u + 1013904223u;
        bytes[i] = i > period ? bytes[i - period] : (uint8_t)(*seed >> 24 & bits);
    }
    *seed = *seed * 1664525u + 1013904223u;
    const uint32_t at = element->differs > 0 ? element->differs : 1 + (*seed >> 8) % (len - 1);
    bytes[at] = (uint8_t)(element->differs > 0 ? turn % 2 : bytes[at] ^ (1 + (*seed >> 24) % 3));
    bytes[0] = (uint8_t)(*seed >> 16) % 16;
}

/* Queries for all fields, and for each alone. */
static inline size_t make_queries(const struct spk_registry *registry, struct spk_query **queries)
{
    const struct spk_query_options options = { .registry = registry, .decode = true };
    const char *names[FIELDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < spk_registry_field_count(registry) && count < FIELDS_MAX; i++) {
        names[count++] = spk_registry_field(registry, i)->name;
    }
    assert_int_equal(spk_query_new(names, count, &options, &queries[0], NULL), SPK_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(spk_query_new(&names[i], 1, &options, &queries[i + 1], NULL), SPK_OK);
    }
    return count + 1;
}

static inline void try_header(const struct spk_row *rows, const struct element *element, uint8_t extent)
{
    static const struct spk_sit sits[] = { { "link", LINK }, { NULL, 0 } };
    const struct spk_proto proto = {
        .name = "odd", .hdr = { .name = "Odd", .rows = rows, .count = 3 }, .extent = extent, .sits = sits
    };
    const struct spk_proto *const list[] = { &proto };
    const uint32_t len = element->bytes > 0 ? element->bytes : 17;
    struct spk_query *queries[FIELDS_MAX + 1];
    struct spk_registry *registry = NULL;
    struct spk_error error = { 0 };
    uint32_t seed = 1;
    unsigned values = 0;
    if (spk_registry_new(NULL, list, 1, &registry, &error) != SPK_OK) {
        fail_msg("%s: %s", error.who, error.what);
    }
    const size_t count = make_queries(registry, queries);
    for (uint32_t n = 0; n == 0 || n < BYTES_IN_ALL / len; n++) {
        uint8_t bytes[LONGEST];
        assert_true(len <= sizeof bytes);
        make_bytes(bytes, len, element, n, &seed);
        values += check_prefixes(queries, count, bytes, len);
    }
    assert_true(values > 0);
    for (size_t i = 0; i < count; i++) {
        spk_query_free(queries[i]);
    }
    spk_registry_free(registry);
}

/* Elements as many as a number says, to the end of the header or of a region, until one of them, or as cases of a choice. */
static inline void try_element(const struct element *element)
{
    const struct spk_case cases[] = { { .key = 1, .last = 255, .in = &element->group }, { .in = NULL } };
    const struct spk_row ways[] = {
        { .kind = SPK_GROUP, .many = SPK_COUNT, .n = { 0, 1, 0 } },
        { .kind = SPK_GROUP, .many = SPK_COUNT, .n = { 0, 2, 0 }, .size = { 0, 1, 1 }, .most = 5 },
        { .kind = SPK_GROUP, .many = SPK_FILL },
        { .kind = SPK_GROUP, .many = SPK_FILL, .when = { { SPK_GE, .row = 0, .value = 5 } } },
        { .kind = SPK_GROUP, .many = SPK_FILL, .size = { 0, 1, 0 } },
        { .kind = SPK_GROUP, .many = SPK_UNTIL, .n = { .row = element->until } },
        { .kind = SPK_GROUP, .many = SPK_UNTIL, .n = { .row = element->until, .add = 1 }, .size = { 0, 1, 0 } },
        { .kind = SPK_CHOICE, .many = SPK_FILL, .cases = cases },
    };
    for (size_t i = 0; i < SPK_COUNT_OF(ways); i++) {
        struct spk_row rows[] = {
            { .name = "odd.n", .kind = SPK_UINT, .bits = 8, .doc = "How many, or how long." },
            ways[i],
            { .name = "odd.behind", .kind = SPK_UINT, .bits = 8, .doc = "Where they end." },
        };
        rows[1].in = rows[1].kind == SPK_GROUP ? &element->group : NULL;
        try_header(rows, element, SPK_EXTENT_ROWS);
        try_header(rows, element, SPK_EXTENT_REST);
    }
}

/* Tries rows in every way; the first of them says which element is the last. */
static inline void try_rows(const struct spk_row *rows, uint16_t count)
{
    const struct element element = { .group = { .name = "OddElement", .rows = rows, .count = count } };
    try_element(&element);
}

/* Of codecs whose values nobody builds. */
static inline int32_t put_nothing(const struct spk_value *text, const struct spk_written *before, uint8_t *out,
                                  uint32_t size)
{
    (void)text;
    (void)before;
    (void)out;
    (void)size;
    return -1;
}

#define OCTET(name_) .name = (name_), .kind = SPK_UINT, .bits = 8, .doc = "A number."
#define TRY(rows_) try_rows(rows_, SPK_COUNT_OF(rows_))

#endif
