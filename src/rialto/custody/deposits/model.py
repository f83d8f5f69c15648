"""What happens to a deposit, as the journal keeps it, and what it comes to.

Every event says all that the tables need. Amounts of the chain are decimal digits of its smallest unit, because they
may have 256 bits; `units` are of the ledger. A `shortfall` is all that lacks of the stream after the event. Tags of
events carry a version: a field's meaning never changes.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from rialto.contracts.vocabulary import StreamKey
from rialto.contracts.word import Word

KIND: Final = "deposit"


class Hold(Word):
    """Why a deposit is not its sender's to have yet."""

    BELOW_MINIMUM = "below_minimum"
    """Its owner's deposits of the asset do not add up to the minimum yet."""
    NO_OWNER = "no_owner"
    """The tag is missing, or nobody has it."""
    UNLISTED = "unlisted"
    """The asset is not one of the network's: nothing of it is in the ledger."""
    LISTED_SENDER = "listed_sender"
    """It came from an address that is on a list: operators decide."""


class State(Word):
    """Where a deposit is."""

    CREDITED = "credited"
    HELD = "held"
    REVERSED = "reversed"
    """Its transaction is gone from the chain; what could be taken back was."""
    HOUSE = "house"
    """It went to an address that pays, and is the house's own."""
    SETTLED = "settled"
    """It was mis-sent, and an operator settled whose it is."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """What a deposit is on its chain: everything but where its block stands."""

    network: str
    transaction: str
    index: str
    address: str
    tag: str
    contract: str
    """Empty for the chain's own coin."""

    @property
    def stream(self) -> StreamKey:
        """The stream that says what happened to it."""
        return stream_of(self.network, self.transaction, self.index)


class Amount(msgspec.Struct, frozen=True, array_like=True):
    """What arrived, and what it is in the ledger."""

    chain: str
    units: int
    """Of 1e-8; 0 for what is not in the ledger."""
    remainder: str = "0"
    """What the ledger cannot hold of it, in the chain's units."""


class Part(msgspec.Struct, frozen=True, array_like=True):
    """What of a deposit is in which account, in units."""

    account: int
    units: int


class Credited(msgspec.Struct, frozen=True, array_like=True, tag="credited.1"):
    """Its owner has it."""

    place: Place
    asset: str
    asset_id: int
    owner: int
    account: int
    amount: Amount
    height: int
    block: str
    shortfall: int = 0


class Held(msgspec.Struct, frozen=True, array_like=True, tag="held.1"):
    """It is here and nobody has it yet. `asset` is empty for what is unlisted; then nothing is in the ledger."""

    place: Place
    asset: str
    asset_id: int
    owner: int | None
    account: int
    amount: Amount
    height: int
    block: str
    reason: Hold
    shortfall: int = 0


class HouseFunded(msgspec.Struct, frozen=True, array_like=True, tag="house.1"):
    """Someone paid to an address that pays: the house has it."""

    place: Place
    asset: str
    asset_id: int
    account: int
    amount: Amount
    height: int
    block: str
    shortfall: int = 0


class Released(msgspec.Struct, frozen=True, array_like=True, tag="released.1"):
    """What was held is its owner's: their deposits add up to the minimum, or an operator decided so.

    `others` are to be released with it."""

    account: int
    others: tuple[str, ...] = ()
    operator: str = ""


class Reversed(msgspec.Struct, frozen=True, array_like=True, tag="reversed.1"):
    """Its transaction is gone for good. `taken` came back from where it was; `lacking` did not."""

    height: int
    taken: tuple[Part, ...]
    lacking: tuple[Part, ...] = ()
    shortfall: int = 0


class Restored(msgspec.Struct, frozen=True, array_like=True, tag="restored.1"):
    """Its transaction came back after all: what was taken is given again, and what was lacking lacks no more."""

    height: int
    block: str
    given: tuple[Part, ...]
    state: State
    shortfall: int = 0


class Covered(msgspec.Struct, frozen=True, array_like=True, tag="covered.1"):
    """Part of what was lacking was made good from an account."""

    part: Part
    operator: str
    shortfall: int = 0


class Return(msgspec.Struct, frozen=True, array_like=True):
    """Where a settled deposit is sent back to: until this withdrawal has it, it stays in suspense for it."""

    withdrawal: str
    address: str
    tag: str
    fee_units: int
    """What of it the withdrawal costs."""


class Claimed(msgspec.Struct, frozen=True, array_like=True, tag="claimed.1"):
    """What is lacking is to be taken from its owner, as they come to have it."""

    operator: str


