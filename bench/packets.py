"""What bench/python measures: decoding, crafting, rewriting and importing, of steelpkt and of what else is installed.

Times are processor time of one thread. In every round each library runs once, in turn, so that what disturbs the machine
disturbs all; a ratio is the median of the rounds' own ratios. The package that the tutorial was written for is "older": a
process of bench/older.py, by the Python that the environment's OLDER names.
"""
import importlib.util
import itertools
import json
import os
import pathlib
import platform
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from steelscript.packets.core.inetpkt import IP, UDP, Ethernet
from steelscript.packets.core.pcap import PCAPReader, PCAPWriter
from steelscript.packets.protos.dns import DNS
from steelscript.packets.query.pcap_query import PcapQuery

import steelpkt

HERE = pathlib.Path(__file__).resolve().parent
PACKETS, ROUNDS = 10000, 5
SLOW = {"scapy": 20, "pypacker": 4}  # they get so many times fewer packets
PAYLOAD = b"Our Test UDP Packet"
SOURCE, DESTINATION, OTHER = "192.0.2.1", "192.0.2.2", "198.51.100.7"
TARGETS = {("decode", "dpkt"): 15, ("decode", "scapy"): 250, ("decode", "older"): 10, ("craft", "dpkt"): 18,
           ("craft", "scapy"): 400, ("craft", "older"): 12, ("rewrite", "dpkt"): 8, ("rewrite", "older"): 8,
           ("query", "tshark"): 20}
FIELDS = ["frame.time_epoch", "ip.src", "ip.dst", "udp.srcport", "udp.dstport", "dns.query_count", "dns.answer_count",
          "dns.auth_count"]
WIRESHARK = FIELDS[:5] + ["dns.count.queries", "dns.count.answers", "dns.count.auth_rr"]


def capture(path):
    """Frames of real connections, TCP and UDP over IPv4, again and again."""
    frames = []
    for name in ("http.pcap", "dns.pcap"):
        frames += [record.data for record in steelpkt.open(HERE.parent / "tests" / "captures" / name)]
    with steelpkt.create(path, nanoseconds=False) as writer:
        for number in range(PACKETS):
            writer.write(frames[number % len(frames)], time=1700000000 + number / 1000)


class Library:
    """What is asked of each."""
    rewrite = None  # for those that cannot compute the checksums of what they read
    clock = staticmethod(time.process_time)


class Steelpkt(Library):
    def decode(self, path, count):
        with open(path, "rb") as file:
            for _, data, _ in itertools.islice(PCAPReader(file, pk_format=1), count):
                ip = Ethernet(data).payload
                transport = ip.payload
                seen = ip.src, ip.dst, transport.sport, transport.dport
        return seen

    def craft(self, count):
        for _ in range(count):
            made = Ethernet(dst_mac="00:00:5e:00:53:02", src_mac="00:00:5e:00:53:01",
                            payload=IP(src=SOURCE, dst=DESTINATION, proto=17,
                                       payload=UDP(sport=45678, dport=1025, payload=PAYLOAD))).pkt2net(
                                           {"csum": 1, "update": 1})
        return made

    def rewrite(self, path, out, count):
        options = {"csum": 1, "update": 1}
        with open(path, "rb") as source, open(out, "wb") as target:
            writer = PCAPWriter(target)
            for stamp, data, _ in itertools.islice(PCAPReader(source, pk_format=1), count):
                packet = Ethernet(data)
                ip = packet.get_layer("IP")
                if ip.pkt_name == "IP":
                    ip.src = OTHER
                writer.writepkt(packet.pkt2net(options), stamp)
            writer.close()


class Dpkt(Library):
    def __init__(self):
        import dpkt
        from dpkt.utils import inet_to_str
        self.dpkt, self.text = dpkt, inet_to_str

    def decode(self, path, count):
        text, kind = self.text, self.dpkt.ethernet.Ethernet
        with open(path, "rb") as file:
            for _, data in itertools.islice(self.dpkt.pcap.Reader(file), count):
                ip = kind(data).data
                transport = ip.data
                seen = text(ip.src), text(ip.dst), transport.sport, transport.dport
        return seen

    def craft(self, count):
        dpkt = self.dpkt
        for _ in range(count):
            udp = dpkt.udp.UDP(sport=45678, dport=1025, data=PAYLOAD)
            udp.ulen = len(udp)
            ip = dpkt.ip.IP(src=socket.inet_aton(SOURCE), dst=socket.inet_aton(DESTINATION), p=17, data=udp)
            ip.len = len(ip)
            made = bytes(dpkt.ethernet.Ethernet(dst=b"\0\0\x5e\0\x53\x02", src=b"\0\0\x5e\0\x53\x01", data=ip))
        return made

    def rewrite(self, path, out, count):
        dpkt = self.dpkt
        with open(path, "rb") as source, open(out, "wb") as target:
            writer = dpkt.pcap.Writer(target)
            for stamp, data in itertools.islice(dpkt.pcap.Reader(source), count):
                packet = dpkt.ethernet.Ethernet(data)
                if isinstance(packet.data, dpkt.ip.IP):
                    packet.data.src = socket.inet_aton(OTHER)
                    packet.data.sum = packet.data.data.sum = 0
                writer.writepkt(bytes(packet), stamp)


