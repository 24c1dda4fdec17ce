"""The data source of Spark: the rows of a cluster are those of one machine."""

import datetime
import os
import pathlib
import shutil
import struct

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import datasource
from pyspark.sql.types import LongType, StringType, StructField, StructType

import steelpkt
import steelpkt.spark

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAPTURES = sorted(path for path in (ROOT / "tests/captures").iterdir() if ".pcap" in path.name)
FIELDS = ["frame.time_epoch", "ip.src", "udp.port", "tcp.flags.syn", "tcp.seq", "dns.qry.name", "eth.src", "udp.payload",
          "frame.protocols", "flow.hash", "frame.section_number"]
EPOCH = datetime.datetime(1970, 1, 1)


def plain(value):
    if isinstance(value, (bytearray, list)):
        return bytes(value) if isinstance(value, bytearray) else tuple(map(plain, value))
    return value


def expected(paths, fields, **how):
    """The rows of one machine, file by file: the fields, the exact time where it is among them, file and offset."""
    rows = []
    for path in paths:
        query = steelpkt.query(path, [*fields, "_offset"], **how)
        try:
            for row in query.rows():
                values = [plain(value) for value in row[:-1]]
                timed = fields[0] == "frame.time_epoch"
                (offset, *_), (time, *_) = ([value] if isinstance(value, int | None) else value or [None]
                                            for value in (row[-1], row[0] if timed else None))
                if timed:
                    told = None if time is None else EPOCH + datetime.timedelta(microseconds=time // 1000)
                    values[0] = told if how.get("occurrence") != "all" else () if told is None else (told,)
                rows.append((*values, *([time] if timed else []), str(path), offset))
        except steelpkt.PacketError:
            pass
    return sorted(rows, key=repr)


def rows_of(frame):
    return sorted((tuple(plain(value) for value in row) for row in frame.collect()), key=repr)


def test_all_captures_in_parts(read):
    """Twice as large as most of them: some are cut, and some read together."""
    frame = read(CAPTURES, FIELDS, size=20000)
    found = rows_of(frame)
    assert found == expected(CAPTURES, FIELDS) and len(found) > 900
    assert 5 < frame.rdd.getNumPartitions() < len(CAPTURES)
    assert dict(frame.dtypes)["tcp_seq"] == "bigint" and dict(frame.dtypes)["udp_port"] == "array<int>"
    # one conversation's packets come together, whatever file they are in
    talks = {row["flow_hash"]: row["count"] for row in frame.groupBy("flow_hash").count().collect()}
    hashes = [row[FIELDS.index("flow.hash")] for row in found]
    assert talks == {value: hashes.count(value) for value in set(hashes)}


@pytest.mark.parametrize("how", [
    {"filter": "udp.port == 53"}, {"bpf": "tcp", "occurrence": "first"}, {"filter": "ip.src == 192.0.2.2 && tcp"},
    {"start": "2026-11-23T08:21:00Z", "end": "2026-11-24", "occurrence": "all"},
    {"decode_as": "udp.port==53,llmnr", "filter": "llmnr"}, {"link_type": 147}])
def test_what_is_asked_for(read, how):
    some = CAPTURES[:14]
    assert rows_of(read(some, FIELDS, size=10**9, **how)) == expected(some, FIELDS, **how)


def is_capture(path):
    try:
        list(steelpkt.query(path, "frame.len", limit=1))
    except steelpkt.PacketError:
        return True
    except ValueError:  # a file of another kind fails the job, as it fails everywhere
        return False
    return True


def test_corpus(read):
    corpus = os.environ.get("STEELPKT_CORPUS")
    if not corpus:
        pytest.skip("no corpus: STEELPKT_CORPUS is not set")
    files = sorted(path for path in pathlib.Path(corpus).rglob("*.pcap*") if 100 < path.stat().st_size < 200_000)
    sample = [path for path in files[::max(1, len(files) // 80)] if is_capture(path)]
    for fields, how in ((FIELDS, {}), (FIELDS[:7], {"filter": "tcp || dns"})):
        assert rows_of(read(sample, fields, size=1_500_000, **how)) == expected(sample, fields, **how)


def test_a_plugin_s_protocol(read, sensor, tmp_path):
    """Compiled by the workers' own machine, which is this one."""
    path, fields = tmp_path / "sensor.pcap", ["sensor.name", "sensor.reading.value", "udp.dstport"]
    message = bytes.fromhex("1c02001b000000070b9201fff40300b8095a7567737069747a65")
    with steelpkt.create(path, link_type=101) as writer:
        for i in range(20):
            header = struct.pack(">BBHHHBBHII", 0x45, 0, 28 + len(message), i, 0, 64, 17, 0, 0xc0000201, 0xc0000202)
            writer.write(header + struct.pack(">HHHH", 4000 + i, 4243, 8 + len(message), 0) + message, time=i)
    found = rows_of(read([path], fields, plugins=sensor, size=300))
    assert found == expected([path], fields, plugins=sensor) and found[0][0] is not None and len(found) == 20


def test_damage_ends_a_file_and_is_told(read, cluster, tmp_path):
    whole = (ROOT / "tests/captures/tcp.pcap").read_bytes()
    begins = [part[0] for part in steelpkt.splits(ROOT / "tests/captures/tcp.pcap", 1)]
    bad = tmp_path / "cut at byte 7.pcap"
    bad.write_bytes(whole[:begins[9] + 8] + b"\xff" * 4 + whole[begins[9] + 12:])
    good = ROOT / "tests/captures/http.pcap"
    for size in (500, 10**9):
        assert rows_of(read([bad, good], FIELDS, size=size)) == expected([bad, good], FIELDS)
    assert f"{bad}: " in cluster.task_logs() and f"at byte {begins[9]}" in cluster.task_logs()
    frame = read([bad, good], ["ip.src"], damage="rows")
    assert frame.where("_damage IS NULL").count() == 9 + 11
    (told,) = frame.where("_damage IS NOT NULL").collect()
    assert (told["_file"], told["_offset"], told["ip_src"]) == (str(bad), begins[9], None)
    with pytest.raises(PySparkException, match="at byte"):
        read([bad], ["ip.src"], damage="fail").count()


def test_a_capture_that_is_being_written(read, tmp_path):
    """What is there is read; what comes later is not lost, and not read twice."""
    whole = (ROOT / "tests/captures/dns-udp.pcapng").read_bytes()
    path = tmp_path / "now.pcapng"
    path.write_bytes(whole[:7001])
    first = read([path], FIELDS, size=2000)
    found = rows_of(first)
    assert found == expected([path], FIELDS) and 0 < len(found)
    path.write_bytes(whole)
    assert set(found) < set(rows_of(read([path], FIELDS, size=2000)))


def test_numbers_that_run_on_are_those_of_a_file(read):
    some = CAPTURES[5:8]
    for fields, how in ((["frame.number"], {}), (["ip.src"], {"filter": "frame.number > 3"})):
        with pytest.raises(PySparkException, match="whole"):
            read(some, fields, **how)
    found = read(some, ["frame.number", "frame.time_delta"], whole="true", size=100).collect()
    rows = [tuple(row) for path in some for row in steelpkt.query(path, ["frame.number", "frame.time_delta"])]
    assert sorted((row[0], row[1]) for row in found) == sorted(rows)


def test_filters_are_pushed_down_where_spark_offers_them(spark, read):
    frame = read(CAPTURES[4:8], ["ip.src", "frame.len", "udp.port", "dns.qry.name"], size=10**9)
    where = "ip_src = '192.0.2.2' AND frame_len > 70 AND frame_len IS NOT NULL AND NOT frame_len = 90"
    off = rows_of(frame.where(where))
    spark.conf.set("spark.sql.python.filterPushdown.enabled", "true")
    try:
        assert off and rows_of(frame.where(where)) == off
    finally:
        spark.conf.unset("spark.sql.python.filterPushdown.enabled")


def offered_filter(kind, *words):
    """A filter as Spark offers it, from 4.1 on."""
    made = getattr(datasource, kind)
    return made(offered_filter(*words)) if kind == "Not" else made((words[0],), words[1])


SERVER, LONG = ("EqualTo", "ip_src", "192.0.2.2"), ("GreaterThan", "frame_len", 70)


@pytest.mark.skipif(not hasattr(datasource, "EqualTo"), reason="this Spark offers no filters")
@pytest.mark.parametrize(("offers", "said"), [
    ([SERVER, LONG], ["ip.src == 192.0.2.2", "frame.len > 70"]),
    ([("Not", "EqualTo", "frame_len", 90)], ["frame.len !== 90"]),
    # of what is negated, equality alone is said; all else is left to Spark
    ([("Not", *LONG)], []),
    ([SERVER, ("Not", *LONG)], ["ip.src == 192.0.2.2"])])
def test_what_spark_offers_becomes_part_of_the_display_filter(offers, said):
    """Spark looks at every row again, so rows alone do not tell whether anything was pushed down."""
    source = steelpkt.spark.Captures({"path": "x", "fields": "ip.src,frame.len", "filter": "udp"})
    schema = StructType([StructField("ip_src", StringType()), StructField("frame_len", LongType())])
    reader = steelpkt.spark._PushedReader(source, source._question(schema))
    offered = [offered_filter(*one) for one in offers]
    assert reader.pushFilters(offered) == offered
    assert reader.question.how["filter"] == (" && ".join(f"({text})" for text in ["udp", *said]) if said else "udp")


def test_a_declared_schema_chooses_columns_and_types(spark):
    path = ROOT / "tests/captures/http.pcap"
    frame = (spark.read.format("steelpkt").schema("frame_len DECIMAL(10,0), _offset BIGINT")
             .option("fields", "ip.src,frame.len").load(str(path)))
    assert [(int(row[0]), row[1]) for row in frame.collect()] == [
        tuple(row) for row in steelpkt.query(path, ["frame.len", "_offset"])]


def test_paths_elsewhere_are_read_through_fsspec(read, tmp_path):
    """fsspec's own 'local' stands for a store: bytes come by ranges, and the answer is the same."""
    names = ["dns-udp.pcapng", "tcp.pcap", "icmp-errors.pcap.gz"]
    for name in names:
        shutil.copy(ROOT / "tests/captures" / name, tmp_path)
    frame = read([f"local://{tmp_path}/*.pcap*"], ["ip.src", "dns.qry.name"], size=4000)
    found = [(*row[:2], os.path.basename(row[2]), row[3]) for row in rows_of(frame)]
    here = [(*row[:2], os.path.basename(row[2]), row[3])
            for row in expected([tmp_path / name for name in names], ["ip.src", "dns.qry.name"])]
    assert sorted(found, key=repr) == sorted(here, key=repr) and frame.rdd.getNumPartitions() > 5


@pytest.mark.parametrize(("options", "words"), [
    ({"fields": ""}, "which fields"), ({"fields": "ip.scr"}, "ip.src"), ({"fiter": "x"}, "none of that name"),
    ({"fields": "dns.answers"}, "group of fields"),
    ({"limit": "3"}, "limit\\(\\)"), ({"size": "big"}, "number above 0"), ({"whole": "yes"}, "true or false"),
    ({"names": "camel"}, "underscores or dots"), ({"damage": "ignore"}, "log, rows or fail"),
    ({"filter": "ip.src =="}, "ip.src ==")])
def test_options_that_are_wrong_are_told_at_once(options, words):
    source = steelpkt.spark.Captures({"path": "x", "fields": "ip.src", **options})
    with pytest.raises(ValueError, match=words):
        source.schema()
