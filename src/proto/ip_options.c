/*
 * Options of the IPv4 header: RFC 791 section 3.1 and those that came later. (For now only their shape.)
 */
#include "proto/ip_options.h"

enum { TYPE, LEN, BODY };

static const struct spk_row rows[] = {
    [TYPE] = {
        .name = "ip.opt.type", .attr = "type", .kind = SPK_UINT, .bits = 8,
        .doc = "Type of the option: copy bit, class and number in one byte.",
    },
    [LEN] = {
        .name = "ip.opt.len", .attr = "len", .kind = SPK_UINT, .bits = 8, .when = { { SPK_GE, TYPE, 0, 2 } },
        .doc = "Bytes of the option, its type and length included.",
    },
    [BODY] = {
        .name = "ip.opt.data", .attr = "data", .kind = SPK_BYTES, .size = SPK_REF(LEN, 1, -2), .flags = SPK_OWN_NAME,
        .when = { { SPK_GE, TYPE, 0, 2 } },
        .doc = "What the option says.",
    },
};

const struct spk_group spk_ip_option = { .name = "IPOption", SPK_ROWS(rows) };
