/*
 * Options of the TCP header: RFC 9293 section 3.1 (end, no-operation, MSS), RFC 7323 (window scale, timestamps), RFC 2018
 * and RFC 2883 (selective acknowledgment), RFC 1072 (echo), RFC 1644 (CC), RFC 2385 (MD5), RFC 4782 (quick start),
 * RFC 5482 (user timeout), RFC 5925 (authentication), RFC 6994 (experiments), RFC 7413 (fast open), RFC 8684 (multipath;
 * in mptcp_options.c), RFC 9768 (accurate ECN) and CCSDS 714.0 (SCPS).
 *
 *      +----------------+----------------+------------
 *      |  option_kind   |   option_len   |  body ...
 *      +----------------+----------------+------------
 *      Kinds 0 and 1 are one byte: no option_len, no body.
 */
#include "proto/tcp_options.h"

#include <steelpkt/packet.h>

enum {
    EOL, NOP, MSS, WSCALE, SACK_PERMITTED, SACK, ECHO, ECHO_REPLY, TIMESTAMP, CC = 11, CC_NEW, CC_ECHO, MD5 = 19, SCPS,
    SNACK, SCPS_RECORD, SCPS_CORRUPTION, QUICK_START = 27, USER_TIMEOUT, AUTHENTICATION, MULTIPATH, FAST_OPEN = 34,
    RIVERBED = 78, ACC_ECN_0 = 172, ACC_ECN_1 = 174, EXPERIMENT = 253, EXPERIMENT_2
};

static const struct spk_row mss_rows[] = {
    {
        .name = "tcp.options.mss_val", .attr = "mss_val", .kind = SPK_UINT, .bits = 16, .init = 536,
        .doc = "Largest segment that the sender takes, in bytes of payload.",
    },
};
static const struct spk_group mss = { .name = "TCPOptionMSS", SPK_ROWS(mss_rows) };

/* ---- window scale: RFC 7323 section 2 ---- */

enum { SHIFT, MULTIPLIER };

/* RFC 7323 section 2.3: a shift above 14 counts as 14. */
static bool get_multiplier(const struct spk_place *place, struct spk_value *value)
{
    uint64_t shift = spk_place_uint(place, SHIFT);

    value->kind = SPK_UINT;
    value->u = UINT64_C(1) << (shift < 14 ? shift : 14);
    return true;
}

static const struct spk_row wscale_rows[] = {
    [SHIFT] = {
        .name = "tcp.options.wscale.shift", .attr = "shift", .kind = SPK_UINT, .bits = 8,
        .doc = "By how many bits the window is to be shifted to the left, 0 to 14.",
    },
    [MULTIPLIER] = {
        .name = "tcp.options.wscale.multiplier", .attr = "multiplier", .kind = SPK_UINT, .bits = 16,
        .view = SPK_CALL(get_multiplier),
        .doc = "The number by which the window is to be multiplied.",
    },
};
static const struct spk_group wscale = { .name = "TCPOptionWindowScale", SPK_ROWS(wscale_rows) };

/* ---- selective acknowledgment: RFC 2018; RFC 2883 for duplicates ---- */

enum { LEFT, RIGHT, DUP_LEFT, DUP_RIGHT };

static uint32_t number_at(const struct spk_place *place, uint32_t at)
{
    const uint8_t *data = place->packet->data + at;

    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

static bool not_after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) <= 0;
}

/*
 * RFC 2883 section 4: the first block tells of duplicates when it lies below the acknowledgment, or within the second
 * block. The block is the first when the option's kind and length stand before it.
 */
static bool is_duplicate(const struct spk_place *place)
{
    const uint8_t *data = place->packet->data;
    uint32_t header = place->packet->layers[place->layer].at;
    uint32_t at = place->at;

    if (data[at - 2] != SACK || at - 2 + data[at - 1] != place->end)
        return false;
    if (not_after(number_at(place, at + 4), number_at(place, header + 8)))
        return true;
    return place->end - at >= 16 && not_after(number_at(place, at + 8), number_at(place, at))
           && not_after(number_at(place, at + 4), number_at(place, at + 12));
}

