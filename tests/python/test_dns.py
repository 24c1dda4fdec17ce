"""DNS in C and in pure Python: the same names, the same bytes, the same results."""

import socket

import pytest

from steelscript.packets.core.inetpkt import IP, UDP, Ethernet
from steelscript.packets.protos import dns as in_c
from steelscript.packets.protos import dns_purepy as in_python

BOTH = pytest.mark.parametrize("dns", [in_c, in_python], ids=["C", "Python"])

ANSWER = ("3e4e8180000100010001000208726976657262656403636f6d0000010001c00c000100010000012c0004d046c43bc00c0002000100069780"
          "0006036e7332c00cc03a001c00010000003c001020010db80000000000000000000000010000291000000000000000")
SOA = ("SOA mname: ns-47.awsdns-05.com, rname: awsdns-hostmaster@amazon.com, serial: 1, refresh: 7200, retry: 900, "
       "expire: 1209600, minimum: 86400")
SOA_BYTES = ("00010000000000010000000003636e6e03636f6d0000060001000003840041056e732d343709617773646e732d3035c01011617773646e"
             "732d686f73746d617374657206616d617a6f6ec0100000000100001c20000003840012750000015180")


def an_answer(dns):
    message = dns.DNS(ident=0x3e4e, query_resp=1, recursion_requested=1, recursion_available=1)
    message.queries.append(dns.DNSQuery("riverbed.com", 1, 1))
    message.answers.append(dns.DNSResource("riverbed.com", 1, 1, 300, 0, "208.70.196.59"))
    message.authority.append(dns.DNSResource("riverbed.com", 2, 1, 432000, 0, "ns2.riverbed.com"))
    message.ad.append(dns.DNSResource("ns2.riverbed.com", 28, 1, 60, 0, "2001:db8::1"))
    message.ad.append(dns.DNSResource("", 41, 4096, 0, 0, ""))
    return message


@BOTH
def test_an_answer_is_built(dns):
    message = an_answer(dns)
    assert message.pkt2net({b"update": 1}).hex() == ANSWER
    assert (message.query_count, message.answer_count, message.auth_count, message.ad_count) == (1, 1, 1, 2)
    assert message.answers[0].res_len == 4


@BOTH
def test_an_answer_is_read(dns):
    message = dns.DNS(bytes.fromhex(ANSWER))
    assert repr(message.queries[0]) == "DNSQuery(query_name=riverbed.com, query_type=1, query_class=1)"
    assert repr(message.answers) == ("[DNSResource(domain_name=riverbed.com, res_type=1, res_class=1, res_ttl=300, "
                                     "res_len=4, res_data=208.70.196.59)]")
    assert message.authority[0].res_data == "ns2.riverbed.com"
    assert [record.domain_name for record in message.ad] == ["ns2.riverbed.com", ""]
    assert message.ad[0].res_data == "2001:db8::1"
    assert (message.ad[1].res_type, message.ad[1].res_class) == (41, 4096)
    assert message.pkt2net({}).hex() == ANSWER
    message.answers[0].res_ttl = 299
    assert message.pkt2net({}).hex() == ANSWER.replace("0000012c0004", "0000012b0004")


@BOTH
def test_soa(dns):
    message = dns.DNS(ident=1)
    message.answers.append(dns.DNSResource("cnn.com", 6, 1, 900, 0, SOA))
    assert message.pkt2net({"update": 1}).hex() == SOA_BYTES
    again = dns.DNS(bytes.fromhex(SOA_BYTES))
    assert again.answers[0].res_data == SOA
    assert again.answers[0].res_len == 65
    with pytest.raises(ValueError):
        message.answers[0].res_data = "SOA mname: too short"
        message.pkt2net({})


