/* Tables and links that a registry refuses, each in its own words; and what a value is not when it is typed. */
#include "support.h"

#include <steelpkt.h>

#include <stdlib.h>
#include <string.h>

static enum spk_status try_proto(const struct spk_proto *proto, struct spk_error *error)
{
    struct spk_registry *registry = NULL;
    enum spk_status status = spk_registry_new(NULL, &proto, 1, &registry, error);
    assert_true((status == SPK_OK) == (registry != NULL));
    spk_registry_free(registry);
    return status;
}

static void refuse_proto(const struct spk_proto *proto, const char *what)
{
    struct spk_error error = { 0 };
    assert_int_equal(try_proto(proto, &error), SPK_ERR_USAGE);
    assert_string_equal(error.what, what);
}

static const struct spk_row number = { .name = "t.n", .kind = SPK_UINT, .bits = 8, .doc = "A number." };

/* A number, and the row that is refused. */
static void refuse_row(struct spk_row row, const char *what)
{
    const struct spk_row rows[] = { number, row };
    const struct spk_proto proto = { .name = "t", .hdr = { .name = "T", SPK_ROWS(rows) } };
    refuse_proto(&proto, what);
}

/* ---- rows ---- */

static int32_t measure(const struct spk_place *place)
{
    (void)place;
    return 0;
}

static bool get(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    *value = (struct spk_value){ .kind = SPK_TEXT };
    return true;
}

static uint32_t numbers(const struct spk_place *place, uint32_t count, uint64_t *out)
{
    (void)place;
    (void)count;
    (void)out;
    return 0;
}

static int32_t put(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    (void)text;
    (void)before;
    (void)out;
    (void)size;
    return 0;
}

static void rows_that_say_nonsense(void **state)
{
    static const struct spk_row inner_rows[] = { { .name = "t.i", .kind = SPK_UINT, .bits = 8, .doc = "Inner." } };
    static const struct spk_group inner = { .name = "TInner", SPK_ROWS(inner_rows) };
    static const struct spk_case cases[] = { { .key = 1, .in = &inner }, { .in = NULL } };
    const struct spk_codec codecs[] = {
        { NULL, get, get, put, false, NULL, false },
        { measure, NULL, get, put, false, NULL, false },
        { measure, get, NULL, put, false, NULL, false },
        { measure, get, get, NULL, false, NULL, false },
    };
    (void)state;
    refuse_row((struct spk_row){ .kind = SPK_CHOICE, .key = 1, .cases = cases }, "its key is not a row before it");
    refuse_row((struct spk_row){ .kind = SPK_CHOICE, .key = -1, .cases = cases }, "its key is not a row before it");
    refuse_row((struct spk_row){ .kind = SPK_CHOICE, .many = SPK_UNTIL, .cases = cases },
               "what ends it has to be a row of its group, and a CHOICE has several");
    refuse_row((struct spk_row){ .kind = SPK_GROUP, .many = SPK_UNTIL, .n = { .row = -1 }, .in = &inner },
               "what ends it is no row of its group");
    refuse_row((struct spk_row){ .kind = SPK_GROUP, .many = SPK_UNTIL, .n = { .row = 1 }, .in = &inner },
               "what ends it is no row of its group");
    for (size_t i = 0; i < SPK_COUNT_OF(codecs); i++) {
        refuse_row((struct spk_row){ .name = "t.c", .kind = SPK_TEXT, .codec = &codecs[i], .doc = "Coded." },
                   "a codec needs its four functions");
    }
    refuse_row((struct spk_row){ .name = "t.p", .kind = SPK_NONE, .size = SPK_REF(0, 1, 0), .doc = "There." },
               "what only says that it is there has no bytes of its own");
    refuse_row((struct spk_row){ .name = "t.b", .kind = SPK_UINT, .bits = 4, .init = 16, .doc = "Too large." },
               "what it begins with does not fit its bits");
    refuse_row((struct spk_row){ .name = "t.b", .kind = SPK_INT, .bits = 8, .init = 128, .doc = "Too large." },
               "what it begins with does not fit its bits");
    refuse_row(
        (struct spk_row){ .name = "t.b", .kind = SPK_INT, .bits = 8, .init = UINT64_MAX - 128, .doc = "Too low." },
        "what it begins with does not fit its bits");
    refuse_row(
        (struct spk_row){ .name = "t.v", .kind = SPK_CHOICE, .view = SPK_SPAN(0), .cases = cases, .doc = "Two." },
        "a view is no group");
    refuse_row((struct spk_row){ .name = "t.m", .kind = SPK_UINT, .view = SPK_CALL_MANY(get, numbers), .doc = "One." },
               "only a view that counts numbers has many of them");
    refuse_row((struct spk_row){ .name = "t.o", .kind = SPK_UINT, .view = SPK_CALL_OF(1, get), .doc = "One." },
               "it shows a row that does not stand before it");
    refuse_row((struct spk_row){ .name = "t.o",
                                 .kind = SPK_UINT,
                                 .many = SPK_COUNT,
                                 .n = SPK_REF(0, 1, 0),
                                 .view = SPK_CALL_OF(0, get),
                                 .doc = "Several." },
               "only a view that a function makes once is of one row alone");
}

