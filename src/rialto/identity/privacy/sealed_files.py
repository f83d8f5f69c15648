"""Files that are kept encrypted, written and read in pieces: memory holds one piece, whatever their size.

A file has a key of its own. Each piece is sealed for the file and its place in it: none can be moved, and one that was
altered does not open. How many there are is the business of who keeps the file's size.
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO, Final

from rialto.foundation.secrets import ENVELOPE_VERSION, NONCE_BYTES, MasterKey

PIECE_BYTES: Final = 262_144
_TAG_BYTES: Final = 16
_SEALED_BYTES: Final = PIECE_BYTES + len(ENVELOPE_VERSION) + NONCE_BYTES + _TAG_BYTES


class SealedWriter:
    """Writes a file from its beginning to its end; what it takes is what `zipfile` gives to a pipe."""

    def __init__(self, file: BinaryIO, key: MasterKey, name: str) -> None:
        self._file = file
        self._key = key
        self._name = name
        self._waiting = bytearray()
        self._pieces = 0
        self._digest = hashlib.sha256()
        self.size = 0
        """How many bytes were written, before sealing."""

    @property
    def digest(self) -> str:
        """The SHA-256 of what was written, before sealing, in hexadecimal."""
        return self._digest.hexdigest()

    def write(self, content: bytes) -> int:
        """Take the next bytes."""
        self._waiting += content
        self._digest.update(content)
        self.size += len(content)
        while len(self._waiting) >= PIECE_BYTES:
            self._seal(bytes(self._waiting[:PIECE_BYTES]))
            del self._waiting[:PIECE_BYTES]
        return len(content)

    def flush(self) -> None:
        """Do nothing: pieces are written when they are full."""

    def finish(self) -> None:
        """Write what is left, and make sure that it is on the disk."""
        if self._waiting:
            self._seal(bytes(self._waiting))
            self._waiting.clear()
        self._file.flush()
        os.fsync(self._file.fileno())

    def _seal(self, piece: bytes) -> None:
        self._file.write(self._key.seal(piece, _use(self._name, self._pieces)))
        self._pieces += 1


def pieces_of(size: int) -> int:
    """Return in how many pieces a file of so many bytes comes."""
    return -(-size // PIECE_BYTES)


def read_piece(path: Path, key: MasterKey, name: str, number: int) -> bytes:
    """Return a piece of a file, opened. Errors: OSError, `BrokenSeal`."""
    with path.open("rb") as file:
        file.seek(number * _SEALED_BYTES)
        return key.unseal(file.read(_SEALED_BYTES), _use(name, number))


def _use(name: str, number: int) -> bytes:
    return f"export {name} piece {number}".encode()
