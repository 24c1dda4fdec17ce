/*
 * compress: bufferfuls into gzip members, or blocks of one zstd or lz4 frame.
 *
 * A frame may have to be ended early, on a full disk, when what was packed last is not in the file. zstd's checksum
 * would then be of other bytes, so the frame's header is made to promise none (RFC 8878, section 3.1.1.1.1, bit 2); lz4
 * has its checksums in the blocks from the beginning.
 */
#include "capture/compress.h"

#include "base/error.h"
#include "base/memory.h"

#include <lz4frame.h>
#include <lz4hc.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define ZSTD_WINDOW_LOG 23 /* 8 MiB: what readers take unasked; from this level on zstd would take more */
#define ZSTD_LONG_LEVEL 20
#define ZSTD_JOB_SIZE (1024 * 1024) /* what one of several threads packs at a time */

struct spk_compressor {
    enum spk_compression kind;
    z_stream gzip;
    bool has_gzip;
    ZSTD_CCtx *zstd;
    uint8_t zstd_descriptor; /* the frame header's first byte behind the magic number */
    LZ4F_cctx *lz4;
    LZ4F_preferences_t lz4_form;
    bool begun; /* a call was made */
    uint8_t *out;
    size_t room;
};

static int highest_level(enum spk_compression kind)
{
    switch (kind) {
    case SPK_COMPRESSION_GZIP:
        return Z_BEST_COMPRESSION;
    case SPK_COMPRESSION_ZSTD:
        return ZSTD_maxCLevel();
    case SPK_COMPRESSION_LZ4:
        return LZ4HC_CLEVEL_MAX;
    case SPK_COMPRESSION_NONE:
        break;
    }
    return -1;
}

static bool make_codec(struct spk_compressor *self, int level)
{
    switch (self->kind) {
    case SPK_COMPRESSION_GZIP:
        self->has_gzip = deflateInit2(&self->gzip, level > 0 ? level : Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                                      Z_DEFAULT_STRATEGY)
                         == Z_OK;
        return self->has_gzip;
    case SPK_COMPRESSION_ZSTD:
        self->zstd = ZSTD_createCCtx();
        return self->zstd != NULL && !ZSTD_isError(ZSTD_CCtx_setParameter(self->zstd, ZSTD_c_compressionLevel, level))
               && !ZSTD_isError(ZSTD_CCtx_setParameter(self->zstd, ZSTD_c_checksumFlag, 1))
               && (level < ZSTD_LONG_LEVEL
                   || !ZSTD_isError(ZSTD_CCtx_setParameter(self->zstd, ZSTD_c_windowLog, ZSTD_WINDOW_LOG)));
    default: /* SPK_COMPRESSION_LZ4 */
        self->lz4_form.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled;
        self->lz4_form.frameInfo.blockSizeID = LZ4F_max1MB;
        self->lz4_form.compressionLevel = level;
        self->lz4_form.autoFlush = 1;
        return !LZ4F_isError(LZ4F_createCompressionContext(&self->lz4, LZ4F_VERSION));
    }
}

/* Sets so many threads, each with about a bufferful of its own; zstd may be built without. */
static enum spk_status set_threads(struct spk_compressor *self, uint32_t threads, struct spk_error *error)
{
    if (threads <= 1) {
        return SPK_OK;
    }
    if (self->kind != SPK_COMPRESSION_ZSTD || threads > SPK_COMPRESSOR_THREADS_MAX) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_USAGE,
                                                   .what = "so many threads cannot compress",
                                                   .hint = "zstd takes up to 64, the others one" });
    }
    if (ZSTD_isError(ZSTD_CCtx_setParameter(self->zstd, ZSTD_c_nbWorkers, (int)threads))
        || ZSTD_isError(ZSTD_CCtx_setParameter(self->zstd, ZSTD_c_jobSize, ZSTD_JOB_SIZE))) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_UNSUPPORTED,
                                                   .what = "this system's zstd library has no threads" });
    }
    return SPK_OK;
}

enum spk_status spk_compressor_open(enum spk_compression kind, int level, uint32_t threads, struct spk_compressor **out,
                                    struct spk_error *error)
{
    *out = NULL;
    if (level < 0 || level > highest_level(kind)) {
        return spk_fail(
            error, (struct spk_error){ .code = SPK_ERR_USAGE, .what = "no such compression, or no such level of it" });
    }
    struct spk_compressor *self = spk_alloc_zeroed(1, sizeof *self);
    if (self != NULL) {
        self->kind = kind;
    }
    if (self == NULL || !make_codec(self, level)) {
        spk_compressor_close(self);
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "no memory to compress with" });
    }
    enum spk_status status = set_threads(self, threads, error);
    if (status != SPK_OK) {
        spk_compressor_close(self);
        return status;
    }
    *out = self;
    return SPK_OK;
}

