/* file: opening. An open that a signal interrupts is tried again, unless the signal was the user's, who wants an end. */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include <stdio.h>

/* open(2); what is made has this mode. Gives the descriptor, or -1 with errno. */
int spk_cli_open(const char *path, int flags, unsigned mode);
/* fopen(3): the stream, or NULL with errno. */
FILE *spk_cli_fopen(const char *path, const char *mode);

#endif
