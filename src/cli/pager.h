/* pager: what is longer than a terminal is shown page by page, as git and man do, and nothing scrolls away. */
#ifndef CLI_PAGER_H
#define CLI_PAGER_H

#include "output.h"

/*
 * Puts a pager behind an output that is a terminal: $STEELPKT_PAGER, $PAGER or less; none where that is empty or "cat",
 * with --no-pager, and for paths that are no regular files, since what comes from a pipe is watched as it comes. given may
 * be NULL.
 */
void spk_cli_pager_begin(struct output *output, const struct given *given, const char *const *paths, size_t count);

/* Waits until the user has left it. False: it failed. */
bool spk_cli_pager_end(const struct output *output);

#endif
