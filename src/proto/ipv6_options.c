/*
 * Options of IPv6's hop-by-hop and destination headers: RFC 8200 section 4.2 (padding), RFC 2473 (tunnel encapsulation
 * limit), RFC 2675 (jumbo payload), RFC 2711 (router alert), RFC 4782 (quick start), RFC 5570 (CALIPSO), RFC 6275 (home
 * address), RFC 6553 (RPL), RFC 6621 (duplicate detection), RFC 6744 (nonce), RFC 6788 (line identification), RFC 6971
 * (depth-first forwarding), RFC 7731 (MPL), RFC 8250 (measurement), RFC 9268 (minimum path MTU).
 *
 *      +------+----+------+----------------+------------
 *      |action| chg| rest |     length     |  body ...
 *      +------+----+------+----------------+------------
 *      Type 0 is one byte: no length, no body.
 */
#include "proto/ipv6_options.h"

#include <steelpkt/packet.h>

static const struct spk_row limit_rows[] = {
    {
        .name = "ipv6.opt.tel", .attr = "limit", .kind = SPK_UINT, .bits = 8,
        .doc = "How many more tunnels the packet may enter (RFC 2473).",
    },
};
static const struct spk_group limit = { .name = "IPv6OptionTunnelLimit", SPK_ROWS(limit_rows) };

static const struct spk_row alert_rows[] = {
    {
        .name = "ipv6.opt.router_alert", .attr = "alert", .kind = SPK_UINT, .bits = 16,
        .doc = "Why routers shall look into the packet: 0 MLD, 1 RSVP, 2 active networks (RFC 2711).",
    },
};
static const struct spk_group alert = { .name = "IPv6OptionRouterAlert", SPK_ROWS(alert_rows) };

/* ---- jumbo payload: RFC 2675 section 2 ---- */

/* Malformed where the length before this place claims more than there is from this header on. */
static int32_t measure_claim(const struct spk_place *place)
{
    const struct spk_packet *packet = place->packet;
    const uint8_t *length = packet->data + place->at - 4;
    uint32_t claim = (uint32_t)length[0] << 24 | (uint32_t)length[1] << 16 | (uint32_t)length[2] << 8 | length[3];

    return claim <= packet->len - packet->layers[place->layer].at ? 0 : -1;
}

static bool get_nothing(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    value->kind = SPK_NONE;
    return true;
}

static int32_t put_nothing(const struct spk_value *value, const struct spk_written *written, uint8_t *out,
                           uint32_t size)
{
    (void)value;
    (void)written;
    (void)out;
    (void)size;
    return 0;
}

static const struct spk_codec claim = {
    .measure = measure_claim, .get = get_nothing, .spell = get_nothing, .put = put_nothing,
};

static const struct spk_row jumbo_rows[] = {
    {
        .name = "ipv6.opt.jumbo", .attr = "jumbo", .kind = SPK_UINT, .bits = 32,
        .doc = "Payload behind the IPv6 header, in bytes, more than 65535 (RFC 2675).",
    },
    { .attr = "claim", .kind = SPK_NONE, .codec = &claim }, /* no bytes: whether the length can be */
};
static const struct spk_group jumbo = { .name = "IPv6OptionJumbo", SPK_ROWS(jumbo_rows) };

static const struct spk_row home_rows[] = {
    {
        .name = "ipv6.opt.mipv6.home_address", .attr = "home", .kind = SPK_IP6, .bits = 128,
        .doc = "The mobile node's address at home (RFC 6275).",
    },
};
static const struct spk_group home = { .name = "IPv6OptionHome", SPK_ROWS(home_rows) };

enum { PMTU_MIN, PMTU_RETURN, PMTU_FLAG };

