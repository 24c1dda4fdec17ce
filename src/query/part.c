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

/* A record is the first of those behind the part. */
static enum spk_status leave(struct part *part, const struct spk_record *record)
{
    part->next = record->offset;
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
    if (status != SPK_OK) {
        return status;
    }
    if (record->offset >= part->end) {
        return leave(part, record);
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

/* Makes the rows of a run; another may begin behind it. */
static void end_run(struct part *part, struct run *run)
{
    if (run->count > 0 && part->status == SPK_OK) {
        part->status = told(part, spk_batch_take_run(&part->batch, part->scan, run));
        spk_scan_ran(part->scan, run->count, &run->records[run->count - 1]);
    }
    run->records += run->count;
    run->count = 0;
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

/* A record behind those of the run, which has room for it. */
static void take_record(struct part *part, struct run *run, const struct spk_record *record)
{
    struct spk_scan *scan = part->scan;
    const struct fixed *sieve = spk_scan_sieve(scan);
    const struct fixed_kind *kind = spk_fixed_find(sieve, record, &scan->packet);
    part->records++;
    if (kind == NULL) {
        end_run(part, run);
        if (part->status == SPK_OK) {
            take_alone(part, record);
        }
        return;
    }
    bool kept = spk_fixed_keeps(sieve, kind, record);
    if (!part->fills_runs) {
        spk_scan_know(scan, record, kind, kept);
        part->status = kept ? told(part, spk_batch_take(&part->batch, scan)) : SPK_OK;
        return;
    }
    spk_scan_count(scan, record);
    if (!kept) {
        return;
    }
    if (&run->records[run->count] != record) { /* others were left out */
        run->records[run->count] = *record;
    }
    run->kinds[run->count++] = (uint16_t)(kind - sieve->kinds);
}

/* Takes the records that can be had without reading, room of them at most. False: there are none. */
static bool take_records(struct part *part, size_t room)
{
    struct spk_record records[RUN_MAX];
    struct run run = { .records = records };
    size_t count = spk_reader_more(part->reader, records, room < RUN_MAX ? room : RUN_MAX);
    size_t taken = 0;
    for (; taken < count && part->status == SPK_OK && records[taken].offset < part->end; taken++) {
        take_record(part, &run, &records[taken]);
    }
    end_run(part, &run);
    if (taken < count && part->status == SPK_OK) {
        part->status = leave(part, &records[taken]);
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
