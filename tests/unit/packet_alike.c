/*
 * Which elements are taken with the one before them (packet/walk_alike.h): what else than their own numbers decides on where
 * they end, and which of those numbers do.
 */
#include "packet_elements.h"

/* ---- values whose own rule says how long they are ---- */

/* Up to and with the first 0. */
static int32_t measure_string(const struct spk_place *place)
{
    for (uint32_t at = place->at; at < place->end; at++) {
        if (place->packet->data[at] == 0) {
            return (int32_t)(at + 1 - place->at);
        }
    }
    return -1;
}

/* As many bytes as the group's first row says, which no reference asks for. */
static int32_t measure_told(const struct spk_place *place)
{
    const uint32_t bytes = (uint32_t)spk_place_uint(place, 0);
    return place->at <= place->end && bytes <= place->end - place->at ? (int32_t)bytes : -1;
}

static bool get_bytes(const struct spk_place *place, struct spk_value *value)
{
    *value =
        (struct spk_value){ .kind = SPK_BYTES, .data = place->packet->data + place->at, .len = place->end - place->at };
    return true;
}

static const struct spk_codec string = {
    .measure = measure_string, .get = get_bytes, .spell = get_bytes, .put = put_nothing
};
static const struct spk_codec told = {
    .measure = measure_told, .get = get_bytes, .spell = get_bytes, .put = put_nothing
};

static void a_codec_reads_what_was_not_asked(void **state)
{
    static const struct spk_row inner[] = {
        { .name = "odd.text", .kind = SPK_BYTES, .codec = &string, .doc = "Up to a zero." },
        { OCTET("odd.inner") },
    };
    static const struct spk_row inner_told[] = {
        { OCTET("odd.len") },
        { .name = "odd.text", .kind = SPK_BYTES, .codec = &told, .doc = "So many bytes." },
    };
    static const struct spk_group group = { .name = "OddText", SPK_ROWS(inner) };
    static const struct spk_group group_told = { .name = "OddTold", SPK_ROWS(inner_told) };
    static const struct spk_row nested[] = {
        { OCTET("odd.kind") },
        { .kind = SPK_GROUP, .in = &group },
        { OCTET("odd.last") },
    };
    static const struct spk_row nested_told[] = {
        { OCTET("odd.kind") },
        { .kind = SPK_GROUP, .in = &group_told },
    };
    static const struct spk_row sized[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 1 } },
    };
    (void)state;
    TRY(sized);
    TRY(inner);
    TRY(inner_told);
    TRY(nested);
    TRY(nested_told);
}

static void a_row_until_a_number_reads_what_was_not_asked(void **state)
{
    static const struct spk_row inner[] = {
        { OCTET("odd.chars"), .many = SPK_UNTIL },
        { OCTET("odd.inner") },
    };
    static const struct spk_group group = { .name = "OddChars", SPK_ROWS(inner) };
    static const struct spk_row nested[] = {
        { OCTET("odd.kind") },
        { .kind = SPK_GROUP, .in = &group },
        { OCTET("odd.last") },
    };
    static const struct spk_row sized[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 1 } },
    };
    static const struct spk_row direct[] = {
        { OCTET("odd.len") },
        { OCTET("odd.chars"), .many = SPK_UNTIL, .size = { 0, 1, 1 } },
    };
    (void)state;
    TRY(nested);
    TRY(sized);
    TRY(direct);
}

/* ---- what is left of the region ---- */

static void room_is_less_with_each_element(void **state)
{
    static const struct spk_row direct[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.more"), .when = { { SPK_ROOM, .value = 4 } } },
    };
    static const struct spk_row shown[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.shown"), .view = SPK_SPAN(0), .when = { { SPK_ROOM, .value = 3 } } },
    };
    static const struct spk_row inner[] = {
        { OCTET("odd.inner") },
        { OCTET("odd.more"), .when = { { SPK_ROOM, .value = 3 } } },
    };
    static const struct spk_group group = { .name = "OddRoom", SPK_ROWS(inner) };
    static const struct spk_row nested[] = {
        { OCTET("odd.kind") },
        { .kind = SPK_GROUP, .in = &group },
    };
    static const struct spk_row sized[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 0 } },
    };
    (void)state;
    TRY(direct);
    TRY(shown);
    TRY(nested);
    TRY(sized);
}

