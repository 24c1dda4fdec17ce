/* reader: opening a capture whatever it is, and what is the same for every format. */
#define _POSIX_C_SOURCE 200809L
#include "capture/reader.h"

#include "base/file.h"
#include "base/memory.h"
#include "capture/compress.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

void spk_reader_note(struct spk_reader *reader, enum spk_warning warning, const char *what, uint64_t at)
{
    reader->last_events[reader->events % SPK_EVENTS_KEPT] =
        (struct spk_event){ .warning = (uint32_t)warning, .what = what, .at = at, .packets = reader->packets };
    reader->events++;
    reader->warnings |= (uint32_t)warning;
}

/* Files that are captures, or compressed, but not of a kind that is read here. */
static enum spk_status refuse(const uint8_t *bytes, size_t have, struct spk_error *error)
{
    static const struct {
        const char *magic;
        uint8_t length;
        const char *what;
        const char *hint;
    } foreign[] = {
        { "\xfd"
          "7zXZ",
          5, "compressed with xz, which is not supported", "unpack it with xz -d" },
        { "BZh", 3, "compressed with bzip2, which is not supported", "unpack it with bzip2 -d" },
        { "\x1f\x9d", 2, "compressed with compress, which is not supported", "unpack it with gzip -d" },
        { "\x02\x21\x4c\x18", 4, "compressed in LZ4's legacy format, which is not supported", "unpack it with lz4 -d" },
        { "snoop\0\0", 8, "a snoop capture, which is not supported", "convert it with editcap -F pcapng" },
    };
    for (size_t i = 0; i < SPK_COUNT_OF(foreign); i++) {
        if (have >= foreign[i].length && memcmp(bytes, foreign[i].magic, foreign[i].length) == 0) {
            return spk_fail(error, (struct spk_error){
                                       .code = SPK_ERR_UNSUPPORTED, .what = foreign[i].what, .hint = foreign[i].hint });
        }
    }
    return spk_fail(error, (struct spk_error){ .code = SPK_ERR_DAMAGED,
                                               .what = "not a capture file",
                                               .hint = "pcap and pcapng are read, plain or in gzip, zstd or lz4" });
}

/* Tells the format by the window's first four bytes and takes its file header. */
static enum spk_status open_format(struct spk_reader *reader, struct spk_error *error)
{
    struct spk_window *window = &reader->window;
    enum spk_status status = spk_window_need(window, 8, error);
    size_t have = spk_window_have(window);
    if (status < 0) {
        return status;
    }
    if (have == 0) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_CUT, .what = "empty file" });
    }
    if (have >= 4 && load32(window->pos, false) == SPK_BLOCK_SECTION) {
        return spk_pcapng_open(reader, error);
    }
    if (have >= 4 && spk_pcap_magic(window->pos)) {
        return spk_pcap_open(reader, error);
    }
    return refuse(window->pos, have, error);
}

/* Puts a decompressor between stream and window where the first bytes ask for one. */
static enum spk_status open_compressed(struct spk_reader *reader, const struct spk_reader_options *options,
                                       struct spk_error *error)
{
    struct spk_window *window = &reader->window;
    struct spk_stream *stream = NULL;
    enum spk_status status = spk_window_need(window, SPK_COMPRESSION_PEEK, error);
    if (status < 0) {
        return status;
    }
    reader->compression = spk_compression_of(window->pos, spk_window_have(window));
    if (reader->compression == SPK_COMPRESSION_NONE) {
        return SPK_OK;
    }
    /* only a file always has its next bytes at once, or its end */
    struct stat file;
    bool ahead = options->ahead && spk_stream_file(window->stream, &file) >= 0;
    status = spk_decompressor_open(window, options->large_window, &stream, error);
    if (status != SPK_OK) {
        return status;
    }
    if (!spk_window_open(window, ahead ? spk_stream_ahead(stream) : stream)) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "no memory to read with" });
    }
    return SPK_OK;
}

