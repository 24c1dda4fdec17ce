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
    OPTION_FILTER,
    OPTION_START,
    OPTION_END,
    OPTION_COUNT,
    OPTION_ROWS,
    OPTION_OCCURRENCE,
    OPTION_FORMAT,
    OPTION_NO_HEADER,
    OPTION_OUT,
    OPTION_READ,
    OPTION_DECODE_AS,
    OPTION_LINK,
    OPTION_SALVAGE,
    OPTION_NO_NAMES,
    OPTION_TSHARK,
    OPTION_NUMBER,
    OPTION_JSON,
    OPTION_TSV,
    OPTION_CSV_SAFE,
    OPTION_NO_PAGER,
    OPTION_COMPRESS,
    OPTION_LEVEL,
    OPTION_THREADS,
    OPTION_PLUGIN,
    OPTION_REFERENCE,
    OPTION_WIRESHARK,
    OPTION_SIZE,
    OPTION_EXPLAIN,
    OPTION_INTERFACE,
    OPTION_LIST,
    OPTION_SNAPLEN,
    OPTION_NOT_PROMISCUOUS,
    OPTION_BUFFER,
    OPTION_DURATION,
    OPTION_USER,
    OPTION_TOTAL_COUNT,
    OPTION_TOTAL_SUM,
    OPTION_TOTAL_MIN,
    OPTION_TOTAL_MAX,
    OPTION_TOTAL_DISTINCT,
    OPTION_TOP,
    OPTION_GROUP_MEMORY
};

/* What an argument is, for those who complete it. */
enum takes {
    TAKES_TEXT,   /* nothing that could be listed */
    TAKES_WORD,   /* one of the option's words */
    TAKES_FIELD,  /* a field's name */
    TAKES_FIELDS, /* fields' names, separated by commas */
    TAKES_FILTER, /* a display filter, with fields' names in it */
    TAKES_FILE
};

/* One of the few words that an argument may be. */
struct word {
    const char *text; /* NULL ends a list */
    uint8_t value;    /* what it stands for */
    const char *help; /* a phrase; NULL in lists that are never shown */
};

struct option {
    char letter;              /* 0: only the long name */
    const char *name;         /* NULL: only the letter */
    const char *argument;     /* what it takes, in capitals; NULL: nothing */
    const char *group;        /* the heading it stands under in --help */
    const char *help;         /* a sentence or more; the first part, up to a full stop or semicolon, says it briefly */
    uint8_t id;               /* enum option_id */
    uint8_t takes;            /* enum takes */
    const struct word *words; /* TAKES_WORD */
};

struct given;

struct example {
    const char *line; /* NULL ends a list */
    const char *says; /* a sentence */
};

struct command {
    const char *name;
    const char *operands;  /* "FILE..." */
    uint8_t operand_takes; /* enum takes: what each of them is */
    const char *summary;   /* a line for the list of sub-commands */
    const char *about;     /* for its --help */
    const struct option *options;
    size_t option_count;
    const struct example *examples; /* for its manual page; may be NULL */
    int (*run)(const struct given *given);
};

/* ---- commands.c ---- */

/* All sub-commands, in the order of the list in src/cli/meson.build; NULL ends them. */
extern const struct command *const spk_cli_commands[];
/* Prints manual pages and completions; for those who build and pack, so it is not among the others. */
extern const struct command spk_cli_generate;
/* The exit codes, and the environment's variables, with what they mean. */
extern const struct word spk_cli_exits[];
extern const struct word spk_cli_environment[];
/* By name, or NULL. */
const struct command *spk_cli_command(const char *name);

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
    const struct spk_registry *registry; /* the protocols to work with, from spk_cli_registry_begin on */
    struct spk_plugins *plugins;
    bool lent;                     /* the plug-ins are somebody else's */
    struct spk_registry *relinked; /* registry, where there are rules of -d */
};

/* ---- options.c ---- */

/* Takes the words behind the sub-command apart. False: it said what is wrong on standard error. */
bool spk_cli_parse(const struct command *command, int argc, char **argv, struct given *given);
void spk_cli_given_free(struct given *given);
/* The last value given for an option; NULL: none. */
const char *spk_cli_last(const struct given *given, enum option_id id);
bool spk_cli_has(const struct given *given, enum option_id id);
/* The value of the word given for an option; *value stays as it is where the option was not given. False: said so. */
bool spk_cli_word(const struct given *given, enum option_id id, uint8_t *value);
/* The value of a word in a list. False: it said that the word is none of them. */
bool spk_cli_look_up(const char *text, const struct word *words, uint8_t *value);
/* A whole number from 1 on; *number stays as it is where the option was not given. False: said so. */
bool spk_cli_number(const struct given *given, enum option_id id, uint64_t *number);
/* The index-th option of a sub-command, the ones that all of them take last; NULL behind the last. */
const struct option *spk_cli_option(const struct command *command, size_t index);
/* The entry of the names (NULL ends them) nearest to a mistyped word, or NULL. */
const char *spk_cli_nearest(const char *word, const char *const *names);

/* ---- registry.c ---- */

/*
 * Makes given->registry: what was asked for is loaded and put in its place. Gives an exit code, after saying what is
 * wrong.
 */
int spk_cli_registry_begin(struct given *given);
void spk_cli_registry_end(struct given *given);

/* ---- clock.c ---- */

/* Milliseconds of a clock that nobody sets, from some moment on. */
int64_t spk_cli_now_ms(void);

/* ---- external.c ---- */

/*
 * What becomes of a reader that went away and of a file that may grow no further: SIG_IGN makes both a failed write, told
 * by the exit code; SIG_DFL is for programs that know nothing of that.
 */
void spk_cli_broken_output(void (*handler)(int));

/* Whether a command of that name is on the PATH, for which access(2) with that mode holds. */
bool spk_cli_on_path(const char *name, int mode);
/*
 * Becomes the program steelpkt-NAME of the PATH; words are its arguments, from words[1] on, and NULL ends them. Returns
 * false where there is none, and true where it cannot be run, after saying why.
 */
bool spk_cli_external(const char *name, char **words);

/* ---- help.c ---- */

/* Prints what --help says of one sub-command. given may be NULL. Gives an exit code. */
int spk_cli_help(const struct command *command, const struct given *given);
/* Prints what steelpkt --help says; with missing as an error, since it was not asked for. Gives an exit code. */
int spk_cli_help_all(bool missing);
/* How many of a help text's letters say it briefly. */
size_t spk_cli_brief(const char *help);

/* ---- report.c ---- */

/* "steelpkt: " and the error's sentence on standard error, made safe. */
void spk_cli_error(const struct spk_error *error);
/*
 * The same for a display filter over the fields of a registry, and the filter itself with a mark under the word that is
 * wrong. Gives USAGE.
 */
int spk_cli_filter_error(const struct spk_registry *registry, const struct spk_error *error,
                         const struct spk_filter_fault *fault);
/* "steelpkt: COUNT nouns: what", or of one "1 noun"; nothing of none. */
void spk_cli_tell_count(uint64_t count, const char *noun, const char *what);
/* "steelpkt: WHO: what" (who may be NULL), and "; did you mean HINT?" where hint is not NULL. Gives USAGE. */
int spk_cli_usage(const char *who, const char *what, const char *hint);
/* Gives DAMAGED. */
int spk_cli_no_memory(void);

#endif
