#!/bin/bash
# Records the captures of this directory: real programs talking between network namespaces, dumpcap and tcpdump listening.
#
#     record.sh [NAME...]      all of them, or only the named recordings (the functions below, without "record_")
#
# Needs root and, from Debian: iproute2 nftables ethtool tcpdump tshark bind9 bind9-dnsutils nginx-light curl iputils-ping
# iputils-arping traceroute openssh-server openssh-client avahi-daemon dnsmasq pmacct zstd lz4 python3.
# Every recording is checked with tshark for what it is there to show; SOURCES.md says what that is.
#
#     client c0 192.0.2.2, 2001:db8:1::2  ---  r0 router r1  ---  s0 198.51.100.2, 2001:db8:2::2 server
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
chmod 755 "$work"
programs="python3 $here/programs.py"
prefix=spk$$
client=$prefix-client router=$prefix-router server=$prefix-server
started=()

cleanup() {
    stop_programs
    for space in $(ip netns list | awk '{ print $1 }' | grep "^$prefix-" || true); do
        ip netns pids "$space" | xargs -r kill 2> /dev/null || true
        ip netns del "$space"
    done
    rm -rf "$work"
}
trap cleanup EXIT

in_space() { ip netns exec "$@"; }

# start SPACE COMMAND...: a program in the background, until stop_programs
start() {
    local space=$1
    shift
    ip netns exec "$space" "$@" > "$work/log.${#started[@]}" 2>&1 &
    started+=($!)
}

stop_programs() {
    local id
    for id in "${started[@]}"; do
        kill "$id" 2> /dev/null || true
    done
    for id in "${started[@]}"; do
        wait "$id" 2> /dev/null || true
    done
    started=()
}

# until_true COMMAND...: waits at most ten seconds
until_true() {
    local i
    for i in $(seq 100); do
        "$@" > /dev/null 2>&1 && return
        sleep 0.1
    done
    echo "record.sh: gave up waiting for: $*" >&2
    exit 1
}

space() {
    ip netns add "$1"
    in_space "$1" ip link set lo up
    in_space "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
        net.ipv6.conf.default.router_solicitations=0 net.ipv4.ping_group_range="0 2147483647"
}

# link SPACE NAME MAC SPACE NAME MAC
link() {
    ip link add "$2" netns "$1" address "$3" type veth peer name "$5" netns "$4" address "$6"
    in_space "$1" ip link set "$2" up
    in_space "$4" ip link set "$5" up
}

# The network of the drawing above, made anew for each recording, so that caches are empty.
network() {
    local old
    for old in $client $router $server; do
        if ip netns list | grep -q "^$old\b"; then
            ip netns pids "$old" | xargs -r kill 2> /dev/null || true
            ip netns del "$old"
        fi
        space "$old"
    done
    in_space $router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0 \
        net.ipv6.icmp.ratelimit=0 net.ipv4.conf.all.accept_source_route=1 net.ipv4.conf.default.accept_source_route=1
    in_space $server sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
    link $client c0 00:00:5e:00:53:02 $router r0 00:00:5e:00:53:01
    link $server s0 00:00:5e:00:53:12 $router r1 00:00:5e:00:53:11
    in_space $client ip address add 192.0.2.2/24 dev c0
    in_space $client ip address add 2001:db8:1::2/64 dev c0
    in_space $client ip route add default via 192.0.2.1
    in_space $router ip address add 192.0.2.1/24 dev r0
    in_space $router ip address add 2001:db8:1::1/64 dev r0
    in_space $router ip address add 198.51.100.1/24 dev r1
    in_space $router ip address add 2001:db8:2::1/64 dev r1
    in_space $server ip address add 198.51.100.2/24 dev s0
    in_space $server ip address add 2001:db8:2::2/64 dev s0
    in_space $server ip route add default via 198.51.100.1
    in_space $client ip -6 route add default via 2001:db8:1::1
    in_space $server ip -6 route add default via 2001:db8:2::1
    sleep 0.3
}

# listen SPACE FILE COMMAND...: starts dumpcap or tcpdump and waits until it hears
listen() {
    listening=$1 file=$2
    shift 2
    rm -f "$file"
    ip netns exec "$listening" "$@" 2> "$work/listen" &
    listener=$!
    until_true grep -q -i -E 'listening on|^File:' "$work/listen"
    sleep 0.3
}

