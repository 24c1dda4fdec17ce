"""A query as a LazyFrame: what is pushed down, and that the answers are those of the whole table."""

import datetime
import logging
from pathlib import Path

import polars
import pytest
from polars import col
from polars.testing import assert_frame_equal

import steelpkt

ROOT = Path(__file__).resolve().parents[2]
CAPTURES = ROOT / "tests/captures"
DNS = CAPTURES / "dns.pcap"
FIELDS = ["frame.number", "frame.time_epoch", "frame.time_delta", "ip.src", "ip.ttl", "udp.srcport", "udp.port",
          "udp.payload", "dns.flags.response", "dns.qry.name", "tcp.flags.syn", "tcp.options.nop"]
WHEN = datetime.datetime(2017, 5, 3, 18, 1, 20)


class Told(logging.Handler):
    """What the package tells of its reading."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.passes = []

    def emit(self, record):
        query, limit = record.args
        self.passes.append((list(query.fields), query.filter, limit))


@pytest.fixture
def told():
    handler, logger = Told(), logging.getLogger("steelpkt")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler.passes
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def both_ways(work, path=DNS, fields=FIELDS, **options):
    """What an operation gives over the scan, after it was compared with what it gives over the whole table."""
    query = steelpkt.query(path, fields, **options)
    pushed = work(query.lazy()).collect()
    assert_frame_equal(pushed, work(query.to_polars().lazy()).collect())
    return pushed


@pytest.mark.parametrize("predicate, pushed", [
    (col("ip.ttl") == 64, "ip.ttl == 64"),
    (64 < col("ip.ttl"), "ip.ttl > 64"),
    (col("ip.ttl") != 64, "ip.ttl !== 64"),
    (col("ip.src") == "192.0.2.15", "ip.src == 192.0.2.15"),
    (col("udp.srcport").is_in([53, 123]), "(udp.srcport == 53) || (udp.srcport == 123)"),
    (col("ip.ttl").is_between(10, 63, closed="left"), "(ip.ttl >= 10) && (ip.ttl < 63)"),
    (col("udp.port").list.contains(53), "udp.port == 53"),
    (col("dns.flags.response"), "dns.flags.response == 1"),
    (~col("dns.flags.response"), "dns.flags.response == 0"),
    (col("dns.flags.response").is_not_null(), "dns.flags.response"),
    (col("dns.qry.name").is_not_null(), None),
    (col("frame.time_epoch") >= WHEN, "frame.time_epoch >= 1493834480.000000000"),
    ((col("ip.ttl") == 64) | (col("ip.ttl") < 3), "(ip.ttl == 64) || (ip.ttl < 3)"),
    ((col("ip.ttl") == 64) & (col("frame.time_delta") > datetime.timedelta(1)), "ip.ttl == 64"),
    ((col("ip.ttl") == 64) | (col("frame.time_delta") > datetime.timedelta(1)), None),
    (col("ip.ttl") == 300, None),
    (col("ip.ttl") + 1 == 65, None),
    (col("ip.ttl").is_null(), None),
    (~(col("ip.ttl") == 64), "ip.ttl !== 64"),
    (~((col("ip.ttl") == 64) & (col("udp.srcport") == 53)), "(ip.ttl !== 64) || (udp.srcport !== 53)"),
    (~(col("ip.ttl").is_between(3, 64)), "(ip.ttl < 3) || (ip.ttl > 64)"),
    (col("udp.payload") == b"x", None),
    (col("ip.src") < "192.0.2.5", None),
    (col("ip.src").is_in(["192.0.2.15", None], nulls_equal=True), None),
    (col("dns.qry.name").list.len() > 0, None),
    (col("ip.ttl") > polars.lit(None), None),
], ids=str)
def test_predicates(told, predicate, pushed):
    both_ways(lambda frame: frame.filter(predicate).select(FIELDS))
    assert [text for _, text, _ in told] == [pushed]


def test_text_predicates(told):
    fields, first = ["frame.number", "dns.qry.name"], {"occurrence": "first"}
    name = col("dns.qry.name")
    for predicate, pushed in [(name.str.starts_with("www"), 'dns.qry.name contains "www"'),
                              (name.str.contains("e.a", literal=True), 'dns.qry.name contains "e.a"'),
                              (name.str.ends_with(".com"), 'dns.qry.name contains ".com"'),
                              (name == "riverbed.com", 'dns.qry.name == "riverbed.com"'),
                              (name.str.contains("^w+"), None)]:
        both_ways(lambda frame, wanted=predicate: frame.filter(wanted), fields=fields, **first)
        assert told.pop()[1] == pushed


def test_only_the_columns_that_are_needed(told):
    frame = steelpkt.query(DNS, FIELDS).lazy()
    frame.select("ip.src").collect()
    frame.filter(col("ip.ttl") == 64).select("ip.src").collect()
    assert frame.select(polars.len()).collect().item() == 6
    frame.group_by("ip.src").agg(col("udp.srcport").max()).collect()
    counted = told.pop(2)[0]
    assert len(counted) == 1
    assert [fields for fields, _, _ in told] == [["ip.src"], ["ip.src", "ip.ttl"], ["ip.src", "udp.srcport"]]


def test_only_as_many_rows_as_are_needed(told):
    assert both_ways(lambda frame: frame.head(2)).height == 2
    assert both_ways(lambda frame: frame.head(0)).height == 0
    assert both_ways(lambda frame: frame.head(3).filter(col("dns.flags.response"))).height == 1
    assert both_ways(lambda frame: frame.filter(col("dns.flags.response")).head(2)).height == 2
    assert [(text, limit) for _, text, limit in told] == [(None, 2), (None, 3), ("dns.flags.response == 1", None)]


def test_what_counts_kept_packets_is_not_narrowed(told):
    """A limit, or a time since the packet kept before, is of the query's rows."""
    assert both_ways(lambda frame: frame.filter(col("dns.flags.response")), limit=3).height == 1
    assert both_ways(lambda frame: frame.head(4), limit=3).height == 3
    shown = ["frame.time_delta_displayed", "dns.flags.response"]
    both_ways(lambda frame: frame.filter(col("dns.flags.response")), fields=shown)
    assert [(text, limit) for _, text, limit in told] == [(None, 3), (None, 3), (None, None)]


