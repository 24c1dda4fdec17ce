"""Every case of packets.py: delivered, marked at the named layer, the good layers kept, exit code 0; by show and by query.

What a protocol that is not decoded yet would find in its payload (d30, d31, d33, d34, d39 to d41) is payload today, and its
own outcome is due with it.
"""
import json
import os
import subprocess
from pathlib import Path

import packets
import pytest
from captures import pcap_of

COMMAND = os.environ.get("STEELPKT", str(Path(__file__).resolve().parents[2] / "build" / "steelpkt"))


def run(case, *words):
    return subprocess.run([COMMAND, *words, "-"], input=pcap_of(case.frame, link=case.link), capture_output=True, timeout=60)


@pytest.mark.parametrize("case", packets.CASES, ids=lambda case: case.id)
def test_case(case):
    shown = run(case, "show", "--json")
    assert shown.returncode == 0, shown.stderr.decode()
    packet = json.loads(shown.stdout)
    stop = packet["stop"]
    assert (stop and (stop["reason"], stop["protocol"])) == (case.reason and (case.reason, case.protocol))
    said = run(case, "query", "-T", "tsv", "--no-header", "-e", "frame.protocols", "-e", "frame.cap_len")
    assert said.returncode == 0, said.stderr.decode()
    protocols, length = said.stdout.decode().rstrip("\n").split("\t")
    assert (protocols + ":").startswith(case.layers + ":") and int(length) == len(case.frame)
    assert bytes.fromhex(packet["data"]) == case.frame
    assert len(packet["layers"]) <= 33  # 32 and the frame


def test_names_stay_within_a_mebibyte():
    """d27: what is made of names is bounded, however many pointers there are; what came before it is shown."""
    case = next(case for case in packets.CASES if case.id == "d27-5000")
    said = run(case, "query", "-T", "tsv", "--no-header", "-e", "dns.resp.name")
    names = said.stdout.decode().rstrip("\n").split(",")
    assert said.returncode == 0 and len(names) > 4000
    assert 2**20 - 512 < sum(map(len, names)) <= 2**20


def test_ids_are_unique():
    assert len({case.id for case in packets.CASES}) == len(packets.CASES)
