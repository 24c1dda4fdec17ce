"""Nothing that a caller can pass ends the process: any bytes, any keywords, any values, for every class."""

import copy
import gc
import os
import pickle
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import steelpkt
from steelpkt import DNS, PKT, Ethernet

EXPECTED = (TypeError, ValueError, OverflowError, AttributeError, KeyError)
MANY = settings(max_examples=int(os.environ.get("EXAMPLES", "60")), deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

KINDS = sorted((kind for kind in vars(steelpkt).values() if isinstance(kind, type) and issubclass(kind, PKT)),
               key=lambda kind: kind.__name__)
CAPTURES = Path(__file__).resolve().parents[1] / "captures"


def new(kind):
    arguments = {"DNSQuery": ("a", 1, 1), "DNSResource": ("a", 1, 1, 1, 1, "")}
    return kind(*arguments.get(kind.__name__, ()))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2**70, 2**70) | st.floats() | st.binary(max_size=80) | st.text(max_size=40)
    | st.sampled_from(["1.2.3.4", "ff:ff:ff:ff:ff:ff", "::1", "example.com", b"\xc0\x0c", 0x22, 0x11, 3])
    | st.sampled_from(KINDS).map(new),
    lambda inner: st.lists(inner, max_size=4), max_leaves=6)
OPTIONS = st.dictionaries(st.sampled_from(["csum", "update", "udp_csum", "eth_crc", "pad", "compress", b"update", "other"]),
                          st.sampled_from([0, 1]))


def frames():
    found = []
    for path in sorted(CAPTURES.glob("*.pcap*")):
        for number, record in enumerate(steelpkt.open(path)):
            if record.link_type == 1 and number < 12:
                found.append(record.data)
    return found


FRAMES = frames()


def attempt(call, *arguments, **keywords):
    """What the call gives, or None where it refused in one of the ways that it may."""
    try:
        return call(*arguments, **keywords)
    except EXPECTED:
        return None


def use(packet, options):
    """Everything that can be done with a packet."""
    for layer in attempt(list, packet) or []:
        for name, *_ in layer._attributes():
            attempt(getattr, layer, name)
        for field in layer.query_fields or ():
            attempt(layer.get_field_val, field)
    plain = attempt(bytes, packet)
    attempt(packet.pkt2net, options)
    attempt(repr, packet)
    attempt(packet.get_layer, "UDP", 2)
    attempt(packet.all, "ip.src")
    for again in (copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))):
        attempt(again, packet)
    assert packet == packet
    return plain


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@MANY
@given(data=st.data())
def test_any_bytes(kind, data):
    octets = data.draw(st.binary(max_size=200) | st.sampled_from(FRAMES).flatmap(
        lambda frame: st.integers(0, len(frame)).map(lambda at: frame[at:])))
    packet = attempt(kind, octets)
    if packet is None or packet.pkt_name == "PKT" or kind._element:
        return
    assert bytes(packet) == octets
    use(packet, data.draw(OPTIONS))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@MANY
@given(data=st.data())
def test_any_values(kind, data):
    names = [entry[0] for entry in kind._attributes()] + ["payload", "l7_ports", "pkt_name", "pq_type", "query_fields", "x"]
    start = data.draw(st.none() | st.binary(max_size=120))
    packet = attempt(kind) if start is None else attempt(kind, start)
    for name, value in data.draw(st.lists(st.tuples(st.sampled_from(names), VALUES), max_size=8)):
        attempt(kind, **{name: value})
        if packet is not None:
            attempt(setattr, packet, name, value)
    if packet is not None:
        use(packet, data.draw(OPTIONS))


@MANY
@given(frame=st.sampled_from(FRAMES), cut=st.integers(0, 1600), options=OPTIONS,
       flips=st.lists(st.tuples(st.integers(0, 1599), st.integers(0, 255)), max_size=4))
def test_damaged_frames_are_kept(frame, cut, options, flips):
    octets = bytearray(frame[:cut])
    for at, value in flips:
        if at < len(octets):
            octets[at] = value
    for packet in (attempt(Ethernet, octets, l7_ports={53: DNS, 0: DNS}), steelpkt.decode(octets)):
        if packet is not None:
            assert use(packet, {}) == octets
            use(packet, options)


@MANY
@given(state=st.tuples(*[VALUES] * 9) | VALUES, kind=st.sampled_from(KINDS))
def test_any_state(state, kind):
    packet = kind.__new__(kind)
    attempt(packet.__setstate__, state)
    use(packet, {"csum": 1, "update": 1})


def everything(frame):
    packet = Ethernet(frame, l7_ports={53: DNS})
    for layer in packet:
        for name, *_ in layer._attributes():
            attempt(getattr, layer, name)
    packet.pkt2net({"csum": 1, "update": 1})
    bytes(packet)
    packet.payload = None
    for number in range(3):
        attempt(Ethernet, frame[:number])
        attempt(setattr, packet, "type", "x")


def test_references_stay_flat():
    """Blocks and references after many rounds are those after one."""
    refs = getattr(sys, "gettotalrefcount", None)
    for frame in FRAMES[:60]:
        everything(frame)
    gc.collect()
    before = sys.getallocatedblocks(), refs() if refs else 0
    for _ in range(5):
        for frame in FRAMES[:60]:
            everything(frame)
    gc.collect()
    assert sys.getallocatedblocks() - before[0] < 200
    assert not refs or refs() - before[1] < 200


def test_cycles_are_collected():
    class Held:
        pass
    import weakref
    held = Held()
    watched = weakref.ref(held)
    packet = steelpkt.UDP(payload=steelpkt.NullPkt(b"x"))

    class Mine(PKT):
        pass
    mine = Mine()
    packet.payload = mine
    mine.other, mine.held = packet, held
    del packet, mine, held
    gc.collect()
    assert watched() is None