static const struct spk_row pmtu_rows[] = {
    [PMTU_MIN] = {
        .name = "ipv6.opt.pmtu.min", .attr = "min", .kind = SPK_UINT, .bits = 16,
        .doc = "Smallest MTU on the way so far, in bytes (RFC 9268).",
    },
    /* RFC 9268 section 5: the last bit is a flag; the number is shown with that bit as 0. */
    [PMTU_RETURN] = {
        .attr = "rtn_half", .kind = SPK_UINT, .bits = 15,
    },
    {
        .name = "ipv6.opt.pmtu.rtn", .attr = "rtn", .kind = SPK_UINT, .bits = 16, .view = SPK_SCALE(PMTU_RETURN, 2, 0),
        .doc = "Smallest MTU that the other side has reported, in bytes.",
    },
    {
        .name = "ipv6.opt.pmtu.r_flag", .attr = "r_flag", .kind = SPK_BOOL, .bits = 1,
        .doc = "The other side shall report.",
    },
};
static const struct spk_group pmtu = { .name = "IPv6OptionPMTU", SPK_ROWS(pmtu_rows) };

static const struct spk_row pdm_rows[] = {
    {
        .name = "ipv6.opt.pdm.scale_dtlr", .attr = "scale_dtlr", .kind = SPK_UINT, .bits = 8,
        .doc = "Bits by which the delta since the last packet received is shifted (RFC 8250).",
    },
    {
        .name = "ipv6.opt.pdm.scale_dtls", .attr = "scale_dtls", .kind = SPK_UINT, .bits = 8,
        .doc = "Bits by which the delta since the last packet sent is shifted.",
    },
    {
        .name = "ipv6.opt.pdm.psn_this_pkt", .attr = "psn_this", .kind = SPK_UINT, .bits = 16,
        .doc = "Number of this packet.",
    },
    {
        .name = "ipv6.opt.pdm.psn_last_recv", .attr = "psn_last", .kind = SPK_UINT, .bits = 16,
        .doc = "Number of the last packet received.",
    },
    {
        .name = "ipv6.opt.pdm.delta_last_recv", .attr = "delta_recv", .kind = SPK_UINT, .bits = 16,
        .doc = "Time since the last packet received, scaled attoseconds.",
    },
    {
        .name = "ipv6.opt.pdm.delta_last_sent", .attr = "delta_sent", .kind = SPK_UINT, .bits = 16,
        .doc = "Time since the last packet sent, scaled attoseconds.",
    },
};
static const struct spk_group pdm = { .name = "IPv6OptionPDM", SPK_ROWS(pdm_rows) };

enum { QS_FUNC, QS_RATE, QS_TTL, QS_TTL_DIFF, QS_UNUSED, QS_NONCE, QS_RESERVED };

/*
 * RFC 4782 section 3.2: the difference between the packet's hop limit and the one in the option, modulo 256. The hop
 * limit is that of the nearest IPv6 header below, which begins with version 6 and is 40 bytes long.
 */
static bool get_ttl_diff(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_packet *packet = place->packet;

    for (unsigned layer = place->layer; layer-- > 0;) {
        const struct spk_proto *proto = spk_layer_proto(packet, layer);
        const uint8_t *header = packet->data + packet->layers[layer].at;

        if (packet->layers[layer].hdr_len == 40 && proto->src != 0 && header[0] >> 4 == 6) {
            value->kind = SPK_UINT;
            value->u = (header[7] - (unsigned)spk_place_uint(place, QS_TTL)) & 0xffU;
            return true;
        }
    }
    return false;
}

