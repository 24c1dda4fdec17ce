/* input: opening, reading on over several files, and being interrupted. */
#define _POSIX_C_SOURCE 200809L
#include "input.h"
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the signal handler needs: nothing else in the program is global. */
static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t reading_fd = -1;
static volatile sig_atomic_t empty_fd = -1;

/*
 * An interrupted input is an input that ends here: /dev/null takes the descriptor's place, so that a read that waits
 * comes back with nothing. The second signal finds the default action.
 */
static void interrupt(int signal_number)
{
    int kept = errno;
    (void)signal_number;
    interrupted = 1;
    if (reading_fd >= 0 && empty_fd >= 0) {
        dup2(empty_fd, reading_fd);
    }
    errno = kept;
}

void spk_cli_catch_signals(void)
{
    struct sigaction action = { .sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND };
    struct sigaction before;
    sigemptyset(&action.sa_mask);
    empty_fd = empty_fd >= 0 ? empty_fd : spk_cli_open("/dev/null", O_RDONLY, 0);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGHUP, NULL, &before) == 0
        && before.sa_handler != SIG_IGN) { /* else it is to outlive its terminal */
        sigaction(SIGHUP, &action, NULL);
    }
}

bool spk_cli_interrupted(void)
{
    return interrupted != 0;
}

int spk_cli_input_code(enum spk_status status)
{
    return status == SPK_ERR_USAGE ? USAGE : DAMAGED;
}

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

static int refuse(const char *path)
{
    spk_cli_error(&(struct spk_error){ .code = SPK_ERR_IO, .who = path, .what = "cannot be read", .sys_errno = errno });
    return USAGE;
}

int spk_cli_input_look(const char *path)
{
    struct stat status;
    if (is_stdin(path)) {
        return DONE;
    }
    if (stat(path, &status) != 0) {
        return refuse(path);
    }
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return refuse(path);
    }
    return access(path, R_OK) == 0 ? DONE : refuse(path);
}

bool spk_cli_input_are_files(const char *const *paths, size_t count)
{
    struct stat status;
    for (size_t i = 0; i < count; i++) {
        if (is_stdin(paths[i]) || stat(paths[i], &status) != 0 || !S_ISREG(status.st_mode)) {
            return false;
        }
    }
    return true;
}

void spk_cli_input_note(struct input *input, uint32_t warning, const struct spk_error *note)
{
    if (warning == 0) {
        spk_cli_error(note);
    }
    for (unsigned bit = 0; bit < SPK_COUNT_OF(input->oddities); bit++) {
        struct oddity *oddity = &input->oddities[bit];
        if ((warning >> bit & 1) != 0 && oddity->count++ == 0) {
            oddity->first = *note;
        }
    }
}

/* Adds what the reader told beside its records. */
static void note_events(struct input *input)
{
    struct spk_event events[16];
    size_t count = spk_reader_events(input->reader, events, SPK_COUNT_OF(events));
    for (size_t i = 0; i < count; i++) {
        const struct spk_error note = {
            .who = input->paths[input->index], .what = events[i].what, .at = events[i].at, .has_at = true
        };
        spk_cli_input_note(input, events[i].warning, &note);
    }
}

void spk_cli_input_leave(struct input *input)
{
    spk_reader_close(input->reader);
    input->reader = NULL;
    reading_fd = -1;
    if (input->fd > STDIN_FILENO) {
        (void)close(input->fd);
    }
    input->fd = -1;
}

static void close_reader(struct input *input)
{
    if (input->reader != NULL) {
        note_events(input);
    }
    if (input->fd >= 0) {
        spk_cli_progress_file(&input->progress, input->fd);
    }
    spk_cli_input_leave(input);
}

static int open_reader(struct input *input)
{
    const char *path = input->paths[input->index];
    struct stat status;
    struct spk_error error;
    input->fd = is_stdin(path) ? STDIN_FILENO : spk_cli_open(path, O_RDONLY, 0);
    if (input->fd < 0) {
        return interrupted ? INTERRUPTED : refuse(path);
    }
    input->waits = fstat(input->fd, &status) != 0 || !S_ISREG(status.st_mode);
    reading_fd = input->fd;
    struct spk_reader_options how = input->how;
    how.fd = input->fd;
    how.use_fd = true;
    how.name = is_stdin(path) ? "standard input" : path;
    enum spk_status opened = spk_reader_open_with(&how, &input->reader, &error);
    if (interrupted) {
        return INTERRUPTED;
    }
    if (opened != SPK_OK) {
        spk_cli_error(&error);
        return spk_cli_input_code(opened);
    }
    return DONE;
}

