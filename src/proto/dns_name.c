/* dns_name: the one codec of the DNS family. RFC 1035, sections 2.3.4, 3.1 and 4.1.4; RFC 4343, section 2.1 for \DDD. */
#include "proto/dns_name.h"

#include <steelpkt/packet.h>

#include <string.h>

#include "proto/dns_text.h"

enum {
    LABEL_MAX = 63,
    LABELS_MAX = 127,
    HOPS_MAX = 127,    /* pointers on the way through one name */
    POINTER = 0xc0,    /* the two top bits of a length octet: a pointer; of 01 and 10 RFC 1035 makes no use */
    OFFSET_MAX = 0x3fff
};

/* Where reading a name stands. */
struct reader {
    const uint8_t *data;
    uint32_t base;  /* first byte of the message: pointers count from here */
    uint32_t at;
    uint32_t end;
    uint32_t limit; /* pointers must lead before this byte */
    uint32_t octets, hops;
};

static struct reader reader_of(const struct spk_place *place, uint32_t at)
{
    return (struct reader){ .data = place->packet->data, .base = place->packet->layers[place->layer].at, .at = at,
                            .end = place->end, .limit = at };
}

/* Where the labels that stand together from a byte on end: at what closes them, at what is none, or not before the end. */
static inline uint32_t labels_end(const uint8_t *data, uint32_t at, uint32_t end)
{
    while (at < end && data[at] - 1U < LABEL_MAX)
        at += data[at] + 1U;
    return at;
}

/*
 * The next labels that stand together, following pointers: the octets that they and their lengths take from *from on, 0 at
 * the end of the name, or -1. A pointer moves the limit strictly down and what it leads to ends before the place that was
 * being read, so this ends whatever the bytes are.
 */
static inline int32_t next_labels(struct reader *reader, uint32_t *from)
{
    const uint8_t *data = reader->data;
    const uint32_t last = reader->end > 0 ? reader->end - 1 : 0;
    uint32_t at = reader->at;

    while (at < last) {
        const uint8_t *pair = data + at;
        const uint32_t pointer = (uint32_t)pair[0] << 8U | pair[1];
        if (pointer < POINTER << 8U)
            break;
        at = reader->base + (pointer & OFFSET_MAX);
        if (at >= reader->limit || reader->hops++ == HOPS_MAX)
            return -1;
        reader->limit = at;
    }
    if (at >= reader->end)
        return -1;
    const uint32_t room = SPK_DNS_NAME_MAX - reader->octets; /* the empty label counts */
    const uint32_t end = reader->end - at < room ? reader->end : at + room;
    *from = at;
    reader->at = labels_end(data, at, end);
    if (reader->at >= end || (reader->at == at && data[at] != 0))
        return -1;
    reader->octets += reader->at - at;
    return (int32_t)(reader->at - at);
}

/* The pointer at a place, as a place in the packet. */
static uint32_t target_of(const struct spk_place *place, uint32_t at)
{
    const uint8_t *data = place->packet->data;

    return place->packet->layers[place->layer].at + ((data[at] & ~(uint32_t)POINTER) << 8U | data[at + 1]);
}

/*
 * Bytes that a name takes where it stands: its labels, and the empty one or the pointer that closes it. With a pointer
 * out of the message it is not all there.
 */
static int32_t measure(const struct spk_place *place)
{
    const uint8_t *data = place->packet->data;
    const uint32_t message_end = place->packet->layers[place->layer].end;
    const uint32_t left = place->end - place->at;
    const uint32_t end = left < SPK_DNS_NAME_MAX ? place->end : place->at + SPK_DNS_NAME_MAX;
    const uint32_t at = labels_end(data, place->at, end);

    if (at >= end)
        return -1;
    if (data[at] == 0)
        return (int32_t)(at - place->at + 1);
    bool pointer = (data[at] & POINTER) == POINTER && place->end - at >= 2 && target_of(place, at) < message_end;
    return pointer ? (int32_t)(at - place->at + 2) : -1;
}

/* A question cut short is none: so Wireshark reads it, and half of one is of no use. */
static int32_t measure_query(const struct spk_place *place)
{
    int32_t bytes = measure(place);

    return bytes >= 0 && place->end - place->at - (uint32_t)bytes >= SPK_DNS_QUERY_FIXED ? bytes : -1;
}

/* A record likewise: its data must be all there. */
static int32_t measure_owner(const struct spk_place *place)
{
    int32_t bytes = measure(place);

    if (bytes < 0 || place->end - place->at - (uint32_t)bytes < SPK_DNS_RECORD_FIXED)
        return -1;
    const uint8_t *fixed = place->packet->data + place->at + bytes;
    uint32_t data = (uint32_t)fixed[8] << 8U | fixed[9];
    uint32_t left = place->end - place->at - (uint32_t)bytes - SPK_DNS_RECORD_FIXED;
    return data <= left ? bytes : -1;
}

