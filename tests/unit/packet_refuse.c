/* What a builder refuses, and in which words; a failure is remembered until the next packet. */
#include "packet_made.h"

#include <string.h>

static const struct {
    const char *line, *said;
} refused[] = {
    { "eth / nosuch", "build line: unknown protocol, at byte 5" },
    { "eth(nosuch=1)", "build line: the open layer or group has no such field, at byte 12" },
    { "ip(ttl=300)", "ip.ttl: the number does not fit the field's bits" },
    { "eth(dst_mac=zz)", "eth.dst: not six hexadecimal pairs" },
    { "ip(ttl=1", "build line: expected , or ), at byte 8" },
    { "ip(ttl)", "build line: expected NAME=VALUE, at byte 6" },
    { "ip(ttl=)", "ip.ttl: not a number, nor the name of one of its values" },
    { "hex:0", "raw: not bytes: pairs of hexadecimal digits are" },
    { "\"open", "build line: a quote is not closed, at byte 5" },
    { "eth / / ip", "build line: expected a protocol's name, at byte 6" },
    { "/ eth", "build line: expected a protocol's name, at byte 0" },
    { "eth ip", "build line: expected / or the end of the line, at byte 4" },
    { "dns(queries=[(query_class=1, query_name=c.d)])",
      "dns.qry.name: a row that comes later has been set already, at byte 43" },
    { "dns(queries=7)", "dns.queries: a field of this kind cannot be given as text" },
    { "dns(queries=[(query_name=a)", "build line: expected , or ] in a list, at byte 27" },
    { "dns(answers=[(domain_name=a, res_type=1, aaaa=::1)])",
      "build line: the open layer or group has no such field, at byte 49" },
    { "dns(a=1.2.3.4)", "build line: the open layer or group has no such field, at byte 13" },
    { "ip(hdr_len=21)", "ip.hdr_len: the number is no multiple of the field's unit, at byte 13" },
    { "ip(options=[(type=1)])", "build line: the field is no group, at byte 13" },
    { "mpls(labels=[(label=1048576)])", "mpls.label: the number does not fit the field's bits" },
    { "ip(src=1.2.3)", "ip.src: not an IPv4 address" },
    { "ipv6(src=::g)", "ipv6.src: not an IPv6 address" },
    { "frame(number=1)", "frame.number: the field is computed and cannot be set, at byte 14" },
};

static struct spk_build *build;

static void lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(refused); i++) {
        struct spk_error error;
        char text[256];
        const uint8_t *data = NULL;
        uint32_t len = 0;
        spk_build_reset(build);
        enum spk_status status = spk_build_line(build, refused[i].line, &error);
        assert_int_equal(status, SPK_ERR_USAGE);
        spk_error_text(&error, text, sizeof text);
        assert_string_equal(text, refused[i].said);
        assert_int_equal(spk_build_finish(build, 0, &data, &len, &error), status); /* says so too */
    }
}

/*
 * What a line was refused for is remembered as of any other call, whether somebody asked for it or not: a field that was at
 * hand before is then not set as if nothing had been.
 */
static void behind_a_line(void **state)
{
    static const char *const wrong[] = { "ip(ttl=many", "ip(ttl=1, ttl=many)", "ip(ttl=1) ip", "ip(raw=\"open" };
    (void)state;
    for (size_t i = 0; i < 2 * SPK_COUNT_OF(wrong); i++) {
        struct spk_error error;
        const uint8_t *data = NULL;
        uint32_t len = 0;
        spk_build_reset(build);
        assert_int_equal(spk_build_line(build, wrong[i / 2], i % 2 == 0 ? &error : NULL), SPK_ERR_USAGE);
        assert_int_equal(spk_build_set_uint(build, field("ip.ttl"), 1), SPK_ERR_USAGE);
        assert_int_equal(spk_build_raw(build, (const uint8_t *)"a", 1), SPK_ERR_USAGE);
        assert_int_equal(spk_build_finish(build, 0, &data, &len, NULL), SPK_ERR_USAGE);
    }
}

/* The failure that finish tells of, of a packet that began with an IPv4 header. */
static void expect(const char *what)
{
    struct spk_error error;
    const uint8_t *data;
    uint32_t len;
    assert_int_equal(spk_build_finish(build, 0, &data, &len, &error), SPK_ERR_USAGE);
    assert_string_equal(error.what, what);
    spk_build_reset(build);
    assert_int_equal(spk_build_layer(build, spk_registry_find(spk_registry_default(), "ip")), SPK_OK);
}

static void calls(void **state)
{
    const struct spk_value value = { .kind = SPK_UINT, .u = 1 };
    (void)state;
    spk_build_reset(build);
    assert_int_equal(spk_build_layer(build, NULL), SPK_ERR_USAGE);
    expect("unknown protocol");
    spk_build_set(build, NULL, &value);
    expect("unknown field");
    spk_build_set_uint(build, NULL, 1);
    expect("unknown field");
    spk_build_set_text(build, NULL, "1");
    expect("unknown field");
    spk_build_enter(build, NULL);
    expect("unknown field");
    spk_build_set_attr(build, "nothing", &value);
    expect("the open layer or group has no such field");
    spk_build_enter(build, field("ip.ttl"));
    expect("the field is no group");
    spk_build_leave(build);
    expect("no group is open");
    spk_build_set_uint(build, field("udp.dstport"), 1);
    expect("the open layer or group has no such field");
    spk_build_set_text(build, field("ip.ttl"), "many");
    spk_build_set_uint(build, field("ip.ttl"), 1); /* the first failure stays */
    expect("not a number, nor the name of one of its values");
}

static void layers_end(void **state)
{
    struct spk_error error;
    const uint8_t *data;
    uint32_t len;
    (void)state;
    spk_build_reset(build);
    for (unsigned i = 0; i < SPK_LAYERS_MAX; i++) {
        assert_int_equal(spk_build_layer(build, spk_registry_find(spk_registry_default(), "ip")), SPK_OK);
    }
    assert_int_equal(spk_build_layer(build, spk_registry_find(spk_registry_default(), "ip")), SPK_ERR_LIMIT);
    assert_int_equal(spk_build_finish(build, 0, &data, &len, &error), SPK_ERR_LIMIT);
    assert_string_equal(error.what, "more than 32 layers");
}

static int set_up(void **state)
{
    (void)state;
    return spk_build_new(spk_registry_default(), &build) == SPK_OK ? 0 : 1;
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
        cmocka_unit_test(lines),
        cmocka_unit_test(behind_a_line),
        cmocka_unit_test(calls),
        cmocka_unit_test(layers_end),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
