/*
 * completion: scripts made from the tables of sub-commands and options. Names of fields do not stand in them: the shell
 * asks "steelpkt fields --tsv" when it needs them.
 */
#include "completion.h"

#include <string.h>

/* Puts len bytes of text, with a backslash before each of the specials. */
static void put_escaped(struct output *output, const char *text, size_t len, const char *specials)
{
    for (size_t i = 0; i < len && text[i] != '\0'; i++) {
        spk_cli_put_format(output, strchr(specials, text[i]) != NULL ? "\\%c" : "%c", text[i]);
    }
}

/* The next of a command's options, the common ones too; NULL behind the last. */
static const struct option *next_option(const struct command *command, size_t *index)
{
    return spk_cli_option(command, (*index)++);
}

static void put_command_names(struct output *output)
{
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        spk_cli_put_format(output, i == 0 ? "%s" : " %s", spk_cli_commands[i]->name);
    }
}

/* ---- bash ---- */

static const char bash_head[] =
    "# bash completion for steelpkt: printed by \"steelpkt generate bash\"\n"
    "\n"
    "# Field names behind the text $2 that keeps standing before them: first protocols, then their fields.\n"
    "_steelpkt_names()\n"
    "{\n"
    "    local part=$1 before=$2 name type rest\n"
    "    local -A heads=()\n"
    "    local -a names=()\n"
    "    while IFS=$'\\t' read -r name type rest; do\n"
    "        if [[ $name == \"$part\"* && $type != GROUP ]]; then\n"
    "            names+=(\"$before$name\")\n"
    "            [[ $name == *.* ]] && heads[$before${name%%.*}.]=1 || heads[$before$name]=1\n"
    "        fi\n"
    "    done < <(\"${COMP_WORDS[0]}\" fields --tsv \"$part*\" 2> /dev/null)\n"
    "    COMPREPLY=(\"${names[@]}\")\n"
    "    if [[ $part != *.* && ${#heads[@]} -lt ${#names[@]} ]]; then\n"
    "        COMPREPLY=(\"${!heads[@]}\")\n"
    "        compopt -o nospace\n"
    "    fi\n"
    "}\n"
    "\n"
    "_steelpkt_list() # of field names, separated by commas\n"
    "{\n"
    "    local part=${1##*,}\n"
    "    _steelpkt_names \"$part\" \"${1%\"$part\"}\"\n"
    "}\n"
    "\n"
    "_steelpkt_filter() # an expression, with field names in it\n"
    "{\n"
    "    local part=${1##*[!A-Za-z0-9_.-]}\n"
    "    compopt -o nospace\n"
    "    [[ $part == '' ]] || _steelpkt_names \"$part\" \"${1%\"$part\"}\"\n"
    "}\n"
    "\n"
    "_steelpkt_words()\n"
    "{\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$2\" -- \"$1\")\n"
    "}\n"
    "\n"
    "_steelpkt_files()\n"
    "{\n"
    "    compopt -o filenames\n"
    "    mapfile -t COMPREPLY < <(compgen -f -- \"$1\")\n"
    "}\n"
    "\n"
    "_steelpkt()\n"
    "{\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    COMPREPLY=()\n"
    "    if [[ $current == = ]]; then # --name=VALUE comes as three words\n"
    "        current=''\n"
    "    elif [[ $previous == = ]]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n";

static const char *bash_function(uint8_t takes)
{
    switch (takes) {
    case TAKES_FIELD:
    case TAKES_FIELDS:
        return "_steelpkt_list \"$current\"";
    case TAKES_FILTER:
        return "_steelpkt_filter \"$current\"";
    case TAKES_FILE:
        return "_steelpkt_files \"$current\"";
    default:
        return ":";
    }
}

static void put_spellings(struct output *output, const struct option *option, const char *between)
{
    if (option->letter != 0) {
        spk_cli_put_format(output, "-%c", option->letter);
    }
    if (option->name != NULL) {
        spk_cli_put_format(output, "%s--%s", option->letter != 0 ? between : "", option->name);
    }
}

static void put_bash_argument(struct output *output, const struct option *option)
{
    spk_cli_put(output, "        ");
    put_spellings(output, option, " | ");
    spk_cli_put(output, ") ");
    if (option->takes == TAKES_WORD) {
        spk_cli_put(output, "_steelpkt_words \"$current\" '");
        for (const struct word *word = option->words; word->text != NULL; word++) {
            spk_cli_put_format(output, word == option->words ? "%s" : " %s", word->text);
        }
        spk_cli_put(output, "'");
    } else {
        spk_cli_put(output, bash_function(option->takes));
    }
    spk_cli_put(output, " ;;\n");
}

