"""The house's market makers on a real core: books come to life, heal, survive restarts and refusals, and stay sane."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from rialto.contracts.vocabulary import Side
from rialto.core import journal
from rialto.core.errors import RuntimeBusy
from rialto.core.runtime import Runtime
from rialto.demo.definition import Definition, read_definition
from rialto.demo.market_makers import MarketMakers
from rialto.demo.quoting import Ladder
from rialto.wire.decimals import to_units
from tests.exchange import BTCUSDT, limit, market
from tests.unit.demo.founded import Exchange, balances, founded_exchange, journal_of, open_orders, small

SEED = 7
SHORT_S = 0.01
LEVELS = 20
"""On both sides of a book."""

STILL = small(("step_ppm_max = 60", "step_ppm_max = 0"), ("trade_percent = 50", "trade_percent = 0"))
"""The small definition at a price that does not move, after the first trade."""


@asynccontextmanager
async def making(exchange: Exchange, definition: Definition) -> AsyncIterator[MarketMakers]:
    """Let the house trade, and see that it ends in order."""
    makers = MarketMakers(exchange.runtime, definition, exchange.founded.house, SEED)
    task = asyncio.create_task(makers.run())
    try:
        yield makers
    finally:
        makers.stop()
        await asyncio.wait_for(task, 10)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; a test that waits for ever is ended by its time limit."""
    while not condition():  # noqa: ASYNC110 (what is waited for is anything)
        await asyncio.sleep(0.002)


def best(runtime: Runtime, symbol: int = BTCUSDT) -> tuple[int, int]:
    """The best bid and ask, 0 for none."""
    ticker = runtime.market.book_ticker(symbol)
    return to_units(ticker.bid_price), to_units(ticker.ask_price)


def is_whole(runtime: Runtime, symbol: int = BTCUSDT) -> bool:
    """Whether all levels stand."""
    depth = runtime.market.depth(symbol, LEVELS)
    return len(depth.bids) == len(depth.asks) == LEVELS // 2


async def test_every_symbol_that_ships_gets_two_sides_and_keeps_trading(tmp_path: Path) -> None:
    definition = read_definition()
    async with founded_exchange(tmp_path, definition) as exchange:
        runtime = exchange.runtime
        symbols = runtime.catalog.symbols
        async with making(exchange, definition):
            await until(lambda: all(min(best(runtime, symbol.id)) for symbol in symbols))
            await until(lambda: all(runtime.market.trades(symbol.id, 1) for symbol in symbols))
            ready_at = runtime.last_sequence
            assert ready_at < 600, "one round: orders for every level, and one trade for every symbol"
            await until(lambda: runtime.last_sequence > ready_at + 40)
            orders = Counter(order.symbol for order in await open_orders(runtime, exchange.founded.house.maker))
            assert all(orders[symbol.id] <= LEVELS for symbol in symbols)
        for symbol in symbols:
            bid, ask = best(runtime, symbol.id)
            defined = definition.symbols[symbol.name]
            worth = (
                to_units(definition.assets[defined.base].value)
                * 10**8
                // to_units(definition.assets[defined.quote].value)
            )
            assert 0 < bid < ask
            assert abs(ask + bid - 2 * worth) * 50 < 2 * worth, f"{symbol.name} is near what its assets are worth"
    assert journal.verify(journal_of(tmp_path)).refused == 0


async def test_prices_move_and_the_same_seed_moves_them_the_same_way(tmp_path: Path) -> None:
    seen = []
    for name in ("one", "two"):
        directory = tmp_path / name
        directory.mkdir()
        async with founded_exchange(directory, small()) as exchange:
            async with making(exchange, small()):
                await until(lambda: len(exchange.runtime.market.trades(BTCUSDT, 50)) == 50)
            seen.append([(trade.price, trade.quantity) for trade in exchange.runtime.market.trades(BTCUSDT, 50, 1)])
    assert seen[0] == seen[1]
    assert len({price for price, _quantity in seen[0]}) > 5


