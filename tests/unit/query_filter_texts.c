/*
 * Filters as people type them: those of tests/differential/filters.txt, a few of which are wrong, are asked of the shipped
 * packets; what is left of each when its end or any one of its characters is missing is taken, or refused at a place in it.
 */
#define _GNU_SOURCE
#include "support.h"

#include <steelpkt.h>

#include <stdlib.h>
#include <string.h>

static struct spk_packet *packets;
static size_t packet_count;

static void keep_packets(const char *path, void *context)
{
    (void)context;
    struct spk_record record;
    struct spk_reader *reader = NULL;
    if (strstr(path, "/tests/captures/") == NULL || spk_reader_open(path, &reader, NULL) != SPK_OK) {
        return;
    }
    for (unsigned i = 0; i < 6 && spk_reader_next(reader, &record, NULL) == SPK_OK; i++) {
        uint8_t *data = malloc(record.caplen + 1); /* the record is the reader's */
        struct spk_packet *more = realloc(packets, (packet_count + 1) * sizeof packets[0]);
        assert_true(data != NULL && more != NULL);
        packets = more;
        memcpy(data, record.data, record.caplen);
        record.data = data;
        spk_decode_record(spk_registry_default(), &record, &packets[packet_count++]);
    }
    spk_reader_close(reader);
}

/* Asks it of every packet, and gives how many it keeps. */
static size_t ask(const struct spk_filter *filter)
{
    struct spk_matcher *matcher = NULL;
    size_t kept = 0;
    assert_int_equal(spk_matcher_new(filter, &matcher), SPK_OK);
    for (size_t i = 0; i < packet_count; i++) {
        bool keeps = false;
        assert_int_equal(spk_matcher_match(matcher, &packets[i], &keeps), SPK_OK);
        kept += keeps;
    }
    spk_matcher_free(matcher);
    return kept;
}

static bool take(const char *text)
{
    struct spk_filter *filter = NULL;
    struct spk_filter_fault fault = { 0 };
    struct spk_error error = { 0 };
    enum spk_status status = spk_filter_new(NULL, text, &filter, &fault, &error);
    if (status != SPK_OK) {
        assert_true(status == SPK_ERR_USAGE || status == SPK_ERR_LIMIT);
        assert_true(error.what != NULL && fault.at + fault.len <= strlen(text));
        assert_null(filter);
    }
    spk_filter_free(filter);
    return status == SPK_OK;
}

/* Without its end from each place on, and without each single character. */
static void take_less(const char *text)
{
    char less[1024];
    size_t len = strlen(text);
    assert_true(len < sizeof less);
    for (size_t i = 0; i < len; i++) {
        memcpy(less, text, i);
        less[i] = '\0';
        (void)take(less);
        memcpy(less + i, text + i + 1, len - i);
        (void)take(less);
    }
}

