"""Who sends a request: the API key, when it was sent, and the signature over what was sent.

Flow: after the parameters were read, before the handler. Checks in the API's order: the key's form (-2014), the
timing parameters (-1102, -1100), the key and its permissions (-2015), the time (-1021), the signature (-1022). Owns no
state; keys are `identity`'s, and secrets never leave it.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from rialto.identity.api_keys import ApiKey, ApiKeys
from rialto.identity.restrictions import Permission
from rialto.wire import errors
from rialto.wire.endpoints import Security
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Timestamp

KEY_LENGTH_MAX: Final = 128
RECEIVE_WINDOW_DEFAULT_US: Final = 5_000_000
RECEIVE_WINDOW_MAX_MS: Final = 60_000
AHEAD_MAX_US: Final = 1_000_000

_RECEIVE_WINDOW_RANGE: Final = r"^([0-9]{1,20})(\.[0-9]{1,3})?$"
_RECEIVE_WINDOW: Final = re.compile(_RECEIVE_WINDOW_RANGE, re.ASCII)
_TIMESTAMP: Final = Timestamp()


class Timing(NamedTuple):
    """When a signed request was made, and for how long after it is valid. Both in microseconds."""

    timestamp_us: int
    receive_window_us: int


class Authenticator:
    """Checks keys, times and signatures."""

    def __init__(self, keys: ApiKeys, now_us: Callable[[], int]) -> None:
        self._keys = keys
        self._now_us = now_us

    def find_key(self, name: str, security: Security, address: str) -> ApiKey:
        """Return a key that may make calls of a security type from an address. Raises `ApiError` -2015."""
        key = self._keys.find(name)
        if key is None or not _permits(key, security) or not key.restrictions.admits_address(address):
            raise ErrorCode.REJECTED_MBX_KEY.error()
        return key

    def owner_of(self, name: str) -> int | None:
        """Return whose key has a name, whatever it may do, unchecked; None if there is none."""
        key = self._keys.find(name)
        return None if key is None else key.owner

    def find_key_with(self, name: str, permissions: frozenset[Permission], address: str) -> ApiKey:
        """Return a key that has one of some permissions, used from an address. Raises `ApiError` -2015."""
        key = self._keys.find(name)
        if key is None or not key.permissions & permissions or not key.restrictions.admits_address(address):
            raise ErrorCode.REJECTED_MBX_KEY.error()
        return key

    def current(self, key: ApiKey, address: str) -> ApiKey | None:
        """Return a key found before as it is now; None if it is revoked, or may not be used from an address."""
        current = self._keys.find(key.key)
        return current if current is not None and current.restrictions.admits_address(address) else None

    def may_listen(self, key: ApiKey, address: str) -> bool:
        """Tell whether a key found before may still have the events of its account sent to an address."""
        current = self.current(key, address)
        return current is not None and _permits(current, Security.USER_STREAM)

    def check_time(self, timing: Timing) -> None:
        """Raise `ApiError` -1021 if the request is too old or from the future."""
        now_us = self._now_us()
        if timing.timestamp_us >= now_us + AHEAD_MAX_US:
            raise ErrorCode.INVALID_TIMESTAMP.error(form=1)
        if now_us - timing.timestamp_us > timing.receive_window_us:
            raise ErrorCode.INVALID_TIMESTAMP.error()

    def check_window(self, timing: Timing) -> None:
        """Raise `ApiError` -1021 if a request whose time was checked has become too old since."""
        if self._now_us() - timing.timestamp_us > timing.receive_window_us:
            raise ErrorCode.INVALID_TIMESTAMP.error()

    def check_signature(self, key: ApiKey, payload: bytes, signature: str) -> None:
        """Raise `ApiError` -1022 if the signature is not the key's over the payload."""
        if not key.verify(payload, signature):
            raise ErrorCode.INVALID_SIGNATURE.error()


def key_name(header: bytes | None) -> str:
    """Return the name of the key a request carries. Raises `ApiError` -2014 if it cannot be one."""
    if not header or len(header) > KEY_LENGTH_MAX or not header.isalnum():
        raise ErrorCode.BAD_API_KEY_FMT.error()
    return header.decode("ascii")


def read_timing(pairs: dict[str, str]) -> Timing:
    """Read `timestamp` and `recvWindow`. Raises `ApiError` when missing or malformed, or the window is too long."""
    text = pairs.get("timestamp")
    if text is None:
        raise errors.mandatory("timestamp")
    if not text:
        raise errors.empty("timestamp")
    timestamp_us = _TIMESTAMP.read("timestamp", text)
    window = pairs.get("recvWindow")
    return Timing(timestamp_us, RECEIVE_WINDOW_DEFAULT_US if window is None else read_window(window))


def read_signature(pairs: dict[str, str]) -> str:
    """Read `signature`. Raises `ApiError` when missing."""
    signature = pairs.get("signature")
    if signature is None:
        raise errors.mandatory("signature")
    if not signature:
        raise errors.empty("signature")
    return signature


def read_window(text: str) -> int:
    """Read milliseconds with up to three decimal places as microseconds.

    Raises `ApiError` when malformed or too long.
    """
    if not text:
        raise errors.empty("recvWindow")
    match = _RECEIVE_WINDOW.fullmatch(text)
    if match is None:
        raise errors.illegal_characters("recvWindow", _RECEIVE_WINDOW_RANGE)
    whole, fraction = match.groups()
    window_us = int(whole) * 1000 + int((fraction or ".0")[1:].ljust(3, "0"))
    if window_us > RECEIVE_WINDOW_MAX_MS * 1000:
        raise errors.greater_than("recvWindow", RECEIVE_WINDOW_MAX_MS)
    return window_us


def _permits(key: ApiKey, security: Security) -> bool:
    if security is Security.TRADE:
        return Permission.TRADE in key.permissions
    if security is Security.USER_DATA or security is Security.USER_STREAM:
        return Permission.READ in key.permissions
    return True
