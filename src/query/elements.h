/*
 * elements: a column of a group's own name (dns.answers). Each element of the group is a struct, whose members are the
 * fields that the group has rows of, also those in the groups within it.
 */
#ifndef QUERY_ELEMENTS_H
#define QUERY_ELEMENTS_H

#include <steelpkt/query.h>

#include "query/column.h"
#include "query/plan.h"

struct member {
    const struct spk_field *field;
    struct column_type type; /* a list where an element may have several */
    /* where it was found last: the row; at which of the group's sites; in the outermost choice there, under which case */
    const struct spk_crow *crow, *choice;
    uint32_t site, choice_case;
};

struct elements {
    uint32_t column; /* of the query */
    const struct spk_cfield *group;
    struct member *members;
    uint32_t count;
    uint32_t *places; /* a field of the registry: its member's index, or SPK_NOWHERE */
    uint8_t *protos;  /* a byte a protocol: it has such elements */
};

/* The column is of a group. SPK_ERR_MEMORY; what was made is spk_elements_free's in any case. */
enum spk_status spk_elements_make(struct elements *elements, const struct spk_query *query, uint32_t column);
void spk_elements_free(struct elements *elements);

/* Reading them from a packet, one after the other. */
enum element_event { ELEMENT_NONE, ELEMENT_BEGIN, ELEMENT_VALUE, ELEMENT_END };

struct element_walk {
    const struct elements *elements;
    const struct spk_packet *packet;
    struct spk_walk walk; /* at ELEMENT_VALUE it stands on the value */
    uint32_t member;      /* whose value that is */
    unsigned layer;       /* the next one */
    unsigned depth;       /* groups and choices that the walk is in, from the element on; 0: in no element */
    bool walking;
};

void spk_element_begin(struct element_walk *walk, const struct elements *elements, const struct spk_packet *packet);

/* ELEMENT_NONE: there are no more. Each ELEMENT_BEGIN has its ELEMENT_END. */
enum element_event spk_element_next(struct element_walk *walk);

#endif
