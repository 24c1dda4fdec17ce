/*
 * A query for the tutorial's values: where they differ from Wireshark's they stand in for them, whatever else is asked for,
 * and a packet that a message quotes has none.
 */
#include "packet_made.h"

#include <string.h>

struct one {
    struct spk_record record;
    bool given;
};

static enum spk_status next_one(void *context, struct spk_record *record, struct spk_error *error)
{
    struct one *one = context;
    (void)error;
    *record = one->record;
    enum spk_status status = one->given ? SPK_END : SPK_OK;
    one->given = true;
    return status;
}

/* Asks for names (blanks between them) of the packet that a line builds; gives the first value of each. */
static void ask(const char *line, const char *names, bool tutorial, uint32_t caplen, char *text, size_t size)
{
    char copy[256];
    const char *name[16];
    size_t count = 0;
    struct spk_build *build;
    struct spk_query *query;
    struct spk_scan *scan;
    const struct spk_cells *cells;
    struct spk_error error = { 0 };
    struct one one = { .record = { .link = SPK_LINK_ETHERNET } };
    struct spk_query_options options = { .tutorial = tutorial };

    snprintf(copy, sizeof copy, "%s", names);
    for (char *at = strtok(copy, " "); at != NULL; at = strtok(NULL, " ")) {
        name[count++] = at;
    }
    assert_int_equal(spk_build_new(spk_registry_default(), &build), SPK_OK);
    one.record.data = line_bytes(build, line, SPK_FIX_LENGTHS, &one.record.len);
    one.record.caplen = caplen > 0 ? caplen : one.record.len;
    assert_int_equal(spk_query_new(name, count, &options, &query, &error), SPK_OK);
    assert_int_equal(spk_scan_new(query, &scan, &error), SPK_OK);
    spk_scan_source(scan, "made", next_one, &one);
    assert_int_equal(spk_scan_next(scan, &cells, &error), SPK_OK);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(text);
        const struct spk_cell *cell = &cells->cells[i];
        snprintf(text + used, size - used, i > 0 ? " " : "");
        used = strlen(text);
        if (cell->count > 0) {
            spk_value_text(cell->items[0].row, &cell->items[0].value, text + used, size - used);
        } else {
            snprintf(text + used, size - used, "-");
        }
    }
    spk_scan_free(scan);
    spk_query_free(query);
    spk_build_free(build);
}

static void check(const char *line, const char *names, const char *plain, const char *tutorial)
{
    char text[512];
    ask(line, names, false, 0, text, sizeof text);
    assert_string_equal(text, plain);
    ask(line, names, true, 0, text, sizeof text);
    assert_string_equal(text, tutorial);
}

#define TCP "ip(proto=6, src=192.0.2.1, dst=192.0.2.2) / tcp(flag_res=0, flag_syn=1, flag_ece=1, sport=5) / \"four\""

static void the_values_differ_as_the_rows_say(void **state)
{
    (void)state;
    check("eth(type=0x0800) / " TCP, "ip.hdr_len tcp.hdr_len tcp.len tcp.flags eth.type tcp.srcport",
          "20 20 4 0x0042 0x0800 5", "5 5 24 2 0x0800 5");
    check("eth(type=0x8100) / vlan(id=7, etype=0x0800) / " TCP, "eth.type eth.vlan.id", "0x8100 7", "0x0800 7");
    check("eth(type=0x0806) / arp()", "eth.type eth.vlan.id ip.hdr_len", "0x0806 0 -", "0x0806 0 -");
}

static void a_name_asked_for_twice_has_both(void **state)
{
    (void)state;
    check("eth(type=0x0800) / " TCP, "tcp.len ip.ttl tcp.len", "4 64 4", "24 64 24");
}

static void joined_addresses(void **state)
{
    (void)state;
    check("eth(type=0x0800) / ip(proto=2) / igmp(type=0x22, group_records=[(type=2, maddr=239.1.1.1), (type=1, "
          "maddr=239.1.1.2, saddr=[192.0.2.9])])",
          "igmp.type igmp.maddr igmp.saddr", "0x22 239.1.1.1 192.0.2.9", "0x22 239.1.1.1,239.1.1.2 192.0.2.9");
    check("eth(type=0x0800) / ip(proto=2) / igmp(type=0x16, maddr=239.1.1.1)", "igmp.type igmp.maddr", "0x16 239.1.1.1",
          "0x16 239.1.1.1");
}

static void a_quoted_packet_is_not_looked_into(void **state)
{
    (void)state;
    check("eth(type=0x0800) / ip(proto=1, src=192.0.2.1) / icmp(type=3, code=3) / ip(proto=17, src=192.0.2.2) / "
          "udp(sport=9)",
          "ip.src icmp.type udp.srcport ip.hdr_len", "192.0.2.1 3 9 20", "192.0.2.1 3 - 5");
    check("eth(type=0x86dd) / ipv6(nxt=58) / icmpv6(type=1) / ipv6(nxt=17) / udp(sport=9)", "icmpv6.type udp.srcport",
          "1 9", "1 -");
}

/* A header cut short: what is still there, and the tutorial's value of it. */
static void headers_cut_short(void **state)
{
    char text[256];
    (void)state;
    ask("eth(type=0x0800) / " TCP, "ip.hdr_len tcp.srcport tcp.hdr_len", true, 14 + 20 + 13, text, sizeof text);
    assert_string_equal(text, "5 5 5");
    ask("eth(type=0x0800) / " TCP, "ip.hdr_len tcp.srcport tcp.hdr_len", true, 14 + 20 + 5, text, sizeof text);
    assert_string_equal(text, "5 5 -");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_values_differ_as_the_rows_say),
        cmocka_unit_test(a_name_asked_for_twice_has_both),
        cmocka_unit_test(joined_addresses),
        cmocka_unit_test(a_quoted_packet_is_not_looked_into),
        cmocka_unit_test(headers_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
