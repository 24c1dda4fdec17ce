"""--salvage: damage is told and passed over; --link: what the packets are taken for."""

import json

import pytest
from blocks import interface, option, packet, section, split
from running import lines, pcap, run, udp


def query(*words, **more):
    return run("query", "-T", "fields", "-e", "udp.srcport", *words, **more)


@pytest.fixture
def damaged(make):
    """Five packets, the third of which claims to be longer than any may be."""
    data = bytearray(pcap(*[udp(port, 9) for port in range(1, 6)]))
    data[24 + 2 * 58 + 8:24 + 2 * 58 + 12] = b"\xff" * 4
    return make(bytes(data), "damaged.pcap")


def test_damage_ends_the_reading_unless_it_is_salvaged(damaged):
    result = query(damaged)
    assert (result.returncode, result.stdout) == (2, b"1\n2\n")
    result = query("--salvage", damaged)
    assert (result.returncode, result.stdout) == (2, b"1\n2\n4\n5\n")
    assert result.stderr.decode() == (f"steelpkt: {damaged}: record longer than any may be, at byte 140 (packet 3): needed "
                                      "4294967295, had 262144; skipped 58 bytes\n")
    assert query("--salvage", "-", stdin=damaged.read_bytes()).stdout == b"1\n2\n4\n5\n"


def test_the_next_file_is_read_too(damaged, three):
    assert query("--salvage", damaged, three).stdout == b"1\n2\n4\n5\n1000\n1001\n1002\n"
    assert query("--salvage", three).returncode == 0


def test_numbers_and_filters_go_on(damaged):
    assert b"Packet 4" in run("show", "--salvage", "-n", "4", damaged).stdout
    result = query("--salvage", "-Y", "udp.srcport > 3", "-c", "3", damaged)
    assert (result.returncode, result.stdout) == (2, b"4\n")


def test_info_counts_gaps(damaged):
    result = run("info", "--salvage", damaged)
    assert result.returncode == 2 and b"\nPackets       4\n" in result.stdout
    assert b"\nGaps          1, 58 bytes skipped\n" in result.stdout and result.stderr.count(b"\n") == 1
    told = json.loads(run("info", "--salvage", "--json", damaged).stdout)
    assert (told["packets"], told["gaps"], told["bytes_skipped"], told["complete"]) == (4, 1, 58, False)


def test_a_damaged_capture_is_made_whole(damaged, tmp_path):
    result = run("convert", "--salvage", damaged, tmp_path / "out.pcap")
    assert result.returncode == 2 and result.stderr.count(b"\n") == 1
    whole = query(tmp_path / "out.pcap")
    assert (whole.returncode, whole.stdout) == (0, b"1\n2\n4\n5\n")


def test_a_damaged_pcapng_is_made_whole_and_nothing_else_is_changed(make, tmp_path):
    before = section(length=400) + interface() + packet(udp(1, 9), options=option(1, b"kept"))
    behind = packet(udp(3, 9)) + packet(udp(4, 9))
    data = before + b"\xff" * 60 + behind + packet(udp(5, 9))[:-12]
    result = run("convert", "--salvage", make(data, "in.pcapng"), tmp_path / "out.pcapng")
    assert result.returncode == 2
    assert [line.rpartition("; ")[2] for line in result.stderr.decode().splitlines()] == [
        "skipped 60 bytes", "what is there of it is given",
        "steelpkt: 1 packet: cut by the end of the file: what is there of it"]
    written = (tmp_path / "out.pcapng").read_bytes()
    kept = before[:16] + b"\xff" * 8 + before[24:] + behind
    assert written.startswith(kept) and len(split(written)) == 8  # the cut one has a section of its own
    assert query(tmp_path / "out.pcapng").stdout == b"1\n3\n4\n5\n"


@pytest.mark.parametrize("name", ["101", "raw", "LINKTYPE_RAW", "DLT_RAW"])
def test_a_link_type_is_told(make, tmp_path, name):
    data = pcap(udp(7, 9)[14:])
    assert query(make(data)).stdout == b"\n"
    for words in ([], ["-f", "udp"], ["-Y", "udp"]):
        assert query(*words, "--link", name, make(data)).stdout == b"7\n"
    assert b"link type 101" in run("info", "--link", name, make(data)).stdout
    run("convert", "--link", name, make(data), tmp_path / "out.pcap")
    assert (tmp_path / "out.pcap").read_bytes() == pcap(udp(7, 9)[14:], link=101)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_link_type_is_put_into_the_interfaces_of_a_pcapng(make, tmp_path, order):
    data = section(order) + interface(1, order) + packet(udp(7, 9)[14:], order=order) + interface(228, order, snaplen=5)
    run("convert", "--link", "raw", make(data, "in.pcapng"), tmp_path / "out.pcapng")
    wanted = data.replace(interface(1, order), interface(101, order))
    wanted = wanted.replace(interface(228, order, snaplen=5), interface(101, order, snaplen=5))
    assert (tmp_path / "out.pcapng").read_bytes() == wanted


@pytest.mark.parametrize("name", ["", "no-such-link", "65536", "-1", "1x"])
def test_what_is_no_link_type_is_refused(three, name):
    result = query(f"--link={name}", three)
    assert result.returncode == 1 and b"no link type" in result.stderr


def test_a_large_hole_of_zeros_in_the_middle(make):
    first, rest = pcap(udp(1, 9), udp(2, 9)), pcap(*[(n, 0, udp(n, 9)) for n in range(3, 9)])[24:]
    result = query("--salvage", make(first + bytes(3 << 20) + rest))
    assert result.stdout.split() == [b"%d" % n for n in range(1, 9)] and result.returncode == 2
    assert f"; skipped {3 << 20} bytes" in result.stderr.decode()


def test_no_gap_is_told_where_there_is_none(three):
    assert lines(query("--salvage", three)) == ["1000", "1001", "1002"]
