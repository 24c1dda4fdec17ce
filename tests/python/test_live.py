"""Live capture and sending, on two devices with a cable between them. Needs root."""
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
import steelpkt
from steelscript.packets.core.pcap import PCAPReader, PCAPSocket, findalldevs, lookupdev

pytestmark = pytest.mark.usefixtures("wire")

OURS = "ether proto 0x88b5"  # IEEE 802: local experiments


def packet(number, size=60):
    return b"\xff" * 6 + b"\0\0^\0S\2" + b"\x88\xb5" + struct.pack("!I", number) + bytes(size - 18)


def soon(function):
    """Calls it from another thread in a moment, while this one waits."""
    thread = threading.Timer(0.1, function)
    thread.start()
    return thread


# ---- steelpkt.capture ----

def test_sent_is_received_and_each_is_counted():
    with steelpkt.capture("left") as left, steelpkt.capture("right", bpf=OURS) as right:
        assert (right.link_type, right.snap_len) == (1, 262144)
        for number in range(200):
            assert left.send(packet(number, 60 + number)) == 60 + number
        got = [next(right) for _ in range(200)]
        assert [record.data for record in got] == [packet(number, 60 + number) for number in range(200)]
        assert [record.number for record in got] == list(range(1, 201))
        assert abs(got[0].time - time.time()) < 60
        assert right.counts() == {"delivered": 200, "received": 200, "dropped": 0, "dropped_by_interface": 0}
        right.filter("ether[17] == 7")
        with pytest.raises(ValueError, match="filter"):
            right.filter("((")
        for number in range(10):
            left.send(bytearray(packet(number)))
        assert next(right).data == packet(7)
    assert right.closed and next(right, None) is None
    with pytest.raises(ValueError, match="closed"):
        right.send(b"late")
    with pytest.raises(ValueError, match="closed"):
        right.counts()
    right.close()
    right.stop()


def test_what_is_lost_is_counted():
    with steelpkt.capture("left") as left, steelpkt.capture("right", bpf=OURS, buffer=256 * 1024) as right:
        for number in range(3000):
            left.send(packet(number, 1000))
        right.wait_ms = 200
        got = 0
        while next(right) is not None:
            got += 1
        counts = right.counts()
        assert counts["received"] == 3000 and counts["delivered"] == got
        assert counts["dropped"] == 3000 - got > 0


def test_snap_length():
    with steelpkt.capture("left") as left, steelpkt.capture("right", bpf=OURS, snap_len=20) as right:
        left.send(packet(1, 100))
        record = next(right)
        assert (record.caplen, record.len, record.data) == (20, 100, packet(1, 100)[:20])


def test_a_wait_ends_by_stop_close_and_event():
    for stop in (lambda live: live.stop, lambda live: live.close, lambda live: event.set):
        event = threading.Event()
        live = steelpkt.capture("right", bpf=OURS)
        live.stop_event = event
        begun = time.monotonic()
        thread = soon(stop(live))
        assert list(live) == []
        assert time.monotonic() - begun < 2
        thread.join()
        assert next(live, None) is None
        live.close()


def test_others_may_send_and_ask_while_one_waits():
    with steelpkt.capture("left") as left, steelpkt.capture("right", bpf=OURS) as right:
        got = []
        thread = threading.Thread(target=lambda: got.append(next(right)))
        thread.start()
        time.sleep(0.1)
        begun = time.monotonic()
        assert right.counts()["delivered"] == 0
        right.filter(OURS + " and ether[17] == 2")
        assert time.monotonic() - begun < 5
        left.send(packet(1))
        left.send(packet(2))
        thread.join(5)
        assert got[0].data == packet(2)


