"""DNS in C, by the tutorial's names: the classes, and the numbers that DNS has for its records, codes and classes."""

import re

from steelpkt import DNS, DNSQuery, DNSResource

__all__ = ["DNS", "DNSQuery", "DNSResource", "hostname_re", "domainname_re", "email_re"]

# Kinds of record. ANY and ALL are the tutorial's names: IANA calls 0 reserved and 255 ANY.
DNSTYPE_ANY = 0
DNSTYPE_A = 1
DNSTYPE_NS = 2
DNSTYPE_CNAME = 5
DNSTYPE_SOA = 6
DNSTYPE_WKS = 11
DNSTYPE_PTR = 12
DNSTYPE_HINFO = 13
DNSTYPE_MX = 15
DNSTYPE_TXT = 16
DNSTYPE_SIG = 24
DNSTYPE_KEY = 25
DNSTYPE_GPOS = 27
DNSTYPE_AAAA = 28
DNSTYPE_LOC = 29
DNSTYPE_EID = 31
DNSTYPE_SRV = 33
DNSTYPE_KX = 36
DNSTYPE_CERT = 37
DNSTYPE_OPT = 41
DNSTYPE_RRSIG = 46
DNSTYPE_NSEC = 47
DNSTYPE_DNSKEY = 48
DNSTYPE_DHCID = 49
DNSTYPE_NSEC3 = 50
DNSTYPE_NSEC3PARAM = 51
DNSTYPE_IXFR = 251
DNSTYPE_AXFR = 252
DNSTYPE_ALL = 255
DNSTYPE_RESERVED = 65535

# Kinds of message (the tutorial's spelling), and how a query went.
OPTCODE_QUERY = 0
OPTCODE_STATUS = 2
OPTCODE_NOTIFY = 4
OPTCODE_UPDATE = 5

RCODE_NOERROR = 0
RCODE_FORMERR = 1
RCODE_SERVFAIL = 2
RCODE_NXDOMAIN = 3
RCODE_NOTIMP = 4
RCODE_REFUSED = 5
RCODE_YXDOMAIN = 6
RCODE_YXRRSET = 7
RCODE_NXRRSET = 8
RCODE_NOTAUTH = 9
RCODE_NOTZONE = 10

RCLASS_IN = 1
RCLASS_NONE = 254
RCLASS_ANY = 255

# Where an SOA record's parts stand among the words of its text.
SOA_MNAME = 2
SOA_RNAME = 4
SOA_SER = 6
SOA_REF = 8
SOA_RET = 10
SOA_EXP = 12
SOA_MIN = 14

DNS_PACKET_TYPE = 53
DNS_PACKET_PORT = 53
LABEL = 0xC000
PNTR = 0

_LABEL_TEXT = r"_?[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
hostname_re = re.compile(rf"(?=.{{1,254}}\Z)(?:{_LABEL_TEXT})(?:\.{_LABEL_TEXT})*\.?\Z")
domainname_re = re.compile(rf"(?=.{{1,254}}\Z)(?:{_LABEL_TEXT})(?:\.{_LABEL_TEXT})+\.?\Z")
email_re = re.compile(rf"[^@\s]+@{_LABEL_TEXT}(?:\.{_LABEL_TEXT})*\.?\Z")

__all__ += [_name for _name in dir()
            if _name.startswith(("DNSTYPE_", "OPTCODE_", "RCODE_", "RCLASS_", "SOA_", "DNS_"))] + ["LABEL", "PNTR"]
