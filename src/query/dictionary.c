#include "query/dictionary.h"

#include "base/memory.h"
#include "wire/row.h"
#include "wire/text.h"

#include <string.h>

struct dictionary *spk_dictionary_new(void)
{
    struct dictionary *dictionary = spk_alloc_zeroed(1, sizeof *dictionary);
    const int32_t zero = 0;
    if (dictionary != NULL) {
        spk_key_set_begin(&dictionary->keys);
    }
    if (dictionary != NULL && !spk_buf_put(&dictionary->offsets, &zero, sizeof zero)) {
        spk_dictionary_free(dictionary);
        return NULL;
    }
    return dictionary;
}

void spk_dictionary_free(struct dictionary *dictionary)
{
    if (dictionary != NULL) {
        spk_key_set_end(&dictionary->keys);
        spk_buf_free(&dictionary->texts);
        spk_buf_free(&dictionary->offsets);
        spk_free(dictionary);
    }
}

/* The text of the key that was just added. */
static enum spk_status add_text(struct dictionary *dictionary, const struct spk_row *shown,
                                const struct spk_value *value)
{
    if (!spk_text_put(&dictionary->texts, shown, value)) {
        return SPK_ERR_MEMORY;
    }
    int32_t end = (int32_t)dictionary->texts.len;
    if (dictionary->texts.len > INT32_MAX) {
        return SPK_ERR_LIMIT;
    }
    return spk_buf_put(&dictionary->offsets, &end, sizeof end) ? SPK_OK : SPK_ERR_MEMORY;
}

enum spk_status spk_dictionary_look(struct dictionary *dictionary, const struct spk_row *shown,
                                    const struct spk_value *value, int32_t *index)
{
    /* all values of a column are of one kind, so what they are made of tells them apart */
    uint64_t number = value->u;
    const uint8_t *key = value->kind == SPK_IP4 ? (const uint8_t *)&number : value->data;
    size_t len = value->kind == SPK_IP4 ? sizeof number : spk_value_len(value);
    const uint32_t count = dictionary->keys.count;
    uint32_t entry;
    enum spk_status status = spk_key_set_look(&dictionary->keys, key, len, &entry);
    if (status == SPK_OK && entry == count) {
        status = add_text(dictionary, shown, value);
    }
    *index = (int32_t)entry;
    return status;
}
