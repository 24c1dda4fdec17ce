"""convert: what is kept, what is chosen, what is refused; and that other programs read what it writes."""

import os
import resource
import shutil
import signal
import struct
import subprocess
import time
import zlib

import pytest
from blocks import (INTERFACE, NAMES, PACKET, PACKETS, SECRETS, SECTION, STATISTICS, block, interface, option, packet,
                    section, split)
from running import CAPTURES, COMMAND, pcap, run, udp

FULL = "/dev/full"
UNKNOWN = 0x12345


def convert(*words, **more):
    result = run("convert", *words, **more)
    assert result.returncode == 0, result.stderr.decode()
    return result


def ports(path):
    return [int(line) for line in run("query", "-T", "fields", "-e", "udp.srcport", path).stdout.split()]


def everything(order="<"):
    """A section with each kind of block, and options that nobody knows."""
    names = struct.pack(order + "HH", 1, 8) + bytes([192, 0, 2, 1]) + b"abc\0" + bytes(4)
    odd = option(1, b"a comment", order) + option(0x7777, b"odd", order) + option(0, b"", order)
    return (section(order, odd, length=4711) + interface(1, order, option(2, b"eth0", order) + odd)
            + interface(101, order, option(9, b"\x09", order)) + block(NAMES, names, order)
            + block(SECRETS, struct.pack(order + "II", 0x544C534B, 5) + b"KEYS\n", order)
            + packet(udp(1, 9), 10, 0, order, odd) + block(UNKNOWN, b"who knows", order)
            + packet(udp(2, 9)[14:], 20 * 10**9, 1, order) + packet(udp(3, 9, b"x"), 30, 0, order)
            + block(0x40000BAD, struct.pack(order + "I", 32473) + b"custom", order)
            + block(STATISTICS, struct.pack(order + "III", 0, 0, 40), order))


# ---- pcapng to pcapng: nothing is lost ----

def test_every_block_is_kept_as_it_stands(make, tmp_path):
    data = everything("<") + everything(">") + section() + interface()
    result = convert(make(data, "in.pcapng"), tmp_path / "out.pcapng")
    assert (tmp_path / "out.pcapng").read_bytes() == data and result.stderr == b""


def test_without_a_suffix_the_format_is_the_inputs(make, tmp_path):
    data = everything()
    assert convert(make(data), "-").stdout == data
    assert convert("-", tmp_path / "out", stdin=data) and (tmp_path / "out").read_bytes() == data
    small = pcap(udp(1, 9))
    assert convert("-", "-", stdin=small).stdout == small


def without_packets(data, kept):
    """The same file with only these packets, and sections that do not say how long they are."""
    out, number = b"", 0
    for one in split(data):
        number += one.type in PACKETS
        if one.type == SECTION:
            out += one.bytes[:16] + b"\xff" * 8 + one.bytes[24:]
        elif one.type not in PACKETS or number in kept:
            out += one.bytes
    return out


@pytest.mark.parametrize("words, kept", [
    (["--packets", "2,4-5,9-"], {2, 4, 5}), (["--packets", "1", "--packets", "6-"], {1, 6}),
    (["-f", "src port 1 or src port 3"], {1, 3, 4, 6}), (["--start", "15", "--end", "20"], {2, 5}),
    (["--packets", "2-", "-f", "udp src port 2"], {2, 5}), (["-f", "arp"], set()),
    (["-Y", "udp.srcport == 3 || raw"], {2, 3, 5, 6}),
])
def test_what_is_left_out_is_only_packets(make, tmp_path, words, kept):
    data = everything("<") + everything(">")
    convert(*words, make(data, "in.pcapng"), tmp_path / "out.pcapng")
    assert (tmp_path / "out.pcapng").read_bytes() == without_packets(data, kept)


@pytest.mark.parametrize("words", [["-c", "4"], ["--packets", "-4"]])
def test_a_last_packet_ends_the_reading(make, tmp_path, words):
    data = everything("<") + everything(">")
    convert(*words, make(data, "in.pcapng"), tmp_path / "out.pcapng")
    kept = split((tmp_path / "out.pcapng").read_bytes())
    assert [one.type for one in kept if one.type in PACKETS] == [PACKET] * 4
    assert kept[-1].type == PACKET and sum(one.type == SECTION for one in kept) == 2


# ---- pcap to pcapng and back ----

@pytest.mark.parametrize("name", sorted(path.name for path in CAPTURES.glob("*.pcap")))
def test_a_pcap_comes_back_from_pcapng(tmp_path, name):
    there, back = tmp_path / "there.pcapng", tmp_path / "back.pcap"
    result = convert(CAPTURES / name, there)
    assert result.stderr == b""
    assert convert(there, back).stderr == b""
    if name != "null-big-endian.pcap":  # written in this machine's byte order
        assert back.read_bytes() == (CAPTURES / name).read_bytes()
    one, other = (run("query", "-T", "tsv", "-e", "frame.number,frame.time_epoch,frame.len,frame.protocols", path).stdout
                  for path in (CAPTURES / name, back))
    assert one == other


