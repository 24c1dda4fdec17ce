#!/usr/bin/env python3
"""Writes the hostile captures that the tests of the capture room read: one file a case.

usage: captures.py DIRECTORY

p: pcap, n: pcapng, z: compressed. Each has three good packets before its damage, unless its name is
about something else. What must happen to each stands in outcomes.txt.
"""

import gzip
import os
import struct
import sys
import zlib

START = 1_700_000_000
PACKET = bytes(range(60))


def pcap_header(order="<", magic=0xA1B2C3D4, major=2, minor=4, snaplen=262144, link=1):
    return struct.pack(order + "IHHiIII", magic, major, minor, 0, 0, snaplen, link)


def pcap_record(data=PACKET, seconds=START, fraction=1, caplen=None, length=None, order="<"):
    caplen = len(data) if caplen is None else caplen
    length = caplen if length is None else length
    return struct.pack(order + "IIII", seconds, fraction, caplen, length) + data


def pcap_good(count=3, order="<"):
    return b"".join(pcap_record(fraction=i, order=order) for i in range(count))


def pcap_of(*frames, link=1):
    """A good capture of frames, a second apart."""
    return pcap_header(link=link) + b"".join(
        pcap_record(frame, seconds=number, fraction=0) for number, frame in enumerate(frames, 1))


def pcap_cases():
    head = pcap_header()
    three = head + pcap_good()
    record = pcap_record(fraction=3)
    yield "p01", b""
    yield "p02", head
    yield "p03", head[:23]
    yield "p04", three + record[:9]
    yield "p05", three + record[:16 + 31]
    yield "p06", three + pcap_record(caplen=0xFFFFFFFF)
    yield "p07", three + pcap_record(caplen=0x7FFFFFFF)
    yield "p08", three + pcap_record(length=30)
    yield "p09", pcap_header(snaplen=0) + pcap_good()
    yield "p10", pcap_header(snaplen=0xFFFFFFFF) + pcap_good()
    yield "p11", pcap_header(snaplen=16) + pcap_good()
    yield "p12", head + pcap_record(fraction=0xFFFFFFFF)
    yield "p13", head + pcap_record(seconds=0xFFFFFFFF)
    yield "p14", pcap_header(link=16383) + pcap_good()
    yield "p15", pcap_header(link=0x14000001) + pcap_good()
    yield "p16", pcap_header(major=99, minor=4) + pcap_good()
    yield "p17", head + pcap_record(data=b"", length=60)
    yield "p18", three + b"\xff" * 100
    yield "p20", pcap_header(magic=0xA1B2CD34) + pcap_good()
    yield "p20_one", pcap_header(magic=0xA1B2CD34) + pcap_good(1)
    yield "p21", three + bytes(160)
    yield "p21_odd", three + bytes(165)
    yield "p21_short", three + bytes(7)
    # beyond the list: zeros that are records, since something follows; the modified form itself;
    # big-endian nanoseconds; record lengths at the limit and one above; D-Bus may have more
    yield "p30_empty_records", head + bytes(32) + pcap_good()
    modified = b"".join(
        struct.pack("<IIII", START, i, 60, 60) + bytes(8) + PACKET for i in range(3))
    yield "p31_modified", pcap_header(magic=0xA1B2CD34) + modified
    yield "p32_big_nano", pcap_header(">", 0xA1B23C4D) + pcap_good(order=">")
    yield "p33_at_limit", head + pcap_record(bytes(262144))
    yield "p34_over_limit", head + pcap_record(bytes(262145))
    yield "p35_dbus", pcap_header(link=231) + pcap_record(b"l" * 3_000_000)
    yield "p40_dbus_claim", pcap_header(link=231) + pcap_record(b"l" * 700_000, caplen=100 << 20)
    yield "p36_ixia", pcap_header(magic=0x1C0001AC) + pcap_good()
    yield "p37_lengths_swapped", pcap_header(minor=2) + struct.pack(
        "<IIII", START, 0, 90, 60) + PACKET
    yield "p38_xz", b"\xfd7zXZ\0" + bytes(100)
    yield "p39_text", b"this is no capture\n" * 10


def block(kind, body, order="<", length=None, trailer=None):
    length = 12 + len(body) if length is None else length
    trailer = length if trailer is None else trailer
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", trailer)


def pad(data):
    return data + bytes(-len(data) % 4)


def option(code, value, order="<", length=None):
    length = len(value) if length is None else length
    return struct.pack(order + "HH", code, length) + pad(value)


