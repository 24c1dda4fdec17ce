/*
 * links: who sits at which key of which space. The protocols' tables say it; a registry may be told otherwise for some keys
 * ("decode as"). Where a protocol has two keys (ports) and the lower counts first, one that was told counts before both:
 * its space gets a second one, laid over it, that is asked first.
 */
#include "base/error.h"
#include "base/memory.h"
#include "wire/registry.h"

#include <stdlib.h>
#include <string.h>

#define RELINKED_KEYS_MAX (1u << 18)
#define NAME_MAX_LEN 63u

uint16_t spk_space_index(struct spk_registry *registry, const char *name)
{
    for (uint32_t i = 0; i < registry->space_count; i++) {
        const char *known = registry->spaces[i];
        const char *given = name;
        while (*known != '\0' && *known == *given) {
            known++;
            given++;
        }
        if (*known == *given) {
            return (uint16_t)i;
        }
    }
    registry->spaces[registry->space_count] = name;
    return (uint16_t)registry->space_count++;
}

static uint64_t relinked_keys(const struct spk_registry *registry)
{
    uint64_t keys = 0;
    for (uint32_t i = 0; i < registry->relink_count; i++) {
        keys += (uint64_t)registry->relinks[i].last - registry->relinks[i].first + 1;
    }
    return keys;
}

enum spk_status spk_links_reserve(struct spk_registry *registry, struct spk_error *error)
{
    uint32_t spaces = 1 + 2 * registry->relink_count;
    uint64_t keys = relinked_keys(registry);
    uint32_t links = 0;
    if (keys > RELINKED_KEYS_MAX) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_LIMIT,
                                                   .what = "too many keys are decoded as something else",
                                                   .need = keys,
                                                   .have = RELINKED_KEYS_MAX });
    }
    for (uint32_t p = 0; p < registry->proto_count; p++) {
        const struct spk_proto *proto = registry->protos[p].proto;
        for (const struct spk_sit *sit = proto->sits; sit != NULL && sit->space != NULL; sit++) {
            spaces++;
            links++;
        }
        for (const struct spk_next *next = proto->next; next != NULL && next->space != NULL; next++) {
            spaces++;
        }
        spaces += proto->tail_at != NULL;
    }
    links += 2 * (uint32_t)keys;
    uint32_t size = 64;
    while (size < links * 4) {
        size *= 2;
    }
    registry->spaces = spk_alloc_zeroed(spaces, sizeof registry->spaces[0]);
    registry->over = spk_alloc_zeroed(spaces, sizeof registry->over[0]);
    registry->links = spk_alloc_zeroed(size, sizeof registry->links[0]);
    registry->link_mask = size - 1;
    registry->raw_proto = SPK_NOWHERE;
    if (registry->spaces == NULL || registry->over == NULL || registry->links == NULL) {
        return spk_no_memory(error);
    }
    registry->link_space = spk_space_index(registry, "link"); /* index 0, which is laid over nothing */
    for (uint32_t i = 0; i < registry->relink_count; i++) {
        uint16_t space = spk_space_index(registry, registry->relinks[i].space);
        if (registry->over[space] == 0) {
            registry->over[space] = (uint16_t)registry->space_count;
            registry->spaces[registry->space_count++] = "";
        }
    }
    return SPK_OK;
}

/* False: somebody sits there already. */
static bool put_link(struct spk_registry *registry, uint16_t space, uint32_t key, uint32_t proto)
{
    if (spk_link_look(registry, space, key) != SPK_NOWHERE) {
        return false;
    }
    uint64_t entry = spk_link_entry(space, key, proto);
    uint32_t slot = spk_link_slot(entry) & registry->link_mask;
    while (registry->links[slot] != 0) {
        slot = (slot + 1) & registry->link_mask;
    }
    registry->links[slot] = entry;
    return true;
}

static uint32_t proto_index(const struct spk_registry *registry, const struct spk_proto *proto)
{
    for (uint32_t p = 0; p < registry->proto_count; p++) {
        if (registry->protos[p].proto == proto) {
            return p;
        }
    }
    return SPK_NOWHERE;
}

