/*
 * NetBIOS over IPX, as Novell and Microsoft send it to socket 0x0455: session data and datagrams. Other kinds of packets are
 * bytes.
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

enum { SESSION_DATA = 6, SESSION_END = 7, SESSION_END_ACK = 8, DATAGRAM = 11 };

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

static const struct spk_row datagram_rows[] = {
    {
        .name = "nmpi.receiver", .attr = "receiver", .kind = SPK_BYTES, .bits = 128, .flags = SPK_OWN_NAME,
        .doc = "The receiver's name: 15 letters, and a number that says what it is the name of.",
    },
    {
        .name = "nmpi.sender", .attr = "sender", .kind = SPK_BYTES, .bits = 128, .flags = SPK_OWN_NAME,
        .doc = "The sender's name.",
    },
};
static const struct spk_group datagram = { .name = "NBIPXDatagram", SPK_ROWS(datagram_rows) };

static const struct spk_case bodies[] = {
    { .key = SESSION_DATA, .last = SESSION_END_ACK, .in = &session },
    { .key = DATAGRAM, .in = &datagram },
    { .in = NULL },
};

static const struct spk_enum type_names[] = {
    { 1, "Find name" }, { 2, "Name recognized" }, { 3, "Check name" }, { 4, "Name in use" }, { 5, "Deregister name" },
    { SESSION_DATA, "Session data" }, { SESSION_END, "Session end" }, { SESSION_END_ACK, "Session end ack" },
    { 9, "Status query" }, { 10, "Status response" }, { DATAGRAM, "Directed datagram" }, { 0, NULL },
};

enum {
    BIT_7, BIT_6, BIT_5, BIT_4, BIT_3, BIT_2, BIT_1, BIT_0, TYPE, CONTROL, SYSTEM, ACK, ATTENTION, END, RESEND,
    CONTROL_OF_DATAGRAM, SYSTEM_OF_DATAGRAM, ACK_OF_DATAGRAM, ATTENTION_OF_DATAGRAM, END_OF_DATAGRAM, RESEND_OF_DATAGRAM,
    NAME_FLAGS,
    GROUP_NAME, IN_USE, REGISTERED, DUPLICATED, DEREGISTERED, BODY
};

#define BIT(attr_) { .attr = (attr_), .kind = SPK_UINT, .bits = 1 }
#define FLAG(name_, attr_, bit_, when_, doc_)                                                                        \
    {                                                                                                                \
        .name = (name_), .attr = (attr_), .kind = SPK_BOOL, .bits = 1, .view = SPK_SPAN(bit_), when_, .doc = (doc_), \
    }
#define OF_SESSION .when = { { SPK_GE, TYPE, 0, SESSION_DATA }, { SPK_LE, TYPE, 0, SESSION_END_ACK } }
#define OF_DATAGRAM .when = { { SPK_EQ, TYPE, 0, DATAGRAM } }
#define OF_NAME .when = { { SPK_LE, TYPE, 0, SESSION_DATA - 1 } }

/* The first byte means one thing in sessions, and another in packets about names. */
static const struct spk_row rows[] = {
    [BIT_7] = BIT("bit_7"), [BIT_6] = BIT("bit_6"), [BIT_5] = BIT("bit_5"), [BIT_4] = BIT("bit_4"),
    [BIT_3] = BIT("bit_3"), [BIT_2] = BIT("bit_2"), [BIT_1] = BIT("bit_1"), [BIT_0] = BIT("bit_0"),
    [TYPE] = {
        .name = "nmpi.packettype", .attr = "type", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, .init = SESSION_DATA,
        .names = type_names,
        .doc = "Kind of the packet.",
    },
    [CONTROL] = {
        .name = "nmpi.conn_control", .attr = "conn_control", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(BIT_7), OF_SESSION,
        .doc = "The bits below as one number.",
    },
    [SYSTEM] = FLAG("nmpi.conn_control.sys_packet", "sys_packet", BIT_7, OF_SESSION, "A system packet."),
    [ACK] = FLAG("nmpi.conn_control.ack", "ack", BIT_6, OF_SESSION, "An acknowledgment is wanted."),
    [ATTENTION] = FLAG("nmpi.conn_control.attention", "attention", BIT_5, OF_SESSION, "Attention."),
    [END] = FLAG("nmpi.conn_control.end_msg", "end_msg", BIT_4, OF_SESSION, "The message ends with this packet."),
    [RESEND] = FLAG("nmpi.conn_control.resend", "resend", BIT_3, OF_SESSION, "A packet is to be sent again."),
    [CONTROL_OF_DATAGRAM] = {
        .name = "nmpi.conn_control", .attr = "conn_control", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(BIT_7), OF_DATAGRAM,
        .doc = "The bits below as one number.",
    },
    [SYSTEM_OF_DATAGRAM] = FLAG("nmpi.conn_control.sys_packet", "sys_packet", BIT_7, OF_DATAGRAM, "A system packet."),
    [ACK_OF_DATAGRAM] = FLAG("nmpi.conn_control.ack", "ack", BIT_6, OF_DATAGRAM, "An acknowledgment is wanted."),
    [ATTENTION_OF_DATAGRAM] = FLAG("nmpi.conn_control.attention", "attention", BIT_5, OF_DATAGRAM, "Attention."),
    [END_OF_DATAGRAM] = FLAG("nmpi.conn_control.end_msg", "end_msg", BIT_4, OF_DATAGRAM,
                             "The message ends with this packet."),
    [RESEND_OF_DATAGRAM] = FLAG("nmpi.conn_control.resend", "resend", BIT_3, OF_DATAGRAM, "A packet is to be sent again."),
    [NAME_FLAGS] = {
        .name = "nmpi.name_flags", .attr = "name_flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(BIT_7), OF_NAME,
        .doc = "The bits below as one number.",
    },
    [GROUP_NAME] = FLAG("nmpi.name_flags.group", "group", BIT_7, OF_NAME, "The name of a group."),
    [IN_USE] = FLAG("nmpi.name_flags.in_use", "in_use", BIT_6, OF_NAME, "The name is in use."),
    [REGISTERED] = FLAG("nmpi.name_flags.registered", "registered", BIT_2, OF_NAME, "The name is registered."),
    [DUPLICATED] = FLAG("nmpi.name_flags.duplicated", "duplicated", BIT_1, OF_NAME, "Another has the name as well."),
    [DEREGISTERED] = FLAG("nmpi.name_flags.deregistered", "deregistered", BIT_0, OF_NAME, "The name is given up."),
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
