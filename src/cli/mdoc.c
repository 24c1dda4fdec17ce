/*
 * mdoc: text as mdoc(7) wants it. A sentence begins a line, lines are short, and nothing that comes from a table is taken
 * for a macro.
 */
#include "manual.h"

#include <ctype.h>
#include <string.h>

/* The day on which the pages' prose was last changed: mdoc(7) wants one. */
#define DATE "November 26, 2026"

enum { LINE = 72 };

/* A line of text being put. */
struct prose {
    struct output *output;
    size_t column;
};

static void end_line(struct prose *prose)
{
    if (prose->column > 0) {
        spk_cli_put(prose->output, "\n");
        prose->column = 0;
    }
}

/* A letter of text: backslashes are escapes there, and a minus is no hyphen where it begins a word. */
static void put_letter(struct output *output, char letter, bool first)
{
    if (letter == '\\') {
        spk_cli_put(output, "\\e");
    } else if (letter == '-' && first) {
        spk_cli_put(output, "\\-");
    } else {
        spk_cli_put_format(output, "%c", letter);
    }
}

static void put_word(struct prose *prose, const char *word, size_t len)
{
    if (prose->column > 0 && prose->column + 1 + len > LINE) {
        end_line(prose);
    }
    if (prose->column > 0) {
        spk_cli_put(prose->output, " ");
        prose->column++;
    } else if (word[0] == '.' || word[0] == '\'') {
        spk_cli_put(prose->output, "\\&");
    }
    for (size_t i = 0; i < len; i++) {
        put_letter(prose->output, word[i], i == 0 || word[i - 1] == '-');
    }
    prose->column += len;
}

static bool ends_sentence(const char *word, size_t len)
{
    while (len > 0 && (word[len - 1] == ')' || word[len - 1] == '"')) {
        len--;
    }
    bool more = len > 1 && (isalnum((unsigned char)word[len - 2]) || strchr(")]\"'", word[len - 2]) != NULL);
    return more && strchr(".!?", word[len - 1]) != NULL;
}

/* Puts a reference to a page, "name(7)" with punctuation around it, as a macro. False: the word is none. */
static bool put_reference(struct prose *prose, const char *word, size_t len)
{
    bool bracket = len > 0 && word[0] == '(';
    size_t name = bracket ? 1 : 0;
    size_t at = name;
    while (at < len && (islower((unsigned char)word[at]) || word[at] == '-' || word[at] == '_')) {
        at++;
    }
    if (at == name || at + 3 > len || word[at] != '(' || !isdigit((unsigned char)word[at + 1]) || word[at + 2] != ')') {
        return false;
    }
    end_line(prose);
    spk_cli_put_format(prose->output, ".%sXr %.*s %c", bracket ? "Pq " : "", (int)(at - name), word + name,
                       word[at + 1]);
    for (size_t i = at + 3; i < len; i++) {
        if (word[i] != ')' || !bracket) {
            spk_cli_put_format(prose->output, " %c", word[i]);
        }
        bracket = bracket && word[i] != ')';
    }
    spk_cli_put(prose->output, "\n");
    return true;
}

void spk_cli_mdoc_prose(struct output *output, const char *text)
{
    struct prose prose = { .output = output };
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (!put_reference(&prose, text, len)) {
            put_word(&prose, text, len);
        }
        bool ends = ends_sentence(text, len);
        text += len + strspn(text + len, " ");
        if (ends) {
            end_line(&prose);
        }
    }
    end_line(&prose);
}

void spk_cli_mdoc_head(struct output *output, const char *title, int section, const char *name, const char *phrase)
{
    spk_cli_put(output, ".\\\" Printed by \"steelpkt generate\" from the tables of the program.\n.Dd " DATE "\n.Dt ");
    for (size_t i = 0; title[i] != '\0'; i++) {
        spk_cli_put_format(output, "%c", toupper((unsigned char)title[i]));
    }
    spk_cli_put_format(output, " %d\n.Os\n.Sh NAME\n.Nm %s\n.Nd %c%.*s\n", section, name,
                       tolower((unsigned char)phrase[0]), (int)strcspn(phrase + 1, "."), phrase + 1);
}

void spk_cli_mdoc_words(struct output *output, const char *macro, const struct word *words)
{
    spk_cli_put(output, ".Bl -tag -width Ds\n");
    for (; words->text != NULL; words++) {
        spk_cli_put_format(output, ".It %s %s\n", macro, words->text);
        spk_cli_mdoc_prose(output, words->help);
    }
    spk_cli_put(output, ".El\n");
}

void spk_cli_mdoc_examples(struct output *output, const struct example *examples)
{
    for (; examples->line != NULL; examples++) {
        spk_cli_mdoc_prose(output, examples->says);
        spk_cli_put(output, ".Pp\n.Dl \"");
        for (const char *at = examples->line; *at != '\0'; at++) {
            spk_cli_put_format(output, *at == '"' ? "\\(dq" : *at == '\\' ? "\\e" : "%c", *at);
        }
        spk_cli_put(output, examples[1].line != NULL ? "\"\n.Pp\n" : "\"\n");
    }
}
