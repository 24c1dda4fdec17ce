/*
 * walked: values that only a walk gives, into a row of columns, or where there are none into the maker's cells. What a cell
 * would keep of them is what a column of the same query keeps.
 */
#ifndef QUERY_WALKED_H
#define QUERY_WALKED_H

#include "query/cells.h"
#include "query/column.h"
#include "query/straight.h"

/*
 * Puts what only a walk gives of a layer, whose header is not cut short, of what the record says of itself, and of a whole
 * packet, into a row of columns that has none of it yet; columns NULL: into cells. The maker lends its walk and its scratch.
 * SPK_ERR_MEMORY, SPK_ERR_LIMIT.
 */
enum spk_status spk_walked_layer(struct cell_maker *maker, const struct spk_packet *packet, unsigned layer,
                                 struct column *columns, size_t row);
enum spk_status spk_walked_record(struct cell_maker *maker, const struct spk_packet *packet, struct column *columns,
                                  size_t row);
enum spk_status spk_walked_take(struct cell_maker *maker, const struct spk_packet *packet, struct column *columns,
                                size_t row);

/* Puts the value that the maker's walk stands on into its field's columns, or cells, if it has any that need a walk. */
enum spk_status spk_walked_put(struct cell_maker *maker, struct column *columns, size_t row);

/* Puts what only a walk gives of packets of known kinds into rows of columns from one on. */
enum spk_status spk_walked_run(struct cell_maker *maker, const struct run *run, struct column *columns, size_t row);

#endif
