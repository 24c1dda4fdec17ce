"""One protocol written three times, as a class in pure Python, as rows in Python and as rows in C: nobody can tell them
apart but by their speed."""

import importlib.util
import json
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


MESSAGES = [
    dict(station=7, height=2962, alarm=1, name="Zugspitze", readings=[(1, -121), (3, 184), (2, 870)]),
    dict(station=8, name="Kiel", readings=[(1, 93)]),
    dict(station=9, height=-3, name="", readings=[]),
    dict(station=65535, alarm=1, name="Z\u00fcrich", readings=[(1, 32767), (1, -32768)] * 30),
]


def damaged(pure):
    """Whole messages, all their beginnings, and each byte of the first changed."""
    whole = whole_messages(pure)
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
    """Frames, and how many bytes of each are kept."""
    file = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    for number, (data, kept) in enumerate(frames):
        file += [struct.pack("<IIII", number, 0, kept, len(data)), data[:kept]]
    return b"".join(file)


HEADERS = 14 + 20 + 8


FILTERS = {
    "sensor.alarm == 1": lambda s: s.alarm == 1,
    "sensor.height < 0": lambda s: (s.height or 0) < 0,
    'sensor.name contains "spitz"': lambda s: "spitz" in (s.name or ""),
    "sensor.reading.value > 800": lambda s: any(len(r) > 1 and r[1] > 800 for r in s.readings),
    "sensor.reading.channel == wind": lambda s: any(r[0] == 3 for r in s.readings),
    "!sensor.name_len": lambda s: s.name_len is None,
}

SCALARS = ["sensor.version", "sensor.alarm", "sensor.count", "sensor.station", "sensor.height", "sensor.name"]

# What a process that has the protocol in rows says of a capture, of messages to build, and of the class.
BY_ROWS = """
import json, sys
from pathlib import Path
import steelpkt
from steelscript.packets.query.pcap_query import PcapQuery
source, path = Path(sys.argv[1]), sys.argv[2]
if source.suffix == ".so":
    steelpkt.load_plugin(source)
else:
    sys.path.insert(0, str(source.parent))
    import sensor_rows
asked = json.load(sys.stdin)
names = asked["names"]
records = list(steelpkt.open(path))
query = steelpkt.query(path, names)
def build(readings, **values):
    readings = [steelpkt.SensorReading(channel=channel, value=value) for channel, value in readings]
    made = steelpkt.Sensor(has_height="height" in values, readings=readings, **values)
    return made.pkt2net({"update": 1, "csum": 1}).hex()
with open(path, "rb") as file:
    as_in_the_tutorial = PcapQuery(pkt_classes=[steelpkt.Sensor]).pcap_query(
        file_handle=file, wshark_fields=asked["scalars"], starttime=0.0, endtime=0.0, as_datetime=0)
json.dump({
    "values": [[record.decode().all(name) for name in names] for record in records],
    "columns": list(query),
    "rows": as_in_the_tutorial,
    "schema": query.schema.to_string(),
    "kept": {text: [row[0] for row in steelpkt.query(path, "frame.number", filter=text)] for text in asked["filters"]},
    "built": [build(**values) for values in asked["messages"]],
    "same bytes": all(bytes(record.decode()) == record.data for record in records),
    "attributes": steelpkt.Sensor._attributes(),
    "fields": steelpkt.Sensor.query_info()[1],
}, sys.stdout)
"""


def recorded(pure):
    """Messages, and how many bytes of each a capture has kept: all of every damaged one, of whole ones less and less."""
    yield from ((message, len(message)) for message in damaged(pure))
    for message in whole_messages(pure):
        yield from ((message, kept) for kept in range(1, len(message), 3))


def whole_messages(pure):
    return [pure.Sensor(**values).pkt2net() for values in MESSAGES]


@pytest.fixture(scope="module")
def path(pure, tmp_path_factory):
    path = tmp_path_factory.mktemp("capture") / "sensor.pcap"
    path.write_bytes(capture((frame(message), HEADERS + kept) for message, kept in recorded(pure)))
    return path


def said_by_rows(pure, path, source):
    asked = {"names": [name.decode() for name in pure.NAMES], "scalars": SCALARS, "filters": list(FILTERS),
             "messages": MESSAGES}
    done = subprocess.run([sys.executable, "-c", BY_ROWS, source, path], input=json.dumps(asked), capture_output=True,
                          text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def in_python(pure, path):
    return said_by_rows(pure, path, SENSOR / "sensor_rows.py")


@pytest.fixture(scope="module")
def in_c(pure, path, sensor):
    return said_by_rows(pure, path, sensor)


@pytest.fixture(scope="module", params=["in_python", "in_c"])
def by_rows(request):
    return request.getfixturevalue(request.param)


def utf8(value):
    """What a column has of text that is no UTF-8."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if isinstance(value, str) else value


def test_columns_are_the_same_for_whole_truncated_and_malformed_messages(pure, by_rows, path):
    from steelscript.packets.query.pcap_query import PcapQuery
    with open(path, "rb") as file:
        pure_rows = PcapQuery(pkt_classes=[pure.Sensor]).pcap_query(
            file_handle=file, wshark_fields=[name.decode() for name in pure.NAMES], starttime=0.0,
            endtime=0.0, as_datetime=0)
    assert len(by_rows["values"]) == len(by_rows["columns"]) == len(pure_rows) > 150
    for number, (values, columns, other) in enumerate(zip(by_rows["values"], by_rows["columns"], pure_rows), 1):
        found = [value if "reading" in name.decode() else value[0] if value else None
                 for name, value in zip(pure.NAMES, values)]
        assert [value if value != [] else None for value in found] == list(other), number
        assert [value if value != [] else None for value in columns] == [utf8(value) for value in other], number


def test_the_tutorials_query_takes_a_class_of_rows_as_well(pure, by_rows, path):
    from steelscript.packets.query.pcap_query import PcapQuery
    with open(path, "rb") as file:
        rows = PcapQuery(pkt_classes=[pure.Sensor]).pcap_query(file_handle=file, wshark_fields=SCALARS, starttime=0.0,
                                                               endtime=0.0, as_datetime=0)
    assert by_rows["rows"] == rows and len(rows) > 150


def test_what_is_built_is_the_same(pure, by_rows):
    assert by_rows["built"] == [pure.Sensor(**values).pkt2net().hex() for values in MESSAGES]
    assert by_rows["same bytes"]


def test_filters_keep_the_same(pure, sensor, by_rows, path):
    command = ROOT / "build" / "steelpkt"
    decoded = [pure.Sensor(message[:kept]) for message, kept in recorded(pure)]
    for expression, keeps in FILTERS.items():
        numbers = [n for n, s in enumerate(decoded, 1) if keeps(s)]
        assert by_rows["kept"][expression] == numbers, expression
        if command.exists():
            done = subprocess.run([command, "query", "-P", sensor, "-T", "tsv", "--no-header", "-e", "frame.number", "-Y",
                                   expression, path], capture_output=True, text=True, timeout=60, check=True)
            assert done.stdout.split() == list(map(str, numbers)), expression


def test_rows_in_python_and_in_c_are_one(in_python, in_c):
    """Values, columns and their types, attributes with their sentences."""
    assert in_python == in_c
