/*
 * Building over one protocol that has rows of every kind: which bytes each way of setting one gives, and in which words what
 * comes too late, does not fit or is not there is refused.
 */
#include "packet_made.h"

#include <string.h>

enum {
    KEY,
    LEN,
    DATA,
    FOUR,
    ALL,
    EXTRA,
    LITTLE,
    HI,
    LO,
    WORD,
    COUNT,
    PAIRS,
    RAW,
    CASES,
    IP,
    SIGNED,
    MAC,
    FIXED,
    NUMBERS
};

static const struct spk_row pair_rows[] = {
    { .name = "w.pair.a", .kind = SPK_UINT, .bits = 8, .doc = "First." },
    { .name = "w.pair.b", .kind = SPK_UINT, .bits = 8, .init = 7, .doc = "Second." },
};
static const struct spk_group pair = { .name = "WPair", SPK_ROWS(pair_rows) };

static const struct spk_row deep_rows[] = {
    { .name = "w.deep", .kind = SPK_UINT, .bits = 8, .init = 9, .doc = "Within a group of a case." },
};
static const struct spk_group deep = { .name = "WDeep", SPK_ROWS(deep_rows) };

static const struct spk_row one_rows[] = {
    { .name = "w.first", .kind = SPK_UINT, .bits = 8, .doc = "Of case 1." },
    { .kind = SPK_GROUP, .in = &deep },
};
static const struct spk_group one = { .name = "WOne", SPK_ROWS(one_rows) };

static const struct spk_row two_rows[] = {
    { .name = "w.second", .kind = SPK_UINT, .bits = 16, .doc = "Of cases 2 to 4." },
};
static const struct spk_group two = { .name = "WTwo", SPK_ROWS(two_rows) };

static const struct spk_case cases[] = { { .key = 1, .in = &one },
                                         { .key = 2, .last = 4, .in = &two },
                                         { .in = NULL } };

static const struct spk_row rows[] = {
    [KEY] = { .name = "w.key", .kind = SPK_UINT, .bits = 8, .init = 1, .doc = "Says what follows." },
    [LEN] = { .name = "w.len", .kind = SPK_UINT, .bits = 8, .doc = "Bytes of data." },
    [DATA] = { .name = "w.data", .kind = SPK_BYTES, .size = SPK_REF(LEN, 1, 0), .doc = "Data." },
    [FOUR] = { .name = "w.four", .kind = SPK_IP4, .bits = 32, .view = SPK_SPAN(DATA), .doc = "Data as an address." },
    [ALL] = { .name = "w.all", .kind = SPK_BYTES, .view = SPK_SPAN(DATA), .doc = "Data once more." },
    [EXTRA] = { .name = "w.extra",
                .kind = SPK_UINT,
                .bits = 16,
                .when = { { SPK_EQ, KEY, 0, 1 } },
                .doc = "Of key 1." },
    [LITTLE] = { .name = "w.little",
                 .kind = SPK_UINT,
                 .bits = 16,
                 .flags = SPK_LITTLE,
                 .init = 0x0102,
                 .doc = "Little." },
    [HI] = { .name = "w.hi", .kind = SPK_UINT, .bits = 8, .doc = "High byte." },
    [LO] = { .name = "w.lo", .kind = SPK_UINT, .bits = 8, .doc = "Low byte." },
    [WORD] = { .name = "w.word", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(HI), .doc = "Both bytes." },
    [COUNT] = { .name = "w.count", .kind = SPK_UINT, .bits = 8, .doc = "How many pairs." },
    [PAIRS] = { .name = "w.pairs",
                .kind = SPK_GROUP,
                .many = SPK_COUNT,
                .n = SPK_REF(COUNT, 1, 0),
                .in = &pair,
                .when = { { SPK_NE, KEY, 0, 9 } },
                .doc = "Pairs; key 9 has none." },
    [RAW] = { .name = "w.block", .kind = SPK_BYTES, .view = SPK_SPAN(PAIRS), .doc = "Pairs as bytes." },
    [CASES] = { .kind = SPK_CHOICE, .key = KEY, .cases = cases, .size = SPK_REF(KEY, 0, 0) },
    [IP] = { .name = "w.ip", .kind = SPK_IP4, .bits = 32, .init = 0xc0000201, .doc = "An address." },
    [SIGNED] = { .name = "w.signed", .kind = SPK_INT, .bits = 16, .init = UINT64_MAX - 1, .doc = "-2." },
    [MAC] = { .name = "w.mac", .kind = SPK_MAC, .bits = 48, .doc = "An Ethernet address." },
    [FIXED] = { .name = "w.fixed", .kind = SPK_BYTES, .bits = 24, .doc = "Three bytes." },
    [NUMBERS] = { .name = "w.number", .kind = SPK_UINT, .bits = 8, .many = SPK_FILL, .doc = "What is left." },
    { .name = "w.quarter", .kind = SPK_UINT, .bits = 16, .view = SPK_SCALE(KEY, 4, 0), .doc = "Four times the key." },
};

