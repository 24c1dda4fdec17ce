/*
 * convert: captures into another capture. Of a pcapng on the way to a pcapng every block is written as it stands; all
 * else goes record by record.
 */
#define _POSIX_C_SOURCE 200809L
#include "form.h"
#include "losses.h"
#include "pass.h"
#include "ranges.h"
#include "select.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option options[] = {
    { .name = "packets",
      .argument = "LIST",
      .group = "Which packets",
      .help = "Packets by number, counted from 1 over all files: 1-10,17,20-; may be given again.",
      .id = OPTION_NUMBER },
    SELECT_OPTIONS,
    FORM_OPTIONS("that of the first input"),
    { .letter = 'o',
      .argument = "OUT",
      .group = "What is written",
      .help = "Names the output, and every other word is an input.",
      .id = OPTION_OUT,
      .takes = TAKES_FILE },
};

struct run {
    struct pass pass;
    struct spk_query_options wanted;
    struct ranges ranges;
    struct spk_writer_options form;
    struct spk_writer *writer;
    struct losses losses;
    const char *path;     /* of the output */
    struct beside beside; /* the output, where it is a file */
    int fd;
    bool chooses;  /* not every packet need be written */
    bool blocks;   /* a pcapng is written */
    uint16_t link; /* of the first interface */
};

/* ---- writing ---- */

/* What the format cannot hold, against what the disk cannot. */
static bool is_refusal(enum spk_status status)
{
    return status == SPK_ERR_USAGE || status == SPK_ERR_UNSUPPORTED || status == SPK_ERR_LIMIT;
}

/* False, after telling why and leaving the exit code in the output. A reader that went away is no news. */
static bool fail(struct run *run, const struct spk_error *error)
{
    struct spk_error told = *error;
    if (run->beside.target != NULL && !is_refusal(error->code)) { /* the part that was written goes */
        told.hint = BESIDE_KEPT;
    }
    if (error->sys_errno != EPIPE) {
        spk_cli_error(&told);
    }
    run->pass.output.code = is_refusal(error->code) ? USAGE : error->code == SPK_ERR_MEMORY ? DAMAGED : UNWRITTEN;
    return false;
}

/* A pcap says its resolution and snap length once: those of the first packet's interface. */
static void follow_interface(struct run *run, uint32_t index)
{
    struct spk_interface interface;
    if (run->pass.input.reader != NULL && spk_reader_interface(run->pass.input.reader, index, &interface)) {
        bool fine = (interface.resolution & 0x7f) > 6;
        run->form.nanoseconds = run->form.nanoseconds || fine;
        run->form.microseconds = !fine;
        run->form.said_snaplen = interface.snaplen;
        run->link = interface.link;
    }
}

/* Makes the output, as late as possible: what is wrong with the input then leaves no file behind. */
static bool open_writer(struct run *run, uint32_t interface)
{
    struct spk_error error;
    if (run->writer != NULL) {
        return true;
    }
    follow_interface(run, interface);
    bool is_file = run->pass.output.path != NULL;
    run->fd = is_file ? spk_cli_beside_open(&run->beside, run->path) : STDOUT_FILENO;
    if (run->fd < 0) {
        return fail(run, &(struct spk_error){ .code = SPK_ERR_IO,
                                              .who = run->path,
                                              .what = "cannot be opened for writing",
                                              .sys_errno = errno });
    }
    const char *name = is_file ? run->path : "standard output";
    return spk_writer_open_fd(run->fd, name, &run->form, &run->writer, &error) == SPK_OK || fail(run, &error);
}

