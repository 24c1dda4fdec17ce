/* options: a command line against a table of options. */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What every sub-command takes. */
static const struct option common[] = {
    { .letter = 'P',
      .argument = "FILE.so",
      .group = "Other",
      .help =
          "Loads a protocol plug-in; its fields are then known like all others. It is code that runs with your rights.",
      .id = OPTION_PLUGIN,
      .takes = TAKES_FILE },
    { .name = "no-pager",
      .group = "Other",
      .help = "Never shows the output page by page; else that is done on a terminal.",
      .id = OPTION_NO_PAGER },
    { .letter = 'h', .name = "help", .group = "Other", .help = "Shows this help.", .id = OPTION_HELP },
    { .name = "version", .group = "Other", .help = "Shows the version.", .id = OPTION_VERSION },
};

const struct option *spk_cli_option(const struct command *command, size_t index)
{
    if (index < command->option_count) {
        return &command->options[index];
    }
    index -= command->option_count;
    return index < SPK_COUNT_OF(common) ? &common[index] : NULL;
}

enum { NEAREST_LEN = 48, WORDS_MAX = 16 };

/* How many letters must be put in, taken out, changed or swapped with the next to make b of a. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][NEAREST_LEN + 1];
    size_t n = strlen(b);
    size_t m = strlen(a);
    if (n > NEAREST_LEN || m > NEAREST_LEN) {
        return NEAREST_LEN;
    }
    for (size_t k = 0; k <= n; k++) {
        rows[0][k] = k;
    }
    for (size_t i = 1; i <= m; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        row[0] = i;
        for (size_t k = 1; k <= n; k++) {
            size_t best = above[k - 1] + (a[i - 1] != b[k - 1]);
            best = above[k] + 1 < best ? above[k] + 1 : best;
            best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] && rows[(i + 1) % 3][k - 2] + 1 < best) {
                best = rows[(i + 1) % 3][k - 2] + 1;
            }
            row[k] = best;
        }
    }
    return rows[m % 3][n];
}

const char *spk_cli_nearest(const char *word, const char *const *names)
{
    const char *nearest = NULL;
    size_t least = strlen(word) / 3 + 2; /* further away it would be a guess */
    for (; *names != NULL; names++) {
        bool begins = strlen(word) >= 2 && strncmp(*names, word, strlen(word)) == 0;
        size_t far = begins ? 1 : distance(word, *names);
        if (far < least) {
            least = far;
            nearest = *names;
        }
    }
    return nearest;
}

/* False, after saying that the word is no option. */
static bool refuse_option(const struct command *command, const char *word, size_t len)
{
    const char *names[64];
    char typed[NEAREST_LEN];
    char nearest[NEAREST_LEN + 2];
    size_t count = 0;
    const struct option *option;
    for (size_t i = 0; (option = spk_cli_option(command, i)) != NULL && count + 1 < SPK_COUNT_OF(names); i++) {
        if (option->name != NULL) {
            names[count++] = option->name;
        }
    }
    names[count] = NULL;
    snprintf(typed, sizeof typed, "%.*s", (int)(len < sizeof typed ? len : sizeof typed - 1), word);
    const char *found = strncmp(typed, "--", 2) == 0 ? spk_cli_nearest(typed + 2, names) : NULL;
    if (found != NULL) {
        snprintf(nearest, sizeof nearest, "--%s", found);
    }
    spk_cli_usage(typed, "no such option", found != NULL ? nearest : NULL);
    return false;
}

/* False, after saying what is wrong with the word. */
static bool refuse(const char *word, const char *what)
{
    spk_cli_usage(word, what, NULL);
    return false;
}

static void add_choice(struct given *given, const struct option *option, const char *value)
{
    given->choices[given->choice_count++] = (struct choice){ option, value };
}

/* --name, --name=VALUE, --name VALUE. *at is the word's index, and is moved on over a value. */
static bool parse_long(struct given *given, int argc, char **argv, int *at)
{
    const char *word = argv[*at] + 2;
    size_t len = strcspn(word, "=");
    const struct option *option = NULL;
    for (size_t i = 0; (option = spk_cli_option(given->command, i)) != NULL; i++) {
        if (option->name != NULL && strlen(option->name) == len && strncmp(option->name, word, len) == 0) {
            break;
        }
    }
    if (option == NULL) {
        return refuse_option(given->command, argv[*at], len + 2);
    }
    if (option->argument == NULL) {
        add_choice(given, option, NULL);
        return word[len] == '\0' || refuse(argv[*at], "this option takes no value");
    }
    if (word[len] == '=') {
        add_choice(given, option, word + len + 1);
        return true;
    }
    if (*at + 1 >= argc) {
        return refuse(argv[*at], "this option needs a value");
    }
    add_choice(given, option, argv[++*at]);
    return true;
}

