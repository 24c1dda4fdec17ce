"""Writers killed in the middle of their work, 200 times: what they had reported as written is there, whole and unchanged."""
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import time

import pytest
import steelpkt

KINDS = ["a.pcap", "a.pcapng", "a.pcap.gz", "a.pcapng.zst", "a.pcap.lz4"]
KILLS = 40  # of each kind
REPORT = struct.Struct("<Q")


def packet(number):
    """Any length, mostly short; bytes that do not pack away to nothing."""
    chance = random.Random(number)
    return REPORT.pack(number) + chance.randbytes(60 + chance.randrange(1400 if number % 8 == 0 else 40))


PACKETS = [packet(number) for number in range(1, 2001)]


def write_until_killed(path, reports, chance):
    writer = steelpkt.create(str(path), link_type=1)
    told = 0
    for number in range(10**9):
        writer.write(PACKETS[number % len(PACKETS)], time_ns=number * 10**9)
        if chance.random() < 0.02:
            writer.flush()
        if writer.safe > told:
            told = writer.safe
            os.write(reports, REPORT.pack(told))


def killed(path, chance):
    """Forks a writer, kills it, and gives the last number of packets that it had reported as written."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            write_until_killed(path, writing, chance)
        finally:
            os._exit(1)
    os.close(writing)
    time.sleep(chance.random() * 0.06)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer ended by itself"
    with open(reading, "rb") as stream:
        told = stream.read()
    return REPORT.unpack(told[-REPORT.size:])[0] if told else 0


def read(path):
    """How many packets there are, each as it was written, and what is wrong at the end; None: nothing."""
    count = 0
    try:
        for record in steelpkt.open(str(path)):
            assert record.data == PACKETS[count % len(PACKETS)] and record.time_ns == count * 10**9
            count += 1
    except (OSError, ValueError) as error:
        return count, str(error)
    return count, None


def count_by_tshark(path):
    said = subprocess.run(["tshark", "-n", "-r", path, "-T", "fields", "-e", "frame.number"], capture_output=True,
                          text=True, check=False)
    return len(said.stdout.splitlines())


@pytest.mark.parametrize("name", KINDS)
def test_what_was_reported_is_there(tmp_path, name, record_property):
    chance = random.Random(name)
    whole = begun = 0
    for number in range(KILLS):
        path = tmp_path / f"{number}-{name}"
        reported = killed(path, chance)
        if not path.exists() or path.stat().st_size == 0:
            assert reported == 0
            continue
        begun += reported > 0
        count, wrong = read(path)
        assert count >= reported, (name, count, reported, wrong)
        whole += wrong is None
        # a frame that nobody could end, or, where the kill came within the write itself, a record
        assert wrong is None or re.search("cut|ends|truncated|needed", wrong), wrong
        if shutil.which("tshark") is not None:
            assert count_by_tshark(path) >= reported, name
        path.unlink()
    record_property("whole", whole)
    print(f"{name}: {begun} had begun, {whole} end at a whole record")
    assert begun > KILLS / 2
    if not name.endswith((".zst", ".lz4")):
        assert whole > KILLS / 4
