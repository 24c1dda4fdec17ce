"""Protocol plug-ins: built as a user builds one, loaded by flag or environment, known everywhere, refused when wrong."""

import json
import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from running import COMMAND, ROOT, lines, pcap, run, udp

BUILD = Path(COMMAND).resolve().parent
SENSOR = ROOT / "examples" / "sensor" / "sensor.c"
TEMPLATE = """
#include <steelpkt.h>
static const struct spk_row rows[] = {
    { .name = "NAME.number", .kind = SPK_UINT, .bits = 8, .doc = "A number." },
};
static const struct spk_proto proto = {
    .name = "NAME", .pyclass = "Class_NAME", .hdr = { .name = "Group_NAME", SPK_ROWS(rows) },
    .sits = SPK_SITS({ "udp.port", PORT }),
};
SPK_PLUGIN(&proto);
"""


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Compiles a plug-in with the line that the manual gives, and gives its path."""
    if shutil.which("cc") is None or shutil.which("pkg-config") is None:
        pytest.skip("no compiler or no pkg-config")
    environment = dict(os.environ, PKG_CONFIG_PATH=str(BUILD / "meson-uninstalled"))
    folder = tmp_path_factory.mktemp("plugins")

    def compile_plugin(name, text):
        source, target = folder / f"{name}.c", folder / f"{name}.so"
        source.write_text(text)
        command = f"cc -Wall -Wextra -Werror -shared -fPIC {source} $(pkg-config --cflags --libs steelpkt) -o {target}"
        subprocess.run(["sh", "-c", command], check=True, env=environment)
        return target
    return compile_plugin


@pytest.fixture(scope="module")
def sensor(build):
    return build("sensor", SENSOR.read_text())


def small(name, port):
    return TEMPLATE.replace("NAME", name).replace("PORT", str(port))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def message(station, readings, name, height=None, alarm=0):
    """A sensor message, made here and not by the library."""
    body = b"" if height is None else struct.pack(">h", height)
    body += b"".join(struct.pack(">Bh", *reading) for reading in readings) + bytes([len(name)]) + name
    first = 0x10 | alarm << 3 | (height is not None) << 2
    head = struct.pack(">BBHHH", first, len(readings), 8 + len(body), 0, station)
    return head[:4] + struct.pack(">H", checksum(head + body)) + head[6:] + body


@pytest.fixture
def capture(make):
    full = message(7, [(1, -12), (3, 184)], b"Zugspitze", height=2962, alarm=1)
    return make(pcap(udp(4243, 4243, full), udp(5000, 4243, message(8, [], b"")), udp(1, 4243, full[:13]),
                     udp(1, 53, b"")))


FIELDS = "sensor.station,sensor.alarm,sensor.height,sensor.reading.channel,sensor.reading.value,sensor.name"


def test_fields_of_a_plugin_are_listed_with_where_it_came_from(sensor):
    listed = json.loads(run("fields", "-P", sensor, "--json", "sensor").stdout)
    assert [entry["name"] for entry in listed][:3] == ["sensor.version", "sensor.alarm", "sensor.has_height"]
    assert {entry["origin"] for entry in listed} == {str(sensor)}
    assert {entry["origin"] for entry in json.loads(run("fields", "--json", "udp").stdout)} == {None}
    assert str(sensor) in lines(run("fields", "-P", sensor, "sensor"))[0]
    assert run("fields", "sensor").returncode == 1


def test_query_gives_its_columns(sensor, capture):
    assert lines(run("query", "-P", sensor, "-T", "tsv", "-e", FIELDS, capture))[1:] == [
        "7\t1\t2962\t1,3\t-12,184\tZugspitze", "8\t0\t\t\t\t", "7\t1\t2962\t1\t-12\t", "\t\t\t\t\t"]


def test_filters_know_it(sensor, capture):
    def numbers(expression):
        return lines(run("query", "-P", sensor, "--no-header", "-T", "tsv", "-e", "frame.number", "-Y", expression,
                         capture))
    assert numbers("sensor") == ["1", "2", "3"]
    assert numbers("sensor.reading.value < 0 && sensor.name") == ["1"]
    assert numbers('sensor.name contains "spitz"') == ["1"]
    assert numbers("!sensor.height") == ["2", "4"]
    wrong = run("query", "-P", sensor, "-e", "sensor.stetion", capture)
    assert (wrong.returncode, wrong.stdout) == (1, b"") and b"did you mean sensor.station?" in wrong.stderr


def test_show_and_info_and_convert_and_decode_as_know_it(sensor, capture, make, tmp_path):
    shown = run("show", "-P", sensor, "-n", "1", capture).stdout.decode()
    assert "Sensor Readings" in shown and "Zugspitze" in shown
    assert b", 3 packets" in run("info", "-P", sensor, "-Y", "sensor", capture).stdout
    out = tmp_path / "out.pcap"
    assert run("convert", "-P", sensor, "-Y", "sensor.alarm == 1", capture, out).returncode == 0
    assert len(lines(run("query", "--no-header", "-e", "frame.number", out))) == 2
    other = make(pcap(udp(9999, 9999, message(3, [], b"x"))), "other.pcap")
    assert lines(run("query", "-P", sensor, "-d", "udp.port==9999,sensor", "--no-header", "-e", "sensor.station",
                     other)) == ["3"]


def test_it_is_on_an_ethertype_too(sensor, make):
    frame = bytes(12) + b"\x88\xb6" + message(5, [(2, 500)], b"lab")
    assert lines(run("query", "-P", sensor, "--no-header", "-T", "tsv", "-e", "frame.protocols,sensor.name",
                     make(pcap(frame)))) == ["eth:ethertype:sensor\tlab"]


def test_the_environment_names_directories_and_files(sensor, build, tmp_path):
    folder = tmp_path / "plugins"
    folder.mkdir()
    shutil.copy(sensor, folder)
    (folder / "notes.txt").write_text("no plug-in")
    other = build("other", small("other", 4777))
    listed = run("fields", "--tsv", "o*.number", env={"STEELPKT_PLUGIN_PATH": f":{folder}::{other}"})
    assert lines(listed) == ["other.number\tUINT8\tother\tA number."]
    both = {"STEELPKT_PLUGIN_PATH": str(folder)}
    # the very same file, named twice
    assert run("fields", "-P", folder / "sensor.so", "sensor", env=both).returncode == 0
    # another copy of it is another plug-in, whose protocol is there already
    again = run("fields", "-P", sensor, "sensor", env=both)
    assert again.returncode == 1 and b"the protocol is registered twice" in again.stderr


def test_nothing_is_loaded_unasked(sensor, capture):
    assert run("fields", "sensor", cwd=sensor.parent).returncode == 1
    for path in (".", "", "plugins", ":"):
        result = run("fields", "sensor", cwd=sensor.parent, env={"STEELPKT_PLUGIN_PATH": path})
        assert result.returncode == 1 and result.stdout == b""


def one_error(result, *parts):
    said = result.stderr.decode()
    assert (result.returncode, result.stdout, said.count("\n")) == (1, b"", 1), said
    for part in ("steelpkt: ", *parts):
        assert part in said


def test_what_cannot_be_loaded_is_told_in_one_line(tmp_path, build, capture):
    text = tmp_path / "text.so"
    text.write_text("no shared object\n")
    one_error(run("query", "-P", text, "-e", "ip.src", capture), str(text), "file too short")
    one_error(run("query", "-P", tmp_path / "none.so", "-e", "ip.src", capture), "none.so", "No such file")
    one_error(run("fields", "-P", tmp_path), str(tmp_path), "directory")
    one_error(run("fields", env={"STEELPKT_PLUGIN_PATH": str(tmp_path / "none")}), "none", "No such file")
    one_error(run("fields", env={"STEELPKT_PLUGIN_PATH": "plugins"}), "begins with /")


def test_wrong_plugins_are_refused_by_name(build):
    def refused(name, code, *parts):
        path = build(name, code)
        one_error(run("fields", "-P", path), str(path), *parts)

    good = small("bad", 4800)
    refused("stranger", "int something;\n", "no plug-in: it has no spk_plugin")
    refused("abi", good.replace("SPK_PLUGIN(&proto)",
                                "SPK_EXPORT const struct spk_plugin spk_plugin = { .abi = 99, .protos = 0 };"
                                "const void *kept = &proto"), "another version", "needed 1, had 99")
    refused("sizes", good.replace("SPK_PLUGIN(&proto)",
                                  "SPK_EXPORT const struct spk_plugin spk_plugin = { .abi = SPK_PLUGIN_ABI };"
                                  "const void *kept = &proto"), "other sizes")
    refused("nothing", "#include <steelpkt.h>\nSPK_PLUGIN(NULL);\n", "without a protocol")
    refused("missing", good.replace("static const struct spk_row", "extern bool spk_not_there(const struct spk_place "
                                    "*, struct spk_value *);\nstatic const struct spk_row", 1)
            .replace('.doc = "A number." },', '.doc = "A number." },\n{ .name = "bad.v", .kind = SPK_UINT, '
                     '.doc = "None.", .view = SPK_CALL(spk_not_there) },'), "undefined symbol: spk_not_there")
    refused("key", small("bad", 53), "bad: another protocol sits at that key")
    refused("name", small("udp", 4800), "udp: the protocol is registered twice")
    refused("column", good.replace("bad.number", "udp.length"), "udp.length: the name is another protocol's field")
    refused("forward", good.replace(".bits = 8,", ".bits = 8, .when = { { SPK_EQ, 3, 0, 1 } },"),
            "bad.number: its condition refers to a row that does not stand before it")
    refused("outside", good.replace(".sits =", ".len = SPK_REF(7, 1, 0), .sits ="),
            "bad: a length refers to a row that is not there")


def test_a_function_of_a_plugin_that_answers_nonsense_costs_its_field_only(build, make):
    """It calls the library, too: the functions of the one that loaded it."""
    path = build("odd", small("odd", 4900).replace("static const struct spk_row", """
static bool twice(const struct spk_place *place, struct spk_value *value)
{
    value->u = 2 * spk_place_uint(place, 0);
    return true;
}
static bool nonsense(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    value->data = (const uint8_t *)8;
    value->len = 4000000000u;
    return true;
}
static const struct spk_row""", 1).replace('.doc = "A number." },', """.doc = "A number." },
    { .name = "odd.twice", .kind = SPK_UINT, .doc = "Twice.", .view = SPK_CALL(twice) },
    { .name = "odd.text", .kind = SPK_TEXT, .doc = "Nonsense.", .view = SPK_CALL(nonsense) },"""))
    file = make(pcap(udp(1, 4900, b"\x15"), udp(1, 53, b"")))
    assert lines(run("query", "-P", path, "-T", "tsv", "--no-header", "-e", "odd.number,odd.twice,odd.text", file)) == [
        "21\t42\t", "\t\t"]
    assert run("show", "-P", path, file).returncode == 0
