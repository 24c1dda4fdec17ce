"""steelpkt.query: the fields of captures as columns, for whatever takes Arrow, and as rows."""

import datetime
import os

from steelpkt._core import PacketError, _Plan, _time_ns

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Row(tuple):
    """One packet's values, by position or by name."""

    __slots__ = ()
    _places = {}

    def __getitem__(self, key):
        return tuple.__getitem__(self, self._places[key] if isinstance(key, str) else key)

    def keys(self):
        """The names of the values."""
        return list(self._places)

    def asdict(self):
        """The values by name."""
        return dict(zip(self._places, self))


class Query:
    """Fields of captures, read anew by each who asks. Takes part wherever Arrow's PyCapsule interface does."""

    def __init__(self, paths, fields, *, filter=None, bpf=None, start=None, end=None, limit=None,  # noqa: A002
                 occurrence="auto", names="dots", dictionary=False, threads=0, progress=None):
        if names not in ("dots", "underscores"):
            raise ValueError(f"names is 'dots' or 'underscores', not {names!r}")
        self.paths = _paths(paths)
        self.fields = _fields(fields)
        self.filter = filter
        self._plan = _Plan(self.fields, occurrence, filter, _ns(start, False), _ns(end, True), _limit(limit))
        self._form = {"underscores": names == "underscores", "dictionary": bool(dictionary)}
        self._bpf, self._threads, self._progress = bpf, threads, progress

    @property
    def names(self):
        """The columns' names."""
        return [_underscored(name) for name in self.fields] if self._form["underscores"] else list(self.fields)

    # ---- Arrow ----

    def _pass(self, progress=None, batch_rows=0):
        return self._plan.open(tuple(os.fsencode(path) for path in self.paths), bpf=self._bpf, threads=self._threads,
                               progress=progress, batch_rows=batch_rows, **self._form)

    def __arrow_c_schema__(self):
        return self._plan.schema(**self._form)

    def __arrow_c_stream__(self, requested_schema=None):
        """A new pass, as a capsule of Arrow's stream."""
        progress = self._progress if callable(self._progress) else None
        return self._pass(progress).__arrow_c_stream__(requested_schema)

    @property
    def schema(self):
        """The columns, as a pyarrow.Schema."""
        import pyarrow
        return pyarrow.schema(self)

    def batches(self):
        """pyarrow.RecordBatches, as they are read. What went wrong is raised after the batches before it."""
        import pyarrow
        with _Progress(self._progress) as progress:
            one = self._pass(progress)
            reader = pyarrow.RecordBatchReader.from_stream(one)
            while True:
                try:
                    batch = reader.read_next_batch()
                except StopIteration:
                    return
                except Exception:
                    one.check()
                    raise
                yield batch

    def to_arrow(self):
        """All of it as a pyarrow.Table. After damage, the PacketError's `partial` is the table of what came before."""
        import pyarrow
        batches = []
        try:
            batches.extend(self.batches())
        except PacketError as error:
            error.partial = pyarrow.Table.from_batches(batches, self.schema)
            raise
        return pyarrow.Table.from_batches(batches, self.schema)

    def to_pandas(self, **options):
        """All of it as a pandas.DataFrame; options are those of pyarrow.Table.to_pandas."""
        return self.to_arrow().to_pandas(**options)

    def to_polars(self):
        """All of it as a polars.DataFrame."""
        import polars
        return polars.from_arrow(self.to_arrow())

    def to_parquet(self, path, **options):
        """Writes it to a Parquet file, batch by batch; options are those of pyarrow.parquet.ParquetWriter."""
        import pyarrow.parquet
        with pyarrow.parquet.ParquetWriter(path, self.schema, **options) as writer:
            for batch in self.batches():
                writer.write_batch(batch)

    # ---- rows ----

    def rows(self):
        """The rows as tuples whose values have names too: row[0], row['ip.src']. Times are nanoseconds."""
        kind = type("Row", (Row,), {"__slots__": (), "_places": {name: i for i, name in enumerate(self.names)}})
        with _Progress(self._progress) as progress:
            one = self._pass(progress, batch_rows=4096)
            while (some := one.rows()) is not None:
                yield from map(kind, some)

    __iter__ = rows

    def __repr__(self):
        chosen = f", filter={self.filter!r}" if self.filter else ""
        return f"steelpkt.query({self.paths!r}, {list(self.fields)!r}{chosen})"


class _Progress:
    """What a pass calls: the user's function, tqdm's bar, or nothing."""

    def __init__(self, asked):
        self.asked, self.bar = asked, None

    def __enter__(self):
        if self.asked is not True:
            return self.asked or None
        import tqdm
        self.bar = tqdm.tqdm(unit=" packets", unit_scale=True)
        return lambda read: self.bar.update(read - self.bar.n)

    def __exit__(self, *_):
        if self.bar is not None:
            self.bar.close()


def _paths(paths):
    if isinstance(paths, (str, bytes, os.PathLike)):
        paths = [paths]
    return [os.fsdecode(path) for path in paths]


def _fields(fields):
    names = fields.split(",") if isinstance(fields, str) else fields
    return tuple(name.strip() for name in names)


def _underscored(name):
    return name.replace(".", "_").replace("-", "_")


def _limit(limit):
    if limit is None:
        return 0
    if limit <= 0:
        raise ValueError("limit is a number of rows above 0, or None")
    return limit


def _ns(when, up):
    """Nanoseconds since 1970 of epoch seconds, text or a datetime (without a zone: UTC)."""
    if when is None:
        return None
    if isinstance(when, str):
        return _time_ns(when, up)
    if isinstance(when, datetime.datetime):
        aware = when if when.tzinfo else when.replace(tzinfo=datetime.timezone.utc)
        since = aware - _EPOCH
        return (since.days * 86400 + since.seconds) * 10**9 + since.microseconds * 1000
    return when * 10**9 if isinstance(when, int) else round(when * 10**9)
