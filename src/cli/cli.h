/*
 * cli: the command, over the public library alone. A sub-command is a row: its name, its options (rows too) and a function.
 * Parsing, --help and every list of options come from these rows.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <steelpkt.h>

enum exit_code {
    DONE = 0,
    USAGE = 1,      /* the command line, or a file that cannot be opened */
    DAMAGED = 2,    /* the input; everything before the damage was delivered */
    UNWRITTEN = 3,  /* the output could not be written completely */
    INTERRUPTED = 4 /* by the user; what was finished is written */
};

/* Every option of every sub-command has one of these; a table says which a sub-command takes. */
enum option_id {
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_FIELD,
    OPTION_BPF,
    OPTION_START,
    OPTION_END,
    OPTION_COUNT,
    OPTION_ROWS,
    OPTION_OCCURRENCE,
    OPTION_FORMAT,
    OPTION_NO_HEADER,
    OPTION_OUT,
    OPTION_READ,
    OPTION_NO_NAMES,
    OPTION_TSHARK,
    OPTION_NUMBER,
    OPTION_JSON
};

struct option {
    char letter;          /* 0: only the long name */
    const char *name;     /* NULL: only the letter */
    const char *argument; /* what it takes, in capitals; NULL: nothing */
    const char *group;    /* the heading it stands under in --help */
    const char *help;     /* a sentence */
    uint8_t id;           /* enum option_id */
};

struct given;

struct command {
    const char *name;
    const char *operands; /* "FILE..." */
    const char *summary;  /* a line for the list of sub-commands */
    const char *about;    /* for its --help */
    const struct option *options;
    size_t option_count;
    int (*run)(const struct given *given);
};

extern const struct command spk_cli_info;
extern const struct command spk_cli_query;
extern const struct command spk_cli_show;
extern const struct command spk_cli_fields;

/* One option as it was given. */
struct choice {
    const struct option *option;
    const char *value; /* NULL where it takes none */
};

/* A command line, taken apart. Texts point into argv. */
struct given {
    const struct command *command;
    struct choice *choices;
    size_t choice_count;
    const char **operands;
    size_t operand_count;
};

/* ---- options.c ---- */

/* Takes the words behind the sub-command apart. False: it said what is wrong on standard error. */
bool spk_cli_parse(const struct command *command, int argc, char **argv, struct given *given);
void spk_cli_given_free(struct given *given);
/* The last value given for an option; NULL: none. */
const char *spk_cli_last(const struct given *given, enum option_id id);
bool spk_cli_has(const struct given *given, enum option_id id);
/* A whole number from 1 on; *number stays as it is where the option was not given. False: said so. */
bool spk_cli_number(const struct given *given, enum option_id id, uint64_t *number);
int spk_cli_help(const struct command *command);
/* The entry of the names (NULL ends them) nearest to a mistyped word, or NULL. */
const char *spk_cli_nearest(const char *word, const char *const *names);

/* ---- report.c ---- */

/* "steelpkt: " and the error's sentence on standard error, made safe. */
void spk_cli_error(const struct spk_error *error);
/* "steelpkt: WHO: what" (who may be NULL), and "; did you mean HINT?" where hint is not NULL. Gives USAGE. */
int spk_cli_usage(const char *who, const char *what, const char *hint);
/* Gives DAMAGED. */
int spk_cli_no_memory(void);

#endif
