/* show: packets as trees with a hex dump, or as JSON. */
#include "pass.h"
#include "select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
    { .letter = 'n',
      .argument = "N",
      .group = "Which packets",
      .help = "Packet N, counted from 1, or packets N-M; several separated by commas; may be given again.",
      .id = OPTION_NUMBER },
    SELECT_OPTIONS,
    { .name = "json", .group = "How to show them", .help = "One JSON object a line.", .id = OPTION_JSON },
    OUT_OPTION("How to show them"),
};

struct range {
    uint64_t first, last;
};

struct ranges {
    struct range *items;
    size_t count;
    uint64_t last; /* of all; UINT64_MAX: to the end */
};

static bool read_number(const char **text, uint64_t *number)
{
    char *end = NULL;
    if (**text < '0' || **text > '9') {
        return false;
    }
    *number = strtoull(*text, &end, 10);
    *text = end;
    return *number > 0;
}

/* N, N-M, N- or -M, separated by commas. */
static bool read_ranges(const char *text, struct ranges *ranges)
{
    while (*text != '\0') {
        struct range *range = &ranges->items[ranges->count++];
        *range = (struct range){ 1, UINT64_MAX };
        if (*text != '-' && !read_number(&text, &range->first)) {
            return false;
        }
        if (*text != '-') {
            range->last = range->first;
        } else if (*++text != '\0' && *text != ',' && !read_number(&text, &range->last)) {
            return false;
        }
        if (range->last < range->first || (*text != '\0' && *text != ',')) {
            return false;
        }
        ranges->last = range->last > ranges->last ? range->last : ranges->last;
        text += *text == ',';
    }
    return true;
}

static int make_ranges(const struct given *given, struct ranges *ranges)
{
    size_t commas = 1;
    for (size_t i = 0; i < given->choice_count; i++) {
        const struct choice *choice = &given->choices[i];
        commas += choice->option->id == OPTION_NUMBER ? strlen(choice->value) + 1 : 0;
    }
    ranges->items = calloc(commas, sizeof ranges->items[0]);
    if (ranges->items == NULL) {
        return spk_cli_no_memory();
    }
    for (size_t i = 0; i < given->choice_count; i++) {
        const struct choice *choice = &given->choices[i];
        if (choice->option->id == OPTION_NUMBER && !read_ranges(choice->value, ranges)) {
            return spk_cli_usage(choice->value, "packet numbers are N, N-M, N- or -M, from 1 on", NULL);
        }
    }
    if (ranges->count == 0) {
        ranges->last = UINT64_MAX;
    }
    return DONE;
}

static bool in_ranges(const struct ranges *ranges, uint64_t number)
{
    for (size_t i = 0; i < ranges->count; i++) {
        if (number >= ranges->items[i].first && number <= ranges->items[i].last) {
            return true;
        }
    }
    return ranges->count == 0;
}

struct run {
    struct pass pass;
    struct spk_query_options wanted;
    struct spk_tree_options tree;
    struct ranges ranges;
    uint64_t shown;
    bool json;
};

static bool put(struct run *run, const char *text)
{
    return spk_out_put(run->pass.output.text, text, strlen(text)) == SPK_OK;
}

static bool put_packet(struct run *run, const struct spk_cells *cells)
{
    char title[64];
    if (run->json) {
        struct spk_json json = { .out = run->pass.output.text };
        spk_tree_json(cells->packet, &json);
        return !json.failed && put(run, "\n");
    }
    snprintf(title, sizeof title, "%sPacket %llu\n", run->shown > 0 ? "\n" : "", (unsigned long long)cells->number);
    return put(run, title) && spk_tree_text(cells->packet, &run->tree, run->pass.output.text) == SPK_OK;
}

static bool take(void *context, const struct spk_cells *cells)
{
    struct run *run = context;
    if (!in_ranges(&run->ranges, cells->number)) {
        return true;
    }
    if (!put_packet(run, cells)) {
        run->pass.output.code = spk_cli_no_memory();
        return false;
    }
    run->shown++;
    return true;
}

static bool flush(void *context)
{
    struct run *run = context;
    return spk_cli_output_flush(&run->pass.output);
}

static int prepare(const struct given *given, struct run *run)
{
    struct pass *pass = &run->pass;
    int code = spk_cli_pass_output(pass, given);
    code = code == DONE ? spk_cli_select(given, &run->wanted) : code;
    code = code == DONE ? make_ranges(given, &run->ranges) : code;
    code = code == DONE ? spk_cli_pass_filter(pass, given, &run->wanted) : code;
    if (code != DONE) {
        return code;
    }
    run->json = spk_cli_has(given, OPTION_JSON);
    run->tree = (struct spk_tree_options){ .safe = pass->output.terminal, .colour = pass->output.colour, .hex = true };
    run->wanted.decode = true;
    if (run->ranges.last != UINT64_MAX && (run->wanted.read_max == 0 || run->wanted.read_max > run->ranges.last)) {
        run->wanted.read_max = run->ranges.last; /* nothing behind it is wanted */
    }
    if (spk_query_new(NULL, 0, &run->wanted, &pass->query, NULL) != SPK_OK) {
        return spk_cli_no_memory();
    }
    return spk_cli_pass_input(pass, given);
}

static int run_show(const struct given *given)
{
    struct run run = { .pass = PASS_EMPTY };
    run.pass.take = take;
    run.pass.flush = flush;
    run.pass.context = &run;
    int code = prepare(given, &run);
    code = code == DONE ? spk_cli_pass_run(&run.pass) : code;
    if (code == DONE && run.pass.output.code == DONE && run.ranges.count > 0 && run.shown == 0) {
        code = spk_cli_usage(NULL, "no such packet", NULL);
    }
    code = spk_cli_pass_end(&run.pass, code);
    free(run.ranges.items);
    return code;
}

static const struct example examples[] = {
    { "steelpkt show -n 3 trace.pcap", "The third packet with all its fields and bytes." },
    { "steelpkt show --json -f icmp trace.pcap | jq .stop", "Why decoding stopped in packets of ICMP." },
    { NULL, NULL },
};

const struct command spk_cli_show = {
    .name = "show",
    .operands = "FILE...",
    .operand_takes = TAKES_FILE,
    .summary = "Packets as a tree with a hex dump.",
    .about =
        "Prints packets with all their layers, fields and bytes, and where and why decoding stopped. Several files "
        "are read in order as one; - is standard input.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .examples = examples,
    .run = run_show,
};
