/*
 * Live capture and sending on a veth pair in a network namespace of this process's own, where nobody else sends. Needs root;
 * skipped with the reason where there is none.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "capture_support.h"

#define SENDER "spk0"
#define RECEIVER "spk1"
#define ETHERTYPE 0x88b5 /* IEEE 802: local experiments */
#define ONLY_OURS "ether proto 0x88b5"

static const char *why_not; /* there is no network here; NULL: there is */

static int set_up(void **unused)
{
    (void)unused;
    if (geteuid() != 0) {
        why_not = "not root";
    } else if (unshare(CLONE_NEWNET) != 0) {
        why_not = "no network namespaces here";
    } else if (system("ip link add " SENDER " type veth peer name " RECEIVER " && ip link set lo up"
                      " && ip link set " SENDER " up && ip link set " RECEIVER " up")
               != 0) {
        why_not = "no veth pair (command ip)";
    }
    if (why_not != NULL) {
        print_message("[  SKIPPED  ] capture_live: %s\n", why_not);
    }
    return 0;
}

static struct spk_live *open_live(struct spk_live_options options)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_live *live;
    struct spk_error error;
    if (why_not != NULL) {
        skip();
    }
    if (spk_live_open(&options, message, &live, &error) != SPK_OK) {
        char text[512];
        spk_error_text(&error, text, sizeof text);
        fail_msg("%s", text);
    }
    return live;
}

/* The number-th packet sent: its number stands behind the header, its size varies. */
static size_t make_packet(uint32_t number, uint8_t *packet)
{
    size_t size = 60 + number * 37 % 1400;
    memset(packet, (int)(number & 0xff), size);
    memset(packet, 0xff, 6);
    memcpy(packet + 6, "\0\0^\0S\2", 6);
    packet[12] = ETHERTYPE >> 8;
    packet[13] = ETHERTYPE & 0xff;
    memcpy(packet + 14, &number, sizeof number);
    return size;
}

static void send_packets(struct spk_live *to, uint32_t first, uint32_t count)
{
    uint8_t packet[1514];
    struct spk_error error;
    for (uint32_t i = first; i < first + count; i++) {
        size_t size = make_packet(i, packet);
        assert_int_equal(spk_live_send(to, packet, size, &error), SPK_OK);
    }
}

static void check_record(const struct spk_record *record, uint32_t number)
{
    uint8_t packet[1514];
    size_t size = make_packet(number, packet);
    assert_int_equal(record->caplen, size);
    assert_int_equal(record->len, size);
    assert_memory_equal(record->data, packet, size);
    assert_int_equal(record->link, SPK_LINK_ETHERNET);
    assert_true(record->has_time);
    assert_true(llabs(record->time_ns / SECOND - (int64_t)time(NULL)) < 60);
}

static struct spk_live_counts counts_of(struct spk_live *live)
{
    struct spk_live_counts counts;
    struct spk_error error;
    assert_int_equal(spk_live_counts(live, &counts, &error), SPK_OK);
    return counts;
}

static void what_is_sent_is_received_whole_and_counted(void **unused)
{
    const uint32_t count = 500;
    (void)unused;
    /* gathered and one by one */
    for (uint32_t hold = 0; hold <= 20; hold += 20) {
        struct spk_live *from = open_live((struct spk_live_options){ .device = SENDER });
        struct spk_live *to = open_live((struct spk_live_options){
            .device = RECEIVER, .promiscuous = true, .wait_ms = 2000, .hold_ms = hold, .filter = ONLY_OURS });
        struct spk_record record;
        struct spk_error error;
        for (uint32_t i = 0; i < count; i++) {
            send_packets(from, i, 1);
            if (i % 50 == 49) {
                for (uint32_t k = i - 49; k <= i; k++) {
                    assert_int_equal(spk_live_next(to, &record, &error), SPK_OK);
                    assert_int_equal(record.number, k + 1);
                    check_record(&record, k);
                }
            }
        }
        struct spk_live_counts counts = counts_of(to);
        assert_int_equal(counts.delivered, count);
        assert_int_equal(counts.received, count);
        assert_int_equal(counts.dropped, 0);
        spk_live_close(from);
        spk_live_close(to);
    }
}

