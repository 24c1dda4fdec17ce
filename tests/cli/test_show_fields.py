"""steelpkt show and steelpkt fields."""

import json
import re

import pytest
from running import CAPTURES, lines, on_terminal, pcap, run, txt_answer, udp

DNS = CAPTURES / "dns.pcap"


def test_a_packet_as_a_tree():
    text = run("show", "-n", "2", DNS).stdout.decode()
    for part in ("Packet 2\n", "    ip.src: 192.0.2.53\n", "    udp.srcport: 53\n", "dns.qry.name: riverbed.com\n",
                 "dns.a: 208.70.196.59\n", "\n0000  08 00 27 f4 6b ac 08 00  27 54 f5 ae 08 00 45 "):
        assert part in text, part
    assert "Packet 1\n" not in text and "Packet 3\n" not in text and "\x1b" not in text


def parse_dump(packet):
    """The bytes of the dump below a packet's tree, and the places of those in brackets."""
    data, marked = bytearray(), set()
    for number, line in enumerate(packet.rstrip("\n").rpartition("\n\n")[2].split("\n")):
        assert int(line[:4], 16) == 16 * number
        inside = False
        for token in re.findall(r"[][]|[0-9a-f]{2}", line[4:55]):
            if token in "[]":
                inside = token == "["
            else:
                marked |= {len(data)} if inside else set()
                data.append(int(token, 16))
    return bytes(data), marked


def test_the_dump_has_every_byte(make):
    data = udp(1, 2, bytes(range(33, 80)))
    assert parse_dump(run("show", make(pcap(data))).stdout.decode())[0] == data


MARKED = ["ip.src", "tcp.flags", "dns.qry.name", "dns.a", "udp.payload", "eth.dst", "icmp.type", "frame.len", "ipv6.flow"]


def places(fields, name):
    return {at for field in flatten(fields) if field["name"] == name
            for at in range(field.get("at", 0), field.get("at", 0) + field.get("len", 0))}


def test_the_dump_marks_what_was_asked_for():
    """In every packet of every shipped capture, the bytes in brackets are those that the JSON says the field has."""
    some = 0
    for path in sorted(CAPTURES.glob("*cap*")):
        packets = [json.loads(line) for line in lines(run("show", "--json", path))]
        for name in MARKED:
            shown = re.split(r"^Packet \d+\n", run("show", "-e", name, path).stdout.decode(), flags=re.M)[1:]
            assert len(shown) == len(packets)
            for packet, text in zip(packets, shown):
                wanted = {at for layer in packet["layers"] for at in places(layer["fields"], name)}
                assert parse_dump(text) == (bytes.fromhex(packet["data"]), wanted), (path, packet["number"], name)
                some += len(wanted)
    assert some > 1000


def test_groups_and_protocols_are_marked_whole():
    def marked(what):
        return parse_dump(run("show", "-n", "2", "-e", what, DNS).stdout.decode())[1]
    assert marked("udp") == set(range(34, 42)) | marked("udp.payload")
    assert marked("dns.answers") == set(range(0x48, 0x58))
    assert marked("ip.src,udp.srcport") == set(range(26, 30)) | {34, 35}
    assert marked("tcp") == set()


def test_marks_and_decode_as_go_together(make):
    path = make(pcap(udp(5300, 1000, txt_answer(b"text"))))
    words = ["show", "-d", "udp.port==5300,dns", "-e", "dns.txt", path]
    assert parse_dump(run(*words).stdout.decode())[1] == set(range(74, 78))


def test_bytes_stand_beside_their_line():
    """What the gutter shows is what stands at that place: whole bytes, the first six of more, or bits."""
    seen = {"bits": 0, "bytes": 0, "more": 0}
    for path in sorted(CAPTURES.glob("*cap*")):
        shown = re.split(r"^Packet \d+\n", run("show", path).stdout.decode(), flags=re.M)[1:]
        for text, line in zip(shown, lines(run("show", "--json", path))):
            data = bytes.fromhex(json.loads(line)["data"])
            for place, what in re.findall(r"^([0-9a-f]{4})  (\S.{18})  \s*\S", text.rpartition("\n\n")[0], re.M):
                at, what = int(place, 16), what.rstrip()
                if re.fullmatch(r"[01.]{4}( [01.]{4}){1,3}", what):
                    bits = what.replace(" ", "")
                    real = f"{int.from_bytes(data[at:at + len(bits) // 8], 'big'):0{len(bits)}b}"
                    assert len(bits) % 8 == 0 and all(a in (".", b) for a, b in zip(bits, real)), (path, what)
                    seen["bits"] += 1
                else:
                    there = bytes.fromhex(what.removesuffix(".."))
                    assert data[at:at + len(there)] == there and (len(there) == 6 or not what.endswith("..")), (path, what)
                    seen["more" if what.endswith("..") else "bytes"] += 1
    assert min(seen.values()) > 100, seen


def test_colours_follow_the_layers_and_marks_stand_out():
    text = on_terminal("show", "-n", "2", "-e", "ip.src", DNS).decode()
    assert "\x1b[32m\x1b[1mInternet Protocol Version 4\x1b[0m" in text
    assert "\x1b[32m\x1b[7m001a [c0 00 02 35]" in text
    assert "[\x1b[32m\x1b[7mc0\x1b[0m \x1b[32m\x1b[7m00\x1b[0m" in text
    plain = re.sub(r"\x1b\[\d*m", "", text)
    assert plain == on_terminal("show", "-n", "2", "-e", "ip.src", DNS, env={"NO_COLOR": "1"}).decode()


@pytest.mark.parametrize("columns", [80, 120])
def test_lines_of_the_tree_fit_the_terminal(columns):
    for path in sorted(CAPTURES.glob("*cap*")):
        text = on_terminal("show", path, columns=columns, env={"NO_COLOR": "1"}).decode()
        assert max(map(len, text.splitlines())) <= columns, path


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
    assert set(known["ip.src"]) == {"name", "type", "protocol", "origin", "aliases", "list", "doc", "wireshark"}
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
    assert {"dns.queries", "dns.qry.name", "dns.qry.type"} <= {field["name"] for field in fields("dns.queries")}
    assert "dns.a" not in [field["name"] for field in fields("dns.queries")]
    assert "dns.a" in [field["name"] for field in fields("dns.answers")]
    nothing = run("fields", "no.such.field")
    assert (nothing.returncode, nothing.stdout) == (1, b"") and nothing.stderr
    assert run("fields", "--json", "no.such.field").returncode == 1
    assert "  udp.srcport " in run("fields", "udp.src").stdout.decode()
