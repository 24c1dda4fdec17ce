/* dns_text: see the header. RFC 1035, section 3.3 (character-string). */
#include "proto/dns_text.h"

#include <steelpkt/packet.h>

#include <string.h>

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

/* Octets of a well-formed UTF-8 character at text, and its code point; 1 and the octet itself for anything else. */
static uint32_t utf8_at(const uint8_t *text, uint32_t len, uint32_t *code)
{
    uint32_t need = text[0] >= 0xf0 && text[0] < 0xf5 ? 4 : text[0] >= 0xe0 ? 3 : 2;

    *code = text[0];
    if (text[0] < 0xc2 || text[0] > 0xf4 || len < need)
        return 1;
    uint32_t point = text[0] & (0xffU >> (need + 1U));
    for (uint32_t i = 1; i < need; i++) {
        if ((text[i] & 0xc0U) != 0x80)
            return 1;
        point = point << 6U | (text[i] & 0x3fU);
    }
    bool overlong = (need == 3 && point < 0x800) || (need == 4 && point < 0x10000);
    if (overlong || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return 1;
    *code = point;
    return need;
}

/* Characters beyond ASCII that show nothing, or change how others show: controls, format characters, private use. */
static bool is_unprintable(uint32_t code)
{
    static const struct { uint32_t first, last; } ranges[] = {
        { 0x80, 0x9f }, { 0xad, 0xad }, { 0x600, 0x605 }, { 0x61c, 0x61c }, { 0x6dd, 0x6dd }, { 0x70f, 0x70f },
        { 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xe000, 0xf8ff },
        { 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0xe0000, 0xe0fff }, { 0xf0000, 0x10ffff },
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
        uint32_t octets = utf8_at(raw + i, len - i, &code);
        if (octets == 1 && (code < 0x20 || code == 0x7f)) {
            n += put_control((uint8_t)code, out + n);
        } else if (octets > 1 && is_unprintable(code)) {
            n += put_point(code, out + n);
        } else {
            memcpy(out + n, raw + i, octets);
            n += octets;
        }
        i += octets;
    }
    value->data = out;
    value->len = n;
}

static bool get_ascii(const struct spk_place *place, struct spk_value *value)
{
    static const uint8_t replacement[] = { 0xef, 0xbf, 0xbd };
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

static int32_t put_octets(const struct spk_value *text, const uint8_t *message, uint32_t at, bool compress,
                          uint8_t *out, uint32_t size)
{
    (void)message;
    (void)at;
    (void)compress;
    if (text->len > size)
        return -1;
    if (text->len > 0)
        memcpy(out, text->data, text->len);
    return (int32_t)text->len;
}

const struct spk_codec spk_dns_ascii = { measure_rest, get_ascii, spell_text, put_octets };
const struct spk_codec spk_dns_utf8 = { measure_rest, get_utf8, spell_text, put_octets };
const struct spk_codec spk_dns_shown = { measure_rest, get_shown, spell_text, put_octets };
const struct spk_codec spk_dns_octets = { measure_rest, get_octets, get_octets, put_octets };
