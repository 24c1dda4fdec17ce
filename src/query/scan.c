/*
 * scan: records in order to rows. The running values (number, relative and delta times) are joined here and nowhere else:
 * this is the one place that sees every record in order.
 */
#include "query/scan.h"
#include "base/error.h"
#include "base/memory.h"
#include "query/filter.h"
#include "query/known_filter.h"

#include <string.h>

enum spk_status spk_scan_new(const struct spk_query *query, struct spk_scan **out, struct spk_error *error)
{
    *out = NULL;
    struct spk_scan *scan = spk_alloc_zeroed(1, sizeof *scan);
    if (scan == NULL) {
        return spk_no_memory(error);
    }
    scan->query = query;
    scan->packet.registry = query->registry;
    if (spk_cells_begin(&scan->maker, query) != SPK_OK
        || (query->options.filter != NULL && spk_matcher_new(query->options.filter, &scan->matcher) != SPK_OK)) {
        spk_scan_free(scan);
        return spk_no_memory(error);
    }
    scan->cells = (struct spk_cells){ .cells = scan->maker.cells, .count = query->count, .record = &scan->record };
    *out = scan;
    return SPK_OK;
}

void spk_scan_free(struct spk_scan *scan)
{
    if (scan != NULL) {
        spk_cells_end(&scan->maker);
        spk_matcher_free(scan->matcher);
        spk_free(scan);
    }
}

void spk_scan_source(struct spk_scan *scan, const char *name, spk_next_fn next, void *context)
{
    scan->name = name;
    scan->next = next;
    scan->context = context;
}

bool spk_scan_done(const struct spk_scan *scan)
{
    const struct spk_query_options *options = &scan->query->options;
    return (options->read_max > 0 && scan->counts.read >= options->read_max)
           || (options->row_max > 0 && scan->counts.rows >= options->row_max);
}

const struct spk_scan_counts *spk_scan_counts(const struct spk_scan *scan)
{
    return &scan->counts;
}

/* For the records after it, one without a time counts as of 1970, as tshark has it. */
static int64_t time_of(const struct spk_record *record)
{
    return record->has_time ? record->time_ns : 0;
}

void spk_scan_count(struct spk_scan *scan, const struct spk_record *records, size_t count)
{
    struct spk_frame *frame = &scan->frame;
    const struct spk_record *last = &records[count - 1];
    frame->previous_ns = count > 1 ? time_of(last - 1) : frame->time_ns;
    frame->has_previous = scan->counts.read + count > 1;
    frame->number = scan->counts.read += count;
    frame->time_ns = time_of(last);
    frame->has_time = last->has_time;
    for (size_t k = 0; k < count; k++) {
        for (uint32_t bits = records[k].warnings, i = 0; bits != 0; bits >>= 1, i++) {
            scan->counts.warnings[i] += bits & 1;
        }
    }
}

/* What the record before leaves behind, and what this one brings. */
static void run_on(struct spk_scan *scan)
{
    const struct spk_record *record = &scan->record;
    struct spk_frame *frame = &scan->frame;
    spk_scan_count(scan, record, 1);
    frame->link = record->link;
    frame->interface = record->interface;
    frame->section = record->section;
    frame->has_section = record->has_section;
    if (!frame->has_first) {
        frame->first_ns = frame->time_ns;
        frame->has_first = true;
    }
}

static bool is_wanted(const struct spk_scan *scan)
{
    const struct spk_query_options *options = &scan->query->options;
    const struct spk_record *record = &scan->record;
    if (options->has_start && (!record->has_time || record->time_ns < options->start_ns)) {
        return false;
    }
    if (options->has_end && (!record->has_time || record->time_ns > options->end_ns)) {
        return false;
    }
    return (options->keep == NULL || options->keep(options->keep_context, record))
           && (scan->bpf == NULL || spk_bpf_set_keep(scan->bpf, record));
}

bool spk_scan_own(struct spk_scan *scan)
{
    bool ok = true;
    if (scan->query->own[OWN_FILE] != SPK_NOWHERE) {
        const char *name = scan->name != NULL ? scan->name : "";
        struct spk_value value = { .kind = SPK_TEXT, .data = (const uint8_t *)name, .len = (uint32_t)strlen(name) };
        ok = spk_cells_own(&scan->maker, OWN_FILE, &value);
    }
    if (scan->query->own[OWN_NUMBER] != SPK_NOWHERE) {
        struct spk_value value = { .kind = SPK_UINT, .u = scan->record.number };
        ok = spk_cells_own(&scan->maker, OWN_NUMBER, &value) && ok;
    }
    if (scan->query->own[OWN_OFFSET] != SPK_NOWHERE) {
        struct spk_value value = { .kind = SPK_UINT, .u = scan->record.offset };
        ok = spk_cells_own(&scan->maker, OWN_OFFSET, &value) && ok;
    }
    return ok;
}

/* Decodes the record as far as that reaches; NULL: whole. */
static void decode(struct spk_scan *scan, const struct spk_reach *reach)
{
    if (reach != NULL) {
        spk_decode_reach(reach, &scan->record, &scan->packet);
    } else {
        spk_decode_record(scan->query->registry, &scan->record, &scan->packet);
    }
    scan->packet.frame = &scan->frame;
}

