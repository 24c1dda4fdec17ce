/*
 * ICMP, Internet Control Message Protocol: RFC 792; RFC 950 (address mask), RFC 1191 (MTU), RFC 1256 (router discovery),
 * RFC 4884 (length of the quoted packet), RFC 5944 (agents of mobile IP; in icmp_mobile.c), RFC 8335 (extended echo).
 *
 *       0       7 8      15 16               31
 *      +---------+---------+-------------------+
 *      |  type   |  code   |     checksum      |
 *      +---------+---------+-------------------+
 *      |   ident / mtu / redir_gw / pointer    |  by type
 *      +---------------------------------------+
 *      | quoted packet, echo data, times ...   |
 *
 * Messages about a packet quote its beginning: that is the payload, and the key of what follows is the type. What stands
 * behind it (RFC 4884 section 4) is a layer of its own, icmp_ext.c.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include "proto/checksum.h"
#include "proto/icmp_extension.h"
#include "proto/icmp_mobile.h"

/* ---- identifier and sequence number: echo, timestamp, information, address mask ---- */

enum { IDENT, IDENT_LE, SEQ, SEQ_LE };

#define IDENT_ROWS                                                                                                   \
    [IDENT] = {                                                                                                      \
        .name = "icmp.ident", .attr = "identifier", .kind = SPK_UINT, .bits = 16,                                    \
        .doc = "Identifier, by which answers are told apart.",                                                       \
    },                                                                                                               \
    [IDENT_LE] = {                                                                                                   \
        .name = "icmp.ident_le", .kind = SPK_UINT, .bits = 16, .flags = SPK_LITTLE, .view = SPK_SPAN(IDENT),         \
        .doc = "The identifier read as a little-endian number, as some systems write it.",                           \
    },                                                                                                               \
    [SEQ] = {                                                                                                        \
        .name = "icmp.seq", .attr = "sequence", .kind = SPK_UINT, .bits = 16,                                        \
        .doc = "Sequence number of the message.",                                                                    \
    },                                                                                                               \
    [SEQ_LE] = {                                                                                                     \
        .name = "icmp.seq_le", .kind = SPK_UINT, .bits = 16, .flags = SPK_LITTLE, .view = SPK_SPAN(SEQ),             \
        .doc = "The sequence number read as a little-endian number, as some systems write it.",                      \
    }

static const struct spk_row echo_rows[] = { IDENT_ROWS };
static const struct spk_group echo = { .name = "ICMPEcho", SPK_ROWS(echo_rows) };

static const struct spk_row information_rows[] = {
    IDENT_ROWS,
    {
        .name = "icmp.rest", .attr = "echo_data", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .when = { { .test = SPK_ROOM, .value = 1 } },
        .doc = "What stands behind the message's own fields.",
    },
};
static const struct spk_group information = { .name = "ICMPInformation", SPK_ROWS(information_rows) };

static const struct spk_row timestamp_rows[] = {
    IDENT_ROWS,
    {
        .name = "icmp.originate_timestamp", .also = "icmp.originate_tim", .attr = "orig_ts", .kind = SPK_UINT,
        .bits = 32,
        .doc = "When the message was sent, in milliseconds since midnight UTC.",
    },
    {
        .name = "icmp.receive_timestamp", .also = "icmp.receive_times", .attr = "rec_ts", .kind = SPK_UINT, .bits = 32,
        .doc = "When it came, in milliseconds since midnight UTC.",
    },
    {
        .name = "icmp.transmit_timestamp", .also = "icmp.transmit_time", .attr = "trans_ts", .kind = SPK_UINT,
        .bits = 32,
        .doc = "When the answer was sent, in milliseconds since midnight UTC.",
    },
    {
        .name = "icmp.rest", .attr = "rest", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .when = { { .test = SPK_ROOM, .value = 1 } },
        .doc = "What stands behind the message's own fields.",
    },
};
static const struct spk_group timestamp = { .name = "ICMPTimestamp", SPK_ROWS(timestamp_rows) };

