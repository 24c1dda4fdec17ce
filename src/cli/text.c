/* text: pieces of text on their way into an output. A failure is remembered there, so nobody else has to ask. */
#include "output.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void note(struct output *output, enum spk_status status)
{
    if (status != SPK_OK && output->code == DONE) {
        output->code = spk_cli_no_memory();
    }
}

void spk_cli_put(struct output *output, const char *text)
{
    note(output, spk_out_put(output->text, text, strlen(text)));
}

void spk_cli_put_safe(struct output *output, const char *text, size_t len)
{
    note(output, spk_out_put_safe(output->text, text, len));
}

void spk_cli_put_format(struct output *output, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (len >= 0) {
        note(output, spk_out_put(output->text, line, (size_t)len < sizeof line ? (size_t)len : sizeof line - 1));
    }
}

void spk_cli_put_value(struct output *output, const struct spk_row *row, const struct spk_value *value)
{
    note(output, spk_out_put_value(output->text, row, value));
}

void spk_cli_put_wrapped(struct output *output, const char *text, size_t indent, size_t columns)
{
    size_t column = indent;
    while (*text != '\0') {
        size_t word = strcspn(text, " ");
        if (column > indent && column + 1 + word > columns) {
            spk_cli_put_format(output, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            spk_cli_put(output, " ");
            column++;
        }
        note(output, spk_out_put(output->text, text, word));
        column += word;
        text += word + strspn(text + word, " ");
    }
    spk_cli_put(output, "\n");
}
