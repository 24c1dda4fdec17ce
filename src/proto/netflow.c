/*
 * NetFlow: Cisco's flow export, versions 1, 5, 7, 8; version 9: RFC 3954; IPFIX: RFC 7011 section 3.1. The header only; the
 * flows behind it stay bytes.
 *
 *       0              15 16             31
 *      +-----------------+-----------------+
 *      |     version     |  count (v10 len)|
 *      +-----------------+-----------------+
 *      |       sysuptime (v10 exporttime)  |
 *      +-----------------------------------+
 *      |       unix_secs (v10 sequence)    |
 *      +-----------------------------------+
 *      |   unix_nsecs (v9 sequence,        |
 *      |   v10 observation domain)         |
 *      +-----------------------------------+
 *      |   payload; in versions 5, 7 and 8 |
 *      |   it begins with the sequence,    |
 *      |   in version 9 with the source    |
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

enum {
    VERSION, WORD_1, WORD_2, WORD_3, WORD_4, PAYLOAD, COUNT, LEN, SYSUPTIME, EXPORTTIME, TIMESTAMP, UNIX_SECS, UNIX_NSECS,
    SEQUENCE, SOURCE_ID, OD_ID, ENGINE_TYPE, ENGINE_ID, SAMPLINGMODE, SAMPLERATE
};

enum { V1 = 1, V5 = 5, V7 = 7, V8 = 8, V9 = 9, IPFIX = 10 };
enum { AT_SEQUENCE = 16, AT_ENGINE_TYPE = 20, AT_ENGINE_ID = 21, AT_SAMPLING = 22 };

/* A number behind the sixteen bytes that all versions have. */
static bool load(const struct spk_place *place, uint32_t offset, uint32_t bytes, struct spk_value *value)
{
    if (place->end - place->at < offset + bytes) {
        return false;
    }
    value->u = 0;
    for (uint32_t i = 0; i < bytes; i++) {
        value->u = value->u << 8 | place->packet->data[place->at + offset + i];
    }
    return true;
}

static bool has_nanoseconds(uint64_t version)
{
    return version == V1 || version == V5 || version == V7 || version == V8;
}

static bool get_sysuptime(const struct spk_place *place, struct spk_value *value)
{
    value->u = spk_place_uint(place, WORD_2) * 1000000u;
    return true;
}

static bool get_timestamp(const struct spk_place *place, struct spk_value *value)
{
    uint64_t version = spk_place_uint(place, VERSION);
    uint64_t seconds = spk_place_uint(place, version == IPFIX ? WORD_2 : WORD_3);
    value->u = seconds * 1000000000u + (has_nanoseconds(version) ? spk_place_uint(place, WORD_4) : 0);
    return true;
}

static bool get_unix_nsecs(const struct spk_place *place, struct spk_value *value)
{
    value->u = spk_place_uint(place, WORD_4);
    return has_nanoseconds(spk_place_uint(place, VERSION));
}

/* Flows or packets sent before: each version keeps the number elsewhere, and version 1 not at all. */
static bool get_sequence(const struct spk_place *place, struct spk_value *value)
{
    switch (spk_place_uint(place, VERSION)) {
    case V5:
    case V7:
    case V8:
        return load(place, AT_SEQUENCE, 4, value);
    case V9:
        value->u = spk_place_uint(place, WORD_4);
        return true;
    case IPFIX:
        value->u = spk_place_uint(place, WORD_3);
        return true;
    default:
        return false;
    }
}

static bool get_source_id(const struct spk_place *place, struct spk_value *value)
{
    return load(place, AT_SEQUENCE, 4, value);
}

static bool has_engine(const struct spk_place *place)
{
    uint64_t version = spk_place_uint(place, VERSION);
    return version == V5 || version == V8;
}

static bool get_engine_type(const struct spk_place *place, struct spk_value *value)
{
    return has_engine(place) && load(place, AT_ENGINE_TYPE, 1, value);
}

static bool get_engine_id(const struct spk_place *place, struct spk_value *value)
{
    return has_engine(place) && load(place, AT_ENGINE_ID, 1, value);
}

static bool get_samplingmode(const struct spk_place *place, struct spk_value *value)
{
    bool there = load(place, AT_SAMPLING, 2, value);
    value->u >>= 14;
    return there;
}

static bool get_samplerate(const struct spk_place *place, struct spk_value *value)
{
    bool there = load(place, AT_SAMPLING, 2, value);
    value->u &= 0x3fff;
    return there;
}

