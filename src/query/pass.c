#define _POSIX_C_SOURCE 200809L
#include "query/pass.h"

#include "base/error.h"
#include "base/memory.h"
#include "query/filter.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART_SIZE = 4 * 1024 * 1024, TEXT_PART_SIZE = 2 * 1024 * 1024 };
enum { TICK_RECORDS = 4096, TICK_MS = 50, THREADS_MAX = 256 };

/* Where a cut is sought in vain so often, the rest of the capture is read as one. */
enum { GUESSES = 4 };

/* ---- beginning and ending ---- */

static bool copy_paths(struct pass *pass, const char *const *paths, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += strlen(paths[i]) + 1;
    }
    pass->names = spk_alloc(bytes);
    pass->paths = (const char **)spk_alloc_zeroed(count, sizeof pass->paths[0]);
    pass->sources = spk_alloc_zeroed(count, sizeof pass->sources[0]);
    if (pass->names == NULL || pass->paths == NULL || pass->sources == NULL) {
        return false;
    }
    char *to = pass->names;
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(paths[i]) + 1;
        pass->paths[i] = memcpy(to, paths[i], size);
        to += size;
    }
    pass->count = count;
    return true;
}

struct pass *spk_pass_new(const struct spk_query *query, const struct spk_pass_options *options,
                          const char *const *paths, size_t count)
{
    struct pass *pass = spk_alloc_zeroed(1, sizeof *pass);
    if (pass == NULL) {
        return NULL;
    }
    atomic_init(&pass->part.dropped, false);
    pass->query = query;
    pass->options = options != NULL ? *options : (struct spk_pass_options){ 0 };
    pass->offset = SPK_NO_OFFSET;
    if (!copy_paths(pass, paths, count)) {
        spk_pass_free(pass);
        return NULL;
    }
    return pass;
}

static void close_source(struct source *source)
{
    spk_reader_close(source->ahead);
    spk_reader_close(source->reader);
    source->ahead = NULL;
    source->reader = NULL;
}

void spk_pass_free(struct pass *pass)
{
    if (pass->has_crew) {
        spk_crew_end(&pass->crew);
    }
    spk_batch_clear(&pass->part.batch);
    spk_reader_close(pass->fork);
    for (size_t i = 0; i < pass->count; i++) {
        close_source(&pass->sources[i]);
    }
    spk_scan_free(pass->scan);
    spk_bpf_set_free(pass->bpf);
    spk_bpf_set_free(pass->told);
    spk_shape_end(&pass->shape);
    spk_free(pass->names);
    spk_free((void *)pass->paths);
    spk_free(pass->sources);
    spk_free(pass);
}

/* Whether every value can be made of a part of a capture, or be filled in afterwards. */
static bool needs_order(const struct spk_query *query)
{
    const struct spk_query_options *options = &query->options;
    return options->read_max > 0 || options->row_max > 0 || options->tutorial
           || (options->filter != NULL && options->filter->fields->runs_on);
}

enum spk_status spk_pass_begin(struct pass *pass, const struct spk_columns_options *columns)
{
    const struct spk_pass_options *options = &pass->options;
    pass->begun = true;
    pass->alone = options->threads == 1 || options->part != NULL || needs_order(pass->query);
    pass->part.batch.shape = &pass->shape;
    pass->part_size = options->part_size > 0 ? options->part_size : pass->sink != NULL ? TEXT_PART_SIZE : PART_SIZE;
    bool shaped = spk_shape_begin(&pass->shape, pass->query, columns);
    pass->shape.text = pass->sink != NULL ? &pass->sink->options : NULL;
    pass->shape.groups = pass->groups;
    pass->alone = pass->alone || (pass->groups != NULL && pass->shape.late_count > 0);
    if (!shaped || spk_scan_new(pass->query, &pass->scan, &pass->error) != SPK_OK
        || (options->bpf != NULL && spk_bpf_set_new(options->bpf, false, &pass->bpf) != SPK_OK)) {
        return spk_no_memory(&pass->error);
    }
    return SPK_OK;
}

