/*
 * IPv4, Internet Protocol version 4: RFC 791; RFC 2474 and RFC 3168 for dsfield; options in ip_options.c.
 *
 *       0      3 4      7 8          13  15 16    18                31
 *      +--------+--------+-------------+---+-----------------------+
 *      |version |  ihl   |    dscp     |ecn|          len          |
 *      +--------+--------+-------------+---+---+-------------------+
 *      |                id                 |fl.|    frag_offset    |
 *      +-----------------+-----------------+---+-------------------+
 *      |       ttl       |      proto      |       checksum        |
 *      +-----------------+-----------------+-----------------------+
 *      |                            src                            |
 *      +-----------------------------------------------------------+
 *      |                            dst                            |
 *      +-----------------------------------------------------------+
 *      |                       options ...                         |
 *      +-----------------------------------------------------------+
 *
 *      fl.: flags.rb, flags.df, flags.mf
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include "proto/checksum.h"
#include "proto/ip_options.h"
#include "proto/ip_protos.h"

#include <string.h>

enum {
    VERSION, IHL, HDR_LEN, HDR_WORDS, DSFIELD, TOS, DSCP, ECN, LEN, ID, FLAGS, FRAG_WORD, RB, DF, MF, FRAG_OFFSET, TTL,
    PROTO, CHECKSUM, CHECKSUM_STATUS, CHECKSUM_GOOD, SRC, DST, CURRENT, ADDR, OPTIONS, OPTION_BYTES
};

enum { DST_AT = 16, FIXED = 20, OPTION_NOP = 1, LOOSE_ROUTE = 131, STRICT_ROUTE = 137 };

static uint32_t pass_nops(const uint8_t *data, uint32_t at, uint32_t end)
{
    static const uint8_t many[8] = { OPTION_NOP, OPTION_NOP, OPTION_NOP, OPTION_NOP,
                                     OPTION_NOP, OPTION_NOP, OPTION_NOP, OPTION_NOP };

    while (at + sizeof many <= end && memcmp(data + at, many, sizeof many) == 0)
        at += sizeof many;
    while (at < end && data[at] == OPTION_NOP)
        at++;
    return at;
}

/*
 * RFC 791 section 3.1: while a source route is not used up, the header's destination is only the next station, and the
 * last address of the route is where the packet goes. at: where the header begins.
 */
static bool find_destination(const struct spk_packet *packet, uint32_t at, uint64_t *address)
{
    const uint8_t *data = packet->data;
    uint32_t end = at + (data[at] & 0x0fU) * 4;

    if (end > packet->caplen)
        return false;
    for (uint32_t option = pass_nops(data, at + FIXED, end); option < end && data[option] != 0;) {
        uint32_t len = option + 1 < end ? data[option + 1] : 0;

        if (len == 0 || len > end - option)
            return false;
        if ((data[option] == LOOSE_ROUTE || data[option] == STRICT_ROUTE) && len >= 7 && data[option + 2] < len) {
            const uint8_t *last = data + option + len - 4;
            *address = (uint32_t)last[0] << 24 | (uint32_t)last[1] << 16 | (uint32_t)last[2] << 8 | last[3];
            return true;
        }
        option = pass_nops(data, option + len, end);
    }
    return false;
}

/* Instead of the header's destination; the source is never another. Most headers have no options, and are not searched. */
static bool get_destination(const struct spk_place *place, struct spk_value *value)
{
    uint32_t header = place->packet->layers[place->layer].at;

    return place->at == header + DST_AT && (place->packet->data[header] & 0x0fU) * 4 > FIXED
           && find_destination(place->packet, header, &value->u);
}

static bool get_current(const struct spk_place *place, struct spk_value *value)
{
    uint64_t address = 0;

    value->kind = SPK_IP4;
    value->u = spk_place_uint(place, DST);
    return find_destination(place->packet, place->packet->layers[place->layer].at, &address);
}

static const struct spk_enum ecn_names[] = {
    { 0, "Not-ECT" }, { 1, "ECT(1)" }, { 2, "ECT(0)" }, { 3, "CE" }, { 0, NULL },
};

