"""How packet classes behave: construction, attributes, layers, encoding, and what goes wrong how."""

import copy
import gc
import pickle
import re
import struct
from array import array

import pytest

import steelpkt
from steelpkt import (ARP, DNS, ICMP, IGMP, IP, MPLS, PKT, TCP, UDP, VLAN, DNSQuery, Ethernet, IGMPGroupRecord, Ip4Ph, IPv6,
                      NetflowSimple, NullPkt, PacketError)

UDP_FRAME = Ethernet(src_mac="00:00:5e:00:53:01", dst_mac="00:00:5e:00:53:02",
                     payload=IP(src="192.0.2.1", dst="192.0.2.2", proto=17,
                                payload=UDP(sport=5000, dport=53, payload=b"hello"))).pkt2net({"csum": 1, "update": 1})
TCP_FRAME = Ethernet(payload=IP(src="192.0.2.1", dst="192.0.2.2", proto=6,
                                payload=TCP(sport=5000, dport=80, flag_ack=1, flag_psh=1, payload=b"GET"))).pkt2net(
                                    {"csum": 1, "update": 1})


# ---- bytes in, bytes out ----

@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda data: array("B", data)])
def test_any_bytes_like_object_is_a_packet(kind):
    assert Ethernet(kind(UDP_FRAME)).payload.src == "192.0.2.1"
    assert Ethernet(data=kind(UDP_FRAME)).get_layer("UDP").dport == 53


def test_packet_data_is_copied_unless_it_is_bytes():
    data = bytearray(UDP_FRAME)
    packet = Ethernet(data)
    data[0] = 0xff
    assert bytes(packet) == UDP_FRAME
    assert Ethernet(UDP_FRAME).pkt2net({}) is UDP_FRAME


@pytest.mark.parametrize("wrong", ["text", 5, None, [1, 2], object()])
def test_what_is_no_packet(wrong):
    with pytest.raises(TypeError):
        Ethernet(wrong)
    with pytest.raises(TypeError):
        Ethernet(UDP_FRAME, wrong)


@pytest.mark.parametrize("kind, least", [(Ethernet, 14), (IP, 20), (UDP, 8), (MPLS, 4), (NetflowSimple, 16), (DNS, 12),
                                         (IPv6, 40), (VLAN, 4)])
def test_a_header_that_is_too_short(kind, least):
    kind(bytes(least))
    for length in range(least):
        with pytest.raises(PacketError) as raised:
            kind(bytes(length))
        assert isinstance(raised.value, ValueError) and isinstance(raised.value, struct.error)


def test_an_unknown_keyword_names_the_nearest():
    with pytest.raises(TypeError, match="did you mean 'src_mac'"):
        Ethernet(srcmac="00:00:00:00:00:00")
    with pytest.raises(TypeError, match="no keyword 'nothing_like_it_at_all'"):
        UDP(nothing_like_it_at_all=1)
    assert PKT(anything=1).pkt2net({}) == b""


def test_every_prefix_of_a_packet_is_read_and_written():
    for frame in (UDP_FRAME, TCP_FRAME):
        for length in range(14, len(frame)):
            packet = Ethernet(frame[:length])
            assert [layer.pkt_name for layer in packet]
            assert bytes(packet) == frame[:length]


def test_a_broken_layer_leaves_the_good_ones():
    short = Ethernet(UDP_FRAME[:14 + 20 + 5])
    assert short.payload.src == "192.0.2.1"
    assert short.payload.payload.pkt_name == "NullPkt"
    bad = bytearray(UDP_FRAME)
    bad[14] = 0x43
    packet = Ethernet(bad)
    assert packet.payload.iphl == 3
    assert packet.payload.payload.pkt_name == "NullPkt"
    assert bytes(packet) == bad


# ---- attributes ----

