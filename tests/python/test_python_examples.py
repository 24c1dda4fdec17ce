"""The programs of examples/python: run, and clean under mypy's strictest and under pyright."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import steelpkt

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "python"


def run(name, *arguments):
    done = subprocess.run([sys.executable, EXAMPLES / name, *map(str, arguments)], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_is_tried_here():
    text = Path(__file__).read_text()
    assert all(f'"{path.name}"' in text for path in EXAMPLES.glob("*.py"))


def test_craft(tmp_path):
    assert "UDP Packet" in run("craft.py", tmp_path / "made.pcap")
    good, wrong = [record.decode() for record in steelpkt.open(tmp_path / "made.pcap")]
    assert good["udp.length"] == 27 and wrong["udp.length"] == 9999


def test_rewrite(tmp_path):
    source = ROOT / "tests" / "captures" / "http.pcap"
    run("rewrite.py", source, tmp_path / "out.pcap", "10.38.64.13", "192.168.100.1")
    before, after = list(steelpkt.open(source)), list(steelpkt.open(tmp_path / "out.pcap"))
    assert len(before) == len(after) == 11
    for old, new in zip(before, after):
        assert (old.time_ns, old.len) == (new.time_ns, new.len)
        packet = new.decode()
        assert "10.38.64.13" not in packet.all("ip.addr") and "192.168.100.1" in packet.all("ip.addr")
        assert packet.pkt2net({"csum": 1}) == new.data


def test_dig(name_server):
    assert run("dig.py", "www.example.test", *name_server) == "www.example.test 600 192.0.2.7\n"


def test_the_examples_are_typed():
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir=/dev/null",
                           *sorted(EXAMPLES.glob("*.py"))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_examples_are_clean_under_pyright():
    pyright = [sys.executable, "-m", "pyright"]
    if subprocess.run([*pyright, "--version"], capture_output=True, check=False).returncode != 0:
        pytest.skip("pyright is not installed, or cannot fetch what it runs on")
    done = subprocess.run([*pyright, "--pythonpath", sys.executable, *sorted(EXAMPLES.glob("*.py"))], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
