"""steelpkt-sql: the command. `steelpkt sql` finds it on the PATH."""

from __future__ import annotations

import argparse
import contextlib
import glob
import os
import re
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO, NoReturn

    from steelpkt._sql import Statement

DONE, USAGE, DAMAGED, UNWRITTEN, INTERRUPTED = range(5)
WIDTH_ROWS = 500  # a table's widths come from so many rows
_COPY = {"csv": "FORMAT csv, HEADER {header}", "json": "FORMAT json", "parquet": "FORMAT parquet"}  # DuckDB's options
_NUMBERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*")
# Controls, and what breaks a line or turns its direction without being one.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Unwritten(Exception):
    """The output could not be written completely."""


def main() -> NoReturn:
    """Runs the command and ends the process with its exit code."""
    code = DONE
    try:
        code = _run(_options().parse_intermixed_args())
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Unwritten as error:
        code = _say(error, UNWRITTEN)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what could not be written is not tried again
    sys.exit(code)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sys.exit(_say(message, USAGE))


def _options() -> argparse.ArgumentParser:
    """The same options as src/cli/sql.c has; a test compares the two."""
    import steelpkt
    parser = _Parser(prog="steelpkt sql", usage="steelpkt sql [options] STATEMENT FILE...", allow_abbrev=False, description=(
        "Answers a SELECT statement over captures. All files together are the table packets, with a column for each field: "
        'ip_src, or "ip.src". Only the columns and, by simple predicates, the packets that the statement needs are read.'))
    parser.add_argument("statement", metavar="STATEMENT")
    parser.add_argument("files", metavar="FILE", nargs="*")
    add = parser.add_argument
    add("-Y", "--display-filter", metavar="EXPR", help="Only packets that a display filter keeps.")
    add("-f", dest="bpf", metavar="EXPR", help="Only packets that a BPF filter keeps.")
    add("--start", metavar="T", help="Only packets of this time and later.")
    add("--end", metavar="T", help="Only packets of this time and earlier.")
    add("-a", dest="occurrence", choices=("auto", "first", "last", "all"), default="auto", metavar="WHICH",
        help="Which of a field's values a column has: auto, first, last, all.")
    add("-d", "--decode-as", action="append", default=[], metavar="RULE", help="As in udp.port==5300,dns.")
    add("-j", "--threads", type=int, default=0, metavar="N", help="How many threads read.")
    add("-T", dest="format", choices=("table", "csv", "json", "parquet"), metavar="FORM",
        help="table, csv, json (an object a line) or parquet; what is not said follows from the name after -o.")
    add("--no-header", action="store_true", help="No line with the columns' names.")
    add("-o", dest="output", metavar="OUT", help="Writes to a file.")
    add("--explain", action="store_true", help="Says which fields and packets would be read, and reads none.")
    add("-P", dest="plugins", action="append", default=[], metavar="FILE.so", help="Loads a protocol plug-in.")
    add("--no-pager", action="store_true", help="Never shows the output page by page, which this command does not.")
    add("--version", action="version", version=f"steelpkt {steelpkt.__version__}")
    return parser


def _run(given: argparse.Namespace) -> int:
    try:
        import duckdb

        from steelpkt._sql import Statement
    except ModuleNotFoundError as error:
        return _say(f"this needs {error.name}, which is not installed: pip install 'steelpkt[sql]'", USAGE)
    if int(duckdb.__version__.partition(".")[0]) < 2:
        return _say(f"this needs DuckDB 2 or later, and here is {duckdb.__version__}", USAGE)
    from steelpkt import PacketError
    from steelpkt._query import Query
    form = given.format or _form_of(given.output)
    if form == "parquet" and given.output is None:
        return _say("Parquet goes into a file: -o OUT.parquet", USAGE)
    try:
        paths = _files(given.files)
        if given.output is not None and any(_is_same(given.output, path) for path in paths):
            return _say(f"{given.output}: it is read from and cannot be written", USAGE)
        query = Query(paths, "frame.number", filter=given.display_filter, bpf=given.bpf, start=given.start, end=given.end,
                      occurrence=given.occurrence, names="underscores", decode_as=given.decode_as, threads=given.threads,
                      plugins=given.plugins)
        statement = Statement(given.statement, query)
        if given.explain:
            return _explain(statement)
        if statement.needs.scans > 1 and any(not os.path.isfile(path) for path in paths):
            return _say("the statement reads the packets more than once, which needs files", USAGE)
        _answer(statement, form, given.output, not given.no_header)
    except PacketError as error:
        return _say(error, DAMAGED)
    except (duckdb.Error, ValueError, OSError) as error:
        return _say(error, USAGE)
    return DONE


