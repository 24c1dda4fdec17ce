"""The vectors of tests/vectors through the Python classes: fields by Wireshark's names, and build lines as keywords."""

import re
from pathlib import Path

import pytest

import steelpkt
from steelpkt import PKT

FILES = sorted((Path(__file__).resolve().parents[1] / "vectors").glob("*.txt"))
WORDS = {"ip": "IP", "udp": "UDP", "tcp": "TCP", "eth": "Ethernet", "vlan": "VLAN", "ipv6": "IPv6", "icmp": "ICMP",
         "arp": "ARP", "igmp": "IGMP", "cflow": "NetflowSimple", "null": "Null", "sll": "SLL", "sll2": "SLL2", "llc": "LLC",
         "snap": "SNAP", "loopback": "Loopback", "ieee8021ad": "ServiceVLAN", "ah": "AH", "ipx": "IPX"}


class Vector:
    def __init__(self, where):
        self.where, self.link, self.octets, self.fields, self.builds, self.whole = where, None, "", [], [], True


def vectors(path):
    found = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        word, _, rest = line.partition(" ")
        if word == "vector":
            found.append(Vector(f"{path.name}:{number} {rest}"))
        elif word == "link":
            found[-1].link = int(rest)
        elif word == "hex":
            found[-1].octets += rest
        elif word == "field":
            found[-1].fields.append(rest.split(" = ", 1) if " = " in rest else [rest.removesuffix(" absent"), None])
        elif word in ("build", "build+fix"):
            found[-1].builds.append((word == "build+fix", rest))
        elif word == "wire":
            found[-1].whole = False
    return found


EVERY = [vector for path in FILES for vector in vectors(path) if vector.link is not None]


def test_there_are_vectors():
    assert len(EVERY) > 250


def same(value, text):
    """Whether a value is what is printed for it."""
    if isinstance(value, bool):
        return text in (str(int(value)), str(value))
    if isinstance(value, int):
        return re.fullmatch(r"-?(0x[0-9a-f]+|\d+)", text) is None or int(text, 0) == value
    if isinstance(value, bytes):
        return value.hex() == text or text.startswith("<")
    return str(value).encode("utf-8", "replace").decode() == text or "\\" in text


@pytest.mark.parametrize("vector", [vector for vector in EVERY if vector.whole], ids=lambda vector: vector.where)
def test_decoded(vector):
    octets = bytes.fromhex(vector.octets)
    packet = steelpkt.decode(octets, vector.link)
    assert bytes(packet) == octets
    for layer in packet:
        for name, *_ in layer._attributes():
            getattr(layer, name, None)
    assert bytes(packet) == octets
    if packet.pkt_name == "NullPkt":
        return  # too few bytes for the link type's header: a class that needs one cannot have it
    for name, text in vector.fields:
        if name.startswith("frame."):
            continue
        values = packet.all(name)
        if text is None:
            assert values == [], name
            continue
        assert values or text == "", (name, text)
        if len(values) == 1:
            assert same(values[0], text), (name, values, text)
        elif text.count(",") == len(values) - 1:
            assert all(same(value, part) for value, part in zip(values, text.split(","))), (name, values, text)


def layers_of(line):
    """A build line of plain words as classes and keywords; None where it says more than that."""
    layers = []
    for part in re.split(r" / (?=(?:[^\"]*\"[^\"]*\")*[^\"]*\Z)", line.strip()):
        call = re.fullmatch(r"(\w+)(?:\(([^\[\]()]*)\))?", part)
        if re.fullmatch(r'"[^"\\]*"', part):
            layers.append(part[1:-1].encode())
        elif part.startswith("hex:"):
            layers.append(bytes.fromhex(part[4:]))
        elif call is None or call.group(1) not in WORDS:
            return None
        else:
            kind = getattr(steelpkt, WORDS[call.group(1)])
            shapes = {entry[0]: entry for entry in kind._attributes() if entry[3]}
            words = {}
            for word in filter(None, (call.group(2) or "").split(", ")):
                name, _, value = word.partition("=")
                if name not in shapes or shapes[name][1] not in ("int", "ip4", "ip6", "mac", "bytes"):
                    return None
                if shapes[name][1] == "int" and not re.fullmatch(r"0x[0-9a-f]+|\d+", value):
                    return None
                words[name] = (int(value, 0) if shapes[name][1] == "int" else bytes.fromhex(value.replace("hex:", ""))
                               if shapes[name][1] == "bytes" else value)
            layers.append((kind, words))
    return layers


BUILDS = [(vector, fix, layers_of(line)) for vector in EVERY for fix, line in vector.builds]
PLAIN = [(vector, fix, layers) for vector, fix, layers in BUILDS if layers]


def test_enough_build_lines_are_plain():
    assert len(PLAIN) > 20, len(BUILDS)


@pytest.mark.parametrize("vector, fix, layers", PLAIN, ids=lambda value: getattr(value, "where", ""))
def test_built(vector, fix, layers):
    packet = None
    for layer in reversed(layers):
        if isinstance(layer, bytes):
            packet = steelpkt.NullPkt(layer + (bytes(packet) if packet is not None else b""))
            continue
        kind, words = layer
        if packet is None:
            packet = kind(**words)
        elif kind.__name__ == "ICMP":
            carried = {"hdr_pkt": packet} if isinstance(packet, steelpkt.IP) else {"echo_data": bytes(packet)}
            packet = kind(**words, **carried)
        elif "payload" in vars(kind):
            packet = kind(**words, payload=packet)
        else:
            pytest.skip(f"{kind.__name__} has no payload in Python")
    assert isinstance(packet, PKT)
    made = packet.pkt2net({"csum": 1, "update": 1} if fix else {})
    assert made == bytes.fromhex(vector.octets)
