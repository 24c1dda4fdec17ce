"""The rows of steelpkt.rows: what one says, and what it may say of those before it."""
from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from steelpkt.rows import Group

T = TypeVar("T")
Self = TypeVar("Self", bound="Row[Any]")


# ---- what rows say of each other ----

class Test:
    """What has to hold of an earlier row: `when=kind == 1`, `when=flags & 0x80 != 0`, or a tuple of two."""

    def __init__(self, test: str, row: Row[Any] | None, mask: int, value: int) -> None:
        self.test, self.row, self.mask, self.value = test, row, mask, value

    def __bool__(self) -> bool:
        raise TypeError("what a packet holds is not known while its class is made; two conditions are a tuple of two")


class Ref:
    """A number that an earlier row gives: `size=hlen * 4 - 20`."""

    def __init__(self, row: Row[Any], mul: int = 1, add: int = 0) -> None:
        self.row, self.mul, self.add = row, mul, add

    def __mul__(self, factor: int) -> Ref:
        return Ref(self.row, self.mul * factor, self.add * factor)

    def __add__(self, more: int) -> Ref:
        return Ref(self.row, self.mul, self.add + more)

    def __sub__(self, less: int) -> Ref:
        return self + -less


class Condition:
    """A row, or some bits of it, to be compared."""

    def __init__(self, row: Row[Any], mask: int = 0) -> None:
        self._row, self._mask = row, mask

    def __eq__(self, value: Any) -> Any:
        return Test("eq", self._row, self._mask, value)

    def __ne__(self, value: Any) -> Any:
        return Test("ne", self._row, self._mask, value)

    def __ge__(self, value: int) -> Test:
        return Test("ge", self._row, self._mask, value)

    def __le__(self, value: int) -> Test:
        return Test("le", self._row, self._mask, value)

    def __gt__(self, value: int) -> Test:
        return self >= value + 1

    def __lt__(self, value: int) -> Test:
        return self <= value - 1

    __hash__ = object.__hash__


def absent(row: Any) -> Test:
    """That an earlier row is not there."""
    return Test("absent", row, 0, 0)


def room(size: int) -> Test:
    """That so many bytes are left."""
    return Test("room", None, 0, size)


# ---- rows ----

class Row(Condition, Generic[T]):
    """One row. A class may use it in conditions, sizes and counts of later ones: `row == 1`, `row & 7`, `row * 4 - 20`.

    name is the column's where it is not the class's and the row's; also are further names of it; when says whether the row
    is there; init is what a new packet holds; names are the values' (a dict, or an Enum).
    """

    kind = "uint"

    def __init__(self, bits: int = 0, doc: str | None = None, *, name: str | None = None, also: str | None = None,
                 when: Any = (), init: int = 0, names: Any = None, base: str = "dec", digits: int = 0, little: bool = False,
                 **said: Any) -> None:
        super().__init__(self)
        self.body: Any = None
        self.attr, self.place = "", -1
        self.name = name
        self.said = {"kind": self.kind, "bits": bits, "doc": doc, "also": also, "base": base, "digits": digits,
                     "init": int(init), "when": when if isinstance(when, tuple) else (when,), **said}
        self.said["flags"] = (*self.said.get("flags", ()), *(["little"] if little else []))
        if names is not None:
            self.said["names"] = tuple(_names(names))

    def __and__(self, mask: int) -> Condition:
        return Condition(self, mask)

    def __mul__(self, factor: int) -> Ref:
        return Ref(self) * factor

    def __add__(self, more: int) -> Ref:
        return Ref(self) + more

    def __sub__(self, less: int) -> Ref:
        return Ref(self) - less

    if TYPE_CHECKING:  # on a packet, a row is its value
        @overload
        def __get__(self: Self, packet: None, owner: Any) -> Self: ...
        @overload
        def __get__(self, packet: object, owner: Any) -> T: ...
        def __get__(self, packet: Any, owner: Any) -> Any: ...
        def __set__(self, packet: object, value: T) -> None: ...


class UInt(Row[int]):
    """An unsigned number of 1 to 64 bits; little: its bytes stand the other way round; base='hex' shows it so."""


class Int(Row[int]):
    """A signed number."""

    kind = "int"


class Bool(Row[int]):
    """A flag."""

    kind = "bool"

    def __init__(self, doc: str | None = None, bits: int = 1, **said: Any) -> None:
        super().__init__(bits, doc, **said)


class Pad(Row[int]):
    """Bits that mean nothing; what they hold is kept."""

    kind = "pad"


class IPv4(Row[str]):
    """An IPv4 address."""

    kind = "ip4"
    width = 32

    def __init__(self, doc: str | None = None, **said: Any) -> None:
        super().__init__(self.width, doc, **said)


class IPv6(IPv4):
    """An IPv6 address."""

    kind = "ip6"
    width = 128


class MAC(IPv4):
    """An Ethernet address."""

    kind = "mac"
    width = 48


