/* help: what --help says, made from the tables. Nothing is wider than a terminal of 80 columns. */
#include "cli.h"

#include <string.h>

enum { COLUMNS = 79, HELP_AT = 26 };

/* Prints text in lines of at most COLUMNS, all of them begun at column indent, where the first already is. */
static void print_wrapped(const char *text, size_t indent)
{
    size_t column = indent;
    while (*text != '\0') {
        size_t word = strcspn(text, " ");
        if (column > indent && column + 1 + word > COLUMNS) {
            printf("\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)word, text);
        column += word;
        text += word + strspn(text + word, " ");
    }
    putchar('\n');
}

static void print_words(const struct word *words)
{
    for (; words != NULL && words->text != NULL; words++) {
        printf("%*s%-9s ", HELP_AT + 2, "", words->text);
        print_wrapped(words->help, HELP_AT + 12);
    }
}

static void print_option(const struct option *option)
{
    char left[64];
    char letter[3] = { '-', option->letter, '\0' };
    snprintf(left, sizeof left, "  %s%s%s%s%s%s", option->letter != 0 ? letter : "    ",
             option->letter != 0 && option->name != NULL ? ", " : "", option->name != NULL ? "--" : "",
             option->name != NULL ? option->name : "", option->argument != NULL ? " " : "",
             option->argument != NULL ? option->argument : "");
    printf("%-*s ", HELP_AT - 1, left);
    if (strlen(left) >= HELP_AT) {
        printf("\n%*s", HELP_AT, "");
    }
    print_wrapped(option->help, HELP_AT);
    print_words(option->words);
}

int spk_cli_help(const struct command *command)
{
    printf("usage: steelpkt %s [options] %s\n\n", command->name, command->operands);
    print_wrapped(command->about, 0);
    const char *group = NULL;
    for (size_t i = 0; spk_cli_option(command, i) != NULL; i++) {
        const struct option *option = spk_cli_option(command, i);
        if (group == NULL || strcmp(group, option->group) != 0) {
            group = option->group;
            printf("\n%s:\n", group);
        }
        print_option(option);
    }
    return fflush(stdout) == 0 ? DONE : UNWRITTEN;
}

int spk_cli_help_all(FILE *to)
{
    fputs("usage: steelpkt SUBCOMMAND [options] [FILE...]\n\n"
          "Asks questions of packet captures: pcap and pcapng, plain or compressed with\n"
          "gzip, zstd or lz4. - is standard input.\n\n",
          to);
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        fprintf(to, "  %-10s %s\n", spk_cli_commands[i]->name, spk_cli_commands[i]->summary);
    }
    fputs("\nsteelpkt SUBCOMMAND --help tells more.\n"
          "Exit codes: 0 complete, 1 usage, 2 damaged input, 3 output not written\n"
          "completely, 4 interrupted.\n",
          to);
    return fflush(to) == 0 ? DONE : UNWRITTEN;
}
