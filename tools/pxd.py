#!/usr/bin/env python3
"""Prints python/steelpkt/capi.pxd: the library's C interface for Cython, from its public headers.

    pxd.py [--check]     with --check only tells whether the file is what would be printed, and ends with 1 if not
"""
import re
import sys
from keyword import kwlist
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PXD = ROOT / "python" / "steelpkt" / "capi.pxd"
CHAPTERS = ("base", "proto", "capture", "packet", "plugin", "query")

HEAD = '''# The C interface of libsteelpkt, for Cython: from steelpkt.capi cimport spk_decode, spk_packet
#
# Made by tools/pxd.py from the public headers, which say what everything means; not to be edited. A module that uses it is
# compiled and linked with what pkg-config says of steelpkt.
from libc.stddef cimport ptrdiff_t
from libc.stdint cimport (int8_t, int16_t, int32_t, int64_t, intptr_t, uint8_t, uint16_t, uint32_t, uint64_t, uintptr_t)

cdef extern from "<steelpkt.h>" nogil:
'''
STATEMENT = re.compile(r"""
    (?P<kind>enum|struct)\s*(?P<name>\w*)\s*\{(?P<body>[^{}]*)\}\s*;
  | (?P<opaque>struct\s+\w+)\s*;
  | typedef\s+(?P<type>[^;]*);
  | (?:SPK_API|static\s+inline)\s+(?P<function>[^;{]*\))\s*[;{]
  | ^\#define\s+(?P<constant>\w+)[ ]+[-(\d][^\n]*$
""", re.X | re.M)


def plain(text):
    """Without comments, and without what Cython has other words for."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r"\\\n", " ", text)


def cython(declaration):
    """A C declaration in Cython's words."""
    declaration = re.sub(r"\b(?:struct|enum)\s+(?=\w)", "", re.sub(r"\s+", " ", declaration)).strip()
    declaration = re.sub(r"\bbool\b", "bint", declaration).replace("(void)", "()")
    declaration = re.sub(rf"\b({'|'.join(kwlist)})$", r'\1_ "\1"', declaration)  # a member
    return re.sub(rf"\b({'|'.join(kwlist)})(?=[,)\[])", r"\1_", declaration)  # an argument


def members(body):
    for line in body.split(";"):
        first, *others = (part.strip() for part in re.split(r",(?![^(]*\))", line))
        if first:
            yield cython(first)
        kind = re.match(r".*?(?=\**\w+(?:\[\w+\])?$)", first)
        for other in others:  # int16_t a, b;
            yield cython(f"{kind[0]}{other}")


def lines(text):
    for found in STATEMENT.finditer(text):
        if found["constant"]:
            yield f"    enum: {found['constant']}"
        elif found["kind"] == "enum":
            names = [word.split("=")[0].strip() for word in re.sub(r"\([^()]*\)", "", found["body"]).split(",")]
            yield f"    enum {found['name']}:".replace(" :", ":")
            yield from (f"        {name}" for name in names if name)
        elif found["kind"] == "struct":
            alone = found["name"].removesuffix("_t")
            yield f"    struct {found['name']}" + (":" if alone == found["name"] else f' "{alone}":')
            yield from (f"        {member}" for member in members(found["body"]))
        elif found["opaque"]:
            yield f"    {found['opaque']}"
        elif found["type"]:
            yield f"    ctypedef {cython(found['type'])}"
        else:
            yield f"    {cython(found['function'])}"


def main():
    text = "".join(plain((ROOT / "include" / "steelpkt" / f"{name}.h").read_text()) for name in CHAPTERS)
    # C lets a function and a struct have one name; for Cython the struct's ends with _t
    for name in set(re.findall(r"\bstruct (\w+)", text)) & set(re.findall(r"\b(\w+)\(", text)):
        text = re.sub(rf"\bstruct {name}\b", f"struct {name}_t", text)
    printed = []
    for line in lines(text):
        if line not in printed or not line.startswith("    struct "):  # a chapter may name another's struct again
            printed.append(line)
    whole = HEAD + "\n".join(printed) + "\n"
    if "--check" in sys.argv:
        return 0 if PXD.is_file() and PXD.read_text() == whole else 1
    PXD.write_text(whole)
    return 0


if __name__ == "__main__":
    sys.exit(main())
