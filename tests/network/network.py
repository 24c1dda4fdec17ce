"""Two hosts on one wire: network namespaces joined by a veth pair, for programs that send and receive. Needs root.

    client eth0 00:00:5e:00:53:02 192.0.2.2/24  ---  192.0.2.1/24 00:00:5e:00:53:01 eth0 server
"""
import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

CLIENT_MAC, CLIENT_IP = "00:00:5e:00:53:02", "192.0.2.2"
SERVER_MAC, SERVER_IP = "00:00:5e:00:53:01", "192.0.2.1"
INTERFACE = "eth0"
CLONE_NEWNET = 0x40000000  # sched.h
PATIENCE = 10  # seconds that a program has to come up or to end

# What the name server knows: RFC 5737's and RFC 2606's own.
ZONE = "example.com"
ADDRESSES = ("198.51.100.67", "198.51.100.3", "198.51.100.131", "198.51.100.195")
SERIAL, REFRESH, RETRY, EXPIRE, TTL = 2026010101, 7200, 900, 1209600, 600


class Unavailable(Exception):
    """Why there is no network here: not root, no ip, or a machine that forbids namespaces."""


def _run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)


def _enter(namespace):
    """Brings this thread into a network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _forget_dead():
    """Takes down what runs left behind that were killed: namespaces are named after the process that made them."""
    for name, process in re.findall(r"^(spk(\d+)-\w+)", _run("ip", "netns", "list").stdout, re.M):
        if not os.path.exists(f"/proc/{process}"):
            for inside in subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True,
                                         check=False).stdout.split():
                os.kill(int(inside), signal.SIGTERM)
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


class Network:
    """with Network() as network: network.run("client", "ping", ...)"""

    def __init__(self):
        self.prefix = f"spk{os.getpid()}"
        self.started = []
        self.directory = None

    def __enter__(self):
        if os.geteuid() != 0:
            raise Unavailable("no network namespaces here: not root")
        if shutil.which("ip") is None:
            raise Unavailable("no network namespaces here: no command ip (iproute2)")
        self.directory = Path(tempfile.mkdtemp(prefix="steelpkt-network-"))
        try:
            self._set_up()
        except (OSError, subprocess.SubprocessError) as error:
            self._take_down()
            said = getattr(error, "stderr", None) or str(error)
            raise Unavailable("no network namespaces here: " + said.strip().split("\n")[0]) from error
        return self

    def __exit__(self, *exception):
        self._take_down()

    def _name(self, host):
        return f"{self.prefix}-{host}"

    def _set_up(self):
        _forget_dead()
        for host in ("client", "server"):
            _run("ip", "netns", "add", self._name(host))
        _run("ip", "link", "add", INTERFACE, "netns", self._name("client"), "address", CLIENT_MAC, "type", "veth",
             "peer", "name", INTERFACE, "netns", self._name("server"), "address", SERVER_MAC)
        for host, address in (("client", CLIENT_IP), ("server", SERVER_IP)):
            _run(*self.command(host, "ip", "link", "set", "lo", "up"))
            _run(*self.command(host, "ip", "link", "set", INTERFACE, "up"))
            _run(*self.command(host, "ip", "address", "add", address + "/24", "dev", INTERFACE))

    def _take_down(self):
        for process in self.started:
            if process.poll() is None:
                process.terminate()
        for process in self.started:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        for host in ("client", "server"):
            subprocess.run(["ip", "netns", "del", self._name(host)], capture_output=True, check=False)
        shutil.rmtree(self.directory, ignore_errors=True)

    def command(self, host, *command):
        """The command that runs a command on a host."""
        return ("ip", "netns", "exec", self._name(host), *map(str, command))

    @contextlib.contextmanager
    def inside(self, host):
        """This thread is on a host meanwhile."""
        with open("/proc/thread-self/ns/net", "rb") as outside, open(f"/run/netns/{self._name(host)}", "rb") as there:
            _enter(there)
            try:
                yield
            finally:
                _enter(outside)

    def run(self, host, *command, **options):
        """Runs a command on a host to its end; never raises for its exit code."""
        return subprocess.run(self.command(host, *command), capture_output=True, text=True, timeout=PATIENCE,
                              check=False, **options)

    def start(self, host, *command, ready=None):
        """Starts a command on a host; waits until ready stands in what it writes to standard error."""
        log = self.directory / f"log{len(self.started)}"
        with open(log, "wb") as stream:
            process = subprocess.Popen(self.command(host, *command), stdout=subprocess.PIPE, stderr=stream)
        self.started.append(process)
        until = time.monotonic() + PATIENCE
        while ready is not None and ready not in log.read_text(errors="replace"):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} did not come up: {log.read_text(errors='replace')}")
            time.sleep(0.02)
        return process

    def listen(self, host, count, expression):
        """Captures count packets on a host: gives the process (end it by waiting) and the file."""
        path = self.directory / f"capture{len(self.started)}.pcap"
        process = self.start(host, "tcpdump", "-Z", "root", "-q", "-U", "--immediate-mode", "-i", INTERFACE, "-c",
                             count, "-w", path, expression, ready="listening on")
        return process, path

    def serve_names(self):
        """A name server on the server, with one zone. False where dnsmasq is not installed."""
        if shutil.which("dnsmasq") is None:
            return False
        self.start("server", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                   "--user=root", "--pid-file=" + str(self.directory / "dnsmasq.pid"), "--log-facility=-",
                   "--bind-interfaces", f"--listen-address={SERVER_IP}", f"--auth-ttl={TTL}",
                   f"--auth-server=ns1.{ZONE},{INTERFACE}", f"--auth-zone={ZONE},198.51.100.0/24",
                   f"--auth-soa={SERIAL},hostmaster.{ZONE},{REFRESH},{RETRY},{EXPIRE}",
                   *(f"--host-record={ZONE},{address}" for address in ADDRESSES), ready="started")
        return True
