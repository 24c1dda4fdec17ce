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

/* Those of records that are seldom met (dns_rare.c). */
extern const struct spk_group spk_dns_md;
extern const struct spk_group spk_dns_mf;
extern const struct spk_group spk_dns_mb;
extern const struct spk_group spk_dns_mg;
extern const struct spk_group spk_dns_mr;
extern const struct spk_group spk_dns_minfo;
extern const struct spk_group spk_dns_rp;
extern const struct spk_group spk_dns_afsdb;
extern const struct spk_group spk_dns_x25;
extern const struct spk_group spk_dns_isdn;
extern const struct spk_group spk_dns_rt;
extern const struct spk_group spk_dns_nsap;
extern const struct spk_group spk_dns_nsap_ptr;
extern const struct spk_group spk_dns_px;
extern const struct spk_group spk_dns_gpos;
extern const struct spk_group spk_dns_loc;
extern const struct spk_group spk_dns_naptr;
extern const struct spk_group spk_dns_kx;
extern const struct spk_group spk_dns_cert;
extern const struct spk_group spk_dns_dhcid;
extern const struct spk_group spk_dns_zonemd;
extern const struct spk_group spk_dns_nid;
extern const struct spk_group spk_dns_l32;
extern const struct spk_group spk_dns_l64;
extern const struct spk_group spk_dns_lp;
extern const struct spk_group spk_dns_eui48;

/* Data that is not taken apart, and has no column: of types that Wireshark knows and this library does not. */
extern const struct spk_group spk_dns_opaque;

#endif
