"""A small capture with packets of all kinds, out of many captures: what filters are asked about.

A packet is taken when it shows something that few packets before it showed: a chain of protocols, a
field, or a field several times. So the sample has about as many packets as there are things to see.
editcap and mergecap write it, so that every packet keeps its time, its lengths and its link type.
"""

import hashlib
import subprocess
import tempfile
from pathlib import Path

import voices

# How many packets show the same thing, and how many come of one capture.
ENOUGH = 3
OF_ONE_CAPTURE = 12


def _features(cells, names, chain):
    yield cells[chain]
    for name, cell in zip(names, cells):
        if cell:
            yield name
            if b"," in cell and cell.count(b",") < 12:
                yield name, cell.count(b",")


def choose(steelpkt, captures, names, link_is_known):
    """{path: numbers of its packets in the sample}; a link type without a decoder has nothing to filter."""
    seen, chosen = {}, {}
    chain, time = names.index("frame.protocols"), names.index("frame.time_epoch")
    for _, path in captures:
        answer = voices.ask_steelpkt(steelpkt, path, names)
        for number, line in enumerate(answer.lines, 1):
            cells = line.split(b"\t")
            if len(cells) != len(names) or not link_is_known(cells[chain].decode()):
                continue
            if not 0 < float(cells[time] or 0) < 4e9:  # the times of those behind it would differ as well
                continue
            new = [f for f in _features(cells, names, chain) if seen.get(f, 0) < ENOUGH]
            if new and len(chosen.get(path, ())) < OF_ONE_CAPTURE:
                chosen.setdefault(path, []).append(number)
                for feature in new:
                    seen[feature] = seen.get(feature, 0) + 1
    return chosen


def write(chosen, to):
    """Write the sample; a capture that Wireshark's tools cannot read is left out."""
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for path, numbers in chosen.items():
            part = Path(folder) / f"{len(parts):04}"
            done = subprocess.run(["editcap", "-r", str(path), str(part), *map(str, numbers)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if done.returncode == 0:
                parts.append(str(part))
        while len(parts) > 1:  # mergecap keeps all files open, so not too many at once
            whole = Path(folder) / f"merged{len(parts):04}"
            subprocess.run(["mergecap", "-a", "-w", str(whole), *parts[:100]], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            parts = [str(whole), *parts[100:]]
        to.write_bytes(Path(parts[0]).read_bytes())


def make(steelpkt, captures, names, link_is_known, cache):
    """The sample's path; made once for the same packets."""
    chosen = choose(steelpkt, captures, names, link_is_known)
    digest = hashlib.sha256()
    for path, numbers in chosen.items():
        digest.update(f"{path.name} {path.stat().st_size} {numbers}\n".encode())
    folder = Path(cache).parent / "filters"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{digest.hexdigest()[:16]}.pcapng"
    if not path.exists():
        fresh = path.with_suffix(".new")
        write(chosen, fresh)
        fresh.replace(path)
    return path
