/*
 * dns_options: EDNS(0), RFC 6891, section 6.1.2: the options of an OPT record. RFC 5001 (NSID), RFC 6975 (DAU, DHU, N3U),
 * RFC 7871 (client subnet), RFC 7873 (cookies), RFC 7828 (TCP keepalive), RFC 7830 (padding), RFC 7901 (chain),
 * RFC 8914 (extended errors).
 *
 *      +----------------+----------------+------------------+
 *      |    opt.code    |    opt.len     |  opt.len octets  |
 *      +----------------+----------------+------------------+
 */
#include <steelpkt/packet.h>

#include <string.h>

#include "proto/dns_records.h"
#include "proto/dns_text.h"

#define GROUP(title, array) { .name = (title), SPK_ROWS(array) }

enum { FAMILY, NETMASK, SCOPE, ADDRESS, ADDR4, ADDR6, ADDR };
enum { FAMILY_IP4 = 1, FAMILY_IP6 = 2 };

/* Where the address begins, and its octets; the option leaves out those that are zero. UINT32_MAX: it is no address. */
static uint32_t find_address(const struct spk_place *place, uint32_t *len)
{
    uint32_t from = spk_place_at(place, ADDRESS);

    *len = from == UINT32_MAX ? 0 : place->end - from;
    return *len > sizeof(struct spk_scratch) ? UINT32_MAX : from;
}

static bool get_addr4(const struct spk_place *place, struct spk_value *value)
{
    uint32_t len;
    uint32_t from = find_address(place, &len);

    if (from == UINT32_MAX)
        return false;
    value->kind = SPK_IP4;
    value->u = 0;
    for (uint32_t i = 0; i < 4 && i < len; i++)
        value->u |= (uint64_t)place->packet->data[from + i] << (24 - 8 * i);
    return true;
}

static bool get_addr6(const struct spk_place *place, struct spk_value *value)
{
    uint32_t len;
    uint32_t from = find_address(place, &len);

    if (from == UINT32_MAX)
        return false;
    value->kind = SPK_IP6;
    value->data = place->scratch->bytes;
    value->len = 16;
    memset(place->scratch->bytes, 0, value->len);
    memcpy(place->scratch->bytes, place->packet->data + from, len < value->len ? len : value->len);
    return true;
}

static const struct spk_row subnet_rows[] = {
    [FAMILY] = { .name = "dns.opt.client.family", .kind = SPK_UINT, .bits = 16, .doc = "Address family; 1: IPv4, 2: IPv6." },
    [NETMASK] = { .name = "dns.opt.client.netmask", .kind = SPK_UINT, .bits = 8,
                  .doc = "Bits of the address that the client gives." },
    [SCOPE] = { .name = "dns.opt.client.scope", .kind = SPK_UINT, .bits = 8,
                .doc = "Bits of the address that the answer holds for." },
    [ADDRESS] = { .name = "dns.opt.client.address", .kind = SPK_BYTES, .codec = &spk_dns_octets, .flags = SPK_OWN_NAME,
                  .doc = "The address's first octets, as many as the netmask needs." },
    [ADDR4] = { .name = "dns.opt.client.addr4", .kind = SPK_IP4, .view = SPK_CALL(get_addr4),
                .when = { { .test = SPK_EQ, .row = FAMILY, .value = FAMILY_IP4 } }, .doc = "The client's IPv4 network." },
    [ADDR6] = { .name = "dns.opt.client.addr6", .kind = SPK_IP6, .view = SPK_CALL(get_addr6),
                .when = { { .test = SPK_EQ, .row = FAMILY, .value = FAMILY_IP6 } }, .doc = "The client's IPv6 network." },
    [ADDR] = { .name = "dns.opt.client.addr", .kind = SPK_BYTES, .view = SPK_SPAN(ADDRESS),
               .when = { { .test = SPK_NE, .row = FAMILY, .value = FAMILY_IP4 },
                         { .test = SPK_NE, .row = FAMILY, .value = FAMILY_IP6 } },
               .doc = "The client's network in any other family." },
};

static const struct spk_row dau_rows[] = {
    { .name = "dns.opt.dau", .kind = SPK_UINT, .bits = 8, .many = SPK_FILL,
      .doc = "A DNSSEC signature algorithm that the client understands." },
};
static const struct spk_row dhu_rows[] = {
    { .name = "dns.opt.dhu", .kind = SPK_UINT, .bits = 8, .many = SPK_FILL,
      .doc = "A DS hash algorithm that the client understands." },
};
static const struct spk_row n3u_rows[] = {
    { .name = "dns.opt.n3u", .kind = SPK_UINT, .bits = 8, .many = SPK_FILL,
      .doc = "An NSEC3 hash algorithm that the client understands." },
};

