"""tshark's filter engine without tshark's start for every filter: sharkd, of the same package, reads a capture once.

`ask` gives for each filter the numbers of the packets it keeps, or the sentence that refuses it. Answers are kept on disk.
"""

import concurrent.futures
import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

from voices import ENVIRONMENT, STATELESS

# A filter on which sharkd itself ends: nothing to compare with.
CRASHED = "sharkd ended"


class Sharkd:
    """One process that has read a capture."""

    def __init__(self, program, capture, disabled):
        self.program, self.capture = program, capture
        self.home = tempfile.TemporaryDirectory()
        settings = (word.replace(":", ": ") for word in STATELESS if word != "-o")
        (Path(self.home.name) / "preferences").write_text("\n".join(settings) + "\n")
        (Path(self.home.name) / "disabled_protos").write_text("\n".join(disabled) + "\n")
        self.process = None

    def _begin(self):
        self.process = subprocess.Popen(
            [self.program, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=dict(ENVIRONMENT, WIRESHARK_CONFIG_DIR=self.home.name))
        self._call("load", file=str(self.capture))

    def _call(self, method, **params):
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        self.process.stdin.write(request.encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def ask(self, expression):
        """A list of packet numbers, or why the filter is refused."""
        if self.process is None:
            self._begin()
        try:
            answer = self._call("check", filter=expression)
            if "error" in answer:
                return answer["error"]["message"]
            return [frame["num"] for frame in
                    self._call("frames", filter=expression, column0="frame.number:1")["result"]]
        except (ValueError, BrokenPipeError):
            self.end()
            return CRASHED

    def end(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            self.process = None


def _ask_some(program, capture, disabled, expressions):
    shark = Sharkd(program, capture, disabled)
    answers = {expression: shark.ask(expression) for expression in expressions}
    shark.end()
    return answers


def ask(program, version, capture, disabled, expressions, jobs):
    """{expression: numbers or sentence}; only what was not asked before is asked."""
    question = "\n".join([version, capture.name, *STATELESS, *sorted(disabled)])
    kept = capture.parent / f"{hashlib.sha256(question.encode()).hexdigest()[:16]}.json"
    answers = json.loads(kept.read_text()) if kept.exists() else {}
    missing = [expression for expression in dict.fromkeys(expressions) if expression not in answers]
    if missing:
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            parts = [missing[i::jobs] for i in range(jobs)]
            for part in pool.map(lambda some: _ask_some(program, capture, disabled, some), parts):
                answers.update(part)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(answers))
        fresh.replace(kept)
    return answers
