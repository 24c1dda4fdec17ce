/*
 * dns_rare: the data of records that are seldom met: mail of RFC 1035, section 3.3, RFC 1183 (RP, AFSDB, X25, ISDN, RT),
 * RFC 1706 (NSAP), RFC 1712 (GPOS), RFC 1876 (LOC), RFC 2163 (PX), RFC 2230 (KX), RFC 2535 (KEY), RFC 3403 (NAPTR), RFC 4398
 * (CERT), RFC 4701 (DHCID), RFC 6742 (NID, L32, L64, LP), RFC 7043 (EUI48, EUI64), RFC 8976 (ZONEMD).
 */
#include "proto/dns_name.h"
#include "proto/dns_records.h"
#include "proto/dns_text.h"

#define GROUP(title, array) { .name = (title), SPK_ROWS(array) }

/* ---- one name, or two ---- */

#define NAME(name_, codec_, doc_) { .name = (name_), .kind = SPK_TEXT, .codec = &(codec_), .doc = (doc_) }

static const struct spk_row md_rows[] = { NAME("dns.md", spk_dns_name, "Where mail is to be delivered.") };
static const struct spk_row mf_rows[] = { NAME("dns.mf", spk_dns_name, "Who forwards mail.") };
static const struct spk_row mb_rows[] = { NAME("dns.mb", spk_dns_name, "Host of the mailbox.") };
static const struct spk_row mg_rows[] = { NAME("dns.mg", spk_dns_name, "Member of the mail group.") };
static const struct spk_row mr_rows[] = { NAME("dns.mr", spk_dns_name, "The mailbox's new name.") };
static const struct spk_row minfo_rows[] = {
    NAME("dns.minfo.r", spk_dns_name, "Mailbox of who is responsible."),
    NAME("dns.minfo.e", spk_dns_name, "Mailbox for errors."),
};
static const struct spk_row rp_rows[] = {
    NAME("dns.rp.mailbox", spk_dns_name_whole, "Mailbox of who is responsible."),
    NAME("dns.rp.txt_rr", spk_dns_name_whole, "Owner of a TXT record that tells more."),
};
static const struct spk_row nsap_ptr_rows[] = { NAME("dns.nsap_ptr.owner", spk_dns_name_whole, "Host of the NSAP.") };

/* ---- a number, then a name ---- */

#define NUMBER(name_, doc_) { .name = (name_), .kind = SPK_UINT, .bits = 16, .doc = (doc_) }

static const struct spk_row afsdb_rows[] = {
    NUMBER("dns.afsdb.subtype", "1: an AFS cell's server, 2: a DCE cell's."),
    NAME("dns.afsdb.hostname", spk_dns_name_whole, "The server."),
};
static const struct spk_row rt_rows[] = {
    NUMBER("dns.rt.subtype", "Preference: the lowest is tried first."),
    NAME("dns.rt.intermediate_host", spk_dns_name_whole, "A host that leads to the owner."),
};
static const struct spk_row kx_rows[] = {
    NUMBER("dns.kx.preference", "The lowest is tried first."),
    NAME("dns.kx.key_exchange", spk_dns_name_whole, "Who exchanges keys for the owner."),
};
static const struct spk_row px_rows[] = {
    NUMBER("dns.px.preference", "The lowest is tried first."),
    NAME("dns.px.map822", spk_dns_name_whole, "The name for mail of RFC 822."),
    NAME("dns.px.map400", spk_dns_name_whole, "The name for mail of X.400."),
};
static const struct spk_row lp_rows[] = {
    NUMBER("dns.ilnp.lp.preference", "The lowest is tried first."),
    NAME("dns.ilnp.lp", spk_dns_name_whole, "Owner of the locators."),
};

/* ---- strings that each have their length ---- */

#define LENGTH(name_, attr_)                                                                                         \
    { .name = (name_), .attr = (attr_), .kind = SPK_UINT, .bits = 8, .doc = "Octets of the string behind it." }
#define STRING(name_, length_, doc_)                                                                                 \
    { .name = (name_), .kind = SPK_TEXT, .size = SPK_REF(length_, 1, 0), .codec = &spk_dns_ascii, .doc = (doc_) }

enum { X25_LENGTH, X25_ADDRESS };
static const struct spk_row x25_rows[] = {
    [X25_LENGTH] = LENGTH("dns.x25.length", "length"),
    [X25_ADDRESS] = STRING("dns.x25.psdn_address", X25_LENGTH, "X.25 address of the host, in digits."),
};

