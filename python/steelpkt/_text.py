"""Packets as text: what repr() says, what show() and hexdump() print."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def _safe(text: str) -> str:
    """What strangers wrote, without anything that a terminal would obey: as repr() spells it, but without the quotes."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _stored(packet: Any) -> Iterator[tuple[str, Any]]:
    """The attributes that make the packet, those that differ from a new one's, as keywords."""
    new = type(packet)()
    for name, kind, _, writable, *_ in packet._attributes():
        if not writable or kind in ("bytes!", "payload"):
            continue
        value = getattr(packet, name)
        if value != getattr(new, name):
            yield name, value


def text(packet: Any) -> str:
    """An expression that makes the packet again; NullPkt and DNS's parts say what they hold, as the tutorial shows it."""
    name = type(packet).__name__
    if packet.pkt_name == "NullPkt" and isinstance(getattr(packet, "payload", None), bytes):
        return f"{packet.pkt_name}: {_safe(packet.payload.decode('utf-8', 'backslashreplace'))}"
    if "_element" not in vars(type(packet)):  # a class derived from those that rows make
        return object.__repr__(packet)
    if packet.pkt_name in ("DNSQuery", "DNSResource"):
        return f"{name}({', '.join(f'{word}={_safe(str(getattr(packet, word)))}' for word, *_ in packet._attributes())})"
    words = dict(_stored(packet))
    if type(packet)._element:
        return f"{name}({', '.join(f'{word}={value!r}' for word, value in words.items())})"
    again = dict(words)
    for carried in ("payload", "hdr_pkt"):
        payload = getattr(packet, carried, None)
        if isinstance(payload, bytes) or payload is None:
            continue
        plain = type(payload).__name__ in ("NullPkt", "PKT")
        again[carried] = payload if not plain else bytes(payload)
        words[carried] = payload if not plain else bytes(payload)
        if plain and not bytes(payload):
            del again[carried], words[carried]
    try:
        exact = bytes(type(packet)(**again)) == bytes(packet)
    except (TypeError, ValueError, OverflowError):
        exact = False
    if not exact:
        return f"{name}({bytes(packet)!r})"
    return f"{name}({', '.join(f'{word}={value!r}' for word, value in words.items())})"


def show(packet: Any) -> None:
    """Prints each layer's attributes."""
    for layer in packet:
        print(f"{layer.pkt_name}:")
        width = max((len(entry[0]) for entry in layer._attributes()), default=0)
        for name, kind, _, writable, *_ in layer._attributes():
            if kind not in ("bytes!", "payload") and writable:
                print(f"    {name:{width}} = {getattr(layer, name)!r}")


def hexdump(packet: Any) -> None:
    """Prints the bytes, sixteen a line, with what is printable beside them."""
    data = bytes(packet)
    for at in range(0, len(data), 16):
        line = data[at:at + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in line)
        print(f"{at:04x}  {line.hex(' '):47}  {letters}")
