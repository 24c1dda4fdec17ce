"""The package that the tutorial was written for, as bench/packets.py asks it: a process of its own, since its modules have
the names of ours. Reads a question a line from standard input, [what, argument, ...], and answers with a line of JSON.
"""
import itertools
import json
import sys
import time

from steelscript.packets.core.inetpkt import IP, UDP, Ethernet
from steelscript.packets.core.pcap import PCAPReader, PCAPWriter

PAYLOAD = b"Our Test UDP Packet"
SOURCE, DESTINATION, OTHER = "192.0.2.1", "192.0.2.2", "198.51.100.7"


def clock():
    return time.process_time()


def decode(path, count):
    for _, _, data in itertools.islice(PCAPReader(filename=path), count):
        ip = Ethernet(data).payload
        transport = ip.payload
        seen = ip.src, ip.dst, transport.sport, transport.dport
    return seen


def craft(count):
    for _ in range(count):
        made = Ethernet(dst_mac="00:00:5e:00:53:02", src_mac="00:00:5e:00:53:01",
                        payload=IP(src=SOURCE, dst=DESTINATION, proto=17,
                                   payload=UDP(sport=45678, dport=1025, payload=PAYLOAD))).pkt2net(
                                       {"csum": 1, "update": 1})
    return made.hex()


def rewrite(path, out, count):
    writer = PCAPWriter(filename=out)
    for _, header, data in itertools.islice(PCAPReader(filename=path), count):
        packet = Ethernet(data)
        ip = packet.get_layer("IP")
        if ip.pkt_name == "IP":
            ip.src = OTHER
        # a dictionary for each packet: it keeps the first one's pseudo header in it
        writer.dump_pkt(packet.pkt2net({"csum": 1, "update": 1}), header["ts"]["tv_sec"], header["ts"]["tv_usec"])
    writer.close()


ASKED = {call.__name__: call for call in (clock, decode, craft, rewrite)}

if __name__ == "__main__":
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        print(json.dumps(ASKED[what](*arguments)), flush=True)
