"""Reading and writing captures: steelpkt.open and steelpkt.create."""
import gc
import gzip
import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from array import array
from pathlib import Path

import pytest
import steelpkt
from steelscript.packets.core.pcap import PCAPReader, PCAPWriter

CAPTURES = Path(__file__).resolve().parents[1] / "captures"
DNS = CAPTURES / "dns.pcap"
DNS_TIMES = [1493834478.390878, 1493834478.51328, 1493834485.406963, 1493834485.490302, 1493834493.955906,
             1493834493.978792]


def pcap(*packets, magic=0xa1b2c3d4, snaplen=262144, link=1):
    """A pcap written here and not by the library: (seconds, fraction, bytes) each."""
    data = struct.pack("<IHHiIII", magic, 2, 4, 0, 0, snaplen, link)
    for seconds, fraction, packet in packets:
        data += struct.pack("<IIII", seconds, fraction, len(packet), len(packet)) + packet
    return data


# ---- steelpkt.open ----

def test_records_say_all_that_the_capture_says():
    with steelpkt.open(DNS) as reader:
        records = list(reader)
        assert (reader.format, reader.compression, reader.packets, reader.closed) == ("pcap", None, 6, False)
    assert reader.closed
    assert [record.time for record in records] == DNS_TIMES
    assert [record.number for record in records] == [1, 2, 3, 4, 5, 6]
    first = records[0]
    assert (first.time_ns, first.caplen, first.len, first.link_type) == (1493834478390878000, 72, 72, 1)
    assert (first.interface, first.section, first.offset, first.comments) == (0, 0, 24, [])
    assert first.data == DNS.read_bytes()[40:40 + 72]
    assert bytes(first) == first.data and memoryview(first)[0] == first.data[0]
    assert memoryview(first).readonly
    assert "72 of 72" in repr(first)


def test_records_own_their_bytes():
    reader = steelpkt.open(DNS)
    first = next(reader)
    data, view = first.data, memoryview(first)
    rest = [bytes(record) for record in reader]
    reader.close()
    del reader, first
    gc.collect()
    assert bytes(view) == data == DNS.read_bytes()[40:40 + 72]
    assert data not in rest


def test_comments_and_interfaces_of_pcapng(tmp_path):
    path = tmp_path / "commented.pcapng"
    with open(path, "wb") as file:
        file.write(struct.pack("<IIIHHqI", 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, -1, 28))
        file.write(struct.pack("<IIHHII", 1, 20, 101, 0, 0, 20))
        body = struct.pack("<IIIII", 0, 1493834478390878 >> 32, 1493834478390878 & 0xffffffff, 4, 9) + b"abcd"
        options = struct.pack("<HH4s", 1, 3, b"one\0") + struct.pack("<HH4s", 1, 4, b"tw\xc3\xb6") + struct.pack("<HH", 0, 0)
        block = body + options
        file.write(struct.pack("<II", 6, 12 + len(block)) + block + struct.pack("<I", 12 + len(block)))
    with steelpkt.open(str(path)) as reader:
        record, = reader
        assert reader.interfaces == [{"link_type": 101, "snap_len": 0, "name": None}]
    assert record.comments == ["one", "tw\u00f6"]
    assert (record.data, record.caplen, record.len, record.link_type) == (b"abcd", 4, 9, 101)
    assert record.time_ns == 1493834478390878000


def test_every_shipped_capture_reads_by_path_descriptor_object_and_pipe():
    for path in sorted(CAPTURES.glob("*.pcap*")):
        by_path = [(r.time_ns, r.data, r.len, r.link_type, r.number) for r in steelpkt.open(path)]
        assert by_path
        with open(path, "rb") as file:
            assert by_path == [(r.time_ns, r.data, r.len, r.link_type, r.number) for r in steelpkt.open(file)]
        with open(path, "rb") as file:
            assert by_path == [(r.time_ns, r.data, r.len, r.link_type, r.number) for r in steelpkt.open(file.fileno())]
        with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as cat:
            assert by_path == [(r.time_ns, r.data, r.len, r.link_type, r.number) for r in steelpkt.open(cat.stdout)]


class OnlyRead:
    """A file object that has read alone, and gives little at a time."""

    def __init__(self, data):
        self.data = io.BytesIO(data)

    def read(self, size):
        return self.data.read(min(size, 7))


