"""A query in a notebook: its first rows as a table, and its plan. Whatever comes from packets or names is escaped."""

from __future__ import annotations

import datetime
import html

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steelpkt._query import Query

ROWS = 10


def of(query: Query) -> str:
    """The query as HTML. What goes wrong with the captures stands below the rows before it."""
    first = query._first(ROWS + 1, threads=1, progress=None)
    rows: list[Any] = []
    trouble = ""
    try:
        rows.extend(first)
    except (OSError, ValueError) as error:
        trouble = f"<p><strong>{html.escape(str(error))}</strong></p>"
    kinds = query.types
    head = "".join(f'<th title="{html.escape(kind)}">{html.escape(name)}</th>' for name, kind in zip(query.names, kinds))
    body = "".join("<tr>" + "".join(map(_cell, row, kinds)) + "</tr>" for row in rows[:ROWS])
    more = f'<tr><td colspan="{len(kinds)}">...</td></tr>' if len(rows) > ROWS else ""
    return (f"<table><thead><tr>{head}</tr></thead><tbody>{body}{more}</tbody></table>{trouble}"
            f"<details><summary>Plan</summary><pre>{html.escape(query.explain())}</pre></details>")


def _cell(value: Any, kind: str) -> str:
    return f"<td>{html.escape(_text(value, kind))}</td>"


def _text(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_text(one, kind.removeprefix("list<").removesuffix(">")) for one in value)
    if isinstance(value, dict):  # an element of a group
        return " ".join(f"{name}={_text(one, '')}" for name, one in value.items() if one is not None and one != [])
    if isinstance(value, bytes):
        return value.hex()
    if kind == "timestamp[ns]":
        when = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=value // 10**9)
        return f"{when}.{value % 10**9:09d}"
    if kind == "duration[ns]":
        return f"{'-' if value < 0 else ''}{abs(value) // 10**9}.{abs(value) % 10**9:09d} s"
    return str(value)
