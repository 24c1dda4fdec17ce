/*
 * rewrite: copies a capture, puts other IPv4 addresses in the place of some, and makes all checksums right. Times stay.
 *
 *     rewrite IN OUT FROM=TO...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <steelpkt.h>

enum { CHANGES_MAX = 16 };

struct change {
    uint64_t from;
    struct spk_value to;
};

struct rewriter {
    const struct spk_field *src, *dst;
    struct change changes[CHANGES_MAX];
    int count;
    uint8_t *bytes; /* the packet at hand: SPK_RECORD_MAX of them */
};

/* [change] */
/* "10.38.64.13=192.168.100.1" */
static enum spk_status read_change(struct rewriter *r, char *text, struct spk_error *error)
{
    const struct spk_row *row = r->src->row;
    struct change *change = &r->changes[r->count];
    struct spk_scratch scratch;
    struct spk_value from;
    char *equals = strchr(text, '=');

    if (equals == NULL || r->count == CHANGES_MAX) {
        *error = (struct spk_error){ .code = SPK_ERR_USAGE,
                                     .who = text,
                                     .what = equals == NULL ? "no = in it" : "one change too many" };
        return SPK_ERR_USAGE;
    }
    *equals = '\0';
    if (spk_value_parse(row, text, &scratch, &from, error) != SPK_OK
        || spk_value_parse(row, equals + 1, &scratch, &change->to, error) != SPK_OK) {
        return error->code;
    }
    change->from = from.u;
    r->count++;
    return SPK_OK;
}

static enum spk_status change_address(const struct rewriter *r, const struct spk_packet *packet,
                                      const struct spk_field *field, struct spk_error *error)
{
    uint64_t address;

    if (!spk_packet_uint(packet, field, &address)) {
        return SPK_OK; /* no IPv4 here */
    }
    for (int i = 0; i < r->count; i++) {
        if (r->changes[i].from == address) {
            return spk_packet_set(packet, r->bytes, field, &r->changes[i].to, error);
        }
    }
    return SPK_OK;
}
/* [end] */

/* [record] */
/* The record's bytes are the reader's: they are copied, and the copy is changed. */
static enum spk_status rewrite_record(struct rewriter *r, struct spk_record *record, struct spk_error *error)
{
    struct spk_packet packet;

    if (record->caplen > SPK_RECORD_MAX) {
        *error = (struct spk_error){ .code = SPK_ERR_LIMIT,
                                     .what = "no packet of a network is that long",
                                     .packet = record->number };
        return error->code;
    }
    memcpy(r->bytes, record->data, record->caplen);
    record->data = r->bytes;
    spk_decode_record(spk_registry_default(), record, &packet);
    if (change_address(r, &packet, r->src, error) != SPK_OK || change_address(r, &packet, r->dst, error) != SPK_OK) {
        return error->code;
    }
    spk_packet_fix(&packet, r->bytes, SPK_FIX_CHECKSUMS);
    return SPK_OK;
}
/* [end] */

/* [copy] */
static enum spk_status copy(struct rewriter *r, struct spk_reader *reader, struct spk_writer *writer,
                            struct spk_error *error)
{
    struct spk_record record;
    enum spk_status status;

    while ((status = spk_reader_next(reader, &record, error)) == SPK_OK) {
        if (rewrite_record(r, &record, error) != SPK_OK || spk_writer_write(writer, &record, error) != SPK_OK) {
            return error->code;
        }
    }
    return status == SPK_END ? SPK_OK : status;
}

static enum spk_status rewrite(struct rewriter *r, const char *in, const char *out, uint64_t *packets,
                               struct spk_error *error)
{
    struct spk_writer_options options = { 0 };
    struct spk_interface interface;
    struct spk_reader *reader;
    struct spk_writer *writer;
    struct spk_error later;
    enum spk_status status;

    if (spk_reader_open(in, &reader, error) != SPK_OK) {
        return error->code;
    }
    spk_writer_options_from_name(out, &options);
    /* A pcap in nanoseconds stays one: no digit of a time is lost. */
    options.nanoseconds = spk_reader_interface(reader, 0, &interface) && interface.resolution == 9;
    status = spk_writer_open(out, &options, &writer, error);
    if (status == SPK_OK) {
        status = copy(r, reader, writer, error);
        /* The file is written only when closing it succeeded; the first failure is the one to tell. */
        if (spk_writer_close(writer, packets, &later) != SPK_OK && status == SPK_OK) {
            *error = later;
            status = later.code;
        }
    }
    spk_reader_close(reader);
    return status;
}
/* [end] */

int main(int argc, char **argv)
{
    const struct spk_registry *registry = spk_registry_default();
    struct rewriter r = { .src = spk_field_find(registry, "ip.src"), .dst = spk_field_find(registry, "ip.dst") };
    struct spk_error error = { .code = SPK_ERR_MEMORY, .what = "out of memory" };
    enum spk_status status = SPK_OK;
    uint64_t packets = 0;

    if (argc < 4) {
        fprintf(stderr, "usage: rewrite IN OUT FROM=TO...\n");
        return 1;
    }
    for (int i = 3; i < argc && status == SPK_OK; i++) {
        status = read_change(&r, argv[i], &error);
    }
    if (status == SPK_OK) {
        r.bytes = malloc(SPK_RECORD_MAX);
        status = r.bytes == NULL ? SPK_ERR_MEMORY : rewrite(&r, argv[1], argv[2], &packets, &error);
    }
    free(r.bytes);
    if (status != SPK_OK) {
        char text[256];

        spk_error_text(&error, text, sizeof text);
        fprintf(stderr, "rewrite: %s\n", text);
        return 1;
    }
    printf("%llu packets written to %s\n", (unsigned long long)packets, argv[2]);
    return 0;
}
