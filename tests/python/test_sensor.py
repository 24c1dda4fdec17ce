"""One protocol written twice, as a class in pure Python and as rows in C: nobody can tell them apart but by their speed."""

import importlib.util
import io
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SENSOR = ROOT / "examples" / "sensor"


@pytest.fixture(scope="module")
def pure():
    spec = importlib.util.spec_from_file_location("sensor", SENSOR / "sensor.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def plugin(tmp_path_factory):
    if shutil.which("cc") is None:
        pytest.skip("no compiler")
    target = tmp_path_factory.mktemp("plugin") / "sensor.so"
    subprocess.run(["cc", "-shared", "-fPIC", f"-I{ROOT / 'include'}", SENSOR / "sensor.c", "-o", target], check=True)
    return target


MESSAGES = [
    dict(station=7, height=2962, alarm=1, name="Zugspitze", readings=[(1, -121), (3, 184), (2, 870)]),
    dict(station=8, name="Kiel", readings=[(1, 93)]),
    dict(station=9, height=-3, name="", readings=[]),
    dict(station=65535, alarm=1, name="Z\u00fcrich", readings=[(1, 32767), (1, -32768)] * 30),
]


def damaged(pure):
    """Whole messages, all their beginnings, and each byte of the first changed."""
    whole = [pure.Sensor(**values).pkt2net() for values in MESSAGES]
    yield from whole
    for message in whole[:3]:
        yield from (message[:cut] for cut in range(1, len(message)))
    for at in range(len(whole[0])):
        for value in (0, 1, 0x7F, 0xFF):
            yield whole[0][:at] + bytes([value]) + whole[0][at + 1:]


def frame(message):
    datagram = struct.pack(">HHHH", 1024, 4243, 8 + len(message), 0) + message
    packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0, bytes([192, 0, 2, 7]),
                         bytes([192, 0, 2, 1])) + datagram
    return bytes(12) + b"\x08\x00" + packet


def capture(frames):
    file = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    for number, data in enumerate(frames):
        file += [struct.pack("<IIII", number, 0, len(data), len(data)), data]
    return b"".join(file)


BY_ROWS = """
import json, sys
import steelpkt
steelpkt.load_plugin(sys.argv[1])
names = sys.argv[3:]
rows = [[record.decode().all(name) for name in names] for record in steelpkt.open(sys.argv[2])]
made = [steelpkt.Sensor(has_height="height" in values, **values,
                        readings=[steelpkt.SensorReading(channel=c, value=v) for c, v in readings])
        for values in json.load(sys.stdin) for readings in [values.pop("readings")]]
built = [packet.pkt2net({"update": 1, "csum": 1}).hex() for packet in made]
again = [record.decode() for record in steelpkt.open(sys.argv[2])]
json.dump([rows, built, all(bytes(packet) == record.data for packet, record in zip(again, steelpkt.open(sys.argv[2])))],
          sys.stdout)
"""


@pytest.fixture(scope="module")
def by_rows(pure, plugin, tmp_path_factory):
    path = tmp_path_factory.mktemp("capture") / "sensor.pcap"
    path.write_bytes(capture(map(frame, damaged(pure))))
    names = [name.decode() for name in pure.NAMES]
    done = subprocess.run([sys.executable, "-c", BY_ROWS, plugin, path, *names], input=json.dumps(MESSAGES),
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return path, *json.loads(done.stdout)


def test_columns_are_the_same_for_whole_cut_and_malformed_messages(pure, by_rows):
    from steelscript.packets.query.pcap_query import PcapQuery
    path, rows, _, _ = by_rows
    with open(path, "rb") as file:
        pure_rows = PcapQuery(pkt_classes=[pure.Sensor]).pcap_query(
            file_handle=io.BytesIO(file.read()), wshark_fields=[name.decode() for name in pure.NAMES], starttime=0.0,
            endtime=0.0, as_datetime=0)
    pure_rows = [list(row) for row in pure_rows]
    assert len(rows) == len(pure_rows) > 150
    for number, (row, other) in enumerate(zip(rows, pure_rows), 1):
        values = [found if "reading" in name.decode() else found[0] if found else None
                  for name, found in zip(pure.NAMES, row)]
        assert [value if value != [] else None for value in values] == other, number


def test_what_is_built_is_the_same(pure, by_rows):
    _, _, built, round_trip = by_rows
    assert built == [pure.Sensor(**values).pkt2net().hex() for values in MESSAGES]
    assert round_trip


def test_filters_keep_the_same(pure, plugin, by_rows):
    command = ROOT / "build" / "steelpkt"
    if not command.exists():
        pytest.skip("no command here")
    path = by_rows[0]
    decoded = [pure.Sensor(message) for message in damaged(pure)]
    for expression, keeps in (
            ("sensor.alarm == 1", lambda s: s.alarm == 1), ("sensor.height < 0", lambda s: (s.height or 0) < 0),
            ('sensor.name contains "spitz"', lambda s: "spitz" in (s.name or "")),
            ("sensor.reading.value > 800", lambda s: any(len(r) > 1 and r[1] > 800 for r in s.readings)),
            ("!sensor.name_len", lambda s: s.name_len is None)):
        done = subprocess.run([command, "query", "-P", plugin, "-T", "tsv", "--no-header", "-e", "frame.number", "-Y",
                               expression, path], capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.split() == [str(n) for n, s in enumerate(decoded, 1) if keeps(s)], expression