def test_a_filter_of_the_querys_own_stays(told):
    both_ways(lambda frame: frame.filter(col("ip.ttl") < 64).select("ip.src"), filter="udp || icmp")
    assert told == [(["ip.src", "ip.ttl"], "(udp || icmp) && (ip.ttl < 64)", None)]


def test_underscores_dictionaries_and_several_files(told):
    paths = [DNS, CAPTURES / "http.pcap", CAPTURES / "icmp-errors.pcap.gz"]
    found = both_ways(lambda frame: frame.filter(col("ip_src") == "192.0.2.15").select("frame_number", "ip_src"), path=paths,
                      names="underscores")
    assert found.height == 3
    assert told[0][0] == ["frame.number", "ip.src"]
    query = steelpkt.query(paths, FIELDS, dictionary=True)
    chosen = query.lazy().filter(col("ip.src") == "192.0.2.15").select("frame.number").collect()
    assert chosen["frame.number"].to_list() == found["frame_number"].to_list()


@pytest.mark.parametrize("occurrence", ["auto", "first", "last", "all"])
def test_addresses_inside_other_packets_are_not_taken_for_the_columns(occurrence):
    """A filter looks into the packets that ICMP quotes; the column is the outermost, and so is the answer."""
    path = CAPTURES / "icmp-errors.pcap.gz"
    query = steelpkt.query(path, ["ip.src"], occurrence=occurrence)
    sources = {one for row in query for one in (row[0] if isinstance(row[0], list) else row) if one}
    for source in sources:
        wanted = col("ip.src").list.contains(source) if occurrence == "all" else col("ip.src") == source
        both_ways(lambda frame, wanted=wanted: frame.filter(wanted), path, ["frame.number", "ip.src"], occurrence=occurrence)


def test_the_plan_says_what_is_read():
    plan = steelpkt.query(DNS, ["ip.src", "ip.ttl"]).lazy().filter(col("ip.ttl") == 64).select("ip.src").explain()
    assert "PYTHON[STEELPKT] SCAN" in plan and "dns.pcap" in plan and 'col("ip.ttl")' in plan


def test_damage_is_an_error_also_here(tmp_path):
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(DNS.read_bytes()[:-5])
    with pytest.raises(Exception, match="record data cut"):
        steelpkt.query(cut, FIELDS).lazy().collect()