def test_file_objects_of_every_sort(tmp_path):
    data = DNS.read_bytes()
    wanted = [record.data for record in steelpkt.open(DNS)]
    packed = tmp_path / "dns"
    packed.write_bytes(gzip.compress(data))
    for source in (io.BytesIO(data), OnlyRead(data), gzip.open(packed), io.BytesIO(gzip.compress(data))):
        assert [record.data for record in steelpkt.open(source)] == wanted
    with pytest.raises(TypeError, match="file object"):
        steelpkt.open(object())
    with pytest.raises(TypeError):
        steelpkt.open(io.StringIO("text"))


def test_a_file_object_that_raises_is_heard():
    class Broken:
        def __init__(self, data, error):
            self.data, self.error = io.BytesIO(data), error

        def read(self, size):
            data = self.data.read(100)
            if not data:
                raise self.error
            return data

    data = DNS.read_bytes()
    with pytest.raises(ZeroDivisionError):
        steelpkt.open(Broken(b"", ZeroDivisionError()))
    reader = steelpkt.open(Broken(data[:500], ZeroDivisionError()))
    got = []
    with pytest.raises(ZeroDivisionError):
        for record in reader:
            got.append(record)
    assert len(got) == 3
    for bad in (lambda size: b"x" * (size + 1), lambda size: 5):
        source = OnlyRead(b"")
        source.read = bad
        with pytest.raises((ValueError, TypeError)):
            steelpkt.open(source)


def test_what_is_no_capture_says_so(tmp_path):
    with pytest.raises(FileNotFoundError) as told:
        steelpkt.open(tmp_path / "none.pcap")
    assert told.value.filename == str(tmp_path / "none.pcap")
    with pytest.raises(steelpkt.PacketError, match="not a capture"):
        steelpkt.open(io.BytesIO(b"no capture at all"))
    with pytest.raises(steelpkt.PacketError, match="empty"):
        steelpkt.open(io.BytesIO(b""))


def test_damage_is_told_after_everything_before_it():
    reader = steelpkt.open(io.BytesIO(DNS.read_bytes()[:-1]))
    got = []
    with pytest.raises(steelpkt.PacketError, match="packet 6"):
        for record in reader:
            got.append(record)
    assert len(got) == 5
    with pytest.raises(steelpkt.PacketError):
        next(reader)


def test_filters():
    assert len(list(steelpkt.open(DNS, bpf="udp src port 53"))) == 3
    reader = steelpkt.open(DNS)
    next(reader)
    reader.filter("udp dst port 53")
    assert [record.number for record in reader] == [3, 5]
    with pytest.raises(ValueError, match="filter"):
        reader.filter("no filter")
    with pytest.raises(ValueError, match="filter"):
        steelpkt.open(DNS, bpf="((")
    # the link types of one capture each have their own program
    mixed = CAPTURES / "mixed.pcapng"
    links = {record.link_type for record in steelpkt.open(mixed)}
    assert len(links) > 1
    assert {record.link_type for record in steelpkt.open(mixed, bpf="ip or ip6 or arp")} <= links


def test_after_the_end_and_after_close():
    reader = steelpkt.open(DNS)
    assert len(list(reader)) == 6
    assert list(reader) == [] and next(reader, None) is None
    reader.close()
    reader.close()
    assert next(reader, None) is None
    with pytest.raises(ValueError, match="closed"):
        reader.filter("ip")
    with pytest.raises(ValueError, match="closed"):
        reader.interfaces  # noqa: B018
    never = steelpkt.Reader.__new__(steelpkt.Reader)
    assert next(never, None) is None
    never.close()


# ---- waiting ----

def test_a_packet_is_given_as_soon_as_it_is_there():
    read_end, write_end = os.pipe()
    data = DNS.read_bytes()
    os.write(write_end, data[:24 + 16 + 72])
    reader = steelpkt.open(read_end)
    assert next(reader).number == 1
    os.close(write_end)
    assert next(reader, None) is None
    os.close(read_end)


def test_other_threads_run_while_one_waits():
    read_end, write_end = os.pipe()
    os.write(write_end, DNS.read_bytes()[:24])
    got = []
    reader = steelpkt.open(read_end)
    thread = threading.Thread(target=lambda: got.extend(reader))
    thread.start()
    begun = time.monotonic()
    while time.monotonic() - begun < 0.2:
        pass
    assert thread.is_alive()
    os.write(write_end, DNS.read_bytes()[24:])
    os.close(write_end)
    thread.join(5)
    assert len(got) == 6
    os.close(read_end)


