/* json: a streaming writer. RFC 8259; strings are always valid UTF-8, whatever they were made from. */
#include "query/json.h"

#include "base/address.h"
#include "query/out.h"
#include "wire/text.h"

#include <string.h>

/* A short escape exists for these; the others of the control characters are \u00NN. */
static char short_escape(uint8_t byte)
{
    switch (byte) {
    case '"':
        return '"';
    case '\\':
        return '\\';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static bool put_character(struct spk_buf *buf, const uint8_t *text, size_t left, unsigned *used)
{
    static const char digits[] = "0123456789abcdef";
    char brief = short_escape(text[0]);
    uint32_t code = 0;
    *used = 1;
    if (brief != 0) {
        char pair[2] = { '\\', brief };
        return spk_buf_put(buf, pair, 2);
    }
    unsigned n = spk_utf8_next(text, left, &code);
    if (n == 0) {
        return spk_buf_put(buf, "\xef\xbf\xbd", 3); /* U+FFFD for each byte that is no character */
    }
    *used = n;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
        char escape[6] = { '\\', 'u', '0', '0', digits[code >> 4], digits[code & 15] };
        return spk_buf_put(buf, escape, sizeof escape);
    }
    return spk_buf_put(buf, text, n);
}

static bool is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

bool spk_json_put_string(struct spk_buf *buf, const uint8_t *text, size_t len)
{
    bool ok = spk_buf_put_byte(buf, '"');
    for (size_t at = 0; at < len && ok;) {
        size_t plain = at;
        while (plain < len && is_plain(text[plain])) {
            plain++;
        }
        ok = spk_buf_put(buf, text + at, plain - at);
        at = plain;
        if (at < len && ok) {
            unsigned used = 0;
            ok = put_character(buf, text + at, len - at, &used);
            at += used;
        }
    }
    return ok && spk_buf_put_byte(buf, '"');
}

static bool put_uint(struct spk_buf *buf, uint64_t number)
{
    uint8_t *room = spk_buf_room(buf, SPK_UINT_TEXT);
    if (room == NULL) {
        return false;
    }
    buf->len += spk_uint_text(number, (char *)room);
    return true;
}

/* Whether text is a JSON number: an optional sign, digits without a leading zero, an optional fraction. */
static bool is_number(const uint8_t *text, size_t len)
{
    size_t at = len > 0 && text[0] == '-' ? 1 : 0;
    size_t first = at;
    while (at < len && text[at] >= '0' && text[at] <= '9') {
        at++;
    }
    if (at == first || (text[first] == '0' && at - first > 1)) {
        return false;
    }
    if (at == len) {
        return true;
    }
    first = at + 1;
    if (text[at++] != '.') {
        return false;
    }
    while (at < len && text[at] >= '0' && text[at] <= '9') {
        at++;
    }
    return at == len && at > first;
}

/* Puts the text behind start, which has a quote before it, again as a string with escapes. */
static bool quote_again(struct spk_buf *buf, size_t start)
{
    struct spk_buf text = { 0 };
    bool ok = spk_buf_put(&text, buf->data + start + 1, buf->len - start - 1);
    buf->len = start;
    ok = ok && spk_json_put_string(buf, text.data, text.len);
    spk_buf_free(&text);
    return ok;
}

/* A value as its text: a bare number where number is true and it is one, else a string. */
static bool put_as_text(struct spk_buf *buf, const struct spk_row *row, const struct spk_value *value, bool number)
{
    size_t start = buf->len;
    if (!spk_buf_put_byte(buf, '"') || !spk_text_put(buf, row, value)) {
        return false;
    }
    uint8_t *text = buf->data + start + 1;
    size_t len = buf->len - start - 1;
    if (number && is_number(text, len)) {
        memmove(text - 1, text, len);
        buf->len--;
        return true;
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_plain(text[i])) {
            return quote_again(buf, start);
        }
    }
    return spk_buf_put_byte(buf, '"');
}

