#!/usr/bin/env python3
"""Every value that steelpkt prints, compared with tshark's, packet by packet.

    tests/differential/run.py                    all captures, figures, differences by class
    tests/differential/run.py --file icmp --field icmp.seq --show 5
    tests/differential/run.py --declarations     only types and the must list

The captures are those of tests/captures and, where there is one, of the corpus: $STEELPKT_CORPUS, or
../shared/corpus beside the checkout. compare.py says what is compared with what, accepted.py which
differences may stand, open.txt names the packets whose differences are still to be mended. Ends with 1 when another
difference is not accepted, 77 when there is no tshark.
"""

import argparse
import concurrent.futures
import os
import shutil
import sys
import time
from pathlib import Path

import accepted
import fields
import report
import voices
from compare import Comparison, with_options, words_of

HERE = Path(__file__).resolve().parent
# Differences that are known and not accepted: they are counted and printed, and no other may come to them.
OPEN = accepted.load_open(HERE / "open.txt")
ROOT = HERE.parent.parent
SKIP = 77


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steelpkt", default=str(ROOT / "build" / "steelpkt"))
    parser.add_argument("--tshark", default="tshark")
    parser.add_argument("--corpus", help="a directory of captures; 'none' for no corpus")
    parser.add_argument("--accepted", default=str(HERE / "accepted.txt"))
    parser.add_argument("--cache", help="where tshark's answers are kept")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--file", action="append", default=[], help="only captures with this in the path")
    parser.add_argument("--field", action="append", default=[],
                        help="only fields with this name or below it (tcp, tcp.options)")
    parser.add_argument("--show", type=int, default=1, help="examples of each class of differences")
    parser.add_argument("--declarations", action="store_true", help="check types and names only")
    parser.add_argument("--junit", help="write the outcome as JUnit XML")
    parser.add_argument("--markdown", help="write the differences as a document")
    return parser.parse_args()


def cache_folder(option):
    if option:
        return Path(option)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "steelpkt" / "differential"


def corpus_folder(option):
    """The corpus, or None when there is none."""
    if option == "none":
        return None
    for place in (option, os.environ.get("STEELPKT_CORPUS"), ROOT.parent / "shared" / "corpus"):
        if place and Path(place).is_dir():
            return Path(place)
    return None


def captures(corpus, wanted):
    """(name, path) of every capture: the shipped ones, then the corpus."""
    found = []
    for folder in (ROOT / "tests" / "captures", corpus):
        if folder is None or not folder.is_dir():
            continue
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            if path.suffix in (".md", ".sh", ".py", ".txt"):
                continue
            name = str(path.relative_to(ROOT if folder.is_relative_to(ROOT) else folder))
            if not wanted or any(text in name for text in wanted):
                found.append((name, path))
    return found


def pick(names, wanted):
    """The supported names that --field asks for."""
    if not wanted:
        return names
    return [n for n in names if any(n == w or n.startswith(w + ".") for w in wanted)]


def stays(protocol, known, spoken):
    """Known protocols stay switched on, and the parts that tshark calls protocols (tcp.options.mss)."""
    if protocol in with_options(known) or protocol == "pkt_comment":
        return True
    return protocol not in spoken and any(protocol.startswith(word + ".") for word in known)


class Work:
    """What every worker process needs; made once in each."""

    here = None

    def __init__(self, options, names, extra, version, protocols):
        self.options, self.names, self.extra = options, names, extra
        self.version, self.protocols = version, protocols
        self.cache = cache_folder(options.cache)
        self.accepted = accepted.load(options.accepted)
        self.plain = self.tshark(())

    def tshark(self, disabled):
        return voices.Tshark(self.options.tshark, self.version, [*self.names, *self.extra],
                             disabled, self.cache)

    def know(self, known, spoken):
        """Second round: these protocols are known; tshark speaks of `spoken` in frame.protocols."""
        self.known = known
        self.restricted = self.tshark([p for p in self.protocols if not stays(p, known, spoken)])
        self.comparison = Comparison(self.names, self.extra, known, self.accepted, OPEN)


def _begin(*settings):
    Work.here = Work(*settings)


def _listen(capture):
    """First round: words in both programs' frame.protocols."""
    work, (_, path) = Work.here, capture
    column = [*work.names, *work.extra].index("frame.protocols")
    theirs = words_of(work.plain.ask(path).lines, column)
    ours = words_of(voices.ask_steelpkt(work.options.steelpkt, path, ["frame.protocols"]).lines, 0)
    return ours, theirs


