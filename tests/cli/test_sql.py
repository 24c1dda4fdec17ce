"""steelpkt sql: what is read for a statement, that the answer is that of the whole table, and what goes wrong."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest
from running import CAPTURES, COMMAND, lines, on_terminal, pcap, run, txt_answer, udp

import steelpkt
from steelpkt import _core, _sql

DNS = CAPTURES / "dns.pcap"
SOME = [DNS, CAPTURES / "icmp-errors.pcap.gz", CAPTURES / "http.pcap"]
PROGRAM = shutil.which("steelpkt-sql")

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no steelpkt-sql on the PATH")


def prepare(text, paths=SOME, **options):
    return _sql.Statement(text, steelpkt.query(paths, "frame.number", names="underscores", **options))


@pytest.fixture(scope="module")
def whole():
    """A table of everything, of which nothing was left out."""
    connection = duckdb.connect()
    everything = steelpkt.query(SOME, _core._fields(), names="underscores").to_arrow()
    connection.register("everything", everything)
    connection.execute("CREATE TABLE packets AS FROM everything")
    return connection


def of_packets(condition):
    return f"SELECT frame_number FROM packets WHERE {condition} ORDER BY 1"


@pytest.mark.parametrize("text, fields, said", [
    ("SELECT count(*) FROM packets", ["frame.number"], None),
    ("SELECT ip_src, count(*) FROM packets GROUP BY ip_src ORDER BY 2, 1", ["ip.src"], None),
    ('SELECT "ip.src" AS a, IP_TTL FROM packets p ORDER BY p."ip.src", ip_ttl', ["ip.ttl", "ip.src"], None),
    (of_packets("ip_ttl = 64"), ["frame.number", "ip.ttl"], "ip.ttl == 64"),
    (of_packets("63 < ip_ttl"), ["frame.number", "ip.ttl"], "ip.ttl > 63"),
    (of_packets("ip_ttl <> 64"), ["frame.number", "ip.ttl"], "ip.ttl !== 64"),
    (of_packets("ip_ttl BETWEEN 3 AND 64"), ["frame.number", "ip.ttl"], "(ip.ttl >= 3) && (ip.ttl <= 64)"),
    (of_packets("ip_ttl IN (1, 64)"), ["frame.number", "ip.ttl"], "(ip.ttl == 1) || (ip.ttl == 64)"),
    (of_packets("ip_ttl = 1 OR ip_ttl = 64"), ["frame.number", "ip.ttl"], "(ip.ttl == 1) || (ip.ttl == 64)"),
    (of_packets("ip_src = '192.0.2.15'"), ["frame.number", "ip.src"], "ip.src == 192.0.2.15"),
    (of_packets("ip_src LIKE '192.%'"), ["frame.number", "ip.src"], None),
    (of_packets("ip_src > '192'"), ["frame.number", "ip.src"], None),
    (of_packets("dns_flags_response"), ["frame.number", "dns.flags.response"], "dns.flags.response == 1"),
    (of_packets("NOT dns_flags_response"), ["frame.number", "dns.flags.response"], "dns.flags.response == 0"),
    (of_packets("dns_id IS NOT NULL"), ["frame.number", "dns.id"], "dns.id"),
    (of_packets("dns_id IS NULL"), ["frame.number", "dns.id"], None),
    (of_packets("list_contains(udp_port, 53)"), ["frame.number", "udp.port"], "udp.port == 53"),
    (of_packets("udp_port[1] = 53"), ["frame.number", "udp.port"], None),
    (of_packets("ip_ttl + 1 = 65"), ["frame.number", "ip.ttl"], "ip.ttl == 64"),
    (of_packets("ip_ttl % 2 = 0"), ["frame.number", "ip.ttl"], None),
    (of_packets("frame_time_epoch >= '2017-05-03 18:01:20.5'"), ["frame.number", "frame.time_epoch"],
     "frame.time_epoch >= 1493834480.500000000"),
    (of_packets("frame_time_delta > INTERVAL 1 SECOND"), ["frame.number", "frame.time_delta"], None),
    (of_packets("udp_payload = '\\x00'::BLOB"), ["frame.number", "udp.payload"], None),
    (of_packets("frame_time_delta_displayed >= INTERVAL 0 SECOND AND ip_ttl = 64"),
     ["frame.number", "frame.time_delta_displayed", "ip.ttl"], None),
    ("WITH a AS (SELECT ip_src FROM packets WHERE ip_ttl = 64) SELECT count(*) FROM a", ["ip.ttl", "ip.src"],
     "ip.ttl == 64"),
    ("SELECT (SELECT count(*) FROM packets WHERE udp_srcport = 53), (SELECT count(*) FROM packets WHERE tcp_srcport = 80)",
     ["tcp.srcport", "udp.srcport"], "(udp.srcport == 53) || (tcp.srcport == 80)"),
    ("SELECT a.frame_number FROM packets a JOIN packets b ON a.ip_src = b.ip_dst WHERE a.ip_ttl = 64 ORDER BY ALL",
     ["frame.number", "ip.ttl", "ip.src", "ip.dst"], None),
    ("SELECT frame_number FROM packets ORDER BY frame_number DESC LIMIT 3 -- the last", ["frame.number"], None),
    ("SELECT * EXCLUDE (frame_number) FROM packets WHERE frame_number = 3", None, None),  # also of time_delta_displayed
    ("FROM packets LIMIT 2", None, None),
    ("SELECT COLUMNS('^ip_(src|dst)$') FROM packets ORDER BY ALL", ["ip.src", "ip.dst"], None),
    ("SELECT 1", ["frame.number"], None),
    ("SELECT a FROM (SELECT p AS a, ip_ttl FROM packets p) WHERE ip_ttl = 1", None, None),
    ("SELECT count(*) FROM packets a NATURAL JOIN packets b WHERE a.frame_number < 4", None, None),
    ("SELECT ip_src FROM packets WHERE frame_number IN (SELECT max(frame_number) FROM packets GROUP BY ip_src) ORDER BY 1",
     ["frame.number", "ip.src"], None),
    ("SELECT ip_src, row_number() OVER (ORDER BY frame_number) FROM packets WHERE ip_src = '192.0.2.15' QUALIFY true",
     ["frame.number", "ip.src"], "ip.src == 192.0.2.15"),
    ("SELECT frame_number FROM packets LEFT JOIN (VALUES (64)) v(t) ON ip_ttl = t AND ip_ttl = 1 ORDER BY ALL",
     ["frame.number", "ip.ttl"], None),
])
def test_only_what_a_statement_needs_is_read(whole, text, fields, said):
    statement = prepare(text)
    if fields is not None:
        assert sorted(statement.needs.fields) == sorted(fields)
    else:
        assert len(statement.needs.fields) > 1000
    assert statement.needs.filter == said
    answer = statement.execute().fetchall()
    width = len(answer[0]) if answer else 0
    assert answer == [row[:width] for row in whole.execute(text.replace('"ip.src"', "ip_src")).fetchall()]
    assert answer or "BLOB" in text
    statement.check()


def test_the_captures_are_read_as_often_as_the_statement_scans_them():
    for text, times in [("SELECT count(*) FROM packets", 1), ("SELECT 1", 0), ("DESCRIBE packets", 0),
                        ("SELECT count(*) FROM packets a, packets b WHERE a.ip_id = b.ip_id", 2)]:
        statement = prepare(text)
        assert statement.needs.scans == times
        statement.execute().fetchall()
        assert len(statement._source.passes) == times


def test_options_of_the_query_hold_as_well():
    assert prepare(of_packets("ip_ttl = 64"), filter="udp").query.filter == "(udp) && (ip.ttl == 64)"
    assert prepare("SELECT count(*) FROM packets", bpf="udp src port 53", paths=[DNS]).execute().fetchall() == [(3,)]
    first = prepare("SELECT dns_qry_name FROM packets LIMIT 1", paths=[DNS], occurrence="first")
    assert first.execute().fetchall() == [("riverbed.com",)]


# ---- the command ----

def sql(*words, **more):
    return run("sql", *words, **more)


def test_a_table():
    text = "SELECT \"ip.src\", count(*) AS packets, max(frame_len) FROM packets GROUP BY ALL ORDER BY ALL"
    assert lines(sql(text, DNS)) == ["ip.src      packets  max(frame_len)", "192.0.2.15        3              75",
                                     "192.0.2.53        3             231"]
    assert lines(sql("--no-header", "SELECT ip_src FROM packets LIMIT 1", DNS)) == ["192.0.2.15"]
    ordered = lines(sql("SELECT frame_number FROM packets ORDER BY frame_number DESC", DNS))
    assert [int(line) for line in ordered[1:]] == [6, 5, 4, 3, 2, 1]


def test_csv_json_and_parquet(tmp_path):
    text = "SELECT frame_number, dns_qry_name[1] AS name, frame_time_epoch AS t FROM packets WHERE NOT dns_flags_response"
    assert lines(sql("-T", "csv", text, DNS))[:2] == ["frame_number,name,t", "1,riverbed.com,2017-05-03 18:01:18.390878"]
    assert lines(sql("-T", "csv", "--no-header", text, DNS))[0].startswith("1,")
    told = [json.loads(line) for line in lines(sql("-T", "json", text, DNS))]
    assert told[0] == {"frame_number": 1, "name": "riverbed.com", "t": "2017-05-03 18:01:18.390878"}
    for name in ("out.parquet", "out.csv", "out.json", "out.txt"):
        assert lines(sql("-o", tmp_path / name, text, DNS)) == []
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet").column("frame_number").to_pylist() == [1, 3, 5]
    assert (tmp_path / "out.csv").read_text().splitlines() == lines(sql("-T", "csv", text, DNS))
    assert [json.loads(line) for line in (tmp_path / "out.json").read_text().splitlines()] == told
    assert (tmp_path / "out.txt").read_text().splitlines() == lines(sql(text, DNS))


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_what_is_there_is_not_overwritten(tmp_path, form):
    """A shell's >> appends; opening standard output anew would empty the file."""
    path = tmp_path / "all"
    path.write_text("kept\n")
    with open(path, "ab") as out:
        assert sql("-T", form, "SELECT ip_src FROM packets", DNS, stdout=out).returncode == 0
    assert path.read_text().startswith("kept\n") and path.read_text().count("192.0.2.15") == 3


