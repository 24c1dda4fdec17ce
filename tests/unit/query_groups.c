/*
 * Groups from C: one answer as rows and as an Arrow array; sums beyond 64 bits; packets of groups that there was no memory
 * for; and wherever memory ends, it is said and nothing is leaked.
 */
#include "faults.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <steelpkt.h>

static const char *const names[] = { "ip.src", "dns.qry.name", "frame.len", "udp.srcport" };
static const struct spk_aggregate aggregates[] = {
    { .op = SPK_AGGREGATE_COUNT },
    { .op = SPK_AGGREGATE_SUM, .column = 2 },
    { .op = SPK_AGGREGATE_MAX, .column = 1 },
    { .op = SPK_AGGREGATE_DISTINCT, .column = 3 },
};

static const char *dns_path(void)
{
    static char room[1024];
    snprintf(room, sizeof room, "%s/tests/captures/dns-udp.pcapng", getenv("STEELPKT_SOURCE"));
    return room;
}

/* Everything once: from the query to the answer. */
static enum spk_status ask(struct ArrowSchema *schema, struct ArrowArray *array)
{
    const char *path = dns_path();
    const struct spk_groups_options options = {
        .keys = 1, .aggregates = aggregates, .count = SPK_COUNT_OF(aggregates), .top = 2
    };
    const struct spk_pass_options how = { .threads = 1, .bpf = "greater 0" };
    char message[SPK_GROUPS_MESSAGE];
    struct spk_query *query = NULL;
    struct spk_groups *groups = NULL;
    schema->release = NULL;
    array->release = NULL;
    enum spk_status status = spk_query_new(names, SPK_COUNT_OF(names), NULL, &query, NULL);
    status = status == SPK_OK ? spk_groups_new(query, &options, &groups, NULL) : status;
    status = status == SPK_OK ? spk_groups_read(groups, &how, &path, 1, NULL, message, NULL) : status;
    status = status == SPK_OK ? spk_columns_schema(spk_groups_query(groups), NULL, schema, NULL) : status;
    status = status == SPK_OK ? spk_groups_array(groups, NULL, array, NULL) : status;
    spk_groups_free(groups);
    spk_query_free(query);
    return status;
}

static void the_answer_is_an_array(void **state)
{
    static const char *const formats[] = { "u", "L", "L", "u", "L" };
    static const char *const titles[] = { "ip.src", "count", "sum(frame.len)", "max(dns.qry.name)",
                                          "distinct(udp.srcport)" };
    struct ArrowSchema schema;
    struct ArrowArray array;
    (void)state;
    assert_int_equal(ask(&schema, &array), SPK_OK);
    assert_int_equal(array.length, 2);
    assert_int_equal(array.n_children, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(schema.children[i]->name, titles[i]);
        assert_string_equal(schema.children[i]->format, formats[i]);
    }
    const uint64_t *count = array.children[1]->buffers[1];
    const uint64_t *sum = array.children[2]->buffers[1];
    assert_int_equal(count[0], 38);
    assert_int_equal(count[1], 36);
    assert_int_equal(sum[0], 3666);
    assert_int_equal(sum[1], 7657);
    schema.release(&schema);
    array.release(&array);
}

/* spk_pass_options.tick over groups in themselves: the most that they told. */
struct watch {
    struct spk_groups *groups;
    uint64_t bytes;
};

static bool look(void *context, uint64_t read)
{
    struct watch *watch = context;
    uint64_t bytes = spk_groups_bytes(watch->groups);
    assert_true(bytes >= watch->bytes && read > 0);
    watch->bytes = bytes;
    return true;
}

static void how_far_reading_has_come_is_told_meanwhile(void **state)
{
    const char *path = dns_path();
    const struct spk_groups_options options = { .aggregates = aggregates, .count = 1 };
    struct watch watch = { .groups = NULL };
    const struct spk_pass_options how = { .threads = 1, .tick = look, .context = &watch };
    char message[SPK_GROUPS_MESSAGE];
    struct spk_query *query = NULL;
    struct stat file;
    (void)state;
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(spk_query_new(names, SPK_COUNT_OF(names), NULL, &query, NULL), SPK_OK);
    assert_int_equal(spk_groups_new(query, &options, &watch.groups, NULL), SPK_OK);
    assert_int_equal(spk_groups_bytes(watch.groups), 0);
    assert_int_equal(spk_groups_read(watch.groups, &how, &path, 1, NULL, message, NULL), SPK_OK);
    assert_int_equal(watch.bytes, file.st_size);
    spk_groups_free(watch.groups);
    spk_query_free(query);
}

