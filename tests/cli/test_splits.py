"""steelpkt splits: cuts stand where records begin."""

import struct

from running import run


def capture(path, sizes):
    """A pcap of zero bytes in records of such sizes. Gives where they begin."""
    begins, data = [], struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for size in sizes:
        begins.append(len(data))
        data += struct.pack("<IIII", 1, 0, size, size) + bytes(size)
    path.write_bytes(data)
    return begins, len(data)


def test_parts_tile_the_capture(tmp_path):
    begins, size = capture(tmp_path / "a.pcap", [60, 1500, 70, 0, 900] * 400)
    done = run("splits", "--size", 50000, tmp_path / "a.pcap")
    parts = [tuple(map(int, line.split())) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 0 and len(parts) > 5
    assert parts[0][0] == begins[0] and parts[-1][1] == size
    assert [end for _, end in parts[:-1]] == [begin for begin, _ in parts[1:]]
    assert {begin for begin, _ in parts} <= set(begins)


def test_what_cannot_be_cut_is_told(tmp_path):
    import gzip
    capture(tmp_path / "a.pcap", [60] * 10)
    (tmp_path / "a.pcap.gz").write_bytes(gzip.compress((tmp_path / "a.pcap").read_bytes()))
    done = run("splits", tmp_path / "a.pcap.gz")
    assert done.returncode == 1 and b"cannot be read in parts" in done.stderr
    assert run("splits").returncode == 1
    assert run("splits", tmp_path / "none.pcap").returncode != 0


def test_python_says_the_same(tmp_path):
    import steelpkt
    capture(tmp_path / "a.pcap", [60, 1500] * 400)
    told = run("splits", "-s", 20000, tmp_path / "a.pcap").stdout.decode()
    assert "".join(f"{begin}\t{end}\n" for begin, end, _ in steelpkt.splits(tmp_path / "a.pcap", 20000)) == told
