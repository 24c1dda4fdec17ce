#!/usr/bin/env python3
"""Holds the documents that show programs to what the programs are and do. Standard library only.

    check_tutorial.py [--write] [--build DIRECTORY] [FILE.md...]     default: all of these documents

A code block below <!-- examples/NAME.c: REGION --> is what stands in that file between /* [REGION] */ and /* [end] */; in
Python between # [REGION] and # [end].
Every such region of examples/ is shown somewhere. The commands of a block ```console are run, and write what the block
says; a line "..." stands for any number of lines. Above it may stand <!-- needs: WORD, ... -->: a program without which
the block is skipped; "network": run as the client of tests/network/network.py; "names": and that has a name server;
"any order": lines may come in any order. All blocks of a file run in one directory made for them, where build, examples
and tests are.

With --write the blocks are made to say what is true. Ends with 1 when something is not.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "network"))
import network  # noqa: E402

DOCUMENTS = ("docs/tutorial-c.md", "docs/query.md", "README.md")
REGION = re.compile(r"^(?:/\*|#) \[(\w+)\](?: \*/)?\n(.*?)^(?:/\*|#) \[end\](?: \*/)?$", re.M | re.S)
MARK = re.compile(r"^(?:/\*|#) \[\w+\]", re.M)
BLOCK = re.compile(r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
TIMEOUT = 60


def regions(root=ROOT):
    """{("examples/craft.c", "udp"): text}"""
    found = {}
    for path in sorted(path for path in (root / "examples").rglob("*") if path.suffix in (".c", ".py")):
        text = path.read_text()
        for name, body in REGION.findall(text):
            found[path.relative_to(root).as_posix(), name] = body
        if len(MARK.findall(text)) != 2 * len(REGION.findall(text)):
            raise SystemExit(f"{path}: a region does not end")
    return found


def matches(said, real):
    """Whether lines are as they were said to be, where ... is any number of them."""
    if not said:
        return not real
    if said[0] == "...":
        return any(matches(said[1:], real[i:]) for i in range(len(real) + 1))
    return bool(real) and said[0] == real[0] and matches(said[1:], real[1:])


class Stage:
    """Where the commands of one document run."""

    def __init__(self, build):
        self.build = Path(build).resolve()
        self.network = None
        self.serving = False
        self.reason = None

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="steelpkt-tutorial-")
        for name, place in (("build", self.build), ("examples", ROOT / "examples"), ("tests", ROOT / "tests")):
            os.symlink(place, os.path.join(self.directory, name))
        return self

    def __exit__(self, *exception):
        if self.network is not None:
            self.network.__exit__(None, None, None)
        shutil.rmtree(self.directory)

    def lacks(self, needs):
        """Why a block with these needs cannot run here; None: it can."""
        for need in needs:
            if need in ("network", "names"):
                reason = self.open_network()
                if reason is None and need == "names" and not self.serving:
                    self.serving = self.network.serve_names()
                    reason = None if self.serving else "no command dnsmasq"
                if reason is not None:
                    return reason
            elif need != "any order" and shutil.which(need) is None:
                return f"no command {need}"
        return None

    def open_network(self):
        if self.network is None and self.reason is None:
            try:
                self.network = network.Network().__enter__()
            except network.Unavailable as reason:
                self.reason = str(reason)
        return self.reason

    def run(self, command, inside):
        """The lines that a command writes."""
        environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", LD_LIBRARY_PATH=str(self.build),
                           PKG_CONFIG_PATH=str(self.build / "meson-uninstalled"))
        whole = ("bash", "-c", command)
        result = subprocess.run(self.network.command("client", *whole) if inside else whole, cwd=self.directory,
                                env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                stdin=subprocess.DEVNULL, text=True, timeout=TIMEOUT, check=False)
        return result.stdout.splitlines()


class Document:
    """One file and what was found in it: problems, skipped blocks, blocks that are right."""

    def __init__(self, path, known, stage):
        self.path, self.known, self.stage = path, known, stage
        self.text = path.read_text()
        self.problems, self.skipped, self.right = [], [], 0

    def line(self, match):
        return f"{self.path.name}:{self.text.count(chr(10), 0, match.start('text'))}"

    def check(self):
        """Gives the text as it would be true."""
        return BLOCK.sub(self.check_block, self.text)

    def check_block(self, match):
        note, kind, text = match["note"] or "", match["kind"], match["text"]
        if kind == "console":
            needs = [word.strip() for word in note[len("needs:"):].split(",")] if note.startswith("needs:") else []
            new = self.check_console(match, text, needs)
        elif note.startswith("examples/"):
            new = self.check_code(match, text, tuple(part.strip() for part in note.split(":", 1)))
        else:
            return match[0]
        start = match.start("text") - match.start()
        return match[0][:start] + new + match[0][start + len(text):]

    def check_code(self, match, text, key):
        if key not in self.known:
            self.problems.append(f"{self.line(match)}: no region {key[1]} in {key[0]}")
            return text
        if text == self.known[key]:
            self.right += 1
        else:
            self.problems.append(f"{self.line(match)}: the block is not what stands in {key[0]} as {key[1]}")
        return self.known[key]

    def check_console(self, match, text, needs):
        reason = self.stage.lacks(needs)
        if reason is not None:
            self.skipped.append(f"{self.line(match)}: {reason}")
            return text
        new, inside = [], "network" in needs or "names" in needs
        for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
            command, *said = part.rstrip("\n").split("\n")
            while command.endswith("\\"):
                command = command + "\n" + said.pop(0)
            real = self.stage.run(command, inside)
            same = sorted(said) == sorted(real) if "any order" in needs else matches(said, real)
            if same:
                self.right += 1
            else:
                self.problems.append("\n    ".join([f"{self.line(match)}: $ {command}", "wrote:", *real]))
            new += ["$ " + command, *(said if same else real)]
        return "\n".join(new) + "\n"


def check(paths, build, write=False, known=None):
    """All problems, all skipped blocks and the number of right ones."""
    known = regions() if known is None else known
    problems, skipped, right = [], [], 0
    for path in paths:
        with Stage(build) as stage:
            document = Document(path, known, stage)
            text = document.check()
        if write and text != document.text:
            path.write_text(text)
        problems += document.problems
        skipped += document.skipped
        right += document.right
    return problems, skipped, right


def not_shown():
    """The regions of examples/ that no document shows; the README's program where there is a README."""
    there = [ROOT / name for name in DOCUMENTS if (ROOT / name).exists()]
    text = "".join(path.read_text() for path in there)
    return [f"{file}: {name}" for file, name in regions() if f"<!-- {file}: {name} -->" not in text
            and (file != "examples/readme.c" or ROOT / "README.md" in there)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true", help="make the blocks true")
    parser.add_argument("--build", default=ROOT / "build", help="where the examples were built")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    paths = options.files or [ROOT / name for name in DOCUMENTS if (ROOT / name).exists()]
    problems, skipped, right = check(paths, options.build, options.write)
    if not options.files:
        problems += [f"{region}: no document shows it" for region in not_shown()]
    for line in problems:
        print(line)
    for line in skipped:
        print("skipped:", line)
    print(f"{right} right, {len(problems)} wrong, {len(skipped)} skipped")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
