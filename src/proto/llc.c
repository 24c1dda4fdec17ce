/*
 * LLC, logical link control: IEEE 802.2 section 3.2 (ISO 8802-2).
 *
 *       0            6   7   8          14  15  16              23 24              31
 *      +---------------+---+---------------+---+------------------+------------------+
 *      |   dsap.sap    |ig |   ssap.sap    |cr |     control      | control, 2nd byte|
 *      +---------------+---+---------------+---+------------------+------------------+
 *
 *      control, first byte      second byte       format
 *      | n_s           | 0 |    | n_r     |pf|    I, information
 *      | 0     | s_ftype| 0 1|  | n_r     |pf|    S, supervisory
 *      | modif.|pf| ier | 1 1|  none              U, unnumbered
 *
 * A control of two bytes is shown as a little-endian number. The poll/final bit is a poll in a command and a final bit in a
 * response; ssap.cr tells the two apart.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

enum {
    DSAP_SAP, DSAP_IG, DSAP, SSAP_SAP, SSAP_CR, SSAP, SAPS, HIGH, PF_U, MIDDLE, LOW, NUMBERLESS, FORMAT, KEY, N_R,
    PF_IS, CONTROL_U, CONTROL_IS, N_S, S_FTYPE, POLL_U, FINAL_U, POLL_I, POLL_S, FINAL_S, MODIFIER_CMD, MODIFIER_RESP,
    FTYPE_U, FTYPE_S, FTYPE_I
};

/* KEY is ssap.cr and the control's first byte: 0x100 response, low bits the format. */
enum { RESPONSE = 0x100, UNNUMBERED = 0x003, SUPERVISORY = 0x001, POLL_FINAL = 0x010, UI = 0x003 };

static const struct spk_enum saps[] = {
    { 0x00, "null" }, { 0x06, "IP" }, { 0x42, "spanning tree" }, { 0xaa, "SNAP" }, { 0xe0, "NetWare" },
    { 0xf0, "NetBIOS" }, { 0xfe, "ISO network layer" }, { 0xff, "global" }, { 0, NULL },
};

/* Five bits on either side of the poll/final bit, kept apart as they stand. */
static bool get_modifier(const struct spk_place *place, struct spk_value *value)
{
    value->u = (spk_place_uint(place, KEY) & 0xec) >> 2;
    return true;
}

static bool get_zero(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    value->u = 0;
    return true;
}

