"""-d: what sits at a key is taken for something else, as tshark does it."""

import os
import shutil
import subprocess

import pytest
from running import CAPTURES, lines, pcap, run, txt_answer, udp

FIELDS = ("udp.dstport", "dns.qry.name", "icmp.type", "ip.proto")


def protocols(path, *rules, command="query"):
    words = [word for rule in rules for word in ("-d", rule)]
    return lines(run(command, *words, "-T", "fields", "-e", "frame.protocols", path))


def test_a_port_is_decoded_as(make):
    path = make(pcap(udp(5300, 40000, txt_answer(b"x")), udp(53, 40000, txt_answer(b"x"))))
    assert protocols(path) == ["eth:ethertype:ip:udp:data", "eth:ethertype:ip:udp:dns"]
    assert protocols(path, "udp.port==5300,dns", "ip.proto==6,udp") == ["eth:ethertype:ip:udp:dns"] * 2
    assert protocols(path, "udp.port==53:1,llmnr")[1] == "eth:ethertype:ip:udp:llmnr"
    for words in (["-Y", "dns"], ["-Y", "dns.txt contains x"]):
        assert lines(run("query", "-d", "udp.port==5300,dns", *words, "-T", "fields", "-e", "dns.txt", path)) == ["x"] * 2
    shown = run("show", "-d", "udp.port==5300,dns", "-n", "1", path).stdout
    assert b"Domain Name System" in shown
    assert b"Packets       2" in run("info", "-d", "udp.port==5300,dns", "-Y", "dns", path).stdout


def test_convert_filters_by_it(make, tmp_path):
    path = make(pcap(udp(5300, 40000, txt_answer(b"x")), udp(5301, 40000, txt_answer(b"x"))))
    assert run("convert", "-d", "udp.port==5300,dns", "-Y", "dns", path, tmp_path / "out.pcap").returncode == 0
    assert lines(run("query", "-T", "fields", "-e", "udp.srcport", tmp_path / "out.pcap")) == ["5300"]


@pytest.mark.parametrize("rule, what", [
    ("udp.port", "not LAYER_TYPE==KEYS,PROTOCOL as in udp.port==5300,dns"),
    ("udp.prot==53,dns", "no such layer type; did you mean udp.port?"),
    ("application==53,dns", "no such layer type; there are link, "),
    ("udp.port==53,dsn", "no such protocol; did you mean dns?"),
    ("udp.port==x,dns", "a key is a number"), ("udp.port==0-999999,dns", "too many keys"),
])
def test_a_wrong_rule_is_refused(three, rule, what):
    result = run("query", "-e", "ip.src", "-d", rule, three)
    assert result.returncode == 1 and result.stdout == b"" and what in result.stderr.decode()


@pytest.mark.skipif(shutil.which("tshark") is None, reason="no tshark here")
@pytest.mark.parametrize("rules", [
    ["udp.port==53,llmnr"], ["udp.port==1024-65535,mdns"], ["tcp.port==80,dns"],
    ["ip.proto==17,icmp"], ["udp.port==53,ip", "udp.port==53,dns"], ["ethertype==0x0806:1,mpls"], ["udp.port=0x35,mdns"],
])
@pytest.mark.parametrize("name", ["dns.pcap", "dns-udp.pcapng", "dns-tcp.pcap", "http.pcap", "http-ipv6.pcapng",
                                  "neighbours.pcapng"])
def test_tshark_agrees(name, rules):
    words = [word for rule in rules for word in ("-d", rule)]
    words += ["-T", "fields"] + [word for field in FIELDS for word in ("-e", field)]
    wanted = subprocess.run(["tshark", "-n", "-r", CAPTURES / name, *words], capture_output=True, check=True,
                            env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}).stdout
    assert run("query", *words, CAPTURES / name).stdout == wanted
