/* external: sub-commands that are programs of their own, steelpkt-NAME on the PATH. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whether a word is one that a sub-command could have; a path is none. */
static bool is_name(const char *word)
{
    return word[0] >= 'a' && word[0] <= 'z' && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(word);
}

void spk_cli_external(const char *name, char **words)
{
    char program[64];
    int len = snprintf(program, sizeof program, "steelpkt-%s", name);
    if (!is_name(name) || len < 0 || (size_t)len >= sizeof program) {
        return;
    }
    words[0] = program;
    fflush(stdout);
    (void)execvp(program, words);
    if (errno != ENOENT) {
        spk_cli_error(&(struct spk_error){ .who = program, .what = "cannot be run", .sys_errno = errno });
    }
}
