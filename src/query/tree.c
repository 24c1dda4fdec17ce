/* tree: one packet as people read it: a line a layer and a field, then the bytes. */
#include "query/tree.h"
#include "packet/walk.h"
#include "query/out.h"
#include "wire/registry.h"
#include "wire/text.h"

#include "base/address.h"

#include <string.h>

enum { RAW_SHOWN = 32 }; /* bytes that no row covers are shown so far; the dump has all */

#define BOLD "\x1b[1m"
#define CYAN "\x1b[36m"
#define RED "\x1b[31m"
#define PLAIN "\x1b[0m"

struct tree {
    const struct spk_packet *packet;
    const struct spk_tree_options *options;
    struct spk_buf *out;
    unsigned indent;
    uint8_t steps[SPK_DEPTH_MAX + 1]; /* how far each open group is indented */
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

static void put_hex(struct tree *tree, uint64_t number, unsigned digits)
{
    char text[17];
    text[spk_hex_text(number, digits, text)] = '\0';
    put(tree, text);
}

static void colour(struct tree *tree, const char *code)
{
    if (tree->options->colour) {
        put(tree, code);
    }
}

static void put_indent(struct tree *tree)
{
    for (unsigned i = 0; i < tree->indent; i++) {
        put(tree, "    ");
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

static void put_value(struct tree *tree, const struct spk_row *row, const struct spk_value *value)
{
    tree->text.len = 0;
    if (!spk_text_put(&tree->text, row, value)) {
        tree->failed = true;
        return;
    }
    const uint8_t *text = tree->text.len > 0 ? tree->text.data : (const uint8_t *)"";
    /* a line break inside a value would look like a line of its own: always escaped where it is text */
    bool safe = tree->options->safe || value->kind == SPK_TEXT;
    tree->failed |=
        safe ? !spk_buf_put_safe(tree->out, text, tree->text.len) : !spk_buf_put(tree->out, text, tree->text.len);
    const char *meaning = spk_value_meaning(row, value);
    if (meaning != NULL) {
        put(tree, " (");
        put(tree, meaning);
        put(tree, ")");
    }
}

static void put_field(struct tree *tree, const struct spk_walk *walk)
{
    struct spk_value value;
    if (!spk_tree_shows(walk) || !spk_walk_value(walk, &tree->scratch, &value)) {
        return;
    }
    put_indent(tree);
    colour(tree, CYAN);
    put(tree, walk->row->name);
    colour(tree, PLAIN);
    put(tree, ": ");
    put_value(tree, walk->row, &value);
    put(tree, "\n");
}

static void put_raw(struct tree *tree, const struct spk_walk *walk)
{
    uint32_t shown = walk->len < RAW_SHOWN ? walk->len : RAW_SHOWN;
    put_indent(tree);
    put_bytes(tree, " at byte ", walk->len);
    put_uint(tree, walk->at);
    put(tree, ": ");
    for (uint32_t i = 0; i < shown; i++) {
        put_hex(tree, tree->packet->data[walk->at + i], 2);
    }
    put(tree, shown < walk->len ? "...\n" : "\n");
}

static void put_layer(struct tree *tree, const struct spk_walk *walk)
{
    const struct spk_layer *layer = &tree->packet->layers[walk->layer];
    const struct spk_proto *proto = spk_layer_proto(tree->packet, walk->layer);
    tree->indent = 0;
    colour(tree, BOLD);
    put(tree, proto->title != NULL ? proto->title : proto->name);
    colour(tree, PLAIN);
    put(tree, " (");
    put(tree, proto->name);
    put(tree, "), byte ");
    put_uint(tree, layer->at);
    put(tree, ", header ");
    put_bytes(tree, (layer->flags & SPK_LAYER_SHORT) != 0 ? ", not whole\n" : "\n", layer->hdr_len);
    tree->indent = 1;
}

/* A group's element has a line of its own; a CHOICE's group stands in the place of its row. */
static void enter(struct tree *tree, const struct spk_walk *walk, unsigned depth)
{
    bool named = walk->row->kind == SPK_GROUP;
    if (named) {
        put_indent(tree);
        colour(tree, CYAN);
        put(tree, walk->row->name != NULL ? walk->row->name : walk->in->name);
        colour(tree, PLAIN);
        if (walk->row->many != SPK_ONE) {
            put(tree, " ");
            put_uint(tree, (uint64_t)walk->index + 1);
        }
        put(tree, "\n");
    }
    tree->steps[depth] = named ? 1 : 0;
    tree->indent += tree->steps[depth];
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
        tree->indent = 0;
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

static void put_dump(struct tree *tree)
{
    const struct spk_packet *packet = tree->packet;
    for (uint32_t at = 0; at < packet->caplen; at += 16) {
        char text[17];
        put_hex(tree, at, at > 0xffff ? 8 : 4);
        put(tree, " ");
        for (uint32_t i = 0; i < 16; i++) {
            put(tree, i == 8 ? "  " : " ");
            uint8_t byte = at + i < packet->caplen ? packet->data[at + i] : 0;
            if (at + i < packet->caplen) {
                put_hex(tree, byte, 2);
                text[i] = (char)(byte >= 0x20 && byte < 0x7f ? byte : '.');
                text[i + 1] = '\0';
            } else {
                put(tree, "  ");
            }
        }
        put(tree, "  ");
        put(tree, text);
        put(tree, "\n");
    }
}

enum spk_status spk_tree_text(const struct spk_packet *packet, const struct spk_tree_options *options,
                              struct spk_out *out)
{
    struct tree tree = { .packet = packet, .options = options, .out = &out->buf };
    struct spk_walk walk;
    put_record(&tree);
    spk_walk_begin(&walk, packet);
    unsigned depth = 0;
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
            enter(&tree, &walk, depth++);
            break;
        case SPK_EVENT_LEAVE:
            tree.indent -= tree.steps[--depth];
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
        put_dump(&tree);
    }
    spk_buf_free(&tree.text);
    return tree.failed ? SPK_ERR_MEMORY : SPK_OK;
}
