#!/usr/bin/env python3
"""What docs/house.md says of the house, as far as a machine can see it. Standard library only.

    check_house.py [--junit FILE]

Who may include whom, how long files and functions are, words that the library does not say, what every text file looks
like, that every source is in its list, and every public function in a loop over faults. Prints FILE:LINE: what is wrong,
and ends with 1 when something is.
"""
import os
import re
import subprocess
import sys
from xml.sax.saxutils import quoteattr

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# room: the rooms whose headers it may include, and the public chapters. A record (capture.h) is bytes, a time and a link
# type: packet and query take one, and enter nothing else of capture. A codec (proto) is given what packet.h declares.
LAYERS = {
    "base": ({"base"}, {"base"}),
    "wire": ({"base", "wire"}, {"base", "proto"}),
    "proto": ({"base", "wire", "proto"}, {"base", "proto", "packet"}),
    "packet": ({"base", "wire", "packet"}, {"base", "proto", "packet", "plugin", "capture"}),
    "capture": ({"base", "capture"}, {"base", "capture"}),
    "query": ({"base", "wire", "packet", "query"}, {"base", "proto", "packet", "capture", "query"}),
}
CHAPTERS = {
    "base": set(), "proto": {"base"}, "capture": {"base"}, "packet": {"base", "proto", "capture"},
    "plugin": {"base", "proto", "packet"}, "query": {"base", "proto", "packet", "capture"},
}
# Users of the library, who see only its umbrella.
USERS = ("src/cli/", "python/", "fuzz/", "bench/", "examples/")

FILE_LINES, FILE_LINES_HARD, FUNCTION_LINES, COLUMNS = 500, 700, 80, 125

# In the library's code (comments and strings removed): a word and why it is not said there.
BANNED = (
    (r"\b(malloc|calloc|realloc|free|strdup|strndup)\s*\(", "allocate through base/memory.h", {"src/base/memory.c"}),
    (r"\b(alloca|setjmp|longjmp|sigsetjmp)\s*\(", "not in this house", set()),
    (r"\b(printf|puts|putchar|perror|vprintf)\s*\(|\b(stdout|stderr)\b", "the library prints nothing", set()),
    (r"\b(exit|_exit|abort|quick_exit)\s*\(", "the library never exits", set()),
    (r"\b(strcpy|strcat|sprintf|gets|strtok|atoi|atol)\s*\(", "unbounded or unchecked", set()),
    (r"__attribute__\s*\(\(\s*packed|#\s*pragma\s+pack", "no packed structs", set()),
    (r"\bgoto\b", "no goto", set()),
)
# What opens, reads, writes or closes a file, called by name and not through a pointer.
FILE_CALL = (r"(?<![\w.>])(f?open(?:at|dir|64)?|fdopen|freopen|creat|mkstemp|tmpfile|pipe2?|socket|dup[23]?|close|"
             r"p?readv?|readdir|fread|fgets|fgetc|getline|recv(?:from|msg)?|"
             r"p?writev?|fwrite|fput[sc]|fprintf|send(?:to|msg|file)?)\s*\(")
TEXT = (".c", ".h", ".cpp", ".py", ".sh", ".md", ".txt", ".build", ".options", ".in", ".toml", ".vectors", ".yml")
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:work|home|root|Users)/[\w.-]+")

problems, warnings, files_checked = [], [], 0


def problem(path, line, text):
    problems.append((path, line, text))


def tracked():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            check=True, capture_output=True).stdout.decode()
    return [path for path in sorted(set(listed.split("\0"))) if path and os.path.isfile(os.path.join(ROOT, path))]


def read(path):
    with open(os.path.join(ROOT, path), "rb") as file:
        return file.read()


