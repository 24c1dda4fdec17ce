/* tree: what the tree as text and the tree as JSON share. */
#ifndef QUERY_TREE_H
#define QUERY_TREE_H

#include <steelpkt/query.h>

#include "base/buf.h"

/* The name of a number that has one, or NULL. */
const char *spk_value_meaning(const struct spk_row *row, const struct spk_value *value);

/* Whether the value that the walk stands on is shown: it has a name, and does not only repeat two other rows. */
bool spk_tree_shows(const struct spk_walk *walk);

/* Why decoding stopped (enum spk_stop_reason), in a word. */
const char *spk_stop_word(uint8_t reason);

/* ---- tree_bytes.c ---- */

/* Columns that the bytes beside a line take. */
#define SPK_TREE_GUTTER 27

/*
 * Puts SPK_TREE_GUTTER columns: the place of a field's first byte and its bytes, or its bits where it does not begin and
 * end with bytes, in brackets where it is marked; blanks where it has none. False: no memory.
 */
bool spk_tree_gutter(struct spk_buf *out, const struct spk_packet *packet, uint32_t bit, uint32_t width, bool marked);

/* Puts all bytes, 16 a row. marks has a bit for each byte, from the lowest of its first; NULL: none. False: no memory. */
bool spk_tree_dump(struct spk_buf *out, const struct spk_packet *packet, const uint8_t *marks, bool colour);

/* The colour of a layer, for its title and its bytes. */
const char *spk_tree_colour(unsigned layer);

#endif