static const struct spk_row cookie_rows[] = {
    { .name = "dns.opt.cookie.client", .kind = SPK_BYTES, .bits = 64, .doc = "The client's cookie." },
    { .name = "dns.opt.cookie.server", .kind = SPK_BYTES, .codec = &spk_dns_octets,
      .doc = "The server's cookie, 8 to 32 octets; empty where the client has none yet." },
};

static const struct spk_row keepalive_rows[] = {
    { .name = "dns.opt.edns_tcp_keepalive.timeout", .kind = SPK_UINT, .bits = 16,
      .when = { { .test = SPK_ROOM, .value = 1 } },
      .doc = "How long the connection may be idle, in 100 milliseconds; queries leave it out." },
};

static const struct spk_row padding_rows[] = {
    { .name = "dns.opt.padding", .kind = SPK_BYTES, .codec = &spk_dns_octets, .doc = "Octets that only take up room." },
};

/* Wireshark 4.0 shows the name's octets as they stand, length octets too. */
static const struct spk_row chain_rows[] = {
    { .name = "dns.opt.chain.fqdn", .kind = SPK_TEXT, .codec = &spk_dns_ascii, .when = { { .test = SPK_ROOM, .value = 1 } },
      .doc = "The closest name that the client trusts already, as it stands on the wire." },
};

static const struct spk_row error_rows[] = {
    { .name = "dns.opt.ext_error.info_code", .kind = SPK_UINT, .bits = 16, .doc = "Why the answer is what it is." },
    { .name = "dns.opt.ext_error.extra_text", .kind = SPK_TEXT, .codec = &spk_dns_utf8,
      .when = { { .test = SPK_ROOM, .value = 1 } }, .doc = "The same in words." },
};

static const struct spk_group subnet = GROUP("DNSOptionSubnet", subnet_rows);
static const struct spk_group dau = GROUP("DNSOptionDAU", dau_rows);
static const struct spk_group dhu = GROUP("DNSOptionDHU", dhu_rows);
static const struct spk_group n3u = GROUP("DNSOptionN3U", n3u_rows);
static const struct spk_group cookie = GROUP("DNSOptionCookie", cookie_rows);
static const struct spk_group keepalive = GROUP("DNSOptionKeepalive", keepalive_rows);
static const struct spk_group padding = GROUP("DNSOptionPadding", padding_rows);
static const struct spk_group chain = GROUP("DNSOptionChain", chain_rows);
static const struct spk_group error = GROUP("DNSOptionError", error_rows);

static const struct spk_case contents[] = {
    { .key = 5, .in = &dau },       { .key = 6, .in = &dhu },      { .key = 7, .in = &n3u },
    { .key = 8, .in = &subnet },    { .key = 10, .in = &cookie },  { .key = 11, .in = &keepalive },
    { .key = 12, .in = &padding },  { .key = 13, .in = &chain },   { .key = 15, .in = &error },
    { .in = NULL },
};

static const struct spk_enum codes[] = {
    { 1, "LLQ" }, { 2, "UL" }, { 3, "NSID" }, { 5, "DAU" }, { 6, "DHU" }, { 7, "N3U" }, { 8, "ECS" }, { 9, "EXPIRE" },
    { 10, "COOKIE" }, { 11, "KEEPALIVE" }, { 12, "PADDING" }, { 13, "CHAIN" }, { 14, "KEYTAG" }, { 15, "EDE" },
    { 0, NULL },
};

enum { PRESENT, CODE, LEN, CONTENT, DATA };

static const struct spk_row option_rows[] = {
    [PRESENT] = { .name = "dns.opt", .kind = SPK_NONE, .bits = 8, .view = SPK_SPAN(CODE),
                  .doc = "That an option is there." },
    [CODE] = { .name = "dns.opt.code", .kind = SPK_UINT, .bits = 16, .names = codes, .doc = "What the option is." },
    [LEN] = { .name = "dns.opt.len", .kind = SPK_UINT, .bits = 16, .doc = "Octets of the option's data." },
    [CONTENT] = { .name = "dns.opt.content", .kind = SPK_CHOICE, .key = CODE, .cases = contents,
                  .size = SPK_REF(LEN, 1, 0), .flags = SPK_OWN_NAME,
                  .doc = "The option's data, taken apart by its code; octets where the code is not known." },
    [DATA] = { .name = "dns.opt.data", .kind = SPK_BYTES, .view = SPK_SPAN(CONTENT),
               .doc = "The option's data as it stands." },
};
static const struct spk_group option = GROUP("DNSOption", option_rows);

static const struct spk_row opt_rows[] = {
    { .name = "dns.opt.options", .kind = SPK_GROUP, .many = SPK_FILL, .in = &option, .flags = SPK_OWN_NAME,
      .doc = "The options of an OPT record." },
};
const struct spk_group spk_dns_opt = GROUP("DNSDataOPT", opt_rows);
