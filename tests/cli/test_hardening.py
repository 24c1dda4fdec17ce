"""What the build gives is hardened: read from the ELF files themselves."""

import platform
import re
import shutil
import subprocess

import pytest
from running import ROOT

BUILD = ROOT / "build"  # what users build: sanitizers do without some of it
FILES = ["steelpkt", "libsteelpkt.so", "python/_core.abi3.so"]

pytestmark = pytest.mark.skipif(shutil.which("readelf") is None, reason="no command readelf")


def readelf(path, *words):
    return subprocess.run(["readelf", "-W", *words, path], capture_output=True, text=True, check=True).stdout


def cet_of_the_system():
    where = subprocess.run(["cc", "-print-file-name=crti.o"], capture_output=True, text=True, check=True).stdout.strip()
    return "IBT, SHSTK" in readelf(where, "-n")


def lacks(path):
    """What of the hardening a file is without."""
    head, segments = readelf(path, "-h"), readelf(path, "-l")
    dynamic, symbols, notes = readelf(path, "-d"), readelf(path, "--dyn-syms"), readelf(path, "-n")
    program = "INTERP" in segments
    found = {
        "position-independent": "DYN" in head and (not program or re.search(r"FLAGS_1.*PIE", dynamic)),
        "relocations read-only": "GNU_RELRO" in segments,
        "bound at the start": re.search(r"BIND_NOW|FLAGS.*NOW", dynamic),
        "no code on the stack": re.search(r"GNU_STACK(?:\s+0x\w+){5}\s+RW ", segments),
        "no memory to write and run": not re.search(r"LOAD(?:\s+0x\w+){5}\s+RWE", segments),
        "no text relocations": "TEXTREL" not in dynamic,
        "stack protector": "__stack_chk_fail" in symbols,
        "fortified": re.search(r"__\w+_chk\b", symbols.replace("__stack_chk_fail", "")),
    }
    if platform.machine() == "x86_64":  # the whole is only marked where the C library's own beginnings are
        marked = "IBT, SHSTK" in notes or not cet_of_the_system()
        found["CET"] = marked and path.read_bytes().count(bytes.fromhex("f30f1efa")) > 20
    paths = [part for entry in re.findall(r"R(?:UN)?PATH.*\[(.*)\]", dynamic) for part in entry.split(":")]
    # until it is installed, X hold the place of the path that it will have
    found["libraries only beside itself"] = all(re.fullmatch(r"\$ORIGIN.*|X*", part) for part in paths)
    return sorted(name for name, good in found.items() if not good)


@pytest.mark.parametrize("name", FILES)
def test_what_is_built_is_hardened(name):
    if not (BUILD / name).exists():
        pytest.skip(f"no build/{name}")
    assert lacks(BUILD / name) == []


def test_a_file_without_is_told(tmp_path):
    """Or the other test would prove nothing."""
    source, target = tmp_path / "a.c", tmp_path / "a"
    source.write_text("int main(void) { return 0; }\n")
    subprocess.run(["cc", "-no-pie", "-fno-pie", "-fno-stack-protector", "-fcf-protection=none", "-U_FORTIFY_SOURCE",
                    "-Wl,-z,norelro", "-Wl,-z,lazy", "-Wl,-z,execstack", "-Wl,-rpath,/opt/lib", source, "-o", target],
                   check=True)
    everything = {"position-independent", "relocations read-only", "bound at the start", "no code on the stack",
                  "stack protector", "fortified", "libraries only beside itself"}
    assert everything <= set(lacks(target))


@pytest.mark.parametrize("files", [0, 1])
def test_a_processor_whose_calls_are_not_known_is_told_of(tmp_path, files):
    """The fence of a build for such a one, on a kernel without Landlock as well."""
    source, target = tmp_path / "a.c", tmp_path / "a"
    source.write_text(f'''
        #define _GNU_SOURCE
        #include <sys/syscall.h>
        #include <unistd.h>
        #define syscall(number, ...) (!{files} ? -1 : number == SYS_landlock_restrict_self ? 0 : 99)
        #include "{ROOT}/src/cli/fence.c"
        #include <stdio.h>
        bool spk_cli_restrict_calls(int output) {{ (void)output; return false; }}
        bool spk_cli_can_restrict_calls(void) {{ return false; }}
        int main(void) {{ const char *lacking = spk_cli_fence(-1); printf("%s", lacking != NULL ? lacking : ""); }}
        ''')
    rooms = [f"-I{ROOT / room}" for room in ("include", "src", "src/cli")]
    subprocess.run(["cc", *rooms, source, "-o", target], check=True)
    said = subprocess.run([target], capture_output=True, text=True, check=True).stdout
    wholly, neither = ("wholly ", "") if files else ("", ", and the kernel has no Landlock")
    assert said == f"decoding is not {wholly}fenced in: this build does not know the system calls of this processor{neither}"
