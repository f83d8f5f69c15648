"""A transfer that is to happen on a later day: planned, then carried out or found impossible. Pure.

A stream of its own for each. Nothing is locked meanwhile: what is not there on the day is not moved.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from rialto.contracts.vocabulary import StreamKey
from rialto.contracts.word import Word
from rialto.products.transfers.model import CLIENT_ID_LENGTH_MAX, Place
from rialto.projections.decisions import Decision, Rule

KIND: Final = "planned-transfer"
DAY_US: Final = 86_400_000_000


class PlanState(Word):
    """Where a plan is."""

    WAITING = "waiting"
    CARRIED_OUT = "carried_out"
    FAILED = "failed"


class Planned(msgspec.Struct, frozen=True, tag="planned.1"):
    """An investor wants so much of a managed sub-account on a day."""

    family: int
    asked_by: int
    source: Place
    destination: Place
    asset: int
    amount: str
    due_us: int


class CarriedOut(msgspec.Struct, frozen=True, tag="carried-out.1"):
    """It happened: the number of the transfer."""

    transfer: int


class Failed(msgspec.Struct, frozen=True, tag="failed.1"):
    """It could not happen on its day, and will not."""

    reason: str


PlanEvent = Planned | CarriedOut | Failed

encode = msgspec.msgpack.Encoder().encode
read_event = msgspec.msgpack.Decoder(PlanEvent).decode


def stream_of(id_: str) -> StreamKey:
    """Return a plan's stream."""
    return StreamKey(KIND, id_)


def due_day(asked_us: int) -> int:
    """Return when the day (of UTC) begins that a time lies in."""
    return asked_us - asked_us % DAY_US


def client_id_of(id_: str) -> str:
    """Return the id that a plan's transfer carries, so that it happens once."""
    made = f"plan-{id_}"
    assert len(made) <= CLIENT_ID_LENGTH_MAX, "ids of plans are short"
    return made


def plan(event: Planned) -> Rule:
    """Plan; nothing where it is planned."""
    return lambda events: None if events else Decision(encode(event))


def end(event: CarriedOut | Failed) -> Rule:
    """Say what came of it, once."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        assert events, "a plan is made before it ends"
        return Decision(encode(event)) if len(events) == 1 else None

    return rule
