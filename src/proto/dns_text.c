/* dns_text: see the header. RFC 1035, section 3.3 (character-string). */
#include "proto/dns_text.h"

#include <steelpkt/packet.h>

#include <string.h>

static const uint8_t replacement[] = { 0xef, 0xbf, 0xbd }; /* U+FFFD */

static int32_t measure_rest(const struct spk_place *place)
{
    return (int32_t)(place->end - place->at);
}

void spk_dns_take(const struct spk_place *place, uint32_t from, uint32_t to, uint8_t kind, struct spk_value *value)
{
    value->kind = kind;
    value->data = place->packet->data + from;
    value->len = to - from;
}

static bool spell_text(const struct spk_place *place, struct spk_value *value)
{
    spk_dns_take(place, place->at, place->end, SPK_TEXT, value);
    return true;
}

static bool get_octets(const struct spk_place *place, struct spk_value *value)
{
    spk_dns_take(place, place->at, place->end, SPK_BYTES, value);
    return true;
}

#define NO_POINT UINT32_MAX

/*
 * Octets of the UTF-8 character at text and its code point: NO_POINT for what is none, which one U+FFFD stands for. As
 * Wireshark does, a character of more octets than it needs is taken, and of up to six octets refused as a whole.
 */
static uint32_t utf8_at(const uint8_t *text, uint32_t len, uint32_t *code)
{
    uint8_t first = text[0];
    uint32_t need = first >= 0xfe ? 1 : first >= 0xfc ? 6 : first >= 0xf8 ? 5 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    uint32_t n = 1;

    *code = first < 0x80 ? first : NO_POINT;
    if (first < 0xc0 || need == 1)
        return 1;
    uint32_t point = first & (0x7fU >> need);
    while (n < need && n < len && (text[n] & 0xc0U) == 0x80)
        point = point << 6U | (text[n++] & 0x3fU);
    if (n == need && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff))
        *code = point;
    return n;
}

/* Characters that show nothing, or change how others show: controls, format characters, no characters. */
static bool is_unprintable(uint32_t code)
{
    static const struct { uint32_t first, last; } ranges[] = {
        { 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x600, 0x605 }, { 0x61c, 0x61c }, { 0x6dd, 0x6dd }, { 0x70f, 0x70f },
        { 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x206f },
        { 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0xe0000, 0xe0fff }, { 0x10fffe, 0x10ffff },
    };

    for (size_t i = 0; i < SPK_COUNT_OF(ranges); i++) {
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    }
    return false;
}

/* A control character as C writes it. */
static uint32_t put_control(uint8_t octet, uint8_t *out)
{
    static const char letters[] = "abtnvfr"; /* from octet 7 on */

    out[0] = '\\';
    if (octet >= 7 && octet <= 13) {
        out[1] = (uint8_t)letters[octet - 7];
        return 2;
    }
    out[1] = (uint8_t)('0' + (octet >> 6U));
    out[2] = (uint8_t)('0' + ((octet >> 3U) & 7U));
    out[3] = (uint8_t)('0' + (octet & 7U));
    return 4;
}

/* \uXXXX, or \UXXXXXXXX beyond the first plane: never longer than four octets for each that the character has. */
static uint32_t put_point(uint32_t code, uint8_t *out)
{
    static const char digits[] = "0123456789ABCDEF";
    uint32_t count = code > 0xffff ? 8 : 4;

    out[0] = '\\';
    out[1] = code > 0xffff ? 'U' : 'u';
    for (uint32_t i = 0; i < count; i++)
        out[2 + i] = (uint8_t)digits[(code >> (4 * (count - 1 - i))) & 15U];
    return count + 2;
}

static uint32_t put_utf8(uint32_t code, uint8_t *out)
{
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    uint32_t octets = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (uint32_t i = octets - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80U | (code & 0x3fU));
        code >>= 6U;
    }
    out[0] = (uint8_t)((0xf00U >> octets & 0xf0U) | code);
    return octets;
}

static const uint64_t top_bits = UINT64_C(0x8080808080808080); /* of eight octets */

