/* output: text on its way to standard output or a file, in large pieces. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "beside.h"

/* A row of an option table, under a heading. */
#define OUT_OPTION(group_)                                                                                             \
    {                                                                                                                  \
        .letter = 'o', .argument = "OUT", .group = (group_), .help = "Writes to a file instead of standard output.",   \
        .id = OPTION_OUT, .takes = TAKES_FILE                                                                          \
    }

struct output {
    struct spk_out *text; /* what is made next; whole rows whenever spk_cli_output_* is called */
    const char *path;     /* NULL: standard output */
    int fd;               /* -1: the file is not open yet */
    struct beside beside; /* the file, once it is open */
    bool terminal;
    bool colour;        /* a terminal that wants colours */
    uint32_t columns;   /* of the terminal; 0: none, lines may be as long as they are */
    long pager;         /* the process that shows it page by page; 0: none */
    bool left;          /* by somebody who has seen enough */
    int code;           /* DONE, or why it failed */
    uint64_t written;   /* bytes */
    int64_t flushed_ms; /* when; only kept on terminals */
};

/*
 * path NULL or "-": standard output. A file is made at the first write; whether it can be is asked here. Gives an exit
 * code.
 */
int spk_cli_output_begin(struct output *output, const char *path);

/* Writes when much has come together, or on a terminal when some time has passed. False: it failed and said so. */
bool spk_cli_output_row(struct output *output);

/* On a terminal: whether what was made should be seen by now. */
bool spk_cli_output_is_due(const struct output *output);

/* Writes everything. */
bool spk_cli_output_flush(struct output *output);

/* Writes everything (unless drop) and closes. Gives the exit code: DONE or UNWRITTEN. */
int spk_cli_output_end(struct output *output, bool drop);

/* ---- text.c: a failure is remembered in output->code ---- */

void spk_cli_put(struct output *output, const char *text);
/* Made harmless for terminals. */
void spk_cli_put_safe(struct output *output, const char *text, size_t len);
/* As printf does; no more than a line's worth. */
void spk_cli_put_format(struct output *output, const char *format, ...) __attribute__((format(printf, 2, 3)));
void spk_cli_put_value(struct output *output, const struct spk_row *row, const struct spk_value *value);
/* In lines of at most so many columns, all of them begun at column indent, where the first already is; then a line's end. */
void spk_cli_put_wrapped(struct output *output, const char *text, size_t indent, size_t columns);

#endif
