#!/usr/bin/env python3
"""Text files as the lines of arrays in a C header: embed.py IN... ; test.c becomes template_test_c. Standard library
only."""
import sys
from pathlib import Path

ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "?": "\\?"}


def literal(line):
    return '    "' + "".join(ESCAPES.get(letter, letter) for letter in line) + '",'


def main(*sources):
    parts = [f"/* Generated from {', '.join(Path(source).name for source in sources)}. */"]
    for source in sources:
        name = "".join(letter if letter.isalnum() else "_" for letter in Path(source).name.removesuffix(".in"))
        lines = Path(source).read_text().splitlines(keepends=True)
        parts.append("\n".join([f"static const char *const template_{name}[] = {{", *map(literal, lines), "    NULL", "};"]))
    print("\n\n".join(parts))


main(*sys.argv[1:])
