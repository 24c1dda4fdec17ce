/* buf: a byte buffer that grows. Zeroed, it is empty and ready. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct spk_buf {
    uint8_t *data;
    size_t len;
    size_t cap;
};

/* Makes cap more than len + more. False: no memory; the buffer is as it was. */
bool spk_buf_grow(struct spk_buf *buf, size_t more);

/* Gives the memory back; the buffer is empty and ready again. */
void spk_buf_free(struct spk_buf *buf);

/* Whether there is room for more bytes behind len; never in a buffer that has no bytes yet. */
static inline bool spk_buf_has_room(const struct spk_buf *buf, size_t more)
{
    return buf->cap - buf->len > more;
}

/* Room for more bytes behind len, or NULL. What is written there counts after len is raised. */
static inline uint8_t *spk_buf_room(struct spk_buf *buf, size_t more)
{
    if (!spk_buf_has_room(buf, more) && !spk_buf_grow(buf, more)) {
        return NULL;
    }
    return buf->data + buf->len;
}

/* Nothing stays behind so many bytes. */
static inline void spk_buf_cut(struct spk_buf *buf, size_t len)
{
    buf->len = buf->len < len ? buf->len : len;
}

static inline bool spk_buf_put(struct spk_buf *buf, const void *bytes, size_t count)
{
    uint8_t *room = spk_buf_room(buf, count);
    if (room == NULL) {
        return false;
    }
    if (count > 0) {
        memcpy(room, bytes, count);
    }
    buf->len += count;
    return true;
}

static inline bool spk_buf_put_byte(struct spk_buf *buf, uint8_t byte)
{
    return spk_buf_put(buf, &byte, 1);
}

static inline bool spk_buf_put_text(struct spk_buf *buf, const char *text)
{
    return spk_buf_put(buf, text, strlen(text));
}

#endif