class Scapy(Library):
    def __init__(self):
        from scapy.layers.inet import IP as SIP
        from scapy.layers.inet import UDP as SUDP
        from scapy.layers.l2 import Ether
        from scapy.utils import RawPcapReader
        self.Ether, self.IP, self.UDP, self.Reader = Ether, SIP, SUDP, RawPcapReader

    def decode(self, path, count):
        for data, _ in itertools.islice(self.Reader(str(path)), count):
            ip = self.Ether(data).payload
            seen = ip.src, ip.dst, ip.payload.sport, ip.payload.dport
        return seen

    def craft(self, count):
        for _ in range(count):
            made = bytes(self.Ether(dst="00:00:5e:00:53:02", src="00:00:5e:00:53:01")
                         / self.IP(src=SOURCE, dst=DESTINATION, id=0) / self.UDP(sport=45678, dport=1025) / PAYLOAD)
        return made


class Pypacker(Library):
    def __init__(self):
        from pypacker import ppcap
        from pypacker.layer3.ip import IP as PIP
        from pypacker.layer4.tcp import TCP as PTCP
        from pypacker.layer4.udp import UDP as PUDP
        from pypacker.layer12.ethernet import Ethernet as PEthernet
        self.Reader, self.IP, self.TCP, self.UDP, self.Ethernet = ppcap.Reader, PIP, PTCP, PUDP, PEthernet

    def decode(self, path, count):
        for _, data in itertools.islice(self.Reader(filename=str(path)), count):
            ip = self.Ethernet(data)[self.IP]
            transport = ip[self.TCP] or ip[self.UDP]
            seen = ip.src_s, ip.dst_s, transport.sport, transport.dport
        return seen

    def craft(self, count):
        for _ in range(count):
            made = (self.Ethernet(dst_s="00:00:5e:00:53:02", src_s="00:00:5e:00:53:01")
                    + self.IP(src_s=SOURCE, dst_s=DESTINATION, p=17)
                    + self.UDP(sport=45678, dport=1025, body_bytes=PAYLOAD)).bin()
        return made


