/* reference_json: a protocol as data: every group with its rows, as they stand in the tables. */
#include "reference.h"

#include <string.h>

static void put_int(struct spk_json *json, const char *name, int64_t number)
{
    static const struct spk_row plain = { .kind = SPK_INT, .bits = 64 };
    const struct spk_value value = { .kind = SPK_INT, .u = (uint64_t)number };
    spk_json_name(json, name);
    spk_json_value(json, &plain, &value);
}

static void put_text(struct spk_json *json, const char *name, const char *text)
{
    if (text != NULL) {
        spk_json_name(json, name);
        spk_json_text(json, text);
    }
}

static void put_word(struct spk_json *json, const char *name, const char *const *words, size_t count, size_t index)
{
    put_text(json, name, index < count ? words[index] : NULL);
}

static void put_ref(struct spk_json *json, const char *name, const struct spk_ref *ref)
{
    if (ref->mul == 0) {
        return;
    }
    spk_json_name(json, name);
    spk_json_object(json);
    put_int(json, "row", ref->row);
    put_int(json, "times", ref->mul);
    put_int(json, "plus", ref->add);
    spk_json_end(json);
}

static void put_when(struct spk_json *json, const struct spk_when *whens)
{
    static const char *const tests[] = { "always", "eq", "ne", "ge", "le", "absent", "room" };
    if (whens[0].test == SPK_ALWAYS && whens[1].test == SPK_ALWAYS) {
        return;
    }
    spk_json_name(json, "when");
    spk_json_list(json);
    for (int i = 0; i < 2; i++) {
        if (whens[i].test != SPK_ALWAYS) {
            spk_json_object(json);
            put_word(json, "test", tests, SPK_COUNT_OF(tests), whens[i].test);
            put_int(json, "row", whens[i].row);
            put_int(json, "mask", whens[i].mask);
            put_int(json, "value", whens[i].value);
            spk_json_end(json);
        }
    }
    spk_json_end(json);
}

static void put_view(struct spk_json *json, const struct spk_view *view)
{
    static const char *const ops[] = { "none", "span", "either", "scale", "call" };
    if (view->op == SPK_NOT_A_VIEW) {
        return;
    }
    spk_json_name(json, "view");
    spk_json_object(json);
    put_word(json, "shows", ops, SPK_COUNT_OF(ops), view->op);
    if (view->op != SPK_VIEW_CALL) {
        put_int(json, "row", view->a);
    }
    if (view->op == SPK_VIEW_EITHER) {
        put_int(json, "other", view->b);
    }
    if (view->op == SPK_VIEW_SCALE) {
        put_int(json, "times", view->mul);
        put_int(json, "plus", view->add);
    }
    spk_json_end(json);
}

static void put_cases(struct spk_json *json, const struct spk_row *row)
{
    put_int(json, "key", row->key);
    spk_json_name(json, "cases");
    spk_json_list(json);
    for (const struct spk_case *one = row->cases; one->in != NULL; one++) {
        spk_json_object(json);
        put_int(json, "from", one->key);
        put_int(json, "to", one->last > one->key ? one->last : one->key);
        put_text(json, "group", one->in->name);
        spk_json_end(json);
    }
    spk_json_end(json);
}

static void put_values(struct spk_json *json, const struct spk_enum *names)
{
    if (names == NULL) {
        return;
    }
    spk_json_name(json, "values");
    spk_json_list(json);
    for (; names->name != NULL; names++) {
        spk_json_object(json);
        spk_json_name(json, "value");
        spk_json_uint(json, names->value);
        put_text(json, "name", names->name);
        spk_json_end(json);
    }
    spk_json_end(json);
}

