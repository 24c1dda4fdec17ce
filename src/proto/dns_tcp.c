/*
 * DNS over TCP: RFC 1035, section 4.2.2, and RFC 7766, section 8: each message has its length before it, and a segment
 * may hold several. Segments are read one by one, as they come.
 *
 *      +-------------------------------+
 *      |            length             |
 *      +-------------------------------+
 *      |  message (dns.c), length octets ...
 */
#include <steelpkt/proto.h>

enum { LENGTH, LENGTH_SHOWN };
enum { SHOWN_FROM = 4 }; /* octets of a message, id and flags, from which on Wireshark takes it for one */

static const struct spk_row rows[] = {
    [LENGTH] = {
        .name = "dns.stream.length", .attr = "length", .kind = SPK_UINT, .bits = 16, .flags = SPK_OWN_NAME,
        .doc = "Octets of the message that follows, whether it does or not.",
    },
    [LENGTH_SHOWN] = {
        .name = "dns.length", .attr = "length_shown", .kind = SPK_UINT, .bits = 16, .view = SPK_SPAN(LENGTH),
        .when = { { .test = SPK_ROOM, .value = SHOWN_FROM } }, .doc = "Octets of the message that follows.",
    },
};

const struct spk_proto spk_proto_dns_tcp = {
    .name = "dns_tcp", .pyclass = "DNSStream", .title = "Domain Name System over TCP", .spec = "RFC 7766",
    .hdr = { .name = "DNSStream", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS,
    .len = SPK_REF(LENGTH, 1, 2),
    .flags = SPK_QUIET | SPK_REPEATS,
    .next = SPK_NEXTS({ .space = "dns.message", .pick = SPK_PICK_KEY }),
    .sits = SPK_SITS({ "tcp.port", 53 }),
};
