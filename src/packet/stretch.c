/* stretch: which rows of each group make one, for each number that decides on them. */
#include "packet/stretch.h"

#include "base/memory.h"

enum { BITS_MAX = SPK_NO_BIT - 1 };

/* A stretch as it grows row by row. */
struct maker {
    struct spk_stretch_group *of;
    const uint8_t *want;
    uint64_t there;                /* the rows that there may be */
    uint16_t first, row;           /* the first; the one that is added */
    uint32_t bits, need;           /* so far, and those that have to be there for what was added */
    size_t first_value, first_row; /* of the stretch's */
    bool failed;                   /* no memory */
};

static struct spk_stretch_value *values_of(const struct spk_stretch_group *of)
{
    return (struct spk_stretch_value *)(void *)of->values.data;
}

static struct spk_stretch_row *rows_of(const struct spk_stretch_group *of)
{
    return (struct spk_stretch_row *)(void *)of->rows.data;
}

static bool is_wanted(const struct maker *m, const struct spk_crow *crow)
{
    return m->want[crow->id] != 0;
}

/* Where a row of the stretch begins; SPK_NO_BIT: no such row is in it. */
static uint32_t bit_of(const struct maker *m, const struct spk_stretch *made, uint16_t row)
{
    const struct spk_stretch_row *rows = rows_of(m->of);
    for (size_t i = m->first_row; i < m->first_row + made->row_count; i++) {
        if (rows[i].row == row) {
            return rows[i].bit;
        }
    }
    return SPK_NO_BIT;
}

/* Adds a value that stands there, and says how it is read. */
static void add_value(struct maker *m, struct spk_stretch *made, const struct spk_crow *crow, uint32_t bit,
                      uint32_t width)
{
    const bool number = crow->reading == SPK_READ_NUMBER || crow->reading == SPK_READ_BOOL;
    const struct spk_stretch_value value = {
        .crow = crow,
        .bit = bit,
        .width = width,
        .reading = number && width > 64 ? SPK_READ_BY_ROW : crow->reading,
    };
    m->failed |= !spk_buf_put(&m->of->values, &value, sizeof value);
    made->value_count++;
}

/* Adds a view. False: it ends the stretch. */
static bool add_view(struct maker *m, struct spk_stretch *made, const struct spk_crow *crow)
{
    const struct spk_row *row = crow->row;
    if (!is_wanted(m, crow)) {
        return true;
    }
    if (crow->asks) {
        return false;
    }
    if (row->view.op == SPK_VIEW_CALL && row->many == SPK_ONE && !row->view.alone) {
        add_value(m, made, crow, 0, 0);
        return true;
    }
    const bool later = row->view.a > m->row;
    if (crow->shows == 0 || (later ? m->first > 0 : row->view.a < m->first)) {
        return false;
    }
    const uint32_t bit = later ? crow->bit : bit_of(m, made, (uint16_t)row->view.a);
    if (bit == SPK_NO_BIT) {
        return true; /* what it shows is not there */
    }
    m->need = bit + crow->shows > m->need ? bit + crow->shows : m->need;
    add_value(m, made, crow, bit, crow->shows);
    return true;
}

/* Adds a row with bytes. False: it ends the stretch. */
static bool add_plain(struct maker *m, struct spk_stretch *made, const struct spk_crow *crow)
{
    const uint32_t width = crow->row->bits;
    const uint32_t need = m->bits + (crow->unit > width ? crow->unit : width);
    const struct spk_stretch_row row = { .row = m->row, .bit = (uint16_t)m->bits };
    if (!crow->plain || crow->asks || m->bits + width > BITS_MAX) {
        return false;
    }
    m->failed |= !spk_buf_put(&m->of->rows, &row, sizeof row);
    made->row_count++;
    m->need = need > m->need ? need : m->need;
    if (is_wanted(m, crow)) {
        add_value(m, made, crow, m->bits, width);
    }
    m->bits += width;
    return true;
}

