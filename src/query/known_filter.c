/* known_filter: a filter's program, taken apart kind by kind. */
#include "query/known_filter.h"

#include "base/memory.h"
#include "packet/reach.h"
#include "query/filter.h"

/* A filter that is taken apart for one kind; steps are done from the last to the first, as jumps go forward only. */
struct maker {
    const struct spk_filter *filter;
    const struct fixed *fixed;
    struct known_filter *known;
    uint32_t kind;
    uint16_t *entries; /* a step each: where it begins, if it compares */
    bool fits;         /* what there is can be said so */
    bool failed;       /* no memory */
};

static bool is_address(const struct spk_value *value)
{
    return value->kind == SPK_IP4 || value->kind == FILTER_NET4;
}

/* The constant that a step compares a field with; NULL: it compares something else. */
static const struct spk_value *constant_of(const struct spk_filter *filter, uint32_t reg)
{
    uint32_t index = reg - filter->name_count;
    return reg >= filter->name_count && index < filter->constant_count ? &filter->constants[index].value : NULL;
}

/* The numbers, within a mask, that stand in that order to a value. False: it is no number or address. */
static bool set_range(struct known_test *test, uint8_t op, bool wide, uint8_t kind, const struct spk_value *value)
{
    test->mask = wide ? UINT64_MAX : UINT32_MAX;
    if (kind == SPK_IP4 && is_address(value)) {
        uint32_t bits = value->kind == FILTER_NET4 ? value->len : 32;
        test->mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits) & UINT32_MAX;
    } else if ((kind != SPK_UINT && kind != SPK_BOOL) || (value->kind != SPK_UINT && value->kind != SPK_BOOL)) {
        return false;
    }
    const uint64_t number = value->u & test->mask;
    switch (op) {
    case FILTER_EQ:
    case FILTER_NE:
        test->low = number;
        test->span = 0;
        return true;
    case FILTER_GE:
    case FILTER_LT:
        test->low = number;
        test->span = UINT64_MAX - number;
        return true;
    default: /* GT, LE */
        test->low = 0;
        test->span = number;
        return true;
    }
}

/* Whether numbers outside the range are those that stand in that order. */
static bool is_outside(uint8_t op)
{
    return op == FILTER_NE || op == FILTER_LT || op == FILTER_GT;
}

/* Adds a comparison. Gives its place, or with maker->failed nothing. */
static uint16_t add(struct maker *m, struct known_test test)
{
    struct known_filter *known = m->known;
    if (known->count == known->room) {
        uint32_t room = known->room == 0 ? 32 : known->room * 2;
        struct known_test *tests = room > KNOWN_MOST ? NULL : spk_realloc(known->tests, room * sizeof *tests);
        if (tests == NULL) {
            m->fits = m->fits && room <= KNOWN_MOST;
            m->failed = m->failed || room <= KNOWN_MOST;
            return KNOWN_NO;
        }
        known->tests = tests;
        known->room = room;
    }
    known->tests[known->count] = test;
    return (uint16_t)known->count++;
}

/* Whether a kind has the protocol, or one that is named as it is. */
static bool has_proto(const struct maker *m, uint32_t proto)
{
    const struct spk_stencil *stencil = spk_stencils_get(m->fixed->stencils, m->kind);
    bool found = (spk_registry_proto(m->filter->registry, proto)->flags & SPK_RECORD) != 0;
    for (; stencil != NULL && !found; stencil = stencil->outer) {
        found = stencil->layer.proto == proto || m->filter->kin[stencil->layer.proto] == proto;
    }
    return found;
}

static bool has_field(const struct maker *m, uint32_t column)
{
    const struct fixed_kind *kind = &m->fixed->kinds[m->kind];
    for (uint32_t i = 0; i < kind->count; i++) {
        if (m->fixed->reads[kind->first + i].quick->column == column) {
            return true;
        }
    }
    return false;
}

/* Where the program goes on at a step with what the one before said. */
static uint16_t follow(struct maker *m, uint32_t at, bool truth)
{
    for (;; at++) {
        const struct filter_step *step = &m->filter->steps[at];
        switch (step->code) {
        case CODE_END:
            return truth ? KNOWN_YES : KNOWN_NO;
        case CODE_JUMP_FALSE:
        case CODE_JUMP_TRUE:
            at = truth == (step->code == CODE_JUMP_TRUE) ? step->to - 1 : at;
            break;
        case CODE_NOT:
            truth = !truth;
            break;
        case CODE_EXISTS:
            truth = has_field(m, step->a);
            break;
        case CODE_EXISTS_PROTO:
            truth = has_proto(m, step->a);
            break;
        default:
            return m->entries[at];
        }
    }
}

/* A comparison of a number that is read so; what it compares it with is not said yet. */
static struct known_test test_of(struct maker *m, const struct fixed_read *read)
{
    const struct quick *quick = read->quick;
    struct known_test test = { .bit = read->at * 8 + quick->bit, .width = quick->width };
    bool whole = test.bit % 8 == 0 && (test.width == 8 || test.width == 16 || test.width == 32);
    test.bytes = whole ? (uint8_t)(test.width / 8) : 0;
    m->fits = (quick->op == QUICK_UINT || (quick->op == QUICK_BOOL && quick->width == 1)) && !quick->little;
    return test;
}

/* One value stands in the step's order to the constant, or goes on elsewhere. */
static uint16_t compare_one(struct maker *m, const struct filter_step *step, const struct fixed_read *read,
                            uint16_t yes, uint16_t no)
{
    struct known_test test = test_of(m, read);
    m->fits =
        m->fits && set_range(&test, step->op, step->wide, read->quick->row->kind, constant_of(m->filter, step->b));
    test.inside = is_outside(step->op) ? no : yes;
    test.outside = is_outside(step->op) ? yes : no;
    return add(m, test);
}

