"""pcapng taken apart and put together, by its specification alone (draft-ietf-opsawg-pcapng)."""

import struct
from collections import namedtuple

SECTION, INTERFACE, OBSOLETE, SIMPLE, NAMES, STATISTICS, PACKET, SECRETS = 0x0A0D0D0A, 1, 2, 3, 4, 5, 6, 10
PACKETS = (PACKET, SIMPLE, OBSOLETE)

Block = namedtuple("Block", "type bytes order")


def split(data):
    """The blocks of a file, in order; anything that is not one is an error."""
    blocks, at, order = [], 0, "<"
    while at < len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}[data[at + 8:at + 12]]
        kind, size = struct.unpack_from(order + "II", data, at)
        assert size >= 12 and size % 4 == 0 and at + size <= len(data)
        assert struct.unpack_from(order + "I", data, at + size - 4) == (size,)
        blocks.append(Block(kind, data[at:at + size], order))
        at += size
    return blocks


def block(kind, body, order="<"):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def option(code, value, order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def section(order="<", options=b"", length=-1):
    return block(SECTION, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, length) + options, order)


def interface(link=1, order="<", options=b"", snaplen=0):
    return block(INTERFACE, struct.pack(order + "HHI", link, 0, snaplen) + options, order)


def packet(data, time=0, number=0, order="<", options=b""):
    head = struct.pack(order + "IIIII", number, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
    return block(PACKET, head + data + b"\0" * (-len(data) % 4) + options, order)
