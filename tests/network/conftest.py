"""Two hosts on a wire, on which nobody sends but the tests."""
import network
import pytest
from capturing import COMMAND


@pytest.fixture(scope="module")
def net():
    if not COMMAND.exists():
        pytest.skip("no build/steelpkt")
    hosts = network.Network()
    try:
        hosts.__enter__()
    except network.Unavailable as reason:
        pytest.skip(str(reason))
    for host in ("client", "server"):  # which would send of its own
        hosts.run(host, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
    yield hosts
    hosts.__exit__()
