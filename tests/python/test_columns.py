"""steelpkt.query: every value equal to the row's, arrays that Arrow finds nothing wrong with, and who takes them."""

import datetime
import decimal
import json
import os
import pathlib
import pickle
import struct
import subprocess

import pyarrow
import pyarrow.parquet
import pytest

import steelpkt

ROOT = pathlib.Path(__file__).parents[2]
COMMAND = os.environ.get("STEELPKT", str(ROOT / "build" / "steelpkt"))
CAPTURES = sorted(path for path in (ROOT / "tests/captures").iterdir() if ".pcap" in path.name)
DNS = ROOT / "tests/captures/dns.pcap"
SOME = ["frame.number", "frame.time_epoch", "frame.time_relative", "ip.src", "udp.srcport", "dns.qry.name", "ip.addr"]


def known():
    """Every field of the library: a list of dicts."""
    told = subprocess.run([COMMAND, "fields", "--json"], capture_output=True, text=True, check=True).stdout
    return json.loads(told)


KNOWN = known()
FIELDS = [field for field in KNOWN if field["type"] != "GROUP"]
TYPES = {field["name"]: field for field in FIELDS}
GROUPS = [field["name"] for field in KNOWN if field["type"] == "GROUP"]


def ask(path, names, occurrence="auto"):
    """The rows as the command's JSON: a list of lists."""
    which = [] if occurrence == "auto" else ["-a", occurrence]
    done = subprocess.run([COMMAND, "query", "-T", "json", *which, "-e", ",".join(names), path], capture_output=True,
                          text=True)
    assert done.returncode in (0, 2), done.stderr
    pairs = lambda members: [value for _, value in members]  # noqa: E731
    return [json.loads(line, object_pairs_hook=pairs, parse_float=decimal.Decimal) for line in done.stdout.split("\n")
            if line]


def columns(path, names, **options):
    """The same by columns."""
    rows = []
    try:
        for row in steelpkt.query(path, names, **options):
            rows.append(list(row))
    except steelpkt.PacketError:
        pass
    return rows


def as_json(value, field, date):
    """A column's value as the command's JSON has it; date: times are written as dates."""
    if isinstance(value, list):
        return [as_json(one, field, date) for one in value]
    if isinstance(value, bytes):
        return value.hex()
    if value is None or not field["type"].endswith("_TIME"):
        return value
    if date:
        when = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=value // 10**9)
        return f"{when:%b} {when.day:2d}, {when.year} {when:%H:%M:%S}.{value % 10**9:09d} UTC"
    return decimal.Decimal(value).scaleb(-9)


def compare(path, occurrence="auto", fields=FIELDS, **options):
    """Columns and rows, value by value; gives how many values there were."""
    names = [field["name"] for field in fields]
    expected = ask(path, names, occurrence)
    got = columns(path, names, occurrence=occurrence, **options)
    assert len(got) == len(expected)
    seen = 0
    for number, (left, right) in enumerate(zip(got, expected), 1):
        for field, one, other in zip(fields, left, right, strict=True):
            seen += one is not None and one != []
            if one != other:
                one = as_json(one, field, "UTC" in str(other))
            assert one == other, f"packet {number} of {path.name}: {field['name']}"
    return seen


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_columns_have_the_rows_values_every_field(path):
    assert compare(path) > 0


@pytest.mark.parametrize("occurrence", ["first", "last", "all"])
def test_each_choice_among_several_values(occurrence):
    assert compare(ROOT / "tests/captures/icmp-errors.pcap.gz", occurrence) > 0
    assert compare(ROOT / "tests/captures/vlan-stack.pcap", occurrence) > 0


def test_dictionaries_change_no_value():
    path = ROOT / "tests/captures/mixed.pcapng"
    plain = columns(path, [field["name"] for field in FIELDS])
    assert columns(path, [field["name"] for field in FIELDS], dictionary=True) == plain


