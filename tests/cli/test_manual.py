"""Manual pages: there is one for everything, mandoc finds nothing to say, and nothing of the tables is missing."""

import json
import re
import shutil
import subprocess

import pytest
from running import CAPTURES, lines, run

NAMES = lines(run("generate"))
PAGES = [name for name in NAMES if re.fullmatch(r"steelpkt[\w-]*\.\d", name)]
COMMANDS = [line.split()[0] for line in lines(run("--help")) if re.match(r"  [a-z-]+ ", line)]


@pytest.fixture(scope="module")
def pages():
    return {name: run("generate", name).stdout.decode() for name in PAGES}


def plain(page, tmp_path):
    """A page as it is read, in one long line."""
    path = tmp_path / "page"
    path.write_text(page)
    words = ["mandoc", "-Tascii", "-O", "width=78", path]
    return re.sub(r".\x08", "", subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def test_every_sub_command_has_a_page():
    assert len(COMMANDS) >= 4
    others = {"steelpkt.1", "steelpkt-fields.7", "steelpkt-filter.7"}
    assert set(PAGES) == others | {f"steelpkt-{name}.1" for name in COMMANDS}


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="no command mandoc")
@pytest.mark.parametrize("name", PAGES)
def test_mandoc_has_nothing_to_say(pages, tmp_path, name):
    path = tmp_path / name
    path.write_text(pages[name])
    said = subprocess.run(["mandoc", "-Tlint", path], capture_output=True, text=True, check=False).stdout.splitlines()
    # what the pages refer to is not installed here: the next test looks after that
    assert [line for line in said if "referenced manual not found: Xr" not in line] == []
    assert pages[name].isascii() and max(map(len, pages[name].splitlines())) <= 80


def test_references_lead_somewhere(pages):
    others = {("pcap-filter", "7"), ("pcap-linktype", "7"), ("less", "1"), ("wireshark-filter", "4")}
    there = {name.rpartition(".")[::2] for name in PAGES} | others
    for name, page in pages.items():
        found = set(re.findall(r"Xr (\S+) (\d)", page))
        assert found <= there and len(found) > 3, name


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="no command mandoc")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_says_what_the_help_says(pages, tmp_path, command):
    shown = plain(pages[f"steelpkt-{command}.1"], tmp_path)
    for option in re.findall(r"^ +(-[^ ].*?)(?:  |$)", run("help", command).stdout.decode(), re.M):
        assert f"\n     {option}" in shown, option
    flat = re.sub(r"\s+", " ", shown)
    for example in re.findall(r"^  (steelpkt .*)$", run("help", command).stdout.decode(), re.M):
        assert example in flat


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="no command mandoc")
def test_the_page_of_the_fields_has_them_all(pages, tmp_path):
    shown = plain(pages["steelpkt-fields.7"], tmp_path)
    flat = re.sub(r"\s+", " ", re.sub(r"-\n +", "-", shown))
    fields = json.loads(run("fields", "--json").stdout)
    assert len(fields) > 500
    for field in fields:
        assert f"\n     {field['name']} ({field['type']}" in shown, field["name"]
        assert re.sub(r"\s+", " ", field["doc"]) in flat, field["doc"]
        assert all(alias in flat for alias in field["aliases"])
    assert "1 request, 2 reply" in flat  # arp.opcode


def test_the_page_of_filters_tells_the_truth(pages, tmp_path):
    """Its examples are filters, and what it says of values is so."""
    page = pages["steelpkt-filter.7"]
    examples = [line.replace("\\(dq", '"').replace("\\e", "\\") for line in re.findall(r'^\.Dl "(.*)"$', page, re.M)]
    assert len(examples) > 5
    told = ["ip.len == 0x92", "ip.len == 0222", "ip.len == 0b10010010", "ip.proto == '\\x11'", 'dns.qry.type == "A"',
            "dns.flags.response == True && ip.flags.df == 1", "dns.flags.authoritative == False",
            'dns.qry.name matches r"\\."', 'dns.qry.name contains "bed"', "ip.addr == 192.0.2.0/24",
            "eth.dst == 08:00:27:f4:6b:ac", "eth.dst[0:3] == 08-00-27",
            'frame.time > "2017-05-03 18:01:18.39"', 'frame.time < "May 4, 2017 00:00:00"', "frame.time_relative < 0.2",
            "!tcp.port == 80"]
    assert all(run("info", "-Y", line, CAPTURES / "dns.pcap").returncode == 0 for line in examples)
    for line in told:
        kept = run("query", "-T", "tsv", "--no-header", "-e", "frame.number", "-Y", line, CAPTURES / "dns.pcap").stdout
        assert b"2" in kept.split(b"\n"), line
    words = [word for words in re.findall(r'^\.It Cm (".*")$', page, re.M) for word in re.findall(r'"\\&(.*?)\\&"', words)]
    assert {"==", "any_eq", "contains", "matches", "in", "&&", "and"} <= set(words)


def test_a_name_that_is_none():
    result = run("generate", "steelpkt-nonsense.1")
    assert (result.returncode, result.stdout) == (1, b"") and b"steelpkt-nonsense.1" in result.stderr
    assert run("generate", "bash", "steelpkt-nonsense.1").stdout == b""
