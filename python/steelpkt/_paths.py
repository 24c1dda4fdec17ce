"""Captures by path, for engines that read them from afar: local and shared file systems directly, others through fsspec.

Of a capture elsewhere only the bytes that are needed are fetched, to the very places of a sparse file beside the reader. So
whoever reads it reads a local file, whose records stand where they stand in the capture.
"""

from __future__ import annotations

import contextlib
import glob
import os
import tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

# What a reader has to see before a part: the header of the file and, whole, the first record.
HEAD = 512 << 10
_CHUNK = 8 << 20


def is_elsewhere(path: str) -> bool:
    """Whether a path is a URL of something that no file system mounts."""
    return "://" in path and not path.startswith("file://")


def _here(path: str) -> str:
    return path.removeprefix("file://")


def _system(path: str) -> tuple[Any, str]:
    import fsspec
    return fsspec.core.url_to_fs(path)  # type: ignore[no-any-return]


def expand(patterns: Iterable[str]) -> list[tuple[str, int]]:
    """Paths and sizes of the files that patterns and directories stand for, each once, in the order of their names."""
    found: dict[str, int] = {}
    for pattern in patterns:
        some = dict(_elsewhere(pattern) if is_elsewhere(pattern) else _local(_here(pattern)))
        if not some and not glob.has_magic(pattern):
            raise FileNotFoundError(f"{pattern}: no such capture")
        found.update(some)
    return sorted(found.items())


def _local(pattern: str) -> Iterator[tuple[str, int]]:
    for path in [pattern] if os.path.exists(pattern) else glob.glob(pattern, recursive=True):
        for name in glob.glob(glob.escape(path) + "/*") if os.path.isdir(path) else [path]:
            if os.path.isfile(name) and _is_shown(name):
                with contextlib.suppress(FileNotFoundError):  # rotated away meanwhile
                    yield os.path.abspath(name), os.stat(name).st_size  # who reads it may be in another directory


def _elsewhere(pattern: str) -> Iterator[tuple[str, int]]:
    system, path = _system(pattern)
    found = {path: system.info(path)} if system.exists(path) else system.glob(path, detail=True)
    for name, info in found.items():
        if "/." in name and "/." not in path:
            continue  # fsspec's patterns take hidden folders, too, which nobody's shell does
        for one in system.ls(name, detail=True) if info["type"] == "directory" else [info]:
            if one["type"] != "directory" and _is_shown(one["name"]):
                yield system.unstrip_protocol(one["name"]), one["size"]


def _is_shown(path: str) -> bool:
    """Names that Spark, too, passes over: what is hidden, and what is not done yet."""
    return not os.path.basename(path).startswith((".", "_"))


@contextlib.contextmanager
def local(path: str, ranges: Iterable[tuple[int, int]] | None = None) -> Iterator[str]:
    """A local file that has these ranges of a capture's bytes, or all of them, at their places."""
    if not is_elsewhere(path):
        yield _here(path)
        return
    system, name = _system(path)
    suffix = "".join(os.path.basename(name).partition(".")[1:])
    with tempfile.NamedTemporaryFile(prefix="steelpkt-", suffix=suffix) as file:
        for begin, end in [(0, system.size(name))] if ranges is None else ranges:
            file.truncate(max(end, os.fstat(file.fileno()).st_size))
            file.seek(begin)
            for at in range(begin, end, _CHUNK):
                file.write(system.cat_file(name, start=at, end=min(at + _CHUNK, end)))
        file.flush()
        yield file.name
