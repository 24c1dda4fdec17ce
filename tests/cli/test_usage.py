"""Bad usage: one clear line on standard error, exit code 1, nothing on standard output."""

import os

import pytest
from running import pcap, run, udp


@pytest.mark.parametrize("words, said", [
    (["quere"], "steelpkt: quere: no such sub-command; did you mean query?"),
    (["xyzzy"], "steelpkt: xyzzy: no such sub-command; steelpkt --help lists them"),
    (["help", "shwo"], "steelpkt: shwo: no such sub-command; did you mean show?"),
    (["--verbose"], "steelpkt: --verbose: no such option"),
    (["FILE"], "steelpkt: FILE: this is a file; which sub-command is it for? steelpkt --help lists them"),
    (["query", "-e", "ip", "FILE"], "steelpkt: ip: this is a protocol: ask for its fields; steelpkt fields ip lists them"),
    (["query", "-e", "dns.queries", "--count", "FILE"], "steelpkt: dns.queries: this is a group of fields: ask for "
     "its members"),
    (["fields", "ip.scr"], "steelpkt: ip.scr: no field or protocol of that name; did you mean ip.src?"),
    (["fields", "xyzzy"], "steelpkt: xyzzy: no field or protocol of that name"),
    (["query", "-e", "ip.src"], "steelpkt: a file is needed; - is standard input"),
    (["query", "FILE"], "steelpkt: a field is needed: -e ip.src,ip.dst; steelpkt fields lists them"),
    (["query", "-e", ",", "FILE"], "steelpkt: a field is needed: -e ip.src,ip.dst; steelpkt fields lists them"),
    (["query", "-e", "ip.scr", "FILE"], "steelpkt: ip.scr: unknown field; did you mean ip.src?"),
    (["query", "-e", "ip.src,udp.srcprot", "FILE"], "steelpkt: udp.srcprot: unknown field; did you mean udp.srcport?"),
    (["query", "-e", "tcp.stream", "FILE"],
     "steelpkt: tcp.stream: this field needs the state of whole conversations, which is not kept"),
    (["query", "-e", "_ws.col.Info", "FILE"],
     "steelpkt: _ws.col.Info: this is a column of a packet list, not a field of the packet"),
    (["query", "--fromat", "json", "FILE"], "steelpkt: --fromat: no such option"),
    (["query", "--strat=3", "-e", "ip.src", "FILE"], "steelpkt: --strat: no such option; did you mean --start?"),
    (["query", "-e"], "steelpkt: -e: this option needs a value"),
    (["query", "--start"], "steelpkt: --start: this option needs a value"),
    (["query", "--no-header=1", "-e", "ip.src", "FILE"], "steelpkt: --no-header=1: this option takes no value"),
    (["query", "-x", "-e", "ip.src", "FILE"], "steelpkt: -x: no such option"),
    (["query", "-T", "jsno", "-e", "ip.src", "FILE"],
     "steelpkt: jsno: not one of table, tsv, csv, json, fields; did you mean json?"),
    (["query", "-a", "frist", "-e", "ip.src", "FILE"], "steelpkt: frist: not one of first, all, last; did you mean first?"),
    (["query", "-c", "0", "-e", "ip.src", "FILE"], "steelpkt: 0: a number from 1 on is needed here"),
    (["query", "-c", "-3", "-e", "ip.src", "FILE"], "steelpkt: -3: a number from 1 on is needed here"),
    (["query", "-c", "99999999999999999999", "-e", "ip.src", "FILE"],
     "steelpkt: 99999999999999999999: a number from 1 on is needed here"),
    (["query", "--start", "soon", "-e", "ip.src", "FILE"],
     "steelpkt: soon: not a time; write seconds since 1970 (1493834478.39) or 2017-05-03T18:01:18.39Z"),
    (["query", "-E", "escape=y", "-e", "ip.src", "FILE"],
     "steelpkt: escape=y: not one of occurrence=f|l|a, header=y|n, bom=y|n, quote=d|s|n, separator=/t|/s|CHARACTER, "
     "aggregator=/s|CHARACTER"),
    (["query", "--csv-safe", "-e", "ip.src", "FILE"], "steelpkt: --csv-safe: it goes with -T csv"),
    (["query", "-e", "ip.src", "no-such-file"], "steelpkt: no-such-file: cannot be read: No such file or directory"),
    (["query", "-e", "ip.src", "FILE", "no-such-file"],
     "steelpkt: no-such-file: cannot be read: No such file or directory"),
    (["query", "-e", "ip.src", "."], "steelpkt: .: cannot be read: Is a directory"),
    (["query", "-e", "ip.src", "-o", "FILE", "FILE"], "steelpkt: FILE: it is read from and cannot be written"),
    (["show"], "steelpkt: a file is needed; - is standard input"),
    (["show", "-n", "0", "FILE"], "steelpkt: 0: packet numbers are N, N-M, N- or -M, from 1 on"),
    (["show", "-n", "3-2", "FILE"], "steelpkt: 3-2: packet numbers are N, N-M, N- or -M, from 1 on"),
    (["show", "-n", "1x", "FILE"], "steelpkt: 1x: packet numbers are N, N-M, N- or -M, from 1 on"),
    (["show", "-e", "ip.scr", "FILE"], "steelpkt: ip.scr: unknown field; did you mean ip.src?"),
    (["show", "-n", "7", "FILE"], "steelpkt: no such packet"),
    (["fields", "a", "b"], "steelpkt: b: one pattern at a time"),
    (["fields", "--jsn"], "steelpkt: --jsn: no such option; did you mean --json?"),
])
def test_one_line_and_exit_code_1(make, monkeypatch, words, said):
    path = make(pcap(udp(1, 2)), "FILE")
    before = path.read_bytes()
    monkeypatch.chdir(path.parent)
    result = run(*words)
    assert result.stderr.decode() == said + "\n"
    assert (result.returncode, result.stdout) == (1, b"")
    assert path.read_bytes() == before and os.listdir() == ["FILE"]