static void a_rest_is_as_long_as_its_region(void **state)
{
    static const struct spk_row rest[] = {
        { OCTET("odd.kind") },
        { .name = "odd.rest", .kind = SPK_BYTES, .when = { { SPK_EQ, .row = 0, .value = 1 } }, .doc = "The rest." },
    };
    static const struct spk_row filled[] = {
        { OCTET("odd.kind") },
        { .name = "odd.items",
          .kind = SPK_UINT,
          .bits = 16,
          .many = SPK_FILL,
          .when = { { SPK_EQ, .row = 0, .value = 1 } },
          .doc = "Numbers." },
    };
    static const struct spk_group group = { .name = "OddRest", SPK_ROWS(rest) };
    static const struct spk_group group_filled = { .name = "OddFilled", SPK_ROWS(filled) };
    static const struct spk_row sized[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 0 } },
    };
    static const struct spk_row sized_filled[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group_filled, .size = { 0, 2, -1 } },
    };
    static const struct spk_row cut_off[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 4, 0 }, .flags = SPK_CUT_OFF },
    };
    (void)state;
    TRY(rest);
    TRY(filled);
    TRY(sized);
    TRY(sized_filled);
    TRY(cut_off);
}

/* ---- which element is the last ---- */

static void the_last_element_says_so(void **state)
{
    static const struct spk_row front[] = {
        { OCTET("odd.last") },
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 1, .value = 1 } } },
    };
    static const struct spk_row end[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.last") },
    };
    static const struct spk_row perhaps[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_NE, .row = 0, .value = 2 } } },
        { OCTET("odd.last"), .when = { { SPK_NE, .row = 0, .value = 3 } } },
    };
    static const struct spk_row part[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { .kind = SPK_PAD, .bits = 8 },
        { .name = "odd.bits", .kind = SPK_UINT, .bits = 7, .view = SPK_SPAN(2), .doc = "The upper bits." },
    };
    const struct element ends[] = {
        { .group = { .name = "OddFront", SPK_ROWS(front) }, .until = 0 },
        { .group = { .name = "OddEnd", SPK_ROWS(end) }, .until = 2 },
        { .group = { .name = "OddPerhaps", SPK_ROWS(perhaps) }, .until = 2 },
        { .group = { .name = "OddPart", SPK_ROWS(part) }, .until = 3 },
        { .group = { .name = "OddAsked", SPK_ROWS(part) }, .until = 0 },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(ends); i++) {
        try_element(&ends[i]);
    }
}

/* As many numbers as a walk notes are asked, or one more or less, and the one that says which element is the last. */
static void more_numbers_are_asked_than_are_noted(void **state)
{
    enum { ASKED = SPK_WALK_ASKED_MAX + 1, LAST = 2 * ASKED };
    static const char *const names[] = { "odd.0", "odd.1", "odd.2", "odd.3", "odd.4",
                                         "odd.5", "odd.6", "odd.7", "odd.8", "odd.9" };
    (void)state;
    for (int16_t asked = ASKED - 2; asked <= ASKED; asked++) {
        struct spk_row rows[LAST + 1];
        for (int16_t i = 0; i < asked; i++) {
            rows[i] = (struct spk_row){ OCTET(names[i]) };
            const uint32_t value = i + 1 == asked ? 1 : 7;
            rows[asked + i] = (struct spk_row){ .kind = SPK_PAD, .bits = 8, .when = { { SPK_EQ, i, 0, value } } };
        }
        rows[2 * asked] = (struct spk_row){ OCTET("odd.last") };
        struct element element = { .group = { .name = "OddAsked", .rows = rows, .count = (uint16_t)(2 * asked + 1) },
                                   .until = (int16_t)(2 * asked),
                                   .period = (uint16_t)(asked + 1),
                                   .bytes = 31,
                                   .differs = (uint16_t)(2 * asked + 2) };
        try_element(&element);
        element.differs--; /* the number before, which decides on a row */
        try_element(&element);
    }
}

