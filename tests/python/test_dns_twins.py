"""DNS in C and in pure Python: what is wrong raises the same in both."""

import pytest

import steelscript.packets.protos.dns as in_c
import steelscript.packets.protos.dns_purepy as in_python

NAMES = ["a b", "-a.example", "a..b", "x" * 64, "\u00e4.example", b"\xff", 5, None, b"www.example", "", "_sip.example"]
NUMBERS = [-1, 1 << 16, 1 << 32, 1 << 80, "5", None, 1.9, float("nan"), float("inf"), True, 65535]
FLAGS = [2, -1, 256, 16, "1", None, 1.0, True, 0]
DATA = [(1, "1.2.3"), (1, "::1"), (28, "1.2.3.4"), (28, "::g"), (6, "SOA mname"), (1, 5), (1, None), (16, 7),
        (16, "x" * 70000),
        (6, "SOA mname: a, rname: b@c, serial: 4294967296, refresh: 1, retry: 1, expire: 1, minimum: 1"),
        (6, "SOA mname: a, rname: b@c, serial: x, refresh: 1, retry: 1, expire: 1, minimum: 1"), (1, b"\1\2\3\4"),
        (2, "a..b"),
        (28, bytes(15) + b"\1"), (1, "192.0.2.1")]


def outcome(call):
    """What it gives, or the kind of its exception among those that are documented."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - any kind is an outcome
        return next((kind for kind in (OverflowError, TypeError, ValueError) if isinstance(error, kind)), type(error))


def same(call):
    c, python = outcome(lambda: call(in_c)), outcome(lambda: call(in_python))
    assert c == python


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    same(lambda dns: dns.DNSQuery(name, 1, 1).query_name)
    same(lambda dns: dns.DNSResource(name, 1, 1, 1, 0, "192.0.2.1").domain_name)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("field", ["ident", "query_count", "ad_count"])
def test_numbers(field, number):
    same(lambda dns: getattr(dns.DNS(**{field: number}), field))


@pytest.mark.parametrize("value", NUMBERS)
def test_numbers_of_records(value):
    same(lambda dns: dns.DNSQuery("a", value, 1).query_type)
    same(lambda dns: dns.DNSQuery("a", 1, value).query_class)
    same(lambda dns: dns.DNSResource("a", 1, 1, value, 0, "").res_ttl)


@pytest.mark.parametrize("value", FLAGS)
@pytest.mark.parametrize("field", ["query_resp", "authoritative", "op_code", "resp_code", "check_disabled"])
def test_flags_and_codes(field, value):
    same(lambda dns: getattr(dns.DNS(**{field: value}), field))


@pytest.mark.parametrize(("kind", "data"), DATA)
def test_data(kind, data):
    def message(dns):
        made = dns.DNS()
        made.answers.append(dns.DNSResource("a", kind, 1, 1, 0, data))
        return made.answers[0].res_data, made.pkt2net({"update": 1})
    same(message)


@pytest.mark.parametrize("octets", [b"", bytes(11)])
def test_too_few_octets(octets):
    for dns in (in_c, in_python):
        with pytest.raises(ValueError):
            dns.DNS(octets)