/* More is sent than the buffer holds: what is lost is counted, and nothing else is. */
static void every_packet_is_delivered_or_counted_as_dropped(void **unused)
{
    const uint32_t count = 4000;
    (void)unused;
    struct spk_live *from = open_live((struct spk_live_options){ .device = SENDER });
    struct spk_live *to = open_live((struct spk_live_options){
        .device = RECEIVER, .wait_ms = 300, .hold_ms = 20, .buffer = 256 * 1024, .filter = ONLY_OURS });
    struct spk_record record;
    struct spk_error error;
    enum spk_status status;
    uint32_t last = 0;
    uint64_t delivered = 0;
    send_packets(from, 1, count);
    while ((status = spk_live_next(to, &record, &error)) == SPK_OK) {
        uint32_t number;
        memcpy(&number, record.data + 14, sizeof number);
        assert_true(number > last);
        check_record(&record, number);
        last = number;
        delivered++;
    }
    assert_int_equal(status, SPK_IDLE);
    struct spk_live_counts counts = counts_of(to);
    assert_int_equal(counts.delivered, delivered);
    assert_int_equal(counts.received, count);
    assert_int_equal(counts.dropped, count - delivered);
    assert_true(counts.dropped > 0);
    assert_true(delivered > 0);
    /* and it goes on */
    send_packets(from, count + 1, 1);
    assert_int_equal(spk_live_next(to, &record, &error), SPK_OK);
    check_record(&record, count + 1);
    counts = counts_of(to);
    assert_int_equal(counts.received, count + 1);
    assert_int_equal(counts.delivered, delivered + 1);
    spk_live_close(from);
    spk_live_close(to);
}

static void filters_and_snap_lengths_hold(void **unused)
{
    (void)unused;
    struct spk_live *from = open_live((struct spk_live_options){ .device = SENDER });
    struct spk_live *to =
        open_live((struct spk_live_options){ .device = RECEIVER, .snaplen = 32, .wait_ms = 2000, .filter = ONLY_OURS });
    struct spk_record record;
    struct spk_error error;
    struct spk_live_info info;
    uint8_t packet[1514];
    spk_live_info(to, &info);
    assert_int_equal(info.link, SPK_LINK_ETHERNET);
    assert_int_equal(info.snaplen, 32);

    size_t size = make_packet(7, packet);
    assert_int_equal(spk_live_send(from, packet, size, &error), SPK_OK);
    assert_int_equal(spk_live_next(to, &record, &error), SPK_OK);
    assert_int_equal(record.caplen, 32);
    assert_int_equal(record.len, size);
    assert_memory_equal(record.data, packet, 32);

    /* another filter: what came before it and does not pass is not given, and a bad one leaves it */
    assert_int_equal(spk_live_filter(to, "ether[14] == 9", &error), SPK_OK);
    assert_int_equal(spk_live_filter(to, "no such thing", &error), SPK_ERR_USAGE);
    assert_non_null(error.hint);
    send_packets(from, 8, 3);
    assert_int_equal(spk_live_next(to, &record, &error), SPK_OK);
    assert_int_equal(record.data[14], 9);
    spk_live_set_wait(to, -1);
    assert_int_equal(spk_live_next(to, &record, &error), SPK_IDLE);
    spk_live_close(from);
    spk_live_close(to);
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *stop_soon(void *live)
{
    usleep(100000);
    spk_live_stop(live);
    return NULL;
}

static struct spk_live *to_stop;

static void on_alarm(int number)
{
    (void)number;
    spk_live_stop(to_stop);
}

static void on_nothing(int number)
{
    (void)number;
}

static void set_alarm(void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler };
    struct itimerval timer = { .it_value.tv_usec = 100000 };
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void a_wait_ends_when_it_is_told_to(void **unused)
{
    pthread_t thread;
    struct spk_record record;
    struct spk_error error;
    (void)unused;
    struct spk_live *live = open_live((struct spk_live_options){ .device = RECEIVER, .filter = ONLY_OURS });
    int64_t begun = milliseconds();
    pthread_create(&thread, NULL, stop_soon, live);
    assert_int_equal(spk_live_next(live, &record, &error), SPK_END);
    pthread_join(thread, NULL);
    assert_true(milliseconds() - begun < 2000);
    assert_int_equal(spk_live_next(live, &record, &error), SPK_END);
    spk_live_close(live);

    /* from a signal handler; and a signal that stops nothing ends one wait only */
    live = open_live((struct spk_live_options){ .device = RECEIVER, .filter = ONLY_OURS });
    to_stop = live;
    set_alarm(on_nothing);
    assert_int_equal(spk_live_next(live, &record, &error), SPK_IDLE);
    set_alarm(on_alarm);
    assert_int_equal(spk_live_next(live, &record, &error), SPK_END);
    signal(SIGALRM, SIG_DFL);
    spk_live_close(live);

    live = open_live((struct spk_live_options){ .device = RECEIVER, .wait_ms = 200, .filter = ONLY_OURS });
    begun = milliseconds();
    assert_int_equal(spk_live_next(live, &record, &error), SPK_IDLE);
    assert_in_range(milliseconds() - begun, 190, 2000);
    spk_live_close(live);
}

static void a_device_that_goes_away_is_told(void **unused)
{
    struct spk_record record;
    struct spk_error error;
    (void)unused;
    if (why_not != NULL) {
        skip();
    }
    assert_int_equal(system("ip link add spk2 type veth peer name spk3 && ip link set spk2 up && ip link set spk3 up"),
                     0);
    struct spk_live *live =
        open_live((struct spk_live_options){ .device = "spk3", .wait_ms = 3000, .filter = ONLY_OURS });
    assert_int_equal(system("ip link del spk2"), 0);
    assert_int_equal(spk_live_next(live, &record, &error), SPK_ERR_IO);
    assert_non_null(error.hint);
    assert_int_equal(spk_live_next(live, &record, &error), SPK_ERR_IO);
    spk_live_close(live);
}

static void what_cannot_be_opened_says_why(void **unused)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_live *live;
    struct spk_error error;
    (void)unused;
    if (why_not != NULL) {
        skip();
    }
    struct spk_live_options options = { .device = "spk9" };
    assert_int_equal(spk_live_open(&options, message, &live, &error), SPK_ERR_IO);
    assert_null(live);
    assert_string_equal(error.what, "no such network device");
    assert_ptr_equal(error.hint, message);
    options = (struct spk_live_options){ .device = SENDER, .filter = "((" };
    assert_int_equal(spk_live_open(&options, message, &live, &error), SPK_ERR_USAGE);
    assert_null(live);
    assert_ptr_equal(error.hint, message);
    assert_true(strlen(message) > 0);

    live = open_live((struct spk_live_options){ .device = SENDER });
    static uint8_t large[70000];
    assert_int_equal(spk_live_send(live, large, sizeof large, &error), SPK_ERR_IO);
    assert_true(strlen(error.hint) > 0);
    assert_int_equal(spk_live_send(live, large, SPK_RECORD_MAX + 1u, &error), SPK_ERR_LIMIT);
    spk_live_close(live);
    spk_live_close(NULL);
}

