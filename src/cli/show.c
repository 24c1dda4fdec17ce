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
    { .letter = 'e',
      .name = "field",
      .argument = "FIELD",
      .group = "How to show them",
      .help = "Marks the bytes of a field, also a group or a whole protocol, in the lines and in the dump; several are "
              "separated by commas; may be given again.",
      .id = OPTION_FIELD,
      .takes = TAKES_FIELDS },
    { .name = "json", .group = "How to show them", .help = "One JSON object a line.", .id = OPTION_JSON },
    OUT_OPTION("How to show them"),
};

struct run {
    struct pass pass;
    struct spk_query_options wanted;
    struct spk_tree_options tree;
    struct ranges ranges;
    const struct spk_field **marks; /* what the tree marks */
    uint64_t shown;
    bool json;
};

/* Adds the field of a name, or all of a protocol. Gives an exit code. */
static int add_marks(struct run *run, const struct spk_registry *registry, const char *name)
{
    const struct spk_field *field = spk_field_find(registry, name);
    const struct spk_proto *proto = spk_registry_find(registry, name);
    if (field == NULL && proto == NULL) {
        return spk_cli_usage(name, "unknown field", spk_field_nearest(registry, name));
    }
    for (size_t i = 0; i < spk_registry_field_count(registry); i++) {
        const struct spk_field *one = spk_registry_field(registry, i);
        if (one == field || (proto != NULL && one->proto == proto)) {
            run->marks[run->tree.mark_count++] = one;
        }
    }
    return DONE;
}

static int make_marks(const struct given *given, struct run *run)
{
    struct names names;
    int code = spk_cli_names(given, OPTION_FIELD, &names);
    const struct spk_registry *registry = given->registry;
    if (code == DONE && names.count > 0) {
        run->marks = malloc(names.count * spk_registry_field_count(registry) * sizeof run->marks[0]);
        code = run->marks != NULL ? DONE : spk_cli_no_memory();
    }
    for (size_t i = 0; i < names.count && code == DONE; i++) {
        code = add_marks(run, registry, names.items[i]);
    }
    run->tree.marks = run->marks;
    spk_cli_names_free(&names);
    return code;
}

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
    run->tree = (struct spk_tree_options){
        .safe = pass->output.terminal, .colour = pass->output.colour, .width = pass->output.columns, .hex = true
    };
    code = code == DONE ? make_marks(given, run) : code;
    if (code != DONE) {
        return code;
    }
    run->json = spk_cli_has(given, OPTION_JSON);
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
    free(run.marks);
    return code;
}

static const struct example examples[] = {
    { "steelpkt show -n 3 trace.pcap", "The third packet with all its fields and bytes." },
    { "steelpkt show -e dns.qry.name,dns.answers -f 'port 53' trace.pcap",
      "Packets of DNS, and where in them the name that is asked for and the answers are." },
    { "steelpkt show --json -f icmp trace.pcap | jq .stop", "Why decoding stopped in packets of ICMP." },
    { NULL, NULL },
};

const struct command spk_cli_show = {
    .name = "show",
    .operands = "FILE...",
    .operand_takes = TAKES_FILE,
    .summary = "Packets as a tree with a hex dump.",
    .about =
        "Prints packets with all their layers and fields, and where and why decoding stopped. Beside each line stand "
        "its bytes: the place of the first (hexadecimal, as in the dump below), then the bytes, or the bits of a field "
        "that is not made of whole bytes. Several files are read in order as one; - is standard input.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .examples = examples,
    .run = run_show,
};
