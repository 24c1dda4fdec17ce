/* ranges: packet numbers from the command line. */
#include "ranges.h"

#include <stdlib.h>
#include <string.h>

static bool read_number(const char **text, uint64_t *number)
{
    char *end = NULL;
    if (**text < '0' || **text > '9') {
        return false;
    }
    *number = strtoull(*text, &end, 10);
    *text = end;
    return *number > 0;
}

/* N, N-M, N- or -M, separated by commas. */
static bool read_ranges(const char *text, struct ranges *ranges)
{
    while (*text != '\0') {
        struct range *range = &ranges->items[ranges->count++];
        *range = (struct range){ 1, UINT64_MAX };
        if (*text != '-' && !read_number(&text, &range->first)) {
            return false;
        }
        if (*text != '-') {
            range->last = range->first;
        } else if (*++text != '\0' && *text != ',' && !read_number(&text, &range->last)) {
            return false;
        }
        if (range->last < range->first || (*text != '\0' && *text != ',')) {
            return false;
        }
        ranges->last = range->last > ranges->last ? range->last : ranges->last;
        text += *text == ',';
    }
    return true;
}

int spk_cli_ranges(const struct given *given, struct ranges *ranges)
{
    size_t commas = 1;
    for (size_t i = 0; i < given->choice_count; i++) {
        const struct choice *choice = &given->choices[i];
        commas += choice->option->id == OPTION_NUMBER ? strlen(choice->value) + 1 : 0;
    }
    ranges->items = calloc(commas, sizeof ranges->items[0]);
    if (ranges->items == NULL) {
        return spk_cli_no_memory();
    }
    for (size_t i = 0; i < given->choice_count; i++) {
        const struct choice *choice = &given->choices[i];
        if (choice->option->id == OPTION_NUMBER && !read_ranges(choice->value, ranges)) {
            return spk_cli_usage(choice->value, "packet numbers are N, N-M, N- or -M, from 1 on", NULL);
        }
    }
    if (ranges->count == 0) {
        ranges->last = UINT64_MAX;
    }
    return DONE;
}

bool spk_cli_ranges_hold(const struct ranges *ranges, uint64_t number)
{
    for (size_t i = 0; i < ranges->count; i++) {
        if (number >= ranges->items[i].first && number <= ranges->items[i].last) {
            return true;
        }
    }
    return ranges->count == 0;
}

void spk_cli_ranges_limit(const struct ranges *ranges, struct spk_query_options *options)
{
    if (ranges->last != UINT64_MAX && (options->read_max == 0 || options->read_max > ranges->last)) {
        options->read_max = ranges->last;
    }
}
