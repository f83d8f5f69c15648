"""A session of the WebSocket API: one connection's key, settings and subscriptions to events of accounts.

Owned by the connection's event loop. Subscriptions are numbered from 0 and no number is used twice; an account is
listened to at most once. Invariant: once the session has ended, it holds no subscription.
"""

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

import msgspec

from rialto.gateway.websocket.formats import Format
from rialto.identity.api_keys import ApiKey
from rialto.identity.restrictions import Permission
from rialto.wire.errors import ErrorCode


class SessionLimits(msgspec.Struct, frozen=True):
    """How much sessions may use."""

    requests_at_once_max: int = 4_096
    """Requests of all sessions that are answered at once."""
    subscriptions_max: int = 1_000
    """Subscriptions a session may hold."""
    subscription_ids_max: int = 65_535
    """Subscriptions a session may ever have had."""


class Subscription(Protocol):
    """Events of one owner's account under way to a receiver."""

    @property
    def is_active(self) -> bool:
        """Whether events still come: the source ends what it cannot follow, and says so as its last event."""

    def cancel(self) -> None:
        """Send nothing more."""


class UserDataSource(Protocol):
    """Where the events of accounts come from."""

    def subscribe(self, owner: int, receive: Callable[[bytes], None], *, in_microseconds: bool) -> Subscription:
        """Call `receive` with every event of an owner's account from now on, as JSON, in order."""


class SessionStatus(msgspec.Struct, rename="camel"):
    """What a session is, as the API shows it. Times are in the session's unit."""

    api_key: str | None
    authorized_since: int | None
    connected_since: int
    return_rate_limits: bool
    server_time: int
    user_data_stream: bool


class SubscriptionId(msgspec.Struct, rename="camel"):
    """The number of a subscription."""

    subscription_id: int


class _Terminated(msgspec.Struct):
    e: str
    E: int


class _Held:
    """A subscription with whose it is."""

    __slots__ = ("by_session", "handle", "key")

    def __init__(self, key: ApiKey, handle: Subscription, *, by_session: bool) -> None:
        self.key = key
        self.handle = handle
        self.by_session = by_session


class Session:
    """One session. `address` is the client's."""

    def __init__(
        self,
        address: str,
        *,
        source: UserDataSource | None,
        limits: SessionLimits,
        send: Callable[[bytes], None],
        now_us: Callable[[], int],
        wire_format: Format,
        returns_rate_limits: bool,
    ) -> None:
        """`send` writes a message to the client, in order with its responses; `wire_format` says how they look."""
        self.address: Final = address
        self.format: Final = wire_format
        self.is_binary: Final = wire_format.is_binary
        self.in_microseconds: Final = wire_format.wants_microseconds
        self.returns_rate_limits: Final = returns_rate_limits
        self.key: ApiKey | None = None
        self._source = source
        self._limits = limits
        self._send = send
        self._now_us = now_us
        self._connected_at_us = now_us()
        self._authorized_at_us = 0
        self._subscriptions: dict[int, _Held] = {}
        self._next_id = 0

    def log_on(self, key: ApiKey) -> None:
        """Let a key stand for every request that names none."""
        if self.key is not None and self.key.owner != key.owner:
            self._end_subscriptions(lambda held: held.by_session)
        self.key = key
        self._authorized_at_us = self._now_us()

    def key_for(self, permission: Permission) -> ApiKey:
        """Return the session's key. Raises `ApiError` -2015 if it has none, or one without a permission."""
        if self.key is None or permission not in self.key.permissions:
            raise ErrorCode.REJECTED_MBX_KEY.error()
        return self.key

    def log_out(self) -> None:
        """Forget the key, and what was subscribed to by it alone."""
        self._end_subscriptions(lambda held: held.by_session)
        self.key = None

    def status(self) -> SessionStatus:
        """Return what the session is now."""
        key = self.key
        return SessionStatus(
            None if key is None else key.key,
            None if key is None else self._time(self._authorized_at_us),
            self._time(self._connected_at_us),
            self.returns_rate_limits,
            self._time(self._now_us()),
            bool(self._held()),
        )

    def subscription_ids(self) -> list[SubscriptionId]:
        """List the subscriptions, oldest first."""
        return [SubscriptionId(number) for number in self._held()]

    def subscribe(self, key: ApiKey, *, by_session: bool) -> SubscriptionId:
        """Listen to the account of a key's owner; `by_session` if a logout is to end it.

        Raises `ApiError`: -2035 if it is listened to already, -1191 or -2042 if there are too many, now or ever.
        """
        if self._source is None:
            raise ErrorCode.UNSUPPORTED_OPERATION.error()
        if any(held.key.owner == key.owner for held in self._held().values()):
            raise ErrorCode.SUBSCRIPTION_ACTIVE.error()
        if len(self._subscriptions) >= self._limits.subscriptions_max:
            raise ErrorCode.TOO_MANY_SUBSCRIPTIONS.error(self._limits.subscriptions_max)
        if self._next_id >= self._limits.subscription_ids_max:
            raise ErrorCode.MAXIMUM_SUBSCRIPTION_IDS.error()
        number = self._next_id
        self._next_id += 1
        handle = self._source.subscribe(key.owner, partial(self._forward, number), in_microseconds=self.in_microseconds)
        self._subscriptions[number] = _Held(key, handle, by_session=by_session)
        return SubscriptionId(number)

    def unsubscribe(self, number: int | None) -> None:
        """End one subscription, or all. Raises `ApiError` -2036 if there is none such."""
        subscriptions = self._held()
        if not subscriptions or (number is not None and number not in subscriptions):
            raise ErrorCode.SUBSCRIPTION_INACTIVE.error()
        if number is None:
            self._end_subscriptions(lambda _held: True)
        else:
            self._end_subscription(number)

    def drop_unusable(self, is_usable: Callable[[ApiKey, str], bool]) -> None:
        """End what keys allowed that are no longer in use; the next request by such a session's key is told."""
        self._end_subscriptions(lambda held: not is_usable(held.key, self.address))

    def end(self) -> None:
        """Let go of everything, without a word: the connection is gone."""
        for held in self._subscriptions.values():
            held.handle.cancel()
        self._subscriptions.clear()

    def _held(self) -> dict[int, _Held]:
        """Return the subscriptions, without those that the source has ended."""
        for number in [number for number, held in self._subscriptions.items() if not held.handle.is_active]:
            del self._subscriptions[number]
        return self._subscriptions

    def _forward(self, number: int, event: bytes) -> None:
        self._send(self.format.event(number, event))

    def _end_subscriptions(self, is_ended: Callable[[_Held], bool]) -> None:
        for number in [number for number, held in self._held().items() if is_ended(held)]:
            self._end_subscription(number)

    def _end_subscription(self, number: int) -> None:
        self._subscriptions.pop(number).handle.cancel()
        event = _Terminated("eventStreamTerminated", self._time(self._now_us()))
        self._forward(number, msgspec.json.encode(event))

    def _time(self, time_us: int) -> int:
        return time_us if self.in_microseconds else time_us // 1_000