static bool get_dup_left(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_UINT;
    value->u = spk_place_uint(place, LEFT);
    return is_duplicate(place);
}

static bool get_dup_right(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_UINT;
    value->u = spk_place_uint(place, RIGHT);
    return is_duplicate(place);
}

static const struct spk_row block_rows[] = {
    [LEFT] = {
        .name = "tcp.options.sack_le", .attr = "left", .kind = SPK_UINT, .bits = 32,
        .doc = "Sequence number of the block's first byte.",
    },
    [RIGHT] = {
        .name = "tcp.options.sack_re", .attr = "right", .kind = SPK_UINT, .bits = 32,
        .doc = "Sequence number behind the block's last byte.",
    },
    [DUP_LEFT] = {
        .name = "tcp.options.sack.dsack_le", .attr = "dup_left", .kind = SPK_UINT, .bits = 32,
        .view = SPK_CALL(get_dup_left),
        .doc = "The left edge, where the block tells of data that came twice.",
    },
    [DUP_RIGHT] = {
        .name = "tcp.options.sack.dsack_re", .attr = "dup_right", .kind = SPK_UINT, .bits = 32,
        .view = SPK_CALL(get_dup_right),
        .doc = "The right edge, where the block tells of data that came twice.",
    },
};
static const struct spk_group block = { .name = "TCPOptionSACKBlock", SPK_ROWS(block_rows) };

static bool get_block_count(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_UINT;
    value->u = (place->end - place->at) / 8;
    return true;
}

static const struct spk_row sack_rows[] = {
    {
        .name = "tcp.options.sack_block", .attr = "blocks", .kind = SPK_GROUP, .many = SPK_FILL, .in = &block,
        .flags = SPK_OWN_NAME,
        .doc = "Blocks of data that have come.",
    },
    {
        .name = "tcp.options.sack.count", .attr = "block_count", .kind = SPK_UINT, .bits = 8,
        .view = SPK_CALL(get_block_count),
        .doc = "How many blocks there are.",
    },
};
static const struct spk_group sack = { .name = "TCPOptionSACK", SPK_ROWS(sack_rows) };

/* ---- short ones ---- */

static const struct spk_row timestamp_rows[] = {
    {
        .name = "tcp.options.timestamp.tsval", .attr = "tsval", .kind = SPK_UINT, .bits = 32,
        .doc = "The sender's clock.",
    },
    {
        .name = "tcp.options.timestamp.tsecr", .attr = "tsecr", .kind = SPK_UINT, .bits = 32,
        .doc = "The clock that the other side sent last, echoed.",
    },
};
static const struct spk_group timestamp = { .name = "TCPOptionTimestamp", SPK_ROWS(timestamp_rows) };

static const struct spk_row echo_rows[] = {
    {
        .name = "tcp.options.echo_value", .attr = "echo_value", .kind = SPK_UINT, .bits = 32,
        .doc = "What shall be echoed, or is (RFC 1072).",
    },
};
static const struct spk_group echo = { .name = "TCPOptionEcho", SPK_ROWS(echo_rows) };

static const struct spk_row cc_rows[] = {
    {
        .name = "tcp.options.cc_value", .attr = "cc_value", .kind = SPK_UINT, .bits = 32,
        .doc = "Connection count of transactional TCP (RFC 1644).",
    },
};
static const struct spk_group cc = { .name = "TCPOptionCC", SPK_ROWS(cc_rows) };

static const struct spk_row md5_rows[] = {
    {
        .name = "tcp.options.md5.digest", .attr = "digest", .kind = SPK_BYTES, .bits = 128,
        .doc = "MD5 over the segment and a shared secret (RFC 2385).",
    },
};
static const struct spk_group md5 = { .name = "TCPOptionMD5", SPK_ROWS(md5_rows) };

