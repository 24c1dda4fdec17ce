"""What steelpkt-sql writes, and into which file."""

import subprocess
import sys
from pathlib import Path

import pytest

DNS = Path(__file__).resolve().parents[2] / "tests/captures/dns.pcap"


def sql(*words):
    done = subprocess.run([sys.executable, "-c", "from steelpkt._sql_command import main; main()", *map(str, words)],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["of{}.csv", "50%.csv", "%s{0}.csv", "it's.csv"])
def test_a_file_may_have_any_name(tmp_path, name):
    sql("-o", tmp_path / name, "SELECT '{}%s' AS word, frame_number FROM packets LIMIT 1", DNS)
    assert (tmp_path / name).read_text() == "word,frame_number\n{}%s,1\n"


@pytest.mark.parametrize("code", [0x07, 0x9B, 0x61C, 0x200F, 0x2028, 0x2029, 0x202E, 0x2066])
def test_a_table_shows_what_it_does_not_obey(code):
    """Controls, and characters that turn a line or begin a new one, by the octets of them."""
    octets = "".join(f"\\x{octet:02x}" for octet in chr(code).encode())
    assert sql(f"SELECT 'a' || chr({code}) || 'b' AS t FROM packets LIMIT 1", DNS) == f"t\na{octets}b\n"


def test_an_error_is_escaped_as_the_command_s_are():
    for words in (["-c", "from steelpkt._sql_command import main; main()", "SELECT 1"], ["-m", "steelpkt", "info"]):
        done = subprocess.run([sys.executable, *words, "/no\u009bwhere.pcap"], capture_output=True, check=False)
        assert done.returncode == 1 and rb"/no\xc2\x9bwhere.pcap" in done.stderr
