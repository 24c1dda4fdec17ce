/* pass: from the first file to the last, and the exit code that comes of it. */
#include "pass.h"

#include "pager.h"

#include <stdlib.h>
#include <sys/stat.h>

int spk_cli_pass_output(struct pass *pass, const struct given *given)
{
    return spk_cli_output_begin(&pass->output, spk_cli_last(given, OPTION_OUT));
}

int spk_cli_pass_filter(struct pass *pass, const struct given *given, struct spk_query_options *options)
{
    int code = spk_cli_display_filter(given, &pass->filter);
    options->registry = given->registry;
    options->filter = pass->filter;
    const char *expression = spk_cli_last(given, OPTION_BPF);
    if (code == DONE && expression != NULL && spk_bpf_set_new(expression, false, &pass->bpf) != SPK_OK) {
        return spk_cli_no_memory();
    }
    options->keep = pass->bpf != NULL ? spk_bpf_set_keep : NULL;
    options->keep_context = pass->bpf;
    return code;
}

/* An answer must not be written over its own source. */
static int check_apart(const struct pass *pass)
{
    struct stat to;
    struct stat from;
    const char *out = pass->output.path;
    if (out == NULL || stat(out, &to) != 0 || !S_ISREG(to.st_mode)) {
        return DONE;
    }
    for (size_t i = 0; i < pass->paths.count; i++) {
        if (stat(pass->paths.items[i], &from) == 0 && from.st_dev == to.st_dev && from.st_ino == to.st_ino) {
            return spk_cli_usage(out, "it is read from and cannot be written", NULL);
        }
    }
    return DONE;
}

static void on_dry(void *context)
{
    struct pass *pass = context;
    pass->flush(pass->context);
}

static bool on_beside(void *context, const struct spk_block *block)
{
    struct pass *pass = context;
    return pass->beside(pass->context, block);
}

static void next_source(struct pass *pass)
{
    spk_scan_source(pass->scan, pass->paths.items[pass->input.index], spk_cli_input_next, &pass->input);
}

int spk_cli_pass_input(struct pass *pass, const struct given *given)
{
    struct spk_reader_options how = { .path = NULL };
    int code = pass->paths.count > 0 ? DONE : spk_cli_paths(given, &pass->paths);
    code = code == DONE ? check_apart(pass) : code;
    code = code == DONE ? spk_cli_reader(given, &how) : code;
    if (code == DONE) {
        code = spk_cli_input_begin(&pass->input, pass->paths.items, pass->paths.count, pass->bpf, &how);
    }
    if (code != DONE) {
        return code;
    }
    spk_cli_progress_begin(&pass->input.progress, pass->paths.items, pass->paths.count, pass->output.terminal);
    pass->input.dry = on_dry;
    pass->input.beside = pass->beside != NULL ? on_beside : NULL;
    pass->input.context = pass;
    if (spk_scan_new(pass->query, &pass->scan, NULL) != SPK_OK) {
        return spk_cli_no_memory();
    }
    next_source(pass);
    spk_cli_pager_begin(&pass->output, given, pass->paths.items, pass->paths.count);
    return DONE;
}

static bool put_row(struct pass *pass, const struct spk_cells *cells)
{
    if (!pass->take(pass->context, cells)) {
        return false;
    }
    if (pass->output.text == NULL) { /* what take does with a row is its own affair */
        return true;
    }
    return spk_cli_output_is_due(&pass->output) ? pass->flush(pass->context) : spk_cli_output_row(&pass->output);
}

int spk_cli_pass_run(struct pass *pass)
{
    for (;;) {
        const struct spk_cells *cells = NULL;
        enum spk_status status = spk_scan_next(pass->scan, &cells, &pass->error);
        if (status == SPK_OK && !put_row(pass, cells)) {
            return DONE; /* the output knows why */
        }
        if (status == SPK_OK) {
            continue;
        }
        if (status != SPK_END) {
            return spk_cli_input_code(status);
        }
        pass->error.code = SPK_OK; /* an interrupted reader may have left one */
        if (pass->output.code != DONE) {
            return DONE;
        }
        if (spk_cli_interrupted()) {
            return INTERRUPTED;
        }
        bool more = false;
        int code = spk_scan_done(pass->scan) ? DONE : spk_cli_input_advance(&pass->input, &more);
        if (code != DONE || !more) {
            return code;
        }
        next_source(pass);
    }
}

