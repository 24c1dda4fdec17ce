/*
 * query: records in, the asked-for fields of each out. A query is a list of field names resolved once; a scan takes
 * records in order and gives one row of cells a packet; a sink turns rows into text (table, tsv, csv, JSON).
 *
 * This chapter knows no protocol by name and opens no file: records come through a function (spk_reader_next behind it,
 * or anything else), text goes into a struct spk_out that the caller writes wherever it likes.
 */
#ifndef STEELPKT_QUERY_H
#define STEELPKT_QUERY_H

#include <steelpkt/base.h>
#include <steelpkt/capture.h>
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- which packets: a display filter ---- */

/*
 * A display filter in the language of wireshark-filter(4), as tshark 4.0 has it, without macros, field references and
 * plug-ins. Names are those of the registry. Immutable once made, so threads may share it; a matcher belongs to one thread.
 */
struct spk_filter;
struct spk_matcher;

#define SPK_FILTER_TEXT_MAX 65536u   /* bytes of a filter's text */
#define SPK_FILTER_DEPTH_MAX 100u    /* parentheses within each other, slices of slices, operators in one calculation */
#define SPK_FILTER_RANGES_MAX 256u   /* parts of one slice */
#define SPK_FILTER_VALUES_MAX 65536u /* values that one calculation gives in one packet, where fields repeat */
#define SPK_FILTER_BYTES_MAX 16777216u /* bytes that slices, calculations and functions make of one packet */

/* Where in the text a filter is wrong. */
struct spk_filter_fault {
    uint32_t at, len; /* the word concerned; len 0: something is missing there */
    char detail[128]; /* what a regular expression lacks: error->hint points here */
};

/*
 * Compiles text (copied) against a registry (NULL: the default one), which must outlive the filter. An empty text keeps
 * every packet. SPK_ERR_USAGE, SPK_ERR_LIMIT: the text is wrong, or too long or deep; error->who is text, error->hint the
 * nearest known name or what else helps, and *fault (which may be NULL) says where.
 */
SPK_API enum spk_status spk_filter_new(const struct spk_registry *registry, const char *text, struct spk_filter **out,
                                       struct spk_filter_fault *fault, struct spk_error *error);
SPK_API void spk_filter_free(struct spk_filter *filter);
SPK_API const char *spk_filter_text(const struct spk_filter *filter);
/* The protocols that the filter looks at, as spk_reach_new takes them: a bool for each of the registry's, by index. */
SPK_API const bool *spk_filter_needs(const struct spk_filter *filter);

SPK_API enum spk_status spk_matcher_new(const struct spk_filter *filter, struct spk_matcher **out);
SPK_API void spk_matcher_free(struct spk_matcher *matcher);
/*
 * Whether the filter keeps a packet, decoded with the filter's registry. A regular expression that needs more steps than
 * PCRE2's limits allow does not match. SPK_ERR_MEMORY; SPK_ERR_LIMIT: more values or bytes than the maximum above.
 */
SPK_API enum spk_status spk_matcher_match(struct spk_matcher *matcher, const struct spk_packet *packet, bool *matches);

/* The words of the language, for its documentation; index from 0, NULL ends. */
struct spk_filter_word {
    const char *text;
    const char *doc; /* NULL: another spelling of the word before */
};
struct spk_filter_function {
    const char *name;
    const char *arguments; /* "field, ..." */
    const char *doc;
    uint8_t least, most; /* arguments; most 0: any number */
};
SPK_API const struct spk_filter_word *spk_filter_word(size_t index);
SPK_API const struct spk_filter_function *spk_filter_function(size_t index);

/* ---- what is asked: a query ---- */

/* Which occurrences of a field a cell holds. */
enum spk_occurrence {
    SPK_OCCURRENCE_AUTO, /* all; JSON gives a list where the field repeats by its nature, else the first */
    SPK_OCCURRENCE_ALL,  /* all; JSON gives lists */
    SPK_OCCURRENCE_FIRST,
    SPK_OCCURRENCE_LAST
};

/* Whether a record is wanted at all, asked before it is decoded (a BPF program). Pure; may be called by several threads. */
typedef bool (*spk_keep_fn)(const void *context, const struct spk_record *record);

