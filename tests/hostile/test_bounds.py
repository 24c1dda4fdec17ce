"""What a packet may cost at most, whatever is in it: instructions with all columns asked, and memory for any input.

Instructions are counted by valgrind, so that a busy machine changes nothing.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import packets
import pytest
from captures import pcap_of

ROOT = Path(__file__).resolve().parents[2]
# not the command under test, which may be a sanitized one: it has other costs, and valgrind cannot run it
PLAIN = ROOT / "build" / "steelpkt"
BYTE, PACKET = 40, 20_000
MIB = 1 << 20

WORST = {
    "empty": b"",
    "payload": packets.v4(packets.udp(b"x" * 1000)),
    "tcp-nops": packets.v4(packets.tcp(b"x", offset=15, options=b"\1" * 40), proto=6),
    "labels": packets.dns((b"\1a" * 120 + b"\0" + b"\0\1\0\1") * 200, (200, 0, 0, 0)),
    **{case.id: case.frame for case in packets.CASES if case.id in ("d13", "d16", "d17", "d26", "d27", "d29")},
}
# Above the bound today, with what they may cost, in thousands of instructions: none may grow, and who mends one takes its
# line away. Each option or label is an element that is walked row by row (d27: a mebibyte of names is made of 48 KB).
ABOVE = {"tcp-nops": 330, "labels": 10_500, "d13": 300, "d26": 45, "d27": 73_000}


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    if not shutil.which("valgrind") or not PLAIN.exists():
        pytest.skip("no valgrind here, or no build/steelpkt")
    made = tmp_path_factory.mktemp("cost") / "cost"
    source = Path(__file__).with_name("cost.c")
    subprocess.run([os.environ.get("CC", "cc"), "-O1", f"-I{ROOT / 'include'}", source, "-o", made,
                    f"-L{PLAIN.parent}", "-lsteelpkt", f"-Wl,-rpath,{PLAIN.parent}"], check=True)
    return made


def capture(path, *frames):
    path.write_bytes(pcap_of(*frames))
    return path


def instructions(program, path, times):
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--", program, path,
                           str(times)], capture_output=True, text=True, check=True)
    assert int(done.stdout) == times  # each was read, and gave a row
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


@pytest.mark.parametrize("name", WORST)
def test_instructions_of_a_packet(program, tmp_path, name):
    path = capture(tmp_path / "one.pcap", WORST[name])
    cost = (instructions(program, path, 5) - instructions(program, path, 1)) / 4
    bound = ABOVE[name] * 1000 if name in ABOVE else BYTE * len(WORST[name]) + PACKET
    assert cost <= bound, f"{cost:.0f} instructions; {bound} are allowed"


def most_memory(*words):
    """The most that a run of the command had resident, in bytes."""
    child = subprocess.Popen([PLAIN, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode in (0, 2)
    return usage.ru_maxrss * 1024


def test_memory_for_any_input(tmp_path):
    """One thread grows by less than 16 MiB over what it has for an empty capture: damage, lies, bombs, hostile packets."""
    if not PLAIN.exists():
        pytest.skip("no build/steelpkt")
    subprocess.run([sys.executable, ROOT / "tests/hostile/captures.py", tmp_path], check=True)
    for case in packets.CASES:
        capture(tmp_path / case.id, *[case.frame] * 3)
    fields = "frame.number,frame.protocols,ip.addr,tcp.port,dns.qry.name,dns.resp.name,_file"
    words = ["query", "-j", "1", "-T", "tsv", "-e", fields]
    empty = most_memory(*words, tmp_path / "p02")
    grown = {path.name: most_memory(*words, path) - empty for path in sorted(tmp_path.iterdir())}
    # a hundred thousand interfaces are remembered, and a record of D-Bus may be 128 MiB: both are of the file's own size
    apart = {"n21": 64 * MIB, "p35_dbus": 32 * MIB}
    too_much = {name: size // 1024 for name, size in grown.items() if size >= apart.get(name, 16 * MIB)}
    assert not too_much, f"KiB: {too_much}"
    assert len(grown) > 130
