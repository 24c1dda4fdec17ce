#include "query/part.h"

#include "base/error.h"
#include "query/known_filter.h"

struct known spk_known(const struct spk_reader *reader)
{
    struct spk_reader_info info;
    spk_reader_info(reader, &info);
    return (struct known){ .sections = info.sections, .interfaces = info.interfaces_total };
}

/* Has a program made for the link type, and notes where there can be none. */
static enum spk_status prepare(struct part *part, uint16_t link, struct spk_error *error)
{
    bool refused = false;
    enum spk_status status = spk_bpf_set_prepare(part->bpf, link, &refused, error);
    if (status == SPK_OK && refused && part->refusals.count < REFUSALS_MAX) {
        part->refusals.links[part->refusals.count++] = link;
    }
    return status;
}

bool spk_fails_from(const struct spk_error *error, uint64_t offset)
{
    return error->has_at && error->at >= offset;
}

/* What comes next, a record or what is damaged, is behind the part. */
static enum spk_status leave(struct part *part, uint64_t next)
{
    part->next = next;
    part->at_next = spk_known(part->reader);
    return SPK_END;
}

/* spk_next_fn over the part's reader: records of the part. */
static enum spk_status next_record(void *context, struct spk_record *record, struct spk_error *error)
{
    struct part *part = context;
    if (atomic_load_explicit(&part->dropped, memory_order_relaxed)) {
        return SPK_END;
    }
    enum spk_status status = spk_reader_next(part->reader, record, error);
    if (status < 0 && spk_fails_from(error, part->end)) {
        return leave(part, error->at); /* whoever reads on from there tells of it */
    }
    if (status != SPK_OK) {
        return status;
    }
    if (record->offset >= part->end) {
        return leave(part, record->offset);
    }
    if (part->waits_for_first) {
        part->waits_for_first = false;
        part->first = record->offset;
        part->at_first = spk_known(part->reader);
    }
    part->records++;
    record->number += part->before;
    return prepare(part, record->link, error);
}

void spk_part_begin(struct part *part, const char *name)
{
    spk_reader_until(part->reader, part->end);
    part->first = part->next = SPK_NO_OFFSET;
    part->waits_for_first = true;
    part->status = SPK_OK;
    spk_scan_source(part->scan, name, next_record, part);
    part->refusals.count = 0;
    part->scan->bpf = part->bpf;
    part->scan->fixed = spk_shape_fixed(part->batch.shape);
    part->takes_many = spk_scan_takes_all(part->scan);
    part->fills_runs = part->scan->fixed != NULL && spk_shape_fills_runs(part->batch.shape);
}

/* ---- one record after the other ---- */

/* What has become of a row, or of several. */
static enum spk_status told(struct part *part, enum spk_status status)
{
    if (status != SPK_OK) {
        const char *what = status == SPK_ERR_MEMORY ? "out of memory" : "one packet's values are too long";
        spk_fail(&part->error, (struct spk_error){ .code = status, .what = what });
    }
    return status;
}

static enum spk_status step(struct part *part)
{
    enum spk_status status = spk_scan_take(part->scan, &part->error);
    part->filter_failed = status < 0 && part->scan->next != NULL; /* a reader that failed is not asked again */
    return status == SPK_OK ? told(part, spk_batch_take(&part->batch, part->scan)) : status;
}

/* ---- runs of records ---- */

/* Leaves out of the run what the filter does. */
static void sift(const struct fixed *sieve, struct run *run)
{
    size_t kept = 0;
    for (size_t i = 0; i < run->count; i++) {
        const struct spk_record *record = &run->records[i];
        const uint16_t kind = run->kinds[i];
        if (spk_fixed_keeps(sieve, &sieve->kinds[kind], record)) {
            if (kept < i) {
                run->records[kept] = *record;
                run->kinds[kept] = kind;
            }
            kept++;
        }
    }
    run->count = kept;
}

/* Makes the rows of a run. */
static void take_run(struct part *part, struct run *run)
{
    const struct fixed *sieve = spk_scan_sieve(part->scan);
    spk_scan_count(part->scan, run->records, run->count);
    if (sieve->filter != NULL) {
        sift(sieve, run);
    }
    if (run->count > 0) {
        part->status = told(part, spk_batch_take_run(&part->batch, part->scan, run));
        spk_scan_ran(part->scan, run->count, &run->records[run->count - 1]);
    }
}

/* A record that belongs to no run; it was decoded. */
static void take_alone(struct part *part, const struct spk_record *record)
{
    bool kept = true;
    part->status = spk_scan_met(part->scan, record, &kept, &part->error);
    part->filter_failed = part->status != SPK_OK;
    if (part->status == SPK_OK && kept) {
        part->status = told(part, spk_batch_take(&part->batch, part->scan));
    }
}

/* A record of a known kind that becomes a row by itself. */
static void take_known(struct part *part, const struct spk_record *record, const struct fixed_kind *kind)
{
    const bool kept = spk_fixed_keeps(spk_scan_sieve(part->scan), kind, record);
    spk_scan_know(part->scan, record, kind, kept);
    part->status = kept ? told(part, spk_batch_take(&part->batch, part->scan)) : SPK_OK;
}

/* Those of a run as rows, each by itself. Gives how many were taken: all, unless one failed. */
static size_t take_each(struct part *part, const struct run *run)
{
    const struct fixed_kind *kinds = spk_scan_sieve(part->scan)->kinds;
    size_t taken = 0;
    for (; taken < run->count && part->status == SPK_OK; taken++) {
        take_known(part, &run->records[taken], &kinds[run->kinds[taken]]);
    }
    return taken;
}

/* The run that so many records begin with, and the record behind it, which is decoded. Gives how many these are. */
static size_t take_some(struct part *part, struct run *run, size_t count)
{
    const struct spk_stencils *set = spk_scan_sieve(part->scan)->stencils;
    size_t taken = run->count = spk_decode_stencils(set, run->records, count, run->kinds, NULL);
    if (taken > 0 && part->fills_runs) {
        take_run(part, run);
    } else if (taken > 0) {
        taken = take_each(part, run);
    }
    if (taken == count || part->status != SPK_OK) {
        return taken;
    }
    spk_decode_reach(set->reach, &run->records[taken], &part->scan->packet);
    take_alone(part, &run->records[taken]);
    return taken + 1;
}

/* Takes the records that can be had without reading, room of them at most. False: there are none. */
static bool take_records(struct part *part, size_t room)
{
    struct spk_record records[RUN_MAX];
    struct run run;
    const size_t count = spk_reader_more(part->reader, records, room < RUN_MAX ? room : RUN_MAX);
    size_t mine = count, taken = 0;
    while (mine > 0 && records[mine - 1].offset >= part->end) {
        mine--;
    }
    while (taken < mine && part->status == SPK_OK) {
        run.records = &records[taken];
        taken += take_some(part, &run, mine - taken);
    }
    part->records += taken;
    if (mine < count && part->status == SPK_OK) {
        part->status = leave(part, records[mine].offset);
    }
    return count > 0;
}

void spk_part_fill(struct part *part, uint64_t most)
{
    const uint64_t until = part->records + most;
    while (part->status == SPK_OK && part->records < until && !spk_batch_is_full(&part->batch)) {
        bool many = part->takes_many && !part->waits_for_first && !atomic_load(&part->dropped);
        if (!many || !take_records(part, spk_batch_room(&part->batch))) {
            part->status = step(part);
        }
    }
}
