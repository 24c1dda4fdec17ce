/*
 * columns: a pass over captures as Arrow's stream of batches.
 *
 * One thread reads in order (the pass's own scan, which alone knows what runs on from record to record); others may read
 * ahead of it, each a part that begins where a record seems to begin. What they made counts only when the part before ended
 * at that very record, and knew the same sections and interfaces there; else the pass reads the part itself.
 */
#include "query/pass.h"

#include "base/error.h"
#include "base/memory.h"
#include "query/arrow.h"

#include <errno.h>
#include <string.h>

static int errno_of(const struct spk_error *error)
{
    switch (error->code) {
    case SPK_ERR_MEMORY:
        return ENOMEM;
    case SPK_ERR_USAGE:
        return EINVAL;
    case SPK_ERR_IO:
        return error->sys_errno != 0 ? error->sys_errno : EIO;
    default:
        return EIO;
    }
}

/* What a stream is made of. */
struct columns {
    struct pass *pass;
    struct spk_columns_options options;
    int failed; /* errno of the pass's error, once it was given */
    char message[1024];
};

/* Keeps what the pass's error says: it is given once the rows before it were. */
static int fail(struct columns *columns)
{
    spk_error_text(&columns->pass->error, columns->message, sizeof columns->message);
    columns->failed = errno_of(&columns->pass->error);
    return columns->failed;
}

static int fail_for_memory(struct columns *columns)
{
    spk_no_memory(&columns->pass->error);
    return fail(columns);
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    struct columns *columns = stream->private_data;
    struct pass *pass = columns->pass;
    struct batch batch = { .shape = NULL };
    out->release = NULL;
    if (columns->failed != 0) {
        return columns->failed;
    }
    if (!pass->begun && spk_pass_begin(pass, &columns->options) != SPK_OK) {
        return fail_for_memory(columns);
    }
    if (pass->status == SPK_OK) {
        pass->status = spk_pass_next(pass, &batch);
    }
    if (pass->stopped || batch.rows == 0) {
        spk_batch_clear(&batch);
    }
    if (pass->stopped) {
        spk_fail(&pass->error, (struct spk_error){ .code = SPK_ERR_LIMIT, .what = "stopped" });
        fail(columns);
        return columns->failed = ECANCELED;
    }
    if (batch.rows > 0) {
        return spk_batch_give(&batch, out) ? 0 : fail_for_memory(columns);
    }
    return pass->status < 0 ? fail(columns) : 0;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    struct columns *columns = stream->private_data;
    return spk_arrow_schema(columns->pass->query, &columns->options, out) ? 0 : fail_for_memory(columns);
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    const struct columns *columns = stream->private_data;
    return columns->failed != 0 ? columns->message : NULL;
}

static void release(struct ArrowArrayStream *stream)
{
    struct columns *columns = stream->private_data;
    spk_pass_free(columns->pass);
    spk_free(columns);
    stream->release = NULL;
}

enum spk_status spk_columns_open(const struct spk_query *query, const struct spk_columns_options *options,
                                 const char *const *paths, size_t path_count, struct ArrowArrayStream *out,
                                 struct spk_error *error)
{
    out->release = NULL;
    struct columns *columns = spk_alloc_zeroed(1, sizeof *columns);
    if (columns == NULL) {
        return spk_no_memory(error);
    }
    columns->options = options != NULL ? *options : (struct spk_columns_options){ 0 };
    const struct spk_pass_options how = { .threads = columns->options.threads,
                                          .part_size = columns->options.part_size,
                                          .bpf = columns->options.bpf,
                                          .has_link = columns->options.has_link,
                                          .link = columns->options.link,
                                          .part = columns->options.part,
                                          .tick = columns->options.tick,
                                          .context = columns->options.tick_context };
    columns->pass = spk_pass_new(query, &how, paths, path_count);
    if (columns->pass == NULL) {
        spk_free(columns);
        return spk_no_memory(error);
    }
    *out = (struct ArrowArrayStream){ .get_schema = get_schema,
                                      .get_next = get_next,
                                      .get_last_error = get_last_error,
                                      .release = release,
                                      .private_data = columns };
    return SPK_OK;
}

const struct pass *spk_columns_pass(const struct ArrowArrayStream *stream)
{
    const struct columns *columns = stream->private_data;
    return columns->pass;
}

const struct spk_error *spk_columns_error(const struct ArrowArrayStream *stream)
{
    return &spk_columns_pass(stream)->error;
}

const struct spk_scan_counts *spk_columns_counts(const struct ArrowArrayStream *stream)
{
    return spk_pass_counts(spk_columns_pass(stream));
}

enum spk_status spk_columns_schema(const struct spk_query *query, const struct spk_columns_options *options,
                                   struct ArrowSchema *out, struct spk_error *error)
{
    const struct spk_columns_options plain = { 0 };
    if (spk_arrow_schema(query, options != NULL ? options : &plain, out)) {
        return SPK_OK;
    }
    return spk_no_memory(error);
}
