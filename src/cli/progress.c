/* progress: the place in the file tells how far it is; a clock is asked now and then. */
#define _POSIX_C_SOURCE 200809L
#include "progress.h"

#include "input.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEPS = 8192, PATIENCE_MS = 2000, INTERVAL_MS = 500 };

void spk_cli_progress_begin(struct progress *progress, const char *const *paths, size_t count, bool quiet)
{
    *progress = (struct progress){ .wanted = !quiet && isatty(STDERR_FILENO) == 1 };
    if (!progress->wanted) {
        return;
    }
    progress->begun_ms = spk_cli_now_ms();
    bool ends = spk_cli_input_are_files(paths, count); /* of a pipe nobody knows the end */
    for (size_t i = 0; ends && i < count; i++) {
        struct stat status;
        progress->total += stat(paths[i], &status) == 0 ? (uint64_t)status.st_size : 0;
    }
}

void spk_cli_progress_tell(struct progress *progress, uint64_t done)
{
    int64_t now = progress->wanted ? spk_cli_now_ms() : 0;
    if (!progress->wanted || now - progress->begun_ms < PATIENCE_MS || now - progress->told_ms < INTERVAL_MS) {
        return;
    }
    progress->told_ms = now;
    progress->shown = true;
    if (progress->total > 0) {
        fprintf(stderr, "\r%3llu %%", (unsigned long long)(done * 100 / progress->total));
    } else {
        fprintf(stderr, "\r%lld s", (long long)((now - progress->begun_ms) / 1000));
    }
    (void)fflush(stderr);
}

void spk_cli_progress_step(struct progress *progress, int fd)
{
    if (progress->wanted && ++progress->calls % STEPS == 0) {
        off_t at = lseek(fd, 0, SEEK_CUR);
        spk_cli_progress_tell(progress, progress->before + (at > 0 ? (uint64_t)at : 0));
    }
}

void spk_cli_progress_file(struct progress *progress, int fd)
{
    off_t at = progress->wanted ? lseek(fd, 0, SEEK_END) : 0;
    progress->before += at > 0 ? (uint64_t)at : 0;
}

void spk_cli_progress_end(struct progress *progress)
{
    if (progress->shown) {
        fputs("\r        \r", stderr);
        (void)fflush(stderr);
        progress->shown = false;
    }
}
