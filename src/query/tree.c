/* tree: one packet as people read it: a line a layer and a field, then the bytes. */
#include "query/tree.h"
#include "packet/walk.h"
#include "packet/walk_row.h"
#include "query/out.h"
#include "wire/registry.h"
#include "wire/text.h"

#include "base/address.h"

#include <string.h>

enum {
    SHOWN = 16,     /* bytes of a value are shown so far; the dump has all */
    ROOM_LEAST = 20 /* columns for a value beside its name; where there are fewer, it begins below */
};

#define BOLD "\x1b[1m"
#define RED "\x1b[31m"
#define REVERSE "\x1b[7m"
#define PLAIN "\x1b[0m"

struct tree {
    const struct spk_packet *packet;
    const struct spk_tree_options *options;
    struct spk_buf *out;
    unsigned indent;
    uint8_t steps[SPK_DEPTH_MAX + 1]; /* how far each open group is indented */
    unsigned depth;                   /* open groups */
    unsigned marked_at;               /* depth at which a marked group was opened, from 1; 0: none is open */
    struct spk_buf marks;             /* a bit a byte of the packet: what the dump marks */
    bool failed;
    struct spk_scratch scratch;
    struct spk_buf text;
};

static void put(struct tree *tree, const char *text)
{
    tree->failed |= !spk_buf_put_text(tree->out, text);
}

static void put_uint(struct tree *tree, uint64_t number)
{
    char text[SPK_UINT_TEXT + 1];
    text[spk_uint_text(number, text)] = '\0';
    put(tree, text);
}

static void colour(struct tree *tree, const char *code)
{
    if (tree->options->colour) {
        put(tree, code);
    }
}

static void put_bytes(struct tree *tree, const char *what, uint64_t count)
{
    put_uint(tree, count);
    put(tree, count == 1 ? " byte" : " bytes");
    put(tree, what);
}

const char *spk_value_meaning(const struct spk_row *row, const struct spk_value *value)
{
    bool number =
        value->kind == SPK_UINT || value->kind == SPK_INT || value->kind == SPK_BOOL || value->kind == SPK_PAD;
    for (const struct spk_enum *name = row->names; number && name != NULL && name->name != NULL; name++) {
        if (name->value == value->u) {
            return name->name;
        }
    }
    return NULL;
}

bool spk_tree_shows(const struct spk_walk *walk)
{
    return walk->field != UINT32_MAX && walk->row->name != NULL && walk->row->view.op != SPK_VIEW_EITHER;
}

static bool is_marked_field(const struct tree *tree, uint32_t field)
{
    for (size_t i = 0; i < tree->options->mark_count; i++) {
        if (tree->options->marks[i]->index == field) {
            return true;
        }
    }
    return false;
}

/* Sets the bits of the bytes that the walk stands on. */
static void mark_bytes(struct tree *tree, const struct spk_walk *walk)
{
    size_t size = tree->packet->caplen / 8 + 1;
    if (tree->marks.len == 0) {
        uint8_t *room = spk_buf_room(&tree->marks, size);
        if (room == NULL) {
            tree->failed = true;
            return;
        }
        memset(room, 0, size);
        tree->marks.len = size;
    }
    for (uint32_t at = walk->at; at < walk->at + walk->len && at < tree->packet->caplen; at++) {
        tree->marks.data[at / 8] |= (uint8_t)(1u << (at % 8));
    }
}

/* What stands before a line: its bytes, and blanks for its depth. Gives the columns. walk NULL: a line without bytes. */
static size_t begin_line(struct tree *tree, const struct spk_walk *walk, bool marked)
{
    if (!tree->options->hex) {
        tree->failed |= !spk_buf_put_spaces(tree->out, (size_t)tree->indent * 4);
        return (size_t)tree->indent * 4;
    }
    if (walk != NULL && walk->len > 0) {
        colour(tree, spk_tree_colour(walk->layer));
        colour(tree, marked ? REVERSE : "");
        tree->failed |= !spk_tree_gutter(tree->out, tree->packet, walk->bit, walk->width, marked);
        colour(tree, PLAIN);
    } else {
        tree->failed |= !spk_buf_put_spaces(tree->out, SPK_TREE_GUTTER);
    }
    size_t indent = tree->indent > 0 ? (size_t)(tree->indent - 1) * 2 : 0;
    tree->failed |= !spk_buf_put_spaces(tree->out, indent);
    return SPK_TREE_GUTTER + indent;
}

