#include "query/dictionary.h"

#include "base/memory.h"
#include "wire/text.h"

#include <string.h>

enum { FIRST_SLOTS = 256 };

struct dictionary *spk_dictionary_new(void)
{
    struct dictionary *dictionary = spk_alloc_zeroed(1, sizeof *dictionary);
    const int32_t zero = 0;
    if (dictionary != NULL && !spk_buf_put(&dictionary->offsets, &zero, sizeof zero)) {
        spk_dictionary_free(dictionary);
        return NULL;
    }
    return dictionary;
}

void spk_dictionary_free(struct dictionary *dictionary)
{
    if (dictionary != NULL) {
        spk_buf_free(&dictionary->keys);
        spk_buf_free(&dictionary->key_ends);
        spk_buf_free(&dictionary->texts);
        spk_buf_free(&dictionary->offsets);
        spk_free(dictionary->slots);
        spk_free(dictionary);
    }
}

static uint32_t hash(const uint8_t *key, size_t len)
{
    uint64_t h = len * UINT64_C(0x9e3779b97f4a7c15);
    for (; len >= 8; key += 8, len -= 8) {
        uint64_t eight;
        memcpy(&eight, key, 8);
        h = (h ^ eight) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 29;
    }
    uint64_t rest = 0;
    for (size_t i = 0; i < len; i++) {
        rest = rest << 8 | key[i];
    }
    h = (h ^ rest) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(h >> 32);
}

static const uint8_t *key_at(const struct dictionary *dictionary, uint32_t entry, size_t *len)
{
    const uint32_t *ends = (const uint32_t *)(const void *)dictionary->key_ends.data;
    uint32_t start = entry > 0 ? ends[entry - 1] : 0;
    *len = ends[entry] - start;
    return dictionary->keys.data + start;
}

/* The slot that holds the key, or the empty one where it belongs. */
static uint32_t find_slot(const struct dictionary *dictionary, const uint8_t *key, size_t len)
{
    uint32_t mask = dictionary->slot_count - 1;
    uint32_t slot = hash(key, len) & mask;
    for (; dictionary->slots[slot] != 0; slot = (slot + 1) & mask) {
        size_t known_len;
        const uint8_t *known = key_at(dictionary, dictionary->slots[slot] - 1, &known_len);
        if (known_len == len && (len == 0 || memcmp(known, key, len) == 0)) {
            break;
        }
    }
    return slot;
}

/* Keeps the table at most half full. */
static bool make_slots(struct dictionary *dictionary)
{
    if (dictionary->count < dictionary->slot_count / 2) {
        return true;
    }
    uint32_t count = dictionary->slot_count > 0 ? dictionary->slot_count * 2 : FIRST_SLOTS;
    uint32_t *slots = spk_alloc_zeroed(count, sizeof slots[0]);
    if (slots == NULL) {
        return false;
    }
    spk_free(dictionary->slots);
    dictionary->slots = slots;
    dictionary->slot_count = count;
    for (uint32_t i = 0; i < dictionary->count; i++) {
        size_t len;
        const uint8_t *key = key_at(dictionary, i, &len);
        slots[find_slot(dictionary, key, len)] = i + 1;
    }
    return true;
}

static enum spk_status add(struct dictionary *dictionary, const uint8_t *key, size_t len, const struct spk_row *shown,
                           const struct spk_value *value)
{
    if (!spk_buf_put(&dictionary->keys, key, len) || !spk_text_put(&dictionary->texts, shown, value)) {
        return SPK_ERR_MEMORY;
    }
    if (dictionary->keys.len > INT32_MAX || dictionary->texts.len > INT32_MAX) {
        return SPK_ERR_LIMIT;
    }
    uint32_t key_end = (uint32_t)dictionary->keys.len;
    int32_t text_end = (int32_t)dictionary->texts.len;
    if (!spk_buf_put(&dictionary->key_ends, &key_end, sizeof key_end)
        || !spk_buf_put(&dictionary->offsets, &text_end, sizeof text_end)) {
        return SPK_ERR_MEMORY;
    }
    dictionary->count++;
    return SPK_OK;
}

enum spk_status spk_dictionary_look(struct dictionary *dictionary, const struct spk_row *shown,
                                    const struct spk_value *value, int32_t *index)
{
    /* all values of a column are of one kind, so what they are made of tells them apart */
    uint64_t number = value->u;
    const uint8_t *key = value->kind == SPK_IP4 ? (const uint8_t *)&number : value->data;
    size_t len = value->kind == SPK_IP4   ? sizeof number
                 : value->kind == SPK_IP6 ? 16
                 : value->kind == SPK_MAC ? 6
                                          : value->len;
    if (!make_slots(dictionary)) {
        return SPK_ERR_MEMORY;
    }
    uint32_t slot = find_slot(dictionary, key, len);
    if (dictionary->slots[slot] == 0) {
        enum spk_status status = add(dictionary, key, len, shown, value);
        if (status != SPK_OK) {
            return status;
        }
        dictionary->slots[slot] = dictionary->count;
    }
    *index = (int32_t)(dictionary->slots[slot] - 1);
    return SPK_OK;
}