/* Eight octets at once: the highest bit of each says that it is not ASCII or shows nothing. */
static uint64_t unprintable(const uint8_t *raw)
{
    const uint64_t one = UINT64_C(0x0101010101010101);
    uint64_t octets = 0;
    memcpy(&octets, raw, sizeof octets);
    /* above 0x7f; 0x7f; below 0x20: with its highest bit set, no octet borrows from the next */
    return octets | (octets + one) | ~((octets | top_bits) - 0x20 * one);
}

static bool all_printable(const uint8_t *raw)
{
    return (unprintable(raw) & top_bits) == 0;
}

bool spk_dns_is_plain(const uint8_t *raw, uint32_t len)
{
    const uint8_t *end = raw + len;
    uint64_t odd = 0;

    if (len < 8) {
        while (raw < end && *raw >= 0x20 && *raw < 0x7f)
            raw++;
        return raw == end;
    }
    for (; end - raw > 8; raw += 8)
        odd |= unprintable(raw);
    return ((odd | unprintable(end - 8)) & top_bits) == 0;
}

void spk_dns_show(const struct spk_place *place, const uint8_t *raw, uint32_t len, struct spk_value *value)
{
    uint8_t *out = place->scratch->bytes; /* none of the octets becomes more than four */
    uint32_t n = 0;

    value->kind = SPK_TEXT;
    value->data = raw;
    value->len = len;
    if (len > SPK_DNS_SHOWN_MAX)
        return;
    for (uint32_t i = 0; i < len;) {
        uint32_t code = 0;
        if (len - i >= 8 && all_printable(raw + i)) {
            memcpy(out + n, raw + i, 8);
            n += 8;
            i += 8;
            continue;
        }
        if (raw[i] >= 0x20 && raw[i] < 0x7f) {
            out[n++] = raw[i++];
            continue;
        }
        uint32_t octets = utf8_at(raw + i, len - i, &code);
        if (code == NO_POINT) {
            memcpy(out + n, replacement, sizeof replacement);
            n += sizeof replacement;
        } else if (is_unprintable(code)) {
            n += octets == 1 ? put_control(raw[i], out + n) : put_point(code, out + n);
        } else {
            n += put_utf8(code, out + n);
        }
        i += octets;
    }
    value->data = out;
    value->len = n;
}

static bool get_ascii(const struct spk_place *place, struct spk_value *value)
{
    const uint8_t *data = place->packet->data + place->at;
    uint32_t len = place->end - place->at;
    uint32_t high = 0;
    uint32_t n = 0;

    while (n < len && data[n] != 0)
        high += data[n++] >= 0x80;
    spk_dns_take(place, place->at, place->at + n, SPK_TEXT, value);
    /* What would not fit the scratch is longer than any character-string and stays as it is. */
    if (high == 0 || n + 2 * high > sizeof place->scratch->bytes)
        return true;
    uint8_t *out = place->scratch->bytes;
    for (uint32_t i = 0; i < n; i++) {
        if (data[i] >= 0x80) {
            memcpy(out, replacement, sizeof replacement);
            out += sizeof replacement;
        } else {
            *out++ = data[i];
        }
    }
    value->data = place->scratch->bytes;
    value->len = n + 2 * high;
    return true;
}

static bool get_shown(const struct spk_place *place, struct spk_value *value)
{
    spk_dns_show(place, place->packet->data + place->at, place->end - place->at, value);
    return true;
}

static bool get_utf8(const struct spk_place *place, struct spk_value *value)
{
    const uint8_t *data = place->packet->data + place->at;
    const uint8_t *nul = memchr(data, 0, place->end - place->at);

    spk_dns_take(place, place->at, nul != NULL ? place->at + (uint32_t)(nul - data) : place->end, SPK_TEXT, value);
    return true;
}

static int32_t put_octets(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    (void)before;
    if (text->len > size)
        return -1;
    if (text->len > 0)
        memcpy(out, text->data, text->len);
    return (int32_t)text->len;
}

const struct spk_codec spk_dns_ascii = { measure_rest, get_ascii, spell_text, put_octets, false, NULL, true };
const struct spk_codec spk_dns_utf8 = { measure_rest, get_utf8, spell_text, put_octets, false, NULL, true };
const struct spk_codec spk_dns_shown = { measure_rest, get_shown, spell_text, put_octets, false, NULL, true };
const struct spk_codec spk_dns_octets = { measure_rest, get_octets, get_octets, put_octets, false, NULL, true };