/* Zeroed: every record of the default registry's protocols. */
struct spk_query_options {
    const struct spk_registry *registry; /* NULL: spk_registry_default(); must outlive the query */
    uint8_t occurrence;                  /* enum spk_occurrence */
    bool has_start, has_end;
    int64_t start_ns, end_ns; /* records of that time and between; a record without a time is in no window */
    uint64_t read_max;        /* records read, all sources together; 0: no limit */
    uint64_t row_max;         /* rows given; 0: no limit */
    spk_keep_fn keep;         /* NULL: every record */
    const void *keep_context;
    const struct spk_filter *filter; /* NULL: every packet; of the same registry, and must outlive the query */
    bool decode; /* decode every wanted record, whatever the columns need: spk_cells.packet is never NULL */
    /*
     * The values that the tutorial's names have, where they differ from Wireshark's: a row flagged SPK_TUTORIAL stands in
     * for the others of its name wherever it has a value (spk_item.row tells), and packets that a message quotes
     * (SPK_QUOTES) are not looked into. Cells hold the first occurrence.
     */
    bool tutorial;
};

/* A column. Borrowed from the query. */
struct spk_column {
    const char *name;              /* as it was asked for */
    const struct spk_field *field; /* NULL: one of the scan's own, whose row says what it is */
    const struct spk_row *row;     /* the first row of that name: base, doc, names */
    uint8_t kind;                  /* enum spk_kind of its values; SPK_GROUP: see below */
    bool list;                     /* occurs several times in a packet by its nature */
};

/*
 * A column of a group's own name (dns.answers) has the group's elements, all of them whatever the occurrences asked for. In
 * Arrow's arrays they are a list of structs, whose members are the fields that the group has rows of, those of groups within
 * it too; null, or an empty list where an element may have several, where an element has none. In cells each element is the
 * text (SPK_TEXT, the row's kind being SPK_GROUP) of a JSON object of those that are there.
 */

/* Immutable once made, so threads may share it. */
struct spk_query;

/*
 * Resolves count names (copied). SPK_ERR_USAGE with error->who pointing at the name: nobody knows it (the nearest known
 * one in error->hint); or it is known and needs what this library does not keep (conversation state); or it is a group, and
 * the tutorial's values are asked for.
 * Without any name the query must at least decode.
 */
SPK_API enum spk_status spk_query_new(const char *const *names, size_t count, const struct spk_query_options *options,
                                      struct spk_query **out, struct spk_error *error);
SPK_API void spk_query_free(struct spk_query *query);
/*
 * Whether a column or the filter looks at what runs on from record to record (frame.number, _number, times since another
 * record), which only a whole capture gives.
 */
SPK_API bool spk_query_runs_on(const struct spk_query *query);
SPK_API size_t spk_query_column_count(const struct spk_query *query);
SPK_API const struct spk_column *spk_query_column(const struct spk_query *query, size_t index);

/*
 * Columns that only the scan has: the source's name (_file), the number in it (_number), where in it the record begins
 * (_offset). index from 0; NULL ends.
 */
SPK_API const struct spk_row *spk_query_own_row(size_t index);

/* ---- what comes out: rows of cells ---- */

/* One value of a cell. row says how it is shown (a field may have several rows). */
struct spk_item {
    const struct spk_row *row;
    struct spk_value value;
    uint32_t layer; /* where it stands; SPK_NO_LAYER: in the record */
};
#define SPK_NO_LAYER UINT32_MAX

/* The occurrences of one field in one packet, outermost first; none: count 0. */
struct spk_cell {
    struct spk_item *items;
    uint32_t count;
    uint32_t room; /* the scan's */
};

/* One packet's row: a cell a column. Borrowed from the scan: valid until its next call, as long as the record is. */
struct spk_cells {
    const struct spk_cell *cells;
    size_t count;
    uint64_t number; /* frame.number: of all records read by the scan, from 1 */
    const struct spk_record *record;
    const struct spk_packet *packet; /* with its frame, decoded as far as the columns need; NULL: none needs it */
};

/* ---- running: a scan ---- */

/* Gives the next record as spk_reader_next or spk_live_next does: SPK_OK, SPK_END, SPK_IDLE, or below zero with *error. */
typedef enum spk_status (*spk_next_fn)(void *context, struct spk_record *record, struct spk_error *error);

