/* json: pieces of JSON put straight into a buffer, for the sinks' hot path. */
#ifndef QUERY_JSON_H
#define QUERY_JSON_H

#include <steelpkt/query.h>

#include "base/buf.h"

/* A string with its quotes. False: no memory. */
bool spk_json_put_string(struct spk_buf *buf, const uint8_t *text, size_t len);

/* A value as spk_json_value writes it. False: no memory. */
bool spk_json_put_value(struct spk_buf *buf, const struct spk_row *row, const struct spk_value *value);

#endif
