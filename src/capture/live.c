/*
 * live: packets from and to a network interface, through libpcap.
 *
 * libpcap never waits here: its handle does not block, and the waiting is a poll of ours on its descriptor and on a pipe
 * that spk_live_stop writes to. So a stop wakes it whatever libpcap's version, thread or signal handler it comes from.
 */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE /* libpcap's headers use the BSD names of integer types */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "capture/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <steelpkt/capture.h>

#define MILLION 1000000
/* libpcap counts in 32 bits; its counters are looked at this often, long before they can come round. */
#define FOLD_EVERY (1u << 24)
/*
 * Packets are always gathered, if only for the shortest time there is: handed over one by one ("immediate mode") each takes
 * a slot as long as the longest packet may be, and the usual buffer holds eight.
 */
#define SHORTEST_HOLD_MS 1

/*
 * What an interface loses before anybody can see it. libpcap opens these files each time it is asked for its counters; kept
 * open, they can be read by a process that may open nothing any more.
 */
static const char *const loss_names[] = { "rx_missed_errors", "rx_fifo_errors" };
enum { LOSSES = SPK_COUNT_OF(loss_names) };

struct spk_live {
    pcap_t *pcap;
    int fd;      /* libpcap's own, to be polled */
    int wake[2]; /* a pipe: what stands in it says stop */
    atomic_bool stopped;
    int32_t wait_ms;
    uint16_t link;
    bool nanoseconds;
    bool failed;
    struct spk_live_counts counts;
    struct pcap_stat last; /* as libpcap said it last */
    int losses[LOSSES];    /* the interface's own counters, kept open; -1: it has none */
    uint64_t lost_before;  /* what they said at the beginning */
    char message[SPK_BPF_MESSAGE];
};

/* ---- opening ---- */

/* said: libpcap's own words, which go to message; an error without them has a number. */
static enum spk_status fail_open(struct spk_live *live, struct spk_error why, const char *said, char *message,
                                 struct spk_error *error)
{
    snprintf(message, SPK_BPF_MESSAGE, "%s", said);
    spk_live_close(live);
    why.hint = message[0] != '\0' ? message : NULL;
    return spk_fail(error, why);
}

/*
 * The link type as files write it: libpcap's own numbers differ on some systems, and only the header it writes tells.
 * False, with a number in *why or libpcap's words in said: it is not to be had.
 */
static bool find_link(struct spk_live *live, struct spk_error *why, char *said)
{
    uint8_t header[64] = { 0 };
    FILE *file = fmemopen(header, sizeof header, "wb");
    if (file == NULL) {
        why->sys_errno = errno;
        return false;
    }
    pcap_dumper_t *dumper = pcap_dump_fopen(live->pcap, file);
    if (dumper == NULL) { /* errno may be of long ago: only libpcap knows why */
        snprintf(said, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(live->pcap));
        (void)fclose(file);
        return false;
    }
    pcap_dump_close(dumper);
    live->link = (uint16_t)load32(header + 20, false);
    return true;
}

static void configure(struct spk_live *live, const struct spk_live_options *options)
{
    pcap_t *pcap = live->pcap;
    pcap_set_snaplen(pcap, options->snaplen > 0 && options->snaplen <= SPK_RECORD_MAX ? (int)options->snaplen
                                                                                      : (int)SPK_RECORD_MAX);
    pcap_set_promisc(pcap, options->promiscuous);
    uint32_t hold_ms = options->hold_ms > 0 ? options->hold_ms : SHORTEST_HOLD_MS;
    pcap_set_timeout(pcap, hold_ms < INT_MAX ? (int)hold_ms : INT_MAX);
    if (options->buffer > 0) {
        pcap_set_buffer_size(pcap, options->buffer < INT_MAX ? (int)options->buffer : INT_MAX);
    }
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO); /* where it cannot, microseconds stay */
}

