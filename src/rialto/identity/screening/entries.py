"""Who and what is on a list, as every list is read into it, and what no list may exceed."""

import hashlib
from typing import Final

import msgspec

from rialto.foundation.failures import ExpectedFailure

ENTRIES_MAX: Final = 200_000
NAMES_MAX: Final = 1_000
"""How many names and addresses one entry has at most."""

FIELD_LENGTH_MAX: Final = 2_000
FILE_BYTES_MAX: Final = 536_870_912


class ListUnusable(ExpectedFailure):
    """A file that cannot be read as a list; the message says where."""


class Address(msgspec.Struct, frozen=True):
    """Where on a chain someone is; `asset` is the list's own code, such as XBT."""

    asset: str
    text: str


class Listed(msgspec.Struct, frozen=True):
    """Someone on a list. Dates are 1960-01-31, 1960-01 or 1960; any of them may be theirs."""

    names: tuple[str, ...]
    birth_dates: tuple[str, ...]
    countries: tuple[str, ...]
    reference: str
    """Which list, and its own name for the entry."""
    weak_names: tuple[str, ...] = ()
    """Names that are too common to tell who is meant by themselves."""
    addresses: tuple[Address, ...] = ()

    @property
    def key(self) -> str:
        """What tells the entry from others, in 32 characters; another once its first name changes."""
        return hashlib.sha256("\n".join((self.reference, *self.names[:1])).encode()).hexdigest()[:32]


def checked(entry: Listed, where: str) -> Listed:
    """Return an entry that is within bounds. Errors: `ListUnusable`."""
    texts = (*entry.names, *entry.weak_names, *(each.text for each in entry.addresses))
    if len(texts) > NAMES_MAX or any(len(text) > FIELD_LENGTH_MAX for text in (*texts, entry.reference)):
        raise ListUnusable(
            f"{where}: an entry has at most {NAMES_MAX} names of at most {FIELD_LENGTH_MAX} characters each"
        )
    return entry


def unique(texts: list[str]) -> tuple[str, ...]:
    """Return what is not empty, each once, in order, with single spaces."""
    return tuple(dict.fromkeys(tidy for text in texts if (tidy := " ".join(text.split()))))
