#!/usr/bin/env python3
"""What the way from dns_purepy to a plug-in gains: the tutorial's query, answered by the class in Python and by the rows.

    gain.py PLUGIN.so CAPTURE
"""
import sys
import tempfile
import time

import steelpkt
from steelscript.packets.protos import dns_purepy
from steelscript.packets.query.pcap_query import PcapQuery

TIMES = 300
ROUNDS = 5

# [gain]
FRAME = ["ip.src", "ip.dst", "udp.srcport", "udp.dstport"]
COUNTS = ["query_count", "answer_count", "auth_count"]


def by_class(path):
    with open(path, "rb") as file:
        return PcapQuery(pkt_classes=[dns_purepy.DNS]).pcap_query(
            file, FRAME + ["dns." + name for name in COUNTS], starttime=0.0, endtime=0.0, as_datetime=0)


def by_rows(path):
    query = steelpkt.query(path, FRAME + ["mydns." + name for name in COUNTS], decode_as="udp.port==53,mydns", threads=1)
    return [list(row) for row in query]


def seconds(ask, path):
    """Of the processor, at best."""
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        ask(path)
        spent.append(time.process_time() - begun)
    return min(spent)
# [end]


def main():
    plugin, capture = sys.argv[1:]
    steelpkt.load_plugin(plugin)
    with tempfile.NamedTemporaryFile(suffix=".pcap") as many:
        with steelpkt.open(capture) as records, steelpkt.create(many.name) as writer:
            packets = list(records)
            for packet in packets * TIMES:
                writer.write(packet)
        same = by_class(many.name) == by_rows(many.name)
        times = seconds(by_class, many.name) / seconds(by_rows, many.name)
        print(f"{len(packets) * TIMES} rows,", "the same" if same else "not the same")
        print("more than twenty times as fast" if times > 20 else f"only {times:.1f} times as fast")


if __name__ == "__main__":
    main()
