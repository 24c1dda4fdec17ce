"""Parts of a capture (steelpkt.splits, query's part=): together they are the capture, whatever it tells between packets."""

import pathlib
import pickle
import shutil
import sys

import pytest

import steelpkt

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from blocks import interface, option, packet, section  # noqa: E402

CAPTURES = pathlib.Path(__file__).parents[1] / "captures"
FIELDS = ["_offset", "frame.time_epoch", "frame.interface_id", "frame.section_number", "frame.protocols", "ip.src",
          "eth.src", "flow.hash"]


def divisible():
    return sorted(path for path in CAPTURES.iterdir() if path.suffix in (".pcap", ".pcapng"))


def resolution(exponent, order="<"):
    """The options of an interface whose time stamps count in units of a negative power of 10."""
    return option(9, bytes([exponent]), order) + option(0, b"", order)


def talkative(path):
    """A pcapng that tells of an interface late, and of a section in the other byte order later still."""
    ip = bytes.fromhex("4500001400000000400166e5c0000201c0000202")
    data = section() + interface(101, options=resolution(6))
    data += b"".join(packet(ip, 1_000_000 + i) for i in range(20))
    data += interface(1, options=resolution(9))
    frames = (ip, bytes(12) + b"\x08\x00" + ip)
    data += b"".join(packet(frames[i % 2], 3_000_000 + i, i % 2) for i in range(20))
    data += section(">") + interface(228, ">", resolution(3, ">"))
    data += b"".join(packet(ip, 5_000_000 + i, order=">") for i in range(20))
    path.write_bytes(data)
    return path


def rows_of(path, **how):
    return [tuple(row) for row in steelpkt.query(path, FIELDS, **how)]


def rows_by_parts(path, size):
    return [row for part in steelpkt.splits(path, size) for row in rows_of(path, part=part)]


@pytest.mark.parametrize("path", divisible(), ids=lambda path: path.name)
@pytest.mark.parametrize("size", [1, 900])
def test_parts_together_are_the_capture(path, size):
    assert rows_by_parts(path, size) == rows_of(path)


@pytest.mark.parametrize("size", [1, 300, 1000])
def test_interfaces_and_sections_between_packets(tmp_path, size):
    path = talkative(tmp_path / "a.pcapng")
    parts = steelpkt.splits(path, size)
    assert parts[0][2] == () and len(parts[-1][2]) == 2
    whole = rows_of(path)
    assert {(row[2], row[3]) for row in whole} == {(0, 1), (1, 1), (0, 2)} and len(whole) == 60
    assert rows_by_parts(path, size) == whole


def test_offsets_are_where_records_begin():
    path = CAPTURES / "tcp.pcap"
    begins = {begin for begin, _, _ in steelpkt.splits(path, 1)}
    for threads in (1, 2):
        assert {row[0] for row in rows_of(path, threads=threads)} == begins


def test_a_query_of_a_part_travels():
    path = CAPTURES / "tcp.pcap"
    query = steelpkt.query(path, FIELDS, part=steelpkt.splits(path, 1000)[1])
    assert "bytes " in query.explain()
    assert list(pickle.loads(pickle.dumps(query))) == list(query)


def test_after_damage_there_are_the_parts_before(tmp_path):
    whole = (CAPTURES / "tcp.pcap").read_bytes()
    begins = [begin for begin, _, _ in steelpkt.splits(CAPTURES / "tcp.pcap", 1)]
    path = tmp_path / "a.pcap"
    path.write_bytes(whole[:begins[5] + 8] + b"\xff" * 4 + whole[begins[5] + 12:])
    with pytest.raises(steelpkt.PacketError) as found:
        steelpkt.splits(path, 1)
    parts = found.value.partial
    assert [part[0] for part in parts] == begins[:5] and parts[-1][1] == len(whole)
    with pytest.raises(steelpkt.PacketError, match=f"at byte {begins[5]}") as found:
        rows_of(path, part=parts[-1])
    assert found.value.offset == begins[5]


@pytest.mark.parametrize("make", [lambda path: shutil.copy(CAPTURES / "tcp.pcap", path), talkative])
def test_one_part_tells_of_a_record_damaged_since(tmp_path, make):
    """It is the part that begins with it, also where the record is the first behind a new interface or section."""
    path = tmp_path / "a"
    make(path)
    data, parts = path.read_bytes(), steelpkt.splits(path, 1)
    for damaged, (begin, _, _) in enumerate(parts):
        path.write_bytes(data[:begin] + b"\xff" * 16 + data[begin + 16:])
        for i, part in enumerate(parts[:damaged]):
            assert len(rows_of(path, part=part)) == 1, (damaged, i)
        with pytest.raises(steelpkt.PacketError, match=f"at byte {begin}"):
            rows_of(path, part=parts[damaged])


def test_what_has_no_parts_is_refused(tmp_path):
    with pytest.raises(ValueError, match="does not have this part"):
        rows_of(CAPTURES / "icmp-errors.pcap.gz", part=(24, 100, ()))
    with pytest.raises(ValueError, match="one capture"):
        steelpkt.query([CAPTURES / "tcp.pcap"] * 2, "ip.src", part=(24, 100, ()))
    for part in ((1, 2), "abc", (1, 2, (3, -1))):
        with pytest.raises((TypeError, ValueError, OverflowError)):
            rows_of(CAPTURES / "tcp.pcap", part=part)


def test_the_link_type_can_be_said():
    def first(link):
        return next(steelpkt.query(CAPTURES / "raw-ip.pcap", "frame.protocols", link_type=link).rows())[0]

    assert first(147) == "data" and first(228).startswith("ip")
    with pytest.raises(ValueError, match="link_type"):
        steelpkt.query(CAPTURES / "raw-ip.pcap", "frame.protocols", link_type=-2)
