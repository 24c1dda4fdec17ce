"""Whatever a caller or a file says: an answer or a Python exception, and never the end of the process."""
import io
import os
import warnings
from pathlib import Path

import steelpkt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from steelscript.packets.core.pcap import PCAPReader, PCAPWriter, get_pkts_header, int2ip, ip2int, pcap_info
from steelscript.packets.query.pcap_query import PcapQuery

CAPTURES = Path(__file__).resolve().parents[1] / "captures"
WHOLE = [path.read_bytes() for path in sorted(CAPTURES.glob("*.pcap*")) if path.stat().st_size < 20000]
PACKETS = [record.data for name in ("multicast.pcap", "dns.pcap", "mpls.pcap", "vlan.pcap", "icmp-errors.pcap.gz")
           for record in steelpkt.open(CAPTURES / name)]
EXPECTED = (ValueError, TypeError, OverflowError, OSError, KeyError, AttributeError, MemoryError, BufferError)

anything = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.binary(max_size=80), st.text(max_size=20),
                     st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
                     st.builds(bytearray, st.binary(max_size=80)), st.builds(object), st.builds(io.BytesIO))


@st.composite
def captures(draw):
    """A capture with some bytes changed, cut somewhere, or something else altogether."""
    data = bytearray(draw(st.sampled_from(WHOLE) | st.binary(max_size=200)))
    for at, byte in draw(st.lists(st.tuples(st.integers(0, max(len(data) - 1, 0)), st.integers(0, 255)), max_size=8)):
        if data:
            data[at] = byte
    return bytes(data[:draw(st.integers(0, len(data)))]) if draw(st.booleans()) else bytes(data)


def tried(function, *args, **kwargs):
    """What it gives, or None where it raises what may be expected of bad arguments."""
    try:
        return function(*args, **kwargs)
    except EXPECTED:
        return None


common = settings(max_examples=int(os.environ.get("EXAMPLES", "60")), deadline=None, suppress_health_check=list(HealthCheck))


@common
@given(captures())
def test_any_capture(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        records = []
        reader = tried(steelpkt.open, io.BytesIO(data))
        try:
            for record in reader or ():
                records.append((record.time, record.comments, bytes(record), record.offset, repr(record)))
                record.decode()
        except steelpkt.PacketError:
            pass
        for pk_format in (1, 2):
            again = tried(PCAPReader, io.BytesIO(data), pk_format)
            got = tried(again.pkts) if again else None
            assert got is None or [bytes(packet) for _, packet, _ in got] == [record[2] for record in records[:len(got)]]
        tried(pcap_info, io.BytesIO(data))


@common
@given(captures())
def test_any_capture_queried(data):
    pq = PcapQuery(pkt_classes=[steelpkt.DNS, steelpkt.NetflowSimple], l7_ports={0: steelpkt.DNS})
    fields = sorted(name for name in pq.fields if not name.endswith(".payload.offset") and "[" not in name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = tried(pq.pcap_query, io.BytesIO(data), fields, 0, 0)
    assert rows is None or all(len(row) == len(fields) for row in rows)


@common
@given(st.lists(st.binary(max_size=120) | st.builds(lambda packet, cut: packet[:cut], st.sampled_from(PACKETS),
                                                    st.integers(0, 200)), max_size=6))
def test_any_packet_queried(packets):
    """A malformed packet keeps its row, and raises nothing."""
    file = io.BytesIO()
    writer = PCAPWriter(file)
    for packet in packets:
        writer.writepkt(packet, 1.0)
    file.seek(0)
    pq = PcapQuery(pkt_classes=[steelpkt.DNS, steelpkt.NetflowSimple], l7_ports={0: steelpkt.DNS})
    fields = sorted(name for name in pq.fields if not name.endswith(".payload.offset") and "[" not in name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = pq.pcap_query(file, fields, 0, 0)
    assert [len(row) for row in rows] == [len(fields)] * len(packets)


@common
@given(st.lists(st.tuples(anything, st.dictionaries(st.sampled_from(["time", "time_ns", "len", "link_type"]), anything))),
       st.dictionaries(st.sampled_from(["format", "compression", "level", "nanoseconds", "link_type", "snap_len"]),
                       anything))
def test_any_packet_written(packets, options):
    file = io.BytesIO()
    writer = tried(steelpkt.create, file, **options)
    if writer is None:
        return
    taken = 0
    for packet, said in packets:
        before = writer.packets
        tried(writer.write, packet, **said)
        taken += writer.packets - before
    tried(writer.close)
    file.seek(0)
    assert len(tried(lambda: list(steelpkt.open(file))) or []) in (taken, 0)


@common
@given(st.lists(st.tuples(anything, anything), max_size=4), anything, anything)
def test_any_argument_of_the_tutorial_s_writer(packets, snap_len, net_layer):
    writer = tried(PCAPWriter, io.BytesIO(), snap_len, net_layer)
    for packet, when in packets:
        if writer is not None:
            tried(writer.writepkt, packet, when)
            tried(writer.dump_pkt, packet, when, when)
            tried(writer.dump_hdr_pkt, when, packet)
            tried(writer.dump_hdr_pkt, tried(get_pkts_header, when, packet), packet)


@common
@given(anything, anything, anything)
def test_any_argument_of_anything_else(one, two, three):
    for function in (steelpkt.open, PCAPReader, int2ip, ip2int, get_pkts_header, pcap_info):
        if not isinstance(one, int):  # a number would be somebody's descriptor
            tried(function, one, *((two,) if function in (PCAPReader, get_pkts_header) else ()))
    for arguments in ({"filename": one, "wshark_fields": two}, {"pkt_classes": one}, {"l7_ports": two, "strict": three},
                      {"devicename": one, "snaplen": two, "stop_event": three}):
        query = tried(PcapQuery, **arguments)
        if query is not None:
            tried(query.query, one, two, three)
            tried(query.fields_supported, two)
            tried(query.pcap_query, io.BytesIO(WHOLE[0]), two if isinstance(two, list) else ["ip.src"], one, three)