static enum spk_status open_source(struct spk_reader *reader, const struct spk_reader_options *options,
                                   struct spk_error *error)
{
    int fd = options->fd;
    bool owned = false;
    if (options->bytes != NULL) {
        spk_window_open_memory(&reader->window, options->bytes, options->size);
        return SPK_OK;
    }
    if (options->read != NULL) {
        if (!spk_window_open(&reader->window, spk_stream_from_function(options->read, options->context))) {
            return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "no memory to read with" });
        }
        return SPK_OK;
    }
    if (!options->use_fd && options->path == NULL) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE, .what = "nothing to read from was given" });
    }
    if (!options->use_fd && strcmp(options->path, "-") == 0) {
        fd = STDIN_FILENO;
    } else if (!options->use_fd) {
        fd = spk_file_open(options->path, O_RDONLY);
        if (fd < 0) {
            return spk_fail(error,
                            (struct spk_error){ .code = SPK_ERR_IO, .what = "cannot be opened", .sys_errno = errno });
        }
        owned = true;
    }
    if (!spk_window_open(&reader->window, spk_stream_from_fd(fd, owned))) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "no memory to read with" });
    }
    return SPK_OK;
}

static const char *name_of(const struct spk_reader_options *options)
{
    if (options->name != NULL) {
        return options->name;
    }
    if (options->path != NULL && strcmp(options->path, "-") == 0) {
        return "standard input";
    }
    return options->path;
}

enum spk_status spk_reader_open_with(const struct spk_reader_options *options, struct spk_reader **out,
                                     struct spk_error *error)
{
    struct spk_error failed = { .code = SPK_OK };
    *out = NULL;
    struct spk_reader *reader = spk_alloc_zeroed(1, sizeof *reader);
    if (reader == NULL) {
        return spk_fail(error, (struct spk_error){
                                   .code = SPK_ERR_MEMORY, .what = "no memory to read with", .who = name_of(options) });
    }
    reader->name = name_of(options);
    reader->has_link = options->has_link;
    reader->link = options->link;
    enum spk_status status = open_source(reader, options, &failed);
    if (status == SPK_OK) {
        status = open_compressed(reader, options, &failed);
    }
    if (status == SPK_OK) {
        status = open_format(reader, &failed);
    }
    if (status != SPK_OK) {
        failed.who = reader->name;
        spk_reader_close(reader);
        return spk_fail(error, failed);
    }
    if (options->salvage) {
        spk_salvage_begin(reader);
    }
    *out = reader;
    return SPK_OK;
}

enum spk_status spk_reader_open(const char *path, struct spk_reader **out, struct spk_error *error)
{
    return spk_reader_open_with(&(struct spk_reader_options){ .path = path }, out, error);
}

enum spk_status spk_reader_open_fd(int fd, const char *name, struct spk_reader **out, struct spk_error *error)
{
    return spk_reader_open_with(&(struct spk_reader_options){ .fd = fd, .use_fd = true, .name = name }, out, error);
}

enum spk_status spk_reader_open_memory(const void *bytes, size_t size, const char *name, struct spk_reader **out,
                                       struct spk_error *error)
{
    return spk_reader_open_with(
        &(struct spk_reader_options){ .bytes = bytes != NULL ? bytes : "", .size = size, .name = name }, out, error);
}

/* What a reader that came to its end, or to a failure, gives from then on. */
static enum spk_status give_end(struct spk_reader *reader, struct spk_block *block, struct spk_record *record,
                                struct spk_error *error)
{
    (void)block;
    (void)record;
    (void)error; /* which is reader->failed, and stays as it is */
    return reader->failed.code < 0 ? reader->failed.code : SPK_END;
}

static enum spk_status stop(struct spk_reader *reader, enum spk_status status, struct spk_error *error)
{
    reader->next = give_end;
    if (status == SPK_END) {
        return SPK_END;
    }
    reader->failed.code = status;
    reader->failed.who = reader->name;
    reader->failed.packet = reader->packets + 1;
    return spk_fail(error, reader->failed);
}

/* What a salvaging reader left in `failed`, which is no failure. */
static enum spk_status tell_gap(struct spk_reader *reader, struct spk_error *error)
{
    struct spk_error gap = reader->failed;
    gap.who = reader->name;
    gap.packet = reader->packets + 1;
    reader->failed = (struct spk_error){ .code = SPK_OK };
    return spk_fail(error, gap);
}