@pytest.mark.skipif("STEELPKT_CORPUS" not in os.environ, reason="no corpus")
def test_the_corpus_too():
    some = sorted(path for path in pathlib.Path(os.environ["STEELPKT_CORPUS"]).rglob("*.pcap*")
                  if path.stat().st_size < 200_000)[::8]
    assert some
    for path in some:
        compare(path)


# ---- groups: lists of structs ----

def filled(element):
    """What an element of a column has a value of, as the command's JSON has it."""
    return {name: as_json(value, TYPES[name], TYPES[name]["type"] == "ABSOLUTE_TIME") for name, value in element.items()
            if value is not None and value != []}


@pytest.mark.parametrize("dictionary", [False, True])
def test_elements_of_groups_are_structs(dictionary):
    seen = set()
    for path in CAPTURES:
        told = subprocess.run([COMMAND, "query", "-T", "json", "-e", ",".join(GROUPS), path], capture_output=True, text=True)
        expected = [json.loads(line, parse_float=decimal.Decimal) for line in told.stdout.splitlines()]
        table = steelpkt.query(path, GROUPS, dictionary=dictionary).to_arrow()
        table.validate(full=True)
        rows = columns(path, GROUPS, dictionary=dictionary)
        assert len(rows) == len(expected) == table.num_rows
        for number, (row, other) in enumerate(zip(rows, expected), 1):
            for group, elements in zip(GROUPS, row, strict=True):
                assert [filled(element) for element in elements] == other[group], f"packet {number} of {path.name}: {group}"
                seen.update((group, name) for element in elements for name in filled(element))
    assert {("dns.answers", "dns.a"), ("dns.queries", "dns.qry.name"), ("tcp.option", "tcp.options.mss_val")} <= seen


@pytest.mark.parametrize("field", ["dns.a", "dns.txt", "dns.soa.serial_number", "dns.resp.ttl"])
def test_members_are_the_fields_of_the_elements(field):
    sections = ["dns.answers", "dns.authority", "dns.additional"]
    path = ROOT / "tests/captures/dns-udp.pcapng"
    values = 0
    for *groups, alone in columns(path, [*sections, field], occurrence="all"):
        members = [element[field] for group in groups for element in group if element[field] is not None]
        flat = [one for member in members for one in (member if isinstance(member, list) else [member])]
        assert flat == alone
        values += len(alone)
    assert values > 0


def test_octets_that_no_case_takes_are_a_member(tmp_path):
    records = b"".join(b"\x01a\x00" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data
                       for kind, data in [(65280, b"\x01\x02"), (1, b"\xc0\x00\x02\x07")])
    message = struct.pack("!6H", 1, 0x8400, 0, 2, 0, 0) + records
    packet = steelpkt.IP(src="192.0.2.1", dst="192.0.2.2", proto=17,
                         payload=steelpkt.UDP(sport=53, dport=4000, payload=message))
    with steelpkt.create(tmp_path / "odd.pcap", link_type=101) as capture:
        capture.write(packet.pkt2net({"update": 1}), time=0)
    (elements,), = columns(tmp_path / "odd.pcap", ["dns.answers"])
    assert [(one["dns.data"], one["dns.a"]) for one in elements] == [(b"\x01\x02", None), (None, "192.0.2.7")]


# ---- Arrow ----

@pytest.mark.parametrize("dictionary", [False, True])
@pytest.mark.parametrize("occurrence", ["auto", "first", "last", "all"])
def test_arrow_finds_nothing_wrong(occurrence, dictionary):
    names = [field["name"] for field in FIELDS]
    for path in CAPTURES:
        asked = steelpkt.query(path, names, occurrence=occurrence, dictionary=dictionary)
        table = asked.to_arrow()
        table.validate(full=True)
        assert table.schema == asked.schema
        rows = list(asked)
        assert table.num_rows == len(rows)
        for i, name in enumerate(names[::7]):
            column = table.column(i * 7)
            if pyarrow.types.is_temporal(column.type):
                column = column.cast(pyarrow.int64())
            if not (pyarrow.types.is_list(column.type) and pyarrow.types.is_temporal(column.type.value_type)):
                assert column.to_pylist() == [row[name] for row in rows], name


