/* out: text that grows, and text made harmless for terminals. */
#include "query/out.h"

#include "base/memory.h"
#include "wire/text.h"

enum spk_status spk_out_new(struct spk_out **out)
{
    *out = spk_alloc_zeroed(1, sizeof **out);
    return *out != NULL ? SPK_OK : SPK_ERR_MEMORY;
}

void spk_out_free(struct spk_out *out)
{
    if (out != NULL) {
        spk_buf_free(&out->buf);
        spk_free(out);
    }
}

const char *spk_out_data(const struct spk_out *out, size_t *len)
{
    *len = out->buf.len;
    return out->buf.data != NULL ? (const char *)out->buf.data : "";
}

void spk_out_clear(struct spk_out *out)
{
    out->buf.len = 0;
}

enum spk_status spk_out_put(struct spk_out *out, const char *text, size_t len)
{
    return spk_buf_put(&out->buf, text, len) ? SPK_OK : SPK_ERR_MEMORY;
}

enum spk_status spk_out_put_safe(struct spk_out *out, const char *text, size_t len)
{
    return spk_buf_put_safe(&out->buf, (const uint8_t *)text, len) ? SPK_OK : SPK_ERR_MEMORY;
}

enum spk_status spk_out_put_value(struct spk_out *out, const struct spk_row *row, const struct spk_value *value)
{
    return spk_text_put(&out->buf, row, value) ? SPK_OK : SPK_ERR_MEMORY;
}

bool spk_buf_put_spaces(struct spk_buf *buf, size_t count)
{
    uint8_t *room = spk_buf_room(buf, count);
    if (room == NULL) {
        return false;
    }
    memset(room, ' ', count);
    buf->len += count;
    return true;
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

bool spk_text_is_safe(const uint8_t *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        if (text[at] >= 0x20 && text[at] < 0x7f) {
            at++;
            continue;
        }
        uint32_t code = 0;
        unsigned n = spk_utf8_next(text + at, len - at, &code);
        if (n == 0 || is_control(code)) {
            return false;
        }
        at += n;
    }
    return true;
}

static bool put_escaped(struct spk_buf *buf, const uint8_t *bytes, unsigned count)
{
    static const char digits[] = "0123456789abcdef";
    for (unsigned i = 0; i < count; i++) {
        char text[4] = { '\\', 'x', digits[bytes[i] >> 4], digits[bytes[i] & 15] };
        if (!spk_buf_put(buf, text, sizeof text)) {
            return false;
        }
    }
    return true;
}

bool spk_buf_put_safe(struct spk_buf *buf, const uint8_t *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t code = 0;
        unsigned n = spk_utf8_next(text + at, len - at, &code);
        bool harmless = n > 0 && !is_control(code);
        n = n > 0 ? n : 1;
        if (harmless ? !spk_buf_put(buf, text + at, n) : !put_escaped(buf, text + at, n)) {
            return false;
        }
        at += n;
    }
    return true;
}