/* The numbers from one constant to the other, which may be the same. */
static bool set_member(struct known_test *test, const struct filter_step *step, uint8_t kind,
                       const struct spk_value *from, const struct spk_value *to)
{
    struct known_test upper = { 0 };
    if (from == to) {
        return set_range(test, FILTER_EQ, step->wide, kind, from);
    }
    bool whole = from->kind != FILTER_NET4 && to->kind != FILTER_NET4;
    if (!whole || !set_range(test, FILTER_GE, step->wide, kind, from)
        || !set_range(&upper, FILTER_LE, step->wide, kind, to) || test->low > upper.span) {
        return false;
    }
    test->span = upper.span - test->low;
    return true;
}

/* One value is in the step's set, or goes on elsewhere. */
static uint16_t find_one(struct maker *m, const struct filter_step *step, const struct fixed_read *read, uint16_t yes,
                         uint16_t no)
{
    const uint32_t *set = &m->filter->args[step->ranges.first];
    uint16_t next = no;
    for (uint32_t i = step->ranges.count; i-- > 0 && m->fits && !m->failed;) {
        struct known_test test = test_of(m, read);
        m->fits = m->fits
                  && set_member(&test, step, read->quick->row->kind, constant_of(m->filter, set[2 * i]),
                                constant_of(m->filter, set[2 * i + 1]));
        test.inside = yes;
        test.outside = next;
        next = add(m, test);
    }
    return next;
}

/* The values of a field, one after the other: any, or each, is as the step asks. */
static uint16_t ask(struct maker *m, uint32_t at)
{
    const struct filter_step *step = &m->filter->steps[at];
    const struct fixed_kind *kind = &m->fixed->kinds[m->kind];
    const bool all = step->quantifier == FILTER_ALL;
    uint16_t next = follow(m, at + 1, all); /* when no value has decided */
    uint16_t decided = follow(m, at + 1, !all);
    for (uint32_t i = kind->count; i-- > 0 && m->fits && !m->failed;) {
        const struct fixed_read *read = &m->fixed->reads[kind->first + i];
        if (read->quick->column == step->a) {
            uint16_t yes = all ? next : decided;
            uint16_t no = all ? decided : next;
            next = step->code == CODE_IN ? find_one(m, step, read, yes, no) : compare_one(m, step, read, yes, no);
        }
    }
    return next;
}

/* Whether all that a set has are constants. */
static bool has_constants(const struct spk_filter *filter, const struct filter_step *step)
{
    for (uint32_t i = 0; i < 2 * step->ranges.count; i++) {
        if (constant_of(filter, filter->args[step->ranges.first + i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* Whether the fields are there in all packets of a kind that may have them, or in none. */
static bool is_certain(const struct fixed *fixed)
{
    bool certain = true;
    for (uint32_t i = 0; i < fixed->count && certain; i++) {
        certain = fixed->reads[i].quick->when_count == 0;
    }
    return certain;
}

bool spk_known_filter_suits(const struct spk_filter *filter)
{
    if (filter->fields->record.count > 0 || filter->fields->has_walks) { /* of those a kind says nothing */
        return false;
    }
    for (uint32_t i = 0; i < filter->step_count; i++) {
        const struct filter_step *step = &filter->steps[i];
        bool plain = step->code == CODE_EXISTS || step->code == CODE_EXISTS_PROTO || step->code == CODE_NOT
                     || step->code == CODE_JUMP_FALSE || step->code == CODE_JUMP_TRUE || step->code == CODE_END;
        bool compares = step->a < filter->name_count
                        && ((step->code == CODE_COMPARE && constant_of(filter, step->b) != NULL)
                            || (step->code == CODE_IN && has_constants(filter, step)));
        if (!plain && !compares) {
            return false;
        }
    }
    return true;
}

static void make_kind(struct maker *m)
{
    for (uint32_t at = m->filter->step_count; at-- > 0 && m->fits && !m->failed;) {
        uint8_t code = m->filter->steps[at].code;
        if (code == CODE_COMPARE || code == CODE_IN) {
            m->entries[at] = ask(m, at);
        }
    }
    m->known->begins[m->kind] = follow(m, 0, true);
}

bool spk_known_filter_new(const struct spk_filter *filter, const struct fixed *fixed, struct known_filter **out)
{
    *out = NULL;
    if (!is_certain(fixed)) {
        return true;
    }
    struct maker m = { .filter = filter, .fixed = fixed, .fits = true };
    m.known = spk_alloc_zeroed(1, sizeof *m.known);
    m.entries = spk_alloc_zeroed(filter->step_count, sizeof m.entries[0]);
    if (m.known != NULL) {
        m.known->begins = spk_alloc_zeroed(fixed->kind_count, sizeof m.known->begins[0]);
    }
    m.failed = m.known == NULL || m.entries == NULL || m.known->begins == NULL;
    for (; m.kind < fixed->kind_count && m.fits && !m.failed; m.kind++) {
        if (fixed->kinds[m.kind].known) {
            make_kind(&m);
        }
    }
    spk_free(m.entries);
    if (m.failed || !m.fits) {
        spk_known_filter_free(m.known);
    } else {
        *out = m.known;
    }
    return !m.failed;
}

void spk_known_filter_free(struct known_filter *known)
{
    if (known != NULL) {
        spk_free(known->tests);
        spk_free(known->begins);
        spk_free(known);
    }
}
