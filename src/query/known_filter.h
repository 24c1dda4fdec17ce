/*
 * known_filter: a display filter for packets of known kinds (fixed.h). What is there and what is not is known of a kind, so
 * nothing of the filter's program is left but comparisons of numbers at known bytes, each of which says where to go on.
 */
#ifndef QUERY_KNOWN_FILTER_H
#define QUERY_KNOWN_FILTER_H

#include "base/bytes.h"
#include "query/fixed.h"

/* Where a comparison goes on: at another one, or at an answer. */
enum { KNOWN_NO = UINT16_MAX, KNOWN_YES = UINT16_MAX - 1, KNOWN_MOST = 4096 };

/* A number of the packet, cut to mask, is in a range of such, or is not. */
struct known_test {
    uint64_t mask, low, span;
    uint32_t bit; /* from the packet's first byte */
    uint16_t width;
    uint8_t bytes;            /* that are loaded: 1, 2 or 4; 0: so many bits */
    uint16_t inside, outside; /* where to go on */
};

struct known_filter {
    struct known_test *tests;
    uint32_t count, room;
    uint16_t *begins; /* a kind each: where it begins */
};

/* Whether the filter does nothing but compare fields with constants, and none of the record nor one that is walked for. */
bool spk_known_filter_suits(const struct spk_filter *filter);

/*
 * For the kinds of a struct fixed, which decodes as far as a filter that suits looks. *out NULL: the filter does more than
 * compare numbers and addresses at fixed places. False: no memory.
 */
bool spk_known_filter_new(const struct spk_filter *filter, const struct fixed *fixed, struct known_filter **out);
void spk_known_filter_free(struct known_filter *known);

static inline uint64_t spk_known_load(const struct known_test *test, const uint8_t *data)
{
    switch (test->bytes) {
    case 1:
        return data[test->bit / 8];
    case 2:
        return spk_load16(data + test->bit / 8);
    case 4:
        return spk_load32(data + test->bit / 8);
    default:
        return spk_load_bits(data, test->bit, test->width);
    }
}

static inline bool spk_known_filter_keeps(const struct known_filter *known, uint32_t kind, const uint8_t *data)
{
    uint16_t at = known->begins[kind];
    while (at < KNOWN_MOST) {
        const struct known_test *test = &known->tests[at];
        uint64_t number = spk_known_load(test, data);
        at = (number & test->mask) - test->low <= test->span ? test->inside : test->outside;
    }
    return at == KNOWN_YES;
}

/* Whether a packet of a known kind is kept. */
static inline bool spk_fixed_keeps(const struct fixed *fixed, const struct fixed_kind *kind,
                                   const struct spk_record *record)
{
    return fixed->filter == NULL
           || spk_known_filter_keeps(fixed->filter, (uint32_t)(kind - fixed->kinds), record->data);
}

#endif
