/* manual: the pages, each made of the tables that the program itself uses. */
#include "manual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An option's letter and name, or in short only the letter where it has one, and its argument. */
static void put_spelling(struct output *output, const struct option *option, bool brief)
{
    if (option->letter != 0) {
        spk_cli_put_format(output, " Fl %c", option->letter);
    }
    if (option->name != NULL && (option->letter == 0 || !brief)) {
        spk_cli_put_format(output, "%s Fl -%s", option->letter != 0 ? " ," : "", option->name);
    }
    if (option->argument != NULL) {
        spk_cli_put_format(output, " Ar %s", option->argument);
    }
    spk_cli_put(output, "\n");
}

/* "-e FIELD... [PATTERN]" as macros, a line each; what stands behind an option is its argument and on its line. */
static void put_operands(struct output *output, const char *operands)
{
    const char *lead = ".";
    while (*operands != '\0') {
        size_t len = strcspn(operands, " ");
        bool optional = operands[0] == '[';
        size_t shown = len - (optional ? 2 : 0);
        const char *word = operands + optional;
        bool more = shown > 3 && strncmp(word + shown - 3, "...", 3) == 0;
        if (word[0] == '-') {
            spk_cli_put_format(output, ".Fl %.*s", (int)shown - 1, word + 1);
            lead = " ";
        } else {
            spk_cli_put_format(output, "%s%sAr %.*s%s\n", lead, optional ? "Op " : "", (int)(more ? shown - 3 : shown),
                               word, more ? " ..." : "");
            lead = ".";
        }
        operands += len + strspn(operands + len, " ");
    }
}

/* Whether an option stands among the operands already. */
static bool is_operand(const struct command *command, const struct option *option)
{
    char word[3] = { '-', option->letter, '\0' };
    return option->letter != 0 && strstr(command->operands, word) != NULL;
}

static void put_synopsis(struct output *output, const struct command *command)
{
    spk_cli_put_format(output, ".Sh SYNOPSIS\n.Nm steelpkt %s\n", command->name);
    for (size_t i = 0; spk_cli_option(command, i) != NULL; i++) {
        if (!is_operand(command, spk_cli_option(command, i))) {
            spk_cli_put(output, ".Op");
            put_spelling(output, spk_cli_option(command, i), true);
        }
    }
    put_operands(output, command->operands);
}

static void put_options(struct output *output, const struct command *command)
{
    const char *group = NULL;
    for (size_t i = 0; spk_cli_option(command, i) != NULL; i++) {
        const struct option *option = spk_cli_option(command, i);
        if (group == NULL || strcmp(group, option->group) != 0) {
            spk_cli_put_format(output, "%s.Ss %s\n.Bl -tag -width Ds\n", group != NULL ? ".El\n" : "", option->group);
            group = option->group;
        }
        spk_cli_put(output, ".It");
        put_spelling(output, option, false);
        spk_cli_mdoc_prose(output, option->help);
        if (option->words != NULL) {
            spk_cli_mdoc_words(output, "Cm", option->words);
        }
    }
    spk_cli_put(output, ".El\n");
}

static void put_ends(struct output *output)
{
    spk_cli_put(output, ".Sh ENVIRONMENT\n");
    spk_cli_mdoc_words(output, "Ev", spk_cli_environment);
    spk_cli_put(output, ".Sh EXIT STATUS\n");
    spk_cli_mdoc_words(output, "Li", spk_cli_exits);
}

enum { NAME_MAX_LEN = 64 };

/* The pages of section 7, in order. */
static const char *const others[] = { "steelpkt-fields", "steelpkt-filter" };

