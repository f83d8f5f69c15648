"""What factors there are, what proves one, and how a proof fails."""

from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec
from sqlalchemy import Connection

from rialto.foundation.failures import ExpectedFailure

Also = Callable[[Connection], None]
"""What is written in the same transaction as a change, or not at all."""


def nothing_else(_connection: Connection) -> None:
    """Write nothing more."""


class FactorKind(Enum):
    """A kind of second factor."""

    TOTP = "TOTP"
    """A code of an authenticator app."""
    PASSKEY = "PASSKEY"
    RECOVERY_CODE = "RECOVERY_CODE"


class FactorProof(msgspec.Struct, frozen=True):
    """What a person shows: a code, or a passkey's answer (JSON) to a challenge. Its text shows the kind alone."""

    kind: FactorKind
    code: str = ""
    challenge: str = ""
    credential: str = ""

    def __repr__(self) -> str:
        return f"FactorProof({self.kind.value})"


class FactorChallenge(msgspec.Struct, frozen=True, rename="camel"):
    """What may be shown, and what a passkey needs to be asked with."""

    kinds: tuple[FactorKind, ...]
    challenge: str | None = None
    """Names the challenge in the proof; None where the person has no passkey."""
    passkey_options: dict[str, Any] | None = None
    """For `navigator.credentials.get`, as WebAuthn spells them in JSON."""


class PasskeyCreation(msgspec.Struct, frozen=True, rename="camel"):
    """What a new passkey is made with."""

    challenge: str
    passkey_options: dict[str, Any]
    """For `navigator.credentials.create`."""


class FactorRefused(ExpectedFailure):
    """A proof that proves nothing: wrong, used before, expired, or of a factor the person does not have."""


class TooManyAttempts(ExpectedFailure):
    """Too many wrong codes in a row; further ones are not looked at for a while."""

    def __init__(self, until_us: int) -> None:
        super().__init__("too many wrong codes; wait, or use a passkey or a recovery code")
        self.until_us = until_us


class FactorExists(ExpectedFailure):
    """The factor is there already."""


class NoSuchFactor(ExpectedFailure):
    """There is no such factor."""


class TooManyFactors(ExpectedFailure):
    """The person has as many as one may have."""