static const struct spk_row mask_rows[] = {
    IDENT_ROWS,
    {
        .name = "icmp.address_mask", .attr = "mask", .kind = SPK_IP4, .bits = 32,
        .doc = "Mask of the subnet (RFC 950).",
    },
    {
        .name = "icmp.rest", .attr = "rest", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .when = { { .test = SPK_ROOM, .value = 1 } },
        .doc = "What stands behind the message's own fields.",
    },
};
static const struct spk_group mask = { .name = "ICMPMask", SPK_ROWS(mask_rows) };

/* ---- errors: RFC 792; RFC 4884 section 4 took a byte of the unused ones for a length ---- */

enum { HIGH, LENGTH, LOW, LOW_MTU, UNUSED, UNUSED_HIGH, SHOW_LENGTH, SHOW_BYTES, UNUSED_LOW };

/* The length is a column only where it is given. */
static const struct spk_row error_rows[] = {
    [HIGH] = { .attr = "unused_high", .kind = SPK_PAD, .bits = 8 },
    [LENGTH] = { .attr = "length", .kind = SPK_UINT, .bits = 8 },
    [LOW] = { .attr = "mtu", .kind = SPK_UINT, .bits = 16 },
    [LOW_MTU] = {
        .name = "icmp.mtu", .attr = "mtu_any", .kind = SPK_UINT, .bits = 16, .flags = SPK_TUTORIAL,
        .view = SPK_SPAN(LOW),
        .doc = "Bytes 6 and 7, whatever the code is.",
    },
    [UNUSED] = {
        .name = "icmp.unused", .attr = "unused", .kind = SPK_BYTES, .bits = 32, .view = SPK_SPAN(HIGH),
        .when = { { SPK_EQ, LENGTH, 0, 0 } },
        .doc = "Bytes without a meaning.",
    },
    [UNUSED_HIGH] = {
        .name = "icmp.unused", .attr = "unused_1", .kind = SPK_BYTES, .bits = 8, .view = SPK_SPAN(HIGH),
        .when = { { SPK_NE, LENGTH, 0, 0 } },
        .doc = "Bytes without a meaning.",
    },
    [SHOW_LENGTH] = {
        .name = "icmp.length", .attr = "words", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(LENGTH),
        .when = { { SPK_NE, LENGTH, 0, 0 } },
        .doc = "Length of the quoted packet in words of four bytes; 0: to the end.",
    },
    [SHOW_BYTES] = {
        .name = "icmp.length.original_datagram", .attr = "quoted_len", .kind = SPK_UINT, .bits = 8,
        .view = SPK_SCALE(LENGTH, 4, 0), .when = { { SPK_NE, LENGTH, 0, 0 } },
        .doc = "Length of the quoted packet in bytes.",
    },
    [UNUSED_LOW] = {
        .name = "icmp.unused", .attr = "unused_2", .kind = SPK_BYTES, .bits = 16, .view = SPK_SPAN(LOW),
        .when = { { SPK_NE, LENGTH, 0, 0 } },
        .doc = "Bytes without a meaning.",
    },
};
static const struct spk_group error = { .name = "ICMPError", SPK_ROWS(error_rows) };

/* RFC 1191 section 4. */
enum { TOO_BIG_UNUSED, TOO_BIG_LENGTH };

static const struct spk_row too_big_rows[] = {
    [TOO_BIG_UNUSED] = { .attr = "unused_high", .kind = SPK_PAD, .bits = 8 },
    [TOO_BIG_LENGTH] = { .attr = "length", .kind = SPK_UINT, .bits = 8 },
    {
        .name = "icmp.unused", .attr = "unused", .kind = SPK_BYTES, .bits = 16, .view = SPK_SPAN(TOO_BIG_UNUSED),
        .when = { { SPK_EQ, TOO_BIG_LENGTH, 0, 0 } },
        .doc = "Bytes without a meaning.",
    },
    {
        .name = "icmp.unused", .attr = "unused_1", .kind = SPK_BYTES, .bits = 8, .view = SPK_SPAN(TOO_BIG_UNUSED),
        .when = { { SPK_NE, TOO_BIG_LENGTH, 0, 0 } },
        .doc = "Bytes without a meaning.",
    },
    {
        .name = "icmp.length", .attr = "words", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(TOO_BIG_LENGTH),
        .when = { { SPK_NE, TOO_BIG_LENGTH, 0, 0 } },
        .doc = "Length of the quoted packet in words of four bytes; 0: to the end.",
    },
    {
        .name = "icmp.length.original_datagram", .attr = "quoted_len", .kind = SPK_UINT, .bits = 8,
        .view = SPK_SCALE(TOO_BIG_LENGTH, 4, 0), .when = { { SPK_NE, TOO_BIG_LENGTH, 0, 0 } },
        .doc = "Length of the quoted packet in bytes.",
    },
    {
        .name = "icmp.mtu", .attr = "mtu", .kind = SPK_UINT, .bits = 16,
        .doc = "MTU of the next hop, in bytes.",
    },
};
static const struct spk_group too_big = { .name = "ICMPTooBig", SPK_ROWS(too_big_rows) };

