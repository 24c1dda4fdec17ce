"""Protocols of one's own, in rows: a class whose body says which fields there are, and everything else follows.

    class SensorReading(Group, name="sensor.reading"):
        channel = UInt(8, "What was measured.", names={1: "temperature", 2: "humidity"})
        value = Int(16, "What it came to, in tenths.")

    class Sensor(Protocol, name="sensor", sits={"udp.port": 4243}):
        version = UInt(4, "Version of the protocol: 1.", init=1)
        has_height = Bool("The height is there.")
        _ = Pad(3)
        count = UInt(8, "How many readings there are.")
        length = Length(16, "The whole message, in bytes.")
        checksum = Checksum("Internet checksum over the whole message.")
        height = Int(16, "Metres above the sea.", when=has_height == 1)
        readings = List(SensorReading, "The readings.", count=count)
        name_len = UInt(8, "Bytes in the name.")
        name = Text("The station's name.", size=name_len)

What the class statement makes is a packet class like those of the library: the rows are compiled into the tables that its
own protocols have, and are read by the same code. Rows stand in the order of the bytes, and refer to those before them. A
row's column is called as its class and itself ("sensor.height"), unless `name` says otherwise; the sentence is its
documentation. A row whose name begins with _ has neither attribute nor column. What cannot be true is a ValueError that
names class and row.
"""
from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from steelpkt import _core
from steelpkt._row import (MAC, Bool, Bytes, Checksum, Choice, Condition, Either, Int, IPv4, IPv6, Key, Length, List, Nested,
                           Pad, Present, Ref, Row, Scaled, Span, Test, Text, UInt, View, absent, room)

__all__ = ["Bool", "Bytes", "Checksum", "Choice", "Either", "Group", "IPv4", "IPv6", "Int", "Key", "Length", "List", "MAC",
           "Nested", "Pad", "Present", "Protocol", "Scaled", "Span", "Text", "UInt", "absent", "room"]


# ---- what the library is told ----

class _Body(dict[str, Any]):
    """The body of a class while it runs: its rows in their order, those named _ among them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row[Any]] = []

    def __setitem__(self, key: str, value: Any) -> None:
        if isinstance(value, Row):
            if value.body is not None:
                raise ValueError(f"class {self.get('__qualname__')}: {key}: the row is {value.attr} already")
            value.body, value.attr, value.place = self, key, len(self.rows)
            self.rows.append(value)
        super().__setitem__(key, value)


class _Tables:
    """What _core._add_protocol takes: all groups, those within others before them, the header last."""

    def __init__(self, protocol: str) -> None:
        self.protocol = protocol
        self.groups: list[tuple[str, tuple[dict[str, Any], ...]]] = []
        self.places: dict[Any, int] = {}

    def group(self, kind: Any, who: str) -> int:
        """The place of a group's table, which is made the first time."""
        if not isinstance(kind, _GroupType):
            raise ValueError(f"{who}: {kind!r} is no Group")
        if kind.element is not None:
            raise ValueError(f"{who}: {kind.__name__} is a group of another protocol")
        if kind not in self.places:
            prefix = kind.prefix or f"{self.protocol}.{kind.__name__.lower()}"
            self.add(kind.__name__, kind.body, prefix)
            self.places[kind] = len(self.groups) - 1
        return self.places[kind]

    def add(self, name: str, body: _Body, prefix: str) -> None:
        rows = [self.row(row, body, prefix) for row in body.rows]
        always = [row["name"] for row in rows if "name" in row and not row["when"]]
        for column in always:
            if always.count(column) > 1:
                raise ValueError(f"{column}: two of its rows have one name")
        self.groups.append((name, tuple(rows)))

    def row(self, row: Row[Any], body: _Body, prefix: str) -> dict[str, Any]:
        named = not row.attr.startswith("_") and not (isinstance(row, Nested) and row.said["doc"] is None)
        who = row.name or f"{prefix}.{row.attr}"
        said = {**row.said, "name": who if named else None, "attr": row.attr if named else None}
        if isinstance(row, (List, Nested)) and not isinstance(row.of, Row):
            said |= {"kind": "group", "in": self.group(row.of, who)}
        elif isinstance(row, List):
            said |= {key: row.of.said[key] for key in ("kind", "bits", "names", "base", "digits", "flags")
                     if key in row.of.said}
        elif isinstance(row, Choice):
            said["key"] = _place(row.key, body, who)
            said["cases"] = tuple(self.cases(row.cases, who))
        elif isinstance(row, View):
            op, shown, other, mul, add = row.view
            said["view"] = op, _place(shown, body, who), _place(other, body, who), mul, add
        if isinstance(row, List) and row.until is not None:
            inner = isinstance(row.until, Test)
            said["n"] = (row.until.row.place if inner else 0, 0, row.until.value if inner else row.until)
        for key in ("size", "n"):
            if said.get(key) is not None and not isinstance(said[key], tuple):
                said[key] = _ref(said[key], body, who)
        said["when"] = tuple([_test(test, body, who) for test in said["when"]])
        return {key: value for key, value in said.items() if value is not None}

    def cases(self, cases: Mapping[Any, type[Group]], who: str) -> Iterable[tuple[int, int, int]]:
        for key, kind in cases.items():
            first, last = (key.start, key.stop - 1) if isinstance(key, range) else (key, key)
            yield first, last, self.group(kind, who)


def _place(row: Any, body: _Body, who: str) -> int:
    """The place of a row in the body to which it has to belong."""
    if not isinstance(row, Row) or row.body is not body:
        raise ValueError(f"{who}: it refers to what is no row of its class")
    return row.place