class Older(Library):
    """bench/older.py. Its clock is that process's own."""

    def __init__(self, python):
        self.child = subprocess.Popen([python, HERE / "older.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.clock()  # says now if it does not run

    def ask(self, *question):
        self.child.stdin.write(json.dumps(question) + "\n")
        self.child.stdin.flush()
        return json.loads(self.child.stdout.readline())

    def clock(self):
        return self.ask("clock")

    def decode(self, path, count):
        return tuple(self.ask("decode", str(path), count))

    def craft(self, count):
        return bytes.fromhex(self.ask("craft", count))

    def rewrite(self, path, out, count):
        self.ask("rewrite", str(path), str(out), count)


def libraries():
    found = {"steelpkt": Steelpkt()}
    for name, kind in (("dpkt", Dpkt), ("scapy", Scapy), ("pypacker", Pypacker)):
        if importlib.util.find_spec(name) is not None:
            try:
                found[name] = kind()
            except Exception as error:  # noqa: BLE001 - a peer that does not run here is left out, and said to be
                print(f"bench: {name} does not run here: {error}")
    if "OLDER" in os.environ:
        try:
            found["older"] = Older(os.environ["OLDER"])
        except (OSError, ValueError) as error:
            print(f"bench: the older package does not run here: {error}")
    return found


def query(path):
    """The tutorial's eight fields of every packet, with the DNS class in C."""
    with open(path, "rb") as file:
        return PcapQuery(pkt_classes=[DNS]).pcap_query(file_handle=file, wshark_fields=FIELDS, starttime=0.0, endtime=0.0,
                                                       as_datetime=0)


def tshark(path, *more):
    """The same by tshark, as text; processor seconds of the child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    names = [part for name in WIRESHARK for part in ("-e", name)]
    done = subprocess.run(["tshark", "-n", "-r", path, "-T", "fields", *names, *more], check=True, capture_output=True,
                          text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout.splitlines(), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_query(path):
    """Nanoseconds a packet of PcapQuery and of tshark, whose start-up is left out, and the ratio."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(timed(time.process_time, query, path) / PACKETS * 1e9)
        theirs.append((tshark(path)[1] - tshark(path, "-c", "1")[1]) / PACKETS * 1e9)
    return {"steelpkt": (statistics.median(ours), 1.0),
            "tshark": (statistics.median(theirs), statistics.median(a / b for a, b in zip(theirs, ours)))}


def timed(clock, call, *arguments):
    begun = clock()
    call(*arguments)
    return clock() - begun


def measure(found, what, run):
    """Nanoseconds a packet of each library, and how many times as fast ours is."""
    times = {name: [] for name, library in found.items() if getattr(library, what) is not None}
    for _ in range(ROUNDS):
        for name in times:
            count = PACKETS // SLOW.get(name, 1)
            times[name].append(run(found[name], count) / count * 1e9)
    ours = times["steelpkt"]
    return {name: (statistics.median(seen), statistics.median(a / b for a, b in zip(seen, ours)))
            for name, seen in times.items()}


def same_rewritten(ours, other, path, out):
    """Whether two libraries write the same packets, all but what one of them adds as padding."""
    written = []
    for library in (ours, other):
        library.rewrite(path, out, 17)
        written.append([record.data for record in steelpkt.open(out)])
    return len(written[1]) == 17 and all(b.startswith(a) for a, b in zip(*written, strict=True))


def importing(code):
    """Milliseconds of an import, the interpreter's own start taken away."""
    def once(text):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", text], check=True)
        return time.perf_counter() - begun
    once(code)
    return (min(once(code) for _ in range(7)) - min(once("pass") for _ in range(7))) * 1e3


def report(found, path, out):
    rows = ["# Measurements in Python", "", "Written by `bench/python`; how it measures stands there.", "",
            f"CPython {platform.python_version()}; steelpkt {steelpkt.__version__} as its wheel.", "",
            "| what | library | ns a packet | steelpkt is faster | target | |", "|---|---|--:|--:|--:|---|"]
    runs = {"decode": lambda library, count: timed(library.clock, library.decode, path, count),
            "craft": lambda library, count: timed(library.clock, library.craft, count),
            "rewrite": lambda library, count: timed(library.clock, library.rewrite, path, out, count)}
    seen = {what: measure(found, what, run) for what, run in runs.items()}
    if shutil.which("tshark"):
        seen["query"] = measure_query(path)
    for what, measured in seen.items():
        for name, (ns, ratio) in measured.items():
            target = TARGETS.get((what, name))
            met = "" if target is None else "met" if ratio >= target else "MISSED"
            rows.append(f"| {what} | {name} | {ns:.0f} | {'' if name == 'steelpkt' else f'{ratio:.1f} times'} "
                        f"| {'' if target is None else f'{target} times'} | {met} |")
    for code, most in (("import steelpkt", 30), ("import steelscript.packets.core.inetpkt", 40)):
        took = importing(code)
        rows.append(f"| `{code}` | | {took:.1f} ms | | {most} ms | {'met' if took < most else 'MISSED'} |")
    rows += ["", "decode: read from a file, `Ethernet(data)`, two addresses and two ports. craft: Ethernet, IP and UDP with "
             "lengths and checksums. rewrite: read, change the source, new checksums, write. query: PcapQuery with the "
             "tutorial's eight fields and the DNS class in C; tshark's start-up is left out.", "",
             "older: the package that the tutorial was written for, the latest release of the index, built from its sources "
             "by Cython 0.29; the C files that it brings, and Cython 3, do not build on this Python. It is no peer in "
             "query: its DNS class needs a method of arrays that Python 3.9 took away."]
    return "\n".join(rows) + "\n"


def main():
    found = libraries()
    with tempfile.TemporaryDirectory() as directory:
        path, out = pathlib.Path(directory) / "in.pcap", pathlib.Path(directory) / "out.pcap"
        capture(path)
        counts = range(1, 18)
        expected, made = [found["steelpkt"].decode(path, count) for count in counts], found["steelpkt"].craft(1)
        for name, library in found.items():
            if [library.decode(path, count) for count in counts] != expected:
                sys.exit(f"bench: {name} reads something else")
            if library.rewrite is not None and not same_rewritten(found["steelpkt"], library, path, out):
                sys.exit(f"bench: {name} rewrites to something else")
            other = library.craft(1)
            if name != "scapy" and other != made or other[-len(PAYLOAD):] != PAYLOAD:
                sys.exit(f"bench: {name} makes {other.hex()}, steelpkt {made.hex()}")
        if shutil.which("tshark"):
            said = [line.split("\t")[1:] for line in tshark(path, "-c", "100")[0]]
            read = [["" if value is None else str(value) for value in row[1:]] for row in query(path)[:100]]
            if said != read:
                sys.exit("bench: tshark reads something else")
        if "--smoke" in sys.argv:
            print(f"{len(found)} libraries read {len(expected)} packets alike")
            return
        text = report(found, path, out)
        print(text)
        (HERE / "results-python.md").write_text(text)


if __name__ == "__main__":
    main()