def test_types_are_those_of_the_rows():
    asked = steelpkt.query(DNS, "frame.number,ip.ttl,udp.port,dns.flags.response,ip.src,udp.payload,frame.time_epoch,"
                           "frame.time_delta,ip.checksum,eth.dst,tcp.options.nop")
    assert [str(one.type) for one in asked.schema][:10] == [
        "uint64", "uint8", "list<item: uint16>", "bool", "string", "binary", "timestamp[ns]", "duration[ns]", "uint16",
        "string"]


def test_a_table_of_the_tutorials_capture():
    table = steelpkt.query(DNS, SOME).to_arrow()
    assert table.column("dns.qry.name").to_pylist()[0] == ["riverbed.com"]
    assert table.column("frame.time_epoch").cast(pyarrow.int64()).to_pylist()[:2] == [1493834478390878000,
                                                                                       1493834478513280000]
    assert table.column("frame.number").to_pylist() == list(range(1, table.num_rows + 1))


def test_each_asking_is_a_new_pass():
    asked = steelpkt.query(DNS, SOME)
    assert asked.to_arrow() == asked.to_arrow() == pyarrow.table(asked)
    assert list(asked) == list(asked.rows())


def test_one_schema_for_all_batches_of_dictionaries():
    asked = steelpkt.query(DNS, SOME, dictionary=True)
    one = asked._pass(batch_rows=3)
    batches = list(pyarrow.RecordBatchReader.from_stream(one))
    assert len(batches) > 1
    assert {batch.schema for batch in batches} == {asked.schema}
    assert str(asked.schema.field("ip.src").type) == "dictionary<values=string, indices=int32, ordered=0>"
    joined = pyarrow.Table.from_batches(batches)
    joined.validate(full=True)
    assert joined.column("ip.src").to_pylist() == steelpkt.query(DNS, "ip.src").to_arrow().column(0).to_pylist()


def test_names_as_sql_likes_them():
    assert steelpkt.query(DNS, SOME, names="underscores").schema.names[3] == "ip_src"
    assert next(iter(steelpkt.query(DNS, SOME, names="underscores")))["ip_src"] == "192.0.2.15"
    with pytest.raises(ValueError, match="'dots' or 'underscores'"):
        steelpkt.query(DNS, SOME, names="stars")


# ---- who takes it ----

