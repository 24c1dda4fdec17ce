"""Asks a DNS server for a name's addresses: dig.py NAME SERVER [PORT]."""

import socket
import sys

from steelpkt import DNS, DNSQuery

TYPE_A, CLASS_IN = 1, 1


def main(name: str, server: str, port: int) -> None:
    query = DNS(ident=0x3E4E, recursion_requested=1)
    query.queries.append(DNSQuery(name, TYPE_A, CLASS_IN))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.sendto(query.pkt2net({"update": 1}), (server, port))
        reply = DNS(sock.recvfrom(4096)[0])
    for answer in reply.answers:
        print(answer.domain_name, answer.res_ttl, answer.res_data)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 53)
