"""docs/tutorial.md is typed top to bottom, in one session, and answers what it says.

Blocks ```pycon are statements and their results. Blocks ```python show the source of what is named above them, in
steelscript.packets.protos.dns_purepy. A block below <!-- needs: network --> is typed on the client of
tests/network/network.py; below <!-- needs: names --> its neighbour has a name server.
"""
import contextlib
import inspect
import re
import shutil
import textwrap
from operator import attrgetter
from pathlib import Path

import pytest
import sessions
from steelscript.packets.protos import dns_purepy

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
PART = re.compile(r"^## (?P<title>[^\n]*)$|"
                  r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
TITLES = [part.split("\n")[0] for part in re.split(r"^## ", PAGE.read_text(), flags=re.M)[1:] if "\n```" in part]


def name_server(hosts):
    """Gives what lacks, and why. It ends with the network."""
    return contextlib.nullcontext({} if hosts.serve_names() else {"names": "no command dnsmasq"})


class Section:
    """What became of the blocks below one heading."""

    def __init__(self):
        self.right, self.wrong, self.skipped = 0, [], []


def source(names):
    """The source of classes, functions and methods of dns_purepy, named with commas between them."""
    parts = [attrgetter(name.strip())(dns_purepy) for name in names.split(",")]
    return "\n".join(textwrap.dedent(inspect.getsource(part)) for part in parts)


def type_page():
    """{heading: Section}"""
    sections, known = {}, {}
    with sessions.on_client(name_server) as lacks:
        section = Section()
        for match in PART.finditer(PAGE.read_text()):
            note = match["note"] or ""
            need = note.removeprefix("needs: ") if note.startswith("needs: ") else None
            if match["title"] is not None:
                section = sections[match["title"]] = Section()
            elif need in lacks:
                section.skipped.append(lacks[need])
            elif match["kind"] == "pycon":
                wrong = sessions.typed(match["text"], known, PAGE, match.string.count("\n", 0, match.start("text")))
                if wrong:
                    section.wrong.append(wrong)
                else:
                    section.right += 1
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
