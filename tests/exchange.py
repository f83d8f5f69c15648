"""A small exchange to test against: two assets, one symbol, two people, on the real core in a directory of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from rialto.contracts.commands import ListSymbol, NewOrder, OpenAccount, PlaceOrder, Post, RegisterAsset
from rialto.contracts.events import AccountOpened, Outcome
from rialto.contracts.vocabulary import (
    USUAL_PREVENTION_MODES,
    AccountClass,
    AccountKind,
    OrderType,
    PostingReason,
    SelfTradePrevention,
    Side,
    SymbolSpec,
    TimeInForce,
    commission_of,
)
from rialto.core.runtime import Runtime

BTC, USDT = 0, 1
BTCUSDT = 0

SPEC = SymbolSpec(
    name="BTCUSDT",
    base=BTC,
    quote=USDT,
    tick="0.01",
    price_min="0.01",
    price_max="1000000",
    lot="0.00001",
    quantity_min="0.00001",
    quantity_max="9000",
    market_lot="0",
    market_quantity_min="0",
    market_quantity_max="100",
    notional_min="5",
    notional_min_applies_to_market=True,
    notional_max="9000000",
    notional_max_applies_to_market=False,
    open_orders_max=200,
    prevention_default=SelfTradePrevention.NONE,
    prevention_allowed=USUAL_PREVENTION_MODES,
    commission=commission_of("0.001", "0.001"),
    is_discounted=True,
)


def spec(**changes: Any) -> SymbolSpec:
    """The usual symbol with some things changed."""
    return msgspec.structs.replace(SPEC, **changes)


@asynccontextmanager
async def running(directory: Path, **options: Any) -> AsyncIterator[Runtime]:
    """A runtime on a directory, closed at the end."""
    runtime = Runtime.open(
        directory, outcomes_from=options.pop("outcomes_from", 1 << 60), on_outcomes=_ignore, **options
    )
    await runtime.start()
    try:
        yield runtime
    finally:
        await runtime.close()


def _ignore(_outcomes: list[Outcome]) -> None:
    pass


async def found(runtime: Runtime, *, trade_group: int | None = None, **changes: Any) -> tuple[int, int]:
    """Register the assets, list the symbol, open and fund two accounts, and return these."""
    await runtime.submit(RegisterAsset("BTC"))
    await runtime.submit(RegisterAsset("USDT"))
    await runtime.submit(ListSymbol(spec(**changes)))
    first, second = [await open_account(runtime, owner, trade_group=trade_group) for owner in (1, 2)]
    return first, second


async def open_account(
    runtime: Runtime, owner: int, btc: str = "100", usdt: str = "1000000", *, trade_group: int | None = None
) -> int:
    """Open and fund a spot account."""
    outcome = await runtime.submit(OpenAccount(owner, AccountKind(AccountClass.SPOT), trade_group))
    opened = outcome.events[0]
    assert isinstance(opened, AccountOpened)
    for asset, amount in ((BTC, btc), (USDT, usdt)):
        await runtime.submit(Post(opened.account, asset, amount, PostingReason.DEPOSIT))
    return opened.account


def limit(
    account: int,
    side: Side,
    price: str,
    quantity: str,
    name: str,
    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELED,
) -> PlaceOrder:
    """A limit order."""
    return PlaceOrder(account, BTCUSDT, NewOrder(name, side, OrderType.LIMIT, time_in_force, price, quantity))


def market(account: int, side: Side, name: str, *, quantity: str | None = None, quote: str | None = None) -> PlaceOrder:
    """A market order by quantity or by quote amount."""
    patient = TimeInForce.GOOD_TILL_CANCELED
    return PlaceOrder(account, BTCUSDT, NewOrder(name, side, OrderType.MARKET, patient, None, quantity, quote))