/* More of them, good ones and bad ones: which is which is also tshark's answer. */
static const char *const good[] = {
    "frame.time_delta + 1 == 2",
    "-frame.time_delta == 1",
    "frame.time_delta - frame.time_relative < 0.5",
    "ip.src & 255.255.255.0 == 192.0.2.0",
    "dns.qry.name == \"\\u00e9\\U0001f600\\x41\\101\"",
    "eth.dst[-1:] == 00",
    "eth.dst[-1:1] == 00",
    "eth.dst[2-4,0,-1:1] == 00:01:02:03:04",
    "tcp.port in {5..1}",
    "max(tcp.port, udp.port) == 53",
    "abs(tcp.port) == 1",
    "abs(frame.time_delta) > 0.1",
    "len(tcp) == 20",
    "len(tcp.port) == 2",
    "count(ip.addr) == 2",
    "tcp == 1",
    "tcp.port + 1",
    "tcp.port == 1 + 2",
    "tcp.port == {1 + 2}",
    "{tcp.port + 1} * 2 == 4",
    "tcp.port / 0 == 1",
    "tcp.port % 10 == 3",
    "ip.ttl & 0x0f == 0",
    "!ip",
    "not not ip",
    "ip || tcp && udp",
    "ip.src == 192.0.2.0/24",
    "eth.src contains 00:0c",
    "eth.src matches \"^\\x00\"",
    "dns.qry.name ~ \"a.c\"",
    "dns.qry.name contains 'a'",
    "ip.proto == 'a'",
    "ip.proto == '\\x06'",
    "tcp.flags.syn == True",
    "tcp.flags.syn == 2",
    "tcp.flags.syn == \"Set\"",
    "ip.ttl == -1",
    "ip.ttl == 010",
    "frame.time == \"2020-01-01\"",
    "frame.time > \"Jan 1, 2020 00:00:00\"",
    "frame.time_epoch > 1.5",
    "ipv6.src == ::1",
    "ipv6.src == 2001:db8::/32",
    "ipv6.src[0:2] == 20:01",
    "udp[0:2] == 00:35",
    "udp.payload contains \"abc\"",
    "udp.payload == 0a:0b",
    "udp.payload == 0a0b",
    "udp.payload[0] == 10",
    "upper(dns.qry.name) == \"A\"",
    "string(tcp.port) matches \"5\"",
    "ip.addr#1 == 192.0.2.1",
    "ip.addr#[1-2] == 192.0.2.1",
    "ip.addr#0 == 192.0.2.1",
    "any ip.addr == 192.0.2.1",
    "all ip.addr == 192.0.2.1",
    "ip.addr === 192.0.2.1",
    "ip.addr !== 192.0.2.1",
    "ip.addr ~= 192.0.2.1",
    "ip.addr any_eq 192.0.2.1",
    "tcp.port eq 53 or udp.port ne 53",
    "ip.src == ip.dst",
    "ip.src < ip.dst",
    "tcp.flags & 2",
    "eth.addr == ff-ff-ff-ff-ff-ff",
    "eth.addr == ffff.ffff.ffff",
    "eth.addr[0:3] == ff:ff:ff",
};
static const char *const bad[] = {
    "frame.time_delta * 2 > 1",
    "ip.src & 24 == 1",
    "ip.src * 2 == 1",
    "-ip.src == 1",
    "dns.qry.name == \"\\777\"",
    "dns.qry.name == \"\\ud800\"",
    "dns.qry.name == \"\\u12\"",
    "dns.qry.name == \"\\q\"",
    "dns.qry.name == \"\\x\"",
    "eth.dst[0:0] == 0",
    "eth.dst[3-1] == 00",
    "eth.dst[1:-1] == 00",
    "eth.dst[-3-1] == 00",
    "eth.dst[] == 00",
    "eth.dst[a] == 00",
    "tcp.port in {1,2,}",
    "tcp.port in {}",
    "tcp.port in {1..}",
    "max(1) == 1",
    "max(tcp.port, ip.src) == 1",
    "max() == 1",
    "count(1) == 2",
    "tcp.port == tcp",
    "1 == 1",
    "1 + 2",
    "ip and",
    "and ip",
    "(ip",
    "ip)",
    "ip xor tcp",
    "ip.src == 192.0.2.0/33",
    "ip.src == host",
    "ip.src == 00:0c:29",
    "eth.src == 00:0c:29",
    "ip.src matches \"1\"",
    "dns.qry.name matches \"(\"",
    "ip.proto == 'ab'",
    "ip.ttl == 256",
    "ip.ttl == 18446744073709551616",
    "ip.ttl == 0x",
    "ip.ttl == 09",
    "frame.time > \"nonsense\"",
    "ipv6.src == 2001:db8::/129",
    "ipv6.src == gggg::",
    "lower(tcp.port) == \"a\"",
    "string(tcp) == \"a\"",
    "nosuch(tcp.port) == 1",
    "nosuch.field == 1",
    "ip.scr == 1.2.3.4",
    "@ip.src == 01:02:03:04",
    "${ip.src} == 1",
    "a",
    "0",
    "\"text\"",
    "ip.src == tcp.port",
    "tcp.port bitand 1",
    "eth.addr == ff:ff:ff:ff:ff:ff:ff",
    "eth.addr == 0",
};

static void good_and_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(good); i++) {
        struct spk_filter *filter = NULL;
        if (spk_filter_new(NULL, good[i], &filter, NULL, NULL) != SPK_OK) {
            fail_msg("refused: %s", good[i]);
        }
        (void)ask(filter);
        spk_filter_free(filter);
        take_less(good[i]);
    }
    for (size_t i = 0; i < SPK_COUNT_OF(bad); i++) {
        if (take(bad[i])) {
            fail_msg("taken: %s", bad[i]);
        }
        take_less(bad[i]);
    }
}

static void every_filter(void **state)
{
    char path[1024];
    char line[1024];
    unsigned tried = 0;
    unsigned taken = 0;
    unsigned kept = 0;
    (void)state;
    snprintf(path, sizeof path, "%s/tests/differential/filters.txt", getenv("STEELPKT_SOURCE"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        struct spk_filter *filter = NULL;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0') {
            continue;
        }
        tried++;
        if (spk_filter_new(NULL, line, &filter, NULL, NULL) == SPK_OK) {
            kept += ask(filter) > 0;
            taken++;
        }
        spk_filter_free(filter);
        take_less(line);
    }
    fclose(file);
    assert_true(tried >= 240 && taken >= 200 && kept >= 150);
}

static int set_up(void **state)
{
    (void)state;
    for_each_capture(keep_packets, NULL);
    return packet_count > 100 ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < packet_count; i++) {
        free((void *)(uintptr_t)packets[i].data);
    }
    free(packets);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_filter),
        cmocka_unit_test(good_and_bad),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
