"""What docs/tutorial-c.md, docs/query.md and README.md show is what the examples are and do; the checker can fail."""
import importlib.util
import os
import shutil
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("STEELPKT_PLAIN_BUILD", ROOT / "build"))

spec = importlib.util.spec_from_file_location("check_tutorial", ROOT / "tools" / "check_tutorial.py")
check_tutorial = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_tutorial)

CODE = {("examples/a.c", "all"): "int a;\n"}


class Documents(unittest.TestCase):
    def test_every_block_is_true(self):
        for name in check_tutorial.DOCUMENTS:
            if not (ROOT / name).exists():
                continue
            with self.subTest(name):
                problems, skipped, right = check_tutorial.check([ROOT / name], BUILD)
                print(f"{name}: {right} blocks and commands right", *skipped, sep="\n    ")
                self.assertEqual(problems, [])
                self.assertGreater(right, 40 if name == "docs/tutorial-c.md" else 2)

    def test_every_region_of_the_examples_is_shown(self):
        self.assertEqual(check_tutorial.not_shown(), [])


class Checking(unittest.TestCase):
    """The check itself, tried on documents made up here: it must be able to fail."""

    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="steelpkt-tutorial-"))
        self.addCleanup(shutil.rmtree, self.directory)

    def check(self, text, write=False):
        path = self.directory / "page.md"
        path.write_text(text)
        problems, skipped, right = check_tutorial.check([path], self.directory, write, CODE)
        return len(problems), len(skipped), right, path.read_text()

    def test_code(self):
        good = "<!-- examples/a.c: all -->\n```c\nint a;\n```\n"
        bad = good.replace("int a", "int b")
        self.assertEqual(self.check(good), (0, 0, 1, good))
        self.assertEqual(self.check(bad), (1, 0, 0, bad))
        self.assertEqual(self.check(bad, write=True), (1, 0, 0, good))
        self.assertEqual(self.check(good.replace("all", "none"))[0], 1)

    def test_commands(self):
        good = "```console\n$ echo one; echo two\none\ntwo\n$ echo \\\n  three\nthree\n```\n"
        bad = good.replace("two\n$", "zwei\n$")
        self.assertEqual(self.check(good), (0, 0, 2, good))
        self.assertEqual(self.check(bad), (1, 0, 1, bad))
        self.assertEqual(self.check(bad, write=True), (1, 0, 1, good))
        self.assertEqual(self.check(good.replace("one\ntwo", "one"))[0], 1)
        self.assertEqual(self.check(good.replace("one\ntwo", "..."))[0], 0)
        self.assertEqual(self.check(good.replace("one\ntwo", "...\ntwo"))[0], 0)
        self.assertEqual(self.check(good.replace("one\ntwo", "...\none"))[0], 1)

    def test_needs(self):
        text = "<!-- needs: no-such-program -->\n```console\n$ false\nsomething\n```\n"
        self.assertEqual(self.check(text), (0, 1, 0, text))
        mixed = "<!-- needs: any order -->\n```console\n$ echo one; echo two\ntwo\none\n```\n"
        self.assertEqual(self.check(mixed)[:3], (0, 0, 1))
        self.assertEqual(self.check(mixed.replace("needs: any order", "note"))[:3], (1, 0, 0))


if __name__ == "__main__":
    unittest.main()
