"""tshark's spellings, lists in files, and several files as one."""

import os
import shutil
import subprocess

import pytest
from running import CAPTURES, lines, pcap, run, txt_answer, udp


@pytest.mark.skipif(shutil.which("tshark") is None, reason="no tshark here")
@pytest.mark.parametrize("settings", [
    ["quote=d"], ["quote=s"], ["quote=n"], ["aggregator=/s"], ["aggregator=;"], ["separator=/s"], ["separator=,"],
    ["bom=y"], ["bom=n", "header=n"], ["occurrence=f"], ["occurrence=l"], ["occurrence=a", "aggregator=|"],
    ["header=y", "separator=;", "quote=d", "aggregator=/s", "bom=y"],
])
@pytest.mark.parametrize("name", ["dns-udp.pcapng", "icmp-errors.pcap.gz"])
def test_settings_as_tshark_has_them(name, settings):
    words = [word for setting in settings for word in ("-E", setting)]
    words += ["-n", "-r", CAPTURES / name, "-T", "fields", "-e", "ip.src", "-e", "ip.ttl", "-e", "dns.qry.name",
              "-e", "dns.a"]
    wanted = subprocess.run(["tshark", *words], capture_output=True, check=True, env={**os.environ, "TZ": "UTC"}).stdout
    got = run("query", *words)
    assert got.returncode == 0 and got.stdout == wanted


@pytest.mark.skipif(shutil.which("tshark") is None, reason="no tshark here")
def test_quotes_in_values(make):
    path = make(pcap(udp(53, 40000, txt_answer(b'say "x"\t, \'y\''))))
    words = ["-n", "-r", path, "-T", "fields", "-E", "quote=d", "-e", "dns.txt"]
    assert run("query", *words).stdout == subprocess.run(["tshark", *words], capture_output=True, check=True).stdout


@pytest.mark.parametrize("setting", ["quote=x", "aggregator=", "aggregator=/t", "separator=", "bom=x", "occurrence=x",
                                     "escape=y", "header", ""])
def test_wrong_settings_are_refused(three, setting):
    result = run("query", "-e", "ip.src", "-E", setting, three)
    assert result.returncode == 1 and result.stdout == b"" and result.stderr.count(b"\n") == 1


def test_fields_from_a_file(three, tmp_path):
    (tmp_path / "list").write_text("# what matters\nip.src, ip.dst\n\tudp.srcport # and this\r\n\n_number")
    wanted = run("query", "-e", "frame.number,ip.src,ip.dst,udp.srcport,_number", three)
    got = run("query", "-e", "frame.number", "-e", f"@{tmp_path / 'list'}", three)
    assert got.returncode == 0 and got.stdout == wanted.stdout
    (tmp_path / "long").write_text(",".join(["udp.srcport"] * 2000))
    row = lines(run("query", "-e", f"@{tmp_path / 'long'}", "--no-header", "-c", "1", three))
    assert row == ["\t".join(["1000"] * 2000)]


def test_a_list_that_cannot_be_read(three, tmp_path):
    result = run("query", "-e", f"@{tmp_path / 'none'}", three)
    assert result.returncode == 1 and b"none: cannot be read: No such file" in result.stderr
    assert run("query", "-e", f"@{tmp_path}", three).returncode == 1
    (tmp_path / "empty").write_text("# nothing\n")
    assert run("query", "-e", f"@{tmp_path / 'empty'}", three).returncode == 1


def test_patterns_in_quotes_and_several_files_are_one_stream(make, tmp_path):
    for number in (2, 1, 3):
        make(pcap(udp(number, 9), udp(number + 10, 9)), f"part-{number}.pcap")
    got = lines(run("query", "-T", "fields", "-e", "frame.number,_number,_file,udp.srcport,frame.time_relative",
                    tmp_path / "part-*.pcap"))
    assert [line.split("\t")[3] for line in got] == ["1", "11", "2", "12", "3", "13"]
    assert [line.split("\t")[:2] for line in got[:3]] == [["1", "1"], ["2", "2"], ["3", "1"]]
    assert got[2].split("\t")[2] == str(tmp_path / "part-2.pcap")
    assert run("convert", tmp_path / "part-[12].pcap", tmp_path / "out.pcap").returncode == 0
    assert lines(run("query", "-T", "fields", "-e", "udp.srcport", tmp_path / "out.pcap")) == ["1", "11", "2", "12"]


def test_a_pattern_that_matches_nothing_and_a_file_that_looks_like_one(make, tmp_path):
    result = run("query", "-e", "udp.srcport", tmp_path / "none-*.pcap")
    assert result.returncode == 1 and b"none-*.pcap: cannot be read: No such file" in result.stderr
    path = make(pcap(udp(7, 9)), "odd[1].pcap")
    assert lines(run("query", "-T", "fields", "-e", "udp.srcport", path)) == ["7"]
