"""The WebSocket API between sockets and the performer: opens sessions, answers their texts.

Owns the sessions there are. One text is one request and gets one response, whatever happens; responses may overtake
each other, events of accounts are never overtaken by the response that tells of the same change.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, Protocol

from rialto.gateway.admission import Admission
from rialto.gateway.authentication import Authenticator, Timing, key_name, read_signature, read_timing
from rialto.gateway.browser import Browsers
from rialto.gateway.call import Call
from rialto.gateway.limits import LimitUse, RequestLimits
from rialto.gateway.order_counts import OrderCounts
from rialto.gateway.performer import Performer, error_of
from rialto.gateway.router import Route, Router
from rialto.gateway.websocket import messages
from rialto.gateway.websocket.formats import read_format
from rialto.gateway.websocket.messages import ApiRequest
from rialto.gateway.websocket.session import Session, SessionLimits, UserDataSource
from rialto.identity.api_keys import ApiKey
from rialto.identity.browser_session import SessionKey
from rialto.wire import errors
from rialto.wire.endpoints import SIGNED_NAMES, Endpoint, Urgency
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.kinds import Boolean

CONNECTING_WEIGHT: Final = 2
"""What opening a connection weighs."""

UNREADABLE_WEIGHT: Final = 1
"""What a text weighs that is no request."""

BANNED_STATUS: Final = 418

_NO_HEADERS: Final[Mapping[str, str]] = {}

_RETURN_RATE_LIMITS: Final = "returnRateLimits"
_BOOLEAN: Final = Boolean()
_UNITS: Final = {"MILLISECOND": False, "millisecond": False, "MICROSECOND": True, "microsecond": True}


class Receiver(Protocol):
    """Who learns what becomes of a request."""

    def begin(self, text: bytes, done: Callable[[], None]) -> None:
        """Let a request be answered, and call `done` when that is over."""

    def refuse(self, response: bytes, *, closes: bool) -> None:
        """Take the response to a request that is refused, and whether the connection is to be closed after it."""


class _SessionRevoked(Exception):
    """The session's key is no longer usable."""


class _SocketRequest:
    """A request over a session, as the performer asks for its parts."""

    __slots__ = ("_pairs", "_sent", "_session", "address", "call", "is_read", "returns_rate_limits")

    def __init__(self, sent: ApiRequest, session: Session) -> None:
        self.address = session.address
        self.call: Call | None = None
        self.is_read = True
        self.returns_rate_limits = session.returns_rate_limits
        self._sent = sent
        self._session = session

    def find(self, router: Router) -> Route[Any]:
        route = router.find_by_websocket_method(self._sent.method)
        self.is_read = route.endpoint.method == "GET" or not route.endpoint.is_http
        return route

    def read(self, endpoint: Endpoint[Any]) -> dict[str, str]:
        if self._session.is_binary and endpoint.sbe_message is None:
            raise ErrorCode.SBE_DISABLED.error()
        pairs = self._pairs = self._sent.pairs()
        shown = pairs.get(_RETURN_RATE_LIMITS)
        if shown is not None:
            self.returns_rate_limits = _BOOLEAN.read(_RETURN_RATE_LIMITS, shown)
        known = endpoint.reader.names
        return {
            name: text
            for name, text in pairs.items()
            if name in known or not (name in SIGNED_NAMES or name in ("apiKey", _RETURN_RATE_LIMITS))
        }

    def authenticate(
        self, endpoint: Endpoint[Any], _pairs: dict[str, str], authenticator: Authenticator
    ) -> tuple[ApiKey, Timing]:
        pairs, session_key = self._pairs, self._session.key
        name = pairs.get("apiKey")
        if name is None and isinstance(session_key, SessionKey):
            return session_key, authenticator.check_session(session_key, endpoint.security)
        if name is None and session_key is not None:
            timing = read_timing(pairs)
            key = authenticator.find_key(session_key.key, endpoint.security, self.address)
            authenticator.check_time(timing)
            return key, timing
        if name is None:
            raise errors.mandatory("apiKey")
        name = key_name(name.encode())
        timing = read_timing(pairs)
        signature = read_signature(pairs)
        key = authenticator.find_key(name, endpoint.security, self.address)
        authenticator.check_time(timing)
        authenticator.check_signature(key, messages.signed_payload(pairs), signature)
        return key, timing

    def make_call(self, key: ApiKey | None, check_window: Callable[[], None] | None) -> Call:
        session = self._session
        return Call(key, microseconds=session.in_microseconds, check_window=check_window, session=session)


class _OfferedText:
    """A text at the edge."""

    __slots__ = ("_api", "_receiver", "_session", "_text", "_urgency")

    def __init__(
        self, api: "WebSocketApi", session: Session, text: bytes, urgency: Urgency, receiver: Receiver
    ) -> None:
        self._api = api
        self._session = session
        self._text = text
        self._urgency = urgency
        self._receiver = receiver

    def flow(self) -> Hashable:
        return self._api.flow(self._session, self._text)

    def start(self) -> None:
        self._receiver.begin(self._text, partial(self._api.admission.done, self._urgency))

    def refuse(self) -> None:
        response, closes = self._api.refusal(self._session, self._text)
        self._receiver.refuse(response, closes=closes)


