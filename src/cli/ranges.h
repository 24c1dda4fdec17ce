/* ranges: packets chosen by their numbers. */
#ifndef CLI_RANGES_H
#define CLI_RANGES_H

#include "cli.h"

struct range {
    uint64_t first, last;
};

struct ranges {
    struct range *items; /* the caller's to free */
    size_t count;
    uint64_t last; /* of all; UINT64_MAX: to the end */
};

/* Reads every OPTION_NUMBER: N, N-M, N- or -M, separated by commas. Gives an exit code. */
int spk_cli_ranges(const struct given *given, struct ranges *ranges);

/* Where none were given, they hold every number. */
bool spk_cli_ranges_hold(const struct ranges *ranges, uint64_t number);

/* Nothing behind the last number needs to be read. */
void spk_cli_ranges_limit(const struct ranges *ranges, struct spk_query_options *options);

#endif