static void put_bash_command(struct output *output, const struct command *command)
{
    const struct option *option = NULL;
    spk_cli_put_format(output, "    %s:*)\n        case $previous in\n", command->name);
    for (size_t i = 0; (option = next_option(command, &i)) != NULL;) {
        if (option->argument != NULL) {
            put_bash_argument(output, option);
        }
    }
    spk_cli_put(output, "        *)\n            if [[ $current == -* ]]; then\n"
                        "                _steelpkt_words \"$current\" '");
    for (size_t i = 0; (option = next_option(command, &i)) != NULL;) {
        spk_cli_put(output, i > 1 ? " " : "");
        put_spellings(output, option, " ");
    }
    spk_cli_put_format(output, "'\n            else\n                %s\n            fi\n            ;;\n",
                       bash_function(command->operand_takes));
    spk_cli_put(output, "        esac\n        ;;\n");
}

void spk_cli_complete_bash(struct output *output)
{
    spk_cli_put(output, bash_head);
    spk_cli_put(output, "    case ${COMP_WORDS[1]}:$COMP_CWORD in\n    *:1) _steelpkt_words \"$current\" '");
    put_command_names(output);
    spk_cli_put(output, " help --help --version' ;;\n    help:2) _steelpkt_words \"$current\" '");
    put_command_names(output);
    spk_cli_put(output, "' ;;\n");
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        put_bash_command(output, spk_cli_commands[i]);
    }
    spk_cli_put(output, "    esac\n}\n\ncomplete -F _steelpkt steelpkt\n");
}

/* ---- zsh ---- */

static const char zsh_head[] = "#compdef steelpkt\n"
                               "# zsh completion for steelpkt: printed by \"steelpkt generate zsh\"\n"
                               "\n"
                               "_steelpkt_names() {\n"
                               "    local -a found\n"
                               "    local line\n"
                               "    local -a part\n"
                               "    for line in ${(f)\"$(_call_program fields steelpkt fields --tsv)\"}; do\n"
                               "        part=(\"${(@ps:\\t:)line}\")\n"
                               "        [[ $part[2] == GROUP ]] || found+=(\"$part[1]:$part[4]\")\n"
                               "    done\n"
                               "    _describe -t fields field found \"$@\"\n"
                               "}\n"
                               "\n"
                               "_steelpkt_field() { _steelpkt_names }\n"
                               "\n"
                               "_steelpkt_list() {\n"
                               "    compset -P '*,'\n"
                               "    _steelpkt_names -qS ,\n"
                               "}\n"
                               "\n"
                               "_steelpkt_filter() {\n"
                               "    compset -P '*[^A-Za-z0-9_.-]'\n"
                               "    _steelpkt_names -S ''\n"
                               "}\n"
                               "\n"
                               "_steelpkt() {\n"
                               "    local curcontext=$curcontext state line\n"
                               "    local -A opt_args\n"
                               "    local -a commands=(\n";

static const char zsh_middle[] =
    "        'help:Tells about a sub-command'\n"
    "    )\n"
    "    _arguments -C '(- *)'{-h,--help}'[Shows the sub-commands]' '(- *)--version[Shows the version]' \\\n"
    "        '1:sub-command:->command' '*::argument:->argument'\n"
    "    case $state in\n"
    "    command) _describe -t commands sub-command commands ;;\n"
    "    argument)\n"
    "        case $words[1] in\n"
    "        help) (( CURRENT == 2 )) && _describe -t commands sub-command commands ;;\n";

static const char *zsh_action(uint8_t takes)
{
    switch (takes) {
    case TAKES_FIELD:
        return "_steelpkt_field";
    case TAKES_FIELDS:
        return "_steelpkt_list";
    case TAKES_FILTER:
        return "_steelpkt_filter";
    case TAKES_FILE:
        return "_files";
    default:
        return " ";
    }
}

/* In single quotes, where colons and brackets would end a part. */
static void put_zsh_text(struct output *output, const char *text, size_t len)
{
    for (size_t i = 0; i < len && text[i] != '\0'; i++) {
        if (text[i] == '\'') {
            spk_cli_put(output, "'\\''");
        } else {
            put_escaped(output, text + i, 1, ":[]\\");
        }
    }
}

static void put_zsh_option(struct output *output, const struct option *option)
{
    bool argument = option->argument != NULL;
    spk_cli_put(output, "            ");
    if (option->letter != 0 && option->name != NULL) {
        spk_cli_put_format(output, "'*'{-%c%s,--%s%s}'", option->letter, argument ? "+" : "", option->name,
                           argument ? "=" : "");
    } else if (option->letter != 0) {
        spk_cli_put_format(output, "'*-%c%s", option->letter, argument ? "+" : "");
    } else {
        spk_cli_put_format(output, "'*--%s%s", option->name, argument ? "=" : "");
    }
    spk_cli_put(output, "[");
    put_zsh_text(output, option->help, spk_cli_brief(option->help));
    spk_cli_put(output, "]");
    if (argument && option->takes == TAKES_WORD) {
        spk_cli_put_format(output, ":%s:((", option->argument);
        for (const struct word *word = option->words; word->text != NULL; word++) {
            spk_cli_put_format(output, word == option->words ? "%s\\:\"" : " %s\\:\"", word->text);
            put_zsh_text(output, word->help, strlen(word->help));
            spk_cli_put(output, "\"");
        }
        spk_cli_put(output, "))");
    } else if (argument) {
        spk_cli_put_format(output, ":%s:%s", option->argument, zsh_action(option->takes));
    }
    spk_cli_put(output, "' \\\n");
}

