#!/usr/bin/env python3
"""A message of two questions, made with the class of the plug-in and with dns_purepy's."""
import steelpkt
from steelscript.packets.protos import dns_purepy

# [ask]
steelpkt.load_plugin("./mydns.so")
names = ["www.riverbed.com", "mx1.riverbed.com"]

message = steelpkt.MyDNS(ident=1, recursion_requested=1)
message.queries += [steelpkt.MyDNSQuery(query_name=name, query_type=1) for name in names]

old = dns_purepy.DNS(ident=1, recursion_requested=1)
old.queries += [dns_purepy.DNSQuery(name, 1, 1) for name in names]

print(message.pkt2net({"update": 1}))
print(message.pkt2net({"update": 1}) == old.pkt2net({"update": 1}))
# [end]
