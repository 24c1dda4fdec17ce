/* select: the options with which sub-commands choose packets, the same everywhere. */
#ifndef CLI_SELECT_H
#define CLI_SELECT_H

#include "input.h"

/* Rows of an option table, laid out by hand. */
/* clang-format off */
#define FILTER_OPTION                                                                                                  \
    { .letter = 'Y', .name = "display-filter", .argument = "EXPR", .group = "Which packets", .id = OPTION_FILTER,      \
      .takes = TAKES_FILTER,                                                                                           \
      .help = "A filter in tshark's language; names of fields and protocols, compared and combined "                  \
              "(steelpkt-filter(7))." }
#define DECODE_OPTION                                                                                                  \
    { .letter = 'd', .name = "decode-as", .argument = "RULE", .group = "How to read", .id = OPTION_DECODE_AS,          \
      .help = "Takes what sits at a port, EtherType or the like for another protocol: udp.port==5300,dns or "          \
              "tcp.port==8000-8010,dns; may be given again." }
#define READ_OPTION                                                                                                    \
    { .letter = 'r', .argument = "FILE", .group = "How to read", .id = OPTION_READ, .takes = TAKES_FILE,               \
      .help = "Another way to name a file, as tshark has it; a pattern in quotes names those that match." }
#define READER_OPTIONS                                                                                                 \
    { .name = "link", .argument = "TYPE", .group = "How to read", .id = OPTION_LINK,                                   \
      .help = "The link type of every packet, whatever the file says; a number or a name of pcap-linktype(7)." },      \
    { .name = "salvage", .group = "How to read", .id = OPTION_SALVAGE,                                                 \
      .help = "Reads on behind damage; each gap is reported, and the exit code is still 2." }
#define PACKET_OPTIONS                                                                                                 \
    FILTER_OPTION,                                                                                                     \
    { .letter = 'f', .argument = "EXPR", .group = "Which packets", .id = OPTION_BPF,                                   \
      .help = "A filter in libpcap's language (pcap-filter(7)), asked before anything is decoded." },                  \
    { .name = "start", .argument = "T", .group = "Which packets", .id = OPTION_START,                                  \
      .help = "Packets of that time and later; seconds since 1970, or ISO 8601, UTC where no zone is given." },        \
    { .name = "end", .argument = "T", .group = "Which packets", .id = OPTION_END,                                      \
      .help = "Packets of that time and earlier." }
#define SELECT_OPTIONS                                                                                                 \
    PACKET_OPTIONS,                                                                                                    \
    { .letter = 'c', .argument = "N", .group = "Which packets", .id = OPTION_COUNT,                                    \
      .help = "Stops after reading N packets." },                                                                      \
    READ_OPTION,                                                                                                       \
    DECODE_OPTION,                                                                                                     \
    READER_OPTIONS
/* clang-format on */

/* Fills in link type and salvage. Gives an exit code. */
int spk_cli_reader(const struct given *given, struct spk_reader_options *options);

/* The display filter that was given, for the caller to free; NULL where none was. Gives an exit code. */
int spk_cli_display_filter(const struct given *given, struct spk_filter **filter);

/* Names given by an option, several of them in one argument separated by commas. */
struct names {
    const char **items;
    size_t count;
    char *texts; /* copies, taken apart */
};

/*
 * All names of an option, in order, and those in files that it names (@FILE); none where it was not given. Gives an exit
 * code.
 */
int spk_cli_names(const struct given *given, enum option_id id, struct names *names);
void spk_cli_names_free(struct names *names);

/* Fills in window and limits. Gives an exit code. */
int spk_cli_select(const struct given *given, struct spk_query_options *options);

/* Paths, each a copy. */
struct paths {
    const char **items;
    size_t count;
};

/* The files named by -r and as operands; a pattern in quotes stands for those that match. Gives an exit code. */
int spk_cli_paths(const struct given *given, struct paths *paths);
void spk_cli_paths_free(struct paths *paths);

#endif