def _compare(task):
    (name, path), known, spoken = task
    work = Work.here
    if getattr(work, "known", None) != known:
        work.know(known, spoken)
    plain = work.comparison.packets(work.plain.ask(path))
    ours = voices.ask_steelpkt(work.options.steelpkt, path, work.names)
    result = work.comparison.compare(name, ours, plain, lambda: work.restricted.ask(path))
    work.comparison.compare_ends(result, ours, plain)
    return result


def remembered(path, known, spoken):
    """The words, and those of earlier runs: a run of few captures then asks tshark what a run of all
    asks, and finds the answers kept."""
    if path.exists():
        before = [set(line.split()) for line in path.read_text().split("\n")]
        known, spoken = known | before[0], spoken | before[1]
    path.write_text("\n".join(" ".join(sorted(words)) for words in (known, spoken)))
    return known, spoken


def compare_all(options, found, names, extra, ours, protocols):
    """Compare all captures in parallel."""
    settings = (options, names, extra, voices.tshark_version(options.tshark), protocols)
    with concurrent.futures.ProcessPoolExecutor(options.jobs, initializer=_begin,
                                                initargs=settings) as pool:
        known, spoken = {f["protocol"] for f in ours if f["protocol"]}, set()
        for mine, theirs in pool.map(_listen, found, chunksize=4):
            known |= mine
            spoken |= theirs
        known, spoken = remembered(cache_folder(options.cache) / "words", known, spoken)
        known &= set(protocols)
        tasks = [(capture, frozenset(known), frozenset(spoken)) for capture in found]
        return list(pool.map(_compare, tasks, chunksize=4))


def closed(results):
    """Packets of open.txt that do not differ any more; asked of whole runs only."""
    met = {place for r in results for place in r.opened}
    return [f"open.txt: {place} does not differ any more: take it out" for place in OPEN if place not in met]


def unmet(options, results, lines):
    """Accepted lines that did not apply, or whose example did not; asked of whole runs only."""
    met = {number for r in results for number in r.accepted}
    shown = {number for r in results for number in r.examples}
    wrong = [f"accepted.txt:{line.number} never applied" for line in lines if line.number not in met]
    return wrong + [f"accepted.txt:{line.number}: {line.example} is no example of it"
                    for line in lines if line.number in met and line.number not in shown]


def suites(results, declarations, stale):
    """The outcome as test cases: one a folder of captures, and the checks of the lists."""
    folders = {}
    for result in results:
        folders.setdefault(str(Path(result.path).parent), []).append(result)
    cases = []
    for folder, of in sorted(folders.items()):
        bad = any(r.differences or r.read for r in of)
        cases.append((folder, report.differences(of, 1) if bad else ""))
    lists = [("types and must names", "\n".join(declarations)),
             ("accepted lines apply", "\n".join(stale))]
    return {"differential": cases, "differential lists": lists}


def main():
    options = arguments()
    if not shutil.which(options.tshark):
        print("skipped: there is no tshark")
        return SKIP
    began = time.monotonic()
    ours, theirs = fields.steelpkt_fields(options.steelpkt), fields.tshark_fields(options.tshark)
    declarations = fields.check_declarations(ours, theirs)
    for sentence in declarations:
        print(sentence)
    if options.declarations:
        print(f"{len(fields.supported(ours, theirs))} fields of tshark's are supported")
        return 1 if declarations else 0
    corpus = corpus_folder(options.corpus)
    found = captures(corpus, options.file)
    names = pick(fields.supported(ours, theirs), options.field)
    lines = accepted.load(options.accepted)
    names += [name for name in lines.our_names() if name not in names]
    needed = ["frame.number", "frame.protocols", "frame.encap_type", "_ws.malformed", "_ws.short", *lines.tshark_names()]
    extra = [name for name in dict.fromkeys(needed) if name not in names]
    results = compare_all(options, found, names, extra, ours, fields.tshark_protocols(options.tshark))
    whole = corpus is not None and not options.file and not options.field
    stale = unmet(options, results, lines.lines) + closed(results) if whole else []
    voices.prune(cache_folder(options.cache))

    print(report.differences(results, options.show))
    for sentence in stale:
        print(sentence)
    print(f"fields compared          {len(names):>12,}")
    print(report.figures(results, lines.lines))
    print(f"in {time.monotonic() - began:.1f} s" + ("" if corpus else "; there is no corpus"))
    if options.junit:
        report.junit(suites(results, declarations, stale), options.junit)
    if options.markdown:
        Path(options.markdown).write_text(report.markdown(results, lines.lines, options.show),
                                          encoding="utf-8", errors="backslashreplace")
    failed = declarations or stale or any(r.differences or r.read for r in results)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
