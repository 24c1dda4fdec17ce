/*
 * option: the options that pcapng blocks end with: a 16-bit code, a 16-bit length and the value,
 * padded to 4 bytes; code 0 ends them, and so does the block (draft-ietf-opsawg-pcapng, "Options").
 */
#include "capture/reader.h"

#define OPTION_HEADER_LEN 4u

enum spk_option_step spk_option_step(const uint8_t *options, size_t size, bool swapped, size_t *at,
                                     struct spk_option *option)
{
    if (*at >= size || size - *at < OPTION_HEADER_LEN) {
        return SPK_OPTION_END;
    }
    const uint8_t *p = options + *at;
    size_t left = size - *at - OPTION_HEADER_LEN;
    option->code = load16(p, swapped);
    option->length = load16(p + 2, swapped);
    option->value = p + OPTION_HEADER_LEN;
    if (option->code == 0) {
        return SPK_OPTION_END;
    }
    if (option->length > left) {
        return SPK_OPTION_BAD;
    }
    size_t taken = (size_t)padded(option->length);
    *at += OPTION_HEADER_LEN + (taken < left ? taken : left);
    return SPK_OPTION_GIVEN;
}

bool spk_option_next(const uint8_t *options, size_t size, bool swapped, size_t *at, struct spk_option *option)
{
    return options != NULL && spk_option_step(options, size, swapped, at, option) == SPK_OPTION_GIVEN;
}

bool spk_record_comment(const struct spk_record *record, size_t *at, const char **text, size_t *length)
{
    struct spk_option option;
    while (spk_option_next(record->options, record->options_len, record->swapped, at, &option)) {
        if (option.code == SPK_OPTION_COMMENT) {
            *text = (const char *)option.value;
            *length = option.length;
            return true;
        }
    }
    return false;
}

/* Where the records of a name resolution block end: behind the one of type 0. 0: nowhere. */
static uint32_t names_end(const struct spk_block *block)
{
    uint32_t at = 8;
    while (block->size - 4 - at >= 4) {
        uint32_t type = load16(block->bytes + at, block->swapped);
        uint32_t length = (uint32_t)padded(load16(block->bytes + at + 2, block->swapped));
        at += 4;
        if (type == 0) {
            return at;
        }
        if (length > block->size - 4 - at) {
            return 0;
        }
        at += length;
    }
    return 0;
}

/* Where a block's options begin; 0: it has none, or is of a type without. */
static uint64_t options_start(const struct spk_block *block)
{
    const uint8_t *p = block->bytes;
    bool swapped = block->swapped;
    switch (block->type) {
    case SPK_BLOCK_SECTION:
        return 24;
    case SPK_BLOCK_INTERFACE:
        return 16;
    case SPK_BLOCK_PACKET:
    case SPK_BLOCK_PACKET_OBSOLETE:
        return block->size < 32 ? 0 : 28 + padded(load32(p + 20, swapped));
    case SPK_BLOCK_NAMES:
        return names_end(block);
    case SPK_BLOCK_STATISTICS:
        return 20;
    case SPK_BLOCK_SECRETS:
        return block->size < 20 ? 0 : 16 + padded(load32(p + 12, swapped));
    default:
        return 0;
    }
}

bool spk_block_options(const struct spk_block *block, const uint8_t **options, size_t *size)
{
    if (block->bytes == NULL || block->size < 12) {
        return false;
    }
    uint64_t start = options_start(block);
    if (start == 0 || start >= block->size - 4) {
        return false;
    }
    *options = block->bytes + start;
    *size = block->size - 4 - (size_t)start;
    return true;
}

bool spk_option_put(uint8_t *to, size_t size, size_t *used, uint16_t code, const void *value, uint16_t length)
{
    size_t need = OPTION_HEADER_LEN + (size_t)padded(length);
    if (*used > size || size - *used < need) {
        return false;
    }
    uint8_t *p = to + *used;
    memset(p, 0, need);
    store16(p, code, false);
    store16(p + 2, length, false);
    if (length > 0) {
        memcpy(p + OPTION_HEADER_LEN, value, length);
    }
    *used += need;
    return true;
}
