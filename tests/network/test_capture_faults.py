"""For every k, the k-th open, read, write or close of steelpkt capture fails or falls short, and its k-th allocation fails.

On a real wire, and behind the fence that users have. Whatever fails, it ends by itself, in clear lines and with an exit code
that says so; what it says was written is in the file, from the first packet on; a file that was there is kept until nothing
can be refused any more; and no memory is kept that a run without a fault has not. tests/faults/shim.c makes the faults.
"""
import errno
import os
import re
import select
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import network
import pytest
import steelpkt
from capturing import COMMAND, COUNTS, OURS, ROOT, frame

FRAMES = [frame(number) for number in range(8)]
OLD = b"precious"
PATIENCE = 20  # seconds for a run that takes less than a half
BEHIND = 300  # allocations, at the least, behind those of the registry: getting another user's groups alone takes 200
FLUSHED = 0.15  # and after so many what has come is in the file
# OUT is a file of the run's own
COMMANDS = {
    "plain": ["-w", "OUT.pcapng"],
    "all": ["-Y", "frame.len > 10", "-w", "OUT.pcap.zst"],
    "pipe": ["-F", "pcap", "-w", "-"],
    "user": ["--user", "nobody", "-w", "OUT.pcapng"],
    "filter": ["-f", OURS, "-w", "OUT.pcap"],
    "list": ["-D"],
}
# What others do of themselves when memory ends (SECURITY.md), so often at the most. Where there is none for the scanner of
# libpcap's compiler it goes on without (a null pointer), or flex's code ends the process; looking for a user the C library
# does the same, and the modules that it has loaded for that it keeps.
ENDS = {"filter": 4, "user": 3}
KEEPS = {"user"}
LAST_WORDS = {
    -signal.SIGSEGV: re.compile(""),
    -signal.SIGABRT: re.compile(r"steelpkt: nss_\w+\.c:.*: Assertion .* failed\.\n"),
    2: re.compile(r"out of dynamic memory in yy\w+\(\)\n"),
}
FAULTS = {
    "open": [errno.EIO, errno.EMFILE, errno.EINTR],
    "read": [errno.EIO, errno.EINTR, "short"],
    "write": [errno.EIO, errno.ENOSPC, errno.EINTR, "short"],
    "close": [errno.EIO, errno.ENOSPC, errno.EINTR],
}
HARMLESS = (errno.EINTR, "short")


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    source = ROOT / "tests" / "faults" / "shim.c"
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
    return library


@pytest.fixture
def runs(net, shim, request):
    with tempfile.TemporaryDirectory() as name, net.inside("client"), \
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        Path(name).chmod(0o777)  # for whoever the command becomes
        wire.bind((network.INTERFACE, 0))
        yield Runs(net, shim, wire, Path(name), request.param)


class Run:
    """One run: what it said and wrote, whether it met the fault, and the blocks of memory that it kept."""

    def __init__(self, process, said, out, seen, path):
        self.code, self.said = process.returncode, said.decode()
        self.fired, self.blocks = (int.from_bytes(seen[at:at + 8], "little", signed=True) for at in (0, 8))
        self.kept = out if path is None else path.read_bytes() if path.exists() else None
        self.began = "capturing" in self.said
        counts = COUNTS.search(self.said)
        self.counts = list(map(int, counts.groups())) if counts else None