listened() {
    sleep "${1:-0.5}"
    kill -INT $listener
    wait $listener || { cat "$work/listen" >&2; exit 1; }
    chmod 644 "$file"
}

dump() { listen "$1" "$here/$3" tcpdump -Z root -q -U --immediate-mode -i "$2" -w "$here/$3" "${@:4}"; }
dumpng() { listen "$1" "$here/$3" dumpcap -q -i "$2" -w "$here/$3" "${@:4}"; }

# shows FILE FILTER...: fails unless each display filter keeps at least one packet and no packet is malformed
shows() {
    local filter name=$1
    shift
    for filter in "$@"; do
        if [ -z "$(tshark -n -r "$here/$name" -o tcp.desegment_tcp_streams:FALSE -Y "$filter" 2> /dev/null)" ]; then
            echo "record.sh: $name does not show $filter" >&2
            exit 1
        fi
    done
    if [ "$(stat -c %s "$here/$name")" -gt 61440 ]; then
        echo "record.sh: $name is over 60 kB" >&2
        exit 1
    fi
    echo "$name: $(capinfos -Tcrm "$here/$name" 2> /dev/null | cut -d, -f2) packets," \
        "$(stat -c %s "$here/$name") bytes"
}

web_server() {
    mkdir -p "$work/www"
    echo '<html><body><h1>It works!</h1></body></html>' > "$work/www/index.html"
    head -c 24000 /dev/zero | tr '\0' 'x' > "$work/www/large.txt"
    cat > "$work/nginx.conf" << END
daemon off; pid $work/nginx.pid; error_log $work/nginx.error;
events { }
http { access_log off; server { listen 80; listen [::]:80; root $work/www; } }
END
    start $server nginx -c "$work/nginx.conf" -e "$work/nginx.error"
    until_true in_space $server curl -s http://127.0.0.1/
}

