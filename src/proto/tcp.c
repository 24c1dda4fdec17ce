/*
 * TCP, Transmission Control Protocol: RFC 9293; RFC 3168 for ece and cwr; options in tcp_options.c.
 *
 *       0        3 4    6 7              15 16                    31
 *      +---------------------------------+------------------------+
 *      |             srcport             |        dstport         |
 *      +---------------------------------+------------------------+
 *      |                           seq                            |
 *      +----------------------------------------------------------+
 *      |                           ack                            |
 *      +----------+------+---------------+------------------------+
 *      |data_offset| res |  nine flags   |   window_size_value    |
 *      +----------+------+---------------+------------------------+
 *      |            checksum             |     urgent_pointer     |
 *      +---------------------------------+------------------------+
 *      |                       options ...                        |
 *      +----------------------------------------------------------+
 *
 *      nine flags: ae (formerly ns), cwr, ece, urg, ack, push, reset, syn, fin
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include <string.h>

#include "proto/checksum.h"
#include "proto/tcp_options.h"

enum {
    SRCPORT, DSTPORT, PORT, SEG_LEN, WHOLE_LEN, SEQ, ACK, SEQ_RAW, ACK_RAW, DATA_OFFSET, HDR_LEN, HDR_WORDS, FLAGS,
    FLAGS_SIX, RES, RES_SET, AE, CWR, ECE, URG, ACKED, PUSH, RESET, SYN, FIN, FLAGS_STR, WINDOW, WINDOW_SIZE,
    CHECKSUM, CHECKSUM_STATUS, CHECKSUM_GOOD, URGENT,
    OPTIONS, OPTION_BYTES, PAYLOAD
};

enum {
    FLAGS_AT = 12,      /* byte of the header where data_offset and the flags stand */
    FIXED = 20,         /* bytes before the options */
    KIND_NOP = 1,       /* the last kind of option that is one byte */
    KIND_MULTIPATH = 30
};

/* Where the payload begins by the header's own word, even where not all of the options were captured. */
static uint32_t payload_at(const struct spk_place *place)
{
    const struct spk_layer *layer = &place->packet->layers[place->layer];

    if ((layer->flags & SPK_LAYER_SHORT) == 0 || layer->hdr_len < FIXED)
        return layer->at + layer->hdr_len;
    return layer->at + (place->packet->data[layer->at + FLAGS_AT] >> 4) * 4U;
}

/* Of a segment that an error message quotes, the length is not known: the quotation may end anywhere. */
static bool is_quoted(const struct spk_place *place)
{
    for (unsigned layer = 0; layer < place->layer; layer++) {
        if (strncmp(spk_layer_proto(place->packet, layer)->name, "icmp", 4) == 0)
            return true;
    }
    return false;
}

static bool get_seg_len(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_layer *layer = &place->packet->layers[place->layer];

    uint32_t begin = payload_at(place);

    if (begin < layer->at + FIXED || layer->end < begin || is_quoted(place))
        return false;
    value->kind = SPK_UINT;
    value->u = layer->end - begin;
    return true;
}

static bool get_whole_len(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_layer *layer = &place->packet->layers[place->layer];

    value->kind = SPK_UINT;
    value->u = layer->end - layer->at;
    return true;
}

static bool get_payload(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_layer *layer = &place->packet->layers[place->layer];
    uint32_t begin = payload_at(place);
    uint32_t end = layer->end < place->packet->caplen ? layer->end : place->packet->caplen;

    if (begin >= end || (layer->flags & SPK_LAYER_SHORT) != 0)
        return false;
    value->kind = SPK_BYTES;
    value->data = place->packet->data + begin;
    value->len = end - begin;
    return true;
}

/* One letter a flag, a middle dot (U+00B7) where it is not set. */
static bool get_flags_str(const struct spk_place *place, struct spk_value *value)
{
    static const char letters[12] = { 'R', 'R', 'R', 'A', 'C', 'E', 'U', 'A', 'P', 'R', 'S', 'F' };
    if (place->end < place->at + FLAGS_AT + 2) {
        return false;
    }
    const uint8_t *bytes = place->packet->data + place->at + FLAGS_AT;
    unsigned flags = ((bytes[0] & 0x0fU) << 8) | bytes[1];
    uint8_t *text = place->scratch->bytes;
    uint32_t len = 0;

    for (unsigned i = 0; i < sizeof letters; i++) {
        if ((flags >> (11 - i) & 1U) != 0) {
            text[len++] = (uint8_t)letters[i];
        } else {
            text[len++] = 0xc2;
            text[len++] = 0xb7;
        }
    }
    value->kind = SPK_TEXT;
    value->data = text;
    value->len = len;
    return true;
}