static const struct spk_proto proto = {
    .name = "w",
    .title = "Ways",
    .hdr = { .name = "W", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REST,
    .sits = SPK_SITS({ "link", 147 }),
};

static struct spk_registry *registry;
static struct spk_build *build;

static void expect_bytes(const char *line, const char *hex)
{
    uint32_t len = 0;
    char text[512] = "";
    const uint8_t *data = line_bytes(build, line, SPK_FIX_LENGTHS, &len);
    for (uint32_t i = 0; i < len; i++) {
        snprintf(text + 2 * i, 3, "%02x", data[i]);
    }
    assert_string_equal(text, hex);
}

/* key len data.. extra | little hi lo count pairs.. case ip signed mac fixed number.. */
#define REST "c0000201fffe000000000000000000"

static void each_way_gives_its_bytes(void **state)
{
    (void)state;
    expect_bytes("w", "01000000"
                      "0201000000"
                      "0009" REST);
    expect_bytes("w(key=2)", "0200"
                             "0201000000"
                             "0000" REST);
    expect_bytes("w(key=5)", "0500"
                             "0201000000" REST);
    expect_bytes("w(data=0a0b0c)", "01030a0b0c0000"
                                   "0201000000"
                                   "0009" REST);
    expect_bytes("w(all=0a0b)", "01020a0b0000"
                                "0201000000"
                                "0009" REST);
    expect_bytes("w(four=192.0.2.1)", "0104c00002010000"
                                      "0201000000"
                                      "0009" REST);
    expect_bytes("w(word=0x1234, number=1, number=2)", "01000000"
                                                       "0201123400"
                                                       "0009" REST "0102");
    expect_bytes("w(little=5, lo=6, hi=4, extra=7)", "01000007"
                                                     "0500040600"
                                                     "0009" REST);
    expect_bytes("w(pairs=[(a=1, b=2), (a=3)])", "01000000"
                                                 "0201000002"
                                                 "01020307"
                                                 "0009" REST);
    expect_bytes("w(block=01020304)", "01000000"
                                      "0201000000"
                                      "01020304"
                                      "0009" REST);
    expect_bytes("w(first=3)", "01000000"
                               "0201000000"
                               "0309" REST);
    expect_bytes("w(deep=4, number=8)", "01000000"
                                        "0201000000"
                                        "0004" REST "08");
    expect_bytes("w(key=3, second=258)", "0300"
                                         "0201000000"
                                         "0102" REST);
    expect_bytes("w(quarter=8)", "0200"
                                 "0201000000"
                                 "0000" REST);
    expect_bytes("w(ip=1.2.3.4, signed=-3, mac=00:00:5e:00:53:01, fixed=010203)", "01000000"
                                                                                  "0201000000"
                                                                                  "0009"
                                                                                  "01020304fffd00005e005301010203");
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *line, *who, *what;
    } list[] = {
        { "w(key=2, lo=1, extra=5)", "w.extra", "the field is not there with the values set before it" },
        { "w(key=2, extra=5)", "w.extra", "the field is not there with the values set before it" },
        { "w(key=9, pairs=[(a=1)])", "w.pairs", "the field is not there with the values set before it" },
        { "w(key=9, block=01)", "w.pairs", "the field is not there with the values set before it" },
        { "w(lo=1, data=0102)", "w.data", "a row that comes later has been set already" },
        { "w(number=1, pairs=[(a=1)])", "w.pairs", "a row that comes later has been set already" },
        { "w(number=1, block=01)", "w.pairs", "the row has been set already" },
        { "w(block=01, block=01)", "w.pairs", "the row has been set already" },
        { "w(quarter=7)", "w.quarter", "the number is no multiple of the field's unit" },
        { "w(word=65536)", "w.word", "the number does not fit the field's bits" },
        { "w(lo=1, hi=256)", "w.hi", "the number does not fit the field's bits" },
        { "w(key=3, deep=5)", "build line", "the open layer or group has no such field" },
        { "w(key=5, first=5)", "build line", "the open layer or group has no such field" },
        { "w(fixed=0102)", "w.fixed", "the value has not the field's length" },
        { "dns(queries=[(query_name=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)])",
          "dns.qry.name", "the text is no value of the field" },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        struct spk_error error = { 0 };
        spk_build_reset(build);
        enum spk_status status = spk_build_line(build, list[i].line, &error);
        if (status != SPK_ERR_USAGE || strcmp(error.what, list[i].what) != 0 || strcmp(error.who, list[i].who) != 0) {
            fail_msg("%s: %d %s: %s", list[i].line, status, error.who != NULL ? error.who : "",
                     error.what != NULL ? error.what : "");
        }
    }
}

