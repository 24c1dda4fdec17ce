#!/usr/bin/env python3
"""Makes the inputs that the fuzz targets start from, out of the shipped captures and the test vectors.

    seeds.py DIRECTORY

DIRECTORY/TARGET/ gets a file for each input. Standard library only.
"""
import glob
import gzip
import hashlib
import os
import re
import struct
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LINES = (
    "eth(dst=ff:ff:ff:ff:ff:ff) / ip(src=192.0.2.1, dst=192.0.2.2, proto=17) / udp(sport=1, dport=2) / hex:0a0b",
    'eth / ip / udp(dport=53) / dns(queries=[(name=example.com, type=1)])',
)


def pcap_packets(data):
    order = "<" if data[0] in (0xd4, 0x4d) else ">"
    link, = struct.unpack_from(order + "I", data, 20)
    at = 24
    while at + 16 <= len(data):
        caplen, = struct.unpack_from(order + "I", data, at + 8)
        yield link, data[at + 16:at + 16 + caplen]
        at += 16 + caplen


def pcapng_packets(data):
    at, links = 0, []
    while at + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if kind == 1:
            links.append(struct.unpack_from("<H", data, at + 8)[0])
        elif kind == 6:
            interface, _, _, caplen = struct.unpack_from("<IIII", data, at + 8)
            yield links[interface], data[at + 28:at + 28 + caplen]
        at += length


def links_of(target):
    """The link types that a target picks from, in its order."""
    with open(os.path.join(ROOT, "include/steelpkt/capture.h")) as file:
        numbers = dict(re.findall(r"(SPK_LINK_\w+) = (\d+)", file.read()))
    with open(os.path.join(ROOT, f"fuzz/{target}.c")) as file:
        listed = re.search(r"links\[\] = \{(.*?)\}", file.read(), re.S).group(1)
    return [int(numbers.get(word, word)) for word in re.findall(r"\w+", listed)]


def protocols():
    """The protocols in the registry's order, by their names in the vectors."""
    with open(os.path.join(ROOT, "src/proto/meson.build")) as file:
        listed = re.search(r"protocols = \[(.*?)\]", file.read(), re.S).group(1)
    names = []
    for word in re.findall(r"'(\w+)'", listed):
        with open(os.path.join(ROOT, f"src/proto/{word}.c")) as file:
            names.append(re.search(r"spk_proto_\w+ = \{\s*\.name = \"([^\"]+)\"", file.read()).group(1))
    return names


def vectors():
    """What each vector begins with (a protocol's name, or None), and its bytes."""
    for path in sorted(glob.glob(os.path.join(ROOT, "tests/vectors/*.txt"))):
        with open(path) as file:
            for text in re.split(r"\n\s*\n", file.read()):
                name = re.search(r"^as (\S+)", text, re.M)
                data = bytes.fromhex("".join(re.findall(r"^hex (.*)", text, re.M)))
                if data:
                    yield name and name.group(1), data


def main():
    directory = sys.argv[1]

    def put(target, data):
        folder = os.path.join(directory, target)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, hashlib.sha1(data).hexdigest()[:16]), "wb") as file:
            file.write(data)
    heads = {"decode": (links_of("decode"), b"\0"), "show": (links_of("show"), b"\x50\0")}
    ethernet = []
    for path in sorted(glob.glob(os.path.join(ROOT, "tests/captures/*.pcap*"))):
        with open(path, "rb") as file:
            data = file.read()
        put("capture", data)
        put("rewrite", data)
        put("splits", b"\x10" + data)
        put("columns", b"\1\7" + hashlib.sha1(data).digest()[:12] + data)
        if path.endswith(".gz"):
            data = gzip.decompress(data)
        if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d"):
            packets = pcap_packets(data)
        elif data[:4] == b"\x0a\x0d\x0d\x0a":
            packets = pcapng_packets(data)
        else:
            continue
        for link, packet in packets:
            # 12: what tcpdump's own number for raw IP is on this system
            link = 101 if link == 12 else link
            if link == 1:
                ethernet.append(packet)
            for target, (links, head) in heads.items():
                if link in links:
                    put(target, bytes([links.index(link)]) + head + packet)
    numbers = {name: len(heads["decode"][0]) + number for number, name in enumerate(protocols())}
    for name, data in vectors():
        if name in numbers:
            put("decode", bytes([numbers[name], 0]) + data)
        put("descriptor", data)
    for path in glob.glob(os.path.join(ROOT, "fuzz/crashes/*/*")):  # what was found before stays found
        with open(path, "rb") as file:
            put(os.path.basename(os.path.dirname(path)), file.read())
    lines = list(LINES)
    for path in glob.glob(os.path.join(ROOT, "tests/vectors/*")):
        with open(path) as file:
            lines += [line.split(None, 1)[1].strip() for line in file if re.match(r"build\b\s*\S", line)]
    for before, line in zip([None] + lines, lines):
        put("build_line", line.encode())
        if before is not None:
            put("build_line", (before + "\n" + line).encode())
    with open(os.path.join(ROOT, "tests/differential/filters.txt")) as file:
        filters = [line.strip().encode() for line in file if line.strip() and not line.startswith("#")]
    for number, text in enumerate(filters):  # each with a packet of its own, most of them Ethernet's
        text += b" " * (-len(text) % 4)
        put("filter", bytes([len(text) // 4]) + text + ethernet[number % len(ethernet)])
    for target in sorted(os.listdir(directory)):
        print(f"{target}: {len(os.listdir(os.path.join(directory, target)))} seeds")


if __name__ == "__main__":
    main()
