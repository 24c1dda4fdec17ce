#!/usr/bin/env python3
"""Rewrites a capture of raw IP packets with the loopback headers of the BSDs, which Linux cannot record.

    relink.py RAW NULL NULL_BIG_ENDIAN LOOP

NULL is what FreeBSD on a little-endian machine writes (link type 0, address family in host order: 2 and 28), but with
macOS' family 30 for IPv6; NULL_BIG_ENDIAN is the same from a big-endian machine, in a big-endian file, with NetBSD's
family 24; LOOP is OpenBSD's (link type 108, always network order, 24). Standard library only.
"""
import struct
import sys


def records(path):
    with open(path, "rb") as file:
        data = file.read()
    magic, link = struct.unpack_from("<I16xI", data)
    assert magic == 0xa1b2c3d4 and link in (12, 101), (hex(magic), link)
    at = 24
    while at < len(data):
        seconds, micros, caplen, length = struct.unpack_from("<IIII", data, at)
        yield seconds, micros, length, data[at + 16:at + 16 + caplen]
        at += 16 + caplen


def write(path, order, link, family_order, family_of_ipv6, source):
    with open(path, "wb") as file:
        file.write(struct.pack(order + "IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link))
        for seconds, micros, length, data in source:
            family = 2 if data[0] >> 4 == 4 else family_of_ipv6
            file.write(struct.pack(order + "IIII", seconds, micros, len(data) + 4, length + 4))
            file.write(struct.pack(family_order + "I", family) + data)


def main():
    raw, null, null_big_endian, loop = sys.argv[1:]
    source = list(records(raw))
    write(null, "<", 0, "<", 30, source)
    write(null_big_endian, ">", 0, ">", 24, source)
    write(loop, "<", 108, ">", 24, source)


if __name__ == "__main__":
    main()
