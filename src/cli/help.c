/* help: what --help says, made from the tables. Nothing is wider than a terminal of 80 columns. */
#include "pager.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS = 79, HELP_AT = 26 };

size_t spk_cli_brief(const char *help)
{
    size_t len = 0;
    while (help[len] != '\0') {
        bool ends = strchr(".;:", help[len]) != NULL && (help[len + 1] == ' ' || help[len + 1] == '\0');
        if (ends) {
            return len;
        }
        len++;
    }
    return len;
}

/* Words and what they mean, below each other. */
static void put_words(struct output *output, const struct word *words, size_t indent)
{
    size_t width = 0;
    for (size_t i = 0; words != NULL && words[i].text != NULL; i++) {
        width = strlen(words[i].text) > width ? strlen(words[i].text) : width;
    }
    for (; words != NULL && words->text != NULL; words++) {
        spk_cli_put_format(output, "%*s%-*s  ", (int)indent, "", (int)width, words->text);
        spk_cli_put_wrapped(output, words->help, indent + width + 2, COLUMNS);
    }
}

static void put_option(struct output *output, const struct option *option)
{
    char left[64];
    char letter[3] = { '-', option->letter, '\0' };
    snprintf(left, sizeof left, "  %s%s%s%s%s%s", option->letter != 0 ? letter : "    ",
             option->letter != 0 && option->name != NULL ? ", " : "", option->name != NULL ? "--" : "",
             option->name != NULL ? option->name : "", option->argument != NULL ? " " : "",
             option->argument != NULL ? option->argument : "");
    if (strlen(left) >= HELP_AT) {
        spk_cli_put_format(output, "%s\n%*s", left, HELP_AT, "");
    } else {
        spk_cli_put_format(output, "%-*s ", HELP_AT - 1, left);
    }
    spk_cli_put_wrapped(output, option->help, HELP_AT, COLUMNS);
    put_words(output, option->words, HELP_AT + 2);
}

static void put_examples(struct output *output, const struct example *examples)
{
    if (examples != NULL) {
        spk_cli_put(output, "\nExamples:\n");
    }
    for (; examples != NULL && examples->line != NULL; examples++) {
        spk_cli_put_format(output, "  %s\n      ", examples->line);
        spk_cli_put_wrapped(output, examples->says, 6, COLUMNS);
    }
}

int spk_cli_help(const struct command *command, const struct given *given)
{
    struct output output;
    int code = spk_cli_output_begin(&output, NULL);
    if (code != DONE) {
        return code;
    }
    spk_cli_pager_begin(&output, given, NULL, 0);
    spk_cli_put_format(&output, "usage: steelpkt %s [options] %s\n\n", command->name, command->operands);
    spk_cli_put_wrapped(&output, command->about, 0, COLUMNS);
    const char *group = NULL;
    for (size_t i = 0; spk_cli_option(command, i) != NULL; i++) {
        const struct option *option = spk_cli_option(command, i);
        if (group == NULL || strcmp(group, option->group) != 0) {
            group = option->group;
            spk_cli_put_format(&output, "\n%s:\n", group);
        }
        put_option(&output, option);
    }
    put_examples(&output, command->examples);
    return spk_cli_output_end(&output, false);
}

int spk_cli_help_all(bool missing)
{
    struct output output;
    int code = spk_cli_output_begin(&output, NULL);
    if (code != DONE) {
        return code;
    }
    output.fd = missing ? STDERR_FILENO : output.fd;
    spk_cli_put(&output, "usage: steelpkt SUBCOMMAND [options] [FILE...]\n\n"
                         "Asks questions of packet captures: pcap and pcapng, plain or compressed with\n"
                         "gzip, zstd or lz4. - is standard input.\n\n");
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        spk_cli_put_format(&output, "  %-12s %s\n", spk_cli_commands[i]->name, spk_cli_commands[i]->summary);
    }
    spk_cli_put(&output,
                "\nsteelpkt SUBCOMMAND --help tells more, and so does man steelpkt-SUBCOMMAND.\n\nExit codes:\n");
    put_words(&output, spk_cli_exits, 2);
    code = spk_cli_output_end(&output, false);
    return missing ? USAGE : code;
}
