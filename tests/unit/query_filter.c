/* filters over one packet of a small protocol: what is kept, what is refused, and where the mark stands. */
#include "packet_made.h"
#include "query_small.h"

#include <cmocka.h>

/* What a filter says of a packet: 1, 0, or below zero the status of compiling. */
static int ask_packet(const char *text, const uint8_t *data, uint32_t len)
{
    struct spk_filter *filter = NULL;
    struct spk_matcher *matcher = NULL;
    struct spk_packet packet;
    struct spk_error error = { 0 };
    bool matches = false;
    enum spk_status status = spk_filter_new(small_registry(), text, &filter, NULL, &error);
    if (status != SPK_OK) {
        assert_null(filter);
        assert_non_null(error.what);
        return status;
    }
    assert_string_equal(spk_filter_text(filter), text);
    assert_int_equal(spk_matcher_new(filter, &matcher), SPK_OK);
    for (int i = 0; i < 2; i++) { /* nothing is left over from one packet to the next */
        spk_decode(small_registry(), SMALL_LINK, data, len, len, &packet);
        assert_int_equal(spk_matcher_match(matcher, &packet, &matches), SPK_OK);
    }
    spk_matcher_free(matcher);
    spk_filter_free(filter);
    return matches;
}

/* Of a packet with id 7, the flag set, address 192.0.2.7 and the name Hello. */
static int ask_one(const char *text)
{
    uint8_t data[64];
    return ask_packet(text, data, small_packet(data, 7, "Hello", 5));
}

struct asked {
    const char *text;
    int says;
};

static void check_all(const struct asked *asked, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int says = ask_one(asked[i].text);
        if (says != asked[i].says) {
            fail_msg("%s: %d, not %d", asked[i].text, says, asked[i].says);
        }
    }
}

static void test_comparisons(void **state)
{
    static const struct asked asked[] = {
        { "", 1 },
        { "q", 1 },
        { "ip", 0 },
        { "frame", 1 },
        { "q.id", 1 },
        { "q.mac", 0 },
        { "q.id == 7", 1 },
        { "q.ident eq 0x7", 1 },
        { "q.id == 07", 1 },
        { "q.id == 0b111", 1 },
        { "q.id == '\\a'", 1 },
        { "q.id != 7", 0 },
        { "q.id < 8 && q.id > 6", 1 },
        { "q.id ge 7 and q.id le 7", 1 },
        { "q.id gt 7 or q.id lt 7", 0 },
        { "6 < 7", SPK_ERR_USAGE },
        { "q.name_len < q.id < 8", 1 },
        { "not q.id == 8", 1 },
        { "!!q", 1 },
        { "q.mac != 00:00:00:00:00:01", 0 },
        { "!(q.mac == 00:00:00:00:00:01)", 1 },
        { "q.flag == True", 1 },
        { "q.flag == 0", 0 },
        { "q.flag == \"Set\"", 1 },
        { "q.flag == true", SPK_ERR_USAGE },
        { "q.address == 192.0.2.7", 1 },
        { "q.address == 192.0.0.0/16", 1 },
        { "q.address != 192.0.0.0/16", 0 },
        { "q.address > 192.0.2.0/24", 0 },
        { "q.address == 0.0.0.0/0", 1 },
        { "q.address == 192.0.2.7/33", SPK_ERR_USAGE },
        { "q.name == \"Hello\"", 1 },
        { "q.name == \"\\x48\\145llo\"", 1 },
        { "q.name == Hello", 1 },
        { "q.name > \"Hell\"", 1 },
        { "q.id == 65536", SPK_ERR_USAGE },
        { "q.id == -1", 0 },
        { "q.id == q.address", SPK_ERR_USAGE },
        { "q.id == q.name_len", 0 },
        { "(q.id == 7 || q.id == 8) && q.name", 1 },
        { "q.id == 8 && q.id == 8 || q.id == 7", 1 },
    };
    (void)state;
    check_all(asked, SPK_COUNT_OF(asked));
}