static void put_row(struct spk_json *json, const struct spk_row *row)
{
    static const char *const kinds[] = { "pad",   "uint", "int",  "bool", "ip4",   "ip6",   "mac",
                                         "bytes", "text", "none", "time", "delta", "group", "choice" };
    static const char *const repeats[] = { "once", "count", "fill", "until" };
    spk_json_object(json);
    put_text(json, "name", row->name);
    put_text(json, "word", spk_cli_row_word(row));
    put_text(json, "aliases", row->also);
    put_text(json, "doc", row->doc);
    put_word(json, "kind", kinds, SPK_COUNT_OF(kinds), row->kind);
    put_text(json, "type", spk_cli_row_type(row));
    put_int(json, "bits", row->bits);
    put_word(json, "repeats", repeats, SPK_COUNT_OF(repeats), row->many);
    put_ref(json, "size", &row->size);
    put_ref(json, "count", &row->n);
    put_when(json, row->when);
    put_view(json, &row->view);
    if ((row->flags & SPK_LITTLE) != 0) {
        spk_json_name(json, "little_endian");
        spk_json_bool(json, true);
    }
    if (row->codec != NULL) {
        spk_json_name(json, "codec");
        spk_json_bool(json, true);
    }
    if (row->init != 0) {
        spk_json_name(json, "begins_as");
        spk_json_uint(json, row->init);
    }
    if (row->kind == SPK_GROUP && row->in != NULL) {
        put_text(json, "group", row->in->name);
    }
    if (row->kind == SPK_CHOICE && row->cases != NULL) {
        put_cases(json, row);
    }
    put_values(json, row->names);
    spk_json_end(json);
}

static void put_keys(struct spk_json *json, const struct spk_proto *proto)
{
    spk_json_name(json, "sits");
    spk_json_list(json);
    for (const struct spk_sit *sit = proto->sits; sit != NULL && sit->space != NULL; sit++) {
        spk_json_object(json);
        put_text(json, "space", sit->space);
        put_int(json, "key", sit->key);
        spk_json_end(json);
    }
    spk_json_end(json);
    spk_json_name(json, "opens");
    spk_json_list(json);
    for (const struct spk_next *next = proto->next; next != NULL && next->space != NULL; next++) {
        spk_json_text(json, next->space);
    }
    spk_json_end(json);
}

void spk_cli_reference_json(const struct reference *reference)
{
    static const char *const extents[] = { "rows", "length", "rest" };
    static const char *const covered[] = { "nothing", "header", "all", "pseudo", "pseudo6" };
    const struct spk_proto *proto = reference->proto;
    struct spk_json json = { .out = reference->output->text };
    struct groups groups;
    spk_json_object(&json);
    put_text(&json, "name", proto->name);
    put_text(&json, "class", proto->pyclass);
    put_text(&json, "title", proto->title);
    put_text(&json, "specification", proto->spec);
    put_text(&json, "origin", reference->origin);
    put_keys(&json, proto);
    put_word(&json, "extent", extents, SPK_COUNT_OF(extents), proto->extent);
    put_ref(&json, "header_bytes", &proto->hlen);
    put_ref(&json, "bytes", &proto->len);
    put_word(&json, "checksum_covers", covered, SPK_COUNT_OF(covered), proto->covers);
    if (proto->covers != SPK_COVERS_NOTHING) {
        put_int(&json, "checksum", proto->csum);
    }
    spk_cli_groups(proto, &groups);
    spk_json_name(&json, "groups");
    spk_json_list(&json);
    for (size_t i = 0; i < groups.count; i++) {
        spk_json_object(&json);
        put_text(&json, "name", groups.items[i]->name);
        spk_json_name(&json, "rows");
        spk_json_list(&json);
        for (uint16_t k = 0; k < groups.items[i]->count; k++) {
            put_row(&json, &groups.items[i]->rows[k]);
        }
        spk_json_end(&json);
        spk_json_end(&json);
    }
    spk_json_end(&json);
    spk_json_end(&json);
    spk_cli_put(reference->output, "\n");
    if (json.failed && reference->output->code == DONE) {
        reference->output->code = spk_cli_no_memory();
    }
}
