"""Craft, decode, send, receive, read, write and query network packets."""

from __future__ import annotations

from steelpkt import _core
from steelpkt._core import *  # noqa: F403: the packet classes, made from the rows, and what reads and writes
from steelpkt._core import Live, Reader, Writer, __version__

TYPE_CHECKING = False  # what typing says, too, but importing that takes longer than all the rest
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from typing import Any

    from steelpkt._core import PKT, File
    from steelpkt._query import Paths, Query, Time

__all__ = [*(name for name in dir(_core) if not name.startswith("_")), "__version__", "capture", "create", "load_plugin",
           "load_plugins", "open"]
__all__ += ["Query", "query", "splits"]


def __getattr__(name: str) -> Any:
    """Protocols that came at run time, and the elements of lists (options, records), whose classes are made when met."""
    if name == "Query":
        from steelpkt._query import Query
        return Query
    return getattr(_core, name, None) or _core._element(name)


def load_plugin(path: str | bytes | os.PathLike[Any]) -> list[type[PKT]]:
    """Loads a protocol plug-in: its protocols are then decoded, queried and built like all others.

    Gives their classes, which are found in this package under their names, too. A plug-in is code and runs with the rights
    of the program; one that is loaded already gives none. What is no plug-in, was built for another version of the library
    or clashes with a protocol that is there is a ValueError. STEELPKT_PLUGIN_PATH loads plug-ins when the package is
    imported.
    """
    return _core._load_plugin(path)


def load_plugins() -> list[type[PKT]]:
    """Loads the protocols that installed packages bring: entry points of the group steelpkt.protocols, by their names.

    Each stands for the path of a plug-in, for a function that gives it, or for a class that steelpkt.rows made. Gives the
    classes as load_plugin does. What cannot be loaded is a ValueError that names package and entry point.
    """
    from importlib.metadata import entry_points

    made = []
    for point in sorted(entry_points(group="steelpkt.protocols"), key=lambda point: point.name):
        try:
            found = point.load()
            if isinstance(found, type):
                made.append(found)
            else:
                made += load_plugin(found() if callable(found) else found)
        except Exception as error:
            package = point.dist.name if point.dist is not None else "?"
            raise ValueError(f"{package}, entry point {point.name}: {error}") from error
    return made


def open(file: File, *, bpf: str | None = None) -> Reader:  # noqa: A001 - reads well as steelpkt.open
    """The packets of a capture, as an iterator of Records that closes with `with`.

    file is a path, a descriptor or a binary file object (a pipe too); pcap and pcapng are read, plain or in gzip, zstd or
    lz4. bpf keeps the packets that pass a filter in libpcap's language. Damage raises PacketError, after everything before
    it was given.
    """
    return Reader(file, bpf=bpf)


def create(file: File, *, format: str | None = None, compression: str | None = None, level: int = 0,  # noqa: A002
           nanoseconds: bool = True, link_type: int | None = None, snap_len: int = 0) -> Writer:
    """A capture to be written: write(record) or write(data, time=...), then close(), or use it in `with`.

    file is a path, a descriptor or a binary file object. format ('pcap', 'pcapng') and compression ('gzip', 'zstd', 'lz4')
    follow from a path's suffixes where they are not given. A pcap holds packets of one link type: link_type, or the first
    packet's. snap_len cuts longer packets; 0 cuts none.
    """
    return Writer(file, format=format, compression=compression, level=level, nanoseconds=nanoseconds, link_type=link_type,
                  snap_len=snap_len)


def capture(device: str, *, bpf: str | None = None, snap_len: int = 0, promiscuous: bool = True, buffer: int = 0) -> Live:
    """The packets of a network device as they come, as an iterator of Records that closes with `with`.

    Its send(data) puts a packet on the device, stop() ends the iteration from any thread, counts() says what became of the
    packets. Needs root (CAP_NET_RAW).
    """
    return Live(device, bpf=bpf, snap_len=snap_len, promiscuous=promiscuous, buffer=buffer)


def query(paths: Paths, fields: str | Iterable[str], filter: str | None = None,  # noqa: A002
          bpf: str | None = None, start: Time | None = None, end: Time | None = None, limit: int | None = None,
          occurrence: str = "auto", names: str = "dots", dictionary: bool = False,
          decode_as: str | Iterable[str] | None = None, threads: int = 0, plugins: Paths = (),
          progress: Callable[[int], Any] | bool | None = None, part: tuple[int, int, tuple[int, ...]] | None = None,
          link_type: int | None = None) -> Query:
    """The fields of each packet of captures, as a Query: nothing is read until somebody asks, and each time anew.

    paths is a capture or several, read in order as one; fields are names (`ip.src`), in a list or separated by commas.
    filter keeps packets in Wireshark's language, bpf in libpcap's; start and end (epoch seconds, ISO 8601 text, datetime)
    are inclusive; limit is a number of rows. occurrence says which values where a packet has several: 'auto' gives a list
    where a field repeats by its nature and else the outermost, 'first' and 'last' one, 'all' lists. names='underscores'
    gives ip_src for ip.src; dictionary=True encodes addresses and text by a dictionary. decode_as are rules as tshark's -d
    has them (`udp.port==5300,dns`), of which later ones win; plugins are loaded first, as load_plugin does. threads read a
    large capture together; 0: as many as there are processors. progress is called with the number of packets read so far,
    or True for tqdm's bar; what it raises ends the pass, and so does Ctrl-C. part is one that splits gave of the only path:
    packets are numbered anew in it. link_type is that of every packet, whatever the captures say.
    """
    from steelpkt._query import Query
    return Query(paths, fields, filter=filter, bpf=bpf, start=start, end=end, limit=limit, occurrence=occurrence,
                 names=names, dictionary=dictionary, decode_as=decode_as, threads=threads, plugins=plugins,
                 progress=progress, part=part, link_type=link_type)


def splits(path: str | os.PathLike[str], size: int = 64 << 20) -> list[tuple[int, int, tuple[int, ...]]]:
    """Where a capture can be cut into parts of about size bytes, for engines that read one in parts.

    Each part is (begin, end, tells), what query takes as its part: it begins at a record, for certain. The file's header,
    and the interfaces of a pcapng, stand before the first; where it tells of more later, tells says at which bytes.
    ValueError: the capture cannot be read in parts, because it is compressed or no regular file. After damage PacketError,
    whose `partial` are the parts of what came before; the last of them reaches to the end of the file.
    """
    return _core._splits(path, size)
