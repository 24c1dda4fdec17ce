/* filter_run: what a program works with while it looks at one packet. */
#ifndef QUERY_FILTER_RUN_H
#define QUERY_FILTER_RUN_H

#include "query/filter.h"

/* A register for what is made on the way. */
struct filter_made {
    struct spk_item *items;
    uint32_t count, room;
};

struct spk_matcher {
    const struct spk_filter *filter;
    struct cell_maker maker;
    struct filter_made *made;
    struct filter_match *match; /* NULL: no regular expression */
    const struct spk_packet *packet;
    uint64_t kept; /* bytes made for this packet */
    enum spk_status failed;
};

/* What a register holds, whichever kind it is. */
struct filter_values {
    const struct spk_item *items;
    uint32_t count;
};

struct filter_values spk_filter_values(const struct spk_matcher *matcher, uint32_t reg);

/* The register of something that is made on the way. */
struct filter_made *spk_filter_made(struct spk_matcher *matcher, uint32_t reg);

/* Appends a value. False: no memory, or too many; remembered. */
bool spk_filter_push(struct spk_matcher *matcher, struct filter_made *to, const struct spk_item *item);

/* Bytes until the next packet; NULL: no memory, or too many; remembered. */
uint8_t *spk_filter_room_for(struct spk_matcher *matcher, uint64_t size);

/* One step of a call of a function (filter_call.c). False: it has no value. */
bool spk_filter_call(struct spk_matcher *matcher, const struct filter_step *step);

#endif
