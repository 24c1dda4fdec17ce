/*
 * NetBIOS over IPX, as Novell and Microsoft send it to socket 0x0455: session data. Other kinds of packets are bytes.
 *
 *      +--------------+--------------+
 *      | conn_control |     type     |
 *      +--------------+--------------+-----------------------------+
 *      |          src_conn           |          dst_conn           |
 *      +-----------------------------+-----------------------------+
 *      |          send_seq           |          total_len          |
 *      +-----------------------------+-----------------------------+
 *      |           offset            |          data_len           |
 *      +-----------------------------+-----------------------------+
 *      |          recv_seq           |       bytes_received        |
 *      +-----------------------------+-----------------------------+
 *      All numbers are little-endian.
 */
#include <steelpkt/proto.h>

enum { SESSION_DATA = 6, SESSION_END = 7, SESSION_END_ACK = 8 };

#define NUMBER(name_, attr_, base_, doc_)                                                                            \
    {                                                                                                                \
        .name = name_, .attr = attr_, .kind = SPK_UINT, .bits = 16, .flags = SPK_LITTLE, .base = base_, .doc = doc_, \
    }

static const struct spk_row session_rows[] = {
    NUMBER("nmpi.session.src_conn_id", "src_conn", SPK_HEX, "The sender's number for the connection."),
    NUMBER("nmpi.session.dest_conn_id", "dst_conn", SPK_HEX, "The other side's; 0xffff: not known yet."),
    NUMBER("nmpi.session.send_seq_number", "send_seq", SPK_DEC, "Number of this packet."),
    NUMBER("nmpi.session.total_data_length", "total_len", SPK_DEC, "Bytes of the whole message."),
    NUMBER("nmpi.session.offset", "offset", SPK_DEC, "Where in the message this packet's data belongs."),
    NUMBER("nmpi.session.data_length", "data_len", SPK_DEC, "Bytes of data in this packet."),
    NUMBER("nmpi.session.recv_seq_number", "recv_seq", SPK_DEC, "Number of the packet expected next."),
    NUMBER("nmpi.session.bytes_received", "bytes_received", SPK_DEC, "Bytes of the message that have come."),
};
static const struct spk_group session = { .name = "NBIPXSession", SPK_ROWS(session_rows) };

static const struct spk_case bodies[] = {
    { .key = SESSION_DATA, .last = SESSION_END_ACK, .in = &session }, { .in = NULL },
};

static const struct spk_enum type_names[] = {
    { 1, "Find name" }, { 2, "Name recognized" }, { 3, "Check name" }, { 4, "Name in use" }, { 5, "Deregister name" },
    { SESSION_DATA, "Session data" }, { SESSION_END, "Session end" }, { SESSION_END_ACK, "Session end ack" },
    { 9, "Status query" }, { 10, "Status response" }, { 11, "Directed datagram" }, { 0, NULL },
};

enum { CONTROL, SYSTEM, ACK, ATTENTION, END, RESEND, REST, TYPE, BODY };

static const struct spk_row rows[] = {
    [CONTROL] = {
        .name = "nmpi.conn_control", .attr = "conn_control", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(SYSTEM),
        .doc = "The bits below as one number.",
    },
    [SYSTEM] = {
        .name = "nmpi.conn_control.sys_packet", .attr = "sys_packet", .kind = SPK_BOOL, .bits = 1,
        .doc = "A system packet.",
    },
    [ACK] = {
        .name = "nmpi.conn_control.ack", .attr = "ack", .kind = SPK_BOOL, .bits = 1,
        .doc = "An acknowledgment is wanted.",
    },
    [ATTENTION] = {
        .name = "nmpi.conn_control.attention", .attr = "attention", .kind = SPK_BOOL, .bits = 1,
        .doc = "Attention.",
    },
    [END] = {
        .name = "nmpi.conn_control.end_msg", .attr = "end_msg", .kind = SPK_BOOL, .bits = 1,
        .doc = "The message ends with this packet.",
    },
    [RESEND] = {
        .name = "nmpi.conn_control.resend", .attr = "resend", .kind = SPK_BOOL, .bits = 1,
        .doc = "A packet is to be sent again.",
    },
    [REST] = { .attr = "control_rest", .kind = SPK_PAD, .bits = 3 },
    [TYPE] = {
        .name = "nmpi.packettype", .attr = "type", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, .init = SESSION_DATA,
        .names = type_names,
        .doc = "Kind of the packet.",
    },
    [BODY] = {
        .name = "nmpi.rest", .attr = "rest", .kind = SPK_CHOICE, .key = TYPE, .cases = bodies, .flags = SPK_OWN_NAME,
        .doc = "What stands in a packet of another kind.",
    },
};

const struct spk_proto spk_proto_nbipx = {
    .name = "nbipx", .pyclass = "NBIPX", .title = "NetBIOS over IPX", .spec = "Novell NetBIOS",
    .hdr = { .name = "NBIPX", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS, .flags = SPK_QUIET,
    .sits = SPK_SITS({ "ipx.socket", 0x0455 }),
};
