"""Craft, decode, send, receive, read, write and query network packets."""

from steelpkt._core import PacketError, __version__

__all__ = ["PacketError", "__version__"]
