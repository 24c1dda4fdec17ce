"""Which fields are compared: what steelpkt supports under a name that tshark has too."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent

# Field types of steelpkt, each with the ftypes of tshark whose values print alike.
SAME_TYPE = {
    "bool": {"FT_BOOLEAN"},
    "ip4": {"FT_IPv4"},
    "ip6": {"FT_IPv6"},
    "mac": {"FT_ETHER"},
    "text": {"FT_STRING", "FT_STRINGZ", "FT_UINT_STRING"},
    "none": {"FT_NONE"},
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
    """Whether a field of type `ours` can print what tshark prints for `ftype`."""
    ours = ours.lower()
    if ours.startswith("uint") or ours.startswith("int"):
        return ftype == "FT_" + ours.upper() or ftype == "FT_FRAMENUM" and ours == "uint32"
    if ours in SAME_TYPE:
        return ftype in SAME_TYPE[ours]
    return "FT_" + ours.upper() == ftype.upper()


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
