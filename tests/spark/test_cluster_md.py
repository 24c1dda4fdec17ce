"""docs/cluster.md: its Python, typed top to bottom in one session on the cluster, and what comes out of it."""

import math
import pathlib
import re

import steelpkt

ROOT = pathlib.Path(__file__).resolve().parents[2]
# On a cluster a path is that of the driver's directory, wherever the tasks run.
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.S | re.M)


def test_the_session(spark, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    blocks = BLOCK.findall((ROOT / "docs/cluster.md").read_text())
    known = {"spark": spark, "target": str(tmp_path / "days")}
    for block in blocks:
        exec(compile(block, "docs/cluster.md", "exec"), known)
    paths = sorted((ROOT / "tests/captures").glob("dns*.pcap*"))
    fields = ["flow.hash", "ip.src", "frame.len", "dns.flags.response", "dns.flags.rcode", "frame.time_epoch"]
    rows = [row for path in paths for row in steelpkt.query(path, fields)]

    sizes = {}
    for row in rows:
        if row[0] is not None:
            sizes[row[0]] = sizes.get(row[0], 0) + row[2]
    found = known["conversations"].collect()
    assert {row["flow_hash"]: row["bytes"] for row in found} == sizes and len(found) > 10

    bad = [(row[1], row[4]) for row in rows if row[3] and row[4]]
    failures = known["failures"].collect()
    assert {(row["server"], row["code"]): row["failures"] for row in failures} == {one: bad.count(one) for one in bad}
    assert {row["asset"] for row in failures if row["server"] == "198.51.100.2"} == {"resolver"}

    minutes = {}
    for row in rows:
        if row[1] is not None:
            minute = minutes.setdefault(row[5] // 60_000_000_000, {})
            minute[row[1]] = minute.get(row[1], 0) + row[2]
    top = [row["bytes"] for row in known["talkers"].collect()]
    assert top == [size for _, minute in sorted(minutes.items())
                   for size in sorted(minute.values(), reverse=True)[:3]]

    days = spark.read.parquet(known["target"])
    assert days.count() == len(rows)
    assert days.select("day").distinct().count() == len(list((tmp_path / "days").glob("day=*")))

    times = {}
    for row in rows:
        if row[0] is not None:
            times.setdefault(row[0], []).append(row[5])
    assert {row["flow_hash"]: row["ns"] for row in known["spans"].collect()} == {
        flow: max(all_of) - min(all_of) for flow, all_of in times.items()}
    assert known["arriving"].isStreaming


def test_the_capacity_table_follows_from_the_rate():
    text = (ROOT / "docs/cluster.md").read_text()
    rate = float(re.search(r"a core scans (\d+) MB a second", text)[1]) * 1e6
    rows = re.findall(r"^\| (\d+) (TB|PB) \| ([\d.]+) \| (\d+) \| (\d+) \|$", text, re.M)
    assert [row[:2] for row in rows] == [("1", "TB"), ("10", "TB"), ("100", "TB"), ("1", "PB")]
    for size, unit, hours, of_an_hour, of_a_day in rows:
        needed = int(size) * {"TB": 1e12, "PB": 1e15}[unit] / rate / 3600
        assert hours == f"{needed:.1f}"
        assert (int(of_an_hour), int(of_a_day)) == (math.ceil(needed), math.ceil(needed / 24))
