"""The examples that need no network: what they print and write, and that they tell of what goes wrong."""
import os
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = Path(os.environ.get("STEELPKT", ROOT / "build" / "steelpkt")).resolve().parent / "examples"
CAPTURES = ROOT / "tests" / "captures"
CHANGES = {"10.38.64.13": "192.168.100.1", "10.38.130.25": "192.168.100.101"}

# The packet that the tutorial prints, with lengths and checksums filled in.
PACKET = ("ffffffffffff0000000000000800" "4500002f000000004011316ac0a86401c0a86402" "b26e0401001bb0c5"
          + b"Our Test UDP Packet".hex())


def run(name, *arguments, **options):
    return subprocess.run((EXAMPLES / name, *map(str, arguments)), capture_output=True, text=True, timeout=60,
                          check=False, **options)


def records(path):
    """(seconds, fraction, wire length, bytes) of a little-endian pcap, read here and not by the library."""
    data = Path(path).read_bytes()
    at, found = 24, []
    while at < len(data):
        seconds, fraction, caplen, length = struct.unpack("<4I", data[at:at + 16])
        found.append((seconds, fraction, length, data[at + 16:at + 16 + caplen]))
        at += 16 + caplen
    return data[:4], found


def tshark(path, *fields):
    checks = ("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE")
    command = ("tshark", "-n", "-r", path, *checks, "-T", "fields")
    for field in fields:
        command += ("-e", field)
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.split("\t") for line in said.splitlines()]