static void test_words_of_the_language(void **state)
{
    static const struct asked asked[] = {
        { "q.name contains \"ell\"", 1 },
        { "q.name contains \"elo\"", 0 },
        { "q.name contains 65:6c", 0 },
        { "q contains 65:6c", 1 },
        { "q.name matches \"^HEL+o$\"", 1 },
        { "q.name ~ \"(?-i)^HEL\"", 0 },
        { "q.name matches r\"^\\w{5}$\"", 1 },
        { "q.name matches \"(\"", SPK_ERR_USAGE },
        { "q.id matches \"7\"", SPK_ERR_USAGE },
        { "q.name matches Hello", SPK_ERR_USAGE },
        { "q.id in {1, 5..8}", 1 },
        { "q.id not in {1, 5..8}", 0 },
        { "q.id in {8..5}", 0 },
        { "q.id in {}", SPK_ERR_USAGE },
        { "q.address in {10.0.0.0/8, 192.0.2.1 .. 192.0.2.9}", 1 },
        { "q.name in {\"a\", \"Hello\"}", 1 },
        { "q.name[0] == \"H\"", 1 },
        { "q.name[-1:] == 6f", 1 },
        { "q.name[1-2,4] == 65:6c:6f", 1 },
        { "q.name[:2] == \"He\"", 1 },
        { "q.name[9] == 00", 0 },
        { "q.name[9]", 0 },
        { "q.name[2-1] == 00", SPK_ERR_USAGE },
        { "q.address[0] == c0", 1 },
        { "q.id[0] == 00", SPK_ERR_USAGE },
        { "q[0:2] == 00:07", 1 },
        { "q.id#1 == 7", 1 },
        { "q.id#2", 0 },
        { "q.id#[1-2] == 7", 1 },
        { "q.id#x", SPK_ERR_USAGE },
        { "q.id + 1 == 8", 1 },
        { "q.id * 2 == 14 and q.id / 2 == 3 and q.id % 4 == 3", 1 },
        { "q.id - 8 < 0", 1 },
        { "q.id == 1 + 2 * 3", 1 },
        { "q.id == {1 + 2} * 3", 0 },
        { "q.id & 4", 1 },
        { "q.id & 8", 0 },
        { "q.id & 6 == 6", 1 },
        { "q.id / 0 == 1", 0 },
        { "q.id / 0 != 1", 1 },
        { "-q.id == -7", 1 },
        { "len(q.name) == 5", 1 },
        { "count(q.either) == 2", 1 },
        { "upper(q.name) == \"HELLO\"", 1 },
        { "lower(q.name) contains \"h\"", 1 },
        { "string(q.id) == \"7\"", 1 },
        { "string(q.address) matches \"^192\"", 1 },
        { "max(q.id, 9) == 9", 1 },
        { "min(q.id, q.twice) == 7", 1 },
        { "abs(q.id - 9) == 2", 1 },
        { "len(q.mac) == 6", 0 },
        { "max() == 1", SPK_ERR_USAGE },
        { "len(q.name)", SPK_ERR_USAGE },
        { "nothing(q.name) == 1", SPK_ERR_USAGE },
    };
    (void)state;
    check_all(asked, SPK_COUNT_OF(asked));
}

/* q.item holds every byte behind the name's place for an address: none, one or several. */
static void test_any_and_all(void **state)
{
    uint8_t data[64];
    uint32_t len = small_packet(data, 7, "ab", 2);
    data[len++] = 5;
    data[len++] = 6;
    (void)state;
    assert_int_equal(ask_packet("count(q.item) == 2", data, len), 1);
    assert_int_equal(ask_packet("q.item == 5", data, len), 1);
    assert_int_equal(ask_packet("q.item === 5", data, len), 0);
    assert_int_equal(ask_packet("q.item != 5", data, len), 0);
    assert_int_equal(ask_packet("q.item !== 5", data, len), 1);
    assert_int_equal(ask_packet("q.item ~= 5", data, len), 1);
    assert_int_equal(ask_packet("any q.item != 5", data, len), 1);
    assert_int_equal(ask_packet("all q.item > 4", data, len), 1);
    assert_int_equal(ask_packet("all q.item > 5", data, len), 0);
    assert_int_equal(ask_packet("q.item > 5", data, len), 1);
    assert_int_equal(ask_packet("all q.item in {4..6}", data, len), 1);
    assert_int_equal(ask_packet("all q.item in {5}", data, len), 0);
    assert_int_equal(ask_packet("max(q.item) == 6 and min(q.item) == 5", data, len), 1);
    assert_int_equal(ask_packet("q.item + q.item === 11", data, len), 0);
    assert_int_equal(ask_packet("q.item + q.item == 12", data, len), 1);
}