def test_numbers_have_their_ranges():
    udp = UDP()
    for value, error in ((70000, OverflowError), (-1, OverflowError), ("5", TypeError), (None, TypeError)):
        with pytest.raises(error):
            udp.sport = value
        with pytest.raises(error):
            UDP(sport=value)
    udp.sport = 5.9
    assert udp.sport == 5
    udp.sport = True
    assert udp.sport == 1
    ip = IP()
    for name, value in (("iphl", 16), ("frag_offset", 8192), ("flag_d", 2), ("version", 5), ("version", 7)):
        with pytest.raises(ValueError):
            setattr(ip, name, value)
    with pytest.raises(OverflowError):
        ip.flag_d = 300
    for name in ("flags", "pkt_info", "hdr_len"):
        with pytest.raises(AttributeError):
            setattr(ip, name, 1)
    for offset in (4, 16):
        with pytest.raises(ValueError):
            TCP(data_offset=offset)
    for operation in (0, 10, 14):
        with pytest.raises(ValueError):
            ARP(operation=operation)


def test_addresses():
    ip = IP()
    for bad in ("1.2.3", "1.2.3.4.5", "256.1.1.1", "0x1.2.3.4", "1.2.3.4 x", "", "a.b.c.d"):
        with pytest.raises(ValueError):
            ip.src = bad
    with pytest.raises(TypeError):
        ip.src = None
    ip.src = b"10.0.0.1"
    assert ip.src == "10.0.0.1"
    eth = Ethernet()
    for bad in ("00:11:22:33:44", "00:11:22:33:44:55:66", "zz:11:22:33:44:55", ""):
        with pytest.raises(ValueError):
            eth.src_mac = bad
    with pytest.raises(OverflowError):
        eth.src_mac = "100:11:22:33:44:55"
    eth.dst_mac = b"A:B:C:D:E:F"
    assert eth.dst_mac == "0a:0b:0c:0d:0e:0f"
    six = IPv6(src="2001:db8::1")
    assert six.src == "2001:db8::1"
    with pytest.raises(ValueError):
        six.dst = "2001:db8::g"


def test_bits_are_set_and_cleared():
    tcp = TCP(flag_syn=1, flag_ack=1, flag_ns=1)
    assert tcp.flags == 18
    tcp.flag_syn = 0
    assert (tcp.flags, tcp.flag_ns, tcp.data_offset) == (16, 1, 5)
    ip = IP(flag_d=1, flag_m=1, frag_offset=100)
    assert ip.flags == 3
    ip.flag_d = 0
    assert (ip.flags, ip.frag_offset) == (1, 100)
    mpls = MPLS(label=16, s=0, ttl=5)
    assert (mpls.label, mpls.tc, mpls.s, mpls.ttl) == (16, 0, 0, 5)
    mpls.tc = 5
    assert (mpls.label, mpls.tc) == (16, 5)


def test_tcp_options_move_the_data():
    tcp = TCP(options=b"\1\1\1\1\1")
    assert (tcp.data_offset, len(bytes(tcp)), tcp.options) == (7, 28, b"\1\1\1\1\1")
    tcp.options = b"\1\1\1\1"
    assert (tcp.data_offset, len(bytes(tcp))) == (6, 24)
    tcp.options = b""
    assert (tcp.data_offset, len(bytes(tcp))) == (5, 20)
    with pytest.raises(ValueError):
        tcp.options = bytes(41)
    assert TCP(data_offset=9).data_offset == 9
    assert TCP(data_offset=5, options=bytes(8)).data_offset == 7
    assert TCP(options=bytes(8), data_offset=5).data_offset == 7


def test_ip_options_are_kept_and_counted_on_request():
    ip = IP(options=b"\1\1\1")
    assert ip.iphl == 5
    assert ip.pkt2net({"update": 1})[:1] == b"\x46"
    assert ip.iphl == 6
    assert IP(bytes(ip)).options == b"\1\1\1\0"


# ---- layers ----