static void initial_values_that_fit(void **state)
{
    const struct spk_row rows[] = {
        { .name = "t.low", .kind = SPK_INT, .bits = 8, .init = UINT64_MAX - 127, .doc = "-128." },
        { .name = "t.high", .kind = SPK_INT, .bits = 8, .init = 127, .doc = "127." },
        { .name = "t.little", .kind = SPK_UINT, .bits = 16, .flags = SPK_LITTLE, .init = 0x0102, .doc = "Little." },
    };
    const struct spk_proto proto = { .name = "t", .hdr = { .name = "T", SPK_ROWS(rows) } };
    const struct spk_proto *list[] = { &proto };
    static const uint8_t wanted[] = { 0x80, 0x7f, 0x02, 0x01 };
    struct spk_registry *registry = NULL;
    struct spk_build *build = NULL;
    const uint8_t *data = NULL;
    uint32_t len = 0;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    assert_int_equal(spk_build_layer(build, &proto), SPK_OK);
    assert_int_equal(spk_build_finish(build, 0, &data, &len, NULL), SPK_OK);
    assert_int_equal(len, sizeof wanted);
    assert_memory_equal(data, wanted, sizeof wanted);
    spk_build_free(build);
    spk_registry_free(registry);
}

/* ---- groups and protocols ---- */

static void groups_that_are_too_much(void **state)
{
    static struct spk_row many[SPK_ROWS_MAX + 1];
    static struct spk_group nested[SPK_DEPTH_MAX + 2];
    static struct spk_row inside[SPK_DEPTH_MAX + 2];
    static char names[SPK_DEPTH_MAX + 2][8];
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(many); i++) {
        many[i] = (struct spk_row){ .kind = SPK_PAD, .bits = 8 };
    }
    struct spk_proto proto = { .name = "t", .hdr = { .name = "T", .rows = many, .count = SPK_ROWS_MAX + 1 } };
    refuse_proto(&proto, "a group has too many rows");
    for (size_t i = 0; i < SPK_COUNT_OF(many); i++) {
        many[i] = (struct spk_row){ .kind = SPK_BYTES, .bits = 65528 };
    }
    proto.hdr.count = SPK_ROWS_MAX;
    refuse_proto(&proto, "its rows are longer than any packet");
    proto.hdr = (struct spk_group){ .name = "T", .rows = NULL, .count = 1 };
    refuse_proto(&proto, "a group needs a name and rows");
    proto.hdr = (struct spk_group){ .name = NULL, .rows = &number, .count = 1 };
    refuse_proto(&proto, "a group needs a name and rows");
    for (size_t i = 0; i < SPK_COUNT_OF(nested); i++) {
        snprintf(names[i], sizeof names[i], "T%zu", i);
        inside[i] = i == 0 ? number : (struct spk_row){ .kind = SPK_GROUP, .in = &nested[i - 1] };
        nested[i] = (struct spk_group){ .name = names[i], .rows = &inside[i], .count = 1 };
    }
    proto.hdr = nested[SPK_DEPTH_MAX + 1];
    refuse_proto(&proto, "groups are nested too deep");
}