static bool make_pipe(struct spk_live *live)
{
    if (pipe(live->wake) != 0) {
        live->wake[0] = live->wake[1] = -1;
        return false;
    }
    for (int i = 0; i < 2; i++) {
        fcntl(live->wake[i], F_SETFD, FD_CLOEXEC);
        fcntl(live->wake[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

/* Their sum. False: they are not there. */
static bool read_losses(const struct spk_live *live, uint64_t *sum)
{
    *sum = 0;
    for (int i = 0; i < LOSSES; i++) {
        char text[32] = "";
        ssize_t n;
        do {
            n = live->losses[i] < 0 ? 0 : pread(live->losses[i], text, sizeof text - 1, 0);
        } while (n < 0 && errno == EINTR);
        if (n <= 0) {
            return false;
        }
        *sum += strtoull(text, NULL, 10);
    }
    return true;
}

static void close_losses(struct spk_live *live)
{
    for (int i = 0; i < LOSSES; i++) {
        if (live->losses[i] >= 0) {
            close(live->losses[i]);
        }
        live->losses[i] = -1;
    }
}

static void open_losses(struct spk_live *live, const char *device)
{
    for (int i = 0; i < LOSSES; i++) {
        char path[256];
        int len = snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s", device, loss_names[i]);
        live->losses[i] = len > 0 && (size_t)len < sizeof path ? spk_file_open(path, O_RDONLY) : -1;
    }
    if (!read_losses(live, &live->lost_before)) { /* without a beginning their sum says nothing */
        close_losses(live);
    }
}

static const char *activation_text(int code)
{
    switch (code) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return "no such network device";
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return "no permission to capture on this device";
    case PCAP_ERROR_IFACE_NOT_UP:
        return "the network device is not up";
    default:
        return "cannot open the network device";
    }
}

enum spk_status spk_live_open(const struct spk_live_options *options, char *message, struct spk_live **out,
                              struct spk_error *error)
{
    char said[PCAP_ERRBUF_SIZE] = "";
    struct spk_error refused = { .code = SPK_ERR_IO, .who = options->device, .what = "cannot open the network device" };
    *out = NULL;
    message[0] = '\0';
    struct spk_live *live = spk_alloc_zeroed(1, sizeof *live);
    if (live == NULL) {
        return spk_no_memory(error);
    }
    live->wait_ms = options->wait_ms;
    live->wake[0] = live->wake[1] = -1;
    for (int i = 0; i < LOSSES; i++) {
        live->losses[i] = -1;
    }
    live->pcap = pcap_create(options->device, said);
    if (live->pcap == NULL) {
        return fail_open(live, refused, said, message, error);
    }
    configure(live, options);
    int code = pcap_activate(live->pcap);
    if (code < 0) {
        refused.what = activation_text(code);
        return fail_open(live, refused, pcap_geterr(live->pcap), message, error);
    }
    open_losses(live, options->device);
    live->nanoseconds = pcap_get_tstamp_precision(live->pcap) == PCAP_TSTAMP_PRECISION_NANO;
    struct spk_error failed;
    if (options->filter != NULL && spk_live_filter(live, options->filter, &failed) != SPK_OK) {
        refused = (struct spk_error){ .code = failed.code, .who = options->filter, .what = failed.what };
        return fail_open(live, refused, live->message, message, error);
    }
    live->fd = pcap_get_selectable_fd(live->pcap);
    if (live->fd < 0) {
        refused.code = SPK_ERR_UNSUPPORTED;
        refused.what = "this device cannot be waited for";
        return fail_open(live, refused, "", message, error);
    }
    if (pcap_setnonblock(live->pcap, 1, said) != 0) {
        return fail_open(live, refused, said, message, error);
    }
    if (!find_link(live, &refused, said)) {
        return fail_open(live, refused, said, message, error);
    }
    if (!make_pipe(live)) {
        refused.sys_errno = errno;
        return fail_open(live, refused, "", message, error);
    }
    *out = live;
    return SPK_OK;
}

void spk_live_close(struct spk_live *live)
{
    if (live == NULL) {
        return;
    }
    if (live->pcap != NULL) {
        pcap_close(live->pcap);
    }
    for (int i = 0; i < 2; i++) {
        if (live->wake[i] >= 0) {
            close(live->wake[i]);
        }
    }
    close_losses(live);
    spk_free(live);
}

void spk_live_info(const struct spk_live *live, struct spk_live_info *info)
{
    *info = (struct spk_live_info){ .link = live->link,
                                    .snaplen = (uint32_t)pcap_snapshot(live->pcap),
                                    .nanoseconds = live->nanoseconds };
}

/* ---- filter, send, counts ---- */

static enum spk_status fail_live(struct spk_live *live, enum spk_status code, const char *what, struct spk_error *error)
{
    snprintf(live->message, sizeof live->message, "%s", pcap_geterr(live->pcap));
    return spk_fail(
        error,
        (struct spk_error){ .code = code, .what = what, .hint = live->message, .packet = live->counts.delivered + 1 });
}

enum spk_status spk_live_filter(struct spk_live *live, const char *expression, struct spk_error *error)
{
    struct bpf_program program;
    if (pcap_compile(live->pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        enum spk_status status = fail_live(live, SPK_ERR_USAGE, "bad filter expression", error);
        if (error != NULL) {
            error->packet = 0;
        }
        return status;
    }
    int code = pcap_setfilter(live->pcap, &program);
    pcap_freecode(&program);
    return code == 0 ? SPK_OK : fail_live(live, SPK_ERR_IO, "the filter cannot be set", error);
}

enum spk_status spk_live_send(struct spk_live *live, const void *data, size_t size, struct spk_error *error)
{
    if (size > SPK_RECORD_MAX) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_LIMIT,
                                                   .what = "longer than a packet may be",
                                                   .need = size,
                                                   .have = SPK_RECORD_MAX });
    }
    int sent = pcap_inject(live->pcap, data, size);
    if (sent >= 0 && (size_t)sent == size) {
        return SPK_OK;
    }
    enum spk_status status = fail_live(live, SPK_ERR_IO, "the packet was not sent", error);
    if (error != NULL) {
        error->packet = 0;
    }
    return status;
}

/* Takes libpcap's counters, which are 32 bits wide and come round, into ours. */
static bool fold(struct spk_live *live)
{
    struct pcap_stat now;
    if (pcap_stats(live->pcap, &now) != 0) {
        return false;
    }
    live->counts.received += now.ps_recv - live->last.ps_recv;
    live->counts.dropped += now.ps_drop - live->last.ps_drop;
    uint64_t lost = 0;
    if (read_losses(live, &lost)) {
        live->counts.dropped_by_interface = lost - live->lost_before;
    } else {
        live->counts.dropped_by_interface += now.ps_ifdrop - live->last.ps_ifdrop;
    }
    live->last = now;
    return true;
}

enum spk_status spk_live_counts(struct spk_live *live, struct spk_live_counts *counts, struct spk_error *error)
{
    bool known = fold(live);
    *counts = live->counts;
    return known ? SPK_OK : fail_live(live, SPK_ERR_IO, "the counters cannot be read", error);
}

/* ---- receiving ---- */

void spk_live_stop(struct spk_live *live)
{
    int kept = errno;
    atomic_store(&live->stopped, true);
    ssize_t ignored = write(live->wake[1], "", 1); /* full: it says stop already */
    (void)ignored;
    errno = kept;
}

void spk_live_set_wait(struct spk_live *live, int32_t wait_ms)
{
    live->wait_ms = wait_ms;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / MILLION;
}

/* Waits up to until (milliseconds of now_ms; below 0: for ever). SPK_OK: there may be a packet. */
static enum spk_status wait_for_packet(struct spk_live *live, int64_t until)
{
    struct pollfd fds[2] = { { .fd = live->fd, .events = POLLIN }, { .fd = live->wake[0], .events = POLLIN } };
    int64_t left = until < 0 ? -1 : until - now_ms();
    int ready = poll(fds, 2, until < 0 ? -1 : left > 0 ? (int)left : 0);
    if (atomic_load(&live->stopped)) {
        return SPK_END;
    }
    return ready > 0 ? SPK_OK : SPK_IDLE; /* no room in the kernel for a poll is a wait too */
}

static void fill(struct spk_live *live, const struct pcap_pkthdr *header, const u_char *data, struct spk_record *record)
{
    int64_t fraction = (int64_t)header->ts.tv_usec * (live->nanoseconds ? 1 : 1000);
    *record = (struct spk_record){
        .data = data,
        .caplen = header->caplen,
        .len = header->len,
        .time_ns = (int64_t)header->ts.tv_sec * 1000 * MILLION + fraction,
        .number = ++live->counts.delivered,
        .link = live->link,
        .has_time = true,
    };
    if (live->counts.delivered % FOLD_EVERY == 0) {
        fold(live);
    }
}

enum spk_status spk_live_next(struct spk_live *live, struct spk_record *record, struct spk_error *error)
{
    int64_t until = live->wait_ms > 0 ? now_ms() + live->wait_ms : -1;
    for (;;) {
        struct pcap_pkthdr *header;
        const u_char *data;
        if (atomic_load(&live->stopped)) {
            return SPK_END;
        }
        int code = live->failed ? PCAP_ERROR : pcap_next_ex(live->pcap, &header, &data);
        if (code == 1) {
            fill(live, header, data, record);
            return SPK_OK;
        }
        if (code != 0) {
            live->failed = true;
            return fail_live(live, SPK_ERR_IO, "the capture broke off", error);
        }
        enum spk_status status = live->wait_ms < 0 ? SPK_IDLE : wait_for_packet(live, until);
        if (status != SPK_OK) {
            return status;
        }
    }
}