def test_several_files_patterns_and_standard_input(tmp_path):
    text = "SELECT _file, count(*), max(_number) FROM packets GROUP BY ALL ORDER BY ALL"
    assert len(lines(sql(text, DNS, CAPTURES / "http.pcap"))) == 3
    for name in "ab":
        shutil.copy(DNS, tmp_path / f"{name}.pcap")
    assert len(lines(sql(text, tmp_path / "*.pcap"))) == 3
    assert lines(sql("--no-header", "SELECT count(*) FROM packets", "-", stdin=DNS.read_bytes())) == ["6"]
    twice = sql("SELECT count(*) FROM packets a JOIN packets b USING (ip_id)", "-", stdin=DNS.read_bytes())
    assert (twice.returncode, twice.stderr) == (1, b"steelpkt: the statement reads the packets more than once, which needs "
                                                   b"files\n")


def test_which_packets_and_how_to_read(make):
    count = "SELECT count(*) FROM packets"
    def counted(*words):
        return int(lines(sql("--no-header", *words, count, DNS))[0])
    assert counted("-Y", "dns.flags.response == 1") == counted("-f", "udp src port 53") == 3
    assert counted("--start", "2017-05-03T18:01:20Z", "--end", "1493834486") == 2
    assert counted("-j", "1") == 6
    path = make(pcap(udp(5300, 40000, txt_answer(b"x"))))
    text = "SELECT dns_txt FROM packets"
    assert lines(sql("--no-header", "-d", "udp.port==5300,dns", text, path)) == ["[x]"]
    assert lines(sql("--no-header", "-a", "first", "-d", "udp.port==5300,dns", text, path)) == ["x"]