END = bytes(4)


def section(order="<", length=-1, magic=0x1A2B3C4D, options=b"", version=(1, 0)):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", magic, *version, length) + options, order)


def interface(options=b"", link=1, snaplen=0, order="<"):
    return block(1, struct.pack(order + "HHI", link, 0, snaplen) + options, order)


def packet(ts=START * 10**6, data=PACKET, index=0, caplen=None, length=None, options=b"", order="<",
           **frame):
    caplen = len(data) if caplen is None else caplen
    length = caplen if length is None else length
    head = struct.pack(order + "IIIII", index, ts >> 32, ts & 0xFFFFFFFF, caplen, length)
    return block(6, head + pad(data) + options, order, **frame)


def three(order="<", **kw):
    return b"".join(packet(START * 10**6 + i, order=order, **kw) for i in range(3))


def obsolete(ts=START * 10**6, data=PACKET, index=0):
    head = struct.pack("<HHIIII", index, 0, ts >> 32, ts & 0xFFFFFFFF, len(data), len(data))
    return block(2, head + pad(data))


def timed(value, ts, extra=b""):
    return section() + interface(option(9, bytes([value])) + extra + END) + packet(ts)


def everything(order):
    """A section with every kind of block, and options in all that may have them."""
    comment = option(1, b"a comment", order)
    end = bytes(4)
    names = struct.pack(order + "HH", 1, 9) + pad(b"\x0a\0\0\x01host\0") + end
    return b"".join([
        section(order, options=comment + option(2, b"a machine", order) + end),
        interface(option(2, b"eth0", order) + option(9, b"\x09", order)
                  + option(14, struct.pack(order + "q", 5), order) + end, 1, 96, order),
        interface(option(2, b"tun0", order) + end, 101, 0, order),
        block(4, names + comment + end, order),
        block(10, struct.pack(order + "II", 0x544C534B, 5) + pad(b"keys\n") + comment + end, order),
        packet(START * 10**9, options=comment + option(1, b"two", order) + end, order=order),
        packet(7, index=1, order=order),
        block(5, struct.pack(order + "III", 1, 0, 0) + option(4, bytes(8), order) + end, order),
        block(0xBAD, struct.pack(order + "I", 32473) + b"custom..", order),
        block(0x12345678, b"unknown.", order),
    ])


