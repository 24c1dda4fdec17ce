"""PcapQuery in the tutorial's form and in the later release's, and with classes of one's own."""
import gc
import io
import struct
import sys
import threading
import time
import warnings
from datetime import timezone
from pathlib import Path

import pytest
import steelpkt
from steelpkt import DNS, IGMP, IP, PKT, TCP, UDP, Ethernet
from steelscript.packets.core.pcap import PCAPReader, PCAPSocket, PCAPWriter
from steelscript.packets.query.pcap_query import Frame, PcapQuery, get_field_val_f

ROOT = Path(__file__).resolve().parents[2]
CAPTURES = ROOT / "tests" / "captures"
DNS_FIELDS = ["frame.time_epoch", "ip.src", "ip.dst", "udp.srcport", "udp.dstport", "dns.query_count", "dns.answer_count",
              "dns.auth_count"]
CLIENT, SERVER = "192.0.2.15", "192.0.2.53"
# What the tutorial prints, with the two hosts of the reconstructed capture.
DNS_ROWS = [[1493834478.390878, CLIENT, SERVER, 49883, 53, 1, 0, 0],
            [1493834478.51328, SERVER, CLIENT, 53, 49883, 1, 1, 4],
            [1493834485.406963, CLIENT, SERVER, 57556, 53, 1, 0, 0],
            [1493834485.490302, SERVER, CLIENT, 53, 57556, 1, 4, 4],
            [1493834493.955906, CLIENT, SERVER, 52047, 53, 1, 0, 0],
            [1493834493.978792, SERVER, CLIENT, 53, 52047, 1, 5, 0]]
PORTS = ["udp.srcport", "udp.dstport"]


class Counts(PKT):
    """DNS's counts, as a script of one's own reads them: names are bytes, as in the tutorial."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.pkt_name = b"Counts"
        self.pq_type, self.query_fields = Counts.query_info()
        use_buffer, buffer = self.from_buffer(args, kwargs)
        if use_buffer:
            self.counts = struct.unpack("!6H", buffer[:12].tobytes())

    @classmethod
    def query_info(cls):
        return 5300, (b"counts.queries", b"counts.answers", b"counts.authority")

    @classmethod
    def default_ports(cls):
        return [53]

    def get_field_val(self, field):
        for index, name in enumerate(Counts.query_info()[1]):
            if field is name or field == name:
                return self.counts[2 + index]
        return None


class Raising(Counts):
    """Refuses every answer."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.counts[3]:
            raise ZeroDivisionError("no answers here")


@pytest.fixture
def dns():
    with open(CAPTURES / "dns.pcap", "rb") as file:
        yield file


def made(*frames, times=None):
    """A capture of frames, a second apart from 1500000000 on, as a file object."""
    file = io.BytesIO()
    writer = PCAPWriter(file)
    for number, frame in enumerate(frames):
        writer.writepkt(bytes(frame), times[number] if times else 1500000000 + number)
    file.seek(0)
    return file


def frame(payload, proto, **ip):
    return Ethernet(payload=IP(payload=payload, proto=proto, src="192.0.2.1", dst="192.0.2.2", **ip)).pkt2net(
        {"csum": 1, "update": 1})


# ---- the tutorial's form ----

def test_the_tutorial_s_query(dns):
    pq = PcapQuery(pkt_classes=[DNS])
    assert pq.pcap_query(file_handle=dns, wshark_fields=DNS_FIELDS, starttime=0.0, endtime=0.0, as_datetime=0) == DNS_ROWS
    assert not dns.closed and dns.read() == b""
    dns.seek(0)
    rows = pq.pcap_query(dns, DNS_FIELDS[:1], 0, 0)
    assert [type(value) for value in rows[0]] != [float]
    assert rows[1][0].utcoffset() is not None
    assert rows[1][0].astimezone(timezone.utc).isoformat() == "2017-05-03T18:01:18.513280+00:00"


def test_a_class_of_one_s_own_gives_the_same(dns):
    pq = PcapQuery(pkt_classes=[Counts])
    fields = DNS_FIELDS[:5] + ["counts.queries", "counts.answers", "counts.authority"]
    assert pq.fields_supported(fields)
    assert pq.pcap_query(dns, fields, 0.0, 0.0, as_datetime=0) == DNS_ROWS
    dns.seek(0)
    assert pq.pcap_query(dns, [b"counts.queries"], 0.0, 0.0)[0] == [1]


