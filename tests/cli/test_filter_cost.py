"""What a display filter costs, in instructions, which a busy machine does not change: counted by valgrind."""

import re
import shutil
import subprocess

import pytest
from running import ROOT, pcap, run, txt_answer, udp

# Not the command under test, which may be a sanitized one: valgrind cannot run that.
PLAIN = ROOT / "build" / "steelpkt"
pytestmark = pytest.mark.skipif(not shutil.which("valgrind") or not PLAIN.exists(),
                                reason="no valgrind here, or no build/steelpkt")


@pytest.fixture(scope="module")
def captures(tmp_path_factory):
    """The same capture with few packets and with many."""
    folder = tmp_path_factory.mktemp("cost")
    packets = [udp(1000, 53, txt_answer(b"abc")), udp(53, 1000, b"\0" * 100), udp(1, 2)]
    for name, count in (("few", 1), ("many", 400)):
        (folder / name).write_bytes(pcap(*packets * count))
    return folder


def instructions(*words):
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--", PLAIN,
                           *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr.decode()
    return int(re.search(r"Collected : (\d+)", done.stderr.decode()).group(1))


def cost(captures, *words):
    """Of the packets alone, without what a start costs."""
    return instructions("query", *words, captures / "many") - instructions("query", *words, captures / "few")


@pytest.mark.parametrize("fields, expression", [
    ("ip.src", "ip.src == 203.0.113.7"),
    ("ip.src,ip.dst", "ip.addr in {203.0.113.0/24, 203.0.113.7 .. 203.0.113.9}"),
    ("udp.port", "udp.port == 7 or udp.port > 2000"),
    ("dns.qry.name", 'dns.qry.name contains "none"'),
])
def test_rejecting_everything_costs_at_most_three_tenths_more_than_the_scan(captures, fields, expression):
    scan = cost(captures, "-e", fields)
    rejected = cost(captures, "-e", fields, "-Y", expression)
    assert run("query", "--no-header", "-e", fields, "-Y", expression, captures / "many").stdout == b""
    assert rejected <= 1.3 * scan, f"{rejected} instructions, and {scan} without the filter"


def test_a_filter_on_layer_3_costs_the_same_whatever_layer_7_columns_want(captures):
    expression = "ip.src == 203.0.113.7"
    low = cost(captures, "-e", "ip.src", "-Y", expression)
    high = cost(captures, "-e", "ip.src,dns.qry.name,dns.resp.name,dns.txt", "-Y", expression)
    assert high <= 1.05 * low, f"{high} instructions, and {low} without columns of layer 7"
