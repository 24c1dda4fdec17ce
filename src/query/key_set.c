#include "query/key_set.h"

#include "base/memory.h"

#include <string.h>

enum { FIRST_SLOTS = 256 };

void spk_key_set_begin(struct key_set *set)
{
    *set = (struct key_set){ .hash_key = spk_hash_key_new() };
}

void spk_key_set_end(struct key_set *set)
{
    spk_buf_free(&set->keys);
    spk_buf_free(&set->ends);
    spk_free(set->slots);
    set->slots = NULL;
    set->slot_count = set->count = 0;
}

const uint8_t *spk_key_set_at(const struct key_set *set, uint32_t index, size_t *len)
{
    const uint32_t *ends = (const uint32_t *)(const void *)set->ends.data;
    uint32_t start = index > 0 ? ends[index - 1] : 0;
    *len = ends[index] - start;
    return set->keys.data + start;
}

/* The slot that holds the key, or the empty one where it belongs. */
static uint32_t find_slot(const struct key_set *set, const void *key, size_t len)
{
    uint32_t mask = set->slot_count - 1;
    uint32_t slot = (uint32_t)spk_hash(set->hash_key, key, len) & mask;
    for (; set->slots[slot] != 0; slot = (slot + 1) & mask) {
        size_t known_len;
        const uint8_t *known = spk_key_set_at(set, set->slots[slot] - 1, &known_len);
        if (known_len == len && (len == 0 || memcmp(known, key, len) == 0)) {
            break;
        }
    }
    return slot;
}

/* Keeps the table at most half full. */
static bool make_slots(struct key_set *set)
{
    if (set->count < set->slot_count / 2) {
        return true;
    }
    uint32_t count = set->slot_count > 0 ? set->slot_count * 2 : FIRST_SLOTS;
    uint32_t *slots = spk_alloc_zeroed(count, sizeof slots[0]);
    if (slots == NULL) {
        return false;
    }
    spk_free(set->slots);
    set->slots = slots;
    set->slot_count = count;
    for (uint32_t i = 0; i < set->count; i++) {
        size_t len;
        const uint8_t *key = spk_key_set_at(set, i, &len);
        slots[find_slot(set, key, len)] = i + 1;
    }
    return true;
}

static enum spk_status add(struct key_set *set, const void *key, size_t len)
{
    if (set->keys.len + len > INT32_MAX || set->count >= UINT32_MAX / 4) {
        return SPK_ERR_LIMIT;
    }
    uint32_t end = (uint32_t)(set->keys.len + len);
    if (spk_buf_room(&set->keys, len) == NULL || !spk_buf_put(&set->ends, &end, sizeof end)
        || !spk_buf_put(&set->keys, key, len)) {
        return SPK_ERR_MEMORY;
    }
    set->count++;
    return SPK_OK;
}

enum spk_status spk_key_set_look(struct key_set *set, const void *key, size_t len, uint32_t *index)
{
    if (!make_slots(set)) {
        return SPK_ERR_MEMORY;
    }
    uint32_t slot = find_slot(set, key, len);
    if (set->slots[slot] == 0) {
        enum spk_status status = add(set, key, len);
        if (status != SPK_OK) {
            return status;
        }
        set->slots[slot] = set->count;
    }
    *index = set->slots[slot] - 1;
    return SPK_OK;
}

uint32_t spk_key_set_find(const struct key_set *set, const void *key, size_t len)
{
    return set->count > 0 ? set->slots[find_slot(set, key, len)] - 1 : SPK_NO_KEY;
}

size_t spk_key_set_size(const struct key_set *set)
{
    return set->keys.cap + set->ends.cap + set->slot_count * sizeof set->slots[0];
}