/* ---- the crew's parts ---- */

static size_t thread_count(const struct pass *pass)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = pass->options.threads > 0 ? pass->options.threads : processors > 1 ? (size_t)processors : 1;
    return count < THREADS_MAX ? count : THREADS_MAX;
}

/* How far a reader came. */
static uint64_t here(const struct spk_reader *reader)
{
    struct spk_reader_info info;
    spk_reader_info(reader, &info);
    return info.offset;
}

/*
 * A fork that has seen the record behind an offset, and so the interfaces before it. Damage is as good, where a part that
 * begins there has to tell of it. NULL: there is no such record.
 */
static struct spk_reader *look_ahead(const struct spk_reader *reader, uint64_t offset, uint64_t part_begin)
{
    struct spk_record record;
    struct spk_error error = { .code = SPK_OK };
    struct spk_reader *fork = NULL;
    if (spk_reader_fork(reader, offset, &fork, NULL) == SPK_OK && spk_reader_next(fork, &record, &error) != SPK_OK
        && !spk_fails_from(&error, part_begin)) {
        spk_reader_close(fork);
        fork = NULL;
    }
    return fork;
}

/* Opens a source. What goes wrong with one that comes later is told when it is its turn. */
static enum spk_status open_source(struct pass *pass, size_t index, struct spk_error *error)
{
    struct source *source = &pass->sources[index];
    if (source->reader != NULL) {
        return SPK_OK;
    }
    const struct spk_reader_options how = { .path = pass->paths[index],
                                            .has_link = pass->options.has_link,
                                            .link = pass->options.link,
                                            .ahead = thread_count(pass) > pass->count - index };
    enum spk_status status = spk_reader_open_with(&how, &source->reader, error);
    struct stat file;
    source->size = stat(pass->paths[index], &file) == 0 && S_ISREG(file.st_mode) ? (uint64_t)file.st_size : 0;
    if (status == SPK_OK && !pass->alone && spk_reader_divides(source->reader, &source->size)
        && source->size > 2 * pass->part_size) {
        source->ahead = look_ahead(source->reader, here(source->reader), SPK_NO_OFFSET);
    }
    return status;
}

/* Where the part that begins at a byte ends: where the next seems to begin, or nowhere. */
static uint64_t guess_end(const struct pass *pass, const struct source *source, uint64_t begin)
{
    const uint64_t size = pass->part_size;
    uint64_t offset;
    for (unsigned i = 1; source->ahead != NULL && i <= GUESSES && begin + (i + 1) * size < source->size; i++) {
        if (spk_reader_guess(source->ahead, begin + i * size, &offset) == SPK_OK) {
            return offset;
        }
    }
    return SPK_NO_OFFSET;
}

/* Gives the crew the source's next part: its beginning, one that begins where a record seems to, or all of it. */
static enum spk_status issue_part(struct pass *pass, size_t index, struct spk_error *error)
{
    struct source *source = &pass->sources[index];
    const uint64_t begin = source->issued;
    struct job *job = spk_job_new(&pass->shape, pass->options.bpf, index > 0 || begin > 0);
    if (job == NULL) {
        return spk_no_memory(error);
    }
    job->source = index;
    job->name = pass->paths[index];
    if (begin > 0) {
        enum spk_status status = spk_reader_fork(source->ahead, begin, &job->fork, error);
        if (status != SPK_OK) {
            spk_job_free(job);
            return status;
        }
    }
    job->part.reader = begin > 0 ? job->fork : source->reader;
    job->part.end = guess_end(pass, source, begin);
    source->issued = job->part.end;
    spk_crew_add(&pass->crew, job);
    return SPK_OK;
}

/* Keeps the crew busy, a little ahead of what is taken. What cannot be done is tried again, and told, in its turn. */
static enum spk_status issue(struct pass *pass, struct spk_error *error)
{
    enum spk_status status = SPK_OK;
    while (status == SPK_OK && pass->issues < pass->count && pass->crew.job_count <= pass->crew.hand_count) {
        status = open_source(pass, pass->issues, error);
        status = status == SPK_OK ? issue_part(pass, pass->issues, error) : status;
        pass->issues += status == SPK_OK && pass->sources[pass->issues].issued == SPK_NO_OFFSET;
    }
    return status;
}

