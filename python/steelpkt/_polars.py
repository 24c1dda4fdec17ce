"""A query as a polars.LazyFrame: Polars says which columns, rows and how many it needs, and only those are read."""

from __future__ import annotations

import json
import logging

import polars
from polars.io.plugins import register_io_source

from steelpkt import _push

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steelpkt._query import Query

_log = logging.getLogger("steelpkt")
_COMPARISONS = {"Eq": "==", "NotEq": "!=", "Lt": "<", "LtEq": "<=", "Gt": ">", "GtEq": ">="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BETWEEN = {"Both": (">=", "<="), "Left": (">=", "<"), "Right": (">", "<="), "None": (">", "<")}


def scan(query: Query) -> polars.LazyFrame:
    """The LazyFrame of a query. Each collect is a new pass over the captures."""
    def source(columns: list[str] | None, predicate: polars.Expr | None, rows: int | None,
               _: int | None) -> Iterator[polars.DataFrame]:
        if rows == 0:
            return
        narrowed = narrow(query, columns, predicate, rows)
        _log.debug("Polars reads %r, limit %s", narrowed, narrowed._more["limit"])
        for batch in narrowed.batches():
            frame = polars.DataFrame(batch)
            frame = frame if predicate is None else frame.filter(predicate)
            yield frame if columns is None else frame.select(columns)
    return register_io_source(source, schema=polars.Schema(query), explain_name="STEELPKT", explain_detail=repr(query))


def narrow(query: Query, columns: list[str] | None, predicate: polars.Expr | None, rows: int | None) -> Query:
    """The query of what is needed of a query: columns, the rows that a predicate wants, or the first rows.

    With a number of rows the predicate is about those rows, not about all.
    """
    fields = dict(zip(query.names, query.fields))
    needed = set(fields if columns is None else columns)
    if predicate is not None:
        needed.update(predicate.meta.root_names())
    kept = [field for name, field in fields.items() if name in needed] or list(query.fields[:1])
    if rows is not None:
        return query._first(max(1, rows), fields=kept)
    chosen = query.filter
    if predicate is not None and _push.may_narrow(query._more["limit"], kept):
        chosen = _push.both([query.filter, _Reader(query).filter_of(predicate)])
    return query._with(fields=kept, filter=chosen)


class _Reader:
    """Reads expressions as Polars prints them; one of an unknown form keeps every packet."""

    def __init__(self, query: Query) -> None:
        self.fields = dict(zip(query.names, query.fields))
        self.listed = {field for field, kind in zip(query.fields, query.types) if kind.startswith("list<")}

    def filter_of(self, expression: polars.Expr) -> str | None:
        """The display filter that lets pass what the expression wants; None: it may want anything."""
        form = json.loads(expression.meta.serialize(format="json"))
        parts = expression.meta.pop()[::-1]
        if "Column" in form:
            return self.compare(expression, "==", True)
        if "BinaryExpr" in form:
            return self.binary(form["BinaryExpr"]["op"], *parts)
        return self.function(form["Function"]["function"], parts) if "Function" in form else None

    def binary(self, operator: Any, left: polars.Expr, right: polars.Expr) -> str | None:
        if operator in ("And", "LogicalAnd"):
            return _push.both([self.filter_of(left), self.filter_of(right)])
        if operator in ("Or", "LogicalOr"):
            return _push.either([self.filter_of(left), self.filter_of(right)])
        sign = _COMPARISONS.get(operator) if isinstance(operator, str) else None
        if sign is None:
            return None
        if left.meta.is_literal():
            left, right, sign = right, left, _MIRRORED.get(sign, sign)
        return self.compare(left, sign, *_values(right)[:1])

    def function(self, function: Any, parts: list[polars.Expr]) -> str | None:
        (group, name), = function.items() if isinstance(function, dict) else [(function, None)]
        (name, options), = name.items() if isinstance(name, dict) else [(name, {})]
        field = self.field_of(parts[0])
        if field is None:
            return None
        if (group, name) == ("Boolean", "IsNotNull"):
            return _push.present(field, field in self.listed)
        if (group, name) == ("Boolean", "Not"):
            return _push.comparison(field, "==", False)
        if (group, name) == ("Boolean", "IsBetween"):
            signs = _BETWEEN.get(options.get("closed"), ())
            return _push.both(self.compare(parts[0], sign, *_values(bound)[:1]) for sign, bound in zip(signs, parts[1:]))
        values = _values(parts[1]) if len(parts) == 2 else []
        if (group, name) == ("Boolean", "IsIn"):
            values = values[0] if len(values) == 1 and isinstance(values[0], list) else values
            return _push.one_of(field, values) if None not in values else None
        if (group, name) == ("ListExpr", "Contains"):
            return _push.one_of(field, values)
        if group == "StringExpr" and (name in ("StartsWith", "EndsWith") or name == "Contains" and options["literal"]):
            return _push.contains(field, values[0]) if values else None
        return None

    def compare(self, column: polars.Expr, sign: str, value: Any = None) -> str | None:
        field = self.field_of(column)
        return None if field is None or value is None else _push.comparison(field, sign, value)

    def field_of(self, column: polars.Expr) -> str | None:
        """The field of an expression that is a column and nothing else."""
        plain = column.meta.is_column()
        return self.fields.get(column.meta.output_name()) if plain else None


def _values(expression: polars.Expr) -> list[Any]:
    """What a literal holds, as Python's values and Moments; of any other expression nothing."""
    if not expression.meta.is_literal():
        return []
    series = polars.select(expression).to_series()
    if isinstance(series.dtype, polars.Datetime):
        utc = series.dtype.time_zone is None
        return [_push.Moment(ns) for ns in series.dt.timestamp("ns").to_list() if ns is not None and utc]
    return series.to_list()
