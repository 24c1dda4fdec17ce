/*
 * Null: BSD's loopback device, LINKTYPE_NULL (https://www.tcpdump.org/linktypes.html).
 *
 *       0                                31
 *      +----------------------------------+
 *      |         family (or type)         |
 *      +----------------------------------+
 *
 * The address family of the payload in the byte order of the host that captured it. Families are small, so the half that is
 * zero tells the order. Some writers put an EtherType there, of two bytes at either end.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

enum { HIGH, LOW, HEADER, BIG, FAMILY, TYPE };
enum { LARGEST_LENGTH = 1500, LEAST_TYPE = 0x600 };

/* The number whichever way it is written; more than 1500 is an EtherType. */
static uint64_t header_number(const struct spk_place *place)
{
    uint64_t number = spk_place_uint(place, HIGH) << 16 | spk_place_uint(place, LOW);
    if (number > 0xffff) {
        const uint8_t *bytes = place->packet->data + place->at;
        number = (uint64_t)bytes[3] << 24 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[1] << 8 | bytes[0];
    }
    if (number > 0xffff) {
        number = spk_place_uint(place, LOW);
    }
    /* A family in two bytes, which are the wrong way round. */
    return (number & 0xff) == 0 && number < LEAST_TYPE ? number >> 8 : number;
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
    [HIGH] = { .kind = SPK_PAD, .bits = 16, .init = 0x0200 },
    [LOW] = { .kind = SPK_PAD, .bits = 16 },
    [HEADER] = {
        .name = "null.header", .attr = "family", .kind = SPK_UINT, .bits = 32, .flags = SPK_LITTLE | SPK_OWN_NAME,
        .view = SPK_SPAN(HIGH),
        .doc = "The header as one little-endian number.",
    },
    [BIG] = { .kind = SPK_UINT, .bits = 32, .view = SPK_SPAN(HIGH) },
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
    .name = "null", .pyclass = "Null", .title = "Null loopback", .spec = "LINKTYPE_NULL",
    .hdr = { .name = "Null", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    .next = SPK_NEXTS(
        { .space = "null.type", .keys = { BIG }, .when = { { SPK_LE, BIG, 0, LARGEST_LENGTH } } },
        { .space = "null.type", .keys = { HEADER }, .when = { { SPK_LE, HEADER, 0, LARGEST_LENGTH } } },
        { .space = "ethertype", .keys = { BIG }, .when = { { SPK_GE, BIG, 0, LEAST_TYPE }, { SPK_LE, BIG, 0, 0xffff } } },
        { .space = "ethertype", .keys = { HEADER },
          .when = { { SPK_GE, HEADER, 0, LEAST_TYPE }, { SPK_LE, HEADER, 0, 0xffff } } },
        { .space = "ethertype", .keys = { LOW },
          .when = { { SPK_GE, BIG, 0, 0x10000 }, { SPK_GE, HEADER, 0, 0x10000 } } }),
    .sits = SPK_SITS({ "link", 0 }),
};
