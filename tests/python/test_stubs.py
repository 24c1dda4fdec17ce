"""The stubs say what the classes are: they are printed from the same rows."""

import subprocess
import sys
from pathlib import Path

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
