/* query_small: a protocol small enough to write packets of by hand, and records that come from an array. */
#ifndef UNIT_QUERY_SMALL_H
#define UNIT_QUERY_SMALL_H

#include "support.h"

#include <steelpkt.h>

#include <stdlib.h>
#include <string.h>

enum { SMALL_LINK = 147 };
enum { ID, EITHER, TWICE, FLAG, REST, ADDRESS, NAME_LEN, NAME, MAC, ITEMS };

static const struct spk_row small_rows[] = {
    [ID] = { .name = "q.id", .also = "q.ident", .kind = SPK_UINT, .bits = 16, .doc = "A number." },
    [EITHER] = { .name = "q.either", .kind = SPK_UINT, .bits = 16, .view = SPK_EITHER(ID, ID), .doc = "Two." },
    [TWICE] = { .name = "q.twice", .kind = SPK_UINT, .bits = 16, .view = SPK_SCALE(ID, 2, 1), .doc = "2n + 1." },
    [FLAG] = { .name = "q.flag", .kind = SPK_BOOL, .bits = 1, .doc = "A bit." },
    [REST] = { .kind = SPK_PAD, .bits = 7 },
    [ADDRESS] = { .name = "q.address", .kind = SPK_IP4, .bits = 32, .doc = "An address." },
    [NAME_LEN] = { .name = "q.name_len", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, .doc = "Bytes of the name." },
    [NAME] = { .name = "q.name", .kind = SPK_TEXT, .size = SPK_REF(NAME_LEN, 1, 0), .doc = "A name." },
    [MAC] = { .name = "q.mac", .kind = SPK_MAC, .bits = 48, .when = { { SPK_ROOM, 0, 0, 6 } }, .doc = "If it fits." },
    [ITEMS] = { .name = "q.item", .kind = SPK_UINT, .bits = 8, .many = SPK_FILL, .doc = "What is left." },
};

static const struct spk_proto small_proto = {
    .name = "q",
    .title = "Small",
    .hdr = { .name = "Q", SPK_ROWS(small_rows) },
    .extent = SPK_EXTENT_REST,
    .sits = SPK_SITS({ "link", SMALL_LINK }),
};

static const struct spk_registry *small_registry(void)
{
    static struct spk_registry *registry;
    const struct spk_proto *protos[] = { &small_proto };
    struct spk_error error = { 0 };
    if (registry == NULL && spk_registry_new(spk_registry_default(), protos, 1, &registry, &error) != SPK_OK) {
        fail_msg("%s: %s", error.who, error.what);
    }
    return registry;
}

/* A packet: id, flag, address 192.0.2.id, name, and no more. Gives its length. */
static uint32_t small_packet(uint8_t *to, uint16_t id, const char *name, size_t name_len)
{
    const uint8_t head[] = { (uint8_t)(id >> 8), (uint8_t)id,      (uint8_t)(id % 2 * 0x80), 192, 0, 2,
                             (uint8_t)id,        (uint8_t)name_len };
    memcpy(to, head, sizeof head);
    memcpy(to + sizeof head, name, name_len);
    return (uint32_t)(sizeof head + name_len);
}

struct feed {
    uint8_t bytes[8][64];
    struct spk_record records[8];
    size_t count, at;
    enum spk_status end; /* what comes after the last; 0: SPK_END */
};

static enum spk_status feed_next(void *context, struct spk_record *record, struct spk_error *error)
{
    struct feed *feed = context;
    if (feed->at < feed->count) {
        *record = feed->records[feed->at++];
        return SPK_OK;
    }
    if (feed->end != SPK_OK) {
        *error = (struct spk_error){ .code = feed->end, .what = "the feed broke" };
        return feed->end;
    }
    return SPK_END;
}

/* Appends a record; a negative time means none. */
static inline void feed_add(struct feed *feed, int64_t time_ns, const char *name, size_t name_len)
{
    size_t i = feed->count++;
    uint32_t len = small_packet(feed->bytes[i], (uint16_t)(i + 1), name, name_len);
    feed->records[i] = (struct spk_record){
        .data = feed->bytes[i],
        .caplen = len,
        .len = len,
        .time_ns = time_ns,
        .has_time = time_ns >= 0,
        .number = i + 1,
        .link = SMALL_LINK,
    };
}

/* The query of names (separated by blanks) over feeds, as text. Gives the status of the end. */
static inline enum spk_status ask_feeds(const char *names, struct spk_query_options options, uint8_t format,
                                        bool header, struct feed *const *feeds, size_t feed_count, char *text,
                                        size_t size)
{
    char copy[512];
    const char *list[32];
    size_t count = 0;
    struct spk_query *query = NULL;
    struct spk_scan *scan = NULL;
    struct spk_sink *sink = NULL;
    struct spk_out *out = NULL;
    struct spk_error error = { 0 };
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name = strtok(copy, " "); name != NULL; name = strtok(NULL, " ")) {
        list[count++] = name;
    }
    options.registry = small_registry();
    struct spk_sink_options sinks = { .format = format, .header = header };
    assert_int_equal(spk_query_new(list, count, &options, &query, &error), SPK_OK);
    assert_int_equal(spk_out_new(&out), SPK_OK);
    assert_int_equal(spk_scan_new(query, &scan, &error), SPK_OK);
    assert_int_equal(spk_sink_new(query, &sinks, out, &sink, &error), SPK_OK);
    enum spk_status status = SPK_END;
    for (size_t i = 0; i < feed_count && status == SPK_END; i++) {
        const char *const files[] = { "a", "b", "c" };
        const struct spk_cells *cells = NULL;
        feeds[i]->at = 0;
        spk_scan_source(scan, files[i], feed_next, feeds[i]);
        while ((status = spk_scan_next(scan, &cells, &error)) == SPK_OK) {
            assert_int_equal(spk_sink_row(sink, cells), SPK_OK);
        }
    }
    assert_int_equal(spk_sink_flush(sink), SPK_OK);
    size_t len = 0;
    const char *made = spk_out_data(out, &len);
    assert_true(len < size);
    memcpy(text, made, len);
    text[len] = '\0';
    spk_sink_free(sink);
    spk_scan_free(scan);
    spk_query_free(query);
    spk_out_free(out);
    return status;
}

static inline enum spk_status ask(const char *names, struct spk_query_options options, uint8_t format, bool header,
                                  struct feed *feed, char *text, size_t size)
{
    return ask_feeds(names, options, format, header, &feed, 1, text, size);
}

#endif
