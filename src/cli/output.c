/* output: success is only when write and close succeeded. A pipe that nobody reads any more ends things without a word. */
#define _DEFAULT_SOURCE
#include "output.h"

#include "pager.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENOUGH = 128 * 1024, DUE_MS = 200 };

static int fail_by(struct output *output, const struct spk_error *error)
{
    output->left = error->sys_errno == EPIPE;
    if (!output->left) {
        spk_cli_error(error);
    }
    output->code = UNWRITTEN;
    return UNWRITTEN;
}

/* By errno. */
static int fail(struct output *output, const char *what)
{
    return fail_by(output, &(struct spk_error){ .code = SPK_ERR_IO,
                                                .who = output->path != NULL ? output->path : "standard output",
                                                .what = what,
                                                .hint = output->beside.target != NULL ? BESIDE_KEPT : NULL,
                                                .sys_errno = errno });
}

/* A file that cannot be made is better known before the work than after it. */
static bool can_be_made(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0) {
        errno = EISDIR;
        return !S_ISDIR(status.st_mode) && access(path, W_OK) == 0;
    }
    if (errno != ENOENT) {
        return false;
    }
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t len = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    if (len >= sizeof folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(folder, path, len);
    folder[len] = '\0';
    return access(len > 0 ? folder : ".", W_OK | X_OK) == 0;
}

static bool may_colour(void)
{
    const char *no = getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
    const char *kind = getenv("TERM");
    return (no == NULL || no[0] == '\0') && kind != NULL && strcmp(kind, "dumb") != 0;
}

/* What the terminal says, else the environment, else what terminals always were. */
static uint32_t count_columns(int fd)
{
    struct winsize size;
    const char *said = getenv("COLUMNS");
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    long columns = said != NULL ? strtol(said, NULL, 10) : 0;
    return columns > 0 && columns < UINT16_MAX ? (uint32_t)columns : 80;
}

int spk_cli_output_begin(struct output *output, const char *path)
{
    *output = (struct output){ .path = path, .fd = -1 };
    if (path == NULL || strcmp(path, "-") == 0) {
        output->path = NULL;
        output->fd = STDOUT_FILENO;
        output->terminal = isatty(STDOUT_FILENO) == 1;
        if (output->terminal) {
            output->flushed_ms = spk_cli_now_ms();
            output->colour = may_colour();
            output->columns = count_columns(STDOUT_FILENO);
        }
    } else if (!can_be_made(path)) {
        return fail(output, "cannot be written");
    }
    if (spk_out_new(&output->text) != SPK_OK) {
        return spk_cli_no_memory();
    }
    return DONE;
}

/* What a failed write left of a row is taken away again, so that a file ends at a whole one. */
static void cut_back(const struct output *output)
{
    struct stat status;
    if (output->path != NULL && fstat(output->fd, &status) == 0 && S_ISREG(status.st_mode)) {
        /* what cannot be cut stays: the failure itself was told */
        if (ftruncate(output->fd, (off_t)output->written) != 0) {
            return;
        }
    }
}

static bool open_file(struct output *output)
{
    if (output->fd < 0) {
        output->fd = spk_cli_beside_open(&output->beside, output->path);
        if (output->fd < 0) {
            fail(output, "cannot be written");
            return false;
        }
    }
    return true;
}

bool spk_cli_output_flush(struct output *output)
{
    size_t size = 0;
    size_t done = 0;
    const char *data = spk_out_data(output->text, &size);
    if (output->code != DONE || (size > 0 && !open_file(output))) {
        return false;
    }
    while (done < size) {
        ssize_t n = write(output->fd, data + done, size - done);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            fail(output, "not written completely");
            cut_back(output);
            return false;
        }
        done += (size_t)n;
    }
    output->written += size;
    spk_out_clear(output->text);
    if (output->terminal) {
        output->flushed_ms = spk_cli_now_ms();
    }
    return true;
}

bool spk_cli_output_is_due(const struct output *output)
{
    return output->terminal && spk_cli_now_ms() - output->flushed_ms >= DUE_MS;
}

bool spk_cli_output_row(struct output *output)
{
    size_t size = 0;
    spk_out_data(output->text, &size);
    return size < ENOUGH || spk_cli_output_flush(output);
}

static void end_file(struct output *output)
{
    struct spk_error error;
    bool whole = output->code == DONE;
    if (!spk_cli_beside_end(&output->beside, output->fd, whole ? ENDS_WHOLE : ENDS_SHORT, &error) && whole) {
        fail_by(output, &error);
    }
}

int spk_cli_output_end(struct output *output, bool drop)
{
    if (!drop && output->code == DONE && output->text != NULL && spk_cli_output_flush(output)) {
        open_file(output); /* an answer without a row is an empty file */
    }
    if (output->fd >= 0 && output->path != NULL) {
        end_file(output);
    } else if (output->fd >= 0 && close(output->fd) != 0 && errno != EINTR && output->code == DONE) {
        fail(output, "not written completely");
    }
    spk_out_free(output->text);
    if (output->pager != 0) {
        bool ended = spk_cli_pager_end(output);
        output->code = ended && output->left ? DONE : output->code; /* whoever leaves a pager has not missed anything */
    }
    return output->code;
}
