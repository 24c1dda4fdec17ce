"""flow.hash: what docs and header promise of it, worked out here by another implementation from other columns."""

import pathlib
import socket
import struct

import steelpkt

CAPTURES = pathlib.Path(__file__).parents[1] / "captures"
MASK = (1 << 64) - 1


def turn(word, bits):
    return (word << bits | word >> (64 - bits)) & MASK


def mix(v, rounds):
    for _ in range(rounds):
        v[0], v[2] = (v[0] + v[1]) & MASK, (v[2] + v[3]) & MASK
        v[1], v[3] = turn(v[1], 13) ^ v[0], turn(v[3], 16) ^ v[2]
        v[0] = turn(v[0], 32)
        v[2], v[0] = (v[2] + v[1]) & MASK, (v[0] + v[3]) & MASK
        v[1], v[3] = turn(v[1], 17) ^ v[2], turn(v[3], 21) ^ v[0]
        v[2] = turn(v[2], 32)


def siphash(data, k0=0, k1=0):
    """SipHash-2-4, after the paper."""
    v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573]
    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    for (word,) in struct.iter_unpack("<Q", padded):
        v[3] ^= word
        mix(v, 2)
        v[0] ^= word
    v[2] ^= 0xff
    mix(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def expected(source, destination, ports, number):
    ends = sorted(address(text) + struct.pack(">H", port or 0) for text, port in zip((source, destination), ports))
    return struct.unpack("<q", struct.pack("<Q", siphash(b"".join(ends) + bytes([number]))))[0]


def test_the_hash_here_is_that_of_the_paper():
    assert siphash(bytes(range(15)), 0x0706050403020100, 0x0f0e0d0c0b0a0908) == 0xa129ca6149be45e5


def test_it_is_the_documented_one_in_every_capture():
    """Of packets with one IP header, no extension headers and no fragments, whose hash can be told from plain columns."""
    plain = "!(ip.flags.mf == 1) && !(ip.frag_offset > 0) && !ip.opt.type"
    fields = ["flow.hash", "ip.src", "ip.dst", "ip.proto", "ipv6.src", "ipv6.dst", "ipv6.nxt", "tcp.srcport", "tcp.dstport",
              "udp.srcport", "udp.dstport"]
    seen = 0
    for path in CAPTURES.glob("*.pcap*"):
        for row in steelpkt.query(path, fields, filter=plain, occurrence="all").rows():
            if len(row[1]) + len(row[4]) != 1:
                continue
            row = [(values or [None])[0] for values in row]
            found, four, six, ports = row[0], row[1:4], row[4:7], row[7:]
            source, destination, number = six if four[0] is None else four
            if number in (0, 43, 44, 51, 60):
                continue
            assert found == expected(source, destination, ports[2:] if ports[0] is None else ports[:2], number)
            seen += 1
    assert seen > 300


def test_a_packet_without_addresses_has_none():
    rows = list(steelpkt.query(CAPTURES / "neighbours.pcapng", "flow.hash", filter="arp").rows())
    assert rows and {row[0] for row in rows} == {None}


def test_it_is_this_projects_own_name():
    assert steelpkt.query(CAPTURES / "dns.pcap", "flow.hash").types == ["int64"]
    # a filter compares it as a number
    rows = list(steelpkt.query(CAPTURES / "http.pcap", "frame.number", filter="flow.hash == 5334476745345653845"))
    assert len(rows) == 11
