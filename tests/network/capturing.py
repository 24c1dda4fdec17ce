"""What tests of steelpkt capture share: the command, the frames that are sent to it, and what it tells at its end."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A build with sanitizers has no fence: of these tests the command that users build is the subject.
COMMAND = ROOT / "build" / "steelpkt"
ETHERTYPE = 0x88b5  # IEEE 802: local experiments
OURS = "ether proto 0x88b5"
COUNTS = re.compile(r"(\d+) packets received: (\d+) written, (\d+) filtered out, (\d+) dropped, (\d+) not taken, "
                    r"(\d+) not written; dropped by the interface before: (\d+)\n")


def frame(number, size=60):
    return (bytes.fromhex("00005e00530100005e005302") + ETHERTYPE.to_bytes(2, "big") + number.to_bytes(4, "big")).ljust(
        size, b"x")
