"""-Y: which packets a display filter keeps, and how a wrong one is told."""

import json

import pytest
from running import CAPTURES, lines, pcap, run, udp

DNS = CAPTURES / "dns.pcap"


def numbers(expression, *words):
    return [int(n) for n in lines(run("query", "-T", "tsv", "--no-header", "-e", "frame.number", "-Y", expression,
                                      *words))]


def test_packets_keep_their_numbers(three):
    assert numbers("udp.srcport == 1001", three) == [2]
    assert numbers("udp.srcport in {1000, 1002..1010}", three) == [1, 3]
    assert numbers("frame.number > 1", three, three) == [2, 3, 4, 5, 6]
    assert numbers("", three) == [1, 2, 3]


def test_filter_limit_and_window_work_together(three):
    assert numbers("udp.srcport > 1000", "-c", "2", three) == [2]
    assert numbers("udp.srcport > 1000", "--rows", "1", three) == [2]
    assert numbers("udp", "-f", "src port 1002", three) == [3]


def test_show_and_info_take_the_same_filters(three):
    shown = lines(run("show", "--json", "-Y", "udp.srcport != 1001", three))
    assert [json.loads(line)["number"] for line in shown] == [1, 3]
    told = json.loads(lines(run("info", "--json", "--display-filter", "udp.srcport != 1001", three))[0])
    assert (told["packets"], told["last"]) == (2, 3)
    assert json.loads(lines(run("info", "--json", "-Y", "tcp", three))[0])["packets"] == 0


@pytest.mark.parametrize("expression, told", [
    ("ip.sr == 192.0.2.1", "steelpkt: filter: unknown field; did you mean ip.src?\nip.sr == 192.0.2.1\n^~~~~\n"),
    ("udp and ip.src == 300.1.2.3", None),
    ("udp &&", "steelpkt: filter: something is missing at the end\nudp &&\n      ^\n"),
    ('dns.qry.name == "\u00fcber" = 1', None),
])
def test_a_wrong_filter_is_shown_with_a_mark(expression, told, three):
    result = run("query", "-e", "ip.src", "-Y", expression, three)
    assert (result.returncode, result.stdout) == (1, b"")
    said = result.stderr.decode()
    if told:
        assert said == told
    shown, mark = said.splitlines()[-2:]
    assert shown == expression
    assert mark.strip().startswith("^")


def test_the_mark_stands_under_the_word(three):
    said = run("info", "-Y", 'dns.qry.name == "\u00fc" = 1', three).stderr.decode().splitlines()
    assert said[-2].index("= 1") == said[-1].index("^")


def test_a_long_filter_is_cut_around_the_mark(three):
    said = run("show", "-Y", "udp or " * 40 + "ip.srcc or " + "udp or " * 40 + "udp", three).stderr.decode()
    shown, mark = said.splitlines()[-2:]
    assert shown[mark.index("^"):].startswith("ip.srcc") and len(shown) < 80


def test_control_characters_in_a_filter_do_not_reach_the_terminal(three):
    assert b"\x1b" not in run("query", "-e", "ip.src", "-Y", "udp\x1b[31m", three).stderr


def test_a_filter_that_calculates_with_too_much_says_so(make):
    capture = make(pcap(udp(1, 2)))
    result = run("query", "-e", "ip.src", "-Y", "udp.port + " * 17 + "udp.port == 1", capture)
    assert result.returncode != 0 and b"too many values" in result.stderr


@pytest.mark.parametrize("expression", [
    "eth.src[0:2] & ip.src", "ip.src[0:2] & ip.dst", "ip.src & ip.dst[0:4]", "ipv6.src & eth.src[0:2]",
])
def test_an_address_is_not_calculated_with_a_part_of_bytes(expression, three):
    """So Wireshark has it, which compares the two all the same."""
    said = run("query", "-e", "ip.src", "-Y", expression, three)
    assert said.returncode == 1
    assert said.stderr.startswith(b"steelpkt: filter: these two cannot be calculated with each other\n")
    assert numbers(expression.replace("&", "=="), three) == []


def test_the_upper_end_of_a_set_may_be_wider_than_what_is_looked_for(make):
    """An ICMPv6 node information query (RFC 4620 section 4) whose nonce is 2^32 + 1."""
    query = bytes([139, 0]) + bytes(6) + (2 ** 32 + 1).to_bytes(8, "big")
    ip6 = bytes.fromhex("60000000") + len(query).to_bytes(2, "big") + bytes([58, 64]) + bytes(32)
    path = make(pcap(bytes(12) + b"\x86\xdd" + ip6 + query))
    assert numbers("icmpv6.type in {1..icmpv6.ni.nonce}", path) == [1]
    assert numbers("icmpv6.type in {140..icmpv6.ni.nonce}", path) == []
