#!/usr/bin/env python3
"""Makes a large capture for measurements out of the small ones that ship with the project. Standard library only.

    make_capture.py mix   OUT --size BYTES CAPTURE...   the packets as they are
    make_capture.py small OUT --size BYTES CAPTURE...   their TCP and UDP over IPv4, as 64-byte frames

The packets of all captures (pcap or pcapng, gzip or not; Ethernet only) are put in one order of time and repeated until
BYTES are written, as a pcap with microseconds. Each repetition comes later in time, and from the second on its unicast IP
addresses are mapped one to one, the same way in both directions and with the checksums carried along (RFC 1624), so that
it holds new conversations and not retransmissions. A wrong checksum stays wrong. Packets with an IPv4 source route are left
out: their options hold addresses, too.
"""
import argparse
import gzip
import os
import struct
import sys

ETHERNET = 1
EPOCH = 1_700_000_000
LONG_PAUSE = 600 * 10**9
TAGS = (0x8100, 0x88A8, 0x9100)
TCP, UDP, ICMP6 = 6, 17, 58
CHECKSUM_AT = {TCP: 16, UDP: 6, ICMP6: 2}


class NotRead(Exception):
    """The capture is of a kind that this program does not read; the message says which."""


def read_capture(path):
    """The capture's Ethernet packets as (nanoseconds, length on the wire, bytes), in file order."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        return list(read_pcapng(data))
    return list(read_pcap(data))


def read_pcap(data):
    magics = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}
    for order in "<>":
        unit = magics.get(struct.unpack_from(order + "I", data)[0]) if len(data) >= 24 else None
        if unit:
            break
    else:
        raise NotRead("not a pcap, a pcapng or one of them in gzip")
    if struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF != ETHERNET:
        raise NotRead("not Ethernet")
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, caplen, length = struct.unpack_from(order + "IIII", data, at)
        at += 16
        if at + caplen > len(data):
            return
        yield seconds * 10**9 + fraction * unit, length, data[at : at + caplen]
        at += caplen


def read_pcapng(data):
    order, interfaces, at = "<", [], 0
    while at + 12 <= len(data):
        if data[at : at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        kind, size = struct.unpack_from(order + "II", data, at)
        if size < 12 or at + size > len(data):
            return
        body = data[at + 8 : at + size - 4]
        at += size
        if kind == 1:
            interfaces.append((struct.unpack_from(order + "H", body)[0], ticks_per_second(order, body[8:])))
        elif kind == 6 and len(body) >= 20:
            which, high, low, caplen, length = struct.unpack_from(order + "IIIII", body)
            if which < len(interfaces) and interfaces[which][0] == ETHERNET and 20 + caplen <= len(body):
                yield (high << 32 | low) * 10**9 // interfaces[which][1], length, body[20 : 20 + caplen]


def ticks_per_second(order, options):
    at = 0
    while at + 4 <= len(options):
        code, size = struct.unpack_from(order + "HH", options, at)
        if code == 9 and size == 1:
            value = options[at + 4]
            return 2 ** (value & 127) if value & 128 else 10**value
        at += 4 + (size + 3 & ~3)
    return 10**6


def find_ip(frame):
    """(where the IP header stands, its version), or (0, 0)."""
    at = 12
    while len(frame) >= at + 2:
        kind = int.from_bytes(frame[at : at + 2], "big")
        if kind in TAGS:
            at += 4
            continue
        at += 2
        if kind == 0x0800 and len(frame) >= at + 20 and frame[at] >> 4 == 4:
            return at, 4
        if kind == 0x86DD and len(frame) >= at + 40 and frame[at] >> 4 == 6:
            return at, 6
        break
    return 0, 0


def find_transport(frame, ip, version):
    """(protocol, where it stands), or (0, 0) where none is to be seen: a later fragment, a cut packet."""
    if version == 4:
        if int.from_bytes(frame[ip + 6 : ip + 8], "big") & 0x1FFF:
            return 0, 0
        return frame[ip + 9], ip + (frame[ip] & 15) * 4
    proto, at = frame[ip + 6], ip + 40
    while proto in (0, 43, 44, 60) and len(frame) >= at + 8:
        if proto == 43 or proto == 44 and int.from_bytes(frame[at + 2 : at + 4], "big") & 0xFFF8:
            return 0, 0  # RFC 8200 8.1: with a routing header the checksum covers another destination
        proto, at = frame[at], at + (8 if proto == 44 else frame[at + 1] * 8 + 8)
    return proto, at


def has_source_route(frame):
    ip, version = find_ip(frame)
    if version != 4:
        return False
    at, end = ip + 20, min(ip + (frame[ip] & 15) * 4, len(frame))
    while at + 1 < end and frame[at] != 0:
        if frame[at] in (131, 137):  # RFC 791 section 3.1: loose, strict
            return True
        at += 1 if frame[at] == 1 else max(2, frame[at + 1])
    return False


class Mapping:
    """What has to change in one packet when its addresses are mapped: 16-bit words and two checksums."""

    __slots__ = ("words", "sums")

    def __init__(self, frame):
        self.words = []  # (where, value, mask on the key, shift right, shift left)
        self.sums = []  # (where, value, is UDP's)
        ip, version = find_ip(frame)
        if version == 4:
            for at in (ip + 12, ip + 16):
                if 0 < frame[at] < 224 and frame[at] != 127:
                    self.words.append((at, int.from_bytes(frame[at : at + 2], "big"), 0xFF00, 8, 0))
                    self.words.append((at + 2, int.from_bytes(frame[at + 2 : at + 4], "big"), 0xFF, 0, 8))
            self.add_sum(frame, ip + 10, False)
        elif version == 6:
            for at in (ip + 8, ip + 24):
                if 0x20 <= frame[at] < 0xFE:  # neither unspecified or mapped, nor link-local, nor multicast
                    self.words.append((at + 4, int.from_bytes(frame[at + 4 : at + 6], "big"), 0xFFFF, 0, 0))
        if self.words:
            proto, at = find_transport(frame, ip, version)
            if proto in CHECKSUM_AT and not (proto == ICMP6 and version == 4):
                self.add_sum(frame, at + CHECKSUM_AT[proto], proto == UDP)

    def add_sum(self, frame, at, udp):
        value = int.from_bytes(frame[at : at + 2], "big")
        if at + 2 <= len(frame) and not (udp and value == 0):
            self.sums.append((at, value, udp))

    def apply(self, out, start, key):
        change = 0
        for at, value, mask, right, left in self.words:
            new = value ^ (key & mask) >> right << left
            change += new - value
            out[start + at] = new >> 8
            out[start + at + 1] = new & 255
        for at, value, udp in self.sums:
            # RFC 1624 [Eqn. 3]; a sum of zero stands as ffff before it is complemented
            new = 0xFFFF - (((0xFFFF - value + change) % 0xFFFF) or 0xFFFF)
            if udp and new == 0:
                new = 0xFFFF
            out[start + at] = new >> 8
            out[start + at + 1] = new & 255


def ones_sum(data):
    if len(data) & 1:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def shrink(frame):
    """The packet's flow as a frame of 64 bytes with right lengths and checksums, or None."""
    ip, version = find_ip(frame)
    if version != 4:
        return None
    proto, at = find_transport(frame, ip, version)
    size = {TCP: 20, UDP: 8}.get(proto)
    if size is None or len(frame) < at + size:
        return None
    header = bytearray(frame[ip : ip + 20])
    header[0] = 0x45
    header[2:4] = (50).to_bytes(2, "big")
    header[6:8] = b"\x40\x00"
    header[10:12] = b"\0\0"
    header[10:12] = ones_sum(bytes(header)).to_bytes(2, "big")
    body = bytearray(frame[at : at + size])
    if proto == TCP:
        body[12] = 0x50 | body[12] & 15
    else:
        body[4:6] = (30).to_bytes(2, "big")
    body += bytes(range(30 - size))
    where = CHECKSUM_AT[proto]
    body[where : where + 2] = b"\0\0"
    pseudo = bytes(header[12:20]) + struct.pack(">HH", proto, 30)
    body[where : where + 2] = (ones_sum(pseudo + bytes(body)) or 0xFFFF).to_bytes(2, "big")
    return bytes(frame[:12]) + b"\x08\x00" + bytes(header) + bytes(body)


