#include "base/buf.h"

#include "base/memory.h"

bool spk_buf_grow(struct spk_buf *buf, size_t more)
{
    size_t cap = buf->cap < 256 ? 256 : buf->cap;
    if (more > SIZE_MAX / 2 - buf->len) {
        return false;
    }
    while (cap <= buf->len + more) {
        cap *= 2;
    }
    uint8_t *data = spk_realloc(buf->data, cap);
    if (data == NULL) {
        return false;
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

void spk_buf_free(struct spk_buf *buf)
{
    spk_free(buf->data);
    *buf = (struct spk_buf){ 0 };
}
