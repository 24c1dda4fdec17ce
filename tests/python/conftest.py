"""What tests of the package share."""
import ctypes
import os
import shutil
import subprocess

import pytest

CLONE_NEWNET = 0x40000000


def _netns(libc):
    """A network of this process's own: two devices, left and right, with a cable between them. Gives why not, or None."""
    if os.geteuid() != 0:
        return "not root"
    if shutil.which("ip") is None:
        return "no command ip (iproute2)"
    if libc.unshare(CLONE_NEWNET) != 0:
        return "no network namespaces here"
    try:
        with open("/proc/sys/net/ipv6/conf/all/disable_ipv6", "w", encoding="ascii") as quiet:
            quiet.write("1")  # no packets but ours
    except OSError:
        pass
    for command in ("link add left type veth peer name right", "link set lo up", "address add 192.0.2.1/24 dev left",
                    "link set left up", "link set right up"):
        if subprocess.run(["ip", *command.split()], check=False, capture_output=True).returncode != 0:
            return f"ip {command} does not work here"
    return None


@pytest.fixture(scope="module")
def wire():
    """Tests in it see two devices, left (192.0.2.1/24) and right, and nothing else of the world. Skips, with the reason."""
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/self/ns/net", os.O_RDONLY)
    why_not = _netns(libc)
    try:
        if why_not is not None:
            pytest.skip(why_not)
        yield
    finally:
        libc.setns(before, CLONE_NEWNET)
        os.close(before)
