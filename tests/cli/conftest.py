"""Small captures in a directory of the test's own."""
import pytest
from running import pcap, udp


@pytest.fixture
def make(tmp_path):
    """Writes a capture and gives its path."""
    def write(data, name="a.pcap"):
        path = tmp_path / name
        path.write_bytes(data)
        return path
    return write


@pytest.fixture
def three(make):
    return make(pcap(udp(1000, 53), udp(1001, 53), udp(1002, 53)))
