/* Values written over those of a packet: what changes, what is refused and in which words; a refusal changes nothing. */
#include "packet_made.h"

#include <string.h>

static const char line[] = "eth(dst_mac=00:00:5e:00:53:01) / ip(src=192.0.2.1, dst=192.0.2.2, ttl=9, proto=17) / "
                           "udp(sport=99, dport=53) / dns(id=4660, query_resp=1, "
                           "queries=[(query_name=a.example, query_type=1)], "
                           "answers=[(domain_name=a.example, res_type=1, a=192.0.2.3)], "
                           "ad=[(domain_name=., res_type=41, options=[(code=3)])])";

static struct spk_build *build;
static struct spk_packet packet;
static uint8_t bytes[256];
static uint32_t len;

/* The packet as it was built. */
static void begin(void)
{
    const uint8_t *data = line_bytes(build, line, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &len);
    memcpy(bytes, data, len);
    spk_decode(spk_registry_default(), SPK_LINK_ETHERNET, bytes, len, len, &packet);
}

static void texts(void **state)
{
    static const struct {
        const char *name, *text, *what; /* NULL: it is set, and reads so */
    } list[] = {
        { "ip.ttl", "200", NULL },
        { "ip.ttl", "256", "the number does not fit the field's bits" },
        { "ip.hdr_len", "24", NULL },
        { "ip.hdr_len", "21", "the number is no multiple of the field's unit" },
        { "ip.dst", "198.51.100.7", NULL },
        { "eth.src", "02:00:00:00:00:07", NULL },
        { "dns.qry.name", "b.example", NULL },
        { "dns.qry.name", "bc.example", "the value has not the field's length" },
        { "dns.qry.name", "b..xample", "the text is no value of the field" },
        { "dns.a", "203.0.113.9", NULL },
        { "dns.aaaa", "::1", "the packet has no such field" },
        { "tcp.seq", "1", "the packet has no such field" },
        { "ip.checksum.status", "1", "the field is computed and cannot be set" },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        struct spk_error error = { 0 };
        uint8_t before[sizeof bytes];
        char text[64];
        begin();
        memcpy(before, bytes, sizeof before);
        enum spk_status status = spk_packet_set_text(&packet, bytes, field(list[i].name), list[i].text, &error);
        if (list[i].what == NULL) {
            assert_int_equal(status, SPK_OK);
            assert_true(spk_packet_text(&packet, field(list[i].name), text, sizeof text));
            assert_string_equal(text, list[i].text);
        } else {
            if (status != SPK_ERR_USAGE || strcmp(error.what, list[i].what) != 0) {
                fail_msg("%s = %s: %d %s", list[i].name, list[i].text, status, error.what != NULL ? error.what : "");
            }
            assert_string_equal(error.who, list[i].name);
            assert_memory_equal(bytes, before, sizeof before);
        }
    }
}

static void values(void **state)
{
    static const uint8_t six[] = { 2, 0, 0, 0, 0, 9 };
    const struct spk_value octets = { .kind = SPK_BYTES, .data = six, .len = sizeof six };
    const struct spk_value five = { .kind = SPK_BYTES, .data = six, .len = 5 };
    const struct spk_value below = { .kind = SPK_INT, .u = UINT64_MAX };
    const struct spk_value seven = { .kind = SPK_UINT, .u = 7 };
    const struct {
        const char *name;
        const struct spk_value *value;
        const char *what;
    } list[] = {
        { "ip.ttl", &octets, "the field takes a number" },
        { "ip.src", &octets, "the field takes a number" },
        { "ip.ttl", &below, "the number does not fit the field's bits" },
        { "eth.dst", &five, "the value has not the field's length" },
        { "eth.dst", &seven, "the value has not the field's length" },
        { "dns.opt", &seven, "the field says that something is there and cannot be set" },
        { "eth.dst", &octets, NULL },
        { "ip.src", &seven, NULL },
        { "ip.ttl", &seven, NULL },
    };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(list); i++) {
        struct spk_error error = { 0 };
        uint8_t before[sizeof bytes];
        begin();
        memcpy(before, bytes, sizeof before);
        enum spk_status status = spk_packet_set(&packet, bytes, field(list[i].name), list[i].value, &error);
        if (list[i].what == NULL ? status != SPK_OK
                                 : status != SPK_ERR_USAGE || strcmp(error.what, list[i].what) != 0) {
            fail_msg("%s: %d %s", list[i].name, status, error.what != NULL ? error.what : "");
        }
        assert_true((memcmp(bytes, before, sizeof before) != 0) == (status == SPK_OK));
    }
}

static int set_up(void **state)
{
    (void)state;
    return spk_build_new(spk_registry_default(), &build) != SPK_OK;
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
        cmocka_unit_test(texts),
        cmocka_unit_test(values),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
