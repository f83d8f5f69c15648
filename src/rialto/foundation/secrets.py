"""Secrets at rest: a master key in a file, and sealing under it.

The master key lies in the data directory, readable by its owner only, and is made at the first start. Whoever has both
it and the database can read what is sealed; either alone is of no use. Sealing is AES-256-GCM. An envelope is one byte
of version, twelve bytes of nonce, then the ciphertext with its tag; what it belongs to (the row, say) is associated
data, so that an envelope moved elsewhere does not open. Losing the file loses every sealed secret: back it up apart
from the database.

The key can be changed under a running exchange: the new one stands beside it as `master.key.next` until everything is
sealed under it, and then takes its place. While both are there, both open envelopes. Whoever seals holds the directory
shared, whoever changes the key holds it alone, so that nothing is sealed under a key that is about to go.
"""

import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rialto.foundation.failures import ExpectedFailure

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
ENVELOPE_VERSION: Final = b"\x01"


class MasterKeyUnusable(ExpectedFailure):
    """The master key file is readable by others, or does not hold a key."""


class BrokenSeal(ExpectedFailure):
    """An envelope was not sealed under this key for this use, or was altered."""


class MasterKey:
    """A key that seals and unseals. Its bytes are shown nowhere."""

    def __init__(self, key: bytes, path: Path | None = None) -> None:
        """Seal under a key. With the `path` of its file, what does not open is tried with what lies there then."""
        self._ciphers = [AESGCM(key)]
        self._path = path

    @classmethod
    def load_or_create(cls, path: Path) -> "MasterKey":
        """Read the key from its file, or make both if there is no file.

        Errors: `MasterKeyUnusable`.
        """
        try:
            _read(path)
        except FileNotFoundError:
            _create(path)
        loaded = cls(_read(path), path)
        loaded._reload()
        return loaded

    @classmethod
    def load(cls, path: Path) -> "MasterKey":
        """Read the key from its file.

        Errors: `MasterKeyUnusable`, FileNotFoundError.
        """
        loaded = cls(_read(path), path)
        loaded._reload()
        return loaded

    @property
    def fingerprint(self) -> str:
        """What tells the key in its file from another, and nothing else of it: it may lie beside what the key seals."""
        assert self._path is not None, "a key without a file has no fingerprint"
        return hashlib.sha256(b"rialto master key" + _read(self._path)).hexdigest()

    @property
    def is_changing(self) -> bool:
        """Whether a change of the key was begun and not finished."""
        return self._path is not None and _next_path(self._path).exists()

    @contextmanager
    def sealing(self) -> Iterator[None]:
        """Keep the key from being changed until what is sealed in here is written down."""
        if self._path is None:
            yield
            return
        with _directory_lock(self._path, fcntl.LOCK_SH):
            self._reload()
            yield

    @contextmanager
    def changing(self) -> Iterator["MasterKey"]:
        """Yield the next key; when all is sealed under it, and this ends well, it takes this one's place.

        If it does not end well, both are kept, and the same next key is yielded the next time. Waits for whoever seals.
        """
        assert self._path is not None, "a key without a file cannot be changed"
        next_path = _next_path(self._path)
        with _directory_lock(self._path, fcntl.LOCK_EX):
            if not next_path.exists():
                _create(next_path)
            self._reload()
            yield MasterKey(_read(next_path))
            next_path.replace(self._path)
            _sync_directory(self._path.parent)
            self._reload()

    def seal(self, plain: bytes, belongs_to: bytes) -> bytes:
        """Encrypt, bound to what it belongs to."""
        nonce = os.urandom(NONCE_BYTES)
        return ENVELOPE_VERSION + nonce + self._ciphers[0].encrypt(nonce, plain, ENVELOPE_VERSION + belongs_to)

    def unseal(self, envelope: bytes, belongs_to: bytes) -> bytes:
        """Decrypt what `seal` made for the same use.

        Errors: `BrokenSeal`.
        """
        version, nonce, sealed = envelope[:1], envelope[1 : 1 + NONCE_BYTES], envelope[1 + NONCE_BYTES :]
        if version != ENVELOPE_VERSION:
            raise BrokenSeal(f"an envelope of version {version.hex() or 'none'} cannot be opened, only of version 01")
        plain = self._opened(nonce, sealed, version + belongs_to)
        if plain is None and self._path is not None:
            self._reload()  # Another process may have changed the key.
            plain = self._opened(nonce, sealed, version + belongs_to)
        if plain is None:
            raise BrokenSeal(
                "a sealed secret does not open: the master key is not the one it was sealed with, or it was altered"
            )
        return plain

    def _opened(self, nonce: bytes, sealed: bytes, associated: bytes) -> bytes | None:
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, sealed, associated)
            except (InvalidTag, ValueError):
                continue
        return None

    def _reload(self) -> None:
        """Read the key that is there, and the next one if there is one."""
        assert self._path is not None
        ciphers = [AESGCM(_read(self._path))]
        try:
            ciphers.append(AESGCM(_read(_next_path(self._path))))
        except FileNotFoundError:
            # It may have taken the other's place between the two looks.
            ciphers.append(AESGCM(_read(self._path)))
        self._ciphers = ciphers


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if stat.S_IMODE(status.st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            raise MasterKeyUnusable(
                f"{path} has mode {stat.S_IMODE(status.st_mode):04o}, so that others can use it; say chmod 600 {path}"
            )
        text = file.read(2 * KEY_BYTES + 2).strip()
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise MasterKeyUnusable(f"{path} does not hold {2 * KEY_BYTES} hexadecimal digits; restore it from a backup")
    return key


def _create(path: Path) -> None:
    """Write a new key whole or not at all: under another name first, linked into place when it is on the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(KEY_BYTES).hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return  # Another process was first; its key is the one.
    finally:
        unfinished.unlink()
    _sync_directory(path.parent)


def _next_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextmanager
def _directory_lock(path: Path, how: int) -> Iterator[None]:
    """Hold the directory of a key file, shared or alone; waits."""
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(directory, how)
        yield
    finally:
        os.close(directory)