/* ---- what is known for certain ---- */

static void add_counts(struct spk_scan_counts *to, const struct spk_scan_counts *more)
{
    to->read += more->read;
    to->rows += more->rows;
    for (size_t i = 0; i < SPK_COUNT_OF(to->warnings); i++) {
        to->warnings[i] += more->warnings[i];
    }
}

/* A part of the crew's was read after what the pass's scan had read: now that scan knows it too. */
static void join_scan(struct spk_scan *scan, const struct spk_scan *part)
{
    if (part->counts.read == 0) {
        return;
    }
    struct spk_frame before = scan->frame;
    scan->frame = part->frame;
    if (before.has_first) {
        scan->frame.first_ns = before.first_ns;
    }
    if (part->counts.rows == 0) {
        scan->frame.displayed_ns = before.displayed_ns;
        scan->frame.has_displayed = before.has_displayed;
    }
    add_counts(&scan->counts, &part->counts);
    scan->frame.number = scan->counts.read;
}

static bool same(struct known a, struct known b)
{
    return a.sections == b.sections && a.interfaces == b.interfaces;
}

/* What comes behind a part is known; whoever reads ahead from now on has to know what its reader knows. */
static enum spk_status move_on(struct pass *pass, const struct part *part)
{
    struct source *source = &pass->sources[pass->at];
    pass->in_source += part->records;
    pass->offset = part->next;
    pass->known = part->at_next;
    if (source->ahead == NULL || part->next == SPK_NO_OFFSET || same(spk_known(source->ahead), part->at_next)) {
        return SPK_OK;
    }
    struct spk_reader *ahead = NULL;
    enum spk_status status = spk_reader_fork(part->reader, part->next, &ahead, &pass->error);
    if (status == SPK_OK) {
        spk_reader_close(source->ahead);
        source->ahead = ahead;
    }
    return status;
}

static void drop_job(struct pass *pass)
{
    spk_crew_drop(&pass->crew);
    pass->accepted = false;
}

/* The source was read to its end; parts ahead that there may be are of what is not there. */
static void end_source(struct pass *pass)
{
    while (pass->has_crew && pass->crew.first != NULL && pass->crew.first->source == pass->at) {
        drop_job(pass);
    }
    close_source(&pass->sources[pass->at]);
    pass->bytes += pass->sources[pass->at].size;
    pass->issues += pass->issues == pass->at;
    pass->at++;
    pass->offset = SPK_NO_OFFSET;
    pass->in_source = 0;
}

static bool ask(struct pass *pass)
{
    pass->stopped = pass->options.tick != NULL && !pass->options.tick(pass->options.context, pass->scan->counts.read);
    return !pass->stopped;
}

/* ---- what is odd ---- */

/* The filter of libpcap's means nothing for a link type: told once. */
static void tell_refusal(struct pass *pass, uint16_t link)
{
    struct spk_error error;
    bool refused = false;
    if (pass->told == NULL && spk_bpf_set_new(pass->options.bpf, true, &pass->told) != SPK_OK) {
        return;
    }
    if (spk_bpf_set_prepare(pass->told, link, &refused, &error) == SPK_OK && refused) {
        pass->options.note(pass->options.context, 0, &error);
    }
}

/* Tells what a part found odd, once it counts: blocks behind it are others' to tell of. */
static void tell(struct pass *pass, const struct part *part)
{
    struct spk_event events[16];
    if (pass->options.note == NULL) {
        return;
    }
    for (size_t i = 0; i < part->refusals.count; i++) {
        tell_refusal(pass, part->refusals.links[i]);
    }
    size_t count = spk_reader_events(part->reader, events, SPK_COUNT_OF(events));
    for (size_t i = 0; i < count; i++) {
        const struct spk_error note = {
            .who = pass->paths[pass->at], .what = events[i].what, .at = events[i].at, .has_at = true
        };
        if (part->next == SPK_NO_OFFSET || events[i].at < part->next) {
            pass->options.note(pass->options.context, events[i].warning, &note);
        }
    }
}

