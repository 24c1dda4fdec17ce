/*
 * libpcap's reader with the same hand-written decoder on top.
 *
 *   peer_libpcap walk|l4 FILE
 */
#include "hand.h"

#include <pcap/pcap.h>

int main(int argc, char **argv)
{
    char why[PCAP_ERRBUF_SIZE];
    struct bench_sums s = { 0 };
    struct bench_clock c;
    struct pcap_pkthdr *header;
    const u_char *data;
    pcap_t *pcap;
    int decode, got;

    if (argc != 3 || (strcmp(argv[1], "walk") != 0 && strcmp(argv[1], "l4") != 0)) {
        fprintf(stderr, "usage: peer_libpcap walk|l4 FILE\n");
        return 1;
    }
    decode = strcmp(argv[1], "l4") == 0;
    c = bench_start();
    pcap = pcap_open_offline(argv[2], why);
    if (pcap == NULL) {
        fprintf(stderr, "peer_libpcap: %s\n", why);
        return 2;
    }
    while ((got = pcap_next_ex(pcap, &header, &data)) == 1) {
        s.packets++;
        s.bytes += header->caplen;
        if (decode) {
            hand_decode(data, header->caplen, &s);
        }
    }
    if (got != PCAP_ERROR_BREAK) {
        fprintf(stderr, "peer_libpcap: %s\n", pcap_geterr(pcap));
    }
    pcap_close(pcap);
    c = bench_stop(c);
    bench_print(c, &s);
    return got == PCAP_ERROR_BREAK ? 0 : 2;
}
