#!/usr/bin/env python3
"""Prints the table of docs/tutorial-values.md into it, from the rows. --check: ends with 1 when it stands there otherwise.

Needs the package: .venv/bin/python tools/tutorial_values.py
"""
import re
import sys
from pathlib import Path

from steelpkt import _core

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tutorial-values.md"
MARKS = re.compile(r"(<!-- printed by [^\n]*-->\n).*?(<!-- end -->)", re.S)


def table():
    lines = ["| field | `PcapQuery`, `get_field_val` | elsewhere |", "|---|---|---|"]
    rows = sorted(set(_core._tutorial_rows()))
    lines += [f"| `{name}` | {tutorial} | {elsewhere} |" for name, tutorial, elsewhere in rows]
    return "\n".join(lines) + "\n"


def main():
    before = PAGE.read_text(encoding="utf-8")
    after = MARKS.sub(lambda found: found[1] + table() + found[2], before)
    if "--check" in sys.argv[1:]:
        return before != after
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
