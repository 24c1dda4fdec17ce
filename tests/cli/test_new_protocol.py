"""steelpkt new-protocol: what it writes builds and passes as it stands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from running import COMMAND, run

BUILD = Path(COMMAND).resolve().parent
MESON = shutil.which("meson") or str(Path(sys.executable).parent / "meson")


def build(folder):
    environment = dict(os.environ, PKG_CONFIG_PATH=str(BUILD / "meson-uninstalled"), CFLAGS="-Werror",
                       PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    environment.pop("CC", None)
    for words in (["setup", "build"], ["test", "-C", "build"]):
        result = subprocess.run([MESON, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=300,
                                check=False)
        if result.returncode != 0:
            break
    return result


@pytest.mark.skipif(not Path(MESON).exists() or shutil.which("cc") is None, reason="no meson or no compiler")
@pytest.mark.skipif(BUILD.name == "asan", reason="a sanitized library needs sanitized programs")
def test_it_builds_and_passes_and_can_fail(tmp_path):
    made = run("new-protocol", "my_thing", cwd=tmp_path)
    assert made.returncode == 0 and b"meson test -C build" in made.stdout
    folder = tmp_path / "my_thing"
    assert sorted(os.listdir(folder)) == ["meson.build", "my_thing.c", "my_thing.txt", "test_my_thing.c"]
    result = build(folder)
    assert result.returncode == 0, result.stdout + result.stderr
    listed = run("fields", "-P", folder / "build" / "my_thing.so", "--tsv", "my_thing")
    assert len(listed.stdout.splitlines()) == 5
    # its test can fail: at a field, at the bytes of a build line, at what a message is
    vectors = (folder / "my_thing.txt").read_text()
    for old, new, said in (("text = hello", "text = hallo", "my_thing.text is hello, not hallo"),
                           ("id=0xbeef, text", "id=0xbeed, text", "builds other bytes"),
                           ("absent\nstop malformed\n\nvector header", "absent\n\nvector header", "is malformed")):
        assert old in vectors
        (folder / "my_thing.txt").write_text(vectors.replace(old, new, 1))
        result = build(folder)
        assert result.returncode != 0
        assert said in (folder / "build" / "meson-logs" / "testlog.txt").read_text()


def test_a_port_that_is_free_is_taken(tmp_path):
    run("new-protocol", "one", cwd=tmp_path)
    assert '{ "udp.port", 4300 }' in (tmp_path / "one" / "one.c").read_text()


@pytest.mark.parametrize(("words", "said"), [
    ([], "one name is needed"), (["a", "b"], "one name is needed"), (["udp"], "there is a protocol of that name"),
    (["Big"], "small letters"), (["../up"], "small letters"), (["1st"], "small letters"), (["x" * 33], "at most 32"),
])
def test_names_that_are_refused(words, said, tmp_path):
    result = run("new-protocol", *words, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, b"") and said in result.stderr.decode()
    assert os.listdir(tmp_path) == []


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "mine").mkdir()
    result = run("new-protocol", "mine", cwd=tmp_path)
    assert result.returncode == 1 and b"mine: cannot be made: File exists" in result.stderr
    assert os.listdir(tmp_path / "mine") == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_made(tmp_path):
    tmp_path.chmod(0o555)
    assert run("new-protocol", "mine", cwd=tmp_path).returncode == 3
