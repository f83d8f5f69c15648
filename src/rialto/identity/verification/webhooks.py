"""Messages of a provider, signed as the Standard Webhooks specification (1.0) says: who sent one, and when.

Pure. What is signed is `<id>.<timestamp>.<body>`, with HMAC-SHA256 under a secret both know. That a message is new is
for whoever remembers ids to say.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final

TOLERANCE_S: Final = 300
"""How far the sender's clock may be from ours, and how long a message is good for."""

SIGNATURES_MAX: Final = 4
"""How many signatures one message carries at most: more than one while a secret is changed."""

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - how secrets are spelt

_ID: Final = re.compile(rb"[A-Za-z0-9_.-]{1,128}")
_TIME: Final = re.compile(rb"[0-9]{1,11}")
_VERSION: Final = b"v1"


class InvalidMessage(Exception):
    """A message that is not the provider's, or not of now."""


def message_id(secret: str, headers: Mapping[bytes, bytes], body: bytes, now_us: int) -> str:
    """Check a message; return its id. Errors: `InvalidMessage`."""
    id_, told = headers.get(b"webhook-id", b""), headers.get(b"webhook-timestamp", b"")
    if not _ID.fullmatch(id_) or not _TIME.fullmatch(told):
        raise InvalidMessage("no id or no time")
    expected = _signature(secret, id_, told, body)
    given = headers.get(b"webhook-signature", b"").split(b" ")[:SIGNATURES_MAX]
    # Each is compared, so that the time it takes tells nothing.
    if not any([hmac.compare_digest(expected, each) for each in given]):  # noqa: C419
        raise InvalidMessage("the signature is another")
    if abs(now_us // 1_000_000 - int(told)) > TOLERANCE_S:
        raise InvalidMessage("the message is not of now")
    return id_.decode()


def signature(secret: str, id_: str, seconds: int, body: bytes) -> str:
    """Sign a message, as a provider does."""
    return _signature(secret, id_.encode(), str(seconds).encode(), body).decode()


def _signature(secret: str, id_: bytes, told: bytes, body: bytes) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidMessage("there is no secret") from None
    if not key:
        raise InvalidMessage("there is no secret")
    digest = hmac.new(key, b".".join((id_, told, body)), hashlib.sha256).digest()
    return _VERSION + b"," + base64.b64encode(digest)