enum { POINTER, POINTER_LENGTH, POINTER_LOW, POINTER_UNUSED };

static const struct spk_row pointer_rows[] = {
    [POINTER] = {
        .name = "icmp.pointer", .also = "icmp.pointericmp.r", .attr = "pointer", .kind = SPK_UINT, .bits = 8,
        .doc = "Byte of the quoted packet where the error is.",
    },
    [POINTER_LENGTH] = { .attr = "length", .kind = SPK_UINT, .bits = 8 },
    [POINTER_LOW] = { .attr = "unused_low", .kind = SPK_PAD, .bits = 16 },
    [POINTER_UNUSED] = {
        .name = "icmp.unused", .attr = "unused", .kind = SPK_BYTES, .bits = 24, .view = SPK_SPAN(POINTER_LENGTH),
        .when = { { SPK_EQ, POINTER_LENGTH, 0, 0 } },
        .doc = "Bytes without a meaning.",
    },
    {
        .name = "icmp.length", .attr = "words", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(POINTER_LENGTH),
        .when = { { SPK_NE, POINTER_LENGTH, 0, 0 } },
        .doc = "Length of the quoted packet in words of four bytes; 0: to the end.",
    },
    {
        .name = "icmp.length.original_datagram", .attr = "quoted_len", .kind = SPK_UINT, .bits = 8,
        .view = SPK_SCALE(POINTER_LENGTH, 4, 0), .when = { { SPK_NE, POINTER_LENGTH, 0, 0 } },
        .doc = "Length of the quoted packet in bytes.",
    },
    {
        .name = "icmp.unused", .attr = "unused_2", .kind = SPK_BYTES, .bits = 16, .view = SPK_SPAN(POINTER_LOW),
        .when = { { SPK_NE, POINTER_LENGTH, 0, 0 } },
        .doc = "Bytes without a meaning.",
    },
};
static const struct spk_group pointer = { .name = "ICMPParameterProblem", SPK_ROWS(pointer_rows) };

static const struct spk_row quench_rows[] = { { .attr = "unused", .kind = SPK_PAD, .bits = 32 } };
static const struct spk_group quench = { .name = "ICMPSourceQuench", SPK_ROWS(quench_rows) };

static const struct spk_row redirect_rows[] = {
    {
        .name = "icmp.redir_gw", .attr = "address", .kind = SPK_IP4, .bits = 32,
        .doc = "Gateway to be used instead.",
    },
};
static const struct spk_group redirect = { .name = "ICMPRedirect", SPK_ROWS(redirect_rows) };

/* ---- router discovery: RFC 1256 ---- */

static const struct spk_row router_rows[] = {
    {
        .name = "icmp.router_address", .attr = "address", .kind = SPK_IP4, .bits = 32,
        .doc = "Address of a router.",
    },
    {
        .name = "icmp.pref_level", .attr = "preference", .kind = SPK_INT, .bits = 32,
        .doc = "Its preference, a signed number; higher is better.",
    },
};
static const struct spk_group router = { .name = "ICMPRouter", SPK_ROWS(router_rows) };

enum { NUM_ADDRS, ENTRY_SIZE, LIFETIME, ROUTERS, EXTENSIONS };

