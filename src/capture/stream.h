/*
 * stream: bytes in order, from a descriptor, from memory or from a decompressor over another stream;
 * and the window through which a reader looks at them.
 */
#ifndef CAPTURE_STREAM_H
#define CAPTURE_STREAM_H

#include <steelpkt/capture.h>

#include <sys/stat.h>

struct spk_stream {
    /*
     * Gives at least one byte and at most room in to, *got of them. SPK_END: none are left. An
     * error comes only when every byte before it was given, and comes again on the next call.
     */
    enum spk_status (*read)(struct spk_stream *stream, uint8_t *to, size_t room, size_t *got, struct spk_error *error);
    void (*close)(struct spk_stream *stream);
};

/* NULL: no memory. A descriptor that is owned is closed with the stream. */
struct spk_stream *spk_stream_from_fd(int fd, bool owned);

/* The same from a byte on, with an offset of its own: several streams share a descriptor of a file, which none owns. */
struct spk_stream *spk_stream_from_fd_at(int fd, uint64_t offset);

/* The descriptor of the file that a stream reads, and what is known of that; -1: it reads something else, or is NULL. */
int spk_stream_file(const struct spk_stream *stream, struct stat *status);

/* NULL: no memory. */
struct spk_stream *spk_stream_from_function(spk_read_fn read, void *context);

/*
 * The same bytes and the same end, read by a thread of its own, which is a few buffers ahead of its reader and ends with the
 * stream. Takes inner, which must not wait for long: closing waits for its read. Where no thread can be had it gives inner.
 */
struct spk_stream *spk_stream_ahead(struct spk_stream *inner);

static inline void spk_stream_close(struct spk_stream *stream)
{
    if (stream != NULL) {
        stream->close(stream);
    }
}

/*
 * A window onto a stream: the bytes from pos to end are there to be looked at. What was taken is
 * given up at the next need, so pointers into the window live until then.
 */
struct spk_window {
    const uint8_t *pos;
    const uint8_t *end;
    const uint8_t *start;      /* where the window's bytes begin */
    uint64_t start_offset;     /* what that is in bytes of the stream */
    struct spk_stream *stream; /* owned; NULL: all bytes are in the window already */
    uint8_t *buffer;           /* owned; NULL with stream */
    size_t size;               /* of buffer */
    uint64_t until;            /* bytes of the stream; from there on little is read at once: it is hardly wanted */
};

/* How large a window's buffer is at first; it grows only for a record that is larger. */
#define SPK_WINDOW_SIZE (512u * 1024u)

/* What is read at once where more is hardly wanted. */
#define SPK_WINDOW_LEAST (16u * 1024u)

/* Takes the stream, which is closed with the window, also when this fails for want of memory. */
bool spk_window_open(struct spk_window *window, struct spk_stream *stream);

void spk_window_open_memory(struct spk_window *window, const uint8_t *bytes, size_t size);

void spk_window_close(struct spk_window *window);

static inline size_t spk_window_have(const struct spk_window *window)
{
    return (size_t)(window->end - window->pos);
}

/* Where pos is, in bytes of the stream. */
static inline uint64_t spk_window_offset(const struct spk_window *window)
{
    return window->start_offset + (uint64_t)(window->pos - window->start);
}

/*
 * Sees to it that need bytes are there from pos on. SPK_OK: they are. SPK_END: the stream ended
 * before; what is left of it is there. The buffer grows as bytes arrive, not as need says.
 */
enum spk_status spk_window_fill(struct spk_window *window, size_t need, struct spk_error *error);

static inline enum spk_status spk_window_need(struct spk_window *window, size_t need, struct spk_error *error)
{
    if (spk_window_have(window) >= need) {
        return SPK_OK;
    }
    return spk_window_fill(window, need, error);
}

/* Moves pos on by count bytes, which need not fit the buffer. SPK_END: there were fewer. */
enum spk_status spk_window_skip(struct spk_window *window, uint64_t count, struct spk_error *error);

#endif