def test_a_window_includes_both_ends(dns):
    pq = PcapQuery()
    times = [row[0] for row in DNS_ROWS]
    for first in range(6):
        for last in range(first, 6):
            dns.seek(0)
            rows = pq.pcap_query(dns, ["frame.time_epoch"], times[first], times[last], as_datetime=0)
            assert rows == [[when] for when in times[first:last + 1]]
    dns.seek(0)
    assert len(pq.pcap_query(dns, ["frame.time_epoch"], 0, times[2])) == 3
    dns.seek(0)
    assert len(pq.pcap_query(dns, ["frame.time_epoch"], times[2], 0)) == 4
    # times that do not run forward: no early stop
    shuffled = made(*[b"x" * 14] * 4, times=[100, 300, 200, 400])
    assert pq.pcap_query(shuffled, ["frame.time_epoch"], 100, 250, as_datetime=0) == [[100.0], [200.0]]


def test_only_ethernet_counts_and_empty_rows_stay():
    pq = PcapQuery()
    with open(CAPTURES / "mixed.pcapng", "rb") as file:
        links = [link for _, _, link in PCAPReader(file)]
        file.seek(0)
        assert len(pq.pcap_query(file, ["frame.len"], 0, 0)) == links.count(1) < len(links)
    with open(CAPTURES / "tcp.pcap", "rb") as file:
        rows = pq.pcap_query(file, ["udp.srcport"], 0, 0)
    assert rows and all(row == [None] for row in rows)
    with open(CAPTURES / "tcp.pcap", "rb") as file:
        assert pq.pcap_query(file, [], 0, 0) == [[]] * len(rows)


def test_unknown_fields_are_told_with_the_nearest(dns):
    pq = PcapQuery()
    with pytest.raises(KeyError, match="nearest is ip.src"):
        pq.pcap_query(dns, ["ip.srk"], 0, 0)
    assert not pq.fields_supported(["ip.src", "dns.query_count"])
    assert PcapQuery(pkt_classes=[DNS]).fields_supported(["ip.src", "dns.query_count"])
    with pytest.raises(ValueError, match="without a source"):
        pq.query()
    with pytest.raises(ValueError, match="without a source"):
        next(pq)


def test_the_values_are_the_classes_for_every_field_and_packet():
    """The names of the reference API: a row has what get_field_val of the first layer of the class says."""
    names = """eth.type eth.src eth.dst eth.vlan.cfi eth.vlan.id eth.vlan.pri eth.vlan.tpid ip.hdr_len ip.tos ip.len ip.id
        ip.flags ip.flags.df ip.flags.mf ip.frag_offset ip.ttl ip.proto ip.src ip.dst ip.checksum arp.hw.type arp.proto.type
        arp.hw.size arp.proto.size arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac arp.dst.proto_ipv4 tcp.srcport
        tcp.dstport tcp.seq tcp.ack tcp.hdr_len tcp.flags tcp.flags.urg tcp.flags.ack tcp.flags.push tcp.flags.reset
        tcp.flags.syn tcp.flags.fin tcp.window_size_value tcp.checksum tcp.urgent_pointer tcp.payload icmp.checksum icmp.code
        icmp.seq icmp.mtu icmp.ident icmp.originate_timestamp icmp.pointer icmp.receive_timestamp icmp.redir_gw
        icmp.transmit_timestamp icmp.type icmp.data_time igmp.version igmp.type igmp.checksum igmp.max_resp igmp.maddr igmp.s
        igmp.qrv igmp.num_src igmp.num_grp_recs igmp.obj.saddr mpls.bottom.label mpls.bottom.tc mpls.bottom.stack_bit
        mpls.bottom.ttl mpls.top.label mpls.top.tc mpls.top.stack_bit mpls.top.ttl udp.srcport udp.dstport udp.length
        udp.checksum udp.payload""".split()
    pq = PcapQuery()
    assert pq.fields_supported(names)
    compared = 0
    for path in sorted(CAPTURES.glob("*.pcap*")):
        with open(path, "rb") as file:
            rows = pq.pcap_query(file, names, 0, 0)
            file.seek(0)
            packets = [data for _, data, link in PCAPReader(file) if link == 1]
        assert len(rows) == len(packets)
        for number, (row, data) in enumerate(zip(rows, packets), 1):
            packet = Ethernet(data)
            if packet.get_layer("ICMPv6").pkt_name == "ICMPv6":
                continue  # as a class it has the quoted packet as its payload
            layers = {pq_type: packet.get_layer_by_type(pq_type) for pq_type in {pq.fields[name] for name in names}}
            wanted = [layers[pq.fields[name]].get_field_val(name) for name in names]
            assert row == wanted, (path.name, number)
            assert [type(value) for value in row] == [type(value) for value in wanted], (path.name, number)
            compared += sum(value is not None for value in row)
    assert compared > 10000


