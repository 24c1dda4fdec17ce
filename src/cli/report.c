/* report: what goes to standard error, one line at a time. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>

/* The whole line goes out in one piece, so that lines of several processes do not mix. */
static void put_line(const char *text, size_t len)
{
    struct spk_out *out = NULL;
    if (spk_out_new(&out) != SPK_OK) {
        fputs("steelpkt: out of memory\n", stderr);
        return;
    }
    size_t size = 0;
    bool ok = spk_out_put(out, "steelpkt: ", 10) == SPK_OK && spk_out_put_safe(out, text, len) == SPK_OK
              && spk_out_put(out, "\n", 1) == SPK_OK;
    const char *data = spk_out_data(out, &size);
    (void)fwrite(ok ? data : "steelpkt: out of memory\n", 1, ok ? size : 24, stderr);
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