def test_nanoseconds_and_snap_length_come_back(make, tmp_path):
    data = bytearray(pcap((5, 123456789, udp(1, 9)), snaplen=96))
    data[:4] = struct.pack("<I", 0xA1B23C4D)
    convert(make(bytes(data)), tmp_path / "there.pcapng")
    convert(tmp_path / "there.pcapng", tmp_path / "back.pcap")
    assert (tmp_path / "back.pcap").read_bytes() == data
    convert(make(pcap(udp(1, 9)), "micro.pcap"), tmp_path / "nano.pcap", "-F", "nsecpcap")
    assert (tmp_path / "nano.pcap").read_bytes()[:4] == struct.pack("<I", 0xA1B23C4D)


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_a_capture_without_packets_keeps_its_link_type(make, tmp_path, form):
    convert(make(pcap(link=101)), "--format", form, tmp_path / "out")
    assert run("info", tmp_path / "out").returncode == 0
    convert(tmp_path / "out", "--format", "pcap", tmp_path / "back")
    assert form == "pcapng" or (tmp_path / "back").read_bytes() == pcap(link=101)


def test_what_a_pcap_cannot_hold_is_told(make, tmp_path):
    odd = option(1, b"a comment") + option(2, b"\0\0\0\0") + option(0, b"")
    data = (section(options=odd) + interface(options=option(2, b"eth0") + option(9, b"\x0c")) + interface()
            + packet(udp(1, 9), 10**12, 0, options=odd) + packet(udp(2, 9), 10, 1) + block(UNKNOWN, b"who knows"))
    out = tmp_path / "out.pcap"
    result = convert(make(data, "in.pcapng"), out)
    assert result.stderr.decode() == (
        f"steelpkt: {out}: not kept in pcap: comments (2), other blocks (1), options of sections and interfaces (2), "
        "options of packets (1), packets from a second interface (1), times that are finer (1); pcapng keeps all of it\n")
    assert ports(out) == [1, 2]


@pytest.mark.parametrize("second, what", [
    (packet(udp(2, 9)[14:], 0, 1), "a pcap file holds one link type, and this packet has another (packet 2)"),
    (packet(udp(2, 9), 1 << 52, 0), "a time that pcap cannot hold (packet 2)"),
], ids=["link", "time"])
def test_what_a_pcap_cannot_hold_at_all_is_refused(make, tmp_path, second, what):
    data = section() + interface() + interface(101) + packet(udp(1, 9)) + second
    out = tmp_path / "out.pcap"
    result = run("convert", make(data, "in.pcapng"), out)
    assert result.returncode == 1 and f"steelpkt: {out}: {what}; " in result.stderr.decode()
    assert result.stderr.count(b"\n") == 1 and not out.exists()


# ---- several inputs ----

def test_several_inputs_are_one(make, tmp_path):
    one, two = make(pcap(udp(1, 9), udp(2, 9)), "1.pcap"), make(pcap(udp(3, 9), udp(4, 9)), "2.pcap")
    convert(one, two, tmp_path / "out.pcap")
    assert (tmp_path / "out.pcap").read_bytes() == one.read_bytes() + two.read_bytes()[24:]
    convert(one, "-r", two, "-o", tmp_path / "out.pcap", "--packets", "2-3")
    assert ports(tmp_path / "out.pcap") == [3, 2] or ports(tmp_path / "out.pcap") == [4, 1]
    mixed = make(everything(), "3.pcapng")
    convert(mixed, one, mixed, tmp_path / "out.pcapng")
    data = (tmp_path / "out.pcapng").read_bytes()
    assert data.startswith(everything()) and data.endswith(everything())
    assert sum(one.type in PACKETS for one in split(data)) == 8


# ---- compression, pipes, disks ----

@pytest.mark.parametrize("suffix, magic", [("gz", b"\x1f\x8b"), ("zst", b"\x28\xb5\x2f\xfd"), ("lz4", b"\x04\x22\x4d\x18")])
def test_compression_by_suffix_and_by_option(make, tmp_path, suffix, magic):
    data = everything()
    path = make(data, "in.pcapng")
    word = {"gz": "gzip", "zst": "zstd"}.get(suffix, suffix)
    convert(path, tmp_path / f"out.pcapng.{suffix}")
    assert (tmp_path / f"out.pcapng.{suffix}").read_bytes().startswith(magic)
    packed = convert(path, "-", "--compress", word, "--level", "9").stdout
    assert packed.startswith(magic)
    assert convert("-", "-", stdin=packed).stdout == data
    convert(path, "--compress", "none", tmp_path / f"plain.pcapng.{suffix}")
    assert (tmp_path / f"plain.pcapng.{suffix}").read_bytes() == data