static const struct spk_row advertisement_rows[] = {
    [NUM_ADDRS] = {
        .name = "icmp.num_addrs", .attr = "num_addrs", .kind = SPK_UINT, .bits = 8,
        .doc = "How many addresses follow.",
    },
    [ENTRY_SIZE] = {
        .name = "icmp.addr_entry_size", .attr = "entry_size", .kind = SPK_UINT, .bits = 8, .init = 2,
        .doc = "Words of four bytes for each: 2.",
    },
    [LIFETIME] = {
        .name = "icmp.lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 16, .init = 1800,
        .doc = "How long the addresses are valid, in seconds.",
    },
    [ROUTERS] = {
        .name = "icmp.router", .attr = "routers", .kind = SPK_GROUP, .many = SPK_COUNT, .n = SPK_REF(NUM_ADDRS, 1, 0),
        .in = &router, .flags = SPK_OWN_NAME, .when = { { SPK_EQ, ENTRY_SIZE, 0, 2 } },
        .doc = "Addresses of routers with their preferences.",
    },
    [EXTENSIONS] = {
        .name = "icmp.mip", .attr = "extensions", .kind = SPK_GROUP, .many = SPK_FILL, .in = &spk_icmp_mobile,
        .flags = SPK_OWN_NAME, .when = { { SPK_EQ, ENTRY_SIZE, 0, 2 } },
        .doc = "Extensions of mobile IP behind the addresses.",
    },
};
static const struct spk_group advertisement = { .name = "ICMPRouterAdvertisement", SPK_ROWS(advertisement_rows) };

static const struct spk_row solicitation_rows[] = {
    { .attr = "reserved", .kind = SPK_PAD, .bits = 32 },
    {
        .name = "icmp.mip", .attr = "extensions", .kind = SPK_GROUP, .many = SPK_FILL, .in = &spk_icmp_mobile,
        .flags = SPK_OWN_NAME,
        .doc = "Extensions of mobile IP.",
    },
};
static const struct spk_group solicitation = { .name = "ICMPRouterSolicitation", SPK_ROWS(solicitation_rows) };

/* ---- extended echo: RFC 8335 sections 2 and 3 ---- */

static const struct spk_row probe_rows[] = {
    {
        .name = "icmp.ident", .attr = "identifier", .kind = SPK_UINT, .bits = 16,
        .doc = "Identifier, by which answers are told apart.",
    },
    {
        .name = "icmp.ident_le", .kind = SPK_UINT, .bits = 16, .flags = SPK_LITTLE, .view = SPK_SPAN(0),
        .doc = "The identifier read as a little-endian number, as some systems write it.",
    },
    {
        .name = "icmp.ext.echo.seq", .attr = "sequence", .kind = SPK_UINT, .bits = 8,
        .doc = "Sequence number of the message.",
    },
    {
        .name = "icmp.ext.echo.req.res", .attr = "reserved", .kind = SPK_UINT, .bits = 7, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmp.ext.echo.req.local", .attr = "local", .kind = SPK_BOOL, .bits = 1,
        .doc = "The interface asked for is on the node asked.",
    },
    {
        .name = "icmp.extension", .attr = "extension", .kind = SPK_GROUP, .in = &spk_icmp_extension,
        .flags = SPK_OWN_NAME, .when = { { .test = SPK_ROOM, .value = 4 } },
        .doc = "Extension structure: which interface is asked for.",
    },
};
static const struct spk_group probe = { .name = "ICMPProbe", SPK_ROWS(probe_rows) };

static const struct spk_row report_rows[] = {
    {
        .name = "icmp.ident", .attr = "identifier", .kind = SPK_UINT, .bits = 16,
        .doc = "Identifier, by which answers are told apart.",
    },
    {
        .name = "icmp.ident_le", .kind = SPK_UINT, .bits = 16, .flags = SPK_LITTLE, .view = SPK_SPAN(0),
        .doc = "The identifier read as a little-endian number, as some systems write it.",
    },
    {
        .name = "icmp.ext.echo.seq", .attr = "sequence", .kind = SPK_UINT, .bits = 8,
        .doc = "Sequence number of the message.",
    },
    {
        .name = "icmp.ext.echo.rsp.state", .attr = "state", .kind = SPK_UINT, .bits = 3,
        .doc = "State of a neighbour's entry.",
    },
    {
        .name = "icmp.ext.echo.rsp.res", .attr = "reserved", .kind = SPK_UINT, .bits = 2, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmp.ext.echo.rsp.active", .attr = "active", .kind = SPK_BOOL, .bits = 1,
        .doc = "The interface is active.",
    },
    {
        .name = "icmp.ext.echo.rsp.ipv4", .attr = "has_ipv4", .kind = SPK_BOOL, .bits = 1,
        .doc = "IPv4 runs on the interface.",
    },
    {
        .name = "icmp.ext.echo.rsp.ipv6", .attr = "has_ipv6", .kind = SPK_BOOL, .bits = 1,
        .doc = "IPv6 runs on the interface.",
    },
    {
        .name = "icmp.rest", .attr = "rest", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .when = { { .test = SPK_ROOM, .value = 1 } },
        .doc = "What stands behind the message's own fields.",
    },
};
static const struct spk_group report = { .name = "ICMPProbeReply", SPK_ROWS(report_rows) };