/* Puts tree->text behind what takes so many columns already; where it is too long, in lines of its own from indent on. */
static void put_folded(struct tree *tree, size_t column, size_t indent)
{
    const uint8_t *text = tree->text.data;
    size_t len = tree->text.len;
    size_t width = tree->options->width;
    if (width > 0 && column + ROOM_LEAST > width && column + spk_utf8_columns(text, len) > width) {
        column = indent + 2;
        put(tree, "\n");
        tree->failed |= !spk_buf_put_spaces(tree->out, column);
    }
    size_t room = width == 0 ? SIZE_MAX : width > column + ROOM_LEAST ? width - column : ROOM_LEAST;
    while (len > 0) {
        size_t n = spk_utf8_fold(text, len, room);
        tree->failed |= !spk_buf_put(tree->out, text, n);
        text += n;
        len -= n;
        if (len > 0) {
            put(tree, "\n");
            tree->failed |= !spk_buf_put_spaces(tree->out, column);
        }
    }
    put(tree, "\n");
}

/* Bytes as text into tree->text: the first of them, and how many there are. */
static void make_bytes_text(struct tree *tree, const uint8_t *data, uint32_t len)
{
    const struct spk_value value = { .kind = SPK_BYTES, .data = data, .len = len < SHOWN ? len : SHOWN };
    char count[SPK_UINT_TEXT];
    tree->failed |= !spk_text_put(&tree->text, NULL, &value);
    if (len > SHOWN) {
        tree->failed |= !spk_buf_put_text(&tree->text, "... (")
                        || !spk_buf_put(&tree->text, count, spk_uint_text(len, count))
                        || !spk_buf_put_text(&tree->text, " bytes)");
    }
}

static void make_text(struct tree *tree, const struct spk_row *row, const struct spk_value *value)
{
    tree->text.len = 0;
    if (value->kind == SPK_BYTES && tree->options->hex && value->len > SHOWN) {
        make_bytes_text(tree, value->data, value->len);
        return;
    }
    tree->failed |= !spk_text_put(&tree->text, row, value);
    /* a line break inside a value would look like a line of its own: always escaped where it is text */
    if ((tree->options->safe || value->kind == SPK_TEXT) && tree->text.len > 0
        && !spk_text_is_safe(tree->text.data, tree->text.len)) {
        struct spk_buf made = tree->text;
        tree->text = (struct spk_buf){ 0 };
        tree->failed |= !spk_buf_put_safe(&tree->text, made.data, made.len);
        spk_buf_free(&made);
    }
    const char *meaning = spk_value_meaning(row, value);
    if (meaning != NULL) {
        tree->failed |= !spk_buf_put_text(&tree->text, " (") || !spk_buf_put_text(&tree->text, meaning)
                        || !spk_buf_put_text(&tree->text, ")");
    }
}

/* Whether a later row of the group shows the very same under Wireshark's name, and does so here. */
static bool has_twin(const struct spk_walk *walk)
{
    const struct spk_walk_level *level = &walk->levels[walk->depth];
    const struct spk_cgroup *group = spk_walk_group(level);
    int own = 0;
    while (own < group->count && group->rows[own].row != walk->row) {
        own++;
    }
    for (int i = own + 1; i < group->count; i++) {
        const struct spk_row *row = group->rows[i].row;
        bool same = row->view.op == SPK_VIEW_SPAN && row->view.a == own && (row->bits == 0 || row->bits == walk->width);
        bool known = row->when[0].row <= own && row->when[1].row <= own;
        if (same && known && (row->flags & SPK_OWN_NAME) == 0 && spk_walk_holds(walk->packet, level, row)) {
            return true;
        }
    }
    return false;
}

/* Names of this project that only repeat what other lines of the tree say are for those who ask for them. */
static bool is_repetition(const struct spk_walk *walk)
{
    return (walk->row->flags & SPK_OWN_NAME) != 0 && (walk->row->view.op != SPK_NOT_A_VIEW || has_twin(walk));
}

static void put_field(struct tree *tree, const struct spk_walk *walk)
{
    struct spk_value value;
    bool asked = is_marked_field(tree, walk->field);
    bool marked = asked || tree->marked_at > 0;
    if (marked) {
        mark_bytes(tree, walk);
    }
    if (!spk_tree_shows(walk) || (is_repetition(walk) && !asked) || !spk_walk_value(walk, &tree->scratch, &value)) {
        return;
    }
    size_t indent = begin_line(tree, walk, marked);
    put(tree, walk->row->name);
    put(tree, ": ");
    make_text(tree, walk->row, &value);
    put_folded(tree, indent + strlen(walk->row->name) + 2, indent);
}

static void put_raw(struct tree *tree, const struct spk_walk *walk)
{
    size_t indent = begin_line(tree, walk, false);
    size_t start = tree->out->len;
    put_bytes(tree, tree->options->hex ? "" : " at byte ", walk->len);
    if (!tree->options->hex) {
        put_uint(tree, walk->at);
    }
    put(tree, ": ");
    tree->text.len = 0;
    make_bytes_text(tree, tree->packet->data + walk->at, walk->len);
    put_folded(tree, indent + tree->out->len - start, indent);
}