class Examples(unittest.TestCase):
    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="steelpkt-examples-"))
        self.addCleanup(shutil.rmtree, self.directory)

    def rewrite(self, source, target):
        return run("rewrite", source, target, *(f"{old}={new}" for old, new in CHANGES.items()))

    def test_craft_gives_the_bytes_of_the_tutorial(self):
        result = run("craft")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout.splitlines()[:2], [PACKET[:28], PACKET])

    def test_rewritten_capture_has_new_addresses_and_old_times(self):
        target = self.directory / "http_fixed.pcap"
        result = self.rewrite(CAPTURES / "http.pcap", target)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        magic, before = records(CAPTURES / "http.pcap")
        self.assertEqual(magic, records(target)[0])
        after = records(target)[1]
        self.assertEqual(len(after), 11)
        # all but IP checksum, addresses and TCP checksum is as it was
        for old, new in zip(before, after):
            self.assertEqual(old[:3], new[:3])
            self.assertEqual(old[3][:24] + old[3][34:50] + old[3][52:], new[3][:24] + new[3][34:50] + new[3][52:])
            for place in (26, 30):
                address = ".".join(map(str, old[3][place:place + 4]))
                self.assertEqual(CHANGES[address], ".".join(map(str, new[3][place:place + 4])))

    @unittest.skipUnless(shutil.which("tshark"), "no tshark here")
    def test_tshark_finds_every_checksum_of_it_good(self):
        target = self.directory / "http_fixed.pcap"
        self.rewrite(CAPTURES / "http.pcap", target)
        fields = ("frame.time_epoch", "ip.src", "ip.dst", "ip.checksum.status", "tcp.checksum.status")
        before, after = tshark(CAPTURES / "http.pcap", *fields), tshark(target, *fields)
        self.assertIn("0", [row[4] for row in before])
        self.assertEqual([[row[0], CHANGES[row[1]], CHANGES[row[2]], "1", "1"] for row in before], after)

    def test_nanoseconds_are_kept(self):
        """A pcap in nanoseconds is written as one: 24 bytes of header, then times to the last digit."""
        source, target = self.directory / "nano.pcap", self.directory / "out.pcap"
        head = struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 1)
        source.write_bytes(head + struct.pack("<4I", 1493833331, 123456789, 14, 14) + bytes(14))
        self.assertEqual(self.rewrite(source, target).returncode, 0)
        magic, (record,) = records(target)
        self.assertEqual((magic, record[:2]), (head[:4], (1493833331, 123456789)))

    def test_rewrite_says_what_is_wrong(self):
        target = self.directory / "out.pcap"
        cut = self.directory / "cut.pcap"
        cut.write_bytes((CAPTURES / "http.pcap").read_bytes()[:-10])
        for arguments, said in (((CAPTURES / "http.pcap", target, "10.38.64.13"), "no = in it"),
                                ((CAPTURES / "http.pcap", target, "10.38.64=1.2.3.4"), "ip.src"),
                                ((self.directory / "none", target, "1.2.3.4=1.2.3.5"), "none"),
                                ((cut, target, "1.2.3.4=1.2.3.5"), "cut.pcap"),
                                ((CAPTURES / "http.pcap", self.directory / "no" / "out", "1.2.3.4=1.2.3.5"), "no/out")):
            result = run("rewrite", *arguments)
            self.assertEqual((result.returncode, result.stdout), (1, ""), arguments)
            self.assertIn(said, result.stderr)

    def test_query_gives_the_rows_of_the_tutorial(self):
        result = run("query", CAPTURES / "dns.pcap")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = [line.split() for line in result.stdout.splitlines()]
        self.assertEqual(lines[0][5:], ["dns.query_count", "dns.answer_count", "dns.auth_count"])
        self.assertEqual([(float(row[0]), *map(int, row[3:])) for row in lines[1:7]], [
            (1493834478.390878, 49883, 53, 1, 0, 0), (1493834478.51328, 53, 49883, 1, 1, 4),
            (1493834485.406963, 57556, 53, 1, 0, 0), (1493834485.490302, 53, 57556, 1, 4, 4),
            (1493834493.955906, 52047, 53, 1, 0, 0), (1493834493.978792, 53, 52047, 1, 5, 0)])
        self.assertEqual(lines[7:], [["6", "packets,", "10", "answers"]])

    def test_a_filter_chooses_packets(self):
        result = run("filter", CAPTURES / "dns.pcap", "dns.count.answers > 1")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "4\n6\n", ""))
        result = run("filter", CAPTURES / "dns.pcap", "udp.port == 53 && dns.qry.nam")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertEqual(result.stderr.splitlines()[-1], " " * 18 + "^")

    def test_read_fields_shows_a_packet_row_by_row(self):
        result = run("read_fields", CAPTURES / "dns.pcap", 2)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for line in ("ip.addr: 192.0.2.53", "ip.addr: 192.0.2.15", "      dns.qry.name: riverbed.com",
                     "        dns.a: 208.70.196.59", "        dns.ns: ns2.riverbed.com"):
            self.assertIn(line, result.stdout.splitlines())

    def test_read_fields_tells_of_a_damaged_packet_and_goes_on(self):
        source = self.directory / "short.pcap"
        packet = bytes.fromhex(PACKET)
        head = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
        source.write_bytes(head + struct.pack("<4I", 0, 0, 38, len(packet)) + packet[:38]
                           + struct.pack("<4I", 1, 0, len(packet), len(packet)) + packet)
        result = run("read_fields", source)
        self.assertEqual(result.returncode, 0)
        lines = result.stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("stopped in udp", lines[1])
        self.assertIn("192.168.100.1 > 192.168.100.2 port 1025", lines[2])

    def test_a_protocol_of_ones_own(self):
        result = run("own_protocol")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = result.stdout.splitlines()
        self.assertEqual(lines[:6], ["weather.version: 1", "weather.battery_low: 0", "weather.count: 2",
                                     "weather.station: 7", "weather.name_len: 9", "weather.name: Zugspitze"])
        self.assertEqual(lines[-3:], ["ip.src = 192.0.2.7", "weather.name = Zugspitze",
                                      "weather.reading.value = 2712 184"])

    def test_the_program_of_the_readme(self):
        result = run("readme", CAPTURES / "http.pcap")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(len(result.stdout.splitlines()), 11)
        self.assertEqual(result.stdout.splitlines()[1], "packet 2 comes from 10.38.130.25")
        with open(CAPTURES / "http.pcap", "rb") as stream:
            self.assertEqual(run("readme", stdin=stream).stdout, result.stdout)

    def test_every_program_says_how_it_is_used_or_what_failed(self):
        for name in sorted(path.stem for path in (ROOT / "examples").glob("*.c")):
            if name in ("craft", "own_protocol"):
                continue
            result = run(name, *(["none"] if name == "readme" else []))
            self.assertEqual((result.returncode, result.stdout), (1, ""), name)
            self.assertIn("none:" if name == "readme" else f"usage: {name} ", result.stderr)


if __name__ == "__main__":
    unittest.main()
