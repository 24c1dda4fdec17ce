/*
 * filter_lex: the words of a filter. What a word is follows wireshark-filter(4) as tshark 4.0 reads it: letters, digits, _
 * and - with single points between them; beside those, addresses and bytes written with colons, and prefixes behind a '/'.
 */
#include "query/filter.h"

#include "base/address.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static uint32_t hex_value(char c)
{
    return is_digit(c) ? (uint32_t)(c - '0') : (uint32_t)((c | 0x20) - 'a' + 10);
}

/* ---- how far a word reaches: 0 where none begins ---- */

static uint32_t name_length(const char *text)
{
    uint32_t n = 0;
    while (is_letter(text[n]) || (n > 0 && text[n] == '-') || (n > 0 && text[n] == '.' && is_letter(text[n + 1]))) {
        n++;
    }
    return n;
}

static uint32_t pairs_length(const char *text)
{
    uint32_t n = 0;
    while (is_hex(text[n]) && is_hex(text[n + 1])) {
        n += 2;
        if (text[n] != ':' || !is_hex(text[n + 1]) || !is_hex(text[n + 2])) {
            return n;
        }
        n++;
    }
    return n;
}

/* A '/' and one to most digits. */
static uint32_t prefix_length(const char *text, uint32_t most)
{
    uint32_t n = 1;
    if (text[0] != '/' || !is_digit(text[1])) {
        return 0;
    }
    while (n <= most && is_digit(text[n])) {
        n++;
    }
    return n;
}

/* The longest front that is an address, with its prefix. */
static uint32_t address_length(const char *text)
{
    char copy[SPK_IP6_TEXT + 1];
    uint8_t ip6[16];
    uint32_t ip4 = 0;
    uint32_t n = 0;
    while (n < SPK_IP6_TEXT && (is_hex(text[n]) || text[n] == ':' || text[n] == '.')) {
        n++;
    }
    memcpy(copy, text, n);
    for (; n > 1; n--) {
        copy[n] = '\0';
        if (n <= SPK_IP4_TEXT && spk_ip4_parse(copy, &ip4)) {
            return n + prefix_length(text + n, 2);
        }
        if (spk_ip6_parse(copy, ip6)) {
            return n + prefix_length(text + n, 3);
        }
    }
    return 0;
}

/* ---- strings ---- */

static const char simple_escapes[] = "'\"\\abfnrtv";
static const char simple_meanings[] = "'\"\\\a\b\f\n\r\t\v";

/* So many digits of a base, at most; gives how many there are. */
static uint32_t take_digits(const char *text, uint32_t most, uint32_t base, uint32_t *number)
{
    uint32_t n = 0;
    *number = 0;
    while (n < most && is_hex(text[n]) && hex_value(text[n]) < base) {
        *number = *number * base + hex_value(text[n]);
        n++;
    }
    return n;
}

static uint32_t put_utf8(uint8_t *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (uint8_t)code;
        return 1;
    }
    uint32_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (uint32_t i = n; i-- > 1; code >>= 6) {
        to[i] = (uint8_t)(0x80 | (code & 0x3f));
    }
    to[0] = (uint8_t)(code | (0xf00u >> n & 0xff));
    return n;
}

/* \uNNNN and \UNNNNNNNN name characters as C's do: nothing below U+00A0 but $, @ and `, and no surrogates. */
static bool is_nameable(uint32_t code)
{
    bool low = code < 0xa0 && code != '$' && code != '@' && code != '`';
    return !low && (code < 0xd800 || code > 0xdfff) && code <= 0x10ffff;
}

/*
 * What stands behind a backslash at `at`: its bytes go to `to`, its length in the text is given; 0: told what is wrong.
 */
static uint32_t take_escape(struct filter_compiler *c, uint32_t at, uint8_t *to, uint32_t *made)
{
    const char *text = c->text + at;
    uint32_t code = 0;
    uint32_t n = take_digits(text + 1, 3, 8, &code);
    *made = 1;
    if (n > 0) {
        if (code > 0xff) {
            spk_filter_fail(c, at, n + 1, "an octal escape is at most \\377");
            return 0;
        }
        to[0] = (uint8_t)code;
        return n + 1;
    }
    if (text[1] == 'x') {
        n = take_digits(text + 2, 2, 16, &code);
        to[0] = (uint8_t)code;
    } else if (text[1] == 'u' || text[1] == 'U') {
        uint32_t need = text[1] == 'u' ? 4 : 8;
        n = take_digits(text + 2, need, 16, &code);
        if (n != need || !is_nameable(code)) {
            spk_filter_fail(c, at, n + 2, "not a Unicode character: \\u and four hexadecimal digits, \\U and eight");
            return 0;
        }
        *made = put_utf8(to, code);
    } else {
        const char *known = text[1] != '\0' ? strchr(simple_escapes, text[1]) : NULL;
        if (known != NULL) {
            to[0] = (uint8_t)simple_meanings[known - simple_escapes];
            return 2;
        }
    }
    if (n == 0) {
        spk_filter_fail_hint(c, at, text[1] != '\0' ? 2 : 1, "no such escape in a string",
                             "in r\"...\" a backslash is only a backslash");
        return 0;
    }
    return n + 2;
}

