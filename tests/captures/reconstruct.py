#!/usr/bin/env python3
"""Writes dns.pcap and http.pcap: the two captures that the steelscript.packets tutorial works on.

The originals are not public. What the tutorial prints of them is kept to the letter: the six times, ports and record
counts of dns.pcap and the riverbed.com records of its second packet; the two hosts of http.pcap, its eleven TCP packets
and the client's wrong checksums. Everything else is made up, with documentation addresses (RFC 5737) and names
(RFC 2606). Standard library only; the same bytes on every run.

    reconstruct.py [DIRECTORY]
"""
import os
import struct
import sys

CLIENT_MAC = "08:00:27:f4:6b:ac"
GATEWAY_MAC = "08:00:27:54:f5:ae"


def ones_sum(data):
    """The Internet checksum's sum (RFC 1071), not yet complemented."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def address(text):
    return bytes(int(part) for part in text.split("."))


def ethernet(src, dst, payload):
    macs = bytes.fromhex((dst + src).replace(":", ""))
    return macs + struct.pack("!H", 0x0800) + payload


def ipv4(src, dst, protocol, ident, ttl, payload):
    def header(checksum):
        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, 0x4000, ttl, protocol, checksum,
                           address(src), address(dst))
    return header(0xffff - ones_sum(header(0))) + payload


def pseudo_header(src, dst, protocol, length):
    return address(src) + address(dst) + struct.pack("!BBH", 0, protocol, length)


def udp(src, dst, sport, dport, payload):
    length = 8 + len(payload)
    head = struct.pack("!HHHH", sport, dport, length, 0)
    checksum = 0xffff - ones_sum(pseudo_header(src, dst, 17, length) + head + payload)
    return struct.pack("!HHHH", sport, dport, length, checksum or 0xffff) + payload


def tcp(src, dst, sport, dport, seq, ack, flags, window, options, payload, offloaded):
    """With offloaded the checksum is what Linux leaves for the network card to finish: the pseudo header's sum."""
    length = 20 + len(options) + len(payload)
    pseudo = pseudo_header(src, dst, 6, length)

    def header(checksum):
        return struct.pack("!HHIIBBHHH", sport, dport, seq, ack, (20 + len(options)) // 4 << 4, flags, window, checksum,
                           0) + options
    checksum = ones_sum(pseudo) if offloaded else 0xffff - ones_sum(pseudo + header(0) + payload)
    return header(checksum) + payload


class Message:
    """A DNS message under construction, with the name compression of RFC 1035, section 4.1.4."""

    def __init__(self, ident, flags, counts):
        self.data = struct.pack("!6H", ident, flags, *counts)
        self.offsets = {}

    def name(self, text):
        labels = text.split(".")
        for i in range(len(labels)):
            rest = ".".join(labels[i:])
            if rest in self.offsets:
                self.data += struct.pack("!H", 0xc000 | self.offsets[rest])
                return
            self.offsets[rest] = len(self.data)
            self.data += bytes([len(labels[i])]) + labels[i].encode()
        self.data += b"\0"

    def question(self, name, kind):
        self.name(name)
        self.data += struct.pack("!HH", kind, 1)

    def record(self, name, kind, ttl, value):
        self.name(name)
        self.data += struct.pack("!HHIH", kind, 1, ttl, 0)
        start = len(self.data)
        if kind == A:
            self.data += address(value)
        else:
            self.name(value)
        self.data = self.data[:start - 2] + struct.pack("!H", len(self.data) - start) + self.data[start:]


A, NS, CNAME = 1, 2, 5
QUERY, RESPONSE = 0x0100, 0x8180  # recursion desired; response, recursion desired and available

# time, client's port, name, answers, authority. The name of the first exchange, its answer and its first authority
# record, and all times, ports and counts are the tutorial's.
EXCHANGES = (
    ((1493834478, 390878), (1493834478, 513280), 49883, "riverbed.com",
     (("riverbed.com", A, 300, "208.70.196.59"),),
     tuple(("riverbed.com", NS, 432000, host + ".riverbed.com") for host in ("ns2", "ns1", "ns4", "ns3"))),
    ((1493834485, 406963), (1493834485, 490302), 57556, "example.com",
     tuple(("example.com", A, 60, f"198.51.100.{host}") for host in (67, 3, 131, 195)),
     tuple(("example.com", NS, 172800, f"ns-{host}.example.net") for host in (47, 576, 1086, 1630))),
    ((1493834493, 955906), (1493834493, 978792), 52047, "www.example.org",
     (("www.example.org", CNAME, 299, "web.example.org"),) +
     tuple(("web.example.org", A, 29, f"203.0.113.{host}") for host in (67, 3, 131, 195)),
     ()),
)


