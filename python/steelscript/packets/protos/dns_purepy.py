"""DNS as a packet class in pure Python: how to write a protocol of one's own, top to bottom.

A packet class is a class derived from PKT. It is made from bytes, when its constructor gets some, or from keywords, and
gives its bytes back in pkt2net(). query_info(), default_ports() and get_field_val() let PcapQuery ask it. Everything here
follows RFC 1035, section 4: a header of six 16-bit words, then queries, then three lists of resource records.

    0                               15
    +-------------------------------+
    |             ident             |
    +--+---------+--+--+--+--+------+
    |qr| op_code |aa|tc|rd|ra| z ad cd resp_code
    +--+---------+--+--+--+--+------+
    |  query, answer, auth, ad count (16 bits each)
    +-------------------------------+

steelscript.packets.protos.dns has the same classes in C: the same names, the same results, and many times the speed.
"""

import operator
import re
import socket
import struct
from array import array
from collections import namedtuple

from steelpkt import PKT

DNS_PACKET_TYPE = 53
DNS_PACKET_PORT = 53

# Kinds of record: number to name, and as DNSTYPES.A name to number.
dnstypes = {
    0: "ANY", 1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 11: "WKS", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 24: "SIG",
    25: "KEY", 27: "GPOS", 28: "AAAA", 29: "LOC", 31: "EID", 33: "SRV", 36: "KX", 37: "CERT", 41: "OPT", 46: "RRSIG",
    47: "NSEC", 48: "DNSKEY", 49: "DHCID", 50: "NSEC3", 51: "NSEC3PARAM", 251: "IXFR", 252: "AXFR", 255: "ALL",
    65535: "RESERVED",
}
dnsrclass = {1: "IN", 254: "NONE", 255: "ANY"}


def dict_to_namedtuple(numbers, name):
    """A named tuple that gives for each name its number."""
    return namedtuple(name, numbers.values())(*numbers)


DNSTYPES = dict_to_namedtuple(dnstypes, "DNSTYPES")
DNSRCLASS = dict_to_namedtuple(dnsrclass, "DNSRCLASS")

_NAME_TYPES = (DNSTYPES.NS, DNSTYPES.CNAME, DNSTYPES.PTR)
_ANY_TEXT = (DNSTYPES.TXT, DNSTYPES.OPT)

# A label is letters, digits and hyphens, with an underscore in front perhaps; a name is labels with dots between them.
_LABEL = r"_?[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
hostname_re = re.compile(rf"(?=.{{1,254}}\Z)(?:{_LABEL})(?:\.{_LABEL})*\.?\Z")
domainname_re = re.compile(rf"(?=.{{1,254}}\Z)(?:{_LABEL})(?:\.{_LABEL})+\.?\Z")


# ---- bits of a 16-bit word; bit 0 and nibble 0 are the least significant ----

def get_bit(flags, offset):
    """The bit of a word at an offset."""
    return flags >> offset & 1


def set_bit(flags, offset):
    """The word with that bit 1."""
    return flags | 1 << offset


def unset_bit(flags, offset):
    """The word with that bit 0."""
    return flags & ~(1 << offset)


def get_nibble(word, which=None, offset=None):
    """Four bits of a word: the nibble of that number, or those from a bit offset on."""
    return word >> _shift(which, offset) & 15


def set_nibble(word, nibble, which=None, offset=None):
    """The word with those four bits replaced."""
    shift = _shift(which, offset)
    return word & ~(15 << shift) | (nibble & 15) << shift


def _shift(which, offset):
    if (which is None) == (offset is None):
        raise ValueError("either which or offset")
    return offset if which is None else 4 * which


# ---- names: labels, each with its length before it, closed by a 0 or by a pointer to an earlier place ----

def _label_text(label):
    """A label's octets as text: those that would not come back as they are get a backslash."""
    return "".join("\\" + chr(octet) if octet in b".\\"
                   else chr(octet) if 0x20 < octet < 0x7F and octet not in b"@<"
                   else f"\\{octet:03}" for octet in label)


