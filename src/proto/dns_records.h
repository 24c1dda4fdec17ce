/* dns_records: the data of resource records, by type, for the groups of dns.h. */
#ifndef SPK_PROTO_DNS_RECORDS_H
#define SPK_PROTO_DNS_RECORDS_H

#include <steelpkt/proto.h>

/* Every type whose data is known, for a CHOICE by type. What no case takes are raw bytes. */
extern const struct spk_case spk_dns_data[];

/* The data of EDNS(0)'s OPT (dns_options.c), and of the records of DNSSEC and its like (dns_security.c). */
extern const struct spk_group spk_dns_opt;
extern const struct spk_group spk_dns_ds;
extern const struct spk_group spk_dns_sshfp;
extern const struct spk_group spk_dns_rrsig;
extern const struct spk_group spk_dns_nsec;
extern const struct spk_group spk_dns_dnskey;
extern const struct spk_group spk_dns_csync;
extern const struct spk_group spk_dns_nsec3;
extern const struct spk_group spk_dns_nsec3param;
extern const struct spk_group spk_dns_tlsa;
extern const struct spk_group spk_dns_svcb;
extern const struct spk_group spk_dns_tkey;
extern const struct spk_group spk_dns_tsig;

/* Data that is not taken apart, and has no column: of types that Wireshark knows and this library does not. */
extern const struct spk_group spk_dns_opaque;

#endif