static void the_devices_are_listed(void **unused)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_device *devices;
    struct spk_error error;
    size_t count;
    bool loopback = false;
    bool ours = false;
    (void)unused;
    if (why_not != NULL) {
        skip();
    }
    assert_int_equal(system("ip address add 192.0.2.5/24 dev " SENDER), 0);
    assert_int_equal(spk_device_list(message, &devices, &count, &error), SPK_OK);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(devices[i].name, "lo") == 0) {
            loopback = (devices[i].flags & SPK_DEVICE_LOOPBACK) != 0;
            assert_int_equal(devices[i].ip4, 0x7f000001);
            assert_int_equal(devices[i].netmask, 0xff000000);
        }
        if (strcmp(devices[i].name, SENDER) == 0) {
            ours = (devices[i].flags & (SPK_DEVICE_LOOPBACK | SPK_DEVICE_UP)) == SPK_DEVICE_UP;
            assert_true(devices[i].has_ip4);
            assert_int_equal(devices[i].ip4, 0xc0000205);
        }
    }
    assert_true(loopback && ours);
    spk_device_list_free(devices);
    spk_device_list_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_is_received_whole_and_counted),
        cmocka_unit_test(every_packet_is_delivered_or_counted_as_dropped),
        cmocka_unit_test(filters_and_snap_lengths_hold),
        cmocka_unit_test(a_wait_ends_when_it_is_told_to),
        cmocka_unit_test(a_device_that_goes_away_is_told),
        cmocka_unit_test(what_cannot_be_opened_says_why),
        cmocka_unit_test(the_devices_are_listed),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
