/*
 * Multipath TCP, TCP's option of kind 30: RFC 8684 (version 1), RFC 6824 (version 0).
 *
 *      +----------------+----------------+-------+-------+------------
 *      |    kind 30     |      len       |subtype| 4 bits|  body ...
 *      +----------------+----------------+-------+-------+------------
 *
 * What the four bits mean depends on the subtype, so they stand here as rows with conditions; the body is a group of its
 * own. Where the length alone tells one form from another (MP_JOIN, ADD_ADDR), the room that is left decides.
 */
#include "proto/tcp_options.h"

enum { CAPABLE, JOIN, DSS, ADD_ADDRESS, REMOVE_ADDRESS, PRIORITY, FAIL, FASTCLOSE, RESET }; /* RFC 8684 section 3 */

/* ---- MP_CAPABLE: RFC 8684 section 3.1, and as it was in version 0 ---- */

enum { FLAGS, CHECKSUM, EXTEND, NO_MORE, RESERVED, HMAC, SEND_KEY, RECV_KEY, DATA_LEN, SUM };

static const struct spk_row capable_rows[] = {
    [FLAGS] = {
        .name = "tcp.options.mptcp.flags", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(CHECKSUM),
        .doc = "The option's flags as one number.",
    },
    [CHECKSUM] = {
        .name = "tcp.options.mptcp.checksumreq.flags", .attr = "checksum_required", .kind = SPK_UINT, .bits = 1,
        .doc = "Data shall carry checksums.",
    },
    [EXTEND] = {
        .name = "tcp.options.mptcp.extensibility.flag", .attr = "extensibility", .kind = SPK_UINT, .bits = 1,
        .doc = "Reserved for extensions: 0.",
    },
    [NO_MORE] = {
        .name = "tcp.options.mptcp.nomoresubflows.flag", .attr = "no_more_subflows", .kind = SPK_UINT, .bits = 1,
        .doc = "No further subflows to this address and port.",
    },
    [RESERVED] = {
        .name = "tcp.options.mptcp.reserved.flag", .attr = "reserved", .kind = SPK_UINT, .bits = 4, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    [HMAC] = {
        .name = "tcp.options.mptcp.sha256.flag", .attr = "sha256", .kind = SPK_UINT, .bits = 1, .init = 1,
        .doc = "Keys are proven with HMAC-SHA256.",
    },
    [SEND_KEY] = {
        .name = "tcp.options.mptcp.sendkey", .attr = "send_key", .kind = SPK_UINT, .bits = 64,
        .when = { { .test = SPK_ROOM, .value = 8 } },
        .doc = "The sender's key.",
    },
    [RECV_KEY] = {
        .name = "tcp.options.mptcp.recvkey", .attr = "recv_key", .kind = SPK_UINT, .bits = 64,
        .when = { { .test = SPK_ROOM, .value = 8 } },
        .doc = "The receiver's key.",
    },
    [DATA_LEN] = {
        .name = "tcp.options.mptcp.datalvllen", .attr = "data_len", .kind = SPK_UINT, .bits = 16,
        .when = { { .test = SPK_ROOM, .value = 2 } },
        .doc = "Bytes of data that the mapping covers.",
    },
    [SUM] = {
        .name = "tcp.options.mptcp.checksum", .attr = "checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .when = { { .test = SPK_ROOM, .value = 2 } },
        .doc = "Checksum over the data and its mapping.",
    },
};
static const struct spk_group capable = { .name = "MPTCPCapable", SPK_ROWS(capable_rows) };

enum { FLAGS_0, CHECKSUM_0, EXTEND_0, RESERVED_0, HMAC_0, SEND_KEY_0, RECV_KEY_0 };

static const struct spk_row capable_0_rows[] = {
    [FLAGS_0] = {
        .name = "tcp.options.mptcp.flags", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(CHECKSUM_0),
        .doc = "The option's flags as one number.",
    },
    [CHECKSUM_0] = {
        .name = "tcp.options.mptcp.checksumreq.flags", .attr = "checksum_required", .kind = SPK_UINT, .bits = 1,
        .doc = "Data shall carry checksums.",
    },
    [EXTEND_0] = {
        .name = "tcp.options.mptcp.extensibility.flag", .attr = "extensibility", .kind = SPK_UINT, .bits = 1,
        .doc = "Reserved for extensions: 0.",
    },
    [RESERVED_0] = {
        .name = "tcp.options.mptcp.reserved.flag", .attr = "reserved", .kind = SPK_UINT, .bits = 5, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    [HMAC_0] = {
        .name = "tcp.options.mptcp.sha1.flag", .attr = "sha1", .kind = SPK_UINT, .bits = 1, .init = 1,
        .doc = "Keys are proven with HMAC-SHA1.",
    },
    [SEND_KEY_0] = {
        .name = "tcp.options.mptcp.sendkey", .attr = "send_key", .kind = SPK_UINT, .bits = 64,
        .when = { { .test = SPK_ROOM, .value = 8 } },
        .doc = "The sender's key.",
    },
    [RECV_KEY_0] = {
        .name = "tcp.options.mptcp.recvkey", .attr = "recv_key", .kind = SPK_UINT, .bits = 64,
        .when = { { .test = SPK_ROOM, .value = 8 } },
        .doc = "The receiver's key.",
    },
};
static const struct spk_group capable_0 = { .name = "MPTCPCapable0", SPK_ROWS(capable_0_rows) };

/* ---- MP_JOIN: RFC 8684 section 3.2: SYN 12 bytes, SYN+ACK 16, ACK 24 ---- */

enum { JOIN_HMAC, JOIN_ADDRESS, JOIN_CUT_HMAC, JOIN_TOKEN, JOIN_RANDOM };

static const struct spk_row join_rows[] = {
    [JOIN_HMAC] = {
        .name = "tcp.options.mptcp.sendhmac", .attr = "hmac", .kind = SPK_BYTES, .bits = 160,
        .when = { { .test = SPK_ROOM, .value = 20 } },
        .doc = "The sender's HMAC.",
    },
    [JOIN_ADDRESS] = {
        .name = "tcp.options.mptcp.addrid", .attr = "addr_id", .kind = SPK_UINT, .bits = 8,
        .when = { { .test = SPK_ABSENT, .row = JOIN_HMAC } },
        .doc = "Number of the address concerned.",
    },
    [JOIN_CUT_HMAC] = {
        .name = "tcp.options.mptcp.sendtrunchmac", .attr = "cut_hmac", .kind = SPK_UINT, .bits = 64,
        .when = { { .test = SPK_ABSENT, .row = JOIN_HMAC }, { .test = SPK_ROOM, .value = 12 } },
        .doc = "The sender's HMAC, cut to eight bytes.",
    },
    [JOIN_TOKEN] = {
        .name = "tcp.options.mptcp.recvtok", .attr = "token", .kind = SPK_UINT, .bits = 32,
        .when = { { .test = SPK_ABSENT, .row = JOIN_HMAC }, { .test = SPK_ABSENT, .row = JOIN_CUT_HMAC } },
        .doc = "The receiver's token, which names the connection.",
    },
    [JOIN_RANDOM] = {
        .name = "tcp.options.mptcp.sendrand", .attr = "random", .kind = SPK_UINT, .bits = 32,
        .when = { { .test = SPK_ABSENT, .row = JOIN_HMAC } },
        .doc = "The sender's random number.",
    },
};
static const struct spk_group join = { .name = "MPTCPJoin", SPK_ROWS(join_rows) };

/* ---- DSS: RFC 8684 section 3.3 ---- */

enum {
    DSS_FLAGS, DSS_RESERVED, DSS_FIN, DSS_SEQ8, DSS_SEQ, DSS_ACK8, DSS_ACK, DSS_ACK_4, DSS_ACK_8, DSS_SEQ_4, DSS_SEQ_8,
    DSS_SUBFLOW, DSS_LENGTH, DSS_SUM
};

static const struct spk_row dss_rows[] = {
    [DSS_FLAGS] = {
        .name = "tcp.options.mptcp.flags", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(DSS_RESERVED),
        .doc = "The option's flags as one number.",
    },
    [DSS_RESERVED] = { .attr = "reserved", .kind = SPK_PAD, .bits = 3 },
    [DSS_FIN] = {
        .name = "tcp.options.mptcp.datafin.flag", .attr = "data_fin", .kind = SPK_UINT, .bits = 1,
        .doc = "No more data from the sender on any subflow.",
    },
    [DSS_SEQ8] = {
        .name = "tcp.options.mptcp.dseqn8.flag", .attr = "seq_is_8", .kind = SPK_UINT, .bits = 1,
        .doc = "The data sequence number has eight bytes, not four.",
    },
    [DSS_SEQ] = {
        .name = "tcp.options.mptcp.dseqnpresent.flag", .attr = "seq_present", .kind = SPK_UINT, .bits = 1,
        .doc = "A mapping of data to the subflow follows.",
    },
    [DSS_ACK8] = {
        .name = "tcp.options.mptcp.dataack8.flag", .attr = "ack_is_8", .kind = SPK_UINT, .bits = 1,
        .doc = "The data acknowledgment has eight bytes, not four.",
    },
    [DSS_ACK] = {
        .name = "tcp.options.mptcp.dataackpresent.flag", .attr = "ack_present", .kind = SPK_UINT, .bits = 1,
        .doc = "A data acknowledgment follows.",
    },
    [DSS_ACK_4] = {
        .name = "tcp.options.mptcp.rawdataack", .attr = "ack4", .kind = SPK_UINT, .bits = 32,
        .when = { { SPK_EQ, DSS_ACK, 0, 1 }, { SPK_EQ, DSS_ACK8, 0, 0 } },
        .doc = "Next data sequence number expected.",
    },
    [DSS_ACK_8] = {
        .name = "tcp.options.mptcp.rawdataack", .attr = "ack8", .kind = SPK_UINT, .bits = 64,
        .when = { { SPK_EQ, DSS_ACK, 0, 1 }, { SPK_EQ, DSS_ACK8, 0, 1 } },
        .doc = "Next data sequence number expected.",
    },
    [DSS_SEQ_4] = {
        .name = "tcp.options.mptcp.rawdataseqno", .attr = "seq4", .kind = SPK_UINT, .bits = 32,
        .when = { { SPK_EQ, DSS_SEQ, 0, 1 }, { SPK_EQ, DSS_SEQ8, 0, 0 } },
        .doc = "Data sequence number of the first byte mapped.",
    },
    [DSS_SEQ_8] = {
        .name = "tcp.options.mptcp.rawdataseqno", .attr = "seq8", .kind = SPK_UINT, .bits = 64,
        .when = { { SPK_EQ, DSS_SEQ, 0, 1 }, { SPK_EQ, DSS_SEQ8, 0, 1 } },
        .doc = "Data sequence number of the first byte mapped.",
    },
    [DSS_SUBFLOW] = {
        .name = "tcp.options.mptcp.subflowseqno", .attr = "subflow_seq", .kind = SPK_UINT, .bits = 32,
        .when = { { SPK_EQ, DSS_SEQ, 0, 1 } },
        .doc = "Its sequence number on this subflow, counted from the subflow's first.",
    },
    [DSS_LENGTH] = {
        .name = "tcp.options.mptcp.datalvllen", .attr = "data_len", .kind = SPK_UINT, .bits = 16,
        .when = { { SPK_EQ, DSS_SEQ, 0, 1 } },
        .doc = "Bytes of data that the mapping covers.",
    },
    /* There only when both ends asked for checksums in MP_CAPABLE: the length tells. */
    [DSS_SUM] = {
        .name = "tcp.options.mptcp.dss_checksum", .attr = "checksum", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .flags = SPK_OWN_NAME, .when = { { SPK_EQ, DSS_SEQ, 0, 1 }, { .test = SPK_ROOM, .value = 2 } },
        .doc = "Checksum over the data and its mapping.",
    },
};
static const struct spk_group dss = { .name = "MPTCPDSS", SPK_ROWS(dss_rows) };

/* ---- ADD_ADDR: RFC 8684 section 3.4.1; version 0 has no HMAC ---- */

enum { ADD_ID, ADD_IPV6, ADD_IPV4, ADD_PORT_HMAC, ADD_HMAC, ADD_PORT };

static const struct spk_row add_rows[] = {
    [ADD_ID] = {
        .name = "tcp.options.mptcp.addrid", .attr = "addr_id", .kind = SPK_UINT, .bits = 8,
        .doc = "Number of the address concerned.",
    },
    [ADD_IPV6] = {
        .name = "tcp.options.mptcp.ipv6", .attr = "ipv6", .kind = SPK_IP6, .bits = 128,
        .when = { { .test = SPK_ROOM, .value = 16 } },
        .doc = "The address advertised.",
    },
    [ADD_IPV4] = {
        .name = "tcp.options.mptcp.ipv4", .attr = "ipv4", .kind = SPK_IP4, .bits = 32,
        .when = { { .test = SPK_ABSENT, .row = ADD_IPV6 } },
        .doc = "The address advertised.",
    },
    [ADD_PORT_HMAC] = {
        .name = "tcp.options.mptcp.port", .attr = "port_before_hmac", .kind = SPK_UINT, .bits = 16,
        .when = { { .test = SPK_ROOM, .value = 10 } },
        .doc = "The port advertised.",
    },
    [ADD_HMAC] = {
        .name = "tcp.options.mptcp.addaddrtrunchmac", .attr = "hmac", .kind = SPK_UINT, .bits = 64,
        .when = { { .test = SPK_ROOM, .value = 8 } },
        .doc = "HMAC over the advertisement, cut to eight bytes.",
    },
    [ADD_PORT] = {
        .name = "tcp.options.mptcp.port", .attr = "port", .kind = SPK_UINT, .bits = 16,
        .when = { { .test = SPK_ROOM, .value = 2 }, { .test = SPK_ABSENT, .row = ADD_HMAC } },
        .doc = "The port advertised.",
    },
};
static const struct spk_group add_address = { .name = "MPTCPAddAddress", SPK_ROWS(add_rows) };

/* ---- the short ones: RFC 8684 sections 3.3.8, 3.4.2, 3.5, 3.6 and 3.7 ---- */

static const struct spk_row remove_rows[] = {
    {
        .name = "tcp.options.mptcp.addrid", .attr = "addr_ids", .kind = SPK_UINT, .bits = 8, .many = SPK_FILL,
        .doc = "Number of the address concerned.",
    },
};
static const struct spk_group remove_address = { .name = "MPTCPRemoveAddress", SPK_ROWS(remove_rows) };

static const struct spk_row priority_rows[] = {
    {
        .name = "tcp.options.mptcp.addrid", .attr = "addr_id", .kind = SPK_UINT, .bits = 8,
        .when = { { .test = SPK_ROOM, .value = 1 } },
        .doc = "Number of the address concerned.",
    },
};
static const struct spk_group priority = { .name = "MPTCPPriority", SPK_ROWS(priority_rows) };

static const struct spk_row fail_rows[] = {
    {
        .name = "tcp.options.mptcp.rawdataseqno", .attr = "seq", .kind = SPK_UINT, .bits = 64,
        .doc = "Data sequence number from which on the checksum failed.",
    },
};
static const struct spk_group fail = { .name = "MPTCPFail", SPK_ROWS(fail_rows) };

static const struct spk_row fastclose_rows[] = {
    {
        .name = "tcp.options.mptcp.recvkey", .attr = "recv_key", .kind = SPK_UINT, .bits = 64,
        .doc = "The receiver's key.",
    },
};
static const struct spk_group fastclose = { .name = "MPTCPFastclose", SPK_ROWS(fastclose_rows) };

static const struct spk_row reset_rows[] = {
    {
        .name = "tcp.options.mptcp.rst_reason", .attr = "reason", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .doc = "Why the subflow is reset.",
    },
};
static const struct spk_group reset = { .name = "MPTCPReset", SPK_ROWS(reset_rows) };

static const struct spk_case bodies[] = {
    { .key = JOIN, .in = &join },
    { .key = DSS, .in = &dss },
    { .key = ADD_ADDRESS, .in = &add_address },
    { .key = REMOVE_ADDRESS, .in = &remove_address },
    { .key = PRIORITY, .in = &priority },
    { .key = FAIL, .in = &fail },
    { .key = FASTCLOSE, .in = &fastclose },
    { .key = RESET, .in = &reset },
    { .in = NULL },
};

enum {
    SUBTYPE, VERSION, JOIN_NONE, JOIN_FLAGS, JOIN_PAD, JOIN_BACKUP, DSS_NONE, ADD_BITS, ADD_VERSION, ADD_ECHO,
    REMOVE_NONE, PRIORITY_FLAGS, PRIORITY_PAD, PRIORITY_BACKUP, NONE_HIGH, NONE_LOW, NONE, RESET_FLAGS, RESET_U,
    RESET_V, RESET_W, RESET_T,
    OTHER, BODY_0, BODY_1, BODY
};

static const struct spk_enum subtype_names[] = {
    { CAPABLE, "MP_CAPABLE" }, { JOIN, "MP_JOIN" }, { DSS, "DSS" }, { ADD_ADDRESS, "ADD_ADDR" },
    { REMOVE_ADDRESS, "REMOVE_ADDR" }, { PRIORITY, "MP_PRIO" }, { FAIL, "MP_FAIL" }, { FASTCLOSE, "MP_FASTCLOSE" },
    { RESET, "MP_TCPRST" }, { 0, NULL },
};

static const struct spk_row rows[] = {
    [SUBTYPE] = {
        .name = "tcp.options.mptcp.subtype", .attr = "subtype", .kind = SPK_UINT, .bits = 4, .names = subtype_names,
        .doc = "Which of multipath TCP's options this is.",
    },
    [VERSION] = {
        .name = "tcp.options.mptcp.version", .attr = "version", .kind = SPK_UINT, .bits = 4, .init = 1,
        .when = { { SPK_EQ, SUBTYPE, 0, CAPABLE } },
        .doc = "Version of multipath TCP: 0 or 1.",
    },
    /* The third form of MP_JOIN has no flags and no address: its 24 bytes tell. */
    [JOIN_NONE] = {
        .name = "tcp.options.mptcp.reserved", .attr = "join_reserved", .kind = SPK_UINT, .bits = 12, .base = SPK_HEX,
        .when = { { SPK_EQ, SUBTYPE, 0, JOIN }, { .test = SPK_ROOM, .value = 22 } },
        .doc = "Bits without a meaning.",
    },
    [JOIN_FLAGS] = {
        .name = "tcp.options.mptcp.flags", .attr = "join_flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(SUBTYPE), .when = { { SPK_EQ, SUBTYPE, 0, JOIN }, { .test = SPK_ABSENT, .row = JOIN_NONE } },
        .doc = "The byte in which the flags stand, subtype included.",
    },
    [JOIN_PAD] = {
        .attr = "join_pad", .kind = SPK_PAD, .bits = 3,
        .when = { { SPK_EQ, SUBTYPE, 0, JOIN }, { .test = SPK_ABSENT, .row = JOIN_NONE } },
    },
    [JOIN_BACKUP] = {
        .name = "tcp.options.mptcp.backup.flag", .attr = "backup", .kind = SPK_UINT, .bits = 1,
        .when = { { SPK_EQ, SUBTYPE, 0, JOIN }, { .test = SPK_ABSENT, .row = JOIN_NONE } },
        .doc = "Use this subflow only when others fail.",
    },
    [DSS_NONE] = { .attr = "dss_pad", .kind = SPK_PAD, .bits = 4, .when = { { SPK_EQ, SUBTYPE, 0, DSS } } },
    /* Version 0 has the IP version here, 4 or 6; version 1 has a flag in the last bit. */
    [ADD_BITS] = { .attr = "add_bits", .kind = SPK_PAD, .bits = 4, .when = { { SPK_EQ, SUBTYPE, 0, ADD_ADDRESS } } },
    [ADD_VERSION] = {
        .name = "tcp.options.mptcp.ipver", .attr = "ipver", .kind = SPK_UINT, .bits = 4, .view = SPK_SPAN(ADD_BITS),
        .when = { { SPK_EQ, SUBTYPE, 0, ADD_ADDRESS }, { SPK_GE, ADD_BITS, 0, 4 } },
        .doc = "Version of the address advertised: 4 or 6.",
    },
    [ADD_ECHO] = {
        .name = "tcp.options.mptcp.echo", .attr = "echo", .kind = SPK_UINT, .bits = 4, .view = SPK_SPAN(ADD_BITS),
        .when = { { SPK_EQ, SUBTYPE, 0, ADD_ADDRESS }, { SPK_LE, ADD_BITS, 0, 1 } },
        .doc = "Says that the advertisement has come.",
    },
    [REMOVE_NONE] = {
        .attr = "remove_pad", .kind = SPK_PAD, .bits = 4, .when = { { SPK_EQ, SUBTYPE, 0, REMOVE_ADDRESS } },
    },
    [PRIORITY_FLAGS] = {
        .name = "tcp.options.mptcp.flags", .attr = "prio_flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(SUBTYPE), .when = { { SPK_EQ, SUBTYPE, 0, PRIORITY } },
        .doc = "The byte in which the flags stand, subtype included.",
    },
    [PRIORITY_PAD] = {
        .attr = "prio_pad", .kind = SPK_PAD, .bits = 3, .when = { { SPK_EQ, SUBTYPE, 0, PRIORITY } },
    },
    [PRIORITY_BACKUP] = {
        .name = "tcp.options.mptcp.backup.flag", .attr = "prio_backup", .kind = SPK_UINT, .bits = 1,
        .when = { { SPK_EQ, SUBTYPE, 0, PRIORITY } },
        .doc = "Use this subflow only when others fail.",
    },
    [NONE_HIGH] = { .attr = "reserved_high", .kind = SPK_PAD, .bits = 4, .when = { { SPK_EQ, SUBTYPE, 0xe, FAIL } } },
    [NONE_LOW] = { .attr = "reserved_low", .kind = SPK_PAD, .bits = 8, .when = { { SPK_EQ, SUBTYPE, 0xe, FAIL } } },
    [NONE] = {
        .name = "tcp.options.mptcp.reserved", .attr = "reserved", .kind = SPK_UINT, .bits = 12, .base = SPK_HEX,
        .view = SPK_SPAN(NONE_HIGH), .when = { { SPK_EQ, SUBTYPE, 0xe, FAIL } }, /* FAIL and FASTCLOSE */
        .doc = "Bits without a meaning.",
    },
    [RESET_FLAGS] = {
        .name = "tcp.options.mptcp.flags", .attr = "reset_flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(SUBTYPE), .when = { { SPK_EQ, SUBTYPE, 0, RESET } },
        .doc = "The byte in which the flags stand, subtype included.",
    },
    [RESET_U] = {
        .name = "tcp.options.mptcp.flag_U.flag", .attr = "flag_u", .kind = SPK_BOOL, .bits = 1,
        .when = { { SPK_EQ, SUBTYPE, 0, RESET } },
        .doc = "Flag U: without a meaning.",
    },
    [RESET_V] = {
        .name = "tcp.options.mptcp.flag_V.flag", .attr = "flag_v", .kind = SPK_BOOL, .bits = 1,
        .when = { { SPK_EQ, SUBTYPE, 0, RESET } },
        .doc = "Flag V: without a meaning.",
    },
    [RESET_W] = {
        .name = "tcp.options.mptcp.flag_W.flag", .attr = "flag_w", .kind = SPK_BOOL, .bits = 1,
        .when = { { SPK_EQ, SUBTYPE, 0, RESET } },
        .doc = "Flag W: without a meaning.",
    },
    [RESET_T] = {
        .name = "tcp.options.mptcp.flag_T.flag", .attr = "flag_t", .kind = SPK_BOOL, .bits = 1,
        .when = { { SPK_EQ, SUBTYPE, 0, RESET } },
        .doc = "Flag T: the reason may pass, the subflow may be tried again.",
    },
    [OTHER] = { .attr = "other", .kind = SPK_PAD, .bits = 4, .when = { { SPK_GE, SUBTYPE, 0, RESET + 1 } } },
    [BODY_0] = {
        .kind = SPK_GROUP, .in = &capable_0, .when = { { SPK_EQ, SUBTYPE, 0, CAPABLE }, { SPK_EQ, VERSION, 0, 0 } },
    },
    [BODY_1] = {
        .kind = SPK_GROUP, .in = &capable, .when = { { SPK_EQ, SUBTYPE, 0, CAPABLE }, { SPK_GE, VERSION, 0, 1 } },
    },
    [BODY] = { .kind = SPK_CHOICE, .key = SUBTYPE, .cases = bodies, .when = { { SPK_GE, SUBTYPE, 0, JOIN } } },
};

const struct spk_group spk_mptcp_option = { .name = "MPTCPOption", SPK_ROWS(rows) };
