/* query: what query.c and rows of Arrow arrays share. */
#ifndef STEELPKT_PYTHON_QUERY_H
#define STEELPKT_PYTHON_QUERY_H

#include "core.h"

/* An array of structs as a list of tuples. NULL with an exception. */
PyObject *core_rows_of(const struct ArrowSchema *schema, const struct ArrowArray *array);

/* A part of a capture that was asked for; its tells are the caller's (PyMem_Free). */
struct core_part {
    struct spk_part part;
    uint64_t *tells;
    bool asked;
};

/* Takes (begin, end, tells), or None. Below 0: an exception. */
int core_take_part(PyObject *from, struct core_part *to);

#endif
