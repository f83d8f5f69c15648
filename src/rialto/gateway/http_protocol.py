"""uvicorn's HTTP protocol with the bounds it does not set itself: bytes and seconds a request's head may take.

A client that sends an endless header, or a header byte by byte for ever, costs a closed connection and nothing more.
The bodies and what comes after are bounded by `application`.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rialto.gateway.dispatcher import error_body
from rialto.wire.errors import ApiError, ErrorCode

HEAD_BYTES_MAX: Final = 32_768
HEAD_TIMEOUT_S: Final = 10.0


class BoundedHttpProtocol(HttpToolsProtocol):
    """One HTTP connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._reads_head = True
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock for the first request."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head of the request is too large."""
        super().data_received(data)
        if self._reads_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX:
                self._refuse(431, f"The headers of this request are too large; the limit is {HEAD_BYTES_MAX} bytes.")
            elif self._head_timer is None:
                self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self._give_up)

    def on_message_begin(self) -> None:
        """Note that a head begins."""
        self._reads_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is complete."""
        self._reads_head = False
        self._stop_timer()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, and let go of it."""
        self._stop_timer()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the reason is ours to word
        """Answer what is not HTTP."""
        self._refuse(400, "This is not a valid HTTP request.")

    def _give_up(self) -> None:
        self._head_timer = None
        if self._reads_head and not self.transport.is_closing():
            self._refuse(408, f"No complete request arrived within {HEAD_TIMEOUT_S:g} seconds.")

    def _refuse(self, status: int, message: str) -> None:
        if self.transport.is_closing():
            return
        body = error_body(ApiError(ErrorCode.ILLEGAL_CHARS.number, message, status))
        head = f"HTTP/1.1 {status} Refused\r\ncontent-type: application/json;charset=UTF-8\r\n"
        head += f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(head.encode() + body)
        self.transport.close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
