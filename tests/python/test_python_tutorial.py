"""The tutorial's statements, typed: tutorial.txt."""

import doctest
import os
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent


def test_the_tutorial_s_statements_give_its_results(tmp_path, name_server):
    for name in ("http.pcap", "dns.pcap"):
        shutil.copy(HERE.parent / "captures" / name, tmp_path)
    known = {"LOCAL_IP": "127.0.0.1", "REMOTE_IP": name_server[0], "REMOTE_PORT": name_server[1]}
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        failed, tried = doctest.testfile(str(HERE / "tutorial.txt"), module_relative=False, globs=known, encoding="utf-8")
    finally:
        os.chdir(before)
    assert tried > 60 and failed == 0