def test_explain_reads_nothing():
    told = lines(sql("--explain", "SELECT ip_src FROM packets WHERE ip_ttl = 64", DNS))
    assert told == [f"captures {DNS}", "fields   ip.ttl uint8, ip.src string", "filter   ip.ttl == 64", "read     once"]


@pytest.mark.parametrize("words, said", [
    (["SELECT ip_srcc FROM packets", DNS], r'Binder Error: Referenced column "ip_srcc" not found.*\n.*"ip_src"'),
    (["SELEC 1", DNS], r"Parser Error: syntax error at or near \"SELEC\""),
    (["SELECT 1; SELECT 2", DNS], "one SELECT statement is needed"),
    (["DROP TABLE packets", DNS], "one SELECT statement is needed"),
    (["", DNS], "one SELECT statement is needed"),
    (["SELECT 1"], "a statement and a capture are needed"),
    (["SELECT 1", "no-such-file"], "no-such-file: No such file or directory"),
    (["-Y", "ip.src ==", "SELECT 1", DNS], "ip.src =="),
    (["-T", "tsv", "SELECT 1", DNS], "tsv: not one of table, csv, json, parquet"),
    (["-T", "parquet", "SELECT 1", DNS], "Parquet goes into a file"),
    (["-d", "udp.port==1,dsn", "SELECT 1", DNS], "no such protocol"),
    (["--start", "soon", "SELECT 1", DNS], "soon: not a time"),
    (["-f", "udp prot 53", "SELECT count(*) FROM packets", DNS], "udp prot 53|syntax error"),
])
def test_wrong_usage_is_one_message(words, said):
    done = sql(*words)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"steelpkt: ") and b"Traceback" not in done.stderr
    assert re.search(said, done.stderr.decode()), done.stderr.decode()


