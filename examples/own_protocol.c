/*
 * own_protocol: a protocol of one's own, as rows. It is registered beside the library's protocols, then built, decoded
 * and queried like any of them.
 *
 *     own_protocol
 */
#include <stdio.h>

#include <steelpkt.h>

/* [rows] */
/*
 * Weather station reports, over UDP port 4242:
 *
 *       0      3 4      7 8            15 16                           31
 *      +--------+--------+---------------+-------------------------------+
 *      |version |low| 0  |     count     |            station            |
 *      +--------+--------+---------------+-------------------------------+
 *      |    name_len     | name ...      | count readings ...
 *
 * and one reading:
 *
 *      +-----------------+-------------------------------+
 *      |     sensor      |             value             |
 *      +-----------------+-------------------------------+
 */
enum { SENSOR, VALUE };

static const struct spk_enum sensors[] = { { 1, "temperature" }, { 2, "humidity" }, { 3, "wind" }, { 0, NULL } };

static const struct spk_row reading_rows[] = {
    [SENSOR] = {
        .name = "weather.reading.sensor", .kind = SPK_UINT, .bits = 8, .names = sensors,
        .doc = "What was measured: 1 temperature, 2 humidity, 3 wind.",
    },
    [VALUE] = {
        .name = "weather.reading.value", .kind = SPK_UINT, .bits = 16,
        .doc = "What it came to, in tenths of a kelvin, of a percent, of a metre per second.",
    },
};

static const struct spk_group reading = { .name = "WeatherReading", SPK_ROWS(reading_rows) };

enum { VERSION, LOW, UNUSED, COUNT, STATION, NAME_LEN, NAME, READINGS };

static const struct spk_row weather_rows[] = {
    [VERSION] = {
        .name = "weather.version", .kind = SPK_UINT, .bits = 4, .init = 1,
        .doc = "Version of the protocol: 1.",
    },
    [LOW] = {
        .name = "weather.battery_low", .attr = "low", .kind = SPK_BOOL, .bits = 1,
        .doc = "The station's battery will not last the week.",
    },
    [UNUSED] = { .kind = SPK_PAD, .bits = 3 },
    [COUNT] = {
        .name = "weather.count", .kind = SPK_UINT, .bits = 8,
        .doc = "How many readings follow.",
    },
    [STATION] = {
        .name = "weather.station", .kind = SPK_UINT, .bits = 16,
        .doc = "Number of the station.",
    },
    [NAME_LEN] = {
        .name = "weather.name_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Bytes in the station's name.",
    },
    [NAME] = {
        .name = "weather.name", .kind = SPK_TEXT, .size = SPK_REF(NAME_LEN, 1, 0),
        .doc = "The station's name.",
    },
    [READINGS] = {
        .name = "weather.readings", .kind = SPK_GROUP, .in = &reading, .many = SPK_COUNT, .n = SPK_REF(COUNT, 1, 0),
        .doc = "The readings, one after the other.",
    },
};

static const struct spk_proto weather = {
    .name = "weather",
    .pyclass = "Weather",
    .title = "Weather Station Report",
    .spec = "this file",
    .hdr = { .name = "Weather", SPK_ROWS(weather_rows) },
    .extent = SPK_EXTENT_ROWS,
    .sits = SPK_SITS({ "udp.port", 4242 }),
};
/* [end] */

/* [build] */
static enum spk_status build_report(struct spk_build *build, const uint8_t **data, uint32_t *len,
                                    struct spk_error *error)
{
    static const char report[] =
        "eth(dst=ff:ff:ff:ff:ff:ff, src=00:00:5e:00:53:07) / ip(src=192.0.2.7, dst=192.0.2.255, proto=17) / "
        "udp(srcport=4242, dstport=4242) / "
        "weather(station=7, name=\"Zugspitze\", readings=[(sensor=temperature, value=2712), (sensor=wind, value=184)])";

    if (spk_build_line(build, report, error) != SPK_OK) {
        return error->code;
    }
    /* The lengths and counts of our own rows are computed with all others. */
    return spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, data, len, error);
}
/* [end] */