/* From the quote at c->at + skip on. */
static bool take_string(struct filter_compiler *c, uint32_t skip, bool raw)
{
    uint32_t at = c->at + skip + 1;
    uint8_t *to = c->filter->arena + c->filter->arena_used;
    uint32_t size = 0;
    for (char now; (now = c->text[at]) != '"';) {
        if (at >= c->len) {
            return spk_filter_fail(c, c->at, c->len - c->at, "the string has no closing quote");
        }
        if (now != '\\') {
            to[size++] = (uint8_t)now;
            at++;
            continue;
        }
        if (raw && at + 1 < c->len) {
            to[size++] = '\\';
            to[size++] = (uint8_t)c->text[at + 1];
            at += 2;
            continue;
        }
        uint32_t made = 0;
        uint32_t n = take_escape(c, at, to + size, &made);
        if (n == 0) {
            return false;
        }
        size += made;
        at += n;
    }
    c->filter->arena_used += size;
    c->token =
        (struct filter_token){ .kind = TOKEN_STRING, .at = c->at, .len = at + 1 - c->at, .data = to, .size = size };
    c->at = at + 1;
    return true;
}

/* 'x', '\n', '\x41': one number. */
static bool take_char(struct filter_compiler *c)
{
    uint8_t bytes[4];
    uint32_t made = 1;
    uint32_t at = c->at + 1;
    bytes[0] = (uint8_t)c->text[at];
    if (at < c->len && c->text[at] == '\\') {
        uint32_t n = take_escape(c, at, bytes, &made);
        if (n == 0) {
            return false;
        }
        at += n;
    } else if (at < c->len && c->text[at] != '\'') {
        at++;
    } else {
        return spk_filter_fail(c, c->at, at - c->at + (at < c->len), "a character stands between two single quotes");
    }
    if (at >= c->len || c->text[at] != '\'' || made != 1 || bytes[0] >= 0x80) {
        const char *end = strchr(c->text + at, '\'');
        uint32_t len = end != NULL ? (uint32_t)(end - c->text) + 1 - c->at : c->len - c->at;
        return spk_filter_fail_hint(c, c->at, len, "not a single character", "strings stand in double quotes");
    }
    const uint8_t *data = spk_filter_keep(c, bytes, 1);
    c->token = (struct filter_token){ .kind = TOKEN_CHAR, .at = c->at, .len = at + 1 - c->at, .data = data, .size = 1 };
    c->at = at + 1;
    return true;
}

/* ---- tokens ---- */

static bool take_fixed(struct filter_compiler *c, const struct filter_word *word)
{
    uint32_t len = (uint32_t)strlen(word->shown.text);
    c->token = (struct filter_token){
        .kind = word->kind, .op = word->op, .quantifier = word->quantifier, .at = c->at, .len = len
    };
    c->at += len;
    return true;
}

static bool take_sign(struct filter_compiler *c)
{
    const struct filter_word *sign = spk_filter_sign_find(c->text + c->at);
    if (sign != NULL) {
        return take_fixed(c, sign);
    }
    uint32_t len = 1; /* a whole character of UTF-8 */
    while (((uint8_t)c->text[c->at + len] & 0xc0) == 0x80) {
        len++;
    }
    return spk_filter_fail_hint(c, c->at, len, "this has no meaning here",
                                c->text[c->at] == '=' ? "write == to compare" : NULL);
}

/* skip: a sign in front that is not part of the word. */
static bool take_word(struct filter_compiler *c, uint8_t kind, uint32_t skip, uint32_t len)
{
    const char *text = c->text + c->at + skip;
    const struct filter_word *word = kind == TOKEN_WORD ? spk_filter_word_find(text, len) : NULL;
    if (word != NULL) {
        return take_fixed(c, word);
    }
    c->token = (struct filter_token){
        .kind = kind, .at = c->at, .len = skip + len, .data = (const uint8_t *)text, .size = len
    };
    c->at += skip + len;
    return true;
}

