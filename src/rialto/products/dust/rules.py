"""What may be exchanged as dust, and for how much. Pure."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from rialto.contracts.amounts import text_of
from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT, PostingReason
from rialto.products.dust.model import DustExchanged, Exchanged

ONE: Final = 100_000_000
ASSETS_MAX: Final = 100
"""Assets in one request: two legs each, and three for the target, fit into a record."""


class Terms(NamedTuple):
    """On what terms dust is exchanged."""

    worth_max: int
    """What one asset may be worth at most, in units of 1e-8 of BTC."""
    fee: Fraction
    """The part of the worth that the house keeps."""
    period_us: int
    """How long an owner waits between two requests."""


class Dust(NamedTuple):
    """One asset as it is held: how much, and what one of it is worth in BTC and in the target. None: unknown."""

    asset: int
    name: str
    amount: int
    in_btc: Fraction | None
    in_target: Fraction | None


class DustRefused(Exception):
    """A request that cannot be met. `name` is the asset it is about, if it is about one."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name


class NotHeld(DustRefused):
    """Nothing is held of an asset."""


class NotDust(DustRefused):
    """More is held of an asset than counts as dust, or nobody knows what it is worth."""


class TooSmall(DustRefused):
    """What is held comes to nothing in the target."""


class TooSoon(DustRefused):
    """The last request is not long enough ago."""


def appraise(dust: Dust, terms: Terms) -> Exchanged:
    """Say what an asset comes to. Errors: `NotHeld`, `NotDust`, `TooSmall`."""
    if dust.amount <= 0:
        raise NotHeld(dust.name)
    if dust.in_btc is None or dust.in_target is None or dust.amount * dust.in_btc > terms.worth_max:
        raise NotDust(dust.name)
    worth = int(dust.amount * dust.in_target)
    fee = -int(-worth * terms.fee // 1)  # The house's part is rounded up: it never pays for rounding.
    if worth - fee <= 0:
        raise TooSmall(dust.name)
    return Exchanged(dust.asset, dust.amount, worth, fee)


def check_period(events: Sequence[DustExchanged], now_us: int, terms: Terms) -> None:
    """Errors: `TooSoon`."""
    if events and now_us - events[-1].at_us < terms.period_us:
        raise TooSoon


def legs_of(event: DustExchanged) -> tuple[Leg, ...]:
    """Say what moves: dust to the treasury, the target from it to the owner, the fee to the fees."""
    moves = [
        leg
        for each in event.exchanged
        for leg in (
            _leg(event.account, each.asset, -each.amount, PostingReason.PRODUCT),
            _leg(TREASURY_ACCOUNT, each.asset, each.amount, PostingReason.PRODUCT),
        )
    ]
    fee = sum(each.fee for each in event.exchanged)
    received = sum(each.received for each in event.exchanged)
    moves.append(_leg(TREASURY_ACCOUNT, event.target, -received - fee, PostingReason.PRODUCT))
    moves.append(_leg(event.account, event.target, received, PostingReason.PRODUCT))
    if fee:
        moves.append(_leg(FEES_ACCOUNT, event.target, fee, PostingReason.FEE))
    return tuple(moves)


def _leg(account: int, asset: int, units: int, reason: PostingReason) -> Leg:
    return Leg(account, asset, text_of(units), text_of(0), reason)
