"""What tests of the package share."""
import ctypes
import os
import shutil
import socket
import subprocess
import time

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


@pytest.fixture(scope="session")
def name_server():
    """dnsmasq on a port of its own, which answers for example.test from what it is told here."""
    if shutil.which("dnsmasq") is None:
        pytest.skip("dnsmasq is not installed")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    server = subprocess.Popen(
        ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=", "--pid-file=",
         f"--port={port}", "--listen-address=127.0.0.1", "--bind-interfaces", "--auth-server=ns.example.test,lo",
         "--auth-zone=example.test", "--auth-soa=7,keeper.example.test,7200,900,1209600",
         "--host-record=www.example.test,192.0.2.7", "--local=/example.test/"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name != "LD_PRELOAD"})
    question = bytes.fromhex("000101000001000000000000") + b"\3www\7example\4test\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.2)
        for _ in range(50):
            if server.poll() is not None:
                pytest.skip("dnsmasq does not run here: " + server.stderr.read().decode().strip())
            try:
                sock.sendto(question, ("127.0.0.1", port))
                sock.recv(512)
                break
            except OSError:
                time.sleep(0.1)
    yield "127.0.0.1", port
    server.terminate()
    server.wait()
    server.stderr.close()
