/* form: the options that say how a capture is written, the same wherever one is. */
#ifndef CLI_FORM_H
#define CLI_FORM_H

#include "cli.h"

extern const struct word spk_cli_forms[];
extern const struct word spk_cli_compressions[];

/* Rows of an option table, laid out by hand. otherwise_: the format where no suffix says it. */
/* clang-format off */
#define FORM_OPTIONS(otherwise_)                                                                                       \
    { .letter = 'F', .name = "format", .argument = "FORM", .group = "What is written", .id = OPTION_FORMAT,            \
      .takes = TAKES_WORD, .words = spk_cli_forms,                                                                     \
      .help = "The format; by default OUT's suffix says it, or else it is " otherwise_ ":" },                          \
    { .name = "compress", .argument = "KIND", .group = "What is written", .id = OPTION_COMPRESS,                       \
      .takes = TAKES_WORD, .words = spk_cli_compressions,                                                              \
      .help = "The compression; by default OUT's suffix says it (.gz, .zst, .lz4):" },                                 \
    { .name = "level", .argument = "N", .group = "What is written", .id = OPTION_LEVEL,                                \
      .help = "How hard to compress; by default as the compression's own tool does." },                                \
    { .letter = 'j', .name = "threads", .argument = "N", .group = "What is written", .id = OPTION_THREADS,             \
      .help = "So many threads compress, with zstd." }
/* clang-format on */

/*
 * What the options say, over what the suffixes of path do. form->format stays 0 where nothing says it. Gives an exit code.
 */
int spk_cli_form(const struct given *given, const char *path, struct spk_writer_options *form);

#endif
