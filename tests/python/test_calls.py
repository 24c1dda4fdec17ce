"""Calls of packet classes: the way without a tuple and a dictionary (vectorcall.c), and that nobody sees which it was."""
import ctypes
import gc
import subprocess
import sys

import pytest

import steelpkt
from steelpkt import DNS, IP, PKT, TCP, UDP, DNSQuery, Ethernet

HEADER = bytes(IP(src="192.0.2.1", dst="192.0.2.2", proto=17, payload=UDP(sport=5, dport=6)))
CLASSES = [kind for kind in vars(steelpkt).values() if isinstance(kind, type) and issubclass(kind, PKT)]


def made_at_run_time(**keywords):
    """The same words, but as str objects that nobody has interned."""
    return {"".join(list(word)): value for word, value in keywords.items()}


def as_any_type(kind, *arguments, **keywords):
    """A call with a tuple and a dictionary, as the interpreter makes it of any type."""
    packet = kind.__new__(kind, *arguments, **keywords)
    packet.__init__(*arguments, **keywords)
    return packet


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="asks CPython")
def test_every_class_has_a_vectorcall_and_none_that_is_derived():
    function = ctypes.pythonapi.PyVectorcall_Function
    function.argtypes, function.restype = [ctypes.py_object], ctypes.c_void_p
    assert len(CLASSES) > 30
    assert [kind for kind in CLASSES if not function(kind)] == []
    assert not function(type("Derived", (IP,), {}))


CALLS = {
    "nothing": (IP, (), {}),
    "bytes": (IP, (HEADER,), {}),
    "bytes by their word": (IP, (), {"data": HEADER}),
    "bytes behind other keywords": (IP, (), {"ttl": 3, "data": HEADER, "dst": "192.0.2.9"}),
    "bytes twice": (IP, (HEADER,), {"data": b"not looked at"}),
    "ports and a payload": (TCP, (), {"l7_ports": {53: DNS}, "sport": 53, "payload": b"\0" * 14, "ws_len": 9}),
    "an element": (DNSQuery, (), {"name": "example.org"}),
    "an element by positions": (DNSQuery, ("example.org",), {}),
    "the base class": (PKT, (1, 2, 3), {"anything": 4}),
    "an unknown word": (IP, (), {"scr": "192.0.2.1"}),
    "a word that can only be read": (IP, (), {"flags": 1}),
    "two positions": (IP, (HEADER, HEADER), {}),
    "too few bytes": (IP, (b"\x45",), {}),
    "no bytes": (IP, (5,), {}),
    "a value that does not fit": (IP, (), {"ttl": 300}),
    "a payload that is none": (Ethernet, (), {"payload": 5}),
    "more keywords than there are": (IP, (), {f"word{number}": 0 for number in range(100)}),
}


def outcome(call, kind, arguments, keywords):
    try:
        packet = call(kind, *arguments, **keywords)
    except Exception as error:  # noqa: BLE001 - compared below
        return type(error), str(error)
    return type(packet), repr(packet), packet.pkt2net({}) if kind not in (DNSQuery, PKT) else None


@pytest.mark.parametrize("name", CALLS)
def test_all_ways_to_call_come_to_the_same(name):
    kind, arguments, keywords = CALLS[name]
    expected = outcome(as_any_type, kind, arguments, keywords)
    assert outcome(kind.__class__.__call__, kind, arguments, keywords) == expected
    assert outcome(lambda kind, *values, **words: kind(*values, **words), kind, arguments, keywords) == expected
    assert outcome(lambda kind, *values, **words: kind(*values, **made_at_run_time(**words)), kind, arguments,
                   keywords) == expected


def test_words_as_the_interpreter_gives_them():
    packet = IP(ttl=3, data=HEADER, dst="192.0.2.9")
    assert (packet.src, packet.dst, packet.ttl, packet.payload.sport) == ("192.0.2.1", "192.0.2.9", 3, 5)
    assert IP(HEADER, ttl=4).ttl == 4
    with pytest.raises(TypeError, match="str"):
        IP(**{5: 6})


def test_a_derived_class_is_called_by_its_own_methods():
    class Own(IP):
        def __new__(cls, *arguments, **keywords):
            packet = super().__new__(cls, *arguments, **keywords)
            packet.was = "new"
            return packet

        def __init__(self, address, **keywords):
            super().__init__(src=address, **keywords)
            self.was += " and init"

    packet = Own("192.0.2.7", ttl=2)
    assert (type(packet), packet.was, packet.src, packet.ttl) == (Own, "new and init", "192.0.2.7", 2)


def test_a_class_that_was_given_another_method_uses_it(monkeypatch):
    first = IP.__init__
    with monkeypatch.context() as patch:
        patch.setattr(IP, "__init__", lambda self, **keywords: first(self, **{"ttl": 7, **keywords}))
        assert (IP(src="192.0.2.1").ttl, IP(ttl=8).ttl) == (7, 8)
    assert IP(src="192.0.2.1").ttl == 64
    # in a process of its own: Python has no way back from another __new__
    code = "import steelpkt; steelpkt.UDP.__new__ = lambda cls, **keywords: keywords; print(steelpkt.UDP(sport=1))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "{'sport': 1}\n"


def test_what_failed_leaves_nothing_behind():
    def fail():
        with pytest.raises(ValueError, match="does not fit"):
            Ethernet(payload=IP(payload=UDP(sport=1)), dst_mac="00:00:5e:00:53:01", type=1 << 15, vlan_id=5000)

    fail()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(100):
        fail()
    gc.collect()
    assert len(gc.get_objects()) - before < 50
