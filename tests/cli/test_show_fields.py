"""steelpkt show and steelpkt fields."""

import json
import re

import pytest
from conftest import CAPTURES, lines, on_terminal, pcap, run, txt_answer, udp

DNS = CAPTURES / "dns.pcap"


def test_a_packet_as_a_tree():
    text = run("show", "-n", "2", DNS).stdout.decode()
    for part in ("Packet 2\n", "    ip.src: 192.0.2.53\n", "    udp.srcport: 53\n", "dns.qry.name: riverbed.com\n",
                 "dns.a: 208.70.196.59\n", "\n0000  08 00 27 f4 6b ac 08 00  27 54 f5 ae 08 00 45 "):
        assert part in text, part
    assert "Packet 1\n" not in text and "Packet 3\n" not in text and "\x1b" not in text


def test_the_dump_has_every_byte(make):
    data = udp(1, 2, bytes(range(33, 80)))
    text = run("show", make(pcap(data))).stdout.decode()
    dump = re.findall(r"^[0-9a-f]{4}  ((?:[0-9a-f]{2} {1,2})+) *\S", text, re.M)
    assert bytes.fromhex("".join(dump)) == data


@pytest.mark.parametrize("words, numbers", [
    ([], [1, 2, 3, 4, 5, 6]), (["-n", "2"], [2]), (["-n", "2-4"], [2, 3, 4]), (["-n", "5-"], [5, 6]),
    (["-n", "-2"], [1, 2]), (["-n", "1,3"], [1, 3]), (["-n", "6", "-n", "1-2"], [1, 2, 6]), (["-c", "2"], [1, 2]),
    (["-f", "src port 53"], [2, 4, 6]), (["-f", "src port 53", "-n", "4-"], [4, 6]),
    (["--start", "1493834485.406963", "--end", "1493834485.490302"], [3, 4]),
])
def test_which_packets(words, numbers):
    shown = re.findall(r"^Packet (\d+)$", run("show", *words, DNS).stdout.decode(), re.M)
    assert list(map(int, shown)) == numbers
    rows = [json.loads(line) for line in lines(run("show", "--json", *words, DNS))]
    assert [row["number"] for row in rows] == numbers


def flatten(fields):
    for field in fields:
        if "fields" in field:
            yield from flatten(field["fields"])
        else:
            yield field


def test_json_of_every_shipped_capture():
    for path in sorted(CAPTURES.iterdir()):
        if "cap" not in path.name:
            continue
        for line in lines(run("show", "--json", path)):
            packet = json.loads(line)
            data = bytes.fromhex(packet["data"])
            assert len(data) == packet["caplen"] and packet["layers"]
            for layer in packet["layers"]:
                for field in flatten(layer["fields"]):
                    assert field.get("at", 0) + field.get("len", 0) <= packet["caplen"]


def test_json_values(make):
    packet = json.loads(run("show", "--json", make(pcap(udp(53, 1000, b"")))).stdout)
    values = {field["name"]: field["value"] for layer in packet["layers"] for field in flatten(layer["fields"])}
    assert values["ip.src"] == "192.0.2.1" and values["udp.srcport"] == 53 and values["ip.flags.df"] is False
    assert packet["stop"] is None and packet["time"] == 1.0 and packet["len"] == packet["caplen"] == 42


def test_where_decoding_stopped(make):
    path = make(pcap(udp(1, 2, b"abc")[:30]))
    assert "[ip: malformed" in run("show", path).stdout.decode() or "[ip: truncated" in run("show", path).stdout.decode()
    assert json.loads(run("show", "--json", path).stdout)["stop"]["protocol"] == "ip"


def test_terminals_get_colours_unless_told_otherwise():
    assert b"\x1b[" in on_terminal("show", "-n", "1", DNS)
    assert b"\x1b" not in on_terminal("show", "-n", "1", DNS, env={"NO_COLOR": "1"})
    assert b"\x1b" not in on_terminal("show", "-n", "1", DNS, env={"TERM": "dumb"})
    assert b"\x1b[" in on_terminal("show", "-n", "1", DNS, env={"NO_COLOR": ""})


def test_terminals_are_not_driven_by_packets(make):
    path = make(pcap(udp(53, 1000, txt_answer(b"\x1b]0;owned\x07\x9b31m\x7f"))))
    for words in (["show"], ["query", "-e", "dns.txt"], ["query", "-T", "tsv", "-e", "dns.txt"],
                  ["query", "-T", "csv", "-e", "dns.txt"], ["query", "-T", "json", "-e", "dns.txt"]):
        text = on_terminal(*words, path, env={"NO_COLOR": "1"})
        assert b"owned" in text and not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", text), words


def test_a_terminal_gets_a_table(three):
    text = on_terminal("query", "-e", "udp.srcport,ip.src", three, env={"NO_COLOR": "1"})
    assert text.startswith(b"udp.srcport  ip.src\n       1000  192.")


def fields(*words):
    return json.loads(run("fields", "--json", *words).stdout)


def test_fields_as_json():
    known = {field["name"]: field for field in fields()}
    assert set(known["ip.src"]) == {"name", "type", "protocol", "aliases", "list", "doc", "wireshark"}
    types = {"ip.src": "IPv4", "eth.src": "ETHER", "udp.srcport": "UINT16", "tcp.seq": "UINT32", "tcp.flags.syn": "BOOLEAN",
             "dns.qry.name": "STRING", "udp.payload": "BYTES", "ip.version": "UINT8", "frame.time": "ABSOLUTE_TIME",
             "frame.time_delta": "RELATIVE_TIME", "_file": "STRING"}
    assert {name: known[name]["type"] for name in types} == types
    assert known["udp.port"]["list"] and not known["udp.srcport"]["list"]
    assert known["tcp.flags.ece"]["aliases"] == ["tcp.flags.ecn"] and known["ip.src"]["wireshark"]
    assert not known["_number"]["wireshark"] and known["_number"]["protocol"] is None
    assert all(field["doc"] for field in known.values())


def test_every_listed_field_can_be_asked_for():
    asked = [field["name"] for field in fields() if field["type"] != "GROUP"]
    asked += [name for field in fields() for name in field["aliases"] if field["type"] != "GROUP"]
    result = run("query", "-e", ",".join(asked), DNS)
    assert result.returncode == 0, result.stderr.decode()
    assert result.stdout.split(b"\n")[0].decode().split("\t") == asked


def test_patterns():
    assert {field["protocol"] for field in fields("udp")} >= {"udp"}
    assert "udp.srcport" in [field["name"] for field in fields("UDP")]
    assert [field["name"] for field in fields("tcp.flags.s*")] == ["tcp.flags.syn", "tcp.flags.str"]
    assert [field["name"] for field in fields("tcp.flags.ecn")] == ["tcp.flags.ece"]
    nothing = run("fields", "no.such.field")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (1, b"", b"")
    assert run("fields", "--json", "no.such.field").returncode == 1
    assert "  udp.srcport " in run("fields", "udp.src").stdout.decode()
