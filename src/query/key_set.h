/* key_set: distinct strings of bytes, numbered in the order they came. */
#ifndef QUERY_KEY_SET_H
#define QUERY_KEY_SET_H

#include "base/buf.h"
#include "base/hash.h"

#include <steelpkt/base.h>

struct key_set {
    struct spk_hash_key hash_key;
    struct spk_buf keys;
    struct spk_buf ends; /* uint32_t: where each key ends */
    uint32_t *slots;     /* index + 1; 0: empty */
    uint32_t slot_count; /* a power of two; 0: none yet */
    uint32_t count;
};

/* An empty set. */
void spk_key_set_begin(struct key_set *set);
void spk_key_set_end(struct key_set *set);

/* The index of a key, which is new (index is the count before) or known. SPK_ERR_MEMORY, SPK_ERR_LIMIT: 2 GiB of keys. */
enum spk_status spk_key_set_look(struct key_set *set, const void *key, size_t len, uint32_t *index);

/* The index of a known key, or SPK_NO_KEY. */
#define SPK_NO_KEY UINT32_MAX
uint32_t spk_key_set_find(const struct key_set *set, const void *key, size_t len);

const uint8_t *spk_key_set_at(const struct key_set *set, uint32_t index, size_t *len);

/* Bytes of memory that it takes. */
size_t spk_key_set_size(const struct key_set *set);

#endif
