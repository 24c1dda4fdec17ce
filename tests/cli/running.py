"""The command under test: STEELPKT, or build/steelpkt; and small captures made here, byte by byte."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CAPTURES = ROOT / "tests" / "captures"
COMMAND = os.environ.get("STEELPKT", str(ROOT / "build" / "steelpkt"))


def run(*words, stdin=None, env=None, **more):
    """One run of the command; what it printed as bytes."""
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    clean.update({"TZ": "UTC", "LC_ALL": "C.UTF-8"}, **(env or {}))
    more.setdefault("timeout", 60)
    return subprocess.run([COMMAND, *map(str, words)], input=stdin, env=clean,
                          stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, **more)


def on_terminal(*words, env=None, columns=80, code=0):
    """What the command prints when it believes in a terminal of so many columns."""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        clean = {"PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8", "TZ": "UTC", "STEELPKT_PAGER": "",
                 **(env or {})}
        os.execve(COMMAND, [COMMAND, *map(str, words)], clean)
    got = b""
    while True:
        try:
            piece = os.read(fd, 65536)
        except OSError:
            break
        if not piece:
            break
        got += piece
    os.close(fd)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == code
    return got.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n")


def lines(result):
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode().splitlines()


def udp(source, destination, payload=b"", addresses=("192.0.2.1", "192.0.2.2")):
    """An Ethernet frame with UDP over IPv4; checksums are left 0."""
    datagram = struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload
    packed = b"".join(bytes(map(int, address.split("."))) for address in addresses)
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0) + packed
    return bytes.fromhex("00005e005301" "00005e005302" "0800") + header + datagram


def txt_answer(text):
    """A DNS message that answers a question for TXT of "a" with one string."""
    head = struct.pack(">HHHHHH", 1, 0x8180, 1, 1, 0, 0) + b"\x01a\0" + struct.pack(">HH", 16, 1)
    return head + b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 5, len(text) + 1) + bytes([len(text)]) + text


def pcap(*packets, link=1, snaplen=65535):
    """A pcap with a packet a second, from second 1 on; a packet may be (seconds, microseconds, bytes)."""
    file = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, link)]
    for number, packet in enumerate(packets, 1):
        seconds, micro, data = packet if isinstance(packet, tuple) else (number, 0, packet)
        file += [struct.pack("<IIII", seconds, micro, len(data), len(data)), data]
    return b"".join(file)
