/*
 * mDNS, Multicast DNS: RFC 6762. Messages are those of DNS (dns.c); the top bit of a query's class asks for a unicast
 * answer (section 18.12), that of a record's class tells caches to forget what they had (section 10.2).
 */
#include "proto/dns_message.h"

const struct spk_proto spk_proto_mdns = {
    .name = "mdns", .pyclass = "MDNS", .title = "Multicast Domain Name System", .spec = "RFC 6762",
    .hdr = { .name = "MDNS", .rows = spk_dns_rows, .count = SPK_DNS_ROWS },
    .extent = SPK_EXTENT_REST,
    .sits = SPK_SITS({ "udp.port", 5353 }),
};
