/* Decode as: who sits at a key by the tables, and who was told to. */
#include "support.h"

#include <steelpkt.h>

#include <stdio.h>
#include <string.h>

static const struct spk_proto *at(const struct spk_registry *registry, const char *space, uint32_t key)
{
    return spk_registry_at(registry, space, key);
}

static const struct spk_proto *proto(const char *name)
{
    const struct spk_proto *found = spk_registry_find(spk_registry_default(), name);
    assert_non_null(found);
    return found;
}

static struct spk_registry *relink(const struct spk_registry *base, const char *const *texts, size_t count)
{
    struct spk_link links[4];
    struct spk_registry *registry = NULL;
    struct spk_error error;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(spk_link_parse(base, texts[i], &links[i], &error), SPK_OK);
    }
    assert_int_equal(spk_registry_relink(base, links, count, &registry, &error), SPK_OK);
    return registry;
}

static void links_are_read(void **state)
{
    static const struct {
        const char *text, *space, *proto;
        uint32_t first, last;
    } good[] = {
        { "udp.port==5300,dns", "udp.port", "dns", 5300, 5300 },
        { "udp.port=5300,dns", "udp.port", "dns", 5300, 5300 },
        { "tcp.port==5300-5310,dns", "tcp.port", "dns_tcp", 5300, 5310 },
        { "ethertype==0x88b5:3,ip", "ethertype", "ip", 0x88b5, 0x88b7 },
        { "ip.proto==0-255,udp", "ip.proto", "udp", 0, 255 },
        { "udp.port==4294967295,ip", "udp.port", "ip", UINT32_MAX, UINT32_MAX },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(good); i++) {
        struct spk_link link;
        assert_int_equal(spk_link_parse(spk_registry_default(), good[i].text, &link, NULL), SPK_OK);
        assert_string_equal(link.space, good[i].space);
        assert_ptr_equal(link.proto, proto(good[i].proto));
        assert_true(link.first == good[i].first && link.last == good[i].last);
    }
}

static void bad_links_are_refused(void **state)
{
    static const struct {
        const char *text, *what, *hint;
    } bad[] = {
        { "", "not LAYER_TYPE==", NULL },
        { "udp.port", "not LAYER_TYPE==", NULL },
        { "udp.port==53", "not LAYER_TYPE==", NULL },
        { "udp.prot==53,dns", "no such layer type", "udp.port" },
        { "==53,dns", "no such layer type", NULL },
        { "udp.port==53,dsn", "no such protocol", "dns" },
        { "udp.port==53,", "no such protocol", NULL },
        { "udp.port==53,frame", "no such protocol", NULL },
        { "udp.port==,dns", "a key is a number", NULL },
        { "udp.port==-1,dns", "a key is a number", NULL },
        { "udp.port==53-52,dns", "a key is a number", NULL },
        { "udp.port==53:0,dns", "a key is a number", NULL },
        { "udp.port==4294967295:2,dns", "a key is a number", NULL },
        { "udp.port==4294967296,dns", "a key is a number", NULL },
        { "udp.port== 53,dns", "a key is a number", NULL },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(bad); i++) {
        struct spk_link link;
        struct spk_error error = { 0 };
        assert_int_equal(spk_link_parse(spk_registry_default(), bad[i].text, &link, &error), SPK_ERR_USAGE);
        assert_ptr_equal(error.who, bad[i].text);
        if (strstr(error.what, bad[i].what) == NULL) {
            fail_msg("%s: %s", bad[i].text, error.what);
        }
        if (bad[i].hint != NULL) {
            assert_non_null(error.hint);
            assert_string_equal(error.hint, bad[i].hint);
        }
    }
}

