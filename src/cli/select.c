/* select: times, numbers, names, rules and files from the command line. */
#define _POSIX_C_SOURCE 200809L
#include "select.h"
#include "file.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_time(const struct given *given, enum option_id id, bool up, bool *has, int64_t *ns)
{
    struct spk_error error;
    const char *text = spk_cli_last(given, id);
    *has = text != NULL;
    if (text != NULL && spk_time_parse(text, up, ns, &error) != SPK_OK) {
        spk_cli_error(&error);
        return USAGE;
    }
    return DONE;
}

int spk_cli_reader(const struct given *given, struct spk_reader_options *options)
{
    const char *type = spk_cli_last(given, OPTION_LINK);
    options->salvage = spk_cli_has(given, OPTION_SALVAGE);
    options->has_link = type != NULL;
    if (type == NULL || spk_link_type_find(type, &options->link)) {
        return DONE;
    }
    char *end = NULL;
    unsigned long number = type[0] >= '0' && type[0] <= '9' ? strtoul(type, &end, 10) : ULONG_MAX;
    if (number > UINT16_MAX || *end != '\0') {
        return spk_cli_usage(type, "no link type; a number or a name as in pcap-linktype(7) is needed", NULL);
    }
    options->link = (uint16_t)number;
    return DONE;
}

int spk_cli_display_filter(const struct given *given, struct spk_filter **filter)
{
    struct spk_error error;
    struct spk_filter_fault fault;
    const char *text = spk_cli_last(given, OPTION_FILTER);
    *filter = NULL;
    if (text == NULL || spk_filter_new(given->registry, text, filter, &fault, &error) == SPK_OK) {
        return DONE;
    }
    return error.code == SPK_ERR_MEMORY ? spk_cli_no_memory() : spk_cli_filter_error(given->registry, &error, &fault);
}

int spk_cli_select(const struct given *given, struct spk_query_options *options)
{
    /* what is finer than a nanosecond is rounded into the window */
    if (read_time(given, OPTION_START, true, &options->has_start, &options->start_ns) != DONE
        || read_time(given, OPTION_END, false, &options->has_end, &options->end_ns) != DONE) {
        return USAGE;
    }
    if (!spk_cli_number(given, OPTION_COUNT, &options->read_max)
        || !spk_cli_number(given, OPTION_ROWS, &options->row_max)) {
        return USAGE;
    }
    return DONE;
}

static bool add_path(struct paths *paths, const char *path)
{
    const char **more = realloc(paths->items, (paths->count + 1) * sizeof *more);
    if (more == NULL) {
        return false;
    }
    paths->items = more;
    more[paths->count] = strdup(path);
    return more[paths->count++] != NULL;
}

/* What the shell was kept from expanding. Gives an exit code. */
static int add_matches(struct paths *paths, const char *pattern)
{
    glob_t found;
    int status = glob(pattern, GLOB_NOCHECK, NULL, &found); /* what matches nothing is a file that is not there */
    bool ok = status == 0;
    for (size_t i = 0; ok && i < found.gl_pathc; i++) {
        ok = add_path(paths, found.gl_pathv[i]);
    }
    if (status == 0) {
        globfree(&found);
    }
    return ok ? DONE : spk_cli_no_memory();
}

static int add(struct paths *paths, const char *path)
{
    if (strpbrk(path, "*?[") != NULL && access(path, F_OK) != 0) {
        return add_matches(paths, path);
    }
    return add_path(paths, path) ? DONE : spk_cli_no_memory();
}

int spk_cli_paths(const struct given *given, struct paths *paths)
{
    int code = DONE;
    *paths = (struct paths){ .count = 0 };
    for (size_t i = 0; i < given->choice_count && code == DONE; i++) {
        if (given->choices[i].option->id == OPTION_READ) {
            code = add(paths, given->choices[i].value);
        }
    }
    for (size_t i = 0; i < given->operand_count && code == DONE; i++) {
        code = add(paths, given->operands[i]);
    }
    if (code != DONE) {
        return code;
    }
    return paths->count > 0 ? DONE : spk_cli_usage(NULL, "a file is needed; - is standard input", NULL);
}

void spk_cli_paths_free(struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        free((void *)paths->items[i]);
    }
    free(paths->items);
}

/* Text that grows. */
struct text {
    char *data;
    size_t len, room;
};

static bool append(struct text *text, const char *more, size_t len)
{
    if (text->room - text->len <= len) {
        size_t room = (text->len + len + 1) * 2;
        char *data = realloc(text->data, room);
        if (data == NULL) {
            return false;
        }
        text->data = data;
        text->room = room;
    }
    memcpy(text->data + text->len, more, len);
    text->len += len;
    text->data[text->len] = '\0';
    return true;
}

/* The names in a file, as if they stood in the option: lines and blanks part them too, # begins a comment. */
static int append_file(struct text *text, const char *path)
{
    char piece[4096];
    bool comment = false;
    bool ok = true;
    FILE *file = spk_cli_fopen(path, "r");
    size_t count = 0;
    while (file != NULL && ok && (count = fread(piece, 1, sizeof piece, file)) > 0) {
        for (size_t i = 0; i < count; i++) {
            comment = piece[i] != '\n' && (comment || piece[i] == '#');
            piece[i] = comment || piece[i] == '\0' || strchr(" \t\r\n", piece[i]) != NULL ? ',' : piece[i];
        }
        ok = append(text, piece, count);
    }
    bool bad = file == NULL || ferror(file) != 0;
    if (bad) {
        spk_cli_error(
            &(struct spk_error){ .code = SPK_ERR_IO, .who = path, .what = "cannot be read", .sys_errno = errno });
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return bad ? USAGE : ok ? DONE : spk_cli_no_memory();
}

/* Parts the text at its commas, in place. */
static bool split(struct names *names)
{
    size_t most = strlen(names->texts) / 2 + 1;
    names->items = malloc(most * sizeof names->items[0]);
    if (names->items == NULL) {
        return false;
    }
    for (char *at = names->texts; *at != '\0';) {
        size_t len = strcspn(at, ",");
        if (len > 0) {
            names->items[names->count++] = at;
        }
        at += len;
        if (*at == ',') {
            *at++ = '\0';
        }
    }
    return true;
}

int spk_cli_names(const struct given *given, enum option_id id, struct names *names)
{
    struct text text = { NULL, 0, 0 };
    int code = append(&text, "", 0) ? DONE : spk_cli_no_memory();
    for (size_t i = 0; i < given->choice_count && code == DONE; i++) {
        const char *value = given->choices[i].option->id == id ? given->choices[i].value : "";
        if (value[0] == '@') {
            code = append_file(&text, value + 1);
        } else if (!append(&text, value, strlen(value))) {
            code = spk_cli_no_memory();
        }
        if (code == DONE && !append(&text, ",", 1)) {
            code = spk_cli_no_memory();
        }
    }
    *names = (struct names){ .texts = text.data };
    return code != DONE ? code : split(names) ? DONE : spk_cli_no_memory();
}

void spk_cli_names_free(struct names *names)
{
    free(names->items);
    free(names->texts);
}
