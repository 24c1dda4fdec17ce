/*
 * Any bytes as a capture file: it is read to its end or to one clear error, record by record and block by block with the
 * same packets, and everything that a record or block points to can be read. Salvaging, it is read on behind damage:
 * with gaps in order, up to the end.
 */
#include <steelpkt.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where the sum of all bytes goes, so that reading them is not optimised away. */
static volatile uint8_t sink;

static void touch(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint8_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum = (uint8_t)(sum + at[i]);
    }
    sink = sum;
}

static void touch_options(const uint8_t *options, size_t size, bool swapped)
{
    struct spk_option option;
    size_t at = 0;
    while (spk_option_next(options, size, swapped, &at, &option)) {
        touch(option.value, option.length);
    }
}

static void touch_record(const struct spk_record *record)
{
    const char *text;
    size_t length;
    size_t at = 0;
    touch(record->data, record->caplen);
    touch_options(record->options, record->options_len, record->swapped);
    while (spk_record_comment(record, &at, &text, &length)) {
        touch(text, length);
    }
}

static void touch_interfaces(const struct spk_reader *reader)
{
    struct spk_interface interface;
    for (uint32_t i = 0; spk_reader_interface(reader, i, &interface) && i < 100; i++) {
        touch(interface.name, interface.name_len);
        touch_options(interface.options, interface.options_len, interface.swapped);
    }
}

/* Gaps come one behind the other, within the bytes that there are. */
static uint64_t check_gap(const struct spk_error *gap, uint64_t last)
{
    if (gap->code != SPK_GAP || gap->what == NULL || gap->at < last) {
        abort();
    }
    return gap->at + gap->skipped;
}

/* Reads to the end; gives the packets and how it ended. */
static uint64_t read_all(const uint8_t *data, size_t size, bool by_block, bool salvage, enum spk_status *end)
{
    const struct spk_reader_options how = { .bytes = data, .size = size, .name = "fuzz", .salvage = salvage };
    uint64_t gap_end = 0;
    struct spk_reader *reader = NULL;
    struct spk_error error = { 0 };
    struct spk_record record;
    struct spk_block block;
    uint64_t packets = 0;
    *end = spk_reader_open_with(&how, &reader, &error);
    while (*end == SPK_OK || *end == SPK_GAP) {
        block.is_packet = true;
        block.bytes = NULL;
        *end = by_block ? spk_reader_next_block(reader, &block, &record, &error)
                        : spk_reader_next(reader, &record, &error);
        if (*end == SPK_GAP) {
            gap_end = check_gap(&error, gap_end);
        }
        if (*end == SPK_OK && block.is_packet) {
            touch_record(&record);
            packets++;
        }
        if (*end == SPK_OK && block.bytes != NULL) {
            const uint8_t *options;
            size_t options_size;
            touch(block.bytes, block.size);
            if (spk_block_options(&block, &options, &options_size)) {
                touch_options(options, options_size, block.swapped);
            }
        }
    }
    if (*end < 0 && error.what == NULL) {
        abort(); /* a failure without a reason */
    }
    if (reader != NULL) {
        touch_interfaces(reader);
        if (spk_reader_next(reader, &record, &error) != *end) {
            abort(); /* the end is not the end */
        }
    }
    spk_reader_close(reader);
    return packets;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum spk_status by_record;
    enum spk_status by_block;
    for (int salvage = 0; salvage < 2; salvage++) {
        uint64_t records = read_all(data, size, false, salvage == 1, &by_record);
        uint64_t packets = read_all(data, size, true, salvage == 1, &by_block);
        if (records != packets || by_record != by_block) {
            abort(); /* the same file, two stories */
        }
    }
    return 0;
}