def _labels_of(name):
    """The labels of a name as octets: the way back."""
    labels, label, at = [], bytearray(), 0
    while at < len(name):
        if name[at] == ".":
            if not label:
                raise ValueError(f"{name!r} has an empty label")
            labels.append(bytes(label))
            label, at = bytearray(), at + 1
        elif name[at] == "\\" and name[at + 1:at + 4].isdigit() and len(name) >= at + 4:
            label.append(int(name[at + 1:at + 4]))
            at += 4
        elif name[at] == "\\" and at + 1 < len(name):
            label.append(ord(name[at + 1]))
            at += 2
        else:
            label += name[at].encode("utf-8", "surrogateescape")
            at += 1
    if label:
        labels.append(bytes(label))
    if any(len(label) > 63 for label in labels) or sum(map(len, labels)) + len(labels) > 254:
        raise ValueError(f"{name!r} is longer than a name can be")
    return labels


def hostname_to_label_array(hostname):
    """A host name as it goes over the wire, without compression; ValueError where it is none."""
    if not hostname_re.match(hostname):
        raise ValueError(f"{hostname!r} is no host name")
    return array("B", b"".join(bytes([len(label)]) + label for label in _labels_of(hostname)) + b"\0")


def read_dns_name_bytes(byte_array, start, label_store):
    """Reads the name at an index: where it ends, and its text.

    A name may end with a pointer: two bytes whose first two bits are 1, the other fourteen being the place in the message
    where the name goes on. A pointer must lead strictly backwards, or reading might never end. label_store remembers
    what was found where: place to name, and name to place.
    """
    labels, at, end, limit, octets = [], start, None, start, 1
    while True:
        if at >= len(byte_array):
            raise ValueError(f"the name at byte {start} is cut")
        length = byte_array[at]
        if length & 0xC0 == 0xC0:
            if at + 1 >= len(byte_array):
                raise ValueError(f"the pointer at byte {at} is cut")
            place = (length & 0x3F) << 8 | byte_array[at + 1]
            end = at + 2 if end is None else end
            if place >= limit:
                raise ValueError(f"the pointer at byte {at} does not lead backwards")
            at = limit = place
        elif length & 0xC0:
            raise ValueError(f"byte {at} begins neither a label nor a pointer")
        elif length == 0:
            break
        else:
            label = bytes(byte_array[at + 1:at + 1 + length])
            octets += length + 1
            if len(label) < length or octets > 255:
                raise ValueError(f"the name at byte {start} is cut or too long")
            labels.append((at, label))
            at += 1 + length
    for index, (place, _) in enumerate(labels):
        rest = ".".join(_label_text(label) for _, label in labels[index:])
        label_store.setdefault(rest, place)
        label_store.setdefault(place, rest)
    return (at + 1 if end is None else end), ".".join(_label_text(label) for _, label in labels)


def _pack_name(name, message, labels):
    """Appends a name to the message. labels: where each name and each end of one stands; None: no compression."""
    parts = _labels_of(name)
    for index, part in enumerate(parts):
        rest = tuple(parts[index:])
        if labels is not None and rest in labels:
            message += struct.pack("!H", 0xC000 | labels[rest])
            return
        if labels is not None and len(message) <= 0x3FFF:
            labels[rest] = len(message)
        message.append(len(part))
        message += part
    message.append(0)


# ---- what a record holds, as text ----

