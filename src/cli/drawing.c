/* drawing: a header as an SVG, four bytes a line, as RFCs draw them. */
#include "reference.h"

#include <string.h>

enum { BIT = 24, LINE = 34, LEFT = 12, TOP = 30, LETTER = 7, LEGEND_MAX = 26, LEGEND_LINE = 16, WIDE = 32 };

struct drawing {
    struct output *output;
    unsigned bit; /* of the line */
    unsigned line;
    const char *legend[LEGEND_MAX]; /* of fields too narrow for their name */
    unsigned legend_count;
};

static void put_escaped(struct output *output, const char *text)
{
    for (; *text != '\0'; text++) {
        const char plain[2] = { *text, '\0' };
        spk_cli_put(output, *text == '&'   ? "&amp;"
                            : *text == '<' ? "&lt;"
                            : *text == '>' ? "&gt;"
                            : *text == '"' ? "&quot;"
                                           : plain);
    }
}

static bool is_fixed(const struct spk_row *row)
{
    return row->bits > 0 && row->many == SPK_ONE && row->kind != SPK_GROUP && row->kind != SPK_CHOICE;
}

/* Whether so many bits have no room for their name. */
static bool is_narrow(const char *label, unsigned bits)
{
    return strlen(label) * LETTER > bits * BIT;
}

static void put_label(struct drawing *drawing, unsigned x, unsigned y, const char *text)
{
    spk_cli_put_format(drawing->output, "<text x=\"%u\" y=\"%u\">", x, y);
    put_escaped(drawing->output, text);
    spk_cli_put(drawing->output, "</text>\n");
}

/* Bits of one line. */
static void put_box(struct drawing *drawing, unsigned bits, const struct spk_row *row, const char *label, bool open)
{
    char letter[2] = { '\0', '\0' };
    unsigned x = LEFT + drawing->bit * BIT;
    unsigned y = TOP + drawing->line * LINE;
    bool maybe = row->when[0].test != SPK_ALWAYS;
    if (is_narrow(label, bits) && drawing->legend_count < LEGEND_MAX) {
        letter[0] = (char)('a' + drawing->legend_count);
        drawing->legend[drawing->legend_count++] = label;
        label = letter;
    }
    spk_cli_put_format(drawing->output, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"%s%s><title>", x, y,
                       bits * BIT, (unsigned)LINE, maybe ? " stroke-dasharray=\"4 3\"" : "",
                       row->kind == SPK_PAD ? " class=\"pad\"" : "");
    put_escaped(drawing->output, row->doc != NULL ? row->doc : "unused");
    spk_cli_put(drawing->output, "</title></rect>\n");
    put_label(drawing, x + bits * BIT / 2, y + LINE / 2 + 4, label);
    if (open) {
        put_label(drawing, x + bits * BIT - LETTER * 2, y + LINE / 2 + 4, "...");
    }
    drawing->bit += bits;
    if (drawing->bit >= WIDE) {
        drawing->bit = 0;
        drawing->line++;
    }
}

/* A row over as many lines as it takes; what has no fixed width takes the rest of one. */
static void put_row(struct drawing *drawing, const struct spk_row *row)
{
    const char *word = spk_cli_row_word(row);
    unsigned left = row->bits;
    bool fixed = is_fixed(row);
    if (row->kind == SPK_NONE && !fixed) {
        return;
    }
    word = word != NULL ? word : row->kind == SPK_PAD ? "" : "...";
    if (!fixed) {
        put_box(drawing, WIDE - drawing->bit, row, word, true);
        return;
    }
    for (bool first = true; left > 0; first = false) {
        unsigned bits = left < WIDE - drawing->bit ? left : WIDE - drawing->bit;
        put_box(drawing, bits, row, first ? word : "", false);
        left -= bits;
    }
}

/* How high all of it becomes. */
static unsigned measure(const struct spk_group *group)
{
    unsigned bits = 0;
    unsigned legend = 0;
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_row *row = &group->rows[i];
        const char *word = spk_cli_row_word(row);
        unsigned room = WIDE - bits % WIDE;
        if (row->view.op != SPK_NOT_A_VIEW || (row->kind == SPK_NONE && !is_fixed(row))) {
            continue;
        }
        room = is_fixed(row) && row->bits < room ? row->bits : room;
        legend += word != NULL && is_narrow(word, room) && legend < LEGEND_MAX;
        bits += is_fixed(row) ? row->bits : room;
    }
    return TOP + (bits + WIDE - 1) / WIDE * LINE + legend * LEGEND_LINE + 12;
}

void spk_cli_reference_svg(const struct reference *reference)
{
    const struct spk_group *group = &reference->proto->hdr;
    struct drawing drawing = { .output = reference->output };
    spk_cli_put_format(drawing.output,
                       "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" font-family=\"sans-serif\" "
                       "font-size=\"12\" text-anchor=\"middle\">\n",
                       WIDE * BIT + 2 * LEFT, measure(group));
    spk_cli_put(drawing.output, "<style>rect { fill: white; stroke: black; } .pad { fill: #ddd; }</style>\n<title>");
    put_escaped(drawing.output, reference->proto->title != NULL ? reference->proto->title : reference->proto->name);
    spk_cli_put(drawing.output, "</title>\n");
    for (unsigned bit = 0; bit < WIDE; bit++) {
        char number[4] = { (char)('0' + bit / 10), (char)('0' + bit % 10), '\0', '\0' };
        put_label(&drawing, LEFT + bit * BIT + BIT / 2, TOP - 8, bit < 10 ? number + 1 : number);
    }
    for (uint16_t i = 0; i < group->count; i++) {
        if (group->rows[i].view.op == SPK_NOT_A_VIEW) {
            put_row(&drawing, &group->rows[i]);
        }
    }
    unsigned below = TOP + (drawing.line + (drawing.bit > 0)) * LINE + 18;
    for (unsigned i = 0; i < drawing.legend_count; i++) {
        spk_cli_put_format(drawing.output, "<text x=\"%u\" y=\"%u\" text-anchor=\"start\">%c: ", (unsigned)LEFT,
                           below + i * LEGEND_LINE, 'a' + (int)i);
        put_escaped(drawing.output, drawing.legend[i]);
        spk_cli_put(drawing.output, "</text>\n");
    }
    spk_cli_put(drawing.output, "</svg>\n");
}
