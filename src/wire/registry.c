/* registry: making one, giving it back, and looking things up in it. */
#include "wire/registry.h"

#include "base/error.h"
#include "base/memory.h"
#include "wire/hints.h"

#include <stdlib.h>
#include <string.h>

enum { RELINKS_MAX = 1024 };

void spk_registry_free(struct spk_registry *registry)
{
    if (registry == NULL) {
        return;
    }
    for (uint32_t i = 0; i < registry->proto_count; i++) {
        spk_free(registry->protos[i].next);
    }
    for (uint32_t i = 0; i < registry->group_count; i++) {
        spk_free(registry->groups[i]->rows);
        spk_free(registry->groups[i]->init);
        spk_hints_free(registry->groups[i]);
        spk_free(registry->groups[i]);
    }
    spk_free(registry->protos);
    spk_free(registry->steps);
    spk_free(registry->groups);
    spk_free(registry->cases);
    spk_free(registry->fields);
    spk_free(registry->sites);
    spk_free(registry->names);
    spk_free(registry->name_slots);
    spk_free(registry->spaces);
    spk_free(registry->over);
    spk_free(registry->relinks);
    spk_free(registry->links);
    spk_free(registry->sorted_links);
    spk_free(registry->space_links);
    spk_free(registry->nothing);
    spk_free(registry->texts);
    spk_free(registry);
}

static bool is_space(const struct spk_registry *registry, const char *name)
{
    for (size_t i = 0; spk_registry_space(registry, i) != NULL; i++) {
        if (strcmp(spk_registry_space(registry, i), name) == 0) {
            return true;
        }
    }
    return false;
}

/* A registry with what base has and what comes new, not compiled yet. NULL: no memory. */
static struct spk_registry *gather(const struct spk_registry *base, const struct spk_proto *const *protos, size_t count,
                                   const struct spk_link *links, size_t link_count)
{
    size_t old = base != NULL ? base->proto_count : 0;
    size_t old_links = base != NULL ? base->relink_count : 0;
    struct spk_registry *registry = spk_alloc_zeroed(1, sizeof *registry);
    if (registry == NULL) {
        return NULL;
    }
    registry->protos = spk_alloc_zeroed(old + count, sizeof registry->protos[0]);
    registry->relinks = spk_alloc_zeroed(old_links + link_count, sizeof registry->relinks[0]);
    if (registry->protos == NULL || registry->relinks == NULL) {
        spk_registry_free(registry);
        return NULL;
    }
    for (size_t i = 0; i < old + count; i++) {
        registry->protos[i].proto = i < old ? base->protos[i].proto : protos[i - old];
    }
    for (size_t i = 0; i < old_links + link_count; i++) {
        registry->relinks[i] = i < old_links ? base->relinks[i] : links[i - old_links];
    }
    registry->inherited_count = (uint32_t)old;
    registry->proto_count = (uint32_t)(old + count);
    registry->relink_count = (uint32_t)(old_links + link_count);
    return registry;
}

static enum spk_status make(const struct spk_registry *base, const struct spk_proto *const *protos, size_t count,
                            const struct spk_link *links, size_t link_count, struct spk_registry **out,
                            struct spk_error *error)
{
    *out = NULL;
    if (count + (base != NULL ? base->proto_count : 0) > UINT16_MAX) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_LIMIT, .what = "too many protocols" });
    }
    if (link_count + (base != NULL ? base->relink_count : 0) > RELINKS_MAX) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_LIMIT, .what = "too many links" });
    }
    struct spk_registry *registry = gather(base, protos, count, links, link_count);
    if (registry == NULL) {
        return spk_no_memory(error);
    }
    enum spk_status status = spk_registry_compile(registry, error);
    if (status == SPK_OK) {
        status = spk_registry_index(registry, error);
    }
    if (status != SPK_OK) {
        spk_registry_free(registry);
        return status;
    }
    *out = registry;
    return SPK_OK;
}

enum spk_status spk_registry_new(const struct spk_registry *base, const struct spk_proto *const *protos, size_t count,
                                 struct spk_registry **out, struct spk_error *error)
{
    return make(base, protos, count, NULL, 0, out, error);
}

