"""steelpkt.query: the fields of captures as columns, for whatever takes Arrow, and as rows."""

from __future__ import annotations

import datetime
import decimal
import os

from steelpkt._core import PacketError, _Plan, _time_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    import pandas
    import polars
    import pyarrow

    Paths = str | bytes | os.PathLike[Any] | Iterable[str | bytes | os.PathLike[Any]]
    Time = int | float | str | datetime.datetime

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Row(tuple["Any", ...]):
    """One packet's values, by position or by name."""

    __slots__ = ()
    _places: dict[str, int] = {}

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self._places[key] if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """The names of the values."""
        return list(self._places)

    def asdict(self) -> dict[str, Any]:
        """The values by name."""
        return dict(zip(self._places, self))


class Query:
    """Fields of captures, read anew by each who asks. Takes part wherever Arrow's PyCapsule interface does."""

    def __init__(self, paths: Paths, fields: str | Iterable[str], *, filter: str | None = None,  # noqa: A002
                 bpf: str | None = None, start: Time | None = None, end: Time | None = None, limit: int | None = None,
                 occurrence: str = "auto", names: str = "dots", dictionary: bool = False,
                 decode_as: str | Iterable[str] | None = None, threads: int = 0, plugins: Paths = (),
                 progress: Callable[[int], Any] | bool | None = None,
                 part: tuple[int, int, tuple[int, ...]] | None = None, link_type: int | None = None) -> None:
        if names not in ("dots", "underscores"):
            raise ValueError(f"names is 'dots' or 'underscores', not {names!r}")
        self.paths = _paths(paths)
        self.fields = _names(fields)
        self.filter = filter
        self._more: dict[str, Any] = {
            "bpf": bpf, "start": start, "end": end, "limit": limit, "occurrence": occurrence, "names": names,
            "dictionary": dictionary, "decode_as": _rules(decode_as), "threads": threads, "plugins": _paths(plugins),
            "progress": progress, "part": part, "link_type": link_type}
        if part is not None and len(self.paths) != 1:
            raise ValueError("a part is that of one capture")
        if link_type is not None and not 0 <= link_type <= 0xffff:
            raise ValueError(f"link_type is a number of up to 16 bits, not {link_type}")
        _load(self._more["plugins"])
        self._plan = _Plan(self.fields, occurrence, filter, _ns(start, False), _ns(end, True), _limit(limit),
                           self._more["decode_as"])
        self._form = {"underscores": names == "underscores", "dictionary": bool(dictionary)}

    def _with(self, **changes: Any) -> Query:
        """The same question with other paths, fields, filter or whatever else it was made of."""
        return _again({"paths": self.paths, "fields": self.fields, "filter": self.filter, **self._more, **changes})

    def _first(self, rows: int, **changes: Any) -> Query:
        """The same question about no more than so many rows."""
        limit = self._more["limit"]
        return self._with(limit=rows if limit is None else min(rows, limit), **changes)

    def __reduce__(self) -> Any:
        return _again, ({"paths": self.paths, "fields": self.fields, "filter": self.filter, **self._more},)

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return [underscored(name) for name in self.fields] if self._form["underscores"] else list(self.fields)

    @property
    def types(self) -> list[str]:
        """The columns' types by Arrow's names; dictionary=True changes none."""
        return [_type_of(form) for form in self._plan.formats()]

    def explain(self) -> str:
        """What is read, and what of it is left out: a line for each thing that was asked for."""
        more = self._more
        lines = {"captures": ", ".join(self.paths),
                 "fields": ", ".join(f"{name} {kind}" for name, kind in zip(self.fields, self.types)),
                 "filter": self.filter or "none: every packet",
                 "time": _span(more["start"], more["end"])}
        lines |= {"bpf": more["bpf"], "limit": more["limit"], "decode": more["decode_as"], "plugins": more["plugins"],
                  "values": more["occurrence"] if more["occurrence"] != "auto" else None, "threads": more["threads"],
                  "part": "bytes {0} to {1}".format(*more["part"]) if more["part"] else None, "link": more["link_type"]}
        return "\n".join(f"{word:8} {value if isinstance(value, (str, int)) else ', '.join(value)}"
                         for word, value in lines.items() if value)

    # ---- Arrow ----

    def _pass(self, progress: Any = None, batch_rows: int = 65536, ends: bool = False) -> Any:
        more, link = self._more, self._more["link_type"]
        return self._plan.open(tuple(os.fsencode(path) for path in self.paths), bpf=more["bpf"], ends=ends,
                               threads=more["threads"], progress=progress, batch_rows=batch_rows, part=more["part"],
                               link=-1 if link is None else link, **self._form)

    def __arrow_c_schema__(self) -> object:
        """The columns, as a capsule of Arrow's schema."""
        return self._plan.schema(**self._form)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A new pass, as a capsule of Arrow's stream."""
        return self._pass(_Progress.of(self._more["progress"])).__arrow_c_stream__(requested_schema)

    @property
    def schema(self) -> pyarrow.Schema:
        """The columns, as a pyarrow.Schema."""
        import pyarrow
        return pyarrow.schema(self)

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        """pyarrow.RecordBatches, as they are read. What went wrong is raised after the batches before it."""
        import pyarrow
        progress = _Progress.of(self._more["progress"])
        one = self._pass(progress)
        reader = pyarrow.RecordBatchReader.from_stream(one)
        try:
            while True:
                try:
                    batch = reader.read_next_batch()
                except StopIteration:
                    return
                except Exception:
                    one.check()
                    raise
                yield batch
        finally:
            _Progress.end(progress)

    def to_arrow(self) -> pyarrow.Table:
        """All of it as a pyarrow.Table. After damage, the PacketError's `partial` is the table of what came before."""
        import pyarrow
        batches: list[Any] = []
        try:
            batches.extend(self.batches())
        except PacketError as error:
            error.partial = pyarrow.Table.from_batches(batches, self.schema)  # type: ignore[attr-defined]
            raise
        return pyarrow.Table.from_batches(batches, self.schema)

    def to_pandas(self, **options: Any) -> pandas.DataFrame:
        """All of it as a pandas.DataFrame; options are those of pyarrow.Table.to_pandas."""
        return self.to_arrow().to_pandas(**options)

    def to_polars(self) -> polars.DataFrame:
        """All of it as a polars.DataFrame."""
        import polars
        return polars.DataFrame(self.to_arrow())

    def lazy(self) -> polars.LazyFrame:
        """A polars.LazyFrame: columns, predicates and limits that Polars pushes down are read and nothing else is.

        Each collect is a new pass. The logger steelpkt tells, at level DEBUG, what of it is read.
        """
        from steelpkt._polars import scan
        return scan(self)

    def to_parquet(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Writes it to a Parquet file, batch by batch; options are those of pyarrow.parquet.ParquetWriter.

        The file is made once the first packets were read: a question that fails at once leaves one that is there alone.
        After damage it holds what came before.
        """
        import pyarrow.parquet
        batches = self.batches()
        first = next(batches, None)
        with pyarrow.parquet.ParquetWriter(path, self.schema, **options) as writer:
            if first is not None:
                writer.write_batch(first)
            for batch in batches:
                writer.write_batch(batch)

    # ---- rows ----

    def rows(self) -> Iterator[Row]:
        """The rows as tuples whose values have names too: row[0], row['ip.src']. Times are nanoseconds."""
        kind = type("Row", (Row,), {"__slots__": (), "_places": {name: i for i, name in enumerate(self.names)}})
        progress = _Progress.of(self._more["progress"])
        one = self._pass(progress, batch_rows=4096)
        try:
            while (some := one.rows()) is not None:
                yield from map(kind, some)
        finally:
            _Progress.end(progress)

    __iter__ = rows

    def _repr_html_(self) -> str:
        """What a notebook shows: the first rows, and the plan."""
        from steelpkt import _html
        return _html.of(self)

    def __repr__(self) -> str:
        chosen = f", filter={self.filter!r}" if self.filter else ""
        return f"steelpkt.query({self.paths!r}, {list(self.fields)!r}{chosen})"


class _Progress:
    """tqdm's bar, made when a pass first tells of itself and closed when the pass ends, or is let go."""

    def __init__(self) -> None:
        import tqdm
        self.make = tqdm.tqdm
        self.bar: Any = None

    @staticmethod
    def of(asked: Any) -> Any:
        """What a pass calls: the user's function, a bar where True was asked for, or nothing."""
        return _Progress() if asked is True else asked or None

    @staticmethod
    def end(told: Any) -> None:
        if isinstance(told, _Progress):
            told.close()

    def __call__(self, read: int) -> None:
        if self.bar is None:
            self.bar = self.make(unit=" packets", unit_scale=True)
        self.bar.update(read - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()

    __del__ = close


# Arrow's names of the formats that columns have.
_TYPES = {"b": "bool", "c": "int8", "C": "uint8", "s": "int16", "S": "uint16", "i": "int32", "I": "uint32", "l": "int64",
          "L": "uint64", "u": "string", "z": "binary", "tsn:": "timestamp[ns]", "tDn": "duration[ns]", "+s": "struct"}


def _type_of(form: str) -> str:
    item = form.removeprefix("+l")
    return _TYPES[item] if item == form else f"list<{_TYPES[item]}>"


def underscored(name: str) -> str:
    """A field's name as SQL likes it."""
    return name.replace(".", "_").replace("-", "_")


def _again(given: dict[str, Any]) -> Query:
    given = dict(given)
    return Query(given.pop("paths"), given.pop("fields"), **given)


def _paths(paths: Paths) -> list[str]:
    if isinstance(paths, (str, bytes, os.PathLike)):
        paths = [paths]
    return [os.fsdecode(path) for path in paths]


def _names(fields: str | Iterable[str]) -> tuple[str, ...]:
    names = fields.split(",") if isinstance(fields, str) else fields
    return tuple(name.strip() for name in names)


def _rules(rules: str | Iterable[str] | None) -> tuple[str, ...]:
    """Rules as the command's -d takes them."""
    return (rules,) if isinstance(rules, str) else tuple(rules or ())


def _load(plugins: list[str]) -> None:
    if plugins:
        from steelpkt import load_plugin
        for plugin in plugins:
            load_plugin(plugin)


def _span(start: Time | None, end: Time | None) -> str | None:
    """A window of time in words; None: all of it."""
    if start is None and end is None:
        return None
    return f"{'the beginning' if start is None else start} to {'the end' if end is None else end}"


def _limit(limit: int | None) -> int:
    if limit is None:
        return 0
    if limit <= 0:
        raise ValueError("limit is a number of rows above 0, or None")
    return limit


def _ns(when: Time | None, up: bool) -> int | None:
    """Nanoseconds since 1970 of epoch seconds, text or a datetime (without a zone: UTC). A float means what it prints."""
    if when is None:
        return None
    if isinstance(when, datetime.datetime):
        aware = when if when.tzinfo else when.replace(tzinfo=datetime.timezone.utc)
        since = aware - _EPOCH
        finer = getattr(when, "nanosecond", 0)  # pandas.Timestamp has it
        return (since.days * 86400 + since.seconds) * 10**9 + since.microseconds * 1000 + finer
    if isinstance(when, int):
        return when * 10**9
    return _time_ns(format(decimal.Decimal(repr(float(when))), "f") if isinstance(when, float) else str(when), up)
