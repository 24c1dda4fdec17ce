/* lines: a pass over captures as text: the rows of its batches, in order, into a sink. */
#include "base/error.h"
#include "base/memory.h"
#include "query/pass.h"

struct spk_lines {
    struct pass *pass;
};

enum spk_status spk_lines_new(const struct spk_query *query, const struct spk_pass_options *options,
                              const char *const *paths, size_t path_count, struct spk_sink *sink,
                              struct spk_lines **out, struct spk_error *error)
{
    *out = NULL;
    struct spk_lines *lines = spk_alloc_zeroed(1, sizeof *lines);
    struct pass *pass = spk_pass_new(query, options, paths, path_count);
    if (lines == NULL || pass == NULL) {
        spk_free(lines);
        if (pass != NULL) {
            spk_pass_free(pass);
        }
        return spk_no_memory(error);
    }
    pass->sink = sink;
    lines->pass = pass;
    *out = lines;
    return SPK_OK;
}

void spk_lines_free(struct spk_lines *lines)
{
    if (lines != NULL) {
        spk_pass_free(lines->pass);
        spk_free(lines);
    }
}

/* A failure is given again at every later call. */
static enum spk_status advance(struct pass *pass, struct batch *batch)
{
    const struct spk_columns_options plain = { 0 };
    if (!pass->begun) {
        pass->status = spk_pass_begin(pass, &plain);
    }
    if (pass->status == SPK_OK) {
        pass->status = spk_pass_next(pass, batch);
    }
    return pass->stopped ? SPK_END : pass->status;
}

enum spk_status spk_lines_next(struct spk_lines *lines, struct spk_error *error)
{
    struct pass *pass = lines->pass;
    struct spk_buf *out = pass->sink->out;
    const size_t before = out->len;
    struct batch batch = { .shape = &pass->shape };
    enum spk_status status = advance(pass, &batch);
    bool rows = batch.rows > 0 && !pass->stopped;
    if (rows && !spk_sink_join_end(pass->sink, &batch.text)) {
        pass->status = spk_no_memory(&pass->error);
        rows = false;
    }
    spk_batch_clear(&batch);
    if (!rows) {
        spk_buf_cut(out, before); /* of rows that were joined in part nothing stays */
    }
    if (!rows && pass->status < 0 && error != NULL) {
        *error = pass->error;
    }
    return rows ? SPK_OK : status < 0 ? status : pass->status < 0 ? pass->status : status;
}

const struct spk_scan_counts *spk_lines_counts(const struct spk_lines *lines)
{
    return spk_pass_counts(lines->pass);
}

uint64_t spk_lines_bytes(const struct spk_lines *lines)
{
    return spk_pass_bytes(lines->pass);
}
