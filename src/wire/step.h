/*
 * step: a protocol whose header, length and key are plain numbers, as a few loads from fixed places. Most layers of most
 * packets are placed by nothing else. It says nothing that the compiled protocol does not say: where a step does not reach,
 * the protocol decides, and a test holds the two together on every packet.
 */
#ifndef WIRE_STEP_H
#define WIRE_STEP_H

#include "base/bytes.h"

#include <stdbool.h>

/* A number of up to 32 bits: four bytes at a byte of the header, shifted down and masked. */
struct spk_four {
    uint32_t mask;
    uint16_t byte;
    uint8_t shift;
};

static inline uint32_t spk_four_load(const struct spk_four *four, const uint8_t *header)
{
    return spk_load32(header + four->byte) >> four->shift & four->mask;
}

static inline bool spk_four_same(const struct spk_four *a, const struct spk_four *b)
{
    return a->byte == b->byte && a->shift == b->shift && a->mask == b->mask;
}

enum {
    SPK_STEP_HLEN = 1 << 0,     /* the header's length is a number in it */
    SPK_STEP_REST = 1 << 1,     /* the header is all that is left */
    SPK_STEP_LEN = 1 << 2,      /* the length of header and payload is a number in it */
    SPK_STEP_NEXT = 1 << 3,     /* a key says who follows */
    SPK_STEP_LOWER = 1 << 4,    /* the lower of two keys first, then the other */
    SPK_STEP_MORE = 1 << 5,     /* where that key leads to nobody, others may follow: the protocol says who */
    SPK_STEP_LAST = 1 << 6,     /* nobody who follows is wanted: also of protocols that take no steps */
    SPK_STEP_UNWANTED = 1 << 7, /* nor is the protocol itself */
    SPK_STEP_LEADS = 1 << 8     /* the protocol itself is not wanted, one that may follow is */
};

/* Numbers are tested as ranges: number - low is at most span. */
struct spk_step {
    uint32_t need; /* bytes that must be there; UINT32_MAX: this protocol takes no steps */
    uint16_t min;  /* bytes of the header at least */
    uint16_t flags;
    uint8_t hlen_mul, len_mul;
    uint16_t space; /* of the key */
    uint32_t hlen_add, len_add;
    struct spk_four hlen, len, gate, key, other;
    uint32_t len_low, len_span;   /* of the length as it stands: else it does not count */
    uint32_t gate_low, gate_span; /* of the gate: else the key does not count */
};

struct spk_cproto;

/* The step of a compiled protocol. */
struct spk_step spk_step_of(const struct spk_cproto *proto);

#endif
