"""Packets that are full of one element: each type that options and records may have, in several lengths.

The data are octets that count up, so that some lengths and types within them fit, and some do not.
"""
import struct

import packets

OPTIONS = 240  # bytes of a list of options that may be longer than 40


def filled(element, room):
    return element * (room // len(element))


def option(kind, length, total):
    """An option with its type and length in an octet each; total: what its length counts besides the data."""
    return bytes([kind, (length + total) & 0xff]) + bytes(range(1, length + 1))


def padded(options, unit):
    return options + bytes(-len(options) % unit)


def ip_options(element):
    options = padded(filled(element, 40), 4)
    return packets.eth(0x0800, packets.ip4(packets.udp(b"x"), ihl=5 + len(options) // 4, options=options))


def tcp_options(element):
    options = padded(filled(element, 40), 4)
    return packets.v4(packets.tcp(b"x", offset=5 + len(options) // 4, options=options), proto=6)


def hop_by_hop(options):
    body = padded(b"\0\0" + options, 8)
    return packets.eth(0x86DD, packets.ip6(bytes([17, len(body) // 8 - 1]) + body[2:] + packets.udp(b"x"), 0))


def neighbour_options(options):
    return packets.eth(0x86DD, packets.ip6(bytes([134, 0, 0, 0]) + bytes(12) + options, 58))


def record(kind, data, count=1, name=b"\0"):
    return packets.dns((name + struct.pack(">HHIH", kind, 1, 0, len(data)) + data) * count, (0, count, 0, 0))


def edns(options):
    return record(41, options)


def all_of_one_element():
    """Names and frames."""
    for kind in range(256):
        for length in (0, 1, 2, 3, 4, 8):
            yield f"hop-by-hop {kind} {length}", hop_by_hop(filled(option(kind, length, 0), OPTIONS))
            yield f"ip {kind} {length}", ip_options(option(kind, length, 2))
            yield f"tcp {kind} {length}", tcp_options(option(kind, length, 2))
    for kind in range(1, 45):
        for units in (1, 2, 3):
            body = bytes([kind, units]) + bytes(range(8 * units - 2))
            yield f"neighbour {kind} {units}", neighbour_options(filled(body, OPTIONS))
    for code in range(24):
        for length in (0, 1, 2, 3, 4, 8):
            body = struct.pack(">HH", code, length) + bytes(range(length))
            yield f"edns {code} {length}", edns(filled(body, OPTIONS))
    for kind in [*range(1, 66), 99, 108, 249, 250, 255, 256, 257, 32768, 32769]:
        for length in (0, 1, 2, 4, 8, 20):
            yield f"record {kind} {length}", record(kind, bytes(range(length)), OPTIONS // (11 + length))
        yield f"records {kind}", record(kind, b"\1" * OPTIONS)