def bare(code):
    """C without comments, strings and characters, line by line as before."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, code, flags=re.S)


def listed_words(path, name):
    """The quoted words of NAME = [...] or NAME = files(...) in a meson file."""
    found = re.search(name + r"\s*\+?=\s*(?:files)?[\[(](.*?)^[\])]", read(path).decode(), re.S | re.M)
    return re.findall(r"^\s*'([^']+)'", found.group(1), re.M) if found else []


def check_includes(path, code, protocols):
    parts = path.split("/")
    for number, line in enumerate(code.split("\n"), 1):
        found = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if not found:
            continue
        quoted, target = found.group(1) == '"', found.group(2)
        first = target.split("/")[0]
        public = re.fullmatch(r"steelpkt/(\w+)\.h", target)
        if path.startswith("include/steelpkt/"):
            room = parts[-1][:-2]
            if quoted or (public and public.group(1) not in CHAPTERS.get(room, set())):
                problem(path, number, f"chapter {room} may not include {target}")
        elif parts[0] == "src" and parts[1] in LAYERS:
            rooms, chapters = LAYERS[parts[1]]
            if quoted and first not in rooms:
                problem(path, number, f"room {parts[1]} may not include {target}")
            if public and public.group(1) not in chapters:
                problem(path, number, f"room {parts[1]} may not include {target}")
            if target == "steelpkt.h":
                problem(path, number, "the umbrella is for users of the library")
            own = parts[-1][:-2]
            if parts[1] == "proto" and quoted and first == "proto":
                other = target.split("/")[1][:-2]
                if other in protocols and other != own and own in protocols:
                    problem(path, number, f"protocol {own} includes protocol {other}")
        elif path.startswith(USERS):
            inside = quoted and first in LAYERS and "/" in target
            if inside or public:
                problem(path, number, f"users of the library include <steelpkt.h>, not {target}")


def check_functions(path, code):
    start = None
    lines = code.split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start is not None:
            if line.rstrip() == "}" and number - start - 1 > FUNCTION_LINES:
                head = next((text for text in reversed(lines[:start - 1]) if re.match(r"\w", text)), "?")
                name = re.search(r"(\w+)\s*\(", head)
                problem(path, start, f"function {name.group(1) if name else head} has {number - start - 1} lines, "
                                     f"{FUNCTION_LINES} are enough")
            start = None


def check_c(path, text, protocols):
    code = bare(text)
    check_includes(path, re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S), protocols)
    check_functions(path, code)
    library = path.startswith("src/") and not path.startswith("src/cli/")
    if library:
        for pattern, why, allowed in BANNED:
            for found in re.finditer(pattern, code):
                if path not in allowed:
                    problem(path, code.count("\n", 0, found.start()) + 1, f"{found.group().strip()}: {why}")
    if path.endswith((".c", ".h")):
        for found in re.finditer(r"//", re.sub(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/',
                                               lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)):
            problem(path, text.count("\n", 0, found.start()) + 1, "comments are /* */")


def check_text(path, data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        problem(path, data.count(b"\n", 0, error.start) + 1, "not UTF-8")
        return None
    plain = not path.endswith(".md") and not path.startswith("tests/vectors/")
    source = path.endswith((".c", ".h", ".cpp", ".py", ".sh", ".build"))
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            problem(path, number, "a tab")
        if line.endswith("\r") or (plain and line.endswith(" ")):
            problem(path, number, "white space at the end of the line")
        if plain and not line.isascii():
            problem(path, number, "not ASCII")
        if source and len(line) > COLUMNS:
            problem(path, number, f"{len(line)} columns, {COLUMNS} are enough")
        if MACHINE_PATH.search(line):
            problem(path, number, f"the path of one machine: {MACHINE_PATH.search(line).group()}")
    if text and not text.endswith("\n"):
        problem(path, text.count("\n") + 1, "no newline at the end of the file")
    lines = text.count("\n")
    if path.endswith((".c", ".h", ".py")):
        if lines > FILE_LINES_HARD:
            problem(path, lines, f"{lines} lines: two subjects?")
        elif lines > FILE_LINES:
            warnings.append(f"{path}: {lines} lines, getting long")
    return text


def check_lists(paths, protocols):
    """Every source is in its list: a file that nothing builds is a mistake."""
    def expect(prefix, suffix, words, where, depth):
        for path in paths:
            if path.startswith(prefix) and path.endswith(suffix) and path.count("/") == depth:
                name = path[len(prefix):-len(suffix)]
                if name not in words and path != "fuzz/standalone.c":
                    problem(path, 1, f"not in the list of {where}")
    sources = re.findall(r"'(\w+/[\w.]+\.c)'", read("src/meson.build").decode())
    for path in paths:
        found = re.fullmatch(r"src/((\w+)/\w+\.c)", path)
        if found and found.group(2) not in ("proto", "cli") and found.group(1) not in sources:
            problem(path, 1, "not in the list of src/meson.build")
    commands = [word.replace("-", "_") for word in listed_words("src/cli/meson.build", "commands")]
    for room, names in (("proto", protocols), ("cli", commands)):
        helpers = re.findall(r"'(\w+)\.c'", read(f"src/{room}/meson.build").decode())
        expect(f"src/{room}/", ".c", set(names) | set(helpers), f"src/{room}/meson.build", 2)
    for folder, prefix in (("tests", "tests/unit/"), ("fuzz", "fuzz/"), ("examples", "examples/")):
        words = set(re.findall(r"'(?:unit/)?(\w+)(?:\.c)?'", read(folder + "/meson.build").decode()))
        expect(prefix, ".c", words, folder + "/meson.build", prefix.count("/"))


def check_faults(paths):
    """Every public function is called where each fault comes in its turn, by a test that includes faults.h; and the library
    opens, reads, writes and closes by nothing that has no faults there."""
    tests = [read(path).decode() for path in paths if path.startswith("tests/unit/")]
    called = set(re.findall(r"\bspk_\w+", "".join(text for text in tests if '#include "faults.h"' in text)))
    faulty = set(re.findall(r"^\w[^;{}()#]*?(\w+)\([^;{}]*\)\n{", read("tests/unit/faults.h").decode(), re.M))
    for path in paths:
        library = re.fullmatch(r"src/(\w+)/\w+\.[ch]", path)
        if path.startswith("include/steelpkt/"):
            code = bare(read(path).decode())
            for found in re.finditer(r"^(?:SPK_API|static inline)\b[^;{]*?\b(spk_\w+)\(", code, re.M):
                if found.group(1) not in called:
                    problem(path, code.count("\n", 0, found.start(1)) + 1,
                            f"{found.group(1)} is in no loop over faults (tests/unit/faults.h)")
        elif library and library.group(1) in LAYERS:
            code = bare(read(path).decode())
            for found in re.finditer(FILE_CALL, code):
                if found.group(1) not in faulty:
                    problem(path, code.count("\n", 0, found.start(1)) + 1,
                            f"{found.group(1)} never fails in a test (tests/unit/faults.h)")


def check_names(paths):
    """pytest takes all tests in one run, in any order, and knows a module by its last name alone: the one it met first. Of
    conftest there is one a directory, so nobody imports from it."""
    seen = {}
    for path in paths:
        name = os.path.basename(path)
        if not path.startswith("tests/") or not name.endswith(".py"):
            continue
        if name not in ("conftest.py", "__init__.py") and seen.setdefault(name, path) != path:
            problem(path, 1, f"{seen[name]} has that name, too")
        text = read(path).decode()
        for found in re.finditer(r"^\s*(?:from conftest import|import conftest)\b", text, re.M):
            problem(path, text.count("\n", 0, found.end()) + 1, "another directory's conftest may be meant: import a module")


def compile_alone(path):
    """A header must need nothing that was included before it."""
    include = ["-I", os.path.join(ROOT, "include"), "-I", os.path.join(ROOT, "src"),
               "-I", os.path.join(ROOT, "build", "src")]
    line = f'#include "{os.path.join(ROOT, path)}"\n'
    tries = [["gcc", "-x", "c", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]]
    if path.startswith("include/"):
        tries.append(["g++", "-x", "c++", "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
    for command in tries:
        done = subprocess.run(command + include + ["-fsyntax-only", "-"], input=line, capture_output=True, text=True)
        if done.returncode != 0:
            first = next((text for text in done.stderr.split("\n") if "error" in text), done.stderr[:200])
            problem(path, 1, f"does not compile alone ({command[2]}): {first}")


def main():
    global files_checked
    protocols = listed_words("src/proto/meson.build", "protocols")
    paths = tracked()
    for path in paths:
        data = read(path)
        known = path.endswith(TEXT) or data[:2] == b"#!" or os.path.basename(path).startswith(".")
        if not known or b"\0" in data[:4000]:
            continue
        files_checked += 1
        text = check_text(path, data)
        if text is not None and path.endswith((".c", ".h", ".cpp")):
            check_c(path, text, protocols)
        if path.startswith(("include/", "src/")) and path.endswith(".h"):
            compile_alone(path)
    check_lists(paths, protocols)
    check_faults(paths)
    check_names(paths)
    for text in warnings:
        print("warning: " + text)
    for path, line, text in problems:
        print(f"{path}:{line}: {text}")
    bad = {path for path, _, _ in problems}
    print(f"house: {files_checked} files, {len(problems)} problems in {len(bad)}")
    if "--junit" in sys.argv:
        with open(sys.argv[sys.argv.index("--junit") + 1], "w") as file:
            file.write(f'<testsuites><testsuite name="house" tests="{files_checked}" failures="{len(bad)}">\n')
            for path in sorted(bad):
                what = "; ".join(f"{line}: {text}" for where, line, text in problems if where == path)
                file.write(f"<testcase name={quoteattr(path)}><failure message={quoteattr(what)}/></testcase>\n")
            for number in range(files_checked - len(bad)):
                file.write(f'<testcase name="file {number + 1}"/>\n')
            file.write("</testsuite></testsuites>\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
