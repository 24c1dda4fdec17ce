/* Single values of a packet: those at a fixed place, those that are walked to, and those that are not there. */
#include "packet_made.h"

#include <string.h>

static struct spk_build *build;
static struct spk_packet packet;

static void numbers(void **state)
{
    static const struct {
        const char *name;
        uint64_t number;
    } there[] = {
        { "ip.ttl", 9 },         { "ip.src", 0xc0000201 }, { "ip.flags.df", 1 },
        { "udp.dstport", 53 },   { "dns.id", 0x1234 },     { "dns.flags.response", 1 },
        { "dns.a", 0xc0000203 }, { "dns.qry.type", 1 },    { "dns.count.answers", 1 },
    };
    static const char *const not_there[] = {
        "eth.src",  "dns.qry.name", "tcp.srcport", "tcp.flags.syn", "dns.aaaa",
        "ipv6.src", "icmp.type",    "dns.txt",     "frame.time",    "dns.queries"
    };
    uint64_t number = 0;
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(there); i++) {
        if (!spk_packet_uint(&packet, field(there[i].name), &number) || number != there[i].number) {
            fail_msg("%s: %llu", there[i].name, (unsigned long long)number);
        }
    }
    for (size_t i = 0; i < SPK_COUNT_OF(not_there); i++) {
        number = 77;
        if (spk_packet_uint(&packet, field(not_there[i]), &number)) {
            fail_msg("%s: %llu", not_there[i], (unsigned long long)number);
        }
        assert_int_equal(number, 77);
    }
}

static void values(void **state)
{
    static const uint8_t mac[] = { 0, 0, 0x5e, 0, 0x53, 1 };
    struct spk_scratch scratch;
    struct spk_value value;
    (void)state;
    assert_true(spk_packet_value(&packet, field("eth.dst"), &scratch, &value));
    assert_int_equal(value.kind, SPK_MAC);
    assert_int_equal(value.len, sizeof mac);
    assert_memory_equal(value.data, mac, sizeof mac);
    assert_true(spk_packet_value(&packet, field("ip.src"), &scratch, &value));
    assert_true(value.kind == SPK_IP4 && value.u == 0xc0000201);
    assert_true(spk_packet_value(&packet, field("dns.qry.name"), &scratch, &value));
    assert_true(value.kind == SPK_TEXT && value.len == 9 && memcmp(value.data, "a.example", 9) == 0);
    assert_false(spk_packet_value(&packet, field("ipv6.src"), &scratch, &value));
    assert_false(spk_packet_value(&packet, field("dns.aaaa"), &scratch, &value));
}

static void texts(void **state)
{
    char text[64] = "unchanged";
    (void)state;
    assert_true(spk_packet_text(&packet, field("dns.a"), text, sizeof text));
    assert_string_equal(text, "192.0.2.3");
    assert_true(spk_packet_text(&packet, field("dns.a"), text, 4)); /* cut, and ended */
    assert_string_equal(text, "192");
    assert_false(spk_packet_text(&packet, field("tcp.srcport"), text, sizeof text));
    assert_string_equal(text, "");
    strcpy(text, "unchanged");
    assert_false(spk_packet_text(&packet, field("tcp.srcport"), text, 0));
    assert_string_equal(text, "unchanged");
}

static void layers(void **state)
{
    const struct spk_registry *registry = spk_registry_default();
    const struct spk_proto *ip = spk_registry_find(registry, "ip");
    (void)state;
    assert_string_equal(spk_layer_proto(&packet, 0)->name, "eth");
    assert_string_equal(spk_layer_proto(&packet, packet.count - 1u)->name, "dns");
    assert_null(spk_layer_proto(&packet, packet.count));
    assert_null(spk_layer_proto(&packet, SPK_LAYERS_MAX));
    assert_int_equal(spk_layer_find(&packet, ip, 0), 1);
    assert_int_equal(spk_layer_find(&packet, ip, 1), 2);
    assert_int_equal(spk_layer_find(&packet, ip, 2), -1);
    assert_int_equal(spk_layer_find(&packet, spk_registry_find(registry, "tcp"), 0), -1);
}

static int set_up(void **state)
{
    const char *line = "eth(dst_mac=00:00:5e:00:53:01) / ip(src=192.0.2.1, dst=192.0.2.2, ttl=9, df=1, proto=4) / "
                       "ip(src=192.0.2.3, proto=17) / udp(sport=99, dport=53) / "
                       "dns(id=4660, query_resp=1, queries=[(query_name=a.example, query_type=1)], "
                       "answers=[(domain_name=a.example, res_type=1, a=192.0.2.3)])";
    uint32_t len = 0;
    (void)state;
    assert_int_equal(spk_build_new(spk_registry_default(), &build), SPK_OK);
    const uint8_t *data = line_bytes(build, line, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &len);
    spk_decode(spk_registry_default(), SPK_LINK_ETHERNET, data, len, len, &packet);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    spk_build_free(build);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(values),
        cmocka_unit_test(texts),
        cmocka_unit_test(layers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
