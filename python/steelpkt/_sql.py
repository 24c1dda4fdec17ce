"""SQL over captures: DuckDB answers, and of the captures only what the statement needs is read.

A statement is planned twice. First over an empty table `packets` that has every field there is for a column: DuckDB's plan
of that says which columns the statement reads, and which packets its simple predicates leave out. Then over the captures,
of which a query gives those columns of those packets; the other columns of `packets` are nulls that nobody looks at.
"""

from __future__ import annotations

import json
import logging
import re

import duckdb

from steelpkt import _core, _push
from steelpkt._query import Query, underscored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_log = logging.getLogger("steelpkt")
_GUARD = "a column that nobody names"
_WORDS = re.compile(r"\w+")
_TAKES_BY_PATTERN = re.compile(r"\*|\bcolumns\b", re.IGNORECASE)
_COMPARISONS = {"COMPARE_EQUAL": "==", "COMPARE_NOTEQUAL": "!=", "COMPARE_LESSTHAN": "<", "COMPARE_LESSTHANOREQUALTO": "<=",
                "COMPARE_GREATERTHAN": ">", "COMPARE_GREATERTHANOREQUALTO": ">="}
_PARTS_OF_TEXT = ("contains", "prefix", "suffix")


class Needs:
    """What of the captures a statement needs."""

    def __init__(self, fields: list[str], filter: str | None, scans: int) -> None:  # noqa: A002
        self.fields, self.filter, self.scans = fields, filter, scans


class Statement:
    """One SELECT statement over a table `packets` of captures; names and types are of the answer's columns.

    query says which captures and how they are read; its fields do not matter. Columns are named ip_src and the like; where
    the statement quotes a field's own name ("ip.src"), or names a group (dns_answers), that is a column, too.
    ValueError: it is not one SELECT statement; duckdb.Error: DuckDB refuses it.
    """

    def __init__(self, text: str, query: Query) -> None:
        self.connection = duckdb.connect(config={"python_enable_replacements": False})
        statements = self.connection.extract_statements(text)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise ValueError("one SELECT statement is needed")
        self.text = statements[0].query.rstrip().rstrip(";")
        self.needs = self._learn_of_few(query) or self._learn(query, _core._fields() + self._named(_core._groups()))
        self.query = query._with(fields=self.needs.fields, filter=_push.both([query.filter, self.needs.filter]))
        self._source = _Source(self.query)
        self._offer()

    # ---- what is needed ----

    def _learn_of_few(self, query: Query) -> Needs | None:
        """Plans the statement over a table of the fields that it names, which is quick.

        None: it may see columns that it does not name. What takes columns as they come (a star, a row as a whole, a natural
        join) takes the guard, too; a pattern for columns might not.
        """
        if _TAKES_BY_PATTERN.search(self.text.replace("(*)", "")):
            return None
        try:
            needs = self._learn(query, self._named(_core._fields() + _core._groups()), guard=True)
        except duckdb.Error:
            return None  # to be refused with all columns in view, if it is
        return needs if needs.scans > 0 and _GUARD not in needs.fields else None

    def _named(self, fields: list[str]) -> list[str]:
        """Those of the fields that the statement may name."""
        words = {word.lower() for word in _WORDS.findall(self.text)}
        return [field for field in fields if underscored(field).lower() in words or f'"{field}"' in self.text]

    def _learn(self, query: Query, fields: list[str], guard: bool = False) -> Needs:
        """Plans the statement over an empty table of fields."""
        self.columns = self._columns(query, fields) + ([(_GUARD, _GUARD, "BOOLEAN")] if guard else [])
        layout = ", ".join(f"{_quote(name)} {kind}" for name, _, kind in self.columns)
        self.connection.execute(f"CREATE OR REPLACE TABLE packets ({layout})")
        planned = self.connection.sql(self.text)  # says what is wrong with a statement better than what follows does
        self.names, self.types = planned.columns, [str(kind) for kind in planned.types]
        plan = self._plan()
        self.connection.execute("DROP TABLE packets")
        if plan.get("error", True):
            _log.debug("every field is read: %s", plan.get("error_message"))
            return Needs([field for _, field, _ in self.columns], None, 2)
        scans = [scan for scan in _scans(plan) if scan["function_data"].get("table") == "packets"]
        seen = {field for scan in scans for field in self._fields_of(scan)}
        ordered = [field for field in dict.fromkeys(field for _, field, _ in self.columns) if field in seen]
        narrows = _push.may_narrow(query._more["limit"], ordered)
        chosen = _push.either(self._filter_of(scan) for scan in scans) if narrows else None
        return Needs(ordered or ["frame.number"], chosen, len(scans))

    def _columns(self, query: Query, fields: list[str]) -> list[tuple[str, str, str]]:
        """The columns of a table of a query's fields: name, field, DuckDB's type."""
        if not fields:
            return []
        self.connection.register("_fields", query._with(paths=[], fields=fields, names="underscores"))
        kinds = self.connection.execute("SELECT column_type FROM (DESCRIBE _fields)").fetchall()
        self.connection.unregister("_fields")
        columns = [(underscored(field), field, kind) for field, (kind,) in zip(fields, kinds)]
        quoted = [(field, field, kind) for name, field, kind in columns if name != field and f'"{field}"' in self.text]
        return columns + quoted

    def _plan(self) -> Any:
        """DuckDB's plan of the statement, in which conditions stand where tables are read."""
        known = [name for name, in self.connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()]
        wanted = ("expression_rewriter", "filter_pullup", "filter_pushdown", "unused_columns")
        self.connection.execute(f"SET disabled_optimizers = '{','.join(name for name in known if name not in wanted)}'")
        told = self.connection.execute("SELECT json_serialize_plan(?, optimize := true)", [self.text]).fetchall()
        self.connection.execute("RESET disabled_optimizers")
        return json.loads(told[0][0])

    def _fields_of(self, scan: Any) -> list[str]:
        places = [entry["index"] for entry in scan["column_indexes"]]
        return [self.columns[place][1] for place in places if place < len(self.columns)]  # above: the row's number

    def _filter_of(self, scan: Any) -> str | None:
        """The display filter that keeps what a scan wants."""
        if not scan.get("table_filters_by_projection"):
            return None  # conditions stand in another way, which is not known
        places = [entry["index"] for entry in scan["column_indexes"]]
        filters = scan.get("table_filters", {}).get("filters", [])
        return _push.both(self._condition(places[entry["key"]], entry["value"]) for entry in filters)

    def _condition(self, place: int, condition: Any) -> str | None:
        if place >= len(self.columns):
            return None
        _, field, kind = self.columns[place]
        return _filter_of(field, kind.endswith("[]"), condition)

    # ---- the answer ----

    def _offer(self) -> None:
        """Makes the view packets: the columns that are read, and nulls for the others."""
        self.connection.register("_captures", self._source)
        read = set(self.needs.fields)
        self.columns = [column for column in self.columns if column[0] != _GUARD]
        layout = ", ".join(_quote(underscored(field)) + (f" AS {_quote(name)}" if name == field else "")
                           if field in read else f"CAST(NULL AS {kind}) AS {_quote(name)}"
                           for name, field, kind in self.columns)
        self.connection.execute(f"CREATE TEMP VIEW packets AS SELECT {layout or 'frame_number'} FROM _captures")

    def execute(self, before: str = "", behind: str = "") -> duckdb.DuckDBPyConnection:
        """Runs the statement, within another if need be. Damaged captures count up to their damage."""
        try:
            return self.connection.execute(f"{before}\n{self.text}\n{behind}")
        except RuntimeError as error:
            if str(error) == "Query interrupted":  # what DuckDB makes of a Ctrl-C
                raise KeyboardInterrupt from error
            raise

    def check(self) -> None:
        """Raises what went wrong with the captures, if anything did: PacketError, OSError, KeyboardInterrupt."""
        for one in self._source.passes:
            one.check()


