/* Reading, building and changing packets when memory runs out: at every single allocation it is said, and nothing leaks. */
#include "faults.h"

#include "packet_made.h"

#include <string.h>

static const char line[] = "eth(dst_mac=00:00:5e:00:53:01, type=0x8100) / vlan(vlan_id=7) / "
                           "ip(src=192.0.2.1, dst=192.0.2.2, proto=17) / udp(sport=5353, dport=53) / "
                           "dns(query_resp=1, queries=[(query_name=a.example.com, query_type=1)], "
                           "answers=[(domain_name=a.example.com, res_type=1, a=192.0.2.3), "
                           "(domain_name=b.example.com, res_type=1, a=192.0.2.4)])";

/* ---- building ---- */

/* The packet of the line, in memory of the test's own. */
static enum spk_status built(uint8_t *to, uint32_t size, uint32_t *len)
{
    struct spk_build *build = NULL;
    const uint8_t *data = NULL;
    struct spk_error error;
    enum spk_status status = spk_build_new(spk_registry_default(), &build);
    if (status != SPK_OK) {
        return status;
    }
    spk_build_compress(build, true);
    status = spk_build_line(build, line, &error);
    status =
        status == SPK_OK ? spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &data, len, &error) : status;
    if (status == SPK_OK) {
        assert_true(*len <= size);
        memcpy(to, data, *len);
    }
    spk_build_free(build);
    return status;
}

static enum spk_status from_a_line(void)
{
    uint8_t bytes[512];
    uint32_t len;
    return built(bytes, sizeof bytes, &len);
}

/* Calls whose failures are remembered: what finish says counts. */
static enum spk_status set_row_by_row(struct spk_build *build)
{
    static const uint8_t payload[3000];
    const struct spk_registry *registry = spk_registry_default();
    const struct spk_value ttl = { .kind = SPK_UINT, .u = 9 };
    const uint8_t *data;
    uint32_t len;
    struct spk_error error;
    spk_build_reset(build);
    (void)spk_build_layer(build, spk_registry_find(registry, "eth"));
    (void)spk_build_set_text(build, field("eth.dst"), "00:00:5e:00:53:01");
    uint8_t *header = spk_build_header(build, spk_registry_find(registry, "ip"));
    if (header != NULL) {
        header[8] = 64; /* the time to live, as another would write it */
    }
    (void)spk_build_set(build, field("ip.ttl"), &ttl);
    (void)spk_build_layer(build, spk_registry_find(registry, "udp"));
    (void)spk_build_set_uint(build, field("udp.dstport"), 53);
    (void)spk_build_set_attr(build, "sport", &ttl);
    (void)spk_build_layer(build, spk_registry_find(registry, "dns"));
    for (unsigned i = 0; i < 40; i++) {
        (void)spk_build_enter(build, field("dns.queries"));
        (void)spk_build_set_text(build, field("dns.qry.name"),
                                 "a.name.that.is.long.enough.to.make.room.for.example.com");
        (void)spk_build_leave(build);
    }
    (void)spk_build_raw(build, payload, sizeof payload);
    return spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &data, &len, &error);
}

/* Of a builder that had no memory for one packet the next is as good as any. */
static enum spk_status row_by_row(void)
{
    struct spk_build *build = NULL;
    enum spk_status status = spk_build_new(spk_registry_default(), &build);
    if (status != SPK_OK) {
        return status;
    }
    status = set_row_by_row(build);
    if (status != SPK_OK) {
        assert_int_equal(set_row_by_row(build), SPK_OK);
    }
    spk_build_free(build);
    return status;
}

/* ---- reading ---- */

static enum spk_status build_again(const struct spk_packet *packet)
{
    struct spk_build *build = NULL;
    struct spk_walk walk;
    struct spk_scratch scratch;
    struct spk_value value;
    struct spk_error error;
    const uint8_t *data;
    uint32_t len;
    enum spk_status status = spk_build_new(packet->registry, &build);
    if (status != SPK_OK) {
        return status;
    }
    spk_walk_begin(&walk, packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        (void)spk_build_event(build, &walk, event);
        if (event == SPK_EVENT_VALUE) {
            (void)spk_walk_value(&walk, &scratch, &value);
            (void)spk_walk_spelling(&walk, &scratch, &value);
        }
    }
    status = spk_build_finish(build, 0, &data, &len, &error);
    if (status == SPK_OK) {
        assert_int_equal(len, packet->caplen);
        assert_memory_equal(data, packet->data, len);
    }
    spk_build_free(build);
    return status;
}