def test_layers_are_counted_from_the_object_itself():
    packet = Ethernet(payload=MPLS(label=1, s=0, payload=MPLS(label=2, s=0, payload=MPLS(label=3))))
    assert packet.get_layer("Ethernet") is packet
    assert [packet.get_layer("MPLS", n).label for n in (1, 2, 3)] == [1, 2, 3]
    assert [packet.get_layer_by_type(34887, instance=n).label for n in (1, 2, 3)] == [1, 2, 3]
    for absent in (packet.get_layer("MPLS", 4), packet.get_layer("MPLS", 0), packet.get_layer("UDP"),
                   packet.get_layer("MPLS", -1)):
        assert isinstance(absent, NullPkt) and absent.payload == b""
    with pytest.raises(OverflowError):
        packet.get_layer_by_type(70000)
    assert packet.get_layer(b"MPLS").label == 1


def test_layers_are_live():
    packet = Ethernet(UDP_FRAME)
    ip = packet.payload
    assert packet.payload is ip and packet.get_layer("IP") is ip
    ip.src = "10.0.0.1"
    assert packet["ip.src"] == "10.0.0.1"
    udp = UDP(sport=1)
    ip.payload = udp
    assert packet.get_layer("UDP") is udp
    udp.sport = 2
    assert packet["udp.srcport"] == 2
    with pytest.raises(ValueError):
        udp.payload = udp
    with pytest.raises(ValueError):
        udp.payload = packet
    with pytest.raises(TypeError):
        udp.payload = "text"
    udp.payload = None
    assert udp.payload is None
    assert len(bytes(packet)) == 14 + 20 + 8


def test_a_long_chain_ends_without_a_crash():
    first = last = MPLS(s=0)
    for _ in range(100000):
        last.payload = MPLS(s=0)
        last = last.payload
    with pytest.raises(ValueError):
        bytes(first)
    del first, last
    gc.collect()


def test_deep_stacks_are_bounded():
    stack = MPLS(b"\0\0\0\1" * 1000)
    names = [layer.pkt_name for layer in stack]
    assert names.count("MPLS") <= 32 and names[-1] == "NullPkt"
    assert bytes(stack) == b"\0\0\0\1" * 1000


def test_what_is_no_packet_is_not_stacked():
    for other in (array("B", b"x"), re.compile("x"), 5):
        with pytest.raises(TypeError):
            other / UDP()


def test_stacking_by_division():
    packet = Ethernet() / IP(proto=17, src="192.0.2.1", dst="192.0.2.2") / UDP(dport=9) / b"x"
    assert [layer.pkt_name for layer in packet] == ["Ethernet", "IP", "UDP", "NullPkt"]
    assert bytes(packet).endswith(b"x")
    with pytest.raises(TypeError):
        packet / 5


def test_bytes_as_payload_are_decoded():
    assert Ethernet(payload=UDP_FRAME[14:]).payload.src == "192.0.2.1"
    assert Ethernet(type=0x1234, payload=b"x").payload.pkt_name == "NullPkt"
    assert IP(proto=17, payload=UDP_FRAME[34:]).payload.dport == 53
    assert UDP(dport=53, payload=bytes(DNS(ident=7)), l7_ports={53: DNS}).payload.ident == 7
    assert MPLS(payload=UDP_FRAME[14:]).payload.dst == "192.0.2.2"


# ---- Ethernet's tag and trailer ----

TAGGED = UDP_FRAME[:12] + bytes.fromhex("8100b064") + UDP_FRAME[12:]


def test_the_first_tag_is_the_frame_s():
    packet = Ethernet(TAGGED)
    assert (packet.type, packet.tpid, packet.vlan_id) == (2048, 0x8100, 100)
    assert (packet.priority_code, packet.drop_eligible) == (5, 1)
    assert packet.payload.src == "192.0.2.1"
    assert bytes(packet) == TAGGED
    packet.tpid = 0
    assert bytes(packet) == UDP_FRAME
    packet.tpid = 0x8100
    packet.vlan_id = 7
    assert Ethernet(bytes(packet)).vlan_id == 7
    twice = UDP_FRAME[:12] + bytes.fromhex("8100000181000002") + UDP_FRAME[12:]
    packet = Ethernet(twice)
    assert (packet.type, packet.payload.pkt_name, packet.payload.vlan_id) == (0x8100, "VLAN", 2)
    assert [layer.pkt_name for layer in steelpkt.decode(twice)][:4] == ["Ethernet", "VLAN", "VLAN", "IP"]
    assert bytes(packet) == bytes(steelpkt.decode(twice)) == twice


