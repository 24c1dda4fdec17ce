/* text: values as Wireshark prints them, appended to a buffer. */
#ifndef WIRE_TEXT_H
#define WIRE_TEXT_H

#include <steelpkt/proto.h>

#include "base/buf.h"

/* Appends the value as text. False: no memory. row says how numbers are shown. */
bool spk_text_put(struct spk_buf *out, const struct spk_row *row, const struct spk_value *value);

/*
 * The same for values whose text has a greatest length: numbers, flags, addresses and times. Writes at to, which has room
 * for SPK_SHORT_TEXT bytes, and gives the length; 0: text and bytes, which have none.
 */
enum { SPK_SHORT_TEXT = 64 };
size_t spk_text_short(char *to, const struct spk_row *row, const struct spk_value *value);

/* Appends bytes as text: valid UTF-8 as it is, U+FFFD for each maximal part that is not (Unicode 3.9, U+FFFD practice). */
bool spk_text_put_utf8(struct spk_buf *out, const uint8_t *bytes, size_t count);

#endif
