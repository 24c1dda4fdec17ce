/*
 * Null and loop: BSD loopback devices, LINKTYPE_NULL and LINKTYPE_LOOP (https://www.tcpdump.org/linktypes.html).
 *
 *       0                                31
 *      +----------------------------------+
 *      |        family (or type)          |
 *      +----------------------------------+
 *
 * The address family of the payload: in the byte order of the host that captured it (null), or big-endian (loop). Since
 * families are small, the half that is zero tells the order. Some writers put an EtherType there, in two bytes.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

enum { HEADER, BIG, FAMILY, TYPE };
enum { LARGEST_LENGTH = 1500 };

/* The number whichever way it is written; more than 1500 is an EtherType. */
static uint64_t header_number(const struct spk_place *place)
{
    const uint8_t *bytes = place->packet->data + place->at;
    uint64_t big = (uint64_t)bytes[0] << 24 | (uint64_t)bytes[1] << 16 | (uint64_t)bytes[2] << 8 | bytes[3];
    uint64_t little = (uint64_t)bytes[3] << 24 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[1] << 8 | bytes[0];

    if (big >> 16 != 0) {
        /* A family below 0x600 in the upper half is a number of 16 bits, big-endian. */
        return bytes[0] == 0 && bytes[1] < 6 ? big >> 16 : little;
    }
    return bytes[3] == 0 && bytes[2] < 6 && bytes[2] != 0 ? bytes[2] : big;
}

static bool get_family(const struct spk_place *place, struct spk_value *value)
{
    value->u = header_number(place);
    return value->u <= LARGEST_LENGTH;
}

static bool get_type(const struct spk_place *place, struct spk_value *value)
{
    value->u = header_number(place);
    return value->u > LARGEST_LENGTH;
}

static const struct spk_row rows[] = {
    [HEADER] = {
        .name = "null.header", .attr = "family", .kind = SPK_UINT, .bits = 32, .init = 2,
        .flags = SPK_LITTLE | SPK_OWN_NAME,
        .doc = "The header as one little-endian number.",
    },
    [BIG] = { .kind = SPK_UINT, .bits = 32, .view = SPK_SPAN(HEADER) },
    [FAMILY] = {
        .name = "null.family", .attr = "address_family", .kind = SPK_UINT, .view = SPK_CALL(get_family),
        .doc = "Address family of the payload: 2 is IPv4; 24, 28 and 30 are IPv6.",
    },
    [TYPE] = {
        .name = "null.type", .kind = SPK_UINT, .base = SPK_HEX, .digits = 4, .view = SPK_CALL(get_type),
        .doc = "EtherType of the payload, from writers that put one there.",
    },
};

const struct spk_proto spk_proto_null = {
    .name = "null", .pyclass = "Null", .title = "Null or loopback", .spec = "LINKTYPE_NULL, LINKTYPE_LOOP",
    .hdr = { .name = "Null", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    .next = SPK_NEXTS(
        { .space = "null.type", .keys = { BIG }, .when = { { SPK_LE, BIG, 0, LARGEST_LENGTH } } },
        { .space = "null.type", .keys = { HEADER }, .when = { { SPK_LE, HEADER, 0, LARGEST_LENGTH } } },
        { .space = "ethertype", .keys = { BIG }, .when = { { SPK_LE, BIG, 0, 0xffff } } },
        { .space = "ethertype", .keys = { HEADER }, .when = { { SPK_LE, HEADER, 0, 0xffff } } }),
    .sits = SPK_SITS({ "link", 0 }, { "link", 108 }),
};
