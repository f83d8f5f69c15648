"""The built page's files, all read once at start: what can be served is what was there then, and nothing else.

A path is looked up and never joined to a directory, so that no spelling of it leads anywhere. A build is some
ten megabytes, most of it messages in all languages; it lies in memory with the compressed forms that the build wrote
beside each file.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from rialto.gateway.request import Headers
from rialto.gateway.whole_page import WholePage

BUILT: Final = Path(__file__).parent / "built"
INDEX: Final = "/index.html"
BUILT_BYTES_MAX: Final = 67_108_864
"""A build with its compressed forms; what is larger is no page, and the exchange does not start with it."""

ENCODINGS: Final = ((b"br", ".br"), (b"gzip", ".gz"))
"""Compressed forms, best first: how they are asked for, and what their files end in."""

_TYPES: Final = {
    ".css": b"text/css;charset=UTF-8",
    ".html": b"text/html;charset=UTF-8",
    ".js": b"text/javascript;charset=UTF-8",
    ".json": b"application/json;charset=UTF-8",
    ".png": b"image/png",
    ".svg": b"image/svg+xml",
    ".webmanifest": b"application/manifest+json",
    ".woff2": b"font/woff2",
}


class BuiltFile(NamedTuple):
    """One file: its type, its tag, and its bytes by encoding (`b""` is as it is)."""

    kind: bytes
    tag: bytes
    forms: Mapping[bytes, bytes]

    def best_form(self, accepted: bytes) -> tuple[bytes, bytes]:
        """Choose an encoding by `Accept-Encoding`; return it and the bytes."""
        wanted = _accepted(accepted)
        for encoding, _ in ENCODINGS:
            if encoding in wanted and encoding in self.forms:
                return encoding, self.forms[encoding]
        return b"", self.forms[b""]

    def answer(self, asked: Mapping[bytes, bytes], further: Headers) -> WholePage:
        """Answer a request with these headers, with `further` ones beside the file's; 304 if the client has it."""
        encoding, body = self.best_form(asked.get(b"accept-encoding", b""))
        # A tag names bytes as they are sent, so that a cache never mixes two encodings of one file.
        tag = self.tag if not encoding else b'%s-%s"' % (self.tag[:-1], encoding)
        headers = [*further, (b"etag", tag), (b"vary", b"accept-encoding")]
        if tag in (each.strip() for each in asked.get(b"if-none-match", b"").split(b",")):
            return WholePage(304, headers, b"")
        headers.append((b"content-type", self.kind))
        if encoding:
            headers.append((b"content-encoding", encoding))
        return WholePage(200, headers, body)


def file_of(kind: bytes, plain: bytes, compressed: Mapping[bytes, bytes]) -> BuiltFile:
    """Make a file of its bytes, and of those by encoding."""
    tag = b'"%s"' % hashlib.sha256(plain).hexdigest()[:32].encode()
    return BuiltFile(kind, tag, {b"": plain, **compressed})


def read_built(directory: Path) -> dict[str, BuiltFile]:
    """Read a build; return its files by their path as asked for. Nothing if there is no build.

    Raises ValueError if it is larger than `BUILT_BYTES_MAX`.
    """
    held = {
        f"/{path.relative_to(directory).as_posix()}": path
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    if INDEX not in held:
        return {}
    size = sum(path.stat().st_size for path in held.values())
    if size > BUILT_BYTES_MAX:
        raise ValueError(f"the page in {directory} has {size} bytes; at most {BUILT_BYTES_MAX} are served")
    return {name: _file(name, held) for name in held if PurePosixPath(name).suffix in _TYPES}


def _file(name: str, held: Mapping[str, Path]) -> BuiltFile:
    plain = held[name].read_bytes()
    forms = {encoding: held[name + end].read_bytes() for encoding, end in ENCODINGS if name + end in held}
    return file_of(_TYPES[PurePosixPath(name).suffix], plain, forms)


def _accepted(header: bytes) -> set[bytes]:
    """Read which encodings a client takes; what it gives the quality 0, it does not."""
    taken = set()
    for each in header.lower().split(b","):
        name, _, quality = each.partition(b";")
        if quality.replace(b" ", b"").rstrip(b"0") not in (b"q=", b"q=0."):
            taken.add(name.strip())
    return taken