/* Kinds whose text never needs an escape: straight into buf between quotes. No bytes are an empty string. */
static bool put_quoted(struct spk_buf *buf, const struct spk_row *row, const struct spk_value *value)
{
    bool empty = value->kind == SPK_BYTES && value->len == 0;
    return spk_buf_put_byte(buf, '"') && (empty || spk_text_put(buf, row, value)) && spk_buf_put_byte(buf, '"');
}

bool spk_json_put_value(struct spk_buf *buf, const struct spk_row *row, const struct spk_value *value)
{
    switch (value->kind) {
    case SPK_PAD:
    case SPK_UINT:
        return put_uint(buf, value->u);
    case SPK_INT:
        return (value->u >> 63 == 0 || spk_buf_put_byte(buf, '-'))
               && put_uint(buf, value->u >> 63 == 0 ? value->u : 0 - value->u);
    case SPK_BOOL:
        return spk_buf_put_text(buf, value->u != 0 ? "true" : "false");
    case SPK_NONE:
        return spk_buf_put_text(buf, "true");
    case SPK_IP4:
    case SPK_IP6:
    case SPK_MAC:
    case SPK_BYTES:
        return put_quoted(buf, row, value);
    case SPK_TIME: /* seconds are a number, a date is a string */
    case SPK_DELTA:
        return put_as_text(buf, row, value, true);
    default:
        return put_as_text(buf, row, value, false);
    }
}

/* What stands before a value: a comma, unless it is the first, or comes after its name. */
static void before_value(struct spk_json *json)
{
    uint64_t bit = json->depth > 0 ? UINT64_C(1) << (json->depth - 1) : 0;
    if (json->named) {
        json->named = false;
        return;
    }
    if ((json->filled & bit) != 0) {
        json->failed |= !spk_buf_put_byte(&json->out->buf, ',');
    }
    json->filled |= bit;
}

static void open_level(struct spk_json *json, bool object)
{
    before_value(json);
    if (json->depth == 64) {
        json->failed = true;
        return;
    }
    uint64_t bit = UINT64_C(1) << json->depth;
    json->filled &= ~bit;
    json->object = object ? json->object | bit : json->object & ~bit;
    json->depth++;
    json->failed |= !spk_buf_put_byte(&json->out->buf, object ? '{' : '[');
}

void spk_json_object(struct spk_json *json)
{
    open_level(json, true);
}

void spk_json_list(struct spk_json *json)
{
    open_level(json, false);
}

void spk_json_end(struct spk_json *json)
{
    if (json->depth == 0) {
        json->failed = true;
        return;
    }
    json->depth--;
    bool object = (json->object >> json->depth & 1) != 0;
    json->failed |= !spk_buf_put_byte(&json->out->buf, object ? '}' : ']');
}

void spk_json_name(struct spk_json *json, const char *name)
{
    before_value(json);
    json->failed |= !spk_json_put_string(&json->out->buf, (const uint8_t *)name, strlen(name))
                    || !spk_buf_put_byte(&json->out->buf, ':');
    json->named = true;
}

void spk_json_text(struct spk_json *json, const char *text)
{
    spk_json_bytes(json, text, strlen(text));
}

void spk_json_bytes(struct spk_json *json, const char *text, size_t len)
{
    before_value(json);
    json->failed |= !spk_json_put_string(&json->out->buf, (const uint8_t *)text, len);
}

void spk_json_uint(struct spk_json *json, uint64_t number)
{
    before_value(json);
    json->failed |= !put_uint(&json->out->buf, number);
}

void spk_json_bool(struct spk_json *json, bool yes)
{
    before_value(json);
    json->failed |= !spk_buf_put_text(&json->out->buf, yes ? "true" : "false");
}

void spk_json_null(struct spk_json *json)
{
    before_value(json);
    json->failed |= !spk_buf_put_text(&json->out->buf, "null");
}

void spk_json_value(struct spk_json *json, const struct spk_row *row, const struct spk_value *value)
{
    before_value(json);
    json->failed |= !spk_json_put_value(&json->out->buf, row, value);
}
