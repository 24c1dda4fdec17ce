/*
 * short_buffers: faults, and buffers that grow by no more than they need: whatever is put into one is an allocation,
 * so that each of them fails in turn. For the one source of a test: it takes the place of src/base/buf.c too.
 */
#ifndef UNIT_SHORT_BUFFERS_H
#define UNIT_SHORT_BUFFERS_H

#include "faults.h"

#include "base/buf.h"

bool spk_buf_grow(struct spk_buf *buf, size_t more)
{
    uint8_t *data = more > SIZE_MAX / 2 - buf->len ? NULL : spk_realloc(buf->data, buf->len + more + 1);
    if (data == NULL) {
        return false;
    }
    buf->data = data;
    buf->cap = buf->len + more + 1;
    return true;
}

void spk_buf_free(struct spk_buf *buf)
{
    spk_free(buf->data);
    *buf = (struct spk_buf){ 0 };
}

#endif