@BOTH
def test_a_query_and_all_flags(dns):
    query = dns.DNS(ident=5, recursion_requested=1)
    query.queries.append(dns.DNSQuery("cnn.com", 1, 1))
    assert query.pkt2net({"update": 1}).hex() == "00050100000100000000000003636e6e03636f6d0000010001"
    full = dns.DNS(ident=1, query_resp=1, op_code=5, authoritative=1, truncated=1, recursion_requested=1,
                   recursion_available=1, authentic_data=1, check_disabled=1, resp_code=3, query_count=1, answer_count=2,
                   auth_count=3, ad_count=4)
    assert full.pkt2net({}).hex() == "0001afb30001000200030004"
    for flag in ("query_resp", "authoritative", "truncated", "recursion_requested", "recursion_available",
                 "authentic_data", "check_disabled"):
        setattr(full, flag, 0)
    full.op_code = full.resp_code = 0
    assert full.pkt2net({}).hex() == "0001000000" + "01000200030004"
    with pytest.raises(ValueError):
        full.truncated = 2


@BOTH
def test_counts_are_written_as_they_are_unless_asked(dns):
    message = an_answer(dns)
    message.query_count = 7
    assert message.pkt2net({})[4:12].hex() == "0007000000000000"
    assert message.query_count == 7


@BOTH
def test_without_compression_names_are_whole(dns):
    message = an_answer(dns)
    plain = message.pkt2net({"update": 1, "compress": 0})
    assert plain.count(b"\x08riverbed\x03com\x00") == 5
    again = dns.DNS(plain)
    assert repr(again.answers + again.authority) == repr(message.answers + message.authority)


@BOTH
def test_names_are_checked_where_people_give_them(dns):
    for good in ("a", "a.b.", "_sip._tcp.example.com", "x" * 63 + ".org", "a-b", ""):
        dns.DNSQuery(good, 1, 1)
    for bad in ("-a", "a-", "a..b", "x" * 64, "a_b", "a b", ".a", "x." * 128):
        with pytest.raises(ValueError):
            dns.DNSQuery(bad, 1, 1)
        with pytest.raises(ValueError):
            dns.DNSResource(bad, 1, 1, 0, 0, "1.2.3.4")
    assert dns.DNSQuery("any text!", 16, 1).query_name == "any text!"


@BOTH
def test_any_name_is_read_from_the_wire(dns):
    head = bytes.fromhex("000100000001000000000000")
    for wire, text in ((b"\0", ""), (b"\x03a.b\0", "a\\.b"), (b"\x02\xff \0", "\\255\\032"), (b"\x01*\x01x\0", "*.x")):
        data = head + wire + b"\0\1\0\1"
        message = dns.DNS(data)
        assert message.queries[0].query_name == text
        message.ident = 2
        assert message.pkt2net({}) == b"\0\2" + data[2:]


@BOTH
def test_records_of_other_types_keep_their_octets(dns):
    head = bytes.fromhex("000180000001000100000000")
    name = b"\x01a\x03org\0"
    mail = head + name + b"\0\x0f\0\1" + b"\xc0\x0c\0\x0f\0\1\0\0\0\5\0\x09\0\x0a\4mail\xc0\x0c"
    message = dns.DNS(mail)
    # the name within is written out: it does not depend on the message it came in
    assert message.answers[0].res_data == "\0\x0a\4mail\1a\3org\0"
    other = dns.DNS(ident=1, query_resp=1)
    other.answers.append(message.answers[0])
    assert other.pkt2net({"update": 1}).endswith(b"\0\x0a\4mail\1a\3org\0")
    text = head[:6] + b"\0\1\0\0\0\0" + name + b"\0\1\0\1" + name + b"\0\x10\0\1\0\0\0\5\0\4\3\xff\xfe\0"
    message = dns.DNS(text)
    assert message.answers[0].res_data.encode("utf-8", "surrogateescape") == b"\3\xff\xfe\0"


@BOTH
def test_pointers_must_lead_backwards(dns):
    head = bytes.fromhex("000100000001000000000000")
    for wire in (b"\xc0\x0c", b"\xc0\x20", b"\x01a\xc0\x0e", b"\x40a\0", b"\xc0"):
        data = head + wire + b"\0\1\0\1"
        try:
            message = dns.DNS(data)
        except ValueError:
            continue
        # in C what cannot be followed is kept as it stands
        assert all("@" in query.query_name for query in message.queries)
        assert message.pkt2net({}) == data