enum { ISDN_LENGTH, ISDN_ADDRESS, ISDN_SUB_LENGTH, ISDN_SUB };
static const struct spk_row isdn_rows[] = {
    [ISDN_LENGTH] = LENGTH("dns.idsn.length", "length"),
    [ISDN_ADDRESS] = STRING("dns.idsn.address", ISDN_LENGTH, "ISDN number of the host."),
    [ISDN_SUB_LENGTH] = {
        .name = "dns.idsn.sa.length", .attr = "sub_length", .kind = SPK_UINT, .bits = 8,
        .when = { { .test = SPK_ROOM, .value = 1 } },
        .doc = "Octets of the subaddress.",
    },
    [ISDN_SUB] = {
        .name = "dns.idsn.sa.address", .attr = "sub_address", .kind = SPK_TEXT, .size = SPK_REF(ISDN_SUB_LENGTH, 1, 0),
        .codec = &spk_dns_ascii, .when = { { .test = SPK_GE, .row = ISDN_SUB_LENGTH, .value = 1 } },
        .doc = "Subaddress of the ISDN number.",
    },
};

enum { GPOS_LONGITUDE, GPOS_LATITUDE = 2, GPOS_ALTITUDE = 4 };
static const struct spk_row gpos_rows[] = {
    [GPOS_LONGITUDE] = LENGTH("dns.gpos.longitude_length", "longitude_length"),
    STRING("dns.gpos.longitude", GPOS_LONGITUDE, "Degrees of longitude."),
    [GPOS_LATITUDE] = LENGTH("dns.gpos.latitude_length", "latitude_length"),
    STRING("dns.gpos.latitude", GPOS_LATITUDE, "Degrees of latitude."),
    [GPOS_ALTITUDE] = LENGTH("dns.gpos.altitude_length", "altitude_length"),
    STRING("dns.gpos.altitude", GPOS_ALTITUDE, "Metres of altitude."),
};

enum { NAPTR_ORDER, NAPTR_PREFERENCE, NAPTR_FLAGS, NAPTR_SERVICE = 4, NAPTR_REGEX = 6, NAPTR_REPLACEMENT = 8 };
static const struct spk_row naptr_rows[] = {
    [NAPTR_ORDER] = NUMBER("dns.naptr.order", "The lowest is tried first."),
    [NAPTR_PREFERENCE] = NUMBER("dns.naptr.preference", "Of the same order the lowest is tried first."),
    [NAPTR_FLAGS] = LENGTH("dns.naptr.flags_length", "flags_length"),
    STRING("dns.naptr.flags", NAPTR_FLAGS, "What the rewritten name is: S, A, U, P."),
    [NAPTR_SERVICE] = LENGTH("dns.naptr.service_length", "service_length"),
    STRING("dns.naptr.service", NAPTR_SERVICE, "Services that are offered."),
    [NAPTR_REGEX] = LENGTH("dns.naptr.regex_length", "regex_length"),
    STRING("dns.naptr.regex", NAPTR_REGEX, "How the name is rewritten."),
    [NAPTR_REPLACEMENT] = NAME("dns.naptr.replacement", spk_dns_name_whole, "The next name to be asked for."),
};

/* ---- numbers and octets ---- */

#define OCTETS(name_, attr_, doc_)                                                                                   \
    { .name = (name_), .attr = (attr_), .kind = SPK_BYTES, .codec = &spk_dns_octets, .doc = (doc_) }

static const struct spk_row nsap_rows[] = { OCTETS("dns.nsap.rdata", "address", "NSAP of the host.") };
static const struct spk_row dhcid_rows[] = { OCTETS("dns.dhcid.rdata", "digest", "Who was given the name by DHCP.") };

static const struct spk_row cert_rows[] = {
    NUMBER("dns.cert.type", "1: PKIX, 2: SPKI, 3: OpenPGP, and others."),
    { .name = "dns.cert.key_tag", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .doc = "Tag of the key." },
    { .name = "dns.cert.algorithm", .kind = SPK_UINT, .bits = 8, .doc = "Algorithm of the key." },
    OCTETS("dns.cert.certificate", "certificate", "The certificate, or a list of those revoked."),
};

static const struct spk_row nid_rows[] = {
    NUMBER("dns.ilnp.nid.preference", "The lowest is tried first."),
    { .name = "dns.ilnp.nid", .attr = "node_id", .kind = SPK_BYTES, .bits = 64, .doc = "Identifier of the node." },
};
static const struct spk_row l32_rows[] = {
    NUMBER("dns.ilnp.l32.preference", "The lowest is tried first."),
    { .name = "dns.ilnp.l32", .attr = "locator", .kind = SPK_IP4, .bits = 32, .doc = "Locator of the network." },
};
static const struct spk_row l64_rows[] = {
    NUMBER("dns.ilnp.l64.preference", "The lowest is tried first."),
    { .name = "dns.ilnp.l64", .attr = "locator", .kind = SPK_BYTES, .bits = 64, .doc = "Locator of the network." },
};
static const struct spk_row eui48_rows[] = {
    { .name = "dns.eui48", .kind = SPK_MAC, .bits = 48, .doc = "Hardware address of 48 bits." },
};

