/*
 * decompress: a stream over a compressed stream. gzip members (RFC 1952), zstd frames (RFC 8878) and
 * lz4 frames may be concatenated; skippable frames of the latter two are passed over. What could be
 * unpacked before damage is given before the error.
 */
#include "base/error.h"
#include "base/memory.h"
#include "capture/bytes.h"
#include "capture/compress.h"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define MAGIC_ZSTD 0xfd2fb528u
#define MAGIC_LZ4 0x184d2204u
#define MAGIC_SKIPPABLE 0x184d2a50u /* to ...5f; a 32-bit length follows */

#define ZSTD_WINDOW_LOG 23 /* 8 MiB */

struct decompressor {
    struct spk_stream stream;
    struct spk_window in;
    enum spk_compression kind;
    bool large_window;
    bool in_frame;
    z_stream gzip;
    ZSTD_DCtx *zstd;
    LZ4F_dctx *lz4;
    size_t wanted; /* zstd, lz4: how many bytes the next step takes */
    bool full;     /* zstd, lz4: the step before had no room for more, and may hold some back */
    struct spk_error failed;
};

static uint32_t little32(const uint8_t *p)
{
    return load32(p, host_is_big_endian());
}

static bool is_skippable(const uint8_t *bytes, size_t size)
{
    return size >= 4 && (little32(bytes) & 0xfffffff0u) == MAGIC_SKIPPABLE;
}

enum spk_compression spk_compression_of(const uint8_t *bytes, size_t size)
{
    if (size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b) {
        return SPK_COMPRESSION_GZIP;
    }
    if (size >= 4 && little32(bytes) == MAGIC_LZ4) {
        return SPK_COMPRESSION_LZ4;
    }
    if ((size >= 4 && little32(bytes) == MAGIC_ZSTD) || is_skippable(bytes, size)) {
        return SPK_COMPRESSION_ZSTD;
    }
    return SPK_COMPRESSION_NONE;
}

/* Keeps an error, which comes once the bytes before it were given. */
static void fail(struct decompressor *self, enum spk_status code, const char *what)
{
    self->failed = (struct spk_error){ .code = code, .what = what, .at = spk_window_offset(&self->in), .has_at = true };
}

/* Each step below unpacks from the window's bytes into room bytes at `to`; it gives how many. */
static size_t step_gzip(struct decompressor *self, uint8_t *to, size_t room)
{
    size_t have = spk_window_have(&self->in);
    self->gzip.next_in = (z_const Bytef *)self->in.pos;
    self->gzip.avail_in = have < UINT32_MAX ? (uInt)have : UINT32_MAX;
    self->gzip.next_out = to;
    self->gzip.avail_out = room < UINT32_MAX ? (uInt)room : UINT32_MAX;
    int status = inflate(&self->gzip, Z_NO_FLUSH);
    self->in.pos = self->gzip.next_in;
    if (status == Z_STREAM_END) {
        self->in_frame = false;
        inflateReset(&self->gzip);
    } else if (status == Z_MEM_ERROR) {
        fail(self, SPK_ERR_MEMORY, "no memory to unpack with");
    } else if (status == Z_DATA_ERROR && self->gzip.msg != NULL && strstr(self->gzip.msg, "check") != NULL
               && strstr(self->gzip.msg, "header") == NULL) {
        fail(self, SPK_ERR_DAMAGED, "gzip checksum wrong");
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
        fail(self, SPK_ERR_DAMAGED, "damaged gzip data");
    }
    return (size_t)(self->gzip.next_out - to);
}

static void fail_zstd(struct decompressor *self, size_t code)
{
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_frameParameter_windowTooLarge:
        fail(self, SPK_ERR_LIMIT, "zstd window above 8 MiB");
        self->failed.hint = "large windows are taken only when asked for; "
                            "or unpack it with zstd -d --long=31";
        return;
    case ZSTD_error_checksum_wrong:
        fail(self, SPK_ERR_DAMAGED, "zstd checksum wrong");
        return;
    case ZSTD_error_memory_allocation:
        fail(self, SPK_ERR_MEMORY, "no memory to unpack with");
        return;
    case ZSTD_error_dictionary_wrong:
        fail(self, SPK_ERR_UNSUPPORTED, "zstd data that needs a dictionary");
        return;
    default:
        fail(self, SPK_ERR_DAMAGED, "damaged zstd data");
    }
}

/*
 * zstd and lz4 forget in an error what the same call unpacked before it. So they get only as many
 * bytes as they ask for, which is up to the end of a block, and none while they hold some of it back; a checksum is then a
 * step of its own.
 */
static size_t bytes_for_step(const struct decompressor *self)
{
    size_t have = spk_window_have(&self->in);
    return self->full ? 0 : have < self->wanted ? have : self->wanted;
}

static size_t step_zstd(struct decompressor *self, void *to, size_t room)
{
    ZSTD_inBuffer in = { self->in.pos, bytes_for_step(self), 0 };
    ZSTD_outBuffer out = { .dst = to, .size = room };
    size_t status = ZSTD_decompressStream(self->zstd, &out, &in);
    self->in.pos += in.pos;
    self->full = out.pos == room;
    if (ZSTD_isError(status)) {
        fail_zstd(self, status);
    } else if (status == 0) {
        self->in_frame = false;
    } else {
        self->wanted = status;
    }
    return out.pos;
}

