/* pass: captures from the first to the last, read in order, with others reading ahead where that is worth it. */
#ifndef QUERY_PASS_H
#define QUERY_PASS_H

#include "query/crew.h"

/* A capture of the pass. */
struct source {
    struct spk_reader *reader; /* NULL: not open, or not any more */
    struct spk_reader *ahead;  /* a fork that knows what a part ahead has to know; NULL: it is read as one */
    uint64_t size;             /* bytes of the file; 0: not known */
    uint64_t issued;           /* parts up to here were given to the crew; SPK_NO_OFFSET: all */
};

struct pass {
    const struct spk_query *query;
    struct spk_pass_options options;
    struct spk_sink *sink;            /* where rows become text; NULL */
    const struct group_shape *groups; /* what rows are grouped by; NULL */
    char *names;                      /* copies of the paths, each with its zero */
    const char **paths;
    struct source *sources; /* one for each path */
    size_t count;
    size_t at;     /* the source that is read */
    size_t issues; /* the source that parts are issued of */
    bool begun;
    struct shape shape;
    struct spk_scan *scan;    /* what is known for certain: counts and running values up to here */
    struct spk_bpf_set *bpf;  /* of that scan; NULL: every record */
    struct spk_bpf_set *told; /* knows the link types of which it was told that the filter means nothing for them */
    struct crew crew;
    bool has_crew;
    bool accepted;           /* the crew's first job is of this source, and begins where the one before ended */
    bool alone;              /* what is asked for needs every record in order */
    struct part part;        /* what the pass itself is reading */
    bool reads;              /* it is */
    struct spk_reader *fork; /* of that part, where it is not the source's own reader */
    uint64_t offset;         /* where the next record of the source begins; SPK_NO_OFFSET: nothing was read of it yet */
    struct known known;      /* what a reader knows there */
    uint64_t in_source;      /* records of the source so far */
    uint64_t bytes;          /* of the files that were read to their end */
    uint64_t part_size;      /* bytes of a part, as they are made now */
    size_t joined, read_again; /* parts of the crew's that counted, and that did not */
    enum spk_status status;
    bool stopped;
    struct spk_error error; /* with texts of the pass's, and of its readers' and jobs' */
};

/* NULL: no memory. */
struct pass *spk_pass_new(const struct spk_query *query, const struct spk_pass_options *options,
                          const char *const *paths, size_t count);
void spk_pass_free(struct pass *pass);

/* What costs something: at the first batch. Rows become columns, or where it is set pass->sink's text, or groups. */
enum spk_status spk_pass_begin(struct pass *pass, const struct spk_columns_options *columns);

/*
 * The next rows into *batch, which is empty. SPK_OK: there are some, or pass->stopped. SPK_END, or below zero with
 * pass->error: nothing comes behind those in *batch.
 */
enum spk_status spk_pass_next(struct pass *pass, struct batch *batch);

/* That of a stream which spk_columns_open made. */
const struct pass *spk_columns_pass(const struct ArrowArrayStream *stream);

/* What was read for certain so far. */
const struct spk_scan_counts *spk_pass_counts(const struct pass *pass);

/* Bytes of the files that are done with, of compressed ones only whole files. */
uint64_t spk_pass_bytes(const struct pass *pass);

#endif