/* The name of a sub-command's page. */
static void name_of(const struct command *command, char name[NAME_MAX_LEN])
{
    snprintf(name, NAME_MAX_LEN, "steelpkt-%s", command->name);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void spk_cli_manual_see_also(struct output *output, const char *self, int section)
{
    enum { NAMES_MAX = 64 };
    char own[NAMES_MAX][NAME_MAX_LEN];
    const char *names[NAMES_MAX];
    size_t count = 0;
    spk_cli_put(output, ".Sh SEE ALSO\n");
    for (size_t i = 0; spk_cli_commands[i] != NULL && count + 1 < NAMES_MAX; i++) {
        name_of(spk_cli_commands[i], own[count]);
        names[count] = own[count];
        count++;
    }
    names[count++] = "steelpkt";
    qsort(names, count, sizeof names[0], compare_names);
    const char *before = "";
    for (size_t i = 0; i < count; i++) {
        if (section != 1 || strcmp(names[i], self) != 0) {
            spk_cli_put_format(output, "%s.Xr %s 1", before, names[i]);
            before = " ,\n";
        }
    }
    spk_cli_put_format(output, "%s.Xr wireshark-filter 4 ,\n.Xr pcap-filter 7", before);
    for (size_t i = 0; i < SPK_COUNT_OF(others); i++) {
        if (section != 7 || strcmp(others[i], self) != 0) {
            spk_cli_put_format(output, " ,\n.Xr %s 7", others[i]);
        }
    }
    spk_cli_put(output, "\n");
}

void spk_cli_manual_command(struct output *output, const struct command *command)
{
    char name[NAME_MAX_LEN];
    name_of(command, name);
    spk_cli_mdoc_head(output, name, 1, name, command->summary);
    put_synopsis(output, command);
    spk_cli_put(output, ".Sh DESCRIPTION\n");
    spk_cli_mdoc_prose(output, command->about);
    put_options(output, command);
    put_ends(output);
    if (command->examples != NULL) {
        spk_cli_put(output, ".Sh EXAMPLES\n");
        spk_cli_mdoc_examples(output, command->examples);
    }
    spk_cli_manual_see_also(output, name, 1);
}

void spk_cli_manual(struct output *output)
{
    spk_cli_mdoc_head(output, "steelpkt", 1, "steelpkt", "Ask questions of packet captures");
    spk_cli_put(output, ".Sh SYNOPSIS\n.Nm\n.Ar SUBCOMMAND\n.Op Ar options\n.Op Ar FILE ...\n.Nm\n.Cm help\n"
                        ".Op Ar SUBCOMMAND\n.Nm\n.Fl -version\n.Sh DESCRIPTION\n");
    spk_cli_mdoc_prose(output,
                       "Captures are pcap and pcapng files, plain or compressed with gzip, zstd or lz4, which is "
                       "told by their content; - is standard input. Fields have the names and values that "
                       "Wireshark gives them; steelpkt-fields(7) lists them. "
                       "steelpkt-filter(7) is about the language of display filters.");
    spk_cli_put(output, ".Bl -tag -width Ds\n");
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        spk_cli_put_format(output, ".It Xr steelpkt-%s 1\n", spk_cli_commands[i]->name);
        spk_cli_mdoc_prose(output, spk_cli_commands[i]->summary);
    }
    spk_cli_put(output, ".El\n");
    put_ends(output);
    spk_cli_put(output, ".Sh DIAGNOSTICS\n");
    spk_cli_mdoc_prose(output,
                       "An error is one line on standard error, which names the file and, where bytes are wrong, "
                       "says what was wrong, at which byte of the file and in which packet, how many bytes were "
                       "needed and how many there were. What was good before it has been delivered.");
    spk_cli_manual_see_also(output, "steelpkt", 1);
    spk_cli_put(output, ".Sh SECURITY CONSIDERATIONS\n");
    spk_cli_mdoc_prose(
        output, "Captures and packets are taken for what strangers wrote: they can be wrong in any way, and their "
                "text is escaped on terminals, in errors and in JSON. A damaged packet keeps its good layers, and a "
                "damaged capture is read up to the damage, or with --salvage on behind it. An output that is a file "
                "ends at a whole packet or row also on a full disk. A file that was there before is replaced at the "
                "end, also by what came before damage or an interruption, and kept where the writing fails; "
                "steelpkt-capture(1), and steelpkt-sql(1) where it writes a table, overwrite it at once. Only "
                "steelpkt-capture(1) gives up its rights and fences decoding in. A "
                "plug-in (-P) is code that runs with your rights.");
}