/* ---- several threads ---- */

int spk_cli_pass_threads(struct pass *pass, const struct given *given, struct spk_query_options *options)
{
    uint64_t threads = 1;
    if (!spk_cli_number(given, OPTION_THREADS, &threads)) {
        return USAGE;
    }
    if (spk_cli_has(given, OPTION_SALVAGE)) {
        return DONE;
    }
    int code = spk_cli_paths(given, &pass->paths);
    if (code == DONE && spk_cli_input_are_files(pass->paths.items, pass->paths.count)) {
        pass->threads = threads < UINT32_MAX ? (uint32_t)threads : UINT32_MAX;
        options->keep = NULL;
    }
    return code;
}

static bool tick(void *context, uint64_t read)
{
    struct pass *pass = context;
    (void)read;
    if (pass->lines != NULL || pass->groups != NULL) {
        uint64_t bytes = pass->lines != NULL ? spk_lines_bytes(pass->lines) : spk_groups_bytes(pass->groups);
        spk_cli_progress_tell(&pass->input.progress, bytes);
    }
    pass->stopped = spk_cli_interrupted();
    return !pass->stopped;
}

static void note(void *context, uint32_t warning, const struct spk_error *what)
{
    struct pass *pass = context;
    spk_cli_input_note(&pass->input, warning, what);
}

struct spk_pass_options spk_cli_pass_how(struct pass *pass, const struct given *given)
{
    spk_cli_input_leave(&pass->input);
    return (struct spk_pass_options){ .threads = pass->threads,
                                      .bpf = spk_cli_last(given, OPTION_BPF),
                                      .has_link = pass->input.how.has_link,
                                      .link = pass->input.how.link,
                                      .tick = tick,
                                      .note = note,
                                      .context = pass };
}

int spk_cli_pass_lines(struct pass *pass, const struct given *given, struct spk_sink *sink)
{
    const struct spk_pass_options how = spk_cli_pass_how(pass, given);
    if (spk_lines_new(pass->query, &how, pass->paths.items, pass->paths.count, sink, &pass->lines, NULL) != SPK_OK) {
        return spk_cli_no_memory();
    }
    enum spk_status status;
    while ((status = spk_lines_next(pass->lines, &pass->error)) == SPK_OK) {
        bool due = spk_cli_output_is_due(&pass->output);
        pass->counts = *spk_lines_counts(pass->lines);
        if (due ? !pass->flush(pass->context) : !spk_cli_output_row(&pass->output)) {
            return DONE; /* the output knows why */
        }
    }
    pass->counts = *spk_lines_counts(pass->lines);
    return pass->stopped ? INTERRUPTED : status == SPK_END ? DONE : spk_cli_input_code(status);
}

int spk_cli_pass_end(struct pass *pass, int code)
{
    spk_cli_progress_end(&pass->input.progress);
    bool drop = code == USAGE && pass->output.written == 0;
    bool made = pass->scan != NULL && pass->output.code == DONE;
    if (!drop && made && !pass->flush(pass->context) && pass->output.code == DONE) {
        pass->output.code = spk_cli_no_memory();
    }
    int output = spk_cli_output_end(&pass->output, drop || pass->scan == NULL);
    if (pass->error.code < 0) {
        spk_cli_error(&pass->error);
    }
    if (pass->scan != NULL) {
        spk_cli_input_warn(&pass->input, pass->threads > 0 ? &pass->counts : spk_scan_counts(pass->scan));
    }
    code = code == DONE && pass->input.gaps > 0 ? DAMAGED : code;
    spk_lines_free(pass->lines);
    spk_scan_free(pass->scan);
    spk_query_free(pass->query);
    spk_filter_free(pass->filter);
    spk_cli_input_end(&pass->input);
    spk_bpf_set_free(pass->bpf);
    spk_cli_paths_free(&pass->paths);
    return output != DONE ? output : code;
}