/* Wireshark names multipath TCP behind TCP, once for each of its options. */
static const char *name_multipath(const struct spk_packet *packet, unsigned layer, unsigned nth)
{
    const uint8_t *data = packet->data;
    uint32_t at = packet->layers[layer].at + FIXED;
    uint32_t end = packet->layers[layer].at + packet->layers[layer].hdr_len;

    while (at < end) {
        uint32_t len = data[at] <= KIND_NOP ? 1 : at + 1 < end ? data[at + 1] : 0;

        if (len == 0 || len > end - at)
            return NULL;
        if (data[at] == KIND_MULTIPATH && nth-- == 0)
            return "mptcp";
        at += len;
    }
    return NULL;
}

static const struct spk_row rows[] = {
    [SRCPORT] = {
        .name = "tcp.srcport", .attr = "sport", .kind = SPK_UINT, .bits = 16,
        .doc = "Source port.",
    },
    [DSTPORT] = {
        .name = "tcp.dstport", .attr = "dport", .kind = SPK_UINT, .bits = 16,
        .doc = "Destination port.",
    },
    [PORT] = {
        .name = "tcp.port", .kind = SPK_UINT, .bits = 16, .view = SPK_EITHER(SRCPORT, DSTPORT),
        .doc = "Either port: the source port, then the destination port.",
    },
    [SEG_LEN] = {
        .name = "tcp.len", .attr = "seg_len", .kind = SPK_UINT, .bits = 32, .view = SPK_CALL(get_seg_len),
        .doc = "Bytes of payload in this segment.",
    },
    [WHOLE_LEN] = {
        .name = "tcp.len", .attr = "ws_len", .kind = SPK_UINT, .bits = 32, .flags = SPK_TUTORIAL,
        .view = SPK_CALL(get_whole_len),
        .doc = "Bytes of the whole segment, header included.",
    },
    [SEQ] = {
        .name = "tcp.seq", .attr = "sequence", .kind = SPK_UINT, .bits = 32,
        .doc = "Sequence number of the first byte of payload, as sent.",
    },
    [ACK] = {
        .name = "tcp.ack", .attr = "acknowledgment", .kind = SPK_UINT, .bits = 32,
        .doc = "Next sequence number expected from the other side, as sent.",
    },
    [SEQ_RAW] = {
        .name = "tcp.seq_raw", .kind = SPK_UINT, .bits = 32, .view = SPK_SPAN(SEQ),
        .doc = "Sequence number as sent.",
    },
    [ACK_RAW] = {
        .name = "tcp.ack_raw", .kind = SPK_UINT, .bits = 32, .view = SPK_SPAN(ACK),
        .doc = "Acknowledgment number as sent.",
    },
    [DATA_OFFSET] = {
        .name = "tcp.data_offset", .kind = SPK_UINT, .bits = 4, .init = 5, .flags = SPK_OWN_NAME,
        .doc = "Header length in words of four bytes, 5 to 15.",
    },
    [HDR_LEN] = {
        .name = "tcp.hdr_len", .kind = SPK_UINT, .bits = 8, .view = SPK_SCALE(DATA_OFFSET, 4, 0),
        .doc = "Header length in bytes.",
    },
    [HDR_WORDS] = {
        .name = "tcp.hdr_len", .attr = "hdr_words", .kind = SPK_UINT, .bits = 8, .flags = SPK_TUTORIAL,
        .view = SPK_SCALE(DATA_OFFSET, 1, 0),
        .doc = "Header length in words of four bytes.",
    },
    [FLAGS] = {
        .name = "tcp.flags", .attr = "flags_all", .kind = SPK_UINT, .bits = 12, .base = SPK_HEX,
        .view = SPK_SPAN(RES),
        .doc = "The three reserved bits and the nine flags as one number.",
    },
    [FLAGS_SIX] = {
        .name = "tcp.flags", .attr = "flags", .kind = SPK_UINT, .bits = 6, .flags = SPK_TUTORIAL,
        .view = SPK_SPAN(URG),
        .doc = "The flags urg, ack, push, reset, syn and fin as one number, as before RFC 3168.",
    },
    [RES] = { .attr = "reserved", .kind = SPK_PAD, .bits = 3 },
    [RES_SET] = {
        .name = "tcp.flags.res", .attr = "flag_res", .kind = SPK_BOOL, .bits = 3, .view = SPK_SPAN(RES),
        .doc = "Whether any of the three reserved bits is set.",
    },
    [AE] = {
        .name = "tcp.flags.ae", .also = "tcp.flags.ns", .attr = "flag_ns", .kind = SPK_BOOL, .bits = 1,
        .doc = "Accurate ECN; formerly the ECN nonce sum.",
    },
    [CWR] = {
        .name = "tcp.flags.cwr", .attr = "flag_cwr", .kind = SPK_BOOL, .bits = 1,
        .doc = "Congestion window reduced.",
    },
    [ECE] = {
        .name = "tcp.flags.ece", .also = "tcp.flags.ecn", .attr = "flag_ece", .kind = SPK_BOOL, .bits = 1,
        .doc = "ECN echo: congestion was experienced.",
    },
    [URG] = {
        .name = "tcp.flags.urg", .attr = "flag_urg", .kind = SPK_BOOL, .bits = 1,
        .doc = "The urgent pointer counts.",
    },
    [ACKED] = {
        .name = "tcp.flags.ack", .attr = "flag_ack", .kind = SPK_BOOL, .bits = 1,
        .doc = "The acknowledgment number counts.",
    },
    [PUSH] = {
        .name = "tcp.flags.push", .attr = "flag_psh", .kind = SPK_BOOL, .bits = 1,
        .doc = "Deliver what has come so far to the application.",
    },
    [RESET] = {
        .name = "tcp.flags.reset", .attr = "flag_rst", .kind = SPK_BOOL, .bits = 1,
        .doc = "Reset the connection.",
    },
    [SYN] = {
        .name = "tcp.flags.syn", .attr = "flag_syn", .kind = SPK_BOOL, .bits = 1,
        .doc = "Synchronize sequence numbers: opens a connection.",
    },
    [FIN] = {
        .name = "tcp.flags.fin", .attr = "flag_fin", .kind = SPK_BOOL, .bits = 1,
        .doc = "No more data from the sender.",
    },
    [FLAGS_STR] = {
        .name = "tcp.flags.str", .attr = "flags_str", .kind = SPK_TEXT, .view = SPK_CALL(get_flags_str),
        .doc = "The twelve bits as letters RRRACEUAPRSF, with a middle dot for each that is not set.",
    },
    [WINDOW] = {
        .name = "tcp.window_size_value", .also = "tcp.window_size_va", .attr = "window", .kind = SPK_UINT, .bits = 16,
        .doc = "Receive window as sent, not scaled.",
    },
    [WINDOW_SIZE] = {
        .name = "tcp.window_size", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(WINDOW),
        .doc = "Receive window in bytes, as far as one packet tells: without the connection's scale.",
    },
    [CHECKSUM] = {
        .name = "tcp.checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Internet checksum over the pseudo header, the header and the payload.",
    },
    [CHECKSUM_STATUS] = SPK_CHECKSUM_STATUS("tcp.checksum.status", spk_checksum_unasked),
    [CHECKSUM_GOOD] = SPK_CHECKSUM_GOOD("tcp.checksum_good"),
    [URGENT] = {
        .name = "tcp.urgent_pointer", .attr = "urg_ptr", .kind = SPK_UINT, .bits = 16,
        .doc = "End of the urgent data, counted from the sequence number.",
    },
    /* RFC 9293 section 3.1: what follows an end-of-list option is padding of zeros, each read as that option again. */
    [OPTIONS] = {
        .name = "tcp.option", .attr = "opts", .kind = SPK_GROUP, .many = SPK_FILL, .flags = SPK_OWN_NAME,
        .size = SPK_REF(DATA_OFFSET, 4, -20), .in = &spk_tcp_option, .when = { { SPK_GE, DATA_OFFSET, 0, 6 } },
        .doc = "Options, up to the header's end.",
    },
    [OPTION_BYTES] = {
        .name = "tcp.options", .kind = SPK_BYTES, .view = SPK_SPAN(OPTIONS), .when = { { SPK_GE, DATA_OFFSET, 0, 6 } },
        .doc = "All options with their padding, as bytes.",
    },
    [PAYLOAD] = {
        .name = "tcp.payload", .attr = "payload_bytes", .kind = SPK_BYTES, .view = SPK_CALL(get_payload),
        .doc = "The bytes after the header, as far as they were captured.",
    },
};

const struct spk_proto spk_proto_tcp = {
    .name = "tcp", .pyclass = "TCP", .title = "Transmission Control Protocol", .spec = "RFC 9293",
    .holds = name_multipath,
    .hdr = { .name = "TCP", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REF, .hlen = SPK_REF(DATA_OFFSET, 4, 0), .min = 20,
    .flags = SPK_WITH_PAYLOAD,
    .csum = CHECKSUM, .covers = SPK_COVERS_PSEUDO,
    .next = SPK_NEXTS({ .space = "tcp.port", .pick = SPK_PICK_LOWER, .keys = { SRCPORT, DSTPORT } }),
    .sits = SPK_SITS({ "ip.proto", 6 }),
};