/* ---- reading itself ---- */

static void begin_part(struct pass *pass, struct spk_reader *reader, uint64_t end)
{
    struct part *part = &pass->part;
    part->reader = reader;
    part->scan = pass->scan;
    part->bpf = pass->bpf;
    part->end = end;
    part->before = pass->in_source;
    part->records = 0;
    spk_batch_clear(&part->batch);
    spk_part_begin(part, pass->paths[pass->at]);
    pass->reads = true;
}

/* Begins to read from the present offset up to where another's part ends. */
static enum spk_status read_again(struct pass *pass, uint64_t end)
{
    const struct source *source = &pass->sources[pass->at];
    enum spk_status status = spk_reader_fork(source->ahead, pass->offset, &pass->fork, &pass->error);
    if (status == SPK_OK) {
        begin_part(pass, pass->fork, end);
    }
    return status;
}

/* What a reader of the part has to know is learnt where the capture tells of it; then the part is read. */
static enum spk_status begin_cut(struct pass *pass)
{
    const struct spk_part *cut = pass->options.part;
    struct source *source = &pass->sources[pass->at];
    source->ahead = look_ahead(source->reader, here(source->reader), cut->begin);
    for (size_t i = 0; i < cut->tell_count && source->ahead != NULL; i++) {
        struct spk_reader *known = source->ahead;
        source->ahead = look_ahead(known, cut->tells[i], cut->begin);
        spk_reader_close(known);
    }
    if (source->ahead == NULL) {
        return spk_fail(&pass->error, (struct spk_error){ .code = SPK_ERR_UNSUPPORTED,
                                                          .who = pass->paths[pass->at],
                                                          .what = "it does not have this part" });
    }
    pass->offset = cut->begin;
    return read_again(pass, cut->end);
}

/*
 * What went wrong: a reader counts packets from where it began in the source, the display filter from where its scan began,
 * before which the pass's had read so many of all sources.
 */
static enum spk_status take_error(struct pass *pass, const struct part *part, uint64_t read)
{
    pass->error = part->error;
    if (pass->options.part != NULL) {
        pass->error.packet = 0; /* nobody has counted what stands before the part */
    } else if (pass->error.packet > 0) {
        pass->error.packet += part->filter_failed ? read : pass->in_source;
    }
    return part->status;
}

/* The pass itself reads on. *batch may get rows. */
static enum spk_status read_on(struct pass *pass, struct batch *batch)
{
    struct part *part = &pass->part;
    do {
        spk_part_fill(part, TICK_RECORDS);
    } while (ask(pass) && part->status == SPK_OK && !spk_batch_is_due(&part->batch));
    if (pass->stopped) {
        return SPK_OK;
    }
    spk_batch_move(&part->batch, batch);
    if (part->status == SPK_OK) {
        return SPK_OK;
    }
    pass->reads = false;
    tell(pass, part);
    if (part->status < 0) {
        return take_error(pass, part, 0);
    }
    enum spk_status status = move_on(pass, part);
    spk_reader_close(pass->fork);
    pass->fork = NULL;
    if (pass->offset == SPK_NO_OFFSET || pass->options.part != NULL) {
        end_source(pass);
    }
    return status;
}

/* ---- taking what the crew has read ---- */

/* Whether the crew's first job begins where all before it ended. */
static bool joins(const struct pass *pass, const struct part *part)
{
    bool begins_source = pass->offset == SPK_NO_OFFSET;
    return begins_source || (part->first == pass->offset && same(part->at_first, pass->known));
}