int32_t spk_dns_name_read(const struct spk_place *place, uint32_t at, uint8_t raw[SPK_DNS_NAME_MAX])
{
    struct reader reader = reader_of(place, at);
    const uint8_t *data = place->packet->data;
    uint32_t from = 0;
    uint32_t len = 0;
    int32_t octets = 0;

    while ((octets = next_labels(&reader, &from)) > 0) {
        if (len > 0)
            raw[len++] = '.';
        const uint32_t end = len + (uint32_t)octets - 1; /* the first length has no place in the text */
        memcpy(raw + len, data + from + 1, (uint32_t)octets - 1);
        for (uint32_t dot = len + data[from]; dot < end; dot += data[from + 1 + dot - len] + 1U)
            raw[dot] = '.';
        len = end;
    }
    return octets < 0 ? -1 : (int32_t)len;
}

static bool get(const struct spk_place *place, struct spk_value *value)
{
    static const uint8_t root[] = "<Root>";
    uint8_t *raw = place->scratch->bytes;
    uint8_t copy[SPK_DNS_NAME_MAX];
    int32_t len = spk_dns_name_read(place, place->at, raw);

    if (len < 0)
        return false;
    if (len > 0 && spk_dns_is_plain(raw, (uint32_t)len)) {
        value->kind = SPK_TEXT;
        value->data = raw;
        value->len = (uint32_t)len;
        return true;
    }
    memcpy(copy, raw, (size_t)len);
    spk_dns_show(place, len == 0 ? root : copy, len == 0 ? sizeof root - 1 : (uint32_t)len, value);
    return true;
}

/* A label counts for its octets and one more, as in the text, which has no dot behind the last. */
int32_t spk_dns_name_len(const struct spk_place *place, uint32_t at)
{
    struct reader reader = reader_of(place, at);
    uint32_t from = 0;
    int32_t octets = 1;

    while (octets > 0)
        octets = next_labels(&reader, &from);
    return octets < 0 ? -1 : reader.octets > 0 ? (int32_t)reader.octets - 1 : 0;
}

static int32_t made(const struct spk_place *place)
{
    return spk_dns_name_len(place, place->at);
}

/* One octet of a label, escaped where it would not come back as it is. */
static uint32_t spell_octet(uint8_t octet, uint8_t *out)
{
    if (octet == '.' || octet == '\\') {
        out[0] = '\\';
        out[1] = octet;
        return 2;
    }
    if (octet > 0x20 && octet < 0x7f && octet != '@' && octet != '<') {
        out[0] = octet;
        return 1;
    }
    out[0] = '\\';
    out[1] = (uint8_t)('0' + octet / 100);
    out[2] = (uint8_t)('0' + octet / 10 % 10);
    out[3] = (uint8_t)('0' + octet % 10);
    return 4;
}

static uint32_t spell_offset(uint32_t offset, uint8_t *out)
{
    uint8_t digits[5];
    uint32_t count = 0;

    do {
        digits[count++] = (uint8_t)('0' + offset % 10);
        offset /= 10;
    } while (offset > 0);
    out[0] = '@';
    for (uint32_t i = 0; i < count; i++)
        out[1 + i] = digits[count - 1 - i];
    return count + 1;
}

static bool spell(const struct spk_place *place, struct spk_value *value)
{
    const uint8_t *data = place->packet->data;
    uint8_t *out = place->scratch->bytes;
    int32_t bytes = measure(place);
    uint32_t at = place->at;
    uint32_t n = 0;

    if (bytes < 0)
        return false;
    while (data[at] != 0 && (data[at] & POINTER) != POINTER) {
        for (uint32_t i = 1; i <= data[at]; i++)
            n += spell_octet(data[at + i], out + n);
        out[n++] = '.';
        at += data[at] + 1U;
    }
    if (data[at] != 0)
        n += spell_offset((data[at] & ~(uint32_t)POINTER) << 8U | data[at + 1], out + n);
    else if (n == 0)
        out[n++] = '.';
    value->kind = SPK_TEXT;
    value->data = out;
    value->len = n;
    return true;
}

