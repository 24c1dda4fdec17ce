/*
 * Protocols that somebody else writes: tables and functions that break what they promise are refused, or contained where
 * they are used. The tables are those of the example plug-in, changed here in every way there is (run under
 * AddressSanitizer to see it).
 */
#include "support.h"

#include "../../examples/sensor/sensor.c"

#include <stdlib.h>
#include <string.h>

/* A message of two readings with all that is optional, and what follows it. */
static const uint8_t message[] = {
    0x1c, 2,   0, 27,  0,   0,   0,   7,   0x0b, 0x92, 1,   0xff, 0xf4, 3,
    0,    184, 9, 'Z', 'u', 'g', 's', 'p', 'i',  't',  'z', 'e',  '!',
};

/* ---- everything that is done with a registry ---- */

static void read_all(const struct spk_registry *registry, const uint8_t *data, uint32_t len)
{
    struct spk_packet packet;
    struct spk_walk walk;
    struct spk_scratch scratch;
    struct spk_value value;
    struct spk_stop stop;
    struct spk_build *build = NULL;
    char text[64];
    const uint8_t *built;
    uint32_t built_len;
    unsigned events = 0;
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    spk_decode_as(registry, spk_registry_proto(registry, 0), data, len, (uint32_t)sizeof message, &packet);
    spk_walk_begin(&walk, &packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        spk_build_event(build, &walk, event);
        if (event == SPK_EVENT_VALUE && spk_walk_value(&walk, &scratch, &value)) {
            spk_value_text(walk.row, &value, text, sizeof text);
        }
        assert_true(++events < 100000);
    }
    for (size_t i = 0; i < spk_registry_field_count(registry); i++) {
        spk_packet_text(&packet, spk_registry_field(registry, i), text, sizeof text);
    }
    (void)spk_packet_check(&packet, &stop);
    (void)spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &built, &built_len, NULL);
    spk_build_free(build);
    uint8_t *copy = malloc(len + 1);
    assert_non_null(copy);
    memcpy(copy, data, len);
    spk_decode_as(registry, spk_registry_proto(registry, 0), copy, len, (uint32_t)sizeof message, &packet);
    spk_packet_fix(&packet, copy, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS);
    free(copy);
}

/* Every prefix of the message in a block of its own size. False: the tables were refused. */
static bool try_tables(const struct spk_proto *proto)
{
    struct spk_registry *registry = NULL;
    struct spk_error error = { 0 };
    if (spk_registry_new(NULL, &proto, 1, &registry, &error) != SPK_OK) {
        assert_int_equal(error.code, SPK_ERR_USAGE);
        assert_non_null(error.what);
        return false;
    }
    for (uint32_t len = 0; len <= sizeof message; len++) {
        uint8_t *data = malloc(len + 1);
        assert_non_null(data);
        memcpy(data, message, len);
        uint8_t *exact = len > 0 ? realloc(data, len) : data;
        assert_non_null(exact);
        read_all(registry, exact, len);
        free(exact);
    }
    spk_registry_free(registry);
    return true;
}

/* ---- tables changed by chance ---- */

struct tables {
    struct spk_row sensor[SPK_COUNT_OF(sensor_rows)];
    struct spk_row reading[SPK_COUNT_OF(reading_rows)];
    struct spk_group group;
    struct spk_proto proto;
};

static uint64_t chance_state;

static uint32_t chance(uint32_t below)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return (uint32_t)(chance_state >> 16) % below;
}

static struct spk_ref any_ref(void)
{
    static const int16_t factors[] = { 0, 1, 1, 2, 4, -1, 127, -32768, 32767 };
    static const int32_t sums[] = { 0, 0, 1, -1, -5, 40, INT32_MAX, INT32_MIN };
    return (struct spk_ref){ .row = (int16_t)(chance(15) - 1),
                             .mul = factors[chance(SPK_COUNT_OF(factors))],
                             .add = sums[chance(SPK_COUNT_OF(sums))] };
}

