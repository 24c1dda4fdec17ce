/* aggregate: what the rows of a query come to, as --count, --sum and the like ask for it. */
#ifndef CLI_AGGREGATE_H
#define CLI_AGGREGATE_H

#include "pass.h"

#define AGGREGATE_GROUP "What rows come to"

/* Rows of an option table, laid out by hand. */
/* clang-format off */
#define AGGREGATE_OPTIONS                                                                                              \
    { .name = "count", .group = AGGREGATE_GROUP, .id = OPTION_TOTAL_COUNT,                                             \
      .help = "Counts the packets of each group, that is, of each combination of what -e shows; without -e of all "   \
              "packets. This and the options below may be given several times, and make a column each." },            \
    { .name = "sum", .argument = "FIELD", .group = AGGREGATE_GROUP, .id = OPTION_TOTAL_SUM, .takes = TAKES_FIELD,      \
      .help = "The sum of a field's values in each group." },                                                          \
    { .name = "min", .argument = "FIELD", .group = AGGREGATE_GROUP, .id = OPTION_TOTAL_MIN, .takes = TAKES_FIELD,      \
      .help = "The least of a field's values." },                                                                      \
    { .name = "max", .argument = "FIELD", .group = AGGREGATE_GROUP, .id = OPTION_TOTAL_MAX, .takes = TAKES_FIELD,      \
      .help = "The greatest of a field's values." },                                                                   \
    { .name = "distinct", .argument = "FIELD", .group = AGGREGATE_GROUP, .id = OPTION_TOTAL_DISTINCT,                  \
      .takes = TAKES_FIELD, .help = "How many different values a field has." },                                        \
    { .name = "top", .argument = "N", .group = AGGREGATE_GROUP, .id = OPTION_TOP,                                      \
      .help = "Only the N groups in which the first of these is largest, largest first; else groups come in the "     \
              "order of their first packets." },                                                                       \
    { .name = "group-memory", .argument = "BYTES", .group = AGGREGATE_GROUP, .id = OPTION_GROUP_MEMORY,                \
      .help = "How much memory groups may take, 64 MiB where nothing is said; packets of groups that come later are "  \
              "counted, reported, and make the exit code 3." }
/* clang-format on */

struct aggregates {
    const char **names; /* those of the query's columns: the keys, then the fields of the aggregates */
    size_t name_count;
    struct spk_aggregate *items;
    struct spk_groups_options options; /* count 0 and top 0: rows are shown as they are */
};

/* Whether an option asks for groups. */
bool spk_cli_aggregates_asked(const struct given *given);

/* Takes the options; keys are the fields of -e. Gives an exit code. */
int spk_cli_aggregates_begin(struct aggregates *aggregates, const struct given *given, const struct names *keys);
void spk_cli_aggregates_end(struct aggregates *aggregates);

/* Counts the packets of all files by pass->threads threads. Gives an exit code. */
int spk_cli_aggregates_read(struct pass *pass, const struct given *given, struct spk_groups *groups);

/* Puts the answer into a sink over the output, and says what is missing in it. Gives an exit code. */
int spk_cli_aggregates_put(struct pass *pass, struct spk_groups *groups, struct spk_sink *sink);

#endif
