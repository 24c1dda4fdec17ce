/* main: which sub-command, and the few words that are none. */
#include "cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = { &spk_cli_info, &spk_cli_query, &spk_cli_show, &spk_cli_fields };

static int print_version(void)
{
    printf("steelpkt %s\n", spk_version());
    return fflush(stdout) == 0 ? DONE : UNWRITTEN;
}

static int print_help(void)
{
    printf(
        "usage: steelpkt SUBCOMMAND [options] [FILE...]\n\n"
        "Asks questions of packet captures (pcap, pcapng; gzip, zstd and lz4 as they come; - is standard input).\n\n");
    for (size_t i = 0; i < SPK_COUNT_OF(commands); i++) {
        printf("  %-8s %s\n", commands[i]->name, commands[i]->summary);
    }
    printf("\nsteelpkt SUBCOMMAND --help tells more.\n"
           "Exit codes: 0 complete, 1 usage, 2 damaged input, 3 output not written completely, 4 interrupted.\n");
    return fflush(stdout) == 0 ? DONE : UNWRITTEN;
}

static const struct command *find_command(const char *word)
{
    for (size_t i = 0; i < SPK_COUNT_OF(commands); i++) {
        if (strcmp(commands[i]->name, word) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

static int refuse_command(const char *word)
{
    const char *names[SPK_COUNT_OF(commands) + 1] = { NULL };
    for (size_t i = 0; i < SPK_COUNT_OF(commands); i++) {
        names[i] = commands[i]->name;
    }
    return spk_cli_usage(word, word[0] == '-' ? "no such option" : "no such sub-command", spk_cli_nearest(word, names));
}

static int run(const struct command *command, int argc, char **argv)
{
    struct given given;
    int code = USAGE;
    if (spk_cli_parse(command, argc, argv, &given)) {
        if (spk_cli_has(&given, OPTION_HELP)) {
            code = spk_cli_help(command);
        } else if (spk_cli_has(&given, OPTION_VERSION)) {
            code = print_version();
        } else {
            code = command->run(&given);
        }
    }
    spk_cli_given_free(&given);
    return code;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is a failed write, told by the exit code */
    if (argc < 2) {
        return spk_cli_usage(NULL, "a sub-command is needed; steelpkt --help lists them", NULL);
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        const struct command *about = argc > 2 ? find_command(argv[2]) : NULL;
        return about != NULL ? spk_cli_help(about) : print_help();
    }
    if (strcmp(word, "--version") == 0) {
        return print_version();
    }
    const struct command *command = find_command(word);
    return command != NULL ? run(command, argc - 2, argv + 2) : refuse_command(word);
}
