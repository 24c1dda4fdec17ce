"""Captures by path: what stands in a store is found as it is found in a directory."""

import fsspec
import pytest

from steelpkt import _paths

TREE = ["a.pcap", "b.pcap", "c.txt", "_unfinished.pcap", ".hidden.pcap", "sub/d.pcap", "sub/deep/e.pcap", "day[1]/f.pcap",
        "day1/g.pcap", "_temporary/0/h.pcap", ".trash/i.pcap", ".trash/deep/j.pcap"]


@pytest.fixture
def roots(tmp_path):
    """The same files here and in fsspec's store in memory."""
    store = fsspec.filesystem("memory")
    for number, name in enumerate(TREE):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(number))
        store.pipe(f"/tree/{name}", bytes(number))
    yield str(tmp_path / "tree"), "memory://tree"
    store.rm("/tree", recursive=True)


def below(root, pattern):
    return [(path.partition("/tree/")[2], size) for path, size in _paths.expand([root + pattern])]


@pytest.mark.parametrize(("pattern", "count"), [
    ("", 3), ("/", 3), ("/a.pcap", 1), ("/*.pcap", 2), ("/sub", 1), ("/day[1]", 1), ("/day[12]", 1), ("/day*", 2), ("/*", 6),
    ("/**/*.pcap", 7), ("/sub/*", 2), ("/.trash", 1), ("/.t*", 1), ("/*.pcapng", 0)])
def test_a_store_s_tree_is_a_directory_s(roots, pattern, count):
    here, there = (below(root, pattern) for root in roots)
    assert there == here and len(here) == count


def test_what_is_nowhere_is_told(roots):
    for root in roots:
        with pytest.raises(FileNotFoundError, match="no such capture"):
            _paths.expand([root + "/z.pcap"])


def test_a_store_is_asked_once_for_all_files_of_a_directory(roots, monkeypatch):
    asked = []
    store = fsspec.filesystem("memory")
    for name in ("info", "ls"):
        def counted(path, *words, told=getattr(store, name), **more):
            asked.append(path)
            return told(path, *words, **more)
        monkeypatch.setattr(store, name, counted)
    assert len(below(roots[1], "")) == 3 and len(asked) == 3
