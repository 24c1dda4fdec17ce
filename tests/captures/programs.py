#!/usr/bin/env python3
"""The small programs that record.sh needs beside the real ones. Standard library only, Linux only, root.

    programs.py tag ACCESS TRUNK TAG...    a switch: frames from ACCESS leave on TRUNK with the tags, and back without.
                                           TAG is hexadecimal: TPID and tag control information (81000064), an MPLS
                                           label stack entry (8847:00064140), or "snap" for RFC 1042's encapsulation
    programs.py tunnel NAME NAME           two TUN devices whose packets go to each other
    programs.py join GROUP [SOURCE...]     joins a multicast group for a second; with sources only from these
    programs.py block GROUP SOURCE...      joins a group, except from these sources
    programs.py extend DESTINATION PORT    UDP over IPv6 with extension headers, chain by chain
    programs.py options DESTINATION PORT   UDP over IPv4 with options
    programs.py icmp DESTINATION           ICMP timestamp, information and address mask requests
    programs.py tcp-serve PORT             accepts connections one after the other, and plays tcp-talk's other side
    programs.py tcp-talk DESTINATION PORT  urgent data, a full window, a half close, a reset
    programs.py sink PORT                  takes UDP datagrams and says nothing
    programs.py llmnr-serve NAME ADDRESS   answers LLMNR queries for one name
"""
import fcntl
import ipaddress
import os
import select
import signal
import socket
import struct
import sys
import time

SOL_PACKET, PACKET_AUXDATA, ETH_P_ALL = 263, 8, 3


# ---- tag ----

def receive_frame(sock):
    """One frame with the VLAN tag put back that the kernel takes off on its way up; None for frames going out."""
    data, ancillary, _, address = sock.recvmsg(65536, 128)
    if address[2] == socket.PACKET_OUTGOING:
        return None
    for level, kind, aux in ancillary:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, tpid = struct.unpack("@IIIHHHH", aux[:20])
            if status & 0x10:
                data = data[:12] + struct.pack("!HH", tpid if status & 0x40 else 0x8100, tci) + data[12:]
    return data


def parse_tags(words):
    tags = b""
    for word in words:
        kind, _, value = word.rpartition(":")
        tags += bytes.fromhex(kind + value)
    return tags


def tag(access, trunk, *words):
    socks = {}
    for name in (access, trunk):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        sock.bind((name, 0))
        socks[name] = sock
    snap = words == ("snap",)
    mpls = not snap and words[0].startswith("8847:")
    tags = b"" if snap else parse_tags(words)
    if mpls:
        tags = b"\x88\x47" + b"".join(parse_tags([word.rpartition(":")[2]]) for word in words)
    while True:
        for sock in select.select(list(socks.values()), [], [])[0]:
            frame = receive_frame(sock)
            if frame is None:
                continue
            macs, rest = frame[:12], frame[12:]
            if sock is socks[access]:
                if snap:
                    rest = b"\xaa\xaa\x03\0\0\0" + rest
                    frame = macs + struct.pack("!H", len(rest)) + rest
                elif mpls and rest[:2] == b"\x08\x00":
                    frame = macs + tags + rest[2:]
                elif not mpls:
                    frame = macs + tags + rest
                socks[trunk].send(frame)
            else:
                if snap and rest[2:5] == b"\xaa\xaa\x03":
                    frame = macs + rest[8:2 + struct.unpack("!H", rest[:2])[0]]
                elif mpls and rest[:2] == b"\x88\x47":
                    frame = macs + b"\x08\x00" + rest[len(tags):]
                elif tags and rest.startswith(tags):
                    frame = macs + rest[len(tags):]
                socks[access].send(frame)


# ---- tunnel ----

def tunnel(*names):
    files = []
    for name in names:
        fd = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", name.encode(), 0x0001 | 0x1000))  # TUN, no packet info
        files.append(fd)
    print("ready", flush=True)
    while True:
        for fd in select.select(files, [], [])[0]:
            os.write(files[1 - files.index(fd)], os.read(fd, 65536))


# ---- multicast ----

def index_of(name):
    return socket.if_nametoindex(name)


def group_request(interface, group, source=None):
    def sockaddr(text):
        parsed = ipaddress.ip_address(text)
        if parsed.version == 4:
            return struct.pack("=HH4s120x", socket.AF_INET, 0, parsed.packed)
        return struct.pack("=HHI16sI100x", socket.AF_INET6, 0, 0, parsed.packed, 0)
    request = struct.pack("=I4x", index_of(interface)) + sockaddr(group)
    return request + (sockaddr(source) if source else b"")


MCAST_JOIN_GROUP, MCAST_BLOCK_SOURCE, MCAST_JOIN_SOURCE_GROUP = 42, 43, 46


def multicast(group, sources, block):
    version = ipaddress.ip_address(group).version
    family, level = (socket.AF_INET, socket.IPPROTO_IP) if version == 4 else (socket.AF_INET6, socket.IPPROTO_IPV6)
    sock = socket.socket(family, socket.SOCK_DGRAM)
    interface = os.environ.get("INTERFACE", "c0")
    if block or not sources:
        sock.setsockopt(level, MCAST_JOIN_GROUP, group_request(interface, group))
    for source in sources:
        option = MCAST_BLOCK_SOURCE if block else MCAST_JOIN_SOURCE_GROUP
        sock.setsockopt(level, option, group_request(interface, group, source))
    time.sleep(float(os.environ.get("STAY", "1")))
    sock.close()


# ---- headers on the way ----