def test_the_trailer_is_what_no_length_takes():
    padded = UDP_FRAME + bytes(13) + b"end"
    packet = Ethernet(padded)
    assert packet.get_layer("UDP").payload.payload == b"hello"
    assert packet.trailer == bytes(13) + b"end"
    assert bytes(packet) == padded
    packet.pkt2net({"csum": 1, "update": 1})
    assert packet.payload.total_len == 33
    packet.payload.ttl = 3
    assert bytes(packet)[-3:] == b"end"
    packet.trailer = b"new"
    assert bytes(packet)[14 + 33:] == b"new" and packet.trailer == b"new"


def test_padding_and_check_sequence():
    import zlib
    bare = Ethernet(UDP_FRAME)
    assert bare.pkt2net({"pad": 1}) == UDP_FRAME + bytes(60 - len(UDP_FRAME))
    framed = bare.pkt2net({"eth_crc": 1})
    assert len(framed) == 64
    assert zlib.crc32(framed[:60]) == int.from_bytes(framed[60:], "little")


# ---- lengths and checksums ----

def test_nothing_is_corrected_unasked():
    packet = Ethernet(UDP_FRAME)
    packet.payload.checksum = 1
    packet.payload.payload.ulen = 9999
    assert bytes(packet)[24:26] == b"\0\1"
    again = Ethernet(bytes(packet))
    assert again.get_layer("UDP").ulen == 9999
    packet.pkt2net({"csum": 1, "update": 1})
    assert bytes(packet) == UDP_FRAME


def test_the_caller_s_dictionary_is_used_again_and_again():
    options = {"csum": 1, "update": 1}
    first = Ethernet(UDP_FRAME)
    second = Ethernet(UDP_FRAME)
    second.payload.src = "10.9.8.7"
    assert first.pkt2net(options) == UDP_FRAME
    correct = Ethernet(second.pkt2net(options))
    assert correct.pkt2net({}) == correct.pkt2net(options)
    assert options == {"csum": 1, "update": 1}


def test_checksums_on_purpose():
    packet = Ethernet(UDP_FRAME)
    other = Ip4Ph(src=bytes(4), dst=bytes(4), proto=17)
    packet.pkt2net({"csum": 1, "ipv4_pheader": other})
    assert packet.get_layer("UDP").checksum != Ethernet(UDP_FRAME).get_layer("UDP").checksum
    assert packet.payload.checksum == Ethernet(UDP_FRAME).payload.checksum
    before = packet.get_layer("UDP").checksum
    packet.pkt2net({"csum": 1, "ipv4_pheader": None})
    assert packet.get_layer("UDP").checksum == before
    packet.pkt2net({"udp_csum": 1})
    assert packet.get_layer("UDP").checksum == Ethernet(UDP_FRAME).get_layer("UDP").checksum
    with pytest.raises(TypeError):
        packet.pkt2net({"ipv4_pheader": 5})


def test_a_udp_checksum_of_zero_is_sent_as_all_ones():
    for number in range(65536):
        udp = UDP(sport=number, dport=0, payload=b"")
        if udp.pkt2net({"csum": 1, "update": 1})[6:] == b"\xff\xff":
            break
    else:
        pytest.fail("no checksum came to 0")


@pytest.mark.parametrize("call", [lambda p: p.pkt2net(), lambda p: p.pkt2net(options={}), lambda p: p.pkt2net([]),
                                  lambda p: p.pkt2net({5: 1})])
def test_pkt2net_takes_one_dict(call):
    with pytest.raises(TypeError):
        call(Ethernet(UDP_FRAME))


