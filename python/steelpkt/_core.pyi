# Made by tools/stubs.py from the rows of the protocols; not to be edited.
from array import array
from collections.abc import Iterator
from os import PathLike
from typing import IO, Any, Self

from typing_extensions import Buffer

__version__: str

File = str | bytes | PathLike[str] | int | IO[bytes]


class PacketError(ValueError):
    offset: int | None


def decode(data: Buffer, link_type: int = 1) -> PKT: ...
def devices() -> list[dict[str, Any]]: ...
def _element(name: str) -> Any: ...
def _fields() -> list[str]: ...
def _groups() -> list[str]: ...
def _has_field(name: str) -> bool: ...
def _command(words: list[bytes], /) -> int: ...
def _load_plugin(path: str | bytes | PathLike[Any], /) -> list[type[PKT]]: ...
def _add_protocol(said: dict[str, Any], origin: str, /) -> tuple[type[PKT], list[type[PKT]]]: ...
def _proto_of(name: str) -> str | None: ...
def _splits(path: str | bytes | PathLike[str], size: int) -> list[tuple[int, int, tuple[int, ...]]]: ...
def _time_ns(text: str, up: bool = False) -> int: ...
def _tutorial_rows() -> list[tuple[str, str, str]]: ...


class _Plan:
    @property
    def runs_on(self) -> bool: ...
    def __init__(self, fields: tuple[str, ...], occurrence: str = "auto", filter: str | None = None,
                 start: int | None = None, end: int | None = None, limit: int = 0,
                 decode_as: tuple[str, ...] = ()) -> None: ...
    def formats(self) -> list[str]: ...
    def schema(self, underscores: bool = False, dictionary: bool = False) -> Any: ...
    def open(self, paths: tuple[bytes, ...], bpf: str | None = None, underscores: bool = False, dictionary: bool = False,
             batch_rows: int = 0, threads: int = 0, progress: Any = None, part_size: int = 0,
             ends: bool = False, part: tuple[int, int, tuple[int, ...]] | None = None, link: int = -1) -> Any: ...


class _Rows:
    exhausted: bool
    def __init__(self, source: Reader | Live, columns: tuple[Any, ...], handlers: tuple[str | None, ...],
                 ports: dict[int, int], ask: Any, groups: tuple[Any, ...], **options: Any) -> None: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> Any: ...


class Record:
    time_ns: int | None
    time: float | None
    data: bytes
    caplen: int
    len: int
    link_type: int
    interface: int
    section: int
    number: int
    offset: int
    comments: list[str]
    def decode(self) -> PKT: ...
    def __bytes__(self) -> bytes: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...