bool spk_filter_next(struct filter_compiler *c)
{
    const char *text = c->text + c->at;
    while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r') {
        text++;
    }
    c->at = (uint32_t)(text - c->text);
    if (c->at >= c->len) {
        c->token = (struct filter_token){ .kind = TOKEN_END, .at = c->len };
        return true;
    }
    if (text[0] == '"') {
        return take_string(c, 0, false);
    }
    if ((text[0] == 'r' || text[0] == 'R') && text[1] == '"') {
        return take_string(c, 1, true);
    }
    if (text[0] == '\'') {
        return take_char(c);
    }
    uint32_t name = name_length(text);
    uint32_t pairs = pairs_length(text);
    uint32_t address = address_length(text);
    if (address > 0 && address >= pairs && address >= name) {
        return take_word(c, TOKEN_LITERAL, 0, address);
    }
    if (pairs > name) {
        return take_word(c, TOKEN_LITERAL, 0, pairs);
    }
    if (name > 0) {
        return take_word(c, TOKEN_WORD, 0, name);
    }
    if (text[0] == '.' && name_length(text + 1) > 0) {
        return take_word(c, TOKEN_IDENTIFIER, 1, name_length(text + 1));
    }
    if (text[0] == ':' && is_hex(text[1])) {
        uint32_t len = pairs_length(text + 1);
        return take_word(c, TOKEN_LITERAL, 1, len > 0 ? len : 1);
    }
    return take_sign(c);
}

/* ---- ranges ---- */

static void skip_blanks(const char **text)
{
    while (**text == ' ' || **text == '\t') {
        (*text)++;
    }
}

/* A number of C's with its sign; false: none, or beyond 31 bits. */
static bool take_number(const char **text, int32_t *number)
{
    bool negative = **text == '-';
    const char *at = *text + (negative || **text == '+');
    uint32_t base = at[0] == '0' && (at[1] | 0x20) == 'x' ? 16 : at[0] == '0' ? 8 : 10;
    at += base == 16 ? 2 : 0;
    uint64_t value = 0;
    const char *first = at;
    for (; is_hex(*at) && hex_value(*at) < base; at++) {
        value = value <= INT32_MAX ? value * base + hex_value(*at) : value;
    }
    if (at == first || value > INT32_MAX) {
        return false;
    }
    *number = negative ? -(int32_t)value : (int32_t)value;
    *text = at;
    return true;
}

static const char not_a_range[] = "a slice is [i], [i:length], [i-j], [i:] or [:length], of whole numbers";

/* i, i:j, i-j, i:, :j; NULL: all right. */
static const char *take_range(const char **text, struct filter_range *range)
{
    *range = (struct filter_range){ .count = 1 };
    skip_blanks(text);
    bool from_start = **text == ':';
    if (!from_start && !take_number(text, &range->first)) {
        return not_a_range;
    }
    skip_blanks(text);
    char sign = **text;
    if (sign == ':') {
        int32_t count = 0;
        (*text)++;
        skip_blanks(text);
        range->count = UINT32_MAX;
        if (**text != ']' && **text != ',') {
            if (!take_number(text, &count)) {
                return not_a_range;
            }
            if (count <= 0) {
                return "a slice has at least one byte";
            }
            range->count = (uint32_t)count;
        }
    } else if (sign == '-') {
        (*text)++;
        skip_blanks(text);
        int32_t last = 0;
        if (!take_number(text, &last)) {
            return not_a_range;
        }
        if ((range->first < 0) != (last < 0)) {
            return "both ends count from the same side";
        }
        if (range->first >= last) {
            return "the second end of a slice lies behind the first";
        }
        range->count = (uint32_t)(last - range->first) + 1;
    }
    skip_blanks(text);
    return **text == ']' || **text == ',' ? NULL : not_a_range;
}

bool spk_filter_read_ranges(struct filter_compiler *c, struct filter_ranges *ranges)
{
    struct spk_filter *filter = c->filter;
    const char *text = c->text + c->at;
    *ranges = (struct filter_ranges){ .first = filter->range_count };
    if (strchr(text, ']') == NULL) {
        return spk_filter_fail(c, c->at - 1, c->len + 1 - c->at, "the bracket is not closed");
    }
    for (;;) {
        const char *from = text;
        if (ranges->count == SPK_FILTER_RANGES_MAX) {
            return spk_filter_fail(c, (uint32_t)(from - c->text), 0, "too many parts of one slice");
        }
        if (!spk_filter_room(c, &filter->ranges, filter->range_count, &filter->range_room, sizeof filter->ranges[0])) {
            return false;
        }
        const char *wrong = take_range(&text, &filter->ranges[filter->range_count]);
        if (wrong != NULL) {
            return spk_filter_fail(c, (uint32_t)(from - c->text), (uint32_t)strcspn(from, ",]") + (*from == ']'),
                                   wrong);
        }
        filter->range_count++;
        ranges->count++;
        if (*text++ == ']') {
            c->at = (uint32_t)(text - c->text);
            return true;
        }
    }
}
