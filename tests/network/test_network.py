"""The examples that send and receive, between two hosts of their own: a veth pair in network namespaces."""
import contextlib
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest
from pathlib import Path

import network

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = Path(os.environ.get("STEELPKT", ROOT / "build" / "steelpkt")).resolve().parent / "examples"
PAYLOAD = b"Our Test UDP Packet"
RECEIVER = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(10)
s.bind(("0.0.0.0", 1025))
print("ready", file=sys.stderr, flush=True)
data, (host, port) = s.recvfrom(65535)
print(data.decode(), host, port)
"""


def ones_sum(data):
    """RFC 1071: over bytes that hold a right checksum it comes to ffff."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def only_packet(path):
    data = Path(path).read_bytes()
    _, _, caplen, length = struct.unpack("<4I", data[24:40])
    assert len(data) == 40 + caplen and caplen == length
    return data[40:]


class Sending(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.network = network.Network()
        try:
            cls.network.__enter__()
        except network.Unavailable as reason:
            raise unittest.SkipTest(str(reason)) from None
        cls.addClassCleanup(cls.network.__exit__)

    def example(self, host, name, *arguments):
        return self.network.run(host, EXAMPLES / name, *arguments)

    def send(self):
        result = self.example("client", "send", network.INTERFACE, network.CLIENT_MAC, network.SERVER_MAC,
                              network.CLIENT_IP, network.SERVER_IP)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "All 61 bytes sent.\n", ""))

    def test_a_packet_sent_arrives_as_it_was_built(self):
        listener, path = self.network.listen("server", 1, "udp port 1025")
        self.send()
        self.assertEqual(listener.wait(network.PATIENCE), 0)
        packet = only_packet(path)
        mac = bytes.fromhex((network.SERVER_MAC + network.CLIENT_MAC).replace(":", ""))
        self.assertEqual(packet[:14], mac + b"\x08\x00")
        self.assertEqual(ones_sum(packet[14:34]), 0xffff)
        self.assertEqual(packet[16:18], struct.pack("!H", 47))
        self.assertEqual(packet[34:40], struct.pack("!HHH", 45678, 1025, 27))
        self.assertEqual(ones_sum(packet[26:34] + struct.pack("!BBH", 0, 17, 27) + packet[34:]), 0xffff)
        self.assertEqual(packet[42:], PAYLOAD)
        self.check_with_tshark(path)

    def check_with_tshark(self, path):
        if shutil.which("tshark") is None:
            return
        checks = ("-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE")
        said = subprocess.run(("tshark", "-n", "-r", path, *checks, "-T", "fields", "-e", "ip.checksum.status", "-e",
                               "udp.checksum.status"), check=True, capture_output=True, text=True).stdout
        self.assertEqual(said, "1\t1\n")

    def test_the_receiving_kernel_takes_it(self):
        """A kernel drops what has a wrong checksum or length; a program that gets the payload proves both right."""
        receiver = self.network.start("server", sys.executable, "-c", RECEIVER, ready="ready")
        self.send()
        said, _ = receiver.communicate(timeout=network.PATIENCE)
        self.assertEqual(said.decode(), f"{PAYLOAD.decode()} {network.CLIENT_IP} 45678\n")

    def test_sending_on_no_interface_says_so(self):
        result = self.example("client", "send", "eth7", network.CLIENT_MAC, network.SERVER_MAC, network.CLIENT_IP,
                              network.SERVER_IP)
        self.assertEqual(result.returncode, 1)
        self.assertIn("eth7", result.stderr)

    def test_a_bad_address_is_told_and_nothing_is_sent(self):
        result = self.example("client", "send", network.INTERFACE, network.CLIENT_MAC, network.SERVER_MAC,
                              network.CLIENT_IP, "192.0.2.256")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, "")
        self.assertIn("ip.dst", result.stderr)

    def arp(self, target):
        return self.example("client", "arp", network.INTERFACE, network.CLIENT_MAC, network.CLIENT_IP, target)

    def test_a_kernel_answers_our_arp_request(self):
        result = self.arp(network.SERVER_IP)
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, f"The MAC address for {network.SERVER_IP} is {network.SERVER_MAC}\n", ""))

    @contextlib.contextmanager
    def flood(self):
        """Frames pass as fast as the hosts answer each other meanwhile."""
        chatter = self.network.start("client", "ping", "-q", "-f", "-s", "1400", network.SERVER_IP)
        try:
            yield
        finally:
            chatter.terminate()

    def test_it_answers_among_other_traffic(self):
        with self.flood():
            for _ in range(5):
                self.assertEqual(self.arp(network.SERVER_IP).returncode, 0)

    @unittest.skipIf(shutil.which("strace") is None, "no command strace")
    def test_other_traffic_leaves_room_for_the_answer(self):
        """Held up between its socket and its question, it reads nothing of a flood that would fill the socket."""
        with self.flood():
            result = self.network.run("client", "strace", "-qq", "-o", "/dev/null", "-E", "ASAN_OPTIONS=detect_leaks=0",
                                      "-e", "inject=sendto:delay_enter=300000", EXAMPLES / "arp", network.INTERFACE,
                                      network.CLIENT_MAC, network.CLIENT_IP, network.SERVER_IP)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_nobody_answers_and_two_seconds_are_waited(self):
        begun = time.monotonic()
        result = self.arp("192.0.2.99")
        waited = time.monotonic() - begun
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("no reply", result.stderr)
        self.assertTrue(1.9 < waited < 4, waited)

    def test_a_name_server_answers_our_questions(self):
        if not self.network.serve_names():
            self.skipTest("no command dnsmasq (dnsmasq-base)")
        result = self.example("client", "dns_query", network.SERVER_IP, network.ZONE)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = result.stdout.splitlines()
        head = f"DNSResource(domain_name={network.ZONE}, "
        addresses = [f"{head}res_type=1, res_class=1, ttl={network.TTL}, res_len=4, a={address})"
                     for address in network.ADDRESSES]
        self.assertEqual(sorted(lines[:-1]), sorted(addresses))
        self.assertTrue(lines[-1].startswith(head + "res_type=6, "), lines[-1])
        self.assertIn(f"mname=ns1.{network.ZONE}, rname=hostmaster.{network.ZONE}, serial={network.SERIAL}, "
                      f"refresh={network.REFRESH}, retry={network.RETRY}, expire={network.EXPIRE}, "
                      f"minimum={network.TTL})", lines[-1])

    def capture(self, count, expression, name):
        path = self.network.directory / name
        capture = self.network.start("server", EXAMPLES / "live", network.INTERFACE, path, count, expression,
                                     ready="capturing on")
        return capture, path

    def test_a_capture_holds_what_was_sent_and_counts_it(self):
        capture, path = self.capture(5, "udp port 1025", "five.pcap")
        for _ in range(5):
            self.send()
        said, _ = capture.communicate(timeout=network.PATIENCE)
        self.assertEqual((capture.returncode, said.decode()),
                         (0, "5 written, 5 received, 0 dropped, 0 dropped by the interface\n"))
        data = path.read_bytes()
        self.assertEqual(len(data), 24 + 5 * (16 + 61))
        self.assertEqual(data.count(PAYLOAD), 5)

    def test_an_interrupted_capture_keeps_what_it_has(self):
        capture, path = self.capture(1000, "udp port 1025", "some.pcap")
        self.send()
        self.send()
        time.sleep(0.3)
        capture.send_signal(signal.SIGINT)
        said, _ = capture.communicate(timeout=network.PATIENCE)
        self.assertEqual((capture.returncode, said.decode()[:10]), (0, "2 written,"))
        self.assertEqual(path.read_bytes().count(PAYLOAD), 2)

    def test_a_bad_filter_is_told(self):
        result = self.example("server", "live", network.INTERFACE, self.network.directory / "none", 1, "udp prot 5")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("bad filter expression", result.stderr)

    def test_no_name_server_is_told(self):
        result = self.example("client", "dns_query", network.SERVER_IP, network.ZONE, 5353)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("refused", result.stderr)


if __name__ == "__main__":
    unittest.main()
