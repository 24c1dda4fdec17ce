/*
 * What a builder keeps of one packet for the next: whatever was built before, a packet is fixed as it is by a builder that
 * has built nothing yet, and as spk_packet_fix does it.
 */
#include "faults.h"

#include "packet_made.h"

#include "packet/build.h"

#include <stdlib.h>
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

/* One that ends within a byte. */
static const struct spk_row half_rows[] = {
    { .name = "half.kind", .kind = SPK_UINT, .bits = 4, .init = 9, .doc = "What it is." },
};
static const struct spk_proto half = { .name = "half", .hdr = { .name = "Half", SPK_ROWS(half_rows) } };

/* One to whose header all bytes behind it belong, and count in its checksum. */
enum { WHOLE_SUM };
static const struct spk_row whole_rows[] = {
    [WHOLE_SUM] = { .name = "whole.sum", .kind = SPK_UINT, .bits = 16, .doc = "The sum of all of it." },
};
static const struct spk_proto whole = {
    .name = "whole",
    .hdr = { .name = "Whole", SPK_ROWS(whole_rows) },
    .extent = SPK_EXTENT_REST,
    .csum = WHOLE_SUM,
    .covers = SPK_COVERS_HEADER,
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
    "eth / \"ab\" / ip(proto=17) / udp / \"cd\"",
    "eth / ip(proto=17) / udp / dns(queries=[(name=a.example, type=1)])",
    "half / udp / \"abcd\"",
    "whole / \"abcd\"",
    "eth / ip(proto=17) / hex:01010101",
    "eth / ip(proto=17, options=hex:01010101)",
    "raw / \"abcd\"",
    "\"abcd\"",
};
enum { LINES = SPK_COUNT_OF(lines) };

static struct spk_registry *registry;

static int set_up(void **state)
{
    const struct spk_proto *list[] = { &odd, &half, &whole };
    (void)state;
    return spk_registry_new(spk_registry_default(), list, 3, &registry, NULL);
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
    const uint8_t *data = line_bytes(build, line, flags, &built->len);
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

/* ---- calls in any order ---- */

enum { CALLS = 10, SCRIPTS = 6000 };

/* What a builder answered to each call, and what it finished. */
struct answers {
    int status[CALLS + 1];
    unsigned count;
    struct built built;
    char what[80];
};

static void number(struct spk_build *build, const char *name, uint64_t value, struct answers *answers)
{
    answers->status[answers->count++] = spk_build_set_uint(build, spk_field_find(registry, name), value);
}

static void finish(struct spk_build *build, unsigned flags, struct answers *answers)
{
    struct spk_error error = { .what = "" };
    const uint8_t *data = NULL;
    uint32_t len = 0;
    answers->status[answers->count++] = spk_build_finish(build, flags, &data, &len, &error);
    assert_true(answers->built.len + len <= ROOM);
    memcpy(answers->built.bytes + answers->built.len, data != NULL ? data : (const uint8_t *)"", len);
    answers->built.len += len;
    snprintf(answers->what, sizeof answers->what, "%s", error.what);
}

/* The events of a packet, as they stand on the wire. */
static void feed(struct spk_build *build, struct answers *answers)
{
    static const uint8_t bytes[] = { 0x45, 0,  0, 30, 0, 0, 0, 0, 64, 17, 0,  0, 10, 0, 0,
                                     1,    10, 0, 0,  2, 0, 1, 0, 2,  0,  10, 0, 0,  7, 7 };
    struct spk_packet packet;
    struct spk_walk walk;
    int status = SPK_OK;
    spk_decode_as(registry, spk_registry_find(registry, "ip"), bytes, sizeof bytes, sizeof bytes, &packet);
    spk_walk_begin(&walk, &packet);
    for (enum spk_walk_event event; (event = spk_walk_next(&walk)) != SPK_EVENT_END;) {
        int answer = spk_build_event(build, &walk, event);
        status = status == SPK_OK ? answer : status;
    }
    answers->status[answers->count++] = status;
}

static void call(struct spk_build *build, char which, struct answers *answers)
{
    static const uint8_t bytes[] = { 1, 1, 1, 1 };
    const struct spk_value options = { .kind = SPK_BYTES, .data = bytes, .len = sizeof bytes };
    static const char *const layers[] = {
        ['e'] = "eth", ['i'] = "ip",  ['u'] = "udp",   ['t'] = "tcp",  ['6'] = "ipv6",
        ['d'] = "dns", ['w'] = "raw", ['a'] = "whole", ['h'] = "half",
    };
    if ((size_t)which < SPK_COUNT_OF(layers) && layers[(size_t)which] != NULL) {
        const struct spk_proto *proto = spk_registry_find(registry, layers[(size_t)which]);
        answers->status[answers->count++] = spk_build_layer(build, proto);
        return;
    }
    switch (which) {
    case 'I': {
        uint8_t *header = spk_build_header(build, spk_registry_find(registry, "ip"));
        answers->status[answers->count++] = header != NULL;
        if (header != NULL) {
            header[9] = 17;
        }
        break;
    }
    case 'p':
        number(build, "ip.proto", 17, answers);
        break;
    case 's':
        number(build, "udp.srcport", 53, answers);
        break;
    case 'n':
        number(build, "ip.len", 1 << 16, answers); /* more than fits */
        break;
    case 'o':
        answers->status[answers->count++] = spk_build_set(build, spk_field_find(registry, "ip.options"), &options);
        break;
    case 'f':
        finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, answers);
        break;
    case 'v':
        feed(build, answers);
        break;
    default: /* '0' to '4': so many bytes */
        answers->status[answers->count++] = spk_build_raw(build, bytes, (size_t)(which - '0'));
        break;
    }
}

