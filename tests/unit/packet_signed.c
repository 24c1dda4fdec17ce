/* Signed numbers: decoded, shown, typed, set and built alike, at any width and in both byte orders. */
#include "support.h"

#include <steelpkt.h>

#include "query/json.h"

#include <string.h>

enum { NIBBLE, OTHER, BYTE, TENS, LITTLE, HEX, WIDE };

static const struct spk_enum nibble_names[] = { { (uint64_t)-8, "least" }, { 7, "most" }, { 0, NULL } };

static const struct spk_row rows[] = {
    [NIBBLE] = { .name = "s.nibble", .kind = SPK_INT, .bits = 4, .names = nibble_names, .doc = "Four bits." },
    [OTHER] = { .name = "s.other", .kind = SPK_UINT, .bits = 4, .doc = "The others, unsigned." },
    [BYTE] = { .name = "s.byte", .kind = SPK_INT, .bits = 8, .init = (uint64_t)-2, .doc = "A byte." },
    [TENS] = { .name = "s.tens", .kind = SPK_INT, .bits = 8, .view = SPK_SCALE(BYTE, 10, 5), .doc = "10n + 5." },
    [LITTLE] = { .name = "s.little", .kind = SPK_INT, .bits = 16, .flags = SPK_LITTLE, .doc = "Little-endian." },
    [HEX] = { .name = "s.hex", .kind = SPK_INT, .bits = 16, .base = SPK_HEX, .doc = "Its bits are shown." },
    [WIDE] = { .name = "s.wide", .kind = SPK_INT, .bits = 64, .doc = "The widest." },
};
static const struct spk_proto proto = { .name = "s", .hdr = { .name = "S", SPK_ROWS(rows) } };

static struct spk_registry *registry;

static int set_up(void **state)
{
    const struct spk_proto *list[] = { &proto };
    (void)state;
    return spk_registry_new(NULL, list, 1, &registry, NULL) == SPK_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    spk_registry_free(registry);
    return 0;
}

static const uint8_t low[] = { 0x8f, 0x80, 0xff, 0xff, 0xff, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0 };
static const uint8_t high[] = { 0x7f, 0x7f, 0x00, 0x80, 0x7f, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255 };

static void expect_text(const uint8_t data[14], const char *name, const char *expected)
{
    struct spk_packet packet;
    char text[32];
    spk_decode_as(registry, &proto, data, 14, 14, &packet);
    assert_true(spk_packet_text(&packet, spk_field_find(registry, name), text, sizeof text));
    assert_string_equal(text, expected);
}

static void they_are_shown_with_their_sign(void **state)
{
    (void)state;
    expect_text(low, "s.nibble", "-8");
    expect_text(low, "s.other", "15");
    expect_text(low, "s.byte", "-128");
    expect_text(low, "s.tens", "-1275");
    expect_text(low, "s.little", "-1");
    expect_text(low, "s.hex", "0xfffe");
    expect_text(low, "s.wide", "-9223372036854775808");
    expect_text(high, "s.nibble", "7");
    expect_text(high, "s.byte", "127");
    expect_text(high, "s.little", "-32768");
    expect_text(high, "s.wide", "9223372036854775807");
}

static void they_are_read_as_numbers(void **state)
{
    struct spk_packet packet;
    uint64_t number = 0;
    (void)state;
    spk_decode_as(registry, &proto, low, sizeof low, sizeof low, &packet);
    assert_true(spk_packet_uint(&packet, spk_field_find(registry, "s.byte"), &number));
    assert_true((int64_t)number == -128);
}

static void json_has_them_as_numbers(void **state)
{
    struct spk_buf text = { 0 };
    (void)state;
    assert_true(spk_json_put_value(&text, &rows[WIDE], &(struct spk_value){ .kind = SPK_INT, .u = 1ULL << 63 }));
    assert_int_equal(text.len, 20);
    assert_memory_equal(text.data, "-9223372036854775808", 20);
    spk_buf_free(&text);
}

/* Typed over the field, then shown. */
static void set_to(const char *name, const char *typed, const char *shown)
{
    uint8_t copy[sizeof high];
    struct spk_packet packet;
    struct spk_error error = { 0 };
    memcpy(copy, high, sizeof high);
    spk_decode_as(registry, &proto, copy, sizeof copy, sizeof copy, &packet);
    enum spk_status status = spk_packet_set_text(&packet, copy, spk_field_find(registry, name), typed, &error);
    assert_int_equal(status, shown != NULL ? SPK_OK : SPK_ERR_USAGE);
    if (shown != NULL) {
        expect_text(copy, name, shown);
    }
}

static void they_are_typed_with_their_sign(void **state)
{
    (void)state;
    set_to("s.nibble", "-1", "-1");
    set_to("s.nibble", "-8", "-8");
    set_to("s.nibble", "least", "-8");
    set_to("s.nibble", "-9", NULL);
    set_to("s.nibble", "8", NULL);
    set_to("s.nibble", "-", NULL);
    set_to("s.nibble", "--1", NULL);
    set_to("s.other", "-1", NULL);
    set_to("s.byte", "0xff", "-1"); /* the bits */
    set_to("s.byte", "0x100", NULL);
    set_to("s.byte", "-0x10", "-16");
    set_to("s.tens", "-15", "-15");
    set_to("s.tens", "-16", NULL);
    set_to("s.little", "-2", "-2");
    set_to("s.wide", "-9223372036854775808", "-9223372036854775808");
    set_to("s.wide", "9223372036854775808", NULL);
    set_to("s.wide", "-9223372036854775809", NULL);
    set_to("s.wide", "99999999999999999999", NULL);
}

static void they_are_built(void **state)
{
    struct spk_build *build = NULL;
    const uint8_t *data = NULL;
    uint32_t len = 0;
    struct spk_error error = { 0 };
    (void)state;
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    assert_int_equal(spk_build_line(build, "s(nibble=-8, other=15, little=-1, hex=0xfffe)", &error), SPK_OK);
    assert_int_equal(spk_build_finish(build, 0, &data, &len, &error), SPK_OK);
    assert_int_equal(len, 14);
    assert_memory_equal(data, "\x8f\xfe\xff\xff\xff\xfe", 6); /* the byte holds its initial value */

    spk_build_reset(build);
    assert_int_equal(spk_build_layer(build, &proto), SPK_OK);
    const struct spk_value minus = { .kind = SPK_INT, .u = (uint64_t)-1 };
    assert_int_equal(spk_build_set(build, spk_field_find(registry, "s.little"), &minus), SPK_OK);
    assert_int_equal(spk_build_set_uint(build, spk_field_find(registry, "s.byte"), 127), SPK_OK);
    assert_int_equal(spk_build_set_uint(build, spk_field_find(registry, "s.byte"), 128), SPK_ERR_USAGE);
    spk_build_reset(build);
    assert_int_equal(spk_build_layer(build, &proto), SPK_OK);
    assert_int_equal(spk_build_set(build, spk_field_find(registry, "s.other"), &minus), SPK_ERR_USAGE);
    spk_build_free(build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_shown_with_their_sign),
        cmocka_unit_test(they_are_read_as_numbers),
        cmocka_unit_test(json_has_them_as_numbers),
        cmocka_unit_test(they_are_typed_with_their_sign),
        cmocka_unit_test(they_are_built),
    };
    return cmocka_run_group_tests_name("packet signed", tests, set_up, tear_down);
}
