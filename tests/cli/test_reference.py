"""What comes free with rows: a page, data and a drawing of any protocol, and a dissector for Wireshark."""

import json
import os
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from running import CAPTURES, lines, pcap, run, udp
from test_plugin import build, message, sensor  # noqa: F401: fixtures

tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="no tshark here")
SENSOR_FIELDS = ("sensor.version", "sensor.alarm", "sensor.has_height", "sensor.count", "sensor.length", "sensor.checksum",
                 "sensor.station", "sensor.height", "sensor.reading.channel", "sensor.reading.value", "sensor.name_len",
                 "sensor.name")


def protocols():
    return list(dict.fromkeys(entry["protocol"] for entry in json.loads(run("fields", "--json").stdout)
                              if entry["protocol"] is not None))


def test_a_page_of_a_protocol(sensor):  # noqa: F811
    page = lines(run("fields", "-P", sensor, "--format", "md", "sensor"))
    assert page[0] == "# Sensor Readings"
    for line in (
            "- Name: `sensor`; in Python `Sensor`", f"- From: `{sensor}`", "- Sits at: `udp.port` 4243, `ethertype` 34998",
            "- Bytes of header and payload: `length`", "- Checksum: `checksum` over header and payload",
            "| `sensor.version` | `version` | UINT8 | 4 bits | Version of the protocol: 1. Begins as 1. |",
            "|  |  |  | 2 bits | Unused. |",
            "| `sensor.height` | `height` | INT16 | 16 bits, if `has_height` = 1 | Where the station stands, in metres "
            "above the sea. |",
            "| `sensor.readings` | `readings` | GROUP | `SensorReading`, `count` times | The readings, one after the "
            "other. |",
            "| `sensor.name` | `name` | STRING | `name_len` bytes | The station's name. |", "## `SensorReading`"):
        assert line in page, line
    assert any(line.endswith("Values: 1 temperature, 2 humidity, 3 wind. |") for line in page)


def test_a_protocol_as_data(sensor):  # noqa: F811
    data = json.loads(run("fields", "-P", sensor, "--format", "json", "sensor").stdout)
    assert (data["name"], data["class"], data["origin"]) == ("sensor", "Sensor", str(sensor))
    assert data["sits"] == [{"space": "udp.port", "key": 4243}, {"space": "ethertype", "key": 0x88B6}]
    assert data["bytes"] == {"row": 5, "times": 1, "plus": 0} and data["checksum"] == 6
    header, reading = data["groups"]
    assert header["rows"][8]["when"] == [{"test": "eq", "row": 2, "mask": 0, "value": 1}]
    assert header["rows"][9]["group"] == reading["name"] == "SensorReading"
    assert reading["rows"][0]["values"][0] == {"value": 1, "name": "temperature"}


def test_a_drawing_has_every_row_of_the_header(sensor):  # noqa: F811
    root = ElementTree.fromstring(run("fields", "-P", sensor, "--format", "svg", "sensor").stdout)
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    for word in ("version", "count", "length", "checksum", "station", "height", "readings", "name_len", "name", "a: alarm",
                 "b: has_height"):
        assert word in texts, word
    boxes = [(int(box.get("y")), int(box.get("x")), int(box.get("width")))
             for box in root.iter("{http://www.w3.org/2000/svg}rect")]
    for y in {box[0] for box in boxes}:  # side by side, and within 32 bits
        line = sorted(box[1:] for box in boxes if box[0] == y)
        assert all(left[0] + left[1] == right[0] for left, right in zip(line, line[1:]))
        assert line[-1][0] + line[-1][1] <= 12 + 32 * 24


def test_every_protocol_has_them():
    known = protocols()
    assert len(known) > 25
    for name in known:
        page = run("fields", "--format", "md", name)
        assert page.returncode == 0 and page.stdout.startswith(b"# "), name
        rows = [row for group in json.loads(run("fields", "--format", "json", name).stdout)["groups"]
                for row in group["rows"]]
        for row in rows:
            assert "name" not in row or f"| `{row['name']}` |".encode() in page.stdout, row
        ElementTree.fromstring(run("fields", "--format", "svg", name).stdout)