@pytest.mark.parametrize("side", list(Side))
async def test_a_side_that_a_user_empties_is_filled_again(tmp_path: Path, side: Side) -> None:
    async with founded_exchange(tmp_path, STILL) as exchange:
        runtime, alice = exchange.runtime, exchange.account("alice")
        async with making(exchange, STILL):
            await until(lambda: is_whole(runtime) and bool(runtime.market.trades(BTCUSDT, 1)))
            outcome = await runtime.submit(market(alice, side, "sweep", quantity="200"))
            assert "OrderExpired" in {type(event).__name__ for event in outcome.events}, "it wanted more than there was"
            low, high = to_units("63850"), to_units("64150")
            # The price leans, but is not carried away; the book may be whole for a moment before it is centred again.
            await until(lambda: is_whole(runtime) and low < min(best(runtime)) < max(best(runtime)) < high)
    # What the user took while the house was canceling it is refused to the house, and rightly so.
    assert journal.verify(journal_of(tmp_path)).sequence > 0


async def test_inventory_leans_the_price_against_the_buyer(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, STILL) as exchange:
        runtime, alice = exchange.runtime, exchange.account("alice")
        async with making(exchange, STILL):
            await until(lambda: is_whole(runtime))
            before = best(runtime)
            await runtime.submit(market(alice, Side.BUY, "large", quantity="7"))
            await until(lambda: best(runtime)[0] > before[1] and is_whole(runtime))
            ask_after_buying = best(runtime)[1]
            assert ask_after_buying < before[1] + to_units("200"), "a skew has its limit"
            await runtime.submit(market(alice, Side.SELL, "back", quantity="7"))
            await until(lambda: best(runtime)[1] < ask_after_buying and is_whole(runtime))


async def test_a_user_in_the_way_is_filled_at_the_users_price(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, STILL) as exchange:
        runtime, alice = exchange.runtime, exchange.account("alice")
        await runtime.submit(limit(alice, Side.BUY, "64100", "0.5", "generous"))
        async with making(exchange, STILL):
            await until(lambda: is_whole(runtime))
            assert await open_orders(runtime, alice) == ()
            assert (await balances(runtime, alice))["USDT"] == ("49967950.00000000", "0.00000000")
            assert max(best(runtime)) < to_units("64100")


async def test_a_restart_takes_over_orders_and_prices(tmp_path: Path) -> None:
    definition = small(("step_ppm_max = 60", "step_ppm_max = 3000"))
    async with founded_exchange(tmp_path, definition) as exchange:
        async with making(exchange, definition):
            far = to_units("640")
            await until(lambda: is_whole(exchange.runtime))
            await until(lambda: min(abs(price - to_units("64000")) for price in best(exchange.runtime)) > far)
        before, orders_before = (
            best(exchange.runtime),
            await open_orders(exchange.runtime, exchange.founded.house.maker),
        )
    assert len(orders_before) >= LEVELS - 2, "stopping leaves the book as it is"
    still = small(("step_ppm_max = 60", "step_ppm_max = 0"), ("trade_percent = 50", "trade_percent = 0"))
    async with founded_exchange(tmp_path, still) as exchange:
        runtime, maker = exchange.runtime, exchange.founded.house.maker
        async with making(exchange, still):
            trades = runtime.market.statistics(BTCUSDT).trades
            await until(lambda: runtime.market.statistics(BTCUSDT).trades > trades and is_whole(runtime))
            orders = await open_orders(runtime, maker)
            assert len(orders) == LEVELS
            kept = {order.order_id for order in orders} & {order.order_id for order in orders_before}
            assert len(kept) >= LEVELS // 2, "most of them stand as they were"
            assert abs(sum(best(runtime)) - sum(before)) < to_units("100")
    assert journal.verify(journal_of(tmp_path)).refused == 0


async def test_what_the_house_cannot_pay_for_is_left_out(tmp_path: Path) -> None:
    poor = small(('house_value = "100000000"', 'house_value = "60000"'), ("step_ppm_max = 60", "step_ppm_max = 300"))
    async with founded_exchange(tmp_path, poor) as exchange:
        runtime = exchange.runtime
        async with making(exchange, poor):
            await until(lambda: runtime.market.statistics(BTCUSDT).trades > 30)
            assert 0 < best(runtime)[0] < best(runtime)[1]
            orders = await open_orders(runtime, exchange.founded.house.maker)
            assert 2 <= len(orders) < LEVELS
    maker_refusals = [
        outcome
        for outcomes in journal.replayed_outcomes(journal_of(tmp_path))
        for outcome in outcomes
        if type(outcome.events[0]).__name__ == "CommandRejected"
    ]
    assert len(maker_refusals) < 30, "the taker may be refused; the maker knows what it has"


