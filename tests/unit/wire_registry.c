/* What a registry refuses, and how names are found in it. */
#include "support.h"

#include <steelpkt.h>

#include <string.h>

enum { FIRST, SECOND };

static const struct spk_row good[] = {
    [FIRST] = { .name = "t.first", .also = "t.one t.eins", .kind = SPK_UINT, .bits = 8, .doc = "A byte." },
    [SECOND] = { .name = "t.second", .kind = SPK_BYTES, .size = SPK_REF(FIRST, 1, 0), .doc = "So many bytes." },
};
static const struct spk_proto good_proto = {
    .name = "t",
    .hdr = { .name = "T", SPK_ROWS(good) },
    .sits = SPK_SITS({ "udp.port", 9999 }),
};

static enum spk_status register_rows(const struct spk_row *rows, uint16_t count, struct spk_error *error)
{
    const struct spk_proto proto = { .name = "t", .hdr = { .name = "T", .rows = rows, .count = count } };
    const struct spk_proto *list[] = { &proto };
    struct spk_registry *registry = NULL;
    enum spk_status status = spk_registry_new(NULL, list, 1, &registry, error);
    spk_registry_free(registry);
    return status;
}

static void refuse(const struct spk_row *rows, uint16_t count, const char *who, const char *part)
{
    struct spk_error error = { 0 };
    assert_int_equal(register_rows(rows, count, &error), SPK_ERR_USAGE);
    assert_string_equal(error.who, who);
    if (strstr(error.what, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.what, part);
    }
}

static void forward_references_are_refused(void **state)
{
    const struct spk_row size[] = {
        { .name = "t.a", .kind = SPK_BYTES, .size = SPK_REF(1, 1, 0), .doc = "Sized by a later row." },
        { .name = "t.b", .kind = SPK_UINT, .bits = 8, .doc = "The size." },
    };
    const struct spk_row when[] = {
        { .name = "t.a", .kind = SPK_UINT, .bits = 8, .when = { { SPK_EQ, 0, 0, 1 } }, .doc = "There if itself." },
    };
    (void)state;
    refuse(size, 2, "t.a", "size refers to a row that does not stand before it");
    refuse(when, 1, "t.a", "condition refers to a row that does not stand before it");
}

static void incomplete_rows_are_refused(void **state)
{
    const struct spk_row silent[] = { { .name = "t.a", .kind = SPK_UINT, .bits = 8 } };
    const struct spk_row wide[] = { { .name = "t.a", .kind = SPK_UINT, .bits = 65, .doc = "Too wide." } };
    const struct spk_row empty[] = { { .name = "t.a", .kind = SPK_GROUP, .doc = "A group of nothing." } };
    (void)state;
    refuse(silent, 1, "t.a", "needs a sentence");
    refuse(wide, 1, "t.a", "1 to 64 bits");
    refuse(empty, 1, "t.a", "needs .in");
}

static int32_t no_length(const struct spk_place *place)
{
    (void)place;
    return -1;
}

static bool no_value(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    (void)value;
    return false;
}

static int32_t no_bytes(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    (void)text;
    (void)before;
    (void)out;
    (void)size;
    return -1;
}

/* Each was taken once, and then gave other bytes back than it had read, or counted with what is no number. */
static void rows_that_could_not_be_written_again_are_refused(void **state)
{
    static const struct spk_codec codec = { .measure = no_length, .get = no_value, .spell = no_value, .put = no_bytes };
    const struct spk_row nibble = { .name = "t.n", .kind = SPK_UINT, .bits = 4, .doc = "Half a byte." };
    const struct spk_row address = { .name = "t.n", .kind = SPK_IP6, .bits = 128, .doc = "An address." };
    const struct {
        struct spk_row rows[3];
        uint16_t count;
        const char *part;
    } cases[] = {
        { { nibble, { .name = "t.a", .kind = SPK_BYTES, .doc = "What is left." } }, 2, "begin within a byte" },
        { { nibble, { .name = "t.a", .kind = SPK_MAC, .bits = 48, .doc = "An address." } }, 2, "begin within a byte" },
        { { { .name = "t.a", .kind = SPK_BYTES, .bits = 12, .doc = "A byte and a half." } }, 1, "whole bytes" },
        { { { .name = "t.a", .kind = SPK_BOOL, .doc = "Of no bits." } }, 1, "1 to 64 bits" },
        { { { .name = "t.n", .kind = SPK_UINT, .bits = 8, .doc = "A byte." },
            { .name = "t.a", .kind = SPK_UINT, .bits = 24, .size = SPK_REF(0, 2, 21), .doc = "Of two widths." } },
          2,
          "not both" },
        { { { .name = "t.a", .kind = SPK_NONE, .bits = 8, .doc = "There, with a byte." } }, 1, "no bytes of its own" },
        { { { .name = "t.a", .kind = SPK_TEXT, .bits = 8, .codec = &codec, .doc = "Coded." } },
          1,
          "there are no bits" },
        { { address, { .name = "t.a", .kind = SPK_BYTES, .size = SPK_REF(0, 1, 0), .doc = "As many as an address." } },
          2,
          "is no number" },
        { { address,
            { .name = "t.b", .kind = SPK_IP6, .view = SPK_SPAN(0), .doc = "The address again." },
            { .name = "t.a", .kind = SPK_BYTES, .size = SPK_REF(1, 1, 0), .doc = "As many as an address." } },
          3,
          "is no number" },
        { { nibble,
            { .name = "t.a", .kind = SPK_UINT, .bits = 4, .when = { { SPK_ROOM + 1, 0, 0, 0 } }, .doc = "If." } },
          2,
          "no such condition" },
        { { address, { .name = "t.a", .kind = SPK_UINT, .bits = 8, .when = { { SPK_EQ, 0, 0, 1 } }, .doc = "If." } },
          2,
          "is no number" },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(cases); i++) {
        refuse(cases[i].rows, cases[i].count, "t.a", cases[i].part);
    }
}