class _Source:
    """What DuckDB scans: a pass of the query for each time it begins to."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.passes: list[Any] = []

    def __arrow_c_schema__(self) -> object:
        return self.query.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        one = self.query._pass(ends=True)
        self.passes.append(one)
        return one.__arrow_c_stream__(requested_schema)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _scans(plan: Any) -> Iterator[Any]:
    """The reads of tables in a plan."""
    if isinstance(plan, dict):
        if plan.get("type") == "LOGICAL_GET":
            yield plan
        for part in plan.values():
            yield from _scans(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from _scans(part)


def _filter_of(field: str, listed: bool, condition: Any) -> str | None:
    """The display filter of a condition on one column, as DuckDB's plan has it; one of an unknown form keeps everything.

    listed: the column's values are lists.
    """
    kind = condition["filter_type"].removeprefix("LEGACY_")
    if kind == "CONSTANT_COMPARISON" and condition["comparison_type"] in _COMPARISONS:
        value = _constant(condition["constant"])
        return None if value is None else _push.comparison(field, _COMPARISONS[condition["comparison_type"]], value)
    if kind == "CONJUNCTION_AND":
        return _push.both(_filter_of(field, listed, part) for part in condition["child_filters"])
    if kind == "CONJUNCTION_OR":
        return _push.either(_filter_of(field, listed, part) for part in condition["child_filters"])
    if kind == "OPTIONAL_FILTER":
        return _filter_of(field, listed, condition["child_filter"])
    if kind == "IN_FILTER":
        values = [_constant(value) for value in condition["values"]]
        return _push.one_of(field, values) if None not in values else None
    if kind == "IS_NOT_NULL":
        return _push.present(field, listed)
    return _said_of(field, condition["expr"]) if kind == "EXPRESSION_FILTER" else None


def _said_of(field: str, expression: Any) -> str | None:
    """The same of an expression that looks at the column alone."""
    if expression["type"] == "BOUND_REF":
        return _push.comparison(field, "==", True)
    parts = expression.get("children", [])
    if expression["type"] == "OPERATOR_NOT" and parts[0]["type"] == "BOUND_REF":
        return _push.comparison(field, "==", False)
    if expression["type"] != "BOUND_FUNCTION" or [part["type"] for part in parts] != ["BOUND_REF", "VALUE_CONSTANT"]:
        return None
    name = expression["qname"]["path"][-1] if "qname" in expression else expression.get("name")
    value = _constant(parts[1]["value"])
    if name in ("list_contains", "array_contains", "list_has") and value is not None:
        return _push.comparison(field, "==", value)
    return _push.contains(field, value) if name in _PARTS_OF_TEXT else None


def _constant(constant: Any) -> Any:
    """A constant of the plan as Python's value or a Moment; None where it is null or of another kind."""
    kind = constant["type"]["id"]
    if constant["is_null"]:
        return None
    if kind == "TIMESTAMP_NS":
        return _push.Moment(constant["value"])
    return constant["value"] if kind in ("BOOLEAN", "VARCHAR") or kind.endswith("INT") or kind.endswith("INTEGER") else None
