/*
 * What a record brings along: frame.* views, and the frame check sequence of captures that tell of it. Expected values are
 * those that Wireshark prints for the same frames.
 */
#include "support.h"

#include <steelpkt.h>

#include <string.h>

enum { TEXT_MAX = 512, FCS_LEN = 4 };

/* Ethernet, IPv4 of 32 bytes, UDP, "abcd"; what follows differs from test to test. */
static const uint8_t start[] = {
    0x02, 0,    0,    0,    0, 0x02, 0x02, 0, 0,    0,    0,    0x01, 0x08, 0x00,                    /* eth */
    0x45, 0,    0,    0x20, 0, 1,    0,    0, 0x40, 0x11, 0x66, 0xca, 10,   0,    0, 1, 10, 0, 0, 2, /* ip */
    0x04, 0xd2, 0x16, 0x2e, 0, 0x0c, 0,    0, 'a',  'b',  'c',  'd',                                 /* udp */
};
static const uint8_t fcs[FCS_LEN] = { 0xde, 0xad, 0xbe, 0xef };

struct bench {
    uint8_t bytes[128];
    struct spk_record record;
    struct spk_frame frame;
    struct spk_packet packet;
};

/* zeros after the IP packet, then text, then the check sequence. */
static void lay(struct bench *b, unsigned zeros, const char *text)
{
    size_t len = 0;
    memset(b, 0, sizeof *b);
    memcpy(b->bytes, start, sizeof start);
    len = sizeof start + zeros;
    memcpy(b->bytes + len, text, strlen(text));
    len += strlen(text);
    memcpy(b->bytes + len, fcs, sizeof fcs);
    len += sizeof fcs;
    b->record.data = b->bytes;
    b->record.caplen = (uint32_t)len;
    b->record.len = (uint32_t)len;
    b->record.link = SPK_LINK_ETHERNET;
    b->record.fcs_len = FCS_LEN;
}

static void decode(struct bench *b)
{
    spk_decode_record(spk_registry_default(), &b->record, &b->packet);
    b->packet.frame = &b->frame;
}

/* All occurrences, joined by commas; "-" where there is none. */
static void assert_field(const struct bench *b, const char *name, const char *wanted)
{
    const struct spk_field *field = spk_field_find(spk_registry_default(), name);
    struct spk_occurrences occurrences;
    struct spk_scratch scratch;
    struct spk_value value;
    char text[TEXT_MAX] = "-";
    size_t len = 0;
    assert_non_null(field);
    spk_occurrences_begin(&occurrences, &b->packet, field);
    while (spk_occurrences_next(&occurrences, &scratch, &value)) {
        if (len > 0) {
            text[len++] = ',';
        }
        len += spk_value_text(occurrences.walk.row, &value, text + len, sizeof text - len);
    }
    if (strcmp(text, wanted) != 0) {
        fail_msg("%s: wanted %s, found %s", name, wanted, text);
    }
}

static void known_fcs_is_no_payload(void **state)
{
    struct bench b;
    (void)state;
    lay(&b, 14, "");
    decode(&b);
    assert_field(&b, "eth.padding", "0000000000000000000000000000");
    assert_field(&b, "eth.trailer", "-");
    assert_field(&b, "eth.fcs", "0xdeadbeef");
    assert_field(&b, "frame.len", "64");
}

static void known_fcs_of_a_short_frame(void **state)
{
    struct bench b;
    (void)state;
    lay(&b, 10, "");
    decode(&b);
    assert_field(&b, "eth.padding", "-");
    assert_field(&b, "eth.trailer", "00000000000000000000");
    assert_field(&b, "eth.fcs", "0xdeadbeef");
    lay(&b, 0, "");
    decode(&b);
    assert_field(&b, "eth.trailer", "-");
    assert_field(&b, "eth.fcs", "0xdeadbeef");
}

static void known_fcs_behind_a_trailer(void **state)
{
    struct bench b;
    (void)state;
    lay(&b, 14, "xyz");
    decode(&b);
    assert_field(&b, "eth.padding", "0000000000000000000000000000");
    assert_field(&b, "eth.trailer", "78797a");
    assert_field(&b, "eth.fcs", "0xdeadbeef");
}

