/*
 * steelpkt_columns: a query's stream of Arrow arrays, taken batch by batch and given back.
 *
 *   steelpkt_columns check|time THREADS FILE FIELD...     columns; check adds up the five of columns.h
 *   steelpkt_columns count THREADS FILE FILTER            how many packets a display filter keeps
 *   steelpkt_columns same THREADS FILE FILTER             and which: sums of their times and lengths
 */
#include "columns.h"

#include <stdlib.h>
#include <steelpkt.h>

enum mode { CHECK, TIME, COUNT, SAME, MODES };

static const char *const modes[MODES] = { "check", "time", "count", "same" };

static int fail(const char *what, const struct spk_error *error)
{
    char text[256];

    spk_error_text(error, text, sizeof text);
    fprintf(stderr, "steelpkt_columns: %s: %s\n", what, text);
    return 2;
}

static void add_text(struct column_sums *s, const struct ArrowArray *column, int64_t row)
{
    const int32_t *offsets = column->buffers[1];

    if (column_bit(column->buffers[0], (size_t)row)) {
        column_add_text(s, (const char *)column->buffers[2] + offsets[row], (size_t)(offsets[row + 1] - offsets[row]));
    }
}

static void add_port(struct column_sums *s, const struct ArrowArray *column, int64_t row, unsigned times)
{
    if (column_bit(column->buffers[0], (size_t)row)) {
        s->ports++;
        s->numbers += times * (uint64_t)((const uint16_t *)column->buffers[1])[row];
    }
}

static void add_five(struct column_sums *s, const struct ArrowArray *batch)
{
    for (int64_t i = 0; i < batch->length; i++) {
        s->times += ((const uint64_t *)batch->children[0]->buffers[1])[i];
        add_text(s, batch->children[1], i);
        add_text(s, batch->children[2], i);
        add_port(s, batch->children[3], i, 1);
        add_port(s, batch->children[4], i, 3);
    }
}

/* Which packets they are: the sums that peer_bpf prints, too. */
static void add_two(struct column_sums *s, const struct ArrowArray *batch)
{
    for (int64_t i = 0; i < batch->length; i++) {
        s->times += ((const uint64_t *)batch->children[0]->buffers[1])[i];
        s->numbers += ((const uint32_t *)batch->children[1]->buffers[1])[i] * (s->rows + (uint64_t)i + 1);
    }
}

static int run(const struct spk_query *query, unsigned threads, const char *path,
               void (*add)(struct column_sums *, const struct ArrowArray *))
{
    struct spk_columns_options options = { .threads = threads };
    struct ArrowArrayStream stream;
    struct column_sums s = { 0 };
    struct ArrowArray batch;
    struct spk_error error;
    uint64_t first = 0;
    struct bench_clock c = bench_start();
    uint64_t begun = bench_now(CLOCK_MONOTONIC);

    if (spk_columns_open(query, &options, &path, 1, &stream, &error) != SPK_OK) {
        return fail(path, &error);
    }
    while (stream.get_next(&stream, &batch) == 0 && batch.release != NULL) {
        first = first != 0 ? first : bench_now(CLOCK_MONOTONIC) - begun;
        if (add != NULL) {
            add(&s, &batch);
        }
        s.rows += (uint64_t)batch.length;
        batch.release(&batch);
    }
    int failed = spk_columns_error(&stream)->code != SPK_OK ? fail(path, spk_columns_error(&stream)) : 0;
    uint64_t packets = spk_columns_counts(&stream)->read;
    stream.release(&stream);
    column_print(bench_stop(c), first, packets, &s);
    return failed;
}

int main(int argc, char **argv)
{
    static const char *const two[] = { "frame.time_epoch", "frame.cap_len" };
    struct spk_query_options options = { 0 };
    struct spk_filter *filter = NULL;
    struct spk_query *query = NULL;
    struct spk_error error;
    enum mode mode = CHECK;

    while (argc > 4 && mode < MODES && strcmp(modes[mode], argv[1]) != 0) {
        mode++;
    }
    if (argc < 5 || mode == MODES) {
        fprintf(stderr, "usage: steelpkt_columns check|time|count|same THREADS FILE FIELD...|FILTER\n");
        return 1;
    }
    bool filters = mode == COUNT || mode == SAME;
    if (filters && spk_filter_new(NULL, argv[4], &filter, NULL, &error) != SPK_OK) {
        return fail(argv[4], &error);
    }
    options.filter = filter;
    const char *const *fields = filters ? two : (const char *const *)(argv + 4);
    size_t count = mode == COUNT ? 1 : mode == SAME ? 2 : (size_t)argc - 4;
    if (spk_query_new(fields, count, &options, &query, &error) != SPK_OK) {
        return fail("fields", &error);
    }
    int failed = run(query, (unsigned)strtoul(argv[2], NULL, 10), argv[3],
                     mode == CHECK  ? add_five
                     : mode == SAME ? add_two
                                    : NULL);
    spk_query_free(query);
    spk_filter_free(filter);
    return failed;
}
