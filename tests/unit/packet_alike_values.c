/*
 * What is taken of elements with the one before them (packet/walk_alike.h): values that stand in it, each of another
 * field, and none that a function or elements within it make.
 */
#include "packet_elements.h"

/* ---- groups within elements ---- */

static void elements_within_elements_decide(void **state)
{
    static const struct spk_row small[] = {
        { OCTET("odd.type") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
    };
    static const struct spk_row typed[] = {
        { OCTET("odd.type") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.more"), .when = { { SPK_GE, .row = 0, .value = 1 } } },
    };
    static const struct spk_group group_small = { .name = "OddSmall", SPK_ROWS(small) };
    static const struct spk_group group_typed = { .name = "OddTyped", SPK_ROWS(typed) };
    static const struct spk_row counted[] = {
        { OCTET("odd.count") },
        { .kind = SPK_GROUP, .in = &group_small, .many = SPK_COUNT, .n = { 0, 1, 0 } },
    };
    static const struct spk_row once[] = {
        { OCTET("odd.kind") },
        { .kind = SPK_GROUP, .in = &group_typed, .many = SPK_COUNT, .n = { 0, 1, 0 } },
        { OCTET("odd.last") },
    };
    static const struct spk_row sized[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group_typed, .many = SPK_FILL, .size = { 0, 1, 0 } },
    };
    (void)state;
    TRY(counted);
    TRY(once);
    TRY(sized);
}

/* The byte behind the group's first, if it is there. */
static bool get_second(const struct spk_place *place, struct spk_value *value)
{
    *value = (struct spk_value){ .kind = SPK_UINT };
    if (place->at + 1 >= place->end) {
        return false;
    }
    value->u = place->packet->data[place->at + 1];
    return true;
}

static void functions_make_values_of_each_element(void **state)
{
    static const struct spk_row behind[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { OCTET("odd.call"), .view = SPK_CALL(get_second) },
    };
    static const struct spk_row several[] = {
        { OCTET("odd.count") },
        { OCTET("odd.calls"), .many = SPK_COUNT, .n = { 0, 1, 0 }, .view = SPK_CALL(get_second) },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
    };
    /* nothing else asks for the count, and of none of the first element there may be some of the next */
    static const struct spk_row counted[] = {
        { OCTET("odd.count") },
        { OCTET("odd.kind") },
        { OCTET("odd.calls"), .many = SPK_COUNT, .n = { 0, 1, 0 }, .view = SPK_CALL(get_second) },
    };
    static const struct spk_row asking[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.flags") },
        { OCTET("odd.call"), .view = SPK_CALL(get_second), .when = { { SPK_EQ, .row = 1, .mask = 1, .value = 1 } } },
    };
    (void)state;
    TRY(behind);
    TRY(several);
    TRY(counted);
    TRY(asking);
}

/* ---- values that codecs make of what is left ---- */

static int32_t measure_left(const struct spk_place *place)
{
    return (int32_t)(place->end - place->at);
}

/* Each byte and the one above it, made in the scratch; none where the first is 3. */
static bool get_twice(const struct spk_place *place, struct spk_value *value)
{
    const uint32_t len = place->end - place->at;
    const uint8_t *data = place->packet->data + place->at;
    *value = (struct spk_value){ .kind = SPK_BYTES, .data = place->scratch->bytes, .len = 2 * len };
    for (uint32_t i = 0; i < len; i++) {
        place->scratch->bytes[2 * i] = data[i];
        place->scratch->bytes[2 * i + 1] = (uint8_t)(data[i] + 1);
    }
    return len == 0 || data[0] != 3;
}

/* The bytes up to a zero, where they stand. */
static bool get_up_to_zero(const struct spk_place *place, struct spk_value *value)
{
    *value = (struct spk_value){ .kind = SPK_BYTES, .data = place->packet->data + place->at };
    while (place->at + value->len < place->end && value->data[value->len] != 0) {
        value->len++;
    }
    return true;
}

static const struct spk_codec twice = {
    .measure = measure_left, .get = get_twice, .spell = get_up_to_zero, .put = put_nothing, .rest = true
};
static const struct spk_codec up_to_zero = {
    .measure = measure_left, .get = get_up_to_zero, .spell = get_up_to_zero, .put = put_nothing, .rest = true
};

#define TEXT(codec_) .name = "odd.text", .kind = SPK_BYTES, .codec = (codec_), .doc = "What is left."

static void codecs_make_values_of_what_is_left(void **state)
{
    static const struct spk_row sized[] = {
        { OCTET("odd.len") },
        { TEXT(&twice), .size = { 0, 1, 0 } },
    };
    static const struct spk_row stands[] = {
        { OCTET("odd.len") },
        { TEXT(&up_to_zero), .size = { 0, 2, -1 } },
        { OCTET("odd.last") },
    };
    static const struct spk_row left[] = {
        { OCTET("odd.kind") },
        { TEXT(&twice) },
    };
    static const struct spk_group group = { .name = "OddLeft", SPK_ROWS(left) };
    static const struct spk_row within[] = {
        { OCTET("odd.len") },
        { .kind = SPK_GROUP, .in = &group, .size = { 0, 1, 0 } },
        { OCTET("odd.last") },
    };
    static const struct spk_row both[] = {
        { OCTET("odd.len") },
        { TEXT(&twice), .size = { 0, 1, 1 } },
        { TEXT(&up_to_zero), .attr = "again", .size = { 0, 1, 0 } },
    };
    (void)state;
    TRY(sized);
    TRY(stands);
    TRY(left);
    TRY(within);
    TRY(both);
}

static void an_element_of_no_bytes_is_the_last(void **state)
{
    static const struct spk_row nothing[] = {
        { .name = "odd.none", .kind = SPK_NONE, .doc = "That it is there." },
    };
    (void)state;
    TRY(nothing);
}

/* A view, and a number that is asked, may be wider than the element: what is behind it decides, and may not be there. */
static void a_span_is_wider_than_the_element(void **state)
{
    static const struct spk_row shown[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { .name = "odd.wide", .kind = SPK_UINT, .bits = 40, .view = SPK_SPAN(0), .doc = "And what follows." },
    };
    static const struct spk_row bytes[] = {
        { OCTET("odd.kind") },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 0, .value = 1 } } },
        { .name = "odd.wide", .kind = SPK_BYTES, .bits = 40, .view = SPK_SPAN(0), .doc = "And what follows." },
    };
    static const struct spk_row asked[] = {
        { OCTET("odd.kind") },
        { .name = "odd.wide", .kind = SPK_UINT, .bits = 24, .view = SPK_SPAN(0), .doc = "And what follows." },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 1, .value = 0 } } },
        { OCTET("odd.more"), .when = { { SPK_GE, .row = 1, .value = 1 } } },
    };
    static const struct spk_row run[] = {
        { OCTET("odd.kind") },
        { .name = "odd.wide", .kind = SPK_UINT, .bits = 24, .view = SPK_SPAN(0), .doc = "And what follows." },
        { OCTET("odd.some"), .when = { { SPK_EQ, .row = 1, .value = 0 } } },
        { OCTET("odd.more"), .when = { { SPK_EQ, .row = 1, .value = 0x010101 } } },
    };
    const struct element last = { .group = { .name = "OddWide", SPK_ROWS(shown) }, .until = 2 };
    (void)state;
    TRY(shown);
    TRY(bytes);
    TRY(asked);
    TRY(run);
    try_element(&last);
}

