"""The C interface for Cython: capi.pxd says what the headers say, and examples/cython is compiled with it and run."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import steelpkt

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("STEELPKT_PLAIN_BUILD", ROOT / "build"))
SITE = Path(steelpkt.__file__).resolve().parents[1]


def compiled(folder, source):
    """A module made of a .pyx file, linked as pkg-config says."""
    pytest.importorskip("Cython")
    if shutil.which("cc") is None or shutil.which("pkg-config") is None:
        pytest.skip("no compiler or no pkg-config")
    said = subprocess.run([sys.executable, "-m", "cython", "-3", "-I", SITE, source, "-o", folder / "module.c"],
                          capture_output=True, text=True, check=False)
    assert said.returncode == 0 and "warning" not in said.stderr, said.stderr
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "steelpkt"], capture_output=True, text=True, check=True,
                           env={**os.environ, "PKG_CONFIG_PATH": str(BUILD / "meson-uninstalled")}).stdout.split()
    subprocess.run(["cc", "-shared", "-fPIC", f"-I{sysconfig.get_paths()['include']}", folder / "module.c", *flags,
                    f"-Wl,-rpath,{BUILD}", "-o", folder / f"{Path(source).stem}.so"], check=True)


def python(folder, code):
    """In a process of its own, without this one's sanitizers."""
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, env=environment,
                          check=False)


def test_the_declarations_are_those_of_the_headers():
    done = subprocess.run([sys.executable, ROOT / "tools" / "pxd.py", "--check"], check=False)
    assert done.returncode == 0, "tools/pxd.py prints them anew"
    assert (Path(steelpkt.__file__).parent / "capi.pxd").is_file()


def test_the_example(tmp_path):
    compiled(tmp_path, ROOT / "examples" / "cython" / "layers.pyx")
    captures = ROOT / "tests" / "captures"
    done = python(tmp_path, f"import layers; print(layers.protocols({str(captures / 'dns.pcap')!r}))")
    assert done.stdout == "{'eth': 6, 'ip': 6, 'udp': 6, 'dns': 6}\n", done.stderr
    wrong = python(tmp_path, "import layers; layers.protocols('module.c')")
    assert "ValueError: module.c: not a capture file" in wrong.stderr


def test_every_declaration_can_be_used(tmp_path):
    source = tmp_path / "every.pyx"
    source.write_text("from steelpkt.capi cimport *\nversion = spk_version()\nassert SPK_ROWS_MAX == 64\n")
    compiled(tmp_path, source)
    done = python(tmp_path, "import every; print(every.version.decode())")
    assert done.stdout.strip() == steelpkt.__version__, done.stderr
