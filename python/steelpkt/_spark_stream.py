"""A directory of rotating captures as a stream of Spark's: each file once, when nobody writes to it any more.

The offset of the stream says which files were taken, and what they were then (Spark keeps it in the checkpoint): a batch is
the files that its end names and its start does not. So a batch that is run again reads the same files. Files that are gone
leave the offset, which is as large as the directory. A name that is used again for another capture is another file; one to
which was written after it was taken is not: that is told in the log, as the rest of it is lost.
"""

from __future__ import annotations

import logging
import os
import time
import zlib

from pyspark.sql.datasource import DataSourceStreamReader

from steelpkt import _paths, _spark_read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import pyarrow

_log = logging.getLogger("steelpkt")
_LOOKED_AT = 256  # bytes that tell two captures of one name apart: the headers of the file and of its first packets


class Reader(DataSourceStreamReader):  # type: ignore[misc]
    """Gives the captures below some paths, as they are finished."""

    def __init__(self, paths: list[str], question: _spark_read.Question, size: int, cut: bool, settle: float) -> None:
        self.paths = paths
        self.question = question
        self.size = size
        self.cut = cut
        self.settle = settle
        self._marks: dict[tuple[str, int, int, int], str] = {}  # of the files that were there, as they were

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_marks": {}}  # it goes with every task, which needs none of them

    def initialOffset(self) -> dict[str, str]:  # noqa: N802 - Spark's names
        return {}

    def latestOffset(self) -> dict[str, str]:  # noqa: N802
        before, self._marks = self._marks, {}
        marks = {path: self._mark(path, size, before) for path, size in _paths.expand(self.paths)}
        return {path: mark for path, mark in marks.items() if mark is not None}

    def partitions(self, start: dict[str, str], end: dict[str, str]) -> list[_spark_read.Task]:
        new = []
        for path, mark in sorted(end.items()):
            size = int(mark.split()[0])
            before = start.get(path)
            if before is None or (mark != before and not self._goes_on(path, before, size)):
                new.append((path, size))
            elif mark != before:
                _log.warning("%s: it was taken as %s bytes and has %d now; a stream takes finished captures (option settle)",
                             path, before.split()[0], size)
        return _spark_read.tasks(new, self.size, self.cut)

    def read(self, partition: _spark_read.Task) -> Iterator[pyarrow.RecordBatch]:
        return self.question.read(partition)

    @staticmethod
    def _goes_on(path: str, before: str, size: int) -> bool:
        """Whether a capture begins with what was taken under its name before."""
        taken, head = before.split()
        return size >= int(taken) and _head(path, int(taken)) == head

    def _mark(self, path: str, size: int, before: dict[tuple[str, int, int, int], str]) -> str | None:
        """The size of a capture and what its first bytes are; None: somebody may still write to it."""
        if size == 0:
            return None
        try:
            if _paths.is_elsewhere(path):
                return f"{size} {_head(path, size)}"
            told = os.stat(path)
            if time.time() - told.st_mtime < self.settle:
                return None
            now = (path, size, told.st_mtime_ns, told.st_ctime_ns)  # the last of which nobody sets
            self._marks[now] = before.get(now) or f"{size} {_head(path, size)}"
            return self._marks[now]
        except FileNotFoundError:  # rotated away meanwhile
            return None


def _head(path: str, size: int) -> str:
    """What the first bytes of a capture of so many are."""
    looked_at = min(size, _LOOKED_AT)
    with _paths.local(path, [(0, looked_at)]) as name, open(name, "rb") as file:
        return f"{zlib.crc32(file.read(looked_at)):08x}"
