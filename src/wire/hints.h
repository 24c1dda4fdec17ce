/* hints: what a walk of a group's rows would else find out anew at each element. */
#ifndef WIRE_HINTS_H
#define WIRE_HINTS_H

#include "wire/registry.h"

/* The group's rows are compiled and placed. False: no memory. */
bool spk_hints_make(struct spk_cgroup *group);
void spk_hints_free(struct spk_cgroup *group);

/* What a number of the group's decider decides. */
static inline const struct spk_decision *spk_decision_of(const struct spk_cgroup *group, uint64_t number)
{
    const struct spk_decision *decision = group->decisions;
    uint32_t count = group->decision_count;
    while (count > 1) {
        uint32_t half = count / 2;
        decision = number >= decision[half].from ? decision + half : decision;
        count -= half;
    }
    return decision;
}

/* The range of a number of the group's ranged row: from where on, and how many numbers further. */
static inline uint32_t spk_range_of(const struct spk_cgroup *group, uint64_t number, uint32_t *span)
{
    const uint32_t *range = group->ranges;
    uint32_t count = group->range_count;
    while (count > 1) {
        uint32_t half = count / 2;
        range = number >= range[half] ? range + half : range;
        count -= half;
    }
    const bool last = range + 1 == group->ranges + group->range_count;
    *span = (last ? UINT32_MAX : range[1] - 1) - *range;
    return *range;
}

/* The rows that may be there, a bit each, where the group's decider holds a number. */
static inline uint64_t spk_decided_rows(const struct spk_cgroup *group, uint64_t number)
{
    return spk_decision_of(group, number)->rows;
}

#endif
