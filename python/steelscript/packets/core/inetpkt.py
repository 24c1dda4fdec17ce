"""The packet classes, by the module's name that the tutorial has, and the constants that it uses with them."""

from enum import IntEnum

from steelpkt import _core
from steelpkt._core import *  # noqa: F403: every packet class


class ETHERTYPES(IntEnum):
    """EtherTypes."""
    ipv4 = 0x0800
    arp = 0x0806
    rarp = 0x8035
    ipv6 = 0x86DD
    mpls_unicast = 0x8847
    mpls_multicast = 0x8848


class PROTO(IntEnum):
    """IP's protocol numbers."""
    icmp = 1
    igmp = 2
    tcp = 6
    udp = 17


class ARP_OPS(IntEnum):
    """What an ARP message does."""
    request = 1
    reply = 2
    rarp_request = 3
    rarp_reply = 4
    dyn_rarp_request = 5
    dyn_rarp_reply = 6
    dyn_rarp_err = 7
    inverse_arp_request = 8
    inverse_arp_reply = 9


class ARP_CONST(IntEnum):
    """Kind of network, and lengths of addresses in ARP."""
    hwt_ether = 1
    ipv4_len = 4
    eth_mac_len = 6


# The tutorial's first version had every member as a name of the module, too.
globals().update({name: member for kind in (ETHERTYPES, PROTO, ARP_OPS, ARP_CONST)
                  for name, member in kind.__members__.items()})


class IP_CONST:
    """Constants of the Internet protocols, as read-only attributes of an instance."""

    __slots__ = ()

    IPV4_LEN = 4
    IPV4_VER = 4
    IPV4_MIN_HDR_LEN = 5
    IPV6_VER = 6
    IPV6_LEN = 16
    MAC_LEN = 6

    ARP_TYPE_ETH = 1
    ARP_OP_REQUEST = 1
    ARP_OP_REPLY = 2
    ARP_OP_RARP_REQUEST = 3
    ARP_OP_RARP_REPLY = 4
    ARP_OP_DYN_RARP_REQUEST = 5
    ARP_OP_DYN_RARP_REPLY = 6
    ARP_OP_DYN_RARP_ERR = 7
    ARP_OP_INV_REQUEST = 8
    ARP_OP_INV_REPLY = 9

    ETH_TYPE_IPV4 = 0x0800
    ETH_TYPE_ARP = 0x0806
    ETH_TYPE_RARP = 0x8035
    ETH_TYPE_8021Q = 0x8100
    ETH_TYPE_IPV6 = 0x86DD
    ETH_TYPE_MPLS_UCAST = 0x8847
    ETH_TYPE_MPLS_MCAST = 0x8848

    ICMP_TYPE_ECHO_REPLY = 0
    ICMP_TYPE_DU = 3
    ICMP_TYPE_SRC_QUENCH = 4
    ICMP_TYPE_REDIR = 5
    ICMP_TYPE_ECHO = 8
    ICMP_TYPE_TIME_EX = 11
    ICMP_TYPE_PER_PROB = 12
    ICMP_TYPE_TS = 13
    ICMP_TYPE_TS_REPLY = 14
    ICMP_TYPE_INFO = 15
    ICMP_TYPE_INFO_REPLY = 16

    ICMP_DU_CODE_NET_UNREACH = 0
    ICMP_DU_CODE_HOST_UNREACH = 1
    ICMP_DU_CODE_PROTO_UNREACH = 2
    ICMP_DU_CODE_PORT_UNREACH = 3
    ICMP_DU_CODE_FRAG_NEEDED = 4
    ICMP_DU_CODE_SRC_RT_FAIL = 5
    ICMP_DU_CODE_DEST_NET_UNKNOWN = 6
    ICMP_DU_CODE_DEST_HOST_UNKNOWN = 7
    ICMP_DU_CODE_SRC_HOST_ISOLATED = 8
    ICMP_DU_CODE_NET_ADMIN_PROHIBIT = 9
    ICMP_DU_CODE_HOST_ADMIN_PROHIBIT = 10
    ICMP_DU_CODE_NET_TOS_UNREACH = 11
    ICMP_DU_CODE_HOST_TOS_UNREACH = 12
    ICMP_DU_CODE_COMMS_ADMIN_PROHIBIT = 13
    ICMP_DU_CODE_HOST_PRECEDENCE = 14
    ICMP_DU_CODE_PRECEDENCE_CUTOFF = 15

    ICMP_REDIR_CODE_NET = 0
    ICMP_REDIR_CODE_HOST = 1
    ICMP_REDIR_CODE_NET_TOS = 2
    ICMP_REDIR_CODE_HOST_TOS = 3

    ICMP_TIME_EX_CODE_TTL_EXCEEDED = 0
    ICMP_TIME_EX_CODE_FRAG_EXCEEDED = 1

    ICMP_PER_PROB_CODE_POINTER = 0
    ICMP_PER_PROB_CODE_OPTION_MISSING = 1
    ICMP_PER_PROB_CODE_LENGTH = 2

    IGMP_MEMBER_QUERY = 0x11
    IGMP_V1_MEMBER_REPORT = 0x12
    IGMP_V2_MEMBER_REPORT = 0x16
    IGMP_LEAVE_GROUP = 0x17
    IGMP_V3_MEMBER_REPORT = 0x22

    PROTO_ICMP = 1
    PROTO_IGMP = 2
    PROTO_TCP = 6
    PROTO_UDP = 17

    PQ_PKT = 0
    PQ_ETH = 1
    PQ_FRAME = 2
    PQ_ICMP = 3
    PQ_IGMP = 4
    PQ_IGMPv3GroupRecord = 5
    PQ_TCP = 6
    PQ_UDP = 17
    PQ_NETFLOW_SIMPLE = 2005
    PQ_IP = 2048
    PQ_ARP = 2054
    PQ_MPLS = 34887
    PQ_NULLPKT = 65535


# Of the package's names only the classes: who takes everything from here keeps the language's own open.
__all__ = [*(_name for _name in dir(_core) if isinstance(getattr(_core, _name), type) and not _name.startswith("_")),
           "ETHERTYPES", "PROTO", "ARP_OPS", "ARP_CONST", "IP_CONST"]