/* What a scan has seen. */
struct spk_scan_counts {
    uint64_t read;         /* records taken */
    uint64_t rows;         /* rows given */
    uint64_t warnings[32]; /* records with that bit of spk_record.warnings; the bits are those of enum spk_warning */
};

/* One pass in order, on one thread: number, relative and delta times run on across its sources. */
struct spk_scan;

/* query must outlive the scan. */
SPK_API enum spk_status spk_scan_new(const struct spk_query *query, struct spk_scan **out, struct spk_error *error);
SPK_API void spk_scan_free(struct spk_scan *scan);

/* What follows comes from next(context). name (borrowed until the next source) is what the column _file shows. */
SPK_API void spk_scan_source(struct spk_scan *scan, const char *name, spk_next_fn next, void *context);

/*
 * The next row. SPK_END: the source ended, or a limit of the query was reached (then spk_scan_done says so, and no other
 * source is needed). SPK_IDLE: next gave that; ask again. Below zero: what next gave, or SPK_ERR_MEMORY; every row before
 * it was good.
 */
SPK_API enum spk_status spk_scan_next(struct spk_scan *scan, const struct spk_cells **cells, struct spk_error *error);
SPK_API bool spk_scan_done(const struct spk_scan *scan);
SPK_API const struct spk_scan_counts *spk_scan_counts(const struct spk_scan *scan);

/* ---- passes: captures from the first to the last, read by several threads ---- */

/* How captures are read. Zeroed: by as many threads as there are processors. */
struct spk_pass_options {
    uint32_t threads;   /* that read at once where a capture can be cut; 0: as many as there are processors */
    uint32_t part_size; /* bytes of a capture that a thread reads at a time; 0: what suits */
    const char *bpf;    /* libpcap's language: records to keep, beside the query's own keep; NULL: all. Borrowed */
    bool has_link;      /* every record is of this link type, whatever the capture says */
    uint16_t link;
    /*
     * Of the only capture no more than this part, read by one thread; numbers of packets begin anew in it. Must outlive
     * the pass. NULL: all of every capture.
     */
    const struct spk_part *part;
    /*
     * Called now and then while records are read, on the thread that waits for rows; read counts records so far. False
     * ends the pass. NULL: nobody asks.
     */
    bool (*tick)(void *context, uint64_t read);
    /*
     * Told what is odd and no error, on the same thread: an event of a reader, with its bit of enum spk_warning; or, with
     * warning 0, that the filter of libpcap's means nothing for a link type. NULL: nobody is told.
     */
    void (*note)(void *context, uint32_t warning, const struct spk_error *note);
    void *context; /* of both */
};

/* ---- columns: the same rows as typed arrays ---- */

/*
 * The structs of Arrow's C data interface and C stream interface, word for word: whoever has them already has these.
 * (https://arrow.apache.org/docs/format/CDataInterface.html)
 */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/*
 * Types of columns: numbers of the row's width, rounded up (uint8 to uint64, int8 to int64), bool for flags and presence,
 * utf8 for addresses and text (what is no UTF-8 in it becomes U+FFFD), binary for bytes, timestamp[ns] (UTC, without a
 * zone) and duration[ns] for times. A field that is not there is null. With SPK_OCCURRENCE_AUTO a field that repeats by its
 * nature is a list, any other its outermost value; with SPK_OCCURRENCE_ALL all are lists; a list may be empty, never null.
 */
struct spk_columns_options {
    bool underscores; /* names as SQL likes them: ip_src */
    bool dictionary;  /* utf8 columns are dictionary-encoded: int32 indices, each batch with a dictionary of its own */
    uint32_t batch_rows; /* rows of a batch at most, up to 65536; 0: 16384. Long values make it shorter */
    uint32_t threads;    /* that read at once where a capture can be cut; 0: as many as there are processors */
    uint32_t part_size;  /* bytes of a capture that a thread reads at a time; 0: 4 MiB */
    const char *bpf;     /* libpcap's language: records to keep; NULL: all. Must outlive the stream */
    bool has_link;       /* as spk_pass_options has these three; part must outlive the stream */
    uint16_t link;
    const struct spk_part *part;
    /*
     * Called now and then while records are read, on the thread that waits for the batch; read counts records so far.
     * False ends the pass: its call gives ECANCELED. NULL: nobody asks.
     */
    bool (*tick)(void *context, uint64_t read);
    void *tick_context;
};

