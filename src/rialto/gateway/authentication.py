"""Who sends a request: the API key, when it was sent, and the signature over what was sent; or a browser's session.

Flow: after the parameters were read, before the handler. Checks in the API's order: the key's form (-2014), the
timing parameters (-1102, -1100), the key and its permissions (-2015), the time (-1021), the signature (-1022). Owns no
state; keys are `identity`'s, and secrets never leave it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from rialto.foundation.clock import SystemClock
from rialto.identity.api_keys import ApiKey, ApiKeys
from rialto.identity.browser_session import SessionKey
from rialto.identity.restrictions import Permission
from rialto.identity.step_up import is_fresh
from rialto.wire import errors
from rialto.wire.endpoints import Security
from rialto.wire.errors import ErrorCode
from rialto.wire.factor_errors import FactorError
from rialto.wire.kinds import Timestamp
from rialto.wire.people_errors import PeopleError
from rialto.wire.wallet_errors import WalletError

KEY_LENGTH_MAX: Final = 128
RECEIVE_WINDOW_DEFAULT_US: Final = 5_000_000
RECEIVE_WINDOW_MAX_MS: Final = 60_000
AHEAD_MAX_US: Final = 1_000_000

_RECEIVE_WINDOW_RANGE: Final = r"^([0-9]{1,20})(\.[0-9]{1,3})?$"
_RECEIVE_WINDOW: Final = re.compile(_RECEIVE_WINDOW_RANGE, re.ASCII)
_TIMESTAMP: Final = Timestamp()
_LOCKED: Final = "This action is disabled on this account."


class Timing(NamedTuple):
    """When a signed request was made, and for how long after it is valid. Both in microseconds."""

    timestamp_us: int
    receive_window_us: int


@dataclass(frozen=True)
class Standing:
    """What people's standing says of who may act; by itself, that everyone may, and that there are no sessions."""

    is_active: Callable[[int], bool] = lambda _owner: True
    """Whether an owner is neither frozen nor closed."""
    is_under_review: Callable[[int], bool] = lambda _owner: False
    """Whether an owner may neither trade nor take anything out for now."""
    is_operator: Callable[[int], bool] = lambda _owner: False
    is_locked: Callable[[int], bool] = lambda _owner: False
    """Whether an owner may place no orders with API keys for a while."""
    now_us: Callable[[], int] = SystemClock().now_us
    """The time of day, by which proofs grow old."""
    find_session: Callable[[str], SessionKey | None] = lambda _name: None
    """Find what stands for the session of an id; it verifies no signature."""


_EVERYONE: Final = Standing()


class Authenticator:
    """Checks keys, sessions, times and signatures."""

    def __init__(self, keys: ApiKeys, now_us: Callable[[], int], standing: Standing = _EVERYONE) -> None:
        self._keys = keys
        self._now_us = now_us
        self._standing = standing

    def find_key(self, name: str, security: Security, address: str) -> ApiKey:
        """Return a key that may make calls of a security type from an address. Raises `ApiError` -2015."""
        key = self._find(name)
        if key is None or not self._permits(key, security) or not key.restrictions.admits_address(address):
            raise ErrorCode.REJECTED_MBX_KEY.error()
        return key

    def check_ordering(self, key: ApiKey) -> None:
        """Raise `ApiError` -2010 if a key's owner may place no orders, or with API keys none, which browsers may."""
        if self._standing.is_under_review(key.owner):
            raise ErrorCode.NEW_ORDER_REJECTED.error(_LOCKED)
        if self._standing.is_locked(key.owner) and not isinstance(key, SessionKey):
            raise ErrorCode.NEW_ORDER_REJECTED.error(_LOCKED)

    def check_withdrawing(self, key: ApiKey) -> None:
        """Raise `ApiError` -4015 if a key's owner may take nothing out for now."""
        if self._standing.is_under_review(key.owner):
            raise WalletError.WITHDRAWALS_LIMITED.error("The account is under review.", form=1)

    def check_session(self, key: SessionKey, security: Security) -> Timing:
        """Make sure that a session may make calls of a security type; return the call's time, which is now.

        Raises `ApiError` -41010 if its person is frozen, -2015 if it is not an operator's, -41201 if money is to leave
        and who uses it has not proven lately that it is them.
        """
        if not self._standing.is_active(key.owner):
            raise PeopleError.FROZEN.error()
        if not self._permits(key, security):
            raise ErrorCode.REJECTED_MBX_KEY.error()
        if security is Security.WITHDRAW and not is_fresh(key.session, self._standing.now_us()):
            raise FactorError.STEP_UP_REQUIRED.error()
        return Timing(self._now_us(), RECEIVE_WINDOW_DEFAULT_US)

    def owner_of(self, name: str) -> int | None:
        """Return whose key has a name, whatever it may do, unchecked; None if there is none."""
        key = self._keys.find(name)
        return None if key is None else key.owner

    def find_key_with(self, name: str, permissions: frozenset[Permission], address: str) -> ApiKey:
        """Return a key that has one of some permissions, used from an address. Raises `ApiError` -2015."""
        key = self._find(name)
        if key is None or not key.permissions & permissions or not key.restrictions.admits_address(address):
            raise ErrorCode.REJECTED_MBX_KEY.error()
        return key

    def current(self, key: ApiKey, address: str) -> ApiKey | None:
        """Return a key found before as it is now; None if it is revoked, or may not be used from an address."""
        current = self._find(key.key)
        return current if current is not None and current.restrictions.admits_address(address) else None

    def may_listen(self, key: ApiKey, address: str) -> bool:
        """Tell whether a key found before may still have the events of its account sent to an address."""
        current = self.current(key, address)
        return current is not None and self._permits(current, Security.USER_STREAM)

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
        self._keys.note_use(key.key)

    def _find(self, name: str) -> ApiKey | None:
        """Find a key in use, or what stands for a session, of someone who may act."""
        key = self._keys.find(name) or self._standing.find_session(name)
        return key if key is not None and self._standing.is_active(key.owner) else None

    def _permits(self, key: ApiKey, security: Security) -> bool:
        if security is Security.SESSION:
            return isinstance(key, SessionKey)
        if security is Security.OPERATOR:
            return isinstance(key, SessionKey) and self._standing.is_operator(key.owner)
        needed = _NEEDED.get(security)
        return needed is None or needed in key.permissions


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


_NEEDED: Final = {
    Security.TRADE: Permission.TRADE,
    Security.USER_DATA: Permission.READ,
    Security.USER_STREAM: Permission.READ,
    Security.MARGIN: Permission.MARGIN,
    Security.TRANSFER: Permission.TRANSFER,
    Security.WITHDRAW: Permission.WITHDRAW,
}
"""What a key must be permitted; those that are not here take any key, or none."""