static void known_fcs_not_captured(void **state)
{
    struct bench b;
    (void)state;
    lay(&b, 14, "");
    b.record.caplen -= 2;
    decode(&b);
    assert_field(&b, "eth.padding", "0000000000000000000000000000");
    assert_field(&b, "eth.fcs", "-");
}

static void known_fcs_ends_unknown_payload(void **state)
{
    struct bench b;
    (void)state;
    lay(&b, 0, "");
    b.bytes[12] = 0xff;
    decode(&b);
    assert_field(&b, "data.len", "32");
    assert_field(&b, "eth.fcs", "0xdeadbeef");
    b.record.link = SPK_LINK_RAW; /* nothing is known of other links' check sequences */
    decode(&b);
    assert_field(&b, "data.len", "50");
}

static void frame_longer_than_its_fcs(void **state)
{
    struct bench b;
    (void)state;
    lay(&b, 0, "");
    for (uint32_t len = 0; len < 20; len++) {
        b.record.caplen = len;
        b.record.len = len;
        decode(&b);
        spk_packet_check(&b.packet, NULL);
        assert_int_equal(b.packet.fcs_len, len < FCS_LEN ? 0 : FCS_LEN);
    }
}

static void times(void **state)
{
    struct bench b;
    (void)state;
    lay(&b, 0, "");
    decode(&b);
    assert_field(&b, "frame.time", "-");
    assert_field(&b, "frame.time_epoch", "-");
    assert_field(&b, "frame.time_delta", "-");
    b.frame = (struct spk_frame){ .time_ns = 942357327542818000, .has_time = true, .number = 7, .link = 1 };
    assert_field(&b, "frame.number", "7");
    assert_field(&b, "frame.time", "Nov 11, 1999 21:55:27.542818000 UTC");
    assert_field(&b, "frame.time_epoch", "942357327.542818000");
    assert_field(&b, "frame.time_relative", "0.000000000");
    assert_field(&b, "frame.time_delta", "0.000000000");
    assert_field(&b, "frame.time_delta_displayed", "0.000000000");
    b.frame.has_first = b.frame.has_previous = b.frame.has_displayed = true;
    b.frame.first_ns = 942357320042818001;
    b.frame.previous_ns = b.frame.time_ns + 1;
    b.frame.displayed_ns = b.frame.time_ns - 62000;
    assert_field(&b, "frame.time_relative", "7.499999999");
    assert_field(&b, "frame.time_delta", "-0.000000001");
    assert_field(&b, "frame.time_delta_displayed", "0.000062000");
    b.frame.time_ns = -1;
    assert_field(&b, "frame.time_epoch", "-0.000000001");
    assert_field(&b, "frame.time", "Dec 31, 1969 23:59:59.999999999 UTC");
}

static void interface_and_section(void **state)
{
    struct bench b;
    (void)state;
    lay(&b, 0, "");
    decode(&b);
    b.frame = (struct spk_frame){ .interface = 3, .section = 1, .link = 1 };
    assert_field(&b, "frame.interface_id", "-");
    assert_field(&b, "frame.section_number", "-");
    b.frame.has_section = true;
    b.frame.link = SPK_LINK_LINUX_SLL2;
    assert_field(&b, "frame.interface_id", "3");
    assert_field(&b, "frame.section_number", "2");
}

static void without_a_record(void **state)
{
    struct bench b;
    (void)state;
    lay(&b, 0, "");
    decode(&b);
    b.packet.frame = NULL;
    assert_field(&b, "frame.number", "-");
    assert_field(&b, "frame.time_epoch", "-");
    assert_field(&b, "frame.caplen", "50");
    assert_field(&b, "frame.protocols", "eth:ethertype:ip:udp:data");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_fcs_is_no_payload),
        cmocka_unit_test(known_fcs_of_a_short_frame),
        cmocka_unit_test(known_fcs_behind_a_trailer),
        cmocka_unit_test(known_fcs_not_captured),
        cmocka_unit_test(known_fcs_ends_unknown_payload),
        cmocka_unit_test(frame_longer_than_its_fcs),
        cmocka_unit_test(times),
        cmocka_unit_test(interface_and_section),
        cmocka_unit_test(without_a_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
