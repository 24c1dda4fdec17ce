/* query: fields of each packet as a table. */
#include "aggregate.h"
#include "pass.h"
#include "select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORM_FIELDS = 100 }; /* a form beside those of enum spk_sink_format */

static const struct word forms[] = {
    { "table", SPK_SINK_TABLE, "aligned columns; the default on a terminal" },
    { "tsv", SPK_SINK_TSV, "separated by tabs; the default elsewhere" },
    { "csv", SPK_SINK_CSV, "separated by commas, quoted where needed (RFC 4180)" },
    { "json", SPK_SINK_JSON, "an object a line: numbers, booleans, strings, lists" },
    { "fields", FORM_FIELDS, "as tshark: tsv without a header" },
    { NULL, 0, NULL },
};

static const struct word occurrences[] = {
    { "first", SPK_OCCURRENCE_FIRST, "the outermost" },
    { "all", SPK_OCCURRENCE_ALL, "all of them, in text joined by commas; the default" },
    { "last", SPK_OCCURRENCE_LAST, "the innermost" },
    { NULL, 0, NULL },
};

/* Those of tshark's -E. */
#define TSHARK_SETTINGS                                                                                                \
    "occurrence=f|l|a, header=y|n, bom=y|n, quote=d|s|n, separator=/t|/s|CHARACTER, aggregator=/s|CHARACTER"

static const struct option options[] = {
    { .letter = 'e',
      .argument = "FIELD",
      .group = "What to show",
      .help = "A field, or several separated by commas, or @FILE with a list of them; may be given again. steelpkt "
              "fields lists them; _file and "
              "_number are the file and the packet's number in it.",
      .id = OPTION_FIELD,
      .takes = TAKES_FIELDS },
    { .letter = 'a',
      .argument = "WHICH",
      .group = "What to show",
      .help = "Which occurrences of a field that a packet has several times:",
      .id = OPTION_OCCURRENCE,
      .takes = TAKES_WORD,
      .words = occurrences },
    SELECT_OPTIONS,
    { .name = "rows", .argument = "N", .group = "Which packets", .help = "Stops after N rows.", .id = OPTION_ROWS },
    AGGREGATE_OPTIONS,
    { .letter = 'T',
      .argument = "FORM",
      .group = "How to show it",
      .help = "The form of the output:",
      .id = OPTION_FORMAT,
      .takes = TAKES_WORD,
      .words = forms },
    { .name = "no-header",
      .group = "How to show it",
      .help = "Leaves out the line with the columns' names.",
      .id = OPTION_NO_HEADER },
    { .name = "csv-safe",
      .group = "How to show it",
      .help = "In csv, puts an apostrophe before text that a spreadsheet would take for a formula, because it begins "
              "with = + - or @.",
      .id = OPTION_CSV_SAFE },
    OUT_OPTION("How to show it"),
    { .letter = 'j',
      .name = "threads",
      .argument = "N",
      .group = "How to read",
      .help = "Up to N threads read captures side by side; the output is the same. One reads where the input is no "
              "file, or "
              "-c, --rows, --salvage or a filter over times since other packets looks at each packet in order. A "
              "compressed capture is read by one and unpacked by another.",
      .id = OPTION_THREADS },
    { .letter = 'E',
      .argument = "SETTING",
      .group = "As tshark has it",
      .help = TSHARK_SETTINGS ".",
      .id = OPTION_TSHARK },
    { .letter = 'n',
      .group = "As tshark has it",
      .help = "Accepted; names are never looked up.",
      .id = OPTION_NO_NAMES },
};

/* What the options come to. */
struct settings {
    struct spk_query_options query;
    struct spk_sink_options sink;
    bool bom; /* first the mark of UTF-8 */
    struct names fields;
    struct aggregates aggregates;
};

/* One character, or /s for a space, or where it may be one /t for a tab. */
static bool read_character(const char *text, const char *setting, bool or_tab, uint8_t *to)
{
    *to = (uint8_t)text[0];
    if (strcmp(text, "/s") == 0 || (or_tab && strcmp(text, "/t") == 0)) {
        *to = text[1] == 't' ? '\t' : ' ';
    } else if (strlen(text) != 1) {
        spk_cli_usage(setting,
                      or_tab ? "a single character is needed, or /t or /s" : "a single character is needed, or /s",
                      NULL);
        return false;
    }
    return true;
}