static const struct spk_row quick_rows[] = {
    [QS_FUNC] = {
        .name = "ipv6.opt.qs_func", .attr = "func", .kind = SPK_UINT, .bits = 4,
        .doc = "0: a request, 8: a report of the rate that was approved (RFC 4782).",
    },
    [QS_RATE] = {
        .name = "ipv6.opt.qs_rate", .attr = "rate", .kind = SPK_UINT, .bits = 4,
        .doc = "Rate wanted or approved: 40 kbit/s times two to this power, 0: none.",
    },
    [QS_TTL] = {
        .name = "ipv6.opt.qs_ttl", .attr = "ttl", .kind = SPK_UINT, .bits = 8, .when = { { SPK_EQ, QS_FUNC, 0, 0 } },
        .doc = "Counted down by every router that approves.",
    },
    [QS_TTL_DIFF] = {
        .name = "ipv6.opt.qs_ttl_diff", .attr = "ttl_diff", .kind = SPK_UINT, .bits = 8,
        .view = SPK_CALL(get_ttl_diff), .when = { { SPK_EQ, QS_FUNC, 0, 0 } },
        .doc = "The packet's hop limit less the option's, modulo 256.",
    },
    [QS_UNUSED] = {
        .name = "ipv6.opt.qs_unused", .attr = "unused", .kind = SPK_UINT, .bits = 8,
        .when = { { SPK_NE, QS_FUNC, 0, 0 } },
        .doc = "Nothing, in a report.",
    },
    [QS_NONCE] = {
        .name = "ipv6.opt.qs_nonce", .attr = "nonce", .kind = SPK_UINT, .bits = 30, .base = SPK_HEX,
        .doc = "Random number by which the sender sees that no router lied.",
    },
    [QS_RESERVED] = {
        .name = "ipv6.opt.qs_reserved", .attr = "reserved", .kind = SPK_UINT, .bits = 2, .base = SPK_HEX, .digits = 8,
        .doc = "Two bits without a meaning.",
    },
};
static const struct spk_group quick = { .name = "IPv6OptionQuickStart", SPK_ROWS(quick_rows) };

enum { CALIPSO_DOI, CALIPSO_LENGTH };

static const struct spk_row calipso_rows[] = {
    [CALIPSO_DOI] = {
        .name = "ipv6.opt.calipso.doi", .attr = "doi", .kind = SPK_UINT, .bits = 32,
        .doc = "Domain of interpretation: who gives the numbers their meaning (RFC 5570).",
    },
    [CALIPSO_LENGTH] = {
        .name = "ipv6.opt.calipso.cmpt.length", .attr = "cmpt_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Length of the bitmap in words of four bytes.",
    },
    {
        .name = "ipv6.opt.calipso.sens_level", .attr = "level", .kind = SPK_UINT, .bits = 8,
        .doc = "Sensitivity of the packet.",
    },
    {
        .name = "ipv6.opt.calipso.checksum", .attr = "checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "CRC-16 over the option.",
    },
    {
        .name = "ipv6.opt.calipso.cmpt_bitmap", .attr = "bitmap", .kind = SPK_BYTES,
        .size = SPK_REF(CALIPSO_LENGTH, 4, 0),
        .doc = "A bit a compartment.",
    },
};
static const struct spk_group calipso = { .name = "IPv6OptionCALIPSO", SPK_ROWS(calipso_rows) };

enum { DPD_HASH, DPD_HASH_REST, DPD_TYPE, DPD_LEN, DPD_TAGGER, DPD_IDENT };

static bool get_hash(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_BYTES;
    value->data = place->packet->data + place->at;
    value->len = place->end - place->at;
    return true;
}

