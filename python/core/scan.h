/*
 * scan: rows of a query over a reader or a live device, as scan.c (which makes the rows) and scan_type.c (which makes the
 * object) share it.
 */
#ifndef STEELPKT_SCAN_H
#define STEELPKT_SCAN_H

#include "io.h"
#include "layer.h"

enum { CORE_NO_HANDLER = -1 };

/* Where a column's value comes from. */
enum core_from {
    CORE_FROM_CELL,    /* a cell of the library's query */
    CORE_FROM_HANDLER, /* the same where the handler's layer is there; else what the handler's class said */
    CORE_FROM_GROUP    /* what a class said of the first layer of its protocol */
};

struct core_column {
    uint8_t kind;
    int16_t handler; /* CORE_FROM_HANDLER: whose layer the cell is of; CORE_NO_HANDLER: of none */
    uint16_t cell;   /* index among the query's columns */
    bool has_cell;
    bool sliced; /* bytes: those from first to last, as Python slices */
    Py_ssize_t first, last;
    uint16_t group;                  /* CORE_FROM_GROUP: which group */
    uint16_t value;                  /* which of what the group, or the handler's class, said */
    const struct spk_proto *present; /* with this layer, bytes that are not there are empty, not None */
};

/* Who takes the payload behind a port. */
struct core_handler {
    const struct spk_proto *proto; /* NULL: a class of the caller's own */
};

/* A class that is asked about the first layer of a protocol. */
struct core_group {
    const struct spk_proto *proto;
    PyObject *ask; /* of the layer's bytes: a tuple of values */
};

struct core_rows {
    PyObject_HEAD
    struct core_state *state;
    PyObject *source; /* a Reader or Live */
    struct core_source from;
    struct spk_query *query;
    struct spk_scan *scan;
    struct core_column *columns;
    size_t count;
    struct core_handler *handlers;
    size_t handler_count;
    struct spk_registry *relinked; /* in which the handlers' ports lead to their protocols; NULL: the module's does */
    int16_t *by_port;              /* NULL: no handlers; else a handler for each port */
    bool any_port;                 /* the handler of port 0 takes every port */
    PyObject *ask; /* of a packet's number, its UDP or TCP header and all behind it, and which: a tuple of values */
    struct core_group *groups;
    size_t group_count;
    PyObject *make_time; /* of seconds; NULL: they stay a float */
    PyObject *stop_event;
    bool lists, without_empty;
    bool exhausted; /* the source has no more */
    bool has_start, has_end, ends_early;
    double start, end;
    int32_t only_link; /* -1: any */
    unsigned patience; /* records so far */
    const struct spk_proto *udp, *tcp;
    const struct spk_field *ports[4];
};

/* Whether a row with the tutorial's value stands in for those of a name (tutorial.c). */
bool core_has_stand_in(const struct spk_registry *registry, const char *name);

/* What the library's scan takes its records from; context is the rows. */
enum spk_status core_rows_record(void *context, struct spk_record *record, struct spk_error *error);
/* tp_iternext. */
PyObject *core_rows_next(PyObject *object);

#endif