static const struct spk_row quick_rows[] = {
    { .attr = "reserved", .kind = SPK_PAD, .bits = 4 },
    {
        .name = "tcp.options.qs.rate", .attr = "rate", .kind = SPK_UINT, .bits = 4,
        .doc = "Rate approved: 40 kbit/s times two to this power, 0: none (RFC 4782).",
    },
    {
        .name = "tcp.options.qs.ttl_diff", .attr = "ttl_diff", .kind = SPK_UINT, .bits = 8,
        .doc = "Difference of the time to live in packet and option, as the request had it.",
    },
    { .attr = "nonce", .kind = SPK_PAD, .bits = 32 },
};
static const struct spk_group quick = { .name = "TCPOptionQuickStart", SPK_ROWS(quick_rows) };

static const struct spk_row timeout_rows[] = {
    {
        .name = "tcp.options.user_to_granularity", .attr = "minutes", .kind = SPK_BOOL, .bits = 1,
        .doc = "The timeout is in minutes, not seconds (RFC 5482).",
    },
    {
        .name = "tcp.options.user_to_val", .attr = "timeout", .kind = SPK_UINT, .bits = 15,
        .doc = "How long the sender keeps data that nobody acknowledges.",
    },
};
static const struct spk_group timeout = { .name = "TCPOptionUserTimeout", SPK_ROWS(timeout_rows) };

static const struct spk_row auth_rows[] = {
    {
        .name = "tcp.options.ao.keyid", .attr = "key_id", .kind = SPK_UINT, .bits = 8,
        .doc = "Key with which the MAC was made (RFC 5925).",
    },
    {
        .name = "tcp.options.ao.rnextkeyid", .attr = "next_key_id", .kind = SPK_UINT, .bits = 8,
        .doc = "Key that the other side shall use next.",
    },
    {
        .name = "tcp.options.ao.mac", .attr = "mac", .kind = SPK_BYTES,
        .doc = "Message authentication code.",
    },
};
static const struct spk_group auth = { .name = "TCPOptionAuthentication", SPK_ROWS(auth_rows) };

enum { COOKIE, COOKIE_REQUEST };

static const struct spk_row fast_open_rows[] = {
    [COOKIE] = {
        .name = "tcp.options.tfo.cookie", .attr = "cookie", .kind = SPK_BYTES, .when = { { .test = SPK_ROOM, .value = 1 } },
        .doc = "Cookie that the server gave earlier, or gives (RFC 7413).",
    },
    [COOKIE_REQUEST] = {
        .name = "tcp.options.tfo.request", .attr = "request", .kind = SPK_NONE,
        .when = { { .test = SPK_ABSENT, .row = COOKIE } },
        .doc = "The option is empty: it asks for a cookie.",
    },
};
static const struct spk_group fast_open = { .name = "TCPOptionFastOpen", SPK_ROWS(fast_open_rows) };

/* RFC 9768 section 3.2.3: the counters may be cut from the end. */
static const struct spk_row ecn_0_rows[] = {
    {
        .name = "tcp.options.acc_ecn.ee0b", .attr = "ee0b", .kind = SPK_UINT, .bits = 24,
        .when = { { .test = SPK_ROOM, .value = 3 } },
        .doc = "Bytes that came marked ECT(0), modulo 2^24.",
    },
    {
        .name = "tcp.options.acc_ecn.eceb", .attr = "eceb", .kind = SPK_UINT, .bits = 24,
        .when = { { .test = SPK_ROOM, .value = 3 } },
        .doc = "Bytes that came marked CE, modulo 2^24.",
    },
    {
        .name = "tcp.options.acc_ecn.ee1b", .attr = "ee1b", .kind = SPK_UINT, .bits = 24,
        .when = { { .test = SPK_ROOM, .value = 3 } },
        .doc = "Bytes that came marked ECT(1), modulo 2^24.",
    },
};
static const struct spk_group ecn_0 = { .name = "TCPOptionAccECN0", SPK_ROWS(ecn_0_rows) };

