/*
 * writer: a buffer of whole records before a file, and what to do when the file takes no more.
 *
 * Compressed, each bufferful can be unpacked once it is in the file: on a full disk the frame is ended behind the last
 * that is.
 */
#define _POSIX_C_SOURCE 200809L
#include "capture/writer.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

#define BUFFER_SIZE (256u * 1024u)
#define BUFFER_SIZE_COMPRESSED (1024u * 1024u)

/* The operating system refused: from now on every call gives this error. */
static enum spk_status fail_io(struct spk_writer *writer, int number, const char *what, const char *hint,
                               struct spk_error *error)
{
    writer->failed = (struct spk_error){ .code = SPK_ERR_IO,
                                         .who = writer->name,
                                         .what = what,
                                         .hint = hint,
                                         .sys_errno = number,
                                         .packet = writer->safe + 1 };
    return spk_fail(error, writer->failed);
}

/* Writes all of size bytes; *done says how many went before it failed, with errno (0: a function that failed). */
static bool write_all(const struct spk_writer *writer, const uint8_t *bytes, size_t size, size_t *done)
{
    bool function = writer->write != NULL;
    *done = 0;
    while (*done < size) {
        ptrdiff_t n = function ? writer->write(writer->context, bytes + *done, size - *done)
                               : write(writer->fd, bytes + *done, size - *done);
        if (n < 0 && !function && errno == EINTR) {
            continue;
        }
        if (n <= 0 || (size_t)n > size - *done) {
            errno = function ? 0 : n == 0 ? ENOSPC : errno;
            return false;
        }
        *done += (size_t)n;
    }
    return true;
}

/* Of done bytes of the buffer: those of whole units, and how many packets are in them. */
static size_t whole_units(const struct spk_writer *writer, size_t done, uint64_t *packets)
{
    bool swapped = writer->buffer_swapped;
    size_t at = 0;
    *packets = 0;
    while (at < done) {
        bool is_packet;
        size_t length = spk_encode_unit(writer, at, writer->written == 0 && at == 0, &swapped, &is_packet);
        if (length > done - at) {
            break;
        }
        at += length;
        *packets += is_packet;
    }
    return at;
}

/* Writes all of it at a place of the file. */
static bool write_at(int fd, const uint8_t *bytes, size_t size, uint64_t at)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = pwrite(fd, bytes + done, size - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

/* Ends a frame behind what is written. False: not even for that is there room. */
static bool end_early(const struct spk_writer *writer)
{
    struct spk_compressor_ending ending = spk_compressor_ending(writer->compressor);
    if (!write_at(writer->fd, ending.bytes, ending.length, writer->start + writer->written)) {
        return false;
    }
    return !ending.changes || write_at(writer->fd, &ending.changed, 1, writer->start + ending.changed_at);
}

/* After a failure: leaves in the file what is whole. Gives the words for it. */
static const char *leave_whole(struct spk_writer *writer)
{
    bool good = true;
    if (!writer->regular) {
        return "the packets before it were written";
    }
    good = ftruncate(writer->fd, (off_t)(writer->start + writer->written)) == 0;
    while (good && writer->compressor != NULL && writer->written > 0 && !end_early(writer)) {
        writer->written = writer->written_before; /* a bufferful less, and there is room */
        writer->safe = writer->safe_before;
        writer->written_before = 0;
        writer->safe_before = 0;
        good = ftruncate(writer->fd, (off_t)(writer->start + writer->written)) == 0;
    }
    (void)lseek(writer->fd, 0, SEEK_END);
    return good ? "the packets before it are safe"
                : "the packets before it are safe, but a part of it is in the file too";
}

/* After a write of the buffer of which done bytes went. */
static enum spk_status cut_back(struct spk_writer *writer, size_t done, int number, struct spk_error *error)
{
    if (writer->compressor == NULL) {
        uint64_t packets;
        writer->written += whole_units(writer, done, &packets);
        writer->safe += packets;
    }
    const char *hint = leave_whole(writer);
    return fail_io(writer, number, "cannot be written", hint, error);
}

/* Writes out what the buffer holds. last: nothing will follow. */
static enum spk_status write_buffer(struct spk_writer *writer, bool last, struct spk_error *error)
{
    const uint8_t *bytes = writer->buffer;
    size_t size = writer->used, done = 0;
    if (size == 0 && !(last && writer->compressor != NULL)) {
        return SPK_OK;
    }
    if (writer->compressor != NULL
        && !spk_compressor_run(writer->compressor, writer->buffer, writer->used, last, &bytes, &size)) {
        const char *hint = leave_whole(writer);
        writer->failed = (struct spk_error){ .code = SPK_ERR_MEMORY,
                                             .who = writer->name,
                                             .what = "no memory to compress with",
                                             .hint = hint,
                                             .packet = writer->safe + 1 };
        return spk_fail(error, writer->failed);
    }
    if (!write_all(writer, bytes, size, &done)) {
        return cut_back(writer, done, errno, error);
    }
    writer->written_before = writer->written;
    writer->safe_before = writer->safe;
    writer->written += size;
    writer->safe = writer->packets;
    writer->used = 0;
    writer->buffer_swapped = writer->swapped;
    return SPK_OK;
}

uint8_t *spk_writer_reserve(struct spk_writer *writer, size_t size, struct spk_error *error)
{
    if (size > writer->size - writer->used && write_buffer(writer, false, error) != SPK_OK) {
        return NULL;
    }
    if (size > writer->size) {
        uint8_t *more = spk_realloc(writer->buffer, size);
        if (more == NULL) {
            spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY,
                                                .who = writer->name,
                                                .what = "no memory for a record",
                                                .need = size,
                                                .packet = writer->packets + 1 });
            return NULL;
        }
        writer->buffer = more;
        writer->size = size;
    }
    return writer->buffer + writer->used;
}

void spk_writer_commit(struct spk_writer *writer, size_t size, bool is_packet)
{
    writer->used += size;
    writer->packets += is_packet;
}

/* Takes an ending off a name where it is there, in small or capital letters. */
static bool take_ending(const char *name, size_t *length, const char *ending)
{
    size_t n = strlen(ending);
    if (*length < n || strncasecmp(name + *length - n, ending, n) != 0) {
        return false;
    }
    *length -= n;
    return true;
}

void spk_writer_options_from_name(const char *name, struct spk_writer_options *options)
{
    size_t length = strlen(name);
    options->compression = SPK_COMPRESSION_NONE;
    if (take_ending(name, &length, ".gz") || take_ending(name, &length, ".gzip")) {
        options->compression = SPK_COMPRESSION_GZIP;
    } else if (take_ending(name, &length, ".zst") || take_ending(name, &length, ".zstd")) {
        options->compression = SPK_COMPRESSION_ZSTD;
    } else if (take_ending(name, &length, ".lz4")) {
        options->compression = SPK_COMPRESSION_LZ4;
    }
    options->format = 0;
    if (take_ending(name, &length, ".pcapng") || take_ending(name, &length, ".ntar")) {
        options->format = SPK_FORMAT_PCAPNG;
    } else if (take_ending(name, &length, ".pcap") || take_ending(name, &length, ".cap")
               || take_ending(name, &length, ".dmp")) {
        options->format = SPK_FORMAT_PCAP;
    }
}

static enum spk_status take_options(struct spk_writer *writer, const struct spk_writer_options *options,
                                    struct spk_error *error)
{
    if (options != NULL) {
        writer->options = *options;
    }
    if (writer->options.format == 0) {
        writer->options.format = SPK_FORMAT_PCAP;
    }
    if (writer->options.application == NULL) {
        writer->options.application = "steelpkt";
    }
    if (writer->options.format != SPK_FORMAT_PCAP && writer->options.format != SPK_FORMAT_PCAPNG) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE,
                                                   .who = writer->name,
                                                   .what = "a format that is not written",
                                                   .hint = "pcap and pcapng are" });
    }
    if (writer->options.compression == SPK_COMPRESSION_NONE) {
        return SPK_OK;
    }
    enum spk_status status = spk_compressor_open(writer->options.compression, writer->options.level,
                                                 writer->options.threads, &writer->compressor, error);
    if (status != SPK_OK && error != NULL) {
        error->who = writer->name;
    }
    return status;
}

static void drop(struct spk_writer *writer)
{
    spk_compressor_close(writer->compressor);
    spk_free(writer->own);
    spk_free(writer->buffer);
    spk_free(writer);
}

/* A writer without a file yet. */
static enum spk_status make(const char *name, const struct spk_writer_options *options, struct spk_writer **out,
                            struct spk_error *error)
{
    struct spk_writer *writer = spk_alloc_zeroed(1, sizeof *writer);
    *out = NULL;
    if (writer == NULL) {
        return spk_fail(error,
                        (struct spk_error){ .code = SPK_ERR_MEMORY, .who = name, .what = "no memory to write with" });
    }
    writer->name = name;
    writer->fd = -1;
    enum spk_status status = take_options(writer, options, error);
    if (status != SPK_OK) {
        drop(writer);
        return status;
    }
    writer->size = BUFFER_SIZE;
    if (writer->compressor != NULL) { /* a piece for each thread */
        writer->size = BUFFER_SIZE_COMPRESSED * (size_t)(writer->options.threads > 1 ? writer->options.threads : 1);
    }
    writer->buffer = spk_alloc(writer->size);
    if (writer->buffer == NULL) {
        drop(writer);
        return spk_fail(error,
                        (struct spk_error){ .code = SPK_ERR_MEMORY, .who = name, .what = "no memory to write with" });
    }
    *out = writer;
    return SPK_OK;
}

