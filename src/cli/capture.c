/*
 * capture: packets of a network interface into a file. The device is opened with the rights that takes; then these are given
 * up, a fence is put up, and only then the first packet is looked at.
 */
#define _POSIX_C_SOURCE 200809L
#include "fence.h"
#include "file.h"
#include "form.h"
#include "output.h"
#include "privilege.h"
#include "select.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    WAIT_MS = 100,             /* for a packet; then it is time to look at other things */
    LAST_WAIT_MS = 50,         /* for the packets that came before the end */
    FLUSH_MS = 100,            /* what was captured is seen in the file as soon as that ... */
    FLUSH_COMPRESSED_MS = 1000 /* ... or so, since small pieces are hard to compress */
};

static const struct option options[] = {
    { .letter = 'i',
      .name = "interface",
      .argument = "IF",
      .group = "What is captured",
      .help = "The network interface; any: all of them. -D lists them.",
      .id = OPTION_INTERFACE },
    { .letter = 'D',
      .name = "list-interfaces",
      .group = "What is captured",
      .help = "Lists the interfaces that can be captured on, and ends.",
      .id = OPTION_LIST },
    { .letter = 'p',
      .name = "no-promiscuous",
      .group = "What is captured",
      .help = "Takes only what the interface would take anyway.",
      .id = OPTION_NOT_PROMISCUOUS },
    { .letter = 's',
      .name = "snaplen",
      .argument = "N",
      .group = "What is captured",
      .help = "Keeps only the first N bytes of each packet; by default all.",
      .id = OPTION_SNAPLEN },
    { .letter = 'B',
      .name = "buffer-size",
      .argument = "MIB",
      .group = "What is captured",
      .help = "So many MiB of packets may wait in the system to be taken; by default its own choice, mostly 2.",
      .id = OPTION_BUFFER },
    { .letter = 'f',
      .argument = "EXPR",
      .group = "Which packets",
      .help =
          "A filter in libpcap's language (pcap-filter(7)), set in the system: what it holds back is not even counted.",
      .id = OPTION_BPF },
    FILTER_OPTION,
    { .letter = 'c',
      .argument = "N",
      .group = "Which packets",
      .help = "Stops after N packets, those counted too that -Y leaves out.",
      .id = OPTION_COUNT },
    { .name = "duration",
      .argument = "S",
      .group = "Which packets",
      .help = "Stops after S seconds.",
      .id = OPTION_DURATION },
    DECODE_OPTION,
    { .letter = 'w',
      .argument = "OUT",
      .group = "What is written",
      .help = "The file to write; - is standard output. A file of that name is overwritten.",
      .id = OPTION_OUT,
      .takes = TAKES_FILE },
    FORM_OPTIONS("pcapng"),
    { .name = "user",
      .argument = "NAME",
      .group = "Rights",
      .help =
          "Becomes this user, once the interface is open and before the file is made. Without it root stays root, but "
          "without any capability.",
      .id = OPTION_USER },
};

struct capture {
    const char *device, *path, *user;
    struct spk_live_options how;
    struct spk_query_options wanted;
    struct spk_writer_options form;
    uint64_t duration_ms; /* 0: as long as it takes */
    struct spk_live *live;
    struct spk_filter *filter;
    struct spk_query *query;
    struct spk_scan *scan;
    struct spk_writer *writer;
    int fd;
    int64_t end_ms, flushed_ms;
    uint64_t taken, goal; /* packets from the device; ending: those that it had by then */
    bool ending;
    int code;
};

static void say(const char *who, const char *what, const char *more)
{
    spk_cli_error(&(struct spk_error){ .who = who, .what = what, .hint = more });
}

/* ---- the list of interfaces ---- */

