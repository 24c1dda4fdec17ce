/* parse: values from text as people type them. */
#include "base/address.h"
#include "base/bytes.h"
#include "base/error.h"
#include "wire/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static enum spk_status refuse(struct spk_error *error, const struct spk_row *row, const char *what)
{
    return spk_fail(error, (struct spk_error){
                               .code = SPK_ERR_USAGE, .who = row->name != NULL ? row->name : row->attr, .what = what });
}

static bool fits(uint64_t number, uint16_t bits)
{
    return bits == 0 || bits >= 64 || number >> bits == 0;
}

/* Makes a signed number of what its digits say; false: it does not fit. */
static bool make_signed(uint64_t *number, bool negative, bool hex, uint16_t bits)
{
    uint32_t width = bits == 0 || bits > 64 ? 64 : bits;
    uint64_t half = UINT64_C(1) << (width - 1);
    if (hex && !negative) {
        bool good = fits(*number, bits);
        *number = spk_sign_extend(*number, width);
        return good;
    }
    bool good = negative ? *number <= half : *number < half;
    *number = negative ? 0 - *number : *number;
    return good;
}

static enum spk_status parse_number(const struct spk_row *row, const char *text, struct spk_value *value,
                                    struct spk_error *error)
{
    for (const struct spk_enum *named = row->names; named != NULL && named->name != NULL; named++) {
        if (strcmp(named->name, text) == 0) {
            value->u = named->value;
            return SPK_OK;
        }
    }
    char *end = NULL;
    bool negative = row->kind == SPK_INT && *text == '-';
    text += negative;
    if (*text < '0' || *text > '9') {
        return refuse(error, row, "not a number, nor the name of one of its values");
    }
    errno = 0;
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    value->u = strtoull(text, &end, hex ? 16 : 10);
    if (*end != '\0') {
        return refuse(error, row, "not a number, nor the name of one of its values");
    }
    bool good = row->kind == SPK_INT ? make_signed(&value->u, negative, hex, row->bits) : fits(value->u, row->bits);
    if (errno == ERANGE || !good) {
        return refuse(error, row, "the number does not fit the field's bits");
    }
    return SPK_OK;
}

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef";
    char lower = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
    const char *found = c == '\0' ? NULL : strchr(digits, lower);
    return found != NULL ? (int)(found - digits) : -1;
}

/* Pairs of hexadecimal digits, with or without one of ":-. " between them. */
static enum spk_status parse_bytes(const struct spk_row *row, const char *text, struct spk_scratch *scratch,
                                   struct spk_value *value, struct spk_error *error)
{
    size_t n = 0;
    while (*text != '\0') {
        int high = hex_value(text[0]);
        int low = high >= 0 ? hex_value(text[1]) : -1;
        if (low < 0) {
            return refuse(error, row, "not bytes: pairs of hexadecimal digits are");
        }
        if (n == sizeof scratch->bytes) {
            return refuse(error, row, "more bytes than one value may have here");
        }
        scratch->bytes[n++] = (uint8_t)(high * 16 + low);
        text += 2;
        if (*text != '\0' && strchr(":-. ", *text) != NULL) {
            text++;
        }
    }
    value->data = scratch->bytes;
    value->len = (uint32_t)n;
    return SPK_OK;
}

static enum spk_status parse_text(const struct spk_row *row, const char *text, struct spk_scratch *scratch,
                                  struct spk_value *value, struct spk_error *error)
{
    size_t n = strlen(text);
    if (n > sizeof scratch->bytes) {
        return refuse(error, row, "the text is too long");
    }
    memcpy(scratch->bytes, text, n);
    value->data = scratch->bytes;
    value->len = (uint32_t)n;
    return SPK_OK;
}

enum spk_status spk_value_parse(const struct spk_row *row, const char *text, struct spk_scratch *scratch,
                                struct spk_value *value, struct spk_error *error)
{
    uint32_t address = 0;
    *value = (struct spk_value){ .kind = row->kind, .data = scratch->bytes };
    switch (row->kind) {
    case SPK_PAD:
    case SPK_UINT:
    case SPK_INT:
    case SPK_BOOL:
        return parse_number(row, text, value, error);
    case SPK_IP4:
        if (!spk_ip4_parse(text, &address)) {
            return refuse(error, row, "not an IPv4 address");
        }
        value->u = address;
        return SPK_OK;
    case SPK_IP6:
        value->len = 16;
        return spk_ip6_parse(text, scratch->bytes) ? SPK_OK : refuse(error, row, "not an IPv6 address");
    case SPK_MAC:
        value->len = 6;
        return spk_mac_parse(text, scratch->bytes) ? SPK_OK : refuse(error, row, "not six hexadecimal pairs");
    case SPK_TEXT:
        return parse_text(row, text, scratch, value, error);
    case SPK_BYTES:
    case SPK_CHOICE:
        value->kind = SPK_BYTES;
        return parse_bytes(row, text, scratch, value, error);
    default:
        return refuse(error, row, "a field of this kind cannot be given as text");
    }
}
