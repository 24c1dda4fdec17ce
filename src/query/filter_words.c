/* filter_words: every word and function of the language, once, with what it says. */
#include "query/filter.h"

#include <string.h>

static const struct filter_word words[] = {
    { { "==", "Equal: some value of the left side equals some value of the right side." },
      TOKEN_TEST,
      FILTER_EQ,
      FILTER_ANY },
    { { "eq", NULL }, TOKEN_TEST, FILTER_EQ, FILTER_ANY },
    { { "any_eq", NULL }, TOKEN_TEST, FILTER_EQ, FILTER_ANY },
    { { "!=", "Not equal: no value of the left side equals any of the right side." },
      TOKEN_TEST,
      FILTER_NE,
      FILTER_ALL },
    { { "ne", NULL }, TOKEN_TEST, FILTER_NE, FILTER_ALL },
    { { "all_ne", NULL }, TOKEN_TEST, FILTER_NE, FILTER_ALL },
    { { "===", "Every value of the left side equals every value of the right side." },
      TOKEN_TEST,
      FILTER_EQ,
      FILTER_ALL },
    { { "all_eq", NULL }, TOKEN_TEST, FILTER_EQ, FILTER_ALL },
    { { "!==", "Some value of the left side differs from some value of the right side." },
      TOKEN_TEST,
      FILTER_NE,
      FILTER_ANY },
    { { "any_ne", NULL }, TOKEN_TEST, FILTER_NE, FILTER_ANY },
    { { "~=", NULL }, TOKEN_TEST, FILTER_NE, FILTER_ANY },
    { { ">", "Greater than." }, TOKEN_TEST, FILTER_GT, FILTER_ANY },
    { { "gt", NULL }, TOKEN_TEST, FILTER_GT, FILTER_ANY },
    { { "<", "Less than." }, TOKEN_TEST, FILTER_LT, FILTER_ANY },
    { { "lt", NULL }, TOKEN_TEST, FILTER_LT, FILTER_ANY },
    { { ">=", "Greater than or equal to." }, TOKEN_TEST, FILTER_GE, FILTER_ANY },
    { { "ge", NULL }, TOKEN_TEST, FILTER_GE, FILTER_ANY },
    { { "<=", "Less than or equal to." }, TOKEN_TEST, FILTER_LE, FILTER_ANY },
    { { "le", NULL }, TOKEN_TEST, FILTER_LE, FILTER_ANY },
    { { "contains", "The bytes or text of the left side hold those of the right side." },
      TOKEN_TEST,
      FILTER_CONTAINS,
      FILTER_ANY },
    { { "matches",
        "The bytes or text of the left side match a Perl-compatible regular expression (PCRE2), whatever the case." },
      TOKEN_TEST,
      FILTER_MATCHES,
      FILTER_ANY },
    { { "~", NULL }, TOKEN_TEST, FILTER_MATCHES, FILTER_ANY },
    { { "in", "A field has one of the values or ranges of a set: tcp.port in {80, 443, 8000..8100}." },
      TOKEN_IN,
      0,
      0 },
    { { "any", "In front of a comparison: one value that fulfils it is enough." }, TOKEN_ANY, 0, 0 },
    { { "all", "In front of a comparison: all values must fulfil it." }, TOKEN_ALL, 0, 0 },
    { { "!", "Not." }, TOKEN_NOT, 0, 0 },
    { { "not", NULL }, TOKEN_NOT, 0, 0 },
    { { "&&", "And; binds less than not." }, TOKEN_AND, 0, 0 },
    { { "and", NULL }, TOKEN_AND, 0, 0 },
    { { "||", "Or; binds less than and." }, TOKEN_OR, 0, 0 },
    { { "or", NULL }, TOKEN_OR, 0, 0 },
    { { "(", "Parentheses group tests." }, TOKEN_LPAREN, 0, 0 },
    { { ")", NULL }, TOKEN_RPAREN, 0, 0 },
    { { "{", "Braces group calculations, and hold the elements of a set." }, TOKEN_LBRACE, 0, 0 },
    { { "}", NULL }, TOKEN_RBRACE, 0, 0 },
    { { "[",
        "Brackets slice bytes or text: [i], [i:length], [i-j], [i:], [:length], several between commas; a negative i "
        "counts from the end." },
      TOKEN_LBRACKET,
      0,
      0 },
    { { "#", "Only in that layer of the field's protocol, from 1: ip.src#2, ip.src#[2:]." }, TOKEN_HASH, 0, 0 },
    { { ",", "Stands between elements and arguments." }, TOKEN_COMMA, 0, 0 },
    { { "..", "Stands between the ends of a range in a set." }, TOKEN_DOTDOT, 0, 0 },
    { { "+", "Plus." }, TOKEN_ARITH, FILTER_ADD, 0 },
    { { "-", "Minus; with a blank before it, since names may hold one." }, TOKEN_ARITH, FILTER_SUB, 0 },
    { { "*", "Times." }, TOKEN_ARITH, FILTER_MUL, 0 },
    { { "/", "Divided by, to a whole number." }, TOKEN_ARITH, FILTER_DIV, 0 },
    { { "%", "The rest of a division." }, TOKEN_ARITH, FILTER_MOD, 0 },
    { { "&", "The bits that both have, of numbers, addresses or bytes; alone a test whether there are any." },
      TOKEN_ARITH,
      FILTER_BITS,
      0 },
    { { "bitwise_and", NULL }, TOKEN_ARITH, FILTER_BITS, 0 },
};