static int list_devices(void)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_device *devices = NULL;
    struct output output;
    struct spk_error error;
    size_t count = 0;
    int code = spk_cli_output_begin(&output, NULL);
    if (code != DONE) {
        return code;
    }
    if (spk_device_list(message, &devices, &count, &error) != SPK_OK) {
        spk_cli_error(&error);
        spk_cli_output_end(&output, true);
        return USAGE;
    }
    for (size_t i = 0; i < count; i++) {
        const struct spk_device *one = &devices[i];
        spk_cli_put_safe(&output, one->name, strlen(one->name));
        spk_cli_put_format(&output, "\t%s%s", (one->flags & SPK_DEVICE_UP) != 0 ? "up" : "down",
                           (one->flags & SPK_DEVICE_LOOPBACK) != 0 ? " loopback" : "");
        if (one->has_ip4) {
            spk_cli_put_format(&output, " %u.%u.%u.%u", one->ip4 >> 24, one->ip4 >> 16 & 0xff, one->ip4 >> 8 & 0xff,
                               one->ip4 & 0xff);
        }
        spk_cli_put(&output, one->doc != NULL ? "\t" : "");
        spk_cli_put_safe(&output, one->doc != NULL ? one->doc : "", one->doc != NULL ? strlen(one->doc) : 0);
        spk_cli_put(&output, "\n");
    }
    spk_device_list_free(devices);
    return spk_cli_output_end(&output, false);
}

/* ---- from the device to the file ---- */

/* From now on only those packets are taken that were there by now. */
static void begin_end(struct capture *capture)
{
    struct spk_live_counts counts;
    bool known = spk_live_counts(capture->live, &counts, NULL) == SPK_OK;
    capture->ending = true;
    capture->goal = known ? counts.received - counts.dropped : 0;
    spk_live_set_wait(capture->live, LAST_WAIT_MS);
}

static bool flush_is_due(const struct capture *capture, int64_t now)
{
    int every = capture->form.compression == SPK_COMPRESSION_NONE ? FLUSH_MS : FLUSH_COMPRESSED_MS;
    return now - capture->flushed_ms >= every;
}

/* spk_next_fn over a struct capture. SPK_IDLE also among packets that the filter leaves out, when a flush is due. */
static enum spk_status next_packet(void *context, struct spk_record *record, struct spk_error *error)
{
    struct capture *capture = context;
    int64_t now = spk_cli_now_ms();
    if (!capture->ending && (spk_cli_interrupted() || (capture->end_ms > 0 && now >= capture->end_ms))) {
        begin_end(capture);
    }
    if (capture->ending && capture->taken >= capture->goal) {
        return SPK_END;
    }
    if (flush_is_due(capture, now)) {
        return SPK_IDLE;
    }
    enum spk_status status = spk_live_next(capture->live, record, error);
    if (status == SPK_IDLE && capture->ending) {
        return SPK_END;
    }
    capture->taken += status == SPK_OK;
    return status;
}

/* Leaves the exit code. A reader that went away is no news. */
static void fail(struct capture *capture, const struct spk_error *error, int code)
{
    if (error->sys_errno != EPIPE) {
        spk_cli_error(error);
    }
    capture->code = code;
}

static bool flush_when_due(struct capture *capture, struct spk_error *error)
{
    int64_t now = spk_cli_now_ms();
    if (!flush_is_due(capture, now)) {
        return true;
    }
    capture->flushed_ms = now;
    return spk_writer_flush(capture->writer, error) == SPK_OK;
}

static void run(struct capture *capture)
{
    struct spk_error error;
    const struct spk_cells *cells = NULL;
    for (;;) {
        enum spk_status status = spk_scan_next(capture->scan, &cells, &error);
        if (status == SPK_END) {
            capture->code = spk_cli_interrupted() ? INTERRUPTED : DONE;
            return;
        }
        if (status != SPK_OK && status != SPK_IDLE) {
            fail(capture, &error, DAMAGED);
            return;
        }
        if (status == SPK_OK ? spk_writer_write(capture->writer, cells->record, &error) != SPK_OK
                             : !flush_when_due(capture, &error)) {
            fail(capture, &error, UNWRITTEN);
            return;
        }
    }
}

/* What became of every packet: the parts add up to the whole. */
static void tell_counts(const struct capture *capture, uint64_t written)
{
    struct spk_live_counts counts;
    char text[256];
    const struct spk_scan_counts *scan = spk_scan_counts(capture->scan);
    if (spk_live_counts(capture->live, &counts, NULL) != SPK_OK) { /* a device that is gone says nothing any more */
        say(capture->device, "the device cannot say what it dropped", NULL);
    }
    uint64_t received =
        counts.received > capture->taken + counts.dropped ? counts.received : capture->taken + counts.dropped;
    snprintf(text, sizeof text,
             "%" PRIu64 " packets received: %" PRIu64 " written, %" PRIu64 " filtered out, %" PRIu64
             " dropped, %" PRIu64 " not taken, %" PRIu64 " not written; dropped by the interface before: %" PRIu64,
             received, written, scan->read - scan->rows, counts.dropped, received - capture->taken - counts.dropped,
             scan->rows - written, counts.dropped_by_interface);
    say(capture->device, text, NULL);
}

