"""Rewrites a capture with another address and right checksums: rewrite.py IN OUT OLD NEW."""

import sys

import steelpkt
from steelpkt import IP, Ethernet


def main(source: str, target: str, old: str, new: str) -> None:
    with steelpkt.open(source) as reader, steelpkt.create(target) as writer:
        for record in reader:
            if record.link_type != 1:
                continue
            packet = Ethernet(record.data)
            ip = packet.get_layer("IP")
            if isinstance(ip, IP):
                if ip.src == old:
                    ip.src = new
                if ip.dst == old:
                    ip.dst = new
            writer.write(packet.pkt2net({"csum": 1, "update": 1}), time_ns=record.time_ns or 0)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