def test_nothing_that_is_read_is_written_over(make):
    path = make(DNS.read_bytes(), "a.csv")
    done = sql("-o", path, "SELECT ip_src FROM packets", path)
    assert (done.returncode, done.stderr.decode()) == (1, f"steelpkt: {path}: it is read from and cannot be written\n")
    assert path.read_bytes() == DNS.read_bytes()


def test_damage_counts_up_to_where_it_is(make):
    path = make(DNS.read_bytes()[:-5])
    done = sql("--no-header", "SELECT count(*) FROM packets", path)
    assert (done.returncode, done.stdout) == (2, b"5\n")
    assert done.stderr.decode() == (f"steelpkt: {path}: record data cut, at byte 713 (packet 6): needed 157, had 152\n")


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_full_disk(form):
    with open("/dev/full", "wb") as full:
        done = sql("-T", form, "SELECT ip_src FROM packets", DNS, stdout=full)
    assert done.returncode == 3 and b"No space left on device" in done.stderr and b"Traceback" not in done.stderr


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_terminal_obeys_no_packet(make, form):
    path = make(pcap(udp(53, 40000, txt_answer(b"\x1b]0;owned\x07\xc2\x9b31m"))))
    shown = on_terminal("sql", "-T", form, "-a", "first", "SELECT dns_txt FROM packets", path,
                        env={"PATH": os.environ["PATH"]})
    assert b"owned" in shown
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]", shown)