static void end(struct capture *capture)
{
    uint64_t written = 0;
    struct spk_error error;
    enum spk_status status = spk_writer_close(capture->writer, &written, &error);
    if (status != SPK_OK && capture->code != UNWRITTEN) {
        fail(capture, &error, UNWRITTEN);
    }
    if (close(capture->fd) != 0 && errno != EINTR && capture->code != UNWRITTEN) {
        fail(capture,
             &(struct spk_error){
                 .code = SPK_ERR_IO, .who = capture->path, .what = "cannot be written to its end", .sys_errno = errno },
             UNWRITTEN);
        written = 0;
    }
    tell_counts(capture, written);
}

/* ---- getting there ---- */

static bool read_numbers(const struct given *given, struct capture *capture)
{
    uint64_t snaplen = 0;
    uint64_t buffer = 0;
    uint64_t seconds = 0;
    if (!spk_cli_number(given, OPTION_SNAPLEN, &snaplen) || !spk_cli_number(given, OPTION_BUFFER, &buffer)
        || !spk_cli_number(given, OPTION_DURATION, &seconds)
        || !spk_cli_number(given, OPTION_COUNT, &capture->wanted.read_max)) {
        return false;
    }
    const uint64_t most = INT32_MAX;
    capture->how.snaplen = (uint32_t)(snaplen < most ? snaplen : most);
    capture->how.buffer = (uint32_t)(buffer < most >> 20 ? buffer << 20 : most);
    capture->duration_ms = (seconds < most ? seconds : most) * 1000;
    return true;
}

static int read_options(const struct given *given, struct capture *capture)
{
    if (given->operand_count > 0) {
        return spk_cli_usage(given->operands[0], "all is said by options here: -i IF -w OUT", NULL);
    }
    capture->device = spk_cli_last(given, OPTION_INTERFACE);
    capture->path = spk_cli_last(given, OPTION_OUT);
    capture->user = spk_cli_last(given, OPTION_USER);
    if (capture->device == NULL) {
        return spk_cli_usage(NULL, "an interface is needed: -i IF; -D lists them", NULL);
    }
    if (capture->path == NULL) {
        return spk_cli_usage(NULL, "an output is needed: -w OUT; with -w - another command can read it", NULL);
    }
    capture->how.device = capture->device;
    capture->how.filter = spk_cli_last(given, OPTION_BPF);
    capture->how.promiscuous = !spk_cli_has(given, OPTION_NOT_PROMISCUOUS);
    capture->how.wait_ms = WAIT_MS;
    if (!read_numbers(given, capture)) {
        return USAGE;
    }
    int code = spk_cli_form(given, capture->path, &capture->form);
    capture->form.format = capture->form.format != 0 ? capture->form.format : SPK_FORMAT_PCAPNG;
    return code;
}

static int make_query(const struct given *given, struct capture *capture)
{
    static const char *const nothing_decoded[] = { "_number" };
    int code = spk_cli_display_filter(given, &capture->filter);
    if (code != DONE) {
        return code;
    }
    capture->wanted.registry = given->registry;
    capture->wanted.filter = capture->filter;
    if (spk_query_new(nothing_decoded, 1, &capture->wanted, &capture->query, NULL) != SPK_OK
        || spk_scan_new(capture->query, &capture->scan, NULL) != SPK_OK) {
        return spk_cli_no_memory();
    }
    spk_scan_source(capture->scan, capture->device, next_packet, capture);
    return DONE;
}

static int open_device(struct capture *capture)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_error error;
    struct spk_live_info info;
    if (spk_live_open(&capture->how, message, &capture->live, &error) != SPK_OK) {
        spk_cli_error(&error);
        return error.code == SPK_ERR_MEMORY ? DAMAGED : USAGE;
    }
    spk_live_info(capture->live, &info);
    capture->form.has_link = true;
    capture->form.link = info.link;
    capture->form.nanoseconds = capture->form.nanoseconds || info.nanoseconds;
    capture->form.said_snaplen = info.snaplen;
    return DONE;
}

