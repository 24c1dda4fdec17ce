"""An output over a file that is there: it is replaced when the new one is whole, and kept when that fails or is refused."""

import os
import resource
import shutil
import signal
import stat
import subprocess
import time

import pytest
from running import COMMAND, pcap, run, udp

MANY = [udp(50000 + n % 1000, 9, bytes(100)) for n in range(30000)]
WAYS = {
    "query": lambda source, out: ["query", "-e", "frame.number,udp.payload", "-o", out, source],
    "show": lambda source, out: ["show", "--json", "-o", out, source],
    "convert": lambda source, out: ["convert", source, out],
    "gzip": lambda source, out: ["convert", "--compress", "gzip", source, out],
}
ways = pytest.mark.parametrize("way", WAYS)


@pytest.fixture
def many(make, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    return make(pcap(*MANY), "in/many.pcap")


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "out.pcap"
    path.write_bytes(b"precious")
    return path


def full(limit):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


@ways
@pytest.mark.parametrize("limit", [0, 1, 5000, 140000])
def test_a_full_disk_keeps_the_old_file(many, out, way, limit):
    limit = min(limit, 1) if way == "gzip" else limit  # packed, all would fit
    result = run(*WAYS[way](many, out), preexec_fn=full(limit))
    assert result.returncode == 3 and result.stderr.count(b"\n") == 1
    assert result.stderr.endswith(b"File too large; the file that was there before is kept\n")
    assert out.read_bytes() == b"precious" and os.listdir(out.parent) == ["out.pcap"]


@ways
def test_without_an_old_file_what_was_written_is_kept(many, out, way):
    out.unlink()
    result = run(*WAYS[way](many, out), preexec_fn=full(1000 if way == "gzip" else 140000))
    assert result.returncode == 3 and b"kept" not in result.stderr
    assert os.listdir(out.parent) == ["out.pcap"]


@ways
def test_a_whole_file_takes_the_place_with_owner_and_mode(three, out, way):
    out.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(out, 65534, 65534)
    owner = out.stat().st_uid, out.stat().st_gid
    assert run(*WAYS[way](three, out)).returncode == 0
    assert len(out.read_bytes()) > 30 and os.listdir(out.parent) == ["out.pcap"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o640 and (out.stat().st_uid, out.stat().st_gid) == owner


@ways
def test_a_link_stays_a_link(three, out, way, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(out)
    assert run(*WAYS[way](three, link)).returncode == 0
    assert link.is_symlink() and len(out.read_bytes()) > 30 and os.listdir(out.parent) == ["out.pcap"]


def test_a_refusal_in_the_middle_keeps_the_old_file(make, out):
    good, other = make(pcap(*MANY), "many.pcap"), make(pcap(udp(1, 2), link=101), "raw.pcap")
    result = run("convert", good, other, out)
    assert result.returncode == 1 and b"(packet 30001)" in result.stderr
    assert out.read_bytes() == b"precious" and os.listdir(out.parent) == ["out.pcap"]
    out.unlink()
    assert run("convert", good, other, out).returncode == 1 and os.listdir(out.parent) == []


def test_damage_and_what_came_before_it_take_the_place(make, out):
    cut = make(pcap(udp(1, 9), udp(2, 9))[:-5])
    for way in ("convert", "query"):
        out.write_bytes(b"precious")
        assert run(*WAYS[way](cut, out)).returncode == 2
        assert out.read_bytes() != b"precious" and os.listdir(out.parent) == ["out.pcap"]


@pytest.mark.parametrize("way", ["convert", "query"])
def test_an_interruption_and_what_came_before_it_take_the_place(out, way):
    process = subprocess.Popen([COMMAND, *map(str, WAYS[way]("-", out))], stdin=subprocess.PIPE)
    process.stdin.write(pcap(udp(1, 9), udp(2, 9)))
    process.stdin.flush()
    until = time.monotonic() + 20
    while len(os.listdir(out.parent)) < 2 and time.monotonic() < until:  # what was read is written beside
        time.sleep(0.02)
    assert out.read_bytes() == b"precious"
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 4
    process.stdin.close()
    assert out.read_bytes() != b"precious" and os.listdir(out.parent) == ["out.pcap"]


@ways
def test_what_is_no_file_is_written_to(three, tmp_path, way):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE)
    assert run(*WAYS[way](three, fifo)).returncode == 0
    assert len(reader.communicate(timeout=20)[0]) > 30 and stat.S_ISFIFO(fifo.stat().st_mode)


@ways
def test_a_folder_in_which_nothing_can_be_made(three, out, way):
    """The file can be written all the same, over what is there."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("not root, or no command setpriv")
    os.chown(out, 65534, 65534)
    for folder in out.parents:
        if str(folder).startswith("/tmp/pytest-"):
            folder.chmod(0o755)
    result = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", COMMAND, *map(str, WAYS[way](three, out))],
                            capture_output=True, check=False)
    assert result.returncode == 0, result.stderr
    assert len(out.read_bytes()) > 30 and os.listdir(out.parent) == ["out.pcap"]
