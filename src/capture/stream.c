#define _POSIX_C_SOURCE 200809L
#include "capture/stream.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct fd_stream {
    struct spk_stream stream;
    int fd;
    bool owned;
    bool has_offset; /* else it reads from where the descriptor is */
    uint64_t offset;
};

static enum spk_status fd_read(struct spk_stream *stream, uint8_t *to, size_t room, size_t *got,
                               struct spk_error *error)
{
    struct fd_stream *self = (struct fd_stream *)stream;
    ssize_t n;
    do {
        n = self->has_offset ? pread(self->fd, to, room, (off_t)self->offset) : read(self->fd, to, room);
    } while (n < 0 && errno == EINTR);
    *got = n > 0 ? (size_t)n : 0;
    self->offset += *got;
    if (n < 0) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_IO, .what = "cannot be read", .sys_errno = errno });
    }
    return n == 0 ? SPK_END : SPK_OK;
}

static void fd_close(struct spk_stream *stream)
{
    struct fd_stream *self = (struct fd_stream *)stream;
    if (self->owned) {
        (void)close(self->fd);
    }
    spk_free(self);
}

struct spk_stream *spk_stream_from_fd(int fd, bool owned)
{
    struct fd_stream *self = spk_alloc_zeroed(1, sizeof *self);
    if (self == NULL) {
        if (owned) {
            (void)close(fd);
        }
        return NULL;
    }
    self->stream.read = fd_read;
    self->stream.close = fd_close;
    self->fd = fd;
    self->owned = owned;
    return &self->stream;
}

struct spk_stream *spk_stream_from_fd_at(int fd, uint64_t offset)
{
    struct spk_stream *stream = spk_stream_from_fd(fd, false);
    if (stream != NULL) {
        ((struct fd_stream *)stream)->has_offset = true;
        ((struct fd_stream *)stream)->offset = offset;
    }
    return stream;
}

int spk_stream_file(const struct spk_stream *stream, struct stat *status)
{
    int fd = stream != NULL && stream->read == fd_read ? ((const struct fd_stream *)stream)->fd : -1;
    return fd >= 0 && fstat(fd, status) == 0 && S_ISREG(status->st_mode) ? fd : -1;
}

struct function_stream {
    struct spk_stream stream;
    spk_read_fn read;
    void *context;
};

static enum spk_status function_read(struct spk_stream *stream, uint8_t *to, size_t room, size_t *got,
                                     struct spk_error *error)
{
    const struct function_stream *self = (const struct function_stream *)stream;
    ptrdiff_t n = self->read(self->context, to, room);
    *got = n > 0 ? (size_t)n : 0;
    if (n < 0 || *got > room) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_IO, .what = "cannot be read" });
    }
    return n == 0 ? SPK_END : SPK_OK;
}

static void function_close(struct spk_stream *stream)
{
    spk_free(stream);
}

struct spk_stream *spk_stream_from_function(spk_read_fn read, void *context)
{
    struct function_stream *self = spk_alloc_zeroed(1, sizeof *self);
    if (self == NULL) {
        return NULL;
    }
    self->stream.read = function_read;
    self->stream.close = function_close;
    self->read = read;
    self->context = context;
    return &self->stream;
}

bool spk_window_open(struct spk_window *window, struct spk_stream *stream)
{
    static const uint8_t nothing[1];
    *window =
        (struct spk_window){ .pos = nothing, .end = nothing, .start = nothing, .stream = stream, .until = UINT64_MAX };
    return stream != NULL;
}

void spk_window_open_memory(struct spk_window *window, const uint8_t *bytes, size_t size)
{
    static const uint8_t nothing[1];
    const uint8_t *start = size > 0 ? bytes : nothing;
    *window = (struct spk_window){ .pos = start, .end = start + size, .start = start };
}

void spk_window_close(struct spk_window *window)
{
    spk_stream_close(window->stream);
    spk_free(window->buffer);
    memset(window, 0, sizeof *window);
}

/* Moves what is left to the front of the buffer. */
static void move_to_front(struct spk_window *window)
{
    size_t have = spk_window_have(window);
    window->start_offset = spk_window_offset(window);
    memmove(window->buffer, window->pos, have);
    window->start = window->buffer;
    window->pos = window->buffer;
    window->end = window->buffer + have;
}

/* Doubles the buffer, but not beyond need, which is larger than it; the first is had when it is needed. */
static bool grow(struct spk_window *window, size_t need)
{
    size_t size = window->size == 0 ? SPK_WINDOW_SIZE : window->size < need / 2 ? window->size * 2 : need;
    size_t have = spk_window_have(window);
    uint8_t *buffer = spk_realloc(window->buffer, size);
    if (buffer == NULL) {
        return false;
    }
    window->buffer = buffer;
    window->size = size;
    window->start = buffer;
    window->pos = buffer;
    window->end = buffer + have;
    return true;
}

/* How much is read at once behind what is there: need bytes at least, or all that there is room for. */
static size_t room_for(const struct spk_window *window, size_t need)
{
    const size_t have = spk_window_have(window), room = window->size - have;
    const uint64_t at = window->start_offset + have;
    uint64_t wanted = at < window->until ? window->until - at : 0;
    wanted = wanted > SPK_WINDOW_LEAST ? wanted : SPK_WINDOW_LEAST;
    wanted = wanted > need - have ? wanted : need - have;
    return wanted < room ? (size_t)wanted : room;
}

enum spk_status spk_window_fill(struct spk_window *window, size_t need, struct spk_error *error)
{
    if (window->stream == NULL) {
        return spk_window_have(window) >= need ? SPK_OK : SPK_END;
    }
    if (window->pos > window->start) {
        move_to_front(window);
    }
    while (spk_window_have(window) < need) {
        size_t have = spk_window_have(window);
        size_t got = 0;
        if (have == window->size && !grow(window, need)) {
            return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY,
                                                       .what = "no memory for a record",
                                                       .at = spk_window_offset(window),
                                                       .has_at = true,
                                                       .need = need });
        }
        enum spk_status status =
            window->stream->read(window->stream, window->buffer + have, room_for(window, need), &got, error);
        if (status != SPK_OK) {
            return status;
        }
        window->end += got;
    }
    return SPK_OK;
}

enum spk_status spk_window_skip(struct spk_window *window, uint64_t count, struct spk_error *error)
{
    while (count > spk_window_have(window)) {
        count -= spk_window_have(window);
        window->pos = window->end;
        enum spk_status status = spk_window_need(window, 1, error);
        if (status != SPK_OK) {
            return status;
        }
    }
    window->pos += count;
    return SPK_OK;
}
