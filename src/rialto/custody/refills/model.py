"""A refill: holdings that should move between the hot addresses and a tier behind them.

A stream of kind `refill` for each asset of a network, so that no two are open for one: the stream's version refuses
that, not anybody's memory. What moves is a payout, named by the refill.

    proposed ─▶ approved ─▶ done | failed
        │           └──────▶ canceled
        └──▶ lapsed | canceled

Pure: no clock, no I/O. Amounts are whole numbers of the chain's smallest unit, recorded as digits.
"""

import hashlib
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final

import msgspec

from rialto.contracts.vocabulary import StreamKey
from rialto.custody.payouts.model import Outcome

KIND: Final = "refill"
_ID_LENGTH: Final = 32


class Direction(Enum):
    """Which way money should go."""

    REFILL = "refill"
    """Into the hot address."""
    DRAIN = "drain"
    """Out of it, into the tiers behind."""


class State(Enum):
    """Where a refill is."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    """Two operators agreed: a payout carries it."""
    DONE = "done"
    FAILED = "failed"
    """Nothing moved."""
    CANCELED = "canceled"
    LAPSED = "lapsed"
    """It was not wanted any more before anybody agreed."""

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self in (State.PROPOSED, State.APPROVED)


class _Event(msgspec.Struct, frozen=True, array_like=True, tag=True):
    pass


class Proposed(_Event, frozen=True, tag="proposed-1"):
    """Something should be moved. `hot` and `total` are what there was, hot and in all."""

    network: str
    asset: str
    direction: Direction
    tier: str
    amount: str
    hot: str
    total: str
    reason: str
    at_us: int


class Approved(_Event, frozen=True, tag="approved-1"):
    """Two operators agreed, by a proposal of theirs."""

    by: str
    proposer: str
    approver: str
    at_us: int


class Canceled(_Event, frozen=True, tag="canceled-1"):
    """An operator took it back."""

    operator: str
    reason: str
    at_us: int


class Lapsed(_Event, frozen=True, tag="lapsed-1"):
    """It is not wanted any more, or in another way."""

    at_us: int


class Ended(_Event, frozen=True, tag="ended-1"):
    """It is known for good what came of its payout."""

    outcome: Outcome
    transaction: str | None
    reason: str
    at_us: int


Event = Proposed | Approved | Canceled | Lapsed | Ended

_decode: Final[Callable[[bytes], Event]] = msgspec.msgpack.Decoder(Event).decode
encode: Final = msgspec.msgpack.Encoder().encode


class Refill(msgspec.Struct):
    """A refill as its events tell it."""

    number: int
    proposed: Proposed
    state: State = State.PROPOSED
    approved: Approved | None = None
    canceled: Canceled | None = None
    ended: Ended | None = None

    @property
    def id(self) -> str:
        """How operators name it."""
        return id_of(self.proposed.network, self.proposed.asset, self.number)

    @property
    def amount(self) -> int:
        """How much should move, in the chain's smallest unit."""
        return int(self.proposed.amount)

    @property
    def payout(self) -> str:
        """The id of the payout that carries it, once it is approved; the same whenever it is asked for."""
        return _hashed(self.id, str(self.proposed.at_us))

    @property
    def ended_at_us(self) -> int | None:
        """When it was over; None for one that was let lapse, or is not."""
        last = self.ended or self.canceled
        return None if last is None or self.state.is_open else last.at_us


class NoSuchRefill(ValueError):
    """There is none of this id."""


def id_of(network: str, asset: str, number: int) -> str:
    """Spell a refill's id, such as `LTC-LTC-3`."""
    return f"{network}-{asset}-{number}"


def read_id(text: str) -> tuple[StreamKey, int]:
    """Read a refill's id: its stream and its number there. Errors: `NoSuchRefill`."""
    network, _, rest = text.partition("-")
    asset, _, number = rest.partition("-")
    if not (network and asset and number.isascii() and number.isdigit() and len(number) < 10):
        raise NoSuchRefill(f"there is no refill {text!r}")
    return stream_of(network, asset), int(number)


def stream_of(network: str, asset: str) -> StreamKey:
    """Return the stream of an asset's refills on a network."""
    return StreamKey(KIND, _hashed(network, asset))


def refills_of(events: Sequence[bytes]) -> list[Refill]:
    """Come to the refills of a stream from its events, the oldest first."""
    found: list[Refill] = []
    for payload in events:
        event = _decode(payload)
        if isinstance(event, Proposed):
            found.append(Refill(len(found) + 1, event))
        else:
            _apply(found[-1], event)
    return found


def _apply(refill: Refill, event: Approved | Canceled | Lapsed | Ended) -> None:
    match event:
        case Approved():
            refill.approved, refill.state = event, State.APPROVED
        case Canceled():
            refill.canceled, refill.state = event, State.CANCELED
        case Lapsed():
            refill.state = State.LAPSED
        case Ended():
            refill.ended = event
            refill.state = State.DONE if event.outcome is Outcome.PAID else State.FAILED


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_ID_LENGTH]
