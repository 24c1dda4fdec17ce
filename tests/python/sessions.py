"""What tests of documents share that are typed, statement by statement, in one session."""

import contextlib
import doctest
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))
import network  # noqa: E402


@contextlib.contextmanager
def on_client(begin):
    """This thread is on the client of tests/network/network.py meanwhile, where that can be. Gives what lacks, and why.

    begin(network) is a context manager: it brings up what the server serves, and gives what of it lacks, and why."""
    with contextlib.ExitStack() as stack:
        try:
            hosts = stack.enter_context(network.Network())
        except network.Unavailable as reason:
            yield {"network": str(reason), "names": str(reason)}
            return
        lacks = stack.enter_context(begin(hosts))
        stack.enter_context(hosts.inside("client"))
        yield lacks


def typed(text, known, page, line=0, flags=0):
    """Types a text's statements, which begins at a line of a page. What went wrong, as doctest says it; or nothing, ""."""
    said = []
    test = doctest.DocTestParser().get_doctest(text, known, page.name, str(page), line)
    test.globs = known  # as it is, not a copy: the session goes on
    assert test.examples, f"{page.name}, line {line}: nothing to type"
    doctest.DocTestRunner(verbose=False, optionflags=flags).run(test, out=said.append, clear_globs=False)
    return "".join(said)
