"""steelscript.packets.core.pcap: readers and writers in the tutorial's form and in the later release's."""
import io
import struct
import time
import warnings
from array import array
from pathlib import Path

import pytest
import steelpkt
from steelscript.packets.core.pcap import (PCAP_CONST, PCAPBase, PCAPReader, PCAPWriter, get_pkts_header, int2ip, ip2int,
                                           pcap_info)

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


# ---- the tutorial's form ----

def test_the_tutorial_s_reader():
    with open(DNS, "rb") as file:
        reader = PCAPReader(file)
        assert iter(reader) is reader and reader.decoder is reader
        timestamp, data, link_type = reader.next()
        assert (timestamp, link_type) == (DNS_TIMES[0], 1)
        assert type(timestamp) is float and type(data) is array and data.typecode == "B"
        assert data.tobytes() == DNS.read_bytes()[40:112]
        assert [packet[0] for packet in reader.pkts()] == DNS_TIMES[1:]
        with pytest.raises(StopIteration):
            reader.next()
        assert next(reader, None) is None
        file.seek(0)  # the file is the caller's, and is read again
        assert [packet[0] for packet in PCAPReader(file, pk_format=1)] == DNS_TIMES
        file.seek(0)
        assert type(PCAPReader(file_handle=file, pk_format=1).next()[1]) is bytes
        reader.close()
        assert file.closed


def test_arrays_of_every_length_are_their_own():
    packets = [bytes(range(256)) * 1024, b"", b"a", b"b" * 65536, b"c" * 65537]
    reader = PCAPReader(io.BytesIO(pcap(*[(1, 0, packet) for packet in packets])))
    arrays = [data for _, data, _ in reader]
    assert [data.tobytes() for data in arrays] == packets
    arrays[2][0] = 7
    arrays[2].append(5)
    assert arrays[3].tobytes() == packets[3]


def test_link_types_come_from_the_file():
    with open(CAPTURES / "raw-ip.pcap", "rb") as file:
        assert {link for _, _, link in PCAPReader(file)} == {101}
    with open(CAPTURES / "mixed.pcapng", "rb") as file:
        reader = PCAPReader(file)
        assert [link for _, _, link in reader] == [r.link_type for r in steelpkt.open(CAPTURES / "mixed.pcapng")]


def test_the_tutorial_s_reader_refuses():
    with pytest.raises(ValueError):
        PCAPReader(io.BytesIO(b"not a capture"))
    with pytest.raises(struct.error):
        PCAPReader(io.BytesIO(b"abc"))
    with pytest.raises(ValueError):
        PCAPReader()
    with pytest.raises(ValueError):
        PCAPReader(io.BytesIO(pcap()), filename="a")
    with pytest.raises(ValueError):
        PCAPReader(io.BytesIO(pcap()), pk_format=3)
    with pytest.raises(TypeError):
        PCAPReader("dns.pcap")


def test_a_cut_capture_ends_with_a_warning():
    reader = PCAPReader(io.BytesIO(DNS.read_bytes()[:-1]))
    with pytest.warns(RuntimeWarning, match="packet 6"):
        assert len(reader.pkts()) == 5
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert reader.pkts() == []
    damaged = bytearray(DNS.read_bytes())
    damaged[24 + 8:24 + 12] = b"\xff\xff\xff\x7f"
    with pytest.raises(steelpkt.PacketError):
        PCAPReader(io.BytesIO(bytes(damaged))).pkts()


def test_the_tutorial_s_writer():
    file = io.BytesIO()
    writer = PCAPWriter(file)
    assert file.getvalue() == pcap()  # the header stands there at once, and is not the 24.x release's
    writer.writepkt(b"a" * 2000, 1493834478.390878)
    assert file.getvalue() == pcap((1493834478, 390878, b"a" * 2000))
    writer.writepkt(array("B", b"bb"), 0.9999999)
    assert file.getvalue()[2040:] == struct.pack("<IIII", 1, 0, 2, 2) + b"bb"
    before = time.time()
    writer.writepkt(b"now", 0)
    file.seek(0)
    assert before - 1 < PCAPReader(file).pkts()[-1][0] < time.time() + 1
    with pytest.raises(TypeError):
        writer.writepkt(b"no time")
    writer.close()
    assert file.closed
    with pytest.raises(ValueError, match="closed"):
        writer.writepkt(b"late", 1)
    writer.close()


def test_times_are_kept_to_the_microsecond():
    times = [round(1493834478 + i * 0.0137 + i / 1e6, 6) for i in range(3000)]
    file = io.BytesIO()
    writer = PCAPWriter(file)
    for when in times:
        writer.writepkt(b"x", when)
    file.seek(0)
    assert [packet[0] for packet in PCAPReader(file)] == times


def test_a_snap_length_cuts_and_a_link_type_is_written():
    file = io.BytesIO()
    writer = PCAPWriter(file, snap_len=1500, net_layer=101)
    assert file.getvalue() == pcap(snaplen=1500, link=101)
    writer.writepkt(b"x" * 2000, 1.0)
    assert file.getvalue()[24:40] == struct.pack("<IIII", 1, 0, 1500, 2000) and len(file.getvalue()) == 24 + 16 + 1500


# ---- the later release's form ----

