/* query_kinds: one packet that has a value of every kind, and filters asked of it. */
#ifndef UNIT_QUERY_KINDS_H
#define UNIT_QUERY_KINDS_H

#include "support.h"

#include <steelpkt.h>

#include <string.h>

enum { KINDS_LINK = 147 };
enum { TINY, INT, LONG, LEAST, WORD, WIDE, SPARE, FLAG, NAMED, MAC, SIX, FOUR, DATA, NAME_LEN, NAME };

/* -1.5 seconds, the longest and the earliest that there is; a date in July 2020. */
static bool get_ago(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    *value = (struct spk_value){ .kind = SPK_DELTA, .u = 0 - UINT64_C(1500000000) };
    return true;
}

static bool get_far(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    *value = (struct spk_value){ .kind = SPK_DELTA, .u = INT64_MAX };
    return true;
}

static bool get_past(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    *value = (struct spk_value){ .kind = SPK_DELTA, .u = UINT64_C(1) << 63 };
    return true;
}

static bool get_date(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    *value = (struct spk_value){ .kind = SPK_TIME, .u = UINT64_C(1593866096500000000) }; /* 2020-07-04 12:34:56.5 */
    return true;
}

static bool get_mark(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    *value = (struct spk_value){ .kind = SPK_NONE };
    return true;
}

static const struct spk_enum named[] = { { 0, "Off" }, { 1, "On" }, { 0, NULL } };

static const struct spk_row kinds_rows[] = {
    [TINY] = { .name = "k.tiny", .kind = SPK_INT, .bits = 8, .doc = "-3." },
    [INT] = { .name = "k.int", .kind = SPK_INT, .bits = 32, .doc = "-100000." },
    [LONG] = { .name = "k.long", .kind = SPK_INT, .bits = 64, .doc = "-5000000000." },
    [LEAST] = { .name = "k.least", .kind = SPK_INT, .bits = 64, .doc = "The least that there is." },
    [WORD] = { .name = "k.word", .kind = SPK_UINT, .bits = 32, .doc = "4000000000." },
    [WIDE] = { .name = "k.wide", .kind = SPK_UINT, .bits = 64, .doc = "18446744073709551614." },
    [SPARE] = { .name = "k.spare", .kind = SPK_PAD, .bits = 8, .doc = "9." },
    [FLAG] = { .name = "k.flag", .kind = SPK_BOOL, .bits = 8, .doc = "True." },
    [NAMED] = { .name = "k.named", .kind = SPK_BOOL, .bits = 8, .names = named, .doc = "On." },
    [MAC] = { .name = "k.mac", .kind = SPK_MAC, .bits = 48, .doc = "00:0c:29:4f:8e:35." },
    [SIX] = { .name = "k.six", .kind = SPK_IP6, .bits = 128, .doc = "2001:db8::ff." },
    [FOUR] = { .name = "k.four", .kind = SPK_IP4, .bits = 32, .doc = "192.0.2.7." },
    [DATA] = { .name = "k.data", .kind = SPK_BYTES, .bits = 24, .doc = "0a 0b 0c." },
    [NAME_LEN] = { .name = "k.name_len", .kind = SPK_UINT, .bits = 8, .doc = "Bytes of the name." },
    [NAME] = { .name = "k.name", .kind = SPK_TEXT, .size = SPK_REF(NAME_LEN, 1, 0), .doc = "$, euro, face, Az{." },
    { .name = "k.ago", .kind = SPK_DELTA, .view = SPK_CALL(get_ago), .doc = "-1.5 seconds." },
    { .name = "k.far", .kind = SPK_DELTA, .view = SPK_CALL(get_far), .doc = "The longest that there is." },
    { .name = "k.past", .kind = SPK_DELTA, .view = SPK_CALL(get_past), .doc = "The earliest that there is." },
    { .name = "k.date", .kind = SPK_TIME, .base = SPK_DATE, .view = SPK_CALL(get_date), .doc = "A day in July." },
    { .name = "k.mark", .kind = SPK_NONE, .view = SPK_CALL(get_mark), .doc = "There." },
};

static const struct spk_proto kinds_proto = {
    .name = "k",
    .title = "Kinds",
    .hdr = { .name = "K", SPK_ROWS(kinds_rows) },
    .extent = SPK_EXTENT_ROWS,
    .sits = SPK_SITS({ "link", KINDS_LINK }),
};

static const uint8_t packet_bytes[] = {
    0xfd,                                                          /* k.tiny */
    0xff, 0xfe, 0x79, 0x60,                                        /* k.int */
    0xff, 0xff, 0xff, 0xfe, 0xd5, 0xfa, 0x0e, 0x00,                /* k.long */
    0x80, 0,    0,    0,    0,    0,    0,    0,                   /* k.least */
    0xee, 0x6b, 0x28, 0x00,                                        /* k.word */
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,                /* k.wide */
    9,                                                             /* k.spare */
    1,                                                             /* k.flag */
    1,                                                             /* k.named */
    0x00, 0x0c, 0x29, 0x4f, 0x8e, 0x35,                            /* k.mac */
    0x20, 0x01, 0x0d, 0xb8, 0,    0,    0,    0,                   /* k.six */
    0,    0,    0,    0,    0,    0,    0,    0xff,                /* its end */
    192,  0,    2,    7,                                           /* k.four */
    0x0a, 0x0b, 0x0c,                                              /* k.data */
    11,                                                            /* k.name_len */
    '$',  0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 'A', 'z', '{', /* k.name */
};

static const struct spk_registry *registry;

/* What a filter says of the packet: 1 or 0, or below zero the status of compiling, with its fault and error. */
static inline int ask(const char *text, struct spk_filter_fault *fault, struct spk_error *error)
{
    struct spk_filter *filter = NULL;
    struct spk_matcher *matcher = NULL;
    struct spk_packet packet;
    bool matches = false;
    enum spk_status status = spk_filter_new(registry, text, &filter, fault, error);
    if (status != SPK_OK) {
        return status;
    }
    assert_int_equal(spk_matcher_new(filter, &matcher), SPK_OK);
    spk_decode(registry, KINDS_LINK, packet_bytes, sizeof packet_bytes, sizeof packet_bytes, &packet);
    assert_int_equal(spk_matcher_match(matcher, &packet, &matches), SPK_OK);
    spk_matcher_free(matcher);
    spk_filter_free(filter);
    return matches;
}

/* All are so, or all are not, for lists that a NULL ends. */
static inline void check_each(const char *const *texts, int says)
{
    unsigned bad = 0;
    for (; *texts != NULL; texts++) {
        struct spk_error error = { 0 };
        int said = ask(*texts, NULL, &error);
        if (said != says) {
            print_message("%s: %d %s\n", *texts, said, error.what != NULL ? error.what : "");
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

static inline int set_up(void **state)
{
    static struct spk_registry *made;
    const struct spk_proto *protos[] = { &kinds_proto };
    struct spk_error error = { 0 };
    (void)state;
    if (spk_registry_new(spk_registry_default(), protos, 1, &made, &error) != SPK_OK) {
        print_message("%s: %s\n", error.who, error.what);
        return 1;
    }
    registry = made;
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    spk_registry_free((struct spk_registry *)(uintptr_t)registry);
    return 0;
}

#endif
