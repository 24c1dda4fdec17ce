"""A directory of rotating captures as a stream: killed and started again, each packet arrives once."""

import os
import pathlib
import pickle
import struct
import subprocess
import sys
import time

from pyspark.sql.types import LongType, StructType

import steelpkt.spark
from steelpkt import _spark_stream

JOB = """
import sys
from pyspark.sql import SparkSession
import steelpkt.spark

source, target = sys.argv[1:3]
settings = dict(pair.split("=", 1) for pair in sys.argv[3:])
builder = SparkSession.builder.master("local[1]")
for name, value in settings.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
spark.dataSource.register(steelpkt.spark.Captures)
packets = spark.readStream.format("steelpkt").option("fields", "ip.id,frame.len").option("settle", "1").load(source)
query = packets.writeStream.format("parquet").option("path", target).option("checkpointLocation", target + ".checkpoint")
query.trigger(processingTime="200 milliseconds").start().awaitTermination()
"""
SETTINGS = ["spark.ui.enabled=false", "spark.driver.host=127.0.0.1", "spark.driver.bindAddress=127.0.0.1",
            "spark.driver.memory=512m", "spark.sql.shuffle.partitions=1", "spark.ui.showConsoleProgress=false"]
EACH, FILES, RESTARTS = 40, 16, 3


class Rotation:
    """Writes captures as a ring does: into one file for a while, then into the next."""

    def __init__(self, folder):
        self.folder = folder
        self.written = 0

    def write(self, count):
        for _ in range(count):
            path = self.folder / f"ring{self.written:03}.pcap"
            with steelpkt.create(path, link_type=101) as writer:
                for i in range(EACH):
                    number = self.written * EACH + i
                    writer.write(struct.pack(">BBHHHBBHII", 0x45, 0, 20, number, 0, 64, 59, 0, 1, 2), time=number)
            self.written += 1


def committed(target):
    """The numbers of the packets in what the sink's own log says is there."""
    import json

    import pyarrow.parquet
    found = []
    for log in sorted((target / "_spark_metadata").glob("[0-9]*")):
        for line in log.read_text().splitlines()[1:]:
            path = json.loads(line)["path"].removeprefix("file://")
            found += pyarrow.parquet.read_table(path, columns=["ip_id"])["ip_id"].to_pylist()
    return found


def wait_for(condition, process, log):
    until = time.monotonic() + 150
    while not condition():
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < until, log.read_text()[-3000:]
        time.sleep(0.1)


def test_killed_and_started_again(tmp_path):
    source, target, log = tmp_path / "ring", tmp_path / "out", tmp_path / "job.log"
    source.mkdir()
    rotation = Rotation(source)
    for start in range(RESTARTS + 1):
        rotation.write(FILES // (RESTARTS + 1))
        before = len(committed(target))
        with open(log, "wb") as told:
            process = subprocess.Popen([sys.executable, "-c", JOB, source, target, *SETTINGS], stdout=told, stderr=told,
                                       env={**os.environ, "PYSPARK_PYTHON": sys.executable}, start_new_session=True)
        try:
            if start < RESTARTS:  # as soon as a batch is on its way, wherever it is by then
                offsets = pathlib.Path(f"{target}.checkpoint") / "offsets"
                there = len(list(offsets.glob("[0-9]*")))
                wait_for(lambda: len(list(offsets.glob("[0-9]*"))) > there, process, log)
                time.sleep(0.5 * start)
            else:
                wait_for(lambda: len(committed(target)) >= rotation.written * EACH, process, log)
        finally:
            os.killpg(process.pid, 9)
            process.wait()
        assert len(committed(target)) >= before
    assert sorted(committed(target)) == list(range(FILES * EACH))


def reader_of(folder, **options):
    source = steelpkt.spark.Captures({"path": str(folder), "fields": "ip.id", **options})
    return source.streamReader(StructType().add("ip_id", LongType()))


def paths_of(tasks):
    return [pathlib.Path(path).name for task in tasks for path, _ in task.value]


def test_a_capture_is_taken_when_nobody_writes_to_it(tmp_path):
    Rotation(tmp_path).write(3)
    reader = reader_of(tmp_path, settle=3600)
    assert reader.latestOffset() == {}
    os.utime(tmp_path / "ring001.pcap", (0, 0))
    end = reader.latestOffset()
    assert paths_of(reader.partitions(reader.initialOffset(), end)) == ["ring001.pcap"]
    assert reader.partitions(end, end) == []


def test_a_capture_that_stays_as_it_is_is_looked_into_once(tmp_path, monkeypatch):
    Rotation(tmp_path).write(3)
    again = tmp_path / "ring002.pcap"
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    looked, head = [], _spark_stream._head
    monkeypatch.setattr(_spark_stream, "_head", lambda path, size: looked.append(path) or head(path, size))
    reader = reader_of(tmp_path)
    first = reader.latestOffset()
    assert reader.latestOffset() == first and len(looked) == len(first) == 3
    again.write_bytes(again.read_bytes().replace(bytes([64, 59]), bytes([64, 60])))  # another of the same size and time
    os.utime(again, (0, 0))
    (tmp_path / "ring000.pcap").unlink()
    second = reader.latestOffset()
    assert len(second) == 2 and second[str(again)] != first[str(again)] and looked[3:] == [str(again)]
    assert len(reader._marks) == 2 and pickle.loads(pickle.dumps(reader))._marks == {}


def test_a_name_that_is_used_again_is_another_capture(tmp_path, caplog):
    rotation = Rotation(tmp_path)
    rotation.write(2)
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    reader = reader_of(tmp_path)
    first = reader.latestOffset()
    (tmp_path / "ring001.pcap").unlink()
    (tmp_path / "ring000.pcap").write_bytes((tmp_path / "ring000.pcap").read_bytes()[:24] + struct.pack("<4I", 9, 0, 0, 0))
    os.utime(tmp_path / "ring000.pcap", (0, 0))
    second = reader.latestOffset()
    assert len(first) == 2 and len(second) == 1
    assert paths_of(reader.partitions(first, second)) == ["ring000.pcap"]
    with open(tmp_path / "ring000.pcap", "ab") as file:
        file.write(bytes(400))
    os.utime(tmp_path / "ring000.pcap", (0, 0))
    assert reader.partitions(second, reader.latestOffset()) == [] and "settle" in caplog.text
