"""Captures as a data source of PySpark 4: the fields of their packets as the columns of a DataFrame.

    spark.dataSource.register(steelpkt.spark.Captures)
    frame = spark.read.format("steelpkt").option("fields", "ip.src,dns.qry.name").load("captures/*.pcapng")

Options are the parameters of steelpkt.query, and a few of its own (OPTIONS). docs/cluster.md shows how clusters run it.
"""

from __future__ import annotations

import json
import sys

from pyspark.sql.datasource import DataSource, DataSourceReader

import steelpkt
from steelpkt import _paths, _push, _spark_read
from steelpkt._query import underscored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    import pyarrow
    from pyspark.sql.datasource import DataSourceStreamReader
    from pyspark.sql.types import StructType

# The options beside fields, and what they are: text, a number, or several texts with a separator between them.
OPTIONS = {
    "filter": "a display filter, in Wireshark's language", "bpf": "a filter in libpcap's language",
    "start": "the first time that is wanted", "end": "the last one",
    "occurrence": "which values where a packet has several: auto, first, last or all",
    "names": "underscores (ip_src, as it is) or dots", "decode_as": "rules as tshark's -d has them, with ';' between them",
    "plugins": "paths of protocol plug-ins on the executors, with ':' between them",
    "link_type": "the link type of every packet, whatever the captures say",
    "threads": "that read one capture together in a task; 1 as it is",
    "size": "bytes that a task reads, about; 128 MiB as it is",
    "whole": "true: no capture is cut, and frame.number and times since another packet are those within each file",
    "record": "false: without the columns _file and _offset",
    "settle": "of a stream: seconds after which a capture to which nobody wrote is finished; 10 as it is",
    "damage": "log: damage ends a file and stands in the task's log; rows: it is a row as well; fail: it ends the job",
}
_SIZE = 128 << 20
_SETTLE = 10

# How Spark says what columns of a query are; of lists, the items. Unsigned numbers are as wide as they need to be.
_DDL = {"bool": "BOOLEAN", "int8": "TINYINT", "uint8": "SMALLINT", "int16": "SMALLINT", "uint16": "INT", "int32": "INT",
        "uint32": "BIGINT", "int64": "BIGINT", "uint64": "DECIMAL(20,0)", "string": "STRING", "binary": "BINARY",
        "timestamp[ns]": "TIMESTAMP", "duration[ns]": "BIGINT"}
# What a record has once, whatever occurrence says. Files have less than 2^63 of anything.
_ONCE = {"frame.number": "BIGINT", "_number": "BIGINT", "_offset": "BIGINT", "_file": "STRING"}


class Captures(DataSource):  # type: ignore[misc]
    """The packets of captures. The option fields says which columns there are."""

    @classmethod
    def name(cls) -> str:
        """What `format` takes."""
        return "steelpkt"

    def schema(self) -> str:
        """The columns: those of the fields, and what names the record."""
        return ", ".join(f"`{name}` {kind}" for name, kind in self._columns().items())

    def reader(self, schema: StructType) -> DataSourceReader:
        """Reads captures that are there."""
        # Spark refuses readers that take filters while it is not to give them any; where it is, this module is at work.
        pushes = "pyspark.sql.worker.data_source_pushdown_filters" in sys.modules
        return (_PushedReader if pushes else _Reader)(self, self._question(schema))

    def streamReader(self, schema: StructType) -> DataSourceStreamReader:  # noqa: N802 - Spark's name
        """Reads captures as they come into a directory."""
        from steelpkt import _spark_stream
        size, cut, settle = self._cuts()
        return _spark_stream.Reader(self.paths(), self._question(schema), size, cut, settle)

    def paths(self) -> list[str]:
        """What load was given."""
        several = self.options.get("paths")
        paths = json.loads(several) if several else [self.options["path"]] if "path" in self.options else []
        if not paths:
            raise ValueError("which captures? load(path), or load([path, ...])")
        return list(paths)

    def tasks(self) -> list[_spark_read.Task]:
        """What there is to read, a task each."""
        size, cut, _ = self._cuts()
        return _spark_read.tasks(_paths.expand(self.paths()), size, cut)

    # ---- options ----

    def _fields(self) -> list[str]:
        fields = [name.strip() for name in self.options.get("fields", "").split(",") if name.strip()]
        if not fields:
            raise ValueError('which fields? option("fields", "ip.src,dns.qry.name")')
        return fields

    def _number(self, option: str, otherwise: int) -> int:
        text = str(self.options.get(option, otherwise))
        if not text.isdecimal() or int(text) == 0:
            raise ValueError(f"option {option}: {text!r} is no number above 0")
        return int(text)

    def _says(self, option: str, otherwise: bool) -> bool:
        text = str(self.options.get(option, otherwise)).lower()
        if text not in ("true", "false"):
            raise ValueError(f"option {option}: true or false, not {text!r}")
        return text == "true"

    def _cuts(self) -> tuple[int, bool, int]:
        """How large a task is, whether captures are cut, and when one is finished."""
        return self._number("size", _SIZE), not self._says("whole", False), self._number("settle", _SETTLE)

    def _how(self) -> dict[str, Any]:
        """The arguments of steelpkt.query that the options say."""
        known = {"fields", "path", "paths", *OPTIONS}
        for name in self.options:
            if name.lower() not in known:
                hint = "; limit() of the DataFrame does it" if name.lower() == "limit" else ""
                raise ValueError(f"option {name}: there is none of that name{hint}")
        how: dict[str, Any] = {name: self.options[name] for name in ("filter", "bpf", "start", "end", "occurrence")
                               if name in self.options}
        how["decode_as"] = [rule for rule in self.options.get("decode_as", "").split(";") if rule]
        how["plugins"] = [path for path in self.options.get("plugins", "").split(":") if path]
        how["threads"] = self._number("threads", 1)
        if "link_type" in self.options:
            how["link_type"] = int(self.options["link_type"])
        return how

    def _names(self) -> dict[str, str]:
        """Columns that the source has, and the fields they are made of."""
        fields = self._fields()
        form = self.options.get("names", "underscores")
        if form not in ("underscores", "dots"):
            raise ValueError(f"option names: underscores or dots, not {form!r}")
        names = {name if form == "dots" or name.startswith("_") else underscored(name): name for name in fields}
        if any(name in (_spark_read.TIME, "frame.time") for name in fields):
            names[_spark_read.NANOSECONDS] = _spark_read.TIME
        if self._says("record", True):
            names |= {"_file": "_file", "_offset": "_offset"}
        return names

    def _columns(self) -> dict[str, str]:
        """The columns and their types."""
        names, how, (_, cut, _) = self._names(), self._how(), self._cuts()
        query = steelpkt.query([], list(dict.fromkeys(names.values())), **how)
        if query._plan.runs_on and cut:
            raise ValueError("frame.number, _number and times since another packet run on through a whole capture: "
                             'option("whole", "true") reads each as one')
        types = dict(zip(query.fields, query.types))
        columns = {name: _ddl(field, types[field]) for name, field in names.items()}
        if _spark_read.NANOSECONDS in columns:
            columns[_spark_read.NANOSECONDS] = "BIGINT"
        if self._damage() == "rows":
            columns[_spark_read.DAMAGE] = "STRING"
        return columns

    def _damage(self) -> str:
        word = self.options.get("damage", "log")
        if word not in ("log", "rows", "fail"):
            raise ValueError(f"option damage: log, rows or fail, not {word!r}")
        return str(word)

    def _question(self, schema: StructType) -> _spark_read.Question:
        columns = self._columns()
        for name in schema.fieldNames():
            if name not in columns:
                raise ValueError(f"the schema has a column {name}; there are {', '.join(columns)}")
        return _spark_read.Question(self._how(), self._names(), schema, self._damage())


