/*
 * dns_security: the data of the records that sign a zone, and of their like. RFC 4034 (DNSKEY, RRSIG, NSEC, DS),
 * RFC 5155 (NSEC3, NSEC3PARAM), RFC 4255 (SSHFP), RFC 6698 (TLSA), RFC 8945 (TSIG), RFC 2930 (TKEY),
 * RFC 7477 (CSYNC).
 */
#include <steelpkt/packet.h>

#include "proto/dns_name.h"
#include "proto/dns_records.h"
#include "proto/dns_text.h"

#define GROUP(title, array) { .name = (title), SPK_ROWS(array) }

static bool get_time(const struct spk_place *place, int row, struct spk_value *value)
{
    value->kind = SPK_TIME;
    value->u = spk_place_uint(place, row) * 1000000000U;
    return spk_place_at(place, row) != UINT32_MAX;
}

/* ---- RRSIG, RFC 4034, section 3.1 ---- */

enum { COVERED, RRSIG_ALGORITHM, LABELS, ORIGINAL_TTL, EXPIRATION, EXPIRES, INCEPTION, BEGINS, RRSIG_KEY_TAG, SIGNER,
       SIGNATURE };

static bool get_expiration(const struct spk_place *place, struct spk_value *value)
{
    return get_time(place, EXPIRATION, value);
}

static bool get_inception(const struct spk_place *place, struct spk_value *value)
{
    return get_time(place, INCEPTION, value);
}

static const struct spk_row rrsig_rows[] = {
    [COVERED] = { .name = "dns.rrsig.type_covered", .kind = SPK_UINT, .bits = 16, .doc = "Type of the records signed." },
    [RRSIG_ALGORITHM] = { .name = "dns.rrsig.algorithm", .kind = SPK_UINT, .bits = 8, .doc = "Signature algorithm." },
    [LABELS] = { .name = "dns.rrsig.labels", .kind = SPK_UINT, .bits = 8,
                 .doc = "Labels of the signed name, a wildcard's asterisk not counted." },
    [ORIGINAL_TTL] = { .name = "dns.rrsig.original_ttl", .kind = SPK_UINT, .bits = 32,
                       .doc = "Time to live in the zone itself, in seconds." },
    [EXPIRATION] = { .name = "dns.rrsig.expiration_seconds", .attr = "expiration", .kind = SPK_UINT, .bits = 32,
                     .flags = SPK_OWN_NAME, .doc = "End of the signature's validity, in seconds since 1970." },
    [EXPIRES] = { .name = "dns.rrsig.signature_expiration", .kind = SPK_TIME, .base = SPK_DATE,
                  .view = SPK_CALL(get_expiration),
                  .doc = "End of the signature's validity." },
    [INCEPTION] = { .name = "dns.rrsig.inception_seconds", .attr = "inception", .kind = SPK_UINT, .bits = 32,
                    .flags = SPK_OWN_NAME, .doc = "Begin of the signature's validity, in seconds since 1970." },
    [BEGINS] = { .name = "dns.rrsig.signature_inception", .kind = SPK_TIME, .base = SPK_DATE,
                 .view = SPK_CALL(get_inception),
                 .doc = "Begin of the signature's validity." },
    [RRSIG_KEY_TAG] = { .name = "dns.rrsig.key_tag", .kind = SPK_UINT, .bits = 16, .doc = "Tag of the signing key." },
    [SIGNER] = { .name = "dns.rrsig.signers_name", .kind = SPK_TEXT, .codec = &spk_dns_name_whole,
                 .doc = "The zone whose key signed." },
    [SIGNATURE] = { .name = "dns.rrsig.signature", .kind = SPK_BYTES, .codec = &spk_dns_octets, .doc = "The signature." },
};
const struct spk_group spk_dns_rrsig = GROUP("DNSDataRRSIG", rrsig_rows);

/* ---- DNSKEY, RFC 4034, section 2.1; RFC 5011, section 7 for the revoked bit ---- */

enum { FLAGS_HIGH, ZONE_KEY, REVOKED, FLAGS_LOW, ENTRY_POINT, KEY_FLAGS, FLAGS_RESERVED, PROTOCOL, KEY_ALGORITHM, KEY_ID,
       PUBLIC_KEY };

/* The bits of no meaning, as one number with the meaningful ones as gaps of zeros. */
static bool get_reserved(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_UINT;
    value->u = (spk_place_uint(place, KEY_FLAGS) & 0xfe7eU) >> 1U;
    return true;
}

/* RFC 4034, appendix B: a sum over the whole data; appendix B.1: RSA/MD5 takes octets of the modulus instead. */
static bool get_key_id(const struct spk_place *place, struct spk_value *value)
{
    const uint8_t *data = place->packet->data + place->at;
    uint32_t len = place->end - place->at;
    uint32_t sum = 0;

    if (len < 4)
        return false;
    if (data[3] == 1) {
        value->u = (uint64_t)data[len - 3] << 8U | data[len - 2];
    } else {
        for (uint32_t i = 0; i < len; i++)
            sum += i % 2 == 0 ? (uint32_t)data[i] << 8U : data[i];
        value->u = (sum + (sum >> 16U)) & 0xffffU;
    }
    value->kind = SPK_UINT;
    return true;
}

static const struct spk_row dnskey_rows[] = {
    [FLAGS_HIGH] = { .kind = SPK_PAD, .bits = 7 },
    [ZONE_KEY] = { .name = "dns.dnskey.flags.zone_key", .kind = SPK_BOOL, .bits = 1, .doc = "The key signs the zone." },
    [REVOKED] = { .name = "dns.dnskey.flags.key_revoked", .kind = SPK_BOOL, .bits = 1, .doc = "The key is not to be used." },
    [FLAGS_LOW] = { .kind = SPK_PAD, .bits = 6 },
    [ENTRY_POINT] = { .name = "dns.dnskey.flags.secure_entry_point", .kind = SPK_BOOL, .bits = 1,
                      .doc = "The key signs the zone's other keys." },
    [KEY_FLAGS] = { .name = "dns.dnskey.flags", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
                    .view = SPK_SPAN(FLAGS_HIGH), .doc = "All sixteen flags." },
    [FLAGS_RESERVED] = { .name = "dns.dnskey.flags.reserved", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
                         .view = SPK_CALL(get_reserved), .doc = "The flags that have no meaning yet." },
    [PROTOCOL] = { .name = "dns.dnskey.protocol", .kind = SPK_UINT, .bits = 8, .init = 3, .doc = "Always 3." },
    [KEY_ALGORITHM] = { .name = "dns.dnskey.algorithm", .kind = SPK_UINT, .bits = 8, .doc = "Signature algorithm." },
    [KEY_ID] = { .name = "dns.dnskey.key_id", .kind = SPK_UINT, .bits = 16, .view = SPK_CALL(get_key_id),
                 .doc = "Tag by which signatures name the key." },
    [PUBLIC_KEY] = { .name = "dns.dnskey.public_key", .kind = SPK_BYTES, .codec = &spk_dns_octets,
                     .doc = "The key, in the form of its algorithm." },
};
const struct spk_group spk_dns_dnskey = GROUP("DNSDataDNSKEY", dnskey_rows);

/* ---- DS, RFC 4034, section 5.1 ---- */

static const struct spk_row ds_rows[] = {
    { .name = "dns.ds.key_id", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX, .doc = "Tag of the key meant." },
    { .name = "dns.ds.algorithm", .kind = SPK_UINT, .bits = 8, .doc = "Signature algorithm of the key." },
    { .name = "dns.ds.digest_type", .kind = SPK_UINT, .bits = 8, .doc = "Hash of the digest; 1: SHA-1, 2: SHA-256." },
    { .name = "dns.ds.digest", .kind = SPK_BYTES, .codec = &spk_dns_octets, .doc = "Digest of the owner's key." },
};
const struct spk_group spk_dns_ds = GROUP("DNSDataDS", ds_rows);

/* ---- The types that stand at a name, RFC 4034, section 4.1.2: windows of up to 256 types, a bit each ---- */

enum { WINDOW, WINDOW_LENGTH, BITMAP, TYPES };

/* Wireshark shows each type by the same name as a record's own. */
static bool get_type(const struct spk_place *place, struct spk_value *value)
{
    uint32_t bits = spk_place_at(place, BITMAP);

    if (bits == UINT32_MAX || bits + place->index / 8 >= place->end)
        return false;
    value->kind = SPK_UINT;
    const uint8_t *bitmap = place->packet->data + bits;
    value->u = (uint32_t)bitmap[-2] << 8U | place->index; /* the window stands before its length */
    return (bitmap[place->index / 8] & 0x80U >> place->index % 8) != 0;
}

