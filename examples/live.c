/*
 * live: captures packets of a network interface into a file until so many have come or Ctrl-C is pressed, and says what
 * became of each. Needs root (CAP_NET_RAW).
 *
 *     live INTERFACE FILE COUNT [FILTER]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <steelpkt.h>

static struct spk_live *live; /* for the signal handler */

static void on_interrupt(int number)
{
    (void)number;
    spk_live_stop(live);
}

/* [capture] */
static enum spk_status capture(struct spk_writer *writer, unsigned long count, struct spk_error *error)
{
    struct spk_record record;
    enum spk_status status = SPK_OK;

    for (unsigned long i = 0; i < count && status == SPK_OK; i++) {
        do {
            status = spk_live_next(live, &record, error);
        } while (status == SPK_IDLE);
        if (status == SPK_OK) {
            status = spk_writer_write(writer, &record, error);
        }
    }
    return status == SPK_END ? SPK_OK : status;
}

static enum spk_status capture_to_file(const char *path, unsigned long count, struct spk_error *error)
{
    struct spk_writer_options options = { .nanoseconds = true, .has_link = true };
    struct spk_live_info info;
    struct spk_writer *writer;
    struct spk_error later;
    enum spk_status status;

    spk_live_info(live, &info);
    options.link = info.link;
    spk_writer_options_from_name(path, &options);
    if (spk_writer_open(path, &options, &writer, error) != SPK_OK) {
        return error->code;
    }
    status = capture(writer, count, error);
    if (spk_writer_close(writer, NULL, &later) != SPK_OK && status == SPK_OK) {
        *error = later;
        status = later.code;
    }
    return status;
}
/* [end] */

int main(int argc, char **argv)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_live_options options = { .promiscuous = true };
    struct spk_live_counts counts;
    struct spk_error error;
    enum spk_status status;

    if (argc < 4) {
        fprintf(stderr, "usage: live INTERFACE FILE COUNT [FILTER]\n");
        return 1;
    }
    options.device = argv[1];
    options.filter = argc > 4 ? argv[4] : NULL;
    status = spk_live_open(&options, message, &live, &error);
    if (status == SPK_OK) {
        signal(SIGINT, on_interrupt);
        fprintf(stderr, "capturing on %s\n", argv[1]);
        status = capture_to_file(argv[2], strtoul(argv[3], NULL, 10), &error);
        signal(SIGINT, SIG_DFL);
    }
    if (status == SPK_OK) {
        status = spk_live_counts(live, &counts, &error);
    }
    if (status != SPK_OK) {
        char text[768];

        spk_error_text(&error, text, sizeof text);
        fprintf(stderr, "live: %s\n", text);
    } else {
        printf("%llu written, %llu received, %llu dropped, %llu dropped by the interface\n",
               (unsigned long long)counts.delivered, (unsigned long long)counts.received,
               (unsigned long long)counts.dropped, (unsigned long long)counts.dropped_by_interface);
    }
    spk_live_close(live);
    return status == SPK_OK ? 0 : 1;
}
