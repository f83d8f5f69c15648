"""Limits of the FIX API: what one connection, one account and one address may use. The defaults are the API's own.

State: the sessions there are by account, ids that may not be used yet, and attempts to connect. In memory only; all of
it belongs to the event loop's thread.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import Final

import msgspec

from rialto.gateway.limits import FixedWindow, RateLimit
from rialto.wire.errors import ErrorCode

_NEVER_S: Final = float("inf")

KEYS_MAX: Final = 100_000
"""How many accounts or addresses are counted in one window; further ones share a counter."""


class ServiceLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What the sessions of one service may use."""

    messages: RateLimit
    """Messages of one connection."""
    attempts: RateLimit
    """Attempts to connect, of one account and of one address."""
    connections_max: int
    """Connections of one account at a time."""
    streams_max: int = 1_000
    """Streams of one connection."""


class FixLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of every service, and those they share."""

    order_entry: ServiceLimits = ServiceLimits(
        messages=RateLimit("MESSAGES", "SECOND", 10, 10_000),
        attempts=RateLimit("ATTEMPTS", "SECOND", 30, 15),
        connections_max=10,
    )
    drop_copy: ServiceLimits = ServiceLimits(
        messages=RateLimit("MESSAGES", "SECOND", 60, 60),
        attempts=RateLimit("ATTEMPTS", "SECOND", 30, 15),
        connections_max=10,
    )
    market_data: ServiceLimits = ServiceLimits(
        messages=RateLimit("MESSAGES", "SECOND", 60, 2_000),
        attempts=RateLimit("ATTEMPTS", "SECOND", 300, 300),
        connections_max=100,
    )
    heartbeat_seconds_min: int = 5
    heartbeat_seconds_max: int = 60
    logon_timeout_s: float = 10.0
    """How long a connection may take to log on."""
    requests_under_way_max: int = 256
    """How many requests of one connection are under way at once."""
    unread_messages_max: int = 1_024
    """How many messages of one connection may wait to be handled before it is read no further."""
    backlog_bytes_max: int = 4_194_304
    """What may wait unsent for one client before it is cut off."""
    news_every_seconds: int = 10
    """How often clients are told of the end, while there is time."""
    drop_copy_delay_s: float = 1.0
    """By how much drop copies are delayed."""
    connections_max: int = 2_000
    """Connections of all accounts to one service."""


class FixCounters(msgspec.Struct):
    """Connections of one service that the exchange ended since the start, by why."""

    turned_away: int = 0
    """As they came: too many attempts, too many connections, or the end of the service."""
    logons_too_late: int = 0
    slow_readers: int = 0
    garbled: int = 0
    excessive_senders: int = 0


class Attempts:
    """Counts attempts to connect to one service."""

    def __init__(self, limit: RateLimit, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self._limit = limit
        self._by_address = FixedWindow(limit, KEYS_MAX)
        self._by_owner = FixedWindow(limit, KEYS_MAX)

    def admit_address(self, address: str) -> None:
        """Count an attempt from an address. Raises `ApiError` -1034."""
        self._admit(self._by_address, address, form=2)

    def admit_owner(self, owner: int) -> None:
        """Count an attempt of an account. Raises `ApiError` -1034."""
        self._admit(self._by_owner, owner, form=1)

    def _admit(self, window: FixedWindow, key: Hashable, form: int) -> None:
        if window.add(key, 1, self._now_us()) > self._limit.limit:
            raise ErrorCode.TOO_MANY_CONNECTIONS.error(self._limit.limit, self._limit.per, form=form)


class Accounts:
    """How many sessions each account has with one service."""

    def __init__(self, connections_max: int) -> None:
        self._connections_max = connections_max
        self._counts: dict[int, int] = {}

    def join(self, owner: int) -> None:
        """Count a session. Raises `ApiError` -1034 if the account has as many as it may."""
        count = self._counts.get(owner, 0)
        if count >= self._connections_max:
            raise ErrorCode.TOO_MANY_CONNECTIONS.error(self._connections_max)
        self._counts[owner] = count + 1

    def leave(self, owner: int) -> None:
        """Count a session no longer."""
        self._counts[owner] -= 1
        if not self._counts[owner]:
            del self._counts[owner]


class CompIds:
    """The ids that clients call themselves by, each used once at a time within an account, whatever the service."""

    def __init__(self) -> None:
        self._free_at_s: dict[tuple[int, str], float] = {}
        """When an id may be used again, by account and id; never while a session uses it."""

    def claim(self, owner: int, comp_id: str) -> None:
        """Take an id for a session. Raises `ApiError` -1033 if it is in use, or was left without a logout."""
        free_at_s = self._free_at_s.get((owner, comp_id))
        if free_at_s is not None and asyncio.get_running_loop().time() < free_at_s:
            raise ErrorCode.COMP_ID_IN_USE.error()
        self._free_at_s[owner, comp_id] = _NEVER_S

    def release(self, owner: int, comp_id: str, delay_s: float) -> None:
        """Let an id be used again after a delay."""
        if not delay_s:
            del self._free_at_s[owner, comp_id]
            return
        now_s = asyncio.get_running_loop().time()
        for key in [key for key, free_at_s in self._free_at_s.items() if free_at_s <= now_s]:
            del self._free_at_s[key]
        self._free_at_s[owner, comp_id] = now_s + delay_s
