/* progress: how far a long reading has come, on standard error, and only where somebody looks. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli.h"

struct progress {
    bool shown; /* a line stands there */
    bool wanted;
    uint32_t calls;
    uint64_t total;  /* bytes of all files, compressed or not; 0: not known */
    uint64_t before; /* bytes of the files read already */
    int64_t begun_ms, told_ms;
};

/* quiet: the output itself goes to a terminal, where a line in between would hurt. */
void spk_cli_progress_begin(struct progress *progress, const char *const *paths, size_t count, bool quiet);

/* Called for every record; cheap. fd is the file being read. */
void spk_cli_progress_step(struct progress *progress, int fd);

/* The same, where somebody else reads and says how many bytes of all files are done. */
void spk_cli_progress_tell(struct progress *progress, uint64_t done);

/* The file behind fd is done. */
void spk_cli_progress_file(struct progress *progress, int fd);

/* Takes the line away again. */
void spk_cli_progress_end(struct progress *progress);

#endif
