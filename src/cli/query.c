/* query: fields of each packet as a table. */
#include "pass.h"
#include "select.h"

#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
    { 'e', NULL, "FIELD", "What to show",
      "A field, or several separated by commas; may be given again. steelpkt fields lists them; _file and _number are "
      "the file and the packet's number in it.",
      OPTION_FIELD },
    { 'a', NULL, "WHICH", "What to show",
      "Which occurrence of a field: first, all (joined by commas; the default) or last.", OPTION_OCCURRENCE },
    SELECT_OPTIONS,
    { 0, "rows", "N", "Which packets", "Stops after N rows.", OPTION_ROWS },
    { 'T', NULL, "FORM", "How to show it",
      "table (on a terminal the default), tsv (elsewhere the default), csv, json (one object a line), or fields (as "
      "tshark: tsv without a header).",
      OPTION_FORMAT },
    { 0, "no-header", NULL, "How to show it", "Leaves out the line with the columns' names.", OPTION_NO_HEADER },
    { 'o', NULL, "OUT", "How to show it", "Writes to a file instead of standard output.", OPTION_OUT },
    { 'E', NULL, "SETTING", "As tshark has it", "occurrence=f|l|a, separator=/t|/s|CHARACTER or header=y|n.",
      OPTION_TSHARK },
    { 'n', NULL, NULL, "As tshark has it", "Accepted; names are never looked up.", OPTION_NO_NAMES },
};

/* What the options come to. */
struct settings {
    struct spk_query_options query;
    struct spk_sink_options sink;
    const char **fields;
    size_t field_count;
    char *field_texts; /* copies, taken apart at the commas */
};

/* Splits every -e at its commas. */
static int read_fields(const struct given *given, struct settings *settings)
{
    size_t bytes = 1;
    size_t names = 1;
    for (size_t i = 0; i < given->choice_count; i++) {
        if (given->choices[i].option->id == OPTION_FIELD) {
            bytes += strlen(given->choices[i].value) + 1;
            names += strlen(given->choices[i].value) / 2 + 1;
        }
    }
    settings->field_texts = malloc(bytes);
    settings->fields = malloc(names * sizeof settings->fields[0]);
    if (settings->field_texts == NULL || settings->fields == NULL) {
        return spk_cli_no_memory();
    }
    char *to = settings->field_texts;
    for (size_t i = 0; i < given->choice_count; i++) {
        const char *from = given->choices[i].value;
        while (given->choices[i].option->id == OPTION_FIELD && *from != '\0') {
            size_t len = strcspn(from, ",");
            if (len > 0) {
                memcpy(to, from, len);
                to[len] = '\0';
                settings->fields[settings->field_count++] = to;
                to += len + 1;
            }
            from += len + (from[len] == ',');
        }
    }
    return settings->field_count > 0 ? DONE : spk_cli_usage(NULL, "a field is needed: -e ip.src,ip.dst", NULL);
}

struct word {
    const char *text;
    uint8_t value;
};

/* The value of a word in a list that ends with a NULL. False: it said that the word is none of them. */
static bool look_up(const char *text, const struct word *words, uint8_t *value)
{
    const char *names[8] = { NULL };
    for (size_t i = 0; words[i].text != NULL; i++) {
        names[i] = words[i].text;
        if (strcmp(words[i].text, text) == 0) {
            *value = words[i].value;
            return true;
        }
    }
    spk_cli_usage(text, "no such choice here", spk_cli_nearest(text, names));
    return false;
}

static bool read_tshark(const char *text, struct settings *settings)
{
    static const struct word which[] = {
        { "f", SPK_OCCURRENCE_FIRST },
        { "l", SPK_OCCURRENCE_LAST },
        { "a", SPK_OCCURRENCE_ALL },
        { NULL, 0 },
    };
    static const struct word yes_no[] = { { "y", 1 }, { "n", 0 }, { NULL, 0 } };
    uint8_t value = 0;
    if (strncmp(text, "occurrence=", 11) == 0) {
        return look_up(text + 11, which, &settings->query.occurrence);
    }
    if (strncmp(text, "header=", 7) == 0) {
        bool known = look_up(text + 7, yes_no, &value);
        settings->sink.header = value != 0;
        return known;
    }
    if (strncmp(text, "separator=", 10) == 0) {
        const char *character = text + 10;
        if (strcmp(character, "/t") == 0 || strcmp(character, "/s") == 0) {
            settings->sink.separator = character[1] == 't' ? '\t' : ' ';
            return true;
        }
        if (strlen(character) == 1) {
            settings->sink.separator = character[0];
            return true;
        }
    }
    spk_cli_usage(text, "not one of occurrence=f|l|a, separator=/t|/s|CHARACTER, header=y|n", NULL);
    return false;
}

