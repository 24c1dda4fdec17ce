/*
 * Any bytes as a capture, read as columns by two threads in small parts and as rows by a scan: the same packets, the same
 * values, the same end. The first two bytes say how large parts and batches are, the next twelve which fields are asked for.
 */
#define _GNU_SOURCE
#include "support.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FIELDS = 6, HEAD = 2 + 2 * FIELDS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool bit_at(const void *bits, int64_t index)
{
    return (((const uint8_t *)bits)[index / 8] >> (index % 8) & 1) != 0;
}

static bool is_null(const struct ArrowArray *array, int64_t index)
{
    return array->buffers[0] != NULL && !bit_at(array->buffers[0], index);
}

static void same_number(size_t width, const struct ArrowArray *array, int64_t index, uint64_t number)
{
    uint8_t bytes[8];
    uint64_t stored = 0;
    memcpy(bytes, (const uint8_t *)array->buffers[1] + (size_t)index * width, width);
    for (size_t i = width; i > 0; i--) { /* little-endian machines only, as the fuzzers run on */
        stored = stored << 8 | bytes[i - 1];
    }
    claim(stored == (width < 8 ? number & ((UINT64_C(1) << 8 * width) - 1) : number));
}

static bool is_ascii(const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

static void same_text(const struct ArrowArray *array, int64_t index, const struct spk_item *item)
{
    char text[1400];
    const int32_t *ends = array->buffers[1];
    const uint8_t *data = (const uint8_t *)array->buffers[2] + ends[index];
    size_t len = (size_t)(ends[index + 1] - ends[index]);
    if (item->value.kind == SPK_TEXT) { /* what is no UTF-8 is written otherwise */
        claim(!is_ascii(item->value.data, item->value.len)
              || (len == item->value.len && memcmp(data, item->value.data, len) == 0));
    } else {
        claim(spk_value_text(item->row, &item->value, text, sizeof text) == len && memcmp(text, data, len) == 0);
    }
}

static void same_value(const char *format, const struct ArrowArray *array, int64_t index, const struct spk_item *item)
{
    const int32_t *ends = array->buffers[1];
    claim(!is_null(array, index));
    switch (format[0]) {
    case 'b':
        claim(bit_at(array->buffers[1], index) == (item->value.kind == SPK_NONE || item->value.u != 0));
        break;
    case 'u':
        same_text(array, index, item);
        break;
    case 'z':
        claim((uint32_t)(ends[index + 1] - ends[index]) == item->value.len
              && (item->value.len == 0
                  || memcmp((const uint8_t *)array->buffers[2] + ends[index], item->value.data, item->value.len) == 0));
        break;
    case 'c':
    case 'C':
        same_number(1, array, index, item->value.u);
        break;
    case 's':
    case 'S':
        same_number(2, array, index, item->value.u);
        break;
    case 'i':
    case 'I':
        same_number(4, array, index, item->value.u);
        break;
    default:
        same_number(8, array, index, item->value.u);
    }
}

static void same_cell(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t index,
                      const struct spk_cell *cell)
{
    if (strcmp(schema->format, "+l") != 0) {
        claim(is_null(array, index) == (cell->count == 0));
        if (cell->count > 0) {
            same_value(schema->format, array, index, &cell->items[0]);
        }
        return;
    }
    const int32_t *ends = array->buffers[1];
    claim((uint32_t)(ends[index + 1] - ends[index]) == cell->count);
    for (uint32_t i = 0; i < cell->count; i++) {
        same_value(schema->children[0]->format, array->children[0], ends[index] + (int64_t)i, &cell->items[i]);
    }
}

static enum spk_status next_record(void *reader, struct spk_record *record, struct spk_error *error)
{
    return spk_reader_next(reader, record, error);
}

/* The next row of a stream; false: there is none, for a good reason or a bad one. */
static bool next_row(struct ArrowArrayStream *stream, struct ArrowArray *batch, int64_t *row, int *failed)
{
    if (batch->release != NULL && ++*row < batch->length) {
        return true;
    }
    if (batch->release != NULL) {
        batch->release(batch);
    }
    *row = 0;
    *failed = stream->get_next(stream, batch);
    return *failed == 0 && batch->release != NULL;
}

static void compare(const struct spk_query *query, struct ArrowArrayStream *stream, struct spk_reader *reader)
{
    struct ArrowSchema schema;
    struct ArrowArray batch = { .release = NULL };
    struct spk_scan *scan = NULL;
    const struct spk_cells *cells;
    enum spk_status status;
    int64_t row = 0;
    int failed = 0;
    claim(stream->get_schema(stream, &schema) == 0);
    claim(spk_scan_new(query, &scan, NULL) == SPK_OK);
    spk_scan_source(scan, "fuzz", next_record, reader);
    while ((status = spk_scan_next(scan, &cells, NULL)) == SPK_OK) {
        claim(next_row(stream, &batch, &row, &failed));
        for (size_t i = 0; i < cells->count; i++) {
            same_cell(schema.children[i], batch.children[i], row, &cells->cells[i]);
        }
    }
    claim(!next_row(stream, &batch, &row, &failed));
    claim((status < 0) == (failed != 0) && spk_columns_error(stream)->code == (status < 0 ? status : SPK_OK));
    spk_scan_free(scan);
    schema.release(&schema);
}

/* Six fields that the bytes pick. */
static struct spk_query *make_query(const uint8_t *picks)
{
    const struct spk_registry *registry = spk_registry_default();
    const char *names[FIELDS];
    struct spk_query *query = NULL;
    for (size_t i = 0; i < FIELDS; i++) {
        size_t count = spk_registry_field_count(registry);
        size_t at = (size_t)(picks[2 * i] << 8 | picks[2 * i + 1]) % count;
        while (spk_registry_field(registry, at)->kind == SPK_GROUP) {
            at = (at + 1) % count;
        }
        names[i] = spk_registry_field(registry, at)->name;
    }
    claim(spk_query_new(names, FIELDS, &(struct spk_query_options){ .registry = registry }, &query, NULL) == SPK_OK);
    return query;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    const char *paths[] = { path };
    struct spk_reader *reader = NULL;
    struct ArrowArrayStream stream;
    if (size < HEAD) {
        return 0;
    }
    const struct spk_columns_options options = { .threads = 2,
                                                 .part_size = 1024u + data[0] * 64u,
                                                 .batch_rows = 1u + data[1] };
    int fd = memfd_create("columns", 0);
    claim(fd >= 0 && write(fd, data + HEAD, size - HEAD) == (ssize_t)(size - HEAD));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (spk_reader_open(path, &reader, NULL) == SPK_OK) {
        struct spk_query *query = make_query(data + 2);
        claim(spk_columns_open(query, &options, paths, 1, &stream, NULL) == SPK_OK);
        compare(query, &stream, reader);
        stream.release(&stream);
        spk_query_free(query);
    }
    spk_reader_close(reader);
    close(fd);
    return 0;
}
