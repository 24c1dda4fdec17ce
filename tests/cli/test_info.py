"""info: what a capture is, as text and as JSON; damage is told after what was read."""

import json
import struct

from blocks import interface, option, packet, section
from running import CAPTURES, lines, pcap, run, udp


def test_the_tutorials_capture():
    said = lines(run("info", CAPTURES / "dns.pcap"))
    assert said[1:] == [
        "Format        pcap 2.4, little-endian",
        "Compression   none",
        "Packets       6",
        "Bytes         766 captured, 766 on the wire",
        "First packet  May  3, 2017 18:01:18.390878000 UTC",
        "Last packet   May  3, 2017 18:01:33.978792000 UTC",
        "Duration      15.587914000 s",
        "Rate          0.4 packets/s, 393 bit/s on the wire",
        "Interfaces    Ethernet (link type 1), 6 packets",
    ]


def test_interfaces_and_comments_of_pcapng():
    told = json.loads(run("info", "--json", CAPTURES / "mixed.pcapng").stdout)
    assert told["format"] == "pcapng" and told["complete"]
    assert {one["link_type"] for one in told["interfaces"]} == {1, 101}
    assert sum(one["packets"] for one in told["interfaces"]) == told["packets"] == 16
    assert told["comments"] == [{"packet": None, "text": "Ethernet, a tunnel and the loopback at once"},
                                {"packet": 1, "text": "the first packet, with a comment"}]


def test_compression_is_told():
    assert lines(run("info", CAPTURES / "dns-signed.pcapng.zst"))[2] == "Compression   zstd"


def test_damage_is_told_after_what_was_read(make):
    path = make(pcap(udp(1, 2), udp(3, 4))[:-5])
    result = run("info", "--json", path)
    told = json.loads(result.stdout)
    assert result.returncode == 2 and told["packets"] == 1 and not told["complete"]
    assert b"packet 2" in result.stderr


def test_an_empty_capture_has_no_times(make):
    said = lines(run("info", make(pcap())))
    assert "Times         none" in said and "Packets       0" in said


def test_what_cannot_be_opened(make):
    result = run("info", make(pcap(udp(1, 2))), "no-such-file")
    assert result.returncode == 1 and b"Packets       1\n" in result.stdout
    assert result.stderr.startswith(b"steelpkt: no-such-file: cannot be ")
    assert run("info").returncode == 1


def block(kind, body):
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def test_comments_are_made_safe_in_text(make):
    """a comment with an escape sequence does not reach the terminal as one."""
    comment = b"red \x1b[31m!"
    option = struct.pack("<HH", 1, len(comment)) + comment.ljust(-(-len(comment) // 4) * 4, b"\0") + bytes(4)
    frame = udp(1, 2)
    packet = struct.pack("<IIIII", 0, 0, 1, len(frame), len(frame)) + frame.ljust(-(-len(frame) // 4) * 4, b"\0")
    path = make(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 0))
                + block(6, packet + option), "a.pcapng")
    said = run("info", path).stdout
    assert b"Comments      packet 1: red " in said and b"\x1b" not in said


def test_every_interface_and_what_was_remarked(make):
    data = (section(options=option(1, b"a section")) + interface(options=option(1, b"an interface") + option(2, b"eth0"))
            + interface(101) + packet(udp(1, 9), options=option(1, b"a packet")))
    path = make(data, "a.pcapng")
    said = run("info", path).stdout.decode()
    assert said.endswith("Interfaces    eth0: Ethernet (link type 1), 1 packets\n"
                         "              Raw IP packet (link type 101), 0 packets\n"
                         "Comments      a section\n              an interface\n              packet 1: a packet\n")
    told = json.loads(run("info", "--json", path).stdout)
    assert told["comments"] == [{"packet": None, "text": "a section"}, {"packet": None, "text": "an interface"},
                                {"packet": 1, "text": "a packet"}]
    assert [one["packets"] for one in told["interfaces"]] == [1, 0]


def test_files_are_named_by_r_and_by_patterns(make, tmp_path):
    make(pcap(udp(1, 9)), "1.pcap"), make(pcap(udp(2, 9), udp(3, 9)), "2.pcap")
    told = run("info", "--json", "-r", tmp_path / "1.pcap", tmp_path / "?.pcap").stdout.splitlines()
    assert [json.loads(one)["packets"] for one in told] == [1, 1, 2]
