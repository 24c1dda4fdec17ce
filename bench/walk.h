/*
 * walk: the records of a little-endian pcap with microseconds, read(2) into a large buffer and nothing else: what a C
 * programmer would write who knows the file.
 */
#ifndef STEELPKT_BENCH_WALK_H
#define STEELPKT_BENCH_WALK_H

#include "bench.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* So large that system calls do not count, so small that it stays in a cache until it is read. */
enum { WALK_BUFFER = 1024 * 1024, WALK_RECORD = 16, WALK_FILE_HEADER = 24 };

struct walk {
    int fd;
    uint8_t *buffer;
    size_t at, end;
    int failed; /* the walk ended before the file, and said why */
};

static inline uint32_t le32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

/* Moves what is left to the front, reads on until need bytes are there; false at the file's end. */
static inline int walk_fill(struct walk *w, size_t need)
{
    memmove(w->buffer, w->buffer + w->at, w->end - w->at);
    w->end -= w->at;
    w->at = 0;
    while (w->end < need) {
        ssize_t got = read(w->fd, w->buffer + w->end, WALK_BUFFER - w->end);

        if (got <= 0) {
            return 0;
        }
        w->end += (size_t)got;
    }
    return 1;
}

/* 0, or 2 after saying what is wrong. */
static inline int walk_open(struct walk *w, const char *path)
{
    *w = (struct walk){ .fd = open(path, O_RDONLY), .buffer = malloc(WALK_BUFFER) };
    if (w->fd < 0 || w->buffer == NULL) {
        perror(path);
        return 2;
    }
    if (!walk_fill(w, WALK_FILE_HEADER) || le32(w->buffer) != 0xa1b2c3d4u) {
        fprintf(stderr, "%s: not a little-endian pcap with microseconds\n", path);
        return 2;
    }
    w->at = WALK_FILE_HEADER;
    return 0;
}

/* The next record, its header first; its captured length. NULL: the end, or, after saying so, a record that is too long. */
static inline const uint8_t *walk_next(struct walk *w, uint32_t *caplen)
{
    const uint8_t *record;

    if (w->end - w->at < WALK_RECORD && !walk_fill(w, WALK_RECORD)) {
        return NULL;
    }
    *caplen = le32(w->buffer + w->at + 8);
    if (*caplen > WALK_BUFFER - WALK_RECORD) {
        fprintf(stderr, "a record of %" PRIu32 " bytes\n", *caplen);
        w->failed = 1;
        return NULL;
    }
    if (w->end - w->at < WALK_RECORD + *caplen && !walk_fill(w, WALK_RECORD + *caplen)) {
        return NULL;
    }
    record = w->buffer + w->at;
    w->at += WALK_RECORD + *caplen;
    return record;
}

static inline void walk_close(struct walk *w)
{
    close(w->fd);
    free(w->buffer);
}

#endif