/* Asks the display filter of a packet that was decoded at least as far as it looks. */
static enum spk_status match(struct spk_scan *scan, bool *kept, struct spk_error *error)
{
    const struct spk_filter *filter = scan->query->options.filter;
    enum spk_status status = spk_matcher_match(scan->matcher, &scan->packet, kept);
    if (status == SPK_ERR_MEMORY) {
        return spk_no_memory(error);
    }
    if (status != SPK_OK) {
        return spk_fail(error, (struct spk_error){ .code = status,
                                                   .who = filter->text,
                                                   .what = "the filter calculates with too many values or bytes",
                                                   .packet = scan->counts.read });
    }
    return SPK_OK;
}

/* Decodes a packet that is kept for the columns. so_far: it was decoded as far as the filter looks. */
static void decode_kept(struct spk_scan *scan, bool so_far)
{
    const struct spk_query *query = scan->query;
    if (scan->fixed == NULL && query->decode && !(so_far && query->filter_reaches)) {
        decode(scan, query->filter_reaches ? query->options.filter->reach : query->reach);
    }
}

/* Asks a packet of no known kind, which was decoded as far as the filter looks; without a filter, any packet. */
static enum spk_status choose_decoded(struct spk_scan *scan, bool *kept, struct spk_error *error)
{
    scan->kind = NULL;
    scan->packet.frame = &scan->frame;
    enum spk_status status = scan->matcher != NULL ? match(scan, kept, error) : SPK_OK;
    if (status == SPK_OK && *kept) {
        decode_kept(scan, scan->matcher != NULL);
    }
    return status;
}

/* Keeps a packet of a known kind: it is decoded for the columns, unless these know its kind as well. */
static void keep_known(struct spk_scan *scan, const struct fixed_kind *kind)
{
    scan->kind = scan->fixed != NULL ? kind : NULL;
    if (scan->kind != NULL) {
        spk_fixed_describe(&scan->record, &scan->packet);
        scan->packet.frame = &scan->frame;
    }
    decode_kept(scan, false);
}

/* Asks the filter of the record, for which a packet is decoded only as far as it looks, and decodes for the columns. */
static enum spk_status choose(struct spk_scan *scan, bool *kept, struct spk_error *error)
{
    const struct fixed *sieve = spk_scan_sieve(scan);
    const struct fixed_kind *kind = NULL;
    if (sieve != NULL) {
        kind = spk_fixed_find(sieve, &scan->record, &scan->packet);
    } else if (scan->matcher != NULL) {
        decode(scan, scan->query->options.filter->reach);
    }
    if (kind == NULL) {
        return choose_decoded(scan, kept, error);
    }
    *kept = spk_fixed_keeps(sieve, kind, &scan->record);
    if (*kept) {
        keep_known(scan, kind);
    }
    return SPK_OK;
}

enum spk_status spk_scan_take(struct spk_scan *scan, struct spk_error *error)
{
    while (scan->next != NULL && !spk_scan_done(scan)) {
        enum spk_status status = scan->next(scan->context, &scan->record, error);
        if (status != SPK_OK) {
            scan->next = status == SPK_IDLE ? scan->next : NULL;
            return status;
        }
        run_on(scan);
        if (!is_wanted(scan)) {
            continue;
        }
        bool kept = true;
        status = choose(scan, &kept, error);
        if (status != SPK_OK || kept) {
            return status;
        }
    }
    return SPK_END;
}

void spk_scan_shown(struct spk_scan *scan)
{
    scan->frame.displayed_ns = scan->frame.time_ns;
    scan->frame.has_displayed = true;
    scan->counts.rows++;
}

bool spk_scan_takes_all(const struct spk_scan *scan)
{
    const struct spk_query_options *options = &scan->query->options;
    return options->keep == NULL && scan->bpf == NULL && spk_scan_sieve(scan) != NULL && !options->has_start
           && !options->has_end && options->read_max == 0 && options->row_max == 0;
}

void spk_scan_ran(struct spk_scan *scan, size_t rows, const struct spk_record *last)
{
    scan->frame.displayed_ns = time_of(last);
    scan->frame.has_displayed = true;
    scan->counts.rows += rows;
}

void spk_scan_know(struct spk_scan *scan, const struct spk_record *record, const struct fixed_kind *kind, bool kept)
{
    scan->record = *record;
    if (kept) {
        keep_known(scan, kind);
    }
    run_on(scan);
}

enum spk_status spk_scan_met(struct spk_scan *scan, const struct spk_record *record, bool *kept,
                             struct spk_error *error)
{
    scan->record = *record;
    run_on(scan);
    return choose_decoded(scan, kept, error);
}

bool spk_scan_cells(struct spk_scan *scan)
{
    if (scan->kind != NULL) {
        decode(scan, scan->query->reach);
        scan->kind = NULL;
    }
    spk_cells_clear(&scan->maker);
    bool ok = spk_scan_own(scan);
    return (!scan->query->decode || spk_cells_fill(&scan->maker, &scan->packet)) && ok;
}

enum spk_status spk_scan_next(struct spk_scan *scan, const struct spk_cells **cells, struct spk_error *error)
{
    *cells = NULL;
    enum spk_status status = spk_scan_take(scan, error);
    if (status != SPK_OK) {
        return status;
    }
    if (!spk_scan_cells(scan)) {
        return spk_no_memory(error);
    }
    spk_scan_shown(scan);
    scan->cells.packet = scan->query->decode ? &scan->packet : NULL;
    scan->cells.number = scan->counts.read;
    *cells = &scan->cells;
    return SPK_OK;
}