@pytest.mark.parametrize(("words", "said"), [
    (["--format", "md"], "a protocol's name is needed"),
    (["--format", "md", "udpp"], "no such protocol; did you mean udp?"),
    (["--format", "pdf", "udp"], "not one of md, json, svg"),
    (["--wireshark", "--format", "md", "udp"], "one of --format and --wireshark"),
])
def test_what_cannot_be_printed(words, said):
    result = run("fields", *words)
    assert (result.returncode, result.stdout) == (1, b"") and said in result.stderr.decode()


def by_tshark(script, capture, *fields):
    """(values of each packet, what tshark said of the script)"""
    command = ["tshark", "-n", "-X", f"lua_script:{script}", "-r", str(capture), "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", HOME=str(script.parent))
    result = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    said = [line for line in result.stderr.splitlines() if "Running as user" not in line]
    assert result.returncode == 0, said
    return result.stdout.splitlines(), said


@tshark
def test_wireshark_reads_a_protocol_of_ones_own_as_we_do(sensor, make, tmp_path):  # noqa: F811
    script = tmp_path / "sensor.lua"
    script.write_bytes(run("fields", "-P", sensor, "--wireshark", "sensor").stdout)
    full = message(7, [(1, -12), (3, 184), (2, 500)], b"Zugspitze", height=-3, alarm=1)
    packets = [udp(4243, 4243, full), udp(5000, 4243, message(8, [], b"")), udp(1, 4243, full + b"more"),
               bytes(12) + b"\x88\xb6" + full, udp(1, 53, b"")]
    packets += [udp(1, 4243, full[:cut]) for cut in range(1, len(full))]
    odd = bytearray(full)
    odd[1] = 200  # more readings than there are
    packets.append(udp(1, 4243, bytes(odd)))
    capture = make(pcap(*packets))
    theirs, said = by_tshark(script, capture, *SENSOR_FIELDS)
    assert said == []
    ours = lines(run("query", "-P", sensor, "-T", "tsv", "--no-header", "-e", ",".join(SENSOR_FIELDS), capture))
    assert theirs == ours


@tshark
@pytest.mark.parametrize(("name", "fields", "capture"), [
    ("udp", "srcport dstport port length checksum", "dns.pcap"),
    ("arp", "hw.type proto.type hw.size proto.size opcode src.hw_mac src.proto_ipv4 dst.hw_mac dst.proto_ipv4",
     "neighbours.pcapng"),
    ("tcp", "srcport dstport seq_raw hdr_len window_size_value checksum", "http.pcap"),
    ("igmp", "type checksum maddr num_grp_recs record_type num_src saddr", "multicast.pcap"),
    ("vlan", "id priority dei etype", "vlan-stack.pcap"),
])
def test_wireshark_reads_ours_with_the_dissector_made_from_them(name, fields, capture, tmp_path):
    """Beside its own, under names that begin with steelpkt."""
    script = tmp_path / f"{name}.lua"
    script.write_bytes(run("fields", "--wireshark", name).stdout)
    known = {entry["name"] for entry in json.loads(run("fields", "--json", name).stdout)}
    names = [f"{name}.{field}" for field in fields.split() if f"{name}.{field}" in known]
    assert len(names) >= 4
    theirs, said = by_tshark(script, CAPTURES / capture, *(f"steelpkt.{field}" for field in names))
    assert said == []
    ours = lines(run("query", "-T", "tsv", "--no-header", "-e", ",".join(names), CAPTURES / capture))
    assert theirs == ours and any(line.strip() for line in ours)


@tshark
def test_every_dissector_loads(make, tmp_path):
    scripts = []
    for name in protocols():
        scripts.append(tmp_path / f"{name}.lua")
        scripts[-1].write_bytes(run("fields", "--wireshark", name).stdout)
    command = ["tshark", "-n", "-r", str(CAPTURES / "mixed.pcapng")]
    for script in scripts:
        command += ["-X", f"lua_script:{script}"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False,
                            env=dict(os.environ, HOME=str(tmp_path)))
    assert result.returncode == 0 and "Lua" not in result.stderr + result.stdout, result.stderr