class WebSocketApi:
    """Opens sessions and answers their requests."""

    def __init__(
        self,
        performer: Performer,
        admission: Admission,
        authenticator: Authenticator,
        limits: RequestLimits,
        order_counts: OrderCounts,
        now_us: Callable[[], int],
        *,
        session_limits: SessionLimits,
        source: UserDataSource | None = None,
        browsers: Browsers | None = None,
    ) -> None:
        """`now_us` is the exchange's time; `source` gives the events of accounts; `browsers` finds people."""
        self.admission: Final = admission
        self._session_limits = session_limits
        self._performer = performer
        self._authenticator = authenticator
        self._limits = limits
        self._order_counts = order_counts
        self._now_us = now_us
        self._source = source
        self._browsers = browsers
        self._sessions: dict[Session, None] = {}
        self._requests = 0

    def open(
        self,
        address: str,
        parameters: Sequence[tuple[str, str]],
        send: Callable[[bytes], None],
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> Session:
        """Begin a session; `parameters` are those of the connection's URL, `headers` those of its upgrade.

        One that a page of this site opens is logged on as the person whose browser it is.

        Raises `ApiError`: -1003 if the address may not connect now, -1194, -1130 or -1153 for a wrong parameter.
        """
        self._limits.count_request(address)
        self._limits.charge(address, CONNECTING_WEIGHT)
        query = dict(parameters)
        unit = query.get("timeUnit")
        if unit is not None and unit not in _UNITS:
            raise ErrorCode.INVALID_TIME_UNIT.error()
        shown = query.get(_RETURN_RATE_LIMITS)
        session = Session(
            address,
            source=self._source,
            limits=self._session_limits,
            send=send,
            now_us=self._now_us,
            wire_format=read_format(parameters, wants_microseconds=unit is not None and _UNITS[unit]),
            returns_rate_limits=shown is None or _BOOLEAN.read(_RETURN_RATE_LIMITS, shown),
        )
        self._sessions[session] = None
        browser = None if self._browsers is None else self._browsers.of_upgrade(headers)
        if browser is not None:
            session.log_on(browser.key)
        return session

    def close(self, session: Session) -> None:
        """End a session whose connection is gone."""
        self._sessions.pop(session, None)
        session.end()

    def offer(self, session: Session, text: bytes, receiver: Receiver) -> None:
        """Decide, now or later, whether a request is served; `receiver` is told."""
        urgency = self._performer.router.websocket_urgency(messages.method_of(text))
        self.admission.offer(urgency, _OfferedText(self, session, text, urgency, receiver))

    def flow(self, session: Session, text: bytes) -> Hashable:
        """Return whose a request is: the owner of the session's key or of the one it names, or its address."""
        if session.key is not None:
            return session.key.owner
        sent = ApiRequest()
        try:
            sent.read(text)
            owner = self._authenticator.owner_of(sent.pairs().get("apiKey", ""))
        except ApiError:
            owner = None
        return session.address if owner is None else owner

    def refusal(self, session: Session, text: bytes) -> tuple[bytes, bool]:
        """Return the response to a request that cannot be served now, and whether the connection is to be closed."""
        sent = ApiRequest()
        error = self._limits.busy(session.address)
        with suppress(ApiError):
            sent.read(text)
        shown = [self._limits.used_weight(session.address)] if session.returns_rate_limits else None
        response = session.format.failure(sent.id, error, shown, self._limits.clock_us())
        return response, error.status == BANNED_STATUS

    async def answer(self, session: Session, text: bytes) -> tuple[bytes, bool]:
        """Answer one request; return the response, and whether the connection is to be closed after it."""
        sent = ApiRequest()
        incoming = _SocketRequest(sent, session)
        self._requests += 1
        try:
            self._read(sent, text, session)
            if self._requests > self._session_limits.requests_at_once_max:
                raise ErrorCode.SERVER_BUSY.error()
            self._check_session_key(session)
            performed = await self._performer.perform(incoming)
            return session.format.success(sent.id, performed, self._rate_limits(incoming)), False
        except _SessionRevoked:
            return session.format.failure(None, ErrorCode.REJECTED_MBX_KEY.error(), None, self._now_us()), False
        except Exception as failure:
            error = error_of(failure, f"ws {sent.method[:64]}", is_read=incoming.is_read)
            response = session.format.failure(sent.id, error, self._rate_limits(incoming), self._limits.clock_us())
            return response, error.status == BANNED_STATUS
        finally:
            self._requests -= 1

    def drop_unusable_keys(self) -> None:
        """End the subscriptions of keys that were revoked, or no longer may read, or only from other addresses."""
        for session in list(self._sessions):
            session.drop_unusable(self._authenticator.may_listen)

    def _read(self, sent: ApiRequest, text: bytes, session: Session) -> None:
        """Read a request, as far as it can be; one that cannot be counts and weighs as any that is refused."""
        try:
            sent.read(text)
            session.format.check(sent)
        except ApiError:
            self._limits.count_request(session.address)
            self._limits.charge(session.address, UNREADABLE_WEIGHT)
            raise

    def _check_session_key(self, session: Session) -> None:
        """Revoke a session whose key has become unusable, as the page "Session Authentication" has it.

        A key that is usable still stands for what it may be used for now, not for what it was at logon.
        """
        if session.key is None:
            return
        session.key = self._authenticator.current(session.key, session.address)
        if session.key is None:
            session.log_out()
            raise _SessionRevoked

    def _rate_limits(self, incoming: _SocketRequest) -> list[LimitUse] | None:
        if not incoming.returns_rate_limits:
            return None
        shown: list[LimitUse] = []
        call = incoming.call
        if call is not None and call.counted_account is not None:
            shown += self._order_counts.counts(call.counted_account, self._now_us())
        shown.append(self._limits.used_weight(incoming.address))
        return shown
