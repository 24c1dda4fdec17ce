/*
 * dns_records: the data of the common resource records. RFC 1035, section 3.3 (A, NS, CNAME, SOA, NULL, PTR, HINFO, MX,
 * TXT), RFC 3596 (AAAA), RFC 2782 (SRV), RFC 6672 (DNAME), RFC 7208 (SPF), RFC 8659 (CAA).
 */
#include "proto/dns_records.h"

#include <steelpkt/packet.h>

#include <string.h>

#include "proto/dns_message.h"
#include "proto/dns_name.h"
#include "proto/dns_text.h"

#define GROUP(title, array) { .name = (title), SPK_ROWS(array) }

static const struct spk_row a_rows[] = {
    { .name = "dns.a", .kind = SPK_IP4, .bits = 32, .doc = "IPv4 address of the owner." },
};

static const struct spk_row aaaa_rows[] = {
    { .name = "dns.aaaa", .kind = SPK_IP6, .bits = 128, .doc = "IPv6 address of the owner." },
};

static const struct spk_row ns_rows[] = {
    { .name = "dns.ns", .kind = SPK_TEXT, .codec = &spk_dns_name,
      .doc = "A name server that answers for the owner's zone." },
};

static const struct spk_row cname_rows[] = {
    { .name = "dns.cname", .kind = SPK_TEXT, .codec = &spk_dns_name, .doc = "The name that the owner is an alias of." },
};

static const struct spk_row dname_rows[] = {
    { .name = "dns.dname", .kind = SPK_TEXT, .codec = &spk_dns_name_whole,
      .doc = "What takes the owner's place at the end of all names below it." },
};

static const struct spk_row ptr_rows[] = {
    { .name = "dns.ptr.domain_name", .kind = SPK_TEXT, .codec = &spk_dns_name, .doc = "The name pointed at." },
};

static const struct spk_row null_rows[] = {
    { .name = "dns.null", .kind = SPK_BYTES, .doc = "Anything at all." },
};

static const struct spk_row opaque_rows[] = {
    { .attr = "data", .kind = SPK_BYTES },
};

static const struct spk_row soa_rows[] = {
    { .name = "dns.soa.mname", .kind = SPK_TEXT, .codec = &spk_dns_name, .doc = "The zone's primary name server." },
    { .name = "dns.soa.rname", .kind = SPK_TEXT, .codec = &spk_dns_name,
      .doc = "Mailbox of the zone's keeper; the first label stands before the @." },
    { .name = "dns.soa.serial_number", .attr = "serial", .kind = SPK_UINT, .bits = 32,
      .doc = "Version of the zone; compared by RFC 1982." },
    { .name = "dns.soa.refresh_interval", .attr = "refresh", .kind = SPK_UINT, .bits = 32,
      .doc = "Seconds until a secondary asks again." },
    { .name = "dns.soa.retry_interval", .attr = "retry", .kind = SPK_UINT, .bits = 32,
      .doc = "Seconds until it asks again where that failed." },
    { .name = "dns.soa.expire_limit", .attr = "expire", .kind = SPK_UINT, .bits = 32,
      .doc = "Seconds after which it no longer answers for the zone." },
    { .name = "dns.soa.minimum_ttl", .attr = "minimum", .kind = SPK_UINT, .bits = 32,
      .doc = "Seconds for which the absence of a name may be remembered (RFC 2308)." },
};

enum { CPU_LENGTH, CPU, OS_LENGTH, OS };
static const struct spk_row hinfo_rows[] = {
    [CPU_LENGTH] = { .name = "dns.hinfo.cpu_length", .kind = SPK_UINT, .bits = 8, .doc = "Octets of the CPU text." },
    [CPU] = { .name = "dns.hinfo.cpu", .kind = SPK_TEXT, .size = SPK_REF(CPU_LENGTH, 1, 0), .codec = &spk_dns_ascii,
              .doc = "Kind of the host's CPU." },
    [OS_LENGTH] = { .name = "dns.hinfo.os_length", .kind = SPK_UINT, .bits = 8, .doc = "Octets of the system text." },
    [OS] = { .name = "dns.hinfo.os", .kind = SPK_TEXT, .size = SPK_REF(OS_LENGTH, 1, 0), .codec = &spk_dns_ascii,
             .doc = "Kind of the host's operating system." },
};

