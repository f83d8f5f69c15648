"""What is answered before the exchange is open: the page, which waits and says so, and "try again" to all else."""

from http import HTTPStatus
from typing import Final

from picows import WSListener

from rialto.gateway.dispatcher import error_body
from rialto.gateway.page.site import PageSite
from rialto.gateway.request import Request
from rialto.gateway.sites import Receive, Send, send_page
from rialto.streams.protocol import UpgradeRefused, UpgradeRequest, websocket_protocol
from rialto.watch.site import Scope
from rialto.wire.errors import ErrorCode

_READS: Final = ("GET", "HEAD")
_STREAMS: Final = ("stream", "ws", "ws-api")


class NotOpenYet:
    """An ASGI application for whoever is early. Belongs to the event loop's thread."""

    def __init__(self, page: PageSite) -> None:
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        method, path = scope["method"], scope["path"]
        if method in _READS and self._page.serves(path, b""):
            asked = Request(method, path, b"", b"", dict(scope["headers"]), "")
            await send_page(await self._page.answer(asked), is_head=method == "HEAD", receive=receive, send=send)
            return
        # As one answers when there is too much to do.
        body = error_body(ErrorCode.SERVER_BUSY.error())
        headers = [(b"content-type", b"application/json;charset=UTF-8"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 503, "headers": [*headers, (b"retry-after", b"1")]})
        await send({"type": "http.response.body", "body": body})


def _refuse(_request: UpgradeRequest) -> WSListener:
    raise UpgradeRefused(HTTPStatus.SERVICE_UNAVAILABLE, "The server is starting, connect again soon")


NO_STREAMS_YET: Final = websocket_protocol(dict.fromkeys(_STREAMS, _refuse), message_bytes_max=1)
"""What an upgrade is answered with meanwhile."""
