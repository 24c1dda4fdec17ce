/*
 * beside: an output that would take the place of a file. What is there stays until the new file is whole: it is written
 * beside it and renamed at the end. A file that is not there yet is written where it belongs, and can be watched as it
 * grows.
 */
#ifndef CLI_BESIDE_H
#define CLI_BESIDE_H

#include "cli.h"

#define BESIDE_KEPT "the file that was there before is kept"

struct beside {
    const char *path; /* as it was asked for */
    char *target;     /* the file to be replaced, links followed; NULL: none is */
    char *part;       /* its name until then: TARGET.PID.part */
    bool made;        /* nothing was there before */
};

/* Gives a descriptor to write to, or -1 with errno. path must outlive it. */
int spk_cli_beside_open(struct beside *beside, const char *path);

/*
 * After the descriptor was closed. keep: the new file takes its place; else it is removed, and what was there is as it was.
 * False: that failed, with errno; then the old file stays and the new one does not.
 */
bool spk_cli_beside_end(struct beside *beside, bool keep);

#endif
