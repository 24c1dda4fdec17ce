/* tree_bytes: the bytes of a packet beside the tree's lines, and below them as a hex dump. */
#include "query/tree.h"

#include "query/out.h"

#include "base/address.h"

#include <string.h>

enum {
    PLACE = 5,       /* columns of a byte's number and the blank behind it */
    BITS_SHOWN = 16, /* bits of a field that does not end at bytes are shown as such, when they are in so few */
    BYTES_SHOWN = 6, /* as wide as those: the first of longer ones */
    BYTES_WIDE = 19, /* columns for either */
    ROW = 16         /* bytes in a row of the dump */
};

const char *spk_tree_colour(unsigned layer)
{
    static const char *const colours[] = { "\x1b[36m", "\x1b[32m", "\x1b[33m", "\x1b[35m", "\x1b[34m" };
    return colours[layer % SPK_COUNT_OF(colours)];
}

/* The lower of so many hexadecimal digits. */
static size_t put_digits(char *text, uint64_t number, unsigned digits)
{
    return spk_hex_text(number, digits, text);
}

/* ".... .101 0000 0000": the bits from first on, width of them, of the bytes they are in. */
static size_t put_bits(char *text, const uint8_t *data, uint32_t first, uint32_t width)
{
    size_t len = 0;
    uint32_t end = (first + width + 7) / 8 * 8;
    for (uint32_t bit = first / 8 * 8; bit < end; bit++) {
        bool inside = bit >= first && bit < first + width;
        text[len++] = !inside ? '.' : (data[bit / 8] >> (7 - bit % 8) & 1) != 0 ? '1' : '0';
        if (bit % 4 == 3 && bit + 1 < end) {
            text[len++] = ' ';
        }
    }
    return len;
}

static size_t put_bytes(char *text, const uint8_t *data, uint32_t count)
{
    size_t len = 0;
    for (uint32_t i = 0; i < count && i < BYTES_SHOWN; i++) {
        if (i > 0) {
            text[len++] = ' ';
        }
        len += put_digits(text + len, data[i], 2);
    }
    if (count > BYTES_SHOWN) {
        text[len++] = '.';
        text[len++] = '.';
    }
    return len;
}

bool spk_tree_gutter(struct spk_buf *out, const struct spk_packet *packet, uint32_t bit, uint32_t width, bool marked)
{
    char text[SPK_TREE_GUTTER];
    uint32_t at = bit / 8;
    memset(text, ' ', sizeof text);
    if (width > 0 && at < packet->caplen) {
        uint32_t count = (bit + width + 7) / 8 - at;
        uint32_t captured = packet->caplen - at < count ? packet->caplen - at : count;
        bool bits = (bit % 8 != 0 || width % 8 != 0) && count * 8 <= BITS_SHOWN && captured == count;
        put_digits(text, at, 4);
        char *bytes = text + PLACE + 1;
        size_t len = bits ? put_bits(bytes, packet->data, bit, width) : put_bytes(bytes, packet->data + at, captured);
        if (marked) {
            bytes[-1] = '[';
            bytes[len] = ']';
        }
    }
    return spk_buf_put(out, text, sizeof text);
}

/* ---- the dump ---- */

/* What a byte of the dump looks like. */
struct look {
    const char *colour; /* NULL: the terminal's own */
    bool marked;
};

static bool is_marked(const uint8_t *marks, uint32_t at)
{
    return marks != NULL && (marks[at / 8] >> (at % 8) & 1) != 0;
}

/* The innermost header that a byte stands in gives the colour. */
static struct look look_of(const struct spk_packet *packet, const uint8_t *marks, bool colour, uint32_t at)
{
    struct look look = { .marked = is_marked(marks, at) };
    for (unsigned i = packet->count; colour && i-- > 0 && look.colour == NULL;) {
        const struct spk_layer *layer = &packet->layers[i];
        look.colour = at >= layer->at && at - layer->at < layer->hdr_len ? spk_tree_colour(i) : NULL;
    }
    return look;
}

/* Puts a byte's text as it looks. */
static bool put_looking(struct spk_buf *out, const struct look *look, bool colour, const char *text, size_t len)
{
    const char *before = look->colour != NULL ? look->colour : "";
    bool any = colour && (look->colour != NULL || look->marked);
    return (!any || (spk_buf_put_text(out, before) && (!look->marked || spk_buf_put_text(out, "\x1b[7m"))))
           && spk_buf_put(out, text, len) && (!any || spk_buf_put_text(out, "\x1b[0m"));
}

/* What stands before byte i of a row: brackets around marked ones take the place of blanks. */
static bool put_gap(struct spk_buf *out, uint32_t i, bool before, bool marked)
{
    char gap[2] = { ' ', ' ' };
    size_t len = i == ROW / 2 ? 2 : 1;
    if (before && !marked) {
        gap[0] = ']';
    } else if (!before && marked) {
        gap[len - 1] = '[';
    }
    return spk_buf_put(out, gap, len);
}

static bool put_row(struct spk_buf *out, const struct spk_packet *packet, const uint8_t *marks, bool colour,
                    uint32_t at)
{
    char text[17];
    uint32_t count = packet->caplen - at < ROW ? packet->caplen - at : ROW;
    bool before = false;
    bool ok = spk_buf_put(out, text, put_digits(text, at, at > 0xffff ? 8 : 4)) && spk_buf_put_byte(out, ' ');
    for (uint32_t i = 0; i < count && ok; i++) {
        struct look look = look_of(packet, marks, colour, at + i);
        ok = put_gap(out, i, before, look.marked)
             && put_looking(out, &look, colour, text, put_digits(text, packet->data[at + i], 2));
        before = look.marked;
    }
    size_t blanks = (size_t)(ROW - count) * 3 + (count <= ROW / 2) + 1;
    ok = ok && spk_buf_put_byte(out, before ? ']' : ' ') && spk_buf_put_spaces(out, blanks);
    for (uint32_t i = 0; i < count && ok; i++) {
        struct look look = look_of(packet, marks, colour, at + i);
        uint8_t byte = packet->data[at + i];
        text[0] = (char)(byte >= 0x20 && byte < 0x7f ? byte : '.');
        ok = put_looking(out, &look, colour, text, 1);
    }
    return ok && spk_buf_put_byte(out, '\n');
}

bool spk_tree_dump(struct spk_buf *out, const struct spk_packet *packet, const uint8_t *marks, bool colour)
{
    bool ok = packet->caplen == 0 || spk_buf_put_byte(out, '\n');
    for (uint32_t at = 0; at < packet->caplen && ok; at += ROW) {
        ok = put_row(out, packet, marks, colour, at);
    }
    return ok;
}
