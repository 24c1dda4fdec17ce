/*
 * Opening a device of a libpcap that stands in for the real one, and whose calls leave the errno of a call long ago behind:
 * what is told is what libpcap says, and what was interrupted then is not done again.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_support.h"

#include <dlfcn.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <unistd.h>

enum { PATIENCE = 10 };

static bool refuses; /* to write a file's header */

pcap_t *pcap_create(const char *device, char *said)
{
    (void)device;
    (void)said;
    return pcap_open_dead(DLT_EN10MB, 65535);
}

int pcap_activate(pcap_t *pcap)
{
    (void)pcap;
    errno = EINTR;
    return 0;
}

int pcap_get_selectable_fd(pcap_t *pcap)
{
    (void)pcap;
    return STDIN_FILENO;
}

int pcap_setnonblock(pcap_t *pcap, int on, char *said)
{
    (void)pcap;
    (void)on;
    (void)said;
    return 0;
}

pcap_dumper_t *pcap_dump_fopen(pcap_t *pcap, FILE *file)
{
    pcap_dumper_t *(*real)(pcap_t *, FILE *) = NULL;
    void *found = dlsym(RTLD_NEXT, "pcap_dump_fopen");
    memcpy(&real, &found, sizeof found);
    errno = EINTR;
    return refuses ? NULL : real(pcap, file);
}

char *pcap_geterr(pcap_t *pcap)
{
    static char said[] = "no such link type in files";
    (void)pcap;
    return said;
}

static void a_name_too_long_for_a_path_has_no_counters(void **unused)
{
    char device[300];
    char message[SPK_BPF_MESSAGE];
    struct spk_live *live = NULL;
    struct spk_live_info info;
    struct spk_error error;
    (void)unused;
    memset(device, 'x', sizeof device);
    device[sizeof device - 1] = '\0';
    refuses = false;
    alarm(PATIENCE); /* or it would be tried again for ever */
    assert_int_equal(spk_live_open(&(struct spk_live_options){ .device = device }, message, &live, &error), SPK_OK);
    alarm(0);
    spk_live_info(live, &info);
    assert_int_equal(info.link, SPK_LINK_ETHERNET);
    spk_live_close(live);
}

static void a_link_type_that_files_have_not_is_refused_in_libpcaps_words(void **unused)
{
    char message[SPK_BPF_MESSAGE];
    struct spk_live *live = NULL;
    struct spk_error error;
    (void)unused;
    refuses = true;
    assert_int_equal(spk_live_open(&(struct spk_live_options){ .device = "x" }, message, &live, &error), SPK_ERR_IO);
    assert_null(live);
    assert_int_equal(error.sys_errno, 0);
    assert_ptr_equal(error.hint, message);
    assert_string_equal(message, "no such link type in files");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_too_long_for_a_path_has_no_counters),
        cmocka_unit_test(a_link_type_that_files_have_not_is_refused_in_libpcaps_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