int spk_cli_input_begin(struct input *input, const char *const *paths, size_t count, struct spk_bpf_set *filter,
                        const struct spk_reader_options *how)
{
    *input = (struct input){ .paths = paths, .count = count, .fd = -1, .how = *how, .filter = filter };
    for (size_t i = 0; i < count; i++) {
        int code = spk_cli_input_look(paths[i]);
        if (code != DONE) {
            return code;
        }
    }
    spk_cli_catch_signals();
    return open_reader(input);
}

int spk_cli_input_advance(struct input *input, bool *more)
{
    *more = input->index + 1 < input->count && !interrupted;
    if (!*more) {
        return DONE;
    }
    close_reader(input);
    input->index++;
    return open_reader(input);
}

/* ---- the filter ---- */

/* Link types that the expression means nothing for are told when they first come. */
static enum spk_status prepare(const struct input *input, uint16_t link, struct spk_error *error)
{
    bool refused = false;
    enum spk_status status = spk_bpf_set_prepare(input->filter, link, &refused, error);
    if (status == SPK_OK && refused) {
        spk_cli_error(error);
    }
    return status;
}

int spk_cli_input_try_filter(struct input *input)
{
    struct spk_reader *reader = NULL;
    struct spk_record record;
    struct spk_error error;
    enum spk_status status = SPK_OK;
    if (input->filter == NULL || input->waits || is_stdin(input->paths[0])) {
        return DONE;
    }
    struct spk_reader_options how = input->how;
    how.path = input->paths[0];
    if (spk_reader_open_with(&how, &reader, NULL) == SPK_OK && spk_reader_next(reader, &record, NULL) == SPK_OK) {
        status = prepare(input, record.link, &error);
    }
    spk_reader_close(reader);
    if (status != SPK_OK) {
        spk_cli_error(&error);
        return spk_cli_input_code(status);
    }
    return DONE;
}

/* ---- reading ---- */

/* Reads on to a packet. SPK_END also when what stood beside the packets could not be passed on. */
static enum spk_status next_record(struct input *input, struct spk_record *record, struct spk_error *error)
{
    for (;;) {
        bool blocks = input->beside != NULL;
        enum spk_status status = blocks ? spk_reader_next_block(input->reader, &input->block, record, error)
                                        : spk_reader_next(input->reader, record, error);
        if (status == SPK_GAP) {
            spk_cli_error(error);
            input->gaps++;
        } else if (status != SPK_OK || !blocks || input->block.is_packet) {
            return status;
        } else if (!input->beside(input->context, &input->block)) {
            return SPK_END;
        }
    }
}

enum spk_status spk_cli_input_next(void *context, struct spk_record *record, struct spk_error *error)
{
    struct input *input = context;
    if (interrupted) {
        return SPK_END;
    }
    if (input->waits && input->dry != NULL) {
        struct pollfd ready = { .fd = input->fd, .events = POLLIN };
        if (poll(&ready, 1, 0) == 0) {
            input->dry(input->context);
        }
    }
    spk_cli_progress_step(&input->progress, input->fd);
    enum spk_status status = next_record(input, record, error);
    if (interrupted && status != SPK_OK) {
        return SPK_END;
    }
    return status == SPK_OK ? prepare(input, record->link, error) : status;
}

/* What a bit of enum spk_warning says of a record. */
static const struct {
    uint32_t bit;
    const char *what;
} sentences[] = {
    { SPK_WARN_CAPLEN_OVER_LEN, "the captured length is above the length on the wire" },
    { SPK_WARN_OVER_SNAPLEN, "longer than the snap length of the file" },
    { SPK_WARN_TIME_FRACTION, "the fraction of a second is above one second: carried over" },
    { SPK_WARN_TIME_RANGE, "a time that cannot be told: left empty" },
    { SPK_WARN_LINK_UNKNOWN, "an unknown link type" },
    { SPK_WARN_OPTIONS, "options that run past their block: dropped" },
    { SPK_WARN_CUT, "cut by the end of the file: what is there of it" },
};

void spk_cli_input_warn(struct input *input, const struct spk_scan_counts *counts)
{
    if (input->reader != NULL) {
        note_events(input);
    }
    for (unsigned bit = 0; bit < SPK_COUNT_OF(input->oddities); bit++) {
        if (input->oddities[bit].count > 0) {
            spk_cli_error(&input->oddities[bit].first);
        }
    }
    for (size_t i = 0; i < SPK_COUNT_OF(sentences); i++) {
        for (unsigned bit = 0; bit < SPK_COUNT_OF(counts->warnings); bit++) {
            if (sentences[i].bit == UINT32_C(1) << bit) {
                spk_cli_tell_count(counts->warnings[bit], "packet", sentences[i].what);
            }
        }
    }
}

void spk_cli_input_end(struct input *input)
{
    close_reader(input);
}
