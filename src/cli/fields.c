/* fields: what can be asked for. Everything said here comes from the rows. */
#define _POSIX_C_SOURCE 200809L
#include "catalog.h"
#include "pager.h"
#include "reference.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct word references[] = {
    { "md", REFERENCE_MD, "a page in Markdown" },
    { "json", REFERENCE_JSON, "its rows, as JSON" },
    { "svg", REFERENCE_SVG, "a drawing of its header" },
    { NULL, 0, NULL },
};

static const struct option options[] = {
    { .name = "json", .group = "How to show them", .help = "One JSON array of objects.", .id = OPTION_JSON },
    { .name = "tsv",
      .group = "How to show them",
      .help = "Name, type, protocol and meaning, a field a line, with tabs between them.",
      .id = OPTION_TSV },
    { .name = "format",
      .argument = "FORM",
      .group = "One protocol",
      .help = "Everything about the protocol PATTERN names, as",
      .id = OPTION_REFERENCE,
      .takes = TAKES_WORD,
      .words = references },
    { .name = "wireshark",
      .group = "One protocol",
      .help = "The protocol PATTERN names as a dissector for Wireshark, in Lua.",
      .id = OPTION_WIRESHARK },
};

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

/* Whether the row stands in the group, or in a group within it. */
static bool is_member(const struct spk_group *group, const struct spk_row *row, unsigned depth)
{
    for (size_t i = 0; i < group->count && depth < SPK_DEPTH_MAX; i++) {
        const struct spk_row *one = &group->rows[i];
        bool found = one == row || (one->in != NULL && is_member(one->in, row, depth + 1));
        for (size_t k = 0; !found && one->cases != NULL && one->cases[k].in != NULL; k++) {
            found = is_member(one->cases[k].in, row, depth + 1);
        }
        if (found) {
            return true;
        }
    }
    return false;
}

