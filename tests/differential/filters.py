#!/usr/bin/env python3
"""Every filter keeps the packets that tshark keeps, and what tshark refuses is refused.

    tests/differential/filters.py                    1,000 filters over a sample of all captures
    tests/differential/filters.py --corpus none      over the shipped captures only
    tests/differential/filters.py --only 'dns.*' --show 20

Filters are those of filters.txt and, up to 1,000, made from the grammar, the fields and the values of the sample
(grammar.py; the seed is fixed). The sample (sample.py) has packets of everything that the captures show. The answers are
Wireshark's own engine's (sharkd.py), and tshark's itself for a few, which must be the same. Protocols that steelpkt does
not know are switched off, as in the comparison of fields. Packets whose fields differ there are counted apart: what a field
is has been judged there. filters_accepted.txt names the differences that may stand.
"""

import argparse
import concurrent.futures
import random
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import fields
import grammar
import report
import run
import sample
import sharkd
import voices

COUNT = 1000
MOST_LINES = 15
# So many filters are asked of tshark itself as well.
ASKED_OF_TSHARK = 24


@dataclass
class Line:
    """One accepted difference: for which filters, and of which kind."""

    number: int
    pattern: object
    kind: str
    reason: str
    example: str
    met: int = 0
    example_met: bool = False


KINDS = ("packets", "we refuse", "tshark refuses")


def load_accepted(path):
    """pattern | kind | reason | example; a line that is not of that form is a ValueError."""
    lines = []
    for number, text in enumerate(Path(path).read_text().splitlines(), 1):
        if not text.strip() or text.startswith("#"):
            continue
        parts = [part.strip() for part in text.split(" | ")]
        if len(parts) != 4 or parts[1] not in KINDS:
            raise ValueError(f"{path}:{number}: pattern | kind | reason | example, and kind one of {KINDS}")
        lines.append(Line(number, re.compile(parts[0]), *parts[1:]))
    if len(lines) > MOST_LINES:
        raise ValueError(f"{path}: {len(lines)} lines, and at most {MOST_LINES} are allowed")
    return lines


@dataclass
class Result:
    """What came of all filters."""

    filters: int = 0
    refused: int = 0
    kept: int = 0
    apart: int = 0
    ended: list = field(default_factory=list)
    differences: list = field(default_factory=list)


def judge(expression, ours, theirs, doubtful, lines, result):
    """Compare one filter's two answers: a list of packets, or the sentence of a refusal."""
    result.filters += 1
    if theirs == sharkd.CRASHED:
        result.ended.append(expression)
        return
    refused = isinstance(theirs, str)
    kind, told = None, ""
    if isinstance(ours, str) != refused:
        kind = "tshark refuses" if refused else "we refuse"
        told = theirs if refused else ours
    elif not refused:
        differ = set(ours) ^ set(theirs)
        result.kept += len(theirs)
        result.apart += len(differ & doubtful)
        if differ - doubtful:
            kind = "packets"
            more, fewer = sorted(set(ours) - set(theirs) - doubtful), sorted(set(theirs) - set(ours) - doubtful)
            told = f"kept by us only: {len(more)} {more[:6]}; by tshark only: {len(fewer)} {fewer[:6]}"
    result.refused += refused
    if kind is None:
        return
    for line in lines:
        if line.kind == kind and line.pattern.search(f"{expression} -- {told}"):
            line.met += 1
            line.example_met |= line.example == expression
            return
    result.differences.append((expression, kind, told))


def ask_steelpkt(program, capture, expression):
    """Packet numbers, or the sentence of a refusal."""
    done = subprocess.run([program, "query", "-T", "tsv", "--no-header", "-e", "frame.number", "-Y", expression,
                           str(capture)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=voices.ENVIRONMENT)
    if done.returncode not in (0, 2):
        if done.returncode != 1:
            raise RuntimeError(f"{expression}: steelpkt ended with {done.returncode}: {done.stderr.decode()}")
        return done.stderr.decode("utf-8", "replace").splitlines()[0]
    return [int(line) for line in done.stdout.split()]


def ask_tshark(program, capture, disabled, expression):
    """The same of tshark."""
    command = [program, "-n", "-r", str(capture), *voices.STATELESS, "-Y", expression, "-T", "fields", "-e", "frame.number"]
    for protocol in disabled:
        command += ["--disable-protocol", protocol]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=voices.ENVIRONMENT)
    return "refused" if done.returncode else [int(line) for line in done.stdout.split()]


