/* compress: gzip, zstd and lz4 under the formats, in both directions. */
#ifndef CAPTURE_COMPRESS_H
#define CAPTURE_COMPRESS_H

#include <steelpkt/capture.h>

#include "capture/stream.h"

/* Bytes that tell what a stream is compressed with; fewer (of a short file) do as well. */
#define SPK_COMPRESSION_PEEK 4u

/* Told by the first bytes of a stream; NONE: not compressed with anything read here. */
enum spk_compression spk_compression_of(const uint8_t *bytes, size_t size);

/*
 * A stream that gives the unpacked bytes of what the window has and will have. Takes the window's
 * stream, buffer or bytes over, whether or not it succeeds: the window is empty and closed after.
 * Concatenated members and frames are one stream. Memory: one input buffer and the window of the
 * format (gzip 32 KiB, lz4 8 MiB, zstd 8 MiB, more only with large_window).
 */
enum spk_status spk_decompressor_open(struct spk_window *window, bool large_window, struct spk_stream **out,
                                      struct spk_error *error);

/*
 * The other way, a bufferful at a time. level as the format's own tool counts; 0: its default.
 * threads: how many compress at once, with zstd. SPK_ERR_USAGE: no such level, or too many threads. In
 * *out; spk_compressor_close.
 */
#define SPK_COMPRESSOR_THREADS_MAX 64u
struct spk_compressor;
enum spk_status spk_compressor_open(enum spk_compression kind, int level, uint32_t threads, struct spk_compressor **out,
                                    struct spk_error *error);

/*
 * Packs size bytes, in *out of *out_size bytes, which live until the next call; what was packed so
 * far can then be unpacked. last: nothing more will come, and size may be 0. gzip: a member a call.
 * zstd and lz4: all calls make one frame, since some readers take the end of a frame for the end of
 * all. False: no memory.
 */
bool spk_compressor_run(struct spk_compressor *self, const uint8_t *bytes, size_t size, bool last, const uint8_t **out,
                        size_t *out_size);

/*
 * How packed data that stops behind any call becomes whole: length bytes to put behind it, and one
 * to change, where there is one.
 */
struct spk_compressor_ending {
    uint8_t bytes[4];
    size_t length;
    bool changes;
    uint8_t changed;
    uint64_t changed_at;
};
struct spk_compressor_ending spk_compressor_ending(const struct spk_compressor *self);

void spk_compressor_close(struct spk_compressor *self);

#endif
