"""The stubs say what the classes are: they are printed from the same rows."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_stubs_are_those_of_the_rows():
    done = subprocess.run([sys.executable, ROOT / "tools" / "stubs.py", "--check"], check=False)
    assert done.returncode == 0, "tools/stubs.py prints them anew"


def test_stubs_and_package_have_the_same_names():
    import ast

    import steelpkt
    from steelpkt import _core
    tree = ast.parse((ROOT / "python" / "steelpkt" / "_core.pyi").read_text())
    named = {node.name for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    assert {name for name in named if not name.startswith("_")} == {name for name in dir(_core) if not name.startswith("_")}
    assert named <= set(dir(_core))
    assert set(steelpkt.__all__) >= {name for name in named if not name.startswith("_")}


def test_the_package_is_typed():
    """All of it, with what it takes from the extension; what others bring may have no types."""
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--no-error-summary",
                           "--cache-dir=/dev/null", ROOT / "python" / "steelpkt"], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def print_stub(*words):
    return subprocess.run([sys.executable, "-m", "steelpkt.stubs", *words], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(ROOT / "examples" / "sensor")})


def test_protocols_of_one_s_own_have_stubs_too(sensor):
    """The same ones from rows in Python and in C, with every attribute that the class has."""
    in_python, in_c = print_stub("-m", "sensor_rows"), print_stub("-P", sensor)
    assert (in_python.returncode, in_c.returncode) == (0, 0), in_python.stderr + in_c.stderr
    assert in_python.stdout == in_c.stdout
    for line in ("class SensorReading(PKT):", "class Sensor(PKT):", "    station: int", "    height: int", "    name: str",
                 "    readings: list[SensorReading]", "    payload: Any"):
        assert line in in_c.stdout.splitlines(), line


def test_a_stub_holds_a_program_to_the_rows(sensor, tmp_path):
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    (tmp_path / "readings.pyi").write_text(print_stub("-P", sensor).stdout)
    program = tmp_path / "program.py"

    def errors(*lines):
        program.write_text("from readings import Sensor, SensorReading\n" + "\n".join(lines) + "\n")
        done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir=/dev/null",
                               "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
        return [line.split(": ", 2)[2] for line in done.stdout.splitlines() if ": error: " in line]

    assert errors("message = Sensor(station=7, readings=[SensorReading(channel=1, value=-12)])",
                  "total: int = message.station + message.readings[0].value", "text: str = message.name",
                  "data: bytes = message.pkt2net({})") == []
    wrong = errors("message = Sensor(stetion=7)", "number: int = message.name", "message.readings = [1]")
    assert len(wrong) == 3 and "stetion" in wrong[0], wrong


@pytest.mark.parametrize(("words", "said"), [
    (["-P", "none.so"], "none.so"), (["-m", "no_such_module"], "No module named 'no_such_module'"),
    ([], "no protocol to print stubs of"), (["-m", "json"], "no protocol to print stubs of"),
])
def test_what_has_no_stubs_is_told(words, said):
    done = print_stub(*words)
    assert (done.returncode, done.stdout) == (1, "") and said in done.stderr and done.stderr.count("\n") == 1
