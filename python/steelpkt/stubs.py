"""python -m steelpkt.stubs: types of protocols of one's own, for type checkers and editors.

    python -m steelpkt.stubs [-P FILE.so]... [-m MODULE]... > my_protocols.pyi

Prints a stub with the classes of those protocols and of the elements of their lists, from the same rows as all else: every
attribute with its type, and a constructor with every keyword. -P loads a plug-in, -m imports a module with classes of
steelpkt.rows; without either, the protocols that installed packages bring (entry points of the group steelpkt.protocols).
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from steelpkt import _core, load_plugin, load_plugins

TYPES = {"int": "int", "int?": "int | None", "ip4": "str", "ip6": "str", "mac": "str", "text": "str", "bytes": "bytes",
         "bytes!": "bytes", "none": "None", "values": "list[str]", "array": "array[int]", "payload": "Any"}
HEAD = """# Made by python -m steelpkt.stubs from the rows of the protocols; not to be edited.
from array import array
from typing import Any

from steelpkt import PKT
from typing_extensions import Buffer
"""
WIDTH = 115


def class_lines(kind: type[Any], known: Iterable[str]) -> Iterator[str]:
    """A class as a stub has it. known: the classes that the stub has, by which elements of lists may be called."""
    names = set(known)
    yield f"class {kind.__name__}(PKT):"
    yield from _constructor(kind, names)
    for name, shape, _, writable, _, element in kind._attributes():
        if writable:
            yield f"    {name}: {_type(shape, element, names)}"
        else:
            yield "    @property"
            yield f"    def {name}(self) -> {_type(shape, element, names)}: ..."
    if _has_payload(kind):
        yield "    payload: Any"


def _type(shape: str, element: str | None, names: set[str]) -> str:
    if shape == "list":
        return f"list[{element}]" if element in names else "list[str]" if element is None else "list[PKT]"
    return TYPES[shape]


def _constructor(kind: type[Any], names: set[str]) -> Iterator[str]:
    """Bytes, or keywords: every attribute that can be set."""
    words = ["self", "packet: Buffer = ...", "/", "*", "data: Buffer = ..."]
    for name, shape, _, writable, _, element in kind._attributes():
        if writable and name != "data":
            given = _type(shape, element, names)
            words.append(f"{name}: {given + ' | bytes' if given == 'str' else given} = ...")
    if _has_payload(kind):
        words.append("payload: PKT | Buffer | None = ...")
    words.append("l7_ports: dict[int, type[PKT]] | None = ...")
    yield "    def __init__("
    line = "       "
    for word in words:
        if len(line) + len(word) + 2 > WIDTH:
            yield line
            line = "       "
        line += f" {word},"
    yield line
    yield "    ) -> None: ..."


def _has_payload(kind: type[Any]) -> bool:
    return "payload" in vars(kind) and not any(entry[0] == "payload" for entry in kind._attributes())


def with_elements(kinds: Iterable[type[Any]]) -> list[type[Any]]:
    """The classes, each behind those of the elements of its lists."""
    found: list[type[Any]] = []
    for kind in kinds:
        inner = [_core._element(entry[5]) for entry in kind._attributes() if entry[5] is not None]
        found += [one for one in (*with_elements(inner), kind) if one not in found]
    return found


def stub(kinds: Iterable[type[Any]]) -> str:
    """The text of a stub with these classes."""
    found = with_elements(kinds)
    names = [kind.__name__ for kind in found]
    return HEAD + "".join("\n\n" + "\n".join(class_lines(kind, names)) + "\n" for kind in found)


def _of_module(name: str) -> list[type[Any]]:
    """The classes of steelpkt.rows that a module defines, or takes from one that it imports."""
    from steelpkt.rows import _made
    import_module(name)
    return [made for _, (made, _) in _made.values()]


def main() -> int:
    """Prints the stub that is asked for, and gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m steelpkt.stubs",
                                     description="Prints type stubs of protocols of your own, from their rows.")
    parser.add_argument("-P", dest="plugins", metavar="FILE.so", action="append", default=[], help="a protocol plug-in")
    parser.add_argument("-m", dest="modules", metavar="MODULE", action="append", default=[],
                        help="a module with classes of steelpkt.rows")
    asked = parser.parse_args()
    kinds: list[type[Any]] = []
    try:
        for path in asked.plugins:
            kinds += load_plugin(path)
        for module in asked.modules:
            kinds += [kind for kind in _of_module(module) if kind not in kinds]
        if not asked.plugins and not asked.modules:
            kinds = load_plugins()
    except (ImportError, ValueError, TypeError) as error:
        print(f"steelpkt: {error}", file=sys.stderr)
        return 1
    if not kinds:
        print("steelpkt: no protocol to print stubs of", file=sys.stderr)
        return 1
    sys.stdout.write(stub(kinds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