def _ddl(field: str, kind: str) -> str:
    if field in _ONCE:
        return _ONCE[field]
    item = kind.removeprefix("list<").removesuffix(">")
    if item == "struct":
        raise ValueError(f"{field}: this is a group of fields: ask for its members")
    return _DDL[item] if item == kind else f"ARRAY<{_DDL[item]}>"


class _Reader(DataSourceReader):  # type: ignore[misc]
    """A batch: what there is when it is planned."""

    def __init__(self, source: Captures, question: _spark_read.Question) -> None:
        self.source = source
        self.question = question

    def partitions(self) -> list[_spark_read.Task]:
        # one without captures, since Spark makes a task of its own where there is none
        return self.source.tasks() or [_spark_read.Task([])]

    def read(self, partition: _spark_read.Task) -> Iterator[pyarrow.RecordBatch]:
        return self.question.read(partition)


class _PushedReader(_Reader):
    """The same where Spark offers the filters of the DataFrame: what they leave out never becomes rows."""

    def pushFilters(self, filters: Iterable[Any]) -> Iterable[Any]:  # noqa: N802 - Spark's name
        offered = list(filters)
        if _push.may_narrow(None, self.question.fields()):
            said = [self.question.how.get("filter"), *map(self._filter_of, offered)]
            self.question.how["filter"] = _push.both(said)
        return offered  # a display filter looks at every occurrence, so Spark looks again

    def _filter_of(self, offered: Any) -> str | None:
        """A filter of Spark's as a display filter; None: it may want any packet."""
        kind, negated = type(offered).__name__, False
        if kind == "Not":
            offered, negated = offered.child, True
            kind = type(offered).__name__
        name = ".".join(offered.attribute)
        field = self.question.names.get(name)
        if field is None or field.startswith("_") or name == _spark_read.NANOSECONDS:
            return None
        value: Any = getattr(offered, "value", None)
        if negated:
            return _push.comparison(field, "!=", value) if kind == "EqualTo" and _is_plain(value) else None
        if kind == "IsNotNull":
            return _push.present(field, self._is_list(name))
        if kind == "In":
            return _push.one_of(field, value) if all(map(_is_plain, value)) else None
        if kind in _PARTS_OF_TEXT:
            return _push.contains(field, value)
        return _push.comparison(field, _COMPARISONS[kind], value) if kind in _COMPARISONS and _is_plain(value) else None

    def _is_list(self, name: str) -> bool:
        return bool(self.question.schema[name].dataType.typeName() == "array")


_COMPARISONS = {"EqualTo": "==", "GreaterThan": ">", "GreaterThanOrEqual": ">=", "LessThan": "<", "LessThanOrEqual": "<="}
_PARTS_OF_TEXT = ("StringStartsWith", "StringEndsWith", "StringContains")


def _is_plain(value: Any) -> bool:
    """Times are left to Spark, whose microseconds are not the packet's nanoseconds; so are lists."""
    return isinstance(value, (bool, int, str))