static const struct spk_row zonemd_rows[] = {
    { .name = "dns.zonemd.serial", .kind = SPK_UINT, .bits = 32, .doc = "Serial number of the zone." },
    { .name = "dns.zonemd.scheme", .kind = SPK_UINT, .bits = 8, .doc = "How the zone's records are put together." },
    { .name = "dns.zonemd.hash_algo", .kind = SPK_UINT, .bits = 8, .doc = "1: SHA-384, 2: SHA-512." },
    OCTETS("dns.zonemd.digest", "digest", "Digest of the zone."),
};

static const struct spk_row loc_rows[] = {
    { .name = "dns.loc.version", .kind = SPK_UINT, .bits = 8, .doc = "Version: 0." },
    { .name = "dns.loc.size", .kind = SPK_UINT, .bits = 8,
      .doc = "Diameter of what is there: four bits, times ten to the power of the next four, in centimetres." },
    { .name = "dns.loc.horizontal_precision", .kind = SPK_UINT, .bits = 8, .doc = "Precision, in the same way." },
    { .name = "dns.loc.vertical_precision", .kind = SPK_UINT, .bits = 8, .doc = "Precision, in the same way." },
    { .name = "dns.loc.latitude", .kind = SPK_UINT, .bits = 32,
      .doc = "In thousandths of a second of arc; 2^31: the equator." },
    { .name = "dns.loc.longitude", .kind = SPK_UINT, .bits = 32,
      .doc = "In thousandths of a second of arc; 2^31: the prime meridian." },
    { .name = "dns.loc.altitude", .kind = SPK_UINT, .bits = 32,
      .doc = "In centimetres, from 100 km below the reference spheroid." },
};

const struct spk_group spk_dns_md = GROUP("DNSDataMD", md_rows);
const struct spk_group spk_dns_mf = GROUP("DNSDataMF", mf_rows);
const struct spk_group spk_dns_mb = GROUP("DNSDataMB", mb_rows);
const struct spk_group spk_dns_mg = GROUP("DNSDataMG", mg_rows);
const struct spk_group spk_dns_mr = GROUP("DNSDataMR", mr_rows);
const struct spk_group spk_dns_minfo = GROUP("DNSDataMINFO", minfo_rows);
const struct spk_group spk_dns_rp = GROUP("DNSDataRP", rp_rows);
const struct spk_group spk_dns_afsdb = GROUP("DNSDataAFSDB", afsdb_rows);
const struct spk_group spk_dns_x25 = GROUP("DNSDataX25", x25_rows);
const struct spk_group spk_dns_isdn = GROUP("DNSDataISDN", isdn_rows);
const struct spk_group spk_dns_rt = GROUP("DNSDataRT", rt_rows);
const struct spk_group spk_dns_nsap = GROUP("DNSDataNSAP", nsap_rows);
const struct spk_group spk_dns_nsap_ptr = GROUP("DNSDataNSAPPTR", nsap_ptr_rows);
const struct spk_group spk_dns_px = GROUP("DNSDataPX", px_rows);
const struct spk_group spk_dns_gpos = GROUP("DNSDataGPOS", gpos_rows);
const struct spk_group spk_dns_loc = GROUP("DNSDataLOC", loc_rows);
const struct spk_group spk_dns_naptr = GROUP("DNSDataNAPTR", naptr_rows);
const struct spk_group spk_dns_kx = GROUP("DNSDataKX", kx_rows);
const struct spk_group spk_dns_cert = GROUP("DNSDataCERT", cert_rows);
const struct spk_group spk_dns_dhcid = GROUP("DNSDataDHCID", dhcid_rows);
const struct spk_group spk_dns_zonemd = GROUP("DNSDataZONEMD", zonemd_rows);
const struct spk_group spk_dns_nid = GROUP("DNSDataNID", nid_rows);
const struct spk_group spk_dns_l32 = GROUP("DNSDataL32", l32_rows);
const struct spk_group spk_dns_l64 = GROUP("DNSDataL64", l64_rows);
const struct spk_group spk_dns_lp = GROUP("DNSDataLP", lp_rows);
const struct spk_group spk_dns_eui48 = GROUP("DNSDataEUI48", eui48_rows);