static void wherever_memory_ends_it_is_said(void **state)
{
    (void)state;
    spk_registry_default(); /* stays, and so must not be made by a try that fails */
    fired = true;
    for (unsigned k = 1; fired; k++) {
        struct ArrowSchema schema;
        struct ArrowArray array;
        fired = false;
        countdown = k;
        enum spk_status status = ask(&schema, &array);
        countdown = 0;
        assert_int_equal(status, fired ? SPK_ERR_MEMORY : SPK_OK);
        if (schema.release != NULL) {
            schema.release(&schema);
        }
        if (array.release != NULL) {
            array.release(&array);
        }
    }
}

static void a_sum_beyond_64_bits_is_left_empty(void **state)
{
    const char *const one[] = { "frame.number" };
    const struct spk_aggregate sum = { .op = SPK_AGGREGATE_SUM };
    const struct spk_groups_options options = { .aggregates = &sum, .count = 1 };
    struct spk_query *query = NULL;
    struct spk_groups *groups = NULL;
    const struct spk_cells *answer;
    (void)state;
    assert_int_equal(spk_query_new(one, 1, NULL, &query, NULL), SPK_OK);
    struct spk_item item = { .row = spk_query_column(query, 0)->row, .value = { .kind = SPK_UINT, .u = UINT64_MAX } };
    struct spk_cell cell = { .items = &item, .count = 1 };
    const struct spk_cells row = { .cells = &cell, .count = 1 };
    for (unsigned rows = 1; rows <= 2; rows++) {
        assert_int_equal(spk_groups_new(query, &options, &groups, NULL), SPK_OK);
        for (unsigned i = 0; i < rows; i++) {
            assert_int_equal(spk_groups_row(groups, &row), SPK_OK);
        }
        assert_int_equal(spk_groups_next(groups, &answer), SPK_OK);
        assert_int_equal(answer->cells[0].count, rows == 1);
        assert_int_equal(spk_groups_wide(groups), rows == 2);
        assert_int_equal(spk_groups_next(groups, &answer), SPK_END);
        spk_groups_free(groups);
    }
    spk_query_free(query);
}

/* Packets of the groups that were kept, each of section 1, and of those there was no memory for: all there are. */
static void packets_without_memory_are_counted(void **state)
{
    const char *path = dns_path();
    const char *const columns[] = { "frame.len", "ip.src", "frame.section_number" };
    const struct spk_aggregate sum = { .op = SPK_AGGREGATE_SUM, .column = 2 };
    const struct spk_groups_options options = { .keys = 2, .aggregates = &sum, .count = 1, .memory = 8192 };
    (void)state;
    for (uint32_t threads = 1; threads <= 2; threads++) {
        const struct spk_pass_options how = { .threads = threads, .part_size = 2000 };
        char message[SPK_GROUPS_MESSAGE];
        struct spk_query *query = NULL;
        struct spk_groups *groups = NULL;
        struct spk_scan_counts counts;
        const struct spk_cells *answer;
        uint64_t kept = 0;
        assert_int_equal(spk_query_new(columns, SPK_COUNT_OF(columns), NULL, &query, NULL), SPK_OK);
        assert_int_equal(spk_groups_new(query, &options, &groups, NULL), SPK_OK);
        assert_int_equal(spk_groups_read(groups, &how, &path, 1, &counts, message, NULL), SPK_OK);
        while (spk_groups_next(groups, &answer) == SPK_OK) {
            kept += answer->cells[2].items[0].value.u;
        }
        assert_true(kept > 0 && kept < counts.rows);
        assert_int_equal(kept + spk_groups_left_out(groups), counts.rows);
        spk_groups_free(groups);
        spk_query_free(query);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_is_an_array),
        cmocka_unit_test(wherever_memory_ends_it_is_said),
        cmocka_unit_test(how_far_reading_has_come_is_told_meanwhile),
        cmocka_unit_test(a_sum_beyond_64_bits_is_left_empty),
        cmocka_unit_test(packets_without_memory_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