/* RFC 6621 section 6.1.1: with a tagger's type other than 0 the length counts its identifier's bytes, less one. */
static const struct spk_row dpd_rows[] = {
    [DPD_HASH] = {
        .name = "ipv6.opt.smf_dpd.hash_bit", .attr = "hash_bit", .kind = SPK_BOOL, .bits = 1,
        .doc = "The rest is a hash assist value, not an identifier (RFC 6621).",
    },
    [DPD_HASH_REST] = { .attr = "hash_rest", .kind = SPK_PAD, .bits = 7, .when = { { SPK_EQ, DPD_HASH, 0, 1 } } },
    [DPD_TYPE] = {
        .name = "ipv6.opt.smf_dpd.tid_type", .attr = "tid_type", .kind = SPK_UINT, .bits = 3,
        .when = { { SPK_EQ, DPD_HASH, 0, 0 } },
        .doc = "What kind of identifier the tagger has; 0: none.",
    },
    [DPD_LEN] = {
        .name = "ipv6.opt.smf_dpd.tid_len", .attr = "tid_len", .kind = SPK_UINT, .bits = 4,
        .when = { { SPK_EQ, DPD_HASH, 0, 0 } },
        .doc = "Bytes of the tagger's identifier, less one.",
    },
    [DPD_TAGGER] = {
        .name = "ipv6.opt.smf_dpd.tagger_id", .attr = "tagger_id", .kind = SPK_BYTES, .size = SPK_REF(DPD_LEN, 1, 1),
        .when = { { SPK_GE, DPD_TYPE, 0, 1 } },
        .doc = "The tagger's identifier.",
    },
    [DPD_IDENT] = {
        .name = "ipv6.opt.smf_dpd.ident", .attr = "ident", .kind = SPK_BYTES, .when = { { SPK_EQ, DPD_HASH, 0, 0 } },
        .doc = "Identifier of the packet.",
    },
    {
        .name = "ipv6.opt.smf_dpd.hash_tail", .attr = "hash_tail", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .when = { { SPK_EQ, DPD_HASH, 0, 1 } },
        .doc = "The hash assist value behind its first byte.",
    },
    {
        .name = "ipv6.opt.smf_dpd.hav", .attr = "hash", .kind = SPK_BYTES, .view = SPK_CALL(get_hash),
        .when = { { SPK_EQ, DPD_HASH, 0, 1 } },
        .doc = "The hash assist value.",
    },
};
static const struct spk_group dpd = { .name = "IPv6OptionDuplicateDetection", SPK_ROWS(dpd_rows) };

static const struct spk_row rpl_rows[] = {
    {
        .name = "ipv6.opt.rpl.flag", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(1),
        .doc = "The flags as one number (RFC 6553).",
    },
    {
        .name = "ipv6.opt.rpl.flag.o", .attr = "flag_o", .kind = SPK_BOOL, .bits = 1,
        .doc = "The packet goes down.",
    },
    {
        .name = "ipv6.opt.rpl.flag.r", .attr = "flag_r", .kind = SPK_BOOL, .bits = 1,
        .doc = "Ranks have been found in disorder.",
    },
    {
        .name = "ipv6.opt.rpl.flag.f", .attr = "flag_f", .kind = SPK_BOOL, .bits = 1,
        .doc = "The packet could not be forwarded downwards.",
    },
    {
        .name = "ipv6.opt.rpl.flag.rsv", .attr = "flag_rsv", .kind = SPK_UINT, .bits = 5, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "ipv6.opt.rpl.instance_id", .attr = "instance_id", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .doc = "RPL instance.",
    },
    {
        .name = "ipv6.opt.rpl.sender_rank", .attr = "sender_rank", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "The sender's rank.",
    },
};
static const struct spk_group rpl = { .name = "IPv6OptionRPL", SPK_ROWS(rpl_rows) };

static const struct spk_row nonce_rows[] = {
    {
        .name = "ipv6.opt.ilnp_nonce", .attr = "nonce", .kind = SPK_BYTES,
        .doc = "Nonce of the identifier-locator network protocol (RFC 6744).",
    },
};
static const struct spk_group nonce = { .name = "IPv6OptionNonce", SPK_ROWS(nonce_rows) };

enum { LINE_LENGTH, LINE_ID };

static const struct spk_row line_rows[] = {
    [LINE_LENGTH] = {
        .name = "ipv6.opt.lio.length", .attr = "line_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Bytes of the line's name (RFC 6788).",
    },
    [LINE_ID] = {
        .name = "ipv6.opt.lio.line_id", .attr = "line_id", .kind = SPK_TEXT, .size = SPK_REF(LINE_LENGTH, 1, 0),
        .doc = "The subscriber's line.",
    },
};
static const struct spk_group line = { .name = "IPv6OptionLine", SPK_ROWS(line_rows) };