static void change_row(struct spk_row *row, const struct tables *tables)
{
    static const uint16_t widths[] = { 0, 1, 3, 8, 12, 16, 24, 32, 48, 63, 64, 65, 128, 1000, 65535 };
    switch (chance(11)) {
    case 0:
        row->kind = (uint8_t)chance(16);
        break;
    case 1:
        row->bits = widths[chance(SPK_COUNT_OF(widths))];
        break;
    case 2:
        row->many = (uint8_t)chance(5);
        break;
    case 3:
        row->size = any_ref();
        break;
    case 4:
        row->n = any_ref();
        break;
    case 5:
        row->flags = (uint16_t)(1u << chance(13));
        break;
    case 6:
        row->when[chance(2)] = (struct spk_when){
            .test = (uint8_t)chance(8), .row = (int16_t)(chance(15) - 1), .mask = chance(2), .value = chance(3)
        };
        break;
    case 7:
        row->view = (struct spk_view){ .op = (uint8_t)chance(6),
                                       .a = (int16_t)(chance(15) - 1),
                                       .b = (int16_t)(chance(15) - 1),
                                       .mul = INT32_MAX,
                                       .add = INT32_MIN };
        break;
    case 8:
        row->in = chance(3) == 0 ? NULL : chance(2) == 0 ? &tables->group : &tables->proto.hdr;
        break;
    case 9:
        row->most = (uint8_t)chance(3);
        row->base = (uint8_t)chance(4);
        row->digits = (uint8_t)chance(20);
        break;
    default:
        row->name = chance(2) == 0 ? NULL : sensor_rows[chance(SPK_COUNT_OF(sensor_rows))].name;
        break;
    }
}

static void change_proto(struct spk_proto *proto)
{
    switch (chance(8)) {
    case 0:
        proto->extent = (uint8_t)chance(4);
        break;
    case 1:
        proto->extent = SPK_EXTENT_REF;
        proto->hlen = any_ref();
        break;
    case 2:
        proto->len = any_ref();
        break;
    case 3:
        proto->csum = (int16_t)(chance(15) - 1);
        proto->covers = (uint8_t)chance(6);
        break;
    case 4:
        proto->src = (int16_t)(chance(15) - 1);
        proto->dst = (int16_t)(chance(15) - 1);
        break;
    case 5:
        proto->min = (uint16_t)chance(65536);
        break;
    case 6:
        proto->flags = (uint16_t)(1u << chance(8));
        break;
    default:
        proto->len_when = (struct spk_when){ .test = (uint8_t)chance(8), .row = (int16_t)(chance(15) - 1) };
        break;
    }
}

static void tables_changed_in_every_way_do_no_harm(void **state)
{
    unsigned taken = 0, refused = 0;
    (void)state;
    chance_state = 0x9e3779b97f4a7c15u;
    for (unsigned round = 0; round < 6000; round++) {
        struct tables tables;
        memcpy(tables.sensor, sensor_rows, sizeof sensor_rows);
        memcpy(tables.reading, reading_rows, sizeof reading_rows);
        tables.group = (struct spk_group){ .name = "SensorReading", SPK_ROWS(tables.reading) };
        tables.proto = sensor;
        tables.proto.hdr.rows = tables.sensor;
        tables.sensor[READINGS].in = &tables.group;
        for (unsigned changes = 1 + chance(3); changes > 0; changes--) {
            uint32_t which = chance(16);
            if (which < SPK_COUNT_OF(sensor_rows)) {
                change_row(&tables.sensor[which], &tables);
            } else if (which < SPK_COUNT_OF(sensor_rows) + SPK_COUNT_OF(reading_rows)) {
                change_row(&tables.reading[which - SPK_COUNT_OF(sensor_rows)], &tables);
            } else {
                change_proto(&tables.proto);
            }
        }
        *(try_tables(&tables.proto) ? &taken : &refused) += 1;
    }
    print_message("%u tables taken, %u refused\n", taken, refused);
    assert_true(taken > 500 && refused > 500);
}

/* ---- functions that answer nonsense ---- */

static int32_t measured, written;
static struct spk_value answer;
static uint32_t tail;

static int32_t any_measure(const struct spk_place *place)
{
    (void)place;
    return measured;
}

static bool any_value(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    *value = answer;
    return true;
}

static int32_t any_put(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    (void)text;
    (void)before;
    memset(out, 'x', size);
    return written;
}

static uint32_t any_tail(const struct spk_packet *packet, unsigned layer, uint32_t end)
{
    (void)packet;
    (void)layer;
    (void)end;
    return tail;
}

enum { NUMBER, SPELLED, SPELLINGS, SHOWN, SEEN };

