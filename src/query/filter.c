/* filter: text to a program, and what it needs. */
#include "query/filter.h"

#include "base/error.h"
#include "base/memory.h"

#include <string.h>

bool spk_filter_fail_hint(struct filter_compiler *c, uint32_t at, uint32_t len, const char *what, const char *hint)
{
    if (c->error.code == SPK_OK) {
        c->error = (struct spk_error){ .code = SPK_ERR_USAGE, .what = what, .hint = hint };
        c->fault->at = at;
        c->fault->len = len;
    }
    return false;
}

bool spk_filter_fail(struct filter_compiler *c, uint32_t at, uint32_t len, const char *what)
{
    return spk_filter_fail_hint(c, at, len, what, NULL);
}

bool spk_filter_no_memory(struct filter_compiler *c)
{
    c->error = (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" };
    return false;
}

bool spk_filter_room(struct filter_compiler *c, void *array, uint32_t count, uint32_t *room, size_t size)
{
    void *block = NULL;
    if (count < *room) {
        return true;
    }
    memcpy(&block, array, sizeof block);
    uint32_t more = *room == 0 ? 16 : *room * 2;
    block = spk_realloc(block, more * size);
    if (block == NULL) {
        return spk_filter_no_memory(c);
    }
    memcpy(array, &block, sizeof block);
    *room = more;
    return true;
}

uint8_t *spk_filter_keep(struct filter_compiler *c, const void *bytes, uint32_t size)
{
    uint8_t *kept = c->filter->arena + c->filter->arena_used;
    if (size > 0) {
        memmove(kept, bytes, size);
    }
    c->filter->arena_used += size;
    return kept;
}

/* ---- what it needs ---- */

static void need_fields(struct spk_filter *filter)
{
    for (size_t i = 0; i < filter->fields->count; i++) {
        spk_field_wants(filter->registry, filter->fields->columns[i].field, filter->needs);
    }
}

/* A protocol, and those that are named as it is. */
static void need_proto(struct spk_filter *filter, uint32_t proto)
{
    for (uint32_t p = 0; p < filter->registry->proto_count; p++) {
        filter->needs[p] |= p == proto || filter->kin[p] == proto;
    }
}

static void need_protos(struct spk_filter *filter)
{
    for (uint32_t i = 0; i < filter->step_count; i++) {
        const struct filter_step *step = &filter->steps[i];
        if (step->code == CODE_EXISTS_PROTO || step->code == CODE_READ_PROTO) {
            need_proto(filter, step->a);
        }
    }
}

static void find_kin(struct spk_filter *filter)
{
    const struct spk_cproto *protos = filter->registry->protos;
    for (uint32_t p = 0; p < filter->registry->proto_count; p++) {
        filter->kin[p] = p;
        for (uint32_t q = 0; protos[p].proto->shows != NULL && q < filter->registry->proto_count; q++) {
            if (strcmp(protos[q].proto->name, protos[p].proto->shows) == 0) {
                filter->kin[p] = q;
            }
        }
    }
}

/* ---- compiling ---- */

static bool begin(struct filter_compiler *c)
{
    struct spk_filter *filter = c->filter;
    if (filter->registry == NULL) {
        return spk_filter_no_memory(c);
    }
    if (c->len > SPK_FILTER_TEXT_MAX) {
        return spk_filter_fail(c, SPK_FILTER_TEXT_MAX, 0, "a filter has at most 65536 bytes");
    }
    filter->text = spk_alloc(c->len + 1);
    /* no literal takes more than sixteen bytes beyond its own text */
    filter->arena = spk_alloc((size_t)c->len * 17 + 64);
    filter->needs = spk_alloc_zeroed(filter->registry->proto_count, sizeof filter->needs[0]);
    filter->kin = spk_alloc_zeroed(filter->registry->proto_count, sizeof filter->kin[0]);
    if (filter->text == NULL || filter->arena == NULL || filter->needs == NULL || filter->kin == NULL) {
        return spk_filter_no_memory(c);
    }
    find_kin(filter);
    memcpy(filter->text, c->text, c->len);
    filter->text[c->len] = '\0';
    c->text = filter->text; /* literals point into it */
    return true;
}

static bool finish(struct filter_compiler *c)
{
    struct spk_filter *filter = c->filter;
    struct spk_query_options options = { .registry = filter->registry, .decode = true };
    if (filter->name_count > UINT16_MAX
        || spk_query_new(filter->names, filter->name_count, &options, &filter->fields, &c->error) != SPK_OK) {
        return spk_filter_no_memory(c);
    }
    need_fields(filter);
    need_protos(filter);
    return spk_reach_new(filter->registry, filter->needs, &filter->reach, &c->error) == SPK_OK
           || spk_filter_no_memory(c);
}

static bool compile(struct filter_compiler *c)
{
    static const struct filter_step end = { .code = CODE_END };
    struct spk_filter *filter = c->filter;
    uint32_t root = FILTER_NOTHING;
    if (!begin(c) || !spk_filter_parse(c, &root)) {
        return false;
    }
    if (root != FILTER_NOTHING) {
        return spk_filter_check(c, root) && spk_filter_encode(c, root) && finish(c);
    }
    if (!spk_filter_room(c, &filter->steps, 0, &filter->step_room, sizeof filter->steps[0])) {
        return false;
    }
    filter->steps[filter->step_count++] = end;
    return finish(c);
}

enum spk_status spk_filter_new(const struct spk_registry *registry, const char *text, struct spk_filter **out,
                               struct spk_filter_fault *fault, struct spk_error *error)
{
    struct spk_filter_fault unasked = { 0 };
    size_t len = strlen(text);
    *out = NULL;
    struct filter_compiler c = {
        .filter = spk_alloc_zeroed(1, sizeof *c.filter),
        .text = text,
        .len = len > SPK_FILTER_TEXT_MAX ? SPK_FILTER_TEXT_MAX + 1 : (uint32_t)len,
        .fault = fault != NULL ? fault : &unasked,
    };
    *c.fault = (struct spk_filter_fault){ 0 };
    if (c.filter == NULL) {
        spk_filter_no_memory(&c);
        return spk_fail(error, c.error);
    }
    c.filter->registry = registry != NULL ? registry : spk_registry_default();
    bool good = compile(&c);
    spk_free(c.nodes);
    if (good) {
        *out = c.filter;
        return SPK_OK;
    }
    spk_filter_free(c.filter);
    if (c.error.code == SPK_ERR_USAGE) {
        c.error.who = text;
        c.error.hint = fault != NULL || c.error.hint != unasked.detail ? c.error.hint : NULL;
    }
    return spk_fail(error, c.error);
}

void spk_filter_free(struct spk_filter *filter)
{
    if (filter == NULL) {
        return;
    }
    for (uint32_t i = 0; i < filter->regex_count; i++) {
        spk_filter_regex_free(filter->regexes[i]);
    }
    spk_query_free(filter->fields);
    spk_free(filter->text);
    spk_free(filter->arena);
    spk_free(filter->ranges);
    spk_free(filter->constants);
    spk_free(filter->names);
    spk_free(filter->steps);
    spk_free(filter->args);
    spk_free(filter->regexes);
    spk_free(filter->needs);
    spk_free(filter->kin);
    spk_reach_free(filter->reach);
    spk_free(filter);
}

const char *spk_filter_text(const struct spk_filter *filter)
{
    return filter->text;
}

const bool *spk_filter_needs(const struct spk_filter *filter)
{
    return filter->needs;
}
