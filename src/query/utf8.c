/* utf8: characters in bytes (RFC 3629), and how wide they are on a terminal. */
#include "query/out.h"

#include <string.h>

unsigned spk_utf8_next(const uint8_t *text, size_t len, uint32_t *code)
{
    uint8_t lead = text[0];
    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    /* RFC 3629 section 4: c0, c1 and f5..ff never appear */
    if (lead < 0xc2 || lead > 0xf4) {
        return 0;
    }
    unsigned n = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (len < n) {
        return 0;
    }
    uint32_t made = lead & (0xffu >> (n + 1));
    for (unsigned i = 1; i < n; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
        made = made << 6 | (text[i] & 0x3fu);
    }
    bool overlong = (n == 3 && made < 0x800) || (n == 4 && made < 0x10000);
    bool surrogate = made >= 0xd800 && made <= 0xdfff;
    if (overlong || surrogate || made > 0x10ffff) {
        return 0;
    }
    *code = made;
    return n;
}

struct range {
    uint32_t first, last;
};

/* Unicode Standard Annex 11, "W" and "F", by blocks. */
static const struct range wide[] = {
    { 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },   { 0x4e00, 0x9fff },
    { 0xa000, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },
    { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

/* Combining marks and what has no width at all. */
static const struct range none[] = {
    { 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a }, { 0x064b, 0x065f },
    { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x2064 },
    { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff },
};

static bool within(const struct range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count && ranges[i].first <= code; i++) {
        if (code <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* The columns of the character at text, and in *bytes its length. */
static size_t next_columns(const uint8_t *text, size_t len, size_t *bytes)
{
    uint32_t code = 0;
    unsigned n = spk_utf8_next(text, len, &code);
    *bytes = n > 0 ? n : 1;
    if (n > 1 && within(none, SPK_COUNT_OF(none), code)) {
        return 0;
    }
    return n > 1 && within(wide, SPK_COUNT_OF(wide), code) ? 2 : 1;
}

size_t spk_utf8_columns(const uint8_t *text, size_t len)
{
    size_t columns = 0;
    size_t bytes = 0;
    for (size_t at = 0; at < len; at += bytes) {
        columns += next_columns(text + at, len - at, &bytes);
    }
    return columns;
}

size_t spk_utf8_cut(const uint8_t *text, size_t len, size_t columns)
{
    size_t at = 0;
    size_t used = 0;
    while (at < len) {
        size_t bytes = 0;
        used += next_columns(text + at, len - at, &bytes);
        if (used > columns && at > 0) {
            break;
        }
        at += bytes;
    }
    return at;
}

size_t spk_utf8_fold(const uint8_t *text, size_t len, size_t columns)
{
    size_t cut = len <= columns ? len : spk_utf8_cut(text, len, columns); /* no character has more columns than bytes */
    size_t weak = 0;
    for (size_t at = cut; at > 0 && cut < len; at--) {
        if (text[at - 1] == ',' || text[at - 1] == ' ') {
            return at;
        }
        if (weak == 0 && text[at - 1] < 0x80 && strchr(".:;/-_=&?@", text[at - 1]) != NULL) {
            weak = at;
        }
    }
    return weak > 0 ? weak : cut;
}