static const struct spk_row rows[] = {
    [VERSION] = {
        .name = "cflow.version", .also = "netflow.version", .kind = SPK_UINT, .bits = 16,
        .doc = "Version of the export: 1, 5, 7, 8, 9, or 10 for IPFIX.",
    },
    [WORD_1] = {
        .name = "netflow.count", .kind = SPK_UINT, .bits = 16, .flags = SPK_OWN_NAME,
        .doc = "Records in the packet; in IPFIX the length of the message in bytes.",
    },
    [WORD_2] = {
        .name = "netflow.sys_uptime", .kind = SPK_UINT, .bits = 32, .flags = SPK_OWN_NAME,
        .doc = "Milliseconds since the exporter started; in IPFIX the time of export.",
    },
    [WORD_3] = {
        .name = "netflow.unix_secs", .kind = SPK_UINT, .bits = 32, .flags = SPK_OWN_NAME,
        .doc = "Seconds since 1970 at the time of export; in IPFIX the sequence number.",
    },
    [WORD_4] = {
        .name = "netflow.unix_nano_seconds", .also = "netflow.unix_nano_", .kind = SPK_UINT, .bits = 32,
        .flags = SPK_OWN_NAME,
        .doc = "Nanoseconds of the time of export; in version 9 the sequence number.",
    },
    [PAYLOAD] = {
        .name = "netflow.payload", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .doc = "All that follows the first sixteen bytes.",
    },
    [COUNT] = {
        .name = "cflow.count", .attr = "record_count", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(WORD_1),
        .when = { { SPK_NE, VERSION, 0, IPFIX } },
        .doc = "Records in the packet.",
    },
    [LEN] = {
        .name = "cflow.len", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(WORD_1),
        .when = { { SPK_EQ, VERSION, 0, IPFIX } },
        .doc = "Length of the IPFIX message in bytes.",
    },
    [SYSUPTIME] = {
        .name = "cflow.sysuptime", .kind = SPK_DELTA, .view = SPK_CALL(get_sysuptime),
        .when = { { SPK_NE, VERSION, 0, IPFIX } },
        .doc = "Seconds since the exporter started.",
    },
    [EXPORTTIME] = {
        .name = "cflow.exporttime", .kind = SPK_UINT, .bits = 32, .view = SPK_SPAN(WORD_2),
        .when = { { SPK_EQ, VERSION, 0, IPFIX } },
        .doc = "Seconds since 1970 at the time of export, in IPFIX.",
    },
    [TIMESTAMP] = {
        .name = "cflow.timestamp", .kind = SPK_TIME, .base = SPK_DATE, .view = SPK_CALL(get_timestamp),
        .doc = "Time of export as a date in UTC.",
    },
    [UNIX_SECS] = {
        .name = "cflow.unix_secs", .attr = "export_secs", .kind = SPK_UINT, .bits = 32, .view = SPK_SPAN(WORD_3),
        .when = { { SPK_NE, VERSION, 0, IPFIX } },
        .doc = "Seconds since 1970 at the time of export.",
    },
    [UNIX_NSECS] = {
        .name = "cflow.unix_nsecs", .attr = "export_nsecs", .kind = SPK_UINT, .view = SPK_CALL(get_unix_nsecs),
        .doc = "Nanoseconds of the time of export, up to version 8.",
    },
    [SEQUENCE] = {
        .name = "cflow.sequence", .kind = SPK_UINT, .view = SPK_CALL(get_sequence),
        .doc = "Flows (version 9: packets; IPFIX: records) that the exporter sent before.",
    },
    [SOURCE_ID] = {
        .name = "cflow.source_id", .kind = SPK_UINT, .view = SPK_CALL(get_source_id),
        .when = { { SPK_EQ, VERSION, 0, V9 } },
        .doc = "Which part of the exporter speaks, in version 9.",
    },
    [OD_ID] = {
        .name = "cflow.od_id", .kind = SPK_UINT, .bits = 32, .view = SPK_SPAN(WORD_4),
        .when = { { SPK_EQ, VERSION, 0, IPFIX } },
        .doc = "Observation domain, in IPFIX.",
    },
    [ENGINE_TYPE] = {
        .name = "cflow.engine_type", .kind = SPK_UINT, .view = SPK_CALL(get_engine_type),
        .doc = "Kind of the switching engine, in versions 5 and 8.",
    },
    [ENGINE_ID] = {
        .name = "cflow.engine_id", .kind = SPK_UINT, .view = SPK_CALL(get_engine_id),
        .doc = "Slot of the switching engine, in versions 5 and 8.",
    },
    [SAMPLINGMODE] = {
        .name = "cflow.samplingmode", .kind = SPK_UINT, .view = SPK_CALL(get_samplingmode),
        .when = { { SPK_EQ, VERSION, 0, V5 } },
        .doc = "How packets were chosen, in version 5: 0 all, 1 every so many.",
    },
    [SAMPLERATE] = {
        .name = "cflow.samplerate", .kind = SPK_UINT, .view = SPK_CALL(get_samplerate),
        .when = { { SPK_EQ, VERSION, 0, V5 } },
        .doc = "Of how many packets one was counted, in version 5.",
    },
};

const struct spk_proto spk_proto_netflow = {
    .name = "cflow", .pyclass = "NetflowSimple", .title = "Cisco NetFlow and IPFIX", .spec = "RFC 3954",
    .hdr = { .name = "NetflowSimple", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REST,
    .sits = SPK_SITS({ "udp.port", 2055 }, { "udp.port", 4739 }, { "udp.port", 9996 }),
};