def test_the_tutorial_s_values():
    tagged = Ethernet(tpid=0x8100, vlan_id=5, type=0x0800, payload=IP(proto=6, src="192.0.2.1", dst="192.0.2.2", payload=TCP(
        sport=1, dport=2, flag_syn=1, flag_ece=1, payload=b"four"))).pkt2net({"csum": 1, "update": 1})
    fields = ["eth.type", "eth.vlan.id", "ip.hdr_len", "tcp.hdr_len", "tcp.len", "tcp.flags", "tcp.flags.syn", "ip.src"]
    assert PcapQuery().pcap_query(made(tagged), fields, 0, 0) == [[0x0800, 5, 5, 5, 24, 2, 1, "192.0.2.1"]]


def test_payloads_and_their_slices():
    frames = [frame(UDP(sport=1, dport=2, payload=b"0123456789"), 17), frame(TCP(sport=1, dport=2, payload=b"abc"), 6),
              frame(UDP(sport=1, dport=2), 17)]
    fields = ["udp.payload", "udp.payload.offset[2:5]", "udp.payload.offset[-3:-1]", "tcp.payload",
              "tcp.payload.offset[0:100]"]
    pq = PcapQuery()
    assert pq.fields_supported(fields)
    assert pq.pcap_query(made(*frames), fields, 0, 0) == [
        [b"0123456789", b"234", b"78", None, None], [None, None, None, b"abc", b"abc"], [b"", b"", b"", None, None]]
    for bad in ("udp.payload.offset[5:2]", "udp.payload.offset[2:2]", "udp.payload.offset[:2]", "udp.payload.offset",
                "ip.payload.offset[1:2]"):
        assert not pq.fields_supported([bad]), bad


def test_names_cut_to_18_characters_are_known_too(dns):
    pq = PcapQuery(pkt_classes=[DNS])
    names = ["tcp.window_size_va", "mpls.bottom.stack_", "icmp.originate_tim", "dns.recursion_requ", "dns.recursion_avai"]
    assert pq.fields_supported(names)
    assert [row[3:] for row in pq.pcap_query(dns, names, 0, 0)][:2] == [[1, 0], [1, 1]]
    assert pq.show_fields() is pq.fields
    assert pq.fields["dns.query_count"] == 53 and pq.fields["ip.src"] == 2048 and pq.fields["frame.len"] == 2


def test_layer_7_is_whose_port_it_is():
    query = DNS(ident=7)
    frames = [frame(UDP(sport=40000, dport=port, payload=query.pkt2net({"update": 1})), 17) for port in (53, 5300, 9)]

    def idents(**arguments):
        return [row[0] for row in PcapQuery(**arguments).pcap_query(made(*frames), ["dns.ident"], 0, 0)]

    assert idents(pkt_classes=[DNS]) == [7, None, None]
    assert idents(pkt_classes=[DNS], l7_ports={5300: DNS}) == [7, 7, None]
    assert idents(pkt_classes=[DNS], l7_ports={53: Counts, 5300: DNS}) == [None, 7, None]
    for wrong in ({53: "DNS"}, {53: int}):
        with pytest.raises(TypeError, match="no packet class"):
            PcapQuery(l7_ports=wrong)
    with pytest.raises(TypeError):
        PcapQuery(l7_ports=[53])
    counts = PcapQuery(pkt_classes=[Counts], l7_ports={9: Counts})
    assert counts.pcap_query(made(*frames), ["counts.queries"], 0, 0) == [[0], [None], [0]]

    class Anywhere(Counts):
        @classmethod
        def default_ports(cls):
            return [0]

    assert PcapQuery(pkt_classes=[Anywhere]).pcap_query(made(*frames), ["counts.queries"], 0, 0) == [[0]] * 3


