"""query -j: several threads, the same bytes, the same exit code, the same words on standard error."""

import gzip
import signal
import subprocess

import pytest

from running import COMMAND, lines, pcap, run, udp

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


@pytest.fixture(scope="module", params=["gz", "zst", "lz4"])
def packed(large, request):
    path = large / f"packed.pcap.{request.param}"
    assert run("convert", large / "large.pcap", path).returncode == 0
    return path


@pytest.mark.parametrize("words", [[], ["-c", "30000"], ["-c", "1"], ["-Y", "frame.number > 59990"]])
def test_a_compressed_capture_is_unpacked_beside(packed, words):
    assert both("-e", FIELDS, *words, packed).stdout.count(b"\n") > 1


def test_a_compressed_capture_that_is_cut_or_damaged_fails_at_the_same_byte(large, packed):
    whole, bad = packed.read_bytes(), large / "bad"
    for change in (whole[:-9], whole[:len(whole) // 2], whole[:len(whole) // 2] + bytes(64) + whole[len(whole) // 2 + 64:]):
        bad.write_bytes(change)
        result = both("-e", FIELDS, large / "small.pcap", bad, large / "small.pcap")
        assert result.returncode == 2 and b"at byte" in result.stderr


def test_it_can_be_interrupted(packed):
    with subprocess.Popen([COMMAND, "query", "-j", "2", "-e", FIELDS, packed, packed, packed, packed],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        child.stdout.read(1)  # and no more: it waits for room in the pipe
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=20)
        assert child.returncode == 4


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
