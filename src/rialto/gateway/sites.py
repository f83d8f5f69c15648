"""What the port serves beside the API: pages and files, which answer in pieces and not in JSON.

Stands between `application` and whoever has the pages. A site knows no transport; here its pages become ASGI messages,
a piece at a time as the client takes them. A client that takes nothing for a while, or is gone, is let go.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Final, Protocol

from rialto.gateway.limits import RequestLimits
from rialto.gateway.request import Headers, Request

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PIECE_TIMEOUT_S: Final = 30.0


class Page(Protocol):
    """An answer in pieces; `length` is that of all of them. It must be closed."""

    status: int
    headers: Headers
    length: int
    pieces: AsyncIterator[bytes]
    close: Callable[[], None]


class Site(Protocol):
    """Something that answers some of the requests."""

    def serves(self, path: str, query: bytes) -> bool:
        """Tell whether a request is for this site."""

    async def answer(self, request: Request) -> Page:
        """Answer a request that is. For HEAD the pieces are not read."""


class Sites:
    """Finds who serves a request. A request counts but weighs nothing: who downloads the past must not be kept from
    trading. Sites bound what they do at once themselves.
    """

    def __init__(self, sites: Sequence[Site], limits: RequestLimits) -> None:
        self._sites = sites
        self._limits = limits

    def find(self, request: Request) -> Site | None:
        """Return the site that serves a request, if one does."""
        return next((site for site in self._sites if site.serves(request.path, request.query)), None)

    async def answer(self, site: Site, request: Request) -> Page:
        """Let a site answer a request. Raises `ApiError` -1003 when the address has sent too many."""
        self._limits.count_request(request.address)
        return await site.answer(request)


async def send_page(page: Page, *, is_head: bool, receive: Receive, send: Send) -> None:
    """Send a page and close it. Raises TimeoutError when the client takes nothing for `PIECE_TIMEOUT_S`."""
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        headers = [*page.headers, (b"content-length", b"%d" % page.length)]
        await send({"type": "http.response.start", "status": page.status, "headers": headers})
        if not is_head:
            async for piece in page.pieces:
                if gone.done():
                    return
                async with asyncio.timeout(PIECE_TIMEOUT_S):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        page.close()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
