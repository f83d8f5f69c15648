"""The API's own description: the OpenAPI document at `/api/v3/openapi.json`, and a page to read at `/docs`.

Both are made once, when they are first asked for, of the declarations of every route there is, these included. The page
loads nothing and runs nothing, and its policy says so.
"""

import base64
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable
from functools import cached_property
from typing import Any, Final

import msgspec

import rialto
from rialto.gateway.call import Call
from rialto.gateway.request import Headers
from rialto.gateway.router import Route
from rialto.wire import openapi, reference
from rialto.wire.endpoints import Endpoint
from rialto.wire.parameters import NoParameters

TITLE: Final = "Rialto spot API"
PAGE_PATH: Final = "/docs"

OPENAPI: Final = Endpoint(
    "GET",
    "/api/v3/openapi.json",
    summary="Describe every call of this API.",
    parameters=NoParameters,
    response=dict[str, Any],
    weight=20,
    is_from_memory=True,
)

_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(reference.STYLE.encode()).digest()).decode()
_PAGE_HEADERS: Final[Headers] = [
    (b"content-type", b"text/html;charset=UTF-8"),
    (
        b"content-security-policy",
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'".encode(),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
]


class _PageAnswer:
    """The page, or that it cannot be had in this way."""

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = list(headers)
        self.length = len(body)
        self.pieces = _pieces(body)
        self.close: Callable[[], None] = _nothing


class Documentation:
    """Describes routes, and serves what it says."""

    def __init__(self, routes: Iterable[Route[Any]]) -> None:
        self._route = Route(OPENAPI, self.openapi)
        self._endpoints = [*(route.endpoint for route in routes), OPENAPI]

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [self._route]

    def openapi(self, _call: Call, _parameters: NoParameters) -> bytes:
        """Answer the document."""
        return self._json

    def serves(self, path: str, _query: bytes) -> bool:
        """Tell whether a request is for the page."""
        return path in (PAGE_PATH, f"{PAGE_PATH}/")

    async def answer(self, method: str, _path: str, _query: bytes) -> _PageAnswer:
        """Answer the page."""
        if method not in ("GET", "HEAD"):
            return _PageAnswer(405, [*_PAGE_HEADERS, (b"allow", b"GET, HEAD")], b"This page is read with GET.\n")
        return _PageAnswer(200, _PAGE_HEADERS, self._page)

    @cached_property
    def _document(self) -> dict[str, Any]:
        return openapi.document(self._endpoints, title=TITLE, version=rialto.__version__)

    @cached_property
    def _json(self) -> bytes:
        return msgspec.json.encode(self._document)

    @cached_property
    def _page(self) -> bytes:
        return reference.page(self._document, document_path=OPENAPI.path).encode()


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _nothing() -> None:
    """Hold nothing that has to be let go."""
