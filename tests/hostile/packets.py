"""Packets made to hurt a decoder, by id, each with what must come of it. Standard library only.

Each case is a frame (or several), what is marked malformed (the protocol, or None: nothing), and the layers that must be
there all the same, as frame.protocols has them. Decoding never fails: the exit code is 0 for all of them.
"""
import struct
from typing import NamedTuple

MAC = bytes.fromhex("00005e00530100005e005302")


class Case(NamedTuple):
    id: str
    frame: bytes
    reason: str | None  # malformed, truncated, too many layers; None: nothing
    protocol: str | None
    layers: str  # frame.protocols begins so
    link: int = 1


def eth(ethertype, payload):
    return MAC + struct.pack(">H", ethertype) + payload


def ip4(payload, proto=17, total=None, ihl=5, options=b"", fragment=0):
    total = 20 + len(options) + len(payload) if total is None else total
    head = struct.pack(">BBHHHBBH", 0x40 | ihl, 0, total, 1, fragment, 64, proto, 0)
    return head + bytes([192, 0, 2, 1, 192, 0, 2, 2]) + options + payload


def ip6(payload, following, plen=None):
    plen = len(payload) if plen is None else plen
    address = bytes.fromhex("20010db8000000000000000000000001")
    return struct.pack(">IHBB", 6 << 28, plen & 0xFFFF, following, 64) + address + address[:-1] + b"\x02" + payload


def udp(payload=b"", length=None, ports=(40000, 40001)):
    return struct.pack(">HHHH", *ports, 8 + len(payload) if length is None else length, 0) + payload


def tcp(payload=b"", offset=5, options=b"", ports=(40000, 40001)):
    return struct.pack(">HHIIBBHHH", *ports, 1, 2, offset << 4, 0x18, 100, 0, 0) + options + payload


def v4(payload, **how):
    return eth(0x0800, ip4(payload, **how))


def dns(body, counts=(1, 0, 0, 0)):
    return v4(udp(struct.pack(">HHHHHH", 1, 0, *counts) + body, ports=(40000, 53)))


def tunnels(n):
    packet = udp(b"x")
    proto = 17
    for _ in range(n):
        packet = ip4(packet, proto=proto, total=min(20 + len(packet), 0xFFFF))
        proto = 4
    return eth(0x0800, packet)


def vxlan(n):
    packet = v4(udp(b"x"))
    for _ in range(n):
        packet = v4(udp(struct.pack(">II", 1 << 27, 1 << 8) + packet, ports=(40000, 4789)))
    return packet


def extensions(n, kind):
    body = udp(b"x")
    following = 17
    for _ in range(n):
        body = bytes([following, 0, 1, 4, 0, 0, 0, 0]) + body
        following = kind
    return eth(0x86DD, ip6(body, kind))


def pointer_chain(n):
    """A record's data is n pointers, each to the one before it, the first to the question; another's name is the last."""
    question = b"\x01a\x00" + struct.pack(">HH", 1, 1)
    start = 12 + len(question) + 12
    chain = b"".join(struct.pack(">H", 0xC000 | (start + 2 * (i - 1) if i else 12)) for i in range(n))
    holder = struct.pack(">HHHIH", 0xC00C, 65280, 1, 60, len(chain)) + chain
    named = struct.pack(">HHHIH", 0xC000 | start + 2 * (n - 1), 1, 1, 60, 4) + bytes([192, 0, 2, 1])
    return dns(question + holder + named, counts=(1, 2, 0, 0))


def many_records(n):
    name = b"".join(b"\x3f" + b"a" * 63 for _ in range(3)) + b"\x3d" + b"a" * 61 + b"\x00"
    record = struct.pack(">HHHIH", 0xC00C, 65280, 1, 60, 0)
    return dns(name + struct.pack(">HH", 1, 1) + record * n, counts=(1, n, 0, 0))


