"""Making an exchange ready for a replay: assets, symbols, and the two accounts that trade.

One account makes the recorded book, the other takes the recorded trades; both are funded with more than any book of
real size can lock. Symbols are listed without fees and without a least or highest worth of an order, so that everything
recorded can be placed; `instruments` says where their scales come from. What exists already is used as it is, so that a
replay can run in an exchange that others use: its symbols must then be fine enough for what was recorded.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from rialto.contracts.commands import CancelAllOrders, Command, ListSymbol, OpenAccount, Post, RegisterAsset
from rialto.contracts.events import AccountOpened, AssetRegistered, Outcome, SymbolListed
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.rejections import NoSuchAccountOfOwner, UnknownOrder
from rialto.contracts.symbol_rules import SymbolRules
from rialto.contracts.vocabulary import (
    USUAL_PREVENTION_MODES,
    AccountClass,
    AccountKind,
    Commission,
    PostingReason,
    SelfTradePrevention,
    SymbolSpec,
)
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.replay.instruments import Instrument
from rialto.wire.decimals import UNITS_MAX, ZERO, to_text, to_units

FUNDS: Final = 1 << 98
"""What each account holds of each asset, in units of 1e-8: some 10²¹ whole ones."""

OPEN_ORDERS_MAX: Final = (1 << 32) - 1


class SymbolTooCoarse(Exception):
    """The exchange lists a recorded symbol with a tick or a lot that recorded prices or quantities do not fit."""


class Owners(msgspec.Struct, frozen=True):
    """Whose accounts a replay trades with. Both are its own: orders of the maker that it finds open are canceled."""

    maker: int
    taker: int


class Venue(msgspec.Struct, frozen=True):
    """Where a replay trades: symbol ids by name, and its two accounts."""

    symbols: dict[str, int]
    maker: int
    taker: int


async def prepare(runtime: Runtime, instruments: Iterable[Instrument], owners: Owners, time_us: int | None) -> Venue:
    """List what is missing, open and fund the accounts, and take back what an earlier replay left in the books.

    `time_us` is given if and only if the runtime has a clock of its own. Errors: `SymbolTooCoarse`, and those of
    `Runtime.submit`.
    """

    async def submit(command: Command) -> Outcome:
        return await runtime.submit(command, time_us)

    symbols: dict[str, int] = {}
    found: list[int] = []
    assets: set[int] = set()
    for instrument in instruments:
        listed = runtime.catalog.symbol_named(instrument.symbol)
        if listed is None:
            base = await _asset(runtime, instrument.base, time_us)
            quote = await _asset(runtime, instrument.quote, time_us)
            stated = (await submit(ListSymbol(_spec(instrument, base, quote)))).events[0]
            assert isinstance(stated, SymbolListed)
            symbols[instrument.symbol] = stated.symbol
        else:
            _check_scales(listed.spec, instrument)
            base, quote = listed.base.id, listed.quote.id
            symbols[instrument.symbol] = listed.id
            found.append(listed.id)
        assets |= {base, quote}
    maker, taker = [await _account(runtime, owner, time_us) for owner in (owners.maker, owners.taker)]
    for account in (maker, taker):
        held = await runtime.ask(Balances(account))
        assert isinstance(held, BalancesAnswer)
        free = {balance.asset: to_units(balance.free) for balance in held.balances}
        for asset in sorted(assets):
            if free.get(asset, 0) < FUNDS:
                await submit(Post(account, asset, to_text(FUNDS - free.get(asset, 0)), PostingReason.DEPOSIT))
    for symbol in found:
        try:
            await submit(CancelAllOrders(maker, symbol))
        except CommandRefused as refused:
            if not isinstance(refused.rejection, UnknownOrder):
                raise
    return Venue(symbols, maker, taker)


async def _asset(runtime: Runtime, name: str, time_us: int | None) -> int:
    known = runtime.catalog.asset_named(name)
    if known is not None:
        return known.id
    stated = (await runtime.submit(RegisterAsset(name), time_us)).events[0]
    assert isinstance(stated, AssetRegistered)
    return stated.asset


async def _account(runtime: Runtime, owner: int, time_us: int | None) -> int:
    try:
        return await runtime.account_of(owner, AccountClass.SPOT)
    except CommandRefused as refused:
        if not isinstance(refused.rejection, NoSuchAccountOfOwner):
            raise
    stated = (await runtime.submit(OpenAccount(owner, AccountKind(AccountClass.SPOT)), time_us)).events[0]
    assert isinstance(stated, AccountOpened)
    return stated.account


def _spec(instrument: Instrument, base: int, quote: int) -> SymbolSpec:
    tick, lot = to_text(instrument.tick), to_text(instrument.lot)
    quantity_max = to_text(UNITS_MAX // instrument.lot * instrument.lot)
    return SymbolSpec(
        name=instrument.symbol,
        base=base,
        quote=quote,
        tick=tick,
        price_min=tick,
        price_max=to_text(instrument.price_max),
        lot=lot,
        quantity_min=lot,
        quantity_max=quantity_max,
        market_lot=lot,
        market_quantity_min=lot,
        market_quantity_max=quantity_max,
        notional_min=ZERO,
        notional_min_applies_to_market=False,
        notional_max=ZERO,
        notional_max_applies_to_market=False,
        open_orders_max=OPEN_ORDERS_MAX,
        prevention_default=SelfTradePrevention.NONE,
        prevention_allowed=USUAL_PREVENTION_MODES,
        commission=Commission(),
        is_discounted=False,
        rules=SymbolRules(),
    )


def _check_scales(spec: SymbolSpec, instrument: Instrument) -> None:
    """Refuse a listed symbol that is coarser than what was recorded."""
    for what, has, needs in (("tick", spec.tick, instrument.tick), ("lot", spec.lot, instrument.lot)):
        if needs % to_units(has):
            raise SymbolTooCoarse(
                f"{instrument.symbol} is listed with a {what} of {has}, but the recording needs {to_text(needs)}; "
                "replay it into an exchange that does not list the symbol"
            )
