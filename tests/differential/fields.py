"""Which fields are compared: what steelpkt supports under a name that tshark has too."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent

# Kinds of values of steelpkt, each with the ftypes of tshark that print alike. The width of a number
# is not part of it: tshark's ftype is often wider than the bits (ipv6.tclass). Lengths are signed to
# tshark, and never negative.
SAME_TYPE = {
    "uint": {"FT_UINT8", "FT_UINT16", "FT_UINT24", "FT_UINT32", "FT_UINT40", "FT_UINT48",
             "FT_UINT56", "FT_UINT64", "FT_CHAR", "FT_FRAMENUM", "FT_IPXNET", "FT_INT32"},
    "int": {"FT_INT8", "FT_INT16", "FT_INT24", "FT_INT32", "FT_INT64"},
    "boolean": {"FT_BOOLEAN"},
    "ipv4": {"FT_IPv4"},
    "ipv6": {"FT_IPv6"},
    "ether": {"FT_ETHER", "FT_BYTES"},  # an address of six bytes, where tshark says only bytes
    "bytes": {"FT_BYTES", "FT_UINT_BYTES", "FT_EUI64", "FT_PROTOCOL"},
    "string": {"FT_STRING", "FT_STRINGZ", "FT_UINT_STRING", "FT_STRINGZPAD", "FT_PROTOCOL"},
    "none": {"FT_NONE"},
    "group": {"FT_NONE", "FT_PROTOCOL", "FT_BYTES"},
    "absolute_time": {"FT_ABSOLUTE_TIME", "FT_RELATIVE_TIME"},  # frame.time_epoch is a time since 1970
    "relative_time": {"FT_RELATIVE_TIME"},
    "double": {"FT_DOUBLE"},
}


@dataclass(frozen=True)
class Field:
    """One field as tshark declares it."""

    name: str
    ftype: str
    protocol: str


def tshark_fields(tshark):
    """All fields and protocols of this tshark by name; the first declaration counts."""
    listing = subprocess.run([tshark, "-G", "fields"], check=True, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL).stdout.decode("utf-8", "replace")
    known = {}
    for line in listing.splitlines():
        column = line.split("\t")
        if column[0] == "P":
            known.setdefault(column[2], Field(column[2], "FT_PROTOCOL", column[2]))
        elif column[0] == "F":
            known.setdefault(column[2], Field(column[2], column[3], column[4]))
    return known


def tshark_protocols(tshark):
    """The filter names of all protocols of this tshark."""
    listing = subprocess.run([tshark, "-G", "protocols"], check=True, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL).stdout.decode("utf-8", "replace")
    return [line.split("\t")[2] for line in listing.splitlines() if line.count("\t") >= 2]


def steelpkt_fields(steelpkt):
    """What `steelpkt fields --json` lists."""
    out = subprocess.run([steelpkt, "fields", "--json"], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(out)


def supported(ours, theirs):
    """Names to compare, in our order, each once: ours by Wireshark's name, and known to tshark."""
    names = [f["name"] for f in ours if f.get("wireshark", True) and f["name"] in theirs]
    return list(dict.fromkeys(names))


def must_names():
    """The names that the core must have."""
    return (HERE / "must_fields.txt").read_text().split()


def type_fits(ours, ftype):
    """Whether a field of type `ours` (its width may follow the kind) prints what `ftype` prints."""
    kind = ours.lower()
    if kind not in SAME_TYPE:
        kind = kind.rstrip("0123456789")
    return ftype in SAME_TYPE.get(kind, ())


def check_declarations(ours, theirs):
    """Sentences about must-names that are missing and types that differ; empty when all is well."""
    have = {f["name"] for f in ours}
    wrong = [f"{name}: on the must list and not supported" for name in must_names()
             if name not in have]
    seen = set()
    for field in ours:
        name = field["name"]
        if name in seen or not field.get("wireshark", True):
            continue
        seen.add(name)
        if name not in theirs:
            wrong.append(f"{name}: said to be Wireshark's name, and tshark does not have it")
        elif not type_fits(field["type"], theirs[name].ftype):
            wrong.append(f"{name}: type {field['type']}, tshark has {theirs[name].ftype}")
    return wrong
