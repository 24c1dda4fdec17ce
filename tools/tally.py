#!/usr/bin/env python3
"""Adds up what one stage of ./check found: JUnit files and count files. Prints "PASSED FAILED SKIPPED".

    tally.py DIRECTORY STAGE
"""
import glob
import os
import re
import sys
import xml.etree.ElementTree as ElementTree


def count_junit(path):
    passed = failed = skipped = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    directory, stage = sys.argv[1:]
    total = [0, 0, 0]
    for path in glob.glob(os.path.join(directory, stage + "*.xml")):
        if re.fullmatch(re.escape(stage) + r"(-[\w.-]+)?\.xml", os.path.basename(path)):
            total = [a + b for a, b in zip(total, count_junit(path))]
    counts = os.path.join(directory, stage + ".count")
    if os.path.exists(counts):
        with open(counts) as file:
            for line in file:
                total = [a + int(b) for a, b in zip(total, line.split())]
    print(*total)


if __name__ == "__main__":
    main()
