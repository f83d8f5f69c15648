"""Clients of FIX under load: sessions that keep several orders under way each, acknowledged one by one.

Made for one key; every session has a name of its own. Orders are numbered, timed and summed up as they are sent; only
acknowledgements are asked for, so that each order has one answer.
"""

import base64
import itertools
import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benches.http_load import Sender

SESSIONS: Final = 2
"""How many there are: attempts to log on are limited, and every trial logs on anew."""

WINDOW: Final = 8
"""How many orders of a session are under way."""

SEPARATOR: Final = b"\x01"
CHECKSUM_LENGTH: Final = 7
_names: Final = itertools.count(1)


class FixKey:
    """An Ed25519 key, its public part in a file for the command line, and its name once it is registered."""

    def __init__(self, directory: Path) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.public_file = directory / "fix.pem"
        self.public_file.write_bytes(
            self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        self.api_key = ""


def fix_sender(key: FixKey) -> type[Sender]:
    """Return the sender of one key's sessions."""
    return type("KeyedFixSender", (FixSender,), {"key": key})


class FixSender(Sender):
    """Sends the bodies of order messages over a session, once it is logged on."""

    key: FixKey

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._name = f"BENCH{next(_names)}"
        self._number = 0
        self._times_ns: deque[int] = deque()

    def connection_made(self, transport: Any) -> None:
        """Log on."""
        super().connection_made(transport)
        sent_at = datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S.%f")
        text = f"A\x01{self._name}\x01SPOT\x011\x01{sent_at}"
        signature = base64.b64encode(self.key.private.sign(text.encode())).decode()
        fields = f"98=0|108=30|95={len(signature)}|96={signature}|141=Y|553={self.key.api_key}|25035=2|25036=2|"
        self._transport.write(self._message("A", fields.replace("|", "\x01").encode(), sent_at))

    def send_next(self) -> None:
        """Fill the window."""
        while len(self._times_ns) < WINDOW:
            request = next(self._waiting, None)
            if request is None:
                if not self._times_ns and not self.done.done():
                    self.done.set_result(None)
                return
            self._request = request
            self._times_ns.append(time.perf_counter_ns())
            self._transport.write(self.framed(request))

    def data_received(self, data: bytes) -> None:
        """Take the answer to the logon, then every acknowledgement there is."""
        received = self._received + data
        while (whole := self.whole(received)) is not None:
            message, received = received[:whole], received[whole:]
            kind = message[message.index(b"\x0135=") + 4 : message.index(b"\x0135=") + 5]
            if kind == b"A":
                self.opened.set()
            elif kind != b"0":
                self._record((time.perf_counter_ns() - self._times_ns.popleft()) / 1_000)
                self._take(message)
        self._received = received

    def whole(self, received: bytes) -> int | None:
        """Read the length off the second field."""
        at = received.find(b"\x019=")
        end = received.find(SEPARATOR, at + 3)
        if at < 0 or end < 0:
            return None
        whole = end + 1 + int(received[at + 3 : end]) + CHECKSUM_LENGTH
        return whole if len(received) >= whole else None

    def is_good(self, answer: bytes) -> bool:
        """Look for the acknowledgement of a new order."""
        return b"\x0135=8\x01" in answer and b"\x0139=8\x01" not in answer

    def framed(self, request: bytes) -> bytes:
        """Give an order its number, its time and its sum."""
        return self._message("D", request, datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S.%f"))

    def _message(self, kind: str, fields: bytes, sent_at: str) -> bytes:
        self._number += 1
        head = f"35={kind}\x0149={self._name}\x0156=SPOT\x0134={self._number}\x0152={sent_at}\x01".encode()
        body = head + fields
        message = b"8=FIX.4.4\x019=%d\x01%b" % (len(body), body)
        return b"%b10=%03d\x01" % (message, sum(message) % 256)