static enum spk_status take_batch(struct pass *pass, const struct part *part, struct batch *batch)
{
    struct before before = { .frame = pass->scan->frame,
                             .read = pass->scan->counts.read,
                             .in_source = pass->in_source };
    if (!before.frame.has_first) {
        before.frame.has_first = true;
        before.frame.first_ns = part->scan->frame.first_ns;
    }
    if (!spk_batch_join(batch, &before, pass->sink)) {
        spk_batch_clear(batch);
        return spk_no_memory(&pass->error);
    }
    pass->scan->frame.displayed_ns = before.frame.displayed_ns;
    pass->scan->frame.has_displayed = before.frame.has_displayed;
    return SPK_OK;
}

/* The first job is done, and all its rows were taken. */
static enum spk_status finish(struct pass *pass, const struct part *part)
{
    const uint64_t read = pass->scan->counts.read;
    join_scan(pass->scan, part->scan);
    tell(pass, part);
    if (part->status < 0) {
        return take_error(pass, part, read);
    }
    pass->joined++;
    enum spk_status status = move_on(pass, part);
    drop_job(pass);
    if (pass->offset == SPK_NO_OFFSET) {
        end_source(pass);
    }
    return status;
}

static enum spk_status take_on(struct pass *pass, struct batch *batch)
{
    const struct part *part = &pass->crew.first->part;
    uint64_t end = part->end;
    if (!spk_crew_wait(&pass->crew, TICK_MS)) {
        return SPK_OK;
    }
    if (!pass->accepted && pass->offset != SPK_NO_OFFSET && pass->offset >= end) { /* a long record reaches over it */
        drop_job(pass);
        return SPK_OK;
    }
    pass->accepted = pass->accepted || joins(pass, part);
    if (!pass->accepted) {
        drop_job(pass);
        pass->read_again++;
        return read_again(pass, end);
    }
    if (spk_crew_take(&pass->crew, batch)) {
        return take_batch(pass, part, batch);
    }
    return spk_crew_is_over(&pass->crew) ? finish(pass, part) : SPK_OK;
}

/* Whether others read ahead. */
static bool has_crew(struct pass *pass)
{
    if (!pass->has_crew && !pass->alone) {
        size_t threads = thread_count(pass);
        bool worth_it = pass->count - pass->at > 1 || pass->sources[pass->at].ahead != NULL;
        pass->has_crew = threads > 1 && worth_it && spk_crew_begin(&pass->crew, threads);
        pass->alone = !pass->has_crew;
        pass->issues = pass->at;
    }
    return pass->has_crew;
}

static enum spk_status step(struct pass *pass, struct batch *batch)
{
    if (pass->reads) {
        return read_on(pass, batch);
    }
    if (pass->at == pass->count || spk_scan_done(pass->scan)) {
        return SPK_END;
    }
    enum spk_status status = open_source(pass, pass->at, &pass->error);
    if (status != SPK_OK) {
        return status;
    }
    if (pass->options.part != NULL) {
        return begin_cut(pass);
    }
    if (!has_crew(pass)) {
        begin_part(pass, pass->sources[pass->at].reader, SPK_NO_OFFSET);
        return SPK_OK;
    }
    struct spk_error error = { .code = SPK_OK };
    status = issue(pass, &error);
    if (pass->crew.first == NULL) {
        pass->error = error;
        return status;
    }
    ask(pass);
    return take_on(pass, batch);
}

enum spk_status spk_pass_next(struct pass *pass, struct batch *batch)
{
    enum spk_status status = SPK_OK;
    while (status == SPK_OK && batch->rows == 0 && !pass->stopped) {
        status = step(pass, batch);
    }
    return status;
}

const struct spk_scan_counts *spk_pass_counts(const struct pass *pass)
{
    static const struct spk_scan_counts none;
    return pass->scan != NULL ? &pass->scan->counts : &none;
}

uint64_t spk_pass_bytes(const struct pass *pass)
{
    if (pass->reads) {
        struct spk_reader_info info;
        spk_reader_info(pass->part.reader, &info);
        return pass->bytes + (info.compression == SPK_COMPRESSION_NONE ? info.offset : 0);
    }
    bool inside = pass->at < pass->count && pass->offset != SPK_NO_OFFSET && pass->sources[pass->at].ahead != NULL;
    return pass->bytes + (inside ? pass->offset : 0);
}