/* What the columns of a query are: a struct type with a member for each. Yours: out->release. SPK_ERR_MEMORY. */
SPK_API enum spk_status spk_columns_schema(const struct spk_query *query, const struct spk_columns_options *options,
                                           struct ArrowSchema *out, struct spk_error *error);

/*
 * One pass of a query over captures, read in order as one, as a stream of batches. Opens nothing before the first batch is
 * asked for. The query must outlive the stream, paths are copied. A failure (errno in get_next, its sentence in
 * get_last_error) comes after every row before it was given, and again at each later call. Yours: out->release.
 */
SPK_API enum spk_status spk_columns_open(const struct spk_query *query, const struct spk_columns_options *options,
                                         const char *const *paths, size_t path_count, struct ArrowArrayStream *out,
                                         struct spk_error *error);
/* Of a stream that spk_columns_open made: what failed (code SPK_OK: nothing did), valid until release. */
SPK_API const struct spk_error *spk_columns_error(const struct ArrowArrayStream *stream);
SPK_API const struct spk_scan_counts *spk_columns_counts(const struct ArrowArrayStream *stream);

/* ---- text ---- */

/* Text being made. Whoever owns it writes data out and clears it whenever enough has come together. */
struct spk_out;

SPK_API enum spk_status spk_out_new(struct spk_out **out);
SPK_API void spk_out_free(struct spk_out *out);
/* The bytes so far, valid until the next change. */
SPK_API const char *spk_out_data(const struct spk_out *out, size_t *len);
SPK_API void spk_out_clear(struct spk_out *out);
/* Appends; SPK_ERR_MEMORY. */
SPK_API enum spk_status spk_out_put(struct spk_out *out, const char *text, size_t len);
/*
 * Appends text so that a terminal shows it and obeys none of it: control characters (C0, DEL, C1) and bytes that are not
 * UTF-8 become \xNN.
 */
SPK_API enum spk_status spk_out_put_safe(struct spk_out *out, const char *text, size_t len);
/* Appends a value as spk_value_text gives it. */
SPK_API enum spk_status spk_out_put_value(struct spk_out *out, const struct spk_row *row,
                                          const struct spk_value *value);

enum spk_sink_format {
    SPK_SINK_TSV,  /* tshark's -T fields: tab and line breaks inside a value escaped, occurrences joined by commas */
    SPK_SINK_CSV,  /* RFC 4180: lines end in CR LF, quotes where they are needed */
    SPK_SINK_JSON, /* one object a line: numbers, true and false, strings, lists, null */
    SPK_SINK_TABLE /* columns aligned for the eye; the first rows set the widths */
};
/* A table's widths come from so many rows, or as many as there are when spk_sink_flush is called. */
#define SPK_TABLE_ROWS 500u

/* Zeroed: tsv without a header line. */
struct spk_sink_options {
    uint8_t format;  /* enum spk_sink_format */
    bool header;     /* first a line with the columns' names (JSON: never) */
    bool safe;       /* as spk_out_put_safe: for terminals. JSON is safe by itself */
    char separator;  /* between the columns of tsv; 0: a tab */
    char joiner;     /* between the occurrences in a column of tsv; 0: a comma */
    char quote;      /* around each column of tsv that has a value; 0: nothing is */
    bool plain_text; /* csv: text that a spreadsheet would take for a formula gets an apostrophe in front */
    bool colour;     /* table: the names stand out by the terminal's colours */
    /*
     * table: the columns of the terminal that it is fitted into; cells go on in the lines below theirs, at most eight of
     * them, and where there is no room for all columns a row is a block with a field a line. 0: as wide as it becomes, and
     * nothing is left out.
     */
    uint32_t width;
};

struct spk_sink;

/* Rows of query become text in out; both must outlive the sink. The header line comes at once (a table's with its rows). */
SPK_API enum spk_status spk_sink_new(const struct spk_query *query, const struct spk_sink_options *options,
                                     struct spk_out *out, struct spk_sink **sink, struct spk_error *error);
