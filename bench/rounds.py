"""What bench/run and bench/columns share: builds, captures, and programs that take turns.

Times are those that a program prints of itself, or that bench/measure takes of it. In every round each program runs once, in
turn (A B C B C A ...) and behind work that wakes the processors, so that whatever disturbs the machine disturbs all of them;
a ratio is the median of the rounds' own ratios. The captures are made once, below the build directory.
"""
import hashlib
import os
import pathlib
import platform
import shutil
import statistics
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SHARED = ROOT.parent / "shared"
PREFERENCES = ["tcp.desegment_tcp_streams:FALSE", "ip.defragment:FALSE", "ipv6.defragment:FALSE",
               "tcp.relative_sequence_numbers:FALSE", "tcp.analyze_sequence_numbers:FALSE"]
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")

failures = []


def fail(text):
    failures.append(text)
    print("FAILED: " + text)


def command_output(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    if done.returncode != 0:
        sys.exit("bench: %s gave %d: %s" % (" ".join(map(str, command)), done.returncode, done.stderr.strip()))
    return done.stdout


def pairs(line):
    return {key: int(value) for key, value in (word.split("=") for word in line.split())}


# ---- building ----

def build(directory):
    """Configures and compiles an optimised build of its own; gives the directory."""
    venv = ROOT / ".venv" / "bin"
    path = os.pathsep.join([str(venv), ENVIRONMENT.get("PATH", "")])
    meson = shutil.which("meson", path=path)
    if meson is None:
        sys.exit("bench: needs meson; ./demo or ./check sets it up")
    environment = dict(ENVIRONMENT, PATH=path)
    steps = [[meson, "compile", "-C", str(directory)]]
    if not (directory / "build.ninja").exists():
        steps.insert(0, [meson, "setup", str(directory), str(ROOT), "--buildtype=release", "-Dbench=true",
                         "-Dtests=false", "-Dexamples=false"])
    for step in steps:
        done = subprocess.run(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
        if done.returncode != 0:
            sys.exit(done.stdout + "\nbench: the build failed")


# ---- captures ----

def shipped_captures():
    found = sorted((ROOT / "tests" / "captures").rglob("*"))
    return [path for path in found if path.suffix in (".pcap", ".pcapng") or path.name.endswith((".pcap.gz", ".pcapng.gz"))]


def cached(cache, name, size, sources, make):
    """The capture's path; made by make(path) unless a capture of the same sources and size is there."""
    key = hashlib.sha256(str(size).encode())
    for path in sources:
        key.update(path.name.encode() + path.read_bytes())
    path = cache / ("%s-%s.pcap" % (name, key.hexdigest()[:16]))
    if not path.exists():
        print("making %s (%d MB) ..." % (path.name, size // 10**6), flush=True)
        make(path)
    return path


def make_own(kind, size, names=None):
    """Sources and maker, for cached, of a capture made of the shipped ones, or only of those named."""
    sources = [HERE / "make_capture.py"] + [path for path in shipped_captures() if names is None or path.name in names]

    def make(path):
        print(command_output([sys.executable, sources[0], kind, path, "--size", str(size)] + sources[1:]).strip())

    return sources, make


def cut(path, packets):
    """The capture's first packets as a file beside it; (path, packets it really has)."""
    out = path.with_suffix(".first%d" % packets)
    data, at, count = memoryview(path.read_bytes()[: packets * 2000]), 24, 0
    while count < packets and at + 16 <= len(data):
        size = 16 + struct.unpack_from("<I", data, at + 8)[0]
        if at + size > len(data):
            break
        at, count = at + size, count + 1
    out.write_bytes(data[:at])
    return out, count


# ---- measuring ----

class Program:
    """One line of a table: how to run it, which is so many times the command, and what the runs gave."""

    def __init__(self, name, command, own=True, packets=0, times=1):
        self.name, self.command, self.own, self.packets = name, [str(word) for word in command], own, packets
        self.times, self.runs = times, []  # dictionaries: wall, cpu, packets (all times together), ...

    def run(self, directory, output=os.devnull):
        results = [self.run_once(directory, output) for _ in range(self.times)]
        added = {key: sum(result[key] for result in results) for key in ("wall", "cpu", "packets")}
        self.runs.append({**results[0], **added})
        return self.runs[-1]

    def run_once(self, directory, output):
        command = self.command if self.own else [str(directory / "bench" / "measure"), str(output)] + self.command
        result = pairs(command_output(command))
        if result.get("status", 0) != 0:
            sys.exit("bench: %s exited with %d" % (" ".join(self.command), result["status"]))
        result["packets"] = result.get("packets") or self.packets
        return result

    def packets_once(self):
        return self.runs[0]["packets"] // self.times

    def nanoseconds(self, clock="cpu"):
        return statistics.median(run[clock] / run["packets"] for run in self.runs)


def ratio(over, under):
    """How many times as long the first takes as the second: the median of the rounds' own ratios."""
    return statistics.median((a["cpu"] / a["packets"]) / (b["cpu"] / b["packets"]) for a, b in zip(over.runs, under.runs))


def warm(seconds=0.2):
    """Keeps every processor busy: one that was idle is slow at first, which would make short captures seem dearer."""
    until = time.perf_counter() + seconds
    for _ in range(os.cpu_count()):
        if os.fork() == 0:
            while time.perf_counter() < until:
                pass
            os._exit(0)
    for _ in range(os.cpu_count()):
        os.wait()


def interleave(programs, rounds, directory):
    """Each program once in every round. Another one is the first each time: what ran before it costs each alike."""
    for turn in range(rounds):
        first = turn % len(programs)
        for program in programs[first:] + programs[:first]:
            warm()
            program.run(directory)


def machine_line():
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    compiler = command_output(["cc", "--version"]).splitlines()[0]
    return "%s, %d cores, %.0f GiB of memory; Linux %s; %s." % (model, os.cpu_count(), memory, platform.release(), compiler)
