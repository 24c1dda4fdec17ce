/* fields: what can be asked for. Everything said here comes from the rows. */
#define _POSIX_C_SOURCE 200809L
#include "output.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct option options[] = {
    { .name = "json", .group = "How to show them", .help = "One JSON array of objects.", .id = OPTION_JSON },
};

/* One field, from a protocol or the scan's own. */
struct entry {
    const struct spk_row *row;
    const struct spk_proto *proto; /* NULL: the scan's own */
    uint8_t kind;
    bool list;
};

/* A number's type by its width, named as Wireshark names types. */
static const char *number_type(const struct spk_row *row)
{
    return row->bits <= 8    ? "UINT8"
           : row->bits <= 16 ? "UINT16"
           : row->bits == 24 ? "UINT24"
           : row->bits <= 32 ? "UINT32"
                             : "UINT64";
}

static const char *type_name(const struct entry *entry)
{
    switch (entry->kind) {
    case SPK_PAD:
    case SPK_UINT:
        return number_type(entry->row);
    case SPK_INT:
        return number_type(entry->row) + 1; /* without the U */
    case SPK_BOOL:
        return "BOOLEAN";
    case SPK_IP4:
        return "IPv4";
    case SPK_IP6:
        return "IPv6";
    case SPK_MAC:
        return "ETHER";
    case SPK_TEXT:
        return "STRING";
    case SPK_NONE:
        return "NONE";
    case SPK_TIME:
        return "ABSOLUTE_TIME";
    case SPK_DELTA:
        return "RELATIVE_TIME";
    case SPK_GROUP:
        return "GROUP";
    default:
        return "BYTES";
    }
}

/* Part of the text, in either case; with wildcards the whole of it. */
static bool text_matches(const char *text, size_t len, const char *pattern)
{
    if (strpbrk(pattern, "*?[") != NULL) {
        char copy[256];
        if (len >= sizeof copy) {
            return false;
        }
        memcpy(copy, text, len);
        copy[len] = '\0';
        return fnmatch(pattern, copy, 0) == 0;
    }
    size_t wanted = strlen(pattern);
    for (size_t at = 0; at + wanted <= len; at++) {
        if (strncasecmp(text + at, pattern, wanted) == 0) {
            return true;
        }
    }
    return false;
}

static bool also_matches(const char *also, const char *pattern)
{
    while (also != NULL && *also != '\0') {
        size_t len = strcspn(also, " ");
        if (len > 0 && text_matches(also, len, pattern)) {
            return true;
        }
        also += len + strspn(also + len, " ");
    }
    return false;
}

/* A protocol's name or title brings all its fields, else a field's own name or a further one counts. */
static bool matches(const struct entry *entry, const char *pattern)
{
    if (pattern == NULL) {
        return true;
    }
    const struct spk_proto *proto = entry->proto;
    bool of_proto =
        proto != NULL
        && (strcasecmp(proto->name, pattern) == 0 || (proto->title != NULL && strcasecmp(proto->title, pattern) == 0));
    return of_proto || text_matches(entry->row->name, strlen(entry->row->name), pattern)
           || also_matches(entry->row->also, pattern);
}

/* ---- as text ---- */

static void put(struct output *output, const char *text)
{
    if (spk_out_put(output->text, text, strlen(text)) != SPK_OK && output->code == DONE) {
        output->code = spk_cli_no_memory();
    }
}

static void put_title(struct output *output, const struct spk_proto *proto, bool first)
{
    put(output, first ? "" : "\n");
    put(output, proto != NULL ? proto->name : "(any)");
    put(output, "  ");
    put(output, proto == NULL ? "Of the query itself" : proto->title != NULL ? proto->title : "");
    if (proto != NULL && proto->spec != NULL) {
        put(output, " (");
        put(output, proto->spec);
        put(output, ")");
    }
    put(output, "\n");
}

static void put_entry(struct output *output, const struct entry *entry)
{
    char left[192];
    snprintf(left, sizeof left, "  %-34s %-14s ", entry->row->name, type_name(entry));
    put(output, left);
    put(output, entry->row->doc != NULL ? entry->row->doc : "");
    if (entry->list) {
        put(output, " [list]");
    }
    if (entry->row->also != NULL) {
        put(output, " [also ");
        put(output, entry->row->also);
        put(output, "]");
    }
    put(output, "\n");
}

