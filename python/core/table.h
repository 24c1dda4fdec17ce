/* table: protocols that Python describes. */
#ifndef STEELPKT_TABLE_H
#define STEELPKT_TABLE_H

#include "layer.h"

int core_add_tables(PyObject *module);
/* When no registry has them any longer. */
void core_free_tables(struct core_state *state);

#endif