class Reader:
    def __init__(self, file: File, form: str = "record", bpf: str | None = None, cut_is_end: bool = False,
                 closes: bool = False) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def name(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def compression(self) -> str | None: ...
    @property
    def packets(self) -> int: ...
    @property
    def interfaces(self) -> list[dict[str, Any]]: ...
    def __iter__(self) -> Self: ...
    # unless form says otherwise
    def __next__(self) -> Record: ...
    def filter(self, expression: str, /) -> None: ...
    def close(self, file_too: bool = False) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...


class Writer:
    def __init__(self, file: File, format: str | None = None, compression: str | None = None, level: int = 0,
                 nanoseconds: bool = True, link_type: int | None = None, snap_len: int = 0, at_once: bool = False,
                 said_snap_len: int = 0) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def packets(self) -> int: ...
    @property
    def safe(self) -> int: ...
    def write(self, packet: Record | Buffer, time: float | None = None, time_ns: int | None = None, len: int | None = None,
              link_type: int | None = None) -> None: ...
    def writepkt(self, pkt: Buffer, ts: float) -> None: ...
    def flush(self) -> None: ...
    def close(self, file_too: bool = False) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...


class Live:
    stop_event: Any
    wait_ms: int
    def __init__(self, device: str, snap_len: int = 0, promiscuous: bool | int = True, bpf: str | None = None,
                 wait_ms: int = -1, hold_ms: int = 0, buffer: int = 0, form: str = "record",
                 closes: bool = False) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def link_type(self) -> int: ...
    @property
    def snap_len(self) -> int: ...
    def __iter__(self) -> Self: ...
    # unless form says otherwise; None after wait_ms without a packet
    def __next__(self) -> Record: ...
    def send(self, packet: Buffer, /) -> int: ...
    def stop(self) -> None: ...
    def filter(self, expression: str, /) -> None: ...
    def counts(self) -> dict[str, int]: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...


class Ip4Ph:
    src: bytes
    dst: bytes
    reserved: int
    proto: int
    payload_len: int
    def __init__(self, *, src: bytes = ..., dst: bytes = ..., reserved: int = 0, proto: int = 0,
                 payload_len: int = 0) -> None: ...


class PKT:
    pkt_name: str
    pq_type: int
    query_fields: tuple[str, ...]
    l7_ports: dict[int, type[PKT]]
    @property
    def errors(self) -> list[Exception]: ...
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    @classmethod
    def query_info(cls) -> tuple[int, tuple[str, ...]]: ...
    @classmethod
    def default_ports(cls) -> list[int]: ...
    def get_field_val(self, field: str | bytes, /) -> Any: ...
    def pkt2net(self, options: dict[Any, Any], /) -> bytes: ...
    def from_buffer(self, args: tuple[Any, ...], kwargs: dict[str, Any], /) -> tuple[int, array[int]]: ...
    # the class follows from the name: what it is, only the caller knows
    def get_layer(self, name: str | bytes, instance: int = 1, found: int = 0) -> Any: ...
    def get_layer_by_type(self, pq_type: int, instance: int = 1, found: int = 0) -> Any: ...
    def all(self, field: str, /) -> list[Any]: ...
    def show(self) -> None: ...
    def hexdump(self) -> None: ...
    def __bytes__(self) -> bytes: ...
    def __iter__(self) -> Iterator[PKT]: ...
    def __getitem__(self, field: str, /) -> Any: ...
    def __contains__(self, item: object, /) -> bool: ...
    def __truediv__(self, payload: PKT | Buffer, /) -> Self: ...


class AH(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., nxt: int = ..., len: int = ...,
        reserved: bytes = ..., spi: int = ..., sequence: int = ..., icv: bytes = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    nxt: int
    len: int
    reserved: bytes
    spi: int
    sequence: int
    icv: bytes
    payload: Any


class ARP(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., hardware_type: int = ..., proto_type: int = ...,
        hardware_len: int = ..., proto_len: int = ..., operation: int = ..., sender_hw_bytes: bytes = ...,
        sender_proto_bytes: bytes = ..., target_hw_bytes: bytes = ..., target_proto_bytes: bytes = ...,
        sender_hw_addr: str | bytes = ..., sender_proto_addr: str | bytes = ..., target_hw_addr: str | bytes = ...,
        target_proto_addr: str | bytes = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    hardware_type: int
    proto_type: int
    hardware_len: int
    proto_len: int
    operation: int
    sender_hw_bytes: bytes
    sender_proto_bytes: bytes
    target_hw_bytes: bytes
    target_proto_bytes: bytes
    sender_hw_addr: str
    @property
    def sender_hw_addr_802(self) -> str: ...
    @property
    def sender_hw(self) -> bytes: ...
    sender_proto_addr: str
    @property
    def sender_proto(self) -> bytes: ...
    target_hw_addr: str
    @property
    def target_hw_addr_802(self) -> str: ...
    @property
    def target_hw(self) -> bytes: ...
    target_proto_addr: str
    @property
    def target_proto(self) -> bytes: ...
    @property
    def isgratuitous(self) -> int: ...
    @property
    def isprobe(self) -> int: ...
    @property
    def isannouncement(self) -> int: ...


class DNS(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., ident: int = ..., query_resp: int = ...,
        flags: int = ..., op_code: int = ..., authoritative: int = ..., truncated: int = ...,
        recursion_requested: int = ..., recursion_available: int = ..., z: int = ..., authentic_data: int = ...,
        check_disabled: int = ..., resp_code: int = ..., query_count: int = ..., answer_count: int = ...,
        auth_count: int = ..., ad_count: int = ..., queries: list[DNSQuery] = ...,
        answers: list[DNSResource] = ..., authority: list[DNSResource] = ..., ad: list[DNSResource] = ...,
        extraneous: bytes = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    ident: int
    query_resp: int
    flags: int
    op_code: int
    authoritative: int
    truncated: int
    recursion_requested: int
    recursion_available: int
    z: int
    authentic_data: int
    check_disabled: int
    resp_code: int
    @property
    def flag_authoritative(self) -> int: ...
    @property
    def recavail(self) -> int: ...
    @property
    def authenticated(self) -> int: ...
    @property
    def rcode(self) -> int: ...
    query_count: int
    @property
    def count_queries(self) -> int: ...
    @property
    def zones(self) -> int: ...
    answer_count: int
    @property
    def count_answers(self) -> int: ...
    @property
    def prerequisites(self) -> int: ...
    auth_count: int
    @property
    def auth_rr(self) -> int: ...
    @property
    def updates(self) -> int: ...
    ad_count: int
    queries: list[DNSQuery]
    answers: list[DNSResource]
    authority: list[DNSResource]
    ad: list[DNSResource]
    extraneous: bytes
    @property
    def length(self) -> int: ...


class DNSQuery(PKT):
    def __init__(self, query_name: str, query_type: int, query_class: int) -> None: ...
    query_name: str
    query_type: int
    query_class: int


class DNSResource(PKT):
    def __init__(self, domain_name: str, res_type: int, res_class: int, res_ttl: int, res_len: int, res_data: str) -> None: ...
    domain_name: str
    res_type: int
    res_class: int
    res_ttl: int
    res_len: int
    res_data: str


class DNSStream(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., length: int = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    length: int
    @property
    def length_shown(self) -> int: ...
    payload: Any


class Ethernet(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., dst_mac: str | bytes = ..., dst_oui: int = ...,
        src_mac: str | bytes = ..., src_oui: int = ..., type: int = ..., trailer: bytes = ..., tpid: int = ...,
        priority_code: int = ..., drop_eligible: int = ..., vlan_id: int = ..., payload: PKT | Buffer | None = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    dst_mac: str
    dst_oui: int
    @property
    def dst_lg(self) -> int: ...
    @property
    def dst_ig(self) -> int: ...
    src_mac: str
    src_oui: int
    @property
    def src_lg(self) -> int: ...
    @property
    def src_ig(self) -> int: ...
    @property
    def addr(self) -> str: ...
    @property
    def addr_oui(self) -> int: ...
    @property
    def lg(self) -> int: ...
    @property
    def ig(self) -> int: ...
    type: int
    @property
    def ethertype(self) -> int: ...
    @property
    def ethertype_zero(self) -> int: ...
    @property
    def len(self) -> int: ...
    @property
    def invalid_lentype(self) -> int: ...
    @property
    def padding(self) -> bytes: ...
    trailer: bytes
    @property
    def fcs(self) -> int: ...
    @property
    def fcs_status(self) -> int: ...
    @property
    def inner_type(self) -> int: ...
    tpid: int
    priority_code: int
    drop_eligible: int
    vlan_id: int
    payload: Any


class ICMP(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., type: int = ..., code: int = ...,
        checksum: int = ..., unused_high: int = ..., length: int = ..., mtu: int = ..., body: bytes = ...,
        identifier: int = ..., sequence: int = ..., address: str | bytes = ..., num_addrs: int = ...,
        entry_size: int = ..., lifetime: int = ..., routers: list[PKT] = ..., extensions: list[PKT] = ...,
        reserved: int = ..., pointer: int = ..., unused_low: int = ..., orig_ts: int = ..., rec_ts: int = ...,
        trans_ts: int = ..., rest: bytes = ..., echo_data: bytes = ..., mask: str | bytes = ..., local: int = ...,
        ext_version: int = ..., ext_res: int = ..., ext_checksum: int = ..., objects: list[PKT] = ...,
        state: int = ..., active: int = ..., has_ipv4: int = ..., has_ipv6: int = ..., hdr_pkt: Any = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    type: int
    code: int
    checksum: int
    @property
    def checksum_status(self) -> int: ...
    @property
    def checksum_good(self) -> int: ...
    unused_high: int
    length: int
    @property
    def unused(self) -> bytes: ...
    @property
    def unused_1(self) -> bytes: ...
    @property
    def words(self) -> int: ...
    @property
    def quoted_len(self) -> int: ...
    mtu: int
    @property
    def mtu_any(self) -> int: ...
    @property
    def unused_2(self) -> bytes: ...
    body: bytes
    identifier: int
    @property
    def ident_le(self) -> int: ...
    sequence: int
    @property
    def seq_le(self) -> int: ...
    address: str
    num_addrs: int
    entry_size: int
    lifetime: int
    routers: list[PKT]
    extensions: list[PKT]
    reserved: int
    pointer: int
    unused_low: int
    orig_ts: int
    rec_ts: int
    trans_ts: int
    rest: bytes
    echo_data: bytes
    mask: str
    local: int
    @property
    def present(self) -> None: ...
    ext_version: int
    ext_res: int
    ext_checksum: int
    objects: list[PKT]
    state: int
    active: int
    has_ipv4: int
    has_ipv6: int
    @property
    def quoted_words(self) -> int: ...
    @property
    def data_time(self) -> int: ...
    @property
    def data_time_relative(self) -> int: ...
    hdr_pkt: Any
    @property
    def data(self) -> array[int]: ...


class ICMPExtensions(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., present: None = ..., ext_version: int = ...,
        ext_res: int = ..., ext_checksum: int = ..., objects: list[PKT] = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    present: None
    ext_version: int
    ext_res: int
    ext_checksum: int
    @property
    def checksum_status(self) -> int: ...
    objects: list[PKT]


class ICMPv6(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., type: int = ..., code: int = ...,
        checksum: int = ..., body: bytes = ..., length: int = ..., unused_low: int = ..., mtu: int = ...,
        pointer: int = ..., identifier: int = ..., sequence: int = ..., max_resp: int = ...,
        group_address: str | bytes = ..., flag_reserved: int = ..., s: int = ..., qrv: int = ..., qqic: int = ...,
        num_src: int = ..., source_addresses: list[str] = ..., opts: list[PKT] = ..., hop_limit: int = ...,
        flag_m: int = ..., flag_o: int = ..., flag_h: int = ..., preference: int = ..., flag_p: int = ...,
        flag_rsv: int = ..., lifetime: int = ..., reachable_time: int = ..., retrans_timer: int = ...,
        target: str | bytes = ..., flag_r: int = ..., flag_s: int = ..., destination: str | bytes = ...,
        segment: int = ..., flag_t: int = ..., flag_a: int = ..., max_delay: int = ..., qtype: int = ...,
        flag_g: int = ..., flag_l: int = ..., flag_c: int = ..., nonce: int = ..., num_records: int = ...,
        group_records: list[PKT] = ..., agents: list[str] = ..., query_interval: int = ..., robustness: int = ...,
        status: int = ..., eui64: bytes = ..., address: str | bytes = ..., local: int = ...,
        ext_version: int = ..., ext_res: int = ..., ext_checksum: int = ..., objects: list[PKT] = ...,
        state: int = ..., active: int = ..., has_ipv4: int = ..., has_ipv6: int = ..., parts: list[PKT] = ...,
        results: list[PKT] = ..., subject_of_query: bytes = ..., subject: str | bytes = ...,
        subject_name: str | bytes = ..., subject_rest: bytes = ..., subject_ipv4: str | bytes = ...,
        answers: list[PKT] = ..., rest: bytes = ..., payload: PKT | Buffer | None = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    type: int
    code: int
    checksum: int
    @property
    def checksum_status(self) -> int: ...
    @property
    def checksum_good(self) -> int: ...
    body: bytes
    length: int
    unused_low: int
    @property
    def words(self) -> int: ...
    @property
    def reserved(self) -> bytes: ...
    @property
    def reserved_3(self) -> bytes: ...
    mtu: int
    pointer: int
    identifier: int
    sequence: int
    max_resp: int
    @property
    def max_resp_delay(self) -> int: ...
    @property
    def max_resp_code(self) -> int: ...
    group_address: str
    flag_reserved: int
    s: int
    qrv: int
    @property
    def flags(self) -> int: ...
    qqic: int
    num_src: int
    source_addresses: list[str]
    opts: list[PKT]
    hop_limit: int
    flag_m: int
    flag_o: int
    flag_h: int
    preference: int
    flag_p: int
    flag_rsv: int
    lifetime: int
    reachable_time: int
    retrans_timer: int
    target: str
    flag_r: int
    flag_s: int
    destination: str
    segment: int
    flag_t: int
    flag_a: int
    max_delay: int
    qtype: int
    flag_g: int
    flag_l: int
    flag_c: int
    nonce: int
    num_records: int
    group_records: list[PKT]
    agents: list[str]
    query_interval: int
    robustness: int
    status: int
    eui64: bytes
    address: str
    local: int
    @property
    def present(self) -> None: ...
    ext_version: int
    ext_res: int
    ext_checksum: int
    objects: list[PKT]
    state: int
    active: int
    has_ipv4: int
    has_ipv6: int
    parts: list[PKT]
    results: list[PKT]
    subject_of_query: bytes
    subject: str
    subject_name: str
    subject_rest: bytes
    subject_ipv4: str
    answers: list[PKT]
    rest: bytes
    @property
    def quoted_words(self) -> int: ...
    payload: Any


class IGMP(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., version: int = ..., type: int = ...,
        max_resp: int = ..., reserved1: int = ..., checksum: int = ..., body: bytes = ..., identifier: int = ...,
        group_address: str | bytes = ..., access_key: bytes = ..., reserved: int = ..., s: int = ...,
        qrv: int = ..., qqic: int = ..., num_records: int = ..., source_addresses: list[str] = ...,
        source: str | bytes = ..., receiver: str | bytes = ..., response_addr: str | bytes = ...,
        response_ttl: int = ..., query_id: int = ..., hops: list[PKT] = ..., reserved2: int = ...,
        group_records: list[IGMPGroupRecord] = ..., length: int = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    version: int
    type: int
    max_resp: int
    reserved1: int
    @property
    def reserved1_query(self) -> bytes: ...
    @property
    def reserved1_report(self) -> bytes: ...
    @property
    def max_resp_v2(self) -> int: ...
    @property
    def max_resp_query(self) -> int: ...
    @property
    def max_resp_exp(self) -> int: ...
    @property
    def max_resp_mant(self) -> int: ...
    @property
    def max_hops(self) -> int: ...
    @property
    def group_type(self) -> int: ...
    @property
    def reply(self) -> int: ...
    checksum: int
    @property
    def checksum_status(self) -> int: ...
    @property
    def checksum_good(self) -> int: ...
    @property
    def data(self) -> bytes: ...
    body: bytes
    identifier: int
    group_address: str
    access_key: bytes
    reserved: int
    s: int
    qrv: int
    qqic: int
    num_records: int
    source_addresses: list[str]
    source: str
    receiver: str
    response_addr: str
    response_ttl: int
    query_id: int
    hops: list[PKT]
    reserved2: int
    group_records: list[IGMPGroupRecord]
    @property
    def joined_groups(self) -> str: ...
    @property
    def joined_sources(self) -> str: ...
    length: int


class IGMPGroupRecord(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., type: int = ..., aux_data_len: int = ...,
        num_src: int = ..., group_address: str | bytes = ..., source_addresses: list[str] = ...,
        aux_data: bytes = ..., group_addresses: list[str] = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    type: int
    aux_data_len: int
    num_src: int
    group_address: str
    source_addresses: list[str]
    aux_data: bytes
    group_addresses: list[str]
    @property
    def byte_len(self) -> int: ...


class IP(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., version: int = ..., iphl: int = ...,
        dsfield: int = ..., tos: int = ..., dscp: int = ..., ecn: int = ..., total_len: int = ...,
        ident: int = ..., frag_word: int = ..., flag_x: int = ..., flag_d: int = ..., flag_m: int = ...,
        frag_offset: int = ..., ttl: int = ..., proto: int = ..., checksum: int = ..., src: str | bytes = ...,
        dst: str | bytes = ..., options: bytes = ..., src_nochk: bytes = ..., dst_nochk: bytes = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    version: int
    iphl: int
    @property
    def hdr_len(self) -> int: ...
    @property
    def hdr_words(self) -> int: ...
    dsfield: int
    tos: int
    dscp: int
    ecn: int
    total_len: int
    ident: int
    @property
    def flags(self) -> int: ...
    frag_word: int
    flag_x: int
    flag_d: int
    flag_m: int
    frag_offset: int
    ttl: int
    proto: int
    checksum: int
    @property
    def checksum_status(self) -> int: ...
    @property
    def checksum_good(self) -> int: ...
    src: str
    dst: str
    @property
    def cur_rt(self) -> str: ...
    @property
    def addr(self) -> str: ...
    @property
    def opts(self) -> list[PKT]: ...
    options: bytes
    src_nochk: bytes
    dst_nochk: bytes
    payload: Any


class IPX(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., checksum: int = ..., len: int = ..., hops: int = ...,
        type: int = ..., dst_net: int = ..., dst_node: str | bytes = ..., dst_socket: int = ...,
        src_net: int = ..., src_node: str | bytes = ..., src_socket: int = ..., payload: PKT | Buffer | None = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    checksum: int
    len: int
    hops: int
    type: int
    dst_net: int
    dst_node: str
    dst_socket: int
    src_net: int
    src_node: str
    src_socket: int
    @property
    def net(self) -> int: ...
    @property
    def node(self) -> str: ...
    @property
    def socket(self) -> int: ...
    payload: Any


class IPv6(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., version: int = ..., ip_version: int = ...,
        tclass: int = ..., dscp: int = ..., ecn: int = ..., flow: int = ..., plen: int = ..., nxt: int = ...,
        hlim: int = ..., src: str | bytes = ..., dst: str | bytes = ..., payload: PKT | Buffer | None = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    version: int
    ip_version: int
    tclass: int
    dscp: int
    ecn: int
    flow: int
    plen: int
    nxt: int
    hlim: int
    src: str
    dst: str
    @property
    def addr(self) -> str: ...
    @property
    def src_mac(self) -> str: ...
    @property
    def dst_mac(self) -> str: ...
    @property
    def macs(self) -> str: ...
    @property
    def src_6to4(self) -> str: ...
    @property
    def dst_6to4(self) -> str: ...
    @property
    def gw_6to4(self) -> str: ...
    @property
    def src_sla(self) -> int: ...
    @property
    def dst_sla(self) -> int: ...
    @property
    def sla(self) -> int: ...
    @property
    def src_teredo(self) -> str: ...
    @property
    def dst_teredo(self) -> str: ...
    @property
    def teredo(self) -> str: ...
    @property
    def src_teredo_port(self) -> int: ...
    @property
    def dst_teredo_port(self) -> int: ...
    @property
    def teredo_port(self) -> int: ...
    @property
    def src_teredo_client(self) -> str: ...
    @property
    def dst_teredo_client(self) -> str: ...
    @property
    def teredo_client(self) -> str: ...
    @property
    def src_isatap(self) -> str: ...
    @property
    def dst_isatap(self) -> str: ...
    @property
    def isatap(self) -> str: ...
    payload: Any


class IPv6DestinationOptions(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., nxt: int = ..., len: int = ...,
        opts: list[PKT] = ..., payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    nxt: int
    len: int
    @property
    def len_oct(self) -> int: ...
    opts: list[PKT]
    payload: Any


class IPv6Fragment(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., nxt: int = ..., reserved_octet: int = ...,
        frag_word: int = ..., offset: int = ..., reserved_bits: int = ..., more: int = ..., ident: int = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    nxt: int
    reserved_octet: int
    frag_word: int
    offset: int
    reserved_bits: int
    more: int
    ident: int
    payload: Any


class IPv6HopByHop(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., nxt: int = ..., len: int = ...,
        opts: list[PKT] = ..., payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    nxt: int
    len: int
    @property
    def len_oct(self) -> int: ...
    opts: list[PKT]
    payload: Any


class IPv6Routing(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., nxt: int = ..., len: int = ..., type: int = ...,
        segleft: int = ..., reserved: bytes = ..., addrs: list[str] = ..., home: str | bytes = ...,
        cmpr_i: int = ..., cmpr_e: int = ..., pad: int = ..., addresses: bytes = ..., last_entry: int = ...,
        flags: int = ..., tag: bytes = ..., segments: list[str] = ..., tlvs: bytes = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    nxt: int
    len: int
    @property
    def len_oct(self) -> int: ...
    type: int
    segleft: int
    @property
    def final(self) -> str: ...
    data: bytes
    reserved: bytes
    addrs: list[str]
    home: str
    cmpr_i: int
    cmpr_e: int
    pad: int
    addresses: bytes
    last_entry: int
    flags: int
    tag: bytes
    segments: list[str]
    tlvs: bytes
    payload: Any


class LLC(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., dsap_sap: int = ..., dsap_ig: int = ...,
        dsap: int = ..., ssap_sap: int = ..., ssap_cr: int = ..., ssap: int = ..., n_r: int = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    dsap_sap: int
    dsap_ig: int
    dsap: int
    ssap_sap: int
    ssap_cr: int
    ssap: int
    n_r: int
    @property
    def control(self) -> int: ...
    @property
    def control_numbered(self) -> int: ...
    @property
    def n_s(self) -> int: ...
    @property
    def s_ftype(self) -> int: ...
    @property
    def p(self) -> int: ...
    @property
    def f(self) -> int: ...
    @property
    def poll_i(self) -> int: ...
    @property
    def poll_s(self) -> int: ...
    @property
    def final_s(self) -> int: ...
    @property
    def u_modifier_cmd(self) -> int: ...
    @property
    def u_modifier_resp(self) -> int: ...
    @property
    def ftype(self) -> int: ...
    @property
    def ftype_s(self) -> int: ...
    @property
    def ftype_i(self) -> int: ...
    payload: Any


class LLMNR(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., ident: int = ..., query_resp: int = ...,
        flags: int = ..., op_code: int = ..., conflict: int = ..., truncated: int = ..., tentative: int = ...,
        z: int = ..., resp_code: int = ..., query_count: int = ..., answer_count: int = ..., auth_count: int = ...,
        ad_count: int = ..., queries: list[DNSQuery] = ..., answers: list[DNSResource] = ...,
        authority: list[DNSResource] = ..., ad: list[DNSResource] = ..., extraneous: bytes = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    ident: int
    query_resp: int
    flags: int
    op_code: int
    conflict: int
    truncated: int
    tentative: int
    z: int
    resp_code: int
    @property
    def rcode(self) -> int: ...
    query_count: int
    @property
    def count_queries(self) -> int: ...
    @property
    def zones(self) -> int: ...
    answer_count: int
    @property
    def count_answers(self) -> int: ...
    @property
    def prerequisites(self) -> int: ...
    auth_count: int
    @property
    def auth_rr(self) -> int: ...
    @property
    def updates(self) -> int: ...
    ad_count: int
    queries: list[DNSQuery]
    answers: list[DNSResource]
    authority: list[DNSResource]
    ad: list[DNSResource]
    extraneous: bytes
    @property
    def length(self) -> int: ...


class Loopback(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., family: int = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    family: int
    payload: Any


class MDNS(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., ident: int = ..., query_resp: int = ...,
        flags: int = ..., op_code: int = ..., authoritative: int = ..., truncated: int = ...,
        recursion_requested: int = ..., recursion_available: int = ..., z: int = ..., authentic_data: int = ...,
        check_disabled: int = ..., resp_code: int = ..., query_count: int = ..., answer_count: int = ...,
        auth_count: int = ..., ad_count: int = ..., queries: list[DNSQuery] = ...,
        answers: list[DNSResource] = ..., authority: list[DNSResource] = ..., ad: list[DNSResource] = ...,
        extraneous: bytes = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    ident: int
    query_resp: int
    flags: int
    op_code: int
    authoritative: int
    truncated: int
    recursion_requested: int
    recursion_available: int
    z: int
    authentic_data: int
    check_disabled: int
    resp_code: int
    @property
    def flag_authoritative(self) -> int: ...
    @property
    def recavail(self) -> int: ...
    @property
    def authenticated(self) -> int: ...
    @property
    def rcode(self) -> int: ...
    query_count: int
    @property
    def count_queries(self) -> int: ...
    @property
    def zones(self) -> int: ...
    answer_count: int
    @property
    def count_answers(self) -> int: ...
    @property
    def prerequisites(self) -> int: ...
    auth_count: int
    @property
    def auth_rr(self) -> int: ...
    @property
    def updates(self) -> int: ...
    ad_count: int
    queries: list[DNSQuery]
    answers: list[DNSResource]
    authority: list[DNSResource]
    ad: list[DNSResource]
    extraneous: bytes
    @property
    def length(self) -> int: ...


class MPLS(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., label: int = ..., tc: int = ..., s: int = ...,
        ttl: int = ..., payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    label: int
    tc: int
    s: int
    ttl: int
    payload: Any


class MPLSLabel(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., label: int = ..., tc: int = ..., s: int = ...,
        ttl: int = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    label: int
    tc: int
    s: int
    ttl: int


class NBIPX(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., bit_7: int = ..., bit_6: int = ..., bit_5: int = ...,
        bit_4: int = ..., bit_3: int = ..., bit_2: int = ..., bit_1: int = ..., bit_0: int = ..., type: int = ...,
        rest: bytes = ..., src_conn: int = ..., dst_conn: int = ..., send_seq: int = ..., total_len: int = ...,
        offset: int = ..., data_len: int = ..., recv_seq: int = ..., bytes_received: int = ...,
        receiver: bytes = ..., sender: bytes = ..., payload: PKT | Buffer | None = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    bit_7: int
    bit_6: int
    bit_5: int
    bit_4: int
    bit_3: int
    bit_2: int
    bit_1: int
    bit_0: int
    type: int
    @property
    def conn_control(self) -> int: ...
    @property
    def sys_packet(self) -> int: ...
    @property
    def ack(self) -> int: ...
    @property
    def attention(self) -> int: ...
    @property
    def end_msg(self) -> int: ...
    @property
    def resend(self) -> int: ...
    @property
    def name_flags(self) -> int: ...
    @property
    def group(self) -> int: ...
    @property
    def in_use(self) -> int: ...
    @property
    def registered(self) -> int: ...
    @property
    def duplicated(self) -> int: ...
    @property
    def deregistered(self) -> int: ...
    rest: bytes
    src_conn: int
    dst_conn: int
    send_seq: int
    total_len: int
    offset: int
    data_len: int
    recv_seq: int
    bytes_received: int
    receiver: bytes
    sender: bytes
    payload: Any


class NBIPXNetworks(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., passed: bytes = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    passed: bytes
    payload: Any


class NetflowSimple(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., version: int = ..., count: int = ...,
        sys_uptime: int = ..., unix_secs: int = ..., unix_nano_seconds: int = ..., payload: bytes = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    version: int
    count: int
    sys_uptime: int
    unix_secs: int
    unix_nano_seconds: int
    payload: bytes
    @property
    def record_count(self) -> int: ...
    @property
    def len(self) -> int: ...
    @property
    def sysuptime(self) -> int: ...
    @property
    def exporttime(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def export_secs(self) -> int: ...
    @property
    def export_nsecs(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def source_id(self) -> int: ...
    @property
    def od_id(self) -> int: ...
    @property
    def engine_type(self) -> int: ...
    @property
    def engine_id(self) -> int: ...
    @property
    def samplingmode(self) -> int: ...
    @property
    def samplerate(self) -> int: ...


class Null(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., family: int = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    family: int
    @property
    def address_family(self) -> int: ...
    @property
    def type(self) -> int: ...
    payload: Any


class NullPkt(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., payload: bytes = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    payload: bytes
    @property
    def len(self) -> int: ...
    @property
    def fake_proto_id(self) -> int | None: ...


class Raw(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., payload: PKT | Buffer | None = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    payload: Any


class SLL(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., pkttype: int = ..., hatype: int = ...,
        halen: int = ..., address: bytes = ..., protocol: int = ..., payload: PKT | Buffer | None = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    pkttype: int
    hatype: int
    halen: int
    address: bytes
    @property
    def src_mac(self) -> str: ...
    @property
    def src_ip(self) -> str: ...
    @property
    def other(self) -> bytes: ...
    @property
    def unused(self) -> bytes: ...
    protocol: int
    @property
    def etype(self) -> int: ...
    @property
    def gretype(self) -> int: ...
    @property
    def ltype(self) -> int: ...
    @property
    def padding(self) -> bytes: ...
    @property
    def trailer(self) -> bytes: ...
    payload: Any


class SLL2(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., protocol: int = ..., ifindex: int = ...,
        hatype: int = ..., pkttype: int = ..., halen: int = ..., address: bytes = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    protocol: int
    @property
    def etype(self) -> int: ...
    @property
    def ltype(self) -> int: ...
    ifindex: int
    hatype: int
    pkttype: int
    halen: int
    address: bytes
    @property
    def src_mac(self) -> str: ...
    @property
    def src_ip(self) -> str: ...
    @property
    def other(self) -> bytes: ...
    @property
    def unused(self) -> bytes: ...
    @property
    def padding(self) -> bytes: ...
    @property
    def trailer(self) -> bytes: ...
    payload: Any


class SNAP(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., oui: int = ..., type: int = ...,
        payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    oui: int
    type: int
    @property
    def ethertype(self) -> int: ...
    @property
    def ethertype_f8(self) -> int: ...
    @property
    def cisco_pid(self) -> int: ...
    @property
    def nortel_pid(self) -> int: ...
    @property
    def apple_atalk_pid(self) -> int: ...
    @property
    def wlccp_pid(self) -> int: ...
    @property
    def pid(self) -> int: ...
    payload: Any


class ServiceVLAN(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., priority_code: int = ..., drop_eligible: int = ...,
        vlan_id: int = ..., type: int = ..., payload: PKT | Buffer | None = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    priority_code: int
    drop_eligible: int
    vlan_id: int
    type: int
    @property
    def id(self) -> int: ...
    @property
    def svid(self) -> int: ...
    @property
    def cvid(self) -> int: ...
    payload: Any


class TCP(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., sport: int = ..., dport: int = ...,
        ws_len: int = ..., sequence: int = ..., acknowledgment: int = ..., seq_raw: int = ..., ack_raw: int = ...,
        data_offset: int = ..., flags_all: int = ..., reserved: int = ..., flag_res: int = ..., flag_ns: int = ...,
        flag_cwr: int = ..., flag_ece: int = ..., flag_urg: int = ..., flag_ack: int = ..., flag_psh: int = ...,
        flag_rst: int = ..., flag_syn: int = ..., flag_fin: int = ..., window: int = ..., window_size: int = ...,
        checksum: int = ..., urg_ptr: int = ..., options: bytes = ..., payload: PKT | Buffer | None = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    sport: int
    dport: int
    @property
    def port(self) -> int: ...
    @property
    def seg_len(self) -> int: ...
    ws_len: int
    sequence: int
    acknowledgment: int
    seq_raw: int
    ack_raw: int
    data_offset: int
    @property
    def hdr_len(self) -> int: ...
    @property
    def hdr_words(self) -> int: ...
    flags_all: int
    @property
    def flags(self) -> int: ...
    reserved: int
    flag_res: int
    flag_ns: int
    flag_cwr: int
    flag_ece: int
    flag_urg: int
    flag_ack: int
    flag_psh: int
    flag_rst: int
    flag_syn: int
    flag_fin: int
    @property
    def flags_str(self) -> str: ...
    window: int
    window_size: int
    checksum: int
    @property
    def checksum_status(self) -> int: ...
    @property
    def checksum_good(self) -> int: ...
    urg_ptr: int
    @property
    def opts(self) -> list[PKT]: ...
    options: bytes
    @property
    def payload_bytes(self) -> bytes: ...
    payload: Any


class UDP(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., sport: int = ..., dport: int = ..., ulen: int = ...,
        checksum: int = ..., payload: PKT | Buffer | None = ..., l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    sport: int
    dport: int
    @property
    def port(self) -> int: ...
    ulen: int
    checksum: int
    @property
    def checksum_status(self) -> int: ...
    @property
    def checksum_good(self) -> int: ...
    @property
    def payload_bytes(self) -> bytes: ...
    payload: Any


class VLAN(PKT):
    def __init__(
        self, packet: Buffer = ..., /, *, data: Buffer = ..., priority_code: int = ..., drop_eligible: int = ...,
        vlan_id: int = ..., type: int = ..., payload: PKT | Buffer | None = ...,
        l7_ports: dict[int, type[PKT]] | None = ...,
    ) -> None: ...
    priority_code: int
    drop_eligible: int
    vlan_id: int
    type: int
    @property
    def etype(self) -> int: ...
    @property
    def len(self) -> int: ...
    @property
    def trailer(self) -> bytes: ...
    payload: Any