class Runs:
    """Runs of one command line, with faults and without."""

    def __init__(self, net, shim, wire, folder, command):
        self.net, self.shim, self.wire, self.folder = net, shim, wire, folder
        self.list = command == "list"
        out = next((word for word in COMMANDS[command] if word.startswith("OUT")), None)
        self.path = folder / out if out else None
        self.leaks = command in KEEPS
        self.ends = ENDS.get(command, 0)  # still to come
        begin = [] if self.list else ["-i", network.INTERFACE, "-c", str(len(FRAMES))]
        self.words = begin + [str(self.path) if word == out else word for word in COMMANDS[command]]
        self.good = self.run("none:1:0", old=False, pause=0)
        assert self.good.code == 0 and (self.list or self.frames(self.good) == FRAMES), self.good.said
        assert self.list or self.good.counts == [8, 8, 0, 0, 0, 0, 0]

    def run(self, fault, old, pause):
        """pause: seconds after half of the packets, so that some are written before the others come."""
        if self.path:
            self.path.unlink(missing_ok=True)
            if old:
                self.path.write_bytes(OLD)
                self.path.chmod(0o666)
        seen = self.folder / "seen"
        environment = dict(os.environ, LD_PRELOAD=str(self.shim), FAULT=fault, FAULT_SEEN=str(seen))
        command = self.net.command("server", COMMAND, "capture", *self.words)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
            try:
                said = self.send_when_ready(process, pause)
                out, rest = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                pytest.fail(f"{fault}: it does not end")
        return Run(process, said + rest, out, seen.read_bytes(), self.path)

    def send_when_ready(self, process, pause):
        said = b""
        while not self.list and b"capturing" not in said:
            if not select.select([process.stderr], [], [], PATIENCE)[0]:
                raise subprocess.TimeoutExpired(process.args, PATIENCE)
            piece = os.read(process.stderr.fileno(), 4096)
            if not piece:
                return said
            said += piece
        for number, one in enumerate([] if self.list else FRAMES):
            if number == len(FRAMES) // 2:
                time.sleep(pause)
            self.wire.send(one)
        return said

    def frames(self, run):
        """What the run kept, of which every record is whole, or this fails."""
        if not run.kept:
            return []
        copy = self.folder / "kept"
        copy.write_bytes(run.kept)
        return [bytes(record) for record in steelpkt.open(copy)]

    def check(self, name, old, run, codes):
        """The run is as without a fault, or refused as it is to be."""
        if self.ends > 0 and run.code in LAST_WORDS and LAST_WORDS[run.code].fullmatch(run.said):
            self.ends -= 1
            assert run.kept == (OLD if old else None), name
            return
        assert run.code in codes, (name, run.code, run.said)
        assert all(line.startswith("steelpkt: ") for line in run.said.splitlines()), (name, run.said)
        assert self.leaks or run.blocks <= self.good.blocks, (name, run.blocks, self.good.blocks, run.said)
        if run.code == 0:
            assert run.said == self.good.said, (name, run.said)
            assert run.kept == self.good.kept if self.list else self.frames(run) == FRAMES, name
        elif self.list:
            assert run.said and self.good.kept.startswith(run.kept), (name, run.said)
        elif not run.began:
            assert run.said and run.kept == (b"" if self.path is None else OLD if old else None), (name, run.said, run.kept)
        else:
            self.check_kept(name, run)

    def check_kept(self, name, run):
        assert run.counts and run.counts[0] == sum(run.counts[1:6]) <= len(FRAMES), (name, run.said)
        assert run.said.count("\n") == 3, (name, run.said)  # it captures; why it ends; what became of the packets
        kept = self.frames(run)
        assert kept == FRAMES[:len(kept)], (name, run.said)
        lost = "to its end" in run.said  # what closing says is not written may be there
        assert len(kept) == run.counts[1] or (lost and len(kept) > run.counts[1] == 0), (name, len(kept), run.said)


@pytest.mark.parametrize("runs", [name for name in COMMANDS if name != "filter"], indirect=True)
@pytest.mark.parametrize("kind", FAULTS)
def test_files(runs, kind):
    """What is interrupted or short changes nothing; what fails is refused (1), or the output's (3), or can be done without,
    as can all that is read."""
    codes = {"open": (0, 1, 3), "read": (0,), "write": (3,), "close": (0, 3)}
    fired = 0
    for how in FAULTS[kind]:
        for old in (False, True) if runs.path and kind == "open" else (True,):
            for k in range(1, 100):
                name = f"{kind}:{k}:{how}"
                run = runs.run(name, old, FLUSHED if kind == "write" else 0)
                runs.check(name, old, run, (0,) if not run.fired or how in HARMLESS else codes[kind])
                if not run.fired:
                    break
                fired += 1
            else:
                pytest.fail(f"{kind} has no end")
    assert fired >= (len(FAULTS[kind]) if kind == "write" or not runs.list else 0)


@pytest.mark.parametrize("runs", COMMANDS, indirect=True)
def test_memory(runs):
    """All allocations but those of the registry, of which some are tried, as of the other sub-commands."""
    few, many = 1, 100_000
    while few < many:  # how many there are
        middle = (few + many + 1) // 2
        fired = runs.run(f"alloc:{middle}:{errno.ENOMEM}", False, 0).fired
        few, many = (middle, many) if fired else (few, middle - 1)
    assert few > 1000
    refused = 0
    for k in [*range(1, few - BEHIND, 41), *range(few - BEHIND, few + 1)]:
        name = f"alloc:{k}:{errno.ENOMEM}"
        old = k % 2 == 1
        run = runs.run(name, old, 0)
        runs.check(name, old, run, (0, 1, 2, 3))
        refused += run.code != 0
    assert refused > 100, refused
