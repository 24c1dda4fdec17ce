/* dns: DNS, its queries and its records, with the tutorial's text for what a record holds. */
#include "types.h"

static const uint16_t ports[] = { 53, 0 };

const struct core_special core_special_dns = { .name = "DNS", .pq_type = 53, .ports = ports };
const struct core_special core_special_dns_query = { .name = "DNSQuery", .pq_type = 53 };
const struct core_special core_special_dns_resource = { .name = "DNSResource", .pq_type = 53 };