static const struct spk_row mx_rows[] = {
    { .name = "dns.mx.preference", .kind = SPK_UINT, .bits = 16, .doc = "The lowest is tried first." },
    { .name = "dns.mx.mail_exchange", .kind = SPK_TEXT, .codec = &spk_dns_name,
      .doc = "A host that takes mail for the owner." },
};

/* RFC 6763, section 6.5: in mDNS the strings are UTF-8. */
static bool get_text(const struct spk_place *place, struct spk_value *value)
{
    bool multicast = spk_layer_proto(place->packet, place->layer) == &spk_proto_mdns;

    return multicast ? spk_dns_utf8.get(place, value) : spk_dns_ascii.get(place, value);
}

static int32_t measure_text(const struct spk_place *place)
{
    return spk_dns_ascii.measure(place);
}

static bool spell_text(const struct spk_place *place, struct spk_value *value)
{
    return spk_dns_ascii.spell(place, value);
}

static int32_t put_text(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    return spk_dns_ascii.put(text, before, out, size);
}

static const struct spk_codec text_codec = { measure_text, get_text, spell_text, put_text, false, NULL, true };

enum { TEXT_LENGTH, TEXT };
static const struct spk_row text_rows[] = {
    [TEXT_LENGTH] = { .name = "dns.txt.length", .kind = SPK_UINT, .bits = 8, .doc = "Octets of the string." },
    [TEXT] = { .name = "dns.txt", .attr = "text", .kind = SPK_TEXT,
               .size = SPK_REF(TEXT_LENGTH, 1, 0), .codec = &text_codec,
               .doc = "One string of the record's text; in mDNS it is UTF-8, else Wireshark takes it for ASCII." },
};
static const struct spk_group text_group = GROUP("DNSText", text_rows);
static const struct spk_row txt_rows[] = {
    { .name = "dns.txt.strings", .kind = SPK_GROUP, .many = SPK_FILL, .in = &text_group, .flags = SPK_OWN_NAME,
      .doc = "The strings of a TXT record." },
};

static const struct spk_row spf_text_rows[] = {
    [TEXT_LENGTH] = { .name = "dns.spf.length", .kind = SPK_UINT, .bits = 8, .doc = "Octets of the string." },
    [TEXT] = { .name = "dns.spf", .attr = "text", .kind = SPK_TEXT,
               .size = SPK_REF(TEXT_LENGTH, 1, 0), .codec = &spk_dns_ascii,
               .doc = "One string of the sender policy." },
};
static const struct spk_group spf_text_group = GROUP("DNSPolicyText", spf_text_rows);
static const struct spk_row spf_rows[] = {
    { .name = "dns.spf.strings", .kind = SPK_GROUP, .many = SPK_FILL, .in = &spf_text_group, .flags = SPK_OWN_NAME,
      .doc = "The strings of an SPF record." },
};

static const struct spk_row srv_rows[] = {
    { .name = "dns.srv.priority", .kind = SPK_UINT, .bits = 16, .doc = "The lowest is tried first." },
    { .name = "dns.srv.weight", .kind = SPK_UINT, .bits = 16,
      .doc = "Share of the clients among records of one priority." },
    { .name = "dns.srv.port", .kind = SPK_UINT, .bits = 16, .doc = "Port of the service at the target." },
    { .name = "dns.srv.target", .kind = SPK_TEXT, .codec = &spk_dns_name_whole,
      .doc = "The host that offers the service; the root: nobody does." },
};

enum { CAA_CRITICAL, CAA_RESERVED, CAA_FLAGS, TAG_LENGTH, TAG, CAA_VALUE, ISSUE, ISSUEWILD, IODEF, UNKNOWN };

