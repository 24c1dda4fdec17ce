/* writer: what writer.c (buffer and file) and encode.c (records as bytes) share. */
#ifndef CAPTURE_WRITER_H
#define CAPTURE_WRITER_H

#include <steelpkt/capture.h>

#include "base/error.h"
#include "capture/bytes.h"
#include "capture/compress.h"

/* An interface of a pcapng section that the writer itself began. */
struct own_interface {
    uint16_t link;
    uint8_t fcs_len;
    bool early;  /* its times count from before 1970 */
    bool coarse; /* in microseconds, else in nanoseconds */
};

/*
 * The buffer holds whole units only: a file header, a record, a block. So what went wrong with the
 * disk can be put right at a unit's end.
 */
struct spk_writer {
    struct spk_writer_options options;
    const char *name;
    int fd; /* -1: write is called instead */
    spk_write_fn write;
    void *context;
    bool owned;
    bool regular;   /* can be cut back */
    uint64_t start; /* the descriptor's offset at the beginning */
    uint8_t *buffer;
    size_t size;
    size_t used;
    struct spk_compressor *compressor;
    uint64_t written;        /* bytes in the file, all of whole units (compressed: of whole frames) */
    uint64_t packets;        /* in the file and the buffer */
    uint64_t safe;           /* in the file */
    uint64_t written_before; /* the same two before the last bufferful */
    uint64_t safe_before;
    bool begun;                /* a file header or a section is there */
    uint16_t link;             /* pcap: of every record */
    bool swapped;              /* pcapng: byte order of the present section */
    bool own_section;          /* pcapng: the present section is not a copied one */
    bool buffer_swapped;       /* of the section that the buffer begins in */
    struct own_interface *own; /* by their numbers in an own section */
    uint32_t own_count;
    struct spk_error failed;
    struct spk_error ignored; /* where errors go that nobody asks for */
};

/*
 * Room for a unit of size bytes behind the buffer's others, which may be written out first. NULL:
 * *error says why. spk_writer_commit then makes the unit part of the buffer.
 */
uint8_t *spk_writer_reserve(struct spk_writer *writer, size_t size, struct spk_error *error);
void spk_writer_commit(struct spk_writer *writer, size_t size, bool is_packet);

/* Puts the file header or section at the beginning, if nothing is there yet. */
enum spk_status spk_encode_begin(struct spk_writer *writer, uint16_t link, uint8_t fcs_len, struct spk_error *error);

enum spk_status spk_encode_pcap(struct spk_writer *writer, const struct spk_record *record, struct spk_error *error);
enum spk_status spk_encode_pcapng(struct spk_writer *writer, const struct spk_record *record, struct spk_error *error);
enum spk_status spk_encode_block(struct spk_writer *writer, const struct spk_block *block, struct spk_error *error);
enum spk_status spk_encode_edited(struct spk_writer *writer, const struct spk_block *block,
                                  const struct spk_record *record, struct spk_error *error);

/*
 * The length of the unit at the buffer's place at, and whether it is a packet. first: it is the
 * file's first unit. *swapped is the byte order there and is kept up to date.
 */
size_t spk_encode_unit(const struct spk_writer *writer, size_t at, bool first, bool *swapped, bool *is_packet);

#endif
