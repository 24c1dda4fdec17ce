/* pass: one reading of all files, in order, with the output that is made on the way. What query and show share. */
#ifndef CLI_PASS_H
#define CLI_PASS_H

#include "input.h"
#include "output.h"
#include "select.h"

struct pass {
    struct input input;
    struct output output;
    struct paths paths;
    struct spk_filter *filter; /* NULL: no display filter */
    struct spk_bpf_set *bpf;   /* NULL: no filter of libpcap's */
    struct spk_query *query;
    struct spk_scan *scan;
    struct spk_scan_counts counts; /* of what was read by several threads */
    struct spk_lines *lines;       /* what reads instead of scan, where the library does; NULL */
    struct spk_groups *groups;     /* or what reads to count; borrowed, NULL */
    uint32_t threads;              /* as spk_cli_pass_threads found them */
    bool stopped;                  /* that reading, before its end */
    struct spk_error error;        /* what ended the reading, with code below zero */
    bool (*take)(void *context, const struct spk_cells *cells);   /* false: stop; output.code says why */
    bool (*flush)(void *context);                                 /* makes everything visible that was taken so far */
    bool (*beside)(void *context, const struct spk_block *block); /* as in struct input; NULL: not asked for */
    void *context;                                                /* of all three */
};

/* A pass that holds nothing yet, for spk_cli_pass_end. */
#define PASS_EMPTY                                                                                                     \
    {                                                                                                                  \
        .input = { .fd = -1 }, .output = {.fd = -1 }                                                                   \
    }

/* Opens the output, which is needed to know whether it is a terminal. Gives an exit code. */
int spk_cli_pass_output(struct pass *pass, const struct given *given);

/* Opens the input for pass->query, which is made already. Gives an exit code. */
int spk_cli_pass_input(struct pass *pass, const struct given *given);

/* Gives the query the registry and filters that -d, -f and -Y ask for; they are the pass's. Gives an exit code. */
int spk_cli_pass_filter(struct pass *pass, const struct given *given, struct spk_query_options *options);

/*
 * Finds how many threads are to read: as -j says, where all inputs are files. Then the library reads them, and the query has
 * no keep. Gives an exit code.
 */
int spk_cli_pass_threads(struct pass *pass, const struct given *given, struct spk_query_options *options);

/* All rows of all files. Gives the exit code that the input makes. */
int spk_cli_pass_run(struct pass *pass);

/* How those threads are to read. */
struct spk_pass_options spk_cli_pass_how(struct pass *pass, const struct given *given);

/* The same by pass->threads threads, into a sink over the output. */
int spk_cli_pass_lines(struct pass *pass, const struct given *given, struct spk_sink *sink);

/*
 * Ends the output, says what went wrong and what was odd, and gives everything back. code is the exit code so far; gives
 * the final one. Nothing of an answer to a wrong question is printed; what came before damage is.
 */
int spk_cli_pass_end(struct pass *pass, int code);

#endif