/* Where the number that decides stands in the stretch; SPK_NO_BIT: it is not read from there. */
static uint32_t decider_bit(const struct maker *m, const struct spk_stretch *made)
{
    const struct spk_cgroup *group = m->of->group;
    const struct spk_crow *decider = &group->rows[group->decider];
    const struct spk_row *row = decider->row;
    const uint16_t from = row->view.op == SPK_NOT_A_VIEW ? group->decider : (uint16_t)row->view.a;
    const bool little = ((row->flags | group->rows[from].row->flags) & SPK_LITTLE) != 0;
    return decider->conditional || little || decider->place.width == 0 ? SPK_NO_BIT : bit_of(m, made, from);
}

/* Once the row that decides is in the stretch: whether others may follow, which its number decides on. */
static bool pass_decider(struct maker *m, struct spk_stretch *made)
{
    const uint32_t bit = decider_bit(m, made);
    made->decides = bit != SPK_NO_BIT;
    m->of->decider[m->first] = (uint16_t)bit;
    return made->decides;
}

/* Adds rows from the first on; what is left of the stretch ends with the last of them where all is there, to the byte. */
static struct spk_stretch grow(struct maker *m)
{
    const struct spk_cgroup *group = m->of->group;
    struct spk_stretch made = { .end = m->first };
    struct spk_stretch whole = made;
    bool more = true;
    m->bits = m->need = 0;
    for (m->row = m->first; more && m->row < group->count && !m->failed; m->row++) {
        const struct spk_crow *crow = &group->rows[m->row];
        const bool view = crow->row->view.op != SPK_NOT_A_VIEW;
        const bool absent = (m->there >> m->row & 1) == 0;
        if (!absent && !(view ? add_view(m, &made, crow) : add_plain(m, &made, crow))) {
            break;
        }
        more = m->row != group->decider || pass_decider(m, &made);
        if (m->bits % 8 == 0 && m->need <= m->bits) {
            made.end = (uint16_t)(m->row + 1);
            made.bytes = m->bits / 8;
            whole = made;
        }
    }
    spk_buf_cut(&m->of->values, (m->first_value + whole.value_count) * sizeof(struct spk_stretch_value));
    spk_buf_cut(&m->of->rows, (m->first_row + whole.row_count) * sizeof(struct spk_stretch_row));
    return whole;
}

/* Elements of so many whole bytes, one after the other, or values that a function makes. False: the row has no such. */
static bool make_many(struct maker *m, struct spk_stretch *made)
{
    const struct spk_crow *crow = &m->of->group->rows[m->first];
    const struct spk_row *row = crow->row;
    const bool call = row->view.op == SPK_VIEW_CALL && row->many == SPK_COUNT && is_wanted(m, crow) && !crow->asks;
    const bool items = row->view.op == SPK_NOT_A_VIEW && (row->many == SPK_COUNT || row->many == SPK_FILL)
                       && row->kind != SPK_GROUP && row->kind != SPK_CHOICE && row->codec == NULL && row->bits > 0
                       && row->bits % 8 == 0 && crow->unit <= row->bits;
    *made = (struct spk_stretch){ .end = (uint16_t)(m->first + (call ? 1 : 0)),
                                  .bytes = call ? 0 : row->bits / 8u,
                                  .kind = call ? SPK_STRETCH_CALLS : SPK_STRETCH_ITEMS };
    if ((call || items) && is_wanted(m, crow)) {
        add_value(m, made, crow, 0, call ? 0 : row->bits);
    }
    return call || items;
}

/* Fills in how values are read once it is known how many bytes there are; whether elements are read as a run. */
static void finish(struct maker *m, struct spk_stretch *made)
{
    struct spk_stretch_value *values = made->value_count > 0 ? values_of(m->of) + m->first_value : NULL;
    const uint16_t decider = m->of->decider[m->first];
    const bool within = decider == SPK_NO_BIT /* a view may show more than the element has */
                        || decider + m->of->group->rows[m->of->group->decider].place.width <= made->bytes * 8;
    made->plain = true;
    made->again = made->kind == SPK_STRETCH_ROWS;
    made->runs = made->bytes > 0 && within && (made->kind == SPK_STRETCH_ITEMS || made->end == m->of->group->count);
    for (uint16_t i = 0; i < made->value_count; i++) {
        values[i].place = spk_cplace_at(values[i].bit, (uint16_t)values[i].width, false, made->bytes);
        const bool by_row = values[i].reading == SPK_READ_BY_ROW && !values[i].crow->alike;
        made->plain = made->plain && !by_row;
        made->again = made->again && (!by_row || values[i].width == 0);
        for (uint16_t k = 0; k < i; k++) {
            made->runs = made->runs && values[k].crow->field != values[i].crow->field;
        }
    }
    made->runs = made->runs && made->plain;
}

