/* Building and editing: nothing is corrected unasked, lengths and checksums are right when asked for, mistakes are named. */
#include "packet_made.h"

#include <string.h>

static struct spk_build *build;

static const struct spk_proto *proto(const char *name)
{
    const struct spk_proto *found = spk_registry_find(spk_registry_default(), name);
    if (found == NULL) {
        fail_msg("no protocol %s", name);
    }
    return found;
}

static int set_up(void **state)
{
    (void)state;
    return spk_build_new(spk_registry_default(), &build);
}

static int tear_down(void **state)
{
    (void)state;
    spk_build_free(build);
    build = NULL;
    return 0;
}

static void expect_hex(unsigned flags, const char *hex)
{
    const uint8_t *data = NULL;
    uint32_t len = 0;
    char text[1024] = "";
    struct spk_error error = { 0 };
    if (spk_build_finish(build, flags, &data, &len, &error) != SPK_OK) {
        spk_error_text(&error, text, sizeof text);
        fail_msg("%s", text);
    }
    assert_true(len * 2 < sizeof text);
    for (uint32_t i = 0; i < len; i++) {
        snprintf(text + 2 * i, 3, "%02x", data[i]);
    }
    assert_string_equal(text, hex);
}

static void udp_packet(const char *payload)
{
    spk_build_reset(build);
    spk_build_layer(build, proto("ip"));
    spk_build_set_text(build, field("ip.dst"), "192.168.100.2"); /* any order: the place is fixed */
    spk_build_set_text(build, field("ip.src"), "192.168.100.1");
    spk_build_set_uint(build, field("ip.proto"), 17);
    spk_build_layer(build, proto("udp"));
    spk_build_set_uint(build, field("udp.srcport"), 45678);
    spk_build_set_uint(build, field("udp.dstport"), 1025);
    spk_build_raw(build, (const uint8_t *)payload, strlen(payload));
}

static void nothing_is_corrected_unasked(void **state)
{
    (void)state;
    udp_packet("hi");
    expect_hex(0, "4500000000000000401100"
                  "00c0a86401c0a86402b26e0401000000006869");
}

static void lengths_and_checksums_on_request(void **state)
{
    (void)state;
    udp_packet("Our Test UDP Packet");
    expect_hex(SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS,
               "4500002f000000004011316ac0a86401c0a86402b26e0401001bb0c54f7572205465737420554450205061636b6574");
    udp_packet("Our Test UDP Packet");
    expect_hex(SPK_FIX_LENGTHS,
               "4500002f0000000040110000c0a86401c0a86402b26e0401001b00004f7572205465737420554450205061636b6574");
}

static void options_pad_to_words_and_count(void **state)
{
    struct spk_error error = { 0 };
    (void)state;
    assert_int_equal(spk_build_line(build,
                                    "ip(src=10.1.2.5, dst=10.5.2.1, proto=6) / tcp(sport=34567, dport=80, "
                                    "sequence=200, flag_syn=1, option=[(kind=2, len=4, mss_val=1460), "
                                    "(kind=1)])",
                                    &error),
                     SPK_OK);
    expect_hex(SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS,
               "4500003000000000400662bd0a0102050a05020187070050000000c80000000070020000e6f70000020405b401000000");
}

/* RFC 768: a sum that comes to zero is sent as all ones. */
static void a_udp_sum_of_zero_is_sent_as_ones(void **state)
{
    const uint8_t *data = NULL;
    uint32_t len = 0;
    uint8_t payload[2] = { 0, 0 };
    (void)state;
    udp_packet("");
    spk_build_raw(build, payload, 2);
    assert_int_equal(spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &data, &len, NULL), SPK_OK);
    payload[0] = data[26]; /* the sum as payload makes the whole sum zero */
    payload[1] = data[27];
    udp_packet("");
    spk_build_raw(build, payload, 2);
    assert_int_equal(spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &data, &len, NULL), SPK_OK);
    assert_int_equal(data[26], 0xff);
    assert_int_equal(data[27], 0xff);
}

