"""Whatever bytes packets hold, JSON parses, CSV reads back, tsv keeps its lines, and a terminal is left alone."""

import csv
import io
import json
import tempfile
from pathlib import Path

from running import pcap, run, txt_answer, udp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ANY = st.binary(max_size=200)
TEXTS = st.lists(st.one_of(ANY, st.text(max_size=40).map(lambda text: text.encode()[:200]), st.sampled_from(
    [b'"', b",", b"\r\n", b"\x00", b"\xff" * 9, b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\x1b[2J", b"\\",
     b"=1+1", b" -1", b"@SUM(A1)", b"\t+1"])),
    min_size=1, max_size=8)
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def ask(packets, *words):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pcap"
        path.write_bytes(pcap(*packets))
        result = run(*words, path)
    assert result.returncode == 0, result.stderr
    return result.stdout


def answers(texts):
    return [udp(53, 1000, txt_answer(text)) for text in texts]


@FEW
@given(TEXTS)
def test_json_is_json_and_ascii_survives(texts):
    rows = ask(answers(texts), "query", "-T", "json", "-e", "frame.number,dns.txt,udp.payload").split(b"\n")[:-1]
    assert len(rows) == len(texts)
    for text, row in zip(texts, map(json.loads, rows)):
        assert bytes.fromhex(row["udp.payload"]) == txt_answer(text)
        if text.isascii() and b"\0" not in text:
            assert row["dns.txt"] == [text.decode()]


@FEW
@given(TEXTS)
def test_all_forms_tell_the_same(texts):
    packets = answers(texts)
    rows = [json.loads(row) for row in ask(packets, "query", "-T", "json", "-e", "dns.txt").split(b"\n")[:-1]]
    sheet = ask(packets, "query", "-T", "csv", "--no-header", "-e", "dns.txt,frame.number").decode()
    told = list(csv.reader(io.StringIO(sheet, newline=""), strict=True))
    assert told == [[",".join(row["dns.txt"]), str(number)] for number, row in enumerate(rows, 1)]
    plain = ask(packets, "query", "-T", "tsv", "--no-header", "-e", "dns.txt,frame.number").decode()
    assert [line.split("\t")[1] for line in plain.split("\n")[:-1]] == [str(number) for number in range(1, len(rows) + 1)]


@FEW
@given(TEXTS)
def test_csv_safe_changes_nothing_but_the_first_character(texts):
    """What would begin with a sign has an apostrophe before it, and everything else reads back as it is."""
    packets = answers(texts)
    words = ["query", "-T", "csv", "-e", "dns.txt,frame.time_delta"]
    texts = [ask(packets, *words, *more).decode() for more in ([], ["--csv-safe"])]
    sheets = [list(csv.reader(io.StringIO(text, newline=""), strict=True)) for text in texts]
    for (plain, delta), (safe, same) in zip(*sheets):
        assert delta == same and not safe.lstrip("".join(map(chr, [*range(33), 127]))).startswith(SIGNS)
        assert safe == ("'" + plain if safe != plain else plain)


@FEW
@given(st.lists(st.tuples(ANY, st.sampled_from([1, 0, 101, 113, 276, 147, 228])), min_size=1, max_size=4))
def test_show_takes_any_bytes(packets):
    for data, link in packets:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.pcap"
            path.write_bytes(pcap(data, link=link))
            row = json.loads(run("show", "--json", path).stdout)
            assert bytes.fromhex(row["data"]) == data
            assert run("show", "-e", "eth,ip.src,udp.payload,dns.answers", path).returncode == 0