static void protocols_that_are_none(void **state)
{
    static const char *const names[] = { NULL, "", ".t", "-t", "a b", "a/b" };
    static const struct spk_row rows[] = {
        { .name = "t.len", .kind = SPK_UINT, .bits = 8, .doc = "A length." },
        { .name = "t.text", .kind = SPK_TEXT, .size = SPK_REF(0, 1, 0), .doc = "Text." },
        { .name = "t.key", .kind = SPK_UINT, .bits = 8, .doc = "What follows." },
    };
    static const int16_t keys[] = { -1, 3, 2 };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(names); i++) {
        const struct spk_proto proto = { .name = names[i], .hdr = { .name = "T", SPK_ROWS(rows) } };
        refuse_proto(&proto, "a protocol has a name of letters, digits, '_', '-' and '.'");
    }
    for (size_t i = 0; i < SPK_COUNT_OF(keys); i++) {
        const struct spk_next next[] = { { .space = "t.key", .pick = SPK_PICK_ROW, .keys = { keys[i] } },
                                         { .space = NULL } };
        const struct spk_proto proto = { .name = "t", .hdr = { .name = "T", SPK_ROWS(rows) }, .next = next };
        refuse_proto(&proto, keys[i] == 2 ? "the key of what follows needs a fixed place in the header"
                                          : "the key of what follows is no row of the header");
    }
}

static void more_than_there_may_be(void **state)
{
    const struct spk_registry *base = spk_registry_default();
    const struct spk_proto proto = { .name = "t", .hdr = { .name = "T", .rows = &number, .count = 1 } };
    struct spk_registry *registry = NULL;
    struct spk_error error = { 0 };
    const struct spk_proto **list = calloc(UINT16_MAX + 1u, sizeof *list);
    (void)state;
    assert_non_null(list);
    for (size_t i = 0; i <= UINT16_MAX; i++) {
        list[i] = &proto;
    }
    assert_int_equal(spk_registry_new(NULL, list, UINT16_MAX + 1u, &registry, &error), SPK_ERR_LIMIT);
    assert_string_equal(error.what, "too many protocols");
    assert_int_equal(spk_registry_new(base, list, UINT16_MAX, &registry, &error), SPK_ERR_LIMIT);
    assert_string_equal(error.what, "too many protocols");
    assert_null(registry);
    free(list);
    struct spk_link *links = calloc(1025, sizeof *links);
    assert_non_null(links);
    for (uint32_t i = 0; i < 1025; i++) {
        links[i] = (struct spk_link){ "udp.port", i, i, spk_registry_find(base, "dns") };
    }
    assert_int_equal(spk_registry_relink(base, links, 1025, &registry, &error), SPK_ERR_LIMIT);
    assert_string_equal(error.what, "too many links");
    assert_null(registry);
    assert_int_equal(spk_registry_relink(base, links, 1024, &registry, &error), SPK_OK);
    spk_registry_free(registry);
    free(links);
}

/* ---- links ---- */

static void links_that_are_none(void **state)
{
    const struct spk_registry *base = spk_registry_default();
    const struct spk_link backwards = {
        .space = "udp.port", .first = 9, .last = 8, .proto = spk_registry_find(base, "dns")
    };
    char long_space[128] = "";
    const char *const texts[] = {
        "udp.port==5300-5299,dns",
        "udp.port==5300-x,dns",
        "udp.port==5300:x,dns",
        "udp.port==5300:0,dns",
        "udp.port==4294967295:2,dns",
        "udp.port==5300;dns",
        "udp.port==5300",
        "udp.port==x,dns",
        "udp.port==4294967296,dns",
        long_space,
    };
    struct spk_registry *registry = NULL;
    struct spk_link link;
    struct spk_error error = { 0 };
    (void)state;
    memset(long_space, 't', 100);
    strcat(long_space, "==1,dns");
    assert_int_equal(spk_registry_relink(base, &backwards, 1, &registry, &error), SPK_ERR_USAGE);
    assert_string_equal(error.what, "no such space, or a range that ends before it begins");
    assert_null(registry);
    for (size_t i = 0; i < SPK_COUNT_OF(texts); i++) {
        error = (struct spk_error){ 0 };
        if (spk_link_parse(base, texts[i], &link, &error) != SPK_ERR_USAGE) {
            fail_msg("%s", texts[i]);
        }
        assert_ptr_equal(error.who, texts[i]);
        assert_non_null(error.what);
    }
    assert_int_equal(spk_link_parse(base, "udp.port==4294967294:2,dns", &link, &error), SPK_OK);
    assert_true(link.first == UINT32_MAX - 1 && link.last == UINT32_MAX);
}