static const struct spk_filter_function functions[] = {
    [FUNCTION_LEN] = { "len", "field", "Bytes of a value.", 1, 1 },
    [FUNCTION_COUNT] = { "count", "field", "How often a field or protocol stands in the packet.", 1, 1 },
    [FUNCTION_UPPER] = { "upper", "field", "Text with its letters (of ASCII) in upper case.", 1, 1 },
    [FUNCTION_LOWER] = { "lower", "field", "Text with its letters (of ASCII) in lower case.", 1, 1 },
    [FUNCTION_STRING] = { "string", "field", "A number (decimal) or address as text.", 1, 1 },
    [FUNCTION_MAX] = { "max", "field, ...", "The greatest of all values, which must be of one type.", 1, 0 },
    [FUNCTION_MIN] = { "min", "field, ...", "The least of all values, which must be of one type.", 1, 0 },
    [FUNCTION_ABS] = { "abs", "field", "A number without its sign.", 1, 1 },
};

const struct spk_filter_word *spk_filter_word(size_t index)
{
    return index < SPK_COUNT_OF(words) ? &words[index].shown : NULL;
}

const struct spk_filter_function *spk_filter_function(size_t index)
{
    return index < SPK_COUNT_OF(functions) ? &functions[index] : NULL;
}

static bool is_spelled(const struct filter_word *word)
{
    char first = word->shown.text[0];
    return first >= 'a' && first <= 'z';
}

const struct filter_word *spk_filter_sign_find(const char *text)
{
    const struct filter_word *found = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < SPK_COUNT_OF(words); i++) {
        size_t len = strlen(words[i].shown.text);
        if (len > longest && !is_spelled(&words[i]) && strncmp(text, words[i].shown.text, len) == 0) {
            found = &words[i];
            longest = len;
        }
    }
    return found;
}

const struct filter_word *spk_filter_word_find(const char *text, uint32_t len)
{
    for (size_t i = 0; i < SPK_COUNT_OF(words); i++) {
        if (strlen(words[i].shown.text) == len && strncmp(text, words[i].shown.text, len) == 0) {
            return &words[i];
        }
    }
    return NULL;
}

const struct spk_filter_function *spk_filter_function_find(const uint8_t *name, uint32_t len, uint32_t *index)
{
    for (uint32_t i = 0; i < SPK_COUNT_OF(functions); i++) {
        if (strlen(functions[i].name) == len && memcmp(functions[i].name, name, len) == 0) {
            *index = i;
            return &functions[i];
        }
    }
    return NULL;
}
