/*
 * Options of the TCP header: RFC 9293 section 3.1 and those that came later. (For now only the commonest.)
 */
#include "proto/tcp_options.h"

enum { KIND, LEN, BODY };

static const struct spk_row mss_rows[] = {
    {
        .name = "tcp.options.mss_val", .attr = "mss_val", .kind = SPK_UINT, .bits = 16,
        .doc = "Largest segment the sender takes, in bytes of payload.",
    },
};
static const struct spk_group mss = { .name = "TCPOptionMSS", SPK_ROWS(mss_rows) };

static const struct spk_case bodies[] = {
    { .key = 2, .in = &mss },
    { .in = NULL },
};

static const struct spk_row rows[] = {
    [KIND] = {
        .name = "tcp.option_kind", .attr = "kind", .kind = SPK_UINT, .bits = 8,
        .doc = "Kind of the option, by IANA's numbers.",
    },
    [LEN] = {
        .name = "tcp.option_len", .attr = "len", .kind = SPK_UINT, .bits = 8, .when = { { SPK_GE, KIND, 0, 2 } },
        .doc = "Bytes of the option, its kind and length included.",
    },
    [BODY] = {
        .kind = SPK_CHOICE, .key = KIND, .cases = bodies, .size = SPK_REF(LEN, 1, -2),
        .when = { { SPK_GE, KIND, 0, 2 } },
    },
};

const struct spk_group spk_tcp_option = { .name = "TCPOption", SPK_ROWS(rows) };
