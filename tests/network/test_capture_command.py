"""steelpkt capture between two hosts: every packet sent is accounted for, and a decoder taken over can do nothing."""
import contextlib
import ctypes
import ctypes.util
import errno
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import network
import pytest
from capturing import COMMAND, COUNTS, OURS, ROOT, frame


class Capture:
    """A capture on the server's interface that has begun."""

    def __init__(self, net, path, *words, **more):
        command = net.command("server", COMMAND, "capture", "-i", network.INTERFACE, "-w", path, *words)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        self.said = b""
        while b"capturing" not in self.said:
            piece = os.read(self.process.stderr.fileno(), 4096)
            assert piece, self.said
            self.said += piece

    def status(self):
        return dict(re.findall(r"^(\w+):\t(.*)$", Path(f"/proc/{self.process.pid}/status").read_text(), re.M))

    def end(self, number=signal.SIGINT):
        """Exit code, and the seven numbers that it tells."""
        if number is not None:
            self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=30)
        self.said += rest
        counts = COUNTS.search(self.said.decode())
        assert counts, self.said
        numbers = list(map(int, counts.groups()))
        assert numbers[0] == sum(numbers[1:6])
        return self.process.returncode, numbers


def send(net, count, first=0, size=60):
    """Sends numbered frames from the client, and gives how many its interface put on the wire."""
    def sent():
        return int(net.run("client", "cat", f"/sys/class/net/{network.INTERFACE}/statistics/tx_packets").stdout)
    with net.inside("client"), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((network.INTERFACE, 0))
        before = sent()
        for number in range(first, first + count):
            wire.send(frame(number, size))
    return sent() - before


def keep_sending(net, pause=0.0):
    """Numbered frames from the client for as long as the process that it gives goes on."""
    return net.start("client", sys.executable, "-c", f"""
import socket, time
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(({network.INTERFACE!r}, 0))
head = {frame(0)[:14]!r}
for number in range(10**9):
    wire.send(head + number.to_bytes(4, "big") + bytes(42))
    time.sleep({pause})
""")


def numbers_in(path):
    """The numbers of the frames in a capture, by this project; it is whole, or this fails."""
    said = subprocess.run([COMMAND, "query", "-T", "tsv", "--no-header", "-e", "data.data", path], capture_output=True,
                          text=True, check=True)
    assert said.stderr == ""
    return [int(line[:8], 16) for line in said.stdout.splitlines()]


def count_by_tshark(path):
    if shutil.which("tshark") is None:
        return None
    said = subprocess.run(["tshark", "-n", "-r", path, "-T", "fields", "-e", "frame.number"], capture_output=True, text=True,
                          check=True).stdout
    return len(said.splitlines())


def check_file(path, written):
    found = numbers_in(path)
    assert len(found) == written and found == sorted(set(found))
    assert count_by_tshark(path) in (None, written)
    return found


# ---- what is sent is written or counted ----

@pytest.mark.parametrize("name", ["a.pcap", "a.pcapng", "a.pcap.gz", "a.pcapng.zst", "a.pcapng.lz4"])
def test_everything_sent_is_written(net, tmp_path, name):
    capture = Capture(net, tmp_path / name, "-f", OURS)
    assert send(net, 500) == 500
    time.sleep(0.3)
    assert capture.end() == (4, [500, 500, 0, 0, 0, 0, 0])
    assert check_file(tmp_path / name, 500) == list(range(500))


def test_a_display_filter_leaves_out_and_counts(net, tmp_path):
    capture = Capture(net, tmp_path / "a.pcapng", "-f", OURS, "-Y", "frame[17] < 0a")
    send(net, 512)
    time.sleep(0.3)
    assert capture.end() == (4, [512, 20, 492, 0, 0, 0, 0])
    assert check_file(tmp_path / "a.pcapng", 20) == [*range(10), *range(256, 266)]


