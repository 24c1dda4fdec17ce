"""For every k, the k-th read, write, open or close of a sub-command fails or falls short, and the k-th allocation fails.

A fault that says no ends in one clear message and the exit code that it has, with what was good before it delivered; a call
that was interrupted or did less than was asked changes nothing. shim.c makes the faults.
"""
import contextlib
import errno
import os
import pty
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
import steelpkt

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("STEELPKT", str(ROOT / "build" / "steelpkt"))
# allocations fail in the build that users have: a sanitizer has its own
PLAIN = str(ROOT / "build" / "steelpkt")
CAPTURES = ["dns.pcap", "icmp-errors.pcap.gz", "dns-signed.pcapng.zst", "fragments.pcapng.lz4", "mixed.pcapng",
            "qinq.pcapng", "netflow-v9.pcap", "null-big-endian.pcap", "loopback-nano.pcapng", "cooked-sll2.pcap"]
# OUT is a file of the run's own, made a folder, NAMES a file with names of fields, PLUGIN a compiled one
COMMANDS = {
    "query": ["query", "-T", "tsv", "-e", "frame.number,ip.src,dns.qry.name", "CAPTURE"],
    "filter": ["query", "-T", "json", "-Y", "ip.len > 40 or dns", "-e", "frame.number", "CAPTURE"],
    "out": ["query", "-T", "csv", "-o", "OUT", "-e", "frame.number,ip.src", "CAPTURE"],
    "bpf": ["query", "-f", "udp", "-d", "udp.port==5300,dns", "-T", "tsv", "-e", "frame.number,dns.id", "CAPTURE"],
    "show": ["show", "CAPTURE"],
    "show-json": ["show", "--json", "CAPTURE"],
    "info": ["info", "CAPTURE"],
    "convert": ["convert", "CAPTURE", "OUT.pcapng"],
    "convert-zst": ["convert", "CAPTURE", "OUT.pcapng.zst"],
    "convert-gz": ["convert", "-Y", "frame.number < 9", "CAPTURE", "OUT.pcapng.gz"],
    "groups": ["query", "-T", "csv", "-e", "ip.src", "--count", "--sum", "frame.len", "--top", "3", "CAPTURE"],
    "names": ["query", "-T", "tsv", "-j", "2", "-e", "@NAMES", "CAPTURE"],
    "salvage": ["convert", "--salvage", "CAPTURE", "OUT.pcapng.lz4"],
    "splits": ["splits", "CAPTURE"],
    "new-protocol": ["new-protocol", "made"],
    "sql": ["sql", "--explain", "SELECT ip_src FROM packets", "CAPTURE"],
    "help": ["help", "query"],
    "fields": ["fields", "ip.s*"],
    "fields-json": ["fields", "--json", "dns.qry*"],
    "plugin": ["query", "-P", "PLUGIN", "-T", "tsv", "-e", "frame.number,sensor.name,udp.port", "CAPTURE"],
    "plugin-path": ["fields", "sensor.*"],
    "pager": ["show", "CAPTURE"],
    "generate": ["generate"],
    "generate-page": ["generate", "steelpkt-query.1"],
    "generate-fields": ["generate", "steelpkt-fields.7"],
    "generate-zsh": ["generate", "zsh"],
}
# With more in the environment. The pager says that it was one, and its way to the terminal, which is given to it.
ENVIRONMENT = {
    "plugin-path": {"STEELPKT_PLUGIN_PATH": "PLUGINS"},
    "pager": {"TERM": "xterm", "STEELPKT_PAGER": "sed 's/^/| /'"},
}
SEVERAL = {"query", "show", "convert", "convert-zst"}  # on all captures; the others on two
ONE = {command for command, words in COMMANDS.items() if "CAPTURE" not in words} | {"splits", "sql"}
PAIRS = [(command, capture) for command in COMMANDS
         for capture in (CAPTURES if command in SEVERAL else CAPTURES[:1] if command in ONE else CAPTURES[:2])]