static const struct spk_row ecn_1_rows[] = {
    {
        .name = "tcp.options.acc_ecn.ee1b", .attr = "ee1b", .kind = SPK_UINT, .bits = 24,
        .when = { { .test = SPK_ROOM, .value = 3 } },
        .doc = "Bytes that came marked ECT(1), modulo 2^24.",
    },
    {
        .name = "tcp.options.acc_ecn.eceb", .attr = "eceb", .kind = SPK_UINT, .bits = 24,
        .when = { { .test = SPK_ROOM, .value = 3 } },
        .doc = "Bytes that came marked CE, modulo 2^24.",
    },
    {
        .name = "tcp.options.acc_ecn.ee0b", .attr = "ee0b", .kind = SPK_UINT, .bits = 24,
        .when = { { .test = SPK_ROOM, .value = 3 } },
        .doc = "Bytes that came marked ECT(0), modulo 2^24.",
    },
};
static const struct spk_group ecn_1 = { .name = "TCPOptionAccECN1", SPK_ROWS(ecn_1_rows) };

/* ---- experiments: RFC 6994 section 3 ---- */

static const struct spk_case experiments[] = {
    { .key = 0xacc0, .in = &ecn_0 },
    { .key = 0xacc1, .in = &ecn_1 },
    { .key = 0xf989, .in = &fast_open },
    { .in = NULL },
};

static const struct spk_row experiment_rows[] = {
    {
        .name = "tcp.options.experimental.exid", .attr = "exid", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .doc = "Which experiment it is.",
    },
    {
        .name = "tcp.options.experimental.data", .attr = "exp_data", .kind = SPK_CHOICE, .key = 0, .cases = experiments,
        .doc = "What an experiment not known here says.",
    },
};
static const struct spk_group experiment = { .name = "TCPOptionExperiment", SPK_ROWS(experiment_rows) };

/* ---- space communications: CCSDS 714.0 section 3 ---- */

enum { VECTOR, BETS };

static const struct spk_row scps_rows[] = {
    [VECTOR] = {
        .name = "tcp.options.scps.vector", .attr = "vector", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(BETS),
        .doc = "The capabilities as one number.",
    },
    [BETS] = {
        .name = "tcp.options.scpsflags.bets", .attr = "bets", .kind = SPK_BOOL, .bits = 1,
        .doc = "Best effort transport.",
    },
    {
        .name = "tcp.options.scpsflags.snack1", .attr = "snack1", .kind = SPK_BOOL, .bits = 1,
        .doc = "Short form of negative acknowledgments.",
    },
    {
        .name = "tcp.options.scpsflags.snack2", .attr = "snack2", .kind = SPK_BOOL, .bits = 1,
        .doc = "Long form of negative acknowledgments.",
    },
    {
        .name = "tcp.options.scpsflags.compress", .attr = "compress", .kind = SPK_BOOL, .bits = 1,
        .doc = "Header compression.",
    },
    {
        .name = "tcp.options.scpsflags.nlts", .attr = "nlts", .kind = SPK_BOOL, .bits = 1,
        .doc = "Time stamps of the network layer.",
    },
    {
        .name = "tcp.options.scpsflags.reserved", .attr = "scps_reserved", .kind = SPK_UINT, .bits = 3,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "tcp.options.scps.binding", .attr = "connection_id", .kind = SPK_UINT, .bits = 8,
        .doc = "Connection identifier.",
    },
};
static const struct spk_group scps = { .name = "TCPOptionSCPS", SPK_ROWS(scps_rows) };

