/*
 * dissector: a protocol as a dissector for Wireshark, in Lua: its rows as tables, and what rows mean from
 * template/dissector.lua. What functions of C do (codecs, computed views) has no translation; a codec ends what is taken
 * apart.
 */
#include "reference.h"

#include "catalog.h"
#include "dissector_text.h"

#include <inttypes.h>
#include <string.h>

static void put_quoted(struct output *output, const char *text)
{
    spk_cli_put(output, "\"");
    for (; *text != '\0'; text++) {
        const char plain[2] = { *text, '\0' };
        spk_cli_put(output, *text == '"' ? "\\\"" : *text == '\\' ? "\\\\" : *text == '\n' ? "\\n" : plain);
    }
    spk_cli_put(output, "\"");
}

/* Wireshark knows the library's protocols itself and takes no name twice. */
static const char *prefix_of(const struct reference *reference)
{
    return reference->origin == NULL ? "steelpkt." : "";
}

/* The function that makes the field; NULL: it is not shown. */
static const char *field_maker(const struct spk_row *row)
{
    static const char *const numbers[] = { "uint8", "uint16", "uint24", "uint32", "uint64" };
    unsigned bytes = row->bits <= 8 ? 0 : row->bits <= 16 ? 1 : row->bits <= 24 ? 2 : row->bits <= 32 ? 3 : 4;
    if (row->name == NULL || row->view.op == SPK_VIEW_CALL || (row->flags & SPK_TUTORIAL) != 0) {
        return NULL;
    }
    switch (row->kind) {
    case SPK_PAD:
    case SPK_UINT:
        return numbers[row->bits == 0 ? 3 : bytes];
    case SPK_INT:
        return numbers[row->bits == 0 ? 3 : bytes] + 1;
    case SPK_BOOL:
        return "bool";
    case SPK_IP4:
        return "ipv4";
    case SPK_IP6:
        return "ipv6";
    case SPK_MAC:
        return "ether";
    case SPK_TEXT:
        return "string";
    case SPK_NONE:
    case SPK_GROUP:
    case SPK_CHOICE:
        return "none";
    default:
        return "bytes";
    }
}

static void put_field(const struct reference *reference, const struct spk_row *row)
{
    struct output *output = reference->output;
    const char *maker = field_maker(row);
    bool number = row->kind == SPK_UINT || row->kind == SPK_PAD || row->kind == SPK_INT;
    if (maker == NULL) {
        return;
    }
    /* rows of one name are one field; the first of them makes it */
    spk_cli_put_format(output, "fields[\"%s\"] = fields[\"%s\"] or ProtoField.%s(\"%s%s\", ", row->name, row->name,
                       maker, prefix_of(reference), row->name);
    put_quoted(output, spk_cli_row_word(row));
    if (number) {
        spk_cli_put(output, row->base == SPK_HEX && row->kind != SPK_INT ? ", base.HEX" : ", base.DEC");
        spk_cli_put(output, row->names != NULL ? ", {" : "");
        for (const struct spk_enum *one = row->names; one != NULL && one->name != NULL; one++) {
            spk_cli_put_format(output, " [%" PRIu64 "] = ", one->value);
            put_quoted(output, one->name);
            spk_cli_put(output, ",");
        }
        spk_cli_put(output, row->names != NULL ? " }" : "");
    }
    spk_cli_put(output, ")\n");
}

static void put_ref(struct output *output, const char *name, const struct spk_ref *ref)
{
    if (ref->mul != 0) {
        spk_cli_put_format(output, ", %s = { %d, %d, %ld }", name, ref->row + 1, ref->mul, (long)ref->add);
    }
}

static void put_when(struct output *output, const char *name, const struct spk_when *whens, size_t count)
{
    static const char *const tests[] = { "always", "eq", "ne", "ge", "le", "absent", "room" };
    bool open = false;
    for (size_t i = 0; i < count; i++) {
        if (whens[i].test != SPK_ALWAYS && whens[i].test < SPK_COUNT_OF(tests)) {
            spk_cli_put_format(output, "%s%s%s{ \"%s\", %d, %" PRIu32 ", %" PRIu32 " }", open ? "" : ", ",
                               open ? ", " : name, open ? "" : " = { ", tests[whens[i].test], whens[i].row + 1,
                               whens[i].mask, whens[i].value);
            open = true;
        }
    }
    spk_cli_put(output, open ? " }" : "");
}

static size_t index_of(const struct groups *groups, const struct spk_group *group)
{
    size_t i = 0;
    while (i < groups->count && groups->items[i] != group) {
        i++;
    }
    return i + 1;
}

