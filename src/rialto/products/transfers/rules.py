"""What may be transferred: pure decisions, from what is asked to the event and its two legs."""

from typing import NamedTuple

import msgspec

from rialto.contracts.amounts import ZERO, text_of
from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import AccountClass, PostingReason
from rialto.products.transfers.model import Channel, Transfer, Transferred

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Transferred).decode

_FREE_ROUTES = frozenset(
    (source, destination)
    for source in (AccountClass.SPOT, AccountClass.USD_MARGINED_FUTURES, AccountClass.COIN_MARGINED_FUTURES)
    for destination in (AccountClass.SPOT, AccountClass.USD_MARGINED_FUTURES, AccountClass.COIN_MARGINED_FUTURES)
    if AccountClass.SPOT in (source, destination)
)
_MARGIN = (AccountClass.CROSS_MARGIN, AccountClass.ISOLATED_MARGIN)


class Decision(NamedTuple):
    """The event, encoded, and what moves with it."""

    payload: bytes
    legs: tuple[Leg, Leg]


class NothingToMove(Exception):
    """The amount is zero."""


class SamePlace(Exception):
    """Both ends are one account."""


class RouteClosed(Exception):
    """Nothing is transferred between accounts of these kinds."""


def decide(transfer: Transfer, units: int, source: int, destination: int) -> Decision:
    """Move units of 1e-8 between two accounts that are there.

    Errors: `NothingToMove`, `SamePlace`.
    """
    if units <= 0:
        raise NothingToMove
    if source == destination:
        raise SamePlace
    amount = text_of(units)
    legs = (
        Leg(source, transfer.asset, f"-{amount}", ZERO, PostingReason.TRANSFER),
        Leg(destination, transfer.asset, amount, ZERO, PostingReason.TRANSFER),
    )
    event = Transferred(
        transfer.family,
        transfer.asked_by,
        transfer.source,
        transfer.destination,
        transfer.asset,
        amount,
        transfer.channel,
        transfer.client_id,
    )
    return Decision(_encode(event), legs)


def read_event(payload: bytes) -> Transferred:
    """Read an event of a stream. Raises msgspec's errors for what is none."""
    return _decode(payload)


def check_route(transfer: Transfer) -> None:
    """Refuse what a master cannot have moved within its family: see the API page of the universal transfer.

    Errors: `RouteClosed`.
    """
    if transfer.channel is not Channel.FAMILY:
        return
    source, destination = transfer.source, transfer.destination
    from_class, to_class = source.kind.account_class, destination.kind.account_class
    if (from_class, to_class) in _FREE_ROUTES:
        return
    is_from_master, is_to_master = source.owner == transfer.family, destination.owner == transfer.family
    is_lent = from_class is AccountClass.SPOT and to_class in _MARGIN and is_from_master and not is_to_master
    is_returned = from_class in _MARGIN and to_class is AccountClass.SPOT and is_to_master and not is_from_master
    is_between_margins = from_class is to_class is AccountClass.CROSS_MARGIN and not is_from_master and not is_to_master
    if not (is_lent or is_returned or is_between_margins):
        raise RouteClosed