static const struct spk_row snack_rows[] = {
    {
        .name = "tcp.options.snack.offset", .attr = "offset", .kind = SPK_UINT, .bits = 16,
        .doc = "Where the first hole begins, in segments behind the acknowledgment.",
    },
    {
        .name = "tcp.options.snack.size", .attr = "size", .kind = SPK_UINT, .bits = 16,
        .doc = "How long the first hole is, in segments.",
    },
};
static const struct spk_group snack = { .name = "TCPOptionSNACK", SPK_ROWS(snack_rows) };

/* ---- the option itself ---- */

static const struct spk_row empty_rows[] = {
    {
        .name = "tcp.options.empty", .attr = "empty", .kind = SPK_NONE, .flags = SPK_OWN_NAME,
        .doc = "The option has no body: it is there, and that is what it says.",
    },
};
static const struct spk_group empty = { .name = "TCPOptionEmpty", SPK_ROWS(empty_rows) };

static const struct spk_case bodies[] = {
    { .key = MSS, .in = &mss },
    { .key = WSCALE, .in = &wscale },
    { .key = SACK_PERMITTED, .in = &empty },
    { .key = SACK, .in = &sack },
    { .key = ECHO, .last = ECHO_REPLY, .in = &echo },
    { .key = TIMESTAMP, .in = &timestamp },
    { .key = CC, .last = CC_ECHO, .in = &cc },
    { .key = MD5, .in = &md5 },
    { .key = SCPS, .in = &scps },
    { .key = SNACK, .in = &snack },
    { .key = SCPS_RECORD, .last = SCPS_CORRUPTION, .in = &empty },
    { .key = QUICK_START, .in = &quick },
    { .key = USER_TIMEOUT, .in = &timeout },
    { .key = AUTHENTICATION, .in = &auth },
    { .key = MULTIPATH, .in = &spk_mptcp_option },
    { .key = FAST_OPEN, .in = &fast_open },
    { .key = ACC_ECN_0, .in = &ecn_0 },
    { .key = ACC_ECN_1, .in = &ecn_1 },
    { .key = RIVERBED, .in = &spk_riverbed_option },
    { .key = EXPERIMENT, .last = EXPERIMENT_2, .in = &experiment },
    { .in = NULL },
};

static const struct spk_enum kind_names[] = {
    { EOL, "End of Option List" }, { NOP, "No-Operation" }, { MSS, "Maximum Segment Size" },
    { WSCALE, "Window Scale" }, { SACK_PERMITTED, "SACK Permitted" }, { SACK, "SACK" }, { ECHO, "Echo" },
    { ECHO_REPLY, "Echo Reply" }, { TIMESTAMP, "Time Stamp Option" }, { CC, "CC" }, { CC_NEW, "CC.NEW" },
    { CC_ECHO, "CC.ECHO" }, { MD5, "MD5 Signature Option" }, { SCPS, "SCPS Capabilities" },
    { SNACK, "Selective Negative Acknowledgements" }, { SCPS_RECORD, "Record Boundaries" },
    { SCPS_CORRUPTION, "Corruption experienced" }, { QUICK_START, "Quick-Start Response" },
    { USER_TIMEOUT, "User Timeout Option" }, { AUTHENTICATION, "The TCP Authentication Option" },
    { MULTIPATH, "Multipath TCP" }, { FAST_OPEN, "TCP Fast Open Cookie" }, { RIVERBED, "Riverbed Transparency" },
    { ACC_ECN_0, "Accurate ECN Order 0" },
    { ACC_ECN_1, "Accurate ECN Order 1" }, { EXPERIMENT, "RFC3692-style Experiment 1" },
    { EXPERIMENT_2, "RFC3692-style Experiment 2" }, { 0, NULL },
};