/* More fields than are kept apart, together and one by one; and more values than are kept until they are read. */
static void an_element_has_many_values(void **state)
{
    enum { MANY = 36, SOME = SPK_WALK_TAKEN_MAX + 2 };
    static char names[MANY][8];
    struct spk_row rows[MANY + 1];
    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "odd.%d", i);
        rows[i] = (struct spk_row){ OCTET(names[i]) };
    }
    rows[MANY] = (struct spk_row){ .kind = SPK_PAD, .bits = 8, .when = { { SPK_EQ, .row = 1, .value = 3 } } };
    const struct element together = { .group = { .name = "OddMany", .rows = rows, .count = MANY + 1 },
                                      .period = MANY,
                                      .bytes = 3 * MANY + 2 };
    try_element(&together);
    for (int i = 1; i < SOME; i++) {
        rows[i].when[0] = (struct spk_when){ SPK_NE, .row = 0, .mask = 15, .value = 9 };
    }
    const struct element single = { .group = { .name = "OddSome", .rows = rows, .count = SOME },
                                    .period = SOME,
                                    .bytes = 3 * SOME + 2 };
    try_element(&single);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_within_elements_decide),    cmocka_unit_test(functions_make_values_of_each_element),
        cmocka_unit_test(codecs_make_values_of_what_is_left), cmocka_unit_test(an_element_of_no_bytes_is_the_last),
        cmocka_unit_test(a_span_is_wider_than_the_element),   cmocka_unit_test(an_element_has_many_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
