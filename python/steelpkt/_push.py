"""Predicates over columns as display filters, so that packets that nobody wants never become rows.

A display filter looks at every occurrence of a field, a column at one of them. So the filter of a predicate keeps each
packet for which the predicate holds, and now and then one more: whoever pushes a predicate down applies it to the rows once
more. What cannot be said as a filter is None here, which keeps every packet.
"""

from __future__ import annotations

import re

from steelpkt._core import _Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

# A column's operators, and what a filter has to ask of any occurrence.
OPERATORS = {"==": "==", "!=": "!==", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_ADDRESS = re.compile(r"[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+")
_DISPLAYED = "frame.time_delta_displayed"  # counts from the packet that the filter kept before


class Moment(int):
    """A time: nanoseconds since 1970."""


def may_narrow(limit: int | None, fields: Iterable[str]) -> bool:
    """Whether a filter may be added to a query of these fields: not where its limit or a column counts what was kept."""
    return limit is None and _DISPLAYED not in fields


def comparison(field: str, operator: str, value: Any) -> str | None:
    """Keeps packets whose column compares so with a value: a bool, int, str or Moment."""
    if isinstance(value, str) and operator not in ("==", "!="):
        return None  # columns compare the letters, filters the address
    return _first(f"{field} {OPERATORS[operator]} {literal}" for literal in _literals(value))


def one_of(field: str, values: Iterable[Any]) -> str | None:
    """Keeps packets whose column is one of the values."""
    return either(comparison(field, "==", value) for value in values)


def contains(field: str, part: Any) -> str | None:
    """Keeps packets whose text has a part."""
    return _first(f"{field} contains {literal}" for literal in _literals(part) if isinstance(part, str) and part)


def present(field: str, listed: bool) -> str | None:
    """Keeps packets whose column is not null, which one of lists never is: where there is no value, the list is empty."""
    return None if listed else _first([field])


def both(filters: Iterable[str | None]) -> str | None:
    """Keeps packets that all filters keep; those that cannot be said keep all."""
    said = [text for text in filters if text]
    return " && ".join(f"({text})" for text in said) if len(said) > 1 else said[0] if said else None


def either(filters: Iterable[str | None]) -> str | None:
    """Keeps packets that any of the filters keeps; one that cannot be said keeps all."""
    said = list(dict.fromkeys(filters))
    if not said or None in said:
        return None
    return " || ".join(f"({text})" for text in said) if len(said) > 1 else said[0]


def _literals(value: Any) -> Iterator[str]:
    """How a value may be spelled in a filter, by the field's kind."""
    if isinstance(value, bool):
        yield "1" if value else "0"
    elif isinstance(value, Moment):
        if value >= 0:
            yield f"{value // 10**9}.{value % 10**9:09d}"
    elif isinstance(value, int):
        if value >= 0:  # below zero a filter's number wraps round
            yield str(value)
    elif isinstance(value, str) and "\ufffd" not in value:  # which stands for bytes that are no UTF-8
        escaped = "".join(f"\\x{ord(letter):02x}" if letter < " " else letter
                          for letter in value.replace("\\", "\\\\").replace('"', '\\"'))
        yield f'"{escaped}"'
        if _ADDRESS.fullmatch(value):
            yield value


def _first(texts: Iterable[str]) -> str | None:
    """The first that is a filter."""
    for text in texts:
        try:
            _Plan(("frame.number",), filter=text)
        except ValueError:
            continue
        return text
    return None