def test_what_there_is_no_room_for_is_counted(net, tmp_path):
    """The capture sleeps while more is sent than its buffer holds."""
    capture = Capture(net, tmp_path / "a.pcapng", "-f", OURS, "-B", "1", "-Y", "frame[17] != 0")
    sent = send(net, 300)
    time.sleep(0.3)
    capture.process.send_signal(signal.SIGSTOP)
    sent += send(net, 4000, first=300, size=1000)
    capture.process.send_signal(signal.SIGCONT)
    time.sleep(0.5)
    sent += send(net, 300, first=4300)
    time.sleep(0.3)
    code, (received, written, filtered, dropped, waiting, unwritten, interface) = capture.end()
    assert (code, waiting, unwritten, interface) == (4, 0, 0, 0)
    assert received == sent == 4600 and dropped > 2000 and filtered > 2
    found = check_file(tmp_path / "a.pcapng", written)
    assert {*range(1, 256), *range(4353, 4600)} <= set(found)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("name", ["a.pcap", "a.pcapng.zst"])
def test_interrupted_among_traffic_the_file_is_whole(net, tmp_path, number, name):
    capture = Capture(net, tmp_path / name, "-f", OURS)
    sender = keep_sending(net)
    time.sleep(0.7)
    code, counts = capture.end(number)
    sender.kill()
    assert code == 4 and counts[1] > 100 and counts[5] == 0
    found = check_file(tmp_path / name, counts[1])
    assert found[0] == 0 and (counts[3] > 0 or found == list(range(len(found))))


def test_enough_is_enough(net, tmp_path):
    capture = Capture(net, tmp_path / "a.pcap", "-f", OURS, "-c", "7")
    send(net, 20)
    code, counts = capture.end(None)
    assert code == 0 and counts[1] == 7 and numbers_in(tmp_path / "a.pcap") == list(range(7))
    began = time.monotonic()
    capture = Capture(net, tmp_path / "a.pcap", "-f", OURS, "--duration", "1")
    send(net, 5)
    assert capture.end(None) == (0, [5, 5, 0, 0, 0, 0, 0]) and 0.9 < time.monotonic() - began < 5


def test_only_the_first_bytes(net, tmp_path):
    capture = Capture(net, tmp_path / "a.pcap", "-f", OURS, "-c", "1", "-s", "20", "-p")
    send(net, 1, size=200)
    assert capture.end(None)[0] == 0
    words = ["query", "-T", "tsv", "--no-header", "-e", "frame.cap_len,frame.len", tmp_path / "a.pcap"]
    said = subprocess.run([COMMAND, *words], capture_output=True, text=True, check=True).stdout
    assert said == "20\t200\n"


def test_another_command_reads_along(net):
    capture = Capture(net, "-", "-f", OURS, "-c", "3", "-F", "pcap")
    send(net, 2)
    got = b""
    while len(got) < 24 + 2 * 76:  # both are seen before the third comes
        got += os.read(capture.process.stdout.fileno(), 4096)
    send(net, 1, first=2)
    assert capture.end(None) == (0, [3, 3, 0, 0, 0, 0, 0])


@pytest.mark.parametrize("name", ["a.pcap", "a.pcap.gz"])
def test_what_a_filter_keeps_is_seen_while_other_packets_flow(net, tmp_path, name):
    """The wire is never silent, and the filter keeps one packet alone."""
    capture = Capture(net, tmp_path / name, "-f", OURS, "-Y", "frame[14:4] == 00:00:00:07")
    sender = keep_sending(net, pause=0.002)
    words = ["query", "-T", "tsv", "--no-header", "-e", "data.data", tmp_path / name]
    seen = ""
    until = time.monotonic() + 5  # many times what it takes; without a flush it would be for ever
    while seen == "" and time.monotonic() < until:
        seen = subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False).stdout
    assert sender.poll() is None
    sender.kill()
    code, counts = capture.end()
    assert seen.startswith("00000007") and (code, counts[1]) == (4, 1) and counts[2] > 7
    assert check_file(tmp_path / name, 1) == [7]


def test_a_reader_that_goes_away(net):
    capture = Capture(net, "-", "-f", OURS)
    capture.process.stdout.close()
    send(net, 5)
    code, counts = capture.end(None)
    assert code == 3 and counts[:2] == [5, 0] and b"pipe" not in capture.said.lower()


