/* readme: the program of README.md. Compiled and run by the check, so that what the README shows works. */
/* [all] */
#include <stdio.h>
#include <steelpkt.h>

int main(int argc, char **argv)
{
    const struct spk_registry *registry = spk_registry_default();
    const struct spk_field *source = spk_field_find(registry, "ip.src");
    struct spk_reader *reader = NULL;
    struct spk_error error;
    struct spk_record record;
    struct spk_packet packet;
    char text[256];

    enum spk_status status = spk_reader_open(argc > 1 ? argv[1] : "-", &reader, &error);
    while (status == SPK_OK && (status = spk_reader_next(reader, &record, &error)) == SPK_OK) {
        spk_decode_record(registry, &record, &packet);
        if (spk_packet_text(&packet, source, text, sizeof text)) {
            printf("packet %d comes from %s\n", (int)record.number, text);
        }
    }
    spk_reader_close(reader);
    if (status != SPK_END) {
        spk_error_text(&error, text, sizeof text);
        fprintf(stderr, "%s\n", text);
    }
    return status == SPK_END ? 0 : 1;
}
/* [end] */
