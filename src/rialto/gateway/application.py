"""The ASGI application: turns ASGI messages into a `Request`, and a `Response` into ASGI messages. Nothing else.

Runs under any ASGI server. Refuses what is too large before it is read further: 414 for a query string, 431 for
headers, 413 for a body. Counts the requests being answered; above the limit a request is answered busy at once, so that
nothing queues without bound.
"""

import asyncio
from collections.abc import MutableMapping
from typing import Any, Final

from rialto.gateway.attachment import Attachment
from rialto.gateway.bounds import Bounds
from rialto.gateway.dispatcher import Dispatcher, error_body
from rialto.gateway.performer import error_of
from rialto.gateway.request import Request, Response
from rialto.gateway.sites import Receive, Send, Site, Sites, send_page
from rialto.wire.errors import ApiError, ErrorCode

Scope = MutableMapping[str, Any]

_DEFAULT_BOUNDS: Final = Bounds()
_CLOSE: Final = (b"connection", b"close")


class Application:
    """Answers HTTP over ASGI 3. `bounds` are the application's own, whatever the server in front allows.

    `sites` are asked before the API.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        bounds: Bounds = _DEFAULT_BOUNDS,
        sites: Sites | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self._bounds = bounds
        self._sites = sites
        self._requests = 0

    @property
    def requests_in_progress(self) -> int:
        """How many requests are being answered right now."""
        return self._requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection scope."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"this application serves HTTP, not {scope['type']}: streams have their own protocol")
        self._requests += 1
        try:
            try:
                request = await self._read(scope, receive)
            except ApiError as refusal:
                response = _refusal(refusal)
            else:
                site = self._sites.find(request) if self._sites is not None else None
                answered = (
                    await self._dispatcher.answer(request)
                    if site is None
                    else await self._serve(site, request, receive, send)
                )
                if isinstance(answered, Attachment):
                    await send_page(answered, is_head=False, receive=receive, send=send)
                    return
                if answered is None:
                    return
                response = answered
        finally:
            self._requests -= 1
        headers = response.headers
        headers.append((b"content-length", b"%d" % len(response.body)))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})

    async def _serve(self, site: Site, request: Request, receive: Receive, send: Send) -> Response | None:
        """Let a site answer; return what to answer in its place if it cannot."""
        assert self._sites is not None
        try:
            page = await self._sites.answer(site, request)
        except Exception as failure:
            return _refusal(error_of(failure, f"{request.method} {request.path}", is_read=True))
        await send_page(page, is_head=request.method == "HEAD", receive=receive, send=send)
        return None

    async def _read(self, scope: Scope, receive: Receive) -> Request:
        bounds = self._bounds
        if self._requests > bounds.requests_at_once_max:
            raise ErrorCode.SERVER_BUSY.error()
        query: bytes = scope["query_string"]
        if len(query) > bounds.query_bytes_max:
            raise _too_large(414, "query string", bounds.query_bytes_max)
        headers: dict[bytes, bytes] = {}
        size = 0
        for name, value in scope["headers"]:
            size += len(name) + len(value)
            headers[name] = value
        if size > bounds.header_bytes_max:
            raise _too_large(431, "headers", bounds.header_bytes_max)
        body = b""
        if headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
            body = await self._read_body(headers.get(b"content-length"), receive)
        client = scope.get("client")
        return Request(scope["method"], scope["path"], query, body, headers, client[0] if client else "")

    async def _read_body(self, announced: bytes | None, receive: Receive) -> bytes:
        bytes_max = self._bounds.body_bytes_max
        if announced is not None and announced.isdigit() and int(announced) > bytes_max:
            raise _too_large(413, "body", bytes_max)
        body = bytearray()
        try:
            async with asyncio.timeout(self._bounds.body_timeout_s):
                while True:
                    message = await receive()
                    body += message.get("body", b"")
                    if len(body) > bytes_max:
                        raise _too_large(413, "body", bytes_max)
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError:
            message_text = f"The body did not arrive within {self._bounds.body_timeout_s:g} seconds."
            raise ApiError(ErrorCode.DISCONNECTED.number, message_text, 408) from None


def _too_large(status: int, what: str, limit: int) -> ApiError:
    message = f"The {what} of this request is too large; the limit is {limit} bytes."
    return ApiError(ErrorCode.TOO_MANY_PARAMETERS.number, message, status)


def _refusal(refusal: ApiError) -> Response:
    """Answer what was not read to its end: the connection cannot be used further."""
    headers = [(b"content-type", b"application/json;charset=UTF-8"), _CLOSE]
    if refusal.retry_after_s is not None:
        headers.append((b"retry-after", b"%d" % refusal.retry_after_s))
    return Response(refusal.status, headers, error_body(refusal))


async def _live(receive: Receive, send: Send) -> None:
    """Take part in the server's start and stop; the parts are started and stopped by whoever built them."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return
