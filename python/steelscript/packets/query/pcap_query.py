"""PcapQuery: fields of the packets of a capture, as rows.

Two forms are served. The tutorial's asks a file object for lists:

    pq = PcapQuery(pkt_classes=[DNS])
    rows = pq.pcap_query(file_handle=open("dns.pcap", "rb"), wshark_fields=["frame.time_epoch", "ip.src"],
                         starttime=0.0, endtime=0.0, as_datetime=0)

The later release's names its source when it is made, and gives tuples:

    pq = PcapQuery(filename="igmp.pcap", wshark_fields=["ip.src", "igmp.type"])
    for row in pq: ...
    frame = pq.query(dataframe=1)

Fields have the tutorial's values where those differ from Wireshark's (docs/tutorial-values.md). Classes derived from PKT
take part: pkt_classes brings their fields, and their default_ports() or l7_ports say whose payload they are.
"""

from __future__ import annotations

import difflib
import os
import re
import stat
import threading
import warnings
from datetime import datetime
from itertools import islice

import steelpkt
from steelpkt import _core
from steelpkt import ARP, ICMP, IGMP, IP, MPLS, PKT, TCP, UDP, Ethernet, NullPkt, Raw

__all__ = ["Frame", "PcapQuery", "get_field_val_f"]

TYPE_CHECKING = False  # as in typing, which takes longer to import than all of this
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import IO, Any

    Slice = tuple[int, int] | None

_ETHERNET = 1
_CUT = 18  # the later release knew names by so many characters; those are taken too
_OFFSET = re.compile(r"(udp|tcp)\.payload\.offset\[(-?\d+):(-?\d+)\]")
_FROM_CELL, _FROM_HANDLER, _FROM_GROUP = range(3)


class Frame:
    """What a capture says of a packet: its time and its lengths. hdr is a header as PCAPReader(filename=...) gives it."""

    def __init__(self, ts: float, hdr: dict[str, Any], /) -> None:
        self._values = {"frame.time_epoch": float(ts), "frame.len": hdr["len"], "frame.caplen": hdr["caplen"]}

    @classmethod
    def query_info(cls) -> tuple[int, tuple[str, ...]]:
        """Type and fields."""
        return 2, ("frame.time_epoch", "frame.len", "frame.caplen")

    @classmethod
    def default_ports(cls) -> list[int]:
        """None."""
        return []

    def get_field_val(self, field: str) -> Any:
        """The value of a field: seconds since 1970 UTC, bytes on the wire, bytes captured; None for any other name."""
        return self._values.get(field)


def get_field_val_f(layer_index: int, field_name: str) -> Callable[[list[Any]], Any]:
    """A function that asks the layer of that index, in the list it is given, for the field."""
    return lambda layers: layers[layer_index].get_field_val(field_name)


def _layer_classes() -> list[Any]:
    """The classes of the core that stand on no port: their fields can always be asked for. The later release's are first."""
    first = [Ethernet, IP, ICMP, IGMP, TCP, UDP, ARP, MPLS]
    every = [getattr(steelpkt, name) for name in steelpkt.__all__]
    return [Frame, *first, *(cls for cls in every if isinstance(cls, type) and issubclass(cls, PKT) and cls not in first
                             and cls not in (NullPkt, Raw) and _core._proto_of(cls.__name__) and not cls.default_ports())]


def _text(name: str | bytes) -> str:
    return name.decode("ascii") if isinstance(name, bytes) else name


def _is_core(cls: Any) -> bool:
    """Whether the library itself reads the fields of a class."""
    return cls is Frame or getattr(steelpkt, cls.__name__, None) is cls


def _to_local(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds).astimezone()


def _dataframe(rows: list[Any], columns: list[str]) -> Any:
    import pandas  # optional: only who asks for frames needs it
    return pandas.DataFrame(rows, columns=columns) if rows else None


class _Field:
    """A field that can be asked for: whose it is, and what its class calls it."""

    def __init__(self, cls: Any, pq_type: int, name: str | bytes) -> None:
        self.cls, self.pq_type, self.name = cls, pq_type, name


