"""Signatures of a provider's events: `t=1700000000,v1=hex`, HMAC-SHA-256 over `1700000000.` and the body as sent.

An event that is older than the tolerance is none: what was overheard cannot be played again later.
"""

import hashlib
import hmac
from typing import Final

HEADER: Final = b"card-signature"
TOLERANCE_S: Final = 300
SIGNATURES_MAX: Final = 4
"""How many signatures an event may carry, for secrets that are being changed."""


class BadSignature(Exception):
    """The event is not the provider's, or not from now."""


def signature_of(secret: str, at_s: int, body: bytes) -> str:
    """Sign an event."""
    return f"t={at_s},v1={_digest(secret, at_s, body)}"


def check_signature(secret: str, header: bytes, body: bytes, now_s: int) -> None:
    """Make sure that an event is the provider's, and from now. Errors: `BadSignature`."""
    parts = [part.partition("=") for part in header.decode("latin-1").split(",")]
    times = [value for name, _, value in parts if name.strip() == "t"]
    given = [value for name, _, value in parts if name.strip() == "v1"]
    if len(times) != 1 or not 1 <= len(given) <= SIGNATURES_MAX or not (times[0].isascii() and times[0].isdigit()):
        raise BadSignature("the signature is malformed")
    if len(times[0]) > 12 or abs(now_s - int(times[0])) > TOLERANCE_S:
        raise BadSignature("the event is not from now")
    expected = _digest(secret, int(times[0]), body).encode()
    # All are compared, so that how long it takes tells nothing.
    if not sum(hmac.compare_digest(expected, each.strip().encode("latin-1")) for each in given):
        raise BadSignature("the signature is not the provider's")


def _digest(secret: str, at_s: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()