/* Those of a group for one number that decides: one begins wherever a row is not part of the one before. */
static void make_decision(struct maker *m, uint32_t decision)
{
    const struct spk_cgroup *group = m->of->group;
    uint16_t *at = m->of->at + decision * group->count;
    m->there = group->decision_count > 0 ? group->decisions[decision].rows : UINT64_MAX;
    for (m->first = 0; m->first < group->count && !m->failed;) {
        struct spk_stretch made = { 0 };
        m->first_value = m->of->values.len / sizeof(struct spk_stretch_value);
        m->first_row = m->of->rows.len / sizeof(struct spk_stretch_row);
        const bool absent = (m->there >> m->first & 1) == 0;
        if (!absent) {
            made = grow(m);
        }
        const bool some = made.end > m->first || (!absent && make_many(m, &made));
        const size_t count = m->of->stretches.len / sizeof made;
        if (some && !m->failed && count < UINT16_MAX) {
            finish(m, &made);
            m->failed = !spk_buf_put(&m->of->stretches, &made, sizeof made);
            at[m->first] = (uint16_t)(count + 1);
            m->of->starts |= (uint64_t)(made.kind != SPK_STRETCH_ITEMS) << m->first;
        }
        m->first = made.end > m->first ? made.end : (uint16_t)(m->first + 1);
    }
}

/* Where the values and rows of each are, which stand in the order of the stretches. */
static void find_parts(struct spk_stretch_group *of)
{
    struct spk_stretch *stretches = (struct spk_stretch *)(void *)of->stretches.data;
    size_t value = 0;
    size_t row = 0;
    for (size_t i = 0; i < of->stretches.len / sizeof stretches[0]; i++) {
        stretches[i].values = stretches[i].value_count > 0 ? values_of(of) + value : NULL;
        stretches[i].rows = stretches[i].row_count > 0 ? rows_of(of) + row : NULL;
        value += stretches[i].value_count;
        row += stretches[i].row_count;
    }
}

static bool wants_any(const struct spk_cgroup *group, const uint8_t *want)
{
    bool any = false;
    for (uint16_t i = 0; i < group->count; i++) {
        any = any || want[group->rows[i].id] != 0;
    }
    return any;
}

static bool make_group(struct spk_stretch_group *of, const uint8_t *want)
{
    const struct spk_cgroup *group = of->group;
    const uint32_t decisions = group->decision_count > 0 ? group->decision_count : 1;
    struct maker m = { .of = of, .want = want };
    of->decider = spk_alloc(group->count * sizeof of->decider[0]);
    of->at = spk_alloc_zeroed((size_t)decisions * group->count, sizeof of->at[0]);
    if (of->decider == NULL || of->at == NULL) {
        return false;
    }
    for (uint16_t i = 0; i < group->count; i++) {
        of->decider[i] = SPK_NO_BIT;
    }
    for (uint32_t i = 0; i < decisions && !m.failed; i++) {
        make_decision(&m, i);
    }
    find_parts(of);
    return !m.failed;
}

bool spk_stretches_begin(struct spk_stretches *stretches, const struct spk_registry *registry, const uint8_t *want)
{
    bool ok = true;
    stretches->groups = spk_alloc_zeroed(registry->group_count, sizeof stretches->groups[0]);
    stretches->count = stretches->groups != NULL ? registry->group_count : 0;
    for (uint32_t i = 0; i < stretches->count && ok; i++) {
        stretches->groups[i].group = registry->groups[i];
        ok = !wants_any(registry->groups[i], want) || make_group(&stretches->groups[i], want);
    }
    return ok && stretches->groups != NULL;
}

void spk_stretches_end(struct spk_stretches *stretches)
{
    for (uint32_t i = 0; i < stretches->count; i++) {
        spk_free(stretches->groups[i].at);
        spk_free(stretches->groups[i].decider);
        spk_buf_free(&stretches->groups[i].stretches);
        spk_buf_free(&stretches->groups[i].values);
        spk_buf_free(&stretches->groups[i].rows);
    }
    spk_free(stretches->groups);
}
