/*
 * hints: how values are read, where leading rows stand, what views show, and which rows the number in one row leaves. In
 * most groups of many rows (options, records) all conditions ask for the same number, the type: a walk looks once which rows
 * there can be then, and asks the others nothing.
 */
#include "wire/hints.h"

#include "base/memory.h"
#include "wire/row.h"

#include <stdlib.h>

static bool is_view(const struct spk_row *row)
{
    return row->view.op != SPK_NOT_A_VIEW;
}

/* ---- values ---- */

static uint8_t reading_of(const struct spk_row *row)
{
    bool shown = row->view.op == SPK_VIEW_CALL || row->view.op == SPK_VIEW_SCALE;
    if (row->codec != NULL || shown || row->view.get != NULL || (row->flags & (SPK_LITTLE | SPK_REST_IS_SHOWN)) != 0) {
        return SPK_READ_BY_ROW;
    }
    switch (row->kind) {
    case SPK_PAD:
    case SPK_UINT:
    case SPK_IP4:
        return SPK_READ_NUMBER;
    case SPK_BOOL:
        return SPK_READ_BOOL;
    case SPK_IP6:
    case SPK_MAC:
    case SPK_BYTES:
    case SPK_TEXT:
    case SPK_GROUP:
    case SPK_CHOICE:
        return SPK_READ_BYTES;
    case SPK_NONE:
        return SPK_READ_NOTHING;
    default:
        return SPK_READ_BY_ROW;
    }
}

/* Whether a codec looks at nothing but how much is left of a region, and at its bytes. */
static bool is_rest(const struct spk_row *row)
{
    return row->codec != NULL && row->codec->rest && row->codec->made == NULL;
}

/*
 * Whether a rule makes the same value of the same bytes further on: of bytes whose own codec says so, or of a number that a
 * function is asked of.
 */
static bool is_alike(const struct spk_cgroup *group, uint16_t index)
{
    const struct spk_row *row = group->rows[index].row;
    const bool call = row->view.alone;
    const bool shows = call || (row->view.op == SPK_VIEW_SPAN && row->bits == 0);
    const struct spk_crow *shown = &group->rows[shows ? row->view.a : index];
    const struct spk_codec *codec = shown->row->codec;
    if (is_view(shown->row)) {
        return false;
    }
    const bool coded = codec != NULL && codec->pointed_at && shown->row->kind < SPK_GROUP;
    return call ? coded || (shown->plain && shown->row->bits <= 64)
                : coded && row->codec != NULL && row->codec->pointed_at;
}

/* The bits that a view shows of one row that is none itself; 0: another number of them, or rows have to be asked. */
static uint16_t shown_bits(const struct spk_cgroup *group, uint16_t index)
{
    const struct spk_row *row = group->rows[index].row;
    if (row->view.op != SPK_VIEW_SPAN && row->view.op != SPK_VIEW_SCALE && !row->view.alone) {
        return 0;
    }
    const struct spk_crow *shown = &group->rows[row->view.a];
    bool later = row->view.a > index;
    if (is_view(shown->row)) {
        return 0;
    }
    if (later || (row->view.op == SPK_VIEW_SPAN && row->bits > 0)) {
        return row->bits;
    }
    return shown->plain ? shown->row->bits : 0;
}

/* ---- conditions ---- */

/* Whether a row before others holds a number that is the same whenever it is asked for. */
static bool may_decide(const struct spk_cgroup *group, int index)
{
    const struct spk_crow *crow = &group->rows[index];
    if (crow->row->view.op == SPK_VIEW_SPAN) {
        const struct spk_crow *shown = &group->rows[crow->row->view.a];
        const uint16_t bits = crow->row->bits > 0 ? crow->row->bits : shown->row->bits;
        return shown < crow && !crow->conditional && shown->plain && bits <= 32;
    }
    return crow->plain && crow->row->bits <= 32;
}

/* Whether the condition compares a row's number, or some bits of it. */
static bool compares_some(const struct spk_when *when)
{
    return when->test == SPK_EQ || when->test == SPK_NE || when->test == SPK_GE || when->test == SPK_LE;
}

/* Whether the condition compares all of a row's number. */
static bool compares(const struct spk_when *when)
{
    return compares_some(when) && when->mask == 0;
}

static bool asks_for(const struct spk_when *when, int decider)
{
    return when->row == decider && compares(when);
}

/* A row's bit, if it is asked at all: else it may be none. */
static uint64_t bit_if(bool asked, int row)
{
    return asked ? UINT64_C(1) << row : 0;
}

