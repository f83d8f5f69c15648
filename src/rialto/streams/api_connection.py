"""One connection of the WebSocket API: requests come in as texts, responses and events of accounts go out.

Knows nothing of what a request says: `Api` answers it. Requests are answered beside each other; when many are under way
the connection reads nothing further until some are done.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, Protocol

import msgspec
import structlog

from rialto.streams.connection import INTERNAL_ERROR, POLICY_VIOLATION, Connection
from rialto.streams.connections import Connections
from rialto.streams.framing import binary_frame, text_frame
from rialto.streams.protocol import Handler, UpgradeRefused, UpgradeRequest
from rialto.wire.errors import ApiError
from rialto.wire.sbe.answers import spot_codec

PATH: Final = ["ws-api", "v3"]
REQUESTS_UNDER_WAY_MAX: Final = 64
"""How many requests of one connection are answered at once."""

logger = structlog.get_logger(__name__)


class ApiSession(Protocol):
    """What a connection holds of the API."""

    in_microseconds: bool
    is_binary: bool
    """Whether what is sent to the client is SBE, not JSON."""


class Api(Protocol):
    """What answers requests."""

    def open(self, address: str, parameters: Sequence[tuple[str, str]], send: Callable[[bytes], None]) -> Any:
        """Begin a session, whose events are written by `send`. Raises `ApiError`."""

    def close(self, session: Any) -> None:
        """End a session."""

    async def answer(self, session: Any, text: bytes) -> tuple[bytes, bool]:
        """Return the response to a request, and whether the connection is to be closed after it."""


class _Event(msgspec.Struct):
    e: str
    E: int


class _Notice(msgspec.Struct):
    event: _Event


class ApiConnection(Connection):
    """A client of the WebSocket API."""

    def __init__(self, connections: Connections, api: Api, request: UpgradeRequest) -> None:
        """Open a session. Raises `ApiError` if the client may not connect."""
        super().__init__(connections, messages_max=connections.limits.requests_max)
        self._api = api
        self._under_way: set[asyncio.Task[None]] = set()
        self._session: Final[ApiSession] = api.open(request.peer, request.parameters(), self.send)

    def take(self, text: bytes) -> None:
        """Answer a request, beside those under way."""
        task = self._loop.create_task(self._answer(text))
        self._under_way.add(task)
        if len(self._under_way) >= REQUESTS_UNDER_WAY_MAX:
            self._socket.pause_reading()

    def send(self, payload: bytes) -> None:
        """Write a message as the session's are, in order with all others; does nothing once the connection ends."""
        if not self._session.is_binary:
            super().send(payload)
        elif not self._closing:
            self._connections.enqueue_frame(binary_frame(payload), (self,))

    def ended(self) -> None:
        """End the session. What is under way is finished, and its answers are dropped."""
        self._api.close(self._session)

    def shutdown_notice(self, now_us: int) -> bytes:
        """Return the event that announces the server's end."""
        if self._session.is_binary:
            return binary_frame(spot_codec().encode("ServerShutdownEvent", {"E": now_us}))
        time = now_us if self._session.in_microseconds else now_us // 1_000
        return text_frame(msgspec.json.encode(_Notice(_Event("serverShutdown", time))))

    async def _answer(self, text: bytes) -> None:
        try:
            response, closes = await self._api.answer(self._session, text)
            self.send(response)
            if closes:
                self.close(POLICY_VIOLATION, "Banned")
        except Exception:
            logger.exception("api_request_failed")
            self.close(INTERNAL_ERROR, "Internal error")
        finally:
            self._under_way.discard(asyncio.current_task())
            if len(self._under_way) == REQUESTS_UNDER_WAY_MAX - 1 and not self._socket.is_closing():
                self._socket.resume_reading()


def api_handlers(connections: Connections, api: Api) -> Mapping[str, Handler]:
    """Return the handler of the WebSocket API's address, by its first path segment."""

    def connect(request: UpgradeRequest) -> ApiConnection:
        try:
            if request.segments() != PATH:
                raise UpgradeRefused(HTTPStatus.NOT_FOUND, f"The WebSocket API is at /{'/'.join(PATH)}")
            connections.admit(request.peer)
            return ApiConnection(connections, api, request)
        except UpgradeRefused:
            connections.counters.refused_upgrades += 1
            raise
        except ApiError as refusal:
            connections.counters.refused_upgrades += 1
            headers = {"content-type": "application/json;charset=UTF-8"}
            if refusal.retry_after_s is not None:
                headers["retry-after"] = f"{refusal.retry_after_s}"
            body = msgspec.json.encode({"code": refusal.code, "msg": refusal.message}).decode()
            raise UpgradeRefused(HTTPStatus(refusal.status), body, headers) from None

    return {PATH[0]: connect}
