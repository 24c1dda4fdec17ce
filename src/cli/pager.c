/* pager: a process that reads what this one writes. */
#define _POSIX_C_SOURCE 200809L
#include "pager.h"

#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The command line of the pager; NULL: none is wanted, or there is none. */
static const char *choose(void)
{
    const char *own = getenv("STEELPKT_PAGER");
    const char *chosen = own != NULL ? own : getenv("PAGER");
    if (chosen == NULL) {
        return spk_cli_on_path("less", X_OK) ? "less" : NULL;
    }
    return chosen[0] != '\0' && strcmp(chosen, "cat") != 0 ? chosen : NULL;
}

/* In the new process: becomes the pager. */
static void become(const char *pager, int from)
{
    dup2(from, STDIN_FILENO);
    spk_cli_broken_output(SIG_DFL);
    setenv("LESS", "FRX", 0); /* quit when it fits on one screen, show colours, leave the text there */
    execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
    _exit(127);
}

void spk_cli_pager_begin(struct output *output, const struct given *given, const char *const *paths, size_t count)
{
    const char *kind = getenv("TERM");
    const char *pager = choose();
    int ends[2];
    if (!output->terminal || kind == NULL || strcmp(kind, "dumb") == 0 || pager == NULL
        || !spk_cli_input_are_files(paths, count) || (given != NULL && spk_cli_has(given, OPTION_NO_PAGER))
        || pipe(ends) != 0) {
        return;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    pid_t child = fork();
    if (child == 0) {
        become(pager, ends[0]);
    }
    (void)close(ends[0]);
    if (child < 0) {
        (void)close(ends[1]); /* then without one */
        return;
    }
    output->fd = ends[1];
    output->pager = child;
}

bool spk_cli_pager_end(const struct output *output)
{
    int status = 0;
    pid_t ended = 0;
    signal(SIGINT, SIG_IGN); /* which is the pager's affair as long as it is there */
    do {
        ended = waitpid((pid_t)output->pager, &status, 0);
    } while (ended < 0 && errno == EINTR);
    return ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
