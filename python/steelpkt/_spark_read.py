"""What a task of Spark's does: parts of captures as record batches of the declared schema.

Objects here hold plain values only, since they travel to the executors; the query is made where it is read.
"""

from __future__ import annotations

import contextlib
import logging

from pyspark.sql.datasource import InputPartition

import steelpkt
from steelpkt import _paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    import pyarrow
    from pyspark.sql.types import StructType

    Part = tuple[int, int, tuple[int, ...]]

_log = logging.getLogger("steelpkt")

TIME = "frame.time_epoch"
# Columns that come from no field of their own: the exact time, and the damage that ends a file.
NANOSECONDS, DAMAGE = "ts_ns", "_damage"


class Task(InputPartition):  # type: ignore[misc]
    """What one task reads: captures, each whole (None) or a part of it."""

    def __init__(self, stretches: list[tuple[str, Part | None]]) -> None:
        super().__init__(tuple(stretches))


def tasks(files: Iterable[tuple[str, int]], size: int, cut: bool) -> list[Task]:
    """Captures of about so many bytes a task: small ones together, large ones in parts where they can be cut."""
    made: list[Task] = []
    group: list[tuple[str, Part | None]] = []
    bytes_of_group = 0
    for path, length in files:
        if cut and length > size:
            made += [Task([(path, part)]) for part in _parts(path, size)]
            continue
        if group and bytes_of_group + length > size:
            made.append(Task(group))
            group, bytes_of_group = [], 0
        group.append((path, None))
        bytes_of_group += length
    return made + ([Task(group)] if group else [])


def _parts(path: str, size: int) -> list[Part | None]:
    """The parts of a capture, or [None]: it is read as one."""
    with _paths.local(path) as name:
        try:
            parts = steelpkt.splits(name, size)
        except steelpkt.PacketError as damage:  # whoever reads the last of them comes upon it
            parts = getattr(damage, "partial", [])
        except ValueError:
            return [None]
    if not parts or (_paths.is_elsewhere(path) and parts[-1][2]):
        return [None]
    return list(parts)


class Question:
    """What is asked of each capture: steelpkt.query's arguments, and how its columns become those of the schema."""

    def __init__(self, how: dict[str, Any], names: dict[str, str], schema: StructType, damage: str) -> None:
        self.how = how
        self.names = names  # a column's name, and the field it comes from
        self.schema = schema
        self.damage = damage  # "log", "rows" or "fail"

    def fields(self) -> list[str]:
        """The fields that the schema's columns need, each once."""
        wanted = [self.names[name] for name in self.schema.fieldNames() if name != DAMAGE]
        return list(dict.fromkeys(wanted)) or [TIME]

    def read(self, task: Task) -> Iterator[pyarrow.RecordBatch]:
        """The rows of a task."""
        for path, part in task.value:
            yield from self._read_one(path, part)

    def _read_one(self, path: str, part: Part | None) -> Iterator[pyarrow.RecordBatch]:
        ranges = None if part is None else [(0, min(_paths.HEAD, part[1])), part[:2]]
        fields, arrow = self.fields(), self._arrow()
        with contextlib.ExitStack() as held:
            try:
                name = held.enter_context(_paths.local(path, ranges))
                query = steelpkt.query(name, fields, part=part, **self.how)
                for batch in query.batches():
                    yield self._cast(dict(zip(fields, batch.columns)), batch.num_rows, path, arrow)
            except steelpkt.PacketError as error:
                yield from self._tell(path, str(error).replace(name, path), error.offset)

    def _tell(self, path: str, text: str, offset: int | None) -> Iterator[pyarrow.RecordBatch]:
        """Damage, after every row before it was given."""
        if self.damage == "fail":
            raise steelpkt.PacketError(text)
        _log.warning("damaged capture: %s", text)
        if self.damage == "rows":
            import pyarrow
            row = {"_file": path, "_offset": offset, DAMAGE: text}
            yield pyarrow.RecordBatch.from_pylist([row], schema=self._arrow())

    def _arrow(self) -> pyarrow.Schema:
        from pyspark.sql.pandas.types import to_arrow_schema
        return to_arrow_schema(self.schema)

    def _cast(self, columns: dict[str, pyarrow.Array], rows: int, path: str, arrow: pyarrow.Schema) -> pyarrow.RecordBatch:
        """The columns of fields as those of the schema."""
        import pyarrow
        made = []
        for field in arrow:
            if field.name == DAMAGE:
                made.append(pyarrow.nulls(rows, field.type))
            elif field.name == "_file":
                made.append(pyarrow.repeat(pyarrow.scalar(path, field.type), rows))
            else:
                made.append(_as(columns[self.names[field.name]], field.type))
        return pyarrow.RecordBatch.from_arrays(made, schema=arrow)


def _as(column: pyarrow.Array, kind: pyarrow.DataType) -> pyarrow.Array:
    import pyarrow
    import pyarrow.compute
    if pyarrow.types.is_list(column.type) and not pyarrow.types.is_list(kind):  # occurrence=all: what a record has once
        column = pyarrow.compute.list_slice(column, 0, 1, return_fixed_size_list=True).values
    if pyarrow.types.is_list(kind):
        return pyarrow.ListArray.from_arrays(column.offsets, _as(column.values, kind.value_type), type=kind)
    if pyarrow.types.is_timestamp(kind):  # down to the microsecond, also before 1970
        column = pyarrow.compute.floor_temporal(column, unit="microsecond").cast(pyarrow.timestamp("us"))
    return column if column.type == kind else column.cast(kind)
