/*
 * dns_message: what the three protocols of the DNS family (dns, mdns, llmnr) and the groups of their records share.
 */
#ifndef SPK_PROTO_DNS_MESSAGE_H
#define SPK_PROTO_DNS_MESSAGE_H

#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

/* Rows of the header of dns and mdns, which differ in nothing but who reads the class of a record. */
enum {
    SPK_DNS_ID, SPK_DNS_QR, SPK_DNS_FLAGS, SPK_DNS_OPCODE, SPK_DNS_AA, SPK_DNS_TC, SPK_DNS_RD, SPK_DNS_RA, SPK_DNS_Z,
    SPK_DNS_AD, SPK_DNS_CD, SPK_DNS_RCODE, SPK_DNS_AUTHORITATIVE, SPK_DNS_RECAVAIL, SPK_DNS_AUTHENTICATED,
    SPK_DNS_AUTHENTICATED_QUERY, SPK_DNS_REPLY_CODE, SPK_DNS_QDCOUNT, SPK_DNS_COUNT_QUERIES, SPK_DNS_COUNT_ZONES,
    SPK_DNS_ANCOUNT, SPK_DNS_COUNT_ANSWERS, SPK_DNS_COUNT_PREREQUISITES, SPK_DNS_NSCOUNT, SPK_DNS_COUNT_AUTHORITY,
    SPK_DNS_COUNT_UPDATES, SPK_DNS_ARCOUNT, SPK_DNS_QUERIES, SPK_DNS_ANSWERS, SPK_DNS_AUTHORITY, SPK_DNS_ADDITIONAL,
    SPK_DNS_EXTRANEOUS, SPK_DNS_EXTRANEOUS_LENGTH, SPK_DNS_ROWS
};
extern const struct spk_row spk_dns_rows[SPK_DNS_ROWS];

/* One question, and one resource record with its data. */
extern const struct spk_group spk_dns_query;
extern const struct spk_group spk_dns_record;

extern const struct spk_enum spk_dns_opcodes[];
extern const struct spk_enum spk_dns_rcodes[];
extern const struct spk_enum spk_dns_types[];
extern const struct spk_enum spk_dns_classes[];

extern const struct spk_proto spk_proto_mdns;

#endif