def test_a_class_that_raises_costs_its_fields_only(dns):
    fields = ["udp.srcport", "counts.answers"]
    pq = PcapQuery(pkt_classes=[Raising])
    with pytest.warns(RuntimeWarning) as told:
        rows = pq.pcap_query(dns, fields, 0, 0)
    assert rows == [[49883, 0], [53, None], [57556, 0], [53, None], [52047, 0], [53, None]]
    assert pq.failures == 3
    assert len(told) == 1
    text = str(told[0].message)
    second = list(steelpkt.open(CAPTURES / "dns.pcap"))[1].data
    assert "Raising" in text and "packet 2" in text and second[34:].hex() in text and "ZeroDivisionError" in text
    dns.seek(0)
    with pytest.raises(ZeroDivisionError):
        PcapQuery(pkt_classes=[Raising], strict=True).pcap_query(dns, fields, 0, 0)


def test_malformed_packets_keep_their_row():
    whole = frame(UDP(sport=1, dport=53, payload=DNS(ident=7).pkt2net({"update": 1})), 17)
    pq = PcapQuery(pkt_classes=[DNS])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = pq.pcap_query(made(*[whole[:cut] for cut in range(len(whole) + 1)]), ["ip.src", "udp.srcport", "dns.ident"],
                             0, 0)
    assert len(rows) == len(whole) + 1
    assert rows[0] == [None, None, None] and rows[-1] == ["192.0.2.1", 1, 7]
    # the core's own class on a port that only the query knows
    other = frame(UDP(sport=1, dport=5300, payload=DNS(ident=7).pkt2net({"update": 1})), 17)
    elsewhere = PcapQuery(pkt_classes=[DNS], l7_ports={5300: DNS}, strict=True)
    rows = elsewhere.pcap_query(made(*[other[:cut] for cut in range(len(other) + 1)]), ["udp.srcport", "dns.ident"],
                                0, 0)
    assert rows[len(other) - 11] == [1, None] and rows[-1] == [1, 7] and elsewhere.failures == 0


def test_dataframes(dns):
    pandas = pytest.importorskip("pandas")
    pq = PcapQuery(pkt_classes=[DNS])
    frame_ = pq.pcap_query(dns, DNS_FIELDS, 0.0, 0.0, rdf=1, as_datetime=0)
    assert list(frame_.columns) == DNS_FIELDS and frame_.values.tolist() == DNS_ROWS
    dns.seek(0)
    assert pq.pcap_query(dns, DNS_FIELDS, 5.0, 6.0, rdf=1) is None
    assert isinstance(frame_, pandas.DataFrame)


# ---- the later release's form ----

IGMP_TYPES = [17, 22, 22, 22, 23, 17, 22, 22, 22, 23, 17, 22, 22, 22, 17, 22, 22, 22]
IGMP_FIELDS = ["eth.src", "eth.dst", "ip.src", "ip.dst", "igmp.type", "igmp.max_resp", "igmp.maddr"]


@pytest.fixture
def igmp(tmp_path):
    """A capture like the one that the later release is tested with: queries, reports and leaves of IGMP version 2."""
    path = tmp_path / "igmp_v2.pcap"
    writer = PCAPWriter(filename=str(path))
    for number, kind in enumerate(IGMP_TYPES):
        message = IGMP(type=kind, version=2, max_resp=100 if kind == 17 else 0, group_address=f"239.1.1.{number}")
        packet = Ethernet(src_mac="00:00:5e:00:53:01", dst_mac="01:00:5e:01:01:01", type=0x0800, payload=IP(
            proto=2, ttl=1, src="192.0.2.1", dst=f"239.1.1.{number}", payload=message))
        writer.dump_pkt(packet.pkt2net({"csum": 1, "update": 1}), 1500000000 + number, 0)
    writer.close()
    return str(path)


