/*
 * plan: what a query knows before it sees a packet: its columns, which rows of which protocol feed them, and which of
 * those can be read straight from a fixed place of a header. All of it follows from the registry's rows.
 */
#ifndef QUERY_PLAN_H
#define QUERY_PLAN_H

#include <steelpkt/query.h>

#include "packet/stretch.h"
#include "wire/registry.h"

/* The columns of the scan itself, in the order of spk_query_own_row. */
enum own_column { OWN_FILE, OWN_NUMBER, OWN_OFFSET, OWN_COUNT };

/* How a value is taken from a header without a walk. */
enum quick_op {
    QUICK_UINT,
    QUICK_BOOL,
    QUICK_DATA,   /* the bytes themselves: IPv6 and MAC addresses */
    QUICK_LENGTH, /* a number; for 0 what is left of the layer */
    QUICK_SCALE,  /* a number times mul plus add */
    QUICK_RECORD  /* a view of the record: its function is called */
};

struct quick {
    const struct spk_row *row;
    uint32_t column;
    uint32_t bit; /* first bit, from the header's first byte */
    uint16_t width;
    uint8_t op; /* enum quick_op */
    bool little;
    bool number;        /* its bits are the value, or scaled, whatever else the packet holds */
    bool simple;        /* that, as it is, and loaded as four bytes */
    bool shared, again; /* others of its protocol feed the column as well; one before it does */
    uint8_t when_count; /* conditions on numbers that stand in every header: all have to hold */
    struct spk_cwhen when[2];
    struct spk_cplace place; /* of a number */
};

struct quick_range {
    uint32_t first, count;
};

/* A row that stands in for the others of its name, and the first column of that name. */
struct stand_in {
    const struct spk_row *row;
    uint32_t column;
};

struct spk_query {
    const struct spk_registry *registry;
    struct spk_query_options options;
    struct spk_column *columns;
    uint32_t *twins; /* a column: the next column of the same field, or SPK_NOWHERE */
    char *names;     /* copies of what was asked for */
    size_t count;
    struct quick *quick; /* sorted by protocol, then by row */
    uint32_t quick_count;
    struct quick_range *layers; /* a protocol: its part of quick */
    struct quick_range record;  /* the part that is about the record */
    uint8_t *want;              /* a byte a row id: the rows that only a walk reads */
    uint8_t *every;             /* a byte a row id: all rows of all columns; headers cut short are walked for these */
    uint8_t *walks;             /* a byte a protocol: it has rows in want */
    uint16_t *ends;             /* a protocol: so many rows of its header hold all that is in want */
    struct spk_stretches stretches; /* rows in want that a walk takes at once */
    struct lists *lists;        /* protocols whose rows in want are read without a walk; NULL: none are walked for */
    struct stand_in *stand_ins; /* rows with the tutorial's values */
    uint32_t stand_in_count;
    uint8_t *stand_in_rows;    /* a byte a row id: rows among stand_ins */
    uint8_t *stand_in_walks;   /* a byte a protocol: it has rows among stand_ins */
    uint32_t *firsts;          /* a field: its first column, or SPK_NOWHERE */
    bool *is_quick;            /* a column */
    uint32_t own[OWN_COUNT];   /* the first column of each, or SPK_NOWHERE */
    struct elements *elements; /* columns of groups */
    uint32_t elements_count;
    struct spk_reach *reach; /* as far as the columns need; NULL: whole packets */
    struct spk_reach *both;  /* as far as filter and columns need, for fixed; NULL: it has no reach of its own */
    struct fixed *fixed;     /* the columns in packets of the common kinds; NULL: they are always decoded */
    struct fixed *sieve;     /* those the display filter leaves, where it can tell; NULL: it has to be asked of all */
    bool filter_reaches;     /* as far as the display filter needs is as far as the columns need */
    bool decode;             /* any column needs the packet */
    bool runs_on;            /* a column shows values that run on from record to record (SPK_RUNS_ON) */
    bool record_walks;       /* a SPK_RECORD protocol has rows in want */
    bool has_walks;          /* any protocol has */
};

/* What a column of a group is made of; NULL: it is none. */
const struct elements *spk_query_elements(const struct spk_query *query, size_t column);

/* Why a name that no row has is no field; NULL: nobody ever heard of it. */
const char *spk_known_refusal(const char *name);

/* Finds the rows that stand in for others, where the query asks for the tutorial's values. False: no memory. */
bool spk_plan_stand_ins(struct spk_query *query);

/* Sorts the columns' rows into quick and want. */
enum spk_status spk_plan_rows(struct spk_query *query, struct spk_error *error);

#endif
