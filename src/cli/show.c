/* show: packets as trees with a hex dump, or as JSON. */
#include "pass.h"
#include "ranges.h"
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
    if (!spk_cli_ranges_hold(&run->ranges, cells->number)) {
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
    code = code == DONE ? spk_cli_ranges(given, &run->ranges) : code;
    code = code == DONE ? spk_cli_pass_filter(pass, given, &run->wanted) : code;
    if (code != DONE) {
        return code;
    }
    run->json = spk_cli_has(given, OPTION_JSON);
    run->tree = (struct spk_tree_options){ .safe = pass->output.terminal, .colour = pass->output.colour, .hex = true };
    run->wanted.decode = true;
    spk_cli_ranges_limit(&run->ranges, &run->wanted);
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
