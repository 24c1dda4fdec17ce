/* query: what query.c and rows of Arrow arrays share. */
#ifndef STEELPKT_PYTHON_QUERY_H
#define STEELPKT_PYTHON_QUERY_H

#include "core.h"

/* An array of structs as a list of tuples. NULL with an exception. */
PyObject *core_rows_of(const struct ArrowSchema *schema, const struct ArrowArray *array);

#endif