class Present(IPv4):
    """No bytes: that it is there says it all (an option without a value)."""

    kind = "none"
    width = 0


class Bytes(Row[bytes]):
    """Octets: a number of them, as many as an earlier row says, or all that are left."""

    kind = "bytes"

    def __init__(self, doc: str | None = None, size: int | Any = None, **said: Any) -> None:
        fixed = isinstance(size, int)
        if size is not None and not fixed:
            said["size"] = size
        super().__init__(size * 8 if fixed else 0, doc, **said)


class Text(Bytes):
    """Octets that are text, in UTF-8."""

    kind = "text"
    if TYPE_CHECKING:
        def __get__(self, packet: Any, owner: Any) -> Any: ...
        def __set__(self, packet: object, value: Any) -> None: ...


class Length(UInt):
    """A number of bytes, of all (header and payload) or of the header alone: its value times `times`, and `plus`."""

    def __init__(self, bits: int, doc: str, of: str = "all", times: int = 1, plus: int = 0, **said: Any) -> None:
        super().__init__(bits, doc, **said)
        self.of, self.ref = of, Ref(self, times, plus)

    def begin(self, body: Any) -> None:
        """Sets what a new header's own length holds: room for the rows that are always there."""
        front = sum([row.said["bits"] for row in body.rows if not row.said["when"] and not isinstance(row, View)]) // 8
        if self.of == "header" and self.said["init"] == 0 and self.ref.mul > 0:
            self.said["init"] = max(0, -(-(front - self.ref.add) // self.ref.mul))


class Checksum(UInt):
    """An Internet checksum (RFC 1071) over 'all' (header and payload), the 'header', or all with the 'pseudo' header."""

    def __init__(self, doc: str, over: str = "all", zero_is_none: bool = False, **said: Any) -> None:
        super().__init__(16, doc, base="hex", flags=("zero_is_none",) if zero_is_none else (), **said)
        self.over = over


class Key(UInt):
    """A number that says what follows: `opens` is the space in which others sit at it ("ethertype", or one of one's own).

    Of two that open the same space the lower counts first, as of ports.
    """

    def __init__(self, bits: int, doc: str, opens: str, **said: Any) -> None:
        super().__init__(bits, doc, **said)
        self.opens = opens


class List(Row[list[Any]]):
    """Groups, or rows of one kind, one after the other: `count` of them, or to the end of `size` bytes, or of what is left.

    until is the value that ends the list: `until=Option.kind == 0` of a group's row, a number of a list of numbers. most are
    so many at most.
    """

    def __init__(self, of: Any, doc: str, *, count: Any = None, until: Any = None, most: int = 0, **said: Any) -> None:
        many = "until" if until is not None else "count" if count is not None else "fill"
        if count is not None:
            said["n"] = count
        super().__init__(0, doc, many=many, most=most, **said)
        self.of, self.until = of, until


class Nested(Row[Any]):
    """A group, once; its rows become the packet's. With a sentence it is a column of its own."""

    def __init__(self, of: type[Group], doc: str | None = None, **said: Any) -> None:
        super().__init__(0, doc, **said)
        self.of = of


class Choice(Row[bytes]):
    """One of several groups, by an earlier row's value: {1: A, range(2, 5): B}. What no case takes are raw bytes."""

    kind = "choice"

    def __init__(self, key: Any, cases: Mapping[Any, type[Group]], doc: str | None = None, **said: Any) -> None:
        super().__init__(0, doc, **said)
        self.key, self.cases = key, cases


class View(Row[Any]):
    """Shows what other rows hold, and has no bytes of its own."""

    def __init__(self, op: str, shown: Any, other: Any, bits: int, doc: str, mul: int = 0, add: int = 0,
                 **said: Any) -> None:
        super().__init__(bits, doc, **said)
        self.said["kind"] = said.get("kind", shown.said["kind"])
        self.view = (op, shown, other, mul, add)


class Either(View):
    """Two rows under one name, the first and then the second, as the ports have."""

    def __init__(self, first: Any, second: Any, doc: str, **said: Any) -> None:
        super().__init__("either", first, second, first.said["bits"], doc, **said)


class Span(View):
    """The place where a row begins, so many bits wide: the whole flags, over the single ones."""

    def __init__(self, row: Any, bits: int, doc: str, **said: Any) -> None:
        super().__init__("span", row, row, bits, doc, **said)


class Scaled(View):
    """A number made of a row's: Scaled(hlen * 4, "The header's length, in bytes.")."""

    def __init__(self, value: Any, doc: str, **said: Any) -> None:
        super().__init__("scale", value.row, value.row, 0, doc, value.mul, value.add, **{"kind": "uint", **said})


def _names(names: Any) -> Iterable[tuple[int, str]]:
    if isinstance(names, type) and issubclass(names, enum.Enum):
        return [(member.value, member.name) for member in names]
    return [(number, str(name)) for number, name in names.items()]
