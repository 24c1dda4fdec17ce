/* run: which sub-command, and the few words that are none. */
#define _POSIX_C_SOURCE 200809L
#include "run.h"

#include "fence.h"
#include "output.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static int print_version(void)
{
    struct output output;
    int code = spk_cli_output_begin(&output, NULL);
    if (code != DONE) {
        return code;
    }
    spk_cli_put_format(&output, "steelpkt %s\nfence: %s\n", spk_version(), spk_cli_fence_kind());
    return spk_cli_output_end(&output, false);
}

static int refuse_command(const char *word)
{
    enum { NAMES_MAX = 32 };
    const char *names[NAMES_MAX + 1] = { NULL };
    for (size_t i = 0; i < NAMES_MAX && spk_cli_commands[i] != NULL; i++) {
        names[i] = spk_cli_commands[i]->name;
    }
    if (access(word, F_OK) == 0) {
        return spk_cli_usage(word, "this is a file; which sub-command is it for? steelpkt --help lists them", NULL);
    }
    const char *hint = spk_cli_nearest(word, names);
    const char *what = word[0] == '-' ? "no such option"
                       : hint == NULL ? "no such sub-command; steelpkt --help lists them"
                                      : "no such sub-command";
    return spk_cli_usage(word, what, hint);
}

static int run(const struct command *command, int argc, char **argv, struct spk_plugins *known)
{
    struct given given;
    int code = USAGE;
    if (spk_cli_parse(command, argc, argv, &given)) {
        if (spk_cli_has(&given, OPTION_HELP)) {
            code = spk_cli_help(command, &given);
        } else if (spk_cli_has(&given, OPTION_VERSION)) {
            code = print_version();
        } else {
            given.plugins = known;
            given.lent = known != NULL;
            code = spk_cli_registry_begin(&given);
            code = code == DONE ? command->run(&given) : code;
            spk_cli_registry_end(&given);
        }
    }
    spk_cli_given_free(&given);
    return code;
}

int spk_cli_run(int argc, char **argv, struct spk_plugins *known)
{
    spk_cli_broken_output(SIG_IGN);
    if (argc < 2) {
        return spk_cli_help_all(true);
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        const struct command *about = argc > 2 ? spk_cli_command(argv[2]) : NULL;
        return about != NULL ? spk_cli_help(about, NULL) : argc > 2 ? refuse_command(argv[2]) : spk_cli_help_all(false);
    }
    if (strcmp(word, "--version") == 0) {
        return print_version();
    }
    const struct command *command = spk_cli_command(word);
    if (command != NULL) {
        return run(command, argc - 2, argv + 2, known);
    }
    return spk_cli_external(word, argv + 1) ? USAGE : refuse_command(word);
}