def test_pandas_polars_and_parquet(tmp_path):
    asked = steelpkt.query(DNS, SOME)
    rows = list(asked)
    assert asked.to_pandas()["ip.src"].tolist() == [row["ip.src"] for row in rows]
    assert asked.to_polars()["udp.srcport"].to_list() == [row["udp.srcport"] for row in rows]
    asked.to_parquet(tmp_path / "dns.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "dns.parquet").cast(asked.schema) == asked.to_arrow()


def test_duckdb_by_its_variable_name():
    import duckdb
    packets = steelpkt.query(DNS, SOME, names="underscores")  # noqa: F841 - DuckDB looks it up
    told = duckdb.sql("SELECT ip_src, count(*) FROM packets GROUP BY ALL ORDER BY 2 DESC, 1").fetchall()
    counts = {}
    for row in packets:
        counts[row["ip_src"]] = counts.get(row["ip_src"], 0) + 1
    assert dict(told) == counts


# ---- which packets ----

def test_filters_windows_and_limits():
    everything = list(steelpkt.query(DNS, SOME))
    def numbers(**chosen):
        return [row[0] for row in steelpkt.query(DNS, SOME, **chosen)]
    answers = [row[0] for row in everything if row["udp.srcport"] == 53]
    assert numbers(filter="udp.srcport == 53") == numbers(bpf="udp src port 53") == answers
    assert numbers(limit=2) == [1, 2]
    second = everything[1][1]
    when = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=second // 1000)
    assert numbers(start=when) == [row[0] for row in everything if row[1] >= second]
    assert numbers(end="2017-05-03T18:01:18.513280") == numbers(end=when) == [1, 2]
    twice = list(steelpkt.query([DNS, DNS], [*SOME, "_file", "_number"]))
    assert [row[0] for row in twice] == list(range(1, 2 * len(everything) + 1))
    assert [row["_number"] for row in twice] == 2 * list(range(1, len(everything) + 1))
    assert {row["_file"] for row in twice} == {str(DNS)}


def test_bad_questions_are_told_at_once():
    with pytest.raises(ValueError, match="ip.srcc"):
        steelpkt.query(DNS, "ip.srcc")
    with pytest.raises(ValueError):
        steelpkt.query(DNS, "ip.src", filter="ip.src ==")
    with pytest.raises(ValueError, match="occurrence"):
        steelpkt.query(DNS, "ip.src", occurrence="second")
    with pytest.raises(ValueError):
        list(steelpkt.query(DNS, "ip.src", bpf="udp prot 53"))


# ---- what goes wrong on the way ----

def test_a_cut_capture_gives_what_is_there_and_one_error(tmp_path):
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(DNS.read_bytes()[:-5])
    asked = steelpkt.query(cut, SOME)
    whole = list(steelpkt.query(DNS, SOME))
    got = []
    with pytest.raises(steelpkt.PacketError, match="cut.pcap.*record data cut"):
        for row in asked:
            got.append(row)
    assert got == whole[:-1]
    with pytest.raises(steelpkt.PacketError, match="record data cut") as told:
        asked.to_arrow()
    assert told.value.partial.num_rows == len(whole) - 1
    with pytest.raises(FileNotFoundError):
        list(steelpkt.query(tmp_path / "none.pcap", SOME))


def test_damage_says_where_it_is(tmp_path):
    *_, last = steelpkt.query(DNS, "_offset").rows()
    cut = tmp_path / "cut at byte 7.pcap"
    cut.write_bytes(DNS.read_bytes()[:-5])
    with pytest.raises(steelpkt.PacketError, match=f", at byte {last[0]} ") as told:
        list(steelpkt.query(cut, SOME))
    assert told.value.offset == pickle.loads(pickle.dumps(told.value)).offset == last[0]
    with pytest.raises(steelpkt.PacketError) as told:
        steelpkt.Ethernet(b"short")
    assert told.value.offset is None


def many(path, packets):
    """A capture of small UDP packets."""
    eth = bytes.fromhex("0200000000010200000000020800")
    ip = bytes.fromhex("4500001c00000000401100000a0000010a000002")
    record = struct.pack("<IIII", 1, 0, 42, 42) + eth + ip + bytes.fromhex("0035003500080000")
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for _ in range(packets // 10000):
            file.write(record * 10000)
    return path


def test_progress_and_what_it_raises(tmp_path):
    path = many(tmp_path / "many.pcap", 2_000_000)
    seen = []
    assert steelpkt.query(path, "frame.number", progress=seen.append).to_arrow().num_rows == 2_000_000
    assert seen and seen == sorted(seen) and seen[-1] <= 2_000_000

    def stop(read):
        raise RuntimeError("enough")
    with pytest.raises(RuntimeError, match="enough"):
        steelpkt.query(path, SOME, progress=stop).to_arrow()


def test_ctrl_c_ends_a_pass(tmp_path):
    import _thread
    path = many(tmp_path / "many.pcap", 1_000_000)
    with pytest.raises(KeyboardInterrupt):
        steelpkt.query([path] * 20, SOME, progress=lambda read: _thread.interrupt_main()).to_arrow()
        pytest.fail("it went on")
