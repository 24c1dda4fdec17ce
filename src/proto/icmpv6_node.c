/*
 * ICMPv6 messages about nodes: router renumbering (RFC 2894 section 3), node information (RFC 4620 section 4), home agent
 * discovery and mobile prefixes (RFC 6275 section 6.5 to 6.8), duplicate addresses in 6LoWPAN (RFC 6775 section 4.4).
 */
#include "proto/icmpv6_node.h"

#include "proto/dns_name.h"
#include "proto/icmpv6_options.h"

static const struct spk_row renumbering_rows[] = {
    {
        .name = "icmpv6.rr.sequence_number", .attr = "sequence", .kind = SPK_UINT, .bits = 32,
        .doc = "Counts the commands.",
    },
    {
        .name = "icmpv6.rr.segment_number", .attr = "segment", .kind = SPK_UINT, .bits = 8,
        .doc = "Counts the messages of one command.",
    },
    {
        .name = "icmpv6.rr.flag", .attr = "flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX, .view = SPK_SPAN(3),
        .doc = "The flags as one number.",
    },
    {
        .name = "icmpv6.rr.flag.t", .attr = "flag_t", .kind = SPK_BOOL, .bits = 1,
        .doc = "The command is only a test.",
    },
    {
        .name = "icmpv6.rr.flag.r", .attr = "flag_r", .kind = SPK_BOOL, .bits = 1,
        .doc = "A result shall be sent.",
    },
    {
        .name = "icmpv6.rr.flag.a", .attr = "flag_a", .kind = SPK_BOOL, .bits = 1,
        .doc = "The command is for all interfaces, also those shut down.",
    },
    {
        .name = "icmpv6.rr.flag.s", .attr = "flag_s", .kind = SPK_BOOL, .bits = 1,
        .doc = "The command is for interfaces of the site by which it came.",
    },
    {
        .name = "icmpv6.rr.flag.p", .attr = "flag_p", .kind = SPK_BOOL, .bits = 1,
        .doc = "The command was done before.",
    },
    {
        .name = "icmpv6.rr.flag.rsv", .attr = "flag_rsv", .kind = SPK_UINT, .bits = 3,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.rr.maxdelay", .attr = "max_delay", .kind = SPK_UINT, .bits = 16,
        .doc = "Longest time before the answer, in milliseconds.",
    },
    {
        .name = "icmpv6.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 32,
        .doc = "Bytes without a meaning.",
    },
};
const struct spk_group spk_icmpv6_renumbering = { .name = "ICMPv6Renumbering", SPK_ROWS(renumbering_rows) };

enum { USE_LENGTH, USE_KEEP, USE_MASK, USE_MASK_L, USE_VALUE = USE_MASK_L + 3, USE_VALUE_L };

static const struct spk_row use_rows[] = {
    [USE_LENGTH] = {
        .name = "icmpv6.rr.pco.up.uselen", .attr = "use_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Bits that the new prefix takes from the one given here.",
    },
    [USE_KEEP] = {
        .name = "icmpv6.rr.pco.up.keeplen", .attr = "keep_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Bits that it keeps of the prefix that matched.",
    },
    [USE_MASK] = {
        .name = "icmpv6.rr.pco.up.flagmask", .attr = "flag_mask", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(USE_MASK_L),
        .doc = "Which of the flags count.",
    },
    [USE_MASK_L] = {
        .name = "icmpv6.rr.pco.up.flagmask.l", .attr = "mask_l", .kind = SPK_BOOL, .bits = 1,
        .doc = "The prefix is on the link.",
    },
    {
        .name = "icmpv6.rr.pco.up.flagmask.a", .attr = "mask_a", .kind = SPK_BOOL, .bits = 1,
        .doc = "Hosts may make addresses of the prefix.",
    },
    {
        .name = "icmpv6.rr.pco.up.flagmask.reserved", .attr = "mask_reserved", .kind = SPK_UINT, .bits = 6,
        .doc = "Bits without a meaning.",
    },
    [USE_VALUE] = {
        .name = "icmpv6.rr.pco.up.raflags", .attr = "ra_flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .view = SPK_SPAN(USE_VALUE_L),
        .doc = "The flags for router advertisements.",
    },
    [USE_VALUE_L] = {
        .name = "icmpv6.rr.pco.up.flagmask.l", .attr = "ra_l", .kind = SPK_BOOL, .bits = 1,
        .doc = "The prefix is on the link.",
    },
    {
        .name = "icmpv6.rr.pco.up.flagmask.a", .attr = "ra_a", .kind = SPK_BOOL, .bits = 1,
        .doc = "Hosts may make addresses of the prefix.",
    },
    {
        .name = "icmpv6.rr.pco.up.flagmask.reserved", .attr = "ra_reserved", .kind = SPK_UINT, .bits = 6,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.rr.pco.up.validlifetime", .attr = "valid_lifetime", .kind = SPK_UINT, .bits = 32,
        .doc = "How long the new prefix is valid, in seconds.",
    },
    {
        .name = "icmpv6.rr.pco.up.preferredlifetime", .attr = "preferred_lifetime", .kind = SPK_UINT, .bits = 32,
        .doc = "How long addresses of it are preferred, in seconds.",
    },
    {
        .name = "icmpv6.rr.pco.up.flag", .attr = "flags", .kind = SPK_UINT, .bits = 32, .base = SPK_HEX,
        .view = SPK_SPAN(13),
        .doc = "The last flags as one number.",
    },
    {
        .name = "icmpv6.rr.pco.up.flag.v", .attr = "flag_v", .kind = SPK_BOOL, .bits = 1,
        .doc = "The valid lifetime shall run down.",
    },
    {
        .name = "icmpv6.rr.pco.up.flag.p", .attr = "flag_p", .kind = SPK_BOOL, .bits = 1,
        .doc = "The preferred lifetime shall run down.",
    },
    {
        .name = "icmpv6.rr.pco.up.flag.reserved", .attr = "flag_reserved", .kind = SPK_UINT, .bits = 30,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.rr.pco.up.useprefix", .attr = "use_prefix", .kind = SPK_IP6, .bits = 128,
        .doc = "The prefix from which the new one is made.",
    },
};
static const struct spk_group use = { .name = "ICMPv6RenumberingUse", SPK_ROWS(use_rows) };

