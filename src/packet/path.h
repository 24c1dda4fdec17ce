/*
 * path: the headers that mostly follow each other, as a tree with each header at a place known beforehand: Ethernet at 0,
 * IPv4 without options at 14, TCP at 34. One comparison of eight bytes says whether a header is of the length and kind that
 * the tree has here, another one who follows. Whatever is not in the tree is left to the steps (wire/step.h) from there on.
 */
#ifndef PACKET_PATH_H
#define PACKET_PATH_H

#include <steelpkt/packet.h>

#include "wire/registry.h"

/*
 * Nodes for packets of one link type at most, and how rare they may be: a node's rank is its place among those that follow
 * the same header, and the rank of that one added.
 */
enum { SPK_PATH_NODES = 128, SPK_PATH_RANKS = 6 };

/* Up to this rank a header that may be longer than its node says has a second node, which ends the path. */
enum { SPK_PATH_LONGER_RANKS = 3 };

enum {
    SPK_PATH_HLEN = 1 << 0,   /* the header's length is a number in it */
    SPK_PATH_LEN = 1 << 1,    /* the length of header and payload is a number in it */
    SPK_PATH_LONGER = 1 << 2, /* the node before has the same header, but as short as it can be */
    SPK_PATH_REST = 1 << 3,   /* the header is all that is left */
    SPK_PATH_LOOKS =
        1 << 4 /* who follows is looked up by either of two keys: the children are told by their protocols */
};

/* Places count from the packet's first byte. Eight bytes are compared as they stand in memory. */
struct spk_node {
    uint64_t own_mask, own_value; /* of the eight bytes at own: else the header is another than this */
    uint64_t key_mask;            /* of the eight bytes at key: who follows, if a child has that value */
    uint64_t value;              /* of the key of the header before, by which this one follows; UINT64_MAX: looked up */
    uint32_t number;             /* the same as a number */
    const struct spk_step *step; /* of its protocol */
    struct spk_layer layer;      /* as it is placed when another follows, but for end, and hdr_len where that varies */
    uint32_t need;               /* bytes that must be there; UINT32_MAX: the path ends before this header */
    uint16_t own, key;
    uint16_t child, children;   /* index of the first, and how many */
    uint8_t flags, rank, depth; /* depth: headers from the root to it, itself too; SPK_LAYERS_MAX at most */
};

/*
 * Grows the tree for packets that begin with a protocol into room for SPK_PATH_NODES nodes, by the steps of a reach. The
 * first node is its root; nodes name their children by index among these. Gives the number of nodes.
 */
uint16_t spk_path_grow(struct spk_node *nodes, const struct spk_registry *registry, const struct spk_step *steps,
                       uint32_t proto);

static inline uint64_t spk_path_load(const uint8_t *data, uint16_t at)
{
    uint64_t eight;
    memcpy(&eight, data + at, sizeof eight);
    return eight;
}

/* The child of a node that is found by his protocol; NULL: it has no such child. */
static inline const struct spk_node *spk_path_looked_up(const struct spk_node *root, const struct spk_node *node,
                                                        uint32_t proto)
{
    const struct spk_node *child = root + node->child;
    const struct spk_node *last = (node->flags & SPK_PATH_LOOKS) != 0 ? child + node->children : child;
    while (child < last && child->layer.proto != proto) {
        child++;
    }
    return child < last ? child : NULL;
}

#endif