#define SHOWN(name_, row_) .name = (name_), .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(row_), .doc = "A number."

/* Numbers of many elements are looked at eight bytes at once: the first, the last, and one that stands in nine. */
static void numbers_of_many_elements_decide(void **state)
{
    enum { BYTES = 9, MANY = 14 };
    static const struct spk_row apart[] = {
        { .kind = SPK_PAD, .bits = 6 },
        { .name = "odd.first", .kind = SPK_UINT, .bits = 2, .doc = "Two bits." },
        { .kind = SPK_PAD, .bits = 56 },
        { OCTET("odd.last") },
        { SHOWN("odd.some", 3), .when = { { SPK_GE, .row = 1, .value = 1 } } },
        { SHOWN("odd.more", 3), .when = { { SPK_GE, .row = 3, .value = 1 } } },
    };
    static const struct spk_row wide[] = {
        { .kind = SPK_PAD, .bits = 7 },
        { .name = "odd.wide", .kind = SPK_UINT, .bits = 64, .doc = "Of nine bytes." },
        { .kind = SPK_PAD, .bits = 1 },
        { SHOWN("odd.some", 0), .when = { { SPK_EQ, .row = 1, .mask = 1, .value = 1 } } },
    };
    (void)state;
    for (uint16_t k = 4; k < MANY; k += 3) {
        struct element element = { .group = { .name = "OddMany", .rows = apart, .count = SPK_COUNT_OF(apart) },
                                   .until = 1,
                                   .period = BYTES,
                                   .bytes = MANY * BYTES + 2,
                                   .differs = (uint16_t)(1 + k * BYTES) };
        try_element(&element);
        element.differs += BYTES - 1;
        try_element(&element);
        element.group = (struct spk_group){ .name = "OddWide", .rows = wide, .count = SPK_COUNT_OF(wide) };
        try_element(&element);
    }
}

/* ---- the numbers that decide ---- */

static void lengths_and_counts_decide(void **state)
{
    static const struct spk_row bytes[] = {
        { OCTET("odd.len") },
        { .name = "odd.bytes", .kind = SPK_BYTES, .size = { 0, 4, 0 }, .doc = "So many." },
        { .name = "odd.number", .kind = SPK_UINT, .view = SPK_SPAN(1), .doc = "As a number." },
        { OCTET("odd.last") },
    };
    static const struct spk_row items[] = {
        { OCTET("odd.count") },
        { OCTET("odd.items"), .many = SPK_COUNT, .n = { 0, 1, 0 } },
        { OCTET("odd.last") },
    };
    static const struct spk_row region[] = {
        { OCTET("odd.len") },
        { OCTET("odd.count") },
        { .name = "odd.items", .kind = SPK_UINT, .bits = 16, .many = SPK_FILL, .size = { 0, 1, 0 }, .doc = "Numbers." },
    };
    static const struct spk_row spanned[] = {
        { OCTET("odd.high") },
        { .name = "odd.low", .kind = SPK_UINT, .bits = 8, .flags = SPK_LITTLE, .doc = "A number." },
        { .name = "odd.both", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(0), .doc = "Both." },
        { .name = "odd.bytes", .kind = SPK_BYTES, .size = { 2, 1, 0 }, .doc = "So many." },
    };
    static const struct spk_row scaled[] = {
        { OCTET("odd.len") },
        { OCTET("odd.kind") },
        { .name = "odd.twice",
          .kind = SPK_UINT,
          .bits = 8,
          .view = SPK_SCALE(0, 2, 1),
          .when = { { SPK_GE, .row = 1, .mask = 2, .value = 2 } },
          .doc = "More." },
        { .name = "odd.bytes", .kind = SPK_BYTES, .size = { 2, 1, 0 }, .doc = "So many." },
    };
    (void)state;
    TRY(bytes);
    TRY(items);
    TRY(region);
    TRY(spanned);
    TRY(scaled);
}

