/* splits: where a capture can be cut, for those that read one in parts. */
#include "input.h"
#include "output.h"

#include <inttypes.h>

enum { DEFAULT_SIZE = 64 * 1024 * 1024 };

static const struct option options[] = {
    { .letter = 's',
      .name = "size",
      .argument = "BYTES",
      .group = "How large",
      .help = "About how large a part is; 64 MiB where nothing is said.",
      .id = OPTION_SIZE },
};

/* Gives an exit code. */
static int print_parts(const struct spk_splits *splits)
{
    struct output output;
    int code = spk_cli_output_begin(&output, NULL);
    if (code != DONE) {
        return code;
    }
    for (size_t i = 0; i < splits->count && output.code == DONE; i++) {
        uint64_t end = i + 1 < splits->count ? splits->begins[i + 1] : splits->size;
        spk_cli_put_format(&output, "%" PRIu64 "\t%" PRIu64, splits->begins[i], end);
        for (size_t t = 0; t < splits->tell_count && splits->tells[t] <= splits->begins[i]; t++) {
            spk_cli_put_format(&output, "%c%" PRIu64, t == 0 ? '\t' : ',', splits->tells[t]);
        }
        spk_cli_put_format(&output, "\n");
        spk_cli_output_row(&output);
    }
    return spk_cli_output_end(&output, false);
}

static int run_splits(const struct given *given)
{
    uint64_t size = DEFAULT_SIZE;
    struct spk_splits splits;
    struct spk_error error;
    if (!spk_cli_number(given, OPTION_SIZE, &size)) {
        return USAGE;
    }
    if (given->operand_count != 1) {
        return spk_cli_usage(NULL, "one capture is needed: steelpkt splits FILE", NULL);
    }
    int code = spk_cli_input_look(given->operands[0]);
    if (code != DONE) {
        return code;
    }
    enum spk_status status = spk_splits_find(given->operands[0], size, &splits, &error);
    int printed = print_parts(&splits);
    spk_splits_free(&splits);
    if (status < 0) {
        spk_cli_error(&error);
    }
    return printed != DONE ? printed : status == SPK_OK ? DONE : status == SPK_ERR_UNSUPPORTED ? USAGE : DAMAGED;
}

static const struct example examples[] = {
    { "steelpkt splits -s 1000000000 trace.pcap", "Parts of about a gigabyte for a cluster's readers." },
    { NULL, NULL },
};

const struct command spk_cli_splits = {
    .name = "splits",
    .operands = "FILE",
    .operand_takes = TAKES_FILE,
    .summary = "Where a capture can be cut into parts.",
    .about =
        "Prints a line a part: the byte at which its first record begins, and the byte behind its last. Each cut is "
        "exact; where the bytes around do not prove it the file is read up to there. The interfaces of a pcapng stand "
        "before the first part; where it tells of more of them between packets, a third column says at which bytes.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .examples = examples,
    .run = run_splits,
};
