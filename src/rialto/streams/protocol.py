"""WebSocket connections on the HTTP server's own port: from an upgrade request to the handler of its path.

uvicorn reads the head of a request; when it asks for an upgrade, uvicorn constructs the class given as `ws`, replays
the head to it and hands over the transport. The class made here checks the head itself, with an HTTP error for what
is wrong with it, finds the handler by the first segment of the path, and lets picows do the rest on the same transport.

picows is given a plain head of our own making: it would refuse `Connection: keep-alive, Upgrade`, which browsers send,
it accepts drafts of the protocol that nobody speaks, and it knows only status 400. Its `WSProtocol` is not among the
names it promises to keep; this module alone knows it, and every test of a connection runs over it.

Any `Origin` may connect. Market streams carry no credentials, so there is nothing a foreign page could abuse; a
handler whose connections do must check `UpgradeRequest.headers` itself.
"""

import asyncio
import base64
import binascii
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

import structlog
from picows import WSListener
from picows.picows import WSProtocol  # type: ignore[attr-defined]

HEAD_BYTES_MAX: Final = 65_536
HANDSHAKE_TIMEOUT_S: Final = 5.0
READ_BUFFER_BYTES: Final = 2_048
GOING_AWAY: Final = 1001

logger = structlog.get_logger(__name__)


class UpgradeRequest:
    """The head of an upgrade request that is well formed."""

    __slots__ = ("headers", "path", "peer", "query")

    def __init__(self, path: str, query: str, headers: Mapping[str, str], peer: str) -> None:
        self.path = path
        """The path as sent, still percent-encoded: a `/` within a segment stays apart from those between them."""
        self.query = query
        self.headers = headers
        self.peer = peer

    def segments(self) -> list[str]:
        """Return the decoded segments of the path, without empty ones."""
        return [unquote(segment) for segment in self.path.split("/") if segment]

    def parameters(self) -> list[tuple[str, str]]:
        """Return the decoded parameters of the query. A `+` stands for itself: stream names contain it."""
        pairs = (pair.partition("=") for pair in self.query.split("&") if pair)
        return [(unquote(name), unquote(value)) for name, _, value in pairs]


