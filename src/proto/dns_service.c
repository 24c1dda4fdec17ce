/*
 * dns_service: the data of SVCB and HTTPS records, RFC 9460, section 2.2, and its parameters, section 14.3.2.
 *
 *      +----------------+----------------+----------------------+
 *      |      key       |  value.length  |  value.length octets |
 *      +----------------+----------------+----------------------+
 */
#include <steelpkt/packet.h>

#include "proto/dns_name.h"
#include "proto/dns_records.h"
#include "proto/dns_text.h"

#define GROUP(title, array) { .name = (title), SPK_ROWS(array) }

static const struct spk_row mandatory_rows[] = {
    { .name = "dns.svcb.svcparam.mandatory.key", .kind = SPK_UINT, .bits = 16, .many = SPK_FILL,
      .doc = "A parameter that the client must understand." },
};

enum { ALPN_LENGTH, ALPN };
static const struct spk_row alpn_rows[] = {
    [ALPN_LENGTH] = { .name = "dns.svcb.svcparam.alpn.length", .kind = SPK_UINT, .bits = 8,
                      .doc = "Octets of the protocol's name." },
    [ALPN] = { .name = "dns.svcb.svcparam.alpn", .kind = SPK_TEXT, .size = SPK_REF(ALPN_LENGTH, 1, 0),
               .codec = &spk_dns_ascii, .doc = "A protocol that the service speaks." },
};
static const struct spk_group alpn = GROUP("DNSServiceProtocol", alpn_rows);
static const struct spk_row alpns_rows[] = {
    { .name = "dns.svcb.svcparam.alpns", .kind = SPK_GROUP, .many = SPK_FILL, .in = &alpn, .flags = SPK_OWN_NAME,
      .doc = "The protocols that the service speaks." },
};

static const struct spk_row port_rows[] = {
    { .name = "dns.svcb.svcparam.port", .kind = SPK_UINT, .bits = 16, .doc = "Port of the service." },
};

static const struct spk_row ip4_rows[] = {
    { .name = "dns.svcb.svcparam.ipv4hint.ip", .attr = "ipv4hint", .kind = SPK_IP4, .bits = 32, .many = SPK_FILL,
      .doc = "An IPv4 address that the service may be found at." },
};

static const struct spk_row ech_rows[] = {
    { .name = "dns.svcb.svcparam.echconfig", .kind = SPK_BYTES, .codec = &spk_dns_octets,
      .doc = "Keys for an encrypted client hello." },
};

static const struct spk_row ip6_rows[] = {
    { .name = "dns.svcb.svcparam.ipv6hint.ip", .attr = "ipv6hint", .kind = SPK_IP6, .bits = 128, .many = SPK_FILL,
      .doc = "An IPv6 address that the service may be found at." },
};

static const struct spk_group mandatory = GROUP("DNSServiceMandatory", mandatory_rows);
static const struct spk_group alpns = GROUP("DNSServiceProtocols", alpns_rows);
static const struct spk_group port = GROUP("DNSServicePort", port_rows);
static const struct spk_group ip4 = GROUP("DNSServiceIP4", ip4_rows);
static const struct spk_group ech = GROUP("DNSServiceECH", ech_rows);
static const struct spk_group ip6 = GROUP("DNSServiceIP6", ip6_rows);

static const struct spk_case values[] = {
    { .key = 0, .in = &mandatory }, { .key = 1, .in = &alpns }, { .key = 3, .in = &port }, { .key = 4, .in = &ip4 },
    { .key = 5, .in = &ech },       { .key = 6, .in = &ip6 },   { .in = NULL },
};

enum { PRESENT, KEY, LENGTH, VALUE };

static bool get_presence(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    value->kind = SPK_NONE;
    return true;
}

static const struct spk_row param_rows[] = {
    [PRESENT] = { .name = "dns.svcb.svcparam", .kind = SPK_NONE, .view = SPK_CALL(get_presence),
                  .doc = "That a parameter is there." },
    [KEY] = { .name = "dns.svcb.svcparam.key", .kind = SPK_UINT, .bits = 16, .doc = "What the parameter is." },
    [LENGTH] = { .name = "dns.svcb.svcparam.value.length", .attr = "length", .kind = SPK_UINT, .bits = 16,
                 .doc = "Octets of the parameter's value." },
    [VALUE] = { .name = "dns.svcb.svcparam.value", .kind = SPK_CHOICE, .key = KEY, .cases = values,
                .size = SPK_REF(LENGTH, 1, 0), .when = { { .test = SPK_GE, .row = LENGTH, .value = 1 } },
                .doc = "The parameter's value, taken apart by its key; octets where the key is not known." },
};
static const struct spk_group param = GROUP("DNSServiceParameter", param_rows);

static const struct spk_row svcb_rows[] = {
    { .name = "dns.svcb.svcpriority", .kind = SPK_UINT, .bits = 16, .doc = "The lowest is tried first; 0: an alias." },
    { .name = "dns.svcb.targetname", .kind = SPK_TEXT, .codec = &spk_dns_name_whole,
      .doc = "The host that offers the service; the root: the owner itself." },
    { .name = "dns.svcb.params", .kind = SPK_GROUP, .many = SPK_FILL, .in = &param, .flags = SPK_OWN_NAME,
      .doc = "The service's parameters." },
};
const struct spk_group spk_dns_svcb = GROUP("DNSDataSVCB", svcb_rows);
