"""The API's own description: the OpenAPI document at `/api/v3/openapi.json`, a page to read at `/docs`, and its pieces.

All are made once, when they are first asked for, of the declarations of every route there is, these included. The page
loads nothing and runs nothing, and its policy says so. The pieces below `/docs/` are what the exchange's own page shows
the reference from: contents, chapters, error codes, and the schemas of SBE and FIX. They are sent compressed.
"""

import gzip
from collections.abc import Iterable
from functools import cached_property
from importlib import resources
from typing import Any, Final

import msgspec

import rialto
from rialto.gateway.call import Call
from rialto.gateway.page.files import BuiltFile, file_of
from rialto.gateway.request import Headers, Request
from rialto.gateway.router import Route
from rialto.gateway.whole_page import WholePage, page_headers
from rialto.wire import chapters, openapi, reference
from rialto.wire.endpoints import Endpoint
from rialto.wire.parameters import NoParameters

TITLE: Final = "Rialto spot API"
PAGE_PATH: Final = "/docs"
_SCHEMAS: Final = (
    *(("rialto.wire.sbe.schemas", name) for name in ("spot_3_5.xml", "stream_1_0.xml")),
    *(("rialto.fix.schema", name) for name in ("spot-fix-oe.xml", "spot-fix-md.xml")),
)
"""Packages and files of the schemas; the page names them by file."""

OPENAPI: Final = Endpoint(
    "GET",
    "/api/v3/openapi.json",
    summary="Describe every call of this API.",
    parameters=NoParameters,
    response=dict[str, Any],
    weight=20,
    is_from_memory=True,
)

_PAGE_HEADERS: Final[Headers] = [
    *page_headers(reference.STYLE, forms="'none'", referrer="no-referrer"),
    (b"cache-control", b"no-cache"),
]
_PIECE_HEADERS: Final[Headers] = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
]


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
        """Tell whether a request is for the page or a piece of it."""
        return path == PAGE_PATH or path.startswith(f"{PAGE_PATH}/")

    async def answer(self, request: Request) -> WholePage:
        """Answer the page, or a piece, or that there is no such piece."""
        if request.method not in ("GET", "HEAD"):
            return WholePage(405, [*_PAGE_HEADERS, (b"allow", b"GET, HEAD")], b"This page is read with GET.\n")
        if request.path in (PAGE_PATH, f"{PAGE_PATH}/"):
            return WholePage(200, _PAGE_HEADERS, self._page)
        piece = self._pieces.get(request.path.removeprefix(f"{PAGE_PATH}/"))
        if piece is None:
            return WholePage(
                404, [*_PIECE_HEADERS, (b"content-type", b"text/plain;charset=UTF-8")], b"No such piece.\n"
            )
        return piece.answer(request.headers, _PIECE_HEADERS)

    @cached_property
    def _document(self) -> dict[str, Any]:
        return openapi.document(self._endpoints, title=TITLE, version=rialto.__version__)

    @cached_property
    def _json(self) -> bytes:
        return msgspec.json.encode(self._document)

    @cached_property
    def _page(self) -> bytes:
        return reference.page(self._document, document_path=OPENAPI.path).encode()

    @cached_property
    def _pieces(self) -> dict[str, BuiltFile]:
        described = chapters.chapters(self._endpoints, self._document)
        return {
            "contents.json": _piece(chapters.contents(self._endpoints, self._document)),
            "errors.json": _piece(chapters.error_codes()),
            **{f"chapters/{name}.json": _piece(chapter) for name, chapter in described.items()},
            **{
                f"schemas/{name}": _file(b"application/xml", resources.files(package).joinpath(name).read_bytes())
                for package, name in _SCHEMAS
            },
        }


def _piece(content: object) -> BuiltFile:
    return _file(b"application/json;charset=UTF-8", msgspec.json.encode(content))


def _file(kind: bytes, plain: bytes) -> BuiltFile:
    return file_of(kind, plain, {b"gzip": gzip.compress(plain, 9, mtime=0)})