def _ref(ref: Any, body: _Body, who: str) -> tuple[int, int, int]:
    ref = ref if isinstance(ref, Ref) else Ref(ref)
    return _place(ref.row, body, who), ref.mul, ref.add


def _test(test: Any, body: _Body, who: str) -> tuple[str, int, int, int]:
    test = test != 0 if isinstance(test, Condition) else test
    if not isinstance(test, Test):
        raise ValueError(f"{who}: {test!r} is no condition")
    return test.test, 0 if test.row is None else _place(test.row, body, who), test.mask, test.value


def _facts(body: _Body, sits: Mapping[str, Any] | None, payload: bool) -> dict[str, Any]:
    """What rows are for the protocol as a whole, and where it sits."""
    facts: dict[str, Any] = {"extent": "rows" if payload else "rest"}
    opened: dict[str, list[int]] = {}
    for row in body.rows:
        if isinstance(row, Length) and row.of not in ("all", "header"):
            raise ValueError(f"{row.attr}: a length of 'all' or of the 'header', not of {row.of!r}")
        if isinstance(row, Length) and row.of == "header":
            facts |= {"extent": "ref", "hlen": _ref(row.ref, body, row.attr)}
        elif isinstance(row, Length):
            facts["len"] = _ref(row.ref, body, row.attr)
        elif isinstance(row, Checksum):
            facts |= {"csum": row.place, "covers": row.over}
        elif isinstance(row, Key):
            opened.setdefault(row.opens, []).append(row.place)
    for space, rows in opened.items():
        if len(rows) > 2:
            raise ValueError(f"{body.rows[rows[2]].attr}: more than two keys of {space}")
    facts["next"] = tuple([(space, "lower" if len(rows) == 2 else "row", rows[0], rows[-1], ())
                           for space, rows in opened.items()])
    facts["sits"] = tuple([(space, key) for space, keys in (sits or {}).items()
                           for key in (keys if isinstance(keys, Iterable) else (keys,))])
    return facts


# ---- classes ----

class _GroupType(type):
    """The class of groups: calling one makes an element of its list."""

    body: _Body
    element: Any = None
    prefix: str | None

    @classmethod
    def __prepare__(mcs, word: str, bases: tuple[type, ...], /, **facts: Any) -> _Body:
        return _Body()

    def __new__(mcs, word: str, bases: tuple[type, ...], body: _Body, /, name: str | None = None) -> Any:
        made = super().__new__(mcs, word, bases, dict(body))
        made.body, made.prefix = body, name
        return made

    def __init__(cls, word: str, bases: tuple[type, ...], body: _Body, /, name: str | None = None) -> None:
        super().__init__(word, bases, body)

    def __call__(cls, *values: Any, **attributes: Any) -> Any:
        if cls.element is None:
            raise TypeError(f"{cls.__name__} belongs to no protocol yet")
        return cls.element(*values, **attributes)

    def __instancecheck__(cls, instance: object) -> bool:
        return cls.element is not None and isinstance(instance, cls.element)


class Group(metaclass=_GroupType):
    """Rows that a protocol has several times, or under a condition: an option, a record. `name` begins its columns' names.

    Once the protocol is there, Group(attribute=...) makes an element for its list.
    """


_made: dict[str, tuple[dict[str, Any], Any]] = {}  # protocols: what was said of them, and their class


class _ProtocolType(type):
    """What makes a packet class of a class statement."""

    @classmethod
    def __prepare__(mcs, word: str, bases: tuple[type, ...], /, **facts: Any) -> _Body:
        return _Body()

    def __new__(mcs, word: str, bases: tuple[type, ...], body: _Body, /, **facts: Any) -> Any:
        if bases == (_core.PKT,):
            return super().__new__(mcs, word, bases, dict(body))
        try:
            made = _packet_class(word, body, **facts)
        except ValueError as error:
            raise ValueError(f"class {word}: {error}") from None
        for name, value in body.items():
            if not isinstance(value, Row) and name not in ("__classcell__", "__doc__"):
                setattr(made, name, value)
        return made


def _packet_class(word: str, body: _Body, *, name: str | None = None, title: str | None = None, spec: str | None = None,
                  sits: Mapping[str, Any] | None = None, payload: bool = True, repeats: bool = False) -> Any:
    name = name or word.lower()
    for row in body.rows:
        if isinstance(row, Length):
            row.begin(body)
    tables = _Tables(name)
    tables.add(word, body, name)
    header = tables.groups.pop()
    said = {"name": name, "pyclass": word, "title": title or (body.get("__doc__") or word).split("\n")[0].rstrip("."),
            "spec": spec, "groups": (*tables.groups, header), "flags": ("repeats",) if repeats else (),
            **_facts(body, sits, payload)}
    known = _made.get(name)
    if known is None and hasattr(_core, word):
        raise ValueError(f"steelpkt has a {word} already")
    if known is None or known[0] != said:  # a cell that is run again says the same again
        module = sys.modules.get(body["__module__"])
        made, elements = _core._add_protocol(said, getattr(module, "__file__", None) or body["__module__"])
        known = _made[name] = said, (made, elements)
    made, elements = known[1]
    for kind, place in tables.places.items():
        kind.element = elements[place]
    return made


class Protocol(_core.PKT, metaclass=_ProtocolType):
    """A protocol: what the class statement makes is its packet class.

    name is the protocol's in filters and columns (the class's in small letters), title what people call it (the first line
    of the class's docstring), spec where it is described. sits says where it is found: {"udp.port": 4243, "ethertype":
    (0x88b5, 0x88b6)}, or with the space of another protocol's Key, or with "link". payload=False: all that is left is
    header. repeats: what its own length leaves over is another message. Functions of the body become methods.
    """