def test_threads(make, tmp_path):
    many = make(pcap(*[udp(n % 60000 + 1, 9, bytes(400)) for n in range(20000)]))
    convert(many, "-j", "3", "--level", "5", tmp_path / "out.pcap.zst")
    if shutil.which("zstd"):
        subprocess.run(["zstd", "-q", "-t", tmp_path / "out.pcap.zst"], check=True)
    convert(tmp_path / "out.pcap.zst", tmp_path / "back.pcap")
    assert (tmp_path / "back.pcap").read_bytes() == many.read_bytes()


def test_a_full_disk(make):
    path = make(everything(), "in.pcapng")
    with open(FULL, "wb") as full:
        result = run("convert", path, "-", stdout=full)
    assert result.returncode == 3 and b"standard output: cannot be written (packet 1): No space left" in result.stderr
    assert run("convert", path, FULL).returncode == 3


@pytest.mark.parametrize("suffix", ["pcap", "pcapng", "pcap.gz", "pcapng.zst", "pcap.lz4"])
def test_a_file_that_grows_too_large_ends_at_a_whole_packet(make, tmp_path, suffix):
    many = make(pcap(*[udp(n % 60000 + 1, 9, os.urandom(200)) for n in range(20000)]))
    out = tmp_path / f"out.{suffix}"

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000003, 2000003))

    result = run("convert", many, out, preexec_fn=limit)
    assert result.returncode == 3 and result.stderr.count(b"\n") == 1
    safe = int(result.stderr.decode().partition("(packet ")[2].partition(")")[0]) - 1
    whole = run("query", "-T", "fields", "-e", "udp.srcport", out)
    assert whole.returncode == 0 and whole.stderr == b""
    assert [int(port) for port in whole.stdout.split()] == list(range(1, safe + 1)) and safe > 0


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 4), (signal.SIGTERM, 4), (signal.SIGKILL, -9)])
def test_an_end_in_the_middle_leaves_whole_packets(tmp_path, number, code):
    out = tmp_path / "out.pcapng"
    process = subprocess.Popen([COMMAND, "convert", "-", out], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(pcap(udp(1, 9), udp(2, 9))[:-4])
    process.stdin.flush()
    deadline = time.monotonic() + 20
    while (not out.exists() or out.stat().st_size == 0) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    assert process.wait(20) == code
    process.stdin.close()
    assert ports(out) == [1] and process.stderr.read() == b""


def test_a_reader_that_goes_away_is_no_noise(make):
    many = make(pcap(*[udp(n % 60000 + 1, 9, bytes(400)) for n in range(20000)]))
    process = subprocess.Popen([COMMAND, "convert", many, "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(20)
    process.stdout.close()
    assert process.wait(20) == 3 and process.stderr.read() == b""


def test_damage_comes_after_what_was_written(make, tmp_path):
    data = section() + interface() + packet(udp(1, 9)) + packet(udp(2, 9))
    result = run("convert", make(data[:-5], "in.pcapng"), tmp_path / "out.pcapng")
    assert result.returncode == 2 and b"in.pcapng: block cut, at byte" in result.stderr
    assert (tmp_path / "out.pcapng").read_bytes() == data[:-len(packet(udp(2, 9)))]


# ---- the command line ----

@pytest.mark.parametrize("words, what", [
    ([], "an input and an output are needed"), (["{three}"], "an input and an output are needed"),
    (["{three}", "{three}"], "it is read from and cannot be written"),
    (["{three}", "{out}", "--format", "pcpng"], "did you mean pcapng?"), (["{three}", "{out}", "--compress", "zip"], "gzip"),
    (["{three}", "{out}", "--level", "3"], "nothing is compressed"), (["{three}", "{out}", "-j", "2"], "only zstd"),
    (["{three}", "{out}", "--compress", "gzip", "--level", "10"], "no such level"),
    (["{three}", "{out}", "--compress", "zstd", "-j", "65"], "threads"),
    (["{three}", "{out}", "--packets", "0"], "packet numbers are"), (["{three}", "{out}", "-f", "udp prot 3"], "filter"),
    (["{three}", "{out}", "--start", "soon"], "time"), (["no-such-file", "{out}"], "No such file"),
])
def test_a_wrong_command_line_makes_no_file(three, tmp_path, words, what):
    out = tmp_path / "out.pcapng"
    out.write_bytes(b"what was there")
    result = run("convert", *[word.format(three=three, out=out) for word in words])
    assert result.returncode == 1 and what in result.stderr.decode(), result.stderr
    assert out.read_bytes() == b"what was there"


def test_a_terminal_gets_no_capture(three):
    ours, theirs = os.openpty()
    result = run("convert", three, "-", stdout=theirs)
    os.close(theirs)
    os.close(ours)
    assert result.returncode == 1 and b"standard output: it is a terminal" in result.stderr


# ---- what others say of it ----

def said_by_tshark(path):
    words = ["tshark", "-n", "-r", path, "-T", "fields", "-e", "frame.number", "-e", "frame.time_epoch", "-e",
             "frame.cap_len", "-e", "frame.len", "-e", "frame.protocols", "-e", "frame.comment"]
    return subprocess.run(words, capture_output=True, check=True, env={**os.environ, "TZ": "UTC"}).stdout


@pytest.mark.skipif(shutil.which("tshark") is None or shutil.which("capinfos") is None, reason="no tshark here")
@pytest.mark.parametrize("name", sorted(path.name for path in CAPTURES.glob("*.pcap*")))
def test_wireshark_reads_what_is_written(tmp_path, name):
    source = CAPTURES / name
    wanted = said_by_tshark(source)
    for form in ("out.pcapng", "out.pcapng.gz", "out.pcapng.zst", "out.pcapng.lz4", "out.pcap", "out.pcap.gz"):
        result = run("convert", source, tmp_path / form)
        if name == "mixed.pcapng" and "pcapng" not in form:
            assert result.returncode == 1
            continue
        assert result.returncode == 0
        subprocess.run(["capinfos", tmp_path / form], check=True, capture_output=True)
        got = said_by_tshark(tmp_path / form)
        if b"comments" in result.stderr:
            assert [line.rsplit(b"\t", 1)[0] for line in got.splitlines()] == \
                   [line.rsplit(b"\t", 1)[0] for line in wanted.splitlines()]
        else:
            assert got == wanted


def unpacked(data):
    """What gzip's members hold, up to where they are damaged."""
    out = b""
    while data[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(31)
        try:
            out += member.decompress(data)
        except zlib.error:
            break
        data = member.unused_data
    return out or data


def corpus():
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(os.environ["STEELPKT_CORPUS"])
                  for name in names)


@pytest.mark.skipif("STEELPKT_CORPUS" not in os.environ, reason="no corpus: STEELPKT_CORPUS is not set")
def test_every_pcapng_of_the_corpus_is_kept(tmp_path):
    """Block by block, and tshark reads what is written; a damaged file is kept up to its damage."""
    tried = 0
    for path in corpus():
        with open(path, "rb") as file:
            data = file.read()
        data = unpacked(data)
        if data[:4] != b"\x0a\x0d\x0d\x0a":
            continue
        tried += 1
        (tmp_path / "out.pcapng").unlink(missing_ok=True)
        result = run("convert", path, tmp_path / "out.pcapng")
        if not (tmp_path / "out.pcapng").exists():  # not even its first block can be read
            assert result.returncode == run("info", path).returncode == 2, path
            continue
        written = (tmp_path / "out.pcapng").read_bytes()
        assert result.returncode in (0, 2), path
        assert written == data if result.returncode == 0 else data.startswith(written), path
        split(written)
        before, after = (subprocess.run(["capinfos", one], capture_output=True).returncode
                         for one in (path, tmp_path / "out.pcapng"))
        assert after in (0, before), path
        if before == result.returncode == 0:
            assert said_by_tshark(tmp_path / "out.pcapng") == said_by_tshark(path), path
    assert tried > 50


@pytest.mark.skipif("STEELPKT_CORPUS" not in os.environ, reason="no corpus: STEELPKT_CORPUS is not set")
def test_every_capture_of_the_corpus_becomes_a_pcap(tmp_path):
    """capinfos reads it and counts as many packets; what is no single pcap is refused and leaves no file."""
    written = refused = 0
    out = tmp_path / "out.pcap"
    for path in corpus():
        out.unlink(missing_ok=True)
        result = run("convert", path, out)
        assert result.returncode in (0, 1, 2) and (result.returncode != 1 or not out.exists()), path
        refused += result.returncode == 1
        if not out.exists():
            continue
        told = subprocess.run(["capinfos", "-Mc", out], capture_output=True, text=True)
        if told.returncode != 0:  # Wireshark does not know the link type, in pcap at least
            assert "unknown or unsupported" in told.stderr, path
            continue
        written += 1
        counted = int(told.stdout.split("Number of packets:")[1])
        assert counted == len(run("query", "-T", "fields", "-e", "frame.number", out).stdout.splitlines()), path
    assert written > 500 and refused > 5
