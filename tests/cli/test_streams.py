"""Damage, pipes, full disks and interruptions: what was good is delivered, and the exit code tells the rest."""

import os
import pty
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from running import COMMAND, pcap, run, udp

FULL = "/dev/full"


def ports(*numbers):
    return "".join(f"{number}\n" for number in numbers).encode()


def query(*words, **more):
    return run("query", "-T", "tsv", "--no-header", "-e", "udp.srcport", *words, **more)


def test_damage_after_good_packets(make):
    whole = pcap(udp(1, 9), udp(2, 9), udp(3, 9))
    path = make(whole[:-5])
    result = query(path)
    assert (result.returncode, result.stdout) == (2, ports(1, 2))
    assert re.fullmatch(rf"steelpkt: {re.escape(str(path))}: [^\n]+, at byte \d+ \(packet \d\): needed \d+, had \d+\n",
                        result.stderr.decode())


def test_damage_ends_a_chain_of_files(make):
    good = make(pcap(udp(7, 9)), "good.pcap")
    cut = make(pcap(udp(1, 9), udp(2, 9))[:-5], "cut.pcap")
    result = query(good, cut, good)
    assert (result.returncode, result.stdout) == (2, ports(7, 1))


@pytest.mark.parametrize("data", [b"", b"not a capture at all, but long enough to be one", b"\xd4\xc3\xb2\xa1"])
def test_what_is_no_capture_is_damaged(make, data):
    result = query(make(data))
    assert (result.returncode, result.stdout) == (2, b"") and result.stderr.count(b"\n") == 1


def test_nothing_is_printed_for_a_first_file_that_is_none(make):
    result = run("query", "-e", "udp.srcport", make(b""))
    assert (result.returncode, result.stdout) == (2, b"")


def test_standard_input(three):
    data = three.read_bytes()
    assert query("-", stdin=data).stdout == ports(1000, 1001, 1002)
    cut = query("-", stdin=data[:-3])
    assert (cut.returncode, cut.stdout) == (2, ports(1000, 1001))
    assert cut.stderr.startswith(b"steelpkt: standard input: ")
    assert query("-", three, stdin=data).stdout == ports(1000, 1001, 1002) * 2


def test_a_fifo(three, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=lambda: fifo.write_bytes(three.read_bytes()))
    writer.start()
    result = query(fifo)
    writer.join()
    assert (result.returncode, result.stdout) == (0, ports(1000, 1001, 1002))


def start(*words, **more):
    return subprocess.Popen([COMMAND, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            bufsize=0, **more)


def read_until(process, wanted):
    """What the process has printed, as soon as it ends with wanted; a test's time runs out otherwise."""
    got = b""
    timer = threading.Timer(20, process.kill)
    timer.start()
    while not got.endswith(wanted):
        piece = os.read(process.stdout.fileno(), 4096)
        if piece == b"":
            break
        got += piece
    timer.cancel()
    return got


@pytest.mark.parametrize("form", ["tsv", "table", "json", "csv"])
def test_rows_are_seen_while_a_pipe_lives(form):
    data = pcap(udp(1, 9), udp(2, 9))
    process = start("query", "-T", form, "--no-header", "-e", "udp.srcport", "-")
    process.stdin.write(data[:-52])
    end = {"json": b'1}\n', "csv": b"1\r\n"}.get(form, b"1\n")
    assert len(udp(2, 9)) + 10 == 52
    assert read_until(process, end).endswith(end)
    process.stdin.write(data[-52:])
    assert b"2" in read_until(process, end.replace(b"1", b"2"))
    process.stdin.close()
    assert process.wait(20) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_with_whole_rows(number):
    process = start("query", "-T", "tsv", "--no-header", "-e", "udp.srcport", "-")
    process.stdin.write(pcap(udp(1, 9), udp(2, 9))[:-4])
    assert read_until(process, b"1\n") == b"1\n"
    process.send_signal(number)
    assert process.wait(20) == 4
    assert process.stdout.read() == b"" and process.stderr.read() == b""


def test_an_interruption_of_a_long_run(make, tmp_path):
    many = make(pcap(*[udp(50000 + n % 1000, 9) for n in range(60000)]))
    out = tmp_path / "out"
    process = start("query", "-T", "tsv", "--no-header", "-e", "udp.srcport", "-o", str(out), *[str(many)] * 1000)
    while not out.exists():
        assert process.poll() is None
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 4 and process.stderr.read() == b""
    assert re.fullmatch(rb"(50\d\d\d\n)+", out.read_bytes())


@pytest.mark.skipif(not os.path.exists(FULL), reason="no /dev/full here")
def test_a_full_disk(three):
    with open(FULL, "wb") as full:
        result = query(three, stdout=full)
    assert result.returncode == 3
    assert result.stderr == b"steelpkt: standard output: not written completely: No space left on device\n"
    result = query(three, "-o", FULL)
    assert result.returncode == 3 and b"/dev/full: not written completely: No space" in result.stderr
    for words in (["show", three], ["fields"], ["info", three], ["--help"], ["--version"], ["query", "--help"],
                  ["generate", "bash"]):
        with open(FULL, "wb") as full:
            assert run(*words, stdout=full).returncode == 3, words


def test_a_file_that_grows_too_large_ends_at_a_whole_row(make, tmp_path):
    """A limit on the size of files stands for a disk that becomes full in the middle."""
    many = make(pcap(*[udp(50000 + n % 1000, 9) for n in range(60000)]))
    out = tmp_path / "out"

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200003, 200003))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

    result = query(many, "-o", out, preexec_fn=limit)
    assert result.returncode == 3 and b"not written completely: File too large" in result.stderr
    text = out.read_bytes()
    assert 0 < len(text) <= 200003 and re.fullmatch(rb"(50\d\d\d\n)+", text)