/* From the last to the first, since who comes later wins. */
static enum spk_status put_relinks(struct spk_registry *registry, struct spk_error *error)
{
    for (uint32_t i = registry->relink_count; i-- > 0;) {
        const struct spk_link *link = &registry->relinks[i];
        uint16_t space = spk_space_index(registry, link->space);
        uint32_t proto = proto_index(registry, link->proto);
        if (proto == SPK_NOWHERE || (link->proto->flags & SPK_RECORD) != 0) {
            return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE,
                                                       .who = link->proto->name,
                                                       .what = "no protocol of this registry that bytes could be" });
        }
        for (uint64_t key = link->first; key <= link->last; key++) {
            put_link(registry, space, (uint32_t)key, proto);
            put_link(registry, registry->over[space], (uint32_t)key, proto);
        }
    }
    return SPK_OK;
}

static bool is_relinked(const struct spk_registry *registry, uint16_t space, uint32_t key)
{
    return registry->over[space] != 0 && spk_link_look(registry, registry->over[space], key) != SPK_NOWHERE;
}

static int by_entry(const void *a, const void *b)
{
    uint64_t left;
    uint64_t right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return left < right ? -1 : left > right;
}

static enum spk_status sort_links(struct spk_registry *registry, struct spk_error *error)
{
    registry->sorted_links = spk_alloc_zeroed((size_t)registry->link_mask + 1, sizeof registry->sorted_links[0]);
    registry->space_links = spk_alloc_zeroed(registry->space_count + 1u, sizeof registry->space_links[0]);
    if (registry->sorted_links == NULL || registry->space_links == NULL) {
        return spk_no_memory(error);
    }
    registry->link_count = 0;
    for (uint32_t i = 0; i <= registry->link_mask; i++) {
        if (registry->links[i] != 0) {
            registry->sorted_links[registry->link_count++] = registry->links[i];
        }
    }
    qsort(registry->sorted_links, registry->link_count, sizeof registry->sorted_links[0], by_entry);
    uint32_t at = 0;
    for (uint32_t space = 0; space <= registry->space_count; space++) {
        while (at < registry->link_count && registry->sorted_links[at] < spk_link_entry((uint16_t)space, 0, 0)) {
            at++;
        }
        registry->space_links[space] = at;
    }
    return SPK_OK;
}

enum spk_status spk_links_make(struct spk_registry *registry, struct spk_error *error)
{
    enum spk_status status = put_relinks(registry, error);
    for (uint32_t p = 0; p < registry->proto_count && status == SPK_OK; p++) {
        const struct spk_proto *proto = registry->protos[p].proto;
        for (const struct spk_sit *sit = proto->sits; sit != NULL && sit->space != NULL; sit++) {
            uint16_t space = spk_space_index(registry, sit->space);
            if (!is_relinked(registry, space, sit->key) && !put_link(registry, space, sit->key, p)) {
                return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE,
                                                           .who = proto->name,
                                                           .what = "another protocol sits at that key" });
            }
        }
        if ((proto->flags & SPK_RAW) != 0) {
            registry->raw_proto = p;
        }
    }
    return status == SPK_OK ? sort_links(registry, error) : status;
}

const uint64_t *spk_space_links(const struct spk_registry *registry, uint16_t space, uint32_t *count)
{
    *count = registry->space_links[space + 1] - registry->space_links[space];
    return registry->sorted_links + registry->space_links[space];
}

const char *spk_registry_space(const struct spk_registry *registry, size_t index)
{
    for (uint32_t i = 0; i < registry->space_count; i++) {
        if (registry->spaces[i][0] != '\0' && index-- == 0) {
            return registry->spaces[i];
        }
    }
    return NULL;
}