/* A value of another kind than its field; what was remembered is told by finish. */
static void values_of_other_kinds(void **state)
{
    static const uint8_t three[] = { 1, 2, 3 };
    const struct spk_value bytes = { .kind = SPK_BYTES, .data = three, .len = sizeof three };
    const struct spk_value text = { .kind = SPK_TEXT, .data = (const uint8_t *)"abcd", .len = 4 };
    const struct spk_value number = { .kind = SPK_UINT, .u = 0x01020304 };
    const struct spk_value truth = { .kind = SPK_BOOL, .u = 1 };
    const struct spk_value below = { .kind = SPK_INT, .u = UINT64_MAX };
    const struct {
        const char *field;
        const struct spk_value *value;
        const char *what; /* NULL: it is set */
    } list[] = {
        { "w.data", &number, "the field takes bytes or text" },
        { "w.block", &number, "the field takes bytes" },
        { "w.pairs", &bytes, "a group is opened, not set" },
        { "w.four", &bytes, "the value has not the field's length" },
        { "w.four", &text, NULL },
        { "w.four", &number, NULL },
        { "w.four", &truth, NULL },
        { "w.four", &below, NULL },
        { "w.data", &text, NULL },
        { "w.block", &text, NULL },
        { "w.fixed", &bytes, NULL },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        struct spk_error error = { 0 };
        const uint8_t *data = NULL;
        uint32_t len = 0;
        spk_build_reset(build);
        assert_int_equal(spk_build_layer(build, spk_registry_find(registry, "w")), SPK_OK);
        const struct spk_field *field = spk_field_find(registry, list[i].field);
        assert_non_null(field);
        spk_build_set(build, field, list[i].value);
        enum spk_status status = spk_build_finish(build, 0, &data, &len, &error);
        if (list[i].what == NULL ? status != SPK_OK
                                 : status != SPK_ERR_USAGE || strcmp(error.what, list[i].what) != 0) {
            fail_msg("%s: %d %s", list[i].field, status, error.what != NULL ? error.what : "");
        }
    }
}

static void without_a_layer(void **state)
{
    const struct spk_value number = { .kind = SPK_UINT, .u = 1 };
    struct spk_error error = { 0 };
    const uint8_t *data = NULL;
    uint32_t len = 0;
    (void)state;
    spk_build_reset(build);
    spk_build_set(build, spk_field_find(registry, "w.key"), &number);
    assert_int_equal(spk_build_finish(build, 0, &data, &len, &error), SPK_ERR_USAGE);
    assert_string_equal(error.what, "no layer is open");
}

static int set_up(void **state)
{
    const struct spk_proto *protos[] = { &proto };
    struct spk_error error = { 0 };
    (void)state;
    if (spk_registry_new(spk_registry_default(), protos, 1, &registry, &error) != SPK_OK) {
        print_message("%s: %s\n", error.who, error.what);
        return 1;
    }
    return spk_build_new(registry, &build) != SPK_OK;
}

static int tear_down(void **state)
{
    (void)state;
    spk_build_free(build);
    spk_registry_free(registry);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_gives_its_bytes),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(values_of_other_kinds),
        cmocka_unit_test(without_a_layer),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