/* What was there is overwritten only when nothing can be refused any more. */
static int open_file(struct capture *capture)
{
    struct spk_error error;
    const int how = O_WRONLY | O_CREAT;
    bool piped = strcmp(capture->path, "-") == 0;
    capture->fd = piped ? STDOUT_FILENO : spk_cli_open(capture->path, how | O_EXCL, 0666);
    bool is_new = !piped && capture->fd >= 0;
    if (capture->fd < 0 && errno == EEXIST) {
        capture->fd = spk_cli_open(capture->path, how, 0666);
    }
    if (capture->fd < 0) {
        spk_cli_error(&(struct spk_error){
            .code = SPK_ERR_IO, .who = capture->path, .what = "cannot be written", .sys_errno = errno });
        return UNWRITTEN;
    }
    const char *name = piped ? "standard output" : capture->path;
    if (spk_writer_open_fd(capture->fd, name, &capture->form, &capture->writer, &error) != SPK_OK) {
        spk_cli_error(&error);
        if (is_new) {
            (void)unlink(capture->path);
        }
        return USAGE;
    }
    if (!piped && ftruncate(capture->fd, 0) != 0 && errno != EINVAL) { /* EINVAL: a pipe or a device */
        spk_cli_error(&(struct spk_error){
            .code = SPK_ERR_IO, .who = capture->path, .what = "cannot be written", .sys_errno = errno });
        return UNWRITTEN;
    }
    return DONE;
}

/* From here on the process can do nothing but what it is there for. */
static void give_up_rights(const struct capture *capture)
{
    if (!spk_cli_drop_capabilities()) {
        say(capture->device, "the capabilities could not be given up", NULL);
    }
    const char *lacking = spk_cli_fence(capture->fd);
    if (lacking != NULL) {
        say(capture->device, lacking, NULL);
    }
}

static int prepare(const struct given *given, struct capture *capture)
{
    int code = read_options(given, capture);
    code = code == DONE ? make_query(given, capture) : code;
    code = code == DONE ? open_device(capture) : code;
    code = code == DONE && capture->user != NULL ? spk_cli_become(capture->user) : code;
    return code == DONE ? open_file(capture) : code;
}

static int run_capture(const struct given *given)
{
    struct capture capture = { .fd = -1 };
    if (spk_cli_has(given, OPTION_LIST)) {
        return list_devices();
    }
    int code = prepare(given, &capture);
    if (code == DONE) {
        spk_cli_catch_signals();
        give_up_rights(&capture);
        capture.flushed_ms = spk_cli_now_ms();
        capture.end_ms = capture.duration_ms > 0 ? capture.flushed_ms + (int64_t)capture.duration_ms : 0;
        say(capture.device, "capturing", NULL);
        run(&capture);
        end(&capture);
        code = capture.code;
    } else {
        (void)spk_writer_close(capture.writer, NULL, NULL);
    }
    spk_live_close(capture.live);
    spk_scan_free(capture.scan);
    spk_query_free(capture.query);
    spk_filter_free(capture.filter);
    return code;
}

static const struct example examples[] = {
    { "steelpkt capture -i eth0 -w trace.pcapng", "All packets of an interface, until Ctrl-C is pressed." },
    { "steelpkt capture -i eth0 --user nobody -f 'udp port 53' -w /tmp/dns.pcap",
      "Only DNS, as a user who may do little." },
    { "steelpkt capture -i any -w - | steelpkt query -e frame.time,ip.src -", "Packets as they come." },
    { NULL, NULL },
};

const struct command spk_cli_capture = {
    .name = "capture",
    .operands = "-i IF -w OUT",
    .operand_takes = TAKES_TEXT,
    .summary = "Packets of a network interface into a capture.",
    .about =
        "Captures packets until they are enough or it is interrupted (Ctrl-C), and then says what became of every one: "
        "received is the sum of written, filtered out (by -Y), dropped (there was no room for them in the system), not "
        "taken (they still waited at the end) and not written (the output failed). It needs the right to open the "
        "interface; before a packet is looked at, all rights are given up, and the process can open, connect to and "
        "run "
        "nothing any more, as far as the kernel has fences (seccomp, Landlock): where it has not, that is said.",
    .options = options,
    .option_count = SPK_COUNT_OF(options),
    .examples = examples,
    .run = run_capture,
};