def test_the_later_reader(tmp_path):
    reader = PCAPReader(filename=str(DNS))
    timestamp, header, data = next(reader)
    assert (timestamp, data) == (DNS_TIMES[0], DNS.read_bytes()[40:112])
    assert header == {"ts": {"tv_sec": 1493834478, "tv_usec": 390878}, "caplen": 72, "len": 72}
    assert isinstance(reader, PCAPBase)
    assert reader.open_pcap_dumper(str(tmp_path / "dump.pcap")) == 0
    assert reader.add_bpf_filter("udp src port 53") == 0
    for timestamp, header, data in reader:
        reader.dump_hdr_pkt(header, data)
    assert reader.closed
    assert next(reader, None) is None
    with pytest.raises(ValueError, match="closed"):
        reader.add_bpf_filter("udp")
    with open(tmp_path / "dump.pcap", "rb") as file:
        assert [packet[0] for packet in PCAPReader(file)] == DNS_TIMES[1::2]


def test_the_later_reader_refuses(tmp_path):
    with pytest.raises(ValueError, match="none.pcap"):
        PCAPReader(filename=str(tmp_path / "none.pcap"))
    with pytest.raises(TypeError):
        PCAPReader(filename=b"dns.pcap")
    (tmp_path / "text").write_text("not a capture")
    with pytest.raises(ValueError):
        PCAPReader(filename=str(tmp_path / "text"))
    reader = PCAPReader(filename=str(DNS))
    with pytest.raises(ValueError, match="filter"):
        reader.add_bpf_filter("udp prot 53")
    assert reader.open_pcap_dumper(str(tmp_path / "none" / "x")) == -1
    assert len(reader.pkts()) == 6


def test_a_time_is_a_number(tmp_path):
    writer = PCAPWriter(filename=str(tmp_path / "w.pcap"))
    for text in ("1" * 10**8, [1] * 10**6):  # a million times that is beyond any memory
        for call in (lambda: writer.dump_pkt(b"x", text, 1), lambda: writer.dump_pkt(b"x", 1, text),
                     lambda: writer.dump_hdr_pkt(get_pkts_header(1, b"x"), b"x", text), lambda: get_pkts_header(text, b"x")):
            with pytest.raises(TypeError):
                call()


def test_the_later_writer(tmp_path):
    path = str(tmp_path / "w.pcap")
    writer = PCAPWriter(filename=path)
    writer.dump_pkt(b"x" * 1600, 1500000000, 250000)
    header = get_pkts_header(1500000001.5, b"four")
    assert header == {"ts": {"tv_sec": 1500000001, "tv_usec": 500000}, "caplen": 4, "len": 4}
    writer.dump_hdr_pkt(header, b"four")
    writer.dump_hdr_pkt(header, b"four", 1600000000, 5)
    header["caplen"], header["len"] = 2, 9
    writer.dump_hdr_pkt(header, b"four")
    for wrong in (5, -1):
        header["caplen"] = wrong
        with pytest.raises(ValueError):
            writer.dump_hdr_pkt(header, b"four")
    with pytest.raises(ValueError, match="caplen"):
        writer.dump_hdr_pkt({"ts": {"tv_sec": 1, "tv_usec": 1}}, b"four")
    with pytest.raises(TypeError):
        writer.dump_hdr_pkt(5, b"four")
    before = time.time()
    writer.dump_pkt(b"now")
    writer.close()
    writer.close()
    writer.dump_pkt(b"nowhere")
    got = list(PCAPReader(filename=path))
    assert [(ts, data, header["len"]) for ts, header, data in got[:4]] == [
        (1500000000.25, b"x" * 1600, 1600), (1500000001.5, b"four", 4), (1600000000.000005, b"four", 4),
        (1500000001.5, b"fo", 9)]
    assert before - 1 < got[4][0] < time.time() + 1
    later = PCAPWriter()
    later.dump_pkt(b"nowhere")
    assert later.open_pcap_dumper(path) == 0
    later.close_pcap_dumper()
    assert later.open_pcap_dumper(str(tmp_path / "none" / "w")) == -1
    assert list(PCAPReader(filename=path)) == []
    with pytest.raises(ValueError):
        PCAPWriter(filename=str(tmp_path / "none" / "w"))
    with pytest.raises(OverflowError):
        PCAPWriter(snaplen=70000)
    said = PCAPWriter(filename=path, snaplen=100)
    said.dump_pkt(b"x" * 200, 1)
    said.close()
    assert Path(path).read_bytes() == pcap((1, 0, b"x" * 200), snaplen=100)


def test_header_times_carry():
    assert get_pkts_header(1.9999999, b"")["ts"] == {"tv_sec": 2, "tv_usec": 0}
    assert get_pkts_header(1700000000.25, b"")["ts"] == {"tv_sec": 1700000000, "tv_usec": 250000}


def test_pcap_info(tmp_path):
    wanted = {"first_timestamp": DNS_TIMES[0], "last_timestamp": DNS_TIMES[5], "total_packets": 6,
              "total_bytes": sum(record.caplen for record in steelpkt.open(DNS))}
    assert pcap_info(str(DNS)) == pcap_info(filename=str(DNS)) == wanted
    with open(DNS, "rb") as file:
        assert pcap_info(file) == wanted
        assert not file.closed
    empty = {"first_timestamp": None, "last_timestamp": None, "total_packets": 0, "total_bytes": 0}
    assert pcap_info(io.BytesIO(pcap())) == empty
    with pytest.raises(ValueError):
        pcap_info(str(tmp_path / "none"))
    with pytest.raises(ValueError, match="either"):
        pcap_info()


def test_constants_and_addresses():
    constants = PCAP_CONST()
    assert (constants.ERROR, constants.ERROR_ACTIVATED, constants.ETH_EN10MB, constants.ERRBUF_SIZE) == (-1, -4, 1, 256)
    with pytest.raises(AttributeError):
        constants.ERROR = 5
    assert int2ip(0x01020304) == "1.2.3.4" and ip2int("1.2.3.4") == 0x01020304
    with pytest.raises(OverflowError):
        int2ip(1 << 32)
    with pytest.raises(OSError):
        ip2int("1.2.3")