/* Puts a type behind n others, where it stays if its bit is set: no bit is guessed. Gives how many there are then. */
static inline uint32_t put_type(uint64_t *types, uint32_t n, uint64_t type, uint32_t bit)
{
    types[n] = type;
    return n + bit;
}

static uint32_t get_types(const struct spk_place *place, uint32_t count, uint64_t *types)
{
    const uint32_t bits = spk_place_at(place, BITMAP);
    uint32_t n = 0;

    if (bits == UINT32_MAX || bits + place->index / 8 >= place->end)
        return 0;
    const uint8_t *octets = place->packet->data + bits;
    const uint32_t first = place->index / 8;
    const uint32_t left = place->end - bits - first;
    const uint32_t end = first + (left < count / 8 ? left : count / 8); /* the row asks for whole octets */
    uint64_t type = (uint32_t)octets[-2] << 8U | place->index;
    for (uint32_t i = first; i < end; i++) {
        const uint32_t octet = octets[i];
        n = put_type(types, n, type, octet >> 7U);
        n = put_type(types, n, type + 1, octet >> 6U & 1U);
        n = put_type(types, n, type + 2, octet >> 5U & 1U);
        n = put_type(types, n, type + 3, octet >> 4U & 1U);
        n = put_type(types, n, type + 4, octet >> 3U & 1U);
        n = put_type(types, n, type + 5, octet >> 2U & 1U);
        n = put_type(types, n, type + 6, octet >> 1U & 1U);
        n = put_type(types, n, type + 7, octet & 1U);
        type += 8;
    }
    return n;
}

static const struct spk_row window_rows[] = {
    [WINDOW] = { .name = "dns.types.window", .kind = SPK_UINT, .bits = 8, .flags = SPK_OWN_NAME,
                 .doc = "The types' high octet." },
    [WINDOW_LENGTH] = { .name = "dns.types.length", .kind = SPK_UINT, .bits = 8, .flags = SPK_OWN_NAME,
                        .doc = "Octets of the bitmap, 1 to 32." },
    [BITMAP] = { .name = "dns.types.bitmap", .kind = SPK_BYTES, .size = SPK_REF(WINDOW_LENGTH, 1, 0),
                 .flags = SPK_OWN_NAME, .doc = "A bit for each type of the window, the highest bit first." },
    [TYPES] = { .name = "dns.resp.type", .kind = SPK_UINT, .bits = 16, .many = SPK_COUNT,
                .n = SPK_REF(WINDOW_LENGTH, 8, 0), .view = SPK_CALL_MANY(get_type, get_types),
                .doc = "A type that stands at the name." },
};
static const struct spk_group window = GROUP("DNSTypeWindow", window_rows);

#define TYPE_WINDOWS \
    { .name = "dns.types", .kind = SPK_GROUP, .many = SPK_FILL, .in = &window, .flags = SPK_OWN_NAME, \
      .doc = "The types of record that stand at the name." }

static const struct spk_row nsec_rows[] = {
    { .name = "dns.nsec.next_domain_name", .kind = SPK_TEXT, .codec = &spk_dns_name_whole,
      .doc = "The next name of the zone: there is none between it and the owner." },
    TYPE_WINDOWS,
};
const struct spk_group spk_dns_nsec = GROUP("DNSDataNSEC", nsec_rows);

/* ---- CSYNC, RFC 7477, section 2.1 ---- */

enum { SOA_SERIAL, CSYNC_HIGH, SOA_MINIMUM, IMMEDIATE, CSYNC_FLAGS, CSYNC_BITMAP, CSYNC_TYPES };

static bool get_csync_bitmap(const struct spk_place *place, struct spk_value *value)
{
    uint32_t from = spk_place_at(place, SOA_SERIAL) + 6;

    if (from > place->end)
        return false;
    spk_dns_take(place, from, place->end, SPK_BYTES, value);
    return true;
}