/* [decode] */
/* What the rows of our layer hold; the other layers are the library's. */
static void print_report(const struct spk_registry *registry, const uint8_t *data, uint32_t len)
{
    struct spk_packet packet;
    struct spk_walk walk;
    enum spk_walk_event event;

    spk_decode(registry, SPK_LINK_ETHERNET, data, len, len, &packet);
    spk_walk_begin(&walk, &packet);
    while ((event = spk_walk_next(&walk)) != SPK_EVENT_END) {
        struct spk_scratch scratch;
        struct spk_value value;
        char text[256];

        if (event == SPK_EVENT_VALUE && spk_layer_proto(&packet, walk.layer) == &weather && walk.row->name != NULL
            && spk_walk_value(&walk, &scratch, &value)) {
            spk_value_text(walk.row, &value, text, sizeof text);
            printf("%*s%s: %s\n", 2 * (int)walk.depth, "", walk.row->name, text);
        }
    }
}
/* [end] */

/* [query] */
/* Records need not come from a file: here is one from memory. */
struct memory {
    const uint8_t *data;
    uint32_t len;
    bool given;
};

static enum spk_status next_record(void *context, struct spk_record *record, struct spk_error *error)
{
    struct memory *memory = context;

    (void)error;
    if (memory->given) {
        return SPK_END;
    }
    memory->given = true;
    *record = (struct spk_record){
        .data = memory->data, .caplen = memory->len, .len = memory->len, .number = 1, .link = SPK_LINK_ETHERNET
    };
    return SPK_OK;
}

static enum spk_status query_report(const struct spk_registry *registry, struct memory *memory, struct spk_error *error)
{
    static const char *const names[] = { "ip.src", "weather.name", "weather.reading.value" };
    const struct spk_query_options options = { .registry = registry };
    struct spk_query *query = NULL;
    struct spk_scan *scan = NULL;
    const struct spk_cells *row;
    enum spk_status status = spk_query_new(names, SPK_COUNT_OF(names), &options, &query, error);

    if (status == SPK_OK) {
        status = spk_scan_new(query, &scan, error);
    }
    if (status == SPK_OK) {
        spk_scan_source(scan, "memory", next_record, memory);
    }
    while (status == SPK_OK && (status = spk_scan_next(scan, &row, error)) == SPK_OK) {
        for (size_t column = 0; column < row->count; column++) {
            const struct spk_cell *cell = &row->cells[column];

            printf("%s =", names[column]);
            for (uint32_t i = 0; i < cell->count; i++) {
                char text[256];

                spk_value_text(cell->items[i].row, &cell->items[i].value, text, sizeof text);
                printf(" %s", text);
            }
            printf("\n");
        }
    }
    spk_scan_free(scan);
    spk_query_free(query);
    return status == SPK_END ? SPK_OK : status;
}
/* [end] */

/* [register] */
static enum spk_status work_with(struct spk_registry *registry, struct spk_error *error)
{
    struct spk_build *build;
    struct memory memory = { 0 };
    enum spk_status status = spk_build_new(registry, &build);

    if (status != SPK_OK) {
        *error = (struct spk_error){ .code = status, .what = "out of memory" };
        return status;
    }
    status = build_report(build, &memory.data, &memory.len, error);
    if (status == SPK_OK) {
        print_report(registry, memory.data, memory.len);
        status = query_report(registry, &memory, error);
    }
    spk_build_free(build);
    return status;
}

int main(void)
{
    const struct spk_proto *const own[] = { &weather };
    struct spk_registry *registry = NULL;
    struct spk_error error;
    enum spk_status status = spk_registry_new(spk_registry_default(), own, SPK_COUNT_OF(own), &registry, &error);

    if (status == SPK_OK) {
        status = work_with(registry, &error);
    }
    spk_registry_free(registry);
    if (status != SPK_OK) {
        char text[256];

        spk_error_text(&error, text, sizeof text);
        fprintf(stderr, "own_protocol: %s\n", text);
        return 1;
    }
    return 0;
}
/* [end] */
