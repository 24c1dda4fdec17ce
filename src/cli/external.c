/* external: sub-commands that are programs of their own, steelpkt-NAME on the PATH. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether a word is one that a sub-command could have; a path is none. */
static bool is_name(const char *word)
{
    return word[0] >= 'a' && word[0] <= 'z' && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(word);
}

void spk_cli_broken_output(void (*handler)(int))
{
    signal(SIGPIPE, handler);
    signal(SIGXFSZ, handler);
}

bool spk_cli_on_path(const char *name, int mode)
{
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        char file[4096];
        size_t len = strcspn(path, ":");
        int made = snprintf(file, sizeof file, "%.*s%s%s", (int)len, path, len > 0 ? "/" : "", name);
        if (made > 0 && (size_t)made < sizeof file && access(file, mode) == 0) {
            return true;
        }
        path += len + (path[len] == ':');
    }
    return false;
}

bool spk_cli_external(const char *name, char **words)
{
    char program[64];
    int len = snprintf(program, sizeof program, "steelpkt-%s", name);
    if (!is_name(name) || len < 0 || (size_t)len >= sizeof program) {
        return false;
    }
    words[0] = program;
    fflush(stdout);
    spk_cli_broken_output(SIG_DFL);
    (void)execvp(program, words);
    int number = errno;
    spk_cli_broken_output(SIG_IGN);
    if (!spk_cli_on_path(program, F_OK)) { /* the number may be of a folder of the PATH, or of what would run it */
        return false;
    }
    spk_cli_error(&(struct spk_error){ .who = program, .what = "cannot be run", .sys_errno = number });
    return true;
}