static struct answers answers_to(struct spk_build *build, const char *script, unsigned flags)
{
    struct answers answers = { .count = 0 };
    spk_build_reset(build);
    for (; *script != '\0'; script++) {
        call(build, *script, &answers);
    }
    finish(build, flags, &answers);
    return answers;
}

static void expect_answers(const struct answers *given, const struct answers *expected, const char *script)
{
    if (given->count != expected->count || memcmp(given->status, expected->status, sizeof given->status) != 0
        || strcmp(given->what, expected->what) != 0) {
        fail_msg("%s is answered otherwise by a builder that has built: %s, %s", script, given->what, expected->what);
    }
    expect_same(&given->built, &expected->built, "other calls", script);
}

/* A builder that has built says and makes the same as a new one, whatever it is told: once, and again. */
static void whatever_was_called_before(void **state)
{
    static const char calls[] = "eiutd6wahIpppsssonf02344v";
    struct spk_build *build = builder();
    unsigned made = 0;
    (void)state;
    srand(1);
    for (unsigned i = 0; i < SCRIPTS; i++) {
        char script[CALLS + 1] = "";
        size_t count = (size_t)rand() % CALLS;
        for (size_t k = 0; k < count; k++) {
            script[k] = i % 2 == 0 && k < 5 ? "eipus"[k] : calls[(size_t)rand() % (sizeof calls - 1)];
        }
        unsigned flags = (unsigned)rand() % 4;
        struct spk_build *fresh = builder();
        struct answers expected = answers_to(fresh, script, flags);
        for (unsigned again = 0; again < 2; again++) {
            struct answers given = answers_to(build, script, flags);
            expect_answers(&given, &expected, script);
        }
        made += expected.status[expected.count - 1] == SPK_OK;
        spk_build_free(fresh);
    }
    assert_true(made > SCRIPTS / 4);
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

/* Bytes behind a header that is all there is belong to it: its checksum is right for whoever reads the packet. */
static void bytes_of_a_header_that_is_all(void **state)
{
    struct spk_build *build = builder();
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct built built;
        struct spk_packet packet;
        put(build, "whole / \"abcd\"", SPK_FIX_CHECKSUMS, &built);
        spk_decode_as(registry, &whole, built.bytes, built.len, built.len, &packet);
        assert_int_equal(packet.layers[0].hdr_len, 6);
        assert_int_equal(spk_layer_checksum(&packet, 0), SPK_CSUM_GOOD);
    }
    spk_build_free(build);
}

/* What stands behind a header without options is a source route for whoever goes by the length that it tells. */
static void a_header_that_tells_of_options(void **state)
{
    static const char *const told[] = {
        "eth / ip(proto=17, src=10.0.0.1, dst=10.0.0.2) / udp(sport=33543, dport=1034, checksum=2304) / \"abcd\"",
        "eth / ip(proto=17, src=10.0.0.1, dst=10.0.0.2, iphl=7) / udp(sport=33543, dport=1034, checksum=2304) / "
        "\"abcd\"",
    };
    struct spk_build *build = builder();
    (void)state;
    for (unsigned flags = 0; flags < 4; flags++) {
        struct built built, expected[2];
        for (unsigned i = 0; i < 2; i++) {
            struct spk_build *fresh = builder();
            put(fresh, told[i], flags, &expected[i]);
            spk_build_free(fresh);
        }
        for (unsigned i = 0; i < 6; i++) {
            put(build, told[i % 2], flags, &built);
            expect_same(&built, &expected[i % 2], told[1 - i % 2], told[i % 2]);
        }
        /* the route's end counts in the second one's, as long as its length tells of one */
        bool sums = flags == SPK_FIX_CHECKSUMS;
        assert_int_equal(memcmp(expected[0].bytes + 40, expected[1].bytes + 40, 2) != 0, sums);
        assert_int_equal(memcmp(expected[0].bytes, expected[1].bytes, expected[0].len) == 0,
                         (flags & SPK_FIX_LENGTHS) != 0);
    }
    spk_build_free(build);
}

/* A field of a header that has grown since it was begun is set where the header is then. */
static void a_header_that_moves(void **state)
{
    static const uint8_t many[100000];
    struct spk_build *build = builder();
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        const uint8_t *data = NULL;
        uint32_t len = 0;
        spk_build_reset(build);
        assert_int_equal(spk_build_layer(build, &whole), SPK_OK);
        assert_int_equal(spk_build_raw(build, many, sizeof many), SPK_OK);
        assert_int_equal(spk_build_set_uint(build, spk_field_find(registry, "whole.sum"), 0x1234), SPK_OK);
        assert_int_equal(spk_build_finish(build, 0, &data, &len, NULL), SPK_OK);
        assert_int_equal(len, sizeof many + 2);
        assert_int_equal(data[0] << 8 | data[1], 0x1234);
    }
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
        cmocka_unit_test(whatever_was_called_before),
        cmocka_unit_test(a_packet_that_grows),
        cmocka_unit_test(bytes_of_a_header_that_is_all),
        cmocka_unit_test(a_header_that_tells_of_options),
        cmocka_unit_test(a_header_that_moves),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