static void put_row(struct output *output, const struct groups *groups, const struct spk_row *row)
{
    static const char *const kinds[] = { "pad",   "uint", "int",  "bool",  "ip4",   "ip6",   "mac",
                                         "bytes", "text", "none", "bytes", "bytes", "group", "bytes" };
    static const char *const repeats[] = { "", "count", "fill", "until" };
    static const char *const views[] = { "", "span", "either", "scale", "call" };
    spk_cli_put_format(output, "    { kind = \"%s\", bits = %u", kinds[row->kind], row->bits);
    if (field_maker(row) != NULL) {
        spk_cli_put_format(output, ", field = fields[\"%s\"]", row->name);
    }
    if (row->view.op != SPK_NOT_A_VIEW) {
        spk_cli_put_format(output, ", view = \"%s\", a = %d, b = %d, mul = %ld, add = %ld", views[row->view.op],
                           row->view.a + 1, row->view.b + 1, (long)row->view.mul, (long)row->view.add);
    }
    if (row->many != SPK_ONE) {
        spk_cli_put_format(output, ", many = \"%s\", n = { %d, %d, %ld }", repeats[row->many], row->n.row + 1,
                           row->n.mul, (long)row->n.add);
    }
    put_ref(output, "size", &row->size);
    put_when(output, "when", row->when, SPK_COUNT_OF(row->when));
    spk_cli_put(output, (row->flags & SPK_LITTLE) != 0 ? ", little = true" : "");
    spk_cli_put(output, row->codec != NULL ? ", codec = true" : "");
    if (row->kind == SPK_GROUP && row->in != NULL) {
        spk_cli_put_format(output, ", group = groups[%zu]", index_of(groups, row->in));
    }
    if (row->kind == SPK_CHOICE && row->cases != NULL) {
        spk_cli_put_format(output, ", key = %d, cases = {", row->key + 1);
        for (const struct spk_case *one = row->cases; one->in != NULL; one++) {
            spk_cli_put_format(output, " { %" PRIu32 ", %" PRIu32 ", groups[%zu] },", one->key,
                               one->last > one->key ? one->last : one->key, index_of(groups, one->in));
        }
        spk_cli_put(output, " }");
    }
    spk_cli_put(output, " },\n");
}

static void put_nexts(struct output *output, const struct spk_proto *proto)
{
    spk_cli_put(output, "    next = {\n");
    for (const struct spk_next *next = proto->next; next != NULL && next->space != NULL; next++) {
        int keys = next->pick == SPK_PICK_ROW ? 1 : next->pick == SPK_PICK_LOWER ? 2 : 0;
        if (keys > 0) {
            spk_cli_put_format(output, "        { space = \"%s\", keys = { %d", next->space, next->keys[0] + 1);
            if (keys == 2) {
                spk_cli_put_format(output, ", %d", next->keys[1] + 1);
            }
            spk_cli_put(output, " }");
            put_when(output, "when", next->when, SPK_COUNT_OF(next->when));
            spk_cli_put(output, " },\n");
        }
    }
    spk_cli_put(output, "    },\n");
}

static void put_facts(struct output *output, const struct spk_proto *proto)
{
    spk_cli_put(output, "local facts = {\n    sits = {");
    for (const struct spk_sit *sit = proto->sits; sit != NULL && sit->space != NULL; sit++) {
        if (strcmp(sit->space, "link") != 0) { /* Wireshark numbers link types otherwise */
            spk_cli_put_format(output, " { \"%s\", %" PRIu32 " },", sit->space, sit->key);
        }
    }
    spk_cli_put(output, " },\n");
    put_nexts(output, proto);
    spk_cli_put_format(output, "    rest = %s", proto->extent == SPK_EXTENT_REST ? "true" : "false");
    if (proto->extent == SPK_EXTENT_REF) {
        put_ref(output, "hlen", &proto->hlen);
    }
    put_ref(output, "len", &proto->len);
    put_when(output, "len_when", &proto->len_when, 1);
    spk_cli_put(output, ",\n}\n");
}

void spk_cli_reference_lua(const struct reference *reference)
{
    struct output *output = reference->output;
    const struct spk_proto *proto = reference->proto;
    struct groups groups;
    spk_cli_groups(proto, &groups);
    spk_cli_put_format(output, "-- %s: a dissector for Wireshark, made by steelpkt from the protocol's rows.\n",
                       spk_cli_proto_title(proto));
    spk_cli_put_format(output, "-- tshark -X lua_script:%s.lua -r FILE\n\n", proto->name);
    spk_cli_put_format(output, "local protocol = Proto(\"%s%s\", \"%s\" .. ", prefix_of(reference), proto->name,
                       prefix_of(reference));
    put_quoted(output, spk_cli_proto_title(proto));
    spk_cli_put(output, ")\nlocal fields, groups = {}, {}\n");
    for (size_t i = 0; i < groups.count; i++) {
        for (uint16_t k = 0; k < groups.items[i]->count; k++) {
            put_field(reference, &groups.items[i]->rows[k]);
        }
    }
    spk_cli_put(output, "protocol.fields = fields\n\n");
    for (size_t i = 0; i < groups.count; i++) {
        spk_cli_put_format(output, "groups[%zu] = { name = ", i + 1);
        put_quoted(output, groups.items[i]->name);
        spk_cli_put(output, " }\n");
    }
    for (size_t i = 0; i < groups.count; i++) {
        spk_cli_put_format(output, "groups[%zu].rows = {\n", i + 1);
        for (uint16_t k = 0; k < groups.items[i]->count; k++) {
            put_row(output, &groups, &groups.items[i]->rows[k]);
        }
        spk_cli_put(output, "}\n");
    }
    spk_cli_put(output, "local header = groups[1]\n");
    put_facts(output, proto);
    for (const char *const *line = template_dissector_lua; *line != NULL; line++) {
        spk_cli_put(output, *line);
    }
}
