/* error: filling struct spk_error in one line at the place that failed. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <steelpkt/base.h>

/*
 * Fills *error (which may be NULL) from the given error and returns its code:
 *     return spk_fail(error, (struct spk_error){ .code = SPK_ERR_CUT, .what = "record header cut", ... });
 */
enum spk_status spk_fail(struct spk_error *error, struct spk_error given);

/* The error that memory has ended; gives SPK_ERR_MEMORY. */
enum spk_status spk_no_memory(struct spk_error *error);

#endif
