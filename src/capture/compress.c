/* compress: bufferfuls into gzip members, zstd frames or lz4 frames, each whole in itself. */
#include "capture/compress.h"

#include "base/error.h"
#include "base/memory.h"

#include <lz4frame.h>
#include <lz4hc.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

struct spk_compressor {
    enum spk_compression kind;
    z_stream gzip;
    bool has_gzip;
    ZSTD_CCtx *zstd;
    LZ4F_preferences_t lz4;
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
               && !ZSTD_isError(ZSTD_CCtx_setParameter(self->zstd, ZSTD_c_checksumFlag, 1));
    case SPK_COMPRESSION_LZ4:
        self->lz4.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
        self->lz4.frameInfo.blockSizeID = LZ4F_max1MB;
        self->lz4.compressionLevel = level;
        return true;
    case SPK_COMPRESSION_NONE:
        break;
    }
    return false;
}

enum spk_status spk_compressor_open(enum spk_compression kind, int level, struct spk_compressor **out,
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
        return ZSTD_compressBound(size);
    case SPK_COMPRESSION_LZ4:
        return LZ4F_compressFrameBound(size, &self->lz4);
    case SPK_COMPRESSION_NONE:
        break;
    }
    return 0;
}

/* A bufferful is far below 4 GiB, so that zlib's int holds it. */
static size_t run_gzip(struct spk_compressor *self, const uint8_t *bytes, size_t size)
{
    if (deflateReset(&self->gzip) != Z_OK) {
        return 0;
    }
    self->gzip.next_in = (z_const Bytef *)bytes;
    self->gzip.avail_in = (uInt)size;
    self->gzip.next_out = self->out;
    self->gzip.avail_out = (uInt)self->room;
    if (deflate(&self->gzip, Z_FINISH) != Z_STREAM_END) {
        return 0;
    }
    return self->room - self->gzip.avail_out;
}

bool spk_compressor_run(struct spk_compressor *self, const uint8_t *bytes, size_t size, const uint8_t **out,
                        size_t *out_size)
{
    size_t need = bound(self, size);
    size_t made = 0;
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
        made = run_gzip(self, bytes, size);
        break;
    case SPK_COMPRESSION_ZSTD:
        made = ZSTD_compress2(self->zstd, self->out, self->room, bytes, size);
        made = ZSTD_isError(made) ? 0 : made;
        break;
    case SPK_COMPRESSION_LZ4:
        made = LZ4F_compressFrame(self->out, self->room, bytes, size, &self->lz4);
        made = LZ4F_isError(made) ? 0 : made;
        break;
    case SPK_COMPRESSION_NONE:
        break;
    }
    *out = self->out;
    *out_size = made;
    return made > 0;
}

void spk_compressor_close(struct spk_compressor *self)
{
    if (self != NULL) {
        if (self->has_gzip) {
            deflateEnd(&self->gzip);
        }
        ZSTD_freeCCtx(self->zstd);
        spk_free(self->out);
        spk_free(self);
    }
}
