"""The namespace steelscript, shared with another distribution of that name that marks it in the older way."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import steelpkt

OURS = Path(steelpkt.__file__).resolve().parents[1]
THEIR_INIT = "__import__('pkg_resources').declare_namespace(__name__)\n"
WITHOUT = "import sys; sys.modules['pkg_resources'] = None; "
BOTH = ("import steelscript.common, steelscript.packets.core.inetpkt as i; "
        "print(steelscript.common.WHO, i.UDP(sport=1).sport)")
PKG_RESOURCES = pytest.mark.skipif(
    subprocess.run([sys.executable, "-W", "ignore", "-c", "import pkg_resources"], capture_output=True,
                   check=False).returncode,
    reason="no pkg_resources in this environment")


def theirs(where):
    (where / "steelscript" / "common").mkdir(parents=True)
    (where / "steelscript" / "__init__.py").write_text(THEIR_INIT)
    (where / "steelscript" / "common" / "__init__.py").write_text("WHO = 'theirs'\n")
    return where


def ours(where):
    for name in ("steelpkt", "steelscript"):
        shutil.copytree(OURS / name, where / name, dirs_exist_ok=True)
    return where


def run(code, *paths):
    """In a fresh interpreter that finds packages in these places, in this order."""
    first = f"import sys; sys.path[1:1] = {[str(path) for path in paths]!r}; "
    return subprocess.run([sys.executable, "-W", "ignore", "-c", first + code], capture_output=True, text=True, check=False)


def works(done):
    assert done.returncode == 0, done.stderr
    assert done.stdout == "theirs 1\n"


@pytest.mark.parametrize("before", ["", WITHOUT], ids=["with pkg_resources", "without"])
def test_ours_alone(tmp_path, before):
    done = run(before + "import steelscript.packets.core.inetpkt as i; print(i.UDP().sport)", ours(tmp_path))
    assert done.stdout == "0\n", done.stderr


@pytest.mark.parametrize("before", ["", WITHOUT], ids=["with pkg_resources", "without"])
def test_two_places_ours_first(tmp_path, before):
    works(run(before + BOTH, ours(tmp_path / "ours"), theirs(tmp_path / "theirs")))


@PKG_RESOURCES
def test_two_places_theirs_first(tmp_path):
    works(run(BOTH, theirs(tmp_path / "theirs"), ours(tmp_path / "ours")))


@pytest.mark.parametrize("before", ["", WITHOUT], ids=["with pkg_resources", "without"])
def test_one_place_ours_installed_last(tmp_path, before):
    works(run(before + BOTH, ours(theirs(tmp_path))))


@PKG_RESOURCES
def test_one_place_theirs_installed_last(tmp_path):
    ours(tmp_path)
    (tmp_path / "steelscript" / "__init__.py").write_text(THEIR_INIT)
    (tmp_path / "steelscript" / "common").mkdir()
    (tmp_path / "steelscript" / "common" / "__init__.py").write_text("WHO = 'theirs'\n")
    works(run(BOTH, tmp_path))


@pytest.mark.parametrize("place", ["one", "two"])
def test_theirs_as_pip_installs_it(tmp_path, place):
    """Without their __init__, and with a .pth file that makes the module when the interpreter starts.

    It then finds what is where they are, which the README names: ours as well in one place, not in another one.
    """
    first = theirs(tmp_path / "theirs")
    (first / "steelscript" / "__init__.py").unlink()
    (first / "steelscript-nspkg.pth").write_text(
        "import sys, importlib.machinery, importlib.util; sys.modules['steelscript'] = importlib.util.module_from_spec("
        f"importlib.machinery.PathFinder.find_spec('steelscript', [{str(first)!r}]))\n")
    second = ours(first if place == "one" else tmp_path / "ours")
    start = f"import site; site.addsitedir({str(first)!r}); "
    if place == "one":
        works(run(start + BOTH, second))
    else:
        assert "No module named 'steelscript.packets'" in run(start + BOTH, second).stderr
    assert run(start + "import steelpkt; print(steelpkt.UDP().sport)", second).stdout == "0\n"


@pytest.mark.parametrize("place", ["one", "two"])
def test_their_mark_without_pkg_resources_is_the_one_that_cannot_be(tmp_path, place):
    """Their own __init__ fails then, whoever else is there; steelpkt works, and the README says so."""
    if place == "two":
        paths = [theirs(tmp_path / "theirs"), ours(tmp_path / "ours")]
    else:
        paths = [ours(tmp_path)]
        (tmp_path / "steelscript" / "__init__.py").write_text(THEIR_INIT)
    assert "pkg_resources" in run(WITHOUT + "import steelscript.packets", *paths).stderr
    assert run(WITHOUT + "import steelpkt; print(steelpkt.UDP().sport)", *paths).stdout == "0\n"