static bool sits_in(const struct spk_proto *proto, const char *space)
{
    for (const struct spk_sit *sit = proto->sits; sit != NULL && sit->space != NULL; sit++) {
        if (strcmp(sit->space, space) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a protocol that nobody sees sits in the space and frames another: DNS over TCP has its lengths. */
static bool frames(const struct spk_proto *frame, const struct spk_proto *proto, const char *space)
{
    bool leads = false;
    for (const struct spk_next *next = frame->next; next != NULL && next->space != NULL; next++) {
        leads = leads || sits_in(proto, next->space);
    }
    return leads && (frame->flags & SPK_QUIET) != 0 && sits_in(frame, space);
}

/* The protocol of that name as it stands in the space. */
static const struct spk_proto *find_proto(const struct spk_registry *registry, const char *name, const char *space)
{
    const struct spk_proto *named = spk_registry_find(registry, name);
    if (named == NULL || sits_in(named, space)) {
        return named;
    }
    for (uint32_t p = 0; p < registry->proto_count; p++) {
        if (frames(registry->protos[p].proto, named, space)) {
            return registry->protos[p].proto;
        }
    }
    return named;
}

static enum spk_status refuse(struct spk_error *error, const char *text, const char *what, const char *hint)
{
    return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE, .who = text, .what = what, .hint = hint });
}

/* A number as C writes it, of 32 bits; *text is moved behind it. */
static bool read_key(const char **text, uint32_t *key)
{
    char *end = NULL;
    if (**text < '0' || **text > '9') {
        return false;
    }
    unsigned long long number = strtoull(*text, &end, 0);
    *text = end;
    *key = (uint32_t)number;
    return number <= UINT32_MAX;
}

/* KEY, KEY-LAST or KEY:COUNT, up to the comma. Gives what is behind it, or NULL. */
static const char *read_keys(const char *text, struct spk_link *link)
{
    uint32_t count = 0;
    if (!read_key(&text, &link->first)) {
        return NULL;
    }
    link->last = link->first;
    if (*text == '-') {
        text++;
        if (!read_key(&text, &link->last)) {
            return NULL;
        }
    } else if (*text == ':') {
        text++;
        if (!read_key(&text, &count) || count == 0 || count - 1 > UINT32_MAX - link->first) {
            return NULL;
        }
        link->last = link->first + (count - 1);
    }
    return *text == ',' && link->last >= link->first ? text + 1 : NULL;
}

/* The known space that was typed with len letters; near: one that is spelled much like it will do. */
static const char *find_space(const struct spk_registry *registry, const char *typed, size_t len, bool near)
{
    char word[NAME_MAX_LEN + 1];
    unsigned least = near ? (unsigned)(len / 3 + 1) : 0;
    const char *found = NULL;
    if (len > NAME_MAX_LEN) {
        return NULL;
    }
    memcpy(word, typed, len);
    word[len] = '\0';
    for (size_t i = 0; spk_registry_space(registry, i) != NULL; i++) {
        const char *known = spk_registry_space(registry, i);
        unsigned edits = spk_word_distance(word, known, least);
        if (edits < least || (edits == least && found == NULL)) {
            least = edits;
            found = known;
        }
    }
    return found;
}

static const char *nearest_proto(const struct spk_registry *registry, const char *name)
{
    unsigned least = (unsigned)(strlen(name) / 3 + 1);
    const char *found = NULL;
    for (uint32_t p = 0; p < registry->proto_count; p++) {
        const struct spk_proto *proto = registry->protos[p].proto;
        unsigned edits = spk_word_distance(name, proto->name, least);
        if ((proto->flags & SPK_RECORD) == 0 && (edits < least || (edits == least && found == NULL))) {
            least = edits;
            found = proto->name;
        }
    }
    return found;
}

enum spk_status spk_link_parse(const struct spk_registry *registry, const char *text, struct spk_link *link,
                               struct spk_error *error)
{
    size_t len = strcspn(text, "=");
    const char *keys = text + len + (text[len] == '=') + (text[len] == '=' && text[len + 1] == '=');
    *link = (struct spk_link){ .space = find_space(registry, text, len, false) };
    if (text[len] != '=' || strchr(keys, ',') == NULL) {
        return refuse(error, text, "not LAYER_TYPE==KEYS,PROTOCOL as in udp.port==5300,dns", NULL);
    }
    if (link->space == NULL) {
        return refuse(error, text, "no such layer type", find_space(registry, text, len, true));
    }
    const char *name = read_keys(keys, link);
    if (name == NULL) {
        return refuse(error, text, "a key is a number, keys are FIRST-LAST or FIRST:COUNT", NULL);
    }
    link->proto = find_proto(registry, name, link->space);
    if (link->proto == NULL || (link->proto->flags & SPK_RECORD) != 0) {
        return refuse(error, text, "no such protocol", nearest_proto(registry, name));
    }
    return SPK_OK;
}