static void check_fault(const char *text, uint32_t at, uint32_t len, const char *hint)
{
    struct spk_filter *filter = NULL;
    struct spk_filter_fault fault;
    struct spk_error error = { 0 };
    assert_int_equal(spk_filter_new(small_registry(), text, &filter, &fault, &error), SPK_ERR_USAGE);
    if (fault.at != at || fault.len != len) {
        fail_msg("%s: the mark stands at %u, %u wide: %s", text, fault.at, fault.len, error.what);
    }
    assert_ptr_equal(error.who, text);
    if (hint != NULL) {
        assert_non_null(error.hint);
        assert_string_equal(error.hint, hint);
    }
}

static void test_faults(void **state)
{
    (void)state;
    check_fault("q.id == 1 and q.nme", 14, 5, "q.name");
    check_fault("q.id = 1", 5, 1, "write == to compare");
    check_fault("q.address == q.adress", 13, 8, "q.address");
    check_fault("q.id ==", 7, 0, NULL);
    check_fault("q.id == \"a", 8, 2, NULL);
    check_fault("q.id == 1)", 9, 1, NULL);
    check_fault("q.name matches \"[a\"", 15, 4, "missing terminating ] for character class");
    check_fault("q.name[1:", 6, 3, NULL);
    check_fault("tcp.stream == 1", 0, 10, NULL);
    check_fault("q.id == 1 q", 10, 1, NULL);
}

/* Repeats a text; the caller frees. */
static char *repeated(const char *front, const char *text, size_t count, const char *back)
{
    size_t n = strlen(text);
    char *made = calloc(strlen(front) + count * n + strlen(back) + 1, 1);
    assert_non_null(made);
    strcpy(made, front);
    for (size_t i = 0; i < count; i++) {
        memcpy(made + strlen(front) + i * n, text, n);
    }
    strcat(made, back);
    return made;
}

static void check_repeated(const char *front, const char *text, size_t count, const char *back, int says)
{
    char *made = repeated(front, text, count, back);
    assert_int_equal(ask_one(made), says);
    free(made);
}

static void test_limits(void **state)
{
    (void)state;
    check_repeated("", "!", SPK_FILTER_DEPTH_MAX, "q", 1);
    check_repeated("", "!", SPK_FILTER_DEPTH_MAX + 1, "q", SPK_ERR_USAGE);
    check_repeated("", "(", 100000, "q", SPK_ERR_USAGE);
    check_repeated("q.id == 1", " + 1", 50, "", 0);
    check_repeated("q.id == 1", " + 1", 1000, "", SPK_ERR_USAGE);
    check_repeated("q.id == 7", " or q.id == 8", 4000, "", 1);
    check_repeated("q.id in {1", ", 2", 10000, ", 7}", 1);
    check_repeated("q.name[0", ",0", SPK_FILTER_RANGES_MAX, "] == 1", SPK_ERR_USAGE);
    check_repeated("q", " ", SPK_FILTER_TEXT_MAX - 1, "", 1);
    check_repeated("q", " ", SPK_FILTER_TEXT_MAX, "", SPK_ERR_USAGE);
    /* a pattern that would take for ever on some texts ends at the limit */
    uint8_t data[64];
    uint32_t len = small_packet(data, 7, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 42);
    assert_int_equal(ask_packet("q.name matches \"^(a+)+$\"", data, len), 0);
}