def _form_of(output: str | None) -> str:
    """What the end of a file's name asks for."""
    ending = output.rpartition(".")[2] if output else ""
    return ending if ending in _COPY else "table"


def _files(words: list[str]) -> list[str]:
    """The captures that words name; patterns are taken where no file has that name."""
    paths = [path for word in words for path in ([word] if os.path.exists(word) or word == "-" else
                                                 sorted(glob.glob(word, recursive=True)) or [word])]
    if not paths:
        raise ValueError("no captures; as in steelpkt sql STATEMENT FILE...")
    for path in paths:
        if path != "-" and not os.access(path, os.R_OK):
            open(path, "rb").close()  # says why not
    return paths


def _is_same(one: str, other: str) -> bool:
    return os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other)


def _explain(statement: Statement) -> int:
    scans = statement.needs.scans
    print(statement.query.explain())
    print("read     " + ("once" if scans == 1 else f"{scans} times"))
    return DONE


# ---- output ----

def _answer(statement: Statement, form: str, output: str | None, header: bool) -> None:
    """Writes the answer, then raises what went wrong with the captures."""
    try:
        _write(statement, form, output, header)
    except Exception:
        statement.check()
        raise
    statement.check()


def _write(statement: Statement, form: str, output: str | None, header: bool) -> None:
    if form == "table":
        _table(statement, output, header)
    elif output is not None:
        _copy(statement, form, output, header)
    else:
        with _standard_output() as path:
            _copy(statement, form, path, header)


def _copy(statement: Statement, form: str, path: str, header: bool) -> None:
    import duckdb
    quoted = path.replace("'", "''")
    try:
        statement.execute("COPY (", f") TO '{quoted}' ({_COPY[form].format(header=str(header).lower())})")
    except duckdb.IOException as error:
        raise Unwritten(error) from error


@contextlib.contextmanager
def _standard_output() -> Iterator[str]:
    """A path behind which standard output is. It is not opened anew: that would empty a file to be appended to."""
    reading, writing = os.pipe()
    failures: list[Exception] = []
    worker = threading.Thread(target=_pass_on, args=(reading, failures))
    worker.start()
    try:
        yield f"/dev/fd/{writing}"
    except Exception:
        if not failures:
            raise
    finally:
        os.close(writing)
        worker.join()
    if failures:
        raise Unwritten(f"standard output: {failures[0]}")


def _pass_on(reading: int, failures: list[Exception]) -> None:
    terminal = sys.stdout.isatty()
    try:
        with open(reading, "rb") as source:
            for line in source:
                sys.stdout.buffer.write(_safe(line.decode(), "\n\r\t").encode() if terminal else line)
        sys.stdout.flush()
    except OSError as error:
        failures.append(error)


def _table(statement: Statement, output: str | None, header: bool) -> None:
    """Columns aligned for the eye: numbers to the right; the first rows set the widths."""
    names = [_safe(name) for name in statement.names]
    right = [_NUMBERS.fullmatch(kind) is not None for kind in statement.types]
    statement.execute("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (", ")")
    try:
        with open(output, "wb") if output is not None else contextlib.nullcontext(sys.stdout.buffer) as out:
            _lines(statement, names, right, out, header)
            out.flush()
    except OSError as error:
        raise Unwritten(f"{output or 'standard output'}: {error.strerror}") from error


def _lines(statement: Statement, names: list[str], right: list[bool], out: BinaryIO, header: bool) -> None:
    rows = statement.connection.fetchmany(WIDTH_ROWS)
    lines = [names] if header else []
    widths = None
    while rows or lines:
        lines += [[_safe(value or "") for value in row] for row in rows]
        widths = widths or [max(len(line[i]) for line in lines) for i in range(len(names))]
        for line in lines:
            cells = (cell.rjust(width) if side else cell.ljust(width) for cell, width, side in zip(line, widths, right))
            out.write("  ".join(cells).rstrip().encode() + b"\n")
        lines, rows = [], statement.connection.fetchmany(WIDTH_ROWS)


def _safe(text: str, keep: str = "") -> str:
    """Text of which a terminal obeys nothing: octets as \\xNN, as the other sub-commands print them."""
    return _CONTROL.sub(lambda one: one[0] if one[0] in keep else "".join(f"\\x{octet:02x}" for octet in one[0].encode()),
                        text)


def _say(what: Any, code: int) -> int:
    """One message on standard error; gives the exit code."""
    if isinstance(what, OSError) and what.strerror:
        what = f"{what.filename}: {what.strerror}" if what.filename else what.strerror
    print("steelpkt: " + _safe(str(what), "\n"), file=sys.stderr)
    return code
