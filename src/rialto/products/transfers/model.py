"""What a transfer is: its two ends, what moves, and the event that states it."""

from enum import Enum

import msgspec

from rialto.contracts.vocabulary import AccountKind


class Channel(Enum):
    """Which call a transfer was asked for by; histories are told by it."""

    OWN = "own"
    """Between accounts of the caller."""
    SPOT = "spot"
    """From a sub-account to its master or a sibling."""
    FAMILY = "family"
    """By a master, between any accounts of its family."""
    FUTURES = "futures"
    """By a master, between futures accounts of its family."""
    WITHIN_MEMBER = "within_member"
    """By a master, between two accounts of one sub-account."""
    MANAGED = "managed"
    """Between an investor and a managed sub-account."""


class Place(msgspec.Struct, frozen=True):
    """One end of a transfer: whose account, and which of theirs."""

    owner: int
    kind: AccountKind


class Transfer(msgspec.Struct, frozen=True):
    """What is asked for. `amount` is decimal text as the core takes it; `family` is the owner of the stream."""

    family: int
    asked_by: int
    source: Place
    destination: Place
    asset: int
    amount: str
    channel: Channel
    client_id: str | None = None


class Transferred(msgspec.Struct, frozen=True, tag="transferred.1"):
    """A transfer happened."""

    family: int
    asked_by: int
    source: Place
    destination: Place
    asset: int
    amount: str
    channel: Channel
    client_id: str | None


class TransferRecord(msgspec.Struct, frozen=True, array_like=True):
    """A transfer as the table has it. `transfer` is its number: that of its command in the journal."""

    transfer: int
    family: int
    asked_by: int
    from_owner: int
    from_class: str
    from_scope: int
    to_owner: int
    to_class: str
    to_scope: int
    asset: int
    amount: str
    channel: Channel
    client_id: str | None
    moved_at_us: int


STREAM_KIND = "transfers"
"""One stream for each family: its records are the transfers of master and sub-accounts."""

CLIENT_ID_LENGTH_MAX = 64