static inline enum spk_status next(struct spk_reader *reader, struct spk_block *block, struct spk_record *record,
                                   struct spk_error *error)
{
    enum spk_status status = reader->next(reader, block, record, &reader->failed);
    if (status != SPK_OK) {
        return status == SPK_GAP ? tell_gap(reader, error) : stop(reader, status, error);
    }
    if (block == NULL || block->is_packet) {
        record->number = ++reader->packets;
        reader->warnings |= record->warnings;
    }
    return SPK_OK;
}

enum spk_status spk_reader_next(struct spk_reader *reader, struct spk_record *record, struct spk_error *error)
{
    return next(reader, NULL, record, error);
}

size_t spk_reader_more(struct spk_reader *reader, struct spk_record *records, size_t room)
{
    bool ng = reader->format == SPK_FORMAT_PCAPNG;
    return ng ? spk_pcapng_more(reader, records, room) : spk_pcap_more(reader, records, room);
}

enum spk_status spk_reader_next_block(struct spk_reader *reader, struct spk_block *block, struct spk_record *record,
                                      struct spk_error *error)
{
    return next(reader, block, record, error);
}

void spk_reader_close(struct spk_reader *reader)
{
    if (reader != NULL) {
        spk_window_close(&reader->window);
        spk_pcapng_close(reader);
        spk_free(reader);
    }
}

size_t spk_reader_events(const struct spk_reader *reader, struct spk_event *events, size_t room)
{
    uint64_t kept = reader->events < SPK_EVENTS_KEPT ? reader->events : SPK_EVENTS_KEPT;
    size_t count = kept < room ? (size_t)kept : room;
    for (size_t i = 0; i < count; i++) {
        events[i] = reader->last_events[(reader->events - count + i) % SPK_EVENTS_KEPT];
    }
    return count;
}

void spk_reader_info(const struct spk_reader *reader, struct spk_reader_info *info)
{
    bool ng = reader->format == SPK_FORMAT_PCAPNG;
    *info = (struct spk_reader_info){ .format = reader->format,
                                      .compression = reader->compression,
                                      .big_endian = reader->big_endian,
                                      .version_major = reader->version_major,
                                      .version_minor = reader->version_minor,
                                      .sections = ng ? reader->ng.sections : 1,
                                      .interfaces = ng ? reader->ng.count : 1,
                                      .interfaces_total = ng ? reader->ng.total : 1,
                                      .packets = reader->packets,
                                      .offset = spk_window_offset(&reader->window),
                                      .events = reader->events,
                                      .gaps = reader->salvage.gaps,
                                      .skipped = reader->salvage.skipped,
                                      .warnings = reader->warnings };
}

static bool pcap_interface(const struct spk_reader *reader, struct spk_interface *out)
{
    *out = (struct spk_interface){ .link = reader->pcap.link,
                                   .fcs_len = reader->pcap.fcs_len,
                                   .resolution = reader->pcap.factor == 1 ? 9 : 6,
                                   .snaplen = reader->pcap.snaplen };
    return true;
}

bool spk_reader_interface(const struct spk_reader *reader, uint32_t index, struct spk_interface *out)
{
    enum { OPTION_IF_NAME = 2 };
    size_t at = 0;
    struct spk_option option;
    if (reader->format != SPK_FORMAT_PCAPNG) {
        return index == 0 && pcap_interface(reader, out);
    }
    if (index >= reader->ng.count) {
        return false;
    }
    const struct interface *from = &reader->ng.interfaces[index];
    *out = (struct spk_interface){ .link = from->link,
                                   .fcs_len = from->fcs_len,
                                   .resolution = from->scale.resolution,
                                   .snaplen = from->snaplen,
                                   .offset_s = from->scale.offset_s,
                                   .options = from->options,
                                   .options_len = from->options_len,
                                   .swapped = reader->swapped };
    while (out->name == NULL && spk_option_next(out->options, out->options_len, out->swapped, &at, &option)) {
        if (option.code == OPTION_IF_NAME) {
            out->name = (const char *)option.value;
            out->name_len = option.length;
        }
    }
    return true;
}