void spk_cli_complete_zsh(struct output *output)
{
    spk_cli_put(output, zsh_head);
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        spk_cli_put_format(output, "        '%s:", spk_cli_commands[i]->name);
        put_zsh_text(output, spk_cli_commands[i]->summary, spk_cli_brief(spk_cli_commands[i]->summary));
        spk_cli_put(output, "'\n");
    }
    spk_cli_put(output, zsh_middle);
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        const struct command *command = spk_cli_commands[i];
        const struct option *option = NULL;
        spk_cli_put_format(output, "        %s) _arguments -s -S : \\\n", command->name);
        for (size_t k = 0; (option = next_option(command, &k)) != NULL;) {
            put_zsh_option(output, option);
        }
        spk_cli_put_format(output, "            '*:%s:%s' ;;\n", command->operand_takes == TAKES_FILE ? "file" : "name",
                           zsh_action(command->operand_takes));
    }
    spk_cli_put(output, "        esac\n        ;;\n    esac\n}\n\n"
                        "if [[ $funcstack[1] == _steelpkt ]]; then\n    _steelpkt \"$@\"\nelse\n"
                        "    compdef _steelpkt steelpkt\nfi\n");
}

/* ---- fish ---- */

static const char fish_head[] =
    "# fish completion for steelpkt: printed by \"steelpkt generate fish\"\n"
    "\n"
    "# Field names behind the text that keeps standing before them.\n"
    "function __steelpkt_names\n"
    "    set -l before (commandline -ct | string replace -r '^[\"\\']' '' | string replace -r -- $argv[1] '')\n"
    "    steelpkt fields --tsv 2> /dev/null | while read -l -d \\t name type proto doc\n"
    "        test $type = GROUP; or printf '%s%s\\t%s\\n' $before $name $doc\n"
    "    end\n"
    "end\n"
    "\n"
    "complete -c steelpkt -f\n"
    "complete -c steelpkt -n __fish_use_subcommand -s h -l help -d 'Shows the sub-commands'\n"
    "complete -c steelpkt -n __fish_use_subcommand -l version -d 'Shows the version'\n";

/* What may stand there: -F is any file. */
static const char *fish_values(uint8_t takes)
{
    switch (takes) {
    case TAKES_FIELD:
    case TAKES_FIELDS:
        return " -a '(__steelpkt_names \"[^,]*\\$\")'";
    case TAKES_FILTER:
        return " -a '(__steelpkt_names \"[A-Za-z0-9_.-]*\\$\")'";
    case TAKES_FILE:
        return " -F";
    default:
        return "";
    }
}

/* In single quotes. */
static void put_fish_text(struct output *output, const char *text)
{
    spk_cli_put(output, " -d '");
    put_escaped(output, text, spk_cli_brief(text), "'\\");
    spk_cli_put(output, "'\n");
}

static void put_fish_option(struct output *output, const struct command *command, const struct option *option)
{
    spk_cli_put_format(output, "complete -c steelpkt -n '__fish_seen_subcommand_from %s'", command->name);
    if (option->letter != 0) {
        spk_cli_put_format(output, " -s %c", option->letter);
    }
    if (option->name != NULL) {
        spk_cli_put_format(output, " -l %s", option->name);
    }
    if (option->argument != NULL) {
        spk_cli_put(output, option->takes == TAKES_FILE ? " -r" : " -x");
        spk_cli_put(output, fish_values(option->takes));
    }
    if (option->takes == TAKES_WORD) {
        spk_cli_put(output, " -a '");
        for (const struct word *word = option->words; word->text != NULL; word++) {
            spk_cli_put_format(output, "%s\\t\"", word->text);
            put_escaped(output, word->help, strlen(word->help), "'\"$");
            spk_cli_put(output, "\" ");
        }
        spk_cli_put(output, "'");
    }
    put_fish_text(output, option->help);
}

void spk_cli_complete_fish(struct output *output)
{
    spk_cli_put(output, fish_head);
    spk_cli_put(output, "complete -c steelpkt -n __fish_use_subcommand -a help -d 'Tells about a sub-command'\n"
                        "complete -c steelpkt -n '__fish_seen_subcommand_from help' -a '");
    put_command_names(output);
    spk_cli_put(output, "'\n");
    for (size_t i = 0; spk_cli_commands[i] != NULL; i++) {
        const struct command *command = spk_cli_commands[i];
        const struct option *option = NULL;
        spk_cli_put_format(output, "\ncomplete -c steelpkt -n __fish_use_subcommand -a %s", command->name);
        put_fish_text(output, command->summary);
        for (size_t k = 0; (option = next_option(command, &k)) != NULL;) {
            put_fish_option(output, command, option);
        }
        spk_cli_put_format(output, "complete -c steelpkt -n '__fish_seen_subcommand_from %s'%s\n", command->name,
                           fish_values(command->operand_takes));
    }
}