static bool read_tshark(const char *text, struct settings *settings)
{
    static const struct word which[] = {
        { "f", SPK_OCCURRENCE_FIRST, NULL },
        { "l", SPK_OCCURRENCE_LAST, NULL },
        { "a", SPK_OCCURRENCE_ALL, NULL },
        { NULL, 0, NULL },
    };
    static const struct word yes_no[] = { { "y", 1, NULL }, { "n", 0, NULL }, { NULL, 0, NULL } };
    static const struct word quotes[] = {
        { "d", '"', NULL }, { "s", '\'', NULL }, { "n", 0, NULL }, { NULL, 0, NULL }
    };
    enum { OCCURRENCE, HEADER, BOM, QUOTE, SEPARATOR, AGGREGATOR, SETTINGS };
    static const struct {
        const char *name;
        const struct word *words; /* NULL: a character */
    } known[SETTINGS] = {
        [OCCURRENCE] = { "occurrence=", which },
        [HEADER] = { "header=", yes_no },
        [BOM] = { "bom=", yes_no },
        [QUOTE] = { "quote=", quotes },
        [SEPARATOR] = { "separator=", NULL },
        [AGGREGATOR] = { "aggregator=", NULL },
    };
    uint8_t values[SETTINGS] = {
        settings->query.occurrence,        settings->sink.header,         settings->bom, (uint8_t)settings->sink.quote,
        (uint8_t)settings->sink.separator, (uint8_t)settings->sink.joiner
    };
    size_t i = 0;
    while (i < SETTINGS && strncmp(text, known[i].name, strlen(known[i].name)) != 0) {
        i++;
    }
    if (i == SETTINGS) {
        spk_cli_usage(text, "not one of " TSHARK_SETTINGS, NULL);
        return false;
    }
    const char *value = text + strlen(known[i].name);
    bool ok = known[i].words != NULL ? spk_cli_look_up(value, known[i].words, &values[i])
                                     : read_character(value, text, i == SEPARATOR, &values[i]);
    settings->query.occurrence = values[OCCURRENCE];
    settings->sink.header = values[HEADER] != 0;
    settings->bom = values[BOM] != 0;
    settings->sink.quote = (char)values[QUOTE];
    settings->sink.separator = (char)values[SEPARATOR];
    settings->sink.joiner = (char)values[AGGREGATOR];
    return ok;
}

static bool read_form(const struct given *given, const struct output *output, struct settings *settings)
{
    settings->sink.format = output->terminal ? SPK_SINK_TABLE : SPK_SINK_TSV;
    settings->sink.header = true;
    settings->sink.safe = output->terminal;
    settings->sink.colour = output->colour;
    settings->sink.width = output->columns;
    settings->sink.plain_text = spk_cli_has(given, OPTION_CSV_SAFE);
    if (!spk_cli_word(given, OPTION_FORMAT, &settings->sink.format)) {
        return false;
    }
    if (settings->sink.format == FORM_FIELDS) {
        settings->sink.format = SPK_SINK_TSV;
        settings->sink.header = false;
    }
    if (settings->sink.plain_text && settings->sink.format != SPK_SINK_CSV) {
        spk_cli_usage("--csv-safe", "it goes with -T csv", NULL);
        return false;
    }
    return true;
}

static int read_settings(const struct given *given, struct settings *settings, const struct output *output)
{
    if (!read_form(given, output, settings) || !spk_cli_word(given, OPTION_OCCURRENCE, &settings->query.occurrence)) {
        return USAGE;
    }
    for (size_t i = 0; i < given->choice_count; i++) {
        if (given->choices[i].option->id == OPTION_TSHARK && !read_tshark(given->choices[i].value, settings)) {
            return USAGE;
        }
    }
    settings->sink.header = settings->sink.header && !spk_cli_has(given, OPTION_NO_HEADER);
    int code = spk_cli_select(given, &settings->query);
    code = code == DONE ? spk_cli_names(given, OPTION_FIELD, &settings->fields) : code;
    if (code == DONE && settings->fields.count == 0 && !spk_cli_aggregates_asked(given)) {
        return spk_cli_usage(NULL, "a field is needed: -e ip.src,ip.dst; steelpkt fields lists them", NULL);
    }
    return code == DONE ? spk_cli_aggregates_begin(&settings->aggregates, given, &settings->fields) : code;
}

struct run {
    struct settings settings;
    struct pass pass;
    struct spk_sink *sink;
    struct spk_groups *groups; /* what rows come to; NULL: they are shown as they are */
    bool counted;              /* the answer is given by now */
};

/* A name that is no column; whoever asks for a protocol is told where its fields are. */
static int tell_no_field(const struct spk_registry *registry, const struct spk_error *error)
{
    char what[256];
    bool is_proto = spk_registry_find(registry, error->who) != NULL;
    snprintf(what, sizeof what, is_proto ? "%s; steelpkt fields %s lists them" : "%s", error->what, error->who);
    return spk_cli_usage(error->who, what, error->hint);
}