enum { PART_PRESENT, PART_OPCODE, PART_LENGTH, PART_USES = 10 };

static const struct spk_row part_rows[] = {
    [PART_PRESENT] = {
        .name = "icmpv6.rr.pco.mp", .attr = "present", .kind = SPK_NONE, .bits = 8, .view = SPK_SPAN(PART_OPCODE),
        .doc = "There is a part that says which prefixes match.",
    },
    [PART_OPCODE] = {
        .name = "icmpv6.rr.pco.mp.opcode", .attr = "opcode", .kind = SPK_UINT, .bits = 8,
        .doc = "1 add, 2 change, 3 set all.",
    },
    [PART_LENGTH] = {
        .name = "icmpv6.rr.pco.mp.oplength", .attr = "oplength", .kind = SPK_UINT, .bits = 8,
        .doc = "Length of the operation in words of eight bytes: 3, and 4 for each part that says what to use.",
    },
    {
        .name = "icmpv6.rr.pco.mp.ordinal", .attr = "ordinal", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .doc = "Number of the operation in the message.",
    },
    {
        .name = "icmpv6.rr.pco.mp.matchlen", .attr = "match_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Bits of the prefix that have to match.",
    },
    {
        .name = "icmpv6.rr.pco.mp.minlen", .attr = "min_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Least length of a prefix that matches.",
    },
    {
        .name = "icmpv6.rr.pco.mp.maxlen", .attr = "max_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Greatest length of a prefix that matches.",
    },
    {
        .name = "icmpv6.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 16,
        .doc = "Bytes without a meaning.",
    },
    {
        .name = "icmpv6.rr.pco.mp.matchprefix", .attr = "match_prefix", .kind = SPK_IP6, .bits = 128,
        .doc = "The prefix that has to match.",
    },
    {
        .name = "icmpv6.rr.pco.up", .attr = "has_use", .kind = SPK_NONE, .view = SPK_SPAN(PART_OPCODE),
        .when = { { SPK_GE, PART_LENGTH, 0, 7 } },
        .doc = "There is a part that says what to use instead.",
    },
    [PART_USES] = {
        .name = "icmpv6.rr.use", .attr = "uses", .kind = SPK_GROUP, .many = SPK_FILL, .in = &use,
        .size = SPK_REF(PART_LENGTH, 8, -24), .flags = SPK_OWN_NAME,
        .doc = "Prefixes to be used instead.",
    },
};
const struct spk_group spk_icmpv6_renumbering_part = { .name = "ICMPv6RenumberingPart", SPK_ROWS(part_rows) };

