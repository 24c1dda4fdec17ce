"""Plug-ins in Python: their protocols are classes, fields and columns like all others."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SENSOR = ROOT / "examples" / "sensor" / "sensor.c"
MESSAGE = bytes.fromhex("1c02001be57b00070b9201fff40300b8095a75677370697474")


def python(code, *arguments, **environment):
    """A process of its own: what is loaded stays loaded."""
    return subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **environment}, check=False)


def good(result):
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


USE = """
import sys, steelpkt
before = (steelpkt.Ethernet(type=0x0800) / steelpkt.IP(src="192.0.2.1", dst="192.0.2.2", proto=17)
          / steelpkt.UDP(sport=1, dport=4243))
made = steelpkt.load_plugin(sys.argv[1])
assert steelpkt.load_plugin(sys.argv[1]) == []
print([kind.__name__ for kind in made], steelpkt.Sensor is made[0])
Sensor = steelpkt.Sensor
new = Sensor(station=7, name="Zugspitze", alarm=1, has_height=1, height=2962)
print(new.version, new.station, new.name, new.height, bytes(new).hex())
message = bytes.fromhex("1c02001b000000070b9201fff40300b8095a7567737069747a65")
told = Sensor(message)
print(told.station, told.height, told.name, [(r.channel, r.value) for r in told.readings], bytes(told) == message)
frame = bytes(before.copy() if hasattr(before, 'copy') else before) + message
packet = steelpkt.decode(frame)
print([type(layer).__name__ for layer in packet], packet["sensor.name"], packet.all("sensor.reading.value"))
print(type(steelpkt.decode(bytes(before)[:34])).__name__)
print(steelpkt.TCP(dport=80).dport, steelpkt.IGMP().type, "readings" in steelpkt.Sensor.__dict__)
"""


def test_a_plugin_becomes_classes(sensor):
    said = good(python(USE, sensor))
    assert said[0] == "['Sensor'] True"
    assert said[1].startswith("1 7 Zugspitze 2962 1c")
    assert said[2] == "7 2962 Zugspitze [(1, -12), (3, 184)] True"
    assert said[3] == "['Ethernet', 'IP', 'UDP', 'Sensor'] Zugspitze [-12, 184]"
    assert said[4] == "Ethernet"


def test_the_environment_loads_them_on_import(sensor):
    said = good(python("import steelpkt; print(steelpkt.Sensor(station=3).station)",
                       STEELPKT_PLUGIN_PATH=str(sensor.parent)))
    assert said == ["3"]


@pytest.mark.parametrize(("path", "said"), [("nothing.so", "No such file"), (str(SENSOR), "invalid ELF header")])
def test_what_is_no_plugin_is_a_value_error(path, said):
    result = python("import sys, steelpkt\ntry:\n    steelpkt.load_plugin(sys.argv[1])\nexcept ValueError as error:\n"
                    "    print(error)", path)
    assert said in good(result)[0]


def test_a_clash_leaves_everything_as_it_was(sensor, tmp_path):
    copy = tmp_path / "copy.so"
    shutil.copy(sensor, copy)
    said = good(python("""
import sys, steelpkt
steelpkt.load_plugin(sys.argv[1])
try:
    steelpkt.load_plugin(sys.argv[2])
except ValueError as error:
    print(error)
print(steelpkt.Sensor(station=9).station)
""", sensor, copy))
    assert "copy.so: sensor: the protocol is registered twice" in said[0] and said[1] == "9"


@pytest.mark.parametrize("code", ["PATH = {!r}", "def PATH():\n    return {!r}"])
def test_an_installed_package_can_bring_plugins(sensor, tmp_path, code):
    (tmp_path / "station.py").write_text(code.format(str(sensor)) + "\n")
    info = tmp_path / "station-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: station\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[steelpkt.protocols]\nsensor = station:PATH\n")
    said = good(python("import steelpkt\nprint([k.__name__ for k in steelpkt.load_plugins()])\n"
                       "print(steelpkt.load_plugins(), steelpkt.Sensor(station=4).station)", PYTHONPATH=str(tmp_path)))
    assert said == ["['Sensor']", "[] 4"]


def test_a_plugin_s_fields_are_columns_of_pcapquery(sensor, tmp_path):
    said = good(python("""