def _read_rdata(message, start, length, res_type, label_store):
    """A record's data: an address, a name, an SOA record's parts; else its octets as they are."""
    data = bytes(message[start:start + length])
    if res_type == DNSTYPES.A and length == 4:
        return socket.inet_ntop(socket.AF_INET, data)
    if res_type == DNSTYPES.AAAA and length == 16:
        return socket.inet_ntop(socket.AF_INET6, data)
    if res_type in _NAME_TYPES:
        return read_dns_name_bytes(message, start, label_store)[1]
    if res_type == DNSTYPES.SOA:
        at, mname = read_dns_name_bytes(message, start, label_store)
        at, rname = read_dns_name_bytes(message, at, label_store)
        # the keeper's mailbox has its @ where the first label ends
        rname = re.sub(r"((?:\\.|[^.\\])*)\.", r"\1@", rname, count=1)
        return ("SOA mname: {}, rname: {}, serial: {}, refresh: {}, retry: {}, expire: {}, minimum: {}"
                .format(mname, rname, *struct.unpack("!5I", bytes(message[at:at + 20]))))
    if res_type == DNSTYPES.MX:
        _, name = read_dns_name_bytes(message, start + 2, label_store)
        expanded = bytearray(data[:2])
        _pack_name(name, expanded, None)
        data = bytes(expanded)
    return data.decode("utf-8", "surrogateescape")


def _pack_rdata(text, res_type, message, labels):
    """Appends what a record's text says."""
    if not text:
        return
    if res_type in (DNSTYPES.A, DNSTYPES.AAAA):
        try:
            message += socket.inet_pton(socket.AF_INET if res_type == DNSTYPES.A else socket.AF_INET6, text)
        except OSError:
            raise ValueError(f"{text!r} is no address") from None
    elif res_type in _NAME_TYPES:
        _pack_name(text, message, labels)
    elif res_type == DNSTYPES.SOA:
        words = [word.rstrip(",") for word in text.split()]
        if len(words) != 15:
            raise ValueError(f"{text!r} is no SOA record's text")
        _pack_name(words[2], message, labels)
        _pack_name(words[4].replace("@", ".", 1), message, labels)
        numbers = [int(word) for word in words[6::2]]
        if not all(0 <= number < 1 << 32 for number in numbers):
            raise ValueError(f"{text!r}: an SOA record's numbers have 32 bits")
        message += struct.pack("!5I", *numbers)
    else:
        message += text.encode("utf-8", "surrogateescape")


def parse_resource(byte_array, start, label_store):
    """Reads the record at an index: where it ends, and what DNSResource is made from."""
    at, name = read_dns_name_bytes(byte_array, start, label_store)
    fixed = bytes(byte_array[at:at + 10])
    if len(fixed) < 10:
        raise ValueError(f"the record at byte {start} is cut")
    res_type, res_class, res_ttl, res_len = struct.unpack("!HHIH", fixed)
    at += 10
    if at + res_len > len(byte_array):
        raise ValueError(f"the data of the record at byte {start} is cut")
    data = _read_rdata(byte_array, at, res_len, res_type, label_store)
    return at + res_len, (name, res_type, res_class, res_ttl, res_len, data)


# ---- properties that are checked when they are set: what is wrong raises what the classes in C raise ----

def _whole(name, bits, value):
    """A number of so many bits, a float cut to a whole one. OverflowError: beyond the whole bytes that it takes."""
    number = int(value) if isinstance(value, float) else operator.index(value)
    if not 0 <= number < 1 << max(8, 1 << (bits - 1).bit_length()):
        raise OverflowError(f"{name} has {bits} bits: {value} does not fit")
    if number >> bits:
        raise ValueError(f"{name} has {bits} bits: {value} does not fit")
    return number


def _number(name, bits):
    """A property that holds a number of so many bits."""
    def check(self, value):
        setattr(self, "_" + name, _whole(name, bits, value))
    return property(lambda self: getattr(self, "_" + name), check, doc=f"A number of {bits} bits.")


def _shown(value):
    """Text with what cannot be printed as in a literal, for a terminal may take it for a command; else what it is."""
    if not isinstance(value, str):
        return value
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in value)


def _name_text(name, res_type):
    """A host's name, as str; ASCII bytes will do."""
    text = name.decode("ascii") if isinstance(name, bytes) else name
    if not isinstance(text, str):
        raise TypeError(f"a name is a str, not {type(name).__name__}")
    if not (res_type in _ANY_TEXT or text in ("", ".") or hostname_re.match(text)):
        raise ValueError(f"{text!r} is no host name")
    return text