static size_t step_lz4(struct decompressor *self, uint8_t *to, size_t room)
{
    size_t taken = bytes_for_step(self);
    size_t given = room;
    size_t status = LZ4F_decompress(self->lz4, to, &given, self->in.pos, &taken, NULL);
    if (LZ4F_isError(status)) {
        const char *name = LZ4F_getErrorName(status);
        if (strstr(name, "allocation") != NULL) {
            fail(self, SPK_ERR_MEMORY, "no memory to unpack with");
        } else {
            fail(self, SPK_ERR_DAMAGED, strstr(name, "hecksum") != NULL ? "lz4 checksum wrong" : "damaged lz4 data");
        }
        return 0;
    }
    self->in.pos += taken;
    self->full = given == room;
    if (status == 0) {
        self->in_frame = false;
    } else {
        self->wanted = status;
    }
    return given;
}

static size_t step(struct decompressor *self, uint8_t *to, size_t room)
{
    switch (self->kind) {
    case SPK_COMPRESSION_GZIP:
        return step_gzip(self, to, room);
    case SPK_COMPRESSION_ZSTD:
        return step_zstd(self, to, room);
    default: /* SPK_COMPRESSION_LZ4 */
        return step_lz4(self, to, room);
    }
}

static bool make_codec(struct decompressor *self)
{
    ZSTD_bounds bounds;
    switch (self->kind) {
    case SPK_COMPRESSION_GZIP:
        return inflateInit2(&self->gzip, 15 + 16) == Z_OK; /* the largest window, gzip only */
    case SPK_COMPRESSION_ZSTD:
        bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
        self->zstd = ZSTD_createDCtx();
        return self->zstd != NULL
               && !ZSTD_isError(ZSTD_DCtx_setParameter(self->zstd, ZSTD_d_windowLogMax,
                                                       self->large_window ? bounds.upperBound : ZSTD_WINDOW_LOG));
    default: /* SPK_COMPRESSION_LZ4 */
        return !LZ4F_isError(LZ4F_createDecompressionContext(&self->lz4, LZ4F_VERSION));
    }
}

/* Passes over one skippable frame. */
static enum spk_status skip_frame(struct decompressor *self, struct spk_error *error)
{
    enum spk_status status = spk_window_need(&self->in, 8, error);
    if (status == SPK_OK) {
        uint64_t length = little32(self->in.pos + 4);
        status = spk_window_skip(&self->in, 8 + length, error);
    }
    if (status == SPK_END) {
        fail(self, SPK_ERR_CUT, "skippable frame cut");
        return spk_fail(error, self->failed);
    }
    return status;
}

/* Between two frames: the end, another frame of the same kind, or what should not be there. */
static enum spk_status begin_frame(struct decompressor *self, struct spk_error *error)
{
    for (;;) {
        enum spk_status status = spk_window_need(&self->in, 4, error);
        const uint8_t *bytes = self->in.pos;
        size_t have = spk_window_have(&self->in);
        if (status < 0 || have == 0) {
            return status;
        }
        enum spk_compression kind = spk_compression_of(bytes, have);
        if (is_skippable(bytes, have) && self->kind != SPK_COMPRESSION_GZIP) {
            status = skip_frame(self, error);
            if (status != SPK_OK) {
                return status;
            }
            continue;
        }
        if (self->kind == SPK_COMPRESSION_NONE && kind != SPK_COMPRESSION_NONE) {
            self->kind = kind;
            if (!make_codec(self)) {
                fail(self, SPK_ERR_MEMORY, "no memory to unpack with");
                return spk_fail(error, self->failed);
            }
        }
        if (kind != self->kind || kind == SPK_COMPRESSION_NONE) {
            fail(self, SPK_ERR_DAMAGED, "garbage behind the compressed data");
            return spk_fail(error, self->failed);
        }
        self->in_frame = true;
        self->wanted = 18; /* zstd's longest frame header; lz4's has 7 to 19 and asks for more */
        return SPK_OK;
    }
}

static enum spk_status decompressor_read(struct spk_stream *stream, uint8_t *to, size_t room, size_t *got,
                                         struct spk_error *error)
{
    struct decompressor *self = (struct decompressor *)stream;
    *got = 0;
    while (self->failed.code >= 0) {
        enum spk_status status;
        if (!self->in_frame) {
            status = begin_frame(self, error);
            if (status != SPK_OK) {
                return status;
            }
        }
        size_t before = spk_window_have(&self->in);
        bool flushed = self->full; /* that step only gave what was held back, if there was any */
        *got = step(self, to, room);
        if (*got > 0) {
            return SPK_OK;
        }
        if (flushed || !self->in_frame || self->failed.code < 0 || spk_window_have(&self->in) < before) {
            continue;
        }
        if (before > 0) { /* a step that neither gives nor takes would be taken for ever */
            fail(self, SPK_ERR_DAMAGED, "damaged compressed data");
            continue;
        }
        status = spk_window_need(&self->in, 1, error);
        if (status < 0) {
            return status;
        }
        if (status == SPK_END) {
            fail(self, SPK_ERR_CUT, "compressed data cut");
        }
    }
    return spk_fail(error, self->failed);
}

static void decompressor_close(struct spk_stream *stream)
{
    struct decompressor *self = (struct decompressor *)stream;
    if (self->kind == SPK_COMPRESSION_GZIP) {
        inflateEnd(&self->gzip);
    }
    ZSTD_freeDCtx(self->zstd);
    LZ4F_freeDecompressionContext(self->lz4);
    spk_window_close(&self->in);
    spk_free(self);
}

enum spk_status spk_decompressor_open(struct spk_window *window, bool large_window, struct spk_stream **out,
                                      struct spk_error *error)
{
    struct decompressor *self = spk_alloc_zeroed(1, sizeof *self);
    if (self == NULL) {
        spk_window_close(window);
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "no memory to unpack with" });
    }
    self->stream.read = decompressor_read;
    self->stream.close = decompressor_close;
    self->in = *window;
    self->large_window = large_window;
    memset(window, 0, sizeof *window);
    *out = &self->stream;
    return SPK_OK;
}