static void put_layer(struct tree *tree, const struct spk_walk *walk)
{
    const struct spk_layer *layer = &tree->packet->layers[walk->layer];
    const struct spk_proto *proto = spk_layer_proto(tree->packet, walk->layer);
    colour(tree, spk_tree_colour(walk->layer));
    colour(tree, BOLD);
    put(tree, proto->title != NULL ? proto->title : proto->name);
    colour(tree, PLAIN);
    put(tree, " (");
    put(tree, proto->name);
    put(tree, layer->hdr_len > 1 ? "), bytes " : "), byte ");
    put_uint(tree, layer->at);
    if (layer->hdr_len > 1) {
        put(tree, " to ");
        put_uint(tree, layer->at + layer->hdr_len - 1);
    }
    put(tree, layer->hdr_len == 0 ? ", no header" : "");
    put(tree, (layer->flags & SPK_LAYER_SHORT) != 0 ? ", not whole\n" : "\n");
    tree->indent = 1;
}

/* A group's element has a line of its own; a CHOICE's group stands in the place of its row. */
static void enter(struct tree *tree, const struct spk_walk *walk)
{
    bool named = walk->row->kind == SPK_GROUP;
    tree->steps[tree->depth++] = named ? 1 : 0;
    if (tree->marked_at == 0 && is_marked_field(tree, walk->field)) {
        tree->marked_at = tree->depth;
    }
    if (named) {
        begin_line(tree, NULL, false);
        put(tree, walk->row->name != NULL ? walk->row->name : walk->in->name);
        if (walk->row->many != SPK_ONE) {
            put(tree, " ");
            put_uint(tree, (uint64_t)walk->index + 1);
        }
        put(tree, "\n");
        tree->indent++;
    }
}

static void leave(struct tree *tree)
{
    tree->marked_at = tree->marked_at == tree->depth ? 0 : tree->marked_at;
    tree->indent -= tree->steps[--tree->depth];
}

static void put_record(struct tree *tree)
{
    const struct spk_registry *registry = tree->packet->registry;
    struct spk_walk walk;
    for (uint32_t p = 0; p < registry->proto_count; p++) {
        const struct spk_proto *proto = registry->protos[p].proto;
        if ((proto->flags & SPK_RECORD) == 0) {
            continue;
        }
        colour(tree, BOLD);
        put(tree, proto->title != NULL ? proto->title : proto->name);
        colour(tree, PLAIN);
        put(tree, "\n");
        tree->indent = 1;
        spk_walk_record(&walk, tree->packet, p);
        for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
            if (event == SPK_EVENT_VALUE) {
                put_field(tree, &walk);
            }
        }
    }
}

const char *spk_stop_word(uint8_t reason)
{
    switch (reason) {
    case SPK_STOP_TRUNCATED:
        return "truncated";
    case SPK_STOP_MALFORMED:
        return "malformed";
    case SPK_STOP_TOO_DEEP:
        return "too many layers";
    case SPK_STOP_TOO_MUCH:
        return "too many bytes made of names";
    default:
        return "whole";
    }
}

static void put_stop(struct tree *tree, const struct spk_stop *stop)
{
    if (stop->reason == SPK_STOP_NOT) {
        return;
    }
    colour(tree, RED);
    put(tree, "[");
    put(tree, tree->packet->registry->protos[stop->proto].proto->name);
    put(tree, ": ");
    put(tree, spk_stop_word(stop->reason));
    put(tree, ", at byte ");
    put_uint(tree, stop->at);
    if (stop->row != NULL) {
        put(tree, ", ");
        put(tree, stop->row);
    }
    if (stop->need > 0 || stop->have > 0) {
        put(tree, ": needed ");
        put_uint(tree, stop->need);
        put(tree, ", had ");
        put_uint(tree, stop->have);
    }
    put(tree, "]");
    colour(tree, PLAIN);
    put(tree, "\n");
}

enum spk_status spk_tree_text(const struct spk_packet *packet, const struct spk_tree_options *options,
                              struct spk_out *out)
{
    struct tree tree = { .packet = packet, .options = options, .out = &out->buf };
    const size_t before = tree.out->len;
    struct spk_walk walk;
    put_record(&tree);
    spk_walk_begin(&walk, packet);
    tree.indent = 1;
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        switch (event) {
        case SPK_EVENT_LAYER:
            put_layer(&tree, &walk);
            break;
        case SPK_EVENT_VALUE:
            put_field(&tree, &walk);
            break;
        case SPK_EVENT_ENTER:
            enter(&tree, &walk);
            break;
        case SPK_EVENT_LEAVE:
            leave(&tree);
            break;
        default:
            put_raw(&tree, &walk);
            break;
        }
    }
    struct spk_stop stop;
    spk_packet_check(packet, &stop);
    put_stop(&tree, &stop);
    if (options->hex) {
        tree.failed |= !spk_tree_dump(tree.out, packet, tree.marks.data, options->colour);
    }
    spk_buf_free(&tree.marks);
    spk_buf_free(&tree.text);
    if (tree.failed) {
        spk_buf_cut(tree.out, before); /* there are only whole trees */
    }
    return tree.failed ? SPK_ERR_MEMORY : SPK_OK;
}
