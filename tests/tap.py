#!/usr/bin/env python3
"""Runs a cmocka test so that meson counts each of its functions: tap.py PROGRAM [ARGUMENT...]

cmocka writes a skipped test as "not ok N # SKIP name", which meson takes for a failed one, and a test's own remarks without
the mark that TAP asks for.
"""
import os
import re
import subprocess
import sys


def main():
    environment = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP")
    process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, env=environment, text=True, errors="replace")
    for line in process.stdout:
        skipped = re.match(r"not ok (\d+) # SKIP(?: - | )?(.*)", line)
        if skipped:
            line = f"ok {skipped.group(1)} {skipped.group(2)} # SKIP\n"
        elif not re.match(r"(not )?ok \d+|\d+\.\.\d+|#|Bail out!", line):
            line = "# " + line
        sys.stdout.write(line)
        sys.stdout.flush()
    status = process.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