def test_close_ends_a_wait():
    read_end, write_end = os.pipe()
    os.write(write_end, DNS.read_bytes()[:24])
    reader = steelpkt.open(read_end)
    raised = []

    def read():
        try:
            next(reader)
        except ValueError as error:
            raised.append(str(error))

    thread = threading.Thread(target=read)
    thread.start()
    time.sleep(0.1)
    begun = time.monotonic()
    reader.close()
    thread.join(5)
    assert time.monotonic() - begun < 1 and raised == ["closed by another thread"]
    os.close(read_end)
    os.close(write_end)


INTERRUPTED = """
import os, sys, steelpkt
read_end, write_end = os.pipe()
os.write(write_end, open(sys.argv[1], "rb").read()[:24])
reader = steelpkt.open(read_end)
print("ready", flush=True)
try:
    next(reader)
except KeyboardInterrupt:
    print("interrupted")
"""


FILTERING = """
import sys, steelpkt
reader = steelpkt.open(sys.argv[1], bpf="tcp")
print("ready", flush=True)
try:
    next(reader, None)
    print("came to the end")
except KeyboardInterrupt:
    print("interrupted", "early" if reader.packets < 20000000 else "late")
"""


def test_ctrl_c_works_while_nothing_passes(tmp_path):
    """Twenty million packets, one and a half gigabytes, in a small file."""
    packet = bytes(8) + struct.pack("<II", 60, 60) + bytes(60)
    path = tmp_path / "long.pcap.gz"
    path.write_bytes(gzip.compress(pcap()) + gzip.compress(packet * 20000) * 1000)
    with subprocess.Popen([sys.executable, "-c", FILTERING, path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "interrupted early\n"


def test_ctrl_c_works_at_once():
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED, DNS], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "interrupted\n"
        assert time.monotonic() - begun < 5


def test_threads_share_a_reader():
    packets = [(i, 0, struct.pack("<I", i) * 10) for i in range(20000)]
    reader = steelpkt.open(io.BytesIO(pcap(*packets)))
    got = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda mine=mine: mine.extend(reader)) for mine in got]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    everything = sorted((record.number, record.data) for mine in got for record in mine)
    assert everything == [(i + 1, packet) for i, (_, _, packet) in enumerate(packets)]


def test_threads_wait_for_each_other():
    """One waits for the pipe, the others for that one; each packet comes once, whoever gets it."""
    data = pcap(*((i, 0, struct.pack("<I", i) * 10) for i in range(500)))
    read_end, write_end = os.pipe()
    os.write(write_end, data[:24])
    reader = steelpkt.open(read_end)
    got = [[] for _ in range(6)]
    threads = [threading.Thread(target=lambda mine=mine: mine.extend(reader), daemon=True) for mine in got]
    for thread in threads:
        thread.start()
    for at in range(24, len(data), 100):
        os.write(write_end, data[at:at + 100])
        time.sleep(0.0002)
    os.close(write_end)
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert sorted(record.number for mine in got for record in mine) == list(range(1, 501))
    os.close(read_end)


WAITING = """
import os, sys, threading, steelpkt
data = open(sys.argv[1], "rb").read()
read_end, write_end = os.pipe()
os.write(write_end, data[:24])
reader = steelpkt.open(read_end)
got = []
thread = threading.Thread(target=lambda: got.extend(reader))
thread.start()
print("ready", flush=True)
try:
    reader.packets
except KeyboardInterrupt:
    os.write(write_end, data[24:])
    os.close(write_end)
    thread.join()
    print("interrupted", len(got), reader.packets)
"""