def test_ctrl_c(tmp_path):
    path = tmp_path / "many.pcap"
    path.write_bytes(DNS.read_bytes() + DNS.read_bytes()[24:] * 200_000)
    child = subprocess.Popen([COMMAND, "sql", "SELECT count(DISTINCT dns_qry_name) FROM packets", *[path] * 40],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(4)
    assert child.poll() is None
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (4, b""), err
    assert b"Traceback" not in err


# ---- how the program is found ----

def test_without_the_program(tmp_path):
    done = run("sql", "SELECT 1", DNS, env={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert done.stderr.decode() == ("steelpkt: sql: this needs the program steelpkt-sql, which is not on the PATH; it comes "
                                    "with the Python package: pip install 'steelpkt[sql]'\n")


@pytest.mark.parametrize("words, passed", [
    (["-Y", "", "-j", "2", "--no-header"], ["-Y", "", "-j2", "--no-header"]),
    (["--threads=2", "--start="], ["-j2", "--start="]),
    (["-f", "", "--end", ""], ["-f", "", "--end="]),
    (["-f", "-x"], ["-f-x"]),
])
def test_options_reach_the_program_with_their_values(tmp_path, words, passed):
    """An empty one, too, and not the word behind it."""
    program = tmp_path / "steelpkt-sql"
    program.write_text("#!/bin/sh\nprintf '<%s>' \"$@\"\n")
    program.chmod(0o755)
    done = run("sql", *words, "SELECT 1", "a.pcap", env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert done.stdout.decode() == "".join(f"<{word}>" for word in [*passed, "--", "SELECT 1", "a.pcap"]), done.stderr


def test_any_program_of_such_a_name_is_a_sub_command(tmp_path):
    program = tmp_path / "steelpkt-hello"
    program.write_text("#!/bin/sh\necho \"$0 $# $2\"\nexit 7\n")
    program.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = run("hello", "-x", "a b", env=env)
    assert (done.returncode, done.stdout.decode()) == (7, f"{program} 2 a b\n")
    for name in ("../hello", "hello/", "Hello", "-hello"):
        assert b"no such" in run(name, env=env).stderr


@pytest.mark.parametrize("words", [("hello",), ("sql", "SELECT 1", DNS)])
def test_a_program_that_cannot_be_run_is_one_message(tmp_path, words):
    program = tmp_path / f"steelpkt-{words[0]}"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o644)
    done = run(*words, env={"PATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == f"steelpkt: {program.name}: cannot be run: Permission denied\n"


def test_a_program_whose_interpreter_is_gone_is_there(tmp_path):
    program = tmp_path / "steelpkt-hello"
    program.write_text("#!/no/such/interpreter\n")
    program.chmod(0o755)
    done = run("hello", env={"PATH": str(tmp_path)})
    assert (done.returncode, done.stderr) == (1, b"steelpkt: steelpkt-hello: cannot be run: No such file or directory\n")


def test_what_such_a_program_is_not_may_be_mistyped(tmp_path):
    """Whatever the system says of a PATH that leads nowhere."""
    (tmp_path / "file").touch()
    done = run("qurey", env={"PATH": f"{tmp_path}:{tmp_path / 'file'}"})
    assert done.stderr == b"steelpkt: qurey: no such sub-command; did you mean query?\n"


def test_such_a_program_may_die_of_a_pipe(tmp_path):
    """What this command ignores, others need not know of."""
    program = tmp_path / "steelpkt-hello"
    program.write_text("#!/bin/sh\nexec grep SigIgn /proc/self/status\n")
    program.chmod(0o755)
    done = run("hello", env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    ignored = int(lines(done)[0].split()[1], 16)
    assert [number for number in (signal.SIGPIPE, signal.SIGXFSZ) if ignored >> (number - 1) & 1] == []


def test_both_programs_have_the_same_options():
    spelled = re.compile(r"^ {2,6}(-\w)?(?:, )?(--[\w-]+)?(?: ([A-Z][\w.]*))?", re.M)
    def options(text):
        return {(short, long, argument) for short, long, argument in spelled.findall(text) if short or long}
    theirs = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
    mine = run("sql", "--help").stdout.decode()
    shown = {(short, long, argument) for short, argument, long in re.findall(
        r"^  (-\w)(?: ([A-Z][\w.]*))?(?:, (--[\w-]+)(?: [A-Z][\w.]*)?)?", theirs, re.M)}
    shown |= {("", long, argument) for long, argument in re.findall(r"^  (--[\w-]+)(?: ([A-Z][\w.]*))?", theirs, re.M)}
    assert shown == options(mine)
    assert Path(PROGRAM).exists() and len(shown) > 12
