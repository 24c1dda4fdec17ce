/*
 * kind: of which kind a packet is, told header by header along the tree of paths without placing a layer. A header is told
 * by one comparison of eight bytes, its lengths, and one look into a small table at the key of who follows. So it costs the
 * same whichever of many follows, and where nobody is wanted the key alone says so.
 */
#ifndef PACKET_KIND_H
#define PACKET_KIND_H

#include "packet/path.h"
#include "packet/reach.h"

#include <string.h>

/* Where something ends: a number of the packet * mul + base. */
struct spk_head_end {
    struct spk_four number; /* its byte is one of the packet's */
    uint32_t mul, base;
};

enum {
    SPK_HEAD_HLEN = 1 << 0, /* the header's length is a number in it */
    SPK_HEAD_LEN = 1 << 1,  /* the length of header and payload is a number in it */
    SPK_HEAD_KEY = 1 << 2   /* a key says who follows; else nobody does who is wanted */
};

struct spk_head;

struct spk_way {
    uint32_t key;                /* as its four bytes stand in memory, with all bits zero that are not its own */
    const struct spk_head *next; /* whom to try; NULL: the packet ends here as far as anybody wants it */
};

/* What a header must hold where it stands: one of a node, or of somebody whose key is looked at but who is not placed. */
struct spk_head {
    uint64_t mask, value; /* of the eight bytes at own, as they stand in memory */
    uint32_t need;        /* bytes that must be there */
    uint16_t own;
    uint8_t flags, shift;
    uint32_t key_mask; /* of the four bytes at key */
    uint32_t mul;      /* a key's place in the table: key * mul >> shift */
    uint16_t key;
    uint32_t likely; /* a key that is looked for first: so nobody waits for the table where most packets go */
    const struct spk_head *likely_next;
    uint32_t sure, sure_mask; /* the likely key and its bits, where nothing else is told; else what no packet has */
    const struct spk_way *table;
    const struct spk_head *otherwise;  /* the way of keys that are not in it */
    const struct spk_stencil *stencil; /* of packets that end here; NULL: they have none */
    const struct spk_head *elsewise;   /* whom to try if the eight bytes are others */
    struct spk_head_end header, payload;
    uint32_t len_low, len_span; /* numbers that count as the payload's length */
};

/* What heads and tables are kept in. */
struct spk_kinds_room;
struct spk_kinds {
    struct spk_kinds_room *last;
};

/* A head that no packet has; and another one, where heads are still to be made. */
extern const struct spk_head spk_head_untold, spk_head_unmade;

/*
 * Adds the heads of a tree of the reach that begins at a node, with a stencil for each of the reach's nodes for which it
 * holds. Gives the head to begin with; NULL: no memory.
 */
const struct spk_head *spk_kinds_add(struct spk_kinds *kinds, const struct spk_reach *reach, uint32_t node,
                                     const struct spk_stencil *stencils, const bool *holds);
void spk_kinds_free(struct spk_kinds *kinds);

static inline uint32_t spk_head_end(const struct spk_head_end *end, const uint8_t *data)
{
    return spk_four_load(&end->number, data) * end->mul + end->base;
}

/* Whether the header ends within what is there, and its payload not before it; *there is then the end of both. */
static inline bool spk_head_lengths(const struct spk_head *head, const uint8_t *data, uint32_t *there)
{
    uint32_t header_end = head->need;
    if ((head->flags & SPK_HEAD_HLEN) != 0) {
        header_end = spk_head_end(&head->header, data);
        if (header_end - head->need > *there - head->need) {
            return false;
        }
    }
    if ((head->flags & SPK_HEAD_LEN) != 0) {
        uint32_t number = spk_four_load(&head->payload.number, data);
        uint32_t told = number * head->payload.mul + head->payload.base;
        if (number - head->len_low <= head->len_span) {
            *there = told < *there ? told : *there;
            return told >= header_end;
        }
    }
    return true;
}

/* Whom to try next; NULL: nobody, the packet ends here. */
static inline const struct spk_head *spk_head_next(const struct spk_head *head, const uint8_t *data)
{
    uint32_t key;
    memcpy(&key, data + head->key, sizeof key);
    key &= head->key_mask;
    if (key == head->likely) {
        return head->likely_next;
    }
    const struct spk_way *way = &head->table[key * head->mul >> head->shift];
    return way->key == key ? way->next : head->otherwise;
}

/* Whom to try behind the first header of most packets, at a glance; or that header. */
static inline const struct spk_head *spk_kind_second(const struct spk_head *first, const uint8_t *data, uint32_t there)
{
    uint32_t key;
    if (there < first->need) {
        return first;
    }
    memcpy(&key, data + first->key, sizeof key);
    return (key & first->sure_mask) == first->sure ? first->likely_next : first;
}

/* The stencil of a packet whose first header may be the head; there: the end of what was captured of it. NULL: not told. */
static inline const struct spk_stencil *spk_kind_find(const struct spk_head *first, const uint8_t *data, uint32_t there)
{
    const struct spk_head *head = spk_kind_second(first, data, there);
    while (there >= head->need) {
        if (((spk_path_load(data, head->own) ^ head->value) & head->mask) != 0) {
            head = head->elsewise;
            continue;
        }
        if (!spk_head_lengths(head, data, &there)) {
            return NULL;
        }
        const struct spk_head *next = (head->flags & SPK_HEAD_KEY) != 0 ? spk_head_next(head, data) : NULL;
        if (next == NULL) {
            return head->stencil;
        }
        head = next;
    }
    return NULL;
}

#endif
