"""NetFlow replay: the two functions and the command, on loopback and on two devices with a cable between them."""
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import steelpkt
from steelpkt import Ethernet, NetflowSimple
from steelscript.packets.commands.netflow_player import main, parse_args
from steelscript.packets.core.pcap import PCAPSocket, netflow_replay_raw_sock, netflow_replay_system_sock

CAPTURES = Path(__file__).resolve().parents[1] / "captures"
V5, V9 = str(CAPTURES / "netflow-v5.pcap"), str(CAPTURES / "netflow-v9.pcap")


def messages(path):
    """The NetFlow messages of a capture."""
    return [bytes(steelpkt.decode(record.data, record.link_type).get_layer("UDP").payload)
            for record in steelpkt.open(path, bpf="udp dst port 2055")]


@pytest.fixture
def collector():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(5)
        yield sock


def check_message(got, captured):
    """Sent now: the header has the present time, the rest is as it was."""
    was, flow = NetflowSimple(captured), NetflowSimple(got)
    assert (flow.version, flow.count, flow.sys_uptime) == (was.version, was.count, was.sys_uptime)
    assert abs(flow.unix_secs - time.time()) < 30
    assert got[16:] == captured[16:]
    if flow.version == 9:
        assert got[12:16] == captured[12:16]  # a sequence number there
    else:
        assert 0 <= flow.unix_nano_seconds < 1000000000


@pytest.mark.parametrize("path", [V5, V9])
def test_from_an_ordinary_socket(collector, path):
    wanted = messages(path)
    port = collector.getsockname()[1]
    assert netflow_replay_system_sock(path, 2055, "127.0.0.1", port, blast_mode=1) == 0
    for captured in wanted:
        check_message(collector.recv(65535), captured)


def slow_capture(path, gaps):
    """The first message of netflow-v5.pcap, several times: so many seconds apart."""
    record = next(steelpkt.open(V5, bpf="udp dst port 2055"))
    when = 1500000000.0
    with steelpkt.create(path) as writer:
        for gap in (0, *gaps):
            when += gap
            writer.write(record.data, time=when)
    return str(path)


def test_the_rhythm_is_kept_unless_blasted(collector, tmp_path):
    path = slow_capture(tmp_path / "slow.pcap", [0.3, 0.1])
    port = collector.getsockname()[1]
    begun = time.monotonic()
    netflow_replay_system_sock(path, 2055, "127.0.0.1", port)
    assert 0.4 <= time.monotonic() - begun < 2
    begun = time.monotonic()
    netflow_replay_system_sock(path, 2055, "127.0.0.1", port, blast_mode=1)
    assert time.monotonic() - begun < 0.3


def test_nanoseconds_are_nanoseconds(collector, tmp_path):
    """They run through all of a second, where microseconds would stay below a million."""
    path = slow_capture(tmp_path / "slow.pcap", [0.13, 0.13, 0.13])
    netflow_replay_system_sock(path, 2055, "127.0.0.1", collector.getsockname()[1])
    flows = [NetflowSimple(collector.recv(65535)) for _ in range(4)]
    stamps = [flow.unix_secs + flow.unix_nano_seconds / 1e9 for flow in flows]
    assert all(0.1 < after - before < 0.5 for before, after in zip(stamps, stamps[1:]))


def test_what_cannot_be_replayed_says_so(tmp_path):
    with pytest.raises(ValueError, match="no packet that passes 'udp dst port 9'"):
        netflow_replay_system_sock(V5, 9, "127.0.0.1", 2055)
    with pytest.raises(FileNotFoundError):
        netflow_replay_system_sock(str(tmp_path / "none"), 2055, "127.0.0.1", 2055)
    with pytest.raises(ValueError):
        netflow_replay_system_sock(V5, 2055, "no address", 2055)


def test_the_command(collector, capsys):
    port = collector.getsockname()[1]
    command = [sys.executable, "-m", "steelscript.packets.commands.netflow_player", "-f", V5, "--dest_ip", "127.0.0.1",
               "--dest_port", str(port), "--blast", "1"]
    assert subprocess.run(command, check=False, timeout=60).returncode == 0
    check_message(collector.recv(65535), messages(V5)[0])
    assert main(["-f", V5, "--dest_ip", "127.0.0.1", "--pcap_dst_port", "9"]) == 1
    assert "netflow-player: " in capsys.readouterr().err
    options = parse_args(["--file", V5, "--dest_ip", "127.0.0.1", "--spoofing", "--device", "left"])
    assert options.spoofing and (options.dest_mac, options.src_ip, options.blast) == ("ff:ff:ff:ff:ff:ff", "", 0)
    assert not parse_args(["-f", V5, "--dest_ip", "127.0.0.1", "--no-spoofing"]).spoofing
    with pytest.raises(ValueError, match="--device"):
        parse_args(["-f", V5, "--dest_ip", "127.0.0.1", "--spoofing"])


@pytest.mark.parametrize("path", [V5, V9])
@pytest.mark.parametrize("source", [("", ""), ("192.0.2.77", "00:00:5e:00:53:77")])
def test_whole_packets_on_a_device(wire, path, source):
    captured = list(steelpkt.open(path, bpf="udp dst port 2055"))
    right = PCAPSocket(devicename="right", to_ms=5000)
    right.add_bpf_filter("udp port 9995")
    assert netflow_replay_raw_sock("left", path, 2055, "192.0.2.99", "00:00:5e:00:53:99", 9995, *source,
                                   blast_mode=1) == 0
    for record in captured:
        _, _, data = next(right)
        was, sent = Ethernet(record.data), Ethernet(data)
        ip, udp = sent.get_layer("IP"), sent.get_layer("UDP")
        assert (sent.dst_mac, ip.dst, udp.dport) == ("00:00:5e:00:53:99", "192.0.2.99", 9995)
        assert (ip.src, sent.src_mac) == (source[0] or was.get_layer("IP").src, source[1] or was.src_mac)
        assert udp.sport == was.get_layer("UDP").sport
        check_message(bytes(udp.payload), bytes(was.get_layer("UDP").payload))
        checksums = ip.checksum, udp.checksum
        sent.pkt2net({"csum": 1, "update": 1})
        assert (ip.checksum, udp.checksum) == checksums
    right.close()


def test_a_kernel_takes_what_was_sent(wire):
    """Right checksums and lengths: else the socket would not see it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("192.0.2.1", 9995))
        sock.settimeout(5)
        netflow_replay_raw_sock("right", V5, 2055, "192.0.2.1", "ff:ff:ff:ff:ff:ff", 9995, "192.0.2.2", blast_mode=1)
        check_message(sock.recv(65535), messages(V5)[0])
