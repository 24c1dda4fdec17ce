"""steelpkt query: which packets, which fields, in which form."""

import csv
import io
import json

import pytest
from running import CAPTURES, lines, pcap, run, txt_answer, udp

HTTP = CAPTURES / "http.pcap"
DNS = CAPTURES / "dns.pcap"


def values(*words):
    return lines(run("query", "-T", "tsv", "--no-header", *words))


def test_fields_come_in_the_order_asked_for(three):
    assert values("-e", "udp.dstport", "-e", "udp.srcport,ip.src", three) == [
        "53\t1000\t192.0.2.1", "53\t1001\t192.0.2.1", "53\t1002\t192.0.2.1"]


def test_the_header_names_them_as_they_were_asked_for(three):
    assert lines(run("query", "-e", "udp.srcport,udp.srcport", three))[0] == "udp.srcport\tudp.srcport"
    assert lines(run("query", "-T", "csv", "-e", "ip.src,udp.srcport", three))[0] == "ip.src,udp.srcport"


def test_times_of_the_tutorials_capture():
    assert values("-e", "frame.number,frame.time_epoch,ip.src,dns.qry.name,dns.a", DNS)[1] == (
        "2\t1493834478.513280000\t192.0.2.53\triverbed.com\t208.70.196.59")
    assert values("-e", "frame.time_relative,frame.time_delta,frame.time", DNS)[2] == (
        "7.016085000\t6.893683000\tMay  3, 2017 18:01:25.406963000 UTC")


@pytest.mark.parametrize("window, numbers", [
    (["--start", "2", "--end", "2"], [2]),
    (["--start", "1970-01-01T00:00:02Z"], [2, 3]),
    (["--end", "1970-01-01 02:00:02+02:00"], [1, 2]),
    (["--start", "2.0000000001"], [3]),
    (["--end", "1.9999999999"], [1]),
    (["--start=4"], []),
    (["--end=-1"], []),
])
def test_a_window_includes_its_ends(three, window, numbers):
    assert values("-e", "frame.number", *window, three) == [str(number) for number in numbers]


def test_limits(three):
    assert values("-e", "frame.number", "-c", "2", three) == ["1", "2"]
    assert values("-e", "frame.number", "-c", "2", "--start", "2", three) == ["2"]
    assert values("-e", "frame.number", "--rows", "1", "--start", "2", three) == ["2"]


def test_a_bpf_filter_and_numbers_stay(three):
    assert values("-e", "frame.number,udp.srcport", "-f", "udp src port 1001", three) == ["2\t1001"]


def test_a_bpf_filter_for_every_link_type():
    mixed = CAPTURES / "mixed.pcapng"
    everything = values("-e", "frame.number,ip.proto", mixed)
    icmp = [line for line in everything if line.endswith("\t1")]
    assert values("-e", "frame.number,ip.proto", "-f", "icmp", mixed) == icmp
    assert 0 < len(icmp) < len(everything)


def test_several_files_are_one(make):
    first = make(pcap((10, 0, udp(1, 2)), (12, 0, udp(3, 4))), "first.pcap")
    second = make(pcap((17, 500000, udp(5, 6))), "second.pcap")
    assert values("-e", "_file,_number,frame.number,frame.time_relative,frame.time_delta", first, "-r", second, first) == [
        f"{second}\t1\t1\t0.000000000\t0.000000000",
        f"{first}\t1\t2\t-7.500000000\t-7.500000000",
        f"{first}\t2\t3\t-5.500000000\t2.000000000",
        f"{first}\t1\t4\t-7.500000000\t-2.000000000",
        f"{first}\t2\t5\t-5.500000000\t2.000000000"]


def test_limits_go_over_files(make):
    files = [make(pcap(udp(n, 1), udp(n, 2)), f"{n}.pcap") for n in (1, 2, 3)]
    assert values("-e", "udp.port", "-c", "3", *files) == ["1,1", "1,2", "2,1"]
    assert values("-e", "udp.port", "--rows", "2", *files) == ["1,1", "1,2"]


def test_which_occurrence(three):
    assert values("-e", "ip.addr", "-c1", three) == ["192.0.2.1,192.0.2.2"]
    assert values("-e", "ip.addr", "-c1", "-a", "first", three) == ["192.0.2.1"]
    assert values("-e", "ip.addr", "-c1", "-a", "last", three) == ["192.0.2.2"]
    assert values("-e", "ip.addr", "-c1", "-a", "all", three) == ["192.0.2.1,192.0.2.2"]