import sys, steelpkt
from steelscript.packets.query.pcap_query import PcapQuery
steelpkt.load_plugin(sys.argv[1])
message = bytes.fromhex("1c02001b000000070b9201fff40300b8095a7567737069747a65")
frame = (steelpkt.Ethernet(type=0x0800) / steelpkt.IP(src="192.0.2.1", dst="192.0.2.2", proto=17)
         / steelpkt.UDP(sport=1, dport=4243) / message).pkt2net({"update": 1})
with steelpkt.create(sys.argv[2]) as writer:
    writer.write(frame, time=1)
query = PcapQuery(pkt_classes=[steelpkt.Sensor])
print(query.pcap_query(open(sys.argv[2], "rb"), ["ip.src", "sensor.station", "sensor.name"], 0, 0, as_datetime=0))
""", sensor, tmp_path / "one.pcap"))
    assert said == ["[['192.0.2.1', 7, 'Zugspitze']]"]


RENAMED = """
import sys, steelpkt
kept = getattr(steelpkt, sys.argv[2])
try:
    steelpkt.load_plugin(sys.argv[1])
except ValueError as error:
    print(error)
print(getattr(steelpkt, sys.argv[2]) is kept, [layer.pkt_name for layer in steelpkt.decode(bytes(steelpkt.Ethernet()))])
"""


@pytest.mark.parametrize("name", ["IP", "MPLS", "PKT", "DNSQuery", "Reader"])
def test_a_plugin_does_not_take_the_place_of_a_class(plugin_of, name):
    text = SENSOR.read_text().replace('.pyclass = "Sensor"', f'.pyclass = "{name}"')
    assert name in text
    named = plugin_of(text, "named")
    said = good(python(RENAMED, named, name))
    assert name in said[0] and said[1] == "True ['Ethernet']"


def test_a_refused_plugin_is_taken_back(sensor, plugin_of):
    """Its protocol may come from another file, and is none of the command's in this process."""
    named = plugin_of(SENSOR.read_text().replace('.pyclass = "Sensor"', '.pyclass = "Reader"'), "named")
    said = good(python("""
import sys, steelpkt
for _ in range(2):
    try:
        steelpkt.load_plugin(sys.argv[1])
    except ValueError as error:
        print(error)
print(steelpkt.load_plugin(sys.argv[2]), steelpkt.Sensor(station=5).station)
print(steelpkt._core._origin("sensor") == sys.argv[2])
""", named, sensor))
    assert "another Reader" in said[0] and said[1] == said[0]
    assert said[2:] == ["[<class 'steelpkt.Sensor'>] 5", "True"]


def test_an_element_of_a_plugin_s_is_its_own(plugin_of):
    """Whatever its group is called: what the tutorial's classes have beside their rows is theirs alone."""
    text = SENSOR.read_text().replace('.name = "SensorReading"', '.name = "DNSQuery"')
    assert "DNSQuery" in text
    group = plugin_of(text, "group")
    said = good(python("""
import sys, steelpkt
steelpkt.load_plugin(sys.argv[1])
told = steelpkt.Sensor(bytes.fromhex("1c02001b000000070b9201fff40300b8095a7567737069747a65"))
print([(reading.channel, reading.value) for reading in told.readings], steelpkt.DNSQuery("a", 1, 1).query_name)
""", group))
    assert said == ["[(1, -12), (3, 184)] a"]


