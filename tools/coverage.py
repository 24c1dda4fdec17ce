#!/usr/bin/env python3
"""How much of the sources the tests have reached, from what a build with clang's coverage has counted.

    coverage.py BUILD PROFILE

Prints a table by room, and by what is asked more of: the readers of captures and the decoders of packets. Each row has its
floor: what was reached once, which is only ever raised, up to its target. Ends with 1 where a row is below its floor. The
last line is "coverage: N rows, N below their floor". Standard library only, and llvm-cov.
"""
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# row: the sources that it adds up, the target and the floor, each in percent of lines and of branches
ROWS = {
    "base": ("base/", (95, 90), (98, 97)),
    "wire": ("wire/", (95, 90), (99, 95)),
    "proto": ("proto/", (95, 90), (97, 90)),
    "packet": ("packet/", (95, 90), (97, 90)),
    "capture": ("capture/", (95, 90), (97, 92)),
    "query": ("query/", (95, 90), (97, 92)),
    "library": ("base/ wire/ proto/ packet/ capture/ query/", (95, 90), (97, 92)),
    "readers": ("capture/reader capture/stream capture/decompress capture/linktype capture/option capture/pcap "
                "capture/salvage capture/section capture/time", (98, 90), (98, 94)),
    "decoders": ("proto/ packet/decode packet/measure packet/onward packet/value packet/walk", (98, 90), (98, 92)),
    "command": ("cli/", (0, 0), (86, 77)),
}


def counted(build, profile):
    """(room/file, what was counted of it) for each source."""
    objects = [build / "libsteelpkt.so", build / "steelpkt"]
    objects += [path for path in sorted((build / "tests").glob("test_*")) if path.is_file()]
    command = ["llvm-cov", "export", "-summary-only", f"-instr-profile={profile}", objects[0]]
    command += [word for path in objects[1:] for word in ("-object", path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    for file in json.loads(done.stdout)["data"][0]["files"]:
        path = Path(file["filename"]).resolve()
        if path.is_relative_to(ROOT / "src"):
            yield path.relative_to(ROOT / "src").as_posix(), file["summary"]


def percent(files, prefixes, what):
    chosen = [summary[what] for name, summary in files if name.startswith(prefixes)]
    whole, covered = (sum(part[key] for part in chosen) for key in ("count", "covered"))
    return 100 * covered / whole, whole - covered


def main():
    build, profile = map(Path, sys.argv[1:])
    files = list(counted(build, profile))
    below = 0
    print("            lines  missed  target  floor    branches  missed  target  floor")
    for row, (prefixes, target, floor) in ROWS.items():
        lines, no_lines = percent(files, tuple(prefixes.split()), "lines")
        branches, no_branches = percent(files, tuple(prefixes.split()), "branches")
        good = lines >= floor[0] and branches >= floor[1]
        below += not good
        print(f"{row:10} {lines:5.1f} % {no_lines:7} {target[0]:7} {floor[0]:6} {branches:9.1f} % {no_branches:7} "
              f"{target[1]:7} {floor[1]:6}{'' if good else '  below the floor'}")
    print(f"coverage: {len(ROWS)} rows, {below} below their floor")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