static int make_groups(struct run *run)
{
    struct spk_error error;
    const struct spk_groups_options *asked = &run->settings.aggregates.options;
    if (asked->count == 0) {
        return DONE;
    }
    enum spk_status status = spk_groups_new(run->pass.query, asked, &run->groups, &error);
    return status == SPK_OK          ? DONE
           : status == SPK_ERR_USAGE ? spk_cli_usage(error.who, error.what, NULL)
                                     : spk_cli_no_memory();
}

static int make_query(struct run *run)
{
    struct spk_error error;
    struct settings *settings = &run->settings;
    const struct aggregates *asked = &settings->aggregates;
    enum spk_status status = spk_query_new(asked->names, asked->name_count, &settings->query, &run->pass.query, &error);
    if (status == SPK_ERR_USAGE) { /* the only hint it gives is a name */
        return tell_no_field(settings->query.registry, &error);
    }
    if (status != SPK_OK) {
        spk_cli_error(&error);
        return DAMAGED;
    }
    return make_groups(run);
}

static bool take(void *context, const struct spk_cells *cells)
{
    struct run *run = context;
    enum spk_status status = run->groups != NULL ? spk_groups_row(run->groups, cells) : spk_sink_row(run->sink, cells);
    if (status != SPK_OK) {
        run->pass.output.code = spk_cli_no_memory();
        return false;
    }
    return true;
}

static bool flush(void *context)
{
    struct run *run = context;
    if (run->groups != NULL && !run->counted) {
        return true; /* nothing is shown before the end */
    }
    return run->sink != NULL && spk_sink_flush(run->sink) == SPK_OK && spk_cli_output_flush(&run->pass.output);
}

static int prepare(const struct given *given, struct run *run)
{
    struct pass *pass = &run->pass;
    int code = spk_cli_pass_output(pass, given);
    code = code == DONE ? read_settings(given, &run->settings, &pass->output) : code;
    code = code == DONE ? spk_cli_pass_filter(pass, given, &run->settings.query) : code;
    code = code == DONE ? spk_cli_pass_threads(pass, given, &run->settings.query) : code;
    code = code == DONE ? make_query(run) : code;
    code = code == DONE ? spk_cli_pass_input(pass, given) : code;
    if (code == DONE && run->settings.bom && spk_out_put(pass->output.text, "\xef\xbb\xbf", 3) != SPK_OK) {
        return spk_cli_no_memory();
    }
    const struct spk_query *shown = run->groups != NULL ? spk_groups_query(run->groups) : pass->query;
    if (code == DONE && spk_sink_new(shown, &run->settings.sink, pass->output.text, &run->sink, NULL) != SPK_OK) {
        return spk_cli_no_memory();
    }
    return code;
}

static int read_all(struct run *run, const struct given *given)
{
    if (run->pass.threads == 0) {
        return spk_cli_pass_run(&run->pass);
    }
    return run->groups != NULL ? spk_cli_aggregates_read(&run->pass, given, run->groups)
                               : spk_cli_pass_lines(&run->pass, given, run->sink);
}

/* What was counted, also where the input ended early. */
static int put_groups(struct run *run, int code)
{
    if (run->groups == NULL || code == USAGE || run->pass.output.code != DONE) {
        return code;
    }
    run->counted = true;
    int put = spk_cli_aggregates_put(&run->pass, run->groups, run->sink);
    return code == DONE ? put : code;
}

static int run_query(const struct given *given)
{
    struct run run = { .pass = PASS_EMPTY };
    run.pass.take = take;
    run.pass.flush = flush;
    run.pass.context = &run;
    int code = prepare(given, &run);
    if (code == DONE) {
        code = put_groups(&run, read_all(&run, given));
    }
    code = spk_cli_pass_end(&run.pass, code);
    spk_sink_free(run.sink);
    spk_groups_free(run.groups);
    spk_cli_aggregates_end(&run.settings.aggregates);
    spk_cli_names_free(&run.settings.fields);
    return code;
}

static const struct example examples[] = {
    { "steelpkt query -e ip.src,dns.qry.name -f 'udp port 53' trace.pcap", "Who asked for which name." },
    { "steelpkt query -T csv -e ip.src,tcp.flags -o flags.csv a.pcap b.pcap",
      "Two captures as one, into a file that spreadsheets read." },
    { "steelpkt query -e ip.src --count --sum frame.len --top 20 trace.pcap",
      "Who sent most packets, and how many bytes." },
    { "tcpdump -U -w - | steelpkt query -e ip.src,ip.dst -", "Packets as they come." },
    { NULL, NULL },
};

const struct command spk_cli_query = {
    .name = "query",
    .operands = "-e FIELD... FILE...",
    .operand_takes = TAKES_FILE,
    .summary = "The fields of each packet as a table.",
    .about = "Prints the asked-for fields of each packet, a line a packet. Several files are read in order as one: "
             "number, relative and delta times go on across them. - is standard input.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .examples = examples,
    .run = run_query,
};
