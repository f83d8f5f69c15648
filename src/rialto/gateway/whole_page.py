"""A page of HTML that is there as a whole, and the headers it is sent with: it runs nothing and loads nothing."""

import base64
import hashlib
from collections.abc import AsyncIterator, Callable

from rialto.gateway.request import Headers


class WholePage:
    """A page, as sites answer it."""

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = list(headers)
        self.length = len(body)
        self.pieces = _pieces(body)
        self.close: Callable[[], None] = _nothing


def page_headers(style: str, *, forms: str, referrer: str) -> Headers:
    """Return the headers of a page with one style sheet in it, which may send `forms` there, and no script at all."""
    style_hash = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; base-uri 'none'; form-action {forms}; "
        "frame-ancestors 'none'"
    )
    return [
        (b"content-type", b"text/html;charset=UTF-8"),
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", referrer.encode()),
    ]


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _nothing() -> None:
    """Hold nothing that has to be let go."""