def test_tsharks_spellings(three):
    words = ["-n", "-r", three, "-c", "1", "-T", "fields", "-e", "ip.addr", "-e", "udp.srcport"]
    assert lines(run("query", *words)) == ["192.0.2.1,192.0.2.2\t1000"]
    assert lines(run("query", *words, "-E", "occurrence=f", "-E", "separator=;", "-E", "header=y")) == [
        "ip.addr;udp.srcport", "192.0.2.1;1000"]
    assert lines(run("query", *words, "-E", "separator=/s", "-E", "occurrence=l")) == ["192.0.2.2 1000"]
    assert lines(run("query", *words, "-E", "separator=/t", "-E", "header=n")) == ["192.0.2.1,192.0.2.2\t1000"]


def test_text_is_escaped_as_tshark_does(make):
    path = make(pcap(udp(53, 1000, txt_answer(b"a\tb\nc\rd\be\ff\vg\\h"))))
    assert run("query", "-T", "tsv", "--no-header", "-e", "dns.txt", path).stdout == b"a\\tb\\nc\\rd\\be\\ff\vg\\h\n"


def test_csv_is_read_back(make):
    texts = [b'say "hi", please', b"two\nlines", b"a\r\nb", b"", b'"', b"plain"]
    path = make(pcap(*(udp(53, 1000, txt_answer(text)) for text in texts)))
    result = run("query", "-T", "csv", "-e", "frame.number,dns.txt,ip.addr", path)
    assert result.stdout.startswith(b"frame.number,dns.txt,ip.addr\r\n1,")
    rows = list(csv.reader(io.StringIO(result.stdout.decode(), newline=""), strict=True))
    assert rows[1:] == [[str(number), text.decode(), "192.0.2.1,192.0.2.2"] for number, text in enumerate(texts, 1)]


def test_json_is_typed(three):
    row = json.loads(lines(run("query", "-T", "json", "-c", "1", "-e",
                               "frame.number,ip.src,ip.flags.df,ip.id,udp.port,tcp.port,tcp.srcport,frame.time_epoch,"
                               "frame.time,eth.src", three))[0])
    assert row == {"frame.number": 1, "ip.src": "192.0.2.1", "ip.flags.df": False, "ip.id": 1,
                   "udp.port": [1000, 53], "tcp.port": [], "tcp.srcport": None, "frame.time_epoch": 1.0,
                   "frame.time": "Jan  1, 1970 00:00:01.000000000 UTC", "eth.src": "00:00:5e:00:53:02"}
    assert list(row)[:3] == ["frame.number", "ip.src", "ip.flags.df"]
    all_lists = json.loads(lines(run("query", "-T", "json", "-c", "1", "-a", "all", "-e", "ip.src,tcp.srcport", three))[0])
    assert all_lists == {"ip.src": ["192.0.2.1"], "tcp.srcport": []}


def test_a_table_is_aligned(three):
    assert lines(run("query", "-T", "table", "-e", "ip.src,udp.srcport,ip.dst", three)) == [
        "ip.src     udp.srcport  ip.dst",
        "192.0.2.1         1000  192.0.2.2",
        "192.0.2.1         1001  192.0.2.2",
        "192.0.2.1         1002  192.0.2.2"]


def test_output_to_a_file(three, tmp_path):
    out = tmp_path / "out.tsv"
    out.write_text("what was there before, and much longer than what comes\n" * 3)
    result = run("query", "-e", "udp.srcport", "-o", out, three)
    assert (result.returncode, result.stdout) == (0, b"")
    assert out.read_text() == "udp.srcport\n1000\n1001\n1002\n"
    assert run("query", "-T", "json", "-e", "udp.srcport", "-f", "tcp", "-o", out, three).returncode == 0
    assert out.read_text() == ""


def test_every_compression_and_form_is_read_alike():
    for name in ("dns-signed.pcapng.zst", "fragments.pcapng.lz4", "icmp-errors.pcap.gz", "ssh.pcapng", "null.pcap"):
        numbers = values("-e", "frame.number,_number", CAPTURES / name)
        assert numbers == [f"{n}\t{n}" for n in range(1, len(numbers) + 1)] and numbers


def test_a_capture_without_packets_gives_the_header_alone(make):
    assert lines(run("query", "-e", "ip.src", make(pcap()))) == ["ip.src"]
