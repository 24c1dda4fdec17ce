"""What an installed package is before anything is done with it."""

import os
import subprocess
import sys


def run(code, **environment):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={**os.environ, **environment}).stdout


def test_version_is_the_library_s():
    import steelpkt
    assert steelpkt.__version__.count(".") == 2


def test_packet_error_is_what_both_kinds_of_script_catch():
    import struct

    import steelpkt
    assert issubclass(steelpkt.PacketError, ValueError)
    assert issubclass(steelpkt.PacketError, struct.error)


def test_the_module_goes_with_its_interpreter():
    """Imported twice under two names, as two modules: no state is shared."""
    assert run("import sys, steelpkt._core as a; del sys.modules['steelpkt._core']; import steelpkt._core as b; "
               "print(a.PacketError is b.PacketError)") == "False\n"


def test_a_star_imports_what_each_module_offers():
    for module in ("steelpkt", "steelscript.packets.core.inetpkt", "steelscript.packets.core.pcap",
                   "steelscript.packets.protos.dns", "steelscript.packets.query.pcap_query"):
        assert run(f"from {module} import *; import {module} as m; print(set(m.__all__) <= set(globals()))") == "True\n"


def test_packets_may_outlive_their_module():
    """At the interpreter's end all goes at once, in any order: packets in cycles with their classes, too."""
    code = ("import steelpkt as s, sys; p = s.Ethernet(payload=s.IP(payload=s.UDP(payload=b'x'))); list(p);"
            "k = [p, s, sys.modules]; k.append(k); s.Ethernet.keep = k; s._core.keep = k; print('done')")
    assert run(code) == "done\n"


def test_freed_packets_that_are_kept_go_before_their_classes():
    """Under Python's own check of its memory, which fills what was freed."""
    code = ("import gc, sys, weakref, steelpkt; packets = [steelpkt.UDP() for _ in range(50)]; del packets;"
            "core = weakref.ref(steelpkt._core);"
            "[sys.modules.pop(name) for name in list(sys.modules) if name.startswith('steelpkt')]; del steelpkt;"
            "[gc.collect() for _ in range(3)]; print(core() is None)")
    assert run(code, PYTHONMALLOC="debug") == "True\n"
