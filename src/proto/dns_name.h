/*
 * dns_name: domain names as RFC 1035, section 4.1.4 writes them: labels, closed by an empty one or by a pointer to an
 * earlier place of the same message.
 *
 * A name is read as Wireshark prints it: labels joined by dots, no final dot, the root as <Root>, control characters
 * escaped. A pointer has to point strictly backwards, so reading ends; a name has at most 255 octets.
 *
 * A name is spelled with a backslash before a dot and a backslash within a label, \DDD (decimal) for other octets that
 * are no plain text, and a final dot: "www.example.com." Where a pointer stands on the wire it is spelled as it stands,
 * by its target's offset from the message's first octet, in place of the last label: "www.@12".
 */
#ifndef SPK_PROTO_DNS_NAME_H
#define SPK_PROTO_DNS_NAME_H

#include <steelpkt/proto.h>

enum {
    SPK_DNS_NAME_MAX = 255,      /* RFC 1035, section 2.3.4, with all length octets */
    SPK_DNS_QUERY_FIXED = 4,     /* octets after the name of a question */
    SPK_DNS_RECORD_FIXED = 10    /* octets after the name of a record, before its data */
};

/* A name that may be written with a pointer: those that RFC 1035 defines. */
extern const struct spk_codec spk_dns_name;
/* A name that is never written with one (RFC 3597, section 4); one that comes so is read all the same. */
extern const struct spk_codec spk_dns_name_whole;
/* The names that begin a question and a record. They are there only where the whole question or record is. */
extern const struct spk_codec spk_dns_name_query;
extern const struct spk_codec spk_dns_name_owner;

/*
 * The name at a byte of the packet, labels joined by dots and no octet changed, into raw; gives its length (0: the
 * root), or -1 when malformed.
 */
int32_t spk_dns_name_read(const struct spk_place *place, uint32_t at, uint8_t raw[SPK_DNS_NAME_MAX]);
/* Its length alone. */
int32_t spk_dns_name_len(const struct spk_place *place, uint32_t at);

#endif
