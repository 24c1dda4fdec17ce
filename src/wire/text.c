#define _POSIX_C_SOURCE 200809L
#include "wire/text.h"

#include "base/address.h"

#include <time.h>

static unsigned hex_digits(const struct spk_row *row)
{
    if (row->digits > 0) {
        return row->digits;
    }
    return row->bits <= 8 ? 2 : row->bits <= 16 ? 4 : row->bits <= 32 ? 8 : 16;
}

static size_t number_text(char *to, const struct spk_row *row, uint64_t number)
{
    if (row->base != SPK_HEX) {
        return spk_uint_text(number, to);
    }
    to[0] = '0';
    to[1] = 'x';
    return 2 + spk_hex_text(number, hex_digits(row), to + 2);
}

/* In hexadecimal a signed number is shown as its bits. */
static size_t signed_text(char *to, const struct spk_row *row, uint64_t number)
{
    bool negative = number >> 63 != 0;
    if (row->base == SPK_HEX) {
        return number_text(to, row,
                           row->bits > 0 && row->bits < 64 ? number & ((UINT64_C(1) << row->bits) - 1) : number);
    }
    to[0] = '-';
    return (size_t)negative + number_text(to + negative, row, negative ? 0 - number : number);
}

static bool put_hex(struct spk_buf *out, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t *room = spk_buf_room(out, count * 2);
    if (room == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        room[2 * i] = (uint8_t)digits[bytes[i] >> 4];
        room[2 * i + 1] = (uint8_t)digits[bytes[i] & 15];
    }
    out->len += count * 2;
    return true;
}

static __attribute__((noinline)) size_t seconds_text(char *to, int64_t nanoseconds)
{
    char *at = to;
    uint64_t whole = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;
    if (nanoseconds < 0) {
        *at++ = '-';
    }
    at += spk_uint_text(whole / 1000000000u, at);
    *at++ = '.';
    spk_digits_text(whole % 1000000000u, 9, at);
    return (size_t)(at + 9 - to);
}

/* "May  3, 2017 18:01:18.390878000 UTC": the form of frame.time, in UTC. */
static __attribute__((noinline)) size_t date_text(char *to, int64_t nanoseconds)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t seconds = nanoseconds / 1000000000;
    int64_t fraction = nanoseconds % 1000000000;
    if (fraction < 0) {
        fraction += 1000000000;
        seconds--;
    }
    time_t when = (time_t)seconds;
    struct tm tm;
    if (gmtime_r(&when, &tm) == NULL) {
        return seconds_text(to, nanoseconds);
    }
    const int parts[] = { tm.tm_hour, tm.tm_min, tm.tm_sec };
    char *at = to;
    memcpy(at, months + 3 * tm.tm_mon, 3);
    at += 3;
    *at++ = ' ';
    if (tm.tm_mday < 10) {
        *at++ = ' ';
    }
    at += spk_uint_text((uint64_t)tm.tm_mday, at);
    *at++ = ',';
    *at++ = ' ';
    at += spk_uint_text((uint64_t)((int64_t)tm.tm_year + 1900), at);
    for (int i = 0; i < 3; i++) {
        *at++ = i == 0 ? ' ' : ':';
        spk_digits_text((uint64_t)parts[i], 2, at);
        at += 2;
    }
    *at++ = '.';
    spk_digits_text((uint64_t)fraction, 9, at);
    at += 9;
    memcpy(at, " UTC", 4);
    return (size_t)(at + 4 - to);
}

/* Bytes of the UTF-8 character at the front; 0: not one, and *bad says how many bytes one U+FFFD stands for. */
static size_t utf8_length(const uint8_t *bytes, size_t count, size_t *bad)
{
    uint8_t first = bytes[0];
    size_t need = first < 0x80                     ? 1
                  : first >= 0xc2 && first <= 0xdf ? 2
                  : first >= 0xe0 && first <= 0xef ? 3
                  : first >= 0xf0 && first <= 0xf4 ? 4
                                                   : 0;
    *bad = 1;
    if (need == 0) {
        return 0;
    }
    for (size_t i = 1; i < need; i++) {
        uint8_t low = i == 1 && first == 0xe0 ? 0xa0 : i == 1 && first == 0xf0 ? 0x90 : 0x80;
        uint8_t high = i == 1 && first == 0xed ? 0x9f : i == 1 && first == 0xf4 ? 0x8f : 0xbf;
        if (i >= count || bytes[i] < low || bytes[i] > high) {
            *bad = i;
            return 0;
        }
    }
    return need;
}