SPK_API void spk_sink_free(struct spk_sink *sink);
/* Appends one row. SPK_ERR_MEMORY. */
SPK_API enum spk_status spk_sink_row(struct spk_sink *sink, const struct spk_cells *cells);
/* Puts what is held back (a table's first rows) into out: when nothing more comes soon, and at the end. */
SPK_API enum spk_status spk_sink_flush(struct spk_sink *sink);

/*
 * One pass of a query over captures, read in order as one, as rows in a sink of that query: the same text as spk_sink_row
 * makes of the rows of a scan, while several threads read and write it. Opens nothing before the first rows are asked for.
 * query and sink must outlive it, paths are copied.
 */
struct spk_lines;

SPK_API enum spk_status spk_lines_new(const struct spk_query *query, const struct spk_pass_options *options,
                                      const char *const *paths, size_t path_count, struct spk_sink *sink,
                                      struct spk_lines **out, struct spk_error *error);
SPK_API void spk_lines_free(struct spk_lines *lines);

/*
 * Puts the next rows, about a megabyte of them. SPK_END: there are no more, or tick ended the pass. Below zero: every row
 * before it was good; *error's texts are the pass's.
 */
SPK_API enum spk_status spk_lines_next(struct spk_lines *lines, struct spk_error *error);
SPK_API const struct spk_scan_counts *spk_lines_counts(const struct spk_lines *lines);
/* Bytes of the files that are done with, of compressed ones only whole files. */
SPK_API uint64_t spk_lines_bytes(const struct spk_lines *lines);

/* ---- groups: what rows come to ---- */

enum spk_aggregate_op {
    SPK_AGGREGATE_COUNT, /* packets; of no column */
    SPK_AGGREGATE_SUM,   /* of numbers, flags and durations */
    SPK_AGGREGATE_MIN,   /* numbers, times and addresses by size, text and bytes byte by byte */
    SPK_AGGREGATE_MAX,
    SPK_AGGREGATE_DISTINCT /* how many different values */
};

struct spk_aggregate {
    uint8_t op;      /* enum spk_aggregate_op */
    uint32_t column; /* of the query, by index */
};

struct spk_groups_options {
    size_t keys; /* the query's first so many columns are grouped by; 0: all rows are one group */
    const struct spk_aggregate *aggregates; /* copied */
    size_t count;
    uint64_t top;  /* the groups with the largest first aggregate, largest first; 0: all, as they came */
    size_t memory; /* bytes beyond which no group or distinct value is added; 0: 64 MiB */
};

/*
 * Rows of a query by the values of some columns. A cell counts as columns have it: with SPK_OCCURRENCE_AUTO all values of a
 * field that repeats by its nature, of any other the outermost. Of groups that come when memory is used up nothing is kept
 * but how many packets they had; those that were there before stay exact.
 */
struct spk_groups;

/* query must outlive it. SPK_ERR_USAGE: error->who cannot be summed. Yours: spk_groups_free. */
SPK_API enum spk_status spk_groups_new(const struct spk_query *query, const struct spk_groups_options *options,
                                       struct spk_groups **out, struct spk_error *error);
SPK_API void spk_groups_free(struct spk_groups *groups);

/* Counts a row that a scan of the query gave. SPK_ERR_MEMORY. */
SPK_API enum spk_status spk_groups_row(struct spk_groups *groups, const struct spk_cells *cells);

/* Room for the sentence about what failed. */
#define SPK_GROUPS_MESSAGE 1024u

/*
 * Counts all rows of captures, read by several threads where no column shows values that run on from record to record.
 * *counts (may be NULL) is what was read. Below zero: what was counted before stays, and message (SPK_GROUPS_MESSAGE bytes,
 * the caller's), at which error->what points, says what failed. SPK_OK also when options->tick ended it.
 */
SPK_API enum spk_status spk_groups_read(struct spk_groups *groups, const struct spk_pass_options *options,
                                        const char *const *paths, size_t path_count, struct spk_scan_counts *counts,
                                        char *message, struct spk_error *error);
/* For its tick: bytes of the files that it is done with, of compressed ones only whole files. */
SPK_API uint64_t spk_groups_bytes(const struct spk_groups *groups);

