"""Secrets at rest: a master key in a file, and sealing under it.

The master key lies in the data directory, readable by its owner only, and is made at the first start. Whoever has both
it and the database can read what is sealed; either alone is of no use. Sealing is AES-256-GCM. An envelope is one byte
of version, twelve bytes of nonce, then the ciphertext with its tag; what it belongs to (the row, say) is associated
data, so that an envelope moved elsewhere does not open. Losing the file loses every sealed secret: back it up apart
from the database.
"""

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
ENVELOPE_VERSION: Final = b"\x01"


class MasterKeyUnusable(Exception):
    """The master key file is readable by others, or does not hold a key."""


class BrokenSeal(Exception):
    """An envelope was not sealed under this key for this use, or was altered."""


class MasterKey:
    """A key that seals and unseals. Its bytes are shown nowhere."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self.fingerprint: Final = hashlib.sha256(b"rialto master key" + key).hexdigest()
        """Tells this key from another, and nothing else of it: it may lie beside what the key seals."""

    @classmethod
    def load(cls, path: Path) -> "MasterKey":
        """Read the key from its file.

        Errors: `MasterKeyUnusable`, FileNotFoundError.
        """
        return cls(_read(path))

    @classmethod
    def load_or_create(cls, path: Path) -> "MasterKey":
        """Read the key from its file, or make both if there is no file.

        Errors: `MasterKeyUnusable`.
        """
        try:
            return cls(_read(path))
        except FileNotFoundError:
            _create(path)
            return cls(_read(path))

    def seal(self, plain: bytes, belongs_to: bytes) -> bytes:
        """Encrypt, bound to what it belongs to."""
        nonce = os.urandom(NONCE_BYTES)
        return ENVELOPE_VERSION + nonce + self._cipher.encrypt(nonce, plain, ENVELOPE_VERSION + belongs_to)

    def unseal(self, envelope: bytes, belongs_to: bytes) -> bytes:
        """Decrypt what `seal` made for the same use.

        Errors: `BrokenSeal`.
        """
        version, nonce, sealed = envelope[:1], envelope[1 : 1 + NONCE_BYTES], envelope[1 + NONCE_BYTES :]
        if version != ENVELOPE_VERSION:
            raise BrokenSeal(f"an envelope of version {version.hex() or 'none'} cannot be opened, only of version 01")
        try:
            return self._cipher.decrypt(nonce, sealed, version + belongs_to)
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal(
                "a sealed secret does not open: the master key is not the one it was sealed with, or it was altered"
            ) from error


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
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