/* Writes a block with len other bytes in it. */
static enum spk_status write_changed(struct run *run, const struct spk_block *block, size_t at, const void *bytes,
                                     size_t len, struct spk_error *error)
{
    uint8_t *copy = malloc(block->size);
    struct spk_block changed = *block;
    if (copy == NULL) {
        *error = (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" };
        return SPK_ERR_MEMORY;
    }
    memcpy(copy, block->bytes, block->size);
    memcpy(copy + at, bytes, len);
    changed.bytes = copy;
    enum spk_status status = spk_writer_write_block(run->writer, &changed, error);
    free(copy);
    return status;
}

/*
 * A block that is no packet. Where packets are left out, a section cannot go on saying how long it is; a link type that
 * was told is put into the interfaces.
 */
static bool beside(void *context, const struct spk_block *block)
{
    static const uint8_t unsaid[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    enum { LINK_AT = 8, SECTION_LENGTH_AT = 16 };
    struct run *run = context;
    struct spk_error error;
    if (!run->blocks) {
        spk_cli_losses_block(&run->losses, block);
        return true;
    }
    if (!open_writer(run, 0)) {
        return false;
    }
    enum spk_status status;
    if (block->type == SPK_BLOCK_SECTION && run->chooses) {
        status = write_changed(run, block, SECTION_LENGTH_AT, unsaid, sizeof unsaid, &error);
    } else if (block->type == SPK_BLOCK_INTERFACE && run->pass.input.how.has_link) {
        uint16_t link = run->pass.input.how.link;
        link = block->swapped ? (uint16_t)(link << 8 | link >> 8) : link;
        status = write_changed(run, block, LINK_AT, &link, sizeof link, &error);
    } else {
        status = spk_writer_write_block(run->writer, block, &error);
    }
    return status == SPK_OK || fail(run, &error);
}

static bool take(void *context, const struct spk_cells *cells)
{
    struct run *run = context;
    const struct spk_block *block = &run->pass.input.block;
    struct spk_error error;
    if (!spk_cli_ranges_hold(&run->ranges, cells->number)) {
        return true;
    }
    if (!open_writer(run, cells->record->interface)) {
        return false;
    }
    enum spk_status status = run->blocks && block->bytes != NULL ? spk_writer_write_block(run->writer, block, &error)
                                                                 : spk_writer_write(run->writer, cells->record, &error);
    if (status != SPK_OK) {
        error.packet = is_refusal(status) ? cells->number : error.packet;
        return fail(run, &error);
    }
    if (!run->blocks) {
        spk_cli_losses_record(&run->losses, cells->record, run->form.nanoseconds);
    }
    return true;
}

static bool flush(void *context)
{
    struct run *run = context;
    struct spk_error error;
    return run->writer == NULL || spk_writer_flush(run->writer, &error) == SPK_OK || fail(run, &error);
}

static void end_file(struct run *run, bool refused)
{
    struct spk_error error;
    if (run->pass.output.path == NULL || run->fd < 0) {
        return;
    }
    bool whole = run->pass.output.code == DONE;
    enum ending ending = refused ? ENDS_REFUSED : whole ? ENDS_WHOLE : ENDS_SHORT;
    if (!spk_cli_beside_end(&run->beside, run->fd, ending, &error) && whole) {
        fail(run, &error);
    }
}

/* Ends the output of a pass that came to code. */
static void finish(struct run *run, int code)
{
    struct spk_error error;
    bool refused = code == USAGE || run->pass.output.code == USAGE;
    bool wanted = !refused && run->pass.output.code == DONE && run->pass.scan != NULL;
    if (run->writer == NULL && wanted) { /* a capture of no packets is one too, and has a link type */
        follow_interface(run, 0);
        run->form.link = run->link;
        run->form.has_link = run->pass.input.reader != NULL;
        open_writer(run, 0);
    }
    if (run->writer != NULL && spk_writer_close(run->writer, NULL, &error) != SPK_OK && run->pass.output.code == DONE) {
        fail(run, &error);
    }
    if (run->writer != NULL && !refused) {
        spk_cli_losses_tell(&run->losses, run->pass.output.path != NULL ? run->path : "standard output");
    }
    run->writer = NULL;
    end_file(run, refused || run->pass.output.code == USAGE);
}

/* ---- the command line ---- */

/* Takes the output's name off the operands. */
static int read_output(struct given *given, struct run *run)
{
    run->path = spk_cli_last(given, OPTION_OUT);
    if (run->path == NULL && given->operand_count > 0) {
        run->path = given->operands[--given->operand_count];
    }
    if (run->path == NULL || (given->operand_count == 0 && !spk_cli_has(given, OPTION_READ))) {
        return spk_cli_usage(NULL, "an input and an output are needed: steelpkt convert IN OUT", NULL);
    }
    if (strcmp(run->path, "-") != 0) {
        run->pass.output.path = run->path;
    }
    return DONE;
}

/* Where nothing says the format of the output, it is that of the first input. */
static void settle_format(struct run *run)
{
    struct spk_reader_info info;
    spk_reader_info(run->pass.input.reader, &info);
    if (run->form.format == 0) {
        run->form.format = info.format == SPK_FORMAT_PCAPNG ? SPK_FORMAT_PCAPNG : SPK_FORMAT_PCAP;
    }
    run->blocks = run->form.format == SPK_FORMAT_PCAPNG;
}

static int prepare(struct given *given, struct run *run)
{
    static const char *const nothing_decoded[] = { "_number" };
    struct pass *pass = &run->pass;
    int code = read_output(given, run);
    code = code == DONE ? spk_cli_form(given, run->path, &run->form) : code;
    code = code == DONE ? spk_cli_select(given, &run->wanted) : code;
    code = code == DONE ? spk_cli_ranges(given, &run->ranges) : code;
    if (code != DONE) {
        return code;
    }
    code = spk_cli_pass_filter(pass, given, &run->wanted);
    if (code != DONE) {
        return code;
    }
    spk_cli_ranges_limit(&run->ranges, &run->wanted);
    run->chooses = run->ranges.count > 0 || run->wanted.has_start || run->wanted.has_end || run->wanted.keep != NULL
                   || run->wanted.filter != NULL || run->wanted.read_max > 0 || spk_cli_has(given, OPTION_SALVAGE);
    if (spk_query_new(nothing_decoded, 1, &run->wanted, &pass->query, NULL) != SPK_OK) {
        return spk_cli_no_memory();
    }
    code = spk_cli_pass_input(pass, given);
    if (code == DONE) {
        settle_format(run);
        code = spk_cli_input_try_filter(&pass->input);
    }
    return code;
}

static int run_convert(const struct given *given)
{
    struct run run = { .pass = PASS_EMPTY, .fd = -1 };
    struct given inputs = *given;
    run.pass.take = take;
    run.pass.flush = flush;
    run.pass.beside = beside;
    run.pass.context = &run;
    int code = prepare(&inputs, &run);
    code = code == DONE ? spk_cli_pass_run(&run.pass) : code;
    finish(&run, code);
    code = spk_cli_pass_end(&run.pass, code);
    free(run.ranges.items);
    return code;
}

static const struct example examples[] = {
    { "steelpkt convert trace.pcapng trace.pcap.gz", "A compressed pcap, for programs that read nothing else." },
    { "steelpkt convert -Y 'dns.flags.rcode != 0' 'day-*.pcapng' failed.pcapng", "What failed, of a whole day." },
    { "steelpkt convert --packets 1-100,205 trace.pcap -", "Some packets to standard output." },
    { "steelpkt convert --salvage damaged.pcap whole.pcap", "What can be had of a damaged capture." },
    { NULL, NULL },
};

const struct command spk_cli_convert = {
    .name = "convert",
    .operands = "IN... OUT",
    .operand_takes = TAKES_FILE,
    .summary = "Captures into another capture, whole or in part.",
    .about =
        "Writes the packets of captures to another: pcap or pcapng, compressed or not. Of a pcapng everything is kept "
        "on the way to a pcapng; what a pcap cannot hold is told, and what it cannot hold at all is refused. "
        "Several files are read in order as one; - is standard input, or as OUT standard output.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .examples = examples,
    .run = run_convert,
};