class DNSQuery:
    """What is asked for: a name, a kind of record, a class."""

    query_type = _number("query_type", 16)
    query_class = _number("query_class", 16)

    def __init__(self, query_name, query_type, query_class):
        self.query_type, self.query_class = query_type, query_class
        self.query_name = query_name

    @property
    def query_name(self):
        """The name asked for; text without a final dot, '' for the root."""
        return self._query_name

    @query_name.setter
    def query_name(self, value):
        self._query_name = _name_text(value, self.query_type)

    def __repr__(self):
        return "DNSQuery(query_name={}, query_type={}, query_class={})".format(
            _shown(self.query_name), self.query_type, self.query_class)

    def __eq__(self, other):
        return repr(self) == repr(other)

    @classmethod
    def _read(cls, name, query_type, query_class):
        """One from a message: names on the wire may be any octets."""
        query = cls("", query_type, query_class)
        query._query_name = name
        return query

    def pack(self, message, labels):
        """Appends the query to a message."""
        _pack_name(self.query_name, message, labels)
        message += struct.pack("!HH", self.query_type, self.query_class)


class DNSResource:
    """A resource record: whose, of what kind and class, how long it holds, and its data as text."""

    res_type = _number("res_type", 16)
    res_class = _number("res_class", 16)
    res_ttl = _number("res_ttl", 32)
    res_len = _number("res_len", 16)

    def __init__(self, domain_name, res_type, res_class, res_ttl, res_len, res_data):
        self.res_type, self.res_class, self.res_ttl, self.res_len = res_type, res_class, res_ttl, res_len
        self.domain_name = domain_name
        self.res_data = res_data

    @property
    def domain_name(self):
        """The record's owner; text without a final dot, '' for the root."""
        return self._domain_name

    @domain_name.setter
    def domain_name(self, value):
        self._domain_name = _name_text(value, self.res_type)

    @property
    def res_data(self):
        """What the record holds, as text; octets that are given are read as those of its kind."""
        return self._res_data

    @res_data.setter
    def res_data(self, value):
        if not isinstance(value, (str, bytes)):
            raise TypeError(f"res_data is text or bytes, not {type(value).__name__}")
        if isinstance(value, bytes):
            try:
                value = _read_rdata(value, 0, len(value), self.res_type, {})
            except (ValueError, struct.error):
                value = value.decode("utf-8", "surrogateescape")
        self._res_data = value

    def __repr__(self):
        return ("DNSResource(domain_name={}, res_type={}, res_class={}, res_ttl={}, res_len={}, res_data={})".format(
            _shown(self.domain_name), self.res_type, self.res_class, self.res_ttl, self.res_len, _shown(self.res_data)))

    def __eq__(self, other):
        return repr(self) == repr(other)

    @classmethod
    def _read(cls, name, *rest):
        record = cls("", *rest)
        record._domain_name = name
        return record

    def pack(self, message, labels):
        """Appends the record to a message; its data's length is counted."""
        _pack_name(self.domain_name, message, labels)
        message += struct.pack("!HHIH", self.res_type, self.res_class, self.res_ttl, 0)
        start = len(message)
        _pack_rdata(self.res_data, self.res_type, message, labels)
        if len(message) - start > 0xffff:
            raise ValueError(f"a record's data has at most 65535 bytes, not {len(message) - start}")
        self.res_len = len(message) - start
        struct.pack_into("!H", message, start - 2, self.res_len)


# ---- the message ----

def _flag(offset, doc):
    """A property that is one bit of the header's second word."""
    def put(self, value):
        bit = _whole("a flag", 1, value)
        self._flags = set_bit(self._flags, offset) if bit else unset_bit(self._flags, offset)
    return property(lambda self: get_bit(self._flags, offset), put, doc=doc)


def _code(offset, doc):
    """A property that is four bits of that word."""
    def put(self, value):
        self._flags = set_nibble(self._flags, _whole("the code", 4, value), offset=offset)
    return property(lambda self: get_nibble(self._flags, offset=offset), put, doc=doc)