/* The most that size bytes can become. */
static size_t bound(struct spk_compressor *self, size_t size)
{
    switch (self->kind) {
    case SPK_COMPRESSION_GZIP:
        return deflateBound(&self->gzip, (uLong)size);
    case SPK_COMPRESSION_ZSTD:
        return ZSTD_compressBound(size) + ZSTD_CStreamOutSize();
    default: /* SPK_COMPRESSION_LZ4 */
        return LZ4F_HEADER_SIZE_MAX + LZ4F_compressBound(size, &self->lz4_form);
    }
}

/* A bufferful is far below 4 GiB, so that zlib's int holds it. */
static bool run_gzip(struct spk_compressor *self, const uint8_t *bytes, size_t size, size_t *made)
{
    if (size == 0) {
        return true;
    }
    if (deflateReset(&self->gzip) != Z_OK) {
        return false;
    }
    self->gzip.next_in = (z_const Bytef *)bytes;
    self->gzip.avail_in = (uInt)size;
    self->gzip.next_out = self->out;
    self->gzip.avail_out = (uInt)self->room;
    if (deflate(&self->gzip, Z_FINISH) != Z_STREAM_END) {
        return false;
    }
    *made = self->room - self->gzip.avail_out;
    return true;
}

static bool run_zstd(struct spk_compressor *self, const uint8_t *bytes, size_t size, bool last, size_t *made)
{
    ZSTD_inBuffer in = { .src = bytes, .size = size };
    ZSTD_outBuffer out = { .dst = self->out, .size = self->room };
    size_t left;
    do { /* there is room for everything; with threads it comes in pieces */
        left = ZSTD_compressStream2(self->zstd, &out, &in, last ? ZSTD_e_end : ZSTD_e_flush);
        if (ZSTD_isError(left) || (left > 0 && out.pos == out.size)) {
            return false;
        }
    } while (left > 0);
    if (!self->begun && out.pos > 4) {
        self->zstd_descriptor = self->out[4];
    }
    *made = out.pos;
    return true;
}

static bool run_lz4(struct spk_compressor *self, const uint8_t *bytes, size_t size, bool last, size_t *made)
{
    size_t step = 0;
    if (!self->begun) {
        step = LZ4F_compressBegin(self->lz4, self->out, self->room, &self->lz4_form);
        if (LZ4F_isError(step)) {
            return false;
        }
        *made += step;
    }
    if (size > 0) {
        step = LZ4F_compressUpdate(self->lz4, self->out + *made, self->room - *made, bytes, size, NULL);
        if (LZ4F_isError(step)) {
            return false;
        }
        *made += step;
    }
    if (last) {
        step = LZ4F_compressEnd(self->lz4, self->out + *made, self->room - *made, NULL);
        if (LZ4F_isError(step)) {
            return false;
        }
        *made += step;
    }
    return true;
}

bool spk_compressor_run(struct spk_compressor *self, const uint8_t *bytes, size_t size, bool last, const uint8_t **out,
                        size_t *out_size)
{
    size_t need = bound(self, size);
    bool good = false;
    *out_size = 0;
    if (need > self->room) {
        uint8_t *more = spk_realloc(self->out, need);
        if (more == NULL) {
            return false;
        }
        self->out = more;
        self->room = need;
    }
    switch (self->kind) {
    case SPK_COMPRESSION_GZIP:
        good = run_gzip(self, bytes, size, out_size);
        break;
    case SPK_COMPRESSION_ZSTD:
        good = run_zstd(self, bytes, size, last, out_size);
        break;
    default: /* SPK_COMPRESSION_LZ4 */
        good = run_lz4(self, bytes, size, last, out_size);
        break;
    }
    self->begun = true;
    *out = self->out;
    return good;
}

struct spk_compressor_ending spk_compressor_ending(const struct spk_compressor *self)
{
    switch (self->kind) {
    case SPK_COMPRESSION_ZSTD: /* a last block of no bytes, and no checksum behind it */
        return (struct spk_compressor_ending){ .bytes = { 1, 0, 0 },
                                               .length = 3,
                                               .changes = true,
                                               .changed = (uint8_t)(self->zstd_descriptor & ~4u),
                                               .changed_at = 4 };
    case SPK_COMPRESSION_LZ4: /* the end mark */
        return (struct spk_compressor_ending){ .length = 4 };
    default:
        return (struct spk_compressor_ending){ .length = 0 };
    }
}

void spk_compressor_close(struct spk_compressor *self)
{
    if (self != NULL) {
        if (self->has_gzip) {
            deflateEnd(&self->gzip);
        }
        ZSTD_freeCCtx(self->zstd);
        (void)LZ4F_freeCompressionContext(self->lz4);
        spk_free(self->out);
        spk_free(self);
    }
}