/* What cannot fail does not, without memory either. */
static void look_at(const struct spk_packet *packet, const struct spk_record *record)
{
    struct spk_packet other;
    struct spk_layer layer;
    struct spk_stop stop;
    struct spk_scratch scratch;
    struct spk_value value;
    struct spk_occurrences occurrences;
    uint64_t number = 0;
    const struct spk_registry *registry = packet->registry;
    assert_true(spk_packet_check(packet, &stop));
    assert_true(spk_packet_uint(packet, field("udp.dstport"), &number) && number == 53);
    assert_true(spk_packet_value(packet, field("dns.qry.name"), &scratch, &value));
    spk_occurrences_begin(&occurrences, packet, field("dns.resp.name"));
    assert_true(spk_occurrences_next(&occurrences, &scratch, &value));
    assert_true(spk_occurrences_next(&occurrences, &scratch, &value));
    assert_false(spk_occurrences_next(&occurrences, &scratch, &value));
    assert_true(spk_flow_hash(packet, &number));
    assert_int_equal(spk_layer_find(packet, spk_registry_find(registry, "ip"), 0), 2);
    assert_string_equal(spk_layer_proto(packet, 4)->name, "dns");
    assert_int_equal(spk_layer_checksum(packet, 3), SPK_CSUM_GOOD);
    assert_true(spk_decode_layer(registry, packet->layers[0].proto, record->data, record->caplen, record->len, &layer)
                >= 0);
    spk_decode_as(registry, spk_layer_proto(packet, 0), record->data, record->caplen, record->len, &other);
    assert_int_equal(other.count, packet->count);
    spk_decode(registry, SPK_LINK_ETHERNET, record->data, record->caplen, record->len, &other);
    assert_int_equal(other.count, packet->count);
}

static enum spk_status change(const struct spk_packet *packet, uint8_t *data)
{
    const struct spk_value ttl = { .kind = SPK_UINT, .u = 9 };
    struct spk_series *series = NULL;
    struct spk_spot spot;
    struct spk_error error;
    assert_true(spk_field_spot(packet->registry, field("ip.ttl"), &spot));
    uint8_t *header = data + (spk_spot_header(packet, 2, &spot) - packet->data);
    spk_spot_store(&spot, header, 64);
    assert_int_equal(spk_spot_load(&spot, header), 64);
    enum spk_status status = spk_packet_set(packet, data, field("ip.ttl"), &ttl, &error);
    status =
        status == SPK_OK ? spk_packet_set_text(packet, data, field("dns.qry.name"), "b.example.com", &error) : status;
    spk_packet_fix(packet, data, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS);
    status = status == SPK_OK ? spk_series_new(packet, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &series, &error) : status;
    if (status == SPK_OK) {
        spk_series_fix(series, data);
        assert_int_equal(spk_layer_checksum(packet, 3), SPK_CSUM_GOOD);
    }
    spk_series_free(series);
    return status;
}

static enum spk_status whole_packet(void)
{
    uint8_t bytes[512];
    char text[64];
    struct spk_packet packet;
    struct spk_record record = { .data = bytes, .link = SPK_LINK_ETHERNET };
    const unsigned kept = begin_peace(); /* the packet itself */
    assert_int_equal(built(bytes, sizeof bytes, &record.caplen), SPK_OK);
    end_peace(kept);
    record.len = record.caplen;
    spk_decode_record(spk_registry_default(), &record, &packet);
    look_at(&packet, &record);
    enum spk_status status = build_again(&packet);
    status = status == SPK_OK ? change(&packet, bytes) : status;
    if (status == SPK_OK && spk_packet_text(&packet, field("dns.qry.name"), text, sizeof text)) {
        assert_true(strcmp(text, "b.example.com") == 0 || (fired && text[0] == '\0'));
    }
    return status;
}

/* ---- how far, and where ---- */

static enum spk_status stencils_of(const struct spk_reach *reach)
{
    struct spk_spot spots[2];
    struct spk_stencils *set = NULL;
    struct spk_packet packet, decoded;
    const uint8_t bytes[60] = { [12] = 8, [14] = 0x45, [17] = 46, [23] = 17, [39] = 26 };
    const struct spk_record record = { .data = bytes, .caplen = sizeof bytes, .len = sizeof bytes, .link = 1 };
    struct spk_error error;
    assert_true(spk_field_spot(spk_registry_default(), field("ip.src"), &spots[0]));
    assert_true(spk_field_spot(spk_registry_default(), field("udp.dstport"), &spots[1]));
    enum spk_status status = spk_stencils_new(reach, spots, 2, &set, &error);
    if (status == SPK_OK) {
        assert_true(spk_stencils_count(set) > 0);
        assert_non_null(spk_stencils_get(set, 0));
        uint16_t index = 0;
        const size_t told = spk_decode_stencils(set, &record, 1, &index, &packet);
        const struct spk_stencil *stencil = spk_decode_stencil(set, &record, &packet);
        spk_decode_reach(reach, &record, &decoded);
        assert_true(stencil != NULL ? told == 1 && index == stencil->index : told == 0);
        assert_int_equal(decoded.count, 3);
        if (stencil == NULL) { /* no memory for what tells kinds of this link type: then it was decoded */
            assert_true(fired && packet.count == 3 && packet.layers[2].at == decoded.layers[2].at);
        } else {
            assert_int_equal(stencil->at[0], decoded.layers[1].at);
            assert_int_equal(stencil->at[1], decoded.layers[2].at);
        }
    }
    spk_stencils_free(set);
    return status;
}

