"""Protocols written in rows in Python: what they become, where they can sit, what is refused.

A protocol that is made stays for as long as its process. So each function case_NAME is run by a process of its own.
"""
import contextlib
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import steelpkt
from steelpkt.rows import (MAC, Bool, Bytes, Checksum, Choice, Either, Group, Int, IPv4, IPv6, Key, Length, List, Nested,
                           Pad, Present, Protocol, Scaled, Span, Text, UInt, absent, room)

FOLDER = Path(__file__).resolve().parent
ETH = bytes(12)


def refused(body, *parts, **known):
    """The class statement is a ValueError that names class and row."""
    try:
        exec("class Bad(Protocol):\n    " + body.replace("; ", "\n    "), {**globals(), **known})
    except ValueError as error:
        assert all(part in str(error) for part in ("class Bad: ", *parts)), error
    else:
        raise AssertionError(f"taken: {body}")


@contextlib.contextmanager
def capture(frames, link_type):
    """A capture of these frames, one a second, in a folder that is there meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frames.pcap"
        with steelpkt.create(path, link_type=link_type) as writer:
            for number, frame in enumerate(frames):
                writer.write(frame, time=number)
        yield path


def query(fields, *frames, link_type=1, **options):
    """The rows of a query over these frames."""
    with capture(frames, link_type) as path:
        return [tuple(row) for row in steelpkt.query(path, fields, **options)]


def printed(fields, *frames, link_type):
    """What the command prints of these fields."""
    with capture(frames, link_type) as path:
        told, before = path.with_name("told"), os.dup(1)
        with open(told, "wb") as out:
            os.dup2(out.fileno(), 1)
        try:
            assert steelpkt._core._command([b"steelpkt", b"query", b"-e", fields.encode(), os.fsencode(path)]) == 0
        finally:
            os.dup2(before, 1)
            os.close(before)
        return told.read_text().splitlines()


# ---- what a body can say ----

def case_fields_of_every_kind():
    class Many(Protocol, sits={"ethertype": 0x88B5}, spec="this test"):
        """All kinds of rows. And more about them."""

        three = UInt(3, "Three bits.")
        five = UInt(5, "Five bits.", init=17)
        little = UInt(32, "Little-endian.", little=True)
        signed = Int(24, "Signed.")
        wide = UInt(64, "Wide.", base="hex")
        mac = MAC("Hardware.")
        four = IPv4("Address.")
        six = IPv6("Address.")
        raw = Bytes("Three octets.", size=3)
        text = Text("What is left.")

        def double(self):
            return 2 * self.five

    made = Many(three=5, little=1, signed=-2, wide=2**64 - 1, mac="02:00:00:00:00:01", four="192.0.2.1", six="2001:db8::1",
                raw=b"abc", text="Z\u00fcrich")
    data = bytes.fromhex("b1 01000000 fffffe ffffffffffffffff 020000000001 c0000201 20010db8000000000000000000000001 616263"
                         ) + "Z\u00fcrich".encode()
    assert bytes(made) == data
    again = steelpkt.decode(ETH + b"\x88\xb5" + data)["many.signed"], Many(data)
    assert again[0] == -2 and again[1].double() == 34 and again[1] == made
    assert (again[1].little, again[1].text, again[1].mac) == (1, "Z\u00fcrich", "02:00:00:00:00:01")
    assert Many.__name__ == "Many" and issubclass(Many, steelpkt.PKT) and steelpkt.Many is Many
    assert Many.__doc__ == "All kinds of rows. And more about them, this test."
    assert Many.query_info()[1][:2] == ("many.three", "many.five")


def case_numbers_over_other_rows_of_elements():
    """Whatever the rows are that the number lies over: an address is one of 32 bits, a sign is part of the bits."""
    class Part(Group):
        four = IPv4("Address.")
        signed = Int(16, "Signed.")
        whole = Span(four, 48, "Both.", kind="uint")
        same = Span(four, 32, "The address.", kind="ip4")
        low = Span(signed, 16, "The signed.", kind="int")

    class Over(Protocol, sits={"link": 147}):
        parts = List(Part, "Parts.")

    part = Over(bytes.fromhex("c0000201 fffe")).parts[0]
    assert (part.four, part.signed, part.whole, part.same, part.low) == ("192.0.2.1", -2, 0xC0000201FFFE, "192.0.2.1", -2)
    part.whole = 0xC6336401FFFF
    assert (part.four, part.signed, part.same, part.low) == ("198.51.100.1", -1, "198.51.100.1", -1)
    part.same, part.low = "192.0.2.9", -300
    assert part.whole == 0xC0000209FED4 and bytes(Over(parts=[part])).hex() == "c0000209fed4"
    for name, value in (("same", 5), ("same", "192.0.2"), ("low", 40000), ("whole", -1)):
        try:
            setattr(part, name, value)
        except (TypeError, ValueError, OverflowError):
            continue
        raise AssertionError(f"{name} takes {value!r}")
    assert part.whole == 0xC0000209FED4


def case_numbers_are_shown_as_they_say():
    class Shown(Protocol, sits={"link": 147}):
        count = UInt(8, "How many.")
        one = UInt(16, "One.", base="hex", digits=4)
        many = List(UInt(16, base="hex", digits=6), "Many.", count=count)

    assert printed("shown.one,shown.many", bytes.fromhex("02 0001 0002 0003"), link_type=147) == [
        "shown.one\tshown.many", "0x0001\t0x000002,0x000003"]


def case_conditions_and_names():
    class Maybe(Protocol, sits={"udp.port": 4321}):
        kind = UInt(8, "Kind.", names={1: "one", 2: "two"}, also="maybe.type")
        flags = UInt(8, "Flags.", base="hex")
        first = UInt(8, "If the kind is 1.", when=kind == 1)
        second = UInt(8, "If the upper flag is set, and the kind is 2 to 4.", when=(flags & 0x80 != 0, kind >= 2))
        third = UInt(8, "If there is no first.", when=absent(first))
        fourth = UInt(16, "If there is room.", when=room(2))

    def values(data):
        packet = Maybe(bytes(data))
        return [packet.all(f"maybe.{name}") for name in ("first", "second", "third", "fourth")]

    assert values([1, 0, 7]) == [[7], [], [], []]
    assert values([2, 0x80, 7, 8, 1, 2]) == [[], [7], [8], [0x102]]
    assert values([0, 0x80, 7, 8]) == [[], [], [7], []]
    frame = bytes(steelpkt.Ethernet(type=0x800) / steelpkt.IP(src="192.0.2.1", dst="192.0.2.2", proto=17)
                  / steelpkt.UDP(dport=4321) / Maybe(kind=1, first=9))
    assert query(["maybe.type", "maybe.first"], frame, filter="maybe.kind == one && maybe.first == 9") == [(1, 9)]
    try:
        class Chained(Protocol):
            a = UInt(8, "A.")
            b = UInt(8, "B.", when=1 <= a <= 2)
    except TypeError as error:
        assert "two conditions are a tuple" in str(error)
    else:
        raise AssertionError("a chain of comparisons says nothing")


def case_type_length_value_options():
    class Pads(Group, name="tlv.option.pad"):
        pass

    class Size(Group, name="tlv.option"):
        size = UInt(16, "Largest segment.")

    class Labels(Group, name="tlv.option"):
        labels = List(UInt(16), "Labels.")

    class Value(Group, name="tlv.option"):
        length = UInt(8, "The option, in bytes.")
        value = Choice(UInt(8), {}, "Value.")

    class Option(Group, name="tlv.option"):
        kind = UInt(8, "Kind.", names={0: "end", 1: "pad", 2: "size"})
        length = UInt(8, "The option, in bytes.", when=kind >= 2)
        value = Choice(kind, {2: Size, range(5, 8): Labels}, "What no other row takes.", size=length - 2, when=kind >= 2)

    class Tlv(Protocol, sits={"ethertype": 0x88B5}):
        hlen = Length(8, "The header, in words of 4 bytes.", of="header", times=4)
        options = List(Option, "Options.", size=hlen * 4 - 1, until=Option.kind == 0)

    data = bytes([4, 1, 2, 4, 5, 180, 6, 6, 0, 1, 0, 2, 9, 3, 99, 0]) + b"payload"
    packet = steelpkt.decode(ETH + b"\x88\xb5" + data)
    assert packet.all("tlv.option.kind") == [1, 2, 6, 9, 0] and packet.all("tlv.option.size") == [1460]
    assert packet.all("tlv.option.labels") == [1, 2] and packet.all("tlv.option.value") == [b"c"]
    assert bytes(packet) == ETH + b"\x88\xb5" + data and bytes(packet.get_layer("Tlv").payload) == b"payload"
    assert [option.kind for option in Tlv(data).options] == [1, 2, 6, 9, 0]
    edited = Tlv(bytes([2, 2, 4, 5, 180, 0, 0, 0]))
    edited.options[0].value = b"\x02\x00"
    assert bytes(edited) == bytes([2, 2, 4, 2, 0, 0, 0, 0]) and len(edited.options) == 2
    built = Tlv(options=[Option(kind=2, length=4, value=b"\x05\xb4"), Option(kind=0)], payload=steelpkt.NullPkt(b"x"))
    assert built.pkt2net({"update": 1}) == bytes([2, 2, 4, 5, 180, 0, 0, 0]) + b"x"
    assert isinstance(Tlv(data).options[0], Option)


def case_views_and_nested_groups():
    class Point(Group, name="shape.at"):
        x = Int(16, "Across.")
        y = Int(16, "Up.")

    class Shape(Protocol, sits={"ethertype": 0x88B5}):
        words = UInt(8, "Length in words.")
        size = Scaled(words * 4, "Length in bytes.")
        red = UInt(4, "Red.")
        blue = UInt(4, "Blue.")
        colour = Span(red, 8, "Red and blue.")
        either = Either(red, blue, "Red, then blue.")
        at = Nested(Point)

    packet = steelpkt.decode(ETH + b"\x88\xb5" + bytes([3, 0x12, 0xFF, 0xFE, 0, 5]))
    assert [packet.all(f"shape.{name}") for name in ("size", "colour", "either", "at.x", "at.y")] == [
        [12], [0x12], [1, 2], [-2], [5]]
    assert bytes(Shape(words=3, red=1, blue=2, x=-2, y=5)) == bytes([3, 0x12, 0xFF, 0xFE, 0, 5])


# ---- where it can sit, and what can sit on it ----

def case_on_every_key():
    class Outer(Protocol, sits={"ethertype": (0x88B5, 0x88B6), "ip.proto": 253, "udp.port": 4300, "tcp.port": 4300,
                                "link": 147}):
        kind = Key(8, "What follows.", opens="outer.kind")
        etype = Key(16, "Or so.", opens="ethertype")

    class Inner(Protocol, sits={"outer.kind": 7}):
        one = Key(8, "A port.", opens="inner.port")
        other = Key(8, "A port.", opens="inner.port")

    class Low(Protocol, sits={"inner.port": 3}, payload=False):
        rest = Bytes("All.")

    class High(Protocol, sits={"inner.port": 9}):
        value = UInt(8, "A number.")

    def layers(data, link_type=1):
        return [type(layer).__name__ for layer in steelpkt.decode(data, link_type)]

    body = bytes([7, 0, 0, 9, 3, 42])
    assert layers(ETH + b"\x88\xb5" + body) == ["Ethernet", "Outer", "Inner", "Low"]
    assert layers(ETH + b"\x88\xb6" + bytes([7, 0, 0, 9, 8, 42])) == ["Ethernet", "Outer", "Inner", "High"]
    assert layers(body, 147) == ["Outer", "Inner", "Low"]
    over_ip = steelpkt.Ethernet(type=0x800) / steelpkt.IP(src="192.0.2.1", dst="192.0.2.2", proto=253)
    assert layers(bytes(over_ip) + body)[2:] == ["Outer", "Inner", "Low"]
    for proto, upper in ((17, steelpkt.UDP(dport=4300)), (6, steelpkt.TCP(dport=4300))):
        packet = (steelpkt.Ethernet(type=0x800) / steelpkt.IP(src="192.0.2.1", dst="192.0.2.2", proto=proto) / upper
                  / steelpkt.NullPkt(body))
        assert layers(packet.pkt2net({"update": 1}))[3:] == ["Outer", "Inner", "Low"]
    again = bytes([0, 8, 0]) + bytes(over_ip)[14:] + body  # a header that carries an EtherType carries IP
    assert layers(again, 147) == ["Outer", "IP", "Outer", "Inner", "Low"]
    assert query("low.rest,high.value", body, bytes([7, 0, 0, 9, 8, 42]), link_type=147) == [(b"*", None), (None, 42)]
    assert query("low.rest", body, bytes([7, 0]), link_type=147, filter="outer.kind == 7 && inner.one == 9") == [(b"*",)]


def case_lengths_and_checksums():
    class Message(Protocol, sits={"udp.port": 4300}, repeats=True, payload=True):
        kind = UInt(8, "Kind.")
        length = Length(8, "Header and payload, less four.", plus=4)
        check = Checksum("Over all.", zero_is_none=True)

    made = (Message(kind=1) / steelpkt.NullPkt(b"abc")).pkt2net({"update": 1, "csum": 1})
    assert made == bytes([1, 3]) + (0xFFFF - (0x0103 + 0x6162 + 0x6300)).to_bytes(2, "big") + b"abc"
    two = bytes(steelpkt.Ethernet(type=0x800) / steelpkt.IP(src="192.0.2.1", dst="192.0.2.2", proto=17)
                / steelpkt.UDP(dport=4300, ulen=22)) + made + made
    assert steelpkt.decode(two).all("message.length") == [3, 3]


def case_it_takes_part_in_pickling_copying_and_text():
    import copy
    import pickle
    globals()["Kept"] = type(steelpkt.rows.Protocol)("Kept", (Protocol,), _body(kept=UInt(8, "A number.")))
    packet = Kept(kept=5)  # noqa: F821
    assert pickle.loads(pickle.dumps(packet)) == packet == copy.deepcopy(packet) == eval(repr(packet))
    assert repr(packet) == "Kept(kept=5)"


def _body(**rows):
    body = type(Protocol).__prepare__("", ())
    body["__module__"], body["__qualname__"] = "__main__", "Kept"
    for name, row in rows.items():
        body[name] = row
    return body


def case_the_same_statement_again_gives_the_same_class():
    source = "class Again(Protocol):\n    one = UInt(8, 'A number.')\n    def twice(self): return 2 * self.one\n"
    made = []
    for text in (source, source.replace("2 *", "3 *")):
        known = dict(globals())
        exec(text, known)
        made.append(known["Again"])
    assert made[0] is made[1] and made[0](one=5).twice() == 15
    try:
        exec(source.replace("UInt(8", "UInt(16"), dict(globals()))
    except ValueError as error:
        assert "class Again: again: the protocol is registered twice" in str(error)
    else:
        raise AssertionError("two protocols of one name")
    assert made[0](one=5).one == 5


def case_elements_belong_to_their_protocol():
    class Part(Group):
        number = UInt(8, "A number.")

    try:
        Part(number=1)
    except TypeError as error:
        assert "Part belongs to no protocol yet" in str(error)
    else:
        raise AssertionError("an element of nothing")

    class Whole(Protocol):
        parts = List(Part, "Parts.")

    class Other(Protocol):
        numbers = List(UInt(16), "Numbers.", until=0, most=3)

    whole = Whole(parts=[Part(number=1), Part(number=2)])
    assert bytes(whole) == b"\1\2" and isinstance(whole.parts[0], Part) and not isinstance(whole, Part)
    assert Other(bytes([0, 1, 0, 2, 0, 0, 0, 9])).numbers == [1, 2, 0]
    try:
        bytes(Whole(parts=[whole]))
    except TypeError as error:
        assert "parts holds Part" in str(error)
    else:
        raise AssertionError("a packet as an element")
    refused("parts = List(Part, 'Parts.')", "bad.parts", "Part is a group of another protocol", Part=Part)


# ---- what cannot be true ----

def case_broken_promises_are_refused_by_name():
    stranger = UInt(8, "Of no class.")
    for body, *parts in (
            ("a = UInt(65, 'A.')", "bad.a: a number has 1 to 64 bits"),
            ("a = UInt(0, 'A.')", "bad.a: a number has 1 to 64 bits"),
            ("a = UInt(8)", "bad.a: a named row needs a sentence"),
            ("a = UInt(8, 'A.', name='bad a')", "bad a: a name has letters"),
            ("a = UInt(8, 'A.', name=5)", "Bad: name is no text"),
            ("a = UInt(8, 'A.', name=b'bad.a')", "Bad: name is no text"),
            ("a = UInt(8, 'A.', name='bad.\\ud800')", "Bad: name is no text"),
            ("a = UInt(8, '\\ud800')", "bad.a: doc is no text"),
            ("a = UInt(8, 'A.', name='ip.src')", "ip.src: the name is another protocol's field"),
            ("a = UInt(8, 'A.'); b = UInt(8, 'B.', name='bad.a')", "bad.a: two of its rows have one name"),
            ("a = UInt(8, 'A.'); a = UInt(8, 'B.')", "bad.a: two of its rows have one name"),
            ("a = UInt(8, 'A.'); b = a", "b: the row is a already"),
            ("a = UInt(8, 'A.', init=256)", "bad.a: what it begins with does not fit"),
            ("a = Int(8, 'A.', init=-129)", "bad.a: what it begins with does not fit"),
            ("a = UInt(8, 'A.', init=1 << 70)", "bad.a: init is no number of 64 bits"),
            ("a = UInt(12, 'A.', little=True)", "bad.a: a little-endian number has whole bytes"),
            ("a = UInt(8, 'A.', base='octal')", "bad.a: base is no word for it"),
            ("a = Bytes('A.', size=9000)", "bad.a: bits is out of its bounds"),
            ("a = Bytes('A.', size=stranger)", "bad.a: it refers to what is no row of its class"),
            ("a = Bytes('A.', size='b')", "bad.a: it refers to what is no row of its class"),
            ("a = UInt(8, 'A.', when=stranger == 1)", "bad.a: it refers to what is no row of its class"),
            ("a = UInt(8, 'A.', when='b')", "bad.a: 'b' is no condition"),
            ("a = UInt(8, 'A.'); b = UInt(8, 'B.', when=(a == 1, a == 2, a == 3))", "bad.b: when has more than two"),
            ("a = UInt(8, 'A.'); b = UInt(8, 'B.', when=a == 1 << 40)", "bad.b: when is out of its bounds"),
            ("a = List(int, 'A.')", "bad.a: <class 'int'> is no Group"),
            ("a = List(UInt(8), 'A.', count=stranger)", "bad.a: it refers to what is no row of its class"),
            ("a = UInt(8, 'A.'); b = Choice(a, {1: 2}, 'B.')", "bad.b: 2 is no Group"),
            ("a = Choice(stranger, {}, 'A.')", "bad.a: it refers to what is no row of its class"),
            ("a = Checksum('A.', over='planet')", "bad: covers is no word for it"),
            ("a = Bytes('A.', size=3); a_ = UInt(4, 'X.'); b = Checksum('B.')", "the checksum needs a row of 16 bits"),
            ("a = Length(8, 'A.', of='world')", "a: a length of 'all' or of the 'header'"),
            ("a = Length(8, 'A.', times=40000)", "bad: len is out of its bounds"),
            ("a = UInt(8, 'A.'); b = Bytes('B.', size=a); c = Length(8, 'C.')",
             "bad: a length row needs a fixed place"),
            ("a = UInt(8, 'A.'); b = Bytes('B.', size=a); c = Key(8, 'C.', opens='x')",
             "bad: the key of what follows needs a fixed place"),
            ("a = Key(8, 'A.', opens='x'); b = Key(8, 'B.', opens='x'); c = Key(8, 'C.', opens='x')",
             "c: more than two keys"),
            ("; ".join(f"a{i} = UInt(8, 'A.')" for i in range(65)), "Bad: a group has too many rows"),
            ("; ".join(f"a{i} = Bytes('A.', size=8000)" for i in range(9)), "Bad: its rows are longer than any packet"),
    ):
        refused(body, *parts, stranger=stranger)
    for facts, part in (({"sits": {"udp.port": 53}}, "bad: another protocol sits at that key"),
                        ({"sits": {"udp.port": -1}}, "bad: sits is out of its bounds"),
                        ({"name": "udp"}, "udp: the protocol is registered twice"),
                        ({"name": "b d"}, "b d: a protocol has")):
        try:
            class Bad(Protocol, **facts):
                a = UInt(8, "A.", name="bad.a")
        except ValueError as error:
            assert str(error).startswith("class Bad: ") and part in str(error), error
        else:
            raise AssertionError(facts)
    try:
        class Record(Protocol):
            a = UInt(8, "A.")
    except ValueError as error:
        assert "class Record: steelpkt has a Record already" in str(error)

    class Good(Protocol):
        a = UInt(8, "A.")
    assert Good(a=1).a == 1


def deep(levels):
    inner = Bytes("The innermost.")
    for level in range(levels):
        body = type(Group).__prepare__("", ())
        body["__module__"], body["__qualname__"] = __name__, f"Deep{level}"
        body["inner"] = inner
        inner = List(type(Group)(f"Deep{level}", (Group,), body), "Nested.")
    return inner


def case_groups_that_are_too_deep():
    refused("a = inner", "groups are nested too deep", inner=deep(9))
    known = dict(globals(), inner=deep(6))
    exec("class Deep(Protocol):\n    a = inner", known)
    assert bytes(known["Deep"](b"abc")) == b"abc"


def random_row(chance, rows):
    """A row that may be right or wrong, over those before it."""
    earlier = chance.choice(rows) if rows else None
    said = {}
    if earlier is not None and chance.random() < 0.3:
        said["when"] = chance.choice([earlier == chance.randrange(4), earlier & 3 != 0, absent(earlier), room(2),
                                      earlier >= 2, (earlier <= 9, room(1))])
    sizes = [earlier, earlier * chance.randrange(-2, 5) + chance.randrange(-9, 9)] if earlier is not None else []
    size = chance.choice([None, chance.randrange(40), *sizes])
    kind = chance.randrange(14)
    if kind < 3:
        return UInt(chance.choice([1, 3, 4, 8, 8, 12, 16, 24, 32, 64]), "N.", little=chance.random() < 0.2, **said)
    if kind == 3 and earlier is not None:
        return Choice(earlier, {1: random_group(chance, 2), range(2, 4): random_group(chance, 2)}, "C.",
                      **({"size": size} if not isinstance(size, (int, type(None))) else {}), **said)
    if kind < 6:
        ways = [{}, {"until": 0}] + ([{"count": earlier}, {"count": earlier * 3 - 1}] if earlier is not None else [])
        sized = {"size": size} if not isinstance(size, (int, type(None))) else {}
        of = random_group(chance, 3) if kind == 4 else chance.choice([UInt(8), UInt(16), Bool("B."), Bytes("B.")])
        way = chance.choice(ways)
        if "until" in way and kind == 4:
            way = {"until": of.body.rows[0] == 0} if of.body.rows else {}
        return List(of, "L.", most=chance.choice([0, 0, 3]), **way, **sized, **said)
    if kind == 6:
        return Nested(random_group(chance, 3), **said)
    if kind == 7 and earlier is not None:
        return chance.choice([lambda: Scaled(earlier * 3 + 1, "V."), lambda: Span(earlier, chance.randrange(1, 70), "V."),
                              lambda: Either(earlier, rows[0], "V.")])()
    return chance.choice([lambda: Bytes("B.", size, **said), lambda: Text("T.", size, **said), lambda: Int(16, "I.", **said),
                          lambda: Bool("F.", **said), lambda: IPv4("A.", **said), lambda: MAC("M.", **said),
                          lambda: IPv6("A.", **said), lambda: Present("P.", **said), lambda: Pad(8, **said),
                          lambda: Length(8, "L.", of=chance.choice(["all", "header"]), times=chance.randrange(-1, 5),
                                         plus=chance.randrange(-9, 9), **said),
                          lambda: Checksum("S.", over=chance.choice(["all", "header", "pseudo"]), **said),
                          lambda: Key(8, "K.", opens=chance.choice(["ethertype", "ip.proto", "own.key"]), **said)])()


def random_body(chance, count, word):
    body = type(Protocol).__prepare__("", ())
    body["__module__"], body["__qualname__"] = __name__, word
    for number in range(chance.randrange(count + 1)):
        body[f"{chance.choice(['r', 'r', 'r', '_'])}{number}"] = random_row(chance, body.rows)
    return body


def random_group(chance, count):
    word = f"Group{chance.getrandbits(60)}"
    return type(Group)(word, (Group,), random_body(chance, count, word))


def use(kind, chance, word):
    """Everything that can be done with a class, over any bytes."""
    for _ in range(12):
        data = bytes(chance.choice([0, 1, 2, 3, 9, 255, chance.randrange(256)]) for _ in range(chance.randrange(80)))
        packet = steelpkt.decode(data, 147)
        assert bytes(packet) == data, (word, data)
        for layer in packet:
            for name, *_ in layer._attributes() if hasattr(layer, "_attributes") else ():
                getattr(layer, name)
        list(packet), repr(packet)
        try:
            own = kind(data)
            if own.payload is None if hasattr(own, "payload") else True:
                own.pkt2net({"update": 1, "csum": 1})
        except steelpkt.PacketError:
            pass


def case_a_header_that_would_end_before_it_begins_is_contained():
    class Back(Protocol, sits={"link": 147}, repeats=True):
        hlen = Length(8, "The header, and five.", of="header", plus=-5)
        more = List(Bytes("Nothing.", size=0), "Elements without bytes.")

    for data in (b"\0", b"\2rest", b"\5rest", b"\6rest", b"\7rest", b"\xff"):
        packet = steelpkt.decode(data, 147)
        assert bytes(packet) == data and len(list(packet)) < 40
    assert query("back.hlen", b"\2rest", b"\6rest", link_type=147) == [(2,), (6,)]


def case_rows_at_random_do_no_harm():
    """What is taken decodes any bytes and gives them back; what is not is a ValueError."""
    chance = random.Random(0)
    taken = 0
    for number in range(400):
        word = f"Random{number}"
        body = random_body(chance, 9, word)
        try:
            kind = type(Protocol)(word, (Protocol,), body, sits={"link": 147} if number % 2 == 0 else {"own.key": number},
                                  payload=chance.random() < 0.7, repeats=chance.random() < 0.2)
        except ValueError as error:
            assert str(error).startswith(f"class {word}: "), error
            if "another protocol sits" not in str(error):
                continue
            kind = None
        taken += kind is not None
        if kind is not None:
            use(kind, chance, word)
    assert taken > 40, taken


if __name__ == "__main__":
    globals()[sys.argv[1]]()
else:
    import pytest

    @pytest.mark.parametrize("case", [name for name in dict(globals()) if name.startswith("case_")])
    def test_rows(case):
        done = subprocess.run([sys.executable, __file__, case], capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
