"""What is decided about a deposit, from its stream and from what its chain says: an event and what moves with it."""

from collections.abc import Mapping, Sequence

import msgspec

from rialto.contracts.amounts import ZERO, text_of
from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import PostingReason
from rialto.custody.chains.amounts import to_ledger
from rialto.custody.chains.network import ChainAsset
from rialto.custody.deposits.model import (
    Amount,
    Claimed,
    Covered,
    Credited,
    DepositEvent,
    Held,
    Hold,
    HouseFunded,
    Part,
    Place,
    Released,
    Restored,
    Return,
    Reversed,
    Settled,
    State,
    decode_event,
    encode,
    fold,
)
from rialto.projections.decisions import Decision, Rule


class NotHeld(Exception):
    """A deposit that is not held any more, or never was."""


class PartsMoved(Exception):
    """What is in an account that was not asked about: ask again."""


class AmountTooSmall(Exception):
    """A deposit that does not cover what is to be taken from it."""


class ArrivalChanged(Exception):
    """The same credit is in the chain with another amount than was recorded: it must be reversed first."""


class Accounts(msgspec.Struct, frozen=True):
    """The ledger's accounts that a deposit concerns."""

    custody: int
    suspense: int
    treasury: int
    fees: int


class Arrival(msgspec.Struct, frozen=True):
    """A credit on a chain that is deep enough."""

    place: Place
    chain_amount: int
    height: int
    block: str
    listed: ChainAsset | None
    asset_id: int
    """Of the ledger; 0 if it is not listed."""
    owner: int | None
    account: int | None
    """The owner's."""
    is_house: bool = False
    """Whether it went to an address that pays."""
    is_of_listed: bool = False
    """Whether it came from an address that is on a list."""


def arrive(accounts: Accounts, arrival: Arrival) -> Rule:
    """Credit what arrived, or hold it; nothing if that is recorded already. Raises `ArrivalChanged`."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        known = fold(events)
        if known is not None:
            is_same = known.opening.amount.chain == str(arrival.chain_amount)
            if known.state is not State.REVERSED:
                if is_same:
                    return None
                raise ArrivalChanged(f"{known.opening.amount.chain} was recorded, {arrival.chain_amount} is there")
            if is_same:
                lacks = sum(part.units for part in known.lacking_of_before)
                event = Restored(arrival.height, arrival.block, known.parts, known.state_before, lacks)
                return _decision(event, _moves(known.parts, accounts.custody, known.asset_id, 1))
        return _opened(accounts, arrival, 0 if known is None else known.shortfall)

    return rule


def _opened(accounts: Accounts, arrival: Arrival, shortfall: int) -> Decision:
    listed, place = arrival.listed, arrival.place
    where = (arrival.height, arrival.block)
    if listed is None:
        held = Amount(str(arrival.chain_amount), 0)
        return _decision(
            Held(place, "", 0, arrival.owner, accounts.suspense, held, *where, Hold.UNLISTED, shortfall), ()
        )
    credit = to_ledger(arrival.chain_amount, listed.decimals)
    amount = Amount(str(arrival.chain_amount), credit.units, str(credit.remainder))
    asset = (listed.asset, arrival.asset_id)
    event: Credited | Held | HouseFunded
    if arrival.is_house:
        event = HouseFunded(place, *asset, accounts.treasury, amount, *where, shortfall)
    elif arrival.owner is None or arrival.account is None:
        event = Held(place, *asset, None, accounts.suspense, amount, *where, Hold.NO_OWNER, shortfall)
    elif arrival.is_of_listed:
        event = Held(place, *asset, arrival.owner, accounts.suspense, amount, *where, Hold.LISTED_SENDER, shortfall)
    elif arrival.chain_amount < listed.deposit_min or not credit.units:
        event = Held(place, *asset, arrival.owner, accounts.suspense, amount, *where, Hold.BELOW_MINIMUM, shortfall)
    else:
        event = Credited(place, *asset, arrival.owner, arrival.account, amount, *where, shortfall)
    return _decision(event, _moves((Part(event.account, credit.units),), accounts.custody, arrival.asset_id, 1))


def release(accounts: Accounts, account: int, others: tuple[str, ...] = (), operator: str = "") -> Rule:
    """Give a held deposit to its owner, now that all of theirs are enough or that an operator decided so.

    Nothing if it is not held any more.
    """

    def rule(events: Sequence[bytes]) -> Decision | None:
        known = fold(events)
        if known is None or known.state is not State.HELD:
            return None
        units = known.opening.amount.units
        moves = {accounts.suspense: -units, account: units}
        return _decision(Released(account, others, operator), _legs(moves, known.asset_id, PostingReason.DEPOSIT))

    return rule


def reverse(accounts: Accounts, height: int, free: Mapping[int, int]) -> Rule:
    """Take back what is not there any more, as far as accounts have it.

    `free` says what each account that has a part of it could give, in units. Raises `PartsMoved`.
    """

    def rule(events: Sequence[bytes]) -> Decision | None:
        known = fold(events)
        if known is None or known.state is State.REVERSED:
            return None
        if not {part.account for part in known.parts} <= free.keys():
            raise PartsMoved("the deposit is in another account now")
        having = dict(free)
        taken, lacking = [], []
        for part in known.parts:
            there = min(part.units, max(having[part.account], 0))
            having[part.account] -= there
            taken.append(Part(part.account, there))
            if there < part.units:
                lacking.append(Part(part.account, part.units - there))
        lacks = sum(part.units for part in (*lacking, *known.lacking_of_before))
        event = Reversed(height, tuple(taken), tuple(lacking), lacks)
        return _decision(event, _moves(event.taken, accounts.custody, known.asset_id, -1))

    return rule


def cover(accounts: Accounts, part: Part, operator: str, *, is_once: bool = False) -> Rule:
    """Make good what lacks of a reversed deposit, out of an account. Raises `AmountTooSmall`.

    With `is_once` nothing happens where it was done in the same operator's name already.
    """

    def rule(events: Sequence[bytes]) -> Decision | None:
        covered = (each for each in map(decode_event, events) if isinstance(each, Covered))
        if is_once and any(each.operator == operator for each in covered):
            return None
        known = fold(events)
        lacking = 0 if known is None else known.shortfall
        if known is None or not 0 < part.units <= lacking:
            raise AmountTooSmall(
                f"{text_of(lacking)} of the deposit is lacking, {text_of(part.units)} was to be covered"
            )
        moves = {part.account: -part.units, accounts.custody: part.units}
        return _decision(
            Covered(part, operator, lacking - part.units), _legs(moves, known.asset_id, PostingReason.ADJUSTMENT)
        )

    return rule


def claim(operator: str) -> Rule:
    """Take what is lacking from its owner from now on; nothing if that is so already. Raises `AmountTooSmall`."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        known = fold(events)
        if known is None or not known.shortfall or known.owner is None:
            raise AmountTooSmall("nothing of the deposit is lacking that its owner could owe")
        return None if known.is_claimed else _decision(Claimed(operator), ())

    return rule


