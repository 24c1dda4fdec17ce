"""Every hostile capture by the command and in Python, as outcomes.txt says what must come of it; no case is without.

The reader itself is held to the same lines by tests/unit/capture_hostile.c: by path, from memory, through pipes, by blocks.
"""
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

import packets
import pytest
import steelpkt
from captures import END, interface, option, pcap_of, section

HERE = Path(__file__).resolve().parent
COMMAND = os.environ.get("STEELPKT", str(HERE.parents[1] / "build" / "steelpkt"))
# what the command says of each warning of enum spk_warning
SENTENCES = {
    "caplen-over-len": "the captured length is above the length on the wire",
    "over-snaplen": "longer than the snap length of the file",
    "time-fraction": "the fraction of a second is above one second: carried over",
    "time-range": "a time that cannot be told: left empty",
    "link-unknown": "an unknown link type",
    "options": "options that run past their block: dropped",
    "interface-option": "at byte 28",
    "names": "damaged name resolution block: skipped",
    "statistics": "statistics ",
    "secrets": "secrets block whose length lies: skipped",
}
# protocols that are not decoded yet: their packets are payload today, and their own outcome is due with them
DUE = {"d30", "d31", "d33", "d34", "d39", "d40", "d41"}


class Outcome(NamedTuple):
    name: str
    packets: int
    end: str
    time: int | None
    warnings: list[str]
    what: str


