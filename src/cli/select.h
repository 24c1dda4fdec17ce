/* select: the options with which sub-commands choose packets, the same everywhere. */
#ifndef CLI_SELECT_H
#define CLI_SELECT_H

#include "input.h"

/* Rows of an option table. */
#define SELECT_OPTIONS                                                                                                 \
    { 'f', NULL, "EXPR", "Which packets", "A filter in libpcap's language (pcap-filter(7)).", OPTION_BPF },            \
        { 0,                                                                                                           \
          "start",                                                                                                     \
          "T",                                                                                                         \
          "Which packets",                                                                                             \
          "Packets of that time and later: seconds since 1970, or ISO 8601, UTC where no zone is given.",              \
          OPTION_START },                                                                                              \
        { 0, "end", "T", "Which packets", "Packets of that time and earlier.", OPTION_END },                           \
        { 'c', NULL, "N", "Which packets", "Stops after reading N packets.", OPTION_COUNT },                           \
    {                                                                                                                  \
        'r', NULL, "FILE", "Which packets", "Another way to name a file, as tshark has it.", OPTION_READ               \
    }

/* Fills in window and limits. Gives an exit code. */
int spk_cli_select(const struct given *given, struct spk_query_options *options);

/* The files named by -r and as operands, as they were given. *paths is the caller's to free. Gives an exit code. */
int spk_cli_paths(const struct given *given, const char ***paths, size_t *count);

#endif
