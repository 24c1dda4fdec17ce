"""Accepted differences: reviewed lines, each with a condition that a machine checks.

accepted.txt has one difference a line, four parts between ` | `:

    fields | condition | who is right, and by what | example

`fields` are names or patterns (`dns.*`), between commas; `@read` speaks of a whole file that the two
programs end differently. The condition is a Python expression. For a field it sees `ours` and
`theirs` (the two cells), `our(NAME)` and `their(NAME)` (other cells of the same packet; tshark is asked
for every NAME that a condition mentions), `protocols` (tshark's frame.protocols, split), and the
functions of predicates.py; for `@read` it sees `ours` and `theirs`, each with status, message and
packets. The example is `file:frame` (`file` for `@read`) below the corpus or tests/captures.
"""

import fnmatch
import re
from dataclasses import dataclass, field
from pathlib import Path

import predicates

MOST_LINES = 30

_FUNCTIONS = {name: value for name, value in vars(predicates).items()
              if callable(value) and not name.startswith("_")}
_FUNCTIONS.update(len=len, int=int, float=float, abs=abs, set=set, sorted=sorted,
                  any=any, all=all, min=min, max=max)


@dataclass
class Line:
    """One accepted difference, and how often it was met."""

    number: int
    patterns: list
    condition: str
    reason: str
    example: str
    code: object = None
    met: int = 0
    example_met: bool = False

    def speaks_of(self, name):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.patterns)

    def holds(self, names):
        """A condition that makes no sense of its cells (a number of no digits) does not hold."""
        try:
            return bool(eval(self.code, {"__builtins__": {}, **_FUNCTIONS}, names))
        except ValueError:
            return False


@dataclass
class Accepted:
    """All lines of the file, in order; the first that holds counts."""

    lines: list = field(default_factory=list)

    def find(self, name, names):
        """The number of the line that accepts this difference, or None."""
        for line in self.lines:
            if line.speaks_of(name) and line.holds(names):
                return line.number
        return None

    def tshark_names(self):
        """The fields of tshark that the conditions look at."""
        return self._names("their")

    def our_names(self):
        """The fields of ours that they look at."""
        return self._names("our")

    def _names(self, function):
        return sorted({name for line in self.lines for name in
                       re.findall(rf"""\b{function}\(["']([^"']+)["']\)""", line.condition)})


def load_open(path):
    """{"file:frame": what is to be done} of open.txt: packets whose differences are known and not accepted."""
    known = {}
    for text in Path(path).read_text().splitlines():
        if text.strip() and not text.startswith("#"):
            place, _, what = text.partition(" | ")
            known[place.strip()] = what.strip()
    return known


def load(path):
    """Read the file; a line that is not of the form above is a ValueError."""
    lines = []
    for number, text in enumerate(Path(path).read_text().splitlines(), 1):
        if not text.strip() or text.startswith("#"):
            continue
        parts = [part.strip() for part in text.split(" | ")]
        if len(parts) != 4 or not all(parts):
            raise ValueError(f"{path}:{number}: four parts are needed, and there are {len(parts)}")
        line = Line(number, [name.strip() for name in parts[0].split(",")], *parts[1:])
        line.code = compile(line.condition, f"{path}:{number}", "eval")
        lines.append(line)
    if len(lines) > MOST_LINES:
        raise ValueError(f"{path}: {len(lines)} lines, and at most {MOST_LINES} are allowed")
    return Accepted(lines)
