"""The command netflow-player: sends the NetFlow packets of a capture again."""

from __future__ import annotations

import argparse
import sys

from steelscript.packets.core.pcap import netflow_replay_raw_sock, netflow_replay_system_sock

__all__ = ["main", "parse_args"]


def parse_args(argv: list[str]) -> argparse.Namespace:
    """The options in argv, which is a command line without the program's name."""
    parser = argparse.ArgumentParser(
        prog="netflow-player", description="Sends the NetFlow packets of a capture again, in their old rhythm and with new "
                                           "times: from an ordinary socket, or with --spoofing as they are, on a device.")
    parser.add_argument("-f", "--file", required=True, help="the capture")
    parser.add_argument("--dest_ip", required=True, help="where the packets go")
    parser.add_argument("--dest_port", type=int, default=2055, help="UDP port there (2055)")
    parser.add_argument("--pcap_dst_port", type=int, default=2055, help="UDP port of the packets in the capture (2055)")
    parser.add_argument("--spoofing", action=argparse.BooleanOptionalAction, default=False,
                        help="send whole packets on --device, under addresses of your choice; needs root")
    parser.add_argument("--device", default="", help="with --spoofing: the network device to send on")
    parser.add_argument("--dest_mac", default="ff:ff:ff:ff:ff:ff", help="with --spoofing: MAC address of the receiver")
    parser.add_argument("--src_ip", default="", help="with --spoofing: sender's address; else the capture's")
    parser.add_argument("--src_mac", default="", help="with --spoofing: sender's MAC address; else the capture's")
    parser.add_argument("--blast", type=int, default=0, help="1: all packets at once, without waiting")
    options = parser.parse_args(argv)
    if options.spoofing and not options.device:
        raise ValueError("--spoofing sends on a device: say which with --device")
    return options


def main(argv: list[str] | None = None) -> int:
    """Runs the command; gives its exit status."""
    try:
        options = parse_args(sys.argv[1:] if argv is None else argv)
        if options.spoofing:
            return netflow_replay_raw_sock(options.device, options.file, options.pcap_dst_port, options.dest_ip,
                                           options.dest_mac, options.dest_port, options.src_ip, options.src_mac,
                                           options.blast)
        return netflow_replay_system_sock(options.file, options.pcap_dst_port, options.dest_ip, options.dest_port,
                                          options.blast)
    except (OSError, ValueError) as error:
        print(f"netflow-player: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
