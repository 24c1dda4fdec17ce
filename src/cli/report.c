/* report: what goes to standard error, one line at a time. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What ended for want of memory is told all the same: as far as there is room, and only in letters that are always safe. */
static void put_line_without_memory(const char *text, size_t len)
{
    char line[640];
    int used = snprintf(line, sizeof line - 1, "steelpkt: %.*s", (int)(len < sizeof line ? len : sizeof line), text);
    size_t size = used > 0 && (size_t)used < sizeof line - 1 ? (size_t)used : sizeof line - 2;
    for (size_t i = 0; i < size; i++) {
        line[i] = (char)(line[i] < 0x20 || line[i] > 0x7e ? '?' : line[i]);
    }
    line[size] = '\n';
    (void)fwrite(line, 1, size + 1, stderr);
}

/* The whole line goes out in one piece, so that lines of several processes do not mix. */
static void put_line(const char *text, size_t len)
{
    struct spk_out *out = NULL;
    size_t size = 0;
    bool ok = spk_out_new(&out) == SPK_OK && spk_out_put(out, "steelpkt: ", 10) == SPK_OK
              && spk_out_put_safe(out, text, len) == SPK_OK && spk_out_put(out, "\n", 1) == SPK_OK;
    if (ok) {
        const char *data = spk_out_data(out, &size);
        (void)fwrite(data, 1, size, stderr);
    } else {
        put_line_without_memory(text, len);
    }
    spk_out_free(out);
}

void spk_cli_error(const struct spk_error *error)
{
    char brief[512];
    size_t len = spk_error_text(error, brief, sizeof brief);
    if (len < sizeof brief) {
        put_line(brief, len);
        return;
    }
    char *text = malloc(len + 1);
    if (text == NULL) {
        put_line(brief, sizeof brief - 1);
        return;
    }
    spk_error_text(error, text, len + 1);
    put_line(text, len);
    free(text);
}

/* The columns of the terminal that bytes of UTF-8 take, about: one a character. */
static size_t columns_of(const char *text, size_t len)
{
    size_t columns = 0;
    for (size_t i = 0; i < len; i++) {
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return columns;
}

int spk_cli_filter_error(const struct spk_registry *registry, const struct spk_error *error,
                         const struct spk_filter_fault *fault)
{
    const char *text = error->who;
    bool is_name = error->hint != NULL && spk_field_find(registry, error->hint) != NULL;
    spk_cli_usage("filter", error->what, is_name ? error->hint : NULL);
    if (error->hint != NULL && !is_name) {
        put_line(error->hint, strlen(error->hint));
    }
    /* the text in front of the mark, at most so much of it that both fit a line */
    size_t begin = columns_of(text, fault->at) > 60 ? fault->at - 60 : 0;
    while (begin > 0 && begin < fault->at && ((unsigned char)text[begin] & 0xc0) == 0x80) {
        begin++;
    }
    size_t shown = strlen(text + begin) < 76 ? strlen(text + begin) : 76;
    for (size_t i = 0; i < shown; i++) {
        unsigned char letter = (unsigned char)text[begin + i];
        fputc(letter < 0x20 || letter == 0x7f ? ' ' : letter, stderr);
    }
    fprintf(stderr, "\n%*s^", (int)columns_of(text + begin, fault->at - begin), "");
    size_t room = begin + shown > fault->at ? begin + shown - fault->at : 0;
    size_t marked = columns_of(text + fault->at, fault->len < room ? fault->len : room);
    for (size_t i = 1; i < marked; i++) {
        fputc('~', stderr);
    }
    fputc('\n', stderr);
    return USAGE;
}

void spk_cli_tell_count(uint64_t count, const char *noun, const char *what)
{
    char who[64];
    if (count > 0) {
        snprintf(who, sizeof who, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
        spk_cli_error(&(struct spk_error){ .who = who, .what = what });
    }
}

int spk_cli_usage(const char *who, const char *what, const char *hint)
{
    char meant[128];
    struct spk_error error = { .code = SPK_ERR_USAGE, .who = who, .what = what };
    if (hint != NULL) {
        snprintf(meant, sizeof meant, "did you mean %s?", hint);
        error.hint = meant;
    }
    spk_cli_error(&error);
    return USAGE;
}

int spk_cli_no_memory(void)
{
    spk_cli_error(&(struct spk_error){ .code = SPK_ERR_MEMORY, .what = "out of memory" });
    return DAMAGED;
}