/* ---- values as text ---- */

static void values_as_they_are_typed(void **state)
{
    static const struct {
        const char *line, *hex; /* what is built of it; NULL: refused */
    } list[] = {
        { "t(n=0X1f)", "1f" },
        { "t(n=0x1G)", NULL },
        { "t(n=12x)", NULL },
        { "t(n=0x)", NULL },
        { "t(n=256)", NULL },
        { "t(n=99999999999999999999)", NULL },
        { "t(b=0A:0b-0c.0d 0E)", "000a0b0c0d0e" },
        { "t(b=0a:)", "000a" },
        { "t(b=0a::0b)", NULL },
        { "t(b=:0a)", NULL },
        { "t(b=0)", NULL },
        { "t(n=1 , b=00 )", "0100" },
        { "t(\tn=1)", "01" },
        { "t / \"a \\\"b\\\\ \\c\"", "00612022625c205c63" },
        { "t(b=[])", "00" },
    };
    const struct spk_row rows[] = {
        number,
        { .name = "t.b", .kind = SPK_BYTES, .doc = "What is left." },
    };
    const struct spk_proto proto = { .name = "t", .hdr = { .name = "T", SPK_ROWS(rows) } };
    const struct spk_proto *protos[] = { &proto };
    struct spk_registry *registry = NULL;
    struct spk_build *build = NULL;
    (void)state;
    assert_int_equal(spk_registry_new(spk_registry_default(), protos, 1, &registry, NULL), SPK_OK);
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        struct spk_error error = { 0 };
        const uint8_t *data = NULL;
        uint32_t len = 0;
        char made[64] = "";
        const char *wanted = list[i].hex != NULL ? list[i].hex : "";
        spk_build_reset(build);
        enum spk_status status = spk_build_line(build, list[i].line, &error);
        if (status == SPK_OK) {
            status = spk_build_finish(build, 0, &data, &len, &error);
        }
        for (uint32_t k = 0; status == SPK_OK && k < len; k++) {
            snprintf(made + 2 * k, 3, "%02x", data[k]);
        }
        if ((status == SPK_OK) != (list[i].hex != NULL) || strcmp(made, wanted) != 0) {
            fail_msg("%s: %d %s %s", list[i].line, status, made, error.what != NULL ? error.what : "");
        }
    }
    spk_build_free(build);
    spk_registry_free(registry);
}

/* One byte more than a value may have, as bytes and as text. */
static void values_that_are_too_long(void **state)
{
    enum { MOST = sizeof((struct spk_scratch *)0)->bytes };
    static char typed[2 * MOST + 3];
    const struct spk_row rows[] = {
        { .name = "t.data", .kind = SPK_BYTES, .doc = "Bytes." },
        { .name = "t.text", .kind = SPK_TEXT, .doc = "Text." },
    };
    static const char *const whats[] = { "more bytes than one value may have here", "the text is too long" };
    (void)state;
    for (size_t kind = 0; kind < SPK_COUNT_OF(rows); kind++) {
        for (size_t more = 0; more < 2; more++) {
            struct spk_scratch scratch;
            struct spk_value value = { .len = 0 };
            struct spk_error error = { 0 };
            memset(typed, '0', sizeof typed);
            typed[(kind == 0 ? 2 : 1) * (MOST + more)] = '\0';
            enum spk_status status = spk_value_parse(&rows[kind], typed, &scratch, &value, &error);
            assert_int_equal(status, more == 0 ? SPK_OK : SPK_ERR_USAGE);
            if (more == 0) {
                assert_int_equal(value.len, MOST);
            } else {
                assert_string_equal(error.what, whats[kind]);
                assert_string_equal(error.who, rows[kind].name);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_that_say_nonsense),   cmocka_unit_test(initial_values_that_fit),
        cmocka_unit_test(groups_that_are_too_much), cmocka_unit_test(protocols_that_are_none),
        cmocka_unit_test(more_than_there_may_be),   cmocka_unit_test(links_that_are_none),
        cmocka_unit_test(values_as_they_are_typed), cmocka_unit_test(values_that_are_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
