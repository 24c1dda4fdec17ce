/*
 * read_fields: decodes every packet of a capture, reads some fields by name, and shows one packet row by row.
 *
 *     read_fields FILE [NUMBER]
 */
#include <stdio.h>
#include <stdlib.h>

#include <steelpkt.h>

/* [summary] */
static void print_summary(const struct spk_record *record, const struct spk_packet *packet)
{
    const struct spk_registry *registry = packet->registry;
    char src[64], dst[64];
    uint64_t port;

    printf("%3llu %4u bytes", (unsigned long long)record->number, (unsigned)record->len);
    if (spk_packet_text(packet, spk_field_find(registry, "ip.src"), src, sizeof src)
        && spk_packet_text(packet, spk_field_find(registry, "ip.dst"), dst, sizeof dst)) {
        printf("  %s > %s", src, dst);
    }
    if (spk_packet_uint(packet, spk_field_find(registry, "tcp.dstport"), &port)
        || spk_packet_uint(packet, spk_field_find(registry, "udp.dstport"), &port)) {
        printf(" port %u", (unsigned)port);
    }
    printf("  %s\n", spk_layer_proto(packet, packet->count - 1u)->title);
}
/* [end] */

/* [all] */
/* A field may stand in a packet more than once: ip.addr is the source, then the destination. */
static void print_all(const struct spk_packet *packet, const struct spk_field *field)
{
    struct spk_occurrences occurrences;
    struct spk_scratch scratch;
    struct spk_value value;
    char text[256];

    spk_occurrences_begin(&occurrences, packet, field);
    while (spk_occurrences_next(&occurrences, &scratch, &value)) {
        spk_value_text(field->row, &value, text, sizeof text);
        printf("%s: %s\n", field->name, text);
    }
}
/* [end] */

/* [walk] */
/* Every row of every layer, in the order of the bytes; groups are indented below the row that holds them. */
static void print_rows(const struct spk_packet *packet)
{
    struct spk_walk walk;
    enum spk_walk_event event;

    spk_walk_begin(&walk, packet);
    while ((event = spk_walk_next(&walk)) != SPK_EVENT_END) {
        int indent = 4 + 2 * (int)walk.depth;
        struct spk_scratch scratch;
        struct spk_value value;
        char text[256];

        if (event == SPK_EVENT_LAYER) {
            printf("  %s\n", spk_layer_proto(packet, walk.layer)->title);
        } else if (event == SPK_EVENT_VALUE && walk.row->name != NULL && walk.row->view.op == SPK_NOT_A_VIEW
                   && spk_walk_value(&walk, &scratch, &value)) {
            spk_value_text(walk.row, &value, text, sizeof text);
            printf("%*s%s: %s\n", indent, "", walk.row->name, text);
        } else if (event == SPK_EVENT_RAW) {
            printf("%*s%u bytes\n", indent, "", (unsigned)walk.len);
        }
    }
}
/* [end] */

/* [damage] */
/* A bad packet is not an error: it has the layers that could be placed, and says why there are no more. */
static void print_stop(const struct spk_packet *packet)
{
    struct spk_stop stop;

    if (!spk_packet_check(packet, &stop)) {
        printf("  stopped in %s at byte %u: needed %u, had %u\n",
               spk_registry_proto(packet->registry, stop.proto)->name, (unsigned)stop.at, (unsigned)stop.need,
               (unsigned)stop.have);
    }
}
/* [end] */

/* [loop] */
static enum spk_status read_capture(const char *path, unsigned long chosen, struct spk_error *error)
{
    const struct spk_registry *registry = spk_registry_default();
    struct spk_reader *reader = NULL;
    struct spk_record record;
    struct spk_packet packet;
    enum spk_status status = spk_reader_open(path, &reader, error);

    while (status == SPK_OK && (status = spk_reader_next(reader, &record, error)) == SPK_OK) {
        spk_decode_record(registry, &record, &packet);
        print_summary(&record, &packet);
        print_stop(&packet);
        if (record.number == chosen) {
            print_all(&packet, spk_field_find(registry, "ip.addr"));
            print_rows(&packet);
        }
    }
    spk_reader_close(reader);
    return status == SPK_END ? SPK_OK : status;
}
/* [end] */

int main(int argc, char **argv)
{
    struct spk_error error;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: read_fields FILE [NUMBER]\n");
        return 1;
    }
    if (read_capture(argv[1], argc == 3 ? strtoul(argv[2], NULL, 10) : 0, &error) != SPK_OK) {
        char text[256];

        spk_error_text(&error, text, sizeof text);
        fprintf(stderr, "read_fields: %s\n", text);
        return 1;
    }
    return 0;
}