/* The rows of which all of the number is compared: a bit each. Notes what decides on whether rows are there. */
static uint64_t compared_rows(struct spk_cgroup *group)
{
    uint64_t rows = 0;
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_crow *crow = &group->rows[i];
        for (int k = 0; crow->conditional && k < 2; k++) {
            const struct spk_when *when = &crow->row->when[k];
            const uint64_t asked = bit_if(compares_some(when), when->row);
            rows |= when->mask == 0 ? asked : 0;
            group->asked |= asked;
            group->open = group->open || when->test == SPK_ROOM;
        }
    }
    return rows;
}

/* Either-side names are shown of broken groups, too: these are walked row by row. */
static bool is_decided(const struct spk_row *row, int decider)
{
    return row->view.op != SPK_VIEW_EITHER && (asks_for(&row->when[0], decider) || asks_for(&row->when[1], decider));
}

static unsigned count_decided(const struct spk_cgroup *group, int decider)
{
    unsigned count = 0;
    for (uint16_t i = 0; i < group->count; i++) {
        count += is_decided(group->rows[i].row, decider);
    }
    return count;
}

/* Which rows may be there when the decider holds a number. */
static uint64_t rows_at(const struct spk_cgroup *group, int decider, uint32_t number)
{
    uint64_t rows = 0;
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_row *row = group->rows[i].row;
        bool holds = true;
        for (int k = 0; k < 2 && row->view.op != SPK_VIEW_EITHER; k++) {
            const struct spk_when *when = &row->when[k];
            holds = holds && (!asks_for(when, decider) || spk_test_holds(when->test, number, 0, when->value));
        }
        rows |= (uint64_t)holds << i;
    }
    return rows;
}

/* Numbers in order, the first 0. */
struct begins {
    uint32_t *at; /* NULL: no memory */
    uint32_t count;
};

static void note_begin(struct begins *begins, uint64_t number)
{
    if (number <= UINT32_MAX) {
        begins->at[begins->count++] = (uint32_t)number;
    }
}

static uint32_t count_cases(const struct spk_row *row)
{
    uint32_t count = 0;
    while (row->kind == SPK_CHOICE && row->cases[count].in != NULL) {
        count++;
    }
    return count;
}

/* The numbers from which on a condition may hold that did not before, or the reverse; or a key is another case's. */
static void note_begins(struct begins *begins, const struct spk_row *row, int index, bool keys)
{
    const uint32_t cases = keys && row->key == index ? count_cases(row) : 0;
    for (uint32_t i = 0; i < cases; i++) {
        const struct spk_case *one = &row->cases[i];
        note_begin(begins, one->key);
        note_begin(begins, (one->last > one->key ? one->last : one->key) + UINT64_C(1));
    }
    for (int k = 0; k < 2; k++) {
        if (asks_for(&row->when[k], index)) {
            note_begin(begins, row->when[k].value);
            note_begin(begins, row->when[k].value + UINT64_C(1));
        }
    }
}

static int by_number(const void *a, const void *b)
{
    const uint32_t left = *(const uint32_t *)a;
    const uint32_t right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

/* Where ranges of a row's number begin, in each of which the same conditions hold and, if asked for, keys mean the same. */
static struct begins begins_of(const struct spk_cgroup *group, int index, bool keys)
{
    struct begins begins = { .count = 0 };
    uint32_t most = 1 + 4u * group->count;
    for (uint16_t i = 0; i < group->count; i++) {
        most += 2 * count_cases(group->rows[i].row);
    }
    begins.at = spk_alloc_zeroed(most, sizeof begins.at[0]);
    if (begins.at == NULL) {
        return begins;
    }
    note_begin(&begins, 0);
    for (uint16_t i = 0; i < group->count; i++) {
        note_begins(&begins, group->rows[i].row, index, keys);
    }
    qsort(begins.at, begins.count, sizeof begins.at[0], by_number);
    uint32_t count = 1;
    for (uint32_t i = 1; i < begins.count; i++) {
        begins.at[count] = begins.at[i];
        count += begins.at[count] != begins.at[count - 1];
    }
    begins.count = count;
    return begins;
}

static bool decide(struct spk_cgroup *group, int decider)
{
    const struct begins begins = begins_of(group, decider, false);
    group->decisions = begins.at != NULL ? spk_alloc_zeroed(begins.count, sizeof group->decisions[0]) : NULL;
    for (uint32_t i = 0; group->decisions != NULL && i < begins.count; i++) {
        group->decisions[i] = (struct spk_decision){ rows_at(group, decider, begins.at[i]), begins.at[i] };
    }
    spk_free(begins.at);
    if (group->decisions == NULL) {
        return false;
    }
    group->decider = (uint16_t)decider;
    group->decision_count = begins.count;
    for (uint16_t i = 0; i < group->count; i++) {
        struct spk_crow *crow = &group->rows[i];
        bool left = is_decided(crow->row, decider);
        for (int k = 0; k < 2 && left; k++) {
            left = crow->row->when[k].test == SPK_ALWAYS || asks_for(&crow->row->when[k], decider);
        }
        crow->asks = crow->conditional && !left;
    }
    return true;
}

/* Whether a row's number counts for something else than whether it is compared as a whole, or the key of a case. */
static bool is_counted(const struct spk_row *row, int index)
{
    bool counted = row->size.mul != 0 && row->size.row == index;
    counted = counted || (row->many == SPK_COUNT && row->n.mul != 0 && row->n.row == index);
    for (int k = 0; k < 2; k++) {
        const struct spk_when *when = &row->when[k];
        counted = counted || (when->row == index && compares_some(when) && when->mask != 0);
    }
    return counted;
}

/* Whether ranges can be told of a row's number. */
static bool has_ranges(const struct spk_cgroup *group, int index)
{
    const struct spk_row *row = group->rows[index].row;
    const struct spk_row *shown = row->view.op == SPK_VIEW_SPAN ? group->rows[row->view.a].row : row;
    bool ranged = may_decide(group, index) && ((row->flags | shown->flags) & SPK_LITTLE) == 0;
    for (uint16_t i = 0; i < group->count && ranged; i++) {
        ranged = !is_counted(group->rows[i].row, index);
    }
    return ranged;
}

/* The row of which ranges are of most use; the group's count: there is none. */
static uint16_t find_ranged(const struct spk_cgroup *group)
{
    int ranged = group->decider;
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_row *row = group->rows[i].row;
        ranged = row->kind == SPK_CHOICE ? row->key : ranged;
    }
    return ranged < group->count && has_ranges(group, ranged) ? (uint16_t)ranged : group->count;
}

