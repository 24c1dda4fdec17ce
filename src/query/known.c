/*
 * known: names that people type and that are no field here, with the reason. A name that a row has never gets here.
 */
#include "query/plan.h"

#include <string.h>

#define STREAMS "this field needs the state of whole conversations, which is not kept"
#define PIECES "this field needs reassembled packets, and each packet is read by itself"
#define LISTING "this is a column of a packet list, not a field of the packet"

struct refusal {
    const char *name; /* with a final '*': every name that begins so */
    const char *why;
};

static const struct refusal refusals[] = {
    { "tcp.stream", STREAMS },
    { "tcp.stream.pnum", STREAMS },
    { "tcp.analysis", STREAMS },
    { "tcp.analysis.*", STREAMS },
    { "tcp.time_delta", STREAMS },
    { "tcp.time_relative", STREAMS },
    { "tcp.completeness", STREAMS },
    { "tcp.completeness.*", STREAMS },
    { "tcp.connection.*", STREAMS },
    { "tcp.nxtseq", STREAMS },
    { "tcp.window_size_scalefactor", STREAMS },
    { "udp.stream", STREAMS },
    { "udp.stream.pnum", STREAMS },
    { "udp.time_delta", STREAMS },
    { "udp.time_relative", STREAMS },
    { "dns.time", STREAMS },
    { "dns.response_in", STREAMS },
    { "dns.response_to", STREAMS },
    { "dns.retransmission", STREAMS },
    { "dns.retransmit_*", STREAMS },
    { "dns.unsolicited", STREAMS },
    { "icmp.resp_in", STREAMS },
    { "icmp.resp_to", STREAMS },
    { "icmp.resptime", STREAMS },
    { "icmp.no_resp", STREAMS },
    { "icmpv6.resp_in", STREAMS },
    { "icmpv6.resp_to", STREAMS },
    { "icmpv6.resptime", STREAMS },
    { "icmpv6.no_resp", STREAMS },
    { "arp.duplicate-address-*", STREAMS },
    { "arp.packet-storm-detected", STREAMS },
    { "http.time", STREAMS },
    { "http.request_in", STREAMS },
    { "http.response_in", STREAMS },
    { "http.next_*", STREAMS },
    { "http.prev_*", STREAMS },
    { "sctp.assoc_index", STREAMS },
    { "ip.fragment", PIECES },
    { "ip.fragment.*", PIECES },
    { "ip.fragments", PIECES },
    { "ip.reassembled*", PIECES },
    { "ipv6.fragment", PIECES },
    { "ipv6.fragment.*", PIECES },
    { "ipv6.fragments", PIECES },
    { "ipv6.reassembled*", PIECES },
    { "tcp.segment", PIECES },
    { "tcp.segment.*", PIECES },
    { "tcp.segments", PIECES },
    { "tcp.reassembled*", PIECES },
    { "tcp.pdu.*", PIECES },
    { "_ws.col.*", LISTING },
    { "col.*", LISTING },
};

const char *spk_known_refusal(const char *name)
{
    for (size_t i = 0; i < SPK_COUNT_OF(refusals); i++) {
        size_t n = strlen(refusals[i].name);
        bool prefix = refusals[i].name[n - 1] == '*';
        if (prefix ? strncmp(name, refusals[i].name, n - 1) == 0 : strcmp(name, refusals[i].name) == 0) {
            return refusals[i].why;
        }
    }
    return NULL;
}
