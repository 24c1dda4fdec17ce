#!/usr/bin/env python3
"""gcc's -fanalyzer over the library, the command and the Python extension, as a build directory compiles them.

    analyze.py BUILD

What it warns of is wrong, or stands in analyze.txt beside this file with the reason why it is not; what stands there and is
not warned of any more is wrong, too. Says FILE: FUNCTION: WARNING for each, then "analyze: N files, N with problems", and
ends with 1 where there are any. Each version of gcc takes other things for possible: with another one than that of the
list, ends with 77. Standard library only.
"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXCEPTIONS = Path(__file__).with_name("analyze.txt")
FOLDERS = ("src/", "python/core/")
LEFT_OUT = {"-MD": 1, "-MQ": 2, "-MF": 2, "-o": 2, "-g": 1}  # words of a command line, with how many each takes


def exceptions():
    """The version of gcc, and (file, function, warning) of each exception."""
    lines = [line.split("#")[0].split() for line in EXCEPTIONS.read_text().splitlines()]
    version, *listed = [tuple(words) for words in lines if words]
    return version[1], set(listed)


def commands(build):
    """Source file: the words that compile it, once for each, however often it is built."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = Path(entry["directory"], entry["file"]).resolve()
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).as_posix().startswith(FOLDERS):
            found[path.relative_to(ROOT).as_posix()] = shlex.split(entry["command"])
    return found


def analyze(build, words):
    """(function, warning) of each warning about one file, in gcc's order."""
    command, at = [], 0
    while at < len(words):
        if words[at] not in LEFT_OUT:
            command.append(words[at])
        at += LEFT_OUT.get(words[at], 1)
    command += ["-fanalyzer", "-fdiagnostics-path-format=none", "-fdiagnostics-color=never", "-o", os.devnull]
    done = subprocess.run(command, cwd=build, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"}, check=False)
    if done.returncode != 0:
        return [("?", done.stderr)]
    found = re.findall(r"In function '(\w+)'|warning: .*\[-Wanalyzer-([\w-]+)\]", done.stderr)
    warnings, function = [], "?"
    for named, warning in found:
        function = named or function
        warnings += [(function, warning)] if warning else []
    return warnings


def main():
    build = Path(sys.argv[1])
    version, allowed = exceptions()
    files = commands(build)
    has = subprocess.run([next(iter(files.values()))[0], "-dumpversion"], capture_output=True, text=True,
                         check=True).stdout.strip()
    if has.split(".")[0] != version:
        print(f"the exceptions are those of gcc {version}, and this is gcc {has}")
        return 77
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(lambda words: analyze(build, words), files.values()))
    found = {(path, function, warning) for path, answer in zip(files, answers) for function, warning in answer}
    problems = [(*key, "") for key in found - allowed] + [(*key, ": no longer, and still in the list") for key in
                                                           allowed - found]
    for path, function, warning, more in sorted(problems):
        print(f"{path}: {function}: {warning}{more}")
    print(f"analyze: {len(files)} files, {len({path for path, *_ in problems})} with problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
