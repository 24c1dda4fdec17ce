/*
 * fence: what this process can no longer do once packets of strangers are decoded in it, whoever then gives the orders.
 *
 * Behind the fence nothing is opened for writing, nothing but the inputs is opened for reading, no socket is made, no other
 * program is run and no memory becomes code; what is written goes to the outputs and to standard error alone. The system
 * call filter (libseccomp) and Landlock each hold for good, and each holds where the other is missing.
 */
#ifndef CLI_FENCE_H
#define CLI_FENCE_H

#include "cli.h"

enum { FENCE_OUTPUTS = 2 };

struct fence {
    int outputs[FENCE_OUTPUTS]; /* descriptors that may be written to, beside standard error */
    size_t output_count;
    const char *const *inputs; /* files that may be opened, to be read only */
    size_t input_count;
};

/*
 * Puts it up, for this thread and those it makes. Gives NULL, or a sentence that says what is missing and why: a kernel or a
 * build without.
 */
const char *spk_cli_fence(const struct fence *fence);

/* What this build has of it, in a few words. */
const char *spk_cli_fence_kind(void);

#endif
