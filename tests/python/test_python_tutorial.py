"""The tutorial's statements, typed: tutorial.txt."""

import contextlib
import doctest
import re
import shutil
import socket
import threading
from pathlib import Path

import pytest
import sessions
from sessions import network

HERE = Path(__file__).resolve().parent
PAGE = HERE / "tutorial.txt"
PARTS = re.split(r"^## (.*)$", PAGE.read_text(), flags=re.M)[1:]
HEADINGS, TEXTS = PARTS[::2], PARTS[1::2]

# What the name server of the tutorial said, but for its addresses, which are documentation's: RFC 1035 section 4.1, with the
# names that the question has written as pointers to bytes 12 (cnn.com) and 16 (com).
QUESTION = b"\3cnn\3com\0"
A = b"".join(b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes((198, 51, 100, last)) for last in (67, 3, 131, 195))
SOA = (b"\xc0\x0c\0\6\0\1\0\0\x03\x84\0\x41" b"\5ns-47\x09awsdns-05\xc0\x10" b"\x11awsdns-hostmaster\6amazon\xc0\x10"
       + b"".join(number.to_bytes(4, "big") for number in (1, 7200, 900, 1209600, 86400)))
ANSWERS = {QUESTION + b"\0\1\0\1": (4, A), QUESTION + b"\0\6\0\1": (1, SOA)}


def answer(sock):
    """Answers what ANSWERS has, until the socket is shut."""
    while True:
        asked, who = sock.recvfrom(512)
        if not asked:
            return
        count, records = ANSWERS.get(asked[12:], (0, b""))
        sock.sendto(asked[:2] + b"\x81\x80\0\1" + count.to_bytes(2, "big") + bytes(4) + asked[12:] + records, who)


@contextlib.contextmanager
def name_server(hosts):
    """Gives {}: it lacks nothing."""
    with hosts.inside("server"):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((network.SERVER_IP, 53))
    server = threading.Thread(target=answer, args=(sock,), daemon=True)
    server.start()
    try:
        yield {}
    finally:
        with hosts.inside("server"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (network.SERVER_IP, 53))
        server.join()
        sock.close()


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """{heading: what went wrong}, or why it could not be typed: (reason,)"""
    directory = tmp_path_factory.mktemp("tutorial")
    for name in ("http.pcap", "dns.pcap"):
        shutil.copy(HERE.parent / "captures" / name, directory)
    found, known = {}, {}
    with contextlib.chdir(directory), sessions.on_client(name_server) as lacks:
        for heading, text in zip(HEADINGS, TEXTS, strict=True):
            if "network" in lacks and heading.endswith("with a neighbour"):
                found[heading] = (lacks["network"],)
            else:
                found[heading] = sessions.typed(text, known, PAGE, flags=doctest.NORMALIZE_WHITESPACE)
    return found


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_tutorial_s_statements_give_its_results(typed, heading):
    if isinstance(typed[heading], tuple):
        pytest.skip(typed[heading][0])
    assert typed[heading] == ""