def gather(paths, small):
    packets = []
    for path in paths:
        try:
            found = read_capture(path)
        except (NotRead, OSError, EOFError, struct.error) as why:
            print("left out %s: %s" % (os.path.basename(path), why), file=sys.stderr)
            continue
        now, before = 0, found[0][0] if found else 0
        for time, length, frame in found:
            if before <= time < before + LONG_PAUSE:  # a clock set back, or a pause over night, is left out
                now += time - before
            before = time
            if small:
                frame = shrink(frame)
                length = 64
            if frame is not None and len(frame) >= 14 and not has_source_route(frame):
                packets.append((now // 1000, len(packets), length, frame))
    packets.sort(key=lambda packet: packet[:2])
    return packets


def replicate(packets, out, size):
    """Writes the capture; gives packets and bytes written."""
    template, places = bytearray(), []
    for time, _, length, frame in packets:
        places.append((time, len(template), Mapping(frame)))
        template += struct.pack("<IIII", 0, 0, len(frame), max(length, len(frame))) + frame
    span = packets[-1][0] + 1000
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, ETHERNET))
    written, count, turn = 24, 0, 0
    while written < size:
        key = turn * 40503 & 0xFFFF  # odd, so 65536 different keys; 0 first
        base = EPOCH * 10**6 + turn * span
        for time, at, mapping in places:
            struct.pack_into("<II", template, at, *divmod(base + time, 10**6))
            if mapping.words:
                mapping.apply(template, at + 16, key)
        end = len(template)
        if written + end > size:  # the last turn stops behind the record that reaches the size
            last = next(i for i, place in enumerate(places) if written + place[1] + 16 + len(packets[i][3]) >= size)
            end = places[last][1] + 16 + len(packets[last][3])
            count += last + 1
        else:
            count += len(places)
        out.write(memoryview(template)[:end])
        written += end
        turn += 1
    return count, written


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("mix", "small"))
    parser.add_argument("out")
    parser.add_argument("captures", nargs="+")
    parser.add_argument("--size", type=int, required=True)
    args = parser.parse_args()
    packets = gather(args.captures, args.kind == "small")
    if not packets:
        sys.exit("make_capture: no Ethernet packets in any of the captures")
    with open(args.out + ".part", "wb", buffering=1 << 20) as out:
        count, size = replicate(packets, out, args.size)
    os.replace(args.out + ".part", args.out)
    print("%s: %d packets, %d bytes, mean packet %.0f bytes, from %d packets"
          % (os.path.basename(args.out), count, size, (size - 24) / count - 16, len(packets)))


if __name__ == "__main__":
    main()
