"""Scripts of the check: where one cannot run it ends with 77, and its last line says why."""

import os
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent


@pytest.mark.parametrize("stand_ins, said", [
    ({}, "the archive here has no libraries of the compiler for s390x"),
    ({"apt-cache": "echo libgcc-12-dev; echo libgcc-9-dev", "apt-get": "exit 100"},
     "the archive here has no libraries for s390x"),
])
def test_without_an_archive_there_is_no_other_byte_order(tmp_path, stand_ins, said):
    """All programs are there, but nothing can be fetched."""
    programs = dict.fromkeys(["qemu-s390x", "clang", "s390x-linux-gnu-ld", "apt-get", "apt-cache"], "exit 0")
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, body in {**programs, **stand_ins}.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    done = subprocess.run([TESTS / "big_endian.sh", tmp_path / "work"], capture_output=True, text=True, check=False,
                          env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"})
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (77, [said]), done.stderr