def test_wrong_elements_are_refused_when_bytes_are_made():
    message = in_c.DNS()
    for wrong in ("text", 5, None, UDP(), in_c.DNSResource("a", 1, 1, 1, 0, "1.1.1.1")):
        message.queries = [wrong]
        with pytest.raises(TypeError):
            message.pkt2net({})
    message.queries = []
    message.answers = [in_c.DNSQuery("a", 1, 1)]
    with pytest.raises(TypeError):
        message.pkt2net({})
    with pytest.raises(TypeError):
        message.queries = ()
    for arguments in ((), ("a",), ("a", 1)):
        with pytest.raises(TypeError):
            in_c.DNSQuery(*arguments)


@BOTH
def test_above_udp_by_its_port(dns):
    frame = bytes(Ethernet(payload=IP(proto=17, payload=UDP(sport=53, dport=49316, payload=bytes.fromhex(ANSWER)))))
    frame = Ethernet(frame).pkt2net({"csum": 1, "update": 1})
    packet = Ethernet(frame, l7_ports={dns.DNS.default_ports()[0]: dns.DNS})
    assert packet.get_layer("DNS").answers[0].res_data == "208.70.196.59"
    assert packet.get_layer("DNS").get_field_val("dns.answer_count") == 1
    assert packet.errors == []
    assert bytes(packet) == frame
    cut = frame[:-30]
    packet = Ethernet(cut, l7_ports={53: dns.DNS})
    if dns is in_python:
        assert packet.get_layer("UDP").payload.pkt_name == "NullPkt"
        assert isinstance(packet.errors[0], ValueError)
    assert bytes(packet) == cut


def test_both_read_real_messages_alike():
    import steelpkt
    from pathlib import Path
    captures = Path(__file__).resolve().parents[1] / "captures"
    seen = 0
    for name in ("dns.pcap", "dns-udp.pcapng"):
        for record in steelpkt.open(captures / name):
            if record.link_type != 1:
                continue
            one = Ethernet(record.data, l7_ports={53: in_c.DNS}).get_layer("DNS")
            two = Ethernet(record.data, l7_ports={53: in_python.DNS}).get_layer("DNS")
            if one.pkt_name == "NullPkt" or two.pkt_name == "NullPkt":
                continue
            for section in ("queries", "answers", "authority", "ad"):
                assert repr(getattr(one, section)) == repr(getattr(two, section))
            for field in in_python.DNS.query_info()[1]:
                assert one.get_field_val(field) == two.get_field_val(field)
            one.ident = two.ident = 1
            assert one.pkt2net({"update": 1}) == two.pkt2net({"update": 1})
            seen += 1
    assert seen > 20


def test_bits():
    assert in_python.set_bit(0, 3) == 8 and in_python.set_bit(8, 3) == 8
    assert in_python.unset_bit(9, 3) == 1 and in_python.unset_bit(1, 3) == 1
    assert in_python.get_bit(8, 3) == 1
    assert in_python.get_nibble(0xabcd, which=2) == 0xb and in_python.get_nibble(0xabcd, offset=4) == 0xc
    assert in_python.set_nibble(0xabcd, 1, which=0) == 0xabc1
    assert bytes(in_python.hostname_to_label_array("a.bc")) == b"\1a\2bc\0"
    with pytest.raises(ValueError):
        in_python.hostname_to_label_array("a..b")
    assert (in_python.DNSTYPES.AAAA, in_python.dnstypes[28], in_python.DNSRCLASS.IN) == (28, "AAAA", 1)


@BOTH
def test_dig_in_a_few_lines(dns, name_server):
    host, port = name_server
    query = dns.DNS(ident=0x3e4e, recursion_requested=1)
    query.queries.append(dns.DNSQuery("www.example.test", 1, 1))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.sendto(query.pkt2net({b"update": 1}), (host, port))
        reply = dns.DNS(sock.recvfrom(1024)[0])
        assert reply.ident == query.ident
        assert [(record.domain_name, record.res_data) for record in reply.answers] == [("www.example.test", "192.0.2.7")]
        query.ident = query.ident + 1
        query.queries[0] = dns.DNSQuery("example.test", 6, 1)
        sock.sendto(query.pkt2net({b"update": 1}), (host, port))
        reply = dns.DNS(sock.recvfrom(1024)[0])
        assert reply.answers[0].res_data.startswith("SOA mname: ns.example.test, rname: keeper@example.test, serial: 7, ")
