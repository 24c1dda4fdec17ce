#!/usr/bin/env python3
"""Prints python/steelpkt/_core.pyi: the types of the extension's classes, from the rows they are made of.

    stubs.py [--check]     with --check only tells whether the file is what would be printed, and ends with 1 if not

What is not made from rows (readers, writers, captures) stands in tools/stubs.pyi and goes in front as it is.
"""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUBS = ROOT / "python" / "steelpkt" / "_core.pyi"

TYPES = {"int": "int", "int?": "int | None", "ip4": "str", "ip6": "str", "mac": "str", "text": "str", "bytes": "bytes",
         "bytes!": "bytes", "none": "None", "values": "list[str]", "array": "array[int]", "payload": "Any"}


def lines(module):
    from steelpkt import PKT
    yield "# Made by tools/stubs.py from the rows of the protocols; not to be edited."
    yield (ROOT / "tools" / "stubs.pyi").read_text().rstrip()
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, PKT) and kind is not PKT]
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        yield ""
        yield ""
        yield f"class {kind.__name__}(PKT):"
        if kind.__name__ in ("DNSQuery", "DNSResource"):
            arguments = ", ".join(f"{name}: {TYPES[shape]}" for name, shape, *_ in kind._attributes())
            yield f"    def __init__(self, {arguments}) -> None: ..."
        else:
            yield from constructor(module, kind)
        for name, shape, _, writable, doc in kind._attributes():
            held = doc_class(module, kind, name) if shape == "list" else TYPES[shape]
            if writable:
                yield f"    {name}: {held}"
            else:
                yield "    @property"
                yield f"    def {name}(self) -> {held}: ..."
        if has_payload(kind):
            yield "    payload: Any"


def constructor(module, kind):
    """Bytes, or keywords: every attribute that can be set."""
    words = ["self", "packet: Buffer = ...", "/", "*", "data: Buffer = ..."]
    for name, shape, _, writable, _ in kind._attributes():
        if writable and name != "data":
            given = doc_class(module, kind, name) if shape == "list" else TYPES[shape]
            words.append(f"{name}: {given + ' | bytes' if given == 'str' else given} = ...")
    if has_payload(kind):
        words.append("payload: PKT | Buffer | None = ...")
    words.append("l7_ports: dict[int, type[PKT]] | None = ...")
    yield "    def __init__("
    line = "       "
    for word in words:
        if len(line) + len(word) + 2 > 115:
            yield line
            line = "       "
        line += f" {word},"
    yield line
    yield "    ) -> None: ..."


def has_payload(kind):
    return "payload" in vars(kind) and not any(entry[0] == "payload" for entry in kind._attributes())


def doc_class(module, kind, name):
    """What a list holds, where that class has a name in the module."""
    element = {"queries": "DNSQuery", "answers": "DNSResource", "authority": "DNSResource", "ad": "DNSResource",
               "group_records": "IGMPGroupRecord"}.get(name)
    if name in ("source_addresses", "group_addresses"):
        return "list[str]"
    return f"list[{element}]" if element and hasattr(module, element) else "list[PKT]"


def main():
    from steelpkt import _core
    text = "\n".join(lines(_core)) + "\n"
    if "--check" in sys.argv:
        return 0 if STUBS.is_file() and STUBS.read_text() == text else 1
    STUBS.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
