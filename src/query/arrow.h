/* arrow: columns as the structs of Arrow's C data interface. */
#ifndef QUERY_ARROW_H
#define QUERY_ARROW_H

#include "query/column.h"
#include "query/dictionary.h"

/* False: no memory, and nothing to release. */
bool spk_arrow_schema(const struct spk_query *query, const struct spk_columns_options *options,
                      struct ArrowSchema *out);

/* Makes an array of structs of the columns' rows; the columns are empty then, also when this fails (false: no memory). */
bool spk_arrow_array(struct column *columns, size_t count, size_t rows, struct ArrowArray *out);

#endif
