"""What strangers wrote into a capture (packets, comments, names of interfaces, the file's own name) commands no terminal,
no spreadsheet and no reader of JSON."""

import csv
import io
import json
import re
import subprocess
import sys

import blocks
import pytest
from running import ROOT, on_terminal, pcap, run, txt_answer, udp

# Sequences that set a terminal's title, clear it, change its keys and its character set: in 7 bits, in 8, in UTF-8.
EVIL = b"\x1b]0;owned\x07\x1b[2J\x1bP$q\x1b\\\x9b31m\xc2\x9b31m\x0e\r\n\t\x08\x7f=owned"
CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
LONE = re.compile(r"[\udc80-\udc9f]")  # a byte of 80 to 9f that belongs to no letter
PLAIN = {"NO_COLOR": "1"}
FIELDS = ["dns.txt", "dns.qry.name", "_file"]


@pytest.fixture
def evil(tmp_path):
    text = EVIL[:60]
    options = blocks.option(1, text) + blocks.option(2, text) + blocks.option(4, text)
    data = udp(53, 1000, txt_answer(text))
    path = tmp_path / "\x1b]0;owned\x07.pcapng"
    path.write_bytes(blocks.section(options=options) + blocks.interface(options=options + blocks.option(3, text))
                     + blocks.packet(data, options=options) + blocks.packet(udp(80, 80, text)))
    return path


TERMINAL = [["query", "-T", form, *(word for field in FIELDS for word in ("-e", field))]
            for form in ("table", "tsv", "csv", "json", "fields")]
TERMINAL += [["show"], ["show", "--json"], ["show", "-e", "dns.txt"], ["info"], ["info", "--json"]]


@pytest.mark.parametrize("words", TERMINAL, ids=" ".join)
def test_no_terminal_is_driven(evil, words):
    text = on_terminal(*words, evil, env=PLAIN)
    assert b"owned" in text
    assert not CONTROLS.search(text.replace(b"\t", b" ")), text
    assert not LONE.search(text.decode(errors="surrogateescape")), text


@pytest.mark.parametrize("words", TERMINAL, ids=" ".join)
def test_nor_by_what_is_said_beside(evil, words):
    """Errors name files and hold texts of theirs."""
    evil.write_bytes(evil.read_bytes()[:-7])
    said = run(*words, evil).stderr
    assert b"owned" in said and not CONTROLS.search(said) and not LONE.search(said.decode(errors="surrogateescape"))


def test_json_is_json(evil):
    for words in (["query", "-T", "json", "-e", ",".join(FIELDS)], ["show", "--json"], ["info", "--json"]):
        result = run(*words, evil)
        told = [json.loads(line) for line in result.stdout.decode("utf-8", errors="strict").splitlines()]
        assert result.returncode == 0 and told and "owned" in json.dumps(told)


def test_rows_stay_rows(evil):
    """A line's end, a tab or a quote in a text makes no new row and no new column."""
    for form, read in (("tsv", lambda text: [line.split("\t") for line in text.split("\n")[:-1]]),
                       ("csv", lambda text: list(csv.reader(io.StringIO(text, newline=""), strict=True)))):
        text = run("query", "-T", form, "-e", "frame.number,dns.txt,udp.srcport", evil).stdout.decode(errors="replace")
        assert [(row[0], row[2]) for row in read(text)[1:]] == [("1", "53"), ("2", "80")], form


@pytest.mark.parametrize("sign", "=+-@")
def test_no_formula_where_that_is_asked_for(make, sign):
    path = make(pcap(udp(53, 1000, txt_answer(sign.encode() + b"cmd|' /C calc'!A0"))))
    words = ["query", "-T", "csv", "--no-header", "-e", "dns.txt", path]
    assert run(*words).stdout.decode().startswith(sign)
    assert run(*words, "--csv-safe").stdout.decode().startswith("'" + sign)


def test_python_shows_text_as_literals(evil):
    code = ("import sys, steelpkt\nfor record in steelpkt.open(sys.argv[1]):\n packet = record.decode()\n packet.show()\n"
            " print(repr(packet))\n packet.hexdump()\n assert not hasattr(packet, '_repr_html_')\n")
    python = ROOT / ".venv" / "bin" / "python"
    command = [python if python.exists() else sys.executable, "-c", code, evil]
    result = subprocess.run(command, capture_output=True, check=True)
    assert b"owned" in result.stdout and not CONTROLS.search(result.stdout.replace(b"\n", b" ")), result.stdout