def test_an_error_message_s_quotation_is_left_alone():
    quoted = IP(src="192.0.2.1", dst="192.0.2.2", proto=17, total_len=99, payload=UDP(sport=1, dport=2))
    packet = IP(proto=1, payload=ICMP(type=3, code=3, hdr_pkt=quoted))
    packet.pkt2net({"csum": 1, "update": 1})
    assert (quoted.total_len, quoted.checksum) == (99, 0)
    again = IP(bytes(packet)).payload
    assert (again.type, again.hdr_pkt.total_len, again.hdr_pkt.payload.dport) == (3, 99, 2)
    assert IP(bytes(packet)).get_layer("UDP").pkt_name == "NullPkt"
    piece = ICMP(b"\3\1\0\0\0\0\0\0" + bytes(IP(proto=6)) + bytes.fromhex("00500051000000ff"))
    assert (piece.hdr_pkt.payload.sport, piece.hdr_pkt.payload.sequence) == (80, 255)
    assert len(bytes(piece)) == 8 + 20 + 8


def test_later_fragments_have_no_transport_header():
    data = bytearray(UDP_FRAME)
    data[20:22] = b"\x00\x01"
    assert Ethernet(data).payload.payload.pkt_name == "NullPkt"


# ---- ARP, IGMP ----

def test_arp_of_other_networks():
    data = bytes.fromhex("0006080008040001" "0102030405060708" "0a000001" "1112131415161718" "0a000002")
    arp = ARP(data)
    assert (arp.sender_hw_addr, arp.target_proto_addr) == ("0102030405060708", "10.0.0.2")
    assert bytes(arp) == data
    for wrong in ("x", "", "1.2.3", "::"):
        with pytest.raises(ValueError, match="IPv4 address"):
            ARP(sender_proto_addr=wrong)
        with pytest.raises(ValueError, match="MAC address"):
            ARP(sender_hw_addr=wrong)
    bare = ARP(bytes.fromhex("0001080000040001" "0a000001" "0a000002"))
    assert bare.sender_hw_addr == "" and bytes(eval(repr(bare), {"ARP": ARP})) == bytes(bare)
    odd = bytes.fromhex("00010800060400ff" + 40 * "00")
    assert ARP(odd).operation == 255


def test_igmp_versions():
    assert IGMP(bytes.fromhex("1600fa04effffffa")).version == 2
    assert IGMP(bytes.fromhex("1100eefe00000000")).version == 1
    assert IGMP(bytes.fromhex("1164ee9a00000000")).version == 2
    report = IGMP(bytes.fromhex("2200ddfd00000000"))
    assert (report.version, report.group_address, report.group_records) == (3, "0.0.0.0", [])
    query = IGMP(bytes.fromhex("1118fec9e00000010a1400020101010102020202"))
    assert (query.version, query.s, query.qrv, query.qqic, query.num_records) == (3, 1, 2, 20, 2)
    assert query.source_addresses == ["1.1.1.1", "2.2.2.2"]
    query.source_addresses = ["3.3.3.3"]
    assert query.num_records == 1
    assert query.pkt2net({"csum": 1})[8:] == bytes.fromhex("0a14000103030303")
    with pytest.raises(ValueError):
        query.source_addresses = ["x"]
    with pytest.raises(TypeError):
        query.source_addresses = ("1.1.1.1",)
    records = IGMP(bytes.fromhex("2200e2210000000202000000efc3070201000001ef01010109090909"))
    assert records.get_field_val("igmp.maddr") == "239.195.7.2,239.1.1.1"
    assert records.get_field_val("igmp.saddr") == "9.9.9.9"
    assert [record.group_address for record in records.get_field_val("igmp.obj.grecs")] == ["239.195.7.2", "239.1.1.1"]
    assert records.get_field_val("igmp.max_resp") is None
    record = IGMPGroupRecord(type=1, group_address="239.1.1.1", source_addresses=["9.9.9.9"], aux_data=b"12345")
    assert (record.num_src, record.aux_data_len, record.byte_len, record.pq_type) == (1, 2, 20, 5)
    assert bytes(record) == bytes.fromhex("01020001ef01010109090909") + b"12345\0\0\0"


# ---- fields ----

