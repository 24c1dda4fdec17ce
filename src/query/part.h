/* part: a stretch of a capture, read into batches by one thread. */
#ifndef QUERY_PART_H
#define QUERY_PART_H

#include "query/batch.h"

#include <stdatomic.h>

#define SPK_NO_OFFSET UINT64_MAX

/* What a reader knew at a record: blocks between two readers that say the same said nothing of interfaces. */
struct known {
    uint32_t sections;
    uint64_t interfaces;
};

/* Link types that the filter of libpcap's means nothing for, the first of them. */
enum { REFUSALS_MAX = 8 };
struct refusals {
    uint16_t links[REFUSALS_MAX];
    size_t count;
};

struct part {
    struct spk_reader *reader;
    struct spk_scan *scan;
    struct spk_bpf_set *bpf; /* NULL: every record */
    struct batch batch;
    uint64_t end;         /* records that begin here or behind are others' */
    uint64_t before;      /* records of the source before it, as far as they are known */
    uint64_t first, next; /* where its first record begins, and what is behind it; SPK_NO_OFFSET: there is none */
    struct known at_first, at_next;
    uint64_t records;
    struct refusals refusals;
    bool waits_for_first;
    bool takes_many;        /* records are taken many at once: of those of known kinds nothing else is asked */
    bool fills_runs;        /* and they fill columns as runs */
    bool filter_failed;     /* error is the display filter's, and its packet is the scan's, not the reader's */
    enum spk_status status; /* SPK_OK: more is to come; SPK_END; below zero: what error says */
    struct spk_error error;
    atomic_bool dropped; /* nobody wants it any more */
};

/* Sets out: reader, scan, bpf, end and before are given. */
void spk_part_begin(struct part *part, const char *name);

/* Reads up to most records, or until the batch is full or part->status is no longer SPK_OK. */
void spk_part_fill(struct part *part, uint64_t most);

struct known spk_known(const struct spk_reader *reader);

/* Whether a reader failed over what begins at an offset or behind it: it has all that stands before. */
bool spk_fails_from(const struct spk_error *error, uint64_t offset);

#endif
