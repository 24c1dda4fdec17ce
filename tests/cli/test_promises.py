"""SECURITY.md: the tests that it names are there, its limits and exit codes are those of the sources."""

import re
import subprocess

from running import ROOT, run

TEXT = (ROOT / "SECURITY.md").read_text()


def test_every_promise_names_tests_that_exist():
    part = TEXT[TEXT.index("## What you may rely on"):TEXT.index("## Exit codes")]
    named = set(re.findall(r"`((?:tests|fuzz|tools)/[\w/.]+)`", part))
    assert len(named) > 15 and all((ROOT / path).is_file() for path in named), named
    for promise in re.split(r"\n(?:- |\n)", part):
        if promise.startswith("**What is built") or len(promise) > 150:
            assert "`tests/" in promise or "`tools/" in promise, promise


def test_limits_are_those_of_the_headers(tmp_path):
    rows = dict(re.findall(r"^\| `(SPK_\w+)` \| (\d+) \|", TEXT, re.M))
    headers = "".join(path.read_text() for path in (ROOT / "include" / "steelpkt").glob("*.h"))
    limits = re.findall(r"define (SPK_FILTER_\w+_MAX|SPK_RECORD_\w+|SPK_LAYERS_MAX|SPK_DEPTH_MAX|SPK_MADE_MAX) ", headers)
    assert set(rows) == set(limits)
    source = tmp_path / "limits.c"
    source.write_text("#include <steelpkt.h>\n" + "".join(
        f'_Static_assert({name} == {value}, "{name}");\n' for name, value in rows.items()))
    subprocess.run(["cc", "-std=c11", "-I", ROOT / "include", "-fsyntax-only", source], check=True)


def test_exit_codes_are_those_of_the_command():
    rows = re.findall(r"^\| (\d) \| (.*) \|$", TEXT, re.M)
    said = run("--help").stdout.decode()
    told = re.findall(r"^  (\d)  (.*(?:\n {5}.*)*)", said[said.index("Exit codes:"):], re.M)
    assert len(rows) == 5 and [(code, " ".join(text.split())) for code, text in told] == rows
