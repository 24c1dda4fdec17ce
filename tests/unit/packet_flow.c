/* flow.hash: one number for both directions and for all pieces of a datagram; none where nobody talks to anybody. */
#include "packet_made.h"

#include <stdlib.h>
#include <string.h>

static struct spk_build *build;

/* Bytes of a packet, in a block of exactly their size. */
static uint8_t *bytes_of(const char *line, uint32_t *len)
{
    const uint8_t *data = line_bytes(build, line, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, len);
    uint8_t *copy = malloc(*len > 0 ? *len : 1);
    assert_non_null(copy);
    memcpy(copy, data, *len);
    return copy;
}

static bool has_hash(const uint8_t *data, uint32_t caplen, uint32_t len, uint64_t *hash)
{
    struct spk_packet packet;
    spk_decode(spk_registry_default(), SPK_LINK_RAW, data, caplen, len, &packet);
    return spk_flow_hash(&packet, hash);
}

static uint64_t hash_of(const char *line)
{
    uint32_t len;
    uint64_t hash = 0;
    uint8_t *data = bytes_of(line, &len);
    assert_true(has_hash(data, len, len, &hash));
    free(data);
    return hash;
}

#define SAME(a, b) assert_true(hash_of(a) == hash_of(b))
#define OTHER(a, b) assert_true(hash_of(a) != hash_of(b))
#define IP4(src_, dst_, more_) "ip(src=192.0.2." src_ ", dst=192.0.2." dst_ ", " more_ ") / "
#define IP6(src_, dst_, nxt_) "ipv6(src=2001:db8::" src_ ", dst=2001:db8::" dst_ ", nxt=" nxt_ ") / "

static void both_directions_are_one(void **state)
{
    (void)state;
    SAME(IP4("1", "2", "proto=6") "tcp(sport=4000, dport=80)", IP4("2", "1", "proto=6") "tcp(sport=80, dport=4000)");
    SAME(IP4("1", "2", "proto=17") "udp(sport=4000, dport=9)",
         IP4("2", "1", "proto=17") "udp(sport=9, dport=4000) / hex:00");
    SAME(IP6("1", "2", "17") "udp(sport=4000, dport=9)", IP6("2", "1", "17") "udp(sport=9, dport=4000)");
    SAME(IP4("1", "1", "proto=17") "udp(sport=4000, dport=9)", IP4("1", "1", "proto=17") "udp(sport=9, dport=4000)");
    OTHER(IP4("1", "2", "proto=6") "tcp(sport=4000, dport=80)", IP4("1", "2", "proto=6") "tcp(sport=80, dport=4000)");
    OTHER(IP4("1", "2", "proto=6") "tcp(sport=4000, dport=80)", IP4("1", "2", "proto=17") "udp(sport=4000, dport=80)");
    OTHER(IP4("1", "2", "proto=6") "tcp(sport=4000, dport=80)", IP4("1", "3", "proto=6") "tcp(sport=4000, dport=80)");
}

/* The expected number is that of another implementation of SipHash-2-4, over c0000201 0050 c0000202 0fa0 06. */
static void its_value_is_the_documented_one(void **state)
{
    (void)state;
    assert_true(hash_of(IP4("1", "2", "proto=6") "tcp(sport=80, dport=4000)") == UINT64_C(0x6493e56316af18de));
}

static void pieces_are_one(void **state)
{
    (void)state;
    SAME(IP4("1", "2", "proto=17, flag_m=1") "udp(sport=4000, dport=9)",
         IP4("1", "2", "proto=17, frag_offset=8") "hex:00112233445566778899");
    SAME(IP6("1", "2", "44") "ipv6.fraghdr(more=1, nxt=17) / udp(sport=4000, dport=9)",
         IP6("2", "1", "44") "ipv6.fraghdr(nxt=17, offset=2) / hex:0011223344556677");
    SAME(IP6("1", "2", "44") "ipv6.fraghdr(more=1, nxt=60) / ipv6.dstopts(nxt=17) / udp(sport=4000, dport=9)",
         IP6("2", "1", "44") "ipv6.fraghdr(nxt=60, offset=2) / hex:0011223344556677");
    OTHER(IP4("1", "2", "proto=17, flag_m=1") "udp(sport=4000, dport=9)",
          IP4("1", "2", "proto=17") "udp(sport=4000, dport=9)");
    /* a fragment that is the whole of its datagram is none */
    SAME(IP6("1", "2", "44") "ipv6.fraghdr(nxt=17) / udp(sport=4000, dport=9)",
         IP6("1", "2", "17") "udp(sport=4000, dport=9)");
}

