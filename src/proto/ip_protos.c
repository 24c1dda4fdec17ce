/* ip_protos: see the header. */
#include "proto/ip_protos.h"

const struct spk_enum spk_ip_protos[] = {
    { 0, "HOPOPT" }, { 1, "ICMP" }, { 2, "IGMP" }, { 4, "IPIP" }, { 6, "TCP" }, { 17, "UDP" }, { 41, "IPv6" },
    { 43, "IPv6-Route" }, { 44, "IPv6-Frag" }, { 47, "GRE" }, { 50, "ESP" }, { 51, "AH" }, { 58, "ICMPv6" },
    { 59, "IPv6-NoNxt" }, { 60, "IPv6-Opts" }, { 89, "OSPF" }, { 103, "PIM" }, { 112, "VRRP" }, { 132, "SCTP" },
    { 0, NULL },
};
