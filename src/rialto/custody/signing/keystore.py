"""The encrypted key store: one file that holds one seed, sealed by a passphrase.

argon2id turns the passphrase into a key, AES-256-GCM seals the seed under it, bound to everything else the file says.
A wrong passphrase and a damaged file look alike, and both are refused. The backup words (BIP-39) are shown when the
file is made and are nowhere afterwards: they alone bring the keys back.
"""

import os
import stat
from pathlib import Path
from typing import Final

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from embit import bip39

from rialto.custody.signing.derivation import seed_of
from rialto.foundation.failures import ExpectedFailure

FILE_NAME: Final = "keys.sealed"
PASSPHRASE_LENGTH_MIN: Final = 12
PASSPHRASE_LENGTH_MAX: Final = 1_024
WORDS_BYTES: Final = 32
"""Of entropy: 24 words."""
FILE_BYTES_MAX: Final = 4_096


class KeysUnusable(ExpectedFailure):
    """The key store does not open: the passphrase is wrong, the file damaged, readable by others, or not there."""


class WordsInvalid(ExpectedFailure):
    """The backup words are not words of the list, or their check does not agree."""


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How dear a guess at the passphrase is made. The bounds keep a planted file from taking all memory."""

    passes: int = 3
    memory_kib: int = 262_144
    lanes: int = 4

    def __post_init__(self) -> None:
        if not (1 <= self.passes <= 64 and 8 * self.lanes <= self.memory_kib <= 4_194_304 and 1 <= self.lanes <= 64):
            raise ValueError("costs out of bounds")


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    cost: Cost
    salt: bytes
    nonce: bytes
    fingerprint: str
    """Of the root's public key: tells stores apart without opening them."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    header: _Header
    sealed: bytes


def new_words() -> str:
    """Make backup words: 24, of 256 bits from the system's random source."""
    words: str = bip39.mnemonic_from_bytes(os.urandom(WORDS_BYTES))
    return words


def seed_of_words(words: str) -> bytes:
    """Check backup words and turn them into the seed. Errors: `WordsInvalid`, which repeats none of them."""
    told = " ".join(words.lower().split())
    if not bip39.mnemonic_is_valid(told):
        raise WordsInvalid("the words are not 12 to 24 of the English list with a check that agrees; look for a typo")
    return seed_of(told)


def check_passphrase(passphrase: str) -> None:
    """Refuse what is too short to seal keys under. Errors: `KeysUnusable`."""
    if not PASSPHRASE_LENGTH_MIN <= len(passphrase) <= PASSPHRASE_LENGTH_MAX:
        raise KeysUnusable(
            f"a passphrase has {PASSPHRASE_LENGTH_MIN} to {PASSPHRASE_LENGTH_MAX} characters; six random words are good"
        )


def seal(path: Path, seed: bytes, passphrase: str, fingerprint: str, cost: Cost | None = None) -> None:
    """Write a key store, whole or not at all; one that is there is never replaced. Errors: `KeysUnusable`."""
    check_passphrase(passphrase)
    header = _Header(1, cost or Cost(), os.urandom(16), os.urandom(12), fingerprint)
    sealed = AESGCM(_key(passphrase, header)).encrypt(header.nonce, seed, msgspec.json.encode(header))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(_File(header, sealed)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)
    except FileExistsError as error:
        raise KeysUnusable(f"{path} is there already; keys are never overwritten: move it away yourself") from error
    finally:
        unfinished.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def unseal(path: Path, passphrase: str) -> bytes:
    """Open a key store and return the seed. Takes a second, on purpose. Errors: `KeysUnusable`."""
    file = _read(path)
    key = _key(passphrase, file.header)
    try:
        return AESGCM(key).decrypt(file.header.nonce, file.sealed, msgspec.json.encode(file.header))
    except InvalidTag as error:
        raise KeysUnusable(f"{path} does not open: the passphrase is wrong, or the file was damaged") from error


def fingerprint_of(path: Path) -> str:
    """Tell whose keys a store says it holds, without opening it. Errors: `KeysUnusable`."""
    return _read(path).header.fingerprint


def _read(path: Path) -> _File:
    try:
        with path.open("rb") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            text = opened.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise KeysUnusable(f"{path} cannot be read: {error.strerror}; rialto signer init makes it") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeysUnusable(f"{path} has mode {mode:04o}, so that others can use it; say chmod 600 {path}")
    try:
        file = msgspec.json.decode(text, type=_File)
        if file.header.version != 1 or len(file.header.salt) < 16 or len(file.header.nonce) != 12:
            raise ValueError("unknown version")
    except (msgspec.DecodeError, ValueError) as error:
        raise KeysUnusable(
            f"{path} is no key store of this version, or is damaged; restore it from a backup"
        ) from error
    return file


def _key(passphrase: str, header: _Header) -> bytes:
    return hash_secret_raw(
        passphrase.encode(), header.salt, header.cost.passes, header.cost.memory_kib, header.cost.lanes, 32, Type.ID
    )