static void conditions_decide(void **state)
{
    static const struct spk_row masked[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.odd"), .when = { { SPK_EQ, .row = 0, .mask = 1, .value = 1 } } },
        { OCTET("odd.flags") },
        { OCTET("odd.some"), .when = { { SPK_LE, .row = 2, .value = 2 }, { SPK_NE, .row = 0, .value = 1 } } },
    };
    static const struct spk_row absent[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.else"), .when = { { SPK_ABSENT, .row = 1 } } },
        { OCTET("odd.more"), .when = { { SPK_EQ, .row = 1, .value = 2 } } },
    };
    static const struct spk_row views[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.flags") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.shown"), .view = SPK_SPAN(0), .when = { { SPK_GE, .row = 1, .value = 2 } } },
        { OCTET("odd.scaled"), .view = SPK_SCALE(1, 3, 1) },
        { OCTET("odd.either"), .view = SPK_EITHER(0, 2) },
    };
    static const struct spk_row within[] = {
        { OCTET("odd.kind") },
        { .name = "odd.half",
          .kind = SPK_UINT,
          .bits = 4,
          .when = { { SPK_EQ, .row = 0, .value = 1 } },
          .doc = "Half." },
        { .name = "odd.bits",
          .kind = SPK_UINT,
          .bits = 4,
          .when = { { SPK_GE, .row = 0, .value = 1 } },
          .doc = "Half." },
    };
    static const struct spk_row shared[] = {
        { OCTET("odd.shared") },
        { OCTET("odd.kind") },
        { OCTET("odd.shared"), .attr = "again", .when = { { SPK_GE, .row = 1, .value = 1 } } },
    };
    (void)state;
    TRY(masked);
    TRY(absent);
    TRY(views);
    TRY(within);
    TRY(shared);
}

/* Numbers between keys decide the same, but where they count for something else as well. */
static void keys_count(void **state)
{
    static const struct spk_row one[] = { { OCTET("odd.one") } };
    static const struct spk_group group = { .name = "OddOne", SPK_ROWS(one) };
    static const struct spk_case cases[] = { { .key = 1, .in = &group }, { .in = NULL } };
#define CHOICE(key_) .name = "odd.choice", .kind = SPK_CHOICE, .key = (key_), .cases = cases, .doc = "A choice."
    static const struct spk_row between[] = {
        { OCTET("odd.key") },
        { OCTET("odd.len") },
        { CHOICE(0), .size = { 1, 1, 0 } },
    };
    static const struct spk_row counted[] = {
        { OCTET("odd.key") },
        { OCTET("odd.len") },
        { CHOICE(0), .size = { 1, 1, 0 } },
        { OCTET("odd.item"), .many = SPK_COUNT, .n = { 0, 1, 0 } },
    };
    static const struct spk_row masked[] = {
        { OCTET("odd.key") },
        { OCTET("odd.len") },
        { CHOICE(0), .size = { 1, 1, 0 } },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .mask = 1, .value = 1 } } },
    };
    static const struct spk_row either[] = {
        { OCTET("odd.key") },
        { OCTET("odd.len") },
        { CHOICE(0), .size = { 1, 1, 0 } },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 1, .value = 3 } } },
        { .name = "odd.either",
          .kind = SPK_UINT,
          .bits = 8,
          .view = SPK_EITHER(3, 1),
          .doc = "What there is of both.",
          .when = { { SPK_GE, .row = 0, .value = 3 } } },
    };
    static const struct spk_row little[] = {
        { .name = "odd.key", .kind = SPK_UINT, .bits = 16, .flags = SPK_LITTLE, .doc = "A number." },
        { OCTET("odd.some"), .when = { { SPK_GE, .row = 0, .value = 0x100 } } },
        { OCTET("odd.other"), .when = { { SPK_GE, .row = 0, .value = 0x102 } } },
    };
    static const struct spk_row compared[] = {
        { OCTET("odd.key") },
        { OCTET("odd.some"), .when = { { SPK_GE, .row = 0, .value = 2 } } },
        { OCTET("odd.other"), .when = { { SPK_NE, .row = 0, .value = 1 } } },
        { OCTET("odd.third"), .when = { { SPK_LE, .row = 0, .value = 2 }, { SPK_NE, .row = 0, .value = 0 } } },
    };
    static const struct spk_row last[] = {
        { OCTET("odd.key") },
        { OCTET("odd.some"), .when = { { SPK_GE, .row = 0, .value = 2 } } },
        { OCTET("odd.other"), .when = { { SPK_GE, .row = 0, .value = 3 } } },
    };
