"""python -m steelpkt: the command, which here knows the protocols of Python too.

    python -m steelpkt [-m MODULE]... SUBCOMMAND ...

They are those that installed packages bring (entry points of the group steelpkt.protocols), and those that the named modules
define. Of each, `fields` says where it comes from.
"""
from __future__ import annotations

import os
import sys
from importlib import import_module

from steelpkt import _core, load_plugins


def main() -> int:
    """Runs the command with the program's words, and gives its exit code."""
    words = sys.argv[1:]
    try:
        here = sys.path.pop(0) if sys.path[:1] in ([""], [os.getcwd()]) else None  # nothing is loaded unasked from here
        load_plugins()
        sys.path[:0] = [here] if here is not None else []
        while words[:1] == ["-m"] and len(words) > 1:
            import_module(words[1])
            words = words[2:]
    except (ImportError, ValueError, TypeError) as error:
        print(f"steelpkt: {error}", file=sys.stderr)
        return 1
    sys.stdout.flush()
    return _core._command([os.fsencode(word) for word in ("steelpkt", *words)])


if __name__ == "__main__":
    sys.exit(main())