static const struct spk_row csync_rows[] = {
    [SOA_SERIAL] = { .name = "dns.csync.soa", .kind = SPK_UINT, .bits = 32, .doc = "Serial number of the child's zone." },
    [CSYNC_HIGH] = { .kind = SPK_PAD, .bits = 14 },
    [SOA_MINIMUM] = { .name = "dns.csync.flags.soaminimum", .kind = SPK_BOOL, .bits = 1,
                      .doc = "The child's serial number must not be lower." },
    [IMMEDIATE] = { .name = "dns.csync.flags.immediate", .kind = SPK_BOOL, .bits = 1,
                    .doc = "The parent need not wait to be told." },
    [CSYNC_FLAGS] = { .name = "dns.csync.flags", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
                      .view = SPK_SPAN(CSYNC_HIGH), .doc = "All sixteen flags." },
    [CSYNC_BITMAP] = { .name = "dns.csync.type_bitmap", .kind = SPK_BYTES, .view = SPK_CALL(get_csync_bitmap),
                       .doc = "All windows of types as they stand." },
    [CSYNC_TYPES] = TYPE_WINDOWS,
};
const struct spk_group spk_dns_csync = GROUP("DNSDataCSYNC", csync_rows);

/* ---- NSEC3 and NSEC3PARAM, RFC 5155, sections 3.2 and 4.2 ---- */

enum { HASH_ALGORITHM, FLAG_BITS, OPT_OUT, HASH_FLAGS, ITERATIONS, SALT_LENGTH, SALT, HASH_LENGTH, HASH, HASH_TEXT };

/* The hash in base 32 with the extended hex alphabet, RFC 4648, section 7, without padding. */
static bool get_hash(const struct spk_place *place, struct spk_value *value)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    const uint8_t *hash = place->packet->data + spk_place_at(place, HASH);
    uint32_t bits = (uint32_t)spk_place_uint(place, HASH_LENGTH) * 8;
    uint8_t *out = place->scratch->bytes; /* 255 octets become 408 digits */
    uint32_t n = 0;

    for (uint32_t bit = 0; bit < bits; bit += 5) {
        uint32_t pair = (uint32_t)hash[bit / 8] << 8U | (bit / 8 + 1 < bits / 8 ? hash[bit / 8 + 1] : 0U);
        out[n++] = (uint8_t)digits[pair >> (11U - bit % 8) & 31U];
    }
    value->kind = SPK_TEXT;
    value->data = out;
    value->len = n;
    return true;
}

#define NSEC3_ALGORITHM \
    { .name = "dns.nsec3.algo", .kind = SPK_UINT, .bits = 8, .doc = "Hash algorithm; 1: SHA-1." }
#define NSEC3_ITERATIONS \
    { .name = "dns.nsec3.iterations", .kind = SPK_UINT, .bits = 16, .doc = "How often the hash is applied again." }
#define NSEC3_SALT_LENGTH \
    { .name = "dns.nsec3.salt_length", .kind = SPK_UINT, .bits = 8, .doc = "Octets of the salt." }
#define NSEC3_SALT(length) \
    { .name = "dns.nsec3.salt_value", .kind = SPK_BYTES, .size = SPK_REF((length), 1, 0), \
      .doc = "What is hashed with the name." }

static const struct spk_row nsec3_rows[] = {
    [HASH_ALGORITHM] = NSEC3_ALGORITHM,
    [FLAG_BITS] = { .kind = SPK_PAD, .bits = 7 },
    [OPT_OUT] = { .name = "dns.nsec3.flags.opt_out", .kind = SPK_BOOL, .bits = 1,
                  .doc = "There may be unsigned delegations between the hashes." },
    [HASH_FLAGS] = { .name = "dns.nsec3.flags", .kind = SPK_UINT, .bits = 8, .view = SPK_SPAN(FLAG_BITS),
                     .doc = "All eight flags." },
    [ITERATIONS] = NSEC3_ITERATIONS,
    [SALT_LENGTH] = NSEC3_SALT_LENGTH,
    [SALT] = NSEC3_SALT(SALT_LENGTH),
    [HASH_LENGTH] = { .name = "dns.nsec3.hash_length", .kind = SPK_UINT, .bits = 8, .doc = "Octets of the hash." },
    [HASH] = { .name = "dns.nsec3.hash_octets", .attr = "hash", .kind = SPK_BYTES, .size = SPK_REF(HASH_LENGTH, 1, 0),
               .flags = SPK_OWN_NAME, .doc = "The next hash of the zone, as octets." },
    [HASH_TEXT] = { .name = "dns.nsec3.hash_value", .kind = SPK_TEXT, .view = SPK_CALL(get_hash),
                    .doc = "The next hash of the zone, as the label that it is." },
    TYPE_WINDOWS,
};
const struct spk_group spk_dns_nsec3 = GROUP("DNSDataNSEC3", nsec3_rows);