def test_ctrl_c_works_while_another_thread_reads():
    with subprocess.Popen([sys.executable, "-c", WAITING, DNS], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "interrupted 6 6\n"


def test_a_file_object_that_calls_its_reader_back():
    class Back(io.BytesIO):
        reader = None

        def readinto(self, to):
            if self.reader is not None:
                next(self.reader)
            return super().readinto(to)

    source = Back(DNS.read_bytes()[:24])
    source.reader = steelpkt.open(source)
    with pytest.raises(RuntimeError, match="within one of its own calls"):
        next(source.reader)


def test_descriptors_and_objects_stay_flat(tmp_path):
    def descriptors():
        gc.collect()
        return len(os.listdir("/proc/self/fd"))

    def everything(i):
        for _ in steelpkt.open(DNS):
            break
        steelpkt.open(DNS)
        list(PCAPReader(filename=str(DNS)))
        with open(DNS, "rb") as file:
            PCAPReader(file).pkts()
        writer = PCAPWriter(filename=str(tmp_path / "a.pcap"))
        writer.open_pcap_dumper(str(tmp_path / "b.pcap"))
        writer.dump_pkt(b"x" * i)
        reader = PCAPReader(filename=str(DNS))
        reader.add_bpf_filter("udp")
        reader.open_pcap_dumper(str(tmp_path / "c.pcap"))
        steelpkt.create(tmp_path / "d.pcap.zst").write(b"x")
        with pytest.raises(steelpkt.PacketError):
            steelpkt.open(io.BytesIO(b"nothing"))

    for i in range(20):
        everything(i)
    before, objects = descriptors(), len(gc.get_objects())
    for i in range(200):
        everything(i)
    assert descriptors() == before
    assert abs(len(gc.get_objects()) - objects) < 50


# ---- steelpkt.create ----

@pytest.mark.parametrize("name", ["a.pcap", "a.pcapng", "a.pcap.gz", "a.pcapng.zst", "a.pcap.lz4"])
def test_what_is_written_is_read_again(tmp_path, name):
    records = list(steelpkt.open(DNS))
    with steelpkt.create(tmp_path / name) as writer:
        for record in records:
            writer.write(record)
        writer.write(b"\1\2\3", time_ns=1500000000123456789, len=70)
        writer.write(bytearray(b"four"), time=1500000000.5)
        writer.write(array("B", [5, 5]))
    assert (writer.packets, writer.safe, writer.closed) == (9, 9, True)
    back = list(steelpkt.open(tmp_path / name))
    assert [(r.data, r.time_ns, r.len) for r in back[:6]] == [(r.data, r.time_ns, r.len) for r in records]
    assert [(r.data, r.time_ns, r.len) for r in back[6:8]] == [(b"\1\2\3", 1500000000123456789, 70),
                                                                (b"four", 1500000000500000000, 4)]
    assert back[8].data == b"\5\5"


def test_suffixes_of_a_path_object_count_too(tmp_path):
    with steelpkt.create(tmp_path / "a.pcapng.gz") as writer:
        writer.write(b"x")
    with steelpkt.open(tmp_path / "a.pcapng.gz") as reader:
        assert (reader.format, reader.compression) == ("pcapng", "gzip")


def test_comments_survive(tmp_path):
    source = [record for record in steelpkt.open(CAPTURES / "mixed.pcapng")]
    with steelpkt.create(tmp_path / "b.pcapng") as writer:
        for record in source:
            writer.write(record)
    assert [r.comments for r in steelpkt.open(tmp_path / "b.pcapng")] == [r.comments for r in source]


def test_what_a_format_cannot_hold_is_refused_and_the_rest_written(tmp_path):
    with steelpkt.create(tmp_path / "c.pcap", link_type=1) as writer:
        writer.write(b"one", time=1)
        with pytest.raises(ValueError, match="link"):
            writer.write(b"two", time=2, link_type=101)
        with pytest.raises(ValueError):
            writer.write(b"old", time=-1.0)
        with pytest.raises(OverflowError):
            writer.write(b"far", len=1 << 32)
        with pytest.raises(TypeError):
            writer.write("text")
        writer.write(b"three", time=3)
    assert [record.data for record in steelpkt.open(tmp_path / "c.pcap")] == [b"one", b"three"]
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"four")
    with pytest.raises(ValueError, match="format"):
        steelpkt.create(tmp_path / "d.pcap", format="text")
    with pytest.raises(FileNotFoundError):
        steelpkt.create(tmp_path / "none" / "d.pcap")


def test_a_full_disk_is_told():
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    writer = steelpkt.create("/dev/full", format="pcap")
    writer.write(b"x")
    with pytest.raises(OSError, match="No space left"):
        writer.close()
    writer.close()


def test_an_unclosed_writer_keeps_its_packets(tmp_path):
    writer = steelpkt.create(tmp_path / "e.pcap")
    writer.write(b"kept")
    del writer
    gc.collect()
    assert [record.data for record in steelpkt.open(tmp_path / "e.pcap")] == [b"kept"]


def test_ctrl_c_works_while_a_pipe_is_full():
    code = """
import os, steelpkt
read_end, write_end = os.pipe()
writer = steelpkt.create(write_end, format="pcap")
print("ready", flush=True)
try:
    while True:
        writer.write(bytes(60000))
except KeyboardInterrupt:
    print("interrupted", flush=True)
os._exit(0)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "interrupted\n"
