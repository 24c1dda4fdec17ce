/* capture_made: pcapng files that are put together block by block in memory, whatever their blocks say. */
#ifndef CAPTURE_MADE_H
#define CAPTURE_MADE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_support.h"

struct file {
    uint8_t *at;
    size_t len;
    bool big; /* the section's byte order */
};

enum { FILE_ROOM = 24 << 20 };

static inline void put(struct file *file, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        file->at[file->len++] = (uint8_t)(number >> 8 * (file->big ? size - 1 - i : i));
    }
    assert_true(file->len < FILE_ROOM);
}

static inline void put_section(struct file *file)
{
    put(file, SPK_BLOCK_SECTION, 4);
    put(file, 28, 4);
    put(file, 0x1a2b3c4d, 4);
    put(file, 1, 2);
    put(file, 0, 2);
    put(file, UINT64_MAX, 8);
    put(file, 28, 4);
}

/* An Ethernet interface with a snap length and options as they stand, size a multiple of four. */
static inline void put_interface(struct file *file, uint32_t snaplen, const void *options, size_t size)
{
    put(file, SPK_BLOCK_INTERFACE, 4);
    put(file, size + 20, 4);
    put(file, SPK_LINK_ETHERNET, 2);
    put(file, 0, 2);
    put(file, snaplen, 4);
    memcpy(file->at + file->len, options != NULL ? options : "", size);
    file->len += size;
    put(file, size + 20, 4);
}

static inline void put_packet(struct file *file, uint32_t size)
{
    put(file, SPK_BLOCK_PACKET, 4);
    put(file, 32 + size, 4);
    put(file, 0, 8);
    put(file, 0, 4);
    put(file, size, 4);
    put(file, size, 4);
    memset(file->at + file->len, 'x', size);
    file->len += size;
    put(file, 32 + size, 4);
}

static inline void put_simple(struct file *file, uint32_t len, size_t room)
{
    put(file, SPK_BLOCK_PACKET_SIMPLE, 4);
    put(file, 16 + room, 4);
    put(file, len, 4);
    memset(file->at + file->len, 's', room);
    file->len += room;
    put(file, 16 + room, 4);
}

/* A section with an interface. */
static inline struct file begin(uint32_t snaplen, const void *options, size_t size)
{
    struct file file = { .at = malloc(FILE_ROOM), .len = 0 };
    assert_non_null(file.at);
    put_section(&file);
    put_interface(&file, snaplen, options, size);
    return file;
}

/* How reading it went, and gives its memory back. */
static inline struct outcome end(struct file *file)
{
    struct outcome out = read_memory(file->at, file->len);
    free(file->at);
    return out;
}

#endif
