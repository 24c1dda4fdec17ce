/*
 * peer_bpf: libpcap's reader with a BPF filter, which counts the packets that it keeps.
 *
 *   peer_bpf FILE FILTER
 */
#include "columns.h"

#include <pcap/pcap.h>

int main(int argc, char **argv)
{
    char why[PCAP_ERRBUF_SIZE];
    struct column_sums s = { 0 };
    struct pcap_pkthdr *header;
    struct bpf_program program;
    struct bench_clock c;
    const u_char *data;
    pcap_t *pcap;
    int got;

    if (argc != 3) {
        fprintf(stderr, "usage: peer_bpf FILE FILTER\n");
        return 1;
    }
    c = bench_start();
    pcap = pcap_open_offline(argv[1], why);
    if (pcap == NULL) {
        fprintf(stderr, "peer_bpf: %s\n", why);
        return 2;
    }
    if (pcap_compile(pcap, &program, argv[2], 1, PCAP_NETMASK_UNKNOWN) != 0 || pcap_setfilter(pcap, &program) != 0) {
        fprintf(stderr, "peer_bpf: %s\n", pcap_geterr(pcap));
        return 2;
    }
    while ((got = pcap_next_ex(pcap, &header, &data)) == 1) {
        s.rows++;
        s.times += (uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec * 1000u;
        s.numbers += header->caplen * s.rows;
    }
    c = bench_stop(c);
    pcap_freecode(&program);
    pcap_close(pcap);
    column_print(c, 0, 0, &s);
    return got == PCAP_ERROR_BREAK ? 0 : 2;
}