def test_query_fields_have_the_tutorial_s_values():
    packet = Ethernet(TCP_FRAME)
    ip, tcp = packet.payload, packet.payload.payload
    assert ip.get_field_val("ip.hdr_len") == 5 and packet["ip.hdr_len"] == 20
    assert tcp.get_field_val("tcp.len") == 23 and packet["tcp.len"] == 3
    assert tcp.get_field_val("tcp.flags") == 24 and packet["tcp.flags"] == 24
    assert tcp.get_field_val("tcp.window_size_value") == tcp.get_field_val("tcp.window_size_va") == 0
    assert tcp.get_field_val("tcp.payload") == b"GET"
    assert tcp.get_field_val("tcp.payload.offset[1:3]") == b"ET"
    assert tcp.get_field_val("tcp.payload.offset[-2:99]") == b"ET"
    with pytest.raises(ValueError):
        tcp.get_field_val("tcp.payload.offset[:3]")
    assert ip.get_field_val("no.such") is None and ip.get_field_val("tcp.srcport") is None
    assert ip.get_field_val(b"ip.src") == "192.0.2.1"
    with pytest.raises(TypeError):
        ip.get_field_val(5)
    tagged = Ethernet(TAGGED)
    assert tagged.get_field_val("eth.type") == 2048 and tagged["eth.type"] == 0x8100
    assert tagged.get_field_val("eth.vlan.id") == 100 and packet.get_field_val("eth.vlan.id") == 0
    stack = MPLS(label=1, s=0, payload=MPLS(label=2, ttl=9))
    assert stack.get_field_val("mpls.top.label") == 1
    assert stack.get_field_val("mpls.bottom.label") == 2
    assert stack.get_field_val("mpls.bottom.ttl") == 9
    assert MPLS(label=1).get_field_val("mpls.top.label") is None


@pytest.mark.parametrize("kind, number, ports, names", [
    (PKT, 0, [], []), (Ethernet, 1, [], ["eth.type", "eth.src", "eth.dst", "eth.vlan.id"]), (ICMP, 3, [], ["icmp.seq"]),
    (IGMP, 4, [], ["igmp.maddr", "igmp.obj.grecs"]), (IGMPGroupRecord, 5, [], ["igmpv3grouprecord.num_src"]),
    (TCP, 6, [], ["tcp.window_size_value", "tcp.len"]), (UDP, 17, [], ["udp.length"]),
    (NetflowSimple, 2005, [2005, 2055], ["netflow.version", "netflow.unix_secs"]), (IP, 2048, [], ["ip.hdr_len", "ip.tos"]),
    (ARP, 2054, [], ["arp.opcode"]), (MPLS, 34887, [], ["mpls.top.label"]), (NullPkt, 65535, [], []),
    (DNS, 53, [53], ["dns.recursion_requested", "dns.ad_count"])])
def test_what_a_class_says_of_itself(kind, number, ports, names):
    pq_type, fields = kind.query_info()
    assert pq_type == number and kind.default_ports() == ports
    assert set(names) <= set(fields) and len(set(fields)) == len(fields)
    packet = kind()
    assert (packet.pkt_name, packet.pq_type, packet.query_fields) == (kind.__name__, number, fields)
    packet.pkt_name = "mine"
    packet.pq_type = 7
    assert (packet.pkt_name, packet.pq_type) == ("mine", 7)
    for field in fields:
        packet.get_field_val(field)


def test_wireshark_s_names():
    packet = Ethernet(UDP_FRAME)
    assert packet["ip.src"] == "192.0.2.1" and packet.all("ip.addr") == ["192.0.2.1", "192.0.2.2"]
    assert packet["ip.flags.df"] is False
    assert "ip.src" in packet and "tcp.srcport" not in packet and "no.such" not in packet
    assert packet.payload in packet
    assert packet.all("tcp.srcport") == []
    with pytest.raises(KeyError):
        packet["tcp.srcport"]
    with pytest.raises(KeyError, match="did you mean 'ip.src'"):
        packet["ip.scr"]


# ---- classes of one's own ----