static void headers_between_do_not_count(void **state)
{
    (void)state;
    SAME(IP6("1", "2", "0") "ipv6.hopopts(nxt=60) / ipv6.dstopts(nxt=6) / tcp(sport=1, dport=2)",
         IP6("2", "1", "6") "tcp(sport=2, dport=1)");
}

static void what_has_no_ports_counts_by_its_addresses(void **state)
{
    (void)state;
    SAME(IP4("1", "2", "proto=1") "icmp(type=8)", IP4("2", "1", "proto=1") "icmp(type=0)");
    OTHER(IP4("1", "2", "proto=1") "icmp(type=8)", IP4("1", "2", "proto=2") "hex:00");
    /* a packet in a packet is the outer one's */
    SAME(IP4("1", "2", "proto=4") IP4("8", "9", "proto=6") "tcp(sport=1, dport=2)",
         IP4("2", "1", "proto=4") IP4("7", "6", "proto=17") "udp(sport=3, dport=4)");
}

/* The reply comes from where the packet goes in the end. */
static void a_source_route_leads_to_its_last_address(void **state)
{
    (void)state;
    SAME(IP4("1", "9", "proto=17, opts=[(type=131, len=7, ptr=4, hops=[(addr=192.0.2.2)])]") "udp(sport=1, dport=2)",
         IP4("2", "1", "proto=17") "udp(sport=2, dport=1)");
}

/* Every prefix of a packet, in a block of its size: either its addresses are not there, or nothing but ports is missed. */
static void a_cut_packet_is_read_no_further(void **state)
{
    static const char line[] = IP6("1", "2", "0") "ipv6.hopopts(nxt=60) / ipv6.dstopts(nxt=6) / tcp(sport=1, dport=2)";
    uint32_t len;
    uint8_t *data = bytes_of(line, &len);
    (void)state;
    for (uint32_t cut = 0; cut <= len; cut++) {
        uint8_t *part = malloc(cut > 0 ? cut : 1);
        uint64_t hash = 0;
        assert_non_null(part);
        memcpy(part, data, cut);
        assert_int_equal(has_hash(part, cut, len, &hash), cut >= 40);
        assert_true(cut < 60 || hash == hash_of(line));
        free(part);
    }
    free(data);
}

static void packets_without_addresses_have_none(void **state)
{
    uint32_t len;
    uint64_t hash;
    struct spk_packet packet;
    uint8_t *data = bytes_of("eth(type=0x806) / arp(sender_proto_addr=192.0.2.1, target_proto_addr=192.0.2.2)", &len);
    (void)state;
    spk_decode(spk_registry_default(), SPK_LINK_ETHERNET, data, len, len, &packet);
    assert_false(spk_flow_hash(&packet, &hash));
    free(data);
}

static int begin(void **state)
{
    (void)state;
    return spk_build_new(spk_registry_default(), &build) == SPK_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    spk_build_free(build);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_are_one),
        cmocka_unit_test(its_value_is_the_documented_one),
        cmocka_unit_test(pieces_are_one),
        cmocka_unit_test(headers_between_do_not_count),
        cmocka_unit_test(what_has_no_ports_counts_by_its_addresses),
        cmocka_unit_test(a_source_route_leads_to_its_last_address),
        cmocka_unit_test(a_cut_packet_is_read_no_further),
        cmocka_unit_test(packets_without_addresses_have_none),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