class Settlement(msgspec.Struct, frozen=True):
    """To whom an operator gives a held deposit, and what the house keeps of it."""

    owner: int
    account: int
    fee_units: int
    operator: str
    recovery: str
    back: Return | None = None
    """Where it is sent back to, if it is."""


def settle(accounts: Accounts, listed: ChainAsset, asset_id: int, settlement: Settlement) -> Rule:
    """Give a held deposit to an owner, less a fee. What was unlisted comes into the ledger only now.

    What is sent back stays in suspense, for the withdrawal that sends it.

    Raises `NotHeld`, `AmountTooSmall`.
    """

    def rule(events: Sequence[bytes]) -> Decision | None:
        known = fold(events)
        if known is None or known.state is not State.HELD:
            raise NotHeld("the deposit is not held" if known is None else f"the deposit is {known.state.value}")
        credit = to_ledger(int(known.opening.amount.chain), listed.decimals)
        given = credit.units - settlement.fee_units
        if given <= 0:
            raise AmountTooSmall(
                f"the deposit is worth {text_of(credit.units)}, no more than the fee of {text_of(settlement.fee_units)}"
            )
        event = Settled(
            listed.asset,
            asset_id,
            Amount(known.opening.amount.chain, credit.units, str(credit.remainder)),
            settlement.owner,
            Part(settlement.account, given),
            Part(accounts.fees, settlement.fee_units),
            settlement.operator,
            settlement.recovery,
            settlement.back,
        )
        source = accounts.suspense if known.opening.asset else accounts.custody
        if settlement.back is None:
            moves = {source: -credit.units, settlement.account: given, accounts.fees: settlement.fee_units}
        else:
            moves = {accounts.custody: 0, accounts.suspense: credit.units}
            moves[source] -= credit.units
        return _decision(event, _legs(moves, asset_id, PostingReason.DEPOSIT))

    return rule


def _decision(event: DepositEvent, legs: tuple[Leg, ...]) -> Decision:
    return Decision(encode(event), legs)


def _moves(parts: Sequence[Part], custody: int, asset_id: int, sign: int) -> tuple[Leg, ...]:
    """Move parts out of custody into their accounts, or with the other sign back."""
    moves: dict[int, int] = {}
    for part in parts:
        moves[part.account] = moves.get(part.account, 0) + sign * part.units
        moves[custody] = moves.get(custody, 0) - sign * part.units
    return _legs(moves, asset_id, PostingReason.DEPOSIT)


def _legs(moves: Mapping[int, int], asset_id: int, reason: PostingReason) -> tuple[Leg, ...]:
    return tuple(Leg(account, asset_id, text_of(units), ZERO, reason) for account, units in moves.items() if units)
