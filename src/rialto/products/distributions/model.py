"""What happens with a distribution: planned, approved or dropped, paid batch by batch."""

from collections.abc import Iterable, Sequence
from enum import Enum
from hashlib import sha256

import msgspec

STREAM_KIND = "distribution"


class Share(msgspec.Struct, frozen=True, array_like=True):
    """What one owner gets, in units of 1e-8, and into which account."""

    owner: int
    account: int
    units: int


class Planned(msgspec.Struct, frozen=True, tag="planned.1"):
    """A plan: what is paid, why, to how many, and what its list of shares hashes to."""

    name: str
    asset: int
    total: int
    shares: int
    shares_hash: str
    by: str
    at_us: int


class Approved(msgspec.Struct, frozen=True, tag="approved.1"):
    """Somebody other than the planner agreed."""

    by: str
    at_us: int


class Dropped(msgspec.Struct, frozen=True, tag="dropped.1"):
    """It will not be paid."""

    by: str
    at_us: int


class BatchPaid(msgspec.Struct, frozen=True, tag="batch_paid.1"):
    """Some shares were paid, in the order of the owners' ids."""

    asset: int
    name: str
    shares: tuple[Share, ...]
    at_us: int


Event = Planned | Approved | Dropped | BatchPaid

_decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)


class Stage(Enum):
    """Where a distribution is."""

    NONE = "none"
    PLANNED = "planned"
    APPROVED = "approved"
    DROPPED = "dropped"
    PAID = "paid"


class State(msgspec.Struct, frozen=True):
    """What the events of a distribution come to."""

    stage: Stage = Stage.NONE
    plan: Planned | None = None
    paid: int = 0
    """How many shares are paid."""
    last_owner: int = 0
    """The owner whose share was paid last."""


def state_of(payloads: Sequence[bytes]) -> State:
    """Fold events."""
    state = State()
    for payload in payloads:
        state = _after(state, decode(payload))
    return state


def _after(state: State, event: Event) -> State:
    match event:
        case Planned():
            return State(Stage.PLANNED, event)
        case Approved():
            return msgspec.structs.replace(state, stage=Stage.APPROVED)
        case Dropped():
            return msgspec.structs.replace(state, stage=Stage.DROPPED)
        case BatchPaid():
            assert state.plan is not None, "a batch follows a plan"
            paid = state.paid + len(event.shares)
            stage = Stage.PAID if paid == state.plan.shares else state.stage
            return msgspec.structs.replace(state, stage=stage, paid=paid, last_owner=event.shares[-1].owner)


def encode(event: Event) -> bytes:
    """Spell an event for the journal."""
    return msgspec.msgpack.encode(event)


def decode(payload: bytes) -> Event:
    """Read an event from the journal."""
    return _decoder.decode(payload)


def hash_of(shares: Iterable[Share]) -> str:
    """Hash a list of shares, in the order of the owners' ids."""
    digest = sha256()
    for share in shares:
        digest.update(f"{share.owner} {share.account} {share.units}\n".encode())
    return digest.hexdigest()
