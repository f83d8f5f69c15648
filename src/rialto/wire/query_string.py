"""Parameters as they travel: a query string, a form body, and the signature inside either.

Works on the bytes as received, because a signature covers those and not what they decode to.
"""

from typing import Final
from urllib.parse import unquote_to_bytes

from rialto.wire.errors import ErrorCode

PAIRS_MAX: Final = 64
"""How many parameters one request may carry, far above what any endpoint declares."""

_SIGNATURE: Final = b"signature="


def read_pairs(raw: bytes) -> dict[str, str]:
    """Split `name=value&…` into decoded pairs.

    Empty pieces (`a=1&&b=2`) are skipped. Raises `ApiError`: -1101 a name sent twice or too many pairs, -1100 bytes
    that are not UTF-8.
    """
    if raw.count(b"&") >= PAIRS_MAX:
        raise ErrorCode.TOO_MANY_PARAMETERS.error(PAIRS_MAX, raw.count(b"&") + 1, form=1)
    if b"%" in raw or b"+" in raw:
        return _read_encoded(raw.split(b"&"))
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise ErrorCode.ILLEGAL_CHARS.error() from None
    pairs: dict[str, str] = {}
    for piece in text.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            if name in pairs:
                raise ErrorCode.TOO_MANY_PARAMETERS.error(name, form=3)
            pairs[name] = value
    return pairs


def _read_encoded(pieces: list[bytes]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for piece in pieces:
        if not piece:
            continue
        raw_name, _, raw_value = piece.partition(b"=")
        name = _decode(raw_name)
        if name in pairs:
            raise ErrorCode.TOO_MANY_PARAMETERS.error(name, form=3)
        pairs[name] = _decode(raw_value)
    return pairs


def _decode(raw: bytes) -> str:
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise ErrorCode.ILLEGAL_CHARS.error() from None


def merge(query: dict[str, str], body: dict[str, str]) -> dict[str, str]:
    """Join the pairs of query string and body; where both name a parameter, the query string counts."""
    return {**body, **query} if body else query


def signed_payload(query: bytes, body: bytes) -> bytes:
    """Return what a signature covers: query string and body, joined without separator, without the signature itself.

    The signature may stand anywhere in either. If both carry one, only the query string's is taken out, as it is the
    one that counts.
    """
    stripped = _without_signature(query)
    if stripped is not None:
        return stripped + body
    stripped = _without_signature(body)
    return query + (body if stripped is None else stripped)


def _without_signature(raw: bytes) -> bytes | None:
    """Take the signature out of a raw part; None if it has none."""
    if raw.startswith(_SIGNATURE):
        start = 0
    else:
        start = raw.rfind(b"&" + _SIGNATURE)
        if start < 0:
            return None
    end = raw.find(b"&", start + 1)
    if end < 0:
        return raw[:start]
    return raw[:start] + raw[end if start else end + 1 :]