/* So many bytes at the front at least are ASCII. */
static size_t ascii_length(const uint8_t *bytes, size_t count)
{
    size_t i = 0;
    uint64_t eight = 0;
    for (; count - i >= sizeof eight; i += sizeof eight) {
        memcpy(&eight, bytes + i, sizeof eight);
        if ((eight & UINT64_C(0x8080808080808080)) != 0) {
            return i;
        }
    }
    while (i < count && bytes[i] < 0x80) {
        i++;
    }
    return i;
}

bool spk_text_put_utf8(struct spk_buf *out, const uint8_t *bytes, size_t count)
{
    bool good = true;
    size_t plain = 0;
    if (count == 0) { /* bytes may be NULL */
        return true;
    }
    size_t i = ascii_length(bytes, count);
    while (i < count && good) {
        size_t bad = 0;
        size_t length = utf8_length(bytes + i, count - i, &bad);
        if (length > 0) {
            i += length;
            continue;
        }
        good = spk_buf_put(out, bytes + plain, i - plain) && spk_buf_put(out, "\xef\xbf\xbd", 3);
        i += bad;
        plain = i;
    }
    return good && spk_buf_put(out, bytes + plain, i - plain);
}

size_t spk_text_short(char *to, const struct spk_row *row, const struct spk_value *value)
{
    switch (value->kind) {
    case SPK_PAD:
    case SPK_UINT:
        return number_text(to, row, value->u);
    case SPK_INT:
        return signed_text(to, row, value->u);
    case SPK_BOOL:
        to[0] = value->u != 0 ? '1' : '0';
        return 1;
    case SPK_NONE:
        to[0] = '1';
        return 1;
    case SPK_IP4:
        return spk_ip4_text((uint32_t)value->u, to);
    case SPK_IP6:
        return spk_ip6_text(value->data, to);
    case SPK_MAC:
        return spk_mac_text(value->data, to);
    case SPK_TIME:
        return row->base == SPK_DATE ? date_text(to, (int64_t)value->u) : seconds_text(to, (int64_t)value->u);
    case SPK_DELTA:
        return seconds_text(to, (int64_t)value->u);
    default:
        return 0;
    }
}

bool spk_text_put(struct spk_buf *out, const struct spk_row *row, const struct spk_value *value)
{
    if (value->kind == SPK_TEXT) {
        return spk_text_put_utf8(out, value->data, value->len);
    }
    char *room = (char *)spk_buf_room(out, SPK_SHORT_TEXT);
    if (room == NULL) {
        return false;
    }
    size_t length = spk_text_short(room, row, value);
    out->len += length;
    if (length > 0) {
        return true;
    }
    /* bytes that are there, and are none: as Wireshark says it */
    return value->len > 0                         ? put_hex(out, value->data, value->len)
           : (row->flags & SPK_MAY_BE_EMPTY) != 0 ? spk_buf_put(out, "<none>", 6)
                                                  : spk_buf_put(out, "<MISSING>", 9);
}

/* As much of it as there is room for, and its end. */
static size_t give(const void *from, size_t length, char *text, size_t size)
{
    if (size > 0) {
        size_t fits = length < size ? length : size - 1;
        if (fits > 0) {
            memcpy(text, from, fits);
        }
        text[fits] = '\0';
    }
    return length;
}

size_t spk_value_text(const struct spk_row *row, const struct spk_value *value, char *text, size_t size)
{
    char near[SPK_SHORT_TEXT];
    size_t length = value->kind != SPK_TEXT ? spk_text_short(near, row, value) : 0;
    if (length > 0) { /* without memory, which might not be there */
        return give(near, length, text, size);
    }
    struct spk_buf out = { 0 };
    const bool made = spk_text_put(&out, row, value);
    length = give(out.data, made ? out.len : 0, text, size);
    spk_buf_free(&out);
    return length;
}