def test_the_later_release_s_query(igmp):
    pq = PcapQuery(filename=igmp, wshark_fields=IGMP_FIELDS)
    assert iter(pq) is pq
    rows = list(pq)
    assert [row[4] for row in rows] == IGMP_TYPES
    assert rows[0] == ("00:00:5e:00:53:01", "01:00:5e:01:01:01", "192.0.2.1", "239.1.1.0", 17, 100, "239.1.1.0")
    assert all(type(row) is tuple for row in rows)
    assert next(pq, None) is None
    with pytest.raises(ValueError, match="read to its end"):
        pq.query()
    assert PcapQuery(filename=igmp, wshark_fields=IGMP_FIELDS).query() == rows
    pandas = pytest.importorskip("pandas")
    wanted = pandas.DataFrame(rows, columns=IGMP_FIELDS)
    assert PcapQuery(filename=igmp, wshark_fields=IGMP_FIELDS).query(dataframe=True).equals(wanted)
    nothing = PcapQuery(filename=igmp, wshark_fields=["udp.srcport"])
    assert nothing.query(dataframe=1) is None


def test_rows_and_windows_of_the_later_form(igmp):
    pq = PcapQuery(filename=igmp, wshark_fields=["igmp.type"])
    assert [len(pq.query(num_packets=count)) for count in (1, 2, 5, 0)] == [1, 2, 5, 10]  # nothing is lost in between
    with pytest.raises(ValueError, match="read to its end"):
        pq.query()
    with pytest.raises(ValueError, match="num_packets"):
        PcapQuery(filename=igmp, wshark_fields=["igmp.type"]).query(num_packets=-1)
    pq = PcapQuery(filename=igmp, wshark_fields=["frame.time_epoch"])
    assert pq.query(starttime=1500000002.0, endtime=1500000004.0) == [(1500000002.0,), (1500000003.0,), (1500000004.0,)]
    parts = [pq.query(endtime=1500000000.0 + last) for last in (6, 9, 17)]  # nor at the end of a window
    assert [row[0] - 1500000000 for part in parts for row in part] == list(range(5, 18))
    assert PcapQuery(filename=igmp, wshark_fields=["udp.srcport"]).query() == []
    assert list(PcapQuery(filename=igmp, wshark_fields=["udp.srcport"])) == [(None,)] * 18
    assert PcapQuery(filename=igmp).query() == []
    assert PcapQuery(filename=igmp, wshark_fields=["igmp.type"], bpf_filter="igmp[0] == 0x17").query() == [(23,), (23,)]
    mixed = PcapQuery(filename=igmp, wshark_fields=["igmp.type"])
    assert next(mixed) == (17,)
    assert len(mixed.query(num_packets=3)) == 3
    assert len(list(mixed)) == 14


def test_the_later_form_refuses(igmp, tmp_path):
    for arguments in ({"filename": str(tmp_path / "none")}, {"filename": str(tmp_path)}, {"devicename": "nowhere"},
                      {"filename": igmp, "devicename": "lo"}, {"wshark_fields": ["ip.src"]}, {"snaplen": 5},
                      {"filename": igmp, "wshark_fields": ["nothing"]}, {"filename": igmp, "bpf_filter": "(("}):
        with pytest.raises(ValueError):
            PcapQuery(**arguments)
    for arguments in ({"filename": igmp.encode()}, {"filename": igmp, "wshark_fields": ("ip.src",)}, {"nonsense": 1}):
        with pytest.raises(TypeError):
            PcapQuery(**arguments)


def test_a_stop_event_ends_a_run(igmp):
    event = threading.Event()
    pq = PcapQuery(filename=igmp, wshark_fields=["igmp.type"], stop_event=event)
    rows = []
    for row in pq:
        rows.append(row)
        if len(rows) == 3:
            event.set()
    assert len(rows) == 3
    assert pq.query() == []


def test_after_close(igmp):
    with PcapQuery(filename=igmp, wshark_fields=["igmp.type"]) as pq:
        assert next(pq) == (17,)
    pq.close()
    assert next(pq, None) is None
    with pytest.raises(ValueError):
        pq.query()


def test_columns_may_be_changed(igmp):
    pq = PcapQuery(filename=igmp, wshark_fields=["igmp.type"])
    assert next(pq) == (17,)
    pq.wshark_fields = ["ip.dst", "ip.src", "igmp.maddr"]
    assert next(pq) == ("239.1.1.1", "192.0.2.1", "239.1.1.1")
    assert pq.layer_order == [2048, 4]
    layers = [IP(src="192.0.2.7"), IGMP(bytes.fromhex("16000000ef000001"))]
    assert [function(layers) for function in pq.field_functions] == ["0.0.0.0", "192.0.2.7", "239.0.0.1"]
    assert get_field_val_f(1, "igmp.type")(layers) == 22


