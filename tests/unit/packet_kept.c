/*
 * What a builder keeps of one packet for the next: whatever was built before, a packet is fixed as it is by a builder that
 * has built nothing yet, and as spk_packet_fix does it.
 */
#include "support.h"

#include <steelpkt.h>

#include "packet/build.h"
#include "short_memory.h"

#include <string.h>

enum { ROOM = 512 };

struct built {
    uint8_t bytes[ROOM];
    uint32_t len;
};

/* A protocol whose lengths and conditions four bytes do not hold. */
enum { ODD_KIND, ODD_LEN };
static const struct spk_row odd_rows[] = {
    [ODD_KIND] = { .name = "odd.kind", .kind = SPK_UINT, .bits = 8, .doc = "What it is." },
    [ODD_LEN] = { .name = "odd.len", .kind = SPK_UINT, .bits = 16, .flags = SPK_LITTLE, .doc = "How long it is." },
};
static const struct spk_proto odd = {
    .name = "odd",
    .hdr = { .name = "Odd", SPK_ROWS(odd_rows) },
    .len = SPK_REF(ODD_LEN, 1, 0),
    .len_when = { SPK_EQ, ODD_KIND, 0, 1 },
};

/* Packets of which each is like another but for what decides on its lengths and checksums. */
static const char *const lines[] = {
    "eth / ip(proto=17, src=10.0.0.1, dst=10.0.0.2) / udp(dport=53) / \"abcd\"",
    "eth / ip(proto=17, src=10.0.0.1, dst=10.0.9.2, ttl=3) / udp(dport=54) / \"efgh\"",
    "eth / ip(proto=17, src=10.0.0.1, dst=10.0.0.2) / udp(dport=53) / \"abcde\"",
    "eth / ip(proto=6, src=10.0.0.1, dst=10.0.0.2) / udp(dport=53) / \"abcd\"",
    "eth / ip(proto=17, flag_m=1, src=10.0.0.1, dst=10.0.0.2) / udp(dport=53) / \"abcd\"",
    "eth / ip(proto=17, frag_offset=7, src=10.0.0.1, dst=10.0.0.2) / udp(dport=53) / \"abcd\"",
    "eth / ip(proto=17, total_len=9, iphl=7, checksum=1) / udp(ulen=9, checksum=1) / \"abcd\"",
    "eth / ip(proto=17, src=10.0.0.1, options=hex:0707040a00000900) / udp(dport=53) / \"abcd\"",
    "eth / ip(proto=17, src=10.0.0.1, options=hex:8307040a00000900) / udp(dport=53) / \"abcd\"",
    "eth / ip(proto=17, src=10.0.0.1, options=hex:8307080a00000900) / udp(dport=53) / \"abcd\"",
    "eth / ip(proto=17) / ip(proto=17, src=10.0.0.1) / udp / \"abcd\"",
    "eth / ip(proto=17) / tcp(dport=80) / \"abcd\"",
    "eth / ip(proto=17) / tcp(dport=80, options=hex:01010101) / \"abcd\"",
    "eth / ip(proto=17) / icmp(type=8) / \"abcd\"",
    "eth(type=0) / llc / \"abcd\"",
    "eth(type=2048) / llc / \"abcd\"",
    "eth(type=0) / vlan(type=0) / llc / \"abcd\"",
    "eth / ipv6(nxt=17, src=2001:db8::1, dst=2001:db8::2) / udp / \"abcd\"",
    "eth / ipv6(nxt=58, src=2001:db8::1, dst=2001:db8::2) / icmpv6(type=128) / \"abcd\"",
    "eth / ip(proto=58) / icmpv6(type=128) / \"abcd\"",
    "odd(kind=1) / odd(kind=1) / \"abcd\"",
    "odd(kind=1) / odd(kind=2) / \"abcd\"",
    "odd(kind=1) / udp / \"abcd\"",
    "raw / \"abcd\"",
    "\"abcd\"",
};
enum { LINES = SPK_COUNT_OF(lines) };

static struct spk_registry *registry;

static int set_up(void **state)
{
    const struct spk_proto *list[] = { &odd };
    (void)state;
    return spk_registry_new(spk_registry_default(), list, 1, &registry, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    spk_registry_free(registry);
    return 0;
}

static struct spk_build *builder(void)
{
    struct spk_build *build = NULL;
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    return build;
}

static void put(struct spk_build *build, const char *line, unsigned flags, struct built *built)
{
    const uint8_t *data = NULL;
    struct spk_error error = { 0 };
    spk_build_reset(build);
    if (spk_build_line(build, line, &error) != SPK_OK
        || spk_build_finish(build, flags, &data, &built->len, &error) != SPK_OK) {
        fail_msg("%s: %s", line, error.what);
    }
    assert_true(built->len <= ROOM);
    memcpy(built->bytes, data, built->len);
}

static void expect_same(const struct built *built, const struct built *expected, const char *before, const char *line)
{
    if (built->len != expected->len || memcmp(built->bytes, expected->bytes, built->len) != 0) {
        fail_msg("%s\nis built otherwise after\n%s", line, before);
    }
}

static void whatever_was_built_before(void **state)
{
    static struct built expected[4][LINES];
    struct spk_build *build = builder();
    struct built built;
    (void)state;
    for (unsigned flags = 0; flags < 4; flags++) {
        for (unsigned i = 0; i < LINES; i++) {
            struct spk_build *fresh = builder();
            struct built *one = &expected[flags][i];
            put(fresh, lines[i], flags, one);
            /* what is fixed already, spk_packet_fix leaves as it is */
            built = *one;
            fresh->packet.data = built.bytes;
            spk_packet_fix(&fresh->packet, built.bytes, flags);
            expect_same(&built, one, "spk_packet_fix", lines[i]);
            spk_build_free(fresh);
        }
    }
    for (unsigned before = 0; before < 4 * LINES; before++) {
        for (unsigned i = 0; i < 4 * LINES; i++) {
            put(build, lines[before % LINES], before / LINES, &built);
            put(build, lines[i % LINES], i / LINES, &built);
            expect_same(&built, &expected[i / LINES][i % LINES], lines[before % LINES], lines[i % LINES]);
        }
    }
    spk_build_free(build);
}

/* Finishes what is in a builder, and expects what a builder that has built nothing yet makes of a line. */
static void expect_finished(struct spk_build *build, const char *line)
{
    const unsigned flags = SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS;
    struct built expected;
    const uint8_t *data = NULL;
    uint32_t len = 0;
    assert_int_equal(spk_build_finish(build, flags, &data, &len, NULL), SPK_OK);
    struct spk_build *fresh = builder();
    put(fresh, line, flags, &expected);
    assert_int_equal(len, expected.len);
    assert_memory_equal(data, expected.bytes, len);
    spk_build_free(fresh);
}

/* Finished twice, and once more with bytes behind: each time by what stands there then. */
static void a_packet_that_grows(void **state)
{
    struct spk_build *build = builder();
    (void)state;
    spk_build_line(build, lines[0], NULL);
    expect_finished(build, lines[0]);
    expect_finished(build, lines[0]);
    spk_build_raw(build, (const uint8_t *)"e", 1);
    expect_finished(build, lines[2]);
    spk_build_free(build);
}

/* Where there is no memory to keep anything in, a packet is fixed all the same. */
static void without_memory(void **state)
{
    struct spk_build *build = builder();
    (void)state;
    spk_build_line(build, lines[0], NULL);
    countdown = 1;
    fired = false;
    expect_finished(build, lines[0]);
    assert_true(fired);
    spk_build_free(build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_was_built_before),
        cmocka_unit_test(a_packet_that_grows),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