/*
 * The columns of the answer: the keys, then count, sum(NAME) and so on. A sink takes it for the query of its rows, and
 * spk_columns_schema for that of its array; no scan can run it. It is the groups'.
 */
SPK_API const struct spk_query *spk_groups_query(const struct spk_groups *groups);

/* The answer's next row; from the first on no more rows may be counted. SPK_END; SPK_ERR_MEMORY. */
SPK_API enum spk_status spk_groups_next(struct spk_groups *groups, const struct spk_cells **cells);

/* The same as one Arrow array. Yours: out->release. */
SPK_API enum spk_status spk_groups_array(struct spk_groups *groups, const struct spk_columns_options *options,
                                         struct ArrowArray *out, struct spk_error *error);

/* Packets of groups (and values to be told apart) that there was no memory for. */
SPK_API uint64_t spk_groups_left_out(const struct spk_groups *groups);
/* Sums beyond 64 bits, whose cells are empty, in the rows given so far. */
SPK_API uint64_t spk_groups_wide(const struct spk_groups *groups);

/* ---- JSON ---- */

/*
 * A writer of one JSON text after another; commas and escapes are its work, and so is valid UTF-8. Begin by a zeroed
 * struct with out set. A failure (no memory, more than 64 levels) is remembered in failed.
 */
struct spk_json {
    struct spk_out *out;
    uint64_t filled; /* a bit a level: something stands there already */
    uint64_t object; /* a bit a level: it is an object */
    uint8_t depth;
    bool named; /* a member's name was written, its value is due */
    bool failed;
};

SPK_API void spk_json_object(struct spk_json *json);
SPK_API void spk_json_list(struct spk_json *json);
/* Ends the innermost object or list. */
SPK_API void spk_json_end(struct spk_json *json);
/* The next member's name. */
SPK_API void spk_json_name(struct spk_json *json, const char *name);
SPK_API void spk_json_text(struct spk_json *json, const char *text);
SPK_API void spk_json_bytes(struct spk_json *json, const char *text, size_t len);
SPK_API void spk_json_uint(struct spk_json *json, uint64_t number);
SPK_API void spk_json_bool(struct spk_json *json, bool yes);
SPK_API void spk_json_null(struct spk_json *json);
/* A value by its kind: numbers and times as numbers, booleans as true and false, everything else as its text. */
SPK_API void spk_json_value(struct spk_json *json, const struct spk_row *row, const struct spk_value *value);

/* ---- one packet, whole ---- */

struct spk_tree_options {
    bool safe;   /* as spk_out_put_safe */
    bool colour; /* with the terminal's colours: a layer's title and its bytes in the same */
    bool hex;    /* each field's bytes beside its line, and a hex dump of all below */
    uint32_t
        width; /* columns of the terminal: longer values go on in the next line; 0: lines may be as long as they are */
    const struct spk_field *const *marks; /* fields, groups too, whose bytes are marked; borrowed */
    size_t mark_count;
};

/*
 * Appends a decoded packet as an indented tree, a line a layer and a field, and where and why decoding stopped. Names of
 * this project that only repeat what another line says are left out, unless they are marked. SPK_ERR_MEMORY: nothing was
 * appended.
 */
SPK_API enum spk_status spk_tree_text(const struct spk_packet *packet, const struct spk_tree_options *options,
                                      struct spk_out *out);
/* Writes a decoded packet as one JSON object: times, lengths, layers with their fields, the stop, the bytes; or nothing. */
SPK_API void spk_tree_json(const struct spk_packet *packet, struct spk_json *json);

/* ---- times ---- */

/*
 * Reads epoch seconds ("1493834478.390878", any number of decimals) or ISO 8601 ("2017-05-03T18:01:18.39Z", "+02:00",
 * without a zone UTC, without a time midnight) into nanoseconds. What is finer than a nanosecond is cut off downwards, or
 * with up towards the next one. SPK_ERR_USAGE: not a time, or beyond 64 bits.
 */
SPK_API enum spk_status spk_time_parse(const char *text, bool up, int64_t *ns, struct spk_error *error);

#ifdef __cplusplus
}
#endif
#endif
