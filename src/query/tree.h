/* tree: what the tree as text and the tree as JSON share. */
#ifndef QUERY_TREE_H
#define QUERY_TREE_H

#include <steelpkt/query.h>

/* The name of a number that has one, or NULL. */
const char *spk_value_meaning(const struct spk_row *row, const struct spk_value *value);

/* Whether the value that the walk stands on is shown: it has a name, and does not only repeat two other rows. */
bool spk_tree_shows(const struct spk_walk *walk);

/* Why decoding stopped (enum spk_stop_reason), in a word. */
const char *spk_stop_word(uint8_t reason);

#endif
