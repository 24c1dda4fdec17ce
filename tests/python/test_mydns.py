"""The DNS of the conversion chapter: what examples/mydns reads in C is what dns_purepy reads, and each step of it builds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from steelscript.packets.protos import dns_purepy

import steelpkt

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "examples" / "mydns" / "mydns.c").read_text()
CAPTURES = ("dns.pcap", "dns-udp.pcapng", "mdns.pcapng", "multicast.pcap", "dns-signed.pcapng.zst")
HEADER = ("ident", "query_resp", "op_code", "authoritative", "truncated", "recursion_requested", "recursion_available",
          "authentic_data", "check_disabled", "resp_code", "query_count", "answer_count", "auth_count", "ad_count")
SECTIONS = ("answers", "authority", "ad")
DATA = ("query_name", "a", "aaaa", "host", "mname", "serial", "minimum")

# What a process that has loaded the plug-in says of messages, given as hexadecimal digits.
SAYS = """
import json, sys
import steelpkt
steelpkt.load_plugin(sys.argv[1])
asked = json.load(sys.stdin)
said = []
for data in map(bytes.fromhex, asked["messages"]):
    message = steelpkt.MyDNS(data)
    said.append({
        "header": [int(getattr(message, name)) for name in asked["header"]],
        "queries": [[query.query_name, query.query_type, query.query_class] for query in message.queries],
        "records": [[[record.domain_name, record.res_type, record.res_class, record.res_ttl, record.res_len]
                     for record in getattr(message, section)] for section in asked["sections"]],
        "data": {name: message.all("mydns." + name) for name in asked["data"]},
        "same bytes": message.pkt2net({}) == data,
    })
question = steelpkt.MyDNSQuery(query_name="www.example.com", query_type=28)
made = steelpkt.MyDNS(ident=7, recursion_requested=1, queries=[question])
for name, section in (("www.example.com", made.answers), ("ns.example.com", made.ad), ("a\\\\.b.com", made.ad)):
    section.append(steelpkt.MyDNSResource(domain_name=name, res_ttl=60, res_data=bytes([192, 0, 2, 7])))
json.dump({"said": said, "built": made.pkt2net({"update": 1}).hex()}, sys.stdout)
"""


def messages():
    """What dns_purepy can read of the DNS messages in the captures, each once."""
    found = {}
    for name in CAPTURES:
        for record in steelpkt.open(ROOT / "tests" / "captures" / name):
            packet = record.decode()
            for layer in packet:
                if layer.pkt_name in ("DNS", "MDNS"):
                    found.setdefault(bytes(layer))
    for data in found:
        try:
            yield data, dns_purepy.DNS(data)
        except ValueError:
            pass


@pytest.fixture(scope="module")
def mydns(plugin_of):
    return plugin_of(SOURCE, "mydns")


def ask(plugin, data):
    asked = {"messages": [message.hex() for message in data], "header": HEADER, "sections": SECTIONS,
             "data": DATA}
    done = subprocess.run([sys.executable, "-c", SAYS, plugin], input=json.dumps(asked), capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def data_of(python, *kinds):
    """The data of all records of those kinds, in the order of the message."""
    return [record.res_data for section in SECTIONS for record in getattr(python, section) if record.res_type in kinds]


def test_messages_are_read_alike(mydns):
    known = list(messages())
    assert len(known) > 60 and sum(len(python.answers) for _, python in known) > 60
    for (data, python), said in zip(known, ask(mydns, [data for data, _ in known])["said"], strict=True):
        assert said["same bytes"], data
        assert said["header"] == [getattr(python, name) for name in HEADER]
        assert said["queries"] == [[query.query_name, query.query_type, query.query_class] for query in python.queries]
        assert said["records"] == [[[record.domain_name, record.res_type, record.res_class, record.res_ttl,
                                     record.res_len] for record in getattr(python, section)] for section in SECTIONS]
        assert said["data"]["a"] == data_of(python, 1)
        assert said["data"]["aaaa"] == data_of(python, 28)
        assert said["data"]["host"] == data_of(python, 2, 5, 12)
        zones = [text.replace(",", "").split() for text in data_of(python, 6)]
        assert said["data"]["mname"] == [words[2] for words in zones]
        assert [[serial, minimum] for serial, minimum in zip(said["data"]["serial"], said["data"]["minimum"])] == [
            [int(words[6]), int(words[14])] for words in zones]


def test_messages_that_are_cut_keep_what_is_whole(mydns):
    data, python = max(messages(), key=lambda known: len(known[1].answers + known[1].authority))
    whole = [record.domain_name for section in SECTIONS for record in getattr(python, section)]
    counts = []
    for said in ask(mydns, [data[:cut] for cut in range(12, len(data) + 1)])["said"]:
        names = [record[0] for section in said["records"] for record in section]
        assert said["same bytes"] and names == whole[:len(names)]
        counts.append(len(names))
    assert counts == sorted(counts) and counts[0] == 0 and counts[-1] == len(whole)


def test_a_name_that_leads_nowhere_is_none(mydns):
    """A pointer to itself, one forwards, a label that is cut, one of a length that there is not."""
    head = bytes([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    wrong = [head + name + b"\0\1\0\1" for name in (b"\xc0\x0c", b"\xc0\x40\0\0", b"\x09abc", b"\x40abc\0")]
    for said in ask(mydns, wrong)["said"]:
        assert said["same bytes"] and said["header"][10] == 1 and said["data"]["query_name"] == []


def test_names_are_shortened_as_in_python(mydns):
    python = dns_purepy.DNS(ident=7, recursion_requested=1)
    python.queries.append(dns_purepy.DNSQuery("www.example.com", 28, 1))
    python.answers.append(dns_purepy.DNSResource("www.example.com", 1, 1, 60, 0, "192.0.2.7"))
    python.ad.append(dns_purepy.DNSResource("ns.example.com", 1, 1, 60, 0, "192.0.2.7"))
    dotted = dns_purepy.DNSResource("b.com", 1, 1, 60, 0, "192.0.2.7")
    dotted._domain_name = "a\\.b.com"  # a name that dns_purepy reads, and lets nobody set
    python.ad.append(dotted)
    assert ask(mydns, [])["built"] == python.pkt2net({"update": 1}).hex()


@pytest.mark.parametrize("step", [1, 2, 3])
def test_each_step_builds_and_has_its_fields(plugin_of, step):
    plugin = plugin_of(f"#define STEP {step}\n{SOURCE}", f"step{step}")
    listed = subprocess.run([sys.executable, "-m", "steelpkt", "fields", "-P", plugin, "--tsv", "mydns"],
                            capture_output=True, text=True, check=True).stdout
    names = {line.split("\t")[0] for line in listed.splitlines()}
    assert {"mydns." + name for name in HEADER} <= names
    assert ("mydns.query_type" in names) == (step >= 2) and ("mydns.label" in names) == (step == 2)
    assert "mydns.res_type" not in names
