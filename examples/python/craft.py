"""Crafts a UDP packet, also a wrong one: craft.py [FILE], which gets both."""

import sys

import steelpkt
from steelpkt import IP, UDP, Ethernet


def main(path: str | None) -> None:
    packet = Ethernet(src_mac="00:00:5e:00:53:01", dst_mac="00:00:5e:00:53:02",
                      payload=IP(src="192.0.2.1", dst="192.0.2.2", proto=17,
                                 payload=UDP(sport=45678, dport=1025, payload=b"Our Test UDP Packet")))
    good = packet.pkt2net({"csum": 1, "update": 1})

    # nothing is corrected unless asked for
    udp: UDP = packet.get_layer("UDP")
    udp.ulen = 9999
    wrong = packet.pkt2net({})

    for data in (good, wrong):
        Ethernet(data).hexdump()
    if path is not None:
        with steelpkt.create(path, link_type=1) as writer:
            writer.write(good, time=0)
            writer.write(wrong, time=1)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