static enum spk_status reach(void)
{
    const struct spk_registry *registry = spk_registry_default();
    bool wanted[256] = { false };
    struct spk_reach *made = NULL;
    struct spk_error error;
    assert_true(spk_registry_proto_count(registry) <= SPK_COUNT_OF(wanted));
    spk_field_wants(registry, field("ip.src"), wanted);
    spk_field_wants(registry, field("udp.dstport"), wanted);
    enum spk_status status = spk_reach_new(registry, wanted, &made, &error);
    status = status == SPK_OK ? stencils_of(made) : status;
    spk_reach_free(made);
    made = NULL;
    status = status == SPK_OK ? spk_reach_own(registry, wanted, &made, &error) : status;
    status = status == SPK_OK ? stencils_of(made) : status;
    spk_reach_free(made);
    return status;
}

/* ---- protocols of one's own ---- */

enum { LENGTH, ALL, SEEN };

static int32_t measure_all(const struct spk_place *place)
{
    return (int32_t)(place->end - place->at);
}

/* The bytes from the row before on, as many as that one says. */
static bool get_all(const struct spk_place *place, struct spk_value *value)
{
    assert_int_equal(spk_place_at(place, LENGTH), place->at - 1);
    *value = (struct spk_value){ .kind = SPK_BYTES,
                                 .data = place->packet->data + place->at,
                                 .len = (uint32_t)spk_place_uint(place, LENGTH) };
    return value->len <= place->end - place->at;
}

static int32_t put_all(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    (void)before;
    memcpy(out, text->data, text->len <= size ? text->len : size);
    return (int32_t)text->len;
}

static const struct spk_codec all_codec = { measure_all, get_all, get_all, put_all, false, NULL, false };
static const struct spk_row rows[] = {
    [LENGTH] = { .name = "own.len", .kind = SPK_UINT, .bits = 8, .doc = "How many." },
    [ALL] = { .name = "own.all", .kind = SPK_BYTES, .codec = &all_codec, .doc = "What is left." },
};
static const struct spk_proto own = {
    .name = "own",
    .hdr = { .name = "Own", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REST,
    .sits = SPK_SITS({ "link", 147 }),
};
static const struct spk_proto *const owns[] = { &own, NULL };

static enum spk_status plugins(void)
{
    static const uint8_t bytes[] = { 3, 'a', 'b', 'c' };
    struct spk_plugins *made = NULL;
    struct spk_error error;
    struct spk_packet packet;
    struct spk_scratch scratch;
    struct spk_value value;
    enum spk_status status = spk_plugins_new(spk_registry_default(), &made);
    if (status != SPK_OK) {
        return status;
    }
    status = spk_plugins_load(made, "/nowhere/plugin.so", &error);
    assert_true(status == SPK_ERR_USAGE || status == SPK_ERR_IO || (status == SPK_ERR_MEMORY && fired));
    status = status == SPK_ERR_MEMORY ? status : spk_plugins_load_path(made, "/nowhere/b.so:/nowhere/a.so", &error);
    assert_true(status != SPK_OK);
    status = status == SPK_ERR_MEMORY ? status : spk_plugins_add(made, "this test", owns, &error);
    if (status == SPK_OK) {
        const struct spk_registry *registry = spk_plugins_registry(made);
        assert_string_equal(spk_plugins_origin(made, &own), "this test");
        spk_decode(registry, 147, bytes, sizeof bytes, sizeof bytes, &packet);
        assert_true(spk_packet_value(&packet, spk_field_find(registry, "own.all"), &scratch, &value));
        assert_int_equal(value.len, 3);
        spk_plugins_take_back(made, spk_registry_default());
        assert_null(spk_plugins_origin(made, &own));
    }
    spk_plugins_free(made);
    return status;
}

/* A directory in which no file is a plug-in. */
static enum spk_status plugins_of_a_directory(void)
{
    char path[1024];
    struct spk_plugins *made = NULL;
    enum spk_status status = spk_plugins_new(spk_registry_default(), &made);
    if (status != SPK_OK) {
        return status;
    }
    snprintf(path, sizeof path, "%s/tests/vectors", getenv("STEELPKT_SOURCE"));
    status = spk_plugins_load_path(made, path, &said);
    assert_ptr_equal(spk_plugins_registry(made), spk_registry_default());
    assert_true(status != SPK_OK || !has_failed() || armed == FAULT_ALLOCATION);
    spk_plugins_free(made);
    return status;
}

static void packets_from_a_line(void **state)
{
    (void)state;
    under_each_fault(from_a_line, 5, 0);
}

static void packets_row_by_row(void **state)
{
    (void)state;
    under_each_fault(row_by_row, 5, 0);
}

static void packets_read_and_changed(void **state)
{
    (void)state;
    under_each_fault(whole_packet, 5, 0);
}

static void reaches_and_stencils(void **state)
{
    (void)state;
    under_each_fault(reach, 5, 0);
}

static void protocols_of_ones_own(void **state)
{
    (void)state;
    under_each_fault(plugins, 50, 0);
    under_each_fault(plugins_of_a_directory, 2, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_from_a_line),      cmocka_unit_test(packets_row_by_row),
        cmocka_unit_test(packets_read_and_changed), cmocka_unit_test(reaches_and_stencils),
        cmocka_unit_test(protocols_of_ones_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