FAULTS = [("read", errno.EIO), ("read", errno.EINTR), ("read", "short"), ("write", errno.EIO), ("write", errno.ENOSPC),
          ("write", errno.EINTR), ("write", "short"), ("open", errno.EIO), ("open", errno.EMFILE), ("open", errno.EINTR),
          ("close", errno.EIO), ("close", errno.ENOSPC), ("close", errno.EINTR)]
HARMLESS = (errno.EINTR, "short")
# What only a pager takes: it is done without, where there can be none.
PAGING = [("pipe", errno.EMFILE), ("fork", errno.EAGAIN), ("wait", errno.EINTR)]


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
    return library


class Runs:
    """Runs of one command line, with faults and without."""

    def __init__(self, shim, tmp_path, plugin, command, capture, program=COMMAND):
        self.shim, self.tmp_path, self.paged = shim, tmp_path, command == "pager"
        words = {"CAPTURE": str(ROOT / "tests/captures" / capture), "@NAMES": f"@{tmp_path / 'names'}",
                 "PLUGIN": str(plugin), "PLUGINS": str(plugin.parent)}
        self.environment = {name: words.get(value, value) for name, value in ENVIRONMENT.get(command, {}).items()}
        (tmp_path / "names").write_text("ip.src # who\nframe.number frame.len\n")
        sql = tmp_path / "steelpkt-sql"  # another program, whose faults are not ours
        sql.write_text("#!/bin/sh\necho \"$@\"\n")
        sql.chmod(0o755)
        self.output = next((tmp_path / word for word in COMMANDS[command] if word.startswith("OUT")), None)
        self.words = [program] + [str(self.output) if word.startswith("OUT") else words.get(word, word)
                                  for word in COMMANDS[command]]
        self.good = self.run()
        assert self.good.returncode in (0, 2), self.good.stderr
        self.written = self.output.read_bytes() if self.output else b""

    def run(self, fault=None):
        environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", PATH=f"{self.tmp_path}:{os.environ['PATH']}",
                           **self.environment)
        seen = self.tmp_path / "seen"
        seen.unlink(missing_ok=True)
        shutil.rmtree(self.tmp_path / "made", ignore_errors=True)
        if self.output:
            self.output.unlink(missing_ok=True)
        if fault is not None:
            environment |= {"LD_PRELOAD": str(self.shim), "FAULT": fault, "FAULT_SEEN": str(seen)}
        how = {"env": environment, "cwd": self.tmp_path, "timeout": 120, "check": False}
        run = on_terminal(self.words, **how) if self.paged else subprocess.run(self.words, capture_output=True, **how)
        return run if fault is None or seen.read_bytes()[0] == 1 else None

    def same(self, got, name):
        assert got.returncode == self.good.returncode, (name, got.stderr)
        assert got.stdout == self.good.stdout and got.stderr == self.good.stderr, name
        if self.output and ".pcapng" not in self.output.name:
            assert self.output.read_bytes() == self.written, name
        elif self.output:
            assert list(packets(self.output)) == list(packets_of(self.tmp_path, self.output, self.written)), name

    def refused(self, got, name, codes):
        """A clear message, the exit code, and of what was written only what is whole and was good."""
        message = got.stderr.decode()
        assert got.returncode in codes, (name, got.returncode, message)
        assert message.startswith("steelpkt: ") and "Sanitizer" not in message, (name, message)
        counts = "--count" in self.words  # what was counted up to there
        assert counts or self.good.stdout.startswith(got.stdout) or "\r" in message, (name, got.stdout[-80:])
        if self.output and self.output.exists() and ".pcapng" in self.output.name and self.output.stat().st_size > 0:
            kept = list(packets(self.output))
            assert kept == list(packets_of(self.tmp_path, self.output, self.written))[:len(kept)], name
        elif self.output and self.output.exists() and ".pcapng" not in self.output.name:
            assert self.written.startswith(self.output.read_bytes()), name