class Mine(PKT):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.pkt_name = b"MINE"
        self.pq_type, self.query_fields = Mine.query_info()
        got, self.buffer = self.from_buffer(args, kwargs)
        self.got = got

    @classmethod
    def query_info(cls):
        return 4242, ("mine.length",)

    @classmethod
    def default_ports(cls):
        return [53]

    def get_field_val(self, field):
        return len(self.buffer) if field == "mine.length" else None

    def pkt2net(self, kwargs):
        self.seen = kwargs
        return self.buffer.tobytes() or b"made"


def test_a_class_of_one_s_own_above_udp():
    packet = Ethernet(UDP_FRAME, l7_ports={Mine.default_ports()[0]: Mine})
    mine = packet.get_layer("MINE")
    assert (mine.got, mine.buffer, type(mine.buffer)) == (1, array("B", b"hello"), array)
    assert packet.get_layer_by_type(4242) is mine
    assert mine.get_field_val("mine.length") == 5
    assert bytes(packet) == UDP_FRAME
    options = {"csum": 1, "update": 1}
    assert packet.pkt2net(options) == UDP_FRAME
    assert mine.seen["csum"] == 1 and options == {"csum": 1, "update": 1}
    assert Mine().got == 0
    made = UDP(payload=Mine(), dport=5)
    assert bytes(made).endswith(b"made")
    assert [layer.pkt_name for layer in made] == ["UDP", "MINE"]


def test_ports_are_looked_up_destination_first():
    class Other(Mine):
        pass

    def kind(ports, sport=1, dport=2):
        return type(UDP(bytes(UDP(sport=sport, dport=dport, payload=b"x")), l7_ports=ports).payload)
    assert kind({2: Mine, 1: Other}) is Mine
    assert kind({1: Other, 3: Mine}) is Other
    assert kind({0: Mine}) is Mine
    assert kind({3: Mine}) is NullPkt
    assert kind({}) is NullPkt
    assert UDP(bytes(UDP(dport=2)), l7_ports={2: Mine}).payload.payload == b""
    for wrong in ({2: "DNS"}, {2: int}, {2: None}):
        with pytest.raises(TypeError):
            kind(wrong)
    with pytest.raises(TypeError):
        kind([1])


def test_a_class_that_raises_leaves_a_nullpkt():
    class Bad(PKT):
        def __init__(self, *args, **kwargs):
            raise RuntimeError("no")
    packet = Ethernet(UDP_FRAME, l7_ports={53: Bad})
    assert [str(error) for error in packet.errors] == ["no"]
    assert packet.get_layer("UDP").payload.payload == b"hello"
    assert bytes(packet) == UDP_FRAME


def test_a_class_may_do_away_with_the_packet_that_it_is_made_for():
    packets = []

    class Rude(PKT):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            for packet in packets:
                packet.payload.payload = None
                packet.payload = None
    for use in (lambda p: p.get_layer("X"), list, bytes, lambda p: p.errors, lambda p: p.pkt2net({"csum": 1}),
                lambda p: p.trailer, lambda p: "x" in p, repr, lambda p: p / b"x"):
        packets[:] = [Ethernet(UDP_FRAME, l7_ports={53: Rude})]
        packets[0].payload.payload
        use(packets[0])


def test_a_class_that_carries_itself_comes_to_an_end():
    class Loop(PKT):
        @property
        def payload(self):
            return self
    packet = UDP(payload=Loop())
    assert packet.get_layer("nobody").pkt_name == "NullPkt"
    assert packet.errors == [] and bytes(packet)
    assert Loop() not in packet


@pytest.mark.parametrize("base", [Ethernet, IP, UDP, TCP, ICMP, IGMP, ARP, MPLS, DNS, NullPkt, NetflowSimple])
def test_every_class_can_be_derived_from(base):
    class Derived(base):
        def __init__(self, *args, extra=1, **kwargs):
            super().__init__(*args, **kwargs)
            self.extra = extra
    data = bytes(base()) or b"x"
    packet = Derived(data, extra=5)
    assert packet.extra == 5 and bytes(packet) == data
    assert copy.copy(packet).extra == 5


# ---- as Python objects ----

