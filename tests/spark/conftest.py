"""A real standalone master of Spark's and two workers on loopback, and a session that computes on them."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import pyspark
import pytest
from pyspark.sql import SparkSession

import steelpkt.spark

# What plans on the driver, and what runs on the workers, is this very Python, whatever is first on the PATH.
os.environ["PYSPARK_PYTHON"] = sys.executable

SETTINGS = {
    "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "512m", "spark.executor.memory": "512m", "spark.executor.cores": "1",
    "spark.sql.shuffle.partitions": "2", "spark.sql.session.timeZone": "UTC", "spark.ui.showConsoleProgress": "false",
    # one program whose tests come one after the other: workers of Python stay for the next
    "spark.python.worker.reuse": "true", "spark.locality.wait": "0s",
}


class Cluster:
    """The processes, each of a group of its own so that what it started goes with it."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = {}
        self.environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m",
                            "SPARK_HOME": str(pathlib.Path(pyspark.__file__).parent)}
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"spark://127.0.0.1:{port}"
        self.start("master", "master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        self.await_line("master", "Starting Spark master")

    def start(self, name, kind, *words):
        command = os.path.join(self.environment["SPARK_HOME"], "bin", "spark-class")
        with open(self.folder / f"{name}.log", "wb") as log:
            self.processes[name] = subprocess.Popen(
                [command, f"org.apache.spark.deploy.{kind}", *words], stdout=log, stderr=log, env=self.environment,
                start_new_session=True)

    def add_worker(self, name):
        self.start(name, "worker.Worker", "--cores", "1", "--memory", "700m", "--webui-port", "0", "--host", "127.0.0.1",
                   "--work-dir", str(self.folder / name), self.url)
        self.await_line(name, "Successfully registered")

    def await_line(self, name, words):
        until = time.monotonic() + 120
        while words not in (self.folder / f"{name}.log").read_text(errors="replace"):
            assert time.monotonic() < until and self.processes[name].poll() is None, f"{name} did not say {words!r}"
            time.sleep(0.1)

    def kill(self, name):
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def task_logs(self):
        """What the tasks wrote, on all workers there were."""
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*/*/*/stderr"))


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.add_worker("one")
        made.add_worker("two")
        yield made
    finally:
        for name in list(made.processes):
            made.kill(name)


@pytest.fixture(scope="session")
def spark(cluster):
    builder = SparkSession.builder.master(cluster.url)
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    session.dataSource.register(steelpkt.spark.Captures)
    yield session
    session.stop()


@pytest.fixture
def read(spark):
    """A frame of captures: read(paths, fields, option=...)."""
    def frame(paths, fields, **options):
        reader = spark.read.format("steelpkt").option("fields", ",".join(fields))
        for name, value in options.items():
            reader = reader.option(name, value)
        return reader.load([str(path) for path in paths])
    return frame
