/* select: times and numbers from the command line. */
#include "select.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_time(const struct given *given, enum option_id id, bool up, bool *has, int64_t *ns)
{
    struct spk_error error;
    const char *text = spk_cli_last(given, id);
    *has = text != NULL;
    if (text != NULL && spk_time_parse(text, up, ns, &error) != SPK_OK) {
        spk_cli_error(&error);
        return USAGE;
    }
    return DONE;
}

int spk_cli_reader(const struct given *given, struct spk_reader_options *options)
{
    const char *type = spk_cli_last(given, OPTION_LINK);
    options->salvage = spk_cli_has(given, OPTION_SALVAGE);
    options->has_link = type != NULL;
    if (type == NULL || spk_link_type_find(type, &options->link)) {
        return DONE;
    }
    char *end = NULL;
    unsigned long number = type[0] >= '0' && type[0] <= '9' ? strtoul(type, &end, 10) : ULONG_MAX;
    if (number > UINT16_MAX || *end != '\0') {
        return spk_cli_usage(type, "no link type; a number or a name as in pcap-linktype(7) is needed", NULL);
    }
    options->link = (uint16_t)number;
    return DONE;
}

/* Says why a rule was refused, and which layer types there are where it named none of them. Gives an exit code. */
static int refuse_rule(const struct spk_registry *registry, const struct spk_link *link, const struct spk_error *error)
{
    char text[1024] = "";
    size_t used = 0;
    for (size_t i = 0; link->space == NULL && error->hint == NULL && spk_registry_space(registry, i) != NULL; i++) {
        int len = snprintf(text + used, sizeof text - used, "%s%s", i == 0 ? "there are " : ", ",
                           spk_registry_space(registry, i));
        used += len > 0 && (size_t)len < sizeof text - used ? (size_t)len : 0;
    }
    if (used == 0) {
        return spk_cli_usage(error->who, error->what, error->hint);
    }
    spk_cli_error(&(struct spk_error){ .who = error->who, .what = error->what, .hint = text });
    return USAGE;
}

int spk_cli_registry(const struct given *given, struct spk_registry **registry)
{
    const struct spk_registry *base = spk_registry_default();
    struct spk_error error;
    size_t count = 0;
    *registry = NULL;
    struct spk_link *links = calloc(given->choice_count + 1, sizeof links[0]);
    if (links == NULL || base == NULL) {
        free(links);
        return spk_cli_no_memory();
    }
    int code = DONE;
    for (size_t i = 0; i < given->choice_count && code == DONE; i++) {
        const struct choice *choice = &given->choices[i];
        if (choice->option->id != OPTION_DECODE_AS) {
            continue;
        }
        if (spk_link_parse(base, choice->value, &links[count], &error) != SPK_OK) {
            code = refuse_rule(base, &links[count], &error);
        }
        count++;
    }
    if (code == DONE && count > 0 && spk_registry_relink(base, links, count, registry, &error) != SPK_OK) {
        spk_cli_error(&error);
        code = error.code == SPK_ERR_MEMORY ? DAMAGED : USAGE;
    }
    free(links);
    return code;
}

int spk_cli_display_filter(const struct given *given, const struct spk_registry *registry, struct spk_filter **filter)
{
    struct spk_error error;
    struct spk_filter_fault fault;
    const char *text = spk_cli_last(given, OPTION_FILTER);
    *filter = NULL;
    if (text == NULL || spk_filter_new(registry, text, filter, &fault, &error) == SPK_OK) {
        return DONE;
    }
    return error.code == SPK_ERR_MEMORY ? spk_cli_no_memory() : spk_cli_filter_error(&error, &fault);
}

int spk_cli_select(const struct given *given, struct spk_query_options *options)
{
    /* what is finer than a nanosecond is rounded into the window */
    if (read_time(given, OPTION_START, true, &options->has_start, &options->start_ns) != DONE
        || read_time(given, OPTION_END, false, &options->has_end, &options->end_ns) != DONE) {
        return USAGE;
    }
    if (!spk_cli_number(given, OPTION_COUNT, &options->read_max)
        || !spk_cli_number(given, OPTION_ROWS, &options->row_max)) {
        return USAGE;
    }
    return DONE;
}

int spk_cli_paths(const struct given *given, const char ***paths, size_t *count)
{
    *count = 0;
    *paths = calloc(given->choice_count + given->operand_count + 1, sizeof **paths);
    if (*paths == NULL) {
        return spk_cli_no_memory();
    }
    for (size_t i = 0; i < given->choice_count; i++) {
        if (given->choices[i].option->id == OPTION_READ) {
            (*paths)[(*count)++] = given->choices[i].value;
        }
    }
    for (size_t i = 0; i < given->operand_count; i++) {
        (*paths)[(*count)++] = given->operands[i];
    }
    return *count > 0 ? DONE : spk_cli_usage(NULL, "a file is needed; - is standard input", NULL);
}

int spk_cli_names(const struct given *given, enum option_id id, struct names *names)
{
    size_t bytes = 1;
    size_t count = 1;
    for (size_t i = 0; i < given->choice_count; i++) {
        if (given->choices[i].option->id == id) {
            bytes += strlen(given->choices[i].value) + 1;
            count += strlen(given->choices[i].value) / 2 + 1;
        }
    }
    *names = (struct names){ .items = malloc(count * sizeof names->items[0]), .texts = malloc(bytes) };
    if (names->items == NULL || names->texts == NULL) {
        return spk_cli_no_memory();
    }
    char *to = names->texts;
    for (size_t i = 0; i < given->choice_count; i++) {
        const char *from = given->choices[i].option->id == id ? given->choices[i].value : "";
        while (*from != '\0') {
            size_t len = strcspn(from, ",");
            if (len > 0) {
                memcpy(to, from, len);
                to[len] = '\0';
                names->items[names->count++] = to;
                to += len + 1;
            }
            from += len + (from[len] == ',');
        }
    }
    return DONE;
}

void spk_cli_names_free(struct names *names)
{
    free(names->items);
    free(names->texts);
}
