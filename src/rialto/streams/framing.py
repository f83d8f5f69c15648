"""Frames as they go to sockets: made once, shared by every reader.

A server's frames are not masked, so the very same bytes may be written to any number of sockets (RFC 6455, 5.2).
"""

from enum import Enum
from typing import Final

_FINAL_TEXT: Final = b"\x81"
_FINAL_BINARY: Final = b"\x82"


class TimeUnit(Enum):
    """In which unit a client reads times."""

    MILLISECOND = 1_000
    MICROSECOND = 1

    def of(self, time_us: int) -> int:
        """Return a time in this unit, rounded down."""
        return time_us // self.value


def text_frame(payload: bytes) -> bytes:
    """Return a whole text message as one unmasked frame."""
    return _frame(_FINAL_TEXT, payload)


def binary_frame(payload: bytes) -> bytes:
    """Return a whole binary message as one unmasked frame."""
    return _frame(_FINAL_BINARY, payload)


def _frame(first: bytes, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return b"%b%c%b" % (first, size, payload)
    if size < 65_536:
        return b"%b\x7e%b%b" % (first, size.to_bytes(2, "big"), payload)
    return b"%b\x7f%b%b" % (first, size.to_bytes(8, "big"), payload)