static bool read_form(const struct given *given, bool terminal, struct settings *settings)
{
    enum { FIELDS = 100 };
    static const struct word forms[] = {
        { "table", SPK_SINK_TABLE }, { "tsv", SPK_SINK_TSV }, { "csv", SPK_SINK_CSV },
        { "json", SPK_SINK_JSON },   { "fields", FIELDS },    { NULL, 0 },
    };
    const char *form = spk_cli_last(given, OPTION_FORMAT);
    settings->sink.format = terminal ? SPK_SINK_TABLE : SPK_SINK_TSV;
    settings->sink.header = true;
    settings->sink.safe = terminal;
    if (form != NULL && !look_up(form, forms, &settings->sink.format)) {
        return false;
    }
    if (settings->sink.format == FIELDS) {
        settings->sink.format = SPK_SINK_TSV;
        settings->sink.header = false;
    }
    return true;
}

static int read_settings(const struct given *given, struct settings *settings, bool terminal)
{
    static const struct word which[] = {
        { "first", SPK_OCCURRENCE_FIRST },
        { "all", SPK_OCCURRENCE_ALL },
        { "last", SPK_OCCURRENCE_LAST },
        { NULL, 0 },
    };
    const char *occurrence = spk_cli_last(given, OPTION_OCCURRENCE);
    if (!read_form(given, terminal, settings)
        || (occurrence != NULL && !look_up(occurrence, which, &settings->query.occurrence))) {
        return USAGE;
    }
    for (size_t i = 0; i < given->choice_count; i++) {
        if (given->choices[i].option->id == OPTION_TSHARK && !read_tshark(given->choices[i].value, settings)) {
            return USAGE;
        }
    }
    settings->sink.header = settings->sink.header && !spk_cli_has(given, OPTION_NO_HEADER);
    int code = spk_cli_select(given, &settings->query);
    return code == DONE ? read_fields(given, settings) : code;
}

struct run {
    struct settings settings;
    struct pass pass;
    struct spk_sink *sink;
};

static int make_query(struct run *run)
{
    struct spk_error error;
    struct settings *settings = &run->settings;
    enum spk_status status =
        spk_query_new(settings->fields, settings->field_count, &settings->query, &run->pass.query, &error);
    if (status == SPK_ERR_USAGE) { /* the only hint it gives is a name */
        return spk_cli_usage(error.who, error.what, error.hint);
    }
    if (status != SPK_OK) {
        spk_cli_error(&error);
        return DAMAGED;
    }
    return DONE;
}

static bool take(void *context, const struct spk_cells *cells)
{
    struct run *run = context;
    if (spk_sink_row(run->sink, cells) != SPK_OK) {
        run->pass.output.code = spk_cli_no_memory();
        return false;
    }
    return true;
}

static bool flush(void *context)
{
    struct run *run = context;
    return run->sink != NULL && spk_sink_flush(run->sink) == SPK_OK && spk_cli_output_flush(&run->pass.output);
}

static int prepare(const struct given *given, struct run *run)
{
    struct pass *pass = &run->pass;
    int code = spk_cli_pass_output(pass, given);
    code = code == DONE ? read_settings(given, &run->settings, pass->output.terminal) : code;
    spk_cli_pass_filter(pass, given, &run->settings.query);
    code = code == DONE ? make_query(run) : code;
    code = code == DONE ? spk_cli_pass_input(pass, given) : code;
    if (code == DONE && spk_sink_new(pass->query, &run->settings.sink, pass->output.text, &run->sink, NULL) != SPK_OK) {
        return spk_cli_no_memory();
    }
    return code;
}

static int run_query(const struct given *given)
{
    struct run run = { .pass = PASS_EMPTY };
    run.pass.take = take;
    run.pass.flush = flush;
    run.pass.context = &run;
    int code = prepare(given, &run);
    code = code == DONE ? spk_cli_pass_run(&run.pass) : code;
    code = spk_cli_pass_end(&run.pass, code);
    spk_sink_free(run.sink);
    free(run.settings.fields);
    free(run.settings.field_texts);
    return code;
}

const struct command spk_cli_query = {
    .name = "query",
    .operands = "-e FIELD... FILE...",
    .summary = "The fields of each packet as a table.",
    .about = "Prints the asked-for fields of each packet, a line a packet. Several files are read in order as one: "
             "number, relative and delta times go on across them. - is standard input.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .run = run_query,
};