def test_many_classes_of_plugins_are_told_apart(plugin_of):
    """More than a table of any one size takes."""
    names = [f"p{number}" for number in range(1200)]
    parts = ["#include <steelpkt.h>"]
    for name in names:
        parts.append(f'static const struct spk_row {name}_rows[] = {{ {{ .name = "{name}.n", .kind = SPK_UINT, .bits = 8, '
                     f'.doc = "N." }} }};'
                     f'static const struct spk_proto {name} = {{ .name = "{name}", .pyclass = "{name.upper()}", '
                     f'.title = "T", .spec = "none", .hdr = {{ .name = "{name.upper()}", SPK_ROWS({name}_rows) }} }};')
    parts.append(f"SPK_PLUGIN({', '.join('&' + name for name in names)});")
    many = plugin_of("\n".join(parts), "many")
    said = good(python("""
import sys, steelpkt
made = steelpkt.load_plugin(sys.argv[1])
class Other(made[-1]):
    pass
print(len(made), Other(n=3).n, steelpkt.P7(n=7).n, type(steelpkt.UDP() / steelpkt.P1199(n=1)).__name__)
""", many))
    assert said == ["1200 3 7 UDP"]


LIAR = """
#include <steelpkt.h>
static int32_t measure(const struct spk_place *place) { return (int32_t)(place->end - place->at); }
static bool lie(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    *value = (struct spk_value){ .kind = SPK_TEXT, .data = (const uint8_t *)(uintptr_t)8, .len = 100 };
    return true;
}
static bool tell(const struct spk_place *place, struct spk_value *value)
{
    *value = (struct spk_value){ .kind = SPK_TEXT, .data = place->packet->data + place->at, .len = place->end - place->at };
    return true;
}
static int32_t put(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    (void)text, (void)before, (void)out, (void)size;
    return 1 << 30;
}
static const struct spk_codec codec = { measure, tell, SPELL, put, true, NULL };
static const struct spk_row inner_rows[] = {
    { .name = "liar.text", .kind = SPK_TEXT, .codec = &codec, .doc = "What nobody should believe." },
};
static const struct spk_group inner = { .name = "LiarText", SPK_ROWS(inner_rows) };
static const struct spk_case cases[] = { { 1, 0, &inner }, { 0, 0, NULL } };
static const struct spk_row item_rows[] = {
    { .name = "liar.kind", .kind = SPK_UINT, .bits = 8, .doc = "1: a text." },
    { .name = "liar.len", .kind = SPK_UINT, .bits = 8, .doc = "Bytes of the data." },
    { .name = "liar.data", .kind = SPK_CHOICE, .key = 0, .cases = cases, .size = SPK_REF(1, 1, 0), .doc = "The data." },
};
static const struct spk_group item = { .name = "LiarItem", SPK_ROWS(item_rows) };
static const struct spk_row rows[] = {
    { .name = "liar.items", .kind = SPK_GROUP, .in = &item, .many = SPK_FILL, .doc = "Kind, length and data." },
};
static const struct spk_proto liar = {
    .name = "liar", .pyclass = "Liar", .hdr = { .name = "LiarMessage", SPK_ROWS(rows) }, .extent = SPK_EXTENT_REST,
    .sits = SPK_SITS({ "udp.port", 4901 }),
};
SPK_PLUGIN(&liar);
"""


BELIEVE = """
import sys, steelpkt
steelpkt.load_plugin(sys.argv[1])
data = bytes([1, 4]) + b"text" + bytes([2, 1]) + b"x"
message = steelpkt.Liar(data)
assert [(item.kind, item.data) for item in message.items] == [(1, b"text"), (2, b"x")], message.items
assert message.pkt2net({}) == data
message.items[1].data = b"yz"
assert message.pkt2net({"update": 1}) == data[:7] + bytes([2]) + b"yz", message.pkt2net({"update": 1})
"""


@pytest.mark.parametrize("spell", ["lie", "tell"])
def test_a_codec_that_answers_nonsense_is_not_believed(plugin_of, spell):
    """A text that stands nowhere, and more bytes written than there was room for."""
    good(python(BELIEVE, plugin_of(LIAR.replace("SPELL", spell), spell)))
