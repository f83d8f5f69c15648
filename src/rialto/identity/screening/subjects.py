"""Who is screened: names that were stated somewhere, each with whoever stated it."""

import hashlib
from typing import Final, Protocol

import msgspec

from rialto.identity.screening.matching import plain

THEMSELVES: Final = "person"
"""The subject that is the owner."""


class Subject(msgspec.Struct, frozen=True):
    """Someone as they were stated. `record` is the number of what stated them, in its source."""

    record: int
    owner: int
    key: str
    name: str
    birth_date: str = ""
    country: str = ""


class Source(Protocol):
    """Where names are stated. Blocks: off the event loop."""

    @property
    def name(self) -> str:
        """What it is called, in 16 characters."""

    def after(self, record: int, limit: int) -> tuple[list[Subject], int | None]:
        """List who was stated after a record, and the last record that was looked at; None where there is no more."""

    def subject(self, record: int, key: str) -> Subject | None:
        """Return who a record states by a key; None where it is kept no more."""


def other(name: str) -> str:
    """Return the subject that is someone else, told apart by how they are called."""
    return f"other {hashlib.sha256(plain(name).encode()).hexdigest()[:32]}"