static const struct spk_row mpl_rows[] = {
    {
        .name = "ipv6.opt.mpl.flag", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(1),
        .doc = "The flags as one number (RFC 7731).",
    },
    {
        .name = "ipv6.opt.mpl.flag.s", .attr = "seed_len", .kind = SPK_UINT, .bits = 2,
        .doc = "Length of the seed's identifier: 0 none, 1 two, 2 eight, 3 sixteen bytes.",
    },
    {
        .name = "ipv6.opt.mpl.flag.m", .attr = "flag_m", .kind = SPK_BOOL, .bits = 1,
        .doc = "The seed has sent nothing newer.",
    },
    {
        .name = "ipv6.opt.mpl.flag.v", .attr = "flag_v", .kind = SPK_BOOL, .bits = 1,
        .doc = "0 in this version.",
    },
    {
        .name = "ipv6.opt.mpl.flag.rsv", .attr = "flag_rsv", .kind = SPK_UINT, .bits = 4, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "ipv6.opt.mpl.sequence", .attr = "sequence", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .doc = "Counts the seed's messages.",
    },
    {
        .name = "ipv6.opt.mpl.seed_id", .attr = "seed_id", .kind = SPK_BYTES,
        .doc = "The seed's identifier.",
    },
};
static const struct spk_group mpl = { .name = "IPv6OptionMPL", SPK_ROWS(mpl_rows) };

static const struct spk_row dff_rows[] = {
    {
        .name = "ipv6.opt.dff.flags", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(1),
        .doc = "Version and flags as one number (RFC 6971).",
    },
    {
        .name = "ipv6.opt.dff.flag.ver", .attr = "ver", .kind = SPK_UINT, .bits = 2,
        .doc = "Version of depth-first forwarding.",
    },
    {
        .name = "ipv6.opt.dff.flag.dup", .attr = "dup", .kind = SPK_BOOL, .bits = 1,
        .doc = "The packet was sent again, since nobody acknowledged it.",
    },
    {
        .name = "ipv6.opt.dff.flag.ret", .attr = "ret", .kind = SPK_BOOL, .bits = 1,
        .doc = "The packet was returned to the hop before.",
    },
    {
        .name = "ipv6.opt.dff.flag.rsv", .attr = "rsv", .kind = SPK_UINT, .bits = 4, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "ipv6.opt.dff.sequence_number", .attr = "sequence", .kind = SPK_UINT, .bits = 16,
        .doc = "Number by which loops are found.",
    },
};
static const struct spk_group dff = { .name = "IPv6OptionDFF", SPK_ROWS(dff_rows) };

static const struct spk_row experiment_rows[] = {
    {
        .name = "ipv6.opt.experimental", .attr = "data", .kind = SPK_BYTES,
        .doc = "What an experimental option says (RFC 4727).",
    },
};
static const struct spk_group experiment = { .name = "IPv6OptionExperiment", SPK_ROWS(experiment_rows) };

static const struct spk_case bodies[] = {
    { .key = 0x04, .in = &limit }, { .key = 0x05, .in = &alert }, { .key = 0x07, .in = &calipso },
    { .key = 0x08, .in = &dpd }, { .key = 0x0f, .in = &pdm }, { .key = 0x1e, .in = &experiment },
    { .key = 0x26, .in = &quick }, { .key = 0x30, .in = &pmtu }, { .key = 0x3e, .in = &experiment },
    { .key = 0x5e, .in = &experiment }, { .key = 0x63, .in = &rpl }, { .key = 0x6d, .in = &mpl },
    { .key = 0x7e, .in = &experiment }, { .key = 0x8b, .in = &nonce }, { .key = 0x8c, .in = &line },
    { .key = 0x9e, .in = &experiment }, { .key = 0xbe, .in = &experiment }, { .key = 0xc2, .in = &jumbo },
    { .key = 0xc9, .in = &home }, { .key = 0xde, .in = &experiment }, { .key = 0xee, .in = &dff },
    { .key = 0xfe, .in = &experiment },
    { .in = NULL },
};