static void a_registry_is_told_otherwise(void **state)
{
    const char *first[] = { "udp.port==5300-5302,dns", "ethertype==0x0800,ipv6" };
    const char *second[] = { "udp.port==5301,ip", "udp.port==53,ip" };
    (void)state;
    struct spk_registry *one = relink(spk_registry_default(), first, 2);
    struct spk_registry *two = relink(one, second, 2);
    struct spk_registry *three = NULL;
    assert_ptr_equal(at(one, "udp.port", 5300), proto("dns"));
    assert_ptr_equal(at(one, "udp.port", 5303), NULL);
    assert_ptr_equal(at(one, "ethertype", 0x0800), proto("ipv6"));
    assert_ptr_equal(at(one, "udp.port", 53), proto("dns"));
    assert_int_equal(spk_registry_new(two, NULL, 0, &three, NULL), SPK_OK);
    spk_registry_free(one);
    spk_registry_free(two);
    assert_ptr_equal(at(three, "udp.port", 5302), proto("dns")); /* handed down */
    assert_ptr_equal(at(three, "udp.port", 5301), proto("ip"));  /* the later one */
    assert_ptr_equal(at(three, "udp.port", 53), proto("ip"));
    assert_ptr_equal(at(spk_registry_default(), "udp.port", 5300), NULL);
    for (size_t i = 0; spk_registry_space(three, i) != NULL; i++) {
        assert_string_not_equal(spk_registry_space(three, i), "");
    }
    spk_registry_free(three);
}

/* Which protocol a UDP datagram between these two ports is taken for. */
static const char *taken_for(const struct spk_registry *registry, uint16_t from, uint16_t to)
{
    uint8_t bytes[60] = { 0x45, 0, 0, 60, 0, 0, 0, 0, 64, 17 };
    struct spk_packet packet;
    bytes[20] = (uint8_t)(from >> 8);
    bytes[21] = (uint8_t)from;
    bytes[22] = (uint8_t)(to >> 8);
    bytes[23] = (uint8_t)to;
    bytes[25] = 40;
    spk_decode(registry, SPK_LINK_RAW, bytes, sizeof bytes, sizeof bytes, &packet);
    assert_true(packet.count >= 3);
    return spk_layer_proto(&packet, 3)->name;
}

/* As in tshark: of two ports one that was told, even the higher, comes before one that only the tables know. */
static void what_was_told_comes_first(void **state)
{
    const char *texts[] = { "udp.port==60000,mdns", "udp.port==60001,llmnr" };
    (void)state;
    struct spk_registry *registry = relink(spk_registry_default(), texts, 2);
    assert_string_equal(taken_for(spk_registry_default(), 53, 60000), "dns");
    assert_string_equal(taken_for(registry, 53, 60000), "mdns");
    assert_string_equal(taken_for(registry, 60000, 53), "mdns");
    assert_string_equal(taken_for(registry, 60001, 60000), "mdns");
    assert_string_equal(taken_for(registry, 53, 60002), "dns");
    assert_string_equal(taken_for(registry, 60003, 60002), "data");
    spk_registry_free(registry);
}

static void limits_are_told(void **state)
{
    const struct spk_registry *base = spk_registry_default();
    struct spk_link link = { .space = "udp.port", .first = 0, .last = UINT32_MAX, .proto = proto("dns") };
    struct spk_registry *registry = NULL;
    struct spk_error error;
    (void)state;
    assert_int_equal(spk_registry_relink(base, &link, 1, &registry, &error), SPK_ERR_LIMIT);
    link.last = 262143;
    assert_int_equal(spk_registry_relink(base, &link, 1, &registry, &error), SPK_OK);
    assert_ptr_equal(at(registry, "udp.port", 262143), link.proto);
    spk_registry_free(registry);
    link = (struct spk_link){ .space = "udp.prot", .proto = link.proto };
    assert_int_equal(spk_registry_relink(base, &link, 1, &registry, &error), SPK_ERR_USAGE);
    link = (struct spk_link){ .space = "udp.port", .proto = proto("frame") };
    assert_int_equal(spk_registry_relink(base, &link, 1, &registry, &error), SPK_ERR_USAGE);
    assert_null(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_read),
        cmocka_unit_test(bad_links_are_refused),
        cmocka_unit_test(a_registry_is_told_otherwise),
        cmocka_unit_test(what_was_told_comes_first),
        cmocka_unit_test(limits_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
