/*
 * TCP option 78, by which Riverbed's SteelHeads tell each other of the outer connection (transparency mode), behind kind and
 * length.
 *
 *      +--------------------------+--------------------------+
 *      | 0 |fw_rst_probe .. fw_rst| 0 | chksum .. mode       |
 *      +--------------------------+--------------------------+
 *      |                        src_ip                       |
 *      +-----------------------------------------------------+
 *      |                        dst_ip                       |
 *      +--------------------------+--------------------------+
 *      |         src_port         |         dst_port         |
 *      +--------------------------+--------------------------+
 */
#include "proto/tcp_options.h"

#define FLAG(name_, attr_, doc_) { .name = (name_), .attr = (attr_), .kind = SPK_BOOL, .bits = 1, .doc = (doc_) }

enum { FLAGS, HIGH, PROBE, INNER, FIREWALL, LOW, CHKSUM, OOB, MODE };

static const struct spk_row rows[] = {
    [FLAGS] = {
        .name = "tcp.options.rvbd.trpy.flags", .attr = "trpy_flags", .kind = SPK_UINT, .bits = 16, .base = SPK_HEX,
        .view = SPK_SPAN(HIGH),
        .doc = "All flags as one number.",
    },
    [HIGH] = { .attr = "trpy_high", .kind = SPK_PAD, .bits = 5 },
    [PROBE] = FLAG("tcp.options.rvbd.trpy.flags.fw_rst_probe", "fw_rst_probe",
                   "The next firewall shall forget what the probe left."),
    [INNER] = FLAG("tcp.options.rvbd.trpy.flags.fw_rst_inner", "fw_rst_inner",
                   "All firewalls shall forget what the inner connection left."),
    [FIREWALL] = FLAG("tcp.options.rvbd.trpy.flags.fw_rst", "fw_rst",
                      "All firewalls shall forget what the probe left."),
    [LOW] = { .attr = "trpy_low", .kind = SPK_PAD, .bits = 5 },
    [CHKSUM] = FLAG("tcp.options.rvbd.trpy.flags.chksum", "chksum", "A bit without a meaning."),
    [OOB] = FLAG("tcp.options.rvbd.trpy.flags.oob", "oob", "It belongs to an out-of-band connection."),
    [MODE] = FLAG("tcp.options.rvbd.trpy.flags.mode", "mode", "Transparency mode: ports, or ports and addresses."),
    {
        .name = "tcp.options.rvbd.trpy.src.ip", .attr = "src_ip", .kind = SPK_IP4, .bits = 32,
        .doc = "Address of the source's SteelHead.",
    },
    {
        .name = "tcp.options.rvbd.trpy.dst.ip", .attr = "dst_ip", .kind = SPK_IP4, .bits = 32,
        .doc = "Address of the destination's SteelHead.",
    },
    {
        .name = "tcp.options.rvbd.trpy.src.port", .attr = "src_port", .kind = SPK_UINT, .bits = 16,
        .doc = "Port of the inner connection at the source's SteelHead.",
    },
    {
        .name = "tcp.options.rvbd.trpy.dst.port", .attr = "dst_port", .kind = SPK_UINT, .bits = 16,
        .doc = "Port of the inner connection at the destination's SteelHead.",
    },
};

const struct spk_group spk_riverbed_option = { .name = "TCPOptionRiverbed", SPK_ROWS(rows) };
