"""Requests to recover what was mis-sent. Pure."""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from rialto.contracts.vocabulary import StreamKey
from rialto.contracts.word import Word
from rialto.projections.decisions import Decision, Rule

KIND: Final = "recovery"


class RecoveryState(Word):
    """Where a request is."""

    FILED = "filed"
    SETTLED = "settled"
    """It is on the account of who asked."""
    RETURNING = "returning"
    """It is being sent back on its chain."""
    RETURNED = "returned"
    REFUSED = "refused"


class Filed(msgspec.Struct, frozen=True, array_like=True, tag="filed.1"):
    """Someone says that a transaction was meant for them."""

    owner: int
    network: str
    transaction: str
    coin: str
    at_us: int
    address: str = ""
    """Where it may be sent back to, as the network spells it."""
    tag: str = ""


class Refused(msgspec.Struct, frozen=True, array_like=True, tag="refused.1"):
    """An operator does not follow it."""

    operator: str
    reason: str


RecoveryEvent = Filed | Refused

encode = msgspec.msgpack.Encoder().encode
decode_event = msgspec.msgpack.Decoder(RecoveryEvent).decode


class NotOpen(Exception):
    """A request that there is not, or that was answered already."""


def id_of(owner: int, network: str, transaction: str) -> str:
    """Name a request: one person asks once for a transaction."""
    return hashlib.blake2b(f"{owner}\n{network}\n{transaction}".encode(), digest_size=16).hexdigest()


def stream_of(id_: str) -> StreamKey:
    """Return a request's stream."""
    return StreamKey(KIND, id_)


def file(filed: Filed) -> Rule:
    """File a request; nothing if there is one."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        return None if events else Decision(encode(filed))

    return rule


def refuse(operator: str, reason: str) -> Rule:
    """Refuse a request. Raises `NotOpen`."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        if len(events) != 1:
            raise NotOpen("there is no such request" if not events else "the request was refused already")
        return Decision(encode(Refused(operator, reason)))

    return rule


def filed_of(events: Sequence[bytes]) -> Filed:
    """Return what was filed, of a request that is open. Raises `NotOpen`."""
    if len(events) != 1:
        raise NotOpen("there is no such request" if not events else "the request was refused already")
    event = decode_event(events[0])
    assert isinstance(event, Filed), "a request begins with what was filed"
    return event