static const struct spk_row rows[] = {
    [DSAP_SAP] = {
        .name = "llc.dsap.sap", .attr = "dsap_sap", .kind = SPK_UINT, .bits = 7, .init = 0x55,
        .doc = "Destination service access point without its group bit.",
    },
    [DSAP_IG] = {
        .name = "llc.dsap.ig", .attr = "dsap_ig", .kind = SPK_BOOL, .bits = 1,
        .doc = "The destination is a group of service access points.",
    },
    [DSAP] = {
        .name = "llc.dsap", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, .view = SPK_SPAN(DSAP_SAP), .names = saps,
        .doc = "Destination service access point: the protocol of the payload.",
    },
    [SSAP_SAP] = {
        .name = "llc.ssap.sap", .attr = "ssap_sap", .kind = SPK_UINT, .bits = 7, .init = 0x55,
        .doc = "Source service access point without its response bit.",
    },
    [SSAP_CR] = {
        .name = "llc.ssap.cr", .attr = "ssap_cr", .kind = SPK_BOOL, .bits = 1,
        .doc = "The frame is a response, not a command.",
    },
    [SSAP] = {
        .name = "llc.ssap", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, .view = SPK_SPAN(SSAP_SAP), .names = saps,
        .doc = "Source service access point, with the response bit.",
    },
    [SAPS] = { .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(DSAP_SAP) },
    [HIGH] = { .kind = SPK_PAD, .bits = 3 },
    [PF_U] = { .kind = SPK_PAD, .bits = 1 },
    [MIDDLE] = { .kind = SPK_PAD, .bits = 2 },
    [LOW] = { .kind = SPK_PAD, .bits = 1, .init = 1 },
    [NUMBERLESS] = { .kind = SPK_PAD, .bits = 1, .init = 1 },
    [FORMAT] = { .kind = SPK_UINT, .bits = 2, .view = SPK_SPAN(LOW) },
    [KEY] = { .kind = SPK_UINT, .bits = 9, .view = SPK_SPAN(SSAP_CR) },
    [N_R] = {
        .name = "llc.control.n_r", .kind = SPK_UINT, .bits = 7, .when = { { SPK_NE, FORMAT, 0, 3 } },
        .doc = "Number of the frame that is expected next.",
    },
    [PF_IS] = { .kind = SPK_PAD, .bits = 1, .when = { { SPK_NE, FORMAT, 0, 3 } } },
    [CONTROL_U] = {
        .name = "llc.control", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, .digits = 4, .view = SPK_SPAN(HIGH),
        .when = { { SPK_EQ, FORMAT, 0, 3 } },
        .doc = "The control field, of one or two bytes: 3 is unnumbered information.",
    },
    [CONTROL_IS] = {
        .name = "llc.control", .attr = "control_numbered", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .flags = SPK_LITTLE, .view = SPK_SPAN(HIGH), .when = { { SPK_NE, FORMAT, 0, 3 } },
        .doc = "The control field, of one or two bytes: 3 is unnumbered information.",
    },
    [N_S] = {
        .name = "llc.control.n_s", .kind = SPK_UINT, .bits = 7, .view = SPK_SPAN(HIGH),
        .when = { { SPK_EQ, FORMAT, 1, 0 } },
        .doc = "Number of this information frame.",
    },
    [S_FTYPE] = {
        .name = "llc.control.s_ftype", .kind = SPK_UINT, .bits = 2, .base = SPK_HEX, .digits = 4,
        .view = SPK_SPAN(MIDDLE), .when = { { SPK_EQ, FORMAT, 0, SUPERVISORY } },
        .doc = "Supervisory function: 0 receive ready, 1 receive not ready, 2 reject.",
    },
    [POLL_U] = {
        .name = "llc.control.p", .kind = SPK_BOOL, .bits = 1, .view = SPK_SPAN(PF_U),
        .when = { { SPK_EQ, KEY, RESPONSE | UNNUMBERED | POLL_FINAL, UNNUMBERED | POLL_FINAL } },
        .doc = "There when a command asks for an answer at once.",
    },
    [FINAL_U] = {
        .name = "llc.control.f", .kind = SPK_BOOL, .bits = 1, .view = SPK_SPAN(PF_U),
        .when = { { SPK_EQ, KEY, RESPONSE | UNNUMBERED | POLL_FINAL, RESPONSE | UNNUMBERED | POLL_FINAL } },
        .doc = "There when a response answers a poll.",
    },
    [POLL_I] = {
        .name = "llc.control.p", .attr = "poll_i", .kind = SPK_BOOL, .bits = 1, .view = SPK_SPAN(PF_IS),
        .when = { { SPK_EQ, KEY, 1, 0 }, { SPK_EQ, PF_IS, 0, 1 } },
        .doc = "There when a command asks for an answer at once.",
    },
    [POLL_S] = {
        .name = "llc.control.p", .attr = "poll_s", .kind = SPK_BOOL, .bits = 1, .view = SPK_SPAN(PF_IS),
        .when = { { SPK_EQ, KEY, RESPONSE | UNNUMBERED, SUPERVISORY }, { SPK_EQ, PF_IS, 0, 1 } },
        .doc = "There when a command asks for an answer at once.",
    },
    [FINAL_S] = {
        .name = "llc.control.f", .attr = "final_s", .kind = SPK_BOOL, .bits = 1, .view = SPK_SPAN(PF_IS),
        .when = { { SPK_EQ, KEY, RESPONSE | UNNUMBERED, RESPONSE | SUPERVISORY }, { SPK_EQ, PF_IS, 0, 1 } },
        .doc = "There when a response answers a poll.",
    },
    [MODIFIER_CMD] = {
        .name = "llc.control.u_modifier_cmd", .kind = SPK_UINT, .base = SPK_HEX, .digits = 2,
        .view = SPK_CALL(get_modifier), .when = { { SPK_EQ, KEY, RESPONSE | UNNUMBERED, UNNUMBERED } },
        .doc = "Which unnumbered command: 0x00 UI, 0x1b SABME, 0x2b XID, 0x38 TEST.",
    },
    [MODIFIER_RESP] = {
        .name = "llc.control.u_modifier_resp", .kind = SPK_UINT, .base = SPK_HEX, .digits = 2,
        .view = SPK_CALL(get_modifier), .when = { { SPK_EQ, KEY, RESPONSE | UNNUMBERED, RESPONSE | UNNUMBERED } },
        .doc = "Which unnumbered response: 0x18 UA, 0x2b XID, 0x38 TEST.",
    },
    [FTYPE_U] = {
        .name = "llc.control.ftype", .kind = SPK_UINT, .bits = 2, .base = SPK_HEX, .view = SPK_SPAN(LOW),
        .when = { { SPK_EQ, FORMAT, 0, UNNUMBERED } },
        .doc = "Format of the frame: 0 information, 1 supervisory, 3 unnumbered.",
    },
    [FTYPE_S] = {
        .name = "llc.control.ftype", .attr = "ftype_s", .kind = SPK_UINT, .bits = 2, .base = SPK_HEX, .digits = 4,
        .view = SPK_SPAN(LOW), .when = { { SPK_EQ, FORMAT, 0, SUPERVISORY } },
        .doc = "Format of the frame: 0 information, 1 supervisory, 3 unnumbered.",
    },
    /* The other low bit belongs to n_s. */
    [FTYPE_I] = {
        .name = "llc.control.ftype", .attr = "ftype_i", .kind = SPK_UINT, .base = SPK_HEX, .digits = 4,
        .view = SPK_CALL(get_zero), .when = { { SPK_EQ, FORMAT, 1, 0 } },
        .doc = "Format of the frame: 0 information, 1 supervisory, 3 unnumbered.",
    },
};

const struct spk_proto spk_proto_llc = {
    .name = "llc", .pyclass = "LLC", .title = "Logical-Link Control", .spec = "IEEE 802.2",
    .hdr = { .name = "LLC", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    /* Only information, numbered or not, has a payload of the protocol that dsap names. */
    .next = SPK_NEXTS(
        { .space = "llc.snap", .keys = { SAPS }, .when = { { SPK_EQ, KEY, 0xff, UI } } },
        { .space = "llc.snap", .keys = { SAPS }, .when = { { SPK_EQ, KEY, 1, 0 } } },
        { .space = "llc.dsap", .keys = { DSAP }, .when = { { SPK_EQ, KEY, 0xff, UI } } },
        { .space = "llc.dsap", .keys = { DSAP }, .when = { { SPK_EQ, KEY, 1, 0 } } }),
    .sits = SPK_SITS({ "eth.len", 0 }, { "sll.ltype", 4 }),
};
