#!/usr/bin/env python3
"""Puts the package's commands beside the Python that runs this, as pip does when it installs a wheel."""
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = "#!{python}\nimport sys\n\nfrom {module} import {function}\n\nsys.exit({function}())\n"

for name, place in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"].items():
    module, _, function = place.partition(":")
    path = Path(sys.executable).parent / name
    path.write_text(TEXT.format(python=sys.executable, module=module, function=function))
    path.chmod(0o755)
