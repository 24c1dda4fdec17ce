"""steelpkt.query: what a question is made of beside fields and filters, and what a pass owes the one who waits."""

import datetime
import decimal
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

import steelpkt

ROOT = Path(__file__).resolve().parents[2]
DNS = ROOT / "tests/captures/dns.pcap"
SECOND = 1493834478513280000  # of DNS's second packet


def numbers(path=DNS, **chosen):
    return [row[0] for row in steelpkt.query(path, "frame.number", **chosen)]


# ---- decode as ----

def other_port(tmp_path):
    """dns.pcap with port 5300 in the place of 53, checksums left alone."""
    path = tmp_path / "5300.pcap"
    with steelpkt.create(path) as writer:
        for record in steelpkt.open(DNS):
            data = bytearray(record.data)
            for at in (34, 36):
                if data[at:at + 2] == b"\0\x35":
                    data[at:at + 2] = (5300).to_bytes(2, "big")
            writer.write(bytes(data), time_ns=record.time_ns)
    return path


def test_decode_as_changes_fields_and_filters(tmp_path):
    path = other_port(tmp_path)
    names = [row[0] for row in steelpkt.query(DNS, "dns.qry.name", occurrence="first")]
    plain = steelpkt.query(path, "dns.qry.name", occurrence="first")
    assert [row[0] for row in plain] == [None] * 6
    for rules in ("udp.port==5300,dns", ["udp.port==5300,llmnr", "udp.port==5300,dns"]):
        told = steelpkt.query(path, "dns.qry.name", occurrence="first", decode_as=rules)
        assert [row[0] for row in told] == names
        assert told.to_arrow() == told.to_arrow()
    assert numbers(path, filter="dns.flags.response == 1") == []
    assert numbers(path, filter="dns.flags.response == 1", decode_as="udp.port==5300,dns") == [2, 4, 6]
    assert [row[0] for row in plain] == [None] * 6


@pytest.mark.parametrize("rule, what", [("udp.prot==5300,dns", "no such layer type.*udp.port"),
                                        ("udp.port==5300,dsn", "no such protocol.*dns"), ("nonsense", "not LAYER_TYPE")])
def test_a_wrong_rule_is_told_at_once(rule, what):
    with pytest.raises(ValueError, match=what):
        steelpkt.query(DNS, "ip.src", decode_as=rule)
    with pytest.raises(TypeError):
        steelpkt.query(DNS, "ip.src", decode_as=[53])


# ---- plug-ins ----

WITH_PLUGIN = """
import sys, steelpkt
path, plugin = sys.argv[1:]
try:
    steelpkt.query(path, "sensor.station")
except ValueError as error:
    print("unknown" if "sensor.station" in str(error) else error)
asked = steelpkt.query(path, ["sensor.station", "sensor.name"], plugins=plugin)
print(list(asked))
print(list(steelpkt.query(path, "sensor.station", plugins=[plugin], filter="sensor.station == 7")))
import pickle
print(list(pickle.loads(pickle.dumps(asked))))
try:
    steelpkt.query(path, "ip.src", plugins=[path])
except ValueError as error:
    print(error)
"""