static const struct spk_row result_rows[] = {
    {
        .name = "icmpv6.rr.rm", .attr = "present", .kind = SPK_NONE, .bits = 8, .view = SPK_SPAN(2),
        .doc = "There is a result.",
    },
    {
        .name = "icmpv6.rr.rm.flag", .attr = "flags", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(2),
        .doc = "The flags as one number.",
    },
    {
        .name = "icmpv6.rr.rm.flag.reserved", .attr = "flag_reserved", .kind = SPK_UINT, .bits = 14,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.rr.rm.flag.b", .attr = "flag_b", .kind = SPK_BOOL, .bits = 1,
        .doc = "A length was out of bounds.",
    },
    {
        .name = "icmpv6.rr.rm.flag.f", .attr = "flag_f", .kind = SPK_BOOL, .bits = 1,
        .doc = "The operation is forbidden here.",
    },
    {
        .name = "icmpv6.rr.rm.ordinal", .attr = "ordinal", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
        .doc = "Number of the operation in the command.",
    },
    {
        .name = "icmpv6.rr.rm.matchedlen", .attr = "matched_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Length of the prefix that matched.",
    },
    {
        .name = "icmpv6.rr.rm.interfaceindex", .attr = "if_index", .kind = SPK_UINT, .bits = 32,
        .doc = "Interface on which it stood.",
    },
    {
        .name = "icmpv6.rr.rm.matchedprefix", .attr = "matched_prefix", .kind = SPK_IP6, .bits = 128,
        .doc = "The prefix that matched.",
    },
};
const struct spk_group spk_icmpv6_renumbering_result = { .name = "ICMPv6RenumberingResult", SPK_ROWS(result_rows) };

/* ---- node information: RFC 4620 section 4 ---- */

enum { NI_TYPE, NI_FLAGS, NI_RESERVED };

static const struct spk_row information_rows[] = {
    [NI_TYPE] = {
        .name = "icmpv6.ni.qtype", .attr = "qtype", .kind = SPK_UINT, .bits = 16,
        .doc = "What is asked: 0 nothing, 2 the node's name, 3 its IPv6 addresses, 4 its IPv4 addresses.",
    },
    [NI_FLAGS] = {
        .name = "icmpv6.ni.flag", .attr = "flags", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(NI_RESERVED),
        .doc = "The flags as one number.",
    },
    [NI_RESERVED] = {
        .name = "icmpv6.ni.flag.rsv", .attr = "flag_rsv", .kind = SPK_UINT, .bits = 10, .base = SPK_HEX,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.ni.flag.g", .attr = "flag_g", .kind = SPK_BOOL, .bits = 1,
        .doc = "Global addresses.",
    },
    {
        .name = "icmpv6.ni.flag.s", .attr = "flag_s", .kind = SPK_BOOL, .bits = 1,
        .doc = "Addresses of the site.",
    },
    {
        .name = "icmpv6.ni.flag.l", .attr = "flag_l", .kind = SPK_BOOL, .bits = 1,
        .doc = "Addresses of the link.",
    },
    {
        .name = "icmpv6.ni.flag.c", .attr = "flag_c", .kind = SPK_BOOL, .bits = 1,
        .doc = "Addresses compatible with, or mapped from, IPv4.",
    },
    {
        .name = "icmpv6.ni.flag.a", .attr = "flag_a", .kind = SPK_BOOL, .bits = 1,
        .doc = "Addresses of all the node's interfaces.",
    },
    {
        .name = "icmpv6.ni.flag.t", .attr = "flag_t", .kind = SPK_BOOL, .bits = 1,
        .doc = "The answer does not hold all.",
    },
    {
        .name = "icmpv6.ni.nonce", .attr = "nonce", .kind = SPK_UINT, .bits = 64, .base = SPK_HEX,
        .doc = "Random number that the answer repeats.",
    },
};
const struct spk_group spk_icmpv6_node_information = { .name = "ICMPv6NodeInformation", SPK_ROWS(information_rows) };

static const struct spk_row query_rows[] = {
    {
        .name = "icmpv6.ni.query.subject_ipv6", .attr = "subject", .kind = SPK_IP6, .bits = 128,
        .doc = "Address of the node that is asked.",
    },
};
const struct spk_group spk_icmpv6_node_query = { .name = "ICMPv6NodeQuery", SPK_ROWS(query_rows) };

static const struct spk_row query_name_rows[] = {
    {
        .name = "icmpv6.ni.query.subject_fqdn", .attr = "subject_name", .kind = SPK_TEXT, .codec = &spk_dns_name_whole,
        .doc = "Name of the node that is asked.",
    },
    {
        .name = "icmpv6.ni.query.rest", .attr = "subject_rest", .kind = SPK_BYTES, .flags = SPK_OWN_NAME,
        .when = { { .test = SPK_ROOM, .value = 1 } },
        .doc = "What stands behind the name.",
    },
};
const struct spk_group spk_icmpv6_node_query_name = { .name = "ICMPv6NodeQueryName", SPK_ROWS(query_name_rows) };

static const struct spk_row query_ip4_rows[] = {
    {
        .name = "icmpv6.ni.query.subject_ipv4", .attr = "subject_ipv4", .kind = SPK_IP4, .bits = 32,
        .doc = "Address of the node that is asked.",
    },
};
const struct spk_group spk_icmpv6_node_query_ip4 = { .name = "ICMPv6NodeQueryIPv4", SPK_ROWS(query_ip4_rows) };

