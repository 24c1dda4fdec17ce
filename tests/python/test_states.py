"""States of packets made by hand, as pickle takes them: refused, or taken without harm."""

import gc
import weakref

import pytest

from steelpkt import TCP, UDP, Ethernet, NullPkt, TCPOption

FRAME = Ethernet(payload=NullPkt(b"x" * 20))


def state_of(packet):
    return list(packet.__reduce__()[2])


@pytest.mark.parametrize("payload", [b"y" * 110, "text", 5])
def test_a_payload_that_is_no_packet_is_refused(payload):
    state = state_of(Ethernet(bytes(FRAME)))
    state[1], state[5] = b"z" * 200, payload
    with pytest.raises(TypeError):
        Ethernet().__setstate__(tuple(state))


@pytest.mark.parametrize(("kind", "least"), [(Ethernet, 14), (UDP, 8), (TCP, 8)])
def test_a_header_that_is_too_short_is_refused(kind, least):
    state = state_of(kind())
    state[0] = bytes(least - 1)
    with pytest.raises(TypeError):
        kind().__setstate__(tuple(state))
    state[0] = bytes(least)
    packet = kind()
    packet.__setstate__(tuple(state))
    assert [getattr(packet, entry[0]) for entry in packet._attributes() if entry[3]]


@pytest.mark.parametrize("before", [None, 5, (), ((),) * 40])
def test_a_list_of_options_by_hand_does_no_harm(before):
    state = state_of(TCP(options=b"\1\1\1\1"))
    state[7] = {"opts": [TCPOption(kind=1)]} | ({"lists before": before} if before is not None else {})
    packet = TCP()
    packet.__setstate__(tuple(state))
    assert len(bytes(packet)) == 24 and [option.kind for option in packet.opts] == [1]
    packet.options = b""
    assert packet.opts == [] and len(bytes(packet)) == 20


def test_the_payload_that_was_there_is_let_go():
    class Mine(NullPkt):
        pass

    packet = UDP(payload=Mine(b"x"))
    watched = weakref.ref(packet.payload)
    packet.__setstate__(tuple(state_of(UDP())))
    gc.collect()
    assert watched() is None