class UpgradeRefused(Exception):
    """The connection is not taken; the client gets an HTTP error with this message."""

    def __init__(self, status: HTTPStatus, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


Handler = Callable[[UpgradeRequest], WSListener]
"""Makes the listener of a connection, or raises UpgradeRefused. Listeners also have `close(code, reason)`."""


class _PeerLog:
    """What picows says of connections: peers that break the protocol are no errors of ours."""

    name = "picows"

    def isEnabledFor(self, _level: int) -> bool:  # noqa: N802
        return False

    def debug(self, message: str, *values: object) -> None:
        """Pass over that connections come, go and are paused: there may be thousands a minute."""

    info = debug

    def warning(self, message: str, *values: object) -> None:
        logger.debug(message % values if values else message)

    error = warning

    def exception(self, message: str, *values: object) -> None:
        logger.error(message % values if values else message, exc_info=True)  # noqa: LOG014 — called by picows inside its handlers


class _UpgradedProtocol(WSProtocol):  # type: ignore[misc]
    """A connection from its replayed head on. Subclasses fix the handlers."""

    handlers: Mapping[str, Handler]
    message_bytes_max: int

    def __init__(self, config: Any, server_state: Any, app_state: Any) -> None:  # noqa: ARG002
        self._connections: set[object] = server_state.connections
        self._raw: asyncio.Transport | None = None
        self._accepted: WSListener | None = None
        super().__init__(
            None, None, False, lambda _request: self._accepted, _PeerLog(), True, HANDSHAKE_TIMEOUT_S,
            False, 20, 20, 2, False, self.message_bytes_max, None, READ_BUFFER_BYTES,
        )  # fmt: skip

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Keep the transport; picows gets it once the head is found to be good."""
        self._raw = transport

    def data_received(self, head: bytes) -> None:
        """Take the replayed head of the request: accept the connection or answer with an HTTP error."""
        assert self._raw is not None
        try:
            request, key = _parse_head(head, self._raw.get_extra_info("peername"))
            self._accepted = self._handler(request)(request)
        except UpgradeRefused as refusal:
            self._raw.write(_error_response(refusal))
            self._raw.close()
            return
        except Exception:
            logger.exception("websocket_upgrade_failed")
            self._raw.write(_error_response(UpgradeRefused(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error")))
            self._raw.close()
            return
        self._connections.add(self)
        super().connection_made(self._raw)
        self._feed(_plain_head(key))

    def connection_lost(self, exc: Exception | None) -> None:
        """Let picows tell the listener, if there is one."""
        self._connections.discard(self)
        if self._accepted is not None:
            super().connection_lost(exc)

    def shutdown(self) -> None:
        """Close: the HTTP server is about to stop. The hub has told its readers before."""
        close = getattr(self._accepted, "close", None)
        if close is not None:
            close(GOING_AWAY, "Server shutdown")

    def _handler(self, request: UpgradeRequest) -> Handler:
        segments = request.segments()
        handler = self.handlers.get(segments[0]) if segments else None
        if handler is None:
            known = ", ".join(f"/{name}" for name in self.handlers)
            raise UpgradeRefused(HTTPStatus.NOT_FOUND, f"No WebSocket at {request.path[:64]!r}, only at {known}")
        return handler

    def _feed(self, data: bytes) -> None:
        """Put bytes into picows as a buffered transport would."""
        view = memoryview(data)
        while view:
            buffer = self.get_buffer(len(view))
            size = min(len(view), len(buffer))
            buffer[:size] = view[:size]
            self.buffer_updated(size)
            view = view[size:]


def websocket_protocol(handlers: Mapping[str, Handler], *, message_bytes_max: int) -> type[_UpgradedProtocol]:
    """Return the class to pass to the HTTP server as its WebSocket protocol.

    `handlers` are found by the first segment of the path. A frame longer than `message_bytes_max` ends its connection.
    """
    return type(
        "UpgradedProtocol", (_UpgradedProtocol,), {"handlers": dict(handlers), "message_bytes_max": message_bytes_max}
    )


def _parse_head(head: bytes, peer: object) -> tuple[UpgradeRequest, str]:
    """Return the request and its key. Raises UpgradeRefused. Syntax is checked: the HTTP server's parser wrote it."""
    if len(head) > HEAD_BYTES_MAX:
        raise UpgradeRefused(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"Request head of {len(head)} bytes is over {HEAD_BYTES_MAX}"
        )
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name.lower()] = f"{headers[name]}, {value}" if name in headers else value.strip()
    if method != "GET":
        raise UpgradeRefused(
            HTTPStatus.METHOD_NOT_ALLOWED, f"WebSockets are opened by GET, not {method}", {"allow": "GET"}
        )
    version = headers.get("sec-websocket-version")
    if version != "13":
        raise UpgradeRefused(
            HTTPStatus.UPGRADE_REQUIRED,
            f"WebSocket version {version} is not spoken, only 13",
            {"sec-websocket-version": "13"},
        )
    key = headers.get("sec-websocket-key", "")
    if not _is_key(key):
        raise UpgradeRefused(HTTPStatus.BAD_REQUEST, "Sec-WebSocket-Key must be 16 bytes in base64")
    path, _, query = target.partition("?")
    address = str(peer[0]) if isinstance(peer, tuple) and peer else ""
    return UpgradeRequest(path, query, headers, address), key


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def _plain_head(key: str) -> bytes:
    return (
        "GET / HTTP/1.1\r\nHost: rialto\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()


def _error_response(refusal: UpgradeRefused) -> bytes:
    body = f"{refusal}\n".encode()
    headers = {
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(body)),
        "connection": "close",
        **refusal.headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {refusal.status.value} {refusal.status.phrase}\r\n{lines}\r\n".encode() + body
