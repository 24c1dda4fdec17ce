/*
 * sensor: what a station's sensors say, as a protocol plug-in. Over UDP port 4243, or right over Ethernet with the type for
 * local experiments.
 *
 *     cc -shared -fPIC sensor.c $(pkg-config --cflags --libs steelpkt) -o sensor.so
 *     steelpkt fields -P ./sensor.so sensor
 */
#include <steelpkt.h>

/* [rows] */
/*
 *       0      3  4   5   6 7 8            15 16                           31
 *      +---------+---+---+---+---------------+-------------------------------+
 *      | version | a | h | 0 |     count     |            length             |
 *      +---------+---+---+---+---------------+-------------------------------+
 *      |           checksum                  |            station            |
 *      +-------------------------------------+-------------------------------+
 *      |        height (if h)                |  count readings ...
 *      +---------------------+---------------+
 *      |      name_len       | name ...
 *      +---------------------+
 *
 * and one reading:
 *
 *      +---------------------+-------------------------------+
 *      |       channel       |             value             |
 *      +---------------------+-------------------------------+
 */
enum { CHANNEL, VALUE };

static const struct spk_enum channels[] = { { 1, "temperature" }, { 2, "humidity" }, { 3, "wind" }, { 0, NULL } };

static const struct spk_row reading_rows[] = {
    [CHANNEL] = {
        .name = "sensor.reading.channel", .kind = SPK_UINT, .bits = 8, .names = channels,
        .doc = "What was measured: 1 temperature, 2 humidity, 3 wind.",
    },
    [VALUE] = {
        .name = "sensor.reading.value", .kind = SPK_INT, .bits = 16,
        .doc = "What it came to, in tenths of a degree Celsius, of a percent, of a metre per second.",
    },
};

static const struct spk_group reading = { .name = "SensorReading", SPK_ROWS(reading_rows) };

enum { VERSION, ALARM, HAS_HEIGHT, UNUSED, COUNT, LENGTH, CHECKSUM, STATION, HEIGHT, READINGS, NAME_LEN, NAME };

static const struct spk_row sensor_rows[] = {
    [VERSION] = {
        .name = "sensor.version", .kind = SPK_UINT, .bits = 4, .init = 1,
        .doc = "Version of the protocol: 1.",
    },
    [ALARM] = {
        .name = "sensor.alarm", .kind = SPK_BOOL, .bits = 1,
        .doc = "A reading is out of its bounds.",
    },
    [HAS_HEIGHT] = {
        .name = "sensor.has_height", .kind = SPK_BOOL, .bits = 1,
        .doc = "The height is there.",
    },
    [UNUSED] = { .kind = SPK_PAD, .bits = 2 },
    [COUNT] = {
        .name = "sensor.count", .kind = SPK_UINT, .bits = 8,
        .doc = "How many readings there are.",
    },
    [LENGTH] = {
        .name = "sensor.length", .kind = SPK_UINT, .bits = 16,
        .doc = "The whole message, in bytes.",
    },
    [CHECKSUM] = {
        .name = "sensor.checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Internet checksum over the whole message.",
    },
    [STATION] = {
        .name = "sensor.station", .kind = SPK_UINT, .bits = 16,
        .doc = "Number of the station.",
    },
    [HEIGHT] = {
        .name = "sensor.height", .kind = SPK_INT, .bits = 16, .when = { { SPK_EQ, HAS_HEIGHT, 0, 1 } },
        .doc = "Where the station stands, in metres above the sea.",
    },
    [READINGS] = {
        .name = "sensor.readings", .kind = SPK_GROUP, .in = &reading, .many = SPK_COUNT, .n = SPK_REF(COUNT, 1, 0),
        .doc = "The readings, one after the other.",
    },
    [NAME_LEN] = {
        .name = "sensor.name_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Bytes in the station's name.",
    },
    [NAME] = {
        .name = "sensor.name", .kind = SPK_TEXT, .size = SPK_REF(NAME_LEN, 1, 0),
        .doc = "The station's name.",
    },
};

static const struct spk_proto sensor = {
    .name = "sensor",
    .pyclass = "Sensor",
    .title = "Sensor Readings",
    .spec = "this file",
    .hdr = { .name = "Sensor", SPK_ROWS(sensor_rows) },
    .extent = SPK_EXTENT_ROWS,
    .len = SPK_REF(LENGTH, 1, 0),
    .csum = CHECKSUM,
    .covers = SPK_COVERS_ALL,
    .sits = SPK_SITS({ "udp.port", 4243 }, { "ethertype", 0x88b6 }),
};

SPK_PLUGIN(&sensor);
/* [end] */
