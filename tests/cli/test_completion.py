"""Completion as the shells themselves do it: bash's function called as readline calls it, fish -C, zsh on a terminal."""

import os
import pty
import re
import shutil
import subprocess
import time

import pytest
from running import COMMAND, run

FOLDER = os.path.dirname(COMMAND)


def have(shell):
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"no command {shell}")


@pytest.fixture(scope="module")
def scripts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scripts")
    for shell, name in (("bash", "steelpkt"), ("zsh", "_steelpkt"), ("fish", "steelpkt.fish")):
        (folder / name).write_bytes(run("generate", shell).stdout)
    (folder / "capture.pcap").touch()
    return folder


BASH = r"""
source ./steelpkt
compopt() { options+="$* "; }
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) options=''
_steelpkt
printf '%s\n' "${COMPREPLY[@]}"
echo "= $options"
"""
CASES = [  # what is typed, what must be offered, what must not
    ([""], ["info", "query", "show", "fields", "help"], ["generate"]),
    (["qu"], ["query"], ["info"]),
    (["help", "sh"], ["show"], ["info"]),
    (["query", "--no-h"], ["--no-header"], ["--end"]),
    (["query", "-e", "ip.sr"], ["ip.src"], ["ip.dst"]),
    (["query", "-e", "ip.src,udp.src"], ["ip.src,udp.srcport"], ["udp.srcport"]),
    (["query", "-T", ""], ["table", "tsv", "csv", "json", "fields"], ["capture.pcap"]),
    (["query", "-a", "f"], ["first"], ["last"]),
    (["query", "-o", "cap"], ["capture.pcap"], []),
    (["query", "cap"], ["capture.pcap"], []),
    (["info", "cap"], ["capture.pcap"], []),
    (["show", "-c", ""], [], ["capture.pcap"]),
    (["convert", "--compress", "zs"], ["zstd"], ["gzip"]),
    (["query", "-Y", "ip.tt"], ["ip.ttl"], ["ip.src"]),
    (["fields", "tcp.flags.sy"], ["tcp.flags.syn"], ["capture.pcap"]),
    (["query", "-e", "dns.quer"], [], ["dns.queries"]),  # a group has no column
]


def check(offered, wanted, unwanted):
    assert set(wanted) <= set(offered), offered
    assert not set(unwanted) & set(offered), offered


@have("bash")
@pytest.mark.parametrize("typed, wanted, unwanted", CASES)
def test_bash(scripts, typed, wanted, unwanted):
    result = subprocess.run(["bash", "-c", BASH, "bash", COMMAND, *typed], cwd=scripts, capture_output=True, text=True,
                            check=True, timeout=60)
    assert result.stderr == ""
    check(result.stdout.splitlines(), wanted, unwanted)


@have("bash")
def test_bash_goes_from_protocols_to_fields(scripts):
    def ask(text):
        out = subprocess.run(["bash", "-c", BASH, "bash", COMMAND, "query", "-e", text], cwd=scripts, capture_output=True,
                             text=True, check=True, timeout=60).stdout
        return out.splitlines()
    heads = ask("")
    assert "ip." in heads and "ip.src" not in heads and "_file" in heads and heads[-1] == "= -o nospace "
    assert ask("udp") == ["udp.", "= -o nospace "]
    assert "udp.srcport" in ask("udp.") and ask("udp.")[-1] == "= "
    assert "ip.src,udp." in ask("ip.src,ud")


@have("bash")
@pytest.mark.parametrize("typed", [["--compress", "z"], ["--compress", "=", "z"]])
def test_bash_behind_a_long_name(scripts, typed):
    """readline takes --name=VALUE apart into three words."""
    out = subprocess.run(["bash", "-c", BASH, "bash", COMMAND, "convert", *typed], cwd=scripts, capture_output=True,
                         text=True, check=True, timeout=60).stdout
    assert out == "zstd\n= \n"


@have("bash")
def test_bash_inside_a_filter(scripts):
    out = subprocess.run(["bash", "-c", BASH, "bash", COMMAND, "query", "-Y", '"udp and !ip.tt'], cwd=scripts,
                         capture_output=True, text=True, check=True, timeout=60).stdout
    assert out == '"udp and !ip.ttl\n= -o nospace \n'


@have("fish")
def test_fish_inside_a_filter(scripts):
    result = subprocess.run(["fish", "--no-config", "-c", "source steelpkt.fish; complete -C \"steelpkt query -Y 'udp and "
                             "!ip.tt\""], cwd=scripts, env={**os.environ, "PATH": f"{FOLDER}:{os.environ['PATH']}"},
                            capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.startswith("udp and !ip.ttl\t")


@have("fish")
@pytest.mark.parametrize("typed, wanted, unwanted", CASES)
def test_fish(scripts, typed, wanted, unwanted):
    line = " ".join(["steelpkt", *typed])
    result = subprocess.run(["fish", "--no-config", "-c", f"source steelpkt.fish; complete -C '{line}'"], cwd=scripts,
                            env={**os.environ, "PATH": f"{FOLDER}:{os.environ['PATH']}"}, capture_output=True, text=True,
                            check=True, timeout=60)
    assert result.stderr == ""
    check([text.split("\t")[0] for text in result.stdout.splitlines()], wanted, unwanted)


@have("fish")
def test_fish_tells_what_things_are(scripts):
    result = subprocess.run(["fish", "--no-config", "-c", "source steelpkt.fish; complete -C 'steelpkt query -e ip.tt'"],
                            cwd=scripts, env={**os.environ, "PATH": f"{FOLDER}:{os.environ['PATH']}"}, capture_output=True,
                            text=True, check=True, timeout=60)
    assert re.fullmatch(r"ip\.ttl\t\S.+\n", result.stdout)


class Zsh:
    """An interactive zsh that has read the script."""

    def __init__(self, folder):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe("zsh", ["zsh", "-f", "-i"], {**os.environ, "PATH": f"{FOLDER}:{os.environ['PATH']}", "TERM": "xterm",
                                                    "LC_ALL": "C.UTF-8", "COLUMNS": "200", "LINES": "100"})
        self.read_until("#|%")
        self.send("PS1='ready'; unsetopt zle_bracketed_paste prompt_sp; LISTMAX=10000; stty cols 200 rows 500; "
                  "fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; echo be''gin\n")
        self.read_until("begin[^']*ready")

    def send(self, text):
        os.write(self.fd, text.encode())

    def read_until(self, pattern):
        got, end = "", time.monotonic() + 30
        while not re.search(pattern, got, re.S):
            assert time.monotonic() < end, got
            got += os.read(self.fd, 65536).decode(errors="replace")
        return got

    def offered(self, line):
        """What a TAB behind the line shows; the line is taken away again."""
        self.send(line + "\t")
        time.sleep(0.1)
        self.send("\x15echo do''ne\n")
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00\x07\x08]", "", self.read_until("done[^']*ready"))

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


@have("zsh")
def test_zsh(scripts):
    shell = Zsh(scripts)
    try:
        for typed, wanted, unwanted in CASES:
            shown = shell.offered(" ".join(["steelpkt", *typed]))
            for word in wanted:
                # of a single one only the rest is written behind what was typed
                assert word in shown or word.rpartition(",")[2] in shown.replace(" ", ""), (typed, shown)
            for word in unwanted:
                assert word not in shown or any(word in other for other in wanted), (typed, shown)
    finally:
        shell.close()