class PcapQuery:
    """Fields of packets as rows.

    filename or devicename: what is read; with neither, pcap_query is told. wshark_fields: the columns. pkt_classes: further
    classes whose fields can be asked for. l7_ports: ports and the classes of their payloads, above the classes' own
    default_ports(). bpf_filter: only packets that pass, in libpcap's language. strict: what a class raises is raised; else
    its fields are None, the packet is counted in failures, and the first one is told by a warning. snaplen, promisc and
    to_ms are for a device; stop_event's is_set() ends a run; timeout is kept and not used.
    """

    def __init__(self, *, pkt_classes: Iterable[Any] = (), l7_ports: dict[int, Any] | None = None, strict: bool = False,
                 **later: Any) -> None:
        self.strict, self.failures = strict, 0
        self.fields: dict[str, int] = {}
        self._known: dict[str, _Field] = {}
        self._l7_ports: dict[int, Any] = {}
        for cls in reversed(_layer_classes()):
            self._add_class(cls)
        for cls in pkt_classes:
            self._add_class(cls)
            self._l7_ports.update((port, cls) for port in cls.default_ports())
        self._l7_ports.update({} if l7_ports is None else l7_ports)
        UDP(l7_ports=self._l7_ports)  # which refuses what is no packet class
        self._source: Any = None
        self._iterator: Any = None
        self._ended = False
        self.stop_event = later.pop("stop_event", None) if later else None
        if later or self.stop_event is not None:
            self._open(**later)
        self.wshark_fields = later.get("wshark_fields", [])

    # ---- what can be asked for ----

    def _add_class(self, cls: Any) -> None:
        pq_type, names = cls.query_info()
        for name in names:
            field = _Field(cls, pq_type, name)
            for word in {_text(name), _text(name)[:_CUT]}:
                self.fields[word] = pq_type
                self._known[word] = field

    def show_fields(self) -> dict[str, int]:
        """The fields that can be asked for, a dict from name to the type of their class."""
        return self.fields

    def _find(self, name: str | bytes) -> tuple[_Field, Slice]:
        """The _Field of a name, and the slice (first, last) it asks for or None; KeyError."""
        name = _text(name)
        sliced = _OFFSET.fullmatch(name)
        if sliced:
            first, last = int(sliced[2]), int(sliced[3])
            if first >= last:
                raise KeyError(f"{name}: the first byte is not before the last")
            return self._known[sliced[1] + ".payload"], (first, last)
        if name not in self._known or name.endswith(".payload.offset"):
            near = difflib.get_close_matches(name, self._known, 1)
            raise KeyError(f"unknown field {name}" + (f"; the nearest is {near[0]}" if near else ""))
        return self._known[name], None

    def fields_supported(self, wshark_fields: Iterable[str]) -> bool:
        """Whether each of the names can be asked for."""
        try:
            for name in wshark_fields:
                self._find(name)
        except KeyError:
            return False
        return True

    @property
    def wshark_fields(self) -> list[str]:
        """The columns that iteration and query() give."""
        return self._wshark_fields

    @wshark_fields.setter
    def wshark_fields(self, names: list[str]) -> None:
        if not isinstance(names, list):
            raise TypeError(f"wshark_fields is a list, not {type(names).__name__}")
        try:
            found = [self._find(name)[0] for name in names]
        except KeyError as error:
            raise ValueError(error.args[0]) from None
        self._wshark_fields, self._iterator = names, None
        self.layer_order = list(dict.fromkeys(field.pq_type for field in found))
        self.field_functions = [get_field_val_f(self.layer_order.index(field.pq_type), _text(name))
                                for field, name in zip(found, names)]

    # ---- sources ----

    def _open(self, *, filename: str | None = None, devicename: str | None = None, wshark_fields: object = None,
              bpf_filter: str | None = None, snaplen: int = 0, promisc: int = 1, to_ms: int = 50,
              timeout: float = 10.0) -> None:
        if (filename is None) == (devicename is None):
            raise ValueError("PcapQuery reads either filename=, a path, or devicename=, a network device")
        for name in (filename, devicename):
            if name is not None and not isinstance(name, str):
                raise TypeError(f"the source's name is a str, not {type(name).__name__}")
        self.timeout = timeout
        self.stop_event = self.stop_event or threading.Event()
        try:
            if filename is not None:
                if not stat.S_ISREG(os.stat(filename).st_mode):
                    raise ValueError(f"{filename}: not a regular file")
                self._source = _core.Reader(filename, bpf=bpf_filter, cut_is_end=True)
            elif devicename is not None:
                if devicename not in [device["name"] for device in _core.devices()]:
                    raise ValueError(f"{devicename}: no such network device")
                self._source = _core.Live(devicename, snap_len=snaplen, promiscuous=promisc, bpf=bpf_filter)
        except OSError as error:
            raise ValueError(str(error)) from error

    def close(self) -> None:
        """Gives the source back that was named when this was made."""
        self._iterator = None
        if self._source is not None:
            self._source.close()
            self._ended = True

    def __enter__(self) -> PcapQuery:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # ---- rows ----

    def _rows(self, source: Any, names: Iterable[str], **options: Any) -> Any:
        plan = _Plan(self, names)
        return _core._Rows(source, tuple(plan.columns), tuple(plan.handlers), plan.ports, plan.ask, tuple(plan.groups),
                           **options)

    def __iter__(self) -> PcapQuery:
        return self

    def __next__(self) -> tuple[Any, ...]:
        if self._iterator is None:
            if self._source is None:
                raise ValueError("this PcapQuery was made without a source: use pcap_query(file_handle=...)")
            if self._ended:
                raise StopIteration
            self._iterator = self._rows(self._source, self._wshark_fields, stop_event=self.stop_event)
        return next(self._iterator)

    def query(self, starttime: float = 0.0, endtime: float = 0.0, num_packets: int = 0, dataframe: int = 0) -> Any:
        """The rows of the packets from starttime to endtime (seconds since 1970 UTC, both included; 0.0: open), at most
        num_packets of them (0: all), as a list of tuples or, with dataframe, as a pandas DataFrame (None without rows).

        Ends at the first packet behind endtime, and when stop_event is set; a further call goes on from there. Rows of which
        every value is None are left out. ValueError: the capture was read to its end before.
        """
        if self._source is None:
            raise ValueError("this PcapQuery was made without a source: use pcap_query(file_handle=...)")
        if self._ended or (self._iterator is not None and self._iterator.exhausted):
            raise ValueError("the capture was read to its end: make another PcapQuery to read it again")
        if num_packets < 0:
            raise ValueError("num_packets is 0 or more")
        rows = self._rows(self._source, self._wshark_fields, start=starttime, end=endtime, ends_early=True,
                          without_empty=True, stop_event=self.stop_event)
        kept = list(islice(rows, num_packets) if num_packets else rows)
        self._ended = rows.exhausted
        return _dataframe(kept, self._wshark_fields) if dataframe else kept

    def pcap_query(self, file_handle: IO[bytes], wshark_fields: list[str], starttime: float, endtime: float, rdf: int = 0,
                   as_datetime: int = 1) -> Any:
        """The rows of a capture's Ethernet packets from starttime to endtime (seconds since 1970 UTC, both included; 0:
        open), as a list of lists or, with rdf, as a pandas DataFrame (None without rows).

        file_handle is a file object opened in binary; it is read from where it stands to its end, and stays open.
        frame.time_epoch is a datetime of the local zone, or a float without as_datetime. KeyError: an unknown field.
        """
        reader = _core.Reader(file_handle, cut_is_end=True)
        rows = list(self._rows(reader, wshark_fields, start=starttime, end=endtime, only_link=_ETHERNET, lists=True,
                               make_time=_to_local if as_datetime else None))
        return _dataframe(rows, list(wshark_fields)) if rdf else rows