@pytest.mark.parametrize("words", [["query", "-e", "udp.srcport"], ["query", "-T", "table", "-e", "udp.srcport"],
                                   ["query", "-T", "json", "-e", "udp.srcport"], ["show"], ["show", "--json"]])
def test_a_reader_that_goes_away_is_no_noise(make, words):
    many = make(pcap(*[udp(50000 + n % 1000, 9) for n in range(60000)]))
    process = start(*words, str(many))
    process.stdout.read(20)
    process.stdout.close()
    assert process.wait(20) == 3 and process.stderr.read() == b""


def test_a_damaged_input_and_a_failed_output_tell_of_both(make):
    cut = make(pcap(udp(1, 9), udp(2, 9))[:-5])
    with open(FULL, "wb") as full:
        result = query(cut, stdout=full)
    assert result.returncode == 3 and result.stderr.count(b"\n") == 2


def test_warnings_are_summarised(make):
    result = query(make(pcap(udp(1, 9), udp(2, 9), udp(3, 9), snaplen=10)))
    assert (result.returncode, result.stdout) == (0, ports(1, 2, 3))
    assert result.stderr == b"steelpkt: 3 packets: longer than the snap length of the file\n"


def test_memory_does_not_grow_with_the_file(make, tmp_path):
    def peak(count):
        path = make(pcap(*[udp(n % 60000 + 1, 9, bytes(400)) for n in range(count)]), f"{count}.pcap")
        # started by a process of its own, for what a process held before it became the command is counted as the command's;
        # and a sanitizer keeps blocks that were given back, up to so many MB
        kept = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"}
        start = ("import os, sys; pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:]); "
                 "_, status, usage = os.wait4(pid, 0); print(status, usage.ru_maxrss)")
        told = subprocess.run([sys.executable, "-c", start, COMMAND, "query", "-e", "udp.srcport,udp.payload", "-o",
                               str(tmp_path / "out"), str(path)], stdout=subprocess.PIPE, env=kept, check=True).stdout
        status, kilobytes = map(int, told.split())
        assert status == 0
        return kilobytes

    small, large = peak(4000), peak(120000)
    assert large < small + 2048  # kilobytes; 48 MB of packets more


def test_what_is_understood_but_not_read_is_no_usage_error(make):
    data = bytearray(pcap(udp(1, 9)))
    data[4:8] = b"\x63\0\x04\0"  # version 99.4
    result = query(make(bytes(data)))
    assert (result.returncode, result.stdout) == (2, b"") and b"version" in result.stderr


def test_an_interrupted_summary_is_none(make):
    process = start("info", "-")
    process.stdin.write(pcap(udp(1, 9), udp(2, 9)))
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 4
    assert process.stdout.read() == b"" and process.stderr.read() == b""


@pytest.mark.parametrize("words", [["query", "-e", "udp.srcport"], ["info"]])
def test_progress_is_told_to_a_terminal_and_taken_away(tmp_path, words):
    burst = pcap(udp(1, 9))[24:] * 10000
    ours, theirs = pty.openpty()
    with open(tmp_path / "out", "wb") as out:
        process = subprocess.Popen([COMMAND, *words, "-"], stdin=subprocess.PIPE, stdout=out,
                                   stderr=theirs)
    process.stdin.write(pcap() + burst)
    process.stdin.flush()
    time.sleep(2.2)
    process.stdin.write(burst)
    process.stdin.close()
    assert process.wait(20) == 0
    os.close(theirs)
    told = os.read(ours, 4096).decode()
    os.close(ours)
    assert re.fullmatch(r"(\r\d+ s)+\r {8}\r", told)
    quick = run(*words, "-", stdin=pcap() + burst)
    assert quick.stderr == b""


def has_open(process, path):
    try:
        return any(link.resolve() == path.resolve() for link in Path(f"/proc/{process.pid}/fd").iterdir())
    except OSError:  # one that was closed meanwhile
        return False


@pytest.mark.parametrize("more", [[], ["--count"], ["--count", "-j", "2"]])
def test_of_files_progress_is_in_percent(tmp_path, more):
    """The command is stopped for a while in the middle of its work."""
    path = tmp_path / "large.pcap"
    path.write_bytes(pcap() + pcap(udp(1, 9, bytes(100)))[24:] * 400_000)
    ours, theirs = pty.openpty()
    with open(tmp_path / "out", "wb") as out:
        process = subprocess.Popen([COMMAND, "query", "-e", "udp.srcport,frame.len", *more, *[path] * 10], stdout=out,
                                   stderr=theirs)
    while not has_open(process, path):
        assert process.poll() is None
    time.sleep(0.1)
    process.send_signal(signal.SIGSTOP)
    time.sleep(2.2)
    process.send_signal(signal.SIGCONT)
    assert process.wait(60) == 0
    os.close(theirs)
    told = os.read(ours, 4096).decode()
    os.close(ours)
    assert re.fullmatch(r"(\r *\d+ %)+\r {8}\r", told)
    shares = [int(share) for share in re.findall(r"\d+", told)]
    assert shares == sorted(shares) and 0 < shares[-1] <= 100
