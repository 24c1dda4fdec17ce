"""Captures read, written and taken live, under the tutorial's names.

Two generations of scripts are served, told apart by the form of the call. The tutorial's gives a file object:

    for timestamp, data, link_type in PCAPReader(open("http.pcap", "rb")): ...
    writer = PCAPWriter(open("fixed.pcap", "wb")); writer.writepkt(data, timestamp); writer.close()

The later release's names a file or device by keyword, and describes each packet by a header:

    for timestamp, header, data in PCAPReader(filename="http.pcap"): ...
    for timestamp, header, data in PCAPSocket(devicename="eth0"): ...

with header = {"ts": {"tv_sec": int, "tv_usec": int}, "caplen": int, "len": int}. Both read pcap and pcapng, plain or in
gzip, zstd or lz4. All of it stands on steelpkt.Reader, Writer and Live.
"""

from __future__ import annotations

import ipaddress
import numbers
import operator
import threading
import time

from steelpkt import _core
from steelscript.packets.core.replay import netflow_replay_raw_sock, netflow_replay_system_sock

__all__ = ["PCAP_CONST", "PCAPBase", "PCAPReader", "PCAPSocket", "PCAPWriter", "findalldevs", "get_pkts_header", "int2ip",
           "ip2int", "lookupdev", "netflow_replay_raw_sock", "netflow_replay_system_sock", "pcap_info"]

TYPE_CHECKING = False  # as in typing, which takes longer to import than all of this
if TYPE_CHECKING:
    from typing import IO, Any

    from typing_extensions import Buffer

    Header = dict[str, Any]

_MILLION = 1000000
_ETHERNET = 1
_ALREADY_ACTIVATED = -4
_FORMS = {1: "bytes", 2: "array"}


class PCAP_CONST:
    """libpcap's numbers, as attributes of an instance that cannot be changed."""

    __slots__ = ()

    VERSION_MAJOR, VERSION_MINOR = 2, 4
    ERRBUF_SIZE, NETMASK_UNKNOWN = 256, 0xffffffff
    ERROR, ERROR_BREAK, ERROR_NOT_ACTIVATED, ERROR_ACTIVATED = -1, -2, -3, -4
    ERROR_NO_SUCH_DEVICE, ERROR_RFMON_NOTSUP, ERROR_NOT_RFMON, ERROR_PERM_DENIED = -5, -6, -7, -8
    ERROR_IFACE_NOT_UP, ERROR_CANTSET_TSTAMP_TYPE, ERROR_PROMISC_PERM_DENIED = -9, -10, -11
    ERROR_TSTAMP_PRECISION_NOTSUP = -12
    WARNING, WARNING_PROMISC_NOTSUP, WARNING_TSTAMP_TYPE_NOTSUP = 1, 2, 3
    TSTAMP_HOST, TSTAMP_HOST_LOWPREC, TSTAMP_HOST_HIPREC, TSTAMP_ADAPTER, TSTAMP_ADAPTER_UNSYNCED = range(5)
    TSTAMP_PRECISION_MICRO, TSTAMP_PRECISION_NANO = 0, 1
    ETH_NULL, ETH_EN10MB, ETH_IEEE802, ETH_ARCNET, ETH_SLIP, ETH_PPP, ETH_FDDI = 0, 1, 6, 7, 8, 9, 10
    ETH_ATM_RFC1483, ETH_RAW, ETH_PPP_SERIAL, ETH_PPP_ETHER, ETH_C_HDLC, ETH_IEEE802_11 = 11, 12, 50, 51, 104, 105
    ETH_LOOP, ETH_LINUX_SLL, ETH_LTALK = 108, 113, 114


# ---- the header of a packet ----

