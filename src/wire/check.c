/* check: rows, groups and protocols looked at one by one, before anything is made of them. */
#include "wire/check.h"

#include <string.h>

static bool points_back(int target, int from)
{
    return target >= 0 && target < from;
}

static const char *check_references(const struct spk_row *row, int index)
{
    if (row->size.mul != 0 && !points_back(row->size.row, index)) {
        return "its size refers to a row that does not stand before it";
    }
    if (row->many == SPK_COUNT && (row->n.mul == 0 || !points_back(row->n.row, index))) {
        return "its count refers to a row that does not stand before it";
    }
    for (int i = 0; i < 2; i++) {
        uint8_t test = row->when[i].test;
        if (test > SPK_ROOM) {
            return "there is no such condition";
        }
        if (test != SPK_ALWAYS && test != SPK_ROOM && !points_back(row->when[i].row, index)) {
            return "its condition refers to a row that does not stand before it";
        }
    }
    if (row->kind == SPK_CHOICE && !points_back(row->key, index)) {
        return "its key is not a row before it";
    }
    /* a SPAN may come before the row it shows, where that row's place is fixed: see place_views */
    if (row->view.op == SPK_VIEW_EITHER || row->view.op == SPK_VIEW_SCALE || row->view.alone) {
        if (!points_back(row->view.a, index)) {
            return "it shows a row that does not stand before it";
        }
        if (row->view.op == SPK_VIEW_EITHER && !points_back(row->view.b, index)) {
            return "it shows a row that does not stand before it";
        }
    }
    return NULL;
}

unsigned spk_kind_bits(uint8_t kind)
{
    return kind == SPK_IP4 ? 32 : kind == SPK_IP6 ? 128 : kind == SPK_MAC ? 48 : 0;
}

