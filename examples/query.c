/*
 * query: asks a capture for eight fields of each packet, prints them as a table, and adds up one of them.
 *
 *     query FILE
 */
#include <stdio.h>

#include <steelpkt.h>

/* [names] */
static const char *const names[] = {
    "frame.time_epoch", "ip.src",          "ip.dst",           "udp.srcport",
    "udp.dstport",      "dns.query_count", "dns.answer_count", "dns.auth_count",
};
enum { ANSWER_COUNT = 6 };
/* [end] */

static int complain(const struct spk_error *error)
{
    char text[256];

    spk_error_text(error, text, sizeof text);
    fprintf(stderr, "query: %s\n", text);
    return 1;
}

/* [next] */
/* A scan takes its records from any function of this form. */
static enum spk_status next_record(void *context, struct spk_record *record, struct spk_error *error)
{
    return spk_reader_next((struct spk_reader *)context, record, error);
}
/* [end] */

/* [scan] */
/* Rows of cells: into the sink as text, and one column as numbers. */
static enum spk_status scan_all(struct spk_scan *scan, struct spk_sink *sink, uint64_t *answers,
                                struct spk_error *error)
{
    const struct spk_cells *row;
    enum spk_status status;

    while ((status = spk_scan_next(scan, &row, error)) == SPK_OK) {
        const struct spk_cell *cell = &row->cells[ANSWER_COUNT];

        if (cell->count > 0) {
            *answers += cell->items[0].value.u;
        }
        if (spk_sink_row(sink, row) != SPK_OK) {
            *error = (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" };
            return error->code;
        }
    }
    return status == SPK_END ? SPK_OK : status;
}
/* [end] */

/* [query] */
static enum spk_status print_query(const struct spk_query *query, struct spk_reader *reader, const char *path,
                                   struct spk_error *error)
{
    const struct spk_sink_options options = { .format = SPK_SINK_TABLE, .header = true };
    struct spk_scan *scan = NULL;
    struct spk_out *out = NULL;
    struct spk_sink *sink = NULL;
    uint64_t answers = 0;
    enum spk_status status;

    *error = (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" };
    status = spk_scan_new(query, &scan, error);
    if (status == SPK_OK) {
        status = spk_out_new(&out);
    }
    if (status == SPK_OK) {
        status = spk_sink_new(query, &options, out, &sink, error);
    }
    if (status == SPK_OK) {
        spk_scan_source(scan, path, next_record, reader);
        status = scan_all(scan, sink, &answers, error);
        spk_sink_flush(sink);
    }
    if (out != NULL) {
        size_t len;
        const char *text = spk_out_data(out, &len);

        fwrite(text, 1, len, stdout);
    }
    if (status == SPK_OK) {
        printf("%llu packets, %llu answers\n", (unsigned long long)spk_scan_counts(scan)->rows,
               (unsigned long long)answers);
    }
    spk_sink_free(sink);
    spk_out_free(out);
    spk_scan_free(scan);
    return status;
}
/* [end] */

int main(int argc, char **argv)
{
    struct spk_query *query = NULL;
    struct spk_reader *reader = NULL;
    struct spk_error error;
    int code = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: query FILE\n");
        return 1;
    }
    if (spk_query_new(names, SPK_COUNT_OF(names), NULL, &query, &error) != SPK_OK
        || spk_reader_open(argv[1], &reader, &error) != SPK_OK
        || print_query(query, reader, argv[1], &error) != SPK_OK) {
        code = complain(&error);
    }
    spk_reader_close(reader);
    spk_query_free(query);
    return code;
}