/* A protocol's name or title and a group's name bring all their fields, else a field's own name or a further one counts. */
static bool matches(const struct spk_registry *registry, const struct entry *entry, const char *pattern)
{
    if (pattern == NULL) {
        return true;
    }
    const struct spk_field *group = spk_field_find(registry, pattern);
    if (group != NULL && group->kind == SPK_GROUP && is_member(group->row->in, entry->row, 0)) {
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

static void put_title(struct output *output, const struct spk_proto *proto, const char *origin, bool first)
{
    const char *spec = spk_cli_proto_spec(proto);
    spk_cli_put_format(output, "%s%s  %s%s%s%s%s%s\n", first ? "" : "\n", proto != NULL ? proto->name : "(any)",
                       spk_cli_proto_title(proto), spec != NULL ? " (" : "", spec != NULL ? spec : "",
                       spec != NULL ? ")" : "", origin != NULL ? ", from " : "", origin != NULL ? origin : "");
}

/* Aligned for the eye; on a terminal sentences go on below themselves. */
static void put_entry(struct output *output, const struct entry *entry)
{
    enum { TYPE = 14, NARROW = 26, WIDE = 34, WIDE_FROM = 110 };
    const struct spk_row *row = entry->row;
    char text[1024];
    size_t columns = output->columns > 0 ? output->columns : SIZE_MAX;
    size_t name = columns < WIDE_FROM ? NARROW : WIDE;
    snprintf(text, sizeof text, "%s%s%s%s%s", row->doc != NULL ? row->doc : "", entry->list ? " [list]" : "",
             row->also != NULL ? " [also " : "", row->also != NULL ? row->also : "", row->also != NULL ? "]" : "");
    if (output->columns > 0 && strlen(row->name) > name) {
        spk_cli_put_format(output, "  %s\n%*s", row->name, (int)name + 3, "");
    } else {
        spk_cli_put_format(output, "  %-*s ", (int)name, row->name);
    }
    spk_cli_put_format(output, "%-*s ", TYPE, spk_cli_entry_type(entry));
    spk_cli_put_wrapped(output, text, name + TYPE + 4, columns);
}

/* Name, type, protocol and sentence, with tabs between them. */
static void put_tsv(struct output *output, const struct entry *entry)
{
    const char *const cells[] = { entry->row->name, spk_cli_entry_type(entry),
                                  entry->proto != NULL ? entry->proto->name : "",
                                  entry->row->doc != NULL ? entry->row->doc : "" };
    for (size_t i = 0; i < SPK_COUNT_OF(cells); i++) {
        spk_cli_put(output, i > 0 ? "\t" : "");
        spk_cli_put(output, cells[i]);
    }
    spk_cli_put(output, "\n");
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

static void put_json(struct spk_json *json, const struct entry *entry, const char *origin)
{
    spk_json_object(json);
    spk_json_name(json, "name");
    spk_json_text(json, entry->row->name);
    spk_json_name(json, "type");
    spk_json_text(json, spk_cli_entry_type(entry));
    spk_json_name(json, "protocol");
    if (entry->proto != NULL) {
        spk_json_text(json, entry->proto->name);
    } else {
        spk_json_null(json);
    }
    spk_json_name(json, "origin");
    if (origin != NULL) {
        spk_json_text(json, origin);
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
    bool tsv;
    const char *pattern;
    const struct spk_registry *registry;
    const struct spk_plugins *plugins;
    const struct spk_proto *proto; /* the last title */
    uint64_t count;
};

static void list_entry(struct listing *listing, const struct entry *entry)
{
    if (!matches(listing->registry, entry, listing->pattern)) {
        return;
    }
    const char *origin = spk_plugins_origin(listing->plugins, entry->proto); /* the library's own have none */
    if (listing->json != NULL) {
        put_json(listing->json, entry, origin);
    } else if (listing->tsv) {
        put_tsv(listing->output, entry);
    } else {
        if (listing->count == 0 || entry->proto != listing->proto) {
            put_title(listing->output, entry->proto, origin, listing->count == 0);
        }
        put_entry(listing->output, entry);
    }
    listing->proto = entry->proto;
    listing->count++;
}

/* ---- one protocol ---- */

/* Gives an exit code, after saying that there is no such protocol. */
static int refuse_protocol(const struct spk_registry *registry, const char *name)
{
    size_t count = spk_registry_proto_count(registry);
    const char **names = calloc(count + 1, sizeof *names);
    if (names == NULL) {
        return spk_cli_no_memory();
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = spk_registry_proto(registry, i)->name;
    }
    int code = spk_cli_usage(name, "no such protocol", spk_cli_nearest(name, names));
    free(names);
    return code;
}

static int run_reference(const struct given *given, uint8_t format)
{
    static void (*const printers[])(const struct reference *) = {
        [REFERENCE_MD] = spk_cli_reference_md,
        [REFERENCE_JSON] = spk_cli_reference_json,
        [REFERENCE_SVG] = spk_cli_reference_svg,
        [REFERENCE_LUA] = spk_cli_reference_lua,
    };
    struct output output;
    if (given->operand_count == 0) {
        return spk_cli_usage(NULL, "a protocol's name is needed", NULL);
    }
    const struct spk_proto *proto = spk_registry_find(given->registry, given->operands[0]);
    if (proto == NULL) {
        return refuse_protocol(given->registry, given->operands[0]);
    }
    int code = spk_cli_output_begin(&output, NULL);
    if (code != DONE) {
        return code;
    }
    spk_cli_pager_begin(&output, given, NULL, 0);
    printers[format](&(struct reference){ proto, spk_plugins_origin(given->plugins, proto), &output });
    return spk_cli_output_end(&output, false);
}

static int run_fields(const struct given *given)
{
    struct output output;
    uint8_t format = REFERENCE_NONE;
    if (given->operand_count > 1) {
        return spk_cli_usage(given->operands[1], "one pattern at a time", NULL);
    }
    if (!spk_cli_word(given, OPTION_REFERENCE, &format)) {
        return USAGE;
    }
    if (format != REFERENCE_NONE && spk_cli_has(given, OPTION_WIRESHARK)) {
        return spk_cli_usage(NULL, "one of --format and --wireshark at a time", NULL);
    }
    format = spk_cli_has(given, OPTION_WIRESHARK) ? REFERENCE_LUA : format;
    if (format != REFERENCE_NONE) {
        return run_reference(given, format);
    }
    int code = spk_cli_output_begin(&output, NULL);
    if (code != DONE) {
        return code;
    }
    spk_cli_pager_begin(&output, given, NULL, 0);
    struct catalog catalog = { .registry = given->registry };
    struct entry entry;
    struct spk_json json = { .out = output.text };
    struct listing listing = { .output = &output,
                               .json = spk_cli_has(given, OPTION_JSON) ? &json : NULL,
                               .tsv = spk_cli_has(given, OPTION_TSV),
                               .pattern = given->operand_count > 0 ? given->operands[0] : NULL,
                               .registry = given->registry,
                               .plugins = given->plugins };
    if (listing.json != NULL) {
        spk_json_list(&json);
    }
    while (spk_cli_catalog_next(&catalog, &entry)) {
        list_entry(&listing, &entry);
    }
    if (listing.json != NULL) {
        spk_json_end(&json);
        spk_cli_put(&output, "\n");
    }
    if (json.failed && output.code == DONE) {
        output.code = spk_cli_no_memory();
    }
    code = spk_cli_output_end(&output, false);
    if (code == DONE && listing.count == 0) {
        code = spk_cli_usage(listing.pattern, "no field or protocol of that name",
                             spk_field_nearest(given->registry, listing.pattern));
    }
    return code;
}

static const struct example examples[] = {
    { "steelpkt fields tcp", "Everything of TCP." },
    { "steelpkt fields 'dns.*name*'", "Which of DNS's fields are about names." },
    { "steelpkt fields --format svg tcp > tcp.svg", "The header of TCP, drawn." },
    { "steelpkt fields -P ./sensor.so --wireshark sensor > sensor.lua",
      "A protocol of one's own for Wireshark: tshark -X lua_script:sensor.lua -r trace.pcap." },
    { NULL, NULL },
};

const struct command spk_cli_fields = {
    .name = "fields",
    .operands = "[PATTERN]",
    .operand_takes = TAKES_FIELD,
    .summary = "The protocols and fields known.",
    .about =
        "Lists fields with type and meaning: all of them, those of the protocol or group PATTERN, or those whose name "
        "holds PATTERN (with *, ? or [] the whole name must match). Exit code 1 when there are none.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .examples = examples,
    .run = run_fields,
};