enum {
    KIND, LEN, SHOW_UNKNOWN, BODY, SHOW_EOL, SHOW_NOP, SHOW_MSS, SHOW_WSCALE, SHOW_SACK_PERM, SHOW_SACK, SHOW_ECHO,
    SHOW_ECHO_REPLY, SHOW_TIMESTAMP, SHOW_CC, SHOW_CC_NEW, SHOW_CC_ECHO, SHOW_MD5, SHOW_SCPS, SHOW_SNACK, SHOW_RECORD,
    SHOW_CORRUPTION, SHOW_QS, SHOW_USER_TO, SHOW_AO, SHOW_MPTCP, SHOW_TFO, SHOW_ECN_0, SHOW_ECN_1, SHOW_EXP
};

/* The whole option, kind and length included. */
static bool get_whole(const struct spk_place *place, struct spk_value *value)
{
    uint32_t len = spk_place_uint(place, KIND) <= NOP ? 1 : (uint32_t)spk_place_uint(place, LEN);

    if (place->at > place->end)
        return false;
    if (len > place->end - place->at) {
        if (place->end < place->packet->caplen)
            return false;
        len = place->end - place->at; /* cut by the capture */
    }
    value->kind = SPK_BYTES;
    value->data = place->packet->data + place->at;
    value->len = len;
    return true;
}

/* The whole option, where no case above knows its kind. */
static bool get_unknown(const struct spk_place *place, struct spk_value *value)
{
    uint64_t kind = spk_place_uint(place, KIND);

    for (size_t i = 0; i + 1 < SPK_COUNT_OF(bodies); i++) {
        if (kind == bodies[i].key || (kind > bodies[i].key && kind <= bodies[i].last))
            return false;
    }
    return spk_place_uint(place, LEN) >= 2 && get_whole(place, value);
}

/* A view of the whole option for one kind; the list below says which options have a name of their own. */
#define WHOLE(name_, attr_, kind_, doc_)                                                                             \
    {                                                                                                                \
        .name = name_, .attr = attr_, .kind = SPK_BYTES, .view = SPK_CALL(get_whole),                                \
        .when = { { SPK_EQ, KIND, 0, kind_ } }, .doc = doc_,                                                         \
    }

/* The same of a kind that is one byte. */
#define WHOLE_BYTE(name_, attr_, kind_, doc_)                                                                        \
    {                                                                                                                \
        .name = name_, .attr = attr_, .kind = SPK_BYTES, .bits = 8, .view = SPK_SPAN(KIND),                          \
        .when = { { SPK_EQ, KIND, 0, kind_ } }, .doc = doc_,                                                         \
    }