enum spk_status spk_registry_relink(const struct spk_registry *base, const struct spk_link *links, size_t count,
                                    struct spk_registry **out, struct spk_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (links[i].last < links[i].first || !is_space(base, links[i].space)) {
            *out = NULL;
            return spk_fail(error,
                            (struct spk_error){ .code = SPK_ERR_USAGE,
                                                .who = links[i].space,
                                                .what = "no such space, or a range that ends before it begins" });
        }
    }
    return make(base, NULL, 0, links, count, out, error);
}

size_t spk_registry_proto_count(const struct spk_registry *registry)
{
    return registry->proto_count;
}

const struct spk_proto *spk_registry_proto(const struct spk_registry *registry, size_t index)
{
    return index < registry->proto_count ? registry->protos[index].proto : NULL;
}

const struct spk_proto *spk_registry_find(const struct spk_registry *registry, const char *name)
{
    for (uint32_t i = 0; i < registry->proto_count; i++) {
        if (strcmp(registry->protos[i].proto->name, name) == 0) {
            return registry->protos[i].proto;
        }
    }
    return NULL;
}

const struct spk_proto *spk_registry_at(const struct spk_registry *registry, const char *space, uint32_t key)
{
    for (uint32_t i = 0; i < registry->space_count; i++) {
        if (strcmp(registry->spaces[i], space) == 0) {
            uint32_t proto = spk_link_look(registry, (uint16_t)i, key);
            return proto != SPK_NOWHERE ? registry->protos[proto].proto : NULL;
        }
    }
    return NULL;
}

size_t spk_registry_field_count(const struct spk_registry *registry)
{
    return registry->field_count;
}

const struct spk_field *spk_registry_field(const struct spk_registry *registry, size_t index)
{
    return index < registry->field_count ? &registry->fields[index].field : NULL;
}

const struct spk_field *spk_field_find(const struct spk_registry *registry, const char *name)
{
    const uint32_t slot = *spk_name_slot(registry, name);
    return slot != SPK_NOWHERE ? &registry->fields[registry->names[slot].field].field : NULL;
}

enum { NEAR_MAX = 64 };

unsigned spk_word_distance(const char *a, const char *b, unsigned limit)
{
    unsigned row[NEAR_MAX + 1];
    size_t n = strlen(a);
    size_t m = strlen(b);
    if (n > NEAR_MAX || m > NEAR_MAX || (n > m ? n - m : m - n) > limit) {
        return limit + 1;
    }
    for (unsigned j = 0; j <= m; j++) {
        row[j] = j;
    }
    for (unsigned i = 1; i <= n; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= m; j++) {
            unsigned above = row[j];
            unsigned best = diagonal + (a[i - 1] != b[j - 1]);
            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            diagonal = above;
            row[j] = best;
        }
    }
    return row[m];
}

/* Whether name is "something.LAST" of the same first part or not, LAST being the whole of what was typed. */
static bool ends_with_part(const char *name, const char *typed)
{
    size_t n = strlen(name);
    size_t m = strlen(typed);
    return n > m + 1 && m > 0 && name[n - m - 1] == '.' && strcmp(name + n - m, typed) == 0;
}

static bool is_before(const char *name, const char *other)
{
    return other == NULL || strcmp(name, other) < 0;
}

/* Of those that are equally near, the first by the alphabet. */
const char *spk_field_nearest(const struct spk_registry *registry, const char *name)
{
    unsigned best = (unsigned)(strlen(name) / 3 + 1);
    const char *nearest = NULL;
    const char *part = NULL;
    for (uint32_t i = 0; i < registry->name_count; i++) {
        const char *known = registry->names[i].text;
        unsigned edits = spk_word_distance(name, known, best);
        if (edits < best || (edits == best && is_before(known, nearest))) {
            best = edits;
            nearest = known;
        }
        if (ends_with_part(known, name) && is_before(known, part)) {
            part = known;
        }
    }
    return nearest != NULL ? nearest : part;
}
