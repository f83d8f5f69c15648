"""Passwords: what is good enough for one, and its argon2id hash.

Pure but for the salt. Hashing takes tens of milliseconds of a processor on purpose, so that none of it happens in the
exchange's own process: `identity.hashing` asks a process whose program is at the end of this file, one question a
frame, over its standard input and output. That process is nice: what trades goes first.
"""

import os
import signal
import sys
import unicodedata
from typing import BinaryIO, Final

import msgspec
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from zxcvbn_rs_py import zxcvbn

MEMORY_KIB: Final = 9_216
PASSES: Final = 4
"""One of the sets that OWASP holds to be equally strong, with one lane; hardly any takes less processor time."""

LENGTH_MIN: Final = 10
LENGTH_MAX: Final = 128
SCORE_MIN: Final = 3
"""Of zxcvbn's 0 to 4: safely unguessable takes more than 10^8 guesses."""

LENGTH_JUDGED: Final = 32
"""The estimate takes time that grows with the square of the length; what follows can only make it stronger."""

NICENESS: Final = 10
"""What trades gets some ten times the processor that hashing gets, where both want it. The nicest there is would not
be hashing at all on a machine that is always busy."""

_FRAME_HEAD: Final = 4

_CURRENT: Final = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$"
"""How hashes made with today's parameters begin."""

DECOY: Final = "$argon2id$v=19$m=9216,t=4,p=1$cmlhbHRvIGRlY295c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""What the password of someone who is not there is compared with: as much work, and never a match."""


class WeakPassword(Exception):
    """A password that is too short, too long or too easy to guess. The message says which, and never the password."""


class Question(msgspec.Struct, array_like=True, frozen=True):
    """What the process is asked: to hash a password that is new, or to compare one with a hash."""

    password: str
    compared_with: str | None
    forbidden: tuple[str, ...]


class Answer(msgspec.Struct, array_like=True, frozen=True):
    """What it says: a new hash, whether it matches, or why the password will not do.

    A match comes with a new hash where the old one was made with other parameters.
    """

    matches: bool
    new_hash: str | None
    complaint: str | None = None


def check(password: str, forbidden: tuple[str, ...]) -> None:
    """Make sure that a password is good enough. `forbidden` is what anyone would try first: the address, say.

    Errors: `WeakPassword`.
    """
    if len(password) < LENGTH_MIN:
        raise WeakPassword(f"it has {len(password)} characters, and needs {LENGTH_MIN} or more.")
    if len(password) > LENGTH_MAX:
        raise WeakPassword(f"it has more than {LENGTH_MAX} characters.")
    plain = _plain(password)
    known = [part for text in forbidden for part in (text, text.partition("@")[0]) if part]
    if any(plain.casefold() == part.casefold() for part in known):
        raise WeakPassword("it is your e-mail address, or its first part.")
    judged = zxcvbn(plain[:LENGTH_JUDGED], known)
    if int(judged.score) < SCORE_MIN:
        warning = None if judged.feedback is None else judged.feedback.warning
        advice = "it is easy to guess." if warning is None else str(warning)
        raise WeakPassword(f"{advice.rstrip('.')}. Several uncommon words make a good one.")


def hashed(password: str) -> str:
    """Hash a password with a salt of its own."""
    return argon2id.str(_plain(password).encode(), PASSES, MEMORY_KIB * 1_024).decode()


def matches(password: str, stored: str) -> bool:
    """Tell whether a password is the one that was hashed. Takes as long whether it is or not."""
    try:
        return argon2id.verify(stored.encode(), _plain(password).encode())
    except CryptoError:
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return not stored.startswith(_CURRENT)


def answer(question: Question) -> Answer:
    """Answer one question."""
    stored = question.compared_with
    if stored is None:
        try:
            check(question.password, question.forbidden)
        except WeakPassword as weak:
            return Answer(matches=False, new_hash=None, complaint=str(weak))
        return Answer(matches=True, new_hash=hashed(question.password))
    if not matches(question.password, stored):
        return Answer(matches=False, new_hash=None)
    return Answer(matches=True, new_hash=hashed(question.password) if is_outdated(stored) else None)


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one frame: four bytes of length, then so many; None at the end."""
    head = stream.read(_FRAME_HEAD)
    return None if len(head) < _FRAME_HEAD else stream.read(int.from_bytes(head, "big"))


def framed(body: bytes) -> bytes:
    """Put the length in front."""
    return len(body).to_bytes(_FRAME_HEAD, "big") + body


def _plain(password: str) -> str:
    """Spell the same letters the same way, whatever keyboard they come from."""
    return unicodedata.normalize("NFKC", password)


def main() -> None:
    """Answer questions until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the exchange, which ends this in its own time.
    os.nice(NICENESS)
    decoder, encode = msgspec.msgpack.Decoder(Question), msgspec.msgpack.encode
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while (frame := read_frame(source)) is not None:
        target.write(framed(encode(answer(decoder.decode(frame)))))
        target.flush()


if __name__ == "__main__":
    main()
