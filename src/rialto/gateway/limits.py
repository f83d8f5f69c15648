"""Rate limits of requests: weight and number per address, in fixed windows of the wall clock.

Calls of `/api` share one budget of weight for each address. Those of `/sapi` have one each, by address or by whose call
it is (`Budget`), and take nothing from each other or from `/api`; until it is known whose a call is, and for calls that
are refused before it is, the address pays. The number of requests is that of all calls together.

Owns the counters. A window starts when its interval does (a minute at second 0), as the API's clients expect; all
addresses share it, so a new window is one cleared table. Memory is bounded: past `ADDRESSES_MAX` in one window, further
addresses share one counter. Who goes on after being refused is banned: `bans`. Limits of new orders are kept apart, per
account, in `order_counts`.
"""

from collections.abc import Callable, Hashable
from typing import Any, Final

import msgspec

from rialto.gateway.bans import BanRules, Bans
from rialto.wire.endpoints import Budget, Endpoint
from rialto.wire.errors import ApiError, ErrorCode

ADDRESSES_MAX: Final = 100_000
_OTHERS: Final = ""
_SECONDS: Final = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400}


class RateLimit(msgspec.Struct, frozen=True, rename="camel"):
    """One limit, in the shape and spelling exchange information shows it."""

    rate_limit_type: str
    interval: str
    interval_num: int
    limit: int

    def used(self, count: int) -> "LimitUse":
        """Return the limit with what was used of it."""
        return LimitUse(self.rate_limit_type, self.interval, self.interval_num, self.limit, count)

    @property
    def seconds(self) -> int:
        """How long its window is."""
        return _SECONDS[self.interval] * self.interval_num

    @property
    def suffix(self) -> str:
        """Its interval in the names of headers: `1M`, `10S`."""
        return f"{self.interval_num}{self.interval[0]}"

    @property
    def per(self) -> str:
        """Its interval in messages: `1 MINUTE`."""
        return f"{self.interval_num} {self.interval}"


class LimitUse(msgspec.Struct, frozen=True, rename="camel"):
    """What was used of one limit, in the shape the API shows it."""

    rate_limit_type: str
    interval: str
    interval_num: int
    limit: int
    count: int


class RateLimits(msgspec.Struct, frozen=True):
    """Every limit of the exchange; the defaults are those of the original."""

    request_weight: RateLimit = RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 6000)
    orders: tuple[RateLimit, ...] = (
        RateLimit("ORDERS", "SECOND", 10, 100),
        RateLimit("ORDERS", "DAY", 1, 200_000),
    )
    raw_requests: RateLimit = RateLimit("RAW_REQUESTS", "MINUTE", 5, 300_000)
    bans: BanRules = BanRules()
    endpoint_by_address: RateLimit = RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 12_000)
    """For each call of `/sapi` whose weight is by IP."""
    endpoint_by_owner: RateLimit = RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 180_000)
    """For each call of `/sapi` whose weight is by UID."""

    def shown(self) -> list[RateLimit]:
        """List the limits in the order exchange information shows them."""
        return [self.request_weight, *self.orders, self.raw_requests]


