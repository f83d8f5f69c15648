"""Actions on what is paid for trading: rates of accounts, and the asset commissions are paid in at a discount."""

from typing import Annotated, Final

from rialto.admin.action import Action, AnyAction, Doing, Refused
from rialto.admin.actions.markets import asset_of, symbol_of
from rialto.admin.actions.parameters import Amount, Name, Owner
from rialto.admin.services import Services
from rialto.contracts.commands import SetCommission, SetDiscount
from rialto.contracts.vocabulary import AccountClass, Commission, commission_of
from rialto.identity.operators import Role
from rialto.wire.decimals import ONE, to_units
from rialto.wire.kinds import Decimal
from rialto.wire.parameters import Parameters

FINANCE: Final = frozenset((Role.FINANCE,))
NOTHING: Final = "0"


class FeeParameters(Parameters, frozen=True):
    """An owner's own rates, on a symbol or on all where they have none of their own."""

    owner: Owner
    maker_rate: Amount
    taker_rate: Amount
    symbol: Name | None = None


class ResetParameters(Parameters, frozen=True):
    """Whose rates, on a symbol or those on all, are the usual ones again."""

    owner: Owner
    symbol: Name | None = None


class DiscountParameters(Parameters, frozen=True):
    """In which asset commissions may be paid, and which part of them is paid then; without an asset, in none."""

    asset: Name | None = None
    multiplier: Annotated[str, Decimal()] = NOTHING


async def set_fees(on: Services, _doing: Doing, given: FeeParameters) -> str:
    """Set them."""
    await _set(on, given.owner, given.symbol, commission_of(given.maker_rate, given.taker_rate))
    return f"{given.owner} pays {given.maker_rate} and {given.taker_rate}"


async def reset_fees(on: Services, _doing: Doing, given: ResetParameters) -> str:
    """Take them away."""
    await _set(on, given.owner, given.symbol, None)
    return f"{given.owner} has no rates of their own {_where(given.symbol)}"


async def set_discount(on: Services, _doing: Doing, given: DiscountParameters) -> str:
    """Set it."""
    if to_units(given.multiplier) > ONE:
        raise Refused("the multiplier is a part of the commission: give one from 0 to 1")
    asset = None if given.asset is None else asset_of(on, given.asset).id
    await on.runtime.submit(SetDiscount(asset, given.multiplier))
    return _discount(given)


async def _set(on: Services, owner: int, symbol: str | None, commission: Commission | None) -> None:
    account = await on.runtime.account_of(owner, AccountClass.SPOT)
    found = None if symbol is None else symbol_of(on, symbol).id
    await on.runtime.submit(SetCommission(account, found, commission))


def _where(symbol: str | None) -> str:
    return f"on {symbol or 'all symbols'}"


def _discount(given: DiscountParameters) -> str:
    if given.asset is None:
        return "commissions are paid in no asset at a discount"
    return f"commissions paid in {given.asset} are {given.multiplier} of the usual"


FEE_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("set-fees", "Give an owner rates of their own.", FINANCE, FeeParameters, set_fees),
        takes_two=True,
        shows=lambda given: (
            f"owner {given.owner} pays {given.maker_rate} as maker, {given.taker_rate} as taker {_where(given.symbol)}"
        ),
    ),
    Action(
        *("reset-fees", "Take an owner's own rates away.", FINANCE, ResetParameters, reset_fees),
        takes_two=True,
        shows=lambda given: f"owner {given.owner} pays what everyone pays {_where(given.symbol)}",
    ),
    Action(
        *("set-discount", "Say in what commissions are paid at a discount.", FINANCE, DiscountParameters),
        set_discount,
        takes_two=True,
        shows=_discount,
    ),
)