static void expect_refusal(const char *line, const char *who, const char *part)
{
    struct spk_error error = { 0 };
    const uint8_t *data = NULL;
    uint32_t len = 0;
    spk_build_reset(build);
    assert_int_equal(spk_build_line(build, line, &error), SPK_ERR_USAGE);
    if (strcmp(error.who, who) != 0 || strstr(error.what, part) == NULL) {
        fail_msg("%s: \"%s: %s\" is not \"%s: ...%s...\"", line, error.who, error.what, who, part);
    }
    assert_int_equal(spk_build_finish(build, 0, &data, &len, &error), SPK_ERR_USAGE);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    expect_refusal("nope()", "build line", "unknown protocol");
    expect_refusal("ip(ttl=256)", "ip.ttl", "does not fit");
    expect_refusal("ip(src=1.2.3)", "ip.src", "not an IPv4 address");
    expect_refusal("ip(src 1)", "build line", "expected NAME=VALUE");
    expect_refusal("ip(colour=1)", "build line", "no such field");
    expect_refusal("ip(ttl=1", "build line", "expected , or )");
    expect_refusal("ip(addr=1.2.3.4)", "ip.addr", "computed");
    /* found by fuzzing: a part of an EDNS record's flags where the record is another */
    expect_refusal("dns(answers=[(domain_name=a, z=455)])", "dns.resp.z", "is not there");
}

/* Found by fuzzing: a protocol without a header has no bytes to write a checksum to. */
static void a_packet_of_no_bytes_is_fixed(void **state)
{
    const uint8_t *data = NULL;
    uint32_t len = 1;
    (void)state;
    spk_build_reset(build);
    spk_build_layer(build, proto("raw"));
    assert_int_equal(spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &data, &len, NULL), SPK_OK);
    assert_int_equal(len, 0);
}

static void values_are_set_in_place(void **state)
{
    uint8_t bytes[64];
    const uint8_t *data = NULL;
    uint32_t len = 0;
    struct spk_packet packet;
    struct spk_error error = { 0 };
    uint64_t number = 0;
    (void)state;
    udp_packet("x");
    assert_int_equal(spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &data, &len, NULL), SPK_OK);
    memcpy(bytes, data, len);
    spk_decode_as(spk_registry_default(), proto("ip"), bytes, len, len, &packet);
    assert_int_equal(spk_packet_set_text(&packet, bytes, field("ip.dst"), "10.0.0.1", &error), SPK_OK);
    assert_int_equal(spk_packet_set_text(&packet, bytes, field("ip.ttl"), "300", &error), SPK_ERR_USAGE);
    assert_int_equal(spk_packet_set_text(&packet, bytes, field("tcp.seq"), "1", &error), SPK_ERR_USAGE);
    assert_string_equal(error.what, "the packet has no such field");
    spk_packet_fix(&packet, bytes, SPK_FIX_CHECKSUMS);
    assert_true(spk_packet_uint(&packet, field("ip.dst"), &number));
    assert_int_equal(number, 0x0a000001);
    /* the header's sum with its checksum in place is zero (RFC 1071) */
    uint32_t sum = 0;
    for (int i = 0; i < 20; i += 2) {
        sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    }
    assert_int_equal((sum & 0xffff) + (sum >> 16), 0xffff);
}

/* A series: what differs is written through spots, lengths and checksums follow; the same as built from nothing. */
static void a_built_packet_is_stamped(void **state)
{
    uint8_t bytes[64];
    const uint8_t *data = NULL;
    uint32_t len = 0;
    struct spk_packet packet;
    struct spk_spot id, source, port, list;
    (void)state;
    udp_packet("abc");
    assert_int_equal(spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &data, &len, NULL), SPK_OK);
    memcpy(bytes, data, len);
    spk_decode_as(spk_registry_default(), proto("ip"), bytes, len, len, &packet);
    assert_true(spk_field_spot(spk_registry_default(), field("ip.id"), &id));
    assert_true(spk_field_spot(spk_registry_default(), field("ip.src"), &source));
    assert_true(spk_field_spot(spk_registry_default(), field("udp.srcport"), &port));
    assert_false(spk_field_spot(spk_registry_default(), field("udp.port"), &list));
    assert_null(spk_spot_header(&packet, 0, &port));
    uint8_t *ip = bytes + packet.layers[0].at;
    uint8_t *udp = bytes + packet.layers[1].at;
    assert_ptr_equal(spk_spot_header(&packet, 0, &source), ip);
    for (uint32_t i = 0; i < 70000; i += 7) {
        spk_spot_store(&id, ip, i & 0xffff);
        spk_spot_store(&source, ip, 0x0a000000 + i);
        spk_spot_store(&port, udp, i * 3 & 0xffff);
        spk_packet_fix(&packet, bytes, SPK_FIX_CHECKSUMS);
        assert_int_equal(spk_spot_load(&id, ip), i & 0xffff);
        spk_build_reset(build);
        spk_build_layer(build, proto("ip"));
        spk_build_set_uint(build, field("ip.id"), i & 0xffff);
        spk_build_set_uint(build, field("ip.proto"), 17);
        spk_build_set_uint(build, field("ip.src"), 0x0a000000 + i);
        spk_build_set_uint(build, field("ip.dst"),
                           (uint32_t)ip[16] << 24 | (uint32_t)ip[17] << 16 | (uint32_t)ip[18] << 8 | ip[19]);
        spk_build_layer(build, proto("udp"));
        spk_build_set_uint(build, field("udp.srcport"), i * 3 & 0xffff);
        spk_build_set_uint(build, field("udp.dstport"), (uint32_t)(udp[2] << 8 | udp[3]));
        spk_build_raw(build, (const uint8_t *)"abc", 3);
        assert_int_equal(spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &data, &len, NULL), SPK_OK);
        assert_memory_equal(bytes, data, len);
    }
}

