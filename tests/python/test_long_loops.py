"""Long loops leave nothing behind: no object, no reference, no open file; and several threads share one reader."""

import gc
import io
import os
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

import steelpkt
from steelpkt import DNS, IGMP, PacketError
from steelscript.packets.core.pcap import PCAPReader, PCAPWriter, pcap_info
from steelscript.packets.query.pcap_query import PcapQuery

CAPTURES = Path(__file__).resolve().parents[1] / "captures"
DNS_CAPTURE = CAPTURES / "dns.pcap"
FIELDS = ["frame.time_epoch", "ip.src", "udp.srcport", "dns.query_count"]


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def read_records():
    with steelpkt.open(DNS_CAPTURE) as reader:
        for record in reader:
            packet = record.decode()
            assert packet["ip.src"] and [layer.pkt_name for layer in packet]


def read_in_the_tutorial_s_form():
    with open(DNS_CAPTURE, "rb") as file:
        for _, data, _ in PCAPReader(file):
            message = steelpkt.Ethernet(data, l7_ports={53: DNS}).get_layer("DNS")
            message.answers, message.queries  # noqa: B018 - made by looking


def read_by_name():
    assert len(PCAPReader(filename=str(DNS_CAPTURE)).pkts()) == 6


def leave_in_the_middle():
    next(PCAPReader(filename=str(DNS_CAPTURE)))
    next(iter(steelpkt.open(DNS_CAPTURE)))


def write_and_read_again():
    out = io.BytesIO()
    writer = PCAPWriter(out)
    for record in steelpkt.open(DNS_CAPTURE):
        writer.writepkt(record.data, record.time)
    writer.flush()
    assert pcap_info(io.BytesIO(out.getvalue()))["total_packets"] == 6


def ask():
    with open(DNS_CAPTURE, "rb") as file:
        assert len(PcapQuery(pkt_classes=[DNS]).pcap_query(file, FIELDS, 0, 0, as_datetime=0)) == 6
    assert len(PcapQuery(filename=str(DNS_CAPTURE), wshark_fields=FIELDS[:3]).query()) == 6
    assert len(list(steelpkt.query(str(DNS_CAPTURE), "ip.src,udp.srcport").rows())) == 6


def fail():
    for wrong in (str(CAPTURES / "not there.pcap"), __file__):
        with pytest.raises((OSError, PacketError)):
            steelpkt.open(wrong)
        with pytest.raises(ValueError):
            PcapQuery(filename=wrong, wshark_fields=FIELDS[:3])
    with pytest.raises(ValueError):
        steelpkt.create(str(DNS_CAPTURE.parent / "a"), format="nothing")
    for octets in (b"", bytes(3), b"\x22" * 40):
        try:
            IGMP(octets).group_records.append(5)
        except PacketError:
            pass


@pytest.mark.parametrize("step", [read_records, read_in_the_tutorial_s_form, read_by_name, leave_in_the_middle,
                                  write_and_read_again, ask, fail], ids=lambda step: step.__name__)
def test_nothing_is_left_behind(step):
    """What caches take is taken once; what leaks is one block at least each time."""
    for _ in range(10):
        step()
    gc.collect()
    before, growth = descriptors(), []
    for _ in range(4):
        blocks = sys.getallocatedblocks()
        for _ in range(100):
            step()
        gc.collect()
        growth.append(sys.getallocatedblocks() - blocks)
    assert descriptors() == before
    assert min(growth) < 100


@pytest.fixture(scope="module", params=["pcap", "pcapng.gz", "pcap.zst"])
def long_capture(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("long") / f"long.{request.param}"
    frame = next(iter(steelpkt.open(DNS_CAPTURE))).data
    with steelpkt.create(path) as writer:
        for number in range(20000):
            writer.write(frame, time_ns=number * 1000)
    return path


def test_threads_share_a_reader(long_capture):
    """Each packet goes to one of them; what the reader says of itself may be asked meanwhile."""
    seen, failed = [], []
    reader = steelpkt.open(long_capture)

    def work():
        try:
            mine = [record.time_ns for record in reader if reader.packets and reader.interfaces]
            seen.append(mine)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert all(mine == sorted(mine) for mine in seen)
    assert Counter(time for mine in seen for time in mine) == Counter(number * 1000 for number in range(20000))


def test_a_reader_is_closed_while_others_read(long_capture):
    reader = steelpkt.open(long_capture)
    ended, begun = [], threading.Event()

    def work():
        try:
            for record in reader:
                begun.set()
                assert reader.packets >= record.number and reader.interfaces
        except ValueError as error:
            ended.append(str(error))
        else:
            ended.append("end")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(30)
    reader.close()
    for thread in threads:
        thread.join(60)
    assert len(ended) == 3 and set(ended) <= {"end", "the reader is closed", "closed by another thread"}


def test_threads_share_the_core():
    """Packets of their own, text caches and spare objects in common."""
    frames = [record.data for record in steelpkt.open(DNS_CAPTURE)]
    expected = [(packet["ip.src"], bytes(packet)) for packet in map(steelpkt.decode, frames)]
    failed = []

    def work():
        for _ in range(300):
            packets = [steelpkt.Ethernet(frame, l7_ports={53: DNS}) for frame in frames]
            found = [(packet.payload.src, packet.pkt2net({"csum": 1, "update": 1})) for packet in packets]
            if found != expected:
                failed.append(found)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []
