"""What the README types in Python is true."""

import doctest
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_readme():
    before = os.getcwd()
    os.chdir(ROOT)
    try:
        failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False, encoding="utf-8")
    finally:
        os.chdir(before)
    assert tried > 8 and failed == 0
