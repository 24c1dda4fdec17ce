#define _POSIX_C_SOURCE 200809L
#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum spk_status spk_fail(struct spk_error *error, struct spk_error given)
{
    if (error != NULL) {
        *error = given;
    }
    return given.code;
}

enum spk_status spk_no_memory(struct spk_error *error)
{
    return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" });
}

/* Appends to text what fits; *length counts what the whole sentence needs. */
static void append(char *text, size_t size, size_t *length, const char *piece)
{
    size_t n = strlen(piece);
    if (*length < size) {
        size_t room = size - *length - 1;
        size_t fits = n < room ? n : room;
        memcpy(text + *length, piece, fits);
        text[*length + fits] = '\0';
    }
    *length += n;
}

size_t spk_error_text(const struct spk_error *error, char *text, size_t size)
{
    size_t length = 0;
    char piece[160];
    if (size > 0) {
        text[0] = '\0';
    }
    if (error->who != NULL) {
        append(text, size, &length, error->who);
        append(text, size, &length, ": ");
    }
    append(text, size, &length, error->what != NULL ? error->what : "no error");
    if (error->has_at) {
        snprintf(piece, sizeof piece, ", at byte %" PRIu64, error->at);
        append(text, size, &length, piece);
    }
    if (error->packet > 0) {
        snprintf(piece, sizeof piece, " (packet %" PRIu64 ")", error->packet);
        append(text, size, &length, piece);
    }
    if (error->need == 0 && error->have > 0) {
        snprintf(piece, sizeof piece, ": %" PRIu64 " bytes", error->have);
        append(text, size, &length, piece);
    } else if (error->need > 0) {
        snprintf(piece, sizeof piece, ": needed %" PRIu64 ", had %" PRIu64, error->need, error->have);
        append(text, size, &length, piece);
    }
    if (error->sys_errno != 0) {
        char system[100];
        append(text, size, &length, ": ");
        /* the POSIX form where it is offered; the GNU form under _GNU_SOURCE is not asked for here */
        if (strerror_r(error->sys_errno, system, sizeof system) == 0) {
            append(text, size, &length, system);
        }
    }
    if (error->skipped > 0) {
        snprintf(piece, sizeof piece, "; skipped %" PRIu64 " bytes", error->skipped);
        append(text, size, &length, piece);
    }
    if (error->hint != NULL) {
        append(text, size, &length, "; ");
        append(text, size, &length, error->hint);
    }
    return length;
}