def extend(destination, port):
    """Each chain is sent by the kernel: sticky options set on the socket, one datagram."""
    target = (destination, int(port))
    router_alert, pad6 = b"\x05\x02\0\0", b"\x01\x04\0\0\0\0"
    hop_by_hop = b"\0\0" + router_alert + b"\x01\0"
    destination_options = b"\0\0" + pad6
    # An experimental option (RFC 4727) of four bytes, and a tunnel encapsulation limit (RFC 2473).
    long_options = b"\0\x01" + b"\x1e\x04\xca\xfe\xba\xbe" + b"\x04\x01\x04" + b"\x01\x03\0\0\0"
    # Segment routing header (RFC 8754): one segment, which is the destination itself.
    segment = ipaddress.ip_address(destination).packed
    routing = struct.pack("!BBBBBBH", 0, 2, 4, 0, 0, 0, 0) + segment
    options = {"hop": (socket.IPV6_HOPOPTS, hop_by_hop), "destination": (socket.IPV6_DSTOPTS, destination_options),
               "long": (socket.IPV6_DSTOPTS, long_options), "routing": (socket.IPV6_RTHDR, routing)}
    for chain in (["hop"], ["destination"], ["long"], ["hop", "destination"], ["routing"],
                  ["hop", "routing", "destination"]):
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        for name in chain:
            option, value = options[name]
            sock.setsockopt(socket.IPPROTO_IPV6, option, value)
        sock.sendto("+".join(chain).encode(), target)
        # and once so long that the kernel fragments it
        if len(chain) == 2:
            sock.sendto(bytes(range(256)) * 8, target)
        sock.close()
        time.sleep(0.05)


def options(destination, port):
    def sender(value, payload):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, value)
        sock.sendto(payload, (destination, int(port)))
        sock.close()
        time.sleep(0.05)
    sender(b"\x94\x04\0\0", b"router alert")
    sender(b"\x01\x01\x01\x00", b"no operation")
    sender(b"\x07\x0b\x04" + bytes(8) + b"\x00", b"record route")
    sender(b"\x44\x0c\x05\x00" + bytes(8), b"time stamps")
    sender(b"\x44\x14\x05\x01" + bytes(16), b"addresses and time stamps")
    sender(b"\x83\x07\x04" + socket.inet_aton(destination) + b"\0", b"loose source route")
    sender(b"\x88\x04\x12\x34", b"stream identifier")


def icmp(destination):
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    millis = int(time.time() * 1000) % 86400000
    bodies = ((13, struct.pack("!HHIII", 0x5350, 1, millis, 0, 0)), (15, struct.pack("!HH", 0x5350, 2)),
              (17, struct.pack("!HHI", 0x5350, 3, 0)))
    for kind, body in bodies:
        def message(checksum):
            return struct.pack("!BBH", kind, 0, checksum) + body
        data = message(0)
        total = sum(struct.unpack(f"!{len(data) // 2}H", data))
        total = (total & 0xffff) + (total >> 16)
        total = (total & 0xffff) + (total >> 16)
        sock.sendto(message(0xffff - total), (destination, 0))
        time.sleep(0.05)


# ---- TCP's rarer sides ----

def tcp_serve(port):
    server = socket.create_server(("", int(port)), family=socket.AF_INET)
    while True:
        peer, _ = server.accept()
        command = peer.recv(1)
        if command == b"u":
            time.sleep(0.1)
            peer.recv(100)
        elif command == b"w":
            time.sleep(0.8)  # the window fills and is probed
            total = 0
            while chunk := peer.recv(65536):
                total += len(chunk)
        elif command == b"h":
            while peer.recv(100):
                pass
            peer.send(b"after your FIN")
            time.sleep(0.05)
        peer.close()


def tcp_talk(destination, port):
    def connect(command, **options):
        sock = socket.socket()
        for level, name, value in options.get("options", ()):
            sock.setsockopt(level, name, value)
        sock.connect((destination, int(port)))
        sock.send(command)
        time.sleep(0.05)
        return sock
    sock = connect(b"u")
    sock.send(b"plain")
    sock.send(b"!", socket.MSG_OOB)
    sock.send(b"more")
    time.sleep(0.2)
    sock.close()
    sock = connect(b"h")
    sock.send(b"done talking")
    sock.shutdown(socket.SHUT_WR)
    sock.recv(100)
    sock.close()
    sock = connect(b"u")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()  # a reset
    sock = connect(b"w", options=((socket.SOL_SOCKET, socket.SO_SNDBUF, 8192),
                                  (socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)))
    sock.settimeout(3)
    sock.sendall(b"z" * 6000)
    sock.close()


def sink(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("", int(port)))
    while True:
        sock.recv(65536)


def llmnr_serve(name, address):
    """RFC 4795's responder, for A records of one name."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", 5355))
    sock.setsockopt(socket.IPPROTO_IP, MCAST_JOIN_GROUP, group_request(os.environ.get("INTERFACE", "s0"), "224.0.0.252"))
    encoded = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    while True:
        query, sender = sock.recvfrom(2000)
        ident, flags, questions = struct.unpack("!HHH", query[:6])
        end = 12 + len(encoded)
        if flags & 0x8000 or questions != 1 or query[12:end].lower() != encoded or query[end:end + 2] != b"\0\1":
            continue
        answer = struct.pack("!6H", ident, 0x8000, 1, 1, 0, 0) + query[12:end + 4]
        answer += struct.pack("!HHHIH", 0xc00c, 1, 1, 30, 4) + socket.inet_aton(address)
        sock.sendto(answer, sender)


def main():
    commands = {"tag": tag, "tunnel": tunnel, "extend": extend, "options": options, "icmp": icmp,
                "join": lambda group, *sources: multicast(group, sources, False),
                "block": lambda group, *sources: multicast(group, sources, True),
                "tcp-serve": tcp_serve, "tcp-talk": tcp_talk, "llmnr-serve": llmnr_serve, "sink": sink}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    commands[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