static const struct spk_codec codec = { .measure = any_measure, .get = any_value, .spell = any_value, .put = any_put };
static const struct spk_row odd_rows[] = {
    [NUMBER] = { .name = "odd.number", .kind = SPK_UINT, .bits = 8, .view = { .get = any_value }, .doc = "A number." },
    [SPELLED] = { .name = "odd.text", .kind = SPK_TEXT, .codec = &codec, .doc = "A text." },
    [SPELLINGS] = { .name = "odd.texts", .kind = SPK_TEXT, .codec = &codec, .many = SPK_FILL, .doc = "Texts." },
    [SHOWN] = { .name = "odd.shown", .kind = SPK_BYTES, .view = SPK_CALL(any_value), .doc = "Bytes." },
    [SEEN] = { .name = "odd.seen", .kind = SPK_IP6, .view = SPK_CALL(any_value), .doc = "An address." },
};
static const struct spk_proto odd = {
    .name = "odd",
    .hdr = { .name = "Odd", SPK_ROWS(odd_rows) },
    .tail_at = any_tail,
    .tail = "odd.tail",
    .sits = SPK_SITS({ "link", 147 }, { "odd.tail", 0 }),
};

static enum spk_status one_record(void *context, struct spk_record *record, struct spk_error *error)
{
    bool *given = context;
    (void)error;
    if (*given) {
        return SPK_END;
    }
    *given = true;
    *record = (struct spk_record){
        .data = message, .caplen = sizeof message, .len = sizeof message, .number = 1, .link = 147
    };
    return SPK_OK;
}

/* All fields of the odd protocol as cells and as text, which go other ways than a walk. */
static void query_odd(const struct spk_registry *registry)
{
    static const char *const names[] = { "odd.number", "odd.text", "odd.texts",
                                         "odd.shown",  "odd.seen", "frame.protocols" };
    const struct spk_query_options options = { .registry = registry };
    const struct spk_sink_options plain = { .format = SPK_SINK_TSV };
    struct spk_query *query = NULL;
    struct spk_scan *scan = NULL;
    struct spk_sink *sink = NULL;
    struct spk_out *text = NULL;
    const struct spk_cells *cells = NULL;
    bool given = false;
    assert_int_equal(spk_query_new(names, SPK_COUNT_OF(names), &options, &query, NULL), SPK_OK);
    assert_int_equal(spk_scan_new(query, &scan, NULL), SPK_OK);
    assert_int_equal(spk_out_new(&text), SPK_OK);
    assert_int_equal(spk_sink_new(query, &plain, text, &sink, NULL), SPK_OK);
    spk_scan_source(scan, "memory", one_record, &given);
    while (spk_scan_next(scan, &cells, NULL) == SPK_OK) {
        assert_int_equal(spk_sink_row(sink, cells), SPK_OK);
    }
    spk_sink_free(sink);
    spk_out_free(text);
    spk_scan_free(scan);
    spk_query_free(query);
}

static void functions_that_answer_nonsense_do_no_harm(void **state)
{
    static const int32_t lengths[] = { 0, 1, 5, -1, INT32_MIN, INT32_MAX, 0x20000001, 0x1fffffff, 4096 };
    static const uint8_t elsewhere[] = "not in the packet";
    const struct spk_value answers[] = {
        { .kind = SPK_TEXT, .data = elsewhere, .len = sizeof elsewhere },
        { .kind = SPK_TEXT, .data = NULL, .len = 5 },
        { .kind = SPK_TEXT, .data = message, .len = UINT32_MAX },
        { .kind = SPK_TEXT, .data = message + 20, .len = 100 },
        { .kind = SPK_UINT, .u = UINT64_MAX },
        { .kind = SPK_BYTES, .data = NULL, .len = 9 },
        { .kind = SPK_IP6, .data = message + sizeof message - 3, .len = 16 },
        { .kind = SPK_IP6, .data = message, .len = 3 },
        { .kind = 200, .data = NULL, .len = UINT32_MAX },
    };
    static const uint32_t tails[] = { 0, 1, 20, UINT32_MAX };
    const struct spk_proto *list[] = { &odd };
    const struct spk_proto *alone[] = { &odd };
    struct spk_registry *registry = NULL;
    (void)state;
    assert_int_equal(spk_registry_new(spk_registry_default(), list, 1, &registry, NULL), SPK_OK);
    for (size_t i = 0; i < SPK_COUNT_OF(lengths); i++) {
        for (size_t k = 0; k < SPK_COUNT_OF(answers) * SPK_COUNT_OF(tails); k++) {
            measured = written = lengths[i];
            answer = answers[k % SPK_COUNT_OF(answers)];
            tail = tails[k / SPK_COUNT_OF(answers)];
            query_odd(registry);
            assert_true(try_tables(alone[0]));
        }
    }
    spk_registry_free(registry);
}