/* Letters, digits and what joins them: a name that a filter, a command line and a header line can hold. */
static bool is_name(const char *name)
{
    const char *at = name;
    for (char c; (c = *at) != '\0'; at++) {
        char letter = (char)(c | 0x20);
        bool may = (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        if (!may) {
            return false;
        }
    }
    return at > name && name[0] != '.' && name[0] != '-';
}

static const char *check_view(const struct spk_row *row)
{
    if (row->view.op > SPK_VIEW_CALL) {
        return "there is no such view";
    }
    if (row->view.op == SPK_VIEW_CALL && row->view.get == NULL) {
        return "the view has no function";
    }
    if (row->view.alone && (row->view.op != SPK_VIEW_CALL || row->many != SPK_ONE)) {
        return "only a view that a function makes once is of one row alone";
    }
    if (row->view.numbers != NULL && (row->view.op != SPK_VIEW_CALL || row->many != SPK_COUNT || row->kind > SPK_IP4)) {
        return "only a view that counts numbers has many of them";
    }
    if (row->kind == SPK_GROUP || row->kind == SPK_CHOICE) {
        return "a view is no group";
    }
    if (row->kind <= SPK_BOOL && row->bits > 64) {
        return "a number has 1 to 64 bits";
    }
    return NULL;
}

/* Whether what a new header holds there can be read again. */
static bool fits(const struct spk_row *row)
{
    if (row->bits == 0 || row->bits >= 64) {
        return true;
    }
    uint64_t beyond = row->init >> (row->kind == SPK_INT ? row->bits - 1 : row->bits);
    return beyond == 0 || (row->kind == SPK_INT && beyond == UINT64_MAX >> (row->bits - 1));
}

static const char *check_bytes(const struct spk_row *row)
{
    const struct spk_codec *codec = row->codec;
    if (row->kind == SPK_GROUP && row->in == NULL) {
        return "a GROUP row needs .in";
    }
    if (row->kind == SPK_CHOICE && row->cases == NULL) {
        return "a CHOICE row needs .cases";
    }
    if (row->many == SPK_UNTIL && row->kind == SPK_GROUP && (row->n.row < 0 || row->n.row >= row->in->count)) {
        return "what ends it is no row of its group";
    }
    if (row->many == SPK_UNTIL && row->kind == SPK_CHOICE) {
        return "what ends it has to be a row of its group, and a CHOICE has several";
    }
    if (codec != NULL && (codec->measure == NULL || codec->get == NULL || codec->spell == NULL || codec->put == NULL)) {
        return "a codec needs its four functions";
    }
    if (codec != NULL && row->bits > 0) {
        return "a codec says how long its value is, so there are no bits";
    }
    bool nested = row->kind == SPK_GROUP || row->kind == SPK_CHOICE;
    if (row->bits > 0 && row->size.mul != 0 && row->many == SPK_ONE && !nested) {
        return "its width is that of its bits or of its size, not both";
    }
    if (row->kind == SPK_TIME || row->kind == SPK_DELTA) {
        return "a time is shown by a view";
    }
    if (row->kind == SPK_NONE && (row->bits > 0 || row->size.mul != 0)) {
        return "what only says that it is there has no bytes of its own";
    }
    bool number = row->kind <= SPK_BOOL;
    if (number && (row->bits == 0 || row->bits > 64)) {
        return "a number has 1 to 64 bits";
    }
    if (codec == NULL && spk_kind_bits(row->kind) != 0 && row->bits != spk_kind_bits(row->kind)) {
        return "an address has all of its bits: 32, 48 or 128";
    }
    if ((row->kind == SPK_BYTES || row->kind == SPK_TEXT) && row->bits % 8 != 0) {
        return "bytes are whole bytes";
    }
    if ((row->flags & SPK_LITTLE) != 0 && row->bits % 8 != 0) {
        return "a little-endian number has whole bytes";
    }
    return fits(row) ? NULL : "what it begins with does not fit its bits";
}

const char *spk_check_row(const struct spk_row *row, int index)
{
    if (row->name != NULL && !is_name(row->name)) {
        return "a name has letters, digits, '_', '-' and '.'";
    }
    if (row->name != NULL && row->doc == NULL) {
        return "a named row needs a sentence (.doc)";
    }
    if (row->kind > SPK_CHOICE || row->many > SPK_UNTIL || row->base > SPK_DATE || row->digits > 16) {
        return "there is no such kind, repetition or base";
    }
    const char *wrong = row->view.op != SPK_NOT_A_VIEW ? check_view(row) : check_bytes(row);
    return wrong != NULL ? wrong : check_references(row, index);
}

bool spk_is_bits(const struct spk_row *row)
{
    return row->bits > 0 && row->kind <= SPK_IP4 && row->codec == NULL && (row->flags & SPK_LITTLE) == 0
           && row->size.mul == 0;
}

/* Bits behind a whole byte that a row may take, as a set: bit n of it says that n is possible. */
static unsigned odd_bits(const struct spk_row *row)
{
    unsigned step = row->view.op == SPK_NOT_A_VIEW && row->codec == NULL ? row->bits % 8 : 0;
    bool perhaps = row->when[0].test != SPK_ALWAYS || row->when[1].test != SPK_ALWAYS;
    if (step == 0 || row->kind == SPK_GROUP || row->kind == SPK_CHOICE) {
        return 1;
    }
    return row->many != SPK_ONE ? 0xff : perhaps ? 1u | 1u << step : 1u << step;
}

/* Whether a row's value can be a size, a count, a condition or a key. */
static bool is_number(const struct spk_row *row)
{
    return row->kind <= SPK_IP4 && (row->view.op != SPK_NOT_A_VIEW || (row->bits > 0 && row->codec == NULL));
}

static const char *check_numbers(const struct spk_group *group, const struct spk_row *row)
{
    bool numbers = (row->size.mul == 0 || is_number(&group->rows[row->size.row]))
                   && (row->many != SPK_COUNT || is_number(&group->rows[row->n.row]))
                   && (row->kind != SPK_CHOICE || is_number(&group->rows[row->key]));
    for (int i = 0; i < 2; i++) {
        bool asks = row->when[i].test >= SPK_EQ && row->when[i].test <= SPK_LE;
        numbers = numbers && (!asks || is_number(&group->rows[row->when[i].row]));
    }
    return numbers ? NULL : "its size, count, condition or key refers to a row that is no number";
}

/* Bits behind a whole byte at which a row may begin, as a set like the above. */
static unsigned begins(const struct spk_group *group, int index)
{
    unsigned set = 1;
    for (int i = 0; i < index; i++) {
        unsigned taken = odd_bits(&group->rows[i]);
        unsigned sums = 0;
        for (unsigned n = 0; n < 8; n++) {
            sums |= (taken >> n & 1) != 0 ? set << n | set << n >> 8 : 0;
        }
        set = sums & 0xff;
    }
    return set;
}

bool spk_may_begin_within(const struct spk_group *group, int index)
{
    return begins(group, index) != 1;
}

bool spk_may_end_whole(const struct spk_group *group)
{
    return (begins(group, group->count) & 1) != 0;
}

const char *spk_check_in_group(const struct spk_group *group, int index)
{
    const struct spk_row *row = &group->rows[index];
    const char *wrong = check_numbers(group, row);
    bool within = row->view.op == SPK_NOT_A_VIEW && !spk_is_bits(row) && (begins(group, index) & 1) == 0;
    return wrong == NULL && within ? "it would begin within a byte" : wrong;
}

/* What a row is called in Python and in a build line; NULL: nothing. */
static const char *word_of(const struct spk_row *row)
{
    const char *dot = row->name != NULL ? strrchr(row->name, '.') : NULL;
    return row->attr != NULL ? row->attr : dot != NULL ? dot + 1 : row->name;
}

/* Whether both rows are always there, so that one name for them would be no name. Alternatives may share one. */
static bool always_both(const struct spk_row *a, const struct spk_row *b)
{
    const struct spk_row *rows[] = { a, b };
    bool always = true;
    for (int i = 0; i < 2; i++) {
        always = always && rows[i]->view.op == SPK_NOT_A_VIEW && rows[i]->when[0].test == SPK_ALWAYS
                 && rows[i]->when[1].test == SPK_ALWAYS;
    }
    return always;
}

const char *spk_check_group(const struct spk_group *group, const char **who)
{
    const char *words[SPK_ROWS_MAX];
    uint32_t bits = 0;
    *who = group->name;
    if (group->name == NULL || (group->rows == NULL && group->count > 0)) {
        return "a group needs a name and rows";
    }
    if (group->count > SPK_ROWS_MAX) {
        return "a group has too many rows";
    }
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_row *row = &group->rows[i];
        bits += row->view.op == SPK_NOT_A_VIEW && row->many == SPK_ONE ? row->bits : 0;
        if (bits > SPK_FIXED_MAX * 8) {
            return "its rows are longer than any packet";
        }
        const char *word = words[i] = word_of(row);
        for (uint16_t k = 0; word != NULL && k < i; k++) {
            const char *other = words[k];
            if (other != NULL && *other == *word && strcmp(word, other) == 0 && always_both(&group->rows[k], row)) {
                *who = row->name != NULL ? row->name : group->name;
                return "two of its rows have one name";
            }
        }
    }
    return NULL;
}

const char *spk_check_proto(const struct spk_proto *proto)
{
    if (proto->name == NULL || !is_name(proto->name)) {
        return "a protocol has a name of letters, digits, '_', '-' and '.'";
    }
    if (proto->extent > SPK_EXTENT_REST || proto->covers > SPK_COVERS_PSEUDO6) {
        return "there is no such extent or checksum";
    }
    return NULL;
}