def test_ctrl_c_works_at_once():
    code = """
import steelpkt
live = steelpkt.capture("right", bpf="ether proto 0x88b5")
print("ready", flush=True)
try:
    next(live)
except KeyboardInterrupt:
    print("interrupted", live.counts()["delivered"])
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "interrupted 0\n"
        assert time.monotonic() - begun < 5


def test_what_cannot_be_opened_or_sent_says_why():
    with pytest.raises(OSError, match="^nowhere: no such network device"):
        steelpkt.capture("nowhere")
    with pytest.raises(ValueError, match="filter"):
        steelpkt.capture("left", bpf="no filter")
    with steelpkt.capture("left") as left:
        with pytest.raises(OSError, match="not sent"):
            left.send(bytes(70000))
        with pytest.raises(TypeError):
            left.send("text")


def test_descriptors_stay_flat():
    def open_and_close():
        steelpkt.capture("left").close()
        steelpkt.capture("left")
        socket = PCAPSocket(devicename="right")
        socket.close()

    open_and_close()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        open_and_close()
    assert len(os.listdir("/proc/self/fd")) == before


def test_devices():
    devices = {device["name"]: device for device in steelpkt.devices()}
    assert devices["lo"]["loopback"] and not devices["left"]["loopback"]
    assert (devices["left"]["address"], devices["left"]["netmask"], devices["left"]["up"]) == ("192.0.2.1",
                                                                                           "255.255.255.0", True)
    names = ["first"]
    assert findalldevs(names, bytes(256)) == 0
    assert names[0] == "first" and {"lo", "left", "right"} <= set(names)
    assert lookupdev(bytes(256)) in ("left", "right")


# ---- PCAPSocket ----

def test_the_later_release_s_socket(tmp_path):
    left, right = PCAPSocket(devicename="left"), PCAPSocket(devicename="right", promisc=1, to_ms=100)
    assert (left.network, left.netmask) == ("192.0.2.0", "255.255.255.0")
    assert (right.network, right.netmask) == ("0.0.0.0", "255.255.255.255")
    with pytest.raises(AttributeError):
        left.network = "192.0.2.1"
    assert right.add_bpf_filter(OURS) == 0
    assert right.open_pcap_dumper(str(tmp_path / "dump.pcap")) == 0
    assert next(right) == (0, None, None)
    assert left.sendpacket(packet(5, 80)) == 80
    timestamp, header, data = next(right)
    assert data == packet(5, 80)
    assert header["caplen"] == header["len"] == 80
    assert timestamp == header["ts"]["tv_sec"] + header["ts"]["tv_usec"] / 1e6
    assert abs(timestamp - time.time()) < 60
    right.dump_hdr_pkt(header, data)
    assert (right.set_snaplen(5), right.set_promisc(0), right.set_timeout(5)) == (-4, -4, -4)
    assert (right.getnonblock(), right.setnonblock(1), right.getnonblock()) == (0, 0, 1)
    begun = time.monotonic()
    assert [next(right) for _ in range(20)] == [(0, None, None)] * 20
    assert time.monotonic() - begun < 5
    right.close()
    right.close()
    assert right.stop_event.is_set()
    assert next(right, None) is None
    assert list(PCAPReader(filename=str(tmp_path / "dump.pcap"))) == [(timestamp, header, data)]
    with pytest.raises(ValueError):
        right.sendpacket(packet(1))
    with pytest.raises(ValueError):
        right.add_bpf_filter("ip")
    left.close()


def test_a_socket_ends_when_its_event_is_set():
    class Told:
        told = False

        def is_set(self):
            return self.told

        def set(self):
            self.told = True

    socket = PCAPSocket(devicename="right", to_ms=60000)
    assert iter(socket) is socket
    socket.add_bpf_filter(OURS)
    begun = time.monotonic()
    socket.stop_event = Told()
    thread = soon(socket.stop_event.set)
    assert list(socket) == []
    assert time.monotonic() - begun < 2
    thread.join()
    assert socket.closed
    with PCAPSocket(devicename="right") as other:
        other.stop_event = SimpleNamespace(is_set=lambda: True)  # all that is asked of it
        assert list(other) == [] and other.closed


def test_a_socket_refuses():
    with pytest.raises(ValueError, match="nowhere"):
        PCAPSocket(devicename="nowhere")
    with pytest.raises(TypeError):
        PCAPSocket(devicename=b"left")
    with pytest.raises(ValueError):
        PCAPSocket()
