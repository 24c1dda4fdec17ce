"""A worker that is killed in mid-job costs time, and nothing else."""

import threading
import time

from test_spark_read import FIELDS, ROOT, expected, rows_of


def kill_when_under_way(spark, cluster, done):
    tracker = spark.sparkContext.statusTracker()
    while not done.is_set():
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        if any(stage is not None and stage.numCompletedTasks >= 3 for stage in stages):
            cluster.kill("two")
            return
        time.sleep(0.02)


def test_a_worker_is_killed(spark, cluster, read):
    paths = [ROOT / "tests/captures" / name for name in ("tcp.pcap", "dns-udp.pcapng", "ssh.pcapng", "http-ipv4.pcap")]
    frame = read(paths, FIELDS, size=1000)
    assert frame.rdd.getNumPartitions() > 30
    done = threading.Event()
    killer = threading.Thread(target=kill_when_under_way, args=(spark, cluster, done))
    killer.start()
    try:
        found = rows_of(frame)
    finally:
        done.set()
        killer.join()
    assert "two" not in cluster.processes, "the job ended before it could be disturbed"
    cluster.add_worker("three")
    assert found == expected(paths, FIELDS)