name_server() {
    mkdir -p "$work/named/keys"
    cat > "$work/named/zone" << 'END'
$TTL 3600
@       SOA     ns1 hostmaster 2026010101 7200 900 1209600 86400
        NS      ns1
        NS      ns2.example.net.
        MX      10 mail
        MX      20 mail.example.net.
        A       198.51.100.80
        AAAA    2001:db8:2::80
        TXT     "v=spf1 mx -all"
        CAA     0 issue "ca.example.net"
        CAA     128 iodef "mailto:security@example.com"
ns1     A       198.51.100.2
        AAAA    2001:db8:2::2
mail    A       198.51.100.25
www     CNAME   web
web     A       198.51.100.80
        A       198.51.100.81
        AAAA    2001:db8:2::80
text    TXT     "two strings," "with a comma" "and \"quotes\", \\ and \009"
long    TXT     ( "0123456789012345678901234567890123456789012345678901234567890123456789"
                  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr" )
_sip._udp SRV   10 60 5060 sip
_sip._tcp SRV   20 0 5061 sip
sip     A       198.51.100.50
old     DNAME   example.net.
info    HINFO   "AMD64" "Linux"
key     SSHFP   1 1 123456789abcdef67890123456789abcdef67890
phone   NAPTR   100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
home    LOC     52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
person  RP      hostmaster text
_443._tcp.web TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
svc     HTTPS   1 . alpn="h2,h3" ipv4hint=198.51.100.80
a.rather.long.name.with.many.labels.in.it CNAME another.rather.long.name.with.many.labels.in.it
\000\032odd\255.labels A 198.51.100.99
UPPER.Case A    198.51.100.98
END
    cat > "$work/named/reverse" << 'END'
$TTL 3600
@       SOA     ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 86400
        NS      ns1.example.com.
2       PTR     ns1.example.com.
80      PTR     web.example.com.
END
    cp "$work/named/zone" "$work/named/signed"
    cat > "$work/named/conf" << END
options { directory "$work/named"; pid-file "$work/named/pid"; session-keyfile "$work/named/session";
    listen-on { any; }; listen-on-v6 { any; }; recursion no; allow-transfer { any; }; minimal-responses no; notify no;
    dnssec-validation no; check-names primary ignore; server-id "steelpkt"; };
controls { };
zone "example.com" { type primary; file "$work/named/zone"; };
zone "100.51.198.in-addr.arpa" { type primary; file "$work/named/reverse"; };
zone "signed.example" { type primary; file "$work/named/signed"; dnssec-policy default; inline-signing yes;
    key-directory "$work/named/keys"; };
END
    start $server named -f -c "$work/named/conf" -u root
    until_true in_space $server dig +short +tries=1 +time=1 @127.0.0.1 example.com
}

record_http_ipv4() {
    network
    web_server
    dumpng $client c0 http-ipv4.pcap -P
    in_space $client curl -s http://198.51.100.2/ http://198.51.100.2/missing http://198.51.100.2/large.txt > "$work/out"
    listened
    shows http-ipv4.pcap http.request 'http.response.code == 404' 'tcp.len > 1460' arp tcp.options.wscale
}

record_http_ipv6() {
    network
    web_server
    dumpng $client c0 http-ipv6.pcapng
    in_space $client curl -s 'http://[2001:db8:2::2]/' > "$work/out"
    listened
    shows http-ipv6.pcapng 'http.request && ipv6' 'tcp.flags.fin == 1' icmpv6.type==135
}

record_dns() {
    network
    name_server
    dumpng $client c0 dns-udp.pcapng --capture-comment 'dig asking bind9'
    local ask="in_space $client dig @198.51.100.2 +tries=1 +time=2" kind
    for kind in A AAAA NS MX SOA TXT CAA ANY; do
        $ask example.com $kind
    done > "$work/out"
    {
        $ask www.example.com A
        $ask +noedns web.example.com AAAA
        $ask text.example.com TXT
        $ask long.example.com TXT
        $ask _sip._udp.example.com SRV
        $ask _sip._tcp.example.com SRV
        $ask -x 198.51.100.80
        $ask x.old.example.com A
        $ask info.example.com HINFO
        $ask key.example.com SSHFP
        $ask phone.example.com NAPTR
        $ask home.example.com LOC
        $ask person.example.com RP
        $ask _443._tcp.web.example.com TLSA
        $ask svc.example.com HTTPS
        $ask a.rather.long.name.with.many.labels.in.it.example.com A
        $ask '\000\032odd\255.labels.example.com' A
        $ask upper.case.example.com A
        $ask missing.example.com A
        $ask refused.example.net A
        $ask . NS
        $ask CH TXT version.bind
        $ask +nsid +subnet=203.0.113.0/24 +cookie +padding=64 +norecurse example.com A
        $ask +opcode=notify example.com SOA
        $ask +header-only +nocookie
        in_space $client dig @2001:db8:2::2 +tries=1 +time=2 web.example.com AAAA
    } > "$work/out" || true
    listened
    shows dns-udp.pcapng dns.a dns.aaaa dns.ns dns.mx.mail_exchange dns.soa.mname dns.txt dns.srv.port dns.caa.tag \
        dns.ptr.domain_name dns.cname dns.dname dns.opt.code 'dns.flags.rcode == 3' 'dns.flags.rcode == 5' \
        'dns.qry.name == "<Root>"' 'dns.qry.class == 3' 'dns && ipv6' '!dns.rr.udp_payload_size && dns'

    dump $client c0 dns-tcp.pcap
    {
        $ask +tcp example.com MX
        $ask +tcp +keepopen web.example.com A text.example.com TXT
        $ask AXFR example.com
    } > "$work/out"
    listened
    shows dns-tcp.pcap 'dns.flags.response == 1 && tcp' 'dns.qry.type == 252' dns.length

    until_true grep -q RRSIG <(in_space $client dig @198.51.100.2 +dnssec web.signed.example A)
    dumpng $client c0 dns-signed.pcapng
    {
        $ask +dnssec web.signed.example A
        $ask +dnssec signed.example DNSKEY
        $ask +dnssec missing.signed.example A
        $ask +dnssec +notcp +bufsize=512 signed.example ANY
    } > "$work/out"
    listened
    zstd -q -f --rm "$here/dns-signed.pcapng" -o "$here/dns-signed.pcapng.zst"
    shows dns-signed.pcapng.zst dns.rrsig.type_covered dns.dnskey.flags 'dns.resp.type == 47' \
        'dns.flags.truncated == 1' 'tcp'
}

record_ping() {
    network
    dumpng $client c0 ping.pcap -P
    in_space $client ping -q -c 3 -i 0.2 192.0.2.1 > "$work/out"
    in_space $client ping -q -c 2 -i 0.2 -p 5350 -s 24 198.51.100.2 > "$work/out"
    in_space $client arping -q -c 2 -i c0 -I c0 192.0.2.1 > "$work/out" || true
    in_space $client arping -q -U -c 1 -I c0 192.0.2.2 > "$work/out" || true
    in_space $client arping -q -D -c 1 -w 1 -I c0 192.0.2.9 > "$work/out" || true
    listened
    shows ping.pcap 'icmp.type == 8' 'icmp.type == 0' 'arp.opcode == 1' 'arp.opcode == 2' 'arp.isgratuitous'

    network
    listen $client "$here/ping6.pcap" tcpdump -Z root -q -U --immediate-mode --time-stamp-precision=nano -i c0 \
        -w "$here/ping6.pcap"
    in_space $client ping -q -c 3 -i 0.2 2001:db8:1::1 > "$work/out"
    in_space $client ping -q -c 2 -i 0.2 -F 0x5350 -Q 0xb8 2001:db8:2::2 > "$work/out"
    in_space $client ping -q -c 1 -I c0 ff02::1 > "$work/out"
    in_space $client ping -q -c 1 -N ipv6-all 2001:db8:1::1 > "$work/out" || true
    listened
    shows ping6.pcap 'icmpv6.type == 128' 'icmpv6.type == 129' 'icmpv6.type == 135' 'icmpv6.type == 136' \
        'icmpv6.opt.type == 1' 'icmpv6.opt.type == 2' 'ipv6.flow == 0x5350' 'icmpv6.type == 139'
}

record_neighbours() {
    network
    in_space $client sysctl -qw net.ipv6.conf.c0.router_solicitations=3 net.ipv6.conf.c0.accept_ra=2 \
        net.ipv6.conf.c0.accept_dad=1 net.ipv6.conf.c0.dad_transmits=1 net.ipv6.conf.c0.router_solicitation_delay=0
    in_space $client ip link set c0 down
    start $router dnsmasq -k -C /dev/null -i r0 --port=0 --enable-ra -x "$work/dnsmasq.pid" -l "$work/leases" \
        --dhcp-range=2001:db8:1::,ra-only,600 --ra-param=r0,high,4,120 --dhcp-option=option6:dns-server,[2001:db8:2::2] \
        --dhcp-option=option6:domain-search,example.com --ra-param=r0,mtu:1400,high,4,120
    sleep 1
    in_space $client ip link add bridge0 type bridge 2> /dev/null || true
    # the interface must be up to be listened on; soliciting starts anew when the addresses are flushed
    in_space $client ip link set c0 up
    dumpng $client c0 neighbours.pcapng
    in_space $client ip link set c0 down
    sleep 0.2
    in_space $client ip link set c0 up
    sleep 4
    in_space $client ping -q -c 1 2001:db8:1::1 > "$work/out" || true
    # A host said to be behind the router is in truth a neighbour: redirected, RFC 4861 section 8.
    in_space $router sysctl -qw net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.r0.send_redirects=1
    in_space $router ip neigh add 192.0.2.77 lladdr 00:00:5e:00:53:77 dev r0
    in_space $router ip neigh add 2001:db8:1::77 lladdr 00:00:5e:00:53:77 dev r0
    in_space $client ip route add 192.0.2.77 via 192.0.2.1
    in_space $client ip -6 route add 2001:db8:1::77 via 2001:db8:1::1
    in_space $client ping -q -c 1 -W 1 192.0.2.77 > "$work/out" || true
    in_space $client ping -q -c 1 -W 1 2001:db8:1::77 > "$work/out" || true
    listened
    shows neighbours.pcapng 'icmpv6.type == 133' 'icmpv6.type == 134' 'icmpv6.opt.type == 3' 'icmpv6.opt.type == 5' \
        'icmpv6.type == 137' 'icmp.type == 5' 'icmpv6.opt.type == 25'
}

record_errors() {
    network
    in_space $router ip link set r1 mtu 1300
    in_space $server ip link set s0 mtu 1300
    dump $client c0 icmp-errors.pcap
    in_space $client traceroute -n -q 1 -w 1 198.51.100.2 > "$work/out"
    in_space $client traceroute -n -q 1 -w 1 2001:db8:2::2 > "$work/out"
    in_space $client traceroute -n -q 1 -w 1 -T -p 81 198.51.100.2 > "$work/out"
    in_space $client dig +tries=1 +time=1 @198.51.100.2 example.com > "$work/out" || true
    in_space $client dig +tries=1 +time=1 @2001:db8:2::2 example.com > "$work/out" || true
    in_space $client ping -q -c 1 -W 1 -M do -s 1372 198.51.100.2 > "$work/out" || true
    in_space $client ping -q -c 1 -W 1 -M do -s 1372 2001:db8:2::2 > "$work/out" || true
    in_space $client ping -q -c 1 -W 1 203.0.113.1 > "$work/out" || true
    in_space $client ping -q -c 1 -W 1 2001:db8:3::1 > "$work/out" || true
    in_space $router ip route add prohibit 203.0.113.2
    in_space $client ping -q -c 1 -W 1 203.0.113.2 > "$work/out" || true
    $client_in $programs icmp 198.51.100.2
    listened
    shows icmp-errors.pcap 'icmp.type == 11' 'icmpv6.type == 3' 'icmp.code == 3' 'icmp.code == 4' 'icmpv6.type == 2' \
        'icmpv6.type == 1' 'icmp && dns' 'icmp && tcp' 'icmp.type == 13' 'icmp.type == 14' 'icmp.type == 17' \
        'icmp.code == 0 && icmp.type == 3' 'icmp.code == 13'
    gzip -9 -n -f "$here/icmp-errors.pcap"
    shows icmp-errors.pcap.gz icmp
}

record_fragments() {
    network
    dumpng $client c0 fragments.pcapng
    in_space $client ping -q -c 1 -s 4000 198.51.100.2 > "$work/out"
    in_space $client ping -q -c 1 -s 4000 2001:db8:2::2 > "$work/out"
    $client_in $programs extend 2001:db8:2::2 9 > "$work/out"
    listened
    shows fragments.pcapng 'ip.flags.mf == 1' 'ip.frag_offset > 0' 'ipv6.fraghdr.more == 1' 'ipv6.fraghdr.offset > 0'
    lz4 -q -f --rm "$here/fragments.pcapng" "$here/fragments.pcapng.lz4"
    shows fragments.pcapng.lz4 ipv6
}

record_headers() {
    network
    in_space $server sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.s0.seg6_enabled=1
    in_space $client sysctl -qw net.ipv4.conf.all.accept_source_route=1
    dump $client c0 ipv6-extensions.pcap
    $client_in $programs extend 2001:db8:2::2 9
    listened
    shows ipv6-extensions.pcap ipv6.hopopts ipv6.dstopts ipv6.routing 'ipv6.fraghdr && ipv6.hopopts' \
        'ipv6.hopopts && ipv6.routing && ipv6.dstopts' 'icmpv6.type == 1'

    network
    in_space $server sysctl -qw net.ipv4.conf.all.accept_source_route=1 net.ipv4.conf.s0.accept_source_route=1
    dump $client c0 ipv4-options.pcap
    $client_in $programs options 198.51.100.2 9
    in_space $client ping -q -c 1 -R 198.51.100.2 > "$work/out" || true
    in_space $client ping -q -c 1 -T tsonly 198.51.100.2 > "$work/out" || true
    in_space $client ping -q -c 1 -T tsandaddr 198.51.100.2 > "$work/out" || true
    listened
    shows ipv4-options.pcap ip.opt.type ip.rec_rt 'ip.opt.type.number == 4' 'ip.opt.type.number == 3' \
        'ip.opt.type.number == 20' 'ip.opt.type.number == 8'
}

record_multicast() {
    network
    in_space $router ip link add br0 type bridge mcast_snooping 1 mcast_querier 1 mcast_igmp_version 3 \
        mcast_mld_version 2 stp_state 1 forward_delay 200 mcast_query_interval 300 mcast_startup_query_interval 150
    in_space $router ip address flush dev r0
    in_space $router ip link set r0 master br0
    in_space $router ip address add 192.0.2.1/24 dev br0
    in_space $router ip link set br0 up
    sleep 5
    dump $client c0 multicast.pcap
    local version
    for version in 1 2 3; do
        in_space $client sysctl -qw net.ipv4.conf.all.force_igmp_version=$version
        $client_in $programs join 233.252.0.$version
    done
    $client_in $programs join 233.252.0.11 198.51.100.2 198.51.100.3
    $client_in $programs block 233.252.0.12 198.51.100.2
    for version in 1 2; do
        in_space $client sysctl -qw net.ipv6.conf.all.force_mld_version=$version net.ipv6.conf.c0.force_mld_version=$version
        $client_in $programs join ff0e::db8:0:$version
    done
    $client_in $programs join ff3e::db8:0:11 2001:db8:2::2 2001:db8:2::3
    $client_in $programs block ff0e::db8:0:12 2001:db8:2::2
    STAY=4 $client_in $programs join 233.252.0.13
    listened
    shows multicast.pcap 'igmp.type == 0x12' 'igmp.type == 0x16' 'igmp.type == 0x17' 'igmp.type == 0x22' \
        'igmp.type == 0x11' 'igmp.num_src > 1' 'icmpv6.type == 130' 'icmpv6.type == 131' 'icmpv6.type == 132' \
        'icmpv6.type == 143' stp llc igmp.record_type==5 igmp.record_type==6
}

# tagged FILE FILTER TAG...: ping and dig over a trunk between two switches
tagged() {
    local name=$1 filter=$2 switch=$prefix-switch id
    shift 2
    network
    name_server
    space $switch
    link $switch t0 00:00:5e:00:53:20 $switch t1 00:00:5e:00:53:21
    # the switches stand between the router and the server
    in_space $router ip link del r1
    link $switch a0 00:00:5e:00:53:22 $router r1 00:00:5e:00:53:11
    link $switch b0 00:00:5e:00:53:23 $server s0 00:00:5e:00:53:12
    in_space $switch sysctl -qw net.ipv6.conf.all.disable_ipv6=1
    in_space $router ip address add 198.51.100.1/24 dev r1
    in_space $server ip address add 198.51.100.2/24 dev s0
    in_space $server ip route add default via 198.51.100.1
    in_space $router ip address add 2001:db8:2::1/64 dev r1
    in_space $server ip address add 2001:db8:2::2/64 dev s0
    in_space $server ip -6 route add default via 2001:db8:2::1
    for id in $client:c0 $router:r0 $router:r1 $server:s0; do
        in_space "${id%:*}" ethtool -K "${id#*:}" tx off tso off gso off > "$work/out"
    done
    start $switch $programs tag a0 t0 "$@"
    start $switch $programs tag b0 t1 "$@"
    sleep 1
    in_space $router sysctl -qw net.ipv6.conf.r1.accept_dad=0
    if [[ $name == *.pcapng ]]; then
        dumpng $switch t0 "$name"
    else
        dump $switch t0 "$name"
    fi
    in_space $client ping -q -c 2 -i 0.2 198.51.100.2 > "$work/out"
    in_space $client dig +tries=1 @198.51.100.2 www.example.com A > "$work/out"
    if [[ $name != mpls* ]]; then
        in_space $client ping -q -c 2 -i 0.2 2001:db8:2::2 > "$work/out"
    fi
    listened
    ip netns pids $switch | xargs -r kill
    stop_programs
    ip netns del $switch
    shows "$name" "icmp && $filter" "dns && $filter"
}

record_tags() {
    tagged vlan.pcap 'vlan.id == 100' 81006064
    tagged qinq.pcapng 'ieee8021ad.id == 200 && vlan.id == 100' 88a800c8 81000064
    tagged vlan-stack.pcap 'vlan.id == 300 && vlan.id == 4' 8100012c 8100b004
    tagged mpls.pcap 'mpls.label == 16 && mpls.bottom == 1' 8847:000a0040 8847:0001073f
    tagged snap.pcap 'llc.oui == 0' snap
    shows vlan.pcap vlan arp ipv6
    shows mpls.pcap 'mpls.label == 160'
}

record_mdns() {
    network
    local address="198.51.100.2"
    mkdir -p "$work/avahi"
    cat > "$work/avahi/conf" << 'END'
[server]
host-name=printer
domain-name=local
use-ipv4=yes
use-ipv6=yes
allow-interfaces=c0
enable-dbus=no
[publish]
publish-hinfo=yes
publish-workstation=yes
END
    cat > "$work/avahi/ipp.service" << 'END'
<service-group><name>Office printer</name><service><type>_ipp._tcp</type><port>631</port>
<txt-record>rp=queue</txt-record><txt-record>note=2nd floor, left</txt-record></service></service-group>
END
    start $client unshare -m bash -c "mount -t tmpfs none /run && mkdir -p /run/avahi-daemon && \
        mount -t tmpfs none /etc/avahi && mkdir -p /etc/avahi/services && \
        cp $work/avahi/ipp.service /etc/avahi/services && \
        exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f $work/avahi/conf"
    dumpng $client c0 mdns.pcapng
    sleep 4
    in_space $router ip route add 224.0.0.0/4 dev r0
    in_space $router dig +tries=1 +time=1 -p 5353 @224.0.0.251 printer.local A > "$work/out" || true
    in_space $router dig +tries=1 +time=1 -p 5353 @224.0.0.251 _ipp._tcp.local PTR > "$work/out" || true
    in_space $router dig +tries=1 +time=1 -p 5353 @224.0.0.251 _services._dns-sd._udp.local PTR > "$work/out" || true
    start $router env INTERFACE=r0 $programs llmnr-serve fileserver 192.0.2.1
    sleep 0.5
    in_space $client ip route add 224.0.0.0/4 dev c0
    in_space $client dig +tries=1 +time=1 +norecurse +noedns -p 5355 @224.0.0.252 fileserver A > "$work/out" || true
    listened
    shows mdns.pcapng mdns 'dns.srv.port == 631 && mdns' 'mdns && dns.txt' 'mdns && ipv6' 'mdns && dns.hinfo.cpu' llmnr \
        'llmnr && dns.a'
}

record_ssh() {
    network
    mkdir -p "$work/ssh" /run/sshd
    ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/host"
    ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/user"
    cp "$work/ssh/user.pub" "$work/ssh/authorized"
    start $server /usr/sbin/sshd -D -e -f /dev/null -p 22 -h "$work/ssh/host" -o AuthorizedKeysFile="$work/ssh/authorized" \
        -o PidFile=none -o StrictModes=no -o UsePAM=no -o PermitRootLogin=yes
    sleep 1
    dumpng $client c0 ssh.pcapng
    in_space $client ssh -q -i "$work/ssh/user" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o BatchMode=yes root@198.51.100.2 echo hello > "$work/out" 2>&1
    grep -q hello "$work/out"
    listened
    shows ssh.pcapng ssh 'tcp.len > 1000'
}

record_tcp() {
    network
    web_server
    start $server $programs tcp-serve 9000
    sleep 0.5
    in_space $client sysctl -qw net.ipv4.tcp_ecn=1
    in_space $server sysctl -qw net.ipv4.tcp_ecn=1 net.ipv4.tcp_rmem="4096 4096 4096"
    # Every fifth packet to the client is lost behind the ear: selective acknowledgements follow.
    in_space $client nft -f - << 'END'
table ip loss {
    chain in {
        type filter hook input priority 0
        tcp sport 80 ip length > 200 numgen inc mod 5 3 drop
    }
}
END
    in_space $server ethtool -K s0 tso off gso off > "$work/out"
    dump $client c0 tcp.pcap -s 256
    in_space $client curl -s http://198.51.100.2/large.txt > "$work/out"
    in_space $client curl -s http://198.51.100.2:81/ > "$work/out" || true
    $client_in $programs tcp-talk 198.51.100.2 9000
    listened
    shows tcp.pcap 'tcp.options.sack.count' 'tcp.flags.urg == 1' 'tcp.flags.reset == 1' \
        'tcp.flags.syn == 1 && tcp.flags.ece == 1' 'tcp.window_size_value == 0' 'frame.cap_len < frame.len'
}

record_cooked() {
    network
    name_server
    ip netns exec $router tcpdump -Z root -q -U --immediate-mode -i any -y LINUX_SLL -w "$here/cooked-sll.pcap" \
        2> "$work/first" &
    local first=$!
    dump $router any cooked-sll2.pcap -y LINUX_SLL2
    in_space $client ping -q -c 2 -i 0.2 198.51.100.2 > "$work/out"
    in_space $client ping -q -c 2 -i 0.2 2001:db8:2::2 > "$work/out"
    in_space $client dig +tries=1 @198.51.100.2 example.com A > "$work/out"
    in_space $router ping -q -c 1 127.0.0.1 > "$work/out"
    listened
    kill -INT $first
    wait $first
    shows cooked-sll.pcap 'sll.pkttype == 4' 'sll && arp' 'sll && dns' 'sll && icmpv6'
    shows cooked-sll2.pcap 'sll.pkttype == 4' 'sll && arp' 'sll && dns' 'sll && icmpv6' 'sll.ifindex == 1'
}

record_tunnel() {
    network
    start $client $programs tunnel u0 u1
    until_true in_space $client ip link show u1
    in_space $client ip link set u1 netns $server
    in_space $client ip address add 192.0.2.130/30 dev u0
    in_space $client ip address add 2001:db8:4::1/64 dev u0
    in_space $client ip link set u0 up
    in_space $server ip address add 192.0.2.129/30 dev u1
    in_space $server ip address add 2001:db8:4::2/64 dev u1
    in_space $server ip link set u1 up
    name_server
    sleep 0.5
    dump $client u0 raw-ip.pcap
    in_space $client ping -q -c 2 -i 0.2 192.0.2.129 > "$work/out"
    in_space $client ping -q -c 2 -i 0.2 2001:db8:4::2 > "$work/out"
    in_space $client dig +tries=1 @192.0.2.129 web.example.com A > "$work/out"
    listened
    shows raw-ip.pcap 'raw && icmp' 'raw && icmpv6' 'raw && dns'
    python3 "$here/relink.py" "$here/raw-ip.pcap" "$here/null.pcap" "$here/null-big-endian.pcap" "$here/loop.pcap"
    shows null.pcap 'null && icmp' 'null.family == 30'
    shows null-big-endian.pcap 'null && icmp' 'null && icmpv6'
    shows loop.pcap 'null && icmp' 'null && icmpv6'

    # Three interfaces of two link types in one file, with names, a filter and a comment.
    listen $client "$here/mixed.pcapng" dumpcap -q -i c0 -i u0 -i lo -w "$here/mixed.pcapng" \
        --capture-comment 'Ethernet, a tunnel and the loopback at once'
    in_space $client ping -q -c 2 -i 0.2 192.0.2.129 > "$work/out"
    in_space $client ping -q -c 2 -i 0.2 192.0.2.1 > "$work/out"
    in_space $client ping -q -c 2 -i 0.2 ::1 > "$work/out"
    in_space $client dig +tries=1 @198.51.100.2 www.example.com A > "$work/out"
    listened
    shows mixed.pcapng 'frame.interface_id == 0' 'frame.interface_id == 1 && raw' 'frame.interface_id == 2 && ipv6'
    # The same with time stamps in nanoseconds, and a comment on a packet.
    editcap -a 1:'the first packet, with a comment' "$here/mixed.pcapng" "$work/commented.pcapng"
    mv "$work/commented.pcapng" "$here/mixed.pcapng"
    chmod 644 "$here/mixed.pcapng"
    listen $client "$work/nano.pcap" tcpdump -Z root -q -U --immediate-mode --time-stamp-precision=nano -i lo \
        -w "$work/nano.pcap"
    in_space $client ping -q -c 3 -i 0.2 127.0.0.1 > "$work/out"
    in_space $client ping -q -c 3 -i 0.2 ::1 > "$work/out"
    file="$work/nano.pcap" listened
    editcap -F pcapng "$work/nano.pcap" "$here/loopback-nano.pcapng"
    chmod 644 "$here/loopback-nano.pcapng"
    shows loopback-nano.pcapng icmp icmpv6
}

record_netflow() {
    local version
    for version in 5 9; do
        network
        web_server
        name_server
        start $client $programs sink 2055
        cat > "$work/pmacctd.conf" << END
daemonize: false
pcap_interface: r0
aggregate: src_host, dst_host, src_port, dst_port, proto, tos
plugins: nfprobe
nfprobe_receiver: 192.0.2.2:2055
nfprobe_version: $version
nfprobe_timeouts: tcp=1:tcp.rst=1:tcp.fin=1:udp=1:icmp=1:general=1:maxlife=2:expint=1
END
        start $router pmacctd -f "$work/pmacctd.conf"
        sleep 2
        dump $client c0 netflow-v$version.pcap udp port 2055
        in_space $client curl -s http://198.51.100.2/ > "$work/out"
        in_space $client dig +tries=1 @198.51.100.2 www.example.com A > "$work/out"
        in_space $client ping -q -c 2 -i 0.2 198.51.100.2 > "$work/out"
        in_space $client ping -q -c 2 -i 0.2 2001:db8:2::2 > "$work/out"
        listened 6
        stop_programs
        shows netflow-v$version.pcap "cflow.version == $version" "cflow.count > 1"
    done
}

client_in="ip netns exec $client"
all=$(declare -F | sed -n 's/^declare -f record_//p')
[ "$(id -u)" = 0 ] || { echo "record.sh: needs root" >&2; exit 1; }
for name in ${*:-$all}; do
    declare -F "record_$name" > /dev/null || { echo "record.sh: no recording $name; there are:" $all >&2; exit 1; }
    "record_$name"
    stop_programs
done