def outcomes():
    for line in (HERE / "outcomes.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, count, end, *rest = line.split()
            time = [int(word[5:]) for word in rest if word.startswith("time=")]
            warnings = [word[5:] for word in rest if word.startswith("warn=")]
            what = " ".join(word for word in rest if not word.startswith(("time=", "warn=")))
            yield Outcome(name, int(count), end, time[0] if time else None, warnings, what)


CASES = list(outcomes())
MADE_HERE = [case for case in CASES if not case.name.startswith(("zstd_", "lz4_"))]


def query(*words, **more):
    return subprocess.run([COMMAND, "query", "-T", "tsv", "--no-header", "-e", "frame.number", *words],
                          capture_output=True, timeout=120, check=False, **more)


@pytest.fixture(scope="module")
def captures(tmp_path_factory):
    directory = tmp_path_factory.mktemp("hostile")
    subprocess.run([sys.executable, HERE / "captures.py", directory], check=True)
    return directory


def test_no_case_is_without_an_outcome(captures):
    """Every capture that is made has a line, every line a capture; and every number of the list of cases is among them."""
    assert sorted(path.name for path in captures.iterdir()) == sorted(case.name for case in MADE_HERE)
    numbers = {case.name[:3] for case in CASES} | {case.id[:3] for case in packets.CASES}
    listed = {"p": range(1, 22), "n": range(1, 37), "z": range(1, 6), "d": range(1, 42)}
    missing = {f"{letter}{number:02}" for letter, span in listed.items() for number in span} - numbers
    assert missing == {"p19", "d32", "d35"}  # which the list does not have
    assert DUE <= {case.id for case in packets.CASES}


@pytest.mark.parametrize("case", MADE_HERE, ids=lambda case: case.name)
def test_by_the_command(captures, case):
    path = captures / case.name
    said = query("-e", "frame.time_epoch", path)
    rows, errors = said.stdout.decode().splitlines(), said.stderr.decode()
    assert said.returncode == (0 if case.end == "end" else 2), errors
    assert [row.split("\t")[0] for row in rows] == [str(number) for number in range(1, case.packets + 1)]
    assert case.what in errors and (not case.what or str(path) in errors)
    for warning in case.warnings:
        assert SENTENCES[warning] in errors
    assert errors or (case.end == "end" and not case.warnings)
    if case.time is not None:
        sign = "-" if case.time < 0 else ""
        assert rows[-1].split("\t")[1] == f"{sign}{abs(case.time) // 10**9}.{abs(case.time) % 10**9:09}"
    if "time-range" in case.warnings:
        assert rows[-1].split("\t")[1] == ""


@pytest.mark.parametrize("case", MADE_HERE, ids=lambda case: case.name)
def test_in_python(captures, case):
    """Records, and rows of a query by two threads: the good ones are delivered, then comes the error, if there is one."""
    path = captures / case.name
    for deliver in (lambda: steelpkt.open(path), lambda: steelpkt.query(path, ["frame.time_epoch"], threads=2).rows()):
        last, count, error = None, 0, None
        try:
            for last in deliver():
                count += 1
        except ValueError as raised:  # PacketError, or another version than is read
            error = str(raised)
        assert count == case.packets
        assert (error is None) == (case.end == "end") and case.what in (error or "")
        if case.time is not None and isinstance(last, steelpkt.Record):
            assert last.time_ns == case.time


@pytest.mark.parametrize("case", packets.CASES, ids=lambda case: case.id)
def test_packets_in_python(tmp_path, case):
    """Decoding never raises, the bytes stay what they were, and a query keeps the row with the good layers."""
    assert bytes(steelpkt.decode(case.frame, case.link)) == case.frame
    path = tmp_path / "one.pcap"
    path.write_bytes(pcap_of(case.frame, link=case.link))
    (row,) = steelpkt.query(path, ["frame.protocols", "frame.cap_len"]).rows()
    assert (row[0] + ":").startswith(case.layers + ":") and row[1] == len(case.frame)


def test_a_pipe_that_dries_up_in_a_record(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    def feed():
        with open(fifo, "wb") as file:
            file.write(pcap_of(b"a" * 60, b"b" * 60)[:-7])
    feeder = threading.Thread(target=feed)
    feeder.start()
    said = query(fifo)
    feeder.join()
    assert said.returncode == 2 and said.stdout == b"1\n" and b"record data cut" in said.stderr


def test_a_directory_and_a_loop_of_links_are_no_captures(tmp_path):
    os.symlink(tmp_path / "b", tmp_path / "a")
    os.symlink(tmp_path / "a", tmp_path / "b")
    for path, what in ((tmp_path, b"directory"), (tmp_path / "a", b"links")):
        said = query(path)
        assert said.returncode in (1, 2) and said.stdout == b"" and what in said.stderr.lower()
        with pytest.raises(OSError):
            steelpkt.open(path)


def test_a_name_with_a_line_break_is_shown_in_one_line(tmp_path):
    path = tmp_path / "a\nb\x1b[31m.pcap"
    path.write_bytes(pcap_of(b"a" * 60)[:-1])
    said = query(path)
    assert said.returncode == 2 and said.stderr.count(b"\n") == 1 and b"\x1b" not in said.stderr


def test_a_sparse_file_of_a_tebibyte_ends_at_its_zeros(tmp_path):
    path = tmp_path / "sparse.pcap"
    path.write_bytes(pcap_of(b"a" * 60))
    try:
        os.truncate(path, 1 << 40)
    except OSError as error:
        pytest.skip(f"no file so large here: {error}")
    said = query("-c", "2", path)
    assert said.stdout.startswith(b"1\n") and said.returncode in (0, 2)
    assert len(said.stdout.splitlines()) <= 2


def test_a_file_that_shrinks_while_it_is_read(tmp_path):
    """Reading is read(2): what is gone is an end in the middle of a record, and no signal."""
    path = tmp_path / "shrinks.pcap"
    path.write_bytes(pcap_of(*[b"a" * 60000] * 50))
    records = iter(steelpkt.open(path))
    first = next(records)
    os.truncate(path, 1000)
    with pytest.raises(steelpkt.PacketError, match="cut"):
        for _ in records:
            pass
    assert first.data == b"a" * 60000


def test_an_interface_named_like_a_format(tmp_path):
    path = tmp_path / "named.pcapng"
    path.write_bytes(section() + interface(option(2, b"%n%s%1000d\x1b[2J\0") + END))
    said = subprocess.run([COMMAND, "info", path], capture_output=True, timeout=60, check=False)
    assert said.returncode == 0 and b"%n%s%1000d" in said.stdout and b"\x1b" not in said.stdout


@pytest.mark.parametrize("expression", [
    'frame matches "(a+)+$"', 'frame matches "(a|a)*b"', 'frame matches "(.*)*(.*)*(.*)*x"',
    " || ".join(["ip.src == 192.0.2.1"] * 100_000), "(" * 10_000 + "ip" + ")" * 10_000, "!" * 60_000 + "ip",
], ids=["nested", "alternatives", "stars", "terms", "parentheses", "negations"])
def test_filters_that_would_cost_without_end(tmp_path, expression):
    """Limits of steps, of depth and of length: an answer or a refusal, soon."""
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap_of(b"a" * 60000))
    assert query("-Y", "", path).returncode == 0
    said = subprocess.run([COMMAND, "query", "-e", "frame.number", "-Y", expression[:120_000], path], capture_output=True,
                          timeout=20, check=False)
    assert said.returncode in (0, 1) and (said.returncode == 0 or re.search(rb"(65536 bytes|too deeply)", said.stderr))