static const struct spk_row rows[] = {
    [KIND] = {
        .name = "tcp.option_kind", .attr = "kind", .kind = SPK_UINT, .bits = 8, .names = kind_names,
        .doc = "Kind of the option, by IANA's numbers.",
    },
    [LEN] = {
        .name = "tcp.option_len", .attr = "len", .kind = SPK_UINT, .bits = 8, .when = { { SPK_GE, KIND, 0, 2 } },
        .doc = "Bytes of the option, its kind and length included.",
    },
    /* before the body, so that it is shown of an option that was cut as well */
    [SHOW_UNKNOWN] = {
        .name = "tcp.options.unknown", .attr = "unknown", .kind = SPK_BYTES, .view = SPK_CALL(get_unknown),
        .when = { { SPK_GE, KIND, 0, 2 } },
        .doc = "Option of a kind not known here, as bytes.",
    },
    [BODY] = {
        .name = "tcp.options.unknown.payload", .attr = "data", .kind = SPK_CHOICE, .key = KIND, .cases = bodies,
        .size = SPK_REF(LEN, 1, -2), .when = { { SPK_GE, KIND, 0, 2 } },
        .doc = "What an option of a kind not known here says.",
    },
    [SHOW_EOL] = WHOLE_BYTE("tcp.options.eol", "eol", EOL, "End of the option list, as bytes."),
    [SHOW_NOP] = WHOLE_BYTE("tcp.options.nop", "nop", NOP, "No operation, as bytes."),
    [SHOW_MSS] = WHOLE("tcp.options.mss", "mss", MSS, "Maximum segment size option, as bytes."),
    [SHOW_WSCALE] = WHOLE("tcp.options.wscale", "wscale", WSCALE, "Window scale option, as bytes."),
    [SHOW_SACK_PERM] = WHOLE("tcp.options.sack_perm", "sack_perm", SACK_PERMITTED,
                             "SACK permitted option, as bytes."),
    [SHOW_SACK] = WHOLE("tcp.options.sack", "sack", SACK, "Selective acknowledgment option, as bytes."),
    [SHOW_ECHO] = WHOLE("tcp.options.echo", "echo", ECHO, "Echo option, as bytes."),
    [SHOW_ECHO_REPLY] = WHOLE("tcp.options.echo", "echo_reply", ECHO_REPLY, "Echo reply option, as bytes."),
    [SHOW_TIMESTAMP] = WHOLE("tcp.options.timestamp", "timestamp", TIMESTAMP, "Timestamps option, as bytes."),
    [SHOW_CC] = WHOLE("tcp.options.cc", "cc", CC, "Connection count option, as bytes."),
    [SHOW_CC_NEW] = WHOLE("tcp.options.cc", "cc_new", CC_NEW, "New connection count option, as bytes."),
    [SHOW_CC_ECHO] = WHOLE("tcp.options.cc", "cc_echo", CC_ECHO, "Echoed connection count option, as bytes."),
    [SHOW_MD5] = WHOLE("tcp.options.md5", "md5", MD5, "MD5 signature option, as bytes."),
    [SHOW_SCPS] = WHOLE("tcp.options.scps", "scps", SCPS, "SCPS capabilities option, as bytes."),
    [SHOW_SNACK] = WHOLE("tcp.options.snack", "snack", SNACK, "Negative acknowledgment option, as bytes."),
    [SHOW_RECORD] = WHOLE("tcp.options.scpsrec", "scps_record", SCPS_RECORD, "SCPS record boundary option, as bytes."),
    [SHOW_CORRUPTION] = WHOLE("tcp.options.scpscor", "scps_corruption", SCPS_CORRUPTION,
                              "SCPS corruption experienced option, as bytes."),
    [SHOW_QS] = WHOLE("tcp.options.qs", "qs", QUICK_START, "Quick start option, as bytes."),
    [SHOW_USER_TO] = WHOLE("tcp.options.user_to", "user_to", USER_TIMEOUT, "User timeout option, as bytes."),
    [SHOW_AO] = WHOLE("tcp.options.ao", "ao", AUTHENTICATION, "Authentication option, as bytes."),
    [SHOW_MPTCP] = {
        .name = "tcp.options.mptcp", .attr = "mptcp", .kind = SPK_BYTES, .view = SPK_CALL(get_whole),
        .flags = SPK_OWN_NAME, .when = { { SPK_EQ, KIND, 0, MULTIPATH } },
        .doc = "Multipath TCP's option, as bytes.",
    },
    [SHOW_TFO] = WHOLE("tcp.options.tfo", "tfo", FAST_OPEN, "Fast open option, as bytes."),
    [SHOW_ECN_0] = WHOLE("tcp.options.acc_ecn", "acc_ecn", ACC_ECN_0, "Accurate ECN option, as bytes."),
    [SHOW_ECN_1] = WHOLE("tcp.options.acc_ecn", "acc_ecn_1", ACC_ECN_1, "Accurate ECN option, as bytes."),
    [SHOW_EXP] = {
        .name = "tcp.options.experimental", .attr = "experimental", .kind = SPK_BYTES, .view = SPK_CALL(get_whole),
        .when = { { SPK_GE, KIND, 0, EXPERIMENT }, { SPK_LE, KIND, 0, EXPERIMENT_2 } },
        .doc = "Experimental option, as bytes.",
    },
};

const struct spk_group spk_tcp_option = { .name = "TCPOption", SPK_ROWS(rows) };
