#!/usr/bin/env python3
"""Prints python/steelpkt/_core.pyi: the types of the extension's classes, from the rows they are made of.

    stubs.py [--check]     with --check only tells whether the file is what would be printed, and ends with 1 if not

What is not made from rows (readers, writers, captures) stands in tools/stubs.pyi and goes in front as it is.
"""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUBS = ROOT / "python" / "steelpkt" / "_core.pyi"

def lines(module):
    from steelpkt import PKT
    from steelpkt.stubs import TYPES, class_lines
    yield "# Made by tools/stubs.py from the rows of the protocols; not to be edited."
    yield (ROOT / "tools" / "stubs.pyi").read_text().rstrip()
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, PKT) and kind is not PKT]
    names = [kind.__name__ for kind in kinds]
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        yield ""
        yield ""
        stub = list(class_lines(kind, names))
        if kind.__name__ in ("DNSQuery", "DNSResource"):  # the tutorial's, which take what they are by place
            arguments = ", ".join(f"{name}: {TYPES[shape]}" for name, shape, *_ in kind._attributes())
            end = stub.index("    ) -> None: ...")
            stub[1:end + 1] = [f"    def __init__(self, {arguments}) -> None: ..."]
        yield from stub


def main():
    from steelpkt import _core
    text = "\n".join(lines(_core)) + "\n"
    if "--check" in sys.argv:
        return 0 if STUBS.is_file() and STUBS.read_text() == text else 1
    STUBS.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
