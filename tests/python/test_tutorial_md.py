"""docs/tutorial.md is typed top to bottom, in one session, and answers what it says.

Blocks ```pycon are statements and their results. Blocks ```python show the source of what is named above them, in
steelscript.packets.protos.dns_purepy. A block below <!-- needs: network --> is typed on the client of
tests/network/network.py; below <!-- needs: names --> its neighbour has a name server.
"""
import contextlib
import doctest
import inspect
import re
import shutil
import sys
import textwrap
from operator import attrgetter
from pathlib import Path

import pytest
from steelscript.packets.protos import dns_purepy

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
sys.path.insert(0, str(ROOT / "tests" / "network"))
import network  # noqa: E402

PART = re.compile(r"^## (?P<title>[^\n]*)$|"
                  r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
TITLES = [part.split("\n")[0] for part in re.split(r"^## ", PAGE.read_text(), flags=re.M)[1:] if "\n```" in part]


@contextlib.contextmanager
def on_a_host():
    """The session is typed on a host with a neighbour, where that can be. Gives what cannot, and why."""
    with contextlib.ExitStack() as stack:
        try:
            hosts = stack.enter_context(network.Network())
        except network.Unavailable as reason:
            yield {"network": str(reason), "names": str(reason)}
            return
        lacks = {} if hosts.serve_names() else {"names": "no command dnsmasq"}
        stack.enter_context(hosts.inside("client"))
        yield lacks


class Section:
    """What became of the blocks below one heading."""

    def __init__(self):
        self.right, self.wrong, self.skipped = 0, [], []


def source(names):
    """The source of classes, functions and methods of dns_purepy, named with commas between them."""
    parts = [attrgetter(name.strip())(dns_purepy) for name in names.split(",")]
    return "\n".join(textwrap.dedent(inspect.getsource(part)) for part in parts)


def type_block(match, known, said):
    """Types one block's statements; whether all results were as they stand there."""
    line = PAGE.read_text().count("\n", 0, match.start("text"))
    test = doctest.DocTestParser().get_doctest(match["text"], known, PAGE.name, str(PAGE), line)
    test.globs = known  # as it is, not a copy: the session goes on
    assert test.examples, f"line {line}: nothing to type"
    return doctest.DocTestRunner(verbose=False).run(test, out=said.append, clear_globs=False).failed == 0


def type_page():
    """{heading: Section}"""
    sections, known = {}, {}
    with on_a_host() as lacks:
        section = Section()
        for match in PART.finditer(PAGE.read_text()):
            note = match["note"] or ""
            need = note.removeprefix("needs: ") if note.startswith("needs: ") else None
            if match["title"] is not None:
                section = sections[match["title"]] = Section()
            elif need in lacks:
                section.skipped.append(lacks[need])
            elif match["kind"] == "pycon":
                said = []
                if type_block(match, known, said):
                    section.right += 1
                else:
                    section.wrong += said
            elif match["kind"] == "python" and note.startswith("dns_purepy: "):
                if match["text"] == source(note.removeprefix("dns_purepy: ")):
                    section.right += 1
                else:
                    section.wrong.append(f"not the source of {note}:\n{match['text']}")
            elif match["kind"] != "text":
                section.wrong.append(f"no way to try a block of {match['kind']}:\n{match['text']}")
    return sections


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    directory = tmp_path_factory.mktemp("tutorial")
    for name in ("dns.pcap", "http.pcap"):
        shutil.copy(ROOT / "tests" / "captures" / name, directory)
    with contextlib.chdir(directory):
        return type_page()


@pytest.mark.parametrize("title", TITLES)
def test_section(typed, title):
    section = typed[title]
    assert not section.wrong, "\n".join(section.wrong)
    assert section.right or section.skipped, "nothing was typed"
    if section.skipped:
        pytest.skip(section.skipped[0])
