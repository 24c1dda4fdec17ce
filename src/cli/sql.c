/*
 * sql: SQL over captures. DuckDB answers, from Python: this file has the table of options, which makes --help, the manual
 * page and completions, and starts the program steelpkt-sql.
 */
#include "output.h"
#include "select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What they stand for, only steelpkt-sql needs to know. */
static const struct word forms[] = {
    { "table", 0, "aligned columns; the default" },
    { "csv", 0, "separated by commas, quoted where needed" },
    { "json", 0, "an object a line" },
    { "parquet", 0, "a file that columns are read from; goes to -o" },
    { NULL, 0, NULL },
};

static const struct word occurrences[] = {
    { "auto", 0, "a list where the field repeats by its nature, else the outermost; the default" },
    { "first", 0, "the outermost" },
    { "last", 0, "the innermost" },
    { "all", 0, "lists" },
    { NULL, 0, NULL },
};

static const struct option options[] = {
    { .letter = 'a',
      .argument = "WHICH",
      .group = "What to show",
      .help = "What a column has of a field that a packet has several times:",
      .id = OPTION_OCCURRENCE,
      .takes = TAKES_WORD,
      .words = occurrences },
    PACKET_OPTIONS,
    DECODE_OPTION,
    { .letter = 'j',
      .name = "threads",
      .argument = "N",
      .group = "How to read",
      .help = "So many threads read; as many as there are processors where nothing is said.",
      .id = OPTION_THREADS },
    { .letter = 'T',
      .argument = "FORM",
      .group = "How to show it",
      .help = "The form of the output; where nothing is said, the end of the name after -o says it:",
      .id = OPTION_FORMAT,
      .takes = TAKES_WORD,
      .words = forms },
    { .name = "no-header",
      .group = "How to show it",
      .help = "Leaves out the line with the columns' names.",
      .id = OPTION_NO_HEADER },
    { .name = "explain",
      .group = "How to show it",
      .help = "Says which fields of which packets the statement needs, and reads none.",
      .id = OPTION_EXPLAIN },
    OUT_OPTION("How to show it"),
};

/* An option as it was given, in one word, but for a value behind a letter that is empty. NULL: no memory. */
static char *spell(const struct choice *choice)
{
    const char *value = choice->value != NULL ? choice->value : "";
    const struct option *option = choice->option;
    size_t size = strlen(value) + (option->name != NULL ? strlen(option->name) : 1) + 4;
    char *word = malloc(size);
    if (word != NULL && option->letter != 0) {
        snprintf(word, size, "-%c%s", option->letter, value);
    } else if (word != NULL) {
        snprintf(word, size, "--%s%s%s", option->name, choice->value != NULL ? "=" : "", value);
    }
    return word;
}

/* The options as they were given, from words[1] on; to be freed up to *count. False: no memory. */
static bool spell_all(const struct given *given, char **words, size_t *count)
{
    for (size_t i = 0; i < given->choice_count; i++) {
        const struct choice *choice = &given->choices[i];
        words[*count] = spell(choice);
        if (words[(*count)++] == NULL) {
            return false;
        }
        if (choice->option->letter != 0 && choice->value != NULL && choice->value[0] == '\0') {
            words[*count] = calloc(1, 1); /* else the next word were the value */
            if (words[(*count)++] == NULL) {
                return false;
            }
        }
    }
    return true;
}

static int run_sql(const struct given *given)
{
    if (given->operand_count < 2) {
        return spk_cli_usage(NULL, "a statement and a capture are needed: steelpkt sql STATEMENT FILE...", NULL);
    }
    for (size_t i = 0; i < given->choice_count; i++) {
        const struct choice *choice = &given->choices[i];
        uint8_t which = 0;
        if (choice->option->words != NULL && !spk_cli_look_up(choice->value, choice->option->words, &which)) {
            return USAGE;
        }
    }
    size_t count = 1;
    char **words = calloc(2 * given->choice_count + given->operand_count + 3, sizeof words[0]);
    bool ok = words != NULL && spell_all(given, words, &count);
    size_t spelled = count;
    char ends[] = "--";
    bool refused = false;
    if (ok) {
        words[count++] = ends;
        for (size_t i = 0; i < given->operand_count; i++) {
            words[count++] = (char *)(uintptr_t)given->operands[i]; /* exec takes what it does not change as char * */
        }
        refused = spk_cli_external("sql", words);
    }
    for (size_t i = 1; i < spelled && words != NULL; i++) {
        free(words[i]);
    }
    free(words);
    return !ok       ? spk_cli_no_memory()
           : refused ? USAGE
                     : spk_cli_usage("sql",
                                     "this needs the program steelpkt-sql, which is not on the PATH; it comes with the "
                                     "Python package: pip install 'steelpkt[sql]'",
                                     NULL);
}

static const struct example examples[] = {
    { "steelpkt sql 'SELECT ip_src, count(*) FROM packets GROUP BY ALL' t.pcap",
      "How many packets each address has sent." },
    { "steelpkt sql -o x.parquet 'SELECT dns_qry_name FROM packets' *.pcap.gz",
      "The names that were asked for, into a Parquet file." },
    { NULL, NULL },
};

const struct command spk_cli_sql = {
    .name = "sql",
    .operands = "STATEMENT FILE...",
    .operand_takes = TAKES_FILE,
    .summary = "Answers SQL over captures.",
    .about =
        "Answers one SELECT statement by DuckDB. All files together are the table packets, in which each field is a "
        "column: ip_src, or in quotes \"ip.src\". Of the captures, only the columns are read that the statement needs, "
        "and only the packets that its simple predicates leave. Captures that are damaged count up to the damage. This "
        "is the program steelpkt-sql, which comes with the Python package.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .examples = examples,
    .run = run_sql,
};