class Settled(msgspec.Struct, frozen=True, array_like=True, tag="settled.1"):
    """An operator gave a held deposit to an owner, less a fee that is the house's."""

    asset: str
    asset_id: int
    amount: Amount
    owner: int
    given: Part
    fee: Part
    operator: str
    recovery: str
    back: Return | None = None


DepositEvent = Credited | Held | HouseFunded | Released | Reversed | Restored | Covered | Claimed | Settled
Opening = Credited | Held | HouseFunded

encode = msgspec.msgpack.Encoder().encode
decode_event = msgspec.msgpack.Decoder(DepositEvent).decode


class Deposit(msgspec.Struct, frozen=True):
    """What the events of a stream come to."""

    opening: Opening
    state: State
    owner: int | None
    parts: tuple[Part, ...]
    """Where it is in the ledger; once reversed, where it was taken from."""
    asset_id: int
    state_before: State
    """The state it returns to if its transaction does."""
    lacking: tuple[Part, ...] = ()
    """What could not be taken back, and who has it still."""
    lacking_of_before: tuple[Part, ...] = ()
    """The same of an amount that was recorded before this one: the transaction came back and did something else."""
    is_claimed: bool = False
    """Whether what is lacking is taken from its owner as they come to have it."""

    @property
    def shortfall(self) -> int:
        """How much could not be taken back, in units."""
        return sum(part.units for part in (*self.lacking, *self.lacking_of_before))


def stream_of(network: str, transaction: str, index: str) -> StreamKey:
    """Name the stream of a credit on a chain."""
    told = f"{network}\n{transaction}\n{index}".encode()
    return StreamKey(KIND, hashlib.blake2b(told, digest_size=16).hexdigest())


def number_of(stream: str) -> int:
    """Return the number that people know a deposit by, from its stream's id."""
    return int(stream[:16], 16) >> 1


def fold(payloads: Sequence[bytes]) -> Deposit | None:
    """Come to what a deposit is; None before anything happened."""
    state: Deposit | None = None
    for payload in payloads:
        state = after(state, decode_event(payload))
    return state


def after(before: Deposit | None, event: DepositEvent) -> Deposit:
    """Come to what a deposit is after one more event. A claim lasts until nothing is lacking."""
    found = _after(before, event)
    return found if found.shortfall else msgspec.structs.replace(found, is_claimed=False)


def _after(before: Deposit | None, event: DepositEvent) -> Deposit:
    if isinstance(event, Credited | Held | HouseFunded):
        state = state_of(event)
        owner = None if isinstance(event, HouseFunded) else event.owner
        parts: tuple[Part, ...] = (Part(event.account, event.amount.units),) if event.asset else ()
        lost = () if before is None else (*before.lacking, *before.lacking_of_before)
        is_claimed = before is not None and before.is_claimed
        return Deposit(event, state, owner, parts, event.asset_id, state, (), lost, is_claimed)
    assert before is not None, "a stream begins with what arrived"
    replace = msgspec.structs.replace
    match event:
        case Released():
            parts = (Part(event.account, before.opening.amount.units),)
            return replace(before, state=State.CREDITED, parts=parts, state_before=State.CREDITED)
        case Reversed():
            return replace(before, state=State.REVERSED, parts=event.taken, lacking=event.lacking)
        case Restored():
            return replace(before, state=event.state, parts=(*event.given, *before.lacking), lacking=())
        case Covered():
            before_it, units = _less(before.lacking_of_before, event.part.units)
            lacking, _ = _less(before.lacking, units)
            parts = (*before.parts, Part(event.part.account, units)) if units else before.parts
            return replace(before, parts=parts, lacking=lacking, lacking_of_before=before_it)
        case Claimed():
            return replace(before, is_claimed=True)
        case Settled():
            return replace(
                before,
                state=State.SETTLED,
                owner=event.owner,
                parts=(event.given, event.fee),
                asset_id=event.asset_id,
                state_before=State.SETTLED,
            )


def state_of(opening: Opening) -> State:
    """Tell the state a deposit begins in."""
    match opening:
        case Credited():
            return State.CREDITED
        case Held():
            return State.HELD
        case HouseFunded():
            return State.HOUSE


def _less(lacking: tuple[Part, ...], units: int) -> tuple[tuple[Part, ...], int]:
    """Take so many units away, from the oldest on; return what is left of both."""
    left = []
    for part in lacking:
        covered = min(units, part.units)
        units -= covered
        if part.units > covered:
            left.append(Part(part.account, part.units - covered))
    return tuple(left), units
