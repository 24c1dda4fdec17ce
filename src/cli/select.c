/* select: times and numbers from the command line. */
#include "select.h"

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

int spk_cli_display_filter(const struct given *given, struct spk_filter **filter)
{
    struct spk_error error;
    struct spk_filter_fault fault;
    const char *text = spk_cli_last(given, OPTION_FILTER);
    *filter = NULL;
    if (text == NULL || spk_filter_new(NULL, text, filter, &fault, &error) == SPK_OK) {
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