class _Plan:
    """The columns of one run, as _core._Rows takes them."""

    def __init__(self, query: PcapQuery, names: Iterable[str]) -> None:
        self.query, self.l7_ports, self.strict = query, query._l7_ports, query.strict
        self.classes = list(dict.fromkeys(self.l7_ports.values()))
        self.columns: list[Any] = []
        self.groups: list[Any] = []
        self.group_fields: dict[Any, list[str | bytes]] = {}
        self.values: list[tuple[int, str | bytes]] = []
        for name in names:
            self._add(*query._find(name))
        wanted = bool(self.values)
        self.handlers = [_core._proto_of(cls.__name__) if _is_core(cls) else None for cls in self.classes] if wanted else []
        self.ports = {port: self.classes.index(cls) for port, cls in self.l7_ports.items()} if wanted else {}

    def _add(self, field: _Field, part: Slice) -> None:
        cls, name = field.cls, _text(field.name)
        core = _is_core(cls)
        cell = name if core and _core._has_field(name) else None
        proto = _core._proto_of(cls.__name__) if core and cls is not Frame else None
        if cls in self.classes or not core:
            handler = self.classes.index(cls) if cls in self.classes else -1
            self.columns.append((_FROM_HANDLER, cell, handler, 0, len(self.values), part, None))
            self.values.append((field.pq_type, field.name))
        elif cell is not None:
            self.columns.append((_FROM_CELL, cell, -1, 0, 0, part, proto if name.endswith(".payload") else None))
        else:
            if cls not in self.group_fields:
                self.group_fields[cls] = []
                self.groups.append((proto, self._asker(cls, self.group_fields[cls])))
            group = list(self.group_fields).index(cls)
            self.columns.append((_FROM_GROUP, None, -1, group, len(self.group_fields[cls]), part, None))
            self.group_fields[cls].append(field.name)

    @staticmethod
    def _asker(cls: Any, names: list[str | bytes]) -> Callable[[bytes], tuple[Any, ...] | None]:
        def ask(data: bytes) -> tuple[Any, ...] | None:
            try:
                layer = cls(data)
            except steelpkt.PacketError:
                return None  # cut, or no header of that kind
            return tuple(layer.get_field_val(name) for name in names)
        return ask

    def ask(self, number: int, data: bytes, is_tcp: bool) -> tuple[Any, ...] | None:
        """What the classes say of the payload of a UDP or TCP packet."""
        layer = (TCP if is_tcp else UDP)(data, l7_ports=self.l7_ports)
        cls = next(self.l7_ports[port] for port in (layer.dport, layer.sport, 0) if port in self.l7_ports)
        try:
            payload = layer.payload
            if layer.errors:
                raise layer.errors[0]
            return tuple(payload.get_layer_by_type(pq_type).get_field_val(name) for pq_type, name in self.values)
        except Exception as error:
            if _is_core(cls) and isinstance(error, steelpkt.PacketError):
                return None  # malformed, as it may be
            if self.strict:
                raise
            self._fail(cls, number, data, error)
            return None

    def _fail(self, cls: Any, number: int, data: bytes, error: Exception) -> None:
        self.query.failures += 1
        if self.query.failures == 1:
            warnings.warn(f"{cls.__name__} raised {error!r} on packet {number}; its fields are None, here and wherever that "
                          f"happens again (failures counts it). UDP or TCP header and payload: {data.hex()}",
                          RuntimeWarning, stacklevel=4)
