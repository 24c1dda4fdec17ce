"""query --count, --sum and the like: the same as counting the rows of a query by hand, in every form, by any threads."""

import collections
import csv
import io
import json

import pytest

from running import CAPTURES, lines, on_terminal, pcap, run, udp

SOME = [CAPTURES / name for name in ("dns-udp.pcapng", "mixed.pcapng", "tcp.pcap", "icmp-errors.pcap.gz")]


def rows(fields, *words):
    """The rows of a query, typed: a scalar is a list of one."""
    told = lines(run("query", "-T", "json", "-e", ",".join(fields), *words))
    return [[value if isinstance(value, list) else [value] for value in json.loads(line).values()] for line in told]


def by_hand(keys, *words):
    """Packets, bytes, least and greatest length and how many destinations, by hand."""
    groups = {}
    for *key, length, target in rows([*keys, "frame.len", "ip.dst"], *words):
        known = groups.setdefault(json.dumps(key), {"packets": 0, "lengths": [], "targets": set()})
        known["packets"] += 1
        known["lengths"] += length
        known["targets"] |= {one for one in target if one is not None}
    return [[*[value for value in json.loads(key)], known["packets"], sum(known["lengths"]), min(known["lengths"]),
             max(known["lengths"]), len(known["targets"])] for key, known in groups.items()]


TOTALS = ["--count", "--sum", "frame.len", "--min", "frame.len", "--max", "frame.len", "--distinct", "ip.dst"]


def listed(line):
    return [value if isinstance(value, list) else [value] for value in json.loads(line).values()]


@pytest.mark.parametrize("keys", [["ip.src"], ["ip.proto", "dns.qry.name"], ["udp.port"], ["eth.src", "ip.flags.df"],
                                  ["frame.time_delta"], ["_file", "_number"]])
@pytest.mark.parametrize("threads", [1, 3])
def test_groups_are_what_counting_by_hand_gives(keys, threads):
    expected = by_hand(keys, *SOME)
    told = lines(run("query", "-T", "json", "-j", threads, "-e", ",".join(keys), *TOTALS, *SOME))
    got = [[*listed(line)[:len(keys)], *[one for [one] in listed(line)[len(keys):]]] for line in told]
    assert len(got) > 1 and got == expected


def test_the_rows_of_uniq():
    counted = collections.Counter(lines(run("query", "-T", "fields", "-a", "all", "-e", "ip.src", *SOME)))
    told = lines(run("query", "-T", "fields", "-a", "all", "-e", "ip.src", "--count", *SOME))
    assert told == [f"{source}\t{count}" for source, count in counted.items()]
    assert any("," in line for line in told)


def test_top_has_the_largest_first_and_counts_where_nothing_is_said():
    every = [line.split("\t") for line in lines(run("query", "-T", "fields", "-e", "ip.src", "--count", *SOME))]
    best = sorted(every, key=lambda pair: -int(pair[1]))[:3]
    assert [line.split("\t") for line in lines(run("query", "-T", "fields", "-e", "ip.src", "--top", 3, *SOME))] == best


def test_without_keys_there_is_one_row_also_of_nothing():
    words = ["query", "-T", "tsv", "--count", "--sum", "frame.len", "--max", "ip.src"]
    assert lines(run(*words, "-Y", "tcp.port == 0", *SOME)) == ["count\tsum(frame.len)\tmax(ip.src)", "0\t\t"]
    assert int(lines(run("query", "--count", *SOME))[1]) == len(rows(["frame.number"], *SOME))


def test_every_form_has_the_same_answer():
    words = ["query", "-e", "ip.src", "--count", "--sum", "frame.time_delta", "--distinct", "dns.qry.name", *SOME]
    tsv = [line.split("\t") for line in lines(run(*words, "-T", "tsv"))]
    assert list(csv.reader(io.StringIO(run(*words, "-T", "csv").stdout.decode(), newline=""))) == tsv
    told = [json.loads(line, parse_float=str) for line in lines(run(*words, "-T", "json"))]
    assert [list(one) for one in told] == [tsv[0]] * (len(tsv) - 1)
    assert [["" if value is None else str(value) for value in one.values()] for one in told] == tsv[1:]
    table = lines(run(*words, "-T", "table"))
    assert table[0].split() == tsv[0] and len(table) == len(tsv)
    assert on_terminal(*words, env={"NO_COLOR": "1"}).split()[:4] == [name.encode() for name in tsv[0]]


def test_ends_and_order_of_values(make):
    capture = make(pcap(udp(7, 1, addresses=("10.0.0.9", "192.0.2.1")), udp(300, 1, addresses=("9.9.9.9", "192.0.2.1"))))
    words = ["--min", "ip.src", "--max", "ip.src", "--min", "udp.srcport", "--max", "udp.srcport", "--sum", "udp.srcport"]
    assert lines(run("query", "-T", "fields", *words, capture)) == ["9.9.9.9\t10.0.0.9\t7\t300\t307"]


def test_memory_is_bounded_and_what_is_left_out_is_told(make):
    packets = [(1, 0, udp(number % 60000, number // 60000)) for number in range(70_000)]
    capture = make(pcap(*packets, *packets))
    words = ["query", "-T", "fields", "-e", "udp.srcport,udp.dstport", "--count"]
    whole = run(*words, capture)
    assert whole.returncode == 0 and whole.stdout.count(b"\n") == 70_000
    few = [run(*words, "--group-memory", 2_000_000, "-j", threads, capture) for threads in (1, 3)]
    for result in few:
        kept = result.stdout.splitlines()
        assert result.returncode == 3 and 100 < len(kept) < 60_000
        assert kept == whole.stdout.splitlines()[:len(kept)]  # those that were there first are exact
        left = sum(int(line.split(b"\t")[2]) for line in whole.stdout.splitlines()[len(kept):])
        assert f"{left} packets".encode() in result.stderr


@pytest.mark.parametrize("words, said", [
    (["-e", "ip.src", "--sum", "dns.qry.name"], "dns.qry.name: its values cannot be summed"),
    (["-e", "ip.src", "--sum", "frame.lenn"], "did you mean frame.len"),
    (["-e", "ip.src", "--group-memory", "5"], "it goes with --count"),
    (["-e", "ip.src", "--top", "0"], "a number from 1 on"),
])
def test_what_cannot_be_asked_is_said(words, said):
    result = run("query", *words, SOME[0])
    assert result.returncode == 1 and said in result.stderr.decode() and not result.stdout


def test_damage_is_told_behind_what_was_counted(tmp_path):
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(pcap(udp(1, 2), udp(3, 4))[:-1])
    for threads in (1, 2):
        result = run("query", "-j", threads, "-T", "fields", "--count", cut)
        assert result.returncode == 2 and result.stdout == b"1\n" and b"packet 2" in result.stderr
