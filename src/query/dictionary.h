/* dictionary: each distinct text of a column once. Values are told apart as they were read, so a text is made once. */
#ifndef QUERY_DICTIONARY_H
#define QUERY_DICTIONARY_H

#include "query/column.h"

/* NULL: no memory. */
struct dictionary *spk_dictionary_new(void);
void spk_dictionary_free(struct dictionary *dictionary);

/* The index of a value's text, which is new or known. SPK_ERR_MEMORY, SPK_ERR_LIMIT. */
enum spk_status spk_dictionary_look(struct dictionary *dictionary, const struct spk_row *shown,
                                    const struct spk_value *value, int32_t *index);

#endif
