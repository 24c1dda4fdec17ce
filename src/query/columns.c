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

/* Keeps what pass->error says: it is given once the rows before it were. */
static int fail(struct pass *pass)
{
    spk_error_text(&pass->error, pass->message, sizeof pass->message);
    pass->failed = errno_of(&pass->error);
    return pass->failed;
}

static int fail_of(struct pass *pass, enum spk_status code, const char *what)
{
    spk_fail(&pass->error, (struct spk_error){ .code = code, .what = what });
    return fail(pass);
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    struct pass *pass = stream->private_data;
    struct batch batch = { .shape = NULL };
    out->release = NULL;
    if (pass->failed != 0) {
        return pass->failed;
    }
    if (!pass->begun && spk_pass_begin(pass) != SPK_OK) {
        return fail_of(pass, SPK_ERR_MEMORY, "out of memory");
    }
    if (pass->status == SPK_OK) {
        pass->status = spk_pass_next(pass, &batch);
    }
    if (pass->stopped || batch.rows == 0) {
        spk_batch_clear(&batch);
    }
    if (pass->stopped) {
        fail_of(pass, SPK_ERR_LIMIT, "stopped");
        return pass->failed = ECANCELED;
    }
    if (batch.rows > 0) {
        return spk_batch_give(&batch, out) ? 0 : fail_of(pass, SPK_ERR_MEMORY, "out of memory");
    }
    return pass->status < 0 ? fail(pass) : 0;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    struct pass *pass = stream->private_data;
    return spk_arrow_schema(pass->query, &pass->options, out) ? 0 : fail_of(pass, SPK_ERR_MEMORY, "out of memory");
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    const struct pass *pass = stream->private_data;
    return pass->failed != 0 ? pass->message : NULL;
}

static void release(struct ArrowArrayStream *stream)
{
    spk_pass_free(stream->private_data);
    stream->release = NULL;
}

enum spk_status spk_columns_open(const struct spk_query *query, const struct spk_columns_options *options,
                                 const char *const *paths, size_t path_count, struct ArrowArrayStream *out,
                                 struct spk_error *error)
{
    struct pass *pass = spk_pass_new(query, options, paths, path_count);
    out->release = NULL;
    if (pass == NULL) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" });
    }
    *out = (struct ArrowArrayStream){ .get_schema = get_schema,
                                      .get_next = get_next,
                                      .get_last_error = get_last_error,
                                      .release = release,
                                      .private_data = pass };
    return SPK_OK;
}

const struct spk_error *spk_columns_error(const struct ArrowArrayStream *stream)
{
    const struct pass *pass = stream->private_data;
    return &pass->error;
}

const struct spk_scan_counts *spk_columns_counts(const struct ArrowArrayStream *stream)
{
    static const struct spk_scan_counts none;
    const struct pass *pass = stream->private_data;
    return pass->scan != NULL ? &pass->scan->counts : &none;
}

enum spk_status spk_columns_schema(const struct spk_query *query, const struct spk_columns_options *options,
                                   struct ArrowSchema *out, struct spk_error *error)
{
    const struct spk_columns_options plain = { 0 };
    if (spk_arrow_schema(query, options != NULL ? options : &plain, out)) {
        return SPK_OK;
    }
    return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" });
}