def dns_packets():
    client, server = "192.0.2.15", "192.0.2.53"
    for number, (asked, answered, port, name, answers, authority) in enumerate(EXCHANGES):
        ident = 0x3e4e + number
        query = Message(ident, QUERY, (1, 0, 0, 0))
        query.question(name, A)
        response = Message(ident, RESPONSE, (1, len(answers), len(authority), 0))
        response.question(name, A)
        for record in answers + authority:
            response.record(*record)
        yield asked, ethernet(CLIENT_MAC, GATEWAY_MAC, ipv4(
            client, server, 17, 0x1d20 + number, 64, udp(client, server, port, 53, query.data)))
        yield answered, ethernet(GATEWAY_MAC, CLIENT_MAC, ipv4(
            server, client, 17, 0x7a01 + number, 61, udp(server, client, 53, port, response.data)))


FIN, SYN, PSH, ACK = 1, 2, 8, 16
BODY = b"<html><body><h1>It works!</h1></body></html>\n"
REQUEST = (b"GET / HTTP/1.1\r\nUser-Agent: curl/7.29.0\r\nHost: 10.38.130.25\r\nAccept: */*\r\n\r\n")
ANSWER = (b"HTTP/1.1 200 OK\r\nDate: Wed, 03 May 2017 17:42:11 GMT\r\nServer: Apache/2.4.6\r\n"
          b"Content-Length: %d\r\nConnection: close\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n" % len(BODY)) + BODY


def http_packets():
    client, server = "10.38.64.13", "10.38.130.25"
    # who sends, microseconds since the packet before, flags, payload
    steps = (
        (client, 0, SYN, b""), (server, 612, SYN | ACK, b""), (client, 31, ACK, b""),
        (client, 78, PSH | ACK, REQUEST), (server, 590, ACK, b""), (server, 1204, PSH | ACK, ANSWER),
        (client, 22, ACK, b""), (client, 180, FIN | ACK, b""), (server, 551, ACK, b""),
        (server, 96, FIN | ACK, b""), (client, 19, ACK, b""),
    )
    ports = {client: 43718, server: 80}
    seq = {client: 0x5d1c2a90, server: 0xa3107fe4}
    clock = {client: 81230045, server: 3304187}
    ident = {client: 0x9c41, server: 0x0f22}
    time = 1493833331204817
    for sender, delay, flags, payload in steps:
        other = server if sender == client else client
        time += delay
        echo = 0 if flags == SYN else clock[other] - 1
        stamps = struct.pack("!BBII", 8, 10, clock[sender], echo)
        if flags & SYN:
            options = struct.pack("!BBHBB", 2, 4, 1460, 4, 2) + stamps + struct.pack("!BBBB", 1, 3, 3, 7)
        else:
            options = b"\1\1" + stamps
        window = 29200 if flags & SYN else 229
        segment = tcp(sender, other, ports[sender], ports[other], seq[sender], 0 if flags == SYN else seq[other], flags,
                      window, options, payload, offloaded=sender == client)
        macs = (CLIENT_MAC, GATEWAY_MAC) if sender == client else (GATEWAY_MAC, CLIENT_MAC)
        yield divmod(time, 1000000), ethernet(*macs, ipv4(
            sender, other, 6, ident[sender], 64 if sender == client else 62, segment))
        seq[sender] = (seq[sender] + len(payload) + (1 if flags & (SYN | FIN) else 0)) & 0xffffffff
        ident[sender] += 1
        clock[sender] += 1


def write(path, packets):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for (seconds, micros), data in packets:
            file.write(struct.pack("<IIII", seconds, micros, len(data), len(data)) + data)


def main():
    directory = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    write(os.path.join(directory, "dns.pcap"), dns_packets())
    write(os.path.join(directory, "http.pcap"), http_packets())


if __name__ == "__main__":
    main()
