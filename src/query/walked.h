/*
 * walked: values that only a walk gives, from the packet straight into their columns. What a cell would keep of them is what
 * a column of the same query keeps.
 */
#ifndef QUERY_WALKED_H
#define QUERY_WALKED_H

#include "query/column.h"
#include "query/scan.h"
#include "query/straight.h"

/*
 * Puts the values of a packet, no header of which is cut short, into a row of columns that has none of them yet. The maker
 * lends its walk and its scratch. SPK_ERR_MEMORY, SPK_ERR_LIMIT.
 */
enum spk_status spk_walked_take(struct cell_maker *maker, const struct spk_packet *packet, struct column *columns,
                                size_t row);

/* Puts the value that the maker's walk stands on into its field's columns. */
enum spk_status spk_walked_put(struct cell_maker *maker, struct column *columns, size_t row);

/* The same of packets of known kinds, for rows from one on. */
enum spk_status spk_walked_run(struct cell_maker *maker, const struct run *run, struct column *columns, size_t row);

#endif