/* What stands behind a group begins at a byte, and a group within a byte of another would overlap it. */
static void a_group_that_ends_within_a_byte_is_in_no_other(void **state)
{
    const struct spk_row nibble[] = { { .name = "t.n", .kind = SPK_UINT, .bits = 4, .doc = "Half a byte." } };
    const struct spk_group half = { .name = "Half", SPK_ROWS(nibble) };
    const struct spk_row once[] = { { .name = "t.a", .kind = SPK_GROUP, .in = &half, .doc = "One." } };
    const struct spk_row often[] = {
        { .name = "t.a", .kind = SPK_GROUP, .many = SPK_FILL, .in = &half, .doc = "Some." },
    };
    (void)state;
    refuse(once, 1, "Half", "ends at a whole byte");
    refuse(often, 1, "Half", "ends at a whole byte");
}

/* How wide a group is its rows say, whatever its own row does, and of a list there may be nothing. */
static void an_address_is_not_shown_of_a_group_or_a_list(void **state)
{
    const struct spk_row byte[] = { { .name = "t.n", .kind = SPK_UINT, .bits = 8, .doc = "A byte." } };
    const struct spk_group small = { .name = "Small", SPK_ROWS(byte) };
    const struct spk_row rows[] = {
        { .name = "t.a", .kind = SPK_GROUP, .bits = 48, .in = &small, .doc = "Said to be as wide as an address." },
        { .name = "t.b", .kind = SPK_MAC, .view = SPK_EITHER(0, 0), .doc = "It." },
    };
    const struct spk_row none[] = {
        { .name = "t.a", .kind = SPK_MAC, .bits = 48, .many = SPK_FILL, .doc = "Perhaps none." },
        { .name = "t.b", .kind = SPK_MAC, .view = SPK_EITHER(0, 0), .doc = "It." },
    };
    (void)state;
    refuse(rows, 2, "t.b", "an address has all of its bits");
    refuse(none, 2, "t.b", "an address has all of its bits");
}

/* Numbers of 64 bits as lengths, and a boolean of several bits: nothing overflows, and what is read is written again. */
static void large_numbers_stay_what_they_are(void **state)
{
    const struct spk_row rows[] = {
        { .name = "t.len", .kind = SPK_UINT, .bits = 64, .doc = "A length." },
        { .name = "t.flag", .kind = SPK_BOOL, .bits = 16, .doc = "Set or not." },
        { .name = "t.rest", .kind = SPK_BYTES, .bits = 32, .flags = SPK_REST_IS_SHOWN, .doc = "No length." },
        { .name = "t.turned", .kind = SPK_INT, .bits = 64, .view = SPK_SCALE(0, -1, 5), .doc = "Less of it." },
    };
    const struct spk_proto proto = { .name = "t",
                                     .hdr = { .name = "T", SPK_ROWS(rows) },
                                     .extent = SPK_EXTENT_REF,
                                     .hlen = SPK_REF(0, 32767, 32767),
                                     .len = SPK_REF(0, 32767, 32767) };
    const struct spk_proto *list[] = { &proto };
    uint8_t data[16] = { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x12, 0x34, 0, 0, 0, 0, 1, 2 };
    struct spk_registry *registry = NULL;
    struct spk_build *build = NULL;
    struct spk_packet packet;
    struct spk_walk walk;
    struct spk_value least = { .kind = SPK_INT, .u = UINT64_C(1) << 63 };
    const uint8_t *built = NULL;
    uint32_t len = 0;
    uint64_t number = 0;
    (void)state;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    spk_decode_as(registry, &proto, data, sizeof data, sizeof data, &packet);
    assert_int_equal(packet.stop.reason, SPK_STOP_MALFORMED);
    assert_true(spk_packet_uint(&packet, spk_field_find(registry, "t.flag"), &number) && number == 1);
    assert_true(spk_packet_uint(&packet, spk_field_find(registry, "t.turned"), &number));
    assert_true(number == 5 - UINT64_C(0x7ffffffffffffffe));
    assert_int_equal(spk_packet_set(&packet, data, spk_field_find(registry, "t.turned"), &least, NULL), SPK_ERR_USAGE);
    spk_walk_begin(&walk, &packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        assert_int_equal(spk_build_event(build, &walk, event), SPK_OK);
    }
    assert_int_equal(spk_build_finish(build, 0, &built, &len, NULL), SPK_OK);
    assert_int_equal(len, sizeof data);
    assert_memory_equal(built, data, sizeof data);
    spk_build_free(build);
    spk_registry_free(registry);
}

