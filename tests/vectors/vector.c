/* vector: reads vector files; see the header. */
#include "vector.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A whole file as text, or NULL. */
static char *read_text(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = NULL;
    size_t len = 0;
    size_t got = 0;
    if (in == NULL) {
        return NULL;
    }
    do {
        char *more = realloc(text, len + 65536 + 1);
        if (more == NULL) {
            free(text);
            text = NULL;
            break;
        }
        text = more;
        got = fread(text + len, 1, 65536, in);
        len += got;
        text[len] = '\0';
    } while (got > 0);
    fclose(in);
    return text;
}

/* The line at *at without its end, or NULL; *at moves behind it. */
static char *next_line(char **at)
{
    char *line = *at;
    if (*line == '\0') {
        return NULL;
    }
    char *end = line + strcspn(line, "\n");
    *at = *end == '\n' ? end + 1 : end;
    while (end > line && (end[-1] == ' ' || end[-1] == '\r')) {
        end--;
    }
    *end = '\0';
    return line + strspn(line, " \t");
}

/* Cuts the first word off a line; gives what follows. */
static char *cut_word(char *line)
{
    char *end = line + strcspn(line, " \t");
    if (*end == '\0') {
        return end;
    }
    *end++ = '\0';
    return end + strspn(end, " \t");
}

static int digit(char c)
{
    const char *all = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(all, tolower((unsigned char)c)) : NULL;
    return found != NULL ? (int)(found - all) : -1;
}

static bool add_hex(struct vector *vector, const char *text)
{
    uint8_t *more = realloc(vector->bytes, vector->len + strlen(text) / 2 + 1);
    if (more == NULL) {
        return false;
    }
    vector->bytes = more;
    while (*text != '\0') {
        if (*text == ' ') {
            text++;
            continue;
        }
        int high = digit(text[0]);
        int low = high >= 0 ? digit(text[1]) : -1;
        if (low < 0) {
            return false;
        }
        vector->bytes[vector->len++] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return true;
}

static bool add_line(struct vector *vector, enum vector_line_kind kind, unsigned number, char *name, char *text)
{
    struct vector_line *more = realloc(vector->lines, (vector->line_count + 1) * sizeof *more);
    if (more == NULL) {
        return false;
    }
    vector->lines = more;
    vector->lines[vector->line_count++] = (struct vector_line){ kind, number, name, text };
    return true;
}

/* "NAME = VALUE" or "NAME absent"; a value may be empty. */
static bool add_field(struct vector *vector, unsigned number, char *rest)
{
    char *value = cut_word(rest);
    if (strcmp(value, "absent") == 0) {
        return add_line(vector, LINE_ABSENT, number, rest, value);
    }
    if (value[0] != '=' || (value[1] != ' ' && value[1] != '\0')) {
        return false;
    }
    return add_line(vector, LINE_FIELD, number, rest, value[1] == ' ' ? value + 2 : value + 1);
}

/* "EXPR = match" or "EXPR = no"; the filter may hold any sign. */
static bool add_filter(struct vector *vector, unsigned number, char *rest)
{
    char *last = strrchr(rest, '=');
    if (last == NULL || last == rest || last[-1] != ' ' || last[1] != ' ') {
        return false;
    }
    last[-1] = '\0';
    return add_line(vector, LINE_FILTER, number, rest, last + 2);
}

static bool add_vector(struct vector_file *file, unsigned number, char *name)
{
    struct vector *more = realloc(file->vectors, (file->count + 1) * sizeof *more);
    if (more == NULL) {
        return false;
    }
    file->vectors = more;
    file->vectors[file->count++] = (struct vector){ .name = name, .link = 1, .number = number };
    return *name != '\0';
}

/* One line of an open vector. False: it is none. */
static bool take_line(struct vector *vector, unsigned number, const char *word, char *rest)
{
    static const struct {
        const char *word;
        enum vector_line_kind kind;
    } plain[] = {
        { "protocols", LINE_PROTOCOLS },
        { "stop", LINE_STOP },
        { "build", LINE_BUILD },
        { "build+fix", LINE_BUILD_FIX },
    };
    if (strcmp(word, "as") == 0) {
        vector->as = rest;
        return *rest != '\0';
    }
    if (strcmp(word, "link") == 0) {
        vector->link = (uint16_t)strtoul(rest, NULL, 10);
        return isdigit((unsigned char)*rest) != 0;
    }
    if (strcmp(word, "hex") == 0) {
        return add_hex(vector, rest);
    }
    if (strcmp(word, "wire") == 0) {
        vector->wire = (uint32_t)strtoul(rest, NULL, 10);
        return isdigit((unsigned char)*rest) != 0;
    }
    if (strcmp(word, "field") == 0) {
        return add_field(vector, number, rest);
    }
    if (strcmp(word, "filter") == 0) {
        return add_filter(vector, number, rest);
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (strcmp(word, plain[i].word) == 0) {
            return add_line(vector, plain[i].kind, number, NULL, rest);
        }
    }
    return false;
}

bool vector_file_read(const char *path, struct vector_file *file)
{
    *file = (struct vector_file){ .stated = -1, .text = read_text(path) };
    if (file->text == NULL) {
        return false;
    }
    char *at = file->text;
    bool open = false;
    unsigned number = 1;
    for (char *line = next_line(&at); line != NULL; line = next_line(&at), number++) {
        if (*line == '\0' || *line == '#') {
            open = open && *line == '#';
            continue;
        }
        char *rest = cut_word(line);
        bool good = file->stated < 0;
        if (strcmp(line, "vector") == 0) {
            good = good && add_vector(file, number, rest);
            open = true;
        } else if (strcmp(line, "count") == 0) {
            file->stated = strtol(rest, NULL, 10);
            open = false;
        } else {
            good = good && open && take_line(&file->vectors[file->count - 1], number, line, rest);
        }
        if (!good && file->bad_line == 0) {
            file->bad_line = number;
        }
    }
    for (size_t i = 0; i < file->count; i++) {
        struct vector *vector = &file->vectors[i];
        vector->wire = vector->wire > vector->len ? vector->wire : vector->len;
    }
    return true;
}

void vector_file_free(struct vector_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        free(file->vectors[i].bytes);
        free(file->vectors[i].lines);
    }
    free(file->vectors);
    free(file->text);
}