/* ---- the message ---- */

enum {
    ECHO_REPLY = 0, UNREACHABLE = 3, ECHO_REQUEST = 8, TIME_EXCEEDED = 11, PARAMETER_PROBLEM = 12,
    FRAGMENTATION_NEEDED = 4
};

static const struct spk_case bodies[] = {
    { .key = ECHO_REPLY, .in = &echo }, { .key = 4, .in = &quench }, { .key = 5, .in = &redirect },
    { .key = ECHO_REQUEST, .in = &echo }, { .key = 9, .in = &advertisement }, { .key = 10, .in = &solicitation },
    { .key = TIME_EXCEEDED, .in = &error }, { .key = PARAMETER_PROBLEM, .in = &pointer },
    { .key = 13, .last = 14, .in = &timestamp },
    { .key = 15, .last = 16, .in = &information }, { .key = 17, .last = 18, .in = &mask },
    { .key = 42, .in = &probe }, { .key = 43, .in = &report },
    { .in = NULL },
};

static const struct spk_enum type_names[] = {
    { 0, "Echo (ping) reply" }, { 3, "Destination unreachable" }, { 4, "Source quench (flow control)" },
    { 5, "Redirect" }, { 8, "Echo (ping) request" }, { 9, "Router advertisement" }, { 10, "Router solicitation" },
    { 11, "Time-to-live exceeded" }, { 12, "Parameter problem" }, { 13, "Timestamp request" },
    { 14, "Timestamp reply" }, { 15, "Information request" }, { 16, "Information reply" },
    { 17, "Address mask request" }, { 18, "Address mask reply" }, { 42, "Extended Echo request" },
    { 43, "Extended Echo reply" }, { 0, NULL },
};

enum {
    TYPE, CODE, CHECKSUM, CHECKSUM_STATUS, CHECKSUM_GOOD, MTU_BODY, ERROR_BODY, BODY, QUOTED, DATA_TIME,
    DATA_TIME_RELATIVE
};

