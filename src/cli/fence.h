/*
 * fence: what this process can no longer do once packets of strangers are decoded in it, whoever then gives the orders.
 *
 * Behind the fence nothing is opened, no socket is made, no other program is run and no memory becomes code; what is written
 * goes to the output and to standard error alone. The filter of system calls (seccomp) and Landlock each hold for good, and
 * each holds where the other is missing.
 */
#ifndef CLI_FENCE_H
#define CLI_FENCE_H

#include "cli.h"

/*
 * Puts it up, for this thread and those it makes. output is the descriptor that may be written to, beside standard error.
 * Gives NULL, or a sentence that says what is missing and why: a kernel or a build without.
 */
const char *spk_cli_fence(int output);

/* What this build has of it, in a few words. */
const char *spk_cli_fence_kind(void);

/* ---- calls.c ---- */

/* Loads the filter of system calls, after no_new_privs. False: the kernel has none, or this build none for it. */
bool spk_cli_restrict_calls(int output);
/* Whether this build has one. */
bool spk_cli_can_restrict_calls(void);

#endif
