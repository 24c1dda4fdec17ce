/* out: the inside of struct spk_out, and UTF-8 as sinks need it. */
#ifndef QUERY_OUT_H
#define QUERY_OUT_H

#include <steelpkt/query.h>

#include "base/buf.h"

struct spk_out {
    struct spk_buf buf;
};

/*
 * The character that text (len bytes, at least 1) begins with: its length in bytes, and *code. 0: those bytes are not
 * UTF-8 (an overlong form, a surrogate, a cut sequence).
 */
unsigned spk_utf8_next(const uint8_t *text, size_t len, uint32_t *code);

/* Columns that the text takes on a terminal: wide characters 2, combining ones 0, control characters and bad bytes 1. */
size_t spk_utf8_columns(const uint8_t *text, size_t len);

/* How many bytes of the text fit into so many columns: whole characters, and at least one of them. */
size_t spk_utf8_cut(const uint8_t *text, size_t len, size_t columns);

/* The same for a line that goes on below: broken behind a comma or blank, else behind other punctuation, else anywhere. */
size_t spk_utf8_fold(const uint8_t *text, size_t len, size_t columns);

/* Whether spk_out_put_safe would change anything. */
bool spk_text_is_safe(const uint8_t *text, size_t len);

/* Appends so many blanks. */
bool spk_buf_put_spaces(struct spk_buf *buf, size_t count);

/* Appends text as spk_out_put_safe does. */
bool spk_buf_put_safe(struct spk_buf *buf, const uint8_t *text, size_t len);

#endif