static const struct spk_enum type_names[] = {
    { 0x00, "Pad1" }, { 0x01, "PadN" }, { 0x04, "Tunnel Encapsulation Limit" }, { 0x05, "Router Alert" },
    { 0x07, "CALIPSO" }, { 0x08, "SMF_DPD" }, { 0x0f, "PDM" }, { 0x26, "Quick-Start" },
    { 0x30, "Path MTU Record Option" }, { 0x63, "RPL Option" }, { 0x6d, "MPL" }, { 0x8b, "ILNP Nonce" },
    { 0x8c, "Line-Identification Option" }, { 0xc2, "Jumbo" }, { 0xc9, "Home Address" }, { 0xee, "IP_DFF" },
    { 0, NULL },
};

enum { PRESENT, ACTION, CHANGE, REST, TYPE, SHOW_ACTION, SHOW_CHANGE, SHOW_REST, PAD1, LENGTH, PADN, BODY };

static const struct spk_row rows[] = {
    [PRESENT] = {
        .name = "ipv6.opt", .attr = "present", .kind = SPK_NONE, .bits = 8, .view = SPK_SPAN(ACTION),
        .doc = "There is an option.",
    },
    [ACTION] = { .attr = "action", .kind = SPK_UINT, .bits = 2 },
    [CHANGE] = { .attr = "change", .kind = SPK_BOOL, .bits = 1 },
    [REST] = { .attr = "rest", .kind = SPK_UINT, .bits = 5 },
    [TYPE] = {
        .name = "ipv6.opt.type", .attr = "type", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(ACTION), .names = type_names,
        .doc = "Type of the option.",
    },
    [SHOW_ACTION] = {
        .name = "ipv6.opt.type.action", .attr = "type_action", .kind = SPK_UINT, .bits = 2, .view = SPK_SPAN(ACTION),
        .when = { { SPK_NE, TYPE, 0, 0 } },
        .doc = "What who does not know it shall do: 0 skip, 1 discard, 2 and 3 discard and report.",
    },
    [SHOW_CHANGE] = {
        .name = "ipv6.opt.type.change", .attr = "type_change", .kind = SPK_BOOL, .bits = 1, .view = SPK_SPAN(CHANGE),
        .when = { { SPK_NE, TYPE, 0, 0 } },
        .doc = "Routers may change the option's body.",
    },
    [SHOW_REST] = {
        .name = "ipv6.opt.type.rest", .attr = "type_rest", .kind = SPK_UINT, .bits = 5, .base = SPK_HEX,
        .view = SPK_SPAN(REST), .when = { { SPK_NE, TYPE, 0, 0 } },
        .doc = "The last five bits of the type.",
    },
    [PAD1] = {
        .name = "ipv6.opt.pad1", .attr = "pad1", .kind = SPK_NONE, .view = SPK_SPAN(ACTION),
        .when = { { SPK_EQ, TYPE, 0, 0 } },
        .doc = "One byte of padding.",
    },
    [LENGTH] = {
        .name = "ipv6.opt.length", .attr = "len", .kind = SPK_UINT, .bits = 8, .when = { { SPK_NE, TYPE, 0, 0 } },
        .doc = "Bytes of the option behind its length.",
    },
    [PADN] = {
        .name = "ipv6.opt.padn", .attr = "padn", .kind = SPK_BYTES, .size = SPK_REF(LENGTH, 1, 0),
        .flags = SPK_MAY_BE_EMPTY,
        .when = { { SPK_EQ, TYPE, 0, 1 } },
        .doc = "Padding behind type and length.",
    },
    [BODY] = {
        .name = "ipv6.opt.unknown", .attr = "data", .kind = SPK_CHOICE, .key = TYPE, .cases = bodies,
        .size = SPK_REF(LENGTH, 1, 0), .when = { { SPK_GE, TYPE, 0, 2 } },
        .doc = "What an option of a type not known here says.",
    },
};

const struct spk_group spk_ipv6_option = { .name = "IPv6Option", SPK_ROWS(rows) };