/* The value, where the record's tag is the given one; NULL: where it is none of those known. Tags keep their case. */
static bool get_property(const struct spk_place *place, const char *wanted, struct spk_value *value)
{
    static const char *const known[] = { "issue", "issuewild", "iodef" };
    const char *tag = (const char *)place->packet->data + spk_place_at(place, TAG);
    size_t len = (size_t)spk_place_uint(place, TAG_LENGTH);
    const char *found = NULL;
    uint32_t from = spk_place_at(place, CAA_VALUE);

    if (from == UINT32_MAX)
        return false;
    for (size_t i = 0; i < SPK_COUNT_OF(known); i++) {
        if (strlen(known[i]) == len && memcmp(known[i], tag, len) == 0)
            found = known[i];
    }
    if (wanted == NULL ? found != NULL : found == NULL || strcmp(found, wanted) != 0)
        return false;
    struct spk_place at_value = *place;
    at_value.at = from;
    return spk_dns_shown.get(&at_value, value);
}

static bool get_issue(const struct spk_place *place, struct spk_value *value)
{
    return get_property(place, "issue", value);
}

static bool get_issuewild(const struct spk_place *place, struct spk_value *value)
{
    return get_property(place, "issuewild", value);
}

static bool get_iodef(const struct spk_place *place, struct spk_value *value)
{
    return get_property(place, "iodef", value);
}

static bool get_unknown(const struct spk_place *place, struct spk_value *value)
{
    return get_property(place, NULL, value);
}

static const struct spk_row caa_rows[] = {
    [CAA_CRITICAL] = { .name = "dns.caa.flags.issuer_critical", .kind = SPK_BOOL, .bits = 1,
                       .doc = "Who does not know the tag must not issue." },
    [CAA_RESERVED] = { .kind = SPK_PAD, .bits = 7 },
    [CAA_FLAGS] = { .name = "dns.caa.flags", .kind = SPK_UINT, .bits = 8, .base = SPK_HEX,
                    .view = SPK_SPAN(CAA_CRITICAL), .doc = "All eight flags." },
    [TAG_LENGTH] = { .name = "dns.caa.tag_length", .kind = SPK_UINT, .bits = 8, .doc = "Octets of the tag." },
    [TAG] = { .name = "dns.caa.tag", .kind = SPK_TEXT, .size = SPK_REF(TAG_LENGTH, 1, 0), .codec = &spk_dns_ascii,
              .doc = "What the value says: issue, issuewild, iodef." },
    [CAA_VALUE] = { .name = "dns.caa.value", .kind = SPK_TEXT, .codec = &spk_dns_shown, .doc = "The property's value." },
    [ISSUE] = { .name = "dns.caa.issue", .kind = SPK_TEXT, .view = SPK_CALL(get_issue),
                .doc = "Who may issue certificates for the owner: the value of an issue tag." },
    [ISSUEWILD] = { .name = "dns.caa.issuewild", .kind = SPK_TEXT, .view = SPK_CALL(get_issuewild),
                    .doc = "Who may issue wildcard certificates: the value of an issuewild tag." },
    [IODEF] = { .name = "dns.caa.iodef", .kind = SPK_TEXT, .view = SPK_CALL(get_iodef),
                .doc = "Where to report violations: the value of an iodef tag." },
    [UNKNOWN] = { .name = "dns.caa.unknown", .kind = SPK_TEXT, .view = SPK_CALL(get_unknown),
                  .doc = "The value of any other tag." },
};

const struct spk_group spk_dns_opaque = GROUP("DNSDataOpaque", opaque_rows);

static const struct spk_group a = GROUP("DNSDataA", a_rows);
static const struct spk_group aaaa = GROUP("DNSDataAAAA", aaaa_rows);
static const struct spk_group ns = GROUP("DNSDataNS", ns_rows);
static const struct spk_group cname = GROUP("DNSDataCNAME", cname_rows);
static const struct spk_group dname = GROUP("DNSDataDNAME", dname_rows);
static const struct spk_group ptr = GROUP("DNSDataPTR", ptr_rows);
static const struct spk_group null = GROUP("DNSDataNULL", null_rows);
static const struct spk_group soa = GROUP("DNSDataSOA", soa_rows);
static const struct spk_group hinfo = GROUP("DNSDataHINFO", hinfo_rows);
static const struct spk_group mx = GROUP("DNSDataMX", mx_rows);
static const struct spk_group txt = GROUP("DNSDataTXT", txt_rows);
static const struct spk_group spf = GROUP("DNSDataSPF", spf_rows);
static const struct spk_group srv = GROUP("DNSDataSRV", srv_rows);
static const struct spk_group caa = GROUP("DNSDataCAA", caa_rows);