def test_frames():
    made_frame = Frame(1.5, {"ts": {"tv_sec": 1, "tv_usec": 500000}, "caplen": 60, "len": 1500})
    assert Frame.query_info() == (2, ("frame.time_epoch", "frame.len", "frame.caplen"))
    assert [made_frame.get_field_val(name) for name in (*Frame.query_info()[1], "frame.number")] == [1.5, 1500, 60, None]
    assert Frame.default_ports() == []


# ---- manners ----

def test_nothing_is_kept(dns, igmp):
    def everything():
        pq = PcapQuery(pkt_classes=[Counts, DNS], l7_ports={5300: DNS})
        dns.seek(0)
        pq.pcap_query(dns, ["ip.src", "counts.queries", "icmp.data_time", "udp.payload.offset[1:3]"], 0, 0)
        later = PcapQuery(filename=igmp, wshark_fields=IGMP_FIELDS + ["igmp.obj.grecs"], pkt_classes=[Raising])
        next(later)
        later.query(num_packets=2)

    for _ in range(20):
        everything()
    gc.collect()
    before = len(gc.get_objects()), sys.getrefcount(Counts), sys.getrefcount(None)
    for _ in range(200):
        everything()
    gc.collect()
    after = len(gc.get_objects()), sys.getrefcount(Counts), sys.getrefcount(None)
    assert all(abs(now - then) < 60 for now, then in zip(after, before))


def test_threads_share_a_query(igmp):
    pq = PcapQuery(filename=igmp, wshark_fields=["igmp.maddr"])
    got = []
    threads = [threading.Thread(target=lambda: got.extend(pq)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted((f"239.1.1.{number}",) for number in range(18))


def test_the_table_of_differences_is_that_of_the_rows():
    page = (ROOT / "docs" / "tutorial-values.md").read_text(encoding="utf-8")
    for name, tutorial, elsewhere in steelpkt._core._tutorial_rows():
        assert f"| `{name}` | {tutorial} | {elsewhere} |" in page
    assert page.count("\n| `") == len(set(steelpkt._core._tutorial_rows()))


# ---- live ----

def test_a_live_query(wire):
    pq = PcapQuery(devicename="right", wshark_fields=["ip.src", "udp.dstport"], bpf_filter="udp port 7")
    left = PCAPSocket(devicename="left")
    left.sendpacket(frame(UDP(sport=1, dport=7, payload=b"x"), 17))
    assert next(pq) == ("192.0.2.1", 7)
    begun = time.monotonic()
    threading.Timer(0.1, pq.stop_event.set).start()
    assert next(pq, None) is None
    assert time.monotonic() - begun < 2
    pq.close()
    left.close()


def test_a_class_of_the_core_at_another_port_is_decoded_by_the_library(tmp_path, monkeypatch):
    """Over UDP and over TCP, from and to the port; Python is asked for none of them."""
    def moved(sport, dport, over):
        message = DNS(ident=7, queries=[steelpkt.DNSQuery("a.example", 1, 1)]).pkt2net({"update": 1})
        if over is TCP:
            message = len(message).to_bytes(2, "big") + message
        return Ethernet(type=0x0800, payload=IP(src=CLIENT, dst=SERVER, proto=6 if over is TCP else 17, payload=over(
            sport=sport, dport=dport, payload=message))).pkt2net({"update": 1, "csum": 1})

    path = tmp_path / "moved.pcap"
    with steelpkt.create(path) as writer:
        for number, frame in enumerate([moved(40000, 5300, UDP), moved(5300, 40000, UDP), moved(40000, 5300, TCP),
                                        moved(40000, 5301, UDP)]):
            writer.write(frame, time=number)
    monkeypatch.setattr("steelscript.packets.query.pcap_query._Plan.ask", None)
    query = PcapQuery(pkt_classes=[DNS], l7_ports={5300: DNS})
    with open(path, "rb") as file:
        rows = query.pcap_query(file, ["ip.src", "dns.ident", "dns.query_count"], 0, 0)
    assert rows == [[CLIENT, 7, 1]] * 3 + [[CLIENT, None, None]]