/* Seven factors of two values each are 128 results, and so on: what is too much is told. */
static void test_too_many_values(void **state)
{
    struct spk_filter *filter = NULL;
    struct spk_matcher *matcher = NULL;
    struct spk_packet packet;
    uint8_t data[64];
    bool matches = false;
    uint32_t len = small_packet(data, 7, "ab", 2);
    char *text = repeated("q.either", " + q.either", 16, " == 1");
    (void)state;
    assert_int_equal(spk_filter_new(small_registry(), text, &filter, NULL, NULL), SPK_OK);
    assert_int_equal(spk_matcher_new(filter, &matcher), SPK_OK);
    spk_decode(small_registry(), SMALL_LINK, data, len, len, &packet);
    assert_int_equal(spk_matcher_match(matcher, &packet, &matches), SPK_ERR_LIMIT);
    assert_false(matches);
    spk_matcher_free(matcher);
    spk_filter_free(filter);
    free(text);
}

/* Slices of slices, each of many times the whole, would be larger than any memory. */
static void test_too_many_bytes(void **state)
{
    struct spk_filter *filter = NULL;
    struct spk_matcher *matcher = NULL;
    struct spk_packet packet;
    uint8_t data[64];
    bool matches = false;
    uint32_t len = small_packet(data, 7, "ab", 2);
    char *slice = repeated("[0:", ",0:", 200, "]");
    (void)state;
    for (size_t depth = 1; depth <= 20; depth++) {
        char *text = repeated("frame", slice, depth, " == 00");
        assert_int_equal(spk_filter_new(small_registry(), text, &filter, NULL, NULL), SPK_OK);
        assert_int_equal(spk_matcher_new(filter, &matcher), SPK_OK);
        spk_decode(small_registry(), SMALL_LINK, data, len, len, &packet);
        assert_int_equal(spk_matcher_match(matcher, &packet, &matches), depth < 3 ? SPK_OK : SPK_ERR_LIMIT);
        assert_false(matches);
        spk_matcher_free(matcher);
        spk_filter_free(filter);
        free(text);
    }
    free(slice);
}

static void test_needs(void **state)
{
    struct spk_filter *filter = NULL;
    const struct spk_registry *registry = spk_registry_default();
    (void)state;
    assert_int_equal(spk_filter_new(registry, "ip.src == 10.0.0.1 && udp", &filter, NULL, NULL), SPK_OK);
    const bool *needs = spk_filter_needs(filter);
    for (size_t i = 0; i < spk_registry_proto_count(registry); i++) {
        const char *name = spk_registry_proto(registry, i)->name;
        assert_int_equal(needs[i], strcmp(name, "ip") == 0 || strcmp(name, "udp") == 0);
    }
    spk_filter_free(filter);
}

/* A filter on addresses is asked before anyone looks at what is above them. */
static void test_decodes_no_further(void **state)
{
    const struct spk_registry *registry = spk_registry_default();
    const char *line = "eth / ip(src=192.0.2.1, proto=17) / udp(dport=53) / dns(queries=[(name=example.com, type=1)])";
    struct spk_build *build = NULL;
    struct spk_filter *filter = NULL;
    struct spk_reach *reach = NULL;
    struct spk_packet packet;
    struct spk_record record = { .link = SPK_LINK_ETHERNET };
    (void)state;
    assert_int_equal(spk_build_new(registry, &build), SPK_OK);
    record.data = line_bytes(build, line, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &record.caplen);
    record.len = record.caplen;
    spk_decode_record(registry, &record, &packet);
    assert_string_equal(spk_layer_proto(&packet, packet.count - 1)->name, "dns");
    assert_int_equal(spk_filter_new(registry, "ip.src == 192.0.2.1 && eth.type == 0x800", &filter, NULL, NULL), SPK_OK);
    assert_int_equal(spk_reach_new(registry, spk_filter_needs(filter), &reach, NULL), SPK_OK);
    spk_decode_reach(reach, &record, &packet);
    for (unsigned i = 0; i < packet.count; i++) {
        assert_string_not_equal(spk_layer_proto(&packet, i)->name, "dns");
    }
    spk_reach_free(reach);
    spk_filter_free(filter);
    spk_build_free(build);
}