/* A name taken apart from text. */
struct name {
    uint8_t octets[SPK_DNS_NAME_MAX + 1]; /* labels as on the wire, without what closes them */
    uint32_t len;
    uint32_t starts[LABELS_MAX + 1]; /* where each label begins in octets */
    uint32_t count;
    int32_t pointer; /* offset it ends with, or -1 */
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* The octet at text, which an escape may spell; gives how many characters were taken, 0: a bad escape. */
static uint32_t parse_octet(const uint8_t *text, uint32_t len, uint8_t *octet)
{
    *octet = text[0];
    if (text[0] != '\\')
        return 1;
    if (len < 2)
        return 0;
    *octet = text[1];
    if (!is_digit(text[1]))
        return 2;
    if (len < 4 || !is_digit(text[2]) || !is_digit(text[3]))
        return 0;
    uint32_t number = (text[1] - '0') * 100U + (text[2] - '0') * 10U + (text[3] - '0');
    *octet = (uint8_t)number;
    return number <= 255 ? 4 : 0;
}

/* "@" and digits up to the end, where a label might begin: a pointer as spell writes it. */
static int32_t parse_pointer(const uint8_t *text, uint32_t len)
{
    uint32_t number = 0;

    if (len < 2 || text[0] != '@')
        return -1;
    for (uint32_t i = 1; i < len; i++) {
        if (!is_digit(text[i]))
            return -1;
        number = number * 10 + (text[i] - '0');
        if (number > OFFSET_MAX)
            return -1;
    }
    return (int32_t)number;
}

/* One label from *at on, with the dot behind it. */
static bool parse_label(const uint8_t *text, uint32_t len, uint32_t *at, struct name *name)
{
    uint32_t length_at = name->len;
    uint32_t length = 0;

    if (name->count >= LABELS_MAX || name->len >= SPK_DNS_NAME_MAX)
        return false;
    name->starts[name->count++] = name->len++;
    while (*at < len && text[*at] != '.') {
        uint8_t octet = 0;
        uint32_t taken = parse_octet(text + *at, len - *at, &octet);
        if (taken == 0 || length == LABEL_MAX || name->len >= SPK_DNS_NAME_MAX)
            return false;
        name->octets[name->len++] = octet;
        length++;
        *at += taken;
    }
    name->octets[length_at] = (uint8_t)length;
    *at += *at < len;
    return length > 0;
}

static bool parse(const struct spk_value *value, struct name *name)
{
    static const char root[] = "<Root>";
    const uint8_t *text = value->data;
    uint32_t len = value->len;
    uint32_t at = 0;

    name->len = 0;
    name->count = 0;
    name->pointer = -1;
    if (len == 0 || (len == 1 && text[0] == '.') || (len == sizeof root - 1 && memcmp(text, root, len) == 0))
        return true;
    while (at < len) {
        name->pointer = parse_pointer(text + at, len - at);
        if (name->pointer >= 0)
            return true;
        if (!parse_label(text, len, &at, name))
            return false;
    }
    return name->len < SPK_DNS_NAME_MAX;
}

/* Whether the labels from the given one on, and nothing else, are the name at an offset of the message. */
static bool is_suffix(const struct name *name, uint32_t label, const uint8_t *message, uint32_t offset, uint32_t end)
{
    struct reader reader = { .data = message, .at = offset, .end = end, .limit = offset };
    uint32_t at = name->starts[label];
    uint32_t from = 0;
    int32_t octets = 0;

    while ((octets = next_labels(&reader, &from)) > 0) {
        if ((uint32_t)octets > name->len - at || memcmp(message + from, name->octets + at, (uint32_t)octets) != 0)
            return false;
        at += (uint32_t)octets;
    }
    return octets == 0 && at == name->len;
}

/*
 * The first offset of the message where the labels from the given one on stand as a name: in one of the names written
 * before, at any of its own labels. -1: none.
 */
static int32_t find_suffix(const struct name *name, uint32_t label, const struct spk_written *before)
{
    for (uint32_t i = 0; i < before->count; i++) {
        uint32_t at = before->places[i];
        while (at <= OFFSET_MAX && at < before->len && before->message[at] >= 1 && before->message[at] <= LABEL_MAX) {
            if (is_suffix(name, label, before->message, at, before->len))
                return (int32_t)at;
            at += before->message[at] + 1U;
        }
    }
    return -1;
}

static int32_t write_name(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    struct name name;

    if (!parse(text, &name))
        return -1;
    uint32_t len = name.len;
    int32_t pointer = name.pointer;
    for (uint32_t i = 0; before != NULL && pointer < 0 && i < name.count; i++) {
        pointer = find_suffix(&name, i, before);
        len = pointer >= 0 ? name.starts[i] : len;
    }
    uint32_t bytes = len + (pointer >= 0 ? 2 : 1);
    if (bytes > size)
        return -1;
    memcpy(out, name.octets, len);
    if (pointer >= 0) {
        out[len] = (uint8_t)(POINTER | (uint32_t)pointer >> 8U);
        out[len + 1] = (uint8_t)pointer;
    } else {
        out[len] = 0;
    }
    return (int32_t)bytes;
}

static int32_t write_whole(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    (void)before;
    return write_name(text, NULL, out, size);
}

const struct spk_codec spk_dns_name = { measure, get, spell, write_name, true, made, false };
const struct spk_codec spk_dns_name_whole = { measure, get, spell, write_whole, true, made, false };
const struct spk_codec spk_dns_name_query = { measure_query, get, spell, write_name, true, made, false };
const struct spk_codec spk_dns_name_owner = { measure_owner, get, spell, write_name, true, made, false };
