"""Lists in packets, and lists in the elements of lists: what is edited is what is written."""

import copy
import pickle

import pytest

from steelpkt import DNS, IGMP, IP, TCP, DNSResource, ICMPv6, IGMPGroupRecord, IPv6HopByHop, IPv6Option, TCPOption

REPORT = IGMP(type=0x22, version=3, group_records=[
    IGMPGroupRecord(type=1, group_address="233.252.0.1", source_addresses=["192.0.2.1"]),
    IGMPGroupRecord(type=2, group_address="233.252.0.2", source_addresses=["192.0.2.2", "192.0.2.3"]),
]).pkt2net({"update": 1, "csum": 1})
# RFC 3810 section 5.2: two records, the first with one source
MLD = ICMPv6(bytes.fromhex("8f00000000000002"
                           "01000001" "ff3e0000000000000000000000000001" "20010db8000000000000000000000001"
                           "04000000" "ff3e0000000000000000000000000002"))
ANSWER = bytes.fromhex("123481800001000100000000" "0461626364076578616d706c6500" "00010001"
                       "c00c" "00010001" "0000003c" "0004" "c0000201")


def again(packet):
    return type(packet)(packet.pkt2net({}))


def test_a_list_in_an_element_is_edited_in_place():
    report = IGMP(REPORT)
    report.group_records[1].source_addresses[0] = "198.51.100.9"
    assert again(report).group_records[1].source_addresses == ["198.51.100.9", "192.0.2.3"]
    assert again(report).group_records[0].source_addresses == ["192.0.2.1"]


def test_a_list_in_an_element_grows_and_shrinks():
    report = IGMP(REPORT)
    report.group_records[0].source_addresses.append("198.51.100.9")
    report.group_records[1].source_addresses.clear()
    written = IGMP(report.pkt2net({"update": 1}))
    assert [record.source_addresses for record in written.group_records] == [["192.0.2.1", "198.51.100.9"], []]


def test_a_list_in_an_element_is_replaced():
    record = MLD.group_records[0]
    name = next(entry[0] for entry in record._attributes() if entry[1] == "values")
    packet = ICMPv6(bytes(MLD))
    setattr(packet.group_records[0], name, ["2001:db8::7"])
    assert getattr(again(packet).group_records[0], name) == ["2001:db8::7"]


def test_lists_that_were_only_looked_at_change_nothing():
    for packet in (IGMP(REPORT), ICMPv6(bytes(MLD)), DNS(ANSWER)):
        before = bytes(packet)
        for name in [entry[0] for entry in packet._attributes() if entry[1] in ("list", "values")]:
            for item in getattr(packet, name):
                [getattr(item, entry[0]) for entry in getattr(item, "_attributes", list)()]
        assert bytes(packet) == before


def test_an_edit_and_its_undoing_change_nothing():
    report = IGMP(REPORT)
    sources = report.group_records[1].source_addresses
    sources.append("198.51.100.9")
    assert bytes(report) != REPORT
    sources.pop()
    assert bytes(report) == REPORT


def test_all_lists_are_made_by_the_first_touch():
    message = DNS(ANSWER)
    answers = message.answers
    assert message.answers is answers and message.queries is message.queries and message.authority is message.authority
    message.authority.append(DNSResource("example", 1, 1, 60, 4, "192.0.2.9"))
    assert DNS(message.pkt2net({"update": 1})).authority[0].res_data == "192.0.2.9"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda packet: pickle.loads(pickle.dumps(packet))])
def test_copies_keep_what_was_edited_in_elements(copied):
    message = DNS(ANSWER)
    message.answers[0].res_ttl = 7
    assert DNS(bytes(copied(message))).answers[0].res_ttl == 7
    report = IGMP(REPORT)
    report.group_records[0].source_addresses.append("198.51.100.9")
    assert bytes(copied(report)) == bytes(report) != REPORT
    touched = IGMP(REPORT)
    assert touched.group_records[0].num_src == 1
    assert bytes(copied(touched)) == REPORT


def test_elements_of_other_lists_can_be_made():
    """As those of IGMP and DNS: their classes are found by their names."""
    octets = bytes.fromhex("3b00" "05020000" "0100")
    assert bytes(IPv6HopByHop(nxt=59, opts=[IPv6Option(type=5, len=2, data=bytes(2)), IPv6Option(type=1)])) == octets
    assert IPv6HopByHop(nxt=59, opts=[IPv6Option(type=5, data=bytes(2)), IPv6Option(type=1)]).pkt2net(
        {"update": 1}) == octets
    packet = IPv6HopByHop(octets)
    packet.opts.append(IPv6Option(type=0))
    assert bytes(packet)[:9] == octets + b"\0"


def test_a_number_over_others_is_read_from_them_and_written_to_them():
    option = IPv6HopByHop(bytes.fromhex("3b00" "c2040000" "0001")).opts[0]
    assert (option.type, option.action, option.change, option.rest) == (0xC2, 3, 0, 2)
    option.type = 0x3E
    assert (option.type, option.action, option.change, option.rest) == (0x3E, 0, 1, 30)
    option.rest = 1
    assert option.type == 0x21
    with pytest.raises(OverflowError):
        option.type = 256


def test_options_that_are_edited_are_the_header_s():
    """TCP's and IP's list shows the bytes of `options`, and what is done to the one is done to the other."""
    segment = TCP(sport=1, options=bytes.fromhex("020405b4"))
    assert segment.opts[0].data == bytes.fromhex("05b4")
    segment.opts[0].data = b"\5\0"
    segment.opts.append(TCPOption(kind=1))
    assert segment.options.hex() == "0204050001000000" and segment.data_offset == 7
    assert bytes(segment)[20:] == segment.options and bytes(segment)[12] == 0x70
    assert segment["tcp.options.mss_val"] == 1280
    fresh = TCP()
    for _ in range(5):
        fresh.opts.append(TCPOption(kind=1))
    assert fresh.data_offset == 7 and bytes(fresh)[12] == 0x70  # whoever asks first
    for again in (copy.deepcopy(segment), pickle.loads(pickle.dumps(segment))):
        again.opts.pop()
        assert bytes(again)[12:13] + bytes(again)[20:] == bytes.fromhex("6002040500")
    segment.data_offset = 5  # wrong on purpose
    assert bytes(segment)[12] == 0x50
    segment.options = b"\1\1\1\1"
    assert [option.kind for option in segment.opts] == [1, 1, 1, 1]
    header = IP(bytes.fromhex("4600001800000000400600000a0102050a050201" "94040000"))
    header.opts[0].data = b"ab"
    assert header.options == b"\x94\4ab" == bytes(header)[20:]
    header.opts.clear()
    assert header.pkt2net({"update": 1}).hex() == "4500001400000000400600000a0102050a050201"


def test_lengths_of_options_are_computed_where_that_is_asked_for():
    segment = TCP()
    segment.opts.append(TCPOption(kind=2, data=b"ab"))
    assert bytes(segment)[20:].hex() == "02006162"
    assert segment.pkt2net({"update": 1})[20:].hex() == "02046162"


def test_what_is_no_option_is_refused_when_bytes_are_made():
    segment = TCP(dport=7)
    segment.opts.append("mss")
    for ask in (bytes, lambda one: one.options, lambda one: one.pkt2net({"csum": 1})):
        with pytest.raises(TypeError, match="opts holds TCPOption"):
            ask(segment)
    segment.opts[:] = [TCPOption(kind=1)] * 41
    with pytest.raises(ValueError, match="at most 40 bytes"):
        bytes(segment)
    segment.opts.clear()
    assert len(bytes(segment)) == 20 and segment.dport == 7
