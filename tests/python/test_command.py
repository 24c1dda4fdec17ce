"""python -m steelpkt: the command, with the protocols of Python: of named modules, and of installed packages."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SENSOR = ROOT / "examples" / "sensor"
MESSAGE = bytes.fromhex("1c02001be57b00070b9201fff40300b8095a75677370697474")


def command(*words, cwd=None, PYTHONPATH=""):
    path = os.pathsep.join(part for part in (PYTHONPATH, os.environ.get("PYTHONPATH")) if part)
    return subprocess.run([sys.executable, "-m", "steelpkt", *map(str, words)], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "PYTHONPATH": path}, cwd=cwd, check=False)


def good(result):
    assert result.returncode == 0, result.stderr
    return result.stdout


def package(folder, name, point, text):
    """An installed package of one module, with one entry point."""
    (folder / f"{name}.py").write_text(text)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[steelpkt.protocols]\n{point}\n")


@pytest.fixture
def capture(tmp_path):
    datagram = struct.pack(">HHHH", 1024, 4243, 8 + len(MESSAGE), 0) + MESSAGE
    frame = bytes(12) + b"\x08\x00" + struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0,
                                                  bytes([192, 0, 2, 7]), bytes([192, 0, 2, 1])) + datagram
    path = tmp_path / "sensor.pcap"
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
                     + struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame)
    return path


def test_rows_of_a_module_are_everywhere(capture):
    known = {"PYTHONPATH": str(SENSOR)}
    listed = good(command("-m", "sensor_rows", "fields", "sensor", **known))
    assert listed.startswith(f"sensor  Sensor Readings (this file), from {SENSOR / 'sensor_rows.py'}\n")
    assert good(command("-m", "sensor_rows", "query", "-T", "tsv", "--no-header", "-Y", "sensor.alarm == 1", "-e",
                        "sensor.station,sensor.height,sensor.reading.value", capture, **known)) == "7\t2962\t-12,184\n"
    assert "Sensor Readings (sensor), bytes 42 to" in good(command("-m", "sensor_rows", "show", capture, **known))
    for form in (["--format", "md"], ["--format", "json"], ["--format", "svg"], ["--wireshark"]):
        assert "Sensor Readings" in good(command("-m", "sensor_rows", "fields", *form, "sensor", **known))


def test_what_it_prints_of_rows_is_what_the_plugin_gives(capture, sensor):
    for words in (["fields", "--wireshark", "sensor"], ["fields", "--format", "svg", "sensor"], ["show", capture],
                  ["fields", "--tsv", "sensor"]):
        assert good(command("-m", "sensor_rows", *words, PYTHONPATH=str(SENSOR))) == good(
            command(words[0], "-P", sensor, *words[1:]))


def test_entry_points_are_listed_with_their_origin(tmp_path):
    package(tmp_path, "station", "sensor = station:Sensor", (SENSOR / "sensor_rows.py").read_text())
    listed = good(command("fields", "sensor", PYTHONPATH=str(tmp_path)))
    assert f"from {tmp_path / 'station.py'}" in listed and "sensor.reading.value" in listed
    path = os.pathsep.join(part for part in (str(tmp_path), os.environ.get("PYTHONPATH")) if part)
    classes = subprocess.run([sys.executable, "-c", "import steelpkt; print(steelpkt.load_plugins())"], capture_output=True,
                             text=True, env={**os.environ, "PYTHONPATH": path}, check=True).stdout
    assert classes == "[<class 'station.Sensor'>]\n"


def test_nothing_is_loaded_from_the_current_directory(tmp_path):
    package(tmp_path, "station", "sensor = station:Sensor", (SENSOR / "sensor_rows.py").read_text())
    assert command("fields", "sensor", cwd=tmp_path).returncode == 1


def test_what_cannot_be_loaded_is_one_line(tmp_path):
    package(tmp_path, "broken", "one = broken:Nothing", "")
    for words, said in ((["fields"], "broken, entry point one: module 'broken' has no attribute 'Nothing'"),
                        (["-m", "no_such_module", "fields"], "broken, entry point one")):
        result = command(*words, PYTHONPATH=str(tmp_path))
        assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1) and said in result.stderr
    result = command("-m", "no_such_module", "fields")
    assert result.returncode == 1 and result.stderr == "steelpkt: No module named 'no_such_module'\n"


def test_it_is_the_command(capture, tmp_path):
    assert good(command("--version")).startswith("steelpkt ")
    assert command("fieldz").returncode == 1
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(capture.read_bytes()[:-1])
    assert command("query", "-e", "ip.src", cut).returncode == 2