static uint32_t load32(const uint8_t *bytes, bool little)
{
    return little ? (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0]
                  : (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/*
 * Where ping writes the time of sending at the front of the data: seconds and microseconds, in the sender's byte order.
 * It is taken for one when it lies within a day of the time of the record.
 */
static bool find_time(const struct spk_place *place, int64_t *time_ns)
{
    const struct spk_packet *packet = place->packet;
    const struct spk_layer *layer = &packet->layers[place->layer];
    uint32_t at = layer->at + layer->hdr_len;
    uint32_t end = layer->end < packet->caplen ? layer->end : packet->caplen;
    uint64_t type = spk_place_uint(place, TYPE);
    const int64_t second = 1000000000;

    if (packet->frame == NULL || !packet->frame->has_time || (type != ECHO_REPLY && type != ECHO_REQUEST)
        || end < at || end - at < 8)
        return false;
    for (int little = 0; little < 2; little++) {
        int64_t seconds = load32(packet->data + at, little != 0);
        int64_t micros = load32(packet->data + at + 4, little != 0);
        int64_t apart = packet->frame->time_ns / second - seconds;

        if (micros < 1000000 && apart > -86400 && apart < 86400) {
            *time_ns = seconds * second + micros * 1000;
            return true;
        }
    }
    return false;
}

static bool get_data_time(const struct spk_place *place, struct spk_value *value)
{
    int64_t time_ns = 0;

    if (!find_time(place, &time_ns))
        return false;
    value->kind = SPK_TIME;
    value->u = (uint64_t)time_ns;
    return true;
}

static bool get_data_time_relative(const struct spk_place *place, struct spk_value *value)
{
    int64_t time_ns = 0;

    if (!find_time(place, &time_ns))
        return false;
    value->kind = SPK_DELTA;
    value->u = (uint64_t)(place->packet->frame->time_ns - time_ns);
    return true;
}

static const struct spk_row rows[] = {
    [TYPE] = {
        .name = "icmp.type", .kind = SPK_UINT, .bits = 8, .init = ECHO_REPLY, .names = type_names,
        .doc = "Type of the message.",
    },
    [CODE] = {
        .name = "icmp.code", .kind = SPK_UINT, .bits = 8,
        .doc = "What kind of message of that type.",
    },
    [CHECKSUM] = {
        .name = "icmp.checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Internet checksum over the whole message.",
    },
    [CHECKSUM_STATUS] = SPK_CHECKSUM_STATUS("icmp.checksum.status", spk_checksum_status),
    [CHECKSUM_GOOD] = SPK_CHECKSUM_GOOD("icmp.checksum_good"),
    [MTU_BODY] = {
        .kind = SPK_GROUP, .in = &too_big,
        .when = { { SPK_EQ, TYPE, 0, UNREACHABLE }, { SPK_EQ, CODE, 0, FRAGMENTATION_NEEDED } },
    },
    [ERROR_BODY] = {
        .kind = SPK_GROUP, .in = &error,
        .when = { { SPK_EQ, TYPE, 0, UNREACHABLE }, { SPK_NE, CODE, 0, FRAGMENTATION_NEEDED } },
    },
    [BODY] = {
        .name = "icmp.data", .attr = "body", .kind = SPK_CHOICE, .key = TYPE, .cases = bodies, .flags = SPK_OWN_NAME,
        .when = { { SPK_NE, TYPE, 0, UNREACHABLE } },
        .doc = "What a message of a type not known here says.",
    },
    [DATA_TIME] = {
        .name = "icmp.data_time", .kind = SPK_TIME, .base = SPK_DATE, .view = SPK_CALL(get_data_time),
        .doc = "Time of sending that ping wrote into the data of an echo.",
    },
    [DATA_TIME_RELATIVE] = {
        .name = "icmp.data_time_relative", .kind = SPK_DELTA, .view = SPK_CALL(get_data_time_relative),
        .doc = "Time from then to the record, in seconds.",
    },
    [QUOTED] = {
        .attr = "quoted_words", .kind = SPK_UINT, .bits = 16, .flags = SPK_ZERO_IS_REST | SPK_ONLY_READ,
        .view = SPK_SPAN(MTU_BODY),
        .when = { { SPK_EQ, TYPE, 0xf7, UNREACHABLE } },
    },
};

/* RFC 4884 section 4: the length is in byte 5 of the three kinds of errors. */
static uint32_t find_tail(const struct spk_packet *packet, unsigned layer, uint32_t end)
{
    const struct spk_layer *at = &packet->layers[layer];
    const uint8_t *data = packet->data + at->at;

    if (at->hdr_len != 8 || (data[0] != UNREACHABLE && data[0] != TIME_EXCEEDED && data[0] != PARAMETER_PROBLEM))
        return 0;
    return spk_icmp_extension_at(packet, at->at + 8, data[5] * 4U, end);
}

/*
 * RFC 4884 section 4: destination unreachable (3) and time exceeded (11) have the quoted packet's length in words in
 * byte 5, and byte 4 is 0; both together are read as one number. Types 3 and 11 differ in one bit.
 */
const struct spk_proto spk_proto_icmp = {
    .name = "icmp", .pyclass = "ICMP", .title = "Internet Control Message Protocol", .spec = "RFC 792",
    .hdr = { .name = "ICMP", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS, .min = 4,
    .len = SPK_REF(QUOTED, 4, 8), .len_when = { SPK_EQ, TYPE, 0xf7, UNREACHABLE },
    .csum = CHECKSUM, .covers = SPK_COVERS_ALL,
    .flags = SPK_QUOTES | SPK_WITH_PAYLOAD,
    .tail_at = find_tail, .tail = "icmp.tail",
    .next = SPK_NEXTS({ .space = "icmp.type", .keys = { TYPE } }),
    .sits = SPK_SITS({ "ip.proto", 1 }),
};