@pytest.mark.parametrize("out, why", [("no/such/folder", "No such file or directory"), (".", "Is a directory")])
def test_an_output_that_cannot_be_made_is_known_before_the_work(three, monkeypatch, out, why):
    monkeypatch.chdir(three.parent)
    result = run("query", "-e", "ip.src", "-o", out, three)
    assert result.stderr.decode() == f"steelpkt: {out}: cannot be written: {why}\n"
    assert (result.returncode, result.stdout) == (3, b"") and os.listdir() == [three.name]


def test_a_wrong_bpf_expression_is_told_with_libpcaps_words(three):
    result = run("query", "-e", "ip.src", "-f", "prot 53", three)
    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.count(b"\n") == 1 and b"prot 53" in result.stderr


def test_without_words_the_help_comes_as_an_error():
    result = run()
    assert (result.returncode, result.stdout) == (1, b"") and result.stderr == run("--help").stdout


def test_help_and_version_everywhere():
    for words in (["--help"], ["-h"], ["help"], ["query", "--help"], ["show", "-h"], ["fields", "--help"], ["help", "show"]):
        result = run(*words)
        assert (result.returncode, result.stderr) == (0, b"") and result.stdout.startswith(b"usage: steelpkt ")
        assert max(map(len, result.stdout.decode().splitlines())) <= 79
    for words in (["--version"], ["query", "--version"], ["fields", "--version"]):
        assert run(*words).stdout.startswith(b"steelpkt ")


def test_help_has_every_option():
    text = run("query", "--help").stdout.decode()
    for option in ("-e FIELD", "-a WHICH", "-f EXPR", "--start T", "--end T", "-c N", "--rows N", "-T FORM", "--no-header",
                   "-o OUT", "-r FILE", "-P FILE.so", "-E SETTING", "  -n ", "-h, --help", "--version",
                   "-j, --threads N", "--count", "--sum FIELD", "--top N"):
        assert option in text, option


def test_a_name_with_a_line_break_stays_one_line():
    result = run("query", "-e", "ip.src", "no\nfile\x1b[31m")
    assert result.stderr == b"steelpkt: no\\x0afile\\x1b[31m: cannot be read: No such file or directory\n"


def test_unreadable_files(three):
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    three.chmod(0)
    result = run("query", "-e", "ip.src", three)
    assert (result.returncode, result.stdout) == (1, b"") and b"Permission denied" in result.stderr
