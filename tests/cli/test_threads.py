"""query -j: several threads, the same bytes, the same exit code, the same words on standard error."""

import gzip

import pytest

from conftest import lines, pcap, run, udp

FIELDS = "frame.number,frame.time_relative,frame.time_delta_displayed,_file,_number,ip.src,udp.srcport,udp.payload"


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A capture of several parts, and two small ones, one of them compressed."""
    place = tmp_path_factory.mktemp("threads")
    frames = [udp(1000 + number % 7, 53, bytes([number % 251]) * (number % 90)) for number in range(997)]
    records = [(1 + number // 10, number % 10, frames[number % 997]) for number in range(60_000)]
    (place / "large.pcap").write_bytes(pcap(*records))
    (place / "small.pcap").write_bytes(pcap(*records[:10]))
    (place / "small.pcap.gz").write_bytes(gzip.compress(pcap(*records[:20])))
    return place


def both(*words):
    one, many = run("query", *words), run("query", "-j", "3", *words)
    assert many.stdout == one.stdout
    assert many.stderr == one.stderr
    assert many.returncode == one.returncode
    return one


@pytest.mark.parametrize("form", ["table", "tsv", "csv", "json", "fields"])
def test_the_bytes_are_those_of_one_thread(large, form):
    files = [large / "small.pcap", large / "large.pcap", large / "small.pcap.gz", large / "large.pcap"]
    assert len(both("-T", form, "-e", FIELDS, *files).stdout) > 5_000_000
    both("-T", form, "-e", FIELDS, "-Y", "udp.srcport == 1003", "-f", "greater 80", *files)


@pytest.mark.parametrize("words", [["-c", "30000"], ["--rows", "29999"], ["-Y", "frame.number > 59990"],
                                   ["--start", "5000", "--end", "5999.5"], ["-E", "quote=d", "-E", "separator=;"],
                                   ["--no-header"], ["--salvage"]])
def test_limits_and_windows_are_kept(large, words):
    assert both("-e", "frame.number,frame.time_delta", *words, large / "large.pcap").stdout.count(b"\n") > 2


def test_damage_is_told_and_what_came_before_is_there(large):
    cut = large / "cut.pcap"
    cut.write_bytes((large / "large.pcap").read_bytes()[:-3])
    result = both("-e", "frame.number", large / "small.pcap", cut, large / "small.pcap")
    assert result.returncode == 2 and result.stdout.endswith(b"\n60009\n") and b"packet 60000" in result.stderr


def test_a_wrong_expression_prints_nothing(large):
    result = both("-e", "frame.number", "-f", "udp prot 53", large / "large.pcap")
    assert result.returncode == 1 and result.stdout == b""


def test_a_filter_that_means_nothing_for_a_later_link_type_is_told_once(large):
    odd = large / "odd.pcap"
    odd.write_bytes(pcap(b"\x00" * 40, b"\x00" * 40, link=147))
    result = both("-e", "frame.number", "-f", "udp", large / "small.pcap", odd, odd)
    assert result.stdout.count(b"\n") == 11


def test_a_pipe_is_read_by_one(large):
    data = (large / "large.pcap").read_bytes()
    words = ["query", "-e", "frame.number,ip.src"]
    assert run(*words, "-j", "4", "-", stdin=data).stdout == run(*words, large / "large.pcap").stdout


def test_standard_input_is_no_file_of_that_name(three, tmp_path):
    (tmp_path / "-").write_bytes(b"something else")
    words = ["query", "-e", "udp.srcport"]
    assert lines(run(*words, "-j", "4", "-", stdin=three.read_bytes(), cwd=tmp_path)) == lines(run(*words, three))