/* -a, -abc, -eVALUE, -e VALUE. */
static bool parse_short(struct given *given, int argc, char **argv, int *at)
{
    for (const char *letter = argv[*at] + 1; *letter != '\0'; letter++) {
        const char name[3] = { '-', *letter, '\0' };
        const struct option *option = NULL;
        for (size_t i = 0; (option = spk_cli_option(given->command, i)) != NULL; i++) {
            if (option->letter == *letter) {
                break;
            }
        }
        if (option == NULL) {
            return refuse_option(given->command, name, 2);
        }
        if (option->argument == NULL) {
            add_choice(given, option, NULL);
            continue;
        }
        if (letter[1] != '\0') {
            add_choice(given, option, letter + 1);
            return true;
        }
        if (*at + 1 >= argc) {
            return refuse(name, "this option needs a value");
        }
        add_choice(given, option, argv[++*at]);
        return true;
    }
    return true;
}

/* At most one choice a letter of the command line. */
static bool make_room(struct given *given, int argc, char **argv)
{
    size_t letters = 1;
    for (int i = 0; i < argc; i++) {
        letters += strlen(argv[i]) + 1;
    }
    given->choices = calloc(letters, sizeof given->choices[0]);
    given->operands = calloc((size_t)argc + 1, sizeof given->operands[0]);
    return given->choices != NULL && given->operands != NULL;
}

bool spk_cli_parse(const struct command *command, int argc, char **argv, struct given *given)
{
    *given = (struct given){ .command = command };
    if (!make_room(given, argc, argv)) {
        spk_cli_no_memory();
        return false;
    }
    bool only_operands = false;
    for (int at = 0; at < argc; at++) {
        const char *word = argv[at];
        bool ok = true;
        if (only_operands || word[0] != '-' || word[1] == '\0') {
            given->operands[given->operand_count++] = word;
        } else if (strcmp(word, "--") == 0) {
            only_operands = true;
        } else if (word[1] == '-') {
            ok = parse_long(given, argc, argv, &at);
        } else {
            ok = parse_short(given, argc, argv, &at);
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

void spk_cli_given_free(struct given *given)
{
    free(given->choices);
    free(given->operands);
}

const char *spk_cli_last(const struct given *given, enum option_id id)
{
    for (size_t i = given->choice_count; i-- > 0;) {
        if (given->choices[i].option->id == id) {
            return given->choices[i].value;
        }
    }
    return NULL;
}

bool spk_cli_has(const struct given *given, enum option_id id)
{
    for (size_t i = 0; i < given->choice_count; i++) {
        if (given->choices[i].option->id == id) {
            return true;
        }
    }
    return false;
}

bool spk_cli_look_up(const char *text, const struct word *words, uint8_t *value)
{
    const char *names[WORDS_MAX + 1] = { NULL };
    char what[256] = "not one of ";
    for (size_t i = 0; words[i].text != NULL; i++) {
        if (strcmp(words[i].text, text) == 0) {
            *value = words[i].value;
            return true;
        }
        names[i < WORDS_MAX ? i : WORDS_MAX - 1] = words[i].text;
        size_t len = strlen(what);
        snprintf(what + len, sizeof what - len, "%s%s", i > 0 ? ", " : "", words[i].text);
    }
    spk_cli_usage(text, what, spk_cli_nearest(text, names));
    return false;
}

bool spk_cli_word(const struct given *given, enum option_id id, uint8_t *value)
{
    for (size_t i = given->choice_count; i-- > 0;) {
        const struct choice *choice = &given->choices[i];
        if (choice->option->id == id) {
            return spk_cli_look_up(choice->value, choice->option->words, value);
        }
    }
    return true;
}

bool spk_cli_number(const struct given *given, enum option_id id, uint64_t *number)
{
    const char *text = spk_cli_last(given, id);
    if (text == NULL) {
        return true;
    }
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value == 0) {
        return refuse(text, "a number from 1 on is needed here");
    }
    *number = value;
    return true;
}
