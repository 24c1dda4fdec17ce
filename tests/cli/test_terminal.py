"""On a terminal: tables fit into it, and what is longer is shown page by page."""

import re
import unicodedata

import pytest
from running import CAPTURES, on_terminal, pcap, run, udp

DNS = CAPTURES / "dns.pcap"
PLAIN = {"NO_COLOR": "1"}
FIELDS = "frame.number,ip.src,ip.dst,dns.qry.name,dns.a,dns.ns"


def width(line):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


@pytest.mark.parametrize("columns", [20, 40, 79, 80, 81, 100, 120, 200])
def test_no_line_of_a_table_is_wider_than_the_terminal(columns):
    for path in sorted(CAPTURES.glob("*.pcap*")):
        text = on_terminal("query", "-e", "frame.number,frame.time,eth.src,ip.src,ipv6.dst,tcp.flags.str,dns.qry.name,dns.a",
                           path, columns=columns, env=PLAIN).decode()
        # a block's name and the narrowest text beside it take 28
        assert max(map(width, text.splitlines())) <= max(columns, 28), path


def test_a_table_of_80_and_of_120_columns():
    assert on_terminal("query", "-e", FIELDS, "-c", "2", DNS, env=PLAIN).decode().splitlines() == [
        "frame.  ip.src      ip.dst      dns.qry.name  dns.a          dns.ns",
        "number",
        "     1  192.0.2.15  192.0.2.53  riverbed.com",
        "     2  192.0.2.53  192.0.2.15  riverbed.com  208.70.196.59  ns2.riverbed.com,",
        "                                                             ns1.riverbed.com,",
        "                                                             ns4.riverbed.com,",
        "                                                             ns3.riverbed.com"]
    assert on_terminal("query", "-e", FIELDS, "-c", "2", DNS, env=PLAIN, columns=120).decode().splitlines() == [
        "frame.  ip.src      ip.dst      dns.qry.name  dns.a          dns.ns",
        "number",
        "     1  192.0.2.15  192.0.2.53  riverbed.com",
        "     2  192.0.2.53  192.0.2.15  riverbed.com  208.70.196.59  ns2.riverbed.com,ns1.riverbed.com,ns4.riverbed.com,",
        "                                                             ns3.riverbed.com"]


def test_too_many_columns_become_blocks():
    text = on_terminal("query", "-e", "frame.time,eth.src,eth.dst,ip.src,ip.dst,ip.id,dns.qry.name", DNS, env=PLAIN).decode()
    blocks = text.split("\n\n")
    assert len(blocks) == 7 and blocks[-1] == ""
    assert blocks[0].splitlines()[0] == "frame.time    May  3, 2017 18:01:18.390878000 UTC"


def test_nothing_is_left_out_where_there_is_no_terminal(make):
    path = make(pcap(udp(1, 2, bytes(1000))))
    assert "00" * 1000 in run("query", "-T", "table", "-e", "udp.payload", path).stdout.decode()
    assert on_terminal("query", "-e", "udp.payload", path, env=PLAIN).decode().endswith("00...\n")
    assert "00" * 1000 in on_terminal("query", "-T", "tsv", "-e", "udp.payload", path).decode()


def test_names_of_columns_stand_out_in_colour():
    assert on_terminal("query", "-e", "ip.src", "-c", "1", DNS) == b"\x1b[1mip.src\n\x1b[0m192.0.2.15\n"


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_list_of_fields_fits(columns):
    text = on_terminal("fields", columns=columns).decode()
    told = [line.rstrip() for line in text.splitlines()]
    assert max(map(len, told)) <= columns
    everything = re.sub(r"\s+", " ", run("fields").stdout.decode())
    assert re.sub(r"\s+", " ", text) == everything


# ---- pages ----

def paged(words, pager, tmp_path, **more):
    """What went to the pager, and what to the terminal."""
    kept = tmp_path / "kept"
    kept.unlink(missing_ok=True)
    seen = on_terminal(*words, env={"STEELPKT_PAGER": pager.format(kept), "NO_COLOR": "1", **more.pop("env", {})}, **more)
    return kept.read_bytes() if kept.exists() else None, seen


@pytest.mark.parametrize("words", [
    ["show", "-n", "1", DNS], ["query", "-e", "ip.src", DNS], ["fields", "udp"], ["info", DNS], ["query", "--help"],
    ["help", "show"]])
def test_what_may_be_long_goes_to_the_pager(words, tmp_path):
    kept, seen = paged(words, "cat > {}", tmp_path)
    assert kept and seen == b""
    assert paged([*words[:1], "--no-pager", *words[1:]] if words[0] != "help" else words, "", tmp_path) == (None, kept)


def test_no_pages_where_nobody_wants_them(tmp_path):
    words = ["query", "-e", "ip.src", DNS]
    assert paged(words, "cat > {}", tmp_path, env={"TERM": "dumb"})[0] is None
    assert run(*words, env={"STEELPKT_PAGER": f"cat > {tmp_path}/kept", "TERM": "xterm"}).stdout
    assert not (tmp_path / "kept").exists()


def test_whoever_leaves_the_pager_has_seen_enough(make, tmp_path):
    many = make(pcap(*[udp(50000 + n % 1000, 9) for n in range(60000)]))
    kept, seen = paged(["query", "-T", "tsv", "-e", "udp.srcport", many], "head -n 3 > {}", tmp_path)
    assert kept == b"udp.srcport\n50000\n50001\n" and seen == b""


def test_a_pager_that_fails_is_no_success(make):
    many = make(pcap(*[udp(50000 + n % 1000, 9) for n in range(60000)]))
    text = on_terminal("query", "-e", "udp.srcport", many, env={"STEELPKT_PAGER": "no-such-pager"}, code=3)
    assert re.search(rb"no-such-pager", text)


def test_damage_is_told_behind_the_pages(make, tmp_path):
    cut = make(pcap(udp(1, 9), udp(2, 9))[:-5])
    kept, seen = paged(["query", "-e", "udp.srcport", cut], "cat > {}", tmp_path, code=2)
    assert kept == b"udp.srcport\n          1\n" and b"needed" in seen