def test_plugins_are_loaded_first(sensor, tmp_path):
    path = tmp_path / "sensor.pcap"
    message = bytes.fromhex("1c02001b000000070b9201fff40300b8095a7567737069747a65")
    with steelpkt.create(path) as writer:
        packet = (steelpkt.Ethernet(type=0x0800) / steelpkt.IP(src="192.0.2.1", dst="192.0.2.2", proto=17)
                  / steelpkt.UDP(sport=1, dport=4243, payload=message))
        writer.write(packet.pkt2net({"update": 1}), time=1)
    done = subprocess.run([sys.executable, "-c", WITH_PLUGIN, path, sensor], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    unknown, told, chosen, again, refused = done.stdout.splitlines()
    assert unknown == "unknown"
    assert told == again == "[(7, 'Zugspitze')]"
    assert chosen == "[(7,)]"
    assert str(path) in refused


# ---- times ----

def test_a_float_means_what_it_prints():
    """1493834478.51328 times 10**9 is another nanosecond than the packet's; the window would leave it out."""
    assert numbers(end=1493834478.51328) == [1, 2]
    assert numbers(start=1493834478.51328) == [2, 3, 4, 5, 6]
    assert numbers(start=1e-5) == [1, 2, 3, 4, 5, 6]
    with pytest.raises(ValueError):
        numbers(start=float("nan"))


def test_other_ways_to_say_a_time():
    import numpy
    import pandas
    stamp = pandas.Timestamp(SECOND, unit="ns")
    for when in (stamp, stamp.tz_localize("UTC"), numpy.datetime64(SECOND, "ns"), decimal.Decimal("1493834478.51328"),
                 "2017-05-03T18:01:18.51328Z",
                 datetime.datetime(2017, 5, 3, 20, 1, 18, 513280, datetime.timezone(datetime.timedelta(hours=2)))):
        assert numbers(start=when, end=when) == [2], when
    later = pandas.Timestamp(SECOND + 1, unit="ns")
    assert numbers(start=later) == [3, 4, 5, 6]


# ---- who takes it ----

def test_a_query_may_be_pickled():
    asked = steelpkt.query([DNS, str(DNS)], "frame.number,ip.src", filter="udp", limit=9, names="underscores",
                           occurrence="first", dictionary=True, decode_as="udp.port==5300,dns", threads=2)
    again = pickle.loads(pickle.dumps(asked))
    assert again.names == ["frame_number", "ip_src"]
    assert again.to_arrow() == asked.to_arrow()
    assert asked.to_arrow().num_rows == 9


def test_dictionaries_in_pandas_and_polars():
    import polars
    asked = steelpkt.query(DNS, "ip.src,dns.qry.name", occurrence="first", dictionary=True)
    sources = [row[0] for row in asked]
    assert str(asked.to_pandas()["ip.src"].dtype) == "category"
    assert asked.to_pandas()["ip.src"].tolist() == sources
    assert asked.to_polars()["ip.src"].cast(polars.String).to_list() == sources
    assert polars.DataFrame(asked)["ip.src"].cast(polars.String).to_list() == sources


def test_parquet_is_not_begun_by_a_question_that_fails(tmp_path):
    out = tmp_path / "kept.parquet"
    steelpkt.query(DNS, "ip.src").to_parquet(out)
    before = out.read_bytes()
    with pytest.raises(FileNotFoundError):
        steelpkt.query(tmp_path / "none.pcap", "ip.src").to_parquet(out)
    with pytest.raises(ValueError):
        steelpkt.query(DNS, "ip.src", bpf="udp prot 53").to_parquet(out)
    assert out.read_bytes() == before


def test_parquet_after_damage_holds_what_came_before(tmp_path):
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(DNS.read_bytes()[:-5])
    with pytest.raises(steelpkt.PacketError, match="record data cut"):
        steelpkt.query(cut, "frame.number").to_parquet(tmp_path / "cut.parquet", compression="zstd")
    assert pyarrow.parquet.read_table(tmp_path / "cut.parquet").column(0).to_pylist() == [1, 2, 3, 4, 5]
    steelpkt.query(DNS, "ip.src", filter="tcp").to_parquet(tmp_path / "none.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "none.parquet").num_rows == 0


# ---- progress and Ctrl-C ----

def large(path, copies=500):
    """A capture of 50,000 times dns.pcap's packets, in time order of their own."""
    data = DNS.read_bytes()
    with open(path, "wb") as file:
        file.write(data[:24])
        for _ in range(copies):
            file.write(data[24:] * 100)
    return path


@pytest.mark.parametrize("take", ["to_arrow", "rows", "stream"])
def test_a_bar_of_tqdm(tmp_path, take, capsys):
    path = large(tmp_path / "large.pcap")
    asked = steelpkt.query(path, "frame.number,dns.qry.name,dns.a", progress=True)
    count = {"to_arrow": lambda: asked.to_arrow().num_rows, "rows": lambda: sum(1 for _ in asked.rows()),
             "stream": lambda: pyarrow.table(asked).num_rows}[take]()
    assert count == 300_000
    assert " packets" in capsys.readouterr().err


WAIT = """
import sys, threading, steelpkt
path, how = sys.argv[1:]
asked = steelpkt.query([path] * 200, "frame.number,dns.qry.name,dns.a", names="underscores")
print("begun", flush=True)
if how == "duckdb":
    import duckdb
    duckdb.sql("SELECT count(DISTINCT dns_qry_name) FROM asked").fetchall()
elif how == "lazy":
    import polars
    asked.lazy().select(polars.col("dns_a").list.len().sum()).collect()
elif how == "rows":
    for row in asked: pass
else:
    asked.to_arrow()
print("ended")
"""


# which of its threads reads is DuckDB's choice, so it is asked more than once
@pytest.mark.parametrize("how", ["arrow", "rows", "duckdb", "duckdb", "duckdb", "lazy"])
def test_ctrl_c_of_a_terminal(tmp_path, how):
    path = large(tmp_path / "large.pcap")
    child = subprocess.Popen([sys.executable, "-c", WAIT, path, how], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True)
    assert child.stdout.readline() == "begun\n"
    time.sleep(0.5)
    sent = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode != 0 and out == ""
    assert "KeyboardInterrupt" in err or (how == "duckdb" and "Query interrupted" in err)  # DuckDB's own words
    assert time.monotonic() - sent < 20
    assert os.path.exists(path)