IP = "eth:ethertype:ip"
CASES = [
    Case("d01", eth(0x0800, ip4(udp(b"x"), ihl=0)), "malformed", "ip", IP),
    Case("d02", eth(0x0800, ip4(b"", ihl=15, total=60)), "malformed", "ip", IP),
    Case("d03", eth(0x0800, ip4(tcp(b"x" * 30000), proto=6, total=0)), None, None, IP + ":tcp"),
    Case("d04", eth(0x0800, ip4(udp(b"x"), total=12)), "malformed", "ip", IP),
    Case("d05", eth(0x0800, ip4(udp(b"x"), total=2000)), None, None, IP + ":udp"),
    Case("d06", eth(0x0800, ip4(udp(b"x"), ihl=6, options=b"\x44\x00\x00\x00")), "malformed", "ip", IP + ":udp"),
    Case("d07", eth(0x0800, ip4(udp(b"x"), ihl=6, options=b"\x44\x01\x00\x00")), "malformed", "ip", IP + ":udp"),
    Case("d08", v4(tcp(b"x", offset=6, options=b"\x08\x00\x00\x00"), proto=6), "malformed", "tcp", IP + ":tcp"),
    Case("d09", v4(tcp(b"x", offset=0), proto=6), "malformed", "tcp", IP + ":tcp"),
    Case("d10", v4(tcp(b"x", offset=15), proto=6), "malformed", "tcp", IP + ":tcp"),
    Case("d11", v4(udp(b"x", length=0)), None, None, IP + ":udp"),
    Case("d12", v4(udp(b"x", length=65535)), None, None, IP + ":udp"),
    Case("d13", tunnels(100), "too many layers", "ip", IP + ":ip" * 30),
    Case("d14", tunnels(3000), "too many layers", "ip", IP + ":ip" * 30),
    Case("d15", eth(0x8847, struct.pack(">I", 0x00064040) * 60000), "too many layers", "mpls", "eth:ethertype:mpls"),
    Case("d16", eth(0x8100, struct.pack(">HH", 1, 0x8100) * 60000), "too many layers", "vlan", "eth:ethertype:vlan"),
    Case("d17", extensions(8000, 60), "too many layers", "ipv6.dstopts", "eth:ethertype:ipv6"),
    Case("d18", extensions(8000, 0), "too many layers", "ipv6.hopopts", "eth:ethertype:ipv6"),
    Case("d19", eth(0x86DD, ip6(bytes([17, 255]) + bytes(6) + udp(b"x"), 60)), "malformed", "ipv6.dstopts",
         "eth:ethertype:ipv6"),
    Case("d20", eth(0x86DD, ip6(struct.pack(">BBBBI", 17, 0, 0xC2, 4, 0xFFFFFFFF) + udp(b"x"), 0, plen=0)), "malformed",
         "ipv6.hopopts", "eth:ethertype:ipv6"),
    Case("d21", eth(0x86DD, ip6(struct.pack(">BBHI", 17, 0, 1, 7) + udp(b"x" * 40), 44)), None, None,
         "eth:ethertype:ipv6"),
    Case("d22", v4(b"x" * 600, proto=1, fragment=0x1FFE), None, None, IP),
    Case("d23", dns(b"\xc0\x0c" + struct.pack(">HH", 1, 1)), "malformed", "dns", IP + ":udp:dns"),
    Case("d24", dns(b"\xc0\x12\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01", (2, 0, 0, 0)), "malformed", "dns",
         IP + ":udp:dns"),
    Case("d25", dns(b"\x41a\x00" + struct.pack(">HH", 1, 1)), "malformed", "dns", IP + ":udp:dns"),
    Case("d26", dns(b"", (65535, 65535, 65535, 65535)), "malformed", "dns", IP + ":udp:dns"),
    Case("d27", many_records(4000), None, None, IP + ":udp:dns"),
    Case("d27-5000", many_records(5000), "too many bytes made of names", "dns", IP + ":udp:dns"),
    Case("d28", dns(b"\xff\xff" + struct.pack(">HH", 1, 1)), "malformed", "dns", IP + ":udp:dns"),
    Case("d29", pointer_chain(1000), "malformed", "dns", IP + ":udp:dns"),
    # protocols that are not decoded yet: payload, whatever is wrong in it
    Case("d30", v4(udp(bytes(236) + b"\x63\x82\x53\x63" + b"\x0c\xffname", ports=(68, 67))), None, None, IP + ":udp:data"),
    Case("d31", v4(tcp(b"\x16\x03\x01\xff\xff\x01\xff\xff\xff", ports=(40000, 443)), proto=6), None, None, IP + ":tcp:data"),
    Case("d33", vxlan(50), None, None, IP + ":udp:data"),
    Case("d34", v4(struct.pack(">HHII", 1, 2, 3, 0) + bytes(4), proto=132), None, None, IP + ":data"),
    Case("d39", v4(tcp(b"GET / HTTP/1.1\r\nX: " + b"a" * 60000, ports=(40000, 80)), proto=6), None, None, IP + ":tcp:data"),
    Case("d40", v4(tcp(b"GET /\x1b[2J\x1b]0;t\x07\0\xff HTTP/1.1\r\n\r\n", ports=(40000, 80)), proto=6), None, None,
         IP + ":tcp:data"),
    Case("d41", v4(udp(b"\x30\x80" * 4000, ports=(40000, 161))), None, None, IP + ":udp:data"),
    Case("d36", eth(0x0806, struct.pack(">HHBBH", 1, 0x800, 255, 4, 1) + bytes(20)), "malformed", "arp",
         "eth:ethertype:arp"),
    Case("d37", b"\x01", "malformed", "eth", "eth"),
    Case("d38", MAC + b"\x08", "malformed", "eth", "eth"),
]
