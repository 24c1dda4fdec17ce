/* columns: a pass over captures as Arrow's stream of batches. */
#include "base/error.h"
#include "base/memory.h"
#include "query/arrow.h"
#include "query/batch.h"
#include "query/programs.h"

#include <errno.h>
#include <string.h>

enum { TICK_RECORDS = 4096, MESSAGE_SIZE = 1024 };

struct pass {
    const struct spk_query *query;
    struct spk_columns_options options;
    char *names; /* copies of the paths, each with its zero */
    const char **paths;
    size_t path_count;
    size_t index; /* of the path being read, or the next one */
    struct spk_reader *reader;
    struct spk_scan *scan;
    struct programs programs;
    struct batch batch;
    struct spk_error error;
    int failed; /* errno of error, given once the rows before it were; 0: nothing failed */
    bool ended;
    char message[MESSAGE_SIZE];
};

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

static int fail(struct pass *pass, enum spk_status status, const char *what)
{
    if (what != NULL) {
        spk_fail(&pass->error, (struct spk_error){ .code = status, .what = what });
    }
    spk_error_text(&pass->error, pass->message, sizeof pass->message);
    pass->failed = errno_of(&pass->error);
    return pass->failed;
}

/* spk_next_fn over the present reader. */
static enum spk_status next_record(void *context, struct spk_record *record, struct spk_error *error)
{
    struct pass *pass = context;
    enum spk_status status = spk_reader_next(pass->reader, record, error);
    return status == SPK_OK ? spk_programs_prepare(&pass->programs, record->link, error) : status;
}

/* Opens the next capture. SPK_END: there is none, or no more rows are wanted. */
static enum spk_status open_next(struct pass *pass)
{
    if (pass->index == pass->path_count || spk_scan_done(pass->scan)) {
        return SPK_END;
    }
    enum spk_status status = spk_reader_open(pass->paths[pass->index], &pass->reader, &pass->error);
    if (status == SPK_OK) {
        spk_scan_source(pass->scan, pass->paths[pass->index], next_record, pass);
        pass->index++;
    }
    return status;
}

/* One record on. SPK_END: all was read. */
static enum spk_status step(struct pass *pass)
{
    enum spk_status status = pass->reader == NULL ? open_next(pass) : SPK_OK;
    if (status != SPK_OK) {
        return status;
    }
    status = spk_scan_take(pass->scan, &pass->error);
    if (status == SPK_END) {
        spk_reader_close(pass->reader);
        pass->reader = NULL;
        return spk_scan_done(pass->scan) ? SPK_END : SPK_OK;
    }
    if (status == SPK_OK && (status = spk_batch_take(&pass->batch, pass->scan)) != SPK_OK) {
        const char *what = status == SPK_ERR_MEMORY ? "out of memory" : "one packet's values are too long";
        return spk_fail(&pass->error, (struct spk_error){ .code = status, .what = what });
    }
    return status;
}

/* Reads until a batch is full, or all was read, or something failed. ECANCELED: nobody wants more. */
static int fill(struct pass *pass)
{
    uint64_t asked = pass->scan->counts.read;
    while (!pass->ended && pass->failed == 0 && !spk_batch_is_full(&pass->batch)) {
        enum spk_status status = step(pass);
        if (status < 0) {
            fail(pass, status, NULL);
        }
        pass->ended = status == SPK_END;
        if (pass->options.tick != NULL && pass->scan->counts.read - asked >= TICK_RECORDS) {
            asked = pass->scan->counts.read;
            if (!pass->options.tick(pass->options.tick_context, asked)) {
                pass->ended = true;
                return ECANCELED;
            }
        }
    }
    return 0;
}

static int begin(struct pass *pass)
{
    pass->programs.expression = pass->options.bpf;
    if (spk_scan_new(pass->query, &pass->scan, &pass->error) != SPK_OK
        || !spk_batch_begin(&pass->batch, pass->query, &pass->options)) {
        return fail(pass, SPK_ERR_MEMORY, "out of memory");
    }
    if (pass->options.bpf != NULL) {
        pass->scan->keep = spk_programs_keep;
        pass->scan->keep_context = &pass->programs;
    }
    return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    struct pass *pass = stream->private_data;
    out->release = NULL;
    if (pass->scan == NULL && pass->failed == 0) {
        begin(pass);
    }
    if (pass->failed != 0 && pass->batch.rows == 0) {
        return pass->failed;
    }
    int stopped = fill(pass);
    if (stopped != 0) {
        spk_fail(&pass->error, (struct spk_error){ .code = SPK_ERR_LIMIT, .what = "stopped" });
        pass->failed = stopped;
        pass->batch.rows = 0;
        return stopped;
    }
    if (pass->batch.rows > 0) {
        return spk_batch_give(&pass->batch, out) ? 0 : fail(pass, SPK_ERR_MEMORY, "out of memory");
    }
    return pass->failed;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    struct pass *pass = stream->private_data;
    return spk_arrow_schema(pass->query, &pass->options, out) ? 0 : fail(pass, SPK_ERR_MEMORY, "out of memory");
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    const struct pass *pass = stream->private_data;
    return pass->failed != 0 ? pass->message : NULL;
}

static void free_pass(struct pass *pass)
{
    if (pass->scan != NULL) {
        spk_batch_end(&pass->batch);
    }
    spk_scan_free(pass->scan);
    spk_reader_close(pass->reader);
    spk_programs_free(&pass->programs);
    spk_free(pass->names);
    spk_free((void *)pass->paths);
    spk_free(pass);
}

static void release(struct ArrowArrayStream *stream)
{
    free_pass(stream->private_data);
    stream->release = NULL;
}

static bool copy_paths(struct pass *pass, const char *const *paths, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += strlen(paths[i]) + 1;
    }
    pass->names = spk_alloc(bytes);
    pass->paths = (const char **)spk_alloc_zeroed(count, sizeof pass->paths[0]);
    if (pass->names == NULL || pass->paths == NULL) {
        return false;
    }
    char *to = pass->names;
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(paths[i]) + 1;
        pass->paths[i] = memcpy(to, paths[i], size);
        to += size;
    }
    pass->path_count = count;
    return true;
}

enum spk_status spk_columns_open(const struct spk_query *query, const struct spk_columns_options *options,
                                 const char *const *paths, size_t path_count, struct ArrowArrayStream *out,
                                 struct spk_error *error)
{
    struct pass *pass = spk_alloc_zeroed(1, sizeof *pass);
    out->release = NULL;
    if (pass != NULL) {
        pass->query = query;
        pass->options = options != NULL ? *options : (struct spk_columns_options){ 0 };
    }
    if (pass == NULL || !copy_paths(pass, paths, path_count)) {
        if (pass != NULL) {
            free_pass(pass);
        }
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
