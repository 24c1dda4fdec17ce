/* column_type: what a field's values are as an Arrow type. The rows say it; a test holds every value to it. */
#include "query/column.h"
#include "query/elements.h"
#include "query/plan.h"

/* The bits that the row at an index of a protocol's header shows. */
static unsigned bits_of(const struct spk_cgroup *group, const struct spk_row *row)
{
    const struct spk_row *rows = group->group->rows;
    unsigned bits = row->bits;
    switch (row->view.op) {
    case SPK_VIEW_SPAN:
        bits = bits > 0 ? bits : rows[row->view.a].bits;
        break;
    case SPK_VIEW_EITHER: {
        unsigned other = rows[row->view.b].bits;
        bits = rows[row->view.a].bits;
        bits = bits > 0 && other > bits ? other : bits;
        break;
    }
    case SPK_VIEW_SCALE:
        bits = bits > 0 ? bits : 64;
        break;
    default:
        break;
    }
    bits = (row->flags & SPK_REST_IS_SHOWN) != 0 && bits < 32 ? 32 : bits; /* what is left of a jumbogram */
    return bits == 0 || bits > 64 ? 64 : bits;
}

static const struct spk_cgroup *group_of(const struct spk_registry *registry, const struct spk_crow *crow)
{
    for (uint32_t g = 0; g < registry->group_count; g++) {
        const struct spk_cgroup *group = registry->groups[g];
        if (crow >= group->rows && crow < group->rows + group->count) {
            return group;
        }
    }
    return NULL;
}

/* The widest of the field's rows. */
static unsigned widest(const struct spk_registry *registry, const struct spk_field *field)
{
    unsigned most = 1;
    const struct spk_cfield *known = &registry->fields[field->index];
    for (uint32_t i = 0; i < known->site_count; i++) {
        const struct spk_crow *crow = known->sites[i].crow;
        unsigned bits = bits_of(group_of(registry, crow), crow->row);
        most = bits > most ? bits : most;
    }
    return most;
}

static struct column_type number(unsigned bits, bool is_signed)
{
    static const char *const formats[2][4] = { { "C", "S", "I", "L" }, { "c", "s", "i", "l" } };
    unsigned step = bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3;
    return (struct column_type){ .format = formats[is_signed][step], .store = (uint8_t)(STORE_8 + step) };
}

/* What values of a kind are; of numbers, with so many bits. */
static struct column_type type_of(uint8_t kind, unsigned bits)
{
    switch (kind) {
    case SPK_PAD:
    case SPK_UINT:
    case SPK_INT:
        return number(bits, kind == SPK_INT);
    case SPK_BOOL:
    case SPK_NONE:
        return (struct column_type){ .format = "b", .store = STORE_BITS };
    case SPK_IP4:
    case SPK_IP6:
    case SPK_MAC:
    case SPK_TEXT:
        return (struct column_type){ .format = "u", .store = STORE_TEXT };
    case SPK_TIME:
        return (struct column_type){ .format = "tsn:", .store = STORE_64 };
    case SPK_DELTA:
        return (struct column_type){ .format = "tDn", .store = STORE_64 };
    default:
        return (struct column_type){ .format = "z", .store = STORE_BYTES };
    }
}

struct column_type spk_field_type(const struct spk_registry *registry, const struct spk_field *field)
{
    return type_of(field->kind, widest(registry, field));
}

struct column_type spk_member_type(const struct column_type *type, uint32_t member)
{
    struct column_type made = type->elements->members[member].type;
    made.dictionary = type->dictionary && made.store == STORE_TEXT;
    return made;
}

struct column_type spk_column_type(const struct spk_query *query, size_t column, bool dictionary)
{
    const struct spk_column *of = &query->columns[column];
    const struct elements *elements = spk_query_elements(query, column);
    if (elements != NULL) {
        return (struct column_type){
            .format = "+s", .store = STORE_STRUCT, .list = true, .dictionary = dictionary, .elements = elements
        };
    }
    unsigned bits = of->field != NULL ? widest(query->registry, of->field) : of->row->bits;
    struct column_type type = type_of(of->kind, bits);
    uint8_t occurrence = query->options.occurrence;
    type.list = occurrence == SPK_OCCURRENCE_ALL || (occurrence == SPK_OCCURRENCE_AUTO && of->list);
    type.last = occurrence == SPK_OCCURRENCE_LAST;
    type.dictionary = dictionary && type.store == STORE_TEXT;
    return type;
}
