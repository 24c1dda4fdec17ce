/* aggregate: options to aggregates, and their answer to a sink. */
#include "aggregate.h"

#include <stdlib.h>

static const struct {
    enum option_id id;
    uint8_t op;
} ops[] = {
    { OPTION_TOTAL_COUNT, SPK_AGGREGATE_COUNT },       { OPTION_TOTAL_SUM, SPK_AGGREGATE_SUM },
    { OPTION_TOTAL_MIN, SPK_AGGREGATE_MIN },           { OPTION_TOTAL_MAX, SPK_AGGREGATE_MAX },
    { OPTION_TOTAL_DISTINCT, SPK_AGGREGATE_DISTINCT },
};

/* The aggregate that an option asks for; SPK_COUNT_OF(ops): it asks for none. */
static size_t find(const struct option *option)
{
    size_t i = 0;
    while (i < SPK_COUNT_OF(ops) && ops[i].id != option->id) {
        i++;
    }
    return i;
}

bool spk_cli_aggregates_asked(const struct given *given)
{
    for (size_t i = 0; i < given->choice_count; i++) {
        if (find(given->choices[i].option) < SPK_COUNT_OF(ops)) {
            return true;
        }
    }
    return spk_cli_has(given, OPTION_TOP);
}

static void add(struct aggregates *aggregates, uint8_t op, const char *field)
{
    struct spk_aggregate *item = &aggregates->items[aggregates->options.count++];
    *item = (struct spk_aggregate){ .op = op, .column = (uint32_t)aggregates->name_count };
    if (field != NULL) {
        aggregates->names[aggregates->name_count++] = field;
    }
}

int spk_cli_aggregates_begin(struct aggregates *aggregates, const struct given *given, const struct names *keys)
{
    struct spk_groups_options *options = &aggregates->options;
    uint64_t memory = 0;
    aggregates->names = calloc(keys->count + given->choice_count + 1, sizeof aggregates->names[0]);
    aggregates->items = calloc(given->choice_count + 1, sizeof aggregates->items[0]);
    if (aggregates->names == NULL || aggregates->items == NULL) {
        return spk_cli_no_memory();
    }
    for (size_t i = 0; i < keys->count; i++) {
        aggregates->names[aggregates->name_count++] = keys->items[i];
    }
    if (!spk_cli_aggregates_asked(given)) {
        bool stray = spk_cli_has(given, OPTION_GROUP_MEMORY);
        return stray ? spk_cli_usage("--group-memory", "it goes with --count, --sum and the like", NULL) : DONE;
    }
    for (size_t i = 0; i < given->choice_count; i++) {
        size_t op = find(given->choices[i].option);
        if (op < SPK_COUNT_OF(ops)) {
            add(aggregates, ops[op].op, given->choices[i].value);
        }
    }
    if (options->count == 0) { /* --top alone is of the most frequent */
        add(aggregates, SPK_AGGREGATE_COUNT, NULL);
    }
    if (aggregates->name_count == 0) { /* a mere count looks into no packet, but a query has a column */
        aggregates->names[aggregates->name_count++] = spk_query_own_row(0)->name;
    }
    options->keys = keys->count;
    options->aggregates = aggregates->items;
    bool good = spk_cli_number(given, OPTION_TOP, &options->top) && spk_cli_number(given, OPTION_GROUP_MEMORY, &memory);
    options->memory = memory < SIZE_MAX ? (size_t)memory : SIZE_MAX;
    return good ? DONE : USAGE;
}

void spk_cli_aggregates_end(struct aggregates *aggregates)
{
    free(aggregates->names);
    free(aggregates->items);
}

int spk_cli_aggregates_read(struct pass *pass, const struct given *given, struct spk_groups *groups)
{
    char message[SPK_GROUPS_MESSAGE];
    struct spk_error error = { .code = SPK_OK };
    const struct spk_pass_options how = spk_cli_pass_how(pass, given);
    pass->groups = groups;
    enum spk_status status =
        spk_groups_read(groups, &how, pass->paths.items, pass->paths.count, &pass->counts, message, &error);
    if (status < 0) {
        spk_cli_error(&error);
    }
    return pass->stopped ? INTERRUPTED : status == SPK_OK ? DONE : spk_cli_input_code(status);
}

static int tell_missing(const struct spk_groups *groups)
{
    uint64_t left_out = spk_groups_left_out(groups);
    spk_cli_tell_count(spk_groups_wide(groups), "sum", "beyond 64 bits: left empty");
    spk_cli_tell_count(left_out, "packet",
                       "of groups or values that there was no memory for: left out; --group-memory allows more");
    return left_out > 0 ? UNWRITTEN : DONE;
}

int spk_cli_aggregates_put(struct pass *pass, struct spk_groups *groups, struct spk_sink *sink)
{
    const struct spk_cells *cells;
    enum spk_status status;
    while ((status = spk_groups_next(groups, &cells)) == SPK_OK) {
        if (spk_sink_row(sink, cells) != SPK_OK) {
            return spk_cli_no_memory();
        }
        if (!spk_cli_output_row(&pass->output)) {
            return DONE; /* the output knows why */
        }
    }
    return status == SPK_END ? tell_missing(groups) : spk_cli_no_memory();
}
