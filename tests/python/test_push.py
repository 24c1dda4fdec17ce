"""Predicates pushed down as display filters: the filter keeps every packet that the predicate wants, for every field."""

from pathlib import Path

import pytest

import steelpkt
from steelpkt import _core, _push

ROOT = Path(__file__).resolve().parents[2]
CAPTURES = sorted(path for path in (ROOT / "tests/captures").iterdir() if ".pcap" in path.name)
SIGNS = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
         ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


def fields_of(path):
    """The fields, each with whether they are times; durations are never pushed."""
    import pyarrow
    schema = steelpkt.query(path, _core._fields()).schema
    return [(column.name, pyarrow.types.is_timestamp(column.type)) for column in schema
            if not pyarrow.types.is_duration(column.type)]


def wanted(values, sign, value):
    """The rows, from 0, of which a predicate is true: in a list, of which any value is equal."""
    hold = SIGNS[sign]
    return {row for row, have in enumerate(values)
            if (value in have if isinstance(have, list) else have is not None and hold(have, value))}


def kept(path, text):
    return {row[0] - 1 for row in steelpkt.query(path, "frame.number", filter=text)}


def check_field(path, field, values, moments, limit=3):
    """Gives how many predicates were pushed and how many of these left packets out."""
    pushed = narrowed = 0
    single = [one for have in values for one in (have if isinstance(have, list) else [have]) if one is not None]
    lists = any(isinstance(have, list) for have in values)
    for value in list(dict.fromkeys(single))[:limit]:
        for sign in ["=="] if lists else SIGNS:
            if isinstance(value, bytes) or isinstance(value, str) and sign not in ("==", "!="):
                continue
            text = _push.comparison(field, sign, _push.Moment(value) if moments else value)
            if text is None:
                continue
            keeps, wants = kept(path, text), wanted(values, sign, value)
            assert wants <= keeps, f"{path.name}: {text} loses packet {min(wants - keeps) + 1}"
            pushed, narrowed = pushed + 1, narrowed + (len(keeps) < len(values))
    text = _push.present(field, lists)
    if text is not None:
        assert {row for row, have in enumerate(values) if have is not None} <= kept(path, text), field
    return pushed, narrowed


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_no_packet_is_lost_whatever_the_field(path):
    fields = fields_of(path)
    rows = list(steelpkt.query(path, [field for field, _ in fields], limit=400))
    pushed = narrowed = 0
    for place, (field, moments) in enumerate(fields):
        values = [row[place] for row in rows]
        if any(have is not None and have != [] for have in values):
            more = check_field(path, field, values, moments)
            pushed, narrowed = pushed + more[0], narrowed + more[1]
    assert pushed > 20 and narrowed > 0


@pytest.mark.parametrize("occurrence", ["auto", "first", "all"])
@pytest.mark.parametrize("field", ["ip.ttl", "dns.qry.name"])
def test_a_column_is_null_where_the_frame_s_is(field, occurrence):
    """An empty list is none: of lists no packet is left out."""
    import polars

    from steelpkt._sql import Statement
    query = steelpkt.query([ROOT / "tests/captures/tcp.pcap", ROOT / "tests/captures/dns.pcap"],
                           ["frame.number", field], occurrence=occurrence, names="underscores")
    name = field.replace(".", "_")
    wants = [row[0] for row in query if row[1] is not None]
    scanned = query.lazy().filter(polars.col(name).is_not_null()).collect()
    statement = Statement(f"SELECT frame_number FROM packets WHERE {name} IS NOT NULL ORDER BY 1", query)
    assert scanned["frame_number"].to_list() == wants
    assert [number for number, in statement.execute().fetchall()] == wants
    narrowed = statement.query.filter is not None
    assert narrowed == isinstance(next(row[1] for row in query if row[1]), (int, str))


@pytest.mark.parametrize(("text", "occurrence", "said"), [
    ("SELECT count(*) FROM packets WHERE list_contains(ip_ttl, 64)", "all", "ip.ttl == 64"),
    ("SELECT count(*) FROM packets WHERE dns_qry_name = 'riverbed.com'", "first",
     'dns.qry.name == "riverbed.com"'),
    ("SELECT count(*) FROM packets WHERE list_contains(dns_qry_name, 'riverbed.com')", "auto",
     'dns.qry.name == "riverbed.com"')])
def test_a_statement_is_planned_with_the_values_that_it_will_see(text, occurrence, said):
    from steelpkt._sql import Statement
    path = ROOT / "tests/captures/dns.pcap"
    query = steelpkt.query(path, "frame.number", occurrence=occurrence, names="underscores")
    statement = Statement(text, query)
    wants = len(list(steelpkt.query(path, "frame.number", filter=said)))
    assert statement.needs.filter == said
    assert statement.execute().fetchall() == [(wants,)]
    assert wants > 0


def test_what_can_be_said():
    assert _push.comparison("ip.ttl", "!=", 64) == "ip.ttl !== 64"
    assert _push.comparison("ip.src", "==", "192.0.2.1") == "ip.src == 192.0.2.1"
    assert _push.comparison("ipv6.src", "==", "::1") == "ipv6.src == ::1"
    assert _push.comparison("dns.qry.name", "==", 'a"b\\c\n') == r'dns.qry.name == "a\"b\\c\x0a"'
    assert _push.comparison("frame.time_epoch", ">=", _push.Moment(1500000007)) == "frame.time_epoch >= 1.500000007"
    assert _push.one_of("ip.ttl", [1, 64, 1]) == "(ip.ttl == 1) || (ip.ttl == 64)"
    assert _push.both([None, "udp", _push.contains("dns.qry.name", "w")]) == '(udp) && (dns.qry.name contains "w")'


def test_what_cannot_be_said_keeps_everything():
    for field, sign, value in [("ip.ttl", "==", 300), ("ip.ttl", ">", -1), ("ip.src", "==", "here"), ("ip.src", "<", "1"),
                               ("dns.qry.name", "==", "\ufffd"), ("frame.time_epoch", ">", _push.Moment(-1)),
                               ("udp.payload", "==", b"a"), ("_number", "==", 1), ("ip.ttl", "==", 1.5)]:
        assert _push.comparison(field, sign, value) is None, field
    assert _push.one_of("ip.ttl", [1, 300]) is None
    assert _push.one_of("ip.ttl", []) is None
    assert _push.either(["udp", None]) is None
    assert _push.both([None, None]) is None