def pcapng_cases():
    head = section() + interface()
    good = head + three()
    yield "n01", section()
    yield "n02", section() + packet()
    yield "n03", good + packet(index=7)
    yield "n04", good + block(6, bytes(48), length=0) + packet()
    yield "n05", good + block(6, bytes(48), length=8) + packet()
    yield "n06", good + block(6, bytes(48), length=13) + packet()
    yield "n07", good + block(6, bytes(48), length=0xFFFFFFFC) + packet()
    yield "n08", good + packet(trailer=100)
    yield "n09", good + packet(caplen=5000)
    yield "n10", good + packet(options=option(1, b"long", length=500))
    yield "n11", good + packet(options=option(1, b"no end"))
    yield "n12", timed(0x80 | 127, START * 10**6)
    yield "n13", timed(127, START * 10**6)
    yield "n14", timed(0, START)
    # one second and 10^-9 s (rounded down to a 2^-63 s) after the epoch
    yield "n15", timed(0x80 | 63, (1 << 63) + (1 << 63) // 10**9 + 1)
    yield "n16", timed(0x80 | 60, (15 << 60) + (1 << 60) - 1)
    yield "n17", section() + interface(option(9, b"\x09\x00") + END) + packet()
    yield "n18", section() + interface(option(9, b"\x09") + option(9, b"\x03") + END) + packet(
        START * 10**9 + 7)
    yield "n19", timed(6, START * 10**6, option(14, struct.pack("<q", 2**63 - 1)))
    yield "n20", timed(6, START * 10**6, option(14, struct.pack("<q", -(2**63))))
    yield "n21", section() + interface() * 100_000 + packet(index=99_999)
    yield "n22", good + section(">") + interface(order=">") + three(">")
    yield "n23", section(magic=0x1A2B3C4E) + interface() + three()
    yield "n24", section(length=12) + interface() + three()
    yield "n25", head + block(0x0BADCAFE, bytes(1 << 20)) + three()
    yield "n26", section() + interface(snaplen=16) + block(3, struct.pack("<I", 60) + PACKET)
    yield "n27", good + packet()[:50]
    yield "n28", good + bytes(160)
    yield "n28_short", good + bytes(10)
    unterminated = struct.pack("<HH", 1, 8) + b"\x01\x02\x03\x04name"
    yield "n29", head + block(4, unterminated + END) + three()
    past = struct.pack("<HH", 1, 400) + b"\x01\x02\x03\x04name\0\0\0\0"
    yield "n30", head + block(4, past + END) + three()
    yield "n31", head + block(10, struct.pack("<II", 0x544C534B, 4000) + b"key ") + three()
    yield "n32", head + block(5, struct.pack("<III", 9, 0, 0)) + three()
    yield "n33", block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1), length=1 << 30)
    mixed = section() + interface() + interface(link=101)
    yield "n34", mixed + b"".join(packet(index=i % 2) for i in range(6))
    yield "n35", good + packet(length=30)
    yield "n36", good + packet(options=option(1, b"a\0\x1b[31m\xff\xfe") + END)
    # beyond the list
    yield "n40_obsolete", head + obsolete() * 3
    yield "n41_version", section(version=(1, 1)) + interface() + three()
    yield "n42_early", timed(9, 5, option(14, struct.pack("<q", -10)))
    yield "n43_pico", timed(12, 1000 * 10**12 + 5999)
    yield "n44_finest_ten", timed(19, 18 * 10**18)
    yield "n45_simple_cut", section() + interface(snaplen=13) + block(
        3, struct.pack("<I", 60) + bytes(16))
    yield "n46_simple_bad", section() + interface() + block(3, struct.pack("<I", 600) + bytes(16))
    yield "n47_resolution_text", section() + interface(option(9, b"")) + packet()
    yield "n48_interface_options_past", section() + interface(option(2, b"eth0", length=900)) + (
        packet())
    yield "n49_flags_fcs", good + packet(options=option(2, struct.pack("<I", 4 << 5)) + END)
    yield "n50_short_blocks", head + block(6, bytes(8))
    yield "n51_short_interface", section() + block(1, bytes(4))
    yield "n52_short_section", block(0x0A0D0D0A, struct.pack("<II", 0x1A2B3C4D, 1))
    yield "n53_small_side_blocks", head + block(4, b"") + block(5, b"") + block(10, b"") + three()
    yield "n54_unknown_wrong_trailer", good + block(0x0BADCAFE, bytes(1 << 20), trailer=16)
    yield "n56_one_byte_over", good + packet(caplen=61)
    yield "n60_everything", everything("<") + everything(">")
    yield "n55_unknown_cut", good + block(0x0BADCAFE, bytes(1 << 20))[:-100]


def pcap_stream(packets, data):
    """The pieces of a pcap of many packets, without holding them all."""
    yield pcap_header()
    piece = b"".join(pcap_record(data, fraction=i) for i in range(64))
    for _ in range(packets // 64):
        yield piece


def gzipped(pieces):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(piece) for piece in pieces] + [packer.flush()])


def compressed_cases():
    plain = pcap_header() + pcap_good()
    varied = pcap_header() + b"".join(
        pcap_record(os.urandom(600), fraction=i) for i in range(100))
    packed = gzip.compress(plain, mtime=0)
    yield "z01", gzip.compress(varied, mtime=0)[:30_000]
    wrong = bytearray(packed)
    wrong[-8] ^= 1
    yield "z02", bytes(wrong)
    yield "z02_length", packed[:-1] + b"\x01"
    yield "z03", gzipped(pcap_stream(1600, bytes(65536)))
    head = section() + interface()
    yield "z03_block", gzipped([head, struct.pack("<II", 0x0BADCAFE, 12 + 100 * 2**20)]
                               + [bytes(1 << 20)] * 100
                               + [struct.pack("<I", 12 + 100 * 2**20), three()])
    yield "z04", packed + gzip.compress(pcap_good(), mtime=0)
    yield "z05", packed + b"garbage behind"
    yield "z06_zeros_behind", packed + bytes(512)
    yield "z07_empty", gzip.compress(b"", mtime=0)
    yield "z08_header_only", packed[:6]
    yield "z09_damaged", packed[:20] + b"\xff\xff\xff\xff" + packed[24:]


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: captures.py DIRECTORY")
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    for cases in (pcap_cases(), pcapng_cases(), compressed_cases()):
        for name, data in cases:
            with open(os.path.join(directory, name), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main()
