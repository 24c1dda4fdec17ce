"""Packets whose bytes are known: built from keywords, they are these bytes; decoded, they have these values."""

import pytest

from steelpkt import (ARP, ICMP, IGMP, IP, MPLS, TCP, UDP, Ethernet, IGMPGroupRecord, NetflowSimple, NullPkt)

BOTH = {"csum": 1, "update": 1}
TEXT = b"Our Test UDP Packet"
ADDRESSES = {"src": "10.1.2.5", "dst": "10.5.2.1"}


def tagged():
    return Ethernet(dst_mac="01:02:03:04:05:06", src_mac="0a:0b:0c:0d:0e:0f", tpid=0x8100, vlan_id=100, priority_code=5,
                    drop_eligible=1, type=0x1234, payload=NullPkt(b"abc"))


def report():
    return IGMP(type=0x22, version=3, group_records=[
        IGMPGroupRecord(type=2, group_address="239.195.7.2"),
        IGMPGroupRecord(type=1, group_address="239.1.1.1", group_addresses=["9.9.9.9"])])


KNOWN = {
    "UDP over IP over Ethernet": (
        Ethernet(dst_mac="ff:ff:ff:ff:ff:ff",
                 payload=IP(src="192.168.100.1", dst="192.168.100.2", proto=17,
                            payload=UDP(sport=45678, dport=1025, payload=TEXT))), BOTH,
        "ffffffffffff00000000000008004500002f000000004011316ac0a86401c0a86402b26e0401001bb0c5" + TEXT.hex()),
    "a bare frame": (Ethernet(dst_mac="ff:ff:ff:ff:ff:ff"), {}, "ffffffffffff0000000000000800"),
    "a bare frame, padded": (Ethernet(dst_mac="ff:ff:ff:ff:ff:ff"), {"pad": 1},
                             "ffffffffffff0000000000000800" + 46 * "00"),
    "ARP": (ARP(sender_hw_addr="06:05:04:03:02:02", sender_proto_addr="1.2.3.4", target_proto_addr="4.3.2.1"), {},
            "00010800060400010605040302020102030400000000000004030201"),
    "a tagged frame": (tagged(), {}, "0102030405060a0b0c0d0e0f8100b0641234616263"),
    "a tagged frame, padded": (tagged(), {"pad": 1}, "0102030405060a0b0c0d0e0f8100b0641234616263" + 39 * "00"),
    "TCP with options": (
        IP(proto=6, **ADDRESSES, payload=TCP(sport=34567, dport=80, sequence=200, flag_syn=1,
                                             options=b"\x02\x04\x05\xb4\x01")), BOTH,
        "4500003000000000400662bd0a0102050a05020187070050000000c80000000070020000e6f70000020405b401000000"),
    "TCP of odd length": (
        IP(proto=6, **ADDRESSES, ttl=1, ident=0x1234, flag_d=1,
           payload=TCP(sport=1, dport=2, flag_ack=1, flag_psh=1, window=0x2000, payload=b"odd")), BOTH,
        "4500002b1234400001064f8e0a0102050a05020100010002000000000000000050182000a45600006f6464"),
    "ICMP echo": (
        IP(proto=1, src="10.38.25.153", dst="10.38.130.25",
           payload=ICMP(type=8, identifier=0xfff, sequence=0xaaaa, echo_data=b"hi!")), BOTH,
        "4500001f000000004001cae00a2619990a2682190800b3ec0fffaaaa686921"),
    "ICMP timestamp": (ICMP(type=14, identifier=1, sequence=2, orig_ts=3, rec_ts=4, trans_ts=5), {"csum": 1},
                       "0e00f1f000010002000000030000000400000005"),
    "IGMP report": (IGMP(type=0x16, group_address="239.255.255.250"), {"csum": 1}, "1600fa04effffffa"),
    "IGMPv3 query": (
        IGMP(type=0x11, version=3, max_resp=24, group_address="224.0.0.1", s=1, qrv=2, qqic=20,
             source_addresses=["1.1.1.1", "2.2.2.2"]), BOTH, "1118fec9e00000010a1400020101010102020202"),
    "IGMPv3 report": (report(), BOTH, "2200e2210000000202000000efc3070201000001ef01010109090909"),
    "MPLS": (MPLS(label=0x12345, tc=5, s=1, ttl=64, payload=NullPkt(b"zz")), {}, "12345b407a7a"),
    "NetFlow": (NetflowSimple(version=5, count=1, sys_uptime=2, unix_secs=3, unix_nano_seconds=4, payload=b"pp"), {},
                "000500010000000200000003000000047070"),
    "UDP alone": (UDP(sport=1, dport=2, payload=b"x"), BOTH, "00010002000987ea78"),
    "IP alone": (IP(), BOTH, "450000140000000040007aeb0000000000000000"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_keywords_give_the_bytes(name):
    packet, options, expected = KNOWN[name]
    given = dict(options)
    assert packet.pkt2net(options).hex() == expected
    assert options == given
    # what was computed has been stored: nothing more is to be computed
    rest = {word: value for word, value in options.items() if word == "pad"}
    assert packet.pkt2net(rest).hex() == expected


@pytest.mark.parametrize("name", KNOWN)
def test_the_bytes_give_the_packet(name):
    packet, _, expected = KNOWN[name]
    data = bytes.fromhex(expected)
    assert type(packet)(data).pkt2net({}) == data
    decoded = type(packet)(data)
    for layer in decoded:
        layer.show()
    assert bytes(decoded) == data
    # everything computed anew is the same: what was there was right
    assert type(packet)(data).pkt2net({word: 1 for word in options_of(packet, name)}) == data


def options_of(packet, name):
    return [word for word in KNOWN[name][1] if word != "pad"]


@pytest.mark.parametrize("name", KNOWN)
def test_repr_makes_the_packet_again(name):
    import steelpkt
    packet = type(KNOWN[name][0])(bytes.fromhex(KNOWN[name][2]))
    assert bytes(eval(repr(packet), vars(steelpkt))) == bytes(packet)


def test_values_that_were_computed():
    packet, options, _ = KNOWN["UDP over IP over Ethernet"]
    packet.pkt2net(options)
    ip = packet.get_layer("IP")
    udp = packet.get_layer("UDP")
    assert (ip.total_len, ip.checksum, udp.ulen, udp.checksum) == (47, 12650, 27, 45253)
    assert repr(udp.payload) == "NullPkt: Our Test UDP Packet"