/* RFC 4620 section 6.3: of the answers the one about IPv6 addresses is known here. */
static const struct spk_row answer_rows[] = {
    {
        .name = "icmpv6.ni.reply.node_ttl", .attr = "ttl", .kind = SPK_UINT, .bits = 32,
        .doc = "How long the address is valid, in seconds.",
    },
    {
        .name = "icmpv6.ni.reply.node_address", .attr = "address", .kind = SPK_IP6, .bits = 128,
        .doc = "Address of the node.",
    },
};
const struct spk_group spk_icmpv6_node_answer = { .name = "ICMPv6NodeAnswer", SPK_ROWS(answer_rows) };

/* ---- mobility: RFC 6275 sections 6.5 to 6.8 ---- */

#define IDENTIFIER                                                                                                   \
    {                                                                                                                \
        .name = "icmpv6.mip6.identifier", .attr = "identifier", .kind = SPK_UINT, .bits = 16,                        \
        .doc = "Identifier, by which answers are told apart.",                                                       \
    }
#define TWO_RESERVED                                                                                                 \
    {                                                                                                                \
        .name = "icmpv6.reserved", .attr = "reserved", .kind = SPK_BYTES, .bits = 16,                                \
        .doc = "Bytes without a meaning.",                                                                           \
    }

static const struct spk_row home_request_rows[] = { IDENTIFIER, TWO_RESERVED };
const struct spk_group spk_icmpv6_home_request = { .name = "ICMPv6HomeRequest", SPK_ROWS(home_request_rows) };

static const struct spk_row home_reply_rows[] = {
    IDENTIFIER,
    TWO_RESERVED,
    {
        .name = "icmpv6.mip6.home_agent_address", .attr = "agents", .kind = SPK_IP6, .bits = 128, .many = SPK_FILL,
        .doc = "Address of a home agent.",
    },
};
const struct spk_group spk_icmpv6_home_reply = { .name = "ICMPv6HomeReply", SPK_ROWS(home_reply_rows) };

static const struct spk_row prefix_request_rows[] = { IDENTIFIER, TWO_RESERVED };
const struct spk_group spk_icmpv6_prefix_request = { .name = "ICMPv6PrefixRequest", SPK_ROWS(prefix_request_rows) };

static const struct spk_row prefix_reply_rows[] = {
    IDENTIFIER,
    {
        .name = "icmpv6.mip6.flag", .attr = "flags", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(2),
        .doc = "The flags as one number.",
    },
    {
        .name = "icmpv6.mip6.flag.m", .attr = "flag_m", .kind = SPK_BOOL, .bits = 1,
        .doc = "Addresses come by DHCPv6.",
    },
    {
        .name = "icmpv6.mip6.flag.o", .attr = "flag_o", .kind = SPK_BOOL, .bits = 1,
        .doc = "Other settings come by DHCPv6.",
    },
    {
        .name = "icmpv6.mip6.flag.rsv", .attr = "flag_rsv", .kind = SPK_UINT, .bits = 14,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmpv6.option", .attr = "opts", .kind = SPK_GROUP, .many = SPK_FILL, .in = &spk_icmpv6_option,
        .flags = SPK_OWN_NAME,
        .doc = "Options of neighbour discovery.",
    },
};
const struct spk_group spk_icmpv6_prefix_reply = { .name = "ICMPv6PrefixReply", SPK_ROWS(prefix_reply_rows) };

static const struct spk_row duplicate_rows[] = {
    {
        .name = "icmpv6.6lowpannd.da.status", .attr = "status", .kind = SPK_UINT, .bits = 8,
        .doc = "0: registered, 1: the address is a duplicate, 2: no room.",
    },
    {
        .name = "icmpv6.6lowpannd.da.rsv", .attr = "reserved", .kind = SPK_UINT, .bits = 8,
        .doc = "A byte without a meaning.",
    },
    {
        .name = "icmpv6.6lowpannd.da.lifetime", .attr = "lifetime", .kind = SPK_UINT, .bits = 16,
        .doc = "How long the registration is valid, in minutes.",
    },
    {
        .name = "icmpv6.6lowpannd.da.eui64_bytes", .attr = "eui64", .kind = SPK_BYTES, .bits = 64,
        .flags = SPK_OWN_NAME,
        .doc = "Identifier of the interface, which no other has.",
    },
    {
        .name = "icmpv6.6lowpannd.da.reg_addr", .attr = "address", .kind = SPK_IP6, .bits = 128,
        .doc = "The address concerned.",
    },
};
const struct spk_group spk_icmpv6_duplicate = { .name = "ICMPv6DuplicateAddress", SPK_ROWS(duplicate_rows) };