/* What is not within packet or scratch is not shown, what is, is. */
static void only_sound_answers_are_shown(void **state)
{
    const struct spk_proto *list[] = { &odd };
    struct spk_registry *registry = NULL;
    struct spk_packet packet;
    struct spk_scratch scratch;
    struct spk_value value;
    (void)state;
    measured = 3;
    tail = 0;
    assert_int_equal(spk_registry_new(NULL, list, 1, &registry, NULL), SPK_OK);
    const struct spk_field *field = spk_field_find(registry, "odd.text");
    spk_decode_as(registry, &odd, message, sizeof message, sizeof message, &packet);
    answer = (struct spk_value){ .kind = SPK_TEXT, .data = message + 1, .len = 3 };
    assert_true(spk_packet_value(&packet, field, &scratch, &value));
    answer.data = (const uint8_t *)"abc";
    assert_false(spk_packet_value(&packet, field, &scratch, &value));
    answer = (struct spk_value){ .kind = SPK_BYTES, .data = message + 1, .len = 3 };
    assert_false(spk_packet_value(&packet, field, &scratch, &value));
    spk_registry_free(registry);
}

/* ---- tables that are wrong in one way each ---- */

static void refuse(const struct spk_proto *proto, const char *who, const char *what)
{
    struct spk_registry *registry = NULL;
    struct spk_error error = { 0 };
    assert_int_equal(spk_registry_new(spk_registry_default(), &proto, 1, &registry, &error), SPK_ERR_USAGE);
    assert_null(registry);
    assert_string_equal(error.who, who);
    assert_string_equal(error.what, what);
}

static void promises_that_are_broken_are_told_by_name(void **state)
{
    struct spk_row rows[SPK_COUNT_OF(sensor_rows)];
    struct spk_row inner[SPK_COUNT_OF(reading_rows)];
    struct spk_group own = { .name = "SensorReading", SPK_ROWS(inner) };
    struct spk_proto proto = sensor;
    (void)state;
    memcpy(rows, sensor_rows, sizeof rows);
    proto.hdr.rows = rows;
    assert_true(try_tables(&proto));

    proto.len.row = 40;
    refuse(&proto, "sensor", "a length refers to a row that is not there");
    proto.len.row = NAME;
    refuse(&proto, "sensor", "a length row needs a fixed place in the header");
    proto.len.row = LENGTH;
    proto.csum = STATION + 20;
    refuse(&proto, "sensor", "the checksum needs a row of 16 bits at a fixed place");
    proto.csum = CHECKSUM;
    proto.pyclass = "UDP";
    refuse(&proto, "UDP", "the class is another protocol's");
    proto.pyclass = "Sensor";
    proto.name = "sen sor";
    refuse(&proto, "sen sor", "a protocol has a name of letters, digits, '_', '-' and '.'");
    proto.name = "sensor";
    rows[STATION].name = "udp.srcport";
    refuse(&proto, "udp.srcport", "the name is another protocol's field");
    rows[STATION].name = "sensor.count";
    refuse(&proto, "sensor.count", "two of its rows have one name");
    rows[STATION].name = "sensor.station,";
    refuse(&proto, "sensor.station,", "a name has letters, digits, '_', '-' and '.'");
    rows[STATION] = sensor_rows[STATION];
    rows[NAME].size.row = NAME + 1;
    refuse(&proto, "sensor.name", "its size refers to a row that does not stand before it");
    rows[NAME] = sensor_rows[NAME];
    rows[STATION].kind = SPK_IP6;
    refuse(&proto, "sensor.station", "an address has all of its bits: 32, 48 or 128");
    rows[STATION] = sensor_rows[STATION];
    memcpy(inner, reading_rows, sizeof inner);
    inner[VALUE] = (struct spk_row){ .kind = SPK_GROUP, .in = &own };
    rows[READINGS].in = &own;
    refuse(&proto, "SensorReading", "the group holds itself");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_changed_in_every_way_do_no_harm),
        cmocka_unit_test(functions_that_answer_nonsense_do_no_harm),
        cmocka_unit_test(only_sound_answers_are_shown),
        cmocka_unit_test(promises_that_are_broken_are_told_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
