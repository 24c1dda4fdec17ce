/*
 * beside: an output that would take the place of a file. What is there stays until the new one is written to its end, which
 * may be the input's damage or an interruption: it is written beside it and renamed then. A file that is not there yet, and
 * one beside which nothing can be made, is written where it belongs, and can be watched as it grows.
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

/* How an output came to its end. */
enum ending {
    ENDS_WHOLE, /* it takes the place of what was there */
    ENDS_SHORT, /* not all could be written: what was there is as it was; where nothing was, what was written is kept */
    ENDS_REFUSED /* nothing is left that looks like an answer */
};

/*
 * Closes the descriptor and ends it so. False: closing or replacing failed, which *error tells; then, too, a file that was
 * there before is as it was.
 */
bool spk_cli_beside_end(struct beside *beside, int fd, enum ending ending, struct spk_error *error);

#endif
