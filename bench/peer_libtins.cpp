/*
 * libtins as its documentation uses it.
 *
 *   peer_libtins l4 FILE       FileSniffer, find_pdu, the fields that bench.h names
 *   peer_libtins craft COUNT   Ethernet/IPv4/UDP with lengths and checksums, serialised
 */
#include "bench.h"

#include <cstdlib>
#include <exception>
#include <tins/tins.h>

namespace
{

/* libtins keeps addresses in network order. */
uint32_t number(const Tins::IPv4Address &address)
{
    return Tins::Endian::be_to_host(static_cast<uint32_t>(address));
}

uint64_t number(const Tins::IPv6Address &address)
{
    uint64_t half[2];

    std::memcpy(half, &*address.begin(), sizeof half);
    return Tins::Endian::be_to_host(half[0]) + Tins::Endian::be_to_host(half[1]);
}

void count(const Tins::PDU &pdu, bench_sums &s)
{
    s.packets++;
    if (const Tins::IP *ip = pdu.find_pdu<Tins::IP>()) {
        s.ip4++;
        if (ip->header_size() == 20) {
            s.addresses += static_cast<uint64_t>(number(ip->src_addr())) + number(ip->dst_addr());
        }
    } else if (const Tins::IPv6 *ip6 = pdu.find_pdu<Tins::IPv6>()) {
        s.ip6++;
        s.addresses += number(ip6->src_addr()) + number(ip6->dst_addr());
    } else {
        return;
    }
    if (const Tins::TCP *tcp = pdu.find_pdu<Tins::TCP>()) {
        s.tcp++;
        s.ports += tcp->sport() + 3u * tcp->dport();
        s.flags += tcp->flags() & 0xffu;
    } else if (const Tins::UDP *udp = pdu.find_pdu<Tins::UDP>()) {
        s.udp++;
        s.ports += udp->sport() + 3u * udp->dport();
    }
}

int run_file(const char *path)
{
    bench_sums s = {};
    bench_clock c = bench_start();

    {
        Tins::FileSniffer sniffer(path);

        sniffer.sniff_loop([&s](const Tins::PDU &pdu) {
            count(pdu, s);
            return true;
        });
    }
    c = bench_stop(c);
    bench_print(c, &s);
    return 0;
}

int run_craft(uint32_t packets)
{
    craft_values v = {};
    uint64_t sum = 0;
    const Tins::HWAddress<6> to("02:00:00:00:00:02"), from("02:00:00:00:00:01");
    const Tins::IPv4Address src(Tins::Endian::host_to_be<uint32_t>(CRAFT_SRC));
    bench_clock c = bench_start();

    for (uint32_t i = 0; i < packets; i++) {
        craft_values_at(&v, i);
        Tins::EthernetII eth(to, from);
        Tins::IP ip(Tins::IPv4Address(Tins::Endian::host_to_be(v.dst)), src);
        ip.id(v.id);
        ip.ttl(CRAFT_TTL);
        eth /= ip / Tins::UDP(CRAFT_DPORT, v.sport) / Tins::RawPDU(v.payload, CRAFT_PAYLOAD);
        const Tins::PDU::serialization_type frame = eth.serialize();
        if (frame.size() != CRAFT_FRAME) {
            return 2;
        }
        sum += craft_sum(frame.data());
    }
    c = bench_stop(c);
    craft_print(c, packets, sum);
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    try {
        if (argc == 3 && std::strcmp(argv[1], "l4") == 0) {
            return run_file(argv[2]);
        }
        if (argc == 3 && std::strcmp(argv[1], "craft") == 0) {
            return run_craft(static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 10)));
        }
    } catch (const std::exception &error) {
        std::fprintf(stderr, "peer_libtins: %s\n", error.what());
        return 2;
    }
    std::fprintf(stderr, "usage: peer_libtins l4 FILE\n       peer_libtins craft COUNT\n");
    return 1;
}
