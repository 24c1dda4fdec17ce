#include "query/part.h"

#include "base/error.h"

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
        part->next = record->offset;
        part->at_next = spk_known(part->reader);
        return SPK_END;
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
}

static enum spk_status step(struct part *part)
{
    enum spk_status status = spk_scan_take(part->scan, &part->error);
    part->filter_failed = status < 0 && part->scan->next != NULL; /* a reader that failed is not asked again */
    if (status == SPK_OK && (status = spk_batch_take(&part->batch, part->scan)) != SPK_OK) {
        const char *what = status == SPK_ERR_MEMORY ? "out of memory" : "one packet's values are too long";
        spk_fail(&part->error, (struct spk_error){ .code = status, .what = what });
    }
    return status;
}

void spk_part_fill(struct part *part, uint64_t most)
{
    const uint64_t until = part->records + most;
    while (part->status == SPK_OK && part->records < until && !spk_batch_is_full(&part->batch)) {
        part->status = step(part);
    }
}