enum { PARAM_ALGORITHM, PARAM_FLAGS, PARAM_ITERATIONS, PARAM_SALT_LENGTH, PARAM_SALT };
static const struct spk_row nsec3param_rows[] = {
    [PARAM_ALGORITHM] = NSEC3_ALGORITHM,
    [PARAM_FLAGS] = { .name = "dns.nsec3.flags", .kind = SPK_UINT, .bits = 8, .doc = "All eight flags; 0." },
    [PARAM_ITERATIONS] = NSEC3_ITERATIONS,
    [PARAM_SALT_LENGTH] = NSEC3_SALT_LENGTH,
    [PARAM_SALT] = NSEC3_SALT(PARAM_SALT_LENGTH),
};
const struct spk_group spk_dns_nsec3param = GROUP("DNSDataNSEC3PARAM", nsec3param_rows);

/* ---- SSHFP, RFC 4255, section 3.1; TLSA, RFC 6698, section 2.1 ---- */

static const struct spk_row sshfp_rows[] = {
    { .name = "dns.sshfp.algorithm", .kind = SPK_UINT, .bits = 8, .doc = "Algorithm of the host's key." },
    { .name = "dns.sshfp.fingerprint.type", .attr = "fingerprint_type", .kind = SPK_UINT, .bits = 8,
      .doc = "Hash of the fingerprint; 1: SHA-1, 2: SHA-256." },
    { .name = "dns.sshfp.fingerprint", .kind = SPK_BYTES, .codec = &spk_dns_octets,
      .doc = "Fingerprint of the host's key." },
};
const struct spk_group spk_dns_sshfp = GROUP("DNSDataSSHFP", sshfp_rows);

static const struct spk_row tlsa_rows[] = {
    { .name = "dns.tlsa.certificate_usage", .kind = SPK_UINT, .bits = 8, .doc = "How the certificate is to be used." },
    { .name = "dns.tlsa.selector", .kind = SPK_UINT, .bits = 8, .doc = "0: the whole certificate, 1: its public key." },
    { .name = "dns.tlsa.matching_type", .kind = SPK_UINT, .bits = 8, .doc = "0: as it is, 1: SHA-256, 2: SHA-512." },
    { .name = "dns.tlsa.certificate_association_data", .kind = SPK_BYTES, .codec = &spk_dns_octets,
      .doc = "What has to match." },
};
const struct spk_group spk_dns_tlsa = GROUP("DNSDataTLSA", tlsa_rows);

/* ---- TSIG, RFC 8945, section 4.2 ---- */

enum { TSIG_ALGORITHM, SIGNED, TIME_SIGNED, FUDGE, MAC_SIZE, MAC, MAC_THERE, ORIGINAL_ID, TSIG_ERROR, OTHER_LEN, OTHER };

static bool get_time_signed(const struct spk_place *place, struct spk_value *value)
{
    return spk_place_uint(place, SIGNED) <= INT64_MAX / 1000000000 && get_time(place, SIGNED, value);
}

static bool get_mac(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_NONE;
    return spk_place_uint(place, MAC_SIZE) > 0;
}

static const struct spk_row tsig_rows[] = {
    [TSIG_ALGORITHM] = { .name = "dns.tsig.algorithm_name", .kind = SPK_TEXT, .codec = &spk_dns_name_whole,
                         .doc = "Algorithm of the message authentication code." },
    [SIGNED] = { .name = "dns.tsig.seconds_signed", .attr = "signed", .kind = SPK_UINT, .bits = 48,
                 .flags = SPK_OWN_NAME, .doc = "When the message was signed, in seconds since 1970." },
    [TIME_SIGNED] = { .name = "dns.tsig.time_signed", .kind = SPK_TIME, .base = SPK_DATE, .view = SPK_CALL(get_time_signed),
                      .doc = "When the message was signed." },
    [FUDGE] = { .name = "dns.tsig.fudge", .kind = SPK_UINT, .bits = 16, .doc = "Seconds that clocks may differ." },
    [MAC_SIZE] = { .name = "dns.tsig.mac_size", .kind = SPK_UINT, .bits = 16, .doc = "Octets of the code." },
    [MAC] = { .name = "dns.tsig.mac_octets", .attr = "mac", .kind = SPK_BYTES, .size = SPK_REF(MAC_SIZE, 1, 0),
              .flags = SPK_OWN_NAME, .doc = "The message authentication code." },
    [MAC_THERE] = { .name = "dns.tsig.mac", .kind = SPK_NONE, .view = SPK_CALL(get_mac), .doc = "That a code is there." },
    [ORIGINAL_ID] = { .name = "dns.tsig.original_id", .kind = SPK_UINT, .bits = 16,
                      .doc = "The message's id when it was signed." },
    [TSIG_ERROR] = { .name = "dns.tsig.error", .kind = SPK_UINT, .bits = 16, .doc = "What is wrong with the signature." },
    [OTHER_LEN] = { .name = "dns.tsig.other_len", .kind = SPK_UINT, .bits = 16, .doc = "Octets of other data." },
    [OTHER] = { .name = "dns.tsig.other_data", .kind = SPK_BYTES, .size = SPK_REF(OTHER_LEN, 1, 0),
                .when = { { .test = SPK_GE, .row = OTHER_LEN, .value = 1 } }, .doc = "The server's time, after BADTIME." },
};
const struct spk_group spk_dns_tsig = GROUP("DNSDataTSIG", tsig_rows);