static void names_of_two_kinds_are_refused(void **state)
{
    const struct spk_row rows[] = {
        { .name = "t.a", .kind = SPK_UINT, .bits = 32, .doc = "A number." },
        { .name = "t.a", .kind = SPK_IP4, .bits = 32, .when = { { SPK_EQ, 0, 0, 1 } }, .doc = "An address." },
    };
    (void)state;
    refuse(rows, 2, "t.a", "differ in kind");
}

static void names_taken_by_another_field_are_refused(void **state)
{
    const struct spk_row rows[] = {
        { .name = "t.a", .also = "t.b", .kind = SPK_UINT, .bits = 32, .doc = "A number." },
        { .name = "t.b", .kind = SPK_UINT, .bits = 32, .doc = "Another." },
    };
    (void)state;
    refuse(rows, 2, "t.b", "used for two fields");
}

static void keys_that_are_taken_are_refused(void **state)
{
    struct spk_proto other = good_proto;
    const struct spk_proto *list[] = { &good_proto, &other };
    struct spk_registry *registry = NULL;
    struct spk_error error = { 0 };
    (void)state;
    other.name = "u";
    assert_int_equal(spk_registry_new(NULL, list, 2, &registry, &error), SPK_ERR_USAGE);
    assert_null(registry);
    assert_string_equal(error.what, "another protocol sits at that key");
}

static void protocol_names_that_are_taken_are_refused(void **state)
{
    const struct spk_proto udp = { .name = "udp", .hdr = { .name = "Mine", SPK_ROWS(good) } };
    const struct spk_proto *list[] = { &udp };
    struct spk_registry *registry = NULL;
    struct spk_error error = { 0 };
    (void)state;
    assert_int_equal(spk_registry_new(spk_registry_default(), list, 1, &registry, &error), SPK_ERR_USAGE);
    assert_null(registry);
    assert_string_equal(error.who, "udp");
}

/* A protocol of one's own over the default registry, which stays as it is. */
static void a_registry_grows_over_another(void **state)
{
    const struct spk_proto *list[] = { &good_proto };
    struct spk_registry *registry = NULL;
    struct spk_error error = { 0 };
    (void)state;
    assert_int_equal(spk_registry_new(spk_registry_default(), list, 1, &registry, &error), SPK_OK);
    assert_ptr_equal(spk_registry_at(registry, "udp.port", 9999), &good_proto);
    assert_null(spk_registry_at(spk_registry_default(), "udp.port", 9999));
    assert_non_null(spk_field_find(registry, "t.first"));
    assert_ptr_equal(spk_field_find(registry, "t.first"), spk_field_find(registry, "t.eins"));
    assert_null(spk_field_find(spk_registry_default(), "t.first"));
    spk_registry_free(registry);
}

static void the_nearest_name_is_suggested(void **state)
{
    const struct spk_registry *registry = spk_registry_default();
    (void)state;
    assert_string_equal(spk_field_nearest(registry, "ip.scr"), "ip.src");
    assert_string_equal(spk_field_nearest(registry, "tcp.dport"), "tcp.port");
    assert_null(spk_field_nearest(registry, "something.else.altogether.unlike"));
}

static void every_field_has_a_sentence_and_is_found_by_its_name(void **state)
{
    const struct spk_registry *registry = spk_registry_default();
    (void)state;
    assert_true(spk_registry_field_count(registry) > 100);
    for (size_t i = 0; i < spk_registry_field_count(registry); i++) {
        const struct spk_field *field = spk_registry_field(registry, i);
        assert_ptr_equal(spk_field_find(registry, field->name), field);
        size_t n = strlen(field->row->doc);
        if (n < 4 || field->row->doc[n - 1] != '.') {
            fail_msg("%s: \"%s\" is no sentence", field->name, field->row->doc);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_references_are_refused),
        cmocka_unit_test(incomplete_rows_are_refused),
        cmocka_unit_test(rows_that_could_not_be_written_again_are_refused),
        cmocka_unit_test(a_group_that_ends_within_a_byte_is_in_no_other),
        cmocka_unit_test(an_address_is_not_shown_of_a_group_or_a_list),
        cmocka_unit_test(large_numbers_stay_what_they_are),
        cmocka_unit_test(names_of_two_kinds_are_refused),
        cmocka_unit_test(names_taken_by_another_field_are_refused),
        cmocka_unit_test(keys_that_are_taken_are_refused),
        cmocka_unit_test(protocol_names_that_are_taken_are_refused),
        cmocka_unit_test(a_registry_grows_over_another),
        cmocka_unit_test(the_nearest_name_is_suggested),
        cmocka_unit_test(every_field_has_a_sentence_and_is_found_by_its_name),
    };
    return cmocka_run_group_tests_name("wire registry", tests, NULL, NULL);
}