def get_pkts_header(ts: float, data: bytes) -> Header:
    """The header that the later release's calls take for data captured whole at ts, in seconds since 1970 UTC."""
    if not isinstance(ts, numbers.Number):
        raise TypeError(f"a time is a number of seconds, not {type(ts).__name__}")
    microseconds = round(ts * _MILLION)
    return {"ts": {"tv_sec": microseconds // _MILLION, "tv_usec": microseconds % _MILLION},
            "caplen": len(data), "len": len(data)}


def _check_header(hdr: Header) -> tuple[int, int, int, int]:
    """The seconds, microseconds, captured and whole length of a header; ValueError for one that lacks any of them."""
    try:
        return hdr["ts"]["tv_sec"], hdr["ts"]["tv_usec"], hdr["caplen"], hdr["len"]
    except KeyError as missing:
        raise ValueError(f"the header has no {missing}") from None


def _nanoseconds(tv_sec: int, tv_usec: int) -> int:
    # whole numbers: a text times a million is a text as well, for which there is no memory
    return (operator.index(tv_sec) * _MILLION + operator.index(tv_usec)) * 1000


class PCAPBase:
    """What readers, writers and sockets share: a dumper, which writes packets to a file of its own."""

    _dumper: Any = None
    _dump_link, _dump_snaplen = _ETHERNET, 0

    def _dump_options(self) -> dict[str, Any]:
        return {"format": "pcap", "compression": "none", "nanoseconds": False, "link_type": self._dump_link,
                "said_snap_len": self._dump_snaplen}

    def open_pcap_dumper(self, path: str) -> int:
        """Begins a capture at path, in place of one that may be open. 0, or -1 where it cannot be opened."""
        self.close_pcap_dumper()
        try:
            self._dumper = _core.Writer(path, **self._dump_options())
        except OSError:
            return -1
        return 0

    def close_pcap_dumper(self) -> None:
        """Ends the capture that open_pcap_dumper began, if one is open."""
        dumper, self._dumper = self._dumper, None
        if dumper is not None:
            dumper.close()

    def dump_pkt(self, data: Buffer, tv_sec: int = 0, tv_usec: int = 0) -> None:
        """Writes a packet to the open dumper, captured whole; at the time given, or now where tv_sec is 0."""
        if self._dumper is not None:
            self._dumper.write(data, time_ns=_nanoseconds(tv_sec, tv_usec) if tv_sec else time.time_ns())

    def dump_hdr_pkt(self, hdr: Header, data: bytes, tv_sec: int = 0, tv_usec: int = 0) -> None:
        """Writes a packet as its header describes it, at another time where tv_sec is not 0. ValueError: too little data."""
        sec, usec, caplen, length = _check_header(hdr)
        if not 0 <= caplen <= len(data):
            raise ValueError(f"the header says that {caplen} bytes were captured, and there are {len(data)}")
        if self._dumper is not None:
            when = _nanoseconds(tv_sec, tv_usec) if tv_sec else _nanoseconds(sec, usec)
            self._dumper.write(memoryview(data)[:caplen], time_ns=when, len=length)

    def add_bpf_filter(self, text: str) -> int:
        """Nothing to filter here: 0."""
        return 0


# ---- reading ----

class PCAPReader(_core.Reader, PCAPBase):
    """The packets of a capture.

    PCAPReader(file_handle, pk_format=2) reads a binary file object from where it stands and gives (timestamp, data,
    link_type), data as array('B') or, with pk_format 1, as bytes. PCAPReader(filename="...") gives (timestamp, header,
    data) and closes itself at the end. A capture that is cut short ends with a RuntimeWarning; other damage raises.
    """

    if TYPE_CHECKING:
        def __next__(self) -> tuple[Any, Any, Any]: ...  # type: ignore[override]

    def __init__(self, file_handle: IO[bytes] | None = None, pk_format: int = 2, *, filename: str | None = None) -> None:
        if (file_handle is None) == (filename is None):
            raise ValueError("PCAPReader reads either file_handle, a file object, or filename=, a path")
        self._by_name = filename is not None
        if filename is not None:
            if not isinstance(filename, str):
                raise TypeError(f"filename is a str, not {type(filename).__name__}")
            try:
                super().__init__(filename, "header", cut_is_end=True, closes=True)
            except OSError as error:
                raise ValueError(str(error)) from error
        elif file_handle is not None:
            if not hasattr(file_handle, "read"):
                raise TypeError("file_handle is a file object opened in binary; a path goes by filename=")
            if pk_format not in _FORMS:
                raise ValueError(f"pk_format is 1 (bytes) or 2 (array), not {pk_format!r}")
            super().__init__(file_handle, _FORMS[pk_format], cut_is_end=True)
        for interface in self.interfaces[:1]:
            self._dump_link, self._dump_snaplen = interface["link_type"], interface["snap_len"]

    @property
    def decoder(self) -> PCAPReader:
        """The reader itself, which decodes whatever format the file has."""
        return self

    def next(self) -> tuple[Any, Any, Any]:
        """The next packet, as next(reader)."""
        return next(self)

    def pkts(self) -> list[tuple[Any, Any, Any]]:
        """All packets that are left, as a list."""
        return list(self)

    def add_bpf_filter(self, text: str) -> int:
        """From now on gives only packets that pass, in libpcap's language: 0. ValueError: a bad expression."""
        self.filter(text)
        return 0

    def close(self) -> None:  # type: ignore[override]
        """Ends reading, and closes the file object that was given, and the dumper."""
        self.close_pcap_dumper()
        super().close(file_too=not self._by_name)


def pcap_info(file: IO[bytes] | str | None = None, *, filename: str | None = None) -> dict[str, Any]:
    """What a capture holds: first_timestamp and last_timestamp (of the first and the last packet; None where there is none),
    total_packets, total_bytes (captured).

    file is a file object, which stays open, or a path; the later release calls a path filename.
    """
    if (file is None) == (filename is None):
        raise ValueError("pcap_info reads either file, a file object or a path, or filename=, a path")
    first = last = None
    packets = size = 0
    try:
        with _core.Reader(file if filename is None else filename, "bytes") as reader:
            packet: Any  # in this form
            for packet in reader:
                timestamp, data, _ = packet
                first = timestamp if first is None else first
                last = timestamp
                packets += 1
                size += len(data)
    except OSError as error:
        raise ValueError(str(error)) from error
    return {"first_timestamp": first, "last_timestamp": last, "total_packets": packets, "total_bytes": size}


# ---- writing ----

class PCAPWriter(_core.Writer, PCAPBase):
    """A capture that is written: pcap, with times in microseconds.

    PCAPWriter(file_handle, snap_len=0, net_layer=1) writes to a binary file object, the header at once; writepkt(data,
    timestamp) then each packet. snap_len cuts longer packets; 0 cuts none. PCAPWriter(filename="...", snaplen=0) opens a
    file there, or with open_pcap_dumper(path) later; dump_pkt and dump_hdr_pkt write, and never cut.
    """

    def __init__(self, file_handle: IO[bytes] | None = None, snap_len: int = 0, net_layer: int = _ETHERNET, *,
                 filename: str | None = None, snaplen: int = 0) -> None:
        if not 0 <= snaplen <= 0xffff:
            raise OverflowError("snaplen is a number from 0 to 65535")
        if file_handle is not None and filename is not None:
            raise ValueError("PCAPWriter writes either to file_handle, a file object, or to filename=, a path")
        self._by_name = file_handle is None
        self._dump_snaplen = snaplen
        if file_handle is not None:
            if not hasattr(file_handle, "write"):
                raise TypeError("file_handle is a file object opened in binary; a path goes by filename=")
            super().__init__(file_handle, format="pcap", nanoseconds=False, link_type=net_layer, snap_len=snap_len,
                             at_once=True)
        elif filename:
            if not isinstance(filename, str):
                raise TypeError(f"filename is a str, not {type(filename).__name__}")
            if self.open_pcap_dumper(filename) != 0:
                raise ValueError(f"{filename}: cannot be opened for writing")

    @property
    def _dumper(self) -> Any:
        """What dump_pkt writes to: the writer itself, while it is open."""
        return None if self.closed else self

    def open_pcap_dumper(self, path: str) -> int:
        """Begins a capture at path, in place of one that may be open. 0, or -1 where it cannot be opened."""
        self.close_pcap_dumper()
        try:
            super().__init__(path, **self._dump_options())
        except OSError:
            return -1
        return 0

    def close_pcap_dumper(self) -> None:
        """Writes what is left and closes."""
        super().close()

    def close(self) -> None:  # type: ignore[override]
        """Writes what is left and closes, the file object that was given too."""
        super().close(file_too=not self._by_name)


# ---- live ----

def findalldevs(devices: list[str], errtext: object = None) -> int:
    """Appends the names of all network devices to the list devices: 0. errtext is not used."""
    devices.extend(device["name"] for device in _core.devices())
    return 0


def lookupdev(errtext: object = None) -> str | None:
    """The name of a device to capture on: the first one that is up and no loopback; None: there is none."""
    for device in _core.devices():
        if device["up"] and not device["loopback"] and device["name"] != "any":
            return str(device["name"])
    return None


class PCAPSocket(_core.Live, PCAPBase):
    """The packets of a network device, as they come: (timestamp, header, data), or (0, None, None) after to_ms milliseconds
    without one. sendpacket puts packets on it. Ends, and closes itself, once stop_event is set. Needs root.
    """

    if TYPE_CHECKING:
        def __next__(self) -> tuple[Any, Any, Any]: ...  # type: ignore[override]

    def __init__(self, *, devicename: str = "", snaplen: int = 0, promisc: int = 1, to_ms: int = 100) -> None:
        if not isinstance(devicename, str):
            raise TypeError(f"devicename is a str, not {type(devicename).__name__}")
        try:
            super().__init__(devicename, snap_len=snaplen, promiscuous=promisc, wait_ms=max(to_ms, 1), form="header",
                             closes=True)
        except OSError as error:
            raise ValueError(str(error)) from error
        self.stop_event = threading.Event()
        self._to_ms, self._nonblock = max(to_ms, 1), 0
        self._dump_link, self._dump_snaplen = self.link_type, self.snap_len
        self._network, self._netmask = _network_of(devicename)

    @property
    def network(self) -> str:
        """The device's IPv4 network, dotted; '0.0.0.0' where it has none."""
        return self._network

    @property
    def netmask(self) -> str:
        """The network's mask, dotted; '255.255.255.255' where it has none."""
        return self._netmask

    def set_snaplen(self, snaplen: int) -> int:
        """libpcap's answer on an open device: -4, it is activated already."""
        return _ALREADY_ACTIVATED

    def set_promisc(self, promisc: int) -> int:
        """libpcap's answer on an open device: -4, it is activated already."""
        return _ALREADY_ACTIVATED

    def set_timeout(self, to_ms: int) -> int:
        """libpcap's answer on an open device: -4, it is activated already."""
        return _ALREADY_ACTIVATED

    def getnonblock(self) -> int:
        """1 where the iteration does not wait for packets, else 0."""
        return self._nonblock

    def setnonblock(self, nonblock: int) -> int:
        """Whether the iteration gives (0, None, None) at once where there is no packet: 0, done."""
        self._nonblock = int(bool(nonblock))
        self.wait_ms = 0 if nonblock else self._to_ms
        return 0

    def sendpacket(self, pkt: Buffer) -> int:
        """Sends a packet, headers and all: how many bytes it has. OSError: it was not sent."""
        return self.send(pkt)

    def add_bpf_filter(self, text: str) -> int:
        """From now on takes only packets that pass, in libpcap's language: 0. ValueError: a bad expression."""
        self.filter(text)
        return 0

    def close(self) -> None:
        """Sets stop_event and gives the device back, and closes the dumper."""
        self.close_pcap_dumper()
        super().close()
        tell = getattr(self.stop_event, "set", None)  # whatever has is_set() may stand there
        if tell is not None:
            tell()


def _network_of(devicename: str) -> tuple[str, str]:
    """The IPv4 network of a device and its mask, dotted."""
    for device in _core.devices():
        if device["name"] == devicename and device["address"] is not None:
            network = ipaddress.ip_network(f"{device['address']}/{device['netmask']}", strict=False)
            return str(network.network_address), str(network.netmask)
    return "0.0.0.0", "255.255.255.255"


# ---- addresses ----

def int2ip(addr: int) -> str:
    """An IPv4 address as text: 0x01020304 is '1.2.3.4'."""
    if not 0 <= addr <= 0xffffffff:
        raise OverflowError("an IPv4 address has 32 bits")
    return str(ipaddress.IPv4Address(addr))


def ip2int(addr: str) -> int:
    """An IPv4 address as a number: '1.2.3.4' is 0x01020304. OSError: not an address."""
    try:
        return int(ipaddress.IPv4Address(addr))
    except ipaddress.AddressValueError as error:
        raise OSError(str(error)) from None
