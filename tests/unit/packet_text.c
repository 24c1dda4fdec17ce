/* A field of a packet as text: the row that is there, and not the first of its name, says how. */
#include "support.h"

#include <steelpkt.h>

enum { KIND, PLAIN, HEX };

static const struct spk_row rows[] = {
    [KIND] = { .name = "t.kind", .kind = SPK_UINT, .bits = 8, .doc = "1: the number is shown in hexadecimal." },
    [PLAIN] = { .name = "t.number",
                .kind = SPK_UINT,
                .bits = 16,
                .when = { { SPK_NE, KIND, 0, 1 } },
                .doc = "A number." },
    [HEX] = { .name = "t.number",
              .kind = SPK_UINT,
              .bits = 16,
              .base = SPK_HEX,
              .when = { { SPK_EQ, KIND, 0, 1 } },
              .doc = "The same in hexadecimal." },
};
static const struct spk_proto proto = { .name = "t", .hdr = { .name = "T", SPK_ROWS(rows) } };

static bool text_of(const uint8_t *data, uint32_t len, char *text, size_t size)
{
    const struct spk_proto *list[] = { &proto };
    struct spk_registry *registry = NULL;
    struct spk_packet packet;

    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    spk_decode_as(registry, &proto, data, len, len, &packet);
    bool there = spk_packet_text(&packet, spk_field_find(registry, "t.number"), text, size);
    spk_registry_free(registry);
    return there;
}

static void the_row_that_is_there_says_how(void **state)
{
    char text[16];
    (void)state;
    assert_true(text_of((const uint8_t[]){ 0, 0, 255 }, 3, text, sizeof text));
    assert_string_equal(text, "255");
    assert_true(text_of((const uint8_t[]){ 1, 0, 255 }, 3, text, sizeof text));
    assert_string_equal(text, "0x00ff");
}

static void what_is_not_there_is_empty(void **state)
{
    char text[16] = "before";
    (void)state;
    assert_false(text_of((const uint8_t[]){ 0, 0 }, 2, text, sizeof text));
    assert_string_equal(text, "");
    assert_false(text_of((const uint8_t[]){ 0, 0 }, 2, NULL, 0));
}

static void little_room_holds_the_beginning(void **state)
{
    char text[] = "......";
    (void)state;
    assert_true(text_of((const uint8_t[]){ 1, 0, 255 }, 3, text, 4));
    assert_memory_equal(text, "0x0\0..", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_row_that_is_there_says_how),
        cmocka_unit_test(what_is_not_there_is_empty),
        cmocka_unit_test(little_room_holds_the_beginning),
    };
    return cmocka_run_group_tests_name("packet text", tests, NULL, NULL);
}
