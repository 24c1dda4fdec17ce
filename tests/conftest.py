"""What all Python tests share. Needs pytest and the standard library only: the tests over Spark have it, too."""
import importlib.util
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A shell starts what runs in its background with SIGINT ignored, and programs inherit that: the tests that interrupt one
# would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The tests over Spark run in an environment of their own (./check spark).
collect_ignore = [] if importlib.util.find_spec("pyspark") else ["spark"]


@pytest.fixture(scope="session")
def plugin_of(tmp_path_factory):
    """Compiles a plug-in's text: gives the path of the shared object, alone in its directory. Skips without a compiler."""
    if shutil.which("cc") is None:
        pytest.skip("no compiler")

    def compiled(text, name="plugin"):
        folder = tmp_path_factory.mktemp(name)
        source, target = folder / f"{name}.c", folder / f"{name}.so"
        source.write_text(text)
        subprocess.run(["cc", "-shared", "-fPIC", f"-I{ROOT / 'include'}", source, "-o", target], check=True)
        return target
    return compiled


@pytest.fixture(scope="session")
def sensor(plugin_of):
    """The plug-in of the examples."""
    return plugin_of((ROOT / "examples/sensor/sensor.c").read_text(), "sensor")
