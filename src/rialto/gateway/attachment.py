"""An answer that is a file: sent in pieces as the client takes them, to be kept and not shown.

A handler returns it in place of JSON. Whatever it holds, no browser takes it for a page: its type is not guessed at, it
runs and loads nothing, and it is no part of another site's page.
"""

from collections.abc import AsyncIterator, Callable
from typing import Final

from rialto.gateway.request import Headers

_HEADERS: Final[Headers] = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


class Attachment:
    """A file. As a `sites.Page` it is sent like one; `headers` may be added to."""

    def __init__(self, content_type: str, name: str, length: int, pieces: AsyncIterator[bytes]) -> None:
        """`name` has letters, digits, `-` and `.` alone; `length` is that of all pieces."""
        assert name.replace("-", "").replace(".", "").isalnum(), f"{name!r} is no name for a file"
        self.status = 200
        self.length = length
        self.pieces = pieces
        self.headers: Headers = [
            (b"content-type", content_type.encode()),
            (b"content-disposition", f'attachment; filename="{name}"'.encode()),
            *_HEADERS,
        ]
        self.close: Callable[[], None] = _nothing


def _nothing() -> None:
    """Hold nothing that has to be let go."""
