"""NetFlow packets of a capture sent again, in their old rhythm and with new times: for testing what collects them."""

from __future__ import annotations

import ipaddress
import socket
import time

from steelpkt import _core
from steelpkt import Ethernet, NetflowSimple, decode

__all__ = ["netflow_replay_raw_sock", "netflow_replay_system_sock"]

TYPE_CHECKING = False  # as in typing, which takes longer to import than all of this
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steelpkt import Record

_BILLION = 1000000000
_ETHERNET = 1
_HAS_SEQUENCE = 9  # from this version on the header's fifth word is a sequence number, not nanoseconds


def _records(pcap_file: str, expression: str) -> Iterator[Record]:
    """The records of a capture that pass; ValueError where none does."""
    nothing = True
    with _core.Reader(pcap_file, bpf=expression, cut_is_end=True) as reader:
        for record in reader:
            nothing = False
            yield record
    if nothing:
        raise ValueError(f"{pcap_file}: no packet that passes '{expression}'")


def _in_time(records: Iterator[Record], blast_mode: int) -> Iterator[Record]:
    """Each record when it is due: the first at once, the others as long after it as they were captured; or all at once."""
    offset = None
    for record in records:
        now = time.time()
        when = record.time or 0.0
        if offset is None:
            offset = now - when
        elif not blast_mode and when + offset > now:
            time.sleep(when + offset - now)
        yield record


def _renew(flow: NetflowSimple) -> None:
    """Gives a NetFlow header the present time."""
    now = time.time_ns()
    flow.unix_secs = now // _BILLION
    if flow.version < _HAS_SEQUENCE:
        flow.unix_nano_seconds = now % _BILLION


def netflow_replay_system_sock(pcap_file: str, pcap_dst_port: int, dest_ip: str, dest_port: int,
                               blast_mode: int = 0) -> int:
    """Sends the NetFlow messages of a capture from an ordinary UDP socket to dest_ip and dest_port: 0.

    The messages are those of the UDP packets to pcap_dst_port. blast_mode: without waiting in between. ValueError: there are
    none.
    """
    family = socket.AF_INET6 if ipaddress.ip_address(dest_ip).version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        for record in _in_time(_records(pcap_file, f"udp dst port {pcap_dst_port}"), blast_mode):
            udp = decode(record.data, record.link_type).get_layer("UDP")
            message = bytes(udp.payload)
            if message:
                flow = NetflowSimple(message)
                _renew(flow)
                sock.sendto(flow.pkt2net({}), (dest_ip, dest_port))
    return 0


def netflow_replay_raw_sock(device: str, pcap_file: str, pcap_dst_port: int, dest_ip: str, dest_mac: str, dest_port: int,
                            src_ip: str = "", src_mac: str = "", blast_mode: int = 0) -> int:
    """Sends the NetFlow packets of a capture on a network device, headers and all, under new addresses: 0. Needs root.

    The packets are those over IPv4 to UDP port pcap_dst_port. Each gets dest_mac, dest_ip and dest_port, and src_mac and
    src_ip where they are given; lengths and checksums are made right. blast_mode: without waiting in between. ValueError:
    there are none, or the capture is no Ethernet's.
    """
    arguments = {"csum": 1, "update": 1}
    with _core.Live(device, promiscuous=False) as live:
        for record in _in_time(_records(pcap_file, f"ip and udp dst port {pcap_dst_port}"), blast_mode):
            if record.link_type != _ETHERNET:
                raise ValueError(f"{pcap_file}: packet {record.number} is no Ethernet frame (link type {record.link_type})")
            frame = Ethernet(record.data, l7_ports={pcap_dst_port: NetflowSimple})
            ip, udp, flow = (frame.get_layer(name) for name in ("IP", "UDP", "NetflowSimple"))
            if udp.pkt_name != "UDP":
                continue  # its header is cut
            frame.dst_mac, ip.dst, udp.dport = dest_mac, dest_ip, dest_port
            frame.src_mac, ip.src = src_mac or frame.src_mac, src_ip or ip.src
            if flow.pkt_name == "NetflowSimple":
                _renew(flow)
            live.send(frame.pkt2net(arguments))
    return 0