class FixedWindow:
    """Counts per key within the current window."""

    __slots__ = ("_counts", "_keys_max", "_window", "_window_us", "limit")

    def __init__(self, limit: RateLimit, keys_max: int = ADDRESSES_MAX) -> None:
        self.limit: Final = limit
        self._window_us = limit.seconds * 1_000_000
        self._window = -1
        self._keys_max = keys_max
        self._counts: dict[Hashable, int] = {}

    def add(self, key: Hashable, amount: int, now_us: int) -> int:
        """Add an amount, negative to give it back, and return the new count, never below zero."""
        counts = self._current(now_us)
        used = counts.get(key)
        if used is None:
            if len(counts) >= self._keys_max:
                key = _OTHERS
            used = counts.get(key, 0)
        used = max(0, used + amount)
        counts[key] = used
        return used

    def count(self, key: Hashable, now_us: int) -> int:
        """Return the count of a key."""
        counts = self._current(now_us)
        used = counts.get(key)
        if used is None and len(counts) >= self._keys_max:
            return counts.get(_OTHERS, 0)
        return used or 0

    def seconds_left(self, now_us: int) -> int:
        """Return how long the current window lasts, rounded up to whole seconds, at least one."""
        return max(1, -(-(self._window_us - now_us % self._window_us) // 1_000_000))

    def _current(self, now_us: int) -> dict[Hashable, int]:
        window = now_us // self._window_us
        if window != self._window:
            self._window = window
            self._counts.clear()
        return self._counts


class RequestLimits:
    """Admits requests by address."""

    def __init__(self, limits: RateLimits, clock_us: Callable[[], int]) -> None:
        self.clock_us: Final = clock_us
        self._weights = FixedWindow(limits.request_weight)
        self._endpoint_by_address = FixedWindow(limits.endpoint_by_address)
        self._endpoint_by_owner = FixedWindow(limits.endpoint_by_owner)
        self._requests = FixedWindow(limits.raw_requests)
        self.bans: Final = Bans(limits.bans, limits.raw_requests.seconds * 1_000_000)
        self._used_header = f"x-mbx-used-weight-{limits.request_weight.suffix.lower()}".encode()
        self._address_header = f"x-sapi-used-ip-weight-{limits.endpoint_by_address.suffix.lower()}".encode()
        self._owner_header = f"x-sapi-used-uid-weight-{limits.endpoint_by_owner.suffix.lower()}".encode()

    def count_request(self, address: str) -> None:
        """Count one request of whatever weight.

        Raises `ApiError` -1003: with status 418 while the address is banned, 429 when it has no requests left.
        """
        now_us = self.clock_us()
        self.bans.check(address, now_us)
        limit = self._requests.limit
        if self._requests.add(address, 1, now_us) > limit.limit:
            self.bans.note_refusal(address, now_us)
            message = f"Too many requests; current limit is {limit.limit} requests per {limit.per}."
            raise _too_many(message, self._requests.seconds_left(now_us))

    def check_ban(self, address: str) -> None:
        """Raise `ApiError` -1003 with status 418 while an address is banned. Counts nothing."""
        self.bans.check(address, self.clock_us())

    def count_unread(self, address: str) -> None:
        """Count a request that is refused before it is read, and so weighs nothing.

        Raises `ApiError` -1003 if a limit would have refused it whatever it had weighed: as `count_request`, and 429
        when the address has no weight left.
        """
        self.count_request(address)
        now_us = self.clock_us()
        if self._weights.count(address, now_us) >= self._weights.limit.limit:
            raise self._overweight(address, now_us, self._weights)

    def busy(self, address: str) -> ApiError:
        """Count a request that is refused unread, and return what it is told: to wait by a limit, or busy."""
        try:
            self.count_unread(address)
        except ApiError as told_to_wait:
            return told_to_wait
        return ErrorCode.SERVER_BUSY.error()

    def charge(
        self, address: str, weight: int, endpoint: Endpoint[Any] | None = None, owner: int | None = None
    ) -> None:
        """Count weight, of a call's own budget if it has one.

        Raises `ApiError` -1003 when that would exceed the limit; nothing is counted then. Its status is 429, or 418
        when the address has been refused too often and is banned from now on.
        """
        now_us = self.clock_us()
        window, key = self._budget(address, endpoint, owner)
        if window.add(key, weight, now_us) > window.limit.limit:
            window.add(key, -weight, now_us)
            raise self._overweight(address, now_us, window)

    def give_back(
        self, address: str, weight: int, endpoint: Endpoint[Any] | None = None, owner: int | None = None
    ) -> None:
        """Take back weight charged in this window."""
        window, key = self._budget(address, endpoint, owner)
        window.add(key, -weight, self.clock_us())

    def used_weight(self, address: str) -> LimitUse:
        """Return what an address has used of its weight."""
        return self._weights.limit.used(self._weights.count(address, self.clock_us()))

    def used_headers(
        self, address: str, endpoint: Endpoint[Any] | None = None, owner: int | None = None
    ) -> list[tuple[bytes, bytes]]:
        """Return the headers that state what was used of the budget of a call, of the shared one without."""
        window, key = self._budget(address, endpoint, owner)
        if window is not self._weights:
            name = self._address_header if window is self._endpoint_by_address else self._owner_header
            return [(name, b"%d" % window.count(key, self.clock_us()))]
        used = b"%d" % self._weights.count(address, self.clock_us())
        return [(b"x-mbx-used-weight", used), (self._used_header, used)]

    def _budget(self, address: str, endpoint: Endpoint[Any] | None, owner: int | None) -> tuple[FixedWindow, Hashable]:
        """Return which window counts a call, and by which key."""
        if endpoint is None or endpoint.budget is Budget.SHARED:
            return self._weights, address
        if endpoint.budget is Budget.OWNER and owner is not None:
            return self._endpoint_by_owner, (endpoint.method, endpoint.path, owner)
        return self._endpoint_by_address, (endpoint.method, endpoint.path, address)

    def _overweight(self, address: str, now_us: int, window: FixedWindow) -> ApiError:
        """Return the refusal where no weight is left. Raises one with status 418 if the address was told too often."""
        self.bans.note_refusal(address, now_us)
        error = ErrorCode.TOO_MANY_REQUESTS.error(window.limit.limit, window.limit.per, form=1)
        return _too_many(error.message, window.seconds_left(now_us))


def _too_many(message: str, retry_after_s: int) -> ApiError:
    code = ErrorCode.TOO_MANY_REQUESTS
    return ApiError(code.number, message, code.status, retry_after_s)
