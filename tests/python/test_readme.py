"""What the README and the chapter on captures as data type in Python is true."""

import doctest
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("document", ["README.md", "docs/query.md"])
def test_what_is_typed(document):
    before = os.getcwd()
    os.chdir(ROOT)
    try:
        failed, tried = doctest.testfile(str(ROOT / document), module_relative=False, encoding="utf-8",
                                         optionflags=doctest.ELLIPSIS)
    finally:
        os.chdir(before)
    assert tried > 8 and failed == 0
