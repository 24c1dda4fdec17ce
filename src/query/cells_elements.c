/* cells_elements: elements of groups, each as a JSON object in a cell. */
#include "query/cells.h"
#include "query/elements.h"
#include "query/json.h"

#include <string.h>

/* Adds a value of a member: of several a list in the end, or else the first counts. */
static bool put_member(struct cell_maker *maker, struct element_walk *walk)
{
    struct spk_buf *text = &maker->members[walk->member];
    bool list = walk->elements->members[walk->member].type.list;
    struct spk_value value;
    if ((text->len > 0 && !list) || !spk_walk_value(&walk->walk, &maker->scratch, &value)) {
        return true;
    }
    bool lead = !list || spk_buf_put_byte(text, text->len == 0 ? '[' : ',');
    return lead && spk_json_put_value(text, walk->walk.row, &value);
}

/* Makes the object of those members that have values, and empties them. */
static bool join_members(struct cell_maker *maker, const struct elements *elements, struct spk_buf *out)
{
    bool ok = spk_buf_put_byte(out, '{');
    for (uint32_t m = 0; m < elements->count && ok; m++) {
        struct spk_buf *text = &maker->members[m];
        const char *name = elements->members[m].field->name;
        if (text->len > 0) {
            ok = (out->len == 1 || spk_buf_put_byte(out, ','))
                 && spk_json_put_string(out, (const uint8_t *)name, strlen(name)) && spk_buf_put_byte(out, ':')
                 && spk_buf_put(out, text->data, text->len)
                 && (!elements->members[m].type.list || spk_buf_put_byte(out, ']'));
            text->len = 0;
        }
    }
    return ok && spk_buf_put_byte(out, '}');
}

static bool end_element(struct cell_maker *maker, const struct elements *elements)
{
    struct spk_buf *out = &maker->members[elements->count]; /* behind those of the members, and empty like them */
    struct spk_item *item = NULL;
    uint8_t *kept = join_members(maker, elements, out) ? spk_cells_keep(maker, out->len) : NULL;
    if (kept != NULL && (item = spk_cells_append(maker, elements->column)) != NULL) {
        memcpy(kept, out->data, out->len);
        *item = (struct spk_item){ .row = maker->query->columns[elements->column].row,
                                   .value = { .kind = SPK_TEXT, .data = kept, .len = (uint32_t)out->len },
                                   .layer = SPK_NO_LAYER };
    }
    out->len = 0;
    return item != NULL;
}

void spk_cells_fill_elements(struct cell_maker *maker, const struct spk_packet *packet, const struct elements *elements)
{
    struct element_walk walk;
    enum element_event event;
    spk_element_begin(&walk, elements, packet);
    while (!maker->failed && (event = spk_element_next(&walk)) != ELEMENT_NONE) {
        if (event == ELEMENT_VALUE) {
            maker->failed = !put_member(maker, &walk);
        } else if (event == ELEMENT_END) {
            maker->failed = !end_element(maker, elements);
        }
    }
}