def on_terminal(words, **how):
    """The same for what prints to a terminal, whose lines it takes for what they were."""
    main, side = pty.openpty()
    got = []

    def take():
        with contextlib.suppress(OSError):  # EIO: nobody has the other side any more
            while piece := os.read(main, 65536):
                got.append(piece)

    reader = threading.Thread(target=take)
    reader.start()
    try:
        run = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=side, stderr=subprocess.PIPE, **how)
    finally:
        os.close(side)
        reader.join()
        os.close(main)
    run.stdout = b"".join(got).replace(b"\r\n", b"\n")
    return run


def packets(path):
    return [(record.time_ns, bytes(record)) for record in steelpkt.open(path)]


def packets_of(tmp_path, like, data):
    copy = tmp_path / ("good-" + like.name)
    copy.write_bytes(data)
    return packets(copy)


def test_every_subcommand_is_here():
    """All but capture, which needs an interface: tests/network/test_capture_faults.py."""
    said = subprocess.run([COMMAND, "--help"], capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  ([a-z][a-z-]+) ", said, re.M)) - {words[0] for words in COMMANDS.values()} == {"capture"}


@pytest.mark.parametrize(("command", "capture"), PAIRS, ids=lambda word: word)
def test_files(shim, sensor, tmp_path, command, capture):
    """Reading that fails is 2, or 1 where nothing was opened; writing is 3; what is closed has been written, or it is 3."""
    runs = Runs(shim, tmp_path, sensor, command, capture)
    codes = {"read": (1, 2), "write": (3,), "open": (1, 2, 3), "close": (3,)}
    fired = 0
    for kind, how in FAULTS:
        for k in range(1, 200):
            name = f"{kind}:{k}:{how}"
            got = runs.run(name)
            if got is None:
                break
            fired += 1
            if how in HARMLESS:
                runs.same(got, name)
            elif kind in ("close", "open") and got.returncode == runs.good.returncode:
                runs.same(got, name)  # of a file that was only read, or could do without
            else:
                runs.refused(got, name, codes[kind])
        else:
            pytest.fail(f"{kind} has no end")
    assert fired >= (0 if command == "sql" else 3 if "CAPTURE" not in COMMANDS[command] else 8)  # sql only becomes another


def test_a_pager_that_there_cannot_be(shim, sensor, tmp_path):
    runs = Runs(shim, tmp_path, sensor, "pager", CAPTURES[0])
    paged = runs.good.stdout.splitlines()
    assert len(paged) > 10 and all(line.startswith(b"| ") for line in paged)
    for kind, how in PAGING:
        got = runs.run(f"{kind}:1:{how}")
        assert got is not None and got.returncode == 0 and got.stderr == b"", (kind, got)
        assert got.stdout.splitlines() == (paged if kind == "wait" else [line[2:] for line in paged]), kind
        assert runs.run(f"{kind}:{2 if kind == 'wait' else 3}:{how}") is None


# libpcap's compiler does not bear the end of memory: SECURITY.md
@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "bpf"])
def test_memory(shim, sensor, tmp_path, command):
    """Without memory: a message and an exit code. All allocations but those of the registry, of which some are tried."""
    runs = Runs(shim, tmp_path, sensor, command, CAPTURES[0], PLAIN)
    few, many = 1, 100_000
    while few < many:  # how many there are
        middle = (few + many + 1) // 2
        few, many = (few, middle - 1) if runs.run(f"alloc:{middle}:{errno.ENOMEM}") is None else (middle, many)
    assert few > (500 if command != "help" else 5)
    early = 300 if "plugin" in command else 1  # what loading one takes
    for k in sorted({*range(1, min(early, few)), *range(1, few - 200, 41), *range(max(1, few - 200), few + 1)}):
        name = f"alloc:{k}:{errno.ENOMEM}"
        got = runs.run(name)
        if got is not None and (got.returncode != runs.good.returncode or got.stderr != runs.good.stderr):
            runs.refused(got, name, (1, 2, 3))
        elif got is not None:
            runs.same(got, name)
