/* input: several captures read in order as one, with a BPF filter, until they end or the user has had enough. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "cli.h"
#include "progress.h"

/* Odd things that readers told: how often, and the first of them. */
struct oddity {
    uint64_t count;
    struct spk_error first;
};

struct input {
    const char *const *paths;
    size_t count;
    size_t index; /* of the path being read */
    int fd;
    bool waits;                    /* a pipe or the like: reading may take long */
    struct spk_reader_options how; /* each is read */
    struct spk_reader *reader;
    uint64_t gaps;              /* that were told of */
    struct spk_bpf_set *filter; /* borrowed; NULL: everything passes */
    struct oddity oddities[32]; /* by the bit of enum spk_warning */
    struct progress progress;
    /*
     * Set: blocks are read one by one, each that is no packet goes to beside (false: that failed, and told why), and block
     * is the one that the last record came in.
     */
    bool (*beside)(void *context, const struct spk_block *block);
    struct spk_block block;
    void (*dry)(void *context); /* called before waiting for more input; may be NULL */
    void *context;              /* of both */
};

/* Whether a path can be read: an exit code, after saying why not. */
int spk_cli_input_look(const char *path);

/* Whether all paths are regular files: they can be read again and in parts, and their end is known. */
bool spk_cli_input_are_files(const char *const *paths, size_t count);

/* Looks whether all paths can be read, and opens the first. Gives an exit code, after saying what is wrong. */
int spk_cli_input_begin(struct input *input, const char *const *paths, size_t count, struct spk_bpf_set *filter,
                        const struct spk_reader_options *how);

/*
 * Has libpcap look at the filter before anything is made: with the link type of the first packet, where the first file
 * can be opened a second time. Gives an exit code, after saying what is wrong.
 */
int spk_cli_input_try_filter(struct input *input);

/* Opens the next path. *more is false when there is none. Gives an exit code. */
int spk_cli_input_advance(struct input *input, bool *more);

/* spk_next_fn over a struct input. SPK_END also when interrupted. */
enum spk_status spk_cli_input_next(void *context, struct spk_record *record, struct spk_error *error);

/* Closes what was opened to be looked at, because somebody else reads the paths. */
void spk_cli_input_leave(struct input *input);

/* Somebody else's reader told something odd: as spk_pass_options.note is given it. */
void spk_cli_input_note(struct input *input, uint32_t warning, const struct spk_error *note);

/* Says on standard error what was odd, a line for each kind: the readers' events and the counted records. */
void spk_cli_input_warn(struct input *input, const struct spk_scan_counts *counts);

void spk_cli_input_end(struct input *input);

/* The exit code for a failure of a reader, or of the filter. */
int spk_cli_input_code(enum spk_status status);

/* From now on SIGINT, SIGTERM and SIGHUP interrupt, once; the second one kills. */
void spk_cli_catch_signals(void);

/* Whether the user interrupted. */
bool spk_cli_interrupted(void);

#endif
