/* manual: manual pages in mdoc(7), made from the tables. */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "output.h"

/* steelpkt(1): the sub-commands, and what holds for all of them. */
void spk_cli_manual(struct output *output);
/* steelpkt-NAME(1). */
void spk_cli_manual_command(struct output *output, const struct command *command);
/* steelpkt-fields(7): every protocol and field. */
void spk_cli_manual_fields(struct output *output);
/* steelpkt-filter(7): the language of display filters. */
void spk_cli_manual_filter(struct output *output);
/* The section SEE ALSO: all other pages. */
void spk_cli_manual_see_also(struct output *output, const char *self, int section);

/* ---- mdoc.c ---- */

/* Sentences as lines of text; what looks like name(section) becomes a reference. */
void spk_cli_mdoc_prose(struct output *output, const char *text);
/* The head of a page: NAME and what it is, in a phrase. */
void spk_cli_mdoc_head(struct output *output, const char *title, int section, const char *name, const char *phrase);
/* A list of words and what each means. */
void spk_cli_mdoc_words(struct output *output, const char *macro, const struct word *words);

/* Lines to be typed, each below what it does. */
void spk_cli_mdoc_examples(struct output *output, const struct example *examples);

#endif