/* False: no memory. */
static bool make_ranges(struct spk_cgroup *group)
{
    group->ranged = find_ranged(group);
    if (group->ranged == group->count) {
        return true;
    }
    const struct begins begins = begins_of(group, group->ranged, true);
    group->ranges = begins.at;
    group->range_count = begins.count;
    return begins.at != NULL;
}

/* Notes what decides on how wide a row is that is not plain, and what stands in it. */
static void note_extent(struct spk_cgroup *group, uint16_t index)
{
    const struct spk_row *row = group->rows[index].row;
    const bool alike = group->rows[index].alike;
    const bool varies = row->bits == 0 && row->size.mul == 0 && row->kind != SPK_NONE && row->kind != SPK_GROUP;
    const bool filled = row->many != SPK_ONE && row->many != SPK_COUNT && row->size.mul == 0;
    group->asked |= bit_if(row->size.mul != 0, row->size.row);
    group->asked |= bit_if(row->kind == SPK_CHOICE, row->key);
    group->open = group->open || (varies && !alike) || filled;
    group->asked |= bit_if(alike, index);
    group->reads |= bit_if((row->codec != NULL && !alike && !is_rest(row)) || row->many == SPK_UNTIL, index);
}

/* False: no memory. */
static bool place_leads(struct spk_cgroup *group)
{
    group->leads = spk_alloc(group->lead * sizeof group->leads[0]);
    for (uint16_t i = 0; group->leads != NULL && i < group->lead; i++) {
        group->leads[i] = group->rows[i].plain ? group->rows[i].bit : SPK_NOWHERE;
    }
    return group->leads != NULL;
}

bool spk_hints_make(struct spk_cgroup *group)
{
    const uint64_t compared = compared_rows(group);
    unsigned most = 1; /* for one row alone nothing is gained */
    int decider = group->count;
    for (uint16_t i = 0; i < group->count; i++) {
        struct spk_crow *crow = &group->rows[i];
        crow->reading = reading_of(crow->row);
        crow->rest = is_rest(crow->row);
        crow->alike = is_alike(group, i);
        crow->shows = shown_bits(group, i);
        crow->asks = crow->conditional;
        if (!crow->plain && !is_view(crow->row)) {
            note_extent(group, i);
        }
        /* how often it is there: also a view, of whose values there may be none in one element and some in the next */
        group->asked |= bit_if(crow->row->many == SPK_COUNT && crow->row->n.mul != 0, crow->row->n.row);
        group->laid |= (uint64_t)(i >= group->lead && !is_view(crow->row)) << i;
        bool asked = (compared >> i & 1) != 0 && may_decide(group, i);
        unsigned decided = asked ? count_decided(group, i) : 0;
        decider = decided > most ? i : decider;
        most = decided > most ? decided : most;
    }
    group->decider = group->count;
    return place_leads(group) && (decider == group->count || decide(group, decider)) && make_ranges(group);
}

void spk_hints_free(struct spk_cgroup *group)
{
    spk_free(group->leads);
    spk_free(group->decisions);
    spk_free(group->ranges);
}
