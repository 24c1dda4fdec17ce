"""A query in a notebook: first rows, plan, and nothing of a packet that a browser would obey."""

import html.parser
import struct
from pathlib import Path

import pytest

import steelpkt

ROOT = Path(__file__).resolve().parents[2]
DNS = ROOT / "tests/captures/dns.pcap"
HOSTILE = [b"<script>alert(1)</script>", b"\"><img src=x onerror=alert(1)>", b"</td></table><h1>&amp;", b"'a' & <b>"]


class Page(html.parser.HTMLParser):
    """What a browser makes of HTML: elements, and the texts of the cells."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.attributes, self.cells, self.inside = set(), set(), [], None
        self.rows, self.plan = 0, ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attributes)
        self.rows += tag == "tr"
        self.inside = tag
        if tag in ("td", "th", "strong"):
            self.cells.append("")

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside in ("td", "th", "strong"):
            self.cells[-1] += data
        elif self.inside == "pre":
            self.plan += data


def hostile(path):
    """A capture whose DNS answers carry texts that are HTML."""
    with steelpkt.create(path) as writer:
        for text in HOSTILE:
            message = struct.pack(">HHHHHH", 1, 0x8180, 1, 1, 0, 0) + b"\x01a\0" + struct.pack(">HH", 16, 1)
            message += b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 5, len(text) + 1) + bytes([len(text)]) + text
            packet = (steelpkt.Ethernet(type=0x0800) / steelpkt.IP(src="192.0.2.1", dst="192.0.2.2", proto=17)
                      / steelpkt.UDP(sport=53, dport=40000, payload=message))
            writer.write(packet.pkt2net({"update": 1}), time=1)
    return path


def test_first_rows_and_plan():
    query = steelpkt.query(DNS, "frame.number,frame.time_epoch,frame.time_delta,ip.src,udp.port,udp.payload,dns.a",
                           filter="dns.flags.response == 1", start=0, limit=100)
    page = Page(query._repr_html_())
    assert page.cells[:7] == query.names
    assert page.cells[7:12] == ["2", "2017-05-03 18:01:18.513280000", "0.122402000 s", "192.0.2.53", "53, 49883"]
    assert page.cells[13] == "208.70.196.59" and set(page.cells[12]) <= set("0123456789abcdef")
    assert page.rows == 4
    assert page.plan == query.explain()
    for said in (f"captures {DNS}", "filter   dns.flags.response == 1", "time     0 to the end", "limit    100",
                 "fields   frame.number uint64, frame.time_epoch timestamp[ns]", "udp.port list<uint16>"):
        assert said in query.explain(), query.explain()


def test_only_the_first_rows_are_read():
    page = Page(steelpkt.query([DNS] * 3, "frame.number")._repr_html_())
    assert page.cells == ["frame.number", *map(str, range(1, 11)), "..."]
    assert Page(steelpkt.query([DNS] * 3, "frame.number", limit=10)._repr_html_()).cells[-1] == "10"


@pytest.mark.parametrize("names", ["dots", "underscores"])
@pytest.mark.parametrize("dictionary", [False, True])
def test_what_packets_say_is_text(tmp_path, names, dictionary):
    path = hostile(tmp_path / "<i>&.pcap")
    query = steelpkt.query(path, "_file,dns.txt,udp.payload", names=names, dictionary=dictionary, filter='dns.txt != "<u>"')
    page = Page(query._repr_html_())
    assert page.elements == {"table", "thead", "tbody", "tr", "th", "td", "details", "summary", "pre"}
    assert page.attributes == {"title"}
    assert page.cells[3::3] == [str(path)] * 4
    assert page.cells[4::3] == [text.decode() for text in HOSTILE]
    assert str(path) in page.plan and '"<u>"' in page.plan


def test_damage_stands_below_the_good_rows(tmp_path):
    cut = tmp_path / "<cut>.pcap"
    cut.write_bytes(DNS.read_bytes()[:-5])
    page = Page(steelpkt.query(cut, "frame.number")._repr_html_())
    assert page.cells[:6] == ["frame.number", "1", "2", "3", "4", "5"]
    assert "<cut>.pcap: record data cut" in page.cells[6] and "cut" not in page.elements
    assert "No such file" in Page(steelpkt.query(tmp_path / "none", "ip.src")._repr_html_()).cells[-1]


def test_elements_of_groups_show_what_they_have():
    page = Page(steelpkt.query(DNS, "dns.queries")._repr_html_())
    assert page.cells[1].startswith("dns.qry.name=") and "dns.qry.type=1" in page.cells[1]


def test_types_are_arrows():
    fields = [field for field in steelpkt._core._fields()]
    for options in ({}, {"occurrence": "first"}, {"dictionary": True}, {"occurrence": "all", "dictionary": True}):
        query = steelpkt.query(DNS, fields, **options)
        plain = [str(column.type).replace("list<item: ", "list<") for column in query.schema]
        told = [kind.replace("dictionary<values=string, indices=int32, ordered=0>", "string") for kind in plain]
        assert query.types == told