_WORDS = ("query_count", "answer_count", "auth_count", "ad_count")
_FIELDS = ("ident", "query_resp", "op_code", "authoritative", "truncated", "recursion_requested", "recursion_available",
           "authentic_data", "check_disabled", "resp_code") + _WORDS


class DNS(PKT):
    """A DNS message."""

    ident = _number("ident", 16)
    query_count = _number("query_count", 16)
    answer_count = _number("answer_count", 16)
    auth_count = _number("auth_count", 16)
    ad_count = _number("ad_count", 16)

    query_resp = _flag(15, "0: a query, 1: a response.")
    op_code = _code(11, "Kind of query.")
    authoritative = _flag(10, "The answer comes from a server of the zone.")
    truncated = _flag(9, "The message was cut to the transport's limit.")
    recursion_requested = _flag(8, "Whoever asks wants the server to ask others.")
    recursion_available = _flag(7, "The server is willing to ask others.")
    authentic_data = _flag(5, "The server has checked the answer's signatures.")
    check_disabled = _flag(4, "Whoever asks takes unchecked answers.")
    resp_code = _code(0, "How the query went.")
    error_code = resp_code

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.pkt_name = "DNS"
        # the number of the class and the names of its fields
        self.pq_type, self.query_fields = DNS.query_info()
        # whether we are made from bytes, and those
        use_buffer, self._buffer = self.from_buffer(args, kwargs)
        self._flags = 0
        self.queries, self.answers, self.authority, self.ad = [], [], [], []
        self.labels = {}
        if use_buffer:
            self._decode()
        else:
            for name in _FIELDS:
                setattr(self, name, kwargs.get(name, 0))

    def _decode(self):
        if len(self._buffer) < 12:
            raise ValueError(f"DNS: {len(self._buffer)} bytes are too few for its header")
        # twelve bytes are six unsigned 16-bit numbers in network order
        (self.ident, self._flags, self.query_count, self.answer_count, self.auth_count,
         self.ad_count) = struct.unpack("!6H", self._buffer[:12])
        at = 12
        for _ in range(self.query_count):
            at, name = read_dns_name_bytes(self._buffer, at, self.labels)
            rest = bytes(self._buffer[at:at + 4])
            if len(rest) < 4:
                raise ValueError(f"the query that ends at byte {at} is cut")
            self.queries.append(DNSQuery._read(name, *struct.unpack("!HH", rest)))
            at += 4
        for count, section in ((self.answer_count, self.answers), (self.auth_count, self.authority),
                               (self.ad_count, self.ad)):
            for _ in range(count):
                at, record = parse_resource(self._buffer, at, self.labels)
                section.append(DNSResource._read(*record))

    @classmethod
    def query_info(cls):
        """The class's number, and the fields that PcapQuery can ask for."""
        return DNS_PACKET_TYPE, tuple("dns." + name for name in _FIELDS)

    @classmethod
    def default_ports(cls):
        """Where DNS is found."""
        return [DNS_PACKET_PORT]

    def get_field_val(self, field):
        """The value of one of those fields; None for any other."""
        name = field.decode() if isinstance(field, bytes) else field
        return getattr(self, name[4:]) if name.startswith("dns.") and name[4:] in _FIELDS else None

    def pkt2net(self, kwargs):
        """The message's bytes. update: count the lists; compress: shorten names (done unless 0)."""
        asked = {key.decode() if isinstance(key, bytes) else key: value for key, value in (kwargs or {}).items()}
        if asked.get("update"):
            self.query_count, self.answer_count = len(self.queries), len(self.answers)
            self.auth_count, self.ad_count = len(self.authority), len(self.ad)
        message = bytearray(struct.pack("!6H", self.ident, self._flags, self.query_count, self.answer_count,
                                        self.auth_count, self.ad_count))
        labels = {} if asked.get("compress", 1) else None
        for part in self.queries + self.answers + self.authority + self.ad:
            part.pack(message, labels)
        return bytes(message)
