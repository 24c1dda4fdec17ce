"""Disks that become full (a real one in steps, and /dev/full under every sub-command), and pipes that nobody reads."""

import json
import os
import re
import subprocess

import pytest
from running import CAPTURES, COMMAND, lines, pcap, run, udp

FULL = "/dev/full"
DNS = CAPTURES / "dns.pcap"
MANY = [udp(50000 + n % 1000, 9, bytes((n * k) % 251 for k in range(120))) for n in range(6000)]

# For every sub-command, lines that print something.
PRINT = {
    "info": [["info", DNS], ["info", "--json", DNS]],
    "query": [["query", "-T", form, "-e", "ip.src", DNS] for form in ("table", "tsv", "csv", "json", "fields")],
    "show": [["show", DNS], ["show", "--json", DNS]],
    "convert": [["convert", "-F", form, "--compress", kind, DNS, "-"]
                for form in ("pcap", "pcapng") for kind in ("none", "gzip", "zstd", "lz4")],
    "capture": [["capture", "-D"]],
    "fields": [["fields"], ["fields", "--json"], ["fields", "--tsv"], ["fields", "--wireshark", "udp"],
               *(["fields", "--format", form, "udp"] for form in ("md", "json", "svg"))],
    "splits": [["splits", DNS]],
    "generate": [["generate"], *(["generate", name] for name in ("bash", "zsh", "fish", "steelpkt.1"))],
}
WRITES_FILES = {"new-protocol"}
OF_PYTHON = {"sql"}  # a program of the Python package
WORDS = [["--help"], ["--version"], ["help", "query"], *(words for many in PRINT.values() for words in many)]


@pytest.fixture(scope="module")
def commands():
    return {line.split()[0] for line in lines(run("--help")) if re.match(r"  [a-z-]+ ", line)}


def test_no_sub_command_is_left_out(commands):
    assert commands - WRITES_FILES - OF_PYTHON == set(PRINT) - {"generate"}


@pytest.mark.skipif(not os.path.exists(FULL), reason="no /dev/full here")
@pytest.mark.parametrize("words", WORDS, ids=lambda words: " ".join(map(str, words[:3])))
def test_every_sub_command_tells_of_a_full_disk(words):
    fine = run(*words)
    assert fine.returncode == 0 and fine.stdout, fine.stderr
    with open(FULL, "wb") as full:
        result = run(*words, stdout=full)
    assert result.returncode == 3
    assert re.fullmatch(rb"steelpkt: standard output: [^\n]+No space left on device[^\n]*\n", result.stderr), result.stderr


@pytest.mark.parametrize("words", [words for name in ("query", "show", "convert") for words in PRINT[name]],
                         ids=lambda words: " ".join(map(str, words[:5])))
def test_a_pipe_that_nobody_reads(make, words):
    many = make(pcap(*MANY * 4))  # more text than a pipe holds, of the narrowest column too
    process = subprocess.Popen([COMMAND, *[str(many) if word == DNS else str(word) for word in words]],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.wait(30) == 3 and process.stderr.read() == b""


def test_new_protocol_tells_of_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open(FULL, "wb") as full:
        result = run("new-protocol", "thing", stdout=full)
    assert result.returncode == 3 and b"standard output" in result.stderr


# ---- a disk of a few pages ----

@pytest.fixture(scope="module")
def small_disk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "none", folder]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("no tmpfs can be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def resize(folder, pages):
    for left in folder.iterdir():
        left.unlink()
    subprocess.run(["mount", "-o", f"remount,size={pages * 4}k", folder], check=True)


@pytest.mark.parametrize("name, sizes", [
    ("a.pcap", (1, 2, 3, 15, 63, 64, 65, 100, 150, 200)), ("a.pcapng", (1, 2, 3, 15, 63, 64, 65, 100, 150, 200)),
    ("a.pcap.gz", (1, 2, 4, 7)), ("a.pcapng.zst", (1, 2, 4, 7)), ("a.pcap.lz4", (1, 2, 4, 7))])
def test_a_small_disk_holds_whole_packets_and_as_many_as_told(make, small_disk, name, sizes):
    many = make(pcap(*MANY))
    out = small_disk / name
    for pages in sizes:
        resize(small_disk, pages)
        result = run("convert", many, out)
        said = re.search(rb"\(packet (\d+)\): No space left on device; the packets before it are safe\n$", result.stderr)
        assert result.returncode == 3 and said, (pages, result.stderr)
        safe = int(said[1]) - 1
        if out.stat().st_size == 0:
            assert safe == 0
            continue
        told = json.loads(lines(run("info", "--json", out))[0])
        assert told["packets"] == safe and out.stat().st_size <= pages * 4096
        if not re.search("gz|zst|lz4", name):
            assert pages * 4096 - out.stat().st_size < 500, "more was given up than a record and a header"


@pytest.mark.parametrize("words, row", [
    (["query", "-T", "tsv", "--no-header", "-e", "udp.srcport,udp.dstport"], rb"50\d\d\d\t9\n"),
    (["query", "-T", "json", "-e", "udp.srcport"], rb'\{"udp.srcport":50\d\d\d\}\n'), (["show", "--json"], rb"\{.*\}\n")])
def test_a_small_disk_holds_whole_rows(make, small_disk, words, row):
    many = make(pcap(*MANY))
    for pages in (1, 3, 10):
        resize(small_disk, pages)
        result = run(*words, "-o", small_disk / "out", many)
        assert result.returncode == 3 and b"No space left on device" in result.stderr
        assert re.fullmatch(b"(" + row + b")*", (small_disk / "out").read_bytes())
