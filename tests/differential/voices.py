"""The two voices: tshark, whose answers are kept on disk, and steelpkt."""

import gzip
import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Reassembly and conversation state switched off: every packet speaks for itself.
STATELESS = [word for pref in (
    "tcp.desegment_tcp_streams:FALSE", "ip.defragment:FALSE", "ipv6.defragment:FALSE",
    "tcp.relative_sequence_numbers:FALSE", "tcp.analyze_sequence_numbers:FALSE",
) for word in ("-o", pref)]

ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")

KEEP_CACHES = 12

# The file of a folder of answers that says which cells they have.
NAMES = "names"


@dataclass
class Answer:
    """What one program said about one capture: a line of cells a packet, and how it ended."""

    lines: list
    status: int
    message: str


def _digest(words):
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def _pack(answer):
    head = f"{answer.status}\n{answer.message}".encode()
    return gzip.compress(len(head).to_bytes(4, "big") + head
                         + b"".join(line + b"\n" for line in answer.lines), 1)


def _unpack(kept):
    raw = gzip.decompress(kept.read_bytes())
    size = int.from_bytes(raw[:4], "big")
    status, _, message = raw[4:4 + size].decode().partition("\n")
    return Answer(_lines(raw[4 + size:]), int(status), message)


def _lines(output):
    lines = output.split(b"\n")
    return lines[:-1] if lines and lines[-1] == b"" else lines


def _message(stderr):
    text = stderr.decode("utf-8", "replace")
    return "\n".join(line for line in text.splitlines() if not line.startswith("Running as user"))


class Tshark:
    """tshark with one list of fields and one list of protocols switched off."""

    def __init__(self, program, version, names, disabled, cache):
        self.program, self.names, self.disabled = program, names, sorted(disabled)
        question = _digest([version, *STATELESS, "", *self.disabled])
        self.folder = Path(cache) / f"{question}-{_digest(names)}"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / NAMES).write_text("\n".join(names))
        os.utime(self.folder)
        self.wider = list(self._wider(question))

    def _wider(self, question):
        """Folders of answers that have our cells and others: (folder, the places of ours)."""
        for folder in sorted(self.folder.parent.glob(f"{question}-*")):
            names = (folder / NAMES).read_text().split("\n") if folder != self.folder else []
            if set(names) >= set(self.names):
                os.utime(folder)
                yield folder, [names.index(name) for name in self.names]

    def ask(self, path):
        """The answer for one capture; from the disk when the same bytes were asked before."""
        with open(path, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        kept = self.folder / digest
        if kept.exists():
            return _unpack(kept)
        for folder, places in self.wider:
            if (folder / digest).exists():
                answer = _unpack(folder / digest)
                rows = (line.split(b"\t") for line in answer.lines)
                answer.lines = [b"\t".join(row[i] for i in places) for row in rows]
                return answer
        answer = self._run(path)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(_pack(answer))
        fresh.replace(kept)
        return answer

    def _run(self, path):
        command = [self.program, "-n", "-r", str(path), *STATELESS]
        for protocol in self.disabled:
            command += ["--disable-protocol", protocol]
        command += ["-T", "fields"]
        for name in self.names:
            command += ["-e", name]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=ENVIRONMENT)
        return Answer(_lines(done.stdout), done.returncode, _message(done.stderr))


def prune(cache):
    """Forget the answers to questions that were last asked longest ago."""
    folders = sorted((d for d in Path(cache).iterdir() if d.is_dir()),
                     key=lambda d: d.stat().st_mtime, reverse=True)
    for folder in folders[KEEP_CACHES:]:
        for kept in folder.iterdir():
            kept.unlink(missing_ok=True)
        folder.rmdir()


def tshark_version(program):
    """The first line of `tshark --version`."""
    out = subprocess.run([program, "--version"], check=True, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL).stdout
    return out.decode().splitlines()[0]


def ask_steelpkt(program, path, names):
    """What steelpkt says about one capture."""
    done = subprocess.run([program, "query", "-T", "tsv", "--no-header", "-e", ",".join(names),
                           str(path)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    return Answer(_lines(done.stdout), done.returncode, _message(done.stderr))