def test_a_full_disk_keeps_whole_packets_and_says_how_many(net, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
    capture = Capture(net, tmp_path / "a.pcap", "-f", OURS, preexec_fn=limit)
    send(net, 100)
    code, counts = capture.end(None)
    assert code == 3 and counts[1] == (5000 - 24) // 76 and b"File too large" in capture.said
    assert check_file(tmp_path / "a.pcap", counts[1]) == list(range(counts[1]))


# ---- what is refused leaves things as they were ----

@pytest.mark.parametrize("words, said", [
    (["-i", "eth7"], "eth7: no such network device"),
    (["-i", network.INTERFACE, "-f", "udp prot 5"], "udp prot 5: bad filter expression"),
    (["-i", network.INTERFACE, "-Y", "udp.prot == 5"], "unknown field"),
    (["-i", network.INTERFACE, "--level", "99", "--compress", "zstd"], "no such level"),
    (["-i", network.INTERFACE, "--user", "nobody-of-that-name"], "nobody-of-that-name: no such user"),
])
def test_a_refusal_keeps_the_file_that_was_there(net, tmp_path, words, said):
    (tmp_path / "old").write_bytes(b"precious")
    for name in ("old", "new"):
        result = net.run("server", COMMAND, "capture", *words, "-w", tmp_path / name)
        assert (result.returncode, result.stdout) == (1, "") and said in result.stderr, result.stderr
    assert (tmp_path / "old").read_bytes() == b"precious" and os.listdir(tmp_path) == ["old"]


@pytest.mark.parametrize("words, said", [
    ([], "an interface is needed: -i IF; -D lists them"),
    (["-i", "eth0"], "an output is needed: -w OUT; with -w - another command can read it"),
    (["-i", "eth0", "-w", "x", "port"], "port: all is said by options here: -i IF -w OUT"),
])
def test_what_is_missing_is_told(words, said):
    result = subprocess.run([COMMAND, "capture", *words], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (1, f"steelpkt: {said}\n")


def test_whoever_may_not_is_told(net, tmp_path):
    result = net.run("server", "setpriv", "--reuid", "65534", "--clear-groups", COMMAND, "capture", "-i", network.INTERFACE,
                     "-w", tmp_path / "new")
    assert result.returncode == 1 and "no permission to capture on this device" in result.stderr
    assert not (tmp_path / "new").exists()


def test_the_interfaces_are_listed(net):
    result = net.run("server", COMMAND, "capture", "-D")
    assert result.returncode == 0
    assert f"{network.INTERFACE}\tup {network.SERVER_IP}" in result.stdout and "\nlo\tup loopback" in result.stdout


# ---- rights ----

@pytest.fixture
def everybodys():
    """A folder for any user; pytest's own are for one, and each session of it sees to that anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@pytest.mark.parametrize("words, user", [([], 0), (["--user", "nobody"], 65534)])
def test_rights_are_given_up(net, everybodys, words, user):
    capture = Capture(net, everybodys / "a.pcap", "-f", OURS, *words)
    for _ in range(100):
        if capture.status()["Seccomp"] == "2":
            break
        time.sleep(0.02)
    status = capture.status()
    assert capture.end()[0] == 4
    assert status["Uid"].split() == status["Gid"].split() == [str(user)] * 4
    assert [status["Cap" + kind] for kind in ("Inh", "Prm", "Eff", "Amb")] == ["0" * 16] * 4
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert (everybodys / "a.pcap").stat().st_uid == user and b"fence" not in capture.said


HARMS = ["read", "write", "unlink", "connect", "fork", "exec", "code", "kill", "trace", "send", "swap"]


@pytest.fixture(scope="module")
def subverted(tmp_path_factory):
    if shutil.which("cc") is None or shutil.which("pkg-config") is None:
        pytest.skip("no compiler or no pkg-config")
    target = tmp_path_factory.mktemp("plugins") / "subverted.so"
    environment = dict(os.environ, PKG_CONFIG_PATH=str(COMMAND.parent / "meson-uninstalled"))
    source = ROOT / "tests" / "network" / "subverted.c"
    subprocess.run(["sh", "-c", f"cc -Wall -Wextra -Werror -shared -fPIC {source} $(pkg-config --cflags --libs steelpkt) "
                                f"-o {target}"], check=True, env=environment)
    return target


@contextlib.contextmanager
def no_harm():
    harm = Path("/tmp/steelpkt-harm")
    harm.unlink(missing_ok=True)
    yield harm
    harm.unlink(missing_ok=True)


def harm_done(net, tmp_path, subverted, **more):
    """What the decoder says of its tries, and whether its frame came over the wire."""
    capture = Capture(net, tmp_path / "a.pcap", "-P", subverted, "-f", OURS, "-Y", "subverted.trap", **more)
    watch, caught = net.listen("client", 1, "ether proto 0x88b7")
    send(net, 3)
    time.sleep(0.3)
    code, counts = capture.end()
    watch.terminate()
    watch.wait(network.PATIENCE)
    assert code == 4 and counts[1] == 3, capture.said
    tries = dict(re.findall(r"^harm: (\w+) (\w+)$", capture.said.decode(), re.M))
    assert list(tries) == HARMS
    return tries, Path(caught).stat().st_size > 24, capture.said.decode()


def test_the_tries_succeed_where_there_is_no_fence(net, subverted):
    """Or the next test would prove nothing."""
    with no_harm():
        for name in HARMS:
            if name == "unlink":
                Path("/tmp/steelpkt-harm").touch()
            code = (f"import ctypes, os, socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); "
                    f"os.dup2(s.fileno(), 3); s.bind(({network.INTERFACE!r}, 0)); "
                    f"r = ctypes.CDLL({str(subverted)!r}).subverted_try({name.encode()!r}); os._exit(0 if r == 0 else 1)")
            result = net.run("server", sys.executable, "-c", code, env=dict(os.environ, STEELPKT_HARM_FORKS="1"))
            assert result.returncode == 0, (name, result.stderr)


def test_a_subverted_decoder_can_do_nothing(net, tmp_path, subverted):
    with no_harm() as harm:
        tries, sent, said = harm_done(net, tmp_path, subverted)
        assert tries == dict.fromkeys(HARMS, "refused") and not sent and not harm.exists()
        assert "fence" not in said


# ---- kernels that have less: calls answered as such a kernel answers them ----

def kernel_without(*calls):
    """For preexec_fn: this process and its children get ENOSYS for these system calls."""
    path = ctypes.util.find_library("seccomp")
    if path is None:
        pytest.skip("no libseccomp here")
    library = ctypes.CDLL(path)
    library.seccomp_init.restype = ctypes.c_void_p

    def put():
        allow, refuse = 0x7fff0000, 0x00050000 | errno.ENOSYS
        rules = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(allow)))
        for name, arguments in calls:
            number = library.seccomp_syscall_resolve_name(name.encode())
            compare = (Comparison * len(arguments))(*arguments)
            assert library.seccomp_rule_add_array(rules, ctypes.c_uint32(refuse), number, len(arguments), compare) == 0
        assert library.seccomp_load(rules) == 0
    return put


class Comparison(ctypes.Structure):
    """struct scmp_arg_cmp; 4 is SCMP_CMP_EQ."""
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


NO_LANDLOCK = [("landlock_create_ruleset", [])]
NO_SECCOMP = [("seccomp", []), ("prctl", [Comparison(0, 4, 22, 0)])]  # PR_SET_SECCOMP


def test_without_landlock_the_filter_of_calls_holds(net, tmp_path, subverted):
    with no_harm() as harm:
        tries, sent, said = harm_done(net, tmp_path, subverted, preexec_fn=kernel_without(*NO_LANDLOCK))
        assert tries == dict.fromkeys(HARMS, "refused") and not sent and not harm.exists()
        assert "steelpkt: eth0: decoding is not wholly fenced in: the kernel has no Landlock\n" in said


def test_without_seccomp_landlock_holds(net, tmp_path, subverted):
    with no_harm() as harm:
        tries, _, said = harm_done(net, tmp_path, subverted, preexec_fn=kernel_without(*NO_SECCOMP))
        refused = {name for name, how in tries.items() if how == "refused"}
        assert {"read", "write", "unlink", "exec", "kill"} <= refused and not harm.exists()
        assert "decoding is not wholly fenced in: the kernel has no filter of system calls (seccomp)\n" in said


def test_without_both_it_is_told(net, tmp_path):
    capture = Capture(net, tmp_path / "a.pcap", "-f", OURS, preexec_fn=kernel_without(*NO_LANDLOCK, *NO_SECCOMP))
    send(net, 3)
    time.sleep(0.3)
    assert capture.end() == (4, [3, 3, 0, 0, 0, 0, 0])
    assert (b"steelpkt: eth0: decoding is not fenced in: the kernel has no filter of system calls (seccomp), and the "
            b"kernel has no Landlock\n") in capture.said