class Ground:
    """The sample, what is switched off in tshark, and what both programs read in it."""

    def __init__(self, options):
        self.cache = run.cache_folder(options.cache)
        ours = fields.steelpkt_fields(options.steelpkt)
        self.types = fields.tshark_fields(options.tshark)
        self.names = fields.supported(ours, self.types)
        self.version = voices.tshark_version(options.tshark)
        protocols = fields.tshark_protocols(options.tshark)
        captures = run.captures(run.corpus_folder(options.corpus), [])
        self.capture = sample.make(options.steelpkt, captures, self.names, lambda chain: chain not in ("", "data"),
                                   self.cache)
        mine = voices.ask_steelpkt(options.steelpkt, self.capture, self.names)
        chain = self.names.index("frame.protocols")
        plain = voices.Tshark(options.tshark, self.version, ["frame.protocols"], (), self.cache).ask(self.capture)
        known = {f["protocol"] for f in ours if f["protocol"]} | run.words_of(mine.lines, chain)
        known &= set(protocols)
        spoken = run.words_of(plain.lines, 0)
        self.protocols = sorted({f["protocol"] for f in ours if f["protocol"]} & set(protocols))
        self.disabled = [p for p in protocols if not run.stays(p, known, spoken)]
        theirs = voices.Tshark(options.tshark, self.version, self.names, self.disabled, self.cache).ask(self.capture)
        self.read(mine, theirs)

    def read(self, mine, theirs):
        """The values that fields have, and the packets on which the two do not agree."""
        self.packets = len(mine.lines)
        if len(theirs.lines) != self.packets:
            raise RuntimeError(f"{self.packets} packets in the sample, and tshark reads {len(theirs.lines)}")
        self.doubtful = {n for n, pair in enumerate(zip(mine.lines, theirs.lines), 1) if pair[0] != pair[1]}
        self.values = {}
        for line in mine.lines:
            for name, cell in zip(self.names, line.decode("utf-8", "replace").split("\t")):
                if cell and len(self.values.setdefault(name, {})) < 50:
                    self.values[name][cell] = True
        self.values = {name: list(cells) for name, cells in self.values.items()}

    def filters(self):
        known = [line for line in (run.HERE / "filters.txt").read_text().splitlines()
                 if line.strip() and not line.startswith("#")]
        types = {name: self.types[name].ftype for name in self.names}
        made = grammar.make(types, self.values, self.protocols, COUNT - len(known))
        return known + made


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steelpkt", default=str(run.ROOT / "build" / "steelpkt"))
    parser.add_argument("--tshark", default="tshark")
    parser.add_argument("--sharkd", default="sharkd")
    parser.add_argument("--corpus", help="a directory of captures; 'none' for no corpus")
    parser.add_argument("--cache", help="where answers are kept")
    parser.add_argument("--accepted", default=str(run.HERE / "filters_accepted.txt"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", help="only filters that this regular expression finds")
    parser.add_argument("--show", type=int, default=20, help="so many differences are printed")
    parser.add_argument("--junit", help="write the outcome as JUnit XML")
    return parser.parse_args()


def check_tshark(options, ground, answers):
    """Sentences about filters of which tshark says something else than its engine did."""
    some = random.Random(grammar.SEED).sample(sorted(answers), min(ASKED_OF_TSHARK, len(answers)))
    wrong = []
    for expression in some:
        told = ask_tshark(options.tshark, ground.capture, ground.disabled, expression)
        if isinstance(told, str) != isinstance(answers[expression], str) or (
                not isinstance(told, str) and told != answers[expression]):
            wrong.append(f"tshark and sharkd differ: {expression}")
    return wrong


def unmet(lines):
    """Accepted lines that did not apply, or whose example did not; asked of whole runs only."""
    wrong = [f"filters_accepted.txt:{line.number} never applied" for line in lines if not line.met]
    return wrong + [f"filters_accepted.txt:{line.number}: its example does not differ" for line in lines
                    if line.met and not line.example_met]


def main():
    options = arguments()
    for program in (options.tshark, options.sharkd, "editcap", "mergecap"):
        if not shutil.which(program):
            print(f"skipped: there is no {program}")
            return run.SKIP
    began = time.monotonic()
    lines = load_accepted(options.accepted)
    ground = Ground(options)
    filters = ground.filters() + [line.example for line in lines]
    filters = [f for f in dict.fromkeys(filters) if not options.only or re.search(options.only, f)]
    answers = sharkd.ask(options.sharkd, ground.version, ground.capture, ground.disabled, filters, options.jobs)
    result = Result()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        asked = pool.map(lambda f: ask_steelpkt(options.steelpkt, ground.capture, f), filters)
        for expression, ours in zip(filters, asked):
            judge(expression, ours, answers[expression], ground.doubtful, lines, result)
    whole = not options.only and run.corpus_folder(options.corpus) is not None
    stale = unmet(lines) if whole else []
    stale += check_tshark(options, ground, {f: answers[f] for f in filters if answers[f] != sharkd.CRASHED})

    for expression, kind, told in result.differences[:options.show]:
        print(f"{expression}\n    {kind}: {told}")
    for sentence in stale:
        print(sentence)
    for expression in result.ended:
        print(f"sharkd ended on: {expression}")
    print(f"filters                  {result.filters:>12,}  refused by tshark {result.refused:,}, its engine ended on "
          f"{len(result.ended)}")
    print(f"packets of the sample    {ground.packets:>12,}  with fields that differ {len(ground.doubtful):,}")
    print(f"packets kept             {result.kept:>12,}  differences on packets whose fields differ {result.apart:,}")
    for line in lines:
        print(f"accepted {line.met:>4}  {line.reason}")
    print(f"filters that differ      {len(result.differences):>12,}")
    print(f"in {time.monotonic() - began:.1f} s")
    if options.junit:
        bad = {d[0]: f"{d[1]}: {d[2]}" for d in result.differences}
        report.junit({"filters": [(f, bad.get(f, "")) for f in filters],
                      "filter lists": [("accepted lines apply", "\n".join(stale))]}, options.junit)
    return 1 if result.differences or stale else 0


if __name__ == "__main__":
    sys.exit(main())