def test_an_object_made_a_second_time_has_nothing_of_the_first():
    flow = NetflowSimple(version=9, payload=b"a" * 100)
    flow.__init__(bytes(16) + b"b" * 100)
    flow.version = 5
    assert bytes(flow) == b"\0\5" + bytes(14) + b"b" * 100


def test_bytes_above_a_tag_are_what_the_tag_says():
    tagged = Ethernet(tpid=0x8100, vlan_id=5, type=0x0800, payload=bytes(IP(src="192.0.2.1")))
    assert [layer.pkt_name for layer in tagged] == ["Ethernet", "IP"]


def test_equality_and_hash():
    one, two = Ethernet(UDP_FRAME), Ethernet(UDP_FRAME)
    assert one == two and hash(one) != hash(two)
    two.payload.ttl = 1
    assert one != two
    assert one != UDP_FRAME and one != 5


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))],
                         ids=["copy", "deepcopy", "pickle"])
def test_copies(again):
    packet = Ethernet(TAGGED + b"trailer")
    assert bytes(again(packet)) == TAGGED + b"trailer"
    packet.payload.ttl = 9
    packet.vlan_id = 3
    other = again(packet)
    assert bytes(other) == bytes(packet) and other.payload.ttl == 9
    dns = DNS(ident=3)
    dns.queries.append(steelpkt.DNSQuery("a.b", 1, 1))
    assert repr(again(dns).queries) == repr(dns.queries)
    assert again(UDP(l7_ports={53: DNS})).l7_ports == {53: DNS}
    if again is not copy.copy:
        other.payload.ttl = 10
        assert packet.payload.ttl == 9


def test_texts(capsys):
    packet = Ethernet(UDP_FRAME)
    packet.show()
    packet.hexdump()
    shown = capsys.readouterr().out
    assert "UDP:" in shown and "dport" in shown and "0000  00 00 5e" in shown
    assert repr(UDP(sport=1)) == "UDP(sport=1)"
    assert repr(NullPkt(b"\xff")) == "NullPkt: \\xff"
    assert eval(repr(packet), vars(steelpkt)) == packet


def test_help_says_unit_range_and_source():
    assert "0 to 65535" in UDP.sport.__doc__ and "udp.srcport; RFC 768" in UDP.sport.__doc__
    assert "bytes" in IP.total_len.__doc__ and "RFC 791" in IP.__doc__
    for kind in (getattr(steelpkt, name) for name in steelpkt.__all__):
        if isinstance(kind, type) and issubclass(kind, PKT):
            assert kind.__doc__
            for name, *_ in kind._attributes():
                assert getattr(kind, name).__doc__, (kind, name)
    assert "RFC 1035" in DNSQuery.__doc__ and "0 to 65535. [dns.qry.type; RFC 1035]" in DNSQuery.query_type.__doc__


def test_numbers_by_name():
    from steelscript.packets.core import inetpkt
    from steelscript.packets.core.inetpkt import ARP_CONST, ARP_OPS, ETHERTYPES, IP_CONST, PROTO
    assert repr(ETHERTYPES.ipv4) == "<ETHERTYPES.ipv4: 2048>" and ETHERTYPES["arp"] == 0x806
    assert (PROTO.tcp, PROTO.udp, ARP_OPS.request, ARP_CONST.eth_mac_len) == (6, 17, 1, 6)
    assert inetpkt.ipv4 is ETHERTYPES.ipv4 and inetpkt.request is ARP_OPS.request
    assert [kind.name for kind in PROTO] == ["icmp", "igmp", "tcp", "udp"]
    numbers = IP_CONST()
    assert (numbers.ICMP_TYPE_REDIR, numbers.PQ_MPLS, numbers.IGMP_V3_MEMBER_REPORT) == (5, 34887, 0x22)
    for name in ("ETH_TYPE_ARP", "other"):
        with pytest.raises(AttributeError):
            setattr(numbers, name, 1)
    with pytest.raises(AttributeError):
        inetpkt.no_such_name
    assert UDP(sport=PROTO.udp).sport == 17