/* ---- as JSON ---- */

static void put_also(struct spk_json *json, const char *also)
{
    spk_json_name(json, "aliases");
    spk_json_list(json);
    while (also != NULL && *also != '\0') {
        size_t len = strcspn(also, " ");
        if (len > 0) {
            spk_json_bytes(json, also, len);
        }
        also += len + strspn(also + len, " ");
    }
    spk_json_end(json);
}

static void put_json(struct spk_json *json, const struct entry *entry)
{
    spk_json_object(json);
    spk_json_name(json, "name");
    spk_json_text(json, entry->row->name);
    spk_json_name(json, "type");
    spk_json_text(json, type_name(entry));
    spk_json_name(json, "protocol");
    if (entry->proto != NULL) {
        spk_json_text(json, entry->proto->name);
    } else {
        spk_json_null(json);
    }
    put_also(json, entry->row->also);
    spk_json_name(json, "list");
    spk_json_bool(json, entry->list);
    spk_json_name(json, "doc");
    spk_json_text(json, entry->row->doc != NULL ? entry->row->doc : "");
    spk_json_name(json, "wireshark");
    spk_json_bool(json, (entry->row->flags & SPK_OWN_NAME) == 0);
    spk_json_end(json);
}

/* ---- all of them ---- */

struct listing {
    struct output *output;
    struct spk_json *json; /* NULL: text */
    const char *pattern;
    const struct spk_proto *proto; /* the last title */
    uint64_t count;
};

static void list_entry(struct listing *listing, const struct entry *entry)
{
    if (!matches(entry, listing->pattern)) {
        return;
    }
    if (listing->json != NULL) {
        put_json(listing->json, entry);
    } else {
        if (listing->count == 0 || entry->proto != listing->proto) {
            put_title(listing->output, entry->proto, listing->count == 0);
        }
        put_entry(listing->output, entry);
    }
    listing->proto = entry->proto;
    listing->count++;
}

static void list_all(struct listing *listing)
{
    const struct spk_registry *registry = spk_registry_default();
    for (size_t p = 0; registry != NULL && p < spk_registry_proto_count(registry); p++) {
        const struct spk_proto *proto = spk_registry_proto(registry, p);
        for (size_t i = 0; i < spk_registry_field_count(registry); i++) {
            const struct spk_field *field = spk_registry_field(registry, i);
            if (field->proto == proto) {
                list_entry(listing, &(struct entry){ field->row, proto, field->kind, field->list });
            }
        }
    }
    for (size_t i = 0; spk_query_own_row(i) != NULL; i++) {
        list_entry(listing, &(struct entry){ .row = spk_query_own_row(i), .kind = spk_query_own_row(i)->kind });
    }
}

static int run_fields(const struct given *given)
{
    struct output output;
    if (given->operand_count > 1) {
        return spk_cli_usage(given->operands[1], "one pattern at a time", NULL);
    }
    int code = spk_cli_output_begin(&output, NULL);
    if (code != DONE) {
        return code;
    }
    struct spk_json json = { .out = output.text };
    struct listing listing = { .output = &output,
                               .json = spk_cli_has(given, OPTION_JSON) ? &json : NULL,
                               .pattern = given->operand_count > 0 ? given->operands[0] : NULL };
    if (listing.json != NULL) {
        spk_json_list(&json);
    }
    list_all(&listing);
    if (listing.json != NULL) {
        spk_json_end(&json);
        put(&output, "\n");
    }
    if (json.failed && output.code == DONE) {
        output.code = spk_cli_no_memory();
    }
    code = spk_cli_output_end(&output, false);
    return code != DONE ? code : listing.count > 0 ? DONE : USAGE;
}

const struct command spk_cli_fields = {
    .name = "fields",
    .operands = "[PATTERN]",
    .operand_takes = TAKES_FIELD,
    .summary = "The protocols and fields known.",
    .about =
        "Lists fields with type and meaning: all of them, those of the protocol PATTERN, or those whose name holds "
        "PATTERN (with *, ? or [] the whole name must match). Exit code 1 when there are none.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .run = run_fields,
};
