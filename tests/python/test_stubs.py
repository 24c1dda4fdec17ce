"""The stubs say what the classes are: they are printed from the same rows."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_stubs_are_those_of_the_rows():
    done = subprocess.run([sys.executable, ROOT / "tools" / "stubs.py", "--check"], check=False)
    assert done.returncode == 0, "tools/stubs.py prints them anew"


def test_stubs_and_package_have_the_same_names():
    import ast

    import steelpkt
    from steelpkt import _core
    tree = ast.parse((ROOT / "python" / "steelpkt" / "_core.pyi").read_text())
    named = {node.name for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    assert {name for name in named if not name.startswith("_")} == {name for name in dir(_core) if not name.startswith("_")}
    assert named <= set(dir(_core))
    assert set(steelpkt.__all__) >= {name for name in named if not name.startswith("_")}


def test_the_package_is_typed():
    """All of it, with what it takes from the extension; what others bring may have no types."""
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--no-error-summary",
                           "--cache-dir=/dev/null", ROOT / "python" / "steelpkt"], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr
