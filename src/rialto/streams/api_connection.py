"""One connection of the WebSocket API: requests come in as texts, responses and events of accounts go out.

Knows nothing of what a request says: `Api` answers it. Requests are offered in their order, the next when it is decided
whether the one before is served or refused, and answered beside each other; when many wait or are under way the
connection reads nothing further until some are done.
"""

import asyncio
from collections import deque
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
"""How many requests of one connection wait or are answered at once; what was sent beyond is not read."""

logger = structlog.get_logger(__name__)


class ApiSession(Protocol):
    """What a connection holds of the API."""

    in_microseconds: bool
    is_binary: bool
    """Whether what is sent to the client is SBE, not JSON."""


class Api(Protocol):
    """What answers requests."""

    def open(
        self,
        address: str,
        parameters: Sequence[tuple[str, str]],
        send: Callable[[bytes], None],
        headers: Mapping[str, str],
    ) -> Any:
        """Begin a session, whose events are written by `send`; `headers` are the upgrade's. Raises `ApiError`."""

    def close(self, session: Any) -> None:
        """End a session."""

    def offer(self, session: Any, text: bytes, receiver: "Receiver") -> None:
        """Decide, now or later, whether a request is served."""

    async def answer(self, session: Any, text: bytes) -> tuple[bytes, bool]:
        """Return the response to a request, and whether the connection is to be closed after it."""


class Receiver(Protocol):
    """Who learns what becomes of a request."""

    def begin(self, text: bytes, done: Callable[[], None]) -> None:
        """Answer a request, and call `done` when that is over."""

    def refuse(self, response: bytes, *, closes: bool) -> None:
        """Write a refusal, and close the connection if it says so."""


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
        self._texts: deque[bytes] = deque()
        self._is_undecided = False
        """Whether a request is offered, and neither begun nor refused."""
        self._is_offering = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._farewell: tuple[int, str] | None = None
        """With what to close once everything taken is answered; then nothing further is taken."""
        self._session: Final[ApiSession] = api.open(request.peer, request.parameters(), self.send, request.headers)

    def take(self, text: bytes) -> None:
        """Offer a request, after those before it; drop it once the connection is to be closed."""
        if self._farewell is not None:
            return
        self._texts.append(text)
        self._offer_waiting()
        if self._held >= REQUESTS_UNDER_WAY_MAX:
            self._socket.pause_reading()

    def begin(self, text: bytes, done: Callable[[], None]) -> None:
        """Answer a request, beside those under way."""
        self._is_undecided = False
        if self._closing:
            done()
            return
        self._under_way.add(self._loop.create_task(self._answer(text, done)))
        self._offer_waiting()

    def refuse(self, response: bytes, *, closes: bool) -> None:
        """Write a refusal."""
        self._is_undecided = False
        self.send(response)
        if closes:
            self.close(POLICY_VIOLATION, "Banned")
        self._offer_waiting()
        self._read_on()
        self._leave_when_done()

    def finish(self, code: int, reason: str) -> None:
        """Take no request any more, and close once those taken are answered."""
        self._farewell = code, reason
        self._leave_when_done()

    def send(self, payload: bytes) -> None:
        """Write a message as the session's are, in order with all others; does nothing once the connection ends."""
        if not self._session.is_binary:
            super().send(payload)
        elif not self._closing:
            self._connections.enqueue_frame(binary_frame(payload), (self,))

    def ended(self) -> None:
        """End the session. What is under way is finished, and its answers are dropped: `finish` waits for them."""
        self._texts.clear()
        self._api.close(self._session)

    def shutdown_notice(self, now_us: int) -> bytes:
        """Return the event that announces the server's end."""
        if self._session.is_binary:
            return binary_frame(spot_codec().encode("ServerShutdownEvent", {"E": now_us}))
        time = now_us if self._session.in_microseconds else now_us // 1_000
        return text_frame(msgspec.json.encode(_Notice(_Event("serverShutdown", time))))

    @property
    def _held(self) -> int:
        return len(self._texts) + len(self._under_way)

    def _offer_waiting(self) -> None:
        """Offer what waits until one is undecided. Called again from within, it leaves that to the call under way."""
        if self._is_offering:
            return
        self._is_offering = True
        while self._texts and not self._is_undecided:
            self._is_undecided = True
            self._api.offer(self._session, self._texts.popleft(), self)
        self._is_offering = False

    def _leave_when_done(self) -> None:
        if self._farewell is not None and not self._held and not self._is_undecided:
            self.close(*self._farewell)

    def _read_on(self) -> None:
        if self._held < REQUESTS_UNDER_WAY_MAX and not self._socket.is_closing():
            self._socket.resume_reading()

    async def _answer(self, text: bytes, done: Callable[[], None]) -> None:
        try:
            response, closes = await self._api.answer(self._session, text)
            self.send(response)
            if closes:
                self.close(POLICY_VIOLATION, "Banned")
        except Exception:
            logger.exception("api_request_failed")
            self.close(INTERNAL_ERROR, "Internal error")
        finally:
            done()
            task = asyncio.current_task()
            assert task is not None
            self._under_way.discard(task)
            if self._held == REQUESTS_UNDER_WAY_MAX - 1:
                self._read_on()
            self._leave_when_done()


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