#undef CHOICE
#define GROUP(rows_)                                                                                                   \
    {                                                                                                                  \
        .name = "OddKeys", SPK_ROWS(rows_)                                                                             \
    }
    static const struct spk_group groups[] = {
        GROUP(between), GROUP(counted), GROUP(masked), GROUP(either), GROUP(little), GROUP(compared), GROUP(last),
    };
#undef GROUP
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(groups); i++) {
        for (uint16_t period = 1; period <= 6; period++) {
            try_element(&(struct element){ .group = groups[i], .period = period, .bytes = 24 });
        }
    }
}

static void keys_decide(void **state)
{
    static const struct spk_row one[] = { { OCTET("odd.one") } };
    static const struct spk_row two[] = {
        { OCTET("odd.two") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
    };
    static const struct spk_group group_one = { .name = "OddOne", SPK_ROWS(one) };
    static const struct spk_group group_two = { .name = "OddTwo", SPK_ROWS(two) };
    static const struct spk_case cases[] = { { .key = 1, .in = &group_one },
                                             { .key = 2, .last = 3, .in = &group_two },
                                             { .in = NULL } };
    static const struct spk_row choice[] = {
        { OCTET("odd.key") },
        { .kind = SPK_CHOICE, .key = 0, .cases = cases },
        { OCTET("odd.last") },
    };
    static const struct spk_row sized[] = {
        { OCTET("odd.key") },
        { .name = "odd.choice", .kind = SPK_CHOICE, .key = 0, .cases = cases, .size = { 0, 1, 0 }, .doc = "A choice." },
    };
    static const struct spk_row other[] = {
        { OCTET("odd.len") },
        { OCTET("odd.key") },
        { .name = "odd.choice", .kind = SPK_CHOICE, .key = 1, .cases = cases, .size = { 0, 1, 1 }, .doc = "A choice." },
    };
    static const struct spk_row shown[] = {
        { OCTET("odd.key") },
        { OCTET("odd.len") },
        { .name = "odd.choice", .kind = SPK_CHOICE, .key = 0, .cases = cases, .size = { 1, 1, 0 }, .doc = "A choice." },
        { .name = "odd.data", .kind = SPK_BYTES, .view = SPK_SPAN(2), .doc = "All of it." },
        { .name = "odd.there", .kind = SPK_NONE, .bits = 8, .view = SPK_SPAN(0), .doc = "That it is there." },
    };
    static const struct spk_group group = { .name = "OddChoice", SPK_ROWS(choice) };
    static const struct spk_row within[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 1 } },
    };
    (void)state;
    TRY(choice);
    TRY(sized);
    TRY(other);
    TRY(shown);
    TRY(within);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_codec_reads_what_was_not_asked),
        cmocka_unit_test(a_row_until_a_number_reads_what_was_not_asked),
        cmocka_unit_test(room_is_less_with_each_element),
        cmocka_unit_test(a_rest_is_as_long_as_its_region),
        cmocka_unit_test(the_last_element_says_so),
        cmocka_unit_test(more_numbers_are_asked_than_are_noted),
        cmocka_unit_test(numbers_of_many_elements_decide),
        cmocka_unit_test(lengths_and_counts_decide),
        cmocka_unit_test(conditions_decide),
        cmocka_unit_test(keys_count),
        cmocka_unit_test(keys_decide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
