/*
 * stand_in: the rows that have the tutorial's values (SPK_TUTORIAL). They are no fields of the registry: only here are they
 * looked for, by the name they share with the rows they stand in for.
 */
#include "base/memory.h"
#include "query/plan.h"

#include <string.h>

/* The first column of a row's name, or SPK_NOWHERE. */
static uint32_t column_of(const struct spk_query *query, const struct spk_row *row)
{
    for (uint32_t i = 0; i < query->count; i++) {
        const struct spk_field *field = query->columns[i].field;
        if (field != NULL && strcmp(field->name, row->name) == 0) {
            return i;
        }
    }
    return SPK_NOWHERE;
}

/* The protocols that have the row are those that have the field. */
static void take(struct spk_query *query, const struct spk_crow *crow, uint32_t column)
{
    const struct spk_cfield *field = &query->registry->fields[query->columns[column].field->index];
    query->stand_ins[query->stand_in_count] = (struct stand_in){ crow->row, column };
    query->stand_in_rows[crow->id] = 1;
    for (uint32_t i = 0; i < field->site_count; i++) {
        query->stand_in_walks[field->sites[i].proto] = 1;
    }
}

/* Counts those that a column asks for, and takes them once there is room. */
static void look(struct spk_query *query)
{
    query->stand_in_count = 0;
    for (uint32_t g = 0; g < query->registry->group_count; g++) {
        const struct spk_cgroup *group = query->registry->groups[g];
        for (uint16_t i = 0; i < group->count; i++) {
            const struct spk_row *row = group->rows[i].row;
            uint32_t column = (row->flags & SPK_TUTORIAL) != 0 ? column_of(query, row) : SPK_NOWHERE;
            if (column == SPK_NOWHERE) {
                continue;
            }
            if (query->stand_ins != NULL) {
                take(query, &group->rows[i], column);
            }
            query->stand_in_count++;
        }
    }
}

bool spk_plan_stand_ins(struct spk_query *query)
{
    look(query);
    query->stand_ins = spk_alloc_zeroed(query->stand_in_count, sizeof query->stand_ins[0]);
    query->stand_in_rows = spk_alloc_zeroed(query->registry->row_count, 1);
    query->stand_in_walks = spk_alloc_zeroed(query->registry->proto_count, 1);
    if (query->stand_ins == NULL || query->stand_in_rows == NULL || query->stand_in_walks == NULL) {
        return false;
    }
    look(query);
    return true;
}
