"""The files over HTTP: `GET /data/…` and the lists of `GET /data.binance.vision?prefix=…`, also asked at `/`.

Knows no server: takes a method, a path and a query, and returns a page, whose body comes in pieces. Disks are read on a
few threads of its own, a piece at a time, so that the loop never waits and a file of any size costs one piece. How many
answers may be under way is bounded. Only plain names lead anywhere: no hidden ones, no links, nothing above the
directory.
"""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, Protocol, TypeVar
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from rialto.portal import listing
from rialto.portal.layout import CHECKSUM, is_servable

FILES_PATH: Final = "/data/"
BUCKET_PATH: Final = f"/{listing.BUCKET}"
PIECE_BYTES: Final = 1 << 18
ANSWERS_MAX: Final = 128
THREADS: Final = 2
PARAMETERS_MAX: Final = 16
PATH_PARTS_MAX: Final = 12

LISTING_PARAMETERS: Final = frozenset(("prefix", "delimiter", "marker", "list-type", "max-keys"))
_XML: Final = b"application/xml"

Header = tuple[bytes, bytes]
T = TypeVar("T")


class Page:
    """An answer: its status and headers, and its body in pieces, to be read at most once. Closed by whoever has it."""

    def __init__(
        self,
        status: int,
        headers: Sequence[Header],
        length: int,
        pieces: AsyncIterator[bytes],
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.status = status
        self.headers = list(headers)
        self.length = length
        self.pieces = pieces
        self.close = close


class Asked(Protocol):
    """What is asked of a site."""

    @property
    def method(self) -> str:
        """GET, HEAD, or what is refused."""

    @property
    def path(self) -> str:
        """The path, decoded."""

    @property
    def query(self) -> bytes:
        """What follows the question mark, as it was sent."""


class PortalSite:
    """Answers requests from a directory of files."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="portal")
        self._answers = 0

    def close(self) -> None:
        """Stop the threads. Answers under way break off."""
        self._threads.shutdown(cancel_futures=True)

    def serves(self, path: str, query: bytes) -> bool:
        """Tell whether a request is for the collection."""
        if path.startswith(FILES_PATH) or path.rstrip("/") == BUCKET_PATH:
            return True
        return path == "/" and any(name in LISTING_PARAMETERS for name in _parameters(query))

    async def answer(self, request: Asked) -> Page:
        """Answer a request. A page for HEAD has the length of the body it leaves out."""
        path = request.path
        if request.method not in ("GET", "HEAD"):
            return _error(405, "MethodNotAllowed", "Files are read with GET and HEAD.", (b"allow", b"GET, HEAD"))
        if self._answers >= ANSWERS_MAX:
            return _error(503, "SlowDown", "Too many files are being read; try again.", (b"retry-after", b"1"))
        if path.startswith(FILES_PATH):
            return await self._file(path.removeprefix("/"))
        return await self._list(request.query)

    async def _list(self, query: bytes) -> Page:
        try:
            question = listing.read_question(_parameters(query))
        except listing.BadQuestion as bad:
            return _error(400, "InvalidArgument", str(bad))
        self._answers += 1
        try:
            text = await self._on_thread(partial(listing.answer, self._directory, question))
        finally:
            self._answers -= 1
        return _whole(200, [(b"content-type", _XML)], text.encode())

    async def _file(self, key: str) -> Page:
        parts = key.split("/")
        opened = None
        if len(parts) <= PATH_PARTS_MAX and all(map(is_servable, parts)):
            opened = await self._on_thread(partial(_open, self._directory, parts))
        if opened is None:
            return _error(404, "NoSuchKey", "The specified key does not exist.", key=key)
        file, size, modified_s = opened
        headers = [
            (b"content-type", b"text/plain" if key.endswith(CHECKSUM) else b"application/zip"),
            (b"last-modified", formatdate(modified_s, usegmt=True).encode()),
            (b"cache-control", b"public, max-age=86400"),
            (b"x-content-type-options", b"nosniff"),
        ]
        self._answers += 1

        def close() -> None:
            if not file.closed:
                self._answers -= 1
                file.close()

        return Page(200, headers, size, self._pieces(file, size), close)

    async def _pieces(self, file: BinaryIO, size: int) -> AsyncIterator[bytes]:
        left = size
        while left > 0:
            piece = await self._on_thread(partial(file.read, min(PIECE_BYTES, left)))
            if not piece:
                raise OSError(f"a file ended {left} bytes early")
            left -= len(piece)
            yield piece

    async def _on_thread(self, work: "partial[T]") -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _open(directory: Path, parts: Sequence[str]) -> tuple[BinaryIO, int, int] | None:
    """Open a file under a directory without following links; return it, its size and when it was written."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        at = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        for part in parts[:-1]:
            below = os.open(part, flags | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = below
        number = os.open(parts[-1], flags | os.O_NONBLOCK, dir_fd=at)
    except OSError:
        return None
    finally:
        os.close(at)
    status = os.fstat(number)
    if not stat.S_ISREG(status.st_mode):
        os.close(number)
        return None
    return os.fdopen(number, "rb", buffering=0), status.st_size, int(status.st_mtime_ns // 1_000_000_000)


def _parameters(query: bytes) -> dict[str, str]:
    """Read a query leniently: the first of each name counts, and what is beyond measure is none at all."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=PARAMETERS_MAX)
    except ValueError:
        return {}
    return dict(reversed(pairs))


def _error(status: int, code: str, message: str, *headers: Header, key: str | None = None) -> Page:
    detail = "" if key is None else f"<Key>{escape(''.join(filter(str.isprintable, key)))}</Key>"
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>'
        f"{detail}</Error>"
    )
    return _whole(status, [(b"content-type", _XML), *headers], text.encode())


def _whole(status: int, headers: list[Header], body: bytes) -> Page:
    async def pieces() -> AsyncIterator[bytes]:
        yield body

    return Page(status, [*headers, (b"x-content-type-options", b"nosniff")], len(body), pieces())