/* Whether the file can be cut back, and where the capture begins in it. */
static void look_at_file(struct spk_writer *writer)
{
    struct stat stat;
    if (fstat(writer->fd, &stat) != 0 || !S_ISREG(stat.st_mode)) {
        return;
    }
    int flags = fcntl(writer->fd, F_GETFL);
    bool append = flags >= 0 && (flags & O_APPEND) != 0;
    off_t at = append ? stat.st_size : lseek(writer->fd, 0, SEEK_CUR);
    /* what is appended cannot be changed in place, as ending a frame early asks for */
    writer->regular = at >= 0 && !(append && writer->compressor != NULL);
    writer->start = at >= 0 ? (uint64_t)at : 0;
}

enum spk_status spk_writer_open_fd(int fd, const char *name, const struct spk_writer_options *options,
                                   struct spk_writer **out, struct spk_error *error)
{
    enum spk_status status = make(name, options, out, error);
    if (*out != NULL) {
        (*out)->fd = fd;
        look_at_file(*out);
    }
    return status;
}

enum spk_status spk_writer_open_function(spk_write_fn write, void *context, const char *name,
                                         const struct spk_writer_options *options, struct spk_writer **out,
                                         struct spk_error *error)
{
    enum spk_status status = make(name, options, out, error);
    if (*out != NULL) {
        (*out)->write = write;
        (*out)->context = context;
    }
    return status;
}

enum spk_status spk_writer_open(const char *path, const struct spk_writer_options *options, struct spk_writer **out,
                                struct spk_error *error)
{
    if (strcmp(path, "-") == 0) {
        return spk_writer_open_fd(STDOUT_FILENO, "standard output", options, out, error);
    }
    enum spk_status status = make(path, options, out, error);
    struct spk_writer *writer = *out;
    if (writer == NULL) {
        return status;
    }
    writer->fd = spk_file_open(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (writer->fd < 0) {
        int number = errno;
        drop(writer);
        *out = NULL;
        return spk_fail(
            error, (struct spk_error){
                       .code = SPK_ERR_IO, .who = path, .what = "cannot be opened for writing", .sys_errno = number });
    }
    writer->owned = true;
    look_at_file(writer);
    return SPK_OK;
}

enum spk_status spk_writer_write(struct spk_writer *writer, const struct spk_record *record, struct spk_error *error)
{
    error = error != NULL ? error : &writer->ignored;
    if (writer->failed.code < 0) {
        return spk_fail(error, writer->failed);
    }
    return writer->options.format == SPK_FORMAT_PCAPNG ? spk_encode_pcapng(writer, record, error)
                                                       : spk_encode_pcap(writer, record, error);
}

enum spk_status spk_writer_write_block(struct spk_writer *writer, const struct spk_block *block,
                                       struct spk_error *error)
{
    error = error != NULL ? error : &writer->ignored;
    if (writer->failed.code < 0) {
        return spk_fail(error, writer->failed);
    }
    return spk_encode_block(writer, block, error);
}

enum spk_status spk_writer_write_edited(struct spk_writer *writer, const struct spk_block *block,
                                        const struct spk_record *record, struct spk_error *error)
{
    error = error != NULL ? error : &writer->ignored;
    if (writer->failed.code < 0) {
        return spk_fail(error, writer->failed);
    }
    return spk_encode_edited(writer, block, record, error);
}

enum spk_status spk_writer_flush(struct spk_writer *writer, struct spk_error *error)
{
    error = error != NULL ? error : &writer->ignored;
    if (writer->failed.code < 0) {
        return spk_fail(error, writer->failed);
    }
    if (!writer->begun && writer->options.has_link) {
        enum spk_status status = spk_encode_begin(writer, writer->options.link, 0, error);
        if (status != SPK_OK) {
            return status;
        }
    }
    return write_buffer(writer, false, error);
}

uint64_t spk_writer_safe(const struct spk_writer *writer)
{
    return writer->safe;
}

enum spk_status spk_writer_close(struct spk_writer *writer, uint64_t *safe, struct spk_error *error)
{
    struct spk_error failed = { .code = SPK_OK };
    if (safe != NULL) {
        *safe = 0;
    }
    if (writer == NULL) {
        return SPK_OK;
    }
    enum spk_status status = writer->failed.code < 0 ? spk_fail(&failed, writer->failed) : SPK_OK;
    if (status == SPK_OK && !writer->begun) { /* a capture of no packets is a capture */
        status = spk_encode_begin(writer, SPK_LINK_ETHERNET, 0, &failed);
    }
    if (status == SPK_OK) {
        status = write_buffer(writer, true, &failed);
    }
    if (writer->owned && close(writer->fd) != 0 && errno != EINTR && status == SPK_OK) {
        /* what a network file system could not keep: none of it is known to be there */
        int number = errno;
        writer->safe = 0;
        status = fail_io(writer, number, "cannot be written to its end", NULL, &failed);
    }
    if (safe != NULL) {
        *safe = writer->safe;
    }
    drop(writer);
    return status == SPK_OK ? SPK_OK : spk_fail(error, failed);
}