/* ---- TKEY, RFC 2930, section 2 ---- */

enum { TKEY_ALGORITHM, TKEY_INCEPTION, TKEY_BEGINS, TKEY_EXPIRATION, TKEY_EXPIRES, MODE, TKEY_ERROR, KEY_SIZE, KEY_DATA,
       OTHER_SIZE, TKEY_OTHER };

static bool get_tkey_inception(const struct spk_place *place, struct spk_value *value)
{
    return get_time(place, TKEY_INCEPTION, value);
}

static bool get_tkey_expiration(const struct spk_place *place, struct spk_value *value)
{
    return get_time(place, TKEY_EXPIRATION, value);
}

static const struct spk_row tkey_rows[] = {
    [TKEY_ALGORITHM] = { .name = "dns.tkey.algo_name", .kind = SPK_TEXT, .codec = &spk_dns_name_whole,
                         .doc = "Algorithm that the key is for." },
    [TKEY_INCEPTION] = { .name = "dns.tkey.inception_seconds", .attr = "inception", .kind = SPK_UINT, .bits = 32,
                         .flags = SPK_OWN_NAME, .doc = "Begin of the key's validity, in seconds since 1970." },
    [TKEY_BEGINS] = { .name = "dns.tkey.signature_inception", .kind = SPK_TIME, .base = SPK_DATE,
                      .view = SPK_CALL(get_tkey_inception),
                      .doc = "Begin of the key's validity." },
    [TKEY_EXPIRATION] = { .name = "dns.tkey.expiration_seconds", .attr = "expiration", .kind = SPK_UINT, .bits = 32,
                          .flags = SPK_OWN_NAME, .doc = "End of the key's validity, in seconds since 1970." },
    [TKEY_EXPIRES] = { .name = "dns.tkey.signature_expiration", .kind = SPK_TIME, .base = SPK_DATE,
                       .view = SPK_CALL(get_tkey_expiration),
                       .doc = "End of the key's validity." },
    [MODE] = { .name = "dns.tkey.mode", .kind = SPK_UINT, .bits = 16, .doc = "How the key is agreed on." },
    [TKEY_ERROR] = { .name = "dns.tkey.error", .kind = SPK_UINT, .bits = 16, .doc = "What went wrong; 0: nothing." },
    [KEY_SIZE] = { .name = "dns.tkey.key_size", .kind = SPK_UINT, .bits = 16, .doc = "Octets of the key's data." },
    [KEY_DATA] = { .name = "dns.tkey.key_data", .kind = SPK_BYTES, .size = SPK_REF(KEY_SIZE, 1, 0),
                   .when = { { .test = SPK_GE, .row = KEY_SIZE, .value = 1 } }, .doc = "The key's data." },
    [OTHER_SIZE] = { .name = "dns.tkey.other_size", .kind = SPK_UINT, .bits = 16, .doc = "Octets of other data." },
    [TKEY_OTHER] = { .name = "dns.tkey.other_data", .kind = SPK_BYTES, .size = SPK_REF(OTHER_SIZE, 1, 0),
                     .when = { { .test = SPK_GE, .row = OTHER_SIZE, .value = 1 } }, .doc = "Not in use." },
};
const struct spk_group spk_dns_tkey = GROUP("DNSDataTKEY", tkey_rows);
