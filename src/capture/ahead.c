/* ahead: a stream that another thread reads a few buffers before its reader, who sees the bytes and the end of the other. */
#define _POSIX_C_SOURCE 200809L
#include "base/error.h"
#include "base/memory.h"
#include "capture/stream.h"

#include <pthread.h>
#include <string.h>

enum { BUFFERS = 4, BUFFER_SIZE = 256 * 1024 };

struct ahead {
    struct spk_stream stream;
    struct spk_stream *inner; /* the thread's, until it has ended */
    pthread_t thread;
    pthread_mutex_t lock; /* over what follows, but for the bytes of buffers, which are whoever's turn it is */
    pthread_cond_t changed;
    uint64_t made, taken;  /* buffers: buffer n stands at n % BUFFERS */
    enum spk_status ended; /* what comes behind those made; SPK_OK: more of them */
    struct spk_error error;
    bool stop;
    size_t lens[BUFFERS];
    size_t at; /* the reader's own: its place in the buffer that it takes */
    uint8_t *bytes;
};

static uint8_t *buffer(const struct ahead *self, uint64_t n)
{
    return self->bytes + (size_t)(n % BUFFERS) * BUFFER_SIZE;
}

/* Reads the inner stream until a buffer is full, or nothing more comes. */
static enum spk_status fill(struct ahead *self, uint8_t *to, size_t *len)
{
    enum spk_status status = SPK_OK;
    for (*len = 0; status == SPK_OK && *len < BUFFER_SIZE;) {
        size_t got = 0;
        status = self->inner->read(self->inner, to + *len, BUFFER_SIZE - *len, &got, &self->error);
        *len += status == SPK_OK ? got : 0;
    }
    return status;
}

static void *run(void *context)
{
    struct ahead *self = context;
    pthread_mutex_lock(&self->lock);
    while (!self->stop && self->ended == SPK_OK) {
        if (self->made - self->taken == BUFFERS) {
            pthread_cond_wait(&self->changed, &self->lock);
            continue;
        }
        size_t len;
        uint8_t *to = buffer(self, self->made);
        pthread_mutex_unlock(&self->lock);
        enum spk_status status = fill(self, to, &len);
        pthread_mutex_lock(&self->lock);
        self->lens[self->made % BUFFERS] = len;
        self->made += len > 0;
        self->ended = status;
        pthread_cond_signal(&self->changed);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

/* Waits for a buffer. False: none comes any more. */
static bool wait_for(struct ahead *self)
{
    pthread_mutex_lock(&self->lock);
    while (self->made == self->taken && self->ended == SPK_OK) {
        pthread_cond_wait(&self->changed, &self->lock);
    }
    bool there = self->made > self->taken;
    pthread_mutex_unlock(&self->lock);
    return there;
}

static enum spk_status ahead_read(struct spk_stream *stream, uint8_t *to, size_t room, size_t *got,
                                  struct spk_error *error)
{
    struct ahead *self = (struct ahead *)stream;
    *got = 0;
    if (self->at == 0 && !wait_for(self)) {
        return self->ended == SPK_END ? SPK_END : spk_fail(error, self->error);
    }
    size_t left = self->lens[self->taken % BUFFERS] - self->at;
    *got = left < room ? left : room;
    memcpy(to, buffer(self, self->taken) + self->at, *got);
    self->at += *got;
    if (*got == left) {
        self->at = 0;
        pthread_mutex_lock(&self->lock);
        self->taken++;
        pthread_cond_signal(&self->changed);
        pthread_mutex_unlock(&self->lock);
    }
    return SPK_OK;
}

static void give_back(struct ahead *self)
{
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
    spk_free(self->bytes);
    spk_free(self);
}

static void ahead_close(struct spk_stream *stream)
{
    struct ahead *self = (struct ahead *)stream;
    pthread_mutex_lock(&self->lock);
    self->stop = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    spk_stream_close(self->inner);
    give_back(self);
}

struct spk_stream *spk_stream_ahead(struct spk_stream *inner)
{
    struct ahead *self = spk_alloc_zeroed(1, sizeof *self);
    if (self == NULL) {
        return inner;
    }
    self->stream.read = ahead_read;
    self->stream.close = ahead_close;
    self->inner = inner;
    self->bytes = spk_alloc((size_t)BUFFERS * BUFFER_SIZE);
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->changed, NULL);
    if (self->bytes == NULL || pthread_create(&self->thread, NULL, run, self) != 0) {
        give_back(self);
        return inner;
    }
    return &self->stream;
}