static void test_times(void **state)
{
    static const struct asked asked[] = {
        { "frame.time_epoch == 1500000000.5", 1 },
        { "frame.time_epoch > 1500000000", 1 },
        { "frame.time_epoch > 1500000000.1234567891", SPK_ERR_USAGE },
        { "frame.time == \"2017-07-14 02:40:00.5\"", 1 },
        { "frame.time == \"2017-07-14T02:40:00.5Z\"", 1 },
        { "frame.time == \"2017-07-14 04:40:00.5+0200\"", 1 },
        { "frame.time == \"Jul 14, 2017 02:40:00.5\"", 1 },
        { "frame.time > \"2017-07-14\"", 1 },
        { "frame.time > 2017-07-15", 0 },
        { "frame.time > \"2017-02-30\"", SPK_ERR_USAGE },
        { "frame.time > 1500000000", SPK_ERR_USAGE },
        { "frame.time_epoch + 1 > 1500000001", 1 },
        { "frame.number == 1", 1 },
    };
    struct spk_frame frame = { .time_ns = 1500000000500000000, .number = 1, .has_time = true };
    (void)state;
    for (size_t i = 0; i < SPK_COUNT_OF(asked); i++) {
        struct spk_filter *filter = NULL;
        struct spk_matcher *matcher = NULL;
        struct spk_packet packet;
        uint8_t data[64];
        bool matches = false;
        uint32_t len = small_packet(data, 7, "ab", 2);
        enum spk_status status = spk_filter_new(small_registry(), asked[i].text, &filter, NULL, NULL);
        if (status == SPK_OK) {
            assert_int_equal(spk_matcher_new(filter, &matcher), SPK_OK);
            spk_decode(small_registry(), SMALL_LINK, data, len, len, &packet);
            packet.frame = &frame;
            assert_int_equal(spk_matcher_match(matcher, &packet, &matches), SPK_OK);
            spk_matcher_free(matcher);
        }
        if ((status == SPK_OK ? matches : status) != asked[i].says) {
            fail_msg("%s: %d", asked[i].text, status == SPK_OK ? matches : status);
        }
        spk_filter_free(filter);
    }
}

static void test_scan(void **state)
{
    struct spk_filter *filter = NULL;
    struct feed feed = { 0 };
    char text[256];
    (void)state;
    feed_add(&feed, 1000, "a", 1);
    feed_add(&feed, 3000, "b", 1);
    feed_add(&feed, 6000, "a", 1);
    assert_int_equal(spk_filter_new(small_registry(), "q.name == \"a\"", &filter, NULL, NULL), SPK_OK);
    struct spk_query_options options = { .filter = filter };
    assert_int_equal(
        ask("frame.number q.name frame.time_delta_displayed", options, SPK_SINK_TSV, false, &feed, text, sizeof text),
        SPK_END);
    assert_string_equal(text, "1\ta\t0.000000000\n3\ta\t0.000005000\n");
    /* indexes of one registry mean nothing in another */
    struct spk_query *query = NULL;
    const char *name = "frame.number";
    assert_int_equal(spk_query_new(&name, 1, &options, &query, NULL), SPK_ERR_USAGE);
    spk_filter_free(filter);
}

static void test_words_have_sentences(void **state)
{
    size_t spellings = 0;
    (void)state;
    assert_non_null(spk_filter_word(0)->doc);
    for (size_t i = 0; spk_filter_word(i) != NULL; i++) {
        spellings += spk_filter_word(i)->doc == NULL;
    }
    assert_true(spellings > 10);
    for (size_t i = 0; spk_filter_function(i) != NULL; i++) {
        assert_non_null(spk_filter_function(i)->doc);
        assert_non_null(spk_filter_function(i)->arguments);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_words_of_the_language),
        cmocka_unit_test(test_any_and_all),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_too_many_values),
        cmocka_unit_test(test_too_many_bytes),
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_decodes_no_further),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_words_have_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