static const struct spk_row rows[] = {
    [VERSION] = {
        .name = "ip.version", .kind = SPK_UINT, .bits = 4, .init = 4,
        .doc = "Version of the Internet Protocol: 4.",
    },
    [IHL] = {
        .name = "ip.ihl", .attr = "iphl", .kind = SPK_UINT, .bits = 4, .init = 5, .flags = SPK_OWN_NAME,
        .doc = "Header length in words of four bytes, 5 to 15.",
    },
    [HDR_LEN] = {
        .name = "ip.hdr_len", .kind = SPK_UINT, .bits = 8, .view = SPK_SCALE(IHL, 4, 0),
        .doc = "Header length in bytes.",
    },
    [HDR_WORDS] = {
        .name = "ip.hdr_len", .attr = "hdr_words", .kind = SPK_UINT, .bits = 8, .flags = SPK_TUTORIAL,
        .view = SPK_SCALE(IHL, 1, 0),
        .doc = "Header length in words of four bytes.",
    },
    [DSFIELD] = {
        .name = "ip.dsfield", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, .view = SPK_SPAN(DSCP),
        .doc = "Differentiated services field: dscp and ecn in one byte.",
    },
    [TOS] = {
        .name = "ip.tos", .kind = SPK_UINT, .bits = 8, .flags = SPK_OWN_NAME, .view = SPK_SPAN(DSCP),
        .doc = "The same byte under its former name, type of service.",
    },
    [DSCP] = {
        .name = "ip.dsfield.dscp", .kind = SPK_UINT, .bits = 6,
        .doc = "Differentiated services code point.",
    },
    [ECN] = {
        .name = "ip.dsfield.ecn", .kind = SPK_UINT, .bits = 2, .names = ecn_names,
        .doc = "Explicit congestion notification.",
    },
    /* 0 where the sending host's card was to cut the packet into segments. */
    [LEN] = {
        .name = "ip.len", .attr = "total_len", .kind = SPK_UINT, .bits = 16, .flags = SPK_ZERO_IS_REST | SPK_REST_IS_SHOWN,
        .doc = "Header and payload, in bytes.",
    },
    [ID] = {
        .name = "ip.id", .attr = "ident", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Identification: the same in all fragments of a packet.",
    },
    [FLAGS] = {
        .name = "ip.flags", .kind = SPK_UINT, .bits = 3, .base = SPK_HEX, .view = SPK_SPAN(RB),
        .doc = "The three flags as one number: 4 reserved, 2 don't fragment, 1 more fragments.",
    },
    [FRAG_WORD] = { .attr = "frag_word", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(RB) },
    [RB] = {
        .name = "ip.flags.rb", .attr = "flag_x", .kind = SPK_BOOL, .bits = 1,
        .doc = "Reserved bit; RFC 3514 has its own opinion.",
    },
    [DF] = {
        .name = "ip.flags.df", .attr = "flag_d", .kind = SPK_BOOL, .bits = 1,
        .doc = "Don't fragment.",
    },
    [MF] = {
        .name = "ip.flags.mf", .attr = "flag_m", .kind = SPK_BOOL, .bits = 1,
        .doc = "More fragments follow.",
    },
    [FRAG_OFFSET] = {
        .name = "ip.frag_offset", .kind = SPK_UINT, .bits = 13,
        .doc = "Where this fragment belongs, in units of eight bytes.",
    },
    [TTL] = {
        .name = "ip.ttl", .kind = SPK_UINT, .bits = 8, .init = 64,
        .doc = "Time to live: hops that are left.",
    },
    [PROTO] = {
        .name = "ip.proto", .kind = SPK_UINT, .bits = 8, .names = spk_ip_protos,
        .doc = "Protocol of the payload, by IANA's protocol numbers.",
    },
    [CHECKSUM] = {
        .name = "ip.checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Internet checksum over the header.",
    },
    [CHECKSUM_STATUS] = SPK_CHECKSUM_STATUS("ip.checksum.status", spk_checksum_unasked),
    [CHECKSUM_GOOD] = SPK_CHECKSUM_GOOD("ip.checksum_good"),
    [SRC] = {
        .name = "ip.src", .also = "ip.src_host", .kind = SPK_IP4, .bits = 32,
        .doc = "Source address.",
    },
    [DST] = {
        .name = "ip.dst", .also = "ip.dst_host", .kind = SPK_IP4, .bits = 32,
        .flags = SPK_PLAIN_ALONE, .view = { .get = get_destination },
        .doc = "Destination address; behind a source route the last address of the route.",
    },
    [CURRENT] = {
        .name = "ip.cur_rt", .also = "ip.cur_rt_host", .kind = SPK_IP4, .bits = 32, .view = SPK_CALL(get_current),
        .when = { { SPK_GE, IHL, 0, 6 } },
        .doc = "Next station of a source route: the header's own destination.",
    },
    [ADDR] = {
        .name = "ip.addr", .also = "ip.host", .kind = SPK_IP4, .bits = 32, .flags = SPK_PLAIN_ALONE,
        .view = { .op = SPK_VIEW_EITHER, .a = SRC, .b = DST, .get = get_destination },
        .doc = "Either address: the source, then the destination.",
    },
    [OPTIONS] = {
        .name = "ip.option", .attr = "opts", .kind = SPK_GROUP, .many = SPK_UNTIL, .flags = SPK_OWN_NAME,
        .size = SPK_REF(IHL, 4, -20), .n = SPK_REF(SPK_IP_OPTION_TYPE, 1, 0), .in = &spk_ip_option,
        .when = { { SPK_GE, IHL, 0, 6 } },
        .doc = "Options, up to an end-of-options option or the header's end.",
    },
    [OPTION_BYTES] = {
        .name = "ip.options", .kind = SPK_BYTES, .flags = SPK_OWN_NAME, .view = SPK_SPAN(OPTIONS),
        .when = { { SPK_GE, IHL, 0, 6 } },
        .doc = "All options with their padding, as bytes.",
    },
};

const struct spk_proto spk_proto_ip = {
    .name = "ip", .pyclass = "IP", .title = "Internet Protocol Version 4", .spec = "RFC 791",
    .hdr = { .name = "IP", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REF, .hlen = SPK_REF(IHL, 4, 0), .min = 20,
    .len = SPK_REF(LEN, 1, 0),
    .csum = CHECKSUM, .covers = SPK_COVERS_HEADER,
    .src = SRC, .dst = DST, .piece = { SPK_NE, FRAG_WORD, 0x3fff, 0 },
    /* A later fragment is a piece of something: nobody's header stands at its beginning. */
    .next = SPK_NEXTS({ .space = "ip.proto", .keys = { PROTO }, .when = { { SPK_EQ, FRAG_OFFSET, 0, 0 } } }),
    .sits = SPK_SITS({ "ethertype", 0x0800 }, { "ip.proto", 4 }, { "link", 228 }, { "raw.nibble", 4 },
                     { "mpls.payload", 4 }, { "null.type", 2 }, { "llc.dsap", 0x06 },
                     { "icmp.type", 3 }, { "icmp.type", 4 }, { "icmp.type", 5 }, { "icmp.type", 11 },
                     { "icmp.type", 12 }),
};
