/*
 * station: messages of the sensor protocol, which a plug-in brings, as a capture.
 *
 *     station PLUGIN.so OUT
 */
#include <stdio.h>

#include <steelpkt.h>

/* [station] */
/* What has no fixed place is set in the order of the rows: the readings before the name. */
static const char *const messages[] = {
    ("sensor(station=7, has_height=1, height=2962, alarm=1,"
     " readings=[(channel=temperature, value=-121), (channel=wind, value=184)], name=\"Zugspitze\")"),
    "sensor(station=8, readings=[(channel=temperature, value=93), (channel=humidity, value=870)], name=\"Kiel\")",
    "sensor(station=9)",
};

static enum spk_status write_messages(const struct spk_registry *registry, struct spk_writer *writer,
                                      struct spk_error *error)
{
    struct spk_build *build;
    enum spk_status status = spk_build_new(registry, &build);

    for (size_t i = 0; i < SPK_COUNT_OF(messages) && status == SPK_OK; i++) {
        struct spk_record record = { .link = SPK_LINK_ETHERNET, .has_time = true, .time_ns = (int64_t)i * 1000000000 };

        spk_build_reset(build);
        spk_build_line(build, "eth / ip(src=192.0.2.7, dst=192.0.2.1, proto=17) / udp(srcport=4243, dstport=4243)",
                       error);
        spk_build_line(build, messages[i], error);
        status = spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &record.data, &record.caplen, error);
        record.len = record.caplen;
        status = status == SPK_OK ? spk_writer_write(writer, &record, error) : status;
    }
    spk_build_free(build);
    return status;
}
/* [end] */

/* [main] */
/* Loads the plug-in, writes the capture; plugins is the caller's to free, error speaks of its strings. */
static enum spk_status run(struct spk_plugins *plugins, char **args, struct spk_error *error)
{
    struct spk_writer_options options = { 0 };
    struct spk_writer *writer;
    struct spk_error later;
    enum spk_status status = spk_plugins_load(plugins, args[1], error);

    if (status == SPK_OK) {
        spk_writer_options_from_name(args[2], &options);
        status = spk_writer_open(args[2], &options, &writer, error);
    }
    if (status == SPK_OK) {
        status = write_messages(spk_plugins_registry(plugins), writer, error);
        if (spk_writer_close(writer, NULL, &later) != SPK_OK && status == SPK_OK) {
            *error = later;
            status = later.code;
        }
    }
    return status;
}

int main(int argc, char **argv)
{
    struct spk_plugins *plugins = NULL;
    struct spk_error error = { 0 };
    enum spk_status status;

    if (argc != 3) {
        fprintf(stderr, "usage: station PLUGIN.so OUT\n");
        return 1;
    }
    status = spk_plugins_new(spk_registry_default(), &plugins);
    if (status == SPK_OK) {
        status = run(plugins, argv, &error);
    }
    if (status != SPK_OK) {
        char text[512];

        spk_error_text(&error, text, sizeof text);
        fprintf(stderr, "station: %s\n", text);
    }
    spk_plugins_free(plugins);
    return status == SPK_OK ? 0 : 1;
}
/* [end] */
