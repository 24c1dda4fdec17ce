/*
 * Extensions of mobile IP in router advertisements and solicitations: RFC 5944 sections 2.1.1 (agent), 2.1.2 (prefix
 * lengths) and 2.1.3 (padding); RFC 4721 section 2 (challenge).
 *
 *      +----------------+----------------+------------
 *      |      type      |     length     |  body ...
 *      +----------------+----------------+------------
 *      Type 0 is one byte: no length, no body.
 */
#include "proto/icmp_mobile.h"

enum { PADDING = 0, AGENT = 16, PREFIXES = 19, CHALLENGE = 24 };

enum { SEQ, LIFE, FLAGS, FIRST_FLAG };

static const struct spk_row agent_rows[] = {
    [SEQ] = {
        .name = "icmp.mip.seq", .attr = "seq", .kind = SPK_UINT, .bits = 16,
        .doc = "Advertisements sent since the agent began.",
    },
    [LIFE] = {
        .name = "icmp.mip.life", .attr = "life", .kind = SPK_UINT, .bits = 16,
        .doc = "Longest registration that the agent takes, in seconds.",
    },
    [FLAGS] = {
        .name = "icmp.mip.flags", .attr = "flags", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(FIRST_FLAG),
        .doc = "All flags as one number.",
    },
    [FIRST_FLAG] = {
        .name = "icmp.mip.r", .attr = "r", .kind = SPK_BOOL, .bits = 1,
        .doc = "Registration with this agent is required.",
    },
    {
        .name = "icmp.mip.b", .attr = "b", .kind = SPK_BOOL, .bits = 1,
        .doc = "The agent is busy.",
    },
    {
        .name = "icmp.mip.h", .attr = "h", .kind = SPK_BOOL, .bits = 1,
        .doc = "It is a home agent.",
    },
    {
        .name = "icmp.mip.f", .attr = "f", .kind = SPK_BOOL, .bits = 1,
        .doc = "It is a foreign agent.",
    },
    {
        .name = "icmp.mip.m", .attr = "m", .kind = SPK_BOOL, .bits = 1,
        .doc = "It takes minimal encapsulation.",
    },
    {
        .name = "icmp.mip.g", .attr = "g", .kind = SPK_BOOL, .bits = 1,
        .doc = "It takes GRE.",
    },
    {
        .name = "icmp.mip.v", .attr = "v", .kind = SPK_BOOL, .bits = 1,
        .doc = "It takes compressed headers.",
    },
    {
        .name = "icmp.mip.rt", .attr = "rt", .kind = SPK_BOOL, .bits = 1,
        .doc = "It takes reverse tunnels.",
    },
    {
        .name = "icmp.mip.u", .attr = "u", .kind = SPK_BOOL, .bits = 1,
        .doc = "It takes tunnels in UDP.",
    },
    {
        .name = "icmp.mip.x", .attr = "x", .kind = SPK_BOOL, .bits = 1,
        .doc = "It takes revocations.",
    },
    {
        .name = "icmp.mip.reserved", .attr = "reserved", .kind = SPK_UINT, .bits = 6, .base = SPK_HEX, .digits = 4,
        .doc = "Bits without a meaning.",
    },
    {
        .name = "icmp.mip.coa", .attr = "care_of", .kind = SPK_IP4, .bits = 32, .many = SPK_FILL,
        .doc = "Care-of address that the agent offers.",
    },
};
static const struct spk_group agent = { .name = "ICMPMobileAgent", SPK_ROWS(agent_rows) };

static const struct spk_row prefix_rows[] = {
    {
        .name = "icmp.mip.prefixlength", .attr = "prefix_lens", .kind = SPK_UINT, .bits = 8, .many = SPK_FILL,
        .doc = "Bits of the prefix of a router's address, in the order of the addresses.",
    },
};
static const struct spk_group prefixes = { .name = "ICMPMobilePrefixes", SPK_ROWS(prefix_rows) };

static const struct spk_row challenge_rows[] = {
    {
        .name = "icmp.mip.challenge", .attr = "challenge", .kind = SPK_BYTES,
        .doc = "Random value that a registration has to repeat.",
    },
};
static const struct spk_group challenge = { .name = "ICMPMobileChallenge", SPK_ROWS(challenge_rows) };

static const struct spk_case bodies[] = {
    { .key = AGENT, .in = &agent }, { .key = PREFIXES, .in = &prefixes }, { .key = CHALLENGE, .in = &challenge },
    { .in = NULL },
};

enum { TYPE, LENGTH, BODY };

static const struct spk_row rows[] = {
    [TYPE] = {
        .name = "icmp.mip.type", .attr = "type", .kind = SPK_UINT, .bits = 8,
        .doc = "Type of the extension.",
    },
    [LENGTH] = {
        .name = "icmp.mip.length", .attr = "len", .kind = SPK_UINT, .bits = 8, .when = { { SPK_NE, TYPE, 0, PADDING } },
        .doc = "Bytes of the extension behind its length.",
    },
    [BODY] = {
        .name = "icmp.mip.content", .attr = "content", .kind = SPK_CHOICE, .key = TYPE, .cases = bodies,
        .size = SPK_REF(LENGTH, 1, 0), .when = { { SPK_NE, TYPE, 0, PADDING } },
        .doc = "What an extension of a type not known here says.",
    },
};

const struct spk_group spk_icmp_mobile = { .name = "ICMPMobileExtension", SPK_ROWS(rows) };