const struct spk_case spk_dns_data[] = {
    { .key = 1, .in = &a },
    { .key = 2, .in = &ns },
    { .key = 3, .in = &spk_dns_md },
    { .key = 4, .in = &spk_dns_mf },
    { .key = 5, .in = &cname },
    { .key = 6, .in = &soa },
    { .key = 7, .in = &spk_dns_mb },
    { .key = 8, .in = &spk_dns_mg },
    { .key = 9, .in = &spk_dns_mr },
    { .key = 10, .in = &null },
    { .key = 11, .in = &spk_dns_opaque },             /* WKS */
    { .key = 12, .in = &ptr },
    { .key = 13, .in = &hinfo },
    { .key = 14, .in = &spk_dns_minfo },
    { .key = 15, .in = &mx },
    { .key = 16, .in = &txt },
    { .key = 17, .in = &spk_dns_rp },
    { .key = 18, .in = &spk_dns_afsdb },
    { .key = 19, .in = &spk_dns_x25 },
    { .key = 20, .in = &spk_dns_isdn },
    { .key = 21, .in = &spk_dns_rt },
    { .key = 22, .in = &spk_dns_nsap },
    { .key = 23, .in = &spk_dns_nsap_ptr },
    { .key = 25, .in = &spk_dns_opaque },             /* KEY */
    { .key = 26, .in = &spk_dns_px },
    { .key = 27, .in = &spk_dns_gpos },
    { .key = 28, .in = &aaaa },
    { .key = 29, .in = &spk_dns_loc },
    { .key = 30, .in = &spk_dns_opaque },             /* NXT */
    { .key = 33, .in = &srv },
    { .key = 35, .in = &spk_dns_naptr },
    { .key = 36, .in = &spk_dns_kx },
    { .key = 37, .in = &spk_dns_cert },
    { .key = 38, .in = &spk_dns_opaque },             /* A6 */
    { .key = 39, .in = &dname },
    { .key = 41, .in = &spk_dns_opt },
    { .key = 42, .in = &spk_dns_opaque },             /* APL */
    { .key = 43, .in = &spk_dns_ds },
    { .key = 44, .in = &spk_dns_sshfp },
    { .key = 45, .in = &spk_dns_opaque },             /* IPSECKEY */
    { .key = 24, .in = &spk_dns_rrsig },              /* SIG, of the same shape */
    { .key = 46, .in = &spk_dns_rrsig },
    { .key = 47, .in = &spk_dns_nsec },
    { .key = 48, .in = &spk_dns_dnskey },
    { .key = 49, .in = &spk_dns_dhcid },
    { .key = 50, .in = &spk_dns_nsec3 },
    { .key = 51, .in = &spk_dns_nsec3param },
    { .key = 52, .in = &spk_dns_tlsa },
    { .key = 55, .in = &spk_dns_opaque },             /* HIP */
    { .key = 59, .in = &spk_dns_ds },                 /* CDS */
    { .key = 60, .in = &spk_dns_dnskey },             /* CDNSKEY */
    { .key = 61, .in = &spk_dns_opaque },             /* OPENPGPKEY */
    { .key = 62, .in = &spk_dns_csync },
    { .key = 63, .in = &spk_dns_zonemd },
    { .key = 64, .last = 65, .in = &spk_dns_svcb },   /* SVCB, HTTPS */
    { .key = 99, .in = &spf },
    { .key = 104, .in = &spk_dns_nid },
    { .key = 105, .in = &spk_dns_l32 },
    { .key = 106, .in = &spk_dns_l64 },
    { .key = 107, .in = &spk_dns_lp },
    { .key = 108, .in = &spk_dns_eui48 },
    { .key = 109, .in = &spk_dns_opaque },            /* EUI64 */
    { .key = 249, .in = &spk_dns_tkey },
    { .key = 250, .in = &spk_dns_tsig },
    { .key = 257, .in = &caa },
    { .key = 32769, .in = &spk_dns_ds },              /* DLV */
    { .key = 65281, .last = 65282, .in = &spk_dns_opaque }, /* WINS, WINS-R */
    { .in = NULL },
};