async def test_the_taker_stays_away_from_absurd_prices(tmp_path: Path) -> None:
    poor = small(('house_value = "100000000"', 'house_value = "3"'), ("trade_percent = 50", "trade_percent = 100"))
    async with founded_exchange(tmp_path, poor) as exchange:
        runtime, alice = exchange.runtime, exchange.account("alice")
        await runtime.submit(limit(alice, Side.SELL, "70000", "1", "dear"))
        await runtime.submit(limit(alice, Side.BUY, "60000", "1", "cheap"))
        before = runtime.last_sequence
        async with making(exchange, poor) as makers:
            await until(lambda: makers._turns > 20)
        assert runtime.last_sequence == before, "nothing was even tried"
        assert runtime.market.trades(BTCUSDT, 10) == []


async def test_a_failure_is_logged_and_the_house_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with founded_exchange(tmp_path, STILL) as exchange:
        runtime = exchange.runtime
        ask, failures = Runtime.ask, 2

        async def ask_or_fail(runtime: Runtime, query: Any) -> Any:
            nonlocal failures
            if failures and runtime.market.trades(BTCUSDT, 1):
                failures -= 1
                raise (RuntimeBusy("full") if failures else ValueError("unforeseen"))
            return await ask(runtime, query)

        monkeypatch.setattr("rialto.demo.market_makers.BUSY_PAUSE_S", SHORT_S)
        monkeypatch.setattr("rialto.demo.market_makers.FAILURE_PAUSE_S", SHORT_S)
        monkeypatch.setattr(Runtime, "ask", ask_or_fail)
        with capture_logs() as lines:
            async with making(exchange, STILL):
                await until(lambda: not failures)
                await runtime.submit(market(exchange.account("alice"), Side.BUY, "sweep", quantity="200"))
                await until(lambda: is_whole(runtime))
        assert [(line["log_level"], line["event"].partition(" failed")[0]) for line in lines] == [
            ("warning", "market makers wait"),
            ("error", "market makers"),
        ]


async def test_an_unforeseen_refusal_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ladder, "fit", lambda _ladder, quantity, _price: quantity // 1_000 * 1_000 + 1)
    async with founded_exchange(tmp_path, STILL) as exchange:
        with capture_logs() as lines:
            async with making(exchange, STILL) as makers:
                await until(lambda: makers._turns > 5)
        assert [(line["log_level"], line["symbol"]) for line in lines] == [("warning", "BTCUSDT")]
        assert "LotSize" in lines[0]["rejection"]


async def test_orders_that_are_no_quotes_of_ours_are_taken_back(tmp_path: Path) -> None:
    crowded = small(('first_level_value = "10000"', 'first_level_value = "10000"\nopen_orders_max = 3'))
    async with founded_exchange(tmp_path, crowded) as exchange:
        runtime, house = exchange.runtime, exchange.founded.house
        for number in range(3):
            await runtime.submit(limit(house.maker, Side.BUY, f"{100 + number}", "1", f"old-{number}"))
        async with making(exchange, crowded):
            await until(lambda: runtime.market.statistics(BTCUSDT).trades > 3)
            orders = await open_orders(runtime, house.maker)
            assert {order.side for order in orders} == set(Side)
            assert all(to_units(order.price) > to_units("60000") for order in orders)


async def test_the_house_ends_when_the_core_does(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, STILL) as exchange:
        makers = MarketMakers(exchange.runtime, STILL, exchange.founded.house, SEED)
        task = asyncio.create_task(makers.run())
        await until(lambda: is_whole(exchange.runtime))
        await exchange.runtime.close()
        await asyncio.wait_for(task, 10)


async def test_a_symbol_that_trades_other_assets_is_left_alone(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, small()):
        pass
    other = small(('base = "BTC"', 'base = "ETH"'), ("[assets.USDT]", '[assets.ETH]\nvalue = "3200"\n\n[assets.USDT]'))
    with capture_logs() as lines:
        async with founded_exchange(tmp_path, other) as exchange:
            MarketMakers(exchange.runtime, other, exchange.founded.house, SEED)
    assert "symbol trades other assets than defined; the house stays away" in [line["event"] for line in lines]
