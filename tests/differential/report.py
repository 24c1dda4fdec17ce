"""What is printed and written about a comparison."""

from collections import Counter, defaultdict
from xml.sax.saxutils import escape, quoteattr

CELL = 110


def _cut(text):
    text = text.encode("utf-8", "backslashreplace").decode()
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return text if len(text) <= CELL else text[:CELL] + f"... ({len(text)})"


def classes(results):
    """Differences by (field, kind), most frequent first: [(field, kind, [(file, difference)])]."""
    found = defaultdict(list)
    for result in results:
        for difference in result.differences:
            found[difference.name, difference.kind()].append((result.path, difference))
    return sorted(((name, kind, cases) for (name, kind), cases in found.items()),
                  key=lambda entry: -len(entry[2]))


def figures(results, lines):
    """The figures that are always printed."""
    accepted = Counter()
    for result in results:
        accepted.update(result.accepted)
    text = [
        f"files                    {len(results):>12,}",
        f"packets                  {sum(r.packets for r in results):>12,}",
        f"  with a protocol that is not decoded yet, compared below it"
        f" {sum(r.apart for r in results):,}",
        f"values compared          {sum(r.values for r in results):>12,}",
        f"differences              {sum(len(r.differences) for r in results):>12,}",
        f"accepted differences     {sum(accepted.values()):>12,}",
        f"open differences         {sum(sum(r.opened.values()) for r in results):>12,}"
        f"  in {sum(len(r.opened) for r in results)} packets (open.txt)",
        f"files that end otherwise {sum(bool(r.read) for r in results):>12,}",
    ]
    for line in lines:
        text.append(f"  accepted.txt:{line.number}: {accepted[line.number]:>9,}  "
                    f"{', '.join(line.patterns)}: {line.reason}")
    return "\n".join(text)


def differences(results, show):
    """The differences by class, `show` examples each, spread over files."""
    text = []
    for name, kind, cases in classes(results):
        files = {path for path, _ in cases}
        text.append(f"{len(cases):>8,}  {name}: {kind}  ({len(files)} files)")
        shown = Counter()
        for path, case in cases:
            if sum(shown.values()) >= show:
                break
            if shown[path] and len(files) > sum(shown.values()) and len(files) >= show:
                continue
            shown[path] += 1
            text.append(f"            {path}:{case.number}")
            text.append(f"              ours   {_cut(case.ours)}")
            text.append(f"              tshark {_cut(case.theirs)}")
    for result in results:
        if result.read:
            text.append(f"ends otherwise: {result.path}\n    {result.read}")
    return "\n".join(text)


def markdown(results, lines, show):
    """The same as one document."""
    text = ["# Differences from tshark", "", "```", figures(results, lines), "```", "",
            "## By field", "", "| field | cells | files |", "|---|---|---|"]
    by_field = defaultdict(lambda: [0, set()])
    for result in results:
        for difference in result.differences:
            by_field[difference.name][0] += 1
            by_field[difference.name][1].add(result.path)
    for name, (count, files) in sorted(by_field.items(), key=lambda entry: -entry[1][0]):
        text.append(f"| {name} | {count:,} | {len(files)} |")
    text += ["", "## By class, with examples", "", "```", differences(results, show), "```", ""]
    return "\n".join(text)


def junit(suites, path):
    """Write {suite: [(case, failure text or '')]} as JUnit XML."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for suite, cases in suites.items():
        failed = sum(bool(failure) for _, failure in cases)
        out.append(f'<testsuite name={quoteattr(suite)} tests="{len(cases)}" failures="{failed}">')
        for name, failure in cases:
            out.append(f"<testcase classname={quoteattr(suite)} name={quoteattr(name)}>")
            if failure:
                clean = "".join(c if c in "\n\t" or c.isprintable() else "?" for c in failure)
                out.append(f"<failure>{escape(clean)}</failure>")
            out.append("</testcase>")
        out.append("</testsuite>")
    out.append("</testsuites>")
    with open(path, "w", encoding="utf-8", errors="replace") as stream:
        stream.write("\n".join(out) + "\n")
