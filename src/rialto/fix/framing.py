"""Where messages begin and end, and whether they came over whole: BeginString, BodyLength, CheckSum.

Bytes in, messages out, and the other way. Of what stands in a message only its type is looked at: it comes first.
Memory is bounded: a message announces its length, and a longer one than `BODY_BYTES_MAX` is none.
"""

from typing import Final

from rialto.fix.refusals import Garbled

SOH: Final = b"\x01"
BODY_BYTES_MAX: Final = 65_536
"""The longest body a client may send; the longest that is useful names a thousand symbols."""

_BEGIN: Final = b"8=FIX.4.4\x019="
_LENGTH_DIGITS_MAX: Final = 10
_TRAILER_BYTES: Final = 7
"""`10=` and three digits, with what ends the field."""

WRONG_CHECKSUM: Final = 0
NO_BEGIN: Final = 1
NO_TYPE: Final = 2
WRONG_LENGTH: Final = 3
UNPRINTABLE: Final = 4
NO_VALUE: Final = 5
"""The forms of -1177, what is garbled."""


class Framer:
    """Cuts a stream of bytes into the bodies of messages, from MsgType up to CheckSum."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> None:
        """Take in what came."""
        self._buffer += data

    def next(self) -> bytes | None:
        """Return the body of the next message, or None while it is not all there. Raises `Garbled`."""
        buffer = self._buffer
        head = buffer[: len(_BEGIN)]
        if not _BEGIN.startswith(head):
            raise Garbled(NO_BEGIN if not buffer.startswith(_BEGIN[:10]) else WRONG_LENGTH)
        end_of_length = buffer.find(SOH, len(_BEGIN))
        if end_of_length < 0:
            if len(buffer) > len(_BEGIN) + _LENGTH_DIGITS_MAX:
                raise Garbled(WRONG_LENGTH)
            return None
        digits = buffer[len(_BEGIN) : end_of_length]
        if not digits.isdigit() or len(digits) > _LENGTH_DIGITS_MAX or int(digits) > BODY_BYTES_MAX:
            raise Garbled(WRONG_LENGTH)
        begin, end = end_of_length + 1, end_of_length + 1 + int(digits)
        if len(buffer) < end + _TRAILER_BYTES:
            return None
        body, trailer = buffer[begin:end], buffer[end : end + _TRAILER_BYTES]
        if not (body.endswith(SOH) and trailer.startswith(b"10=") and trailer.endswith(SOH)):
            raise Garbled(WRONG_LENGTH)
        if trailer[3:6] != b"%03d" % (sum(buffer[:end]) % 256):
            raise Garbled(WRONG_CHECKSUM)
        if not body.startswith(b"35="):
            raise Garbled(NO_TYPE)
        self._buffer = buffer[end + _TRAILER_BYTES :]
        return body


def framed(body: bytes) -> bytes:
    """Make a message of a body that begins with MsgType."""
    message = b"8=FIX.4.4\x019=%d\x01%b" % (len(body), body)
    return b"%b10=%03d\x01" % (message, sum(message) % 256)