/* What a spot writes into a header that is begun, for every spot there is: what setting the field writes. */
static void spots_write_what_fields_set(void **state)
{
    const struct spk_registry *registry = spk_registry_default();
    struct spk_spot spot;
    unsigned count = 0;
    (void)state;
    for (size_t i = 0; i < spk_registry_field_count(registry); i++) {
        const struct spk_field *one = spk_registry_field(registry, i);
        if (!spk_field_spot(registry, one, &spot)) {
            continue;
        }
        static const uint8_t address[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53 };
        const struct spk_proto *owner = spk_registry_proto(registry, spot.proto);
        const struct spk_value value = { .kind = one->kind, .len = one->row->bits / 8u, .data = address };
        uint8_t bytes[256];
        const uint8_t *data = NULL;
        uint32_t len = 0;
        uint32_t again = 0;
        spk_build_reset(build);
        spk_build_layer(build, owner);
        spot.number ? spk_build_set_uint(build, one, 0xa596u & spot.mask) : spk_build_set(build, one, &value);
        assert_int_equal(spk_build_finish(build, 0, &data, &len, NULL), SPK_OK);
        assert_true(len <= sizeof bytes);
        memcpy(bytes, data, len);
        spk_build_reset(build);
        uint8_t *header = spk_build_header(build, owner);
        assert_non_null(header);
        if (spot.number) {
            spk_spot_store(&spot, header, 0xa596u & spot.mask);
        } else {
            memcpy(header + spot.byte, address, value.len);
        }
        assert_int_equal(spk_build_finish(build, 0, &data, &again, NULL), SPK_OK);
        assert_int_equal(again, len);
        assert_memory_equal(data, bytes, len);
        count++;
    }
    assert_true(count > 100);
}

enum { HALF, FLAGS };
static const struct spk_row half_rows[] = {
    [HALF] = { .name = "half.kind", .kind = SPK_UINT, .bits = 4, .init = 9, .doc = "Half a byte." },
    [FLAGS] = { .name = "half.flags",
                .kind = SPK_UINT,
                .bits = 8,
                .when = { { SPK_EQ, HALF, 0, 1 } },
                .doc = "Flags." },
};
static const struct spk_proto half = { .name = "half", .hdr = { .name = "Half", SPK_ROWS(half_rows) } };

/* A header whose front ends within a byte is not there at once, nor is one that begins within one. */
static void a_header_of_half_a_byte_is_not_at_hand(void **state)
{
    const struct spk_proto *list[] = { &half };
    struct spk_registry *registry = NULL;
    struct spk_build *own = NULL;
    const uint8_t *data = NULL;
    uint32_t len = 0;
    (void)state;
    assert_int_equal(spk_registry_new(spk_registry_default(), list, 1, &registry, NULL), SPK_OK);
    assert_int_equal(spk_build_new(registry, &own), SPK_OK);
    assert_null(spk_build_header(own, &half));
    spk_build_set_uint(own, spk_field_find(registry, "half.kind"), 6);
    assert_null(spk_build_header(own, spk_registry_find(registry, "udp")));
    spk_build_set_uint(own, spk_field_find(registry, "udp.dstport"), 0x1234);
    assert_int_equal(spk_build_finish(own, 0, &data, &len, NULL), SPK_OK);
    assert_int_equal(data[0] >> 4, 6);
    assert_int_equal((data[2] & 15) << 12 | data[3] << 4 | data[4] >> 4, 0x1234);
    assert_null(spk_build_header(own, NULL));
    assert_int_equal(spk_build_finish(own, 0, &data, &len, NULL), SPK_ERR_USAGE);
    spk_build_free(own);
    spk_registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_corrected_unasked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lengths_and_checksums_on_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(options_pad_to_words_and_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_udp_sum_of_zero_is_sent_as_ones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mistakes_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_packet_of_no_bytes_is_fixed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_set_in_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_built_packet_is_stamped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(spots_write_what_fields_set, set_up, tear_down),
        cmocka_unit_test(a_header_of_half_a_byte_is_not_at_hand),
    };
    return cmocka_run_group_tests_name("packet build", tests, NULL, NULL);
}
